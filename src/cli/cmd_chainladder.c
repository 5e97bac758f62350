/* SPDX-License-Identifier: Apache-2.0 */
/* jalki chainladder: what a triangle of collections will come to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "cli/valuing.h"
#include "jalki/chain_ladder.h"
#include "jalki/export.h"

typedef struct chainladder_arguments {
    jk_cli_common common;
    jk_triangle_options options;
    const char *path, *json_path;
} chainladder_arguments;

enum { KEY_ORIGIN = 0x9001, KEY_DEVELOPMENT, KEY_VALUE, KEY_WHERE, KEY_INCREMENTAL, KEY_JSON };

static const struct argp_option options[] = {
    {"incremental", KEY_INCREMENTAL, NULL, 0, "Amounts are those of each period alone [cumulative]", 1},
    {"origin", KEY_ORIGIN, "COLUMN", 0, "Column of the vintage [origin]", 2},
    {"development", KEY_DEVELOPMENT, "COLUMN", 0, "Column of the age or of the calendar period [development]", 2},
    {"value", KEY_VALUE, "COLUMN", 0, "Column of the amounts [value or values]", 2},
    {"where", KEY_WHERE, "COLUMN=TEXT", 0, "Only rows with this text in that column", 2},
    {"json", KEY_JSON, "F", 0, "Ultimates, reserves, errors and factors as JSON; - is stdout", 3},
    {0},
};

static void take_where(chainladder_arguments *arguments, struct argp_state *state, char *argument) {
    char *equals = strchr(argument, '=');
    if (equals == NULL || equals == argument) {
        argp_error(state, "--where: '%s' is not COLUMN=TEXT", argument);
        return;
    }
    *equals = '\0';
    arguments->options.where_column = argument;
    arguments->options.where_value = equals + 1;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    chainladder_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case KEY_INCREMENTAL:
        arguments->options.incremental = true;
        return 0;
    case KEY_ORIGIN:
        arguments->options.origin_column = argument;
        return 0;
    case KEY_DEVELOPMENT:
        arguments->options.development_column = argument;
        return 0;
    case KEY_VALUE:
        arguments->options.value_column = argument;
        return 0;
    case KEY_WHERE:
        take_where(arguments, state, argument);
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->path != NULL) {
            argp_error(state, "one triangle at a time");
        }
        arguments->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->path == NULL) {
            argp_error(state, "a triangle is needed");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- output ------------------------------------------------------------------------------------------------------ */

static void add_row(jk_table *table, const char *name, const jk_chain_ladder_origin *amounts, int decimals) {
    jk_table_cell(table, "%s", name);
    jk_table_amount(table, amounts->latest, decimals);
    jk_table_amount(table, amounts->ultimate, decimals);
    jk_table_amount(table, amounts->reserve, decimals);
    jk_table_amount(table, amounts->std_error, decimals);
    jk_table_percent(table, amounts->reserve > 0.0 ? 100.0 * amounts->std_error / amounts->reserve : (double)NAN);
}

