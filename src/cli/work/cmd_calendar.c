/* SPDX-License-Identifier: Apache-2.0 */
/* jalki calendar: what falls due, by when, by what, and whether it pays. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/words/language.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/teams.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"
#include "jalki/calendar.h"
#include "jalki/export.h"
#include "jalki/page.h"

enum { PAGE_ROWS = 500, DAYS_MOST = 3650 };

typedef struct calendar_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_calendar_options options;
    jk_cli_teams teams;
    size_t top;
    const char *claims_path, *ics_path, *page_path, *title;
} calendar_arguments;

/* Days, with or without a d behind them. */
static void read_days(jk_usage *usage, const char *name, char *text, void *field) {
    size_t length = strlen(text);
    if (length > 1 && text[length - 1] == 'd') {
        text[length - 1] = '\0';
    }
    *(int32_t *)field = (int32_t)jk_usage_integer(usage, name, text, 0, DAYS_MOST);
}

static const jk_option options[] = {
    {"until", .kind = JK_OPTION_DATE, JK_FIELD(calendar_arguments, options.until), .value = "DATE",
     .otherwise = "a year after the cut-off", .help = "The last day that counts", .example = "2026-12-31"},
    {"lead", .kind = JK_OPTION_SPECIAL, .read = read_days, JK_FIELD(calendar_arguments, options.lead), .value = "DAYS",
     .standard = "30d", .help = "Days before it is due by which to act"},
    {"post", .kind = JK_OPTION_SPECIAL, .read = read_days, JK_FIELD(calendar_arguments, options.post), .value = "DAYS",
     .standard = "5d", .help = "Days that post takes, on top of these"},
    JK_TEAM_OPTION(calendar_arguments, teams),
    {"top", .kind = JK_OPTION_INTEGER, JK_FIELD(calendar_arguments, top), .value = "N", .low = 1, .high = 1e9,
     .standard = "20", .help = "Entries that the table and JSON show"},
    {0},
};

static const jk_option outputs[] = {
    {"claims", .kind = JK_OPTION_FILE_OUT, JK_FIELD(calendar_arguments, claims_path), .value = "F.csv",
     .help = "All entries, CSV"},
    {"ics", .kind = JK_OPTION_FILE_OUT, JK_FIELD(calendar_arguments, ics_path), .value = "F.ics",
     .help = "Days and acts for calendar programs, iCalendar"},
    {"page", .kind = JK_OPTION_FILE_OUT, JK_FIELD(calendar_arguments, page_path), .value = "F.html", .no_stdout = true,
     .help = "A page with the months drawn"},
    {"title", .kind = JK_OPTION_TEXT, JK_FIELD(calendar_arguments, title), .value = "TEXT",
     .standard = "What falls due", .help = "Heading of the page"},
    {0},
};

/* ---- printing -------------------------------------------------------------------------------------------------- */

static int print(const calendar_arguments *arguments, const jk_calendar *calendar) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_calendar_json(calendar, arguments->top, 1));
    }
    jk_listing list = jk_calendar_listing(calendar), sums = jk_calendar_sums_listing(calendar);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&list);
    }
    jk_cli_speak(&arguments->common);
    char date[2][JK_TEXT_DATE], count[JK_AMOUNT_TEXT], value[JK_AMOUNT_TEXT];
    jk_cli_say("Tape      %s: %s claims worth %s %s\n", arguments->valuing.tape_path,
               jk_amount(count, (double)calendar->total.claims, 0), jk_amount(value, calendar->total.value, 2),
               calendar->model->base_currency);
    jk_cli_tell_rates(calendar->tape, calendar->model);
    jk_cli_say("Due       %s entries from %s to %s, to be acted on %d days before\n",
               jk_amount(count, (double)calendar->count, 0), jk_text_date(calendar->cutoff, date[0]),
               jk_text_date(calendar->until, date[1]), (int)(calendar->lead + calendar->post));
    jk_cli_say("Barred    %s claims are barred already\n", jk_amount(count, (double)calendar->barred, 0));
    jk_cli_listing_view months = {.title = "By month of acting", .group = "month", .money_decimals = 2};
    jk_cli_listing_view first = {.title = "First to act on", .money_decimals = 2};
    list.rows = list.rows < arguments->top ? list.rows : arguments->top;
    int failed = jk_cli_listing_table(&sums, &months);
    failed |= jk_cli_listing_table(&list, &first);
    return failed | jk_cli_finish();
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static jk_status write_page(const calendar_arguments *arguments, const jk_calendar *calendar, jk_error *error) {
    char *json = jk_calendar_json(calendar, PAGE_ROWS, arguments->common.with_ids);
    jk_page page = {.title = arguments->title, .script = "calendar", .figures = json};
    jk_status status =
        json == NULL ? jk_fail_memory(error, "the page") : jk_page_write(arguments->page_path, &page, error);
    free(json);
    return status;
}

