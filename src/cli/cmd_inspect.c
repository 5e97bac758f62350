/* SPDX-License-Identifier: Apache-2.0 */
/* jalki inspect: what is in a tape, or in a panel of history. */
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/inspect_panel.h"
#include "cli/inspect_print.h"
#include "cli/valuing.h"

typedef struct inspect_arguments {
    jk_cli_common common;
    jk_inspect_options options;
    const char *tape_path;
} inspect_arguments;

enum { KEY_BY = 0x2001, KEY_CUTOFF };

static const struct argp_option options[] = {
    {"by", KEY_BY, "COLUMN", 0,
     "Show amounts, outliers and patterns by country, product, debtor_type, legal_status, currency, employment, "
     "reachable or vulnerable, too",
     0},
    {"cutoff", KEY_CUTOFF, "DATE", 0, "Date for ages and dates to come [the tape's]", 0},
    {0},
};

static bool has_levels(jk_column column) {
    jk_type type = jk_schema_column(column)->type;
    return type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY;
}

static int find_group_column(struct argp_state *state, const char *name) {
    const char *names[JK_CSV_COLUMN_COUNT];
    size_t count = 0;
    int column = jk_schema_find(name, strlen(name));
    if (column >= 0 && has_levels((jk_column)column)) {
        return column;
    }
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        if (has_levels((jk_column)c)) {
            names[count++] = jk_schema_column((jk_column)c)->name;
        }
    }
    int nearest = jk_text_nearest(name, names, count);
    argp_error(state, "--by: '%s' is not a column with names or codes%s%s%s", name,
               nearest >= 0 ? "; did you mean '" : "", nearest >= 0 ? names[nearest] : "", nearest >= 0 ? "'?" : "");
    return -1;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    inspect_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case KEY_BY:
        arguments->options.by = find_group_column(state, argument);
        return 0;
    case KEY_CUTOFF:
        arguments->options.cutoff = jk_cli_date(state, "--cutoff", argument);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->tape_path != NULL) {
            argp_error(state, "one tape at a time");
        }
        arguments->tape_path = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->tape_path == NULL) {
            argp_error(state, "a tape is needed");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int print(const inspect_arguments *arguments, const jk_tape *tape, const jk_inspection *inspection) {
    int failed = 0;
    switch (arguments->common.format) {
    case JK_FORMAT_JSON:
        return jk_cli_print_text(jk_inspect_json(tape, inspection));
    case JK_FORMAT_CSV:
        jk_cli_inspect_csv(inspection);
        break;
    case JK_FORMAT_TABLE:
        failed = jk_cli_inspect_tables(tape, inspection);
        break;
    }
    return failed | jk_cli_finish();
}

static int run_inspect(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5",
        .doc =
            "Shows what is in a tape before it is priced: claims and debtors, balances by currency, what is missing, "
            "the spread of every number with its outliers, names and codes with their shares, ages of the debt, and "
            "patterns to ask the seller about.\v"
            "Of a panel of history it shows how much was observed under each treatment, what came in and how claims "
            "left.\n"
            "Amounts of different currencies are never added up. Quantiles are within 0.2 % of the value.\n\n"
            "Examples:\n"
            "  jalki inspect tape.h5\n"
            "  jalki inspect tape.h5 --by country\n"
            "  jalki inspect tape.h5 --by product --format csv > tape.csv\n",
        .children = children,
    };
    inspect_arguments arguments = {.options = jk_inspect_defaults()};
    if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_inspection *inspection = NULL;
    arguments.options.run = jk_cli_run(&arguments.common);
    jk_status status = jk_tape_open_any(arguments.tape_path, &tape, &error);
    if (status == JK_OK && jk_tape_kind(tape) == JK_KIND_PANEL) {
        bool asked = arguments.options.by >= 0 || arguments.options.cutoff != JK_MISSING_INTEGER;
        int done = asked ? 2 : jk_cli_inspect_panel(tape, arguments.common.format);
        if (asked) {
            (void)fprintf(stderr, "jalki: %s: this is a panel of history: --by and --cutoff are for tapes\n",
                          arguments.tape_path);
        }
        jk_tape_close(tape);
        return done;
    }
    status = status != JK_OK ? status : jk_inspect_run(tape, &arguments.options, &inspection, &error);
    int code = status == JK_OK ? print(&arguments, tape, inspection) : jk_cli_fail(&error);
    jk_inspect_free(inspection);
    jk_tape_close(tape);
    return code;
}

const jk_command jk_command_inspect = {
    .name = "inspect", .summary = "what is in a tape: counts, balances, ages, gaps, outliers", .run = run_inspect};