static int print_origins(const jk_triangle *triangle, const jk_chain_ladder *result) {
    enum { LARGE = 100000 };
    int decimals = result->total.ultimate < LARGE ? 2 : 0;
    jk_table *table = jk_table_create("lrrrrr");
    static const char *const heads[] = {"origin", "latest", "ultimate", "reserve", "std error", "error of reserve"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    jk_table_rule(table);
    for (size_t i = 0; i < result->origins; i++) {
        add_row(table, triangle->origin[i], &result->origin[i], decimals);
    }
    jk_table_rule(table);
    add_row(table, "all", &result->total, decimals);
    return jk_cli_print_table(table, "Chain ladder, by origin");
}

static int print_factors(const jk_triangle *triangle, const jk_chain_ladder *result) {
    jk_table *table = jk_table_create("rrrr");
    static const char *const heads[] = {"from age", "to age", "factor", "sigma"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    jk_table_rule(table);
    for (size_t k = 0; k + 1 < result->ages; k++) {
        jk_table_cell(table, "%g", triangle->age[k]);
        jk_table_cell(table, "%g", triangle->age[k + 1]);
        jk_table_cell(table, "%.6f", result->factor[k]);
        if (isnan(result->sigma_squared[k])) {
            jk_table_cell(table, "%s", "");
        } else {
            jk_table_cell(table, "%.4g", sqrt(result->sigma_squared[k]));
        }
    }
    return jk_cli_print_table(table, "Factors, weighted by volume");
}

static void print_csv_number(double value, const char *end) {
    if (isnan(value)) {
        (void)fputs(end, stdout);
    } else {
        (void)printf("%.15g%s", value, end);
    }
}

static void print_csv_row(const char *name, const jk_chain_ladder_origin *amounts) {
    bool quote = strpbrk(name, ",\"\r\n") != NULL;
    (void)fputs(quote ? "\"" : "", stdout);
    for (const char *c = name; *c != '\0'; c++) {
        (void)printf(quote && *c == '"' ? "\"\"" : "%c", *c);
    }
    (void)fputs(quote ? "\"," : ",", stdout);
    print_csv_number(amounts->latest, ",");
    print_csv_number(amounts->ultimate, ",");
    print_csv_number(amounts->reserve, ",");
    print_csv_number(amounts->std_error, "\n");
}

static int print(const chainladder_arguments *arguments, const jk_triangle *triangle, const jk_chain_ladder *result) {
    bool json_on_stdout = arguments->json_path != NULL && strcmp(arguments->json_path, "-") == 0;
    if (json_on_stdout || arguments->common.format == JK_FORMAT_JSON) {
        return jk_cli_print_text(jk_chain_ladder_json(triangle, result));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        (void)puts("origin,latest,ultimate,reserve,std_error");
        for (size_t i = 0; i < result->origins; i++) {
            print_csv_row(triangle->origin[i], &result->origin[i]);
        }
        print_csv_row("all", &result->total);
        return jk_cli_finish();
    }
    int failed = print_origins(triangle, result);
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

static jk_status run_all(const chainladder_arguments *arguments, jk_triangle *triangle, jk_chain_ladder *result,
                         jk_error *error) {
    JK_TRY(jk_cli_check_outputs(&arguments->path, 1, &arguments->json_path, 1, error));
    JK_TRY(jk_triangle_read(arguments->path, &arguments->options, triangle, error));
    JK_TRY(jk_chain_ladder_fit(triangle, result, error));
    if (arguments->json_path == NULL || strcmp(arguments->json_path, "-") == 0) {
        return JK_OK;
    }
    char *text = jk_chain_ladder_json(triangle, result);
    jk_status status =
        text != NULL ? jk_text_write(arguments->json_path, text, error) : jk_fail_memory(error, "the JSON text");
    free(text);
    return status;
}

static int run_chainladder(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .args_doc = "T.csv",
        .doc = "Projects a triangle of cumulative collections by vintage to its last age, with volume-weighted factors "
               "and Mack's standard errors. One row per vintage and age (or calendar period): columns origin, "
               "development, value.\v"
               "Examples:\n"
               "  jalki chainladder collections.csv\n"
               "  jalki chainladder monthly.csv --incremental --json ladder.json\n"
               "  jalki chainladder triangle.csv --origin vintage --development month --value cash\n",
        .children = children,
    };
    chainladder_arguments arguments = {0};
    if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_triangle triangle = {0};
    jk_chain_ladder result = {0};
    jk_status status = run_all(&arguments, &triangle, &result, &error);
    int code = status == JK_OK ? print(&arguments, &triangle, &result) : jk_cli_fail(&error);
    jk_chain_ladder_reset(&result);
    jk_triangle_reset(&triangle);
    return code;
}

const jk_command jk_command_chainladder = {
    .name = "chainladder",
    .summary = "a triangle of collections by vintage, projected, with Mack's standard errors",
    .run = run_chainladder};
