/* SPDX-License-Identifier: Apache-2.0 */
/* jalki worklist: whom to work first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/valuing.h"
#include "jalki/export.h"
#include "jalki/worklist.h"

typedef struct worklist_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    double irr;
    jk_worklist_options options;
    const char *json_path;
} worklist_arguments;

enum { KEY_IRR = 0x6001, KEY_TOP, KEY_BY, KEY_TREATMENT, KEY_JSON };

static const struct argp_option options[] = {
    {"top", KEY_TOP, "N", 0, "Length of the list [100]", 1},
    {"by", KEY_BY, "ORDER", 0, "gain_per_hour, gain or balance [gain_per_hour]", 1},
    {"treatment", KEY_TREATMENT, "ACTION", 0, "Only amicable or only legal [the better one of each claim]", 1},
    {"irr", KEY_IRR, "RATE", 0, "Required yearly return, 0.15 is 15 % [the model's]", 2},
    {"json", KEY_JSON, "F", 0, "The list as JSON; - is stdout", 3},
    {0},
};

static void take_order(worklist_arguments *arguments, struct argp_state *state, const char *text) {
    for (int o = JK_BY_GAIN_PER_HOUR; o <= JK_BY_BALANCE; o++) {
        if (strcmp(text, jk_worklist_order_name((jk_worklist_order)o)) == 0) {
            arguments->options.order = (jk_worklist_order)o;
            return;
        }
    }
    argp_error(state, "--by: '%s' is not gain_per_hour, gain or balance", text);
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    worklist_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        state->child_inputs[1] = &arguments->valuing;
        return 0;
    case KEY_TOP:
        arguments->options.top = (size_t)jk_cli_integer(state, "--top", argument, 1, 1000000000);
        return 0;
    case KEY_BY:
        take_order(arguments, state, argument);
        return 0;
    case KEY_TREATMENT:
        for (int a = JK_AMICABLE; a <= JK_LEGAL; a++) {
            if (strcmp(argument, jk_action_name((jk_action)a)) == 0) {
                arguments->options.treatment = a;
                return 0;
            }
        }
        argp_error(state, "--treatment: '%s' is not amicable or legal", argument);
        return 0;
    case KEY_IRR:
        arguments->irr = jk_cli_real(state, "--irr", argument, -0.99, 100.0);
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- printing -------------------------------------------------------------------------------------------------- */

static int claim_id(const jk_candidates *candidates, size_t row, char id[JK_TEXT_MAX + 1], jk_error *error) {
    memset(id, 0, JK_TEXT_MAX + 1);
    return jk_tape_read(candidates->tape, JK_COLUMN_CLAIM_ID, row, 1, id, error) == JK_OK ? 0 : 1;
}

