/* SPDX-License-Identifier: Apache-2.0 */
/* jalki value: what each claim is worth and what to do with it, and what that comes to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/accept.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/valuing.h"
#include "jalki/export.h"

typedef struct value_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    double irr;
    bool full;
    const char *results_path, *claims_path, *cashflow_path, *json_path;
    jk_results_file *results;
    jk_claims_file *claims;
    jk_value_sink sinks[2];
    size_t sink_count;
} value_arguments;

enum { KEY_IRR = 0x4001, KEY_CLAIMS, KEY_CASHFLOW, KEY_JSON, KEY_FULL, KEY_ACCEPT };

static const struct argp_option options[] = {
    {"irr", KEY_IRR, "RATE", 0, "Required yearly return, 0.15 is 15 % [the model's]", 1},
    {"output", 'o', "R.h5", 0, "Results per claim and the cash flow, HDF5", 2},
    {"claims", KEY_CLAIMS, "F.csv", 0, "Results per claim, CSV; compressed if it ends in .gz", 2},
    {"full", KEY_FULL, NULL, 0, "Amounts in the claims CSV with 9 significant digits instead of 2 decimals", 2},
    {"cashflow", KEY_CASHFLOW, "F.csv", 0, "Cash flow by month and segment, CSV", 2},
    {"json", KEY_JSON, "F", 0, "Portfolio totals as JSON; - is stdout, instead of the tables", 2},
    JK_CLI_ACCEPT_OPTION(KEY_ACCEPT),
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state) {
    value_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        state->child_inputs[1] = &arguments->valuing;
        return 0;
    case KEY_IRR:
        arguments->irr = jk_cli_real(state, "--irr", argument, -0.99, 100.0);
        return 0;
    case 'o':
        arguments->results_path = argument;
        return 0;
    case KEY_CLAIMS:
        arguments->claims_path = argument;
        return 0;
    case KEY_CASHFLOW:
        arguments->cashflow_path = argument;
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    case KEY_ACCEPT:
        jk_cli_accept(state, argument, &arguments->valuing.accepted);
        return 0;
    case KEY_FULL:
        arguments->full = true;
        return 0;
    case ARGP_KEY_END:
        if (arguments->full && arguments->claims_path == NULL) {
            argp_error(state, "--full is about --claims F.csv, which is not given");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- tables --------------------------------------------------------------------------------------------------- */

static void add_group(jk_table *table, const char *name, const jk_valuation *valuation, const jk_group *group,
                      int decimals) {
    jk_table_cell(table, "%s", name);
    jk_table_count(table, group->claims);
    jk_table_amount(table, group->face, decimals);
    jk_table_amount(table, group->value, decimals);
    jk_table_percent(table, jk_percent(group->value, group->face));
    jk_table_amount(table, group->erc_gross, decimals);
    jk_table_amount(table, group->erc_net, decimals);
    jk_table_percent(table, jk_percent(group->face, valuation->total.face));
}

