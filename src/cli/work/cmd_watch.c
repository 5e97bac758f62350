/* SPDX-License-Identifier: Apache-2.0 */
/* jalki watch: what changed from one tape to the next, and what to do about it. */
#include <stdlib.h>

#include "base/error.h"
#include "base/words/language.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/pair.h"
#include "cli/value/valuing.h"
#include "jalki/watch.h"

typedef struct watch_arguments {
    jk_cli_common common;
    jk_cli_pair pair;
    jk_watch_options options;
} watch_arguments;

static const char *const changes[] = {
#define JK_X(NAME, name, meaning) #name,
    JK_CHANGES(JK_X)
#undef JK_X
        NULL};

static const jk_option options[] = {
    {"top", .kind = JK_OPTION_INTEGER, JK_FIELD(watch_arguments, options.top), .value = "N", .low = 1, .high = 1e9,
     .standard = "50", .help = "Length of the list"},
    {"only", .kind = JK_OPTION_CHOICE, JK_FIELD(watch_arguments, options.only), .value = "CHANGE", .choices = changes,
     .otherwise = "all that changed", .help = "Only claims with this change, see docs/watch.md"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    jk_cli_pair_check(usage, &((const watch_arguments *)command)->pair);
}

static void print_heading(const watch_arguments *arguments, const jk_watch *watch) {
    const char *const sides[] = {"Before", "Now"};
    char date[JK_TEXT_DATE], claims[JK_AMOUNT_TEXT], value[JK_AMOUNT_TEXT];
    for (int s = 0; s < 2; s++) {
        const jk_cli_pair *pair = &arguments->pair;
        jk_cli_say("%-8s  %s on %s: %s claims worth %s %s, model %s\n", jk_text(sides[s]), pair->paths[s],
                   jk_text_date(watch->cutoff[s], date), jk_amount(claims, (double)watch->total[s].claims, 0),
                   jk_amount(value, watch->total[s].value, 2), pair->model[s]->base_currency, pair->model[s]->name);
        if (s == 0 || pair->model[1] != pair->model[0]) {
            jk_cli_tell_rates(pair->tape[s], pair->model[s]);
        }
    }
    jk_cli_say("Changed   %s claims; a claim may have several changes\n", jk_amount(claims, (double)watch->changed, 0));
    if (watch->own_apart_count > 0) {
        jk_cli_say("Apart     own columns of one tape alone, or of two types: ");
    }
    for (size_t i = 0; i < watch->own_apart_count; i++) {
        (void)printf("%s%s", i == 0 ? "" : ", ", watch->own_apart[i]);
    }
    (void)fputs(watch->own_apart_count > 0 ? "\n" : "", stdout);
}

static int print(const watch_arguments *arguments, const jk_watch *watch) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_watch_json(watch));
    }
    jk_listing listing = jk_watch_listing(watch), sums = jk_watch_sums_listing(watch);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_speak(&arguments->common);
    print_heading(arguments, watch);
    jk_cli_listing_view by_change = {.title = "By change", .claims = "claims", .money_decimals = 2};
    jk_cli_listing_view list = {.title = "Whose change is worth most, by debtor", .money_decimals = 2};
    int failed = jk_cli_listing_table(&sums, &by_change);
    failed |= jk_cli_listing_table(&listing, &list);
    return failed | jk_cli_finish();
}

static jk_status write_workbook(const watch_arguments *arguments, const jk_watch *watch, jk_error *error) {
    static const char *const added[] = {"balance", "value_before", "value", "gain", NULL};
    static const char *const charted[] = {"gain", NULL};
    jk_listing listing = jk_watch_listing(watch), sums = jk_watch_sums_listing(watch);
    const jk_xlsx_table tables[] = {
        {.sheet = "Changed", .title = "Whose change is worth most, by debtor", .listing = &listing, .added = added},
        {.sheet = "Changes",
         .title = "By change; a claim may have several",
         .listing = &sums,
         .charted = charted,
         .bars = true},
    };
    const jk_cli_book book = {.tables = tables, .table_count = sizeof tables / sizeof tables[0], .personal = true};
    return jk_cli_write_tables(&arguments->common, arguments->pair.model[1]->base_currency, &book, error);
}

static int run_watch(void *command) {
    watch_arguments *arguments = command;
    jk_error error = {0};
    jk_watch watch = {0};
    jk_cli_pair *pair = &arguments->pair;
    jk_status status = jk_cli_pair_open(pair, &arguments->common, &error);
    if (status == JK_OK) {
        arguments->options.allow = pair->options.allow;
        arguments->options.memory = pair->options.memory;
        arguments->options.run = pair->options.run;
        status = jk_watch_run(&pair->side[0], &pair->side[1], &arguments->options, &watch, &error);
    }
    status = status == JK_OK ? write_workbook(arguments, &watch, &error) : status;
    if (status == JK_OK && jk_cli_json_to_file(&arguments->common)) {
        status = jk_cli_write_personal(arguments->common.json_path, jk_watch_json(&watch), &error);
    }
    int code = status == JK_OK ? print(arguments, &watch) : jk_cli_fail(&error);
    jk_watch_reset(&watch);
    jk_cli_pair_close(pair);
    return code;
}

const jk_command jk_command_watch = {
    .name = "watch",
    .summary = "what changed since the last tape, whose decision is another now, and what that is worth",
    .purpose = "Holds this month's tape against the last one: per debtor and claim what changed, whose decision is "
               "another now and why, and what acting on it is worth; who became able to pay, who stopped paying, who "
               "must be left alone.",
    .usage = "OLD.h5 NEW.h5 --model M.yaml",
    .examples = {"jalki watch may.h5 june.h5 --model models/nordic.yaml",
                 "jalki watch may.h5 june.h5 --model models/nordic.yaml --only stopped --top 500 --format csv"},
    .operand = JK_PAIR_OPERAND(watch_arguments),
    .groups = {{"The list", options, 0, false},
               JK_PAIR_GROUP(watch_arguments),
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP},
    .size = sizeof(watch_arguments),
    .check = check,
    .run = run_watch,
};