static int print_rows(const jk_candidates *candidates, const jk_worklist *worklist) {
    static const char *const heads[] = {"", "claim", "do", "balance", "gain", "hours", "gain per hour", "why"};
    jk_table *table = jk_table_create("rllrrrrl");
    jk_error error = {0};
    for (size_t i = 0; table != NULL && i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    for (size_t i = 0; table != NULL && i < worklist->count; i++) {
        const jk_worklist_row *row = &worklist->rows[i];
        char id[JK_TEXT_MAX + 1];
        char words[JK_WORKLIST_WORDS_MAX];
        if (claim_id(candidates, row->row, id, &error) != 0) {
            jk_table_free(table);
            return jk_cli_fail(&error);
        }
        jk_table_count(table, i + 1);
        jk_table_cell(table, "%s", id);
        jk_table_cell(table, "%s", jk_action_name(row->action));
        jk_table_amount(table, candidates->balance[row->row], 2);
        jk_table_amount(table, row->gain, 2);
        jk_table_amount(table, row->hours, 2);
        jk_table_amount(table, row->hours > 0.0 ? row->gain / row->hours : (double)NAN, 2);
        jk_table_cell(table, "%s", jk_worklist_words(candidates, row, words));
    }
    return jk_cli_print_table(table, "Whom to work first");
}

static int print_excluded(const jk_worklist *worklist) {
    static const char *const heads[] = {"left out", "claims", "balance"};
    static const char *const words[JK_EXCLUSION_COUNT] = {"",
                                                          "barred, or only closing allowed",
                                                          "vulnerable debtor",
                                                          "disputed",
                                                          "no verified channel",
                                                          "nothing gained over waiting"};
    jk_table *table = jk_table_create("lrr");
    for (size_t i = 0; table != NULL && i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    for (int e = JK_EXCLUDED_BARRED; table != NULL && e < JK_EXCLUSION_COUNT; e++) {
        jk_table_cell(table, "%s", words[e]);
        jk_table_count(table, worklist->excluded[e]);
        jk_table_amount(table, worklist->excluded_balance[e], 2);
    }
    return jk_cli_print_table(table, "Left out");
}

static int print_csv(const jk_candidates *candidates, const jk_worklist *worklist) {
    jk_error error = {0};
    (void)puts("place,claim_id,action,balance,gain,hours,gain_per_hour");
    for (size_t i = 0; i < worklist->count; i++) {
        const jk_worklist_row *row = &worklist->rows[i];
        char id[JK_TEXT_MAX + 1];
        if (claim_id(candidates, row->row, id, &error) != 0) {
            return jk_cli_fail(&error);
        }
        bool quote = strpbrk(id, ",\"\n\r") != NULL;
        (void)printf("%zu,%s", i + 1, quote ? "\"" : "");
        for (const char *c = id; *c != '\0'; c++) {
            (void)printf(quote && *c == '"' ? "\"\"" : "%c", *c);
        }
        (void)printf("%s,%s,%.2f,%.2f,%.4f,", quote ? "\"" : "", jk_action_name(row->action),
                     candidates->balance[row->row], row->gain, row->hours);
        (void)printf(row->hours > 0.0 ? "%.2f\n" : "\n", row->hours > 0.0 ? row->gain / row->hours : 0.0);
    }
    return jk_cli_finish();
}

static void print_comparison(const worklist_arguments *arguments, const jk_worklist *worklist) {
    const char *currency = arguments->valuing.model->base_currency;
    char gain[JK_AMOUNT_TEXT];
    char hours[JK_AMOUNT_TEXT];
    (void)printf("\n  The list gains %s %s over waiting in %s agent hours.\n", jk_amount(gain, worklist->gain, 2),
                 currency, jk_amount(hours, worklist->hours, 1));
    (void)printf("  Largest first would gain %s %s with the same hours, on %llu claims.\n",
                 jk_amount(gain, worklist->largest_first_gain, 2), currency,
                 (unsigned long long)worklist->largest_first_claims);
}

static int print(const worklist_arguments *arguments, const jk_candidates *candidates, const jk_valuation *valuation,
                 const jk_worklist *worklist) {
    bool json_on_stdout = arguments->json_path != NULL && strcmp(arguments->json_path, "-") == 0;
    if (json_on_stdout || arguments->common.format == JK_FORMAT_JSON) {
        return jk_cli_print_text(jk_worklist_json(candidates, valuation, &arguments->options, worklist));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return print_csv(candidates, worklist);
    }
    jk_cli_valuing_heading(&arguments->valuing, valuation);
    int failed = print_rows(candidates, worklist);
    print_comparison(arguments, worklist);
    return failed | print_excluded(worklist) | jk_cli_finish();
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static jk_status make_list(worklist_arguments *arguments, jk_candidates **candidates, jk_valuation *valuation,
                           jk_worklist *worklist, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    const char *const outputs[] = {arguments->json_path};
    jk_status status = jk_cli_valuing_outputs(valuing, outputs, 1, error);
    if (status == JK_OK) {
        status = jk_cli_valuing_open(valuing, &arguments->common, error);
    }
    valuing->options.irr = arguments->irr;
    jk_cli_note_rate(&arguments->common, arguments->irr);
    arguments->options.run = valuing->options.run;
    if (status == JK_OK) {
        status = jk_candidates_create(valuing->tape, valuing->model, candidates, error);
    }
    if (status == JK_OK) {
        jk_value_sink sink = jk_candidates_sink(*candidates);
        status = jk_cli_valuing_explain(valuing, 1, &sink, 1, error);
        if (status == JK_OK) {
            status = jk_value_run(valuing->tape, valuing->model, &valuing->options, &sink, 1, valuation, error);
        }
    }
    if (status == JK_OK) {
        status = jk_worklist_make(*candidates, &arguments->options, worklist, error);
    }
    if (status == JK_OK && arguments->json_path != NULL && strcmp(arguments->json_path, "-") != 0) {
        char *text = jk_worklist_json(*candidates, valuation, &arguments->options, worklist);
        status = text != NULL ? jk_text_write(arguments->json_path, text, error) : JK_ERROR_MEMORY;
        free(text);
    }
    return status;
}

static int run_worklist(int argc, char **argv) {
    static const struct argp_child children[] = {
        {&jk_cli_common_argp, 0, NULL, 0}, {&jk_cli_valuing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5",
        .doc = "Lists whom to work first: the claims where an agent's hour gains most over waiting, why, and what "
               "working the "
               "largest balances first would gain with the same hours.\v"
               "Examples:\n"
               "  jalki worklist tape.h5 --model models/nordic.yaml --top 50\n"
               "  jalki worklist tape.h5 --model models/nordic.yaml --treatment legal --by gain --format csv\n",
        .children = children,
    };
    worklist_arguments arguments = {.irr = (double)NAN, .options = {.top = 100, .treatment = -1}};
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_candidates *candidates = NULL;
    jk_valuation valuation = {0};
    jk_worklist worklist = {0};
    jk_status status = make_list(&arguments, &candidates, &valuation, &worklist, &error);
    if (status != JK_OK && error.status == JK_OK) {
        error.status = status;
    }
    int code = status == JK_OK ? print(&arguments, candidates, &valuation, &worklist) : jk_cli_fail(&error);
    jk_worklist_reset(&worklist);
    jk_candidates_free(candidates);
    jk_valuation_reset(&valuation);
    jk_cli_valuing_close(&arguments.valuing);
    return code;
}

const jk_command jk_command_worklist = {"worklist", "whom to work first, why, and what largest first would bring",
                                        run_worklist};
