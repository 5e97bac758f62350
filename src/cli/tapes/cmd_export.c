/* SPDX-License-Identifier: Apache-2.0 */
/* jalki export: results into a data base, or into files of other programs. */
#include <stdlib.h>

#include "base/words/listing.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/results_table.h"

typedef struct export_arguments {
    jk_cli_common common;
    const char *const *paths;
    size_t path_count;
    int table;
    const char *into;
} export_arguments;

static const char *const tables[] = {"results", "cashflow", NULL};

static const jk_option options[] = {
    {"table", .kind = JK_OPTION_CHOICE, JK_FIELD(export_arguments, table), .value = "TABLE", .choices = tables,
     .standard = "results", .help = "What is written: a row for each claim, or the cash flow by month and segment"},
    {"into", .kind = JK_OPTION_TEXT, JK_FIELD(export_arguments, into), .value = "NAME", .example = "valuations",
     .otherwise = "that of --table", .help = "Name of the table in a data base"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    const export_arguments *arguments = command;
    if (arguments->path_count != 2) {
        jk_usage_error(usage, "results and where to write them are needed, for example R.h5 results.sqlite; found %zu",
                       arguments->path_count);
    }
}

static int print(const export_arguments *arguments, size_t rows) {
    const char *table = tables[arguments->table];
    const char *into = arguments->into != NULL ? arguments->into : table;
    if (arguments->common.format != JK_FORMAT_TABLE) {
        jk_listed *listed = jk_listed_create(&jk_cli_export_rows);
        jk_listed_texts(listed, table);
        jk_listed_number(listed, (double)rows);
        return arguments->common.format == JK_FORMAT_CSV ? jk_cli_listed_csv(listed) : jk_cli_listed_object(listed);
    }
    if (!arguments->common.quiet) {
        char count[JK_AMOUNT_TEXT];
        (void)printf("%s: %s rows of %s\n", arguments->paths[1], jk_amount(count, (double)rows, 0), into);
    }
    return jk_cli_finish();
}

static int run_export(void *command) {
    const export_arguments *arguments = command;
    jk_error error = {0};
    jk_results_table *table = NULL;
    size_t rows = 0;
    const char *name = tables[arguments->table];
    jk_status status = jk_cli_check_outputs(&arguments->paths[0], 1, &arguments->paths[1], 1, &error);
    status = status == JK_OK ? jk_results_table_open(arguments->paths[0], name, &table, &error) : status;
    status = status == JK_OK ? jk_results_table_export(table, arguments->paths[1],
                                                       arguments->into != NULL ? arguments->into : name, &rows, &error)
                             : status;
    jk_results_table_close(table);
    return status == JK_OK ? print(arguments, rows) : jk_cli_fail(&error);
}

const jk_command jk_command_export = {
    .name = "export",
    .summary = "results into PostgreSQL, SQLite, or files of other programs",
    .purpose = "Writes results (value -o R.h5) into a data base: one transaction, rows of the same claim and cut-off "
               "replaced, others left alone. User and password come from the URL, PGPASSWORD, a service file or "
               "~/.pgpass, and go nowhere else. Or into a file, of the kind that its name ends in.",
    .usage = "R.h5 TARGET",
    .examples = {"jalki value tape.h5 --model models/nordic.yaml -o results.h5",
                 "jalki export results.h5 results.sqlite", "jalki export results.h5 cashflow.xlsx --table cashflow",
                 "jalki export results.h5 \"postgresql://?service=warehouse\" --into valuations"},
    .operand = {"results and target", .kind = JK_OPTION_TEXT, JK_FIELD(export_arguments, paths),
                JK_SEVERAL(export_arguments, path_count, JK_OPTION_ALL), .value = "R.h5 TARGET"},
    .groups = {{"Export", options, 0, false}},
    .size = sizeof(export_arguments),
    .check = check,
    .run = run_export,
};
