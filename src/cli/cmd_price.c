/* SPDX-License-Identifier: Apache-2.0 */
/* jalki price: the bid table, several required returns side by side. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/accept.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/conditions.h"
#include "cli/price_command.h"
#include "jalki/export.h"
#include "jalki/shares.h"

typedef struct price_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    double irr[JK_RETURNS_MAX];
    size_t returns;
    jk_floor floors[JK_FLOORS_MAX];
    size_t floor_count;
    double asked;
    const char *scenarios_path, *claims_path, *json_path;
    bool committed;
    jk_scenarios *scenarios;
    double allocate;
    jk_shares *shares;
} price_arguments;

enum {
    KEY_IRR = 0x5001,
    KEY_FLOOR,
    KEY_ASKED,
    KEY_SCENARIOS,
    KEY_COMMITTED,
    KEY_CLAIMS,
    KEY_ALLOCATE,
    KEY_JSON,
    KEY_ACCEPT
};

static const struct argp_option options[] = {
    {"irr", KEY_IRR, "RATES", 0, "Required yearly returns, for example 0.12,0.15,0.18 [the model's]", 1},
    {"floor", KEY_FLOOR, "KIND=BOUND", 0,
     "The bid must also meet this: multiple=1.8 (money multiple at least), payback=60 (months at most), irr=0.1 "
     "(return on "
     "the flows at least); may be given several times",
     1},
    {"asked", KEY_ASKED, "PRICE", 0, "The price asked: what return it would give", 1},
    {"scenarios", KEY_SCENARIOS, "S.yaml", 0, "The bids in these scenarios too, see docs/scenario.md", 1},
    {"committed", KEY_COMMITTED, NULL, 0, "Keep the base plan in the scenarios [each is planned anew]", 1},
    {"claims", KEY_CLAIMS, "F.csv", 0,
     "Each claim's share of the price, CSV (one return only); compressed if it ends in .gz", 2},
    {"allocate", KEY_ALLOCATE, "PRICE", 0, "The price that --claims shares out [the bid]", 2},
    {"json", KEY_JSON, "F", 0, "The bid table as JSON; - is stdout, instead of the tables", 2},
    JK_CLI_ACCEPT_OPTION(KEY_ACCEPT),
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state) {
    price_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        state->child_inputs[1] = &arguments->valuing;
        return 0;
    case KEY_IRR:
        arguments->returns = jk_cli_returns(state, argument, arguments->irr);
        return 0;
    case KEY_FLOOR:
        jk_cli_floor(state, argument, arguments->floors, &arguments->floor_count);
        return 0;
    case KEY_ASKED:
        arguments->asked = jk_cli_real(state, "--asked", argument, 0.0, 1e15);
        return 0;
    case KEY_SCENARIOS:
        arguments->scenarios_path = argument;
        return 0;
    case KEY_COMMITTED:
        arguments->committed = true;
        return 0;
    case KEY_CLAIMS:
        jk_cli_refuse_stdout(state, "--claims", argument);
        arguments->claims_path = argument;
        return 0;
    case KEY_ALLOCATE:
        arguments->allocate = jk_cli_real(state, "--allocate", argument, 0.0, 1e15);
        return 0;
    case KEY_ACCEPT:
        jk_cli_accept(state, argument, &arguments->valuing.accepted);
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->claims_path != NULL && arguments->returns > 1) {
            argp_error(state, "--claims shares out one price; expected one --irr");
        } else if (arguments->claims_path == NULL && !isnan(arguments->allocate)) {
            argp_error(state, "--allocate is about --claims F.csv, which is not given");
        } else if (arguments->committed && arguments->scenarios_path == NULL) {
            argp_error(state, "--committed is about --scenarios S.yaml, which is not given");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static char *json_of(const price_arguments *arguments, const jk_bids *bids) {
    return jk_bids_json(arguments->valuing.tape, arguments->valuing.model, bids);
}

static int print(const price_arguments *arguments, const jk_bids *bids) {
    if (jk_cli_json_on_stdout(&arguments->common, arguments->json_path)) {
        return jk_cli_print_text(json_of(arguments, bids));
    }
    return arguments->common.format == JK_FORMAT_CSV ? jk_price_print_csv(bids)
                                                     : jk_price_print_tables(&arguments->valuing, bids);
}

static jk_status write_files(price_arguments *arguments, const jk_bids *bids, jk_error *error) {
    if (arguments->shares != NULL) {
        double price = isnan(arguments->allocate) ? jk_bid_at(bids, 0, 0, 0)->offer.bid : arguments->allocate;
        JK_TRY(jk_shares_make(arguments->shares, price, error));
        JK_TRY(jk_shares_write(arguments->shares, arguments->claims_path, error));
    }
    return arguments->json_path == NULL ? JK_OK
                                        : jk_cli_write_text(arguments->json_path, json_of(arguments, bids), error);
}

static jk_status price_tape(price_arguments *arguments, jk_bids *bids, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    const char *const outputs[] = {arguments->claims_path, arguments->json_path};
    jk_value_sink sink = {0};
    jk_bid_options wanted = {.irr = arguments->irr,
                             .returns = arguments->returns,
                             .floors = arguments->floors,
                             .floor_count = arguments->floor_count,
                             .asked = arguments->asked,
                             .committed = arguments->committed};
    const char *const inputs[] = {valuing->tape_path, valuing->model_path, arguments->scenarios_path};
    JK_TRY(jk_cli_check_outputs(inputs, sizeof inputs / sizeof inputs[0], outputs, sizeof outputs / sizeof outputs[0],
                                error));
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    if (arguments->scenarios_path != NULL) {
        JK_TRY(jk_scenarios_load(arguments->scenarios_path, valuing->model, &arguments->scenarios, error));
        wanted.scenarios = arguments->scenarios->scenarios;
        wanted.scenario_count = arguments->scenarios->count;
    }
    if (arguments->claims_path != NULL) {
        JK_TRY(jk_shares_create(valuing->tape, &arguments->shares, error));
        sink = jk_shares_sink(arguments->shares);
        wanted.sinks = &sink;
        wanted.sink_count = 1;
    }
    size_t cases = arguments->returns * (1 + wanted.scenario_count);
    JK_TRY(jk_cli_valuing_explain(valuing, cases < JK_RETURNS_MAX ? cases : JK_RETURNS_MAX, wanted.sinks,
                                  wanted.sink_count, error));
    JK_TRY(jk_bids_make(valuing->tape, valuing->model, &valuing->options, &wanted, bids, error));
    const jk_gate_view view = {.cutoff = bids->first.cutoff,
                               .irr = bids->irr,
                               .irr_count = bids->return_count,
                               .face = bids->first.total.face,
                               .gross = jk_bid_at(bids, 0, 0, 0)->offer.sum.gross};
    JK_TRY(jk_cli_gate(&arguments->common, valuing->tape, valuing->model, view, valuing->accepted, error));
    return write_files(arguments, bids, error);
}

static int run_price(int argc, char **argv) {
    static const struct argp_child children[] = {
        {&jk_cli_common_argp, 0, NULL, 0}, {&jk_cli_valuing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5",
        .doc =
            "What the portfolio may cost: the highest bid at each required return, with floors, and the return that an "
            "asked price would give.\v"
            "Examples:\n"
            "  jalki price tape.h5 --model models/nordic.yaml --irr 0.12,0.15,0.18\n"
            "  jalki price tape.h5 --model models/nordic.yaml --irr 0.15 \\\n"
            "    --floor multiple=1.8 --floor payback=60 --asked 1250000\n"
            "  jalki price tape.h5 --model models/nordic.yaml --scenarios data/scenarios/nordic.yaml\n"
            "  jalki price tape.h5 --model models/nordic.yaml --claims shares.csv\n",
        .children = children,
    };
    price_arguments arguments = {.irr = {NAN}, .returns = 1, .asked = NAN, .allocate = NAN};
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_bids bids = {0};
    jk_status status = price_tape(&arguments, &bids, &error);
    int code = status == JK_OK ? print(&arguments, &bids) : jk_cli_fail(&error);
    jk_shares_free(arguments.shares);
    jk_scenarios_free(arguments.scenarios);
    jk_bids_reset(&bids);
    jk_cli_valuing_close(&arguments.valuing);
    return code;
}

const jk_command jk_command_price = {
    "price", "what the portfolio may cost: bids at several returns, floors, asked price", run_price};
