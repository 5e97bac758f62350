/* SPDX-License-Identifier: Apache-2.0 */
/* jalki inspect: what is in a tape, or in a panel of history. */
#include <string.h>

#include "base/team/team.h"
#include "base/text/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/tapes/inspect_panel.h"
#include "cli/tapes/inspect_print.h"
#include "cli/value/valuing.h"

typedef struct inspect_arguments {
    jk_cli_common common;
    jk_inspect_options options;
    const char *tape_path, *model_path, *currency;
} inspect_arguments;

static bool has_levels(jk_column column) {
    jk_type type = jk_schema_column(column)->type;
    return type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY;
}

static void read_by(jk_usage *usage, const char *name, char *text, void *field) {
    const char *names[JK_CSV_COLUMN_COUNT];
    size_t count = 0;
    int column = jk_schema_find(text, strlen(text));
    jk_inspect_options *wanted = field;
    static const char *const bands[] = {"balance_band", "vintage", "last_payment"};
    for (size_t b = 0; b < sizeof bands / sizeof bands[0]; b++) {
        wanted->by_columns = strcmp(text, bands[b]) == 0 ? text : wanted->by_columns;
    }
    wanted->by_columns = strchr(text, ',') != NULL ? text : wanted->by_columns;
    if (wanted->by_columns != NULL) { /* the tape will tell */
        return;
    }
    if (column >= 0 && has_levels((jk_column)column)) {
        wanted->by = column;
        return;
    }
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        if (has_levels((jk_column)c)) {
            names[count++] = jk_schema_column((jk_column)c)->name;
        }
    }
    int nearest = jk_text_nearest(text, names, count);
    if (nearest < 0 && jk_extra_name_problem(text) == NULL) { /* the tape will tell */
        wanted->by_name = text;
        return;
    }
    jk_usage_error(usage, "%s: '%s' is not a column with names or codes%s%s%s", name, text,
                   nearest >= 0 ? "; did you mean '" : "", nearest >= 0 ? names[nearest] : "",
                   nearest >= 0 ? "'?" : "");
}

static const jk_option options[] = {
    {"by", .kind = JK_OPTION_SPECIAL, .read = read_by, JK_FIELD(inspect_arguments, options), .value = "COLUMNS",
     .example = "country",
     .help =
         "Show amounts, outliers and patterns by country, product, debtor_type, legal_status, currency, employment, "
         "reachable, vulnerable or an own column of texts, too; of several columns with commas between, balance_band, "
         "vintage and last_payment among them, claims and balances of their combinations, and CSV then has these rows"},
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(inspect_arguments, model_path), .value = "M.yaml",
     .otherwise = "amounts stand in the currency of each claim",
     .help = "Tell all amounts in one currency, at the rates of this model's fx"},
    {"currency", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_currency, JK_FIELD(inspect_arguments, currency),
     .needs = "model", .value = "CODE", .otherwise = "the model's base currency", .example = "SEK",
     .help = "The currency that they are told in"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(inspect_arguments, options.cutoff), .value = "DATE",
     .otherwise = "the tape's", .example = "2026-06-30", .help = "Date for ages and dates to come"},
    {0},
};

static void prepare(void *command) {
    inspect_arguments *arguments = command;
    arguments->options = jk_inspect_defaults();
}

static int print(const inspect_arguments *arguments, const jk_tape *tape, const jk_inspection *inspection) {
    int failed = 0;
    switch (arguments->common.format) {
    case JK_FORMAT_JSON:
        return jk_cli_print_text(jk_inspect_json(tape, inspection));
    case JK_FORMAT_CSV: {
        const jk_listing combinations = jk_inspect_combinations_listing(inspection);
        return inspection->combinations != NULL ? jk_cli_listing_csv(&combinations)
                                                : jk_cli_listed_csv(jk_inspect_figures(inspection));
    }
    case JK_FORMAT_TABLE:
        jk_cli_speak(&arguments->common);
        failed = jk_cli_inspect_tables(tape, inspection);
        break;
    }
    return failed | jk_cli_finish();
}