static jk_table *group_table(const char *name) {
    jk_table *table = jk_table_create("lrrrrrrr");
    const char *const heads[] = {name, "claims", "face", "value", "% of face", "gross", "net", "share of face"};
    for (size_t i = 0; table != NULL && i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    return table;
}

static int print_groups(const jk_valuation *valuation) {
    int decimals = jk_cli_decimals(valuation);
    jk_table *table = group_table("decision");
    for (int a = 0; table != NULL && a < JK_ACTION_COUNT; a++) {
        if (valuation->decision[a].claims > 0) {
            add_group(table, jk_action_name((jk_action)a), valuation, &valuation->decision[a], decimals);
        }
    }
    int failed = jk_cli_print_table(table, "By decision (what to do in the first months)");
    table = group_table("segment");
    for (size_t s = 0; table != NULL && s < valuation->segment_count; s++) {
        if (valuation->segment[s].claims > 0) {
            add_group(table, valuation->segment_id[s], valuation, &valuation->segment[s], decimals);
        }
    }
    failed |= jk_cli_print_table(table, "By segment");
    table = group_table("country");
    for (size_t c = 0; table != NULL && c < valuation->country_count; c++) {
        add_group(table, valuation->country_id[c], valuation, &valuation->country[c], decimals);
    }
    return failed | jk_cli_print_table(table, "By country");
}

static int print_reasons(const jk_valuation *valuation) {
    static const char *const words[] = {"barred at the cut-off", "status allows only close",
                                        "costs more than it brings", "worth working"};
    jk_table *table = jk_table_create("llrrr");
    const char *const heads[] = {"reason", "", "claims", "face", "share of face"};
    for (size_t i = 0; table != NULL && i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    for (int r = 0; table != NULL && r < JK_REASON_COUNT; r++) {
        jk_table_cell(table, "%s", jk_reason_name((jk_reason)r));
        jk_table_cell(table, "%s", words[r]);
        jk_table_count(table, valuation->reason[r]);
        jk_table_amount(table, valuation->reason_face[r], jk_cli_decimals(valuation));
        jk_table_percent(table, jk_percent(valuation->reason_face[r], valuation->total.face));
    }
    return jk_cli_print_table(table, "Why");
}

static void add_line(jk_table *table, const char *name, double amount, double face, int decimals) {
    jk_table_cell(table, "%s", name);
    jk_table_amount(table, amount, decimals);
    jk_table_percent(table, jk_percent(amount, face));
}

static int print_totals(const jk_valuation *valuation, const jk_model *model) {
    jk_offer offer = jk_offer_make(valuation, NULL, 0, NAN);
    double face = valuation->total.face;
    int decimals = jk_cli_decimals(valuation);
    jk_table *table = jk_table_create("lrr");
    if (table == NULL) {
        return jk_cli_print_table(NULL, NULL);
    }
    char title[64];
    char percent[JK_AMOUNT_TEXT];
    jk_table_cell(table, "%s", "");
    jk_table_cell(table, "%s", model->base_currency);
    jk_table_cell(table, "%s", "% of face");
    add_line(table, "face", face, face, decimals);
    (void)snprintf(title, sizeof title, "value at %s %% a year",
                   jk_amount(percent, 100.0 * valuation->irr, jk_cli_rate_decimals(valuation->irr)));
    add_line(table, title, offer.value, face, decimals);
    add_line(table, "onboarding", offer.onboarding, face, decimals);
    add_line(table, "bid", offer.bid, face, decimals);
    jk_table_rule(table);
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        if (jk_erc_months[i] <= valuation->flow.months) {
            (void)snprintf(title, sizeof title, "gross collections, %d months", jk_erc_months[i]);
            add_line(table, title, offer.erc_gross[i], face, decimals);
        }
    }
    (void)snprintf(title, sizeof title, "all %d months: gross", valuation->flow.months);
    add_line(table, title, offer.sum.gross, face, decimals);
    add_line(table, "  cost of collection", offer.sum.cost, face, decimals);
    add_line(table, "  sale proceeds", offer.sum.sale, face, decimals);
    add_line(table, "  net", offer.sum.net, face, decimals);
    int failed = jk_cli_print_table(table, "Portfolio");
    (void)printf("\n");
    if (!isnan(offer.multiple)) {
        (void)printf("  money multiple %s of bid and onboarding, ", jk_amount(percent, offer.multiple, 2));
        if (offer.payback > 0) {
            (void)printf("paid back in month %d", offer.payback);
        } else {
            (void)printf("never paid back within the horizon");
        }
    } else {
        (void)printf("  nothing is paid, so there is no multiple and no payback");
    }
    if (!isnan(offer.cost_share)) {
        (void)printf("; cost is %s %% of gross", jk_amount(percent, 100.0 * offer.cost_share, 1));
    }
    (void)printf("\n");
    return failed;
}

static void print_csv_group(const char *kind, const char *name, const jk_valuation *valuation, const jk_group *group) {
    (void)printf("%s,%s,%llu,%.2f,%.2f,%.2f,%.2f,%.2f\n", kind, name, (unsigned long long)group->claims, group->face,
                 group->value, jk_group_bid(valuation, group), group->erc_gross, group->erc_net);
}

static int print_csv(const jk_valuation *valuation) {
    (void)puts("group,name,claims,face,value,bid,erc_gross,erc_net");
    print_csv_group("all", "all", valuation, &valuation->total);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        print_csv_group("decision", jk_action_name((jk_action)a), valuation, &valuation->decision[a]);
    }
    for (size_t s = 0; s < valuation->segment_count; s++) {
        print_csv_group("segment", valuation->segment_id[s], valuation, &valuation->segment[s]);
    }
    for (size_t c = 0; c < valuation->country_count; c++) {
        print_csv_group("country", valuation->country_id[c], valuation, &valuation->country[c]);
    }
    return jk_cli_finish();
}

static int print(const value_arguments *arguments, const jk_valuation *valuation) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    bool json_on_stdout = arguments->json_path != NULL && strcmp(arguments->json_path, "-") == 0;
    if (json_on_stdout || arguments->common.format == JK_FORMAT_JSON) {
        return jk_cli_print_text(jk_valuation_json(valuing->tape, valuing->model, valuation));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return print_csv(valuation);
    }
    jk_cli_valuing_heading(valuing, valuation);
    int failed = print_totals(valuation, valuing->model) | print_groups(valuation) | print_reasons(valuation);
    return failed | jk_cli_finish();
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