static jk_status write_workbook(const calendar_arguments *arguments, const jk_calendar *calendar, jk_error *error) {
    static const char *const acts[] = {"letter",    "filing",   "acknowledgement", "nothing", "renewal",
                                       "final_bar", "plan_end", "let_lapse",       "cost",    "at_stake",
                                       NULL};
    static const char *const sums_of_list[] = {"cost", "at_stake", NULL};
    static const char *const charted[] = {"letter", "filing", "renewal", NULL};
    jk_listing list = jk_calendar_listing(calendar), sums = jk_calendar_sums_listing(calendar);
    const jk_xlsx_table tables[] = {
        {.sheet = "Due", .title = "What falls due", .listing = &list, .added = sums_of_list},
        {.sheet = "Months",
         .title = "By month of acting",
         .listing = &sums,
         .column = "period",
         .group = "month",
         .added = arguments->teams.count == 0 ? acts : NULL, /* teams stand beside all */
         .charted = arguments->teams.count == 0 ? charted : NULL,
         .bars = true},
        {.sheet = "Weeks", .title = "By week of acting", .listing = &sums, .column = "period", .group = "week"},
    };
    const jk_cli_book book = {.tables = tables, .table_count = sizeof tables / sizeof tables[0], .personal = true};
    return jk_cli_write_tables(&arguments->common, calendar->model->base_currency, &book, error);
}

static jk_status make(calendar_arguments *arguments, jk_calendar *calendar, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    JK_TRY(jk_cli_bind_teams(&arguments->teams, valuing->tape, valuing->model, error));
    arguments->options.value = valuing->options;
    arguments->options.teams = arguments->teams.team;
    arguments->options.team_count = arguments->teams.count;
    JK_TRY(jk_calendar_make(valuing->tape, valuing->model, &arguments->options, calendar, error));
    if (arguments->claims_path != NULL) {
        JK_TRY(jk_calendar_write_claims(calendar, arguments->claims_path, error));
    }
    JK_TRY(write_workbook(arguments, calendar, error));
    if (arguments->ics_path != NULL) {
        JK_TRY(jk_calendar_write_ics(calendar, arguments->ics_path, error));
    }
    if (arguments->page_path != NULL) {
        JK_TRY(write_page(arguments, calendar, error));
    }
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_personal(arguments->common.json_path, jk_calendar_json(calendar, arguments->top, 1),
                                       error)
               : JK_OK;
}

static int run_calendar(void *command) {
    calendar_arguments *arguments = command;
    jk_error error = {0};
    jk_calendar calendar = {0};
    jk_status status = make(arguments, &calendar, &error);
    int code = status == JK_OK ? print(arguments, &calendar) : jk_cli_fail(&error);
    jk_calendar_reset(&calendar);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_calendar = {
    .name = "calendar",
    .summary = "what falls due: limitation to interrupt, titles to renew, final bars, plans that end",
    .purpose =
        "Lists by when limitation must be interrupted and titles be renewed, by what, what it costs, what is lost "
        "if it is not done and whether it pays; final bars ahead and payment plans that end; by week, month and "
        "team, as CSV, iCalendar and a page.",
    .examples = {"jalki calendar tape.h5 --model models/nordic.yaml",
                 "jalki calendar tape.h5 --model models/nordic.yaml --until 2026-12-31 --lead 45d \\\n"
                 "    --team north=FI,SE --claims due.csv --ics due.ics --page due.html"},
    .operand = JK_VALUED_TAPE(calendar_arguments),
    .groups = {{"What falls due", options, 0, false},
               JK_VALUING_GROUP(calendar_arguments),
               JK_IRR_GROUP(calendar_arguments),
               JK_SELL_GROUP(calendar_arguments),
               {"Output", outputs, 0, false},
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(calendar_arguments)},
    .size = sizeof(calendar_arguments),
    .run = run_calendar,
};