static jk_status write_workbook(const inspect_arguments *arguments, const jk_inspection *inspection, jk_error *error) {
    jk_listing columns = jk_inspect_columns_listing(inspection), numbers = jk_inspect_numbers_listing(inspection),
               amounts = jk_inspect_amounts_listing(inspection),
               combinations = jk_inspect_combinations_listing(inspection);
    const jk_xlsx_table tables[] = {
        {.sheet = "Columns of the tape", .title = "What is given", .listing = &columns},
        {.sheet = "Numbers", .title = "The spread of every number, with its outliers", .listing = &numbers},
        {.sheet = "Groups", .title = "Claims and balances", .listing = &amounts, .column = "section", .group = "group"},
        {.sheet = "Patterns",
         .title = "Patterns to ask the seller about",
         .listing = &amounts,
         .column = "section",
         .group = "pattern"},
        {.sheet = "Ages", .title = "Years since write-off", .listing = &amounts, .column = "section", .group = "age"},
        {.sheet = "By columns",
         .title = "By the columns asked for",
         .listing = &combinations,
         .added = jk_cli_inspect_sums(inspection)},
    };
    const size_t count = sizeof tables / sizeof tables[0] - (inspection->combinations == NULL);
    const jk_cli_book book = {.tables = tables, .table_count = count};
    return jk_cli_write_tables(&arguments->common, inspection->told != NULL ? inspection->told->base_currency : "",
                               &book, error);
}

static int run_inspect(void *command) {
    inspect_arguments *arguments = command;
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_inspection *inspection = NULL;
    arguments->options.run = jk_cli_run(&arguments->common);
    jk_status status = jk_tape_open_any(arguments->tape_path, &tape, &error);
    if (status == JK_OK && jk_tape_kind(tape) == JK_KIND_PANEL) {
        bool asked = arguments->common.xlsx_path != NULL || arguments->options.by >= 0 ||
                     arguments->options.by_name != NULL || arguments->options.by_columns != NULL ||
                     arguments->model_path != NULL || arguments->options.cutoff != JK_MISSING_INTEGER;
        int done = asked ? 2 : jk_team_ranks_leave() ? jk_cli_inspect_panel(tape, arguments->common.format) : 0;
        if (asked) {
            (void)fprintf(stderr,
                          "jalki: %s: this is a panel of history: --by, --model, --cutoff and --xlsx are for tapes\n",
                          arguments->tape_path);
        }
        jk_tape_close(tape);
        return done;
    }
    jk_model *model = NULL;
    if (status == JK_OK && arguments->model_path != NULL) {
        status =
            jk_cli_load_model(&arguments->common, arguments->model_path, NULL, 0, arguments->currency, &model, &error);
        arguments->options.told = model;
    }
    status = status != JK_OK ? status : jk_inspect_run(tape, &arguments->options, &inspection, &error);
    status = status == JK_OK ? write_workbook(arguments, inspection, &error) : status;
    int code = status == JK_OK ? print(arguments, tape, inspection) : jk_cli_fail(&error);
    jk_inspect_free(inspection);
    jk_model_free(model);
    jk_tape_close(tape);
    return code;
}

const jk_command jk_command_inspect = {
    .name = "inspect",
    .summary = "what is in a tape: counts, balances, ages, gaps, outliers",
    .purpose =
        "Shows what is in a tape before it is priced: claims and debtors, balances by currency, what is missing, "
        "the spread of every number with its outliers, names and codes with their shares, ages of the debt, and "
        "patterns to ask the seller about. Of a panel of history it shows how much was observed under each "
        "treatment, what came in and how claims left. Amounts of different currencies are added up only where a model "
        "says the rates. "
        "Quantiles are within 0.2 % of the value.",
    .examples = {"jalki inspect tape.h5", "jalki inspect tape.h5 --by country",
                 "jalki inspect tape.h5 --model models/nordic.yaml --currency SEK",
                 "jalki inspect tape.h5 --by country,balance_band,vintage --model models/nordic.yaml",
                 "jalki inspect tape.h5 --by product --format csv > tape.csv"},
    .operand = {"tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(inspect_arguments, tape_path), .value = "T.h5",
                .is_needed = true},
    .groups = {{"Inspection", options, 0, false}, JK_LANGUAGE_GROUP, JK_WORKBOOK_GROUP},
    .size = sizeof(inspect_arguments),
    .shares_work = true,
    .prepare = prepare,
    .run = run_inspect,
};