static jk_status open_files(value_arguments *arguments, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    jk_status status = JK_OK;
    if (arguments->results_path != NULL) {
        status = jk_results_open(arguments->results_path, valuing->tape, valuing->model, &arguments->results, error);
        if (status == JK_OK) {
            arguments->sinks[arguments->sink_count++] = jk_results_sink(arguments->results);
        }
    }
    if (status == JK_OK && arguments->claims_path != NULL) {
        status = jk_claims_open(arguments->claims_path, valuing->tape, valuing->model, arguments->full,
                                &arguments->claims, error);
        if (status == JK_OK) {
            arguments->sinks[arguments->sink_count++] = jk_claims_sink(arguments->claims);
        }
    }
    return status;
}

static jk_status write_json(const value_arguments *arguments, const jk_valuation *valuation, jk_error *error) {
    char *text = jk_valuation_json(arguments->valuing.tape, arguments->valuing.model, valuation);
    if (text == NULL) {
        *error = (jk_error){.status = JK_ERROR_MEMORY, .message = "out of memory for the JSON summary"};
        return JK_ERROR_MEMORY;
    }
    jk_status status = jk_text_write(arguments->json_path, text, error);
    free(text);
    return status;
}

/* Everything that can run out of disk is written before the first file gets its name. */
static jk_status write_files(value_arguments *arguments, const jk_valuation *valuation, jk_error *error) {
    jk_status status = JK_OK;
    if (arguments->cashflow_path != NULL) {
        status = jk_cashflow_write(arguments->cashflow_path, valuation, error);
    }
    if (status == JK_OK && arguments->json_path != NULL && strcmp(arguments->json_path, "-") != 0) {
        status = write_json(arguments, valuation, error);
    }
    if (status == JK_OK && arguments->claims != NULL) {
        status = jk_claims_commit(arguments->claims, error);
        arguments->claims = NULL;
    }
    if (status == JK_OK && arguments->results != NULL) {
        status = jk_results_commit(arguments->results, valuation, error);
        arguments->results = NULL;
    }
    return status;
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static jk_status value_tape(value_arguments *arguments, jk_valuation *valuation, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    const char *const outputs[] = {arguments->results_path, arguments->claims_path, arguments->cashflow_path,
                                   arguments->json_path};
    jk_status status = jk_cli_valuing_outputs(valuing, outputs, sizeof outputs / sizeof outputs[0], error);
    if (status == JK_OK) {
        status = jk_cli_valuing_open(valuing, &arguments->common, error);
    }
    valuing->options.irr = arguments->irr;
    if (status == JK_OK) {
        status = open_files(arguments, error);
    }
    if (status == JK_OK) {
        status = jk_cli_valuing_explain(valuing, 1, arguments->sinks, arguments->sink_count, error);
    }
    if (status == JK_OK) {
        status = jk_value_run(valuing->tape, valuing->model, &valuing->options, arguments->sinks, arguments->sink_count,
                              valuation, error);
    }
    if (status == JK_OK) {
        status = jk_cli_gate_valuation(&arguments->common, valuing->tape, valuing->model, valuation, error);
    }
    return status == JK_OK ? write_files(arguments, valuation, error) : status;
}

static int run_value(int argc, char **argv) {
    static const struct argp_child children[] = {
        {&jk_cli_common_argp, 0, NULL, 0}, {&jk_cli_valuing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5",
        .doc = "Values every claim of a tape: its score, its worth at the required return, what to do with it now, and "
               "what the portfolio comes to.\v"
               "Examples:\n"
               "  jalki value tape.h5 --model models/nordic.yaml\n"
               "  jalki value tape.h5 --model models/nordic.yaml --irr 0.12 \\\n"
               "    -o results.h5 --claims claims.csv --cashflow cashflow.csv \\\n"
               "    --json totals.json\n",
        .children = children,
    };
    value_arguments arguments = {.irr = NAN};
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_valuation valuation = {0};
    jk_status status = value_tape(&arguments, &valuation, &error);
    int code = status == JK_OK ? print(&arguments, &valuation) : jk_cli_fail(&error);
    jk_claims_abort(arguments.claims);
    jk_results_abort(arguments.results);
    jk_valuation_reset(&valuation);
    jk_cli_valuing_close(&arguments.valuing);
    return code;
}

const jk_command jk_command_value = {
    "value", "what each claim is worth, what to do with it, and the portfolio's totals", run_value};
