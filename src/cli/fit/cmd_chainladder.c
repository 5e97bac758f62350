/* SPDX-License-Identifier: Apache-2.0 */
/* jalki chainladder: what a triangle of collections will come to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"
#include "jalki/chain_ladder.h"
#include "jalki/export.h"

enum { LADDER_EXCLUDE = 64 };

typedef struct chainladder_arguments {
    jk_cli_common common;
    jk_triangle_options options;
    jk_chain_ladder_options ladder;
    const char *exclude[LADDER_EXCLUDE];
    const char *path, *prior_path;
    double *prior;
} chainladder_arguments;

static void read_where(jk_usage *usage, const char *name, char *text, void *field) {
    jk_triangle_options *options = field;
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        jk_usage_error(usage, "%s: '%s' is not COLUMN=TEXT", name, text);
        return;
    }
    *equals = '\0';
    options->where_column = text;
    options->where_value = equals + 1;
}

static const jk_option options[] = {
    {"incremental", .kind = JK_OPTION_FLAG, JK_FIELD(chainladder_arguments, options.incremental),
     .otherwise = "cumulative", .help = "Amounts are those of each period alone"},
    {"origin", .kind = JK_OPTION_TEXT, JK_FIELD(chainladder_arguments, options.origin_column), .value = "COLUMN",
     .otherwise = "origin", .help = "Column of the vintage"},
    {"development", .kind = JK_OPTION_TEXT, JK_FIELD(chainladder_arguments, options.development_column),
     .value = "COLUMN", .otherwise = "development", .help = "Column of the age or of the calendar period"},
    {"value", .kind = JK_OPTION_TEXT, JK_FIELD(chainladder_arguments, options.value_column), .value = "COLUMN",
     .otherwise = "value or values", .help = "Column of the amounts"},
    {"where", .kind = JK_OPTION_SPECIAL, .read = read_where, JK_FIELD(chainladder_arguments, options),
     .value = "COLUMN=TEXT", .example = "book=consumer", .help = "Only rows with this text in that column"},
    {"last", .kind = JK_OPTION_INTEGER, JK_FIELD(chainladder_arguments, ladder.last), .value = "N", .low = 1,
     .high = 1200, .otherwise = "all", .help = "Factors are formed of the latest N origins alone"},
    {"exclude", .kind = JK_OPTION_TEXT, JK_FIELD(chainladder_arguments, exclude),
     JK_SEVERAL(chainladder_arguments, ladder.exclude_count, LADDER_EXCLUDE), .value = "ORIGIN:AGE",
     .example = "2019:12", .help = "That origin's step from this age on is in no factor; may be given again"},
    {"tail", .kind = JK_OPTION_NUMBER, JK_FIELD(chainladder_arguments, ladder.tail), .value = "FACTOR",
     .example = "1.02", .low = 0.01, .high = 100, .otherwise = "nothing comes later",
     .help = "From the last age to the end"},
    {"prior", .kind = JK_OPTION_FILE_IN, JK_FIELD(chainladder_arguments, prior_path), .value = "F.csv",
     .help =
         "What a model expects each origin to come to, columns origin and ultimate: Bornhuetter and Ferguson's reserve "
         "beside the chain ladder's"},
    {0},
};

/* ---- output ------------------------------------------------------------------------------------------------------ */

static int print_origins(const jk_listing *rows, const jk_chain_ladder *result) {
    enum { LARGE = 100000 };
    return jk_cli_listing_table(rows, &(jk_cli_listing_view){.title = "Chain ladder, by origin",
                                                             .is_ruled = true,
                                                             .has_total = true,
                                                             .money_decimals = result->total.ultimate < LARGE ? 2 : 0});
}

static int print_factors(const jk_triangle *triangle, const jk_chain_ladder *result) {
    const jk_listing rows = jk_chain_ladder_factors_listing(triangle, result);
    return jk_cli_listing_table(&rows,
                                &(jk_cli_listing_view){.plain_title = "Factors, weighted by volume", .is_ruled = true});
}

static int print(const chainladder_arguments *arguments, const jk_triangle *triangle, const jk_chain_ladder *result) {
    const jk_listing rows = jk_chain_ladder_listing(triangle, result);
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_chain_ladder_json(triangle, result));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&rows);
    }
    int failed = print_origins(&rows, result);
    failed |= print_factors(triangle, result);
    if (isnan(result->total.std_error)) {
        (void)puts("\n  No standard error: too few origins to see the spread of a factor.");
    }
    char text[512];
    for (size_t i = 0; jk_chain_ladder_note(triangle, result, i, text, sizeof text); i++) {
        (void)printf("\n  %s.\n", text);
    }
    return failed | jk_cli_finish();
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static jk_status run_all(chainladder_arguments *arguments, jk_triangle *triangle, jk_chain_ladder *result,
                         jk_error *error) {
    JK_TRY(jk_triangle_read(arguments->path, &arguments->options, triangle, error));
    jk_chain_ladder_options ladder = arguments->ladder;
    ladder.exclude = arguments->exclude;
    ladder.tail = isnan(ladder.tail) ? 0.0 : ladder.tail;
    if (arguments->prior_path != NULL) {
        arguments->prior = calloc(triangle->origins, sizeof *arguments->prior);
        JK_TRY(jk_held(arguments->prior != NULL, error, "the priors"));
        JK_TRY(jk_triangle_prior_read(arguments->prior_path, triangle, arguments->prior, error));
        ladder.prior = arguments->prior;
    }
    JK_TRY(jk_chain_ladder_fit(triangle, &ladder, result, error));
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path, jk_chain_ladder_json(triangle, result), error)
               : JK_OK;
}

static int run_chainladder(void *command) {
    chainladder_arguments *arguments = command;
    jk_error error = {0};
    jk_triangle triangle = {0};
    jk_chain_ladder result = {0};
    jk_status status = run_all(arguments, &triangle, &result, &error);
    int code = status == JK_OK ? print(arguments, &triangle, &result) : jk_cli_fail(&error);
    jk_chain_ladder_reset(&result);
    jk_triangle_reset(&triangle);
    free(arguments->prior);
    return code;
}

const jk_command jk_command_chainladder = {
    .name = "chainladder",
    .summary = "a triangle of collections by vintage, projected, with Mack's standard errors",
    .purpose = "Projects a triangle of cumulative collections by vintage to its last age, with volume-weighted factors "
               "and Mack's standard errors. One row per vintage and age (or calendar period): columns origin, "
               "development, value.",
    .examples = {"jalki chainladder collections.csv", "jalki chainladder monthly.csv --incremental --json ladder.json",
                 "jalki chainladder triangle.csv --origin vintage --development month --value cash",
                 "jalki chainladder collections.csv --prior model.csv"},
    .operand = {"triangle", .kind = JK_OPTION_FILE_IN, JK_FIELD(chainladder_arguments, path), .value = "T.csv",
                .is_needed = true},
    .groups = {{"Triangle", options, 0, false}, {"Output", jk_json_options, 0, false}},
    .size = sizeof(chainladder_arguments),
    .run = run_chainladder,
};
