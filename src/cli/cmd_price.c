/* SPDX-License-Identifier: Apache-2.0 */
/* jalki price: the bid table, several required returns side by side. */
#include <math.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/conditions.h"
#include "cli/price_command.h"
#include "jalki/export.h"

typedef struct price_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    double irr[JK_RETURNS_MAX];
    size_t returns;
    jk_floor floors[JK_FLOORS_MAX];
    size_t floor_count;
    double asked;
} price_arguments;

enum { KEY_IRR = 0x5001, KEY_FLOOR, KEY_ASKED };

static const struct argp_option options[] = {
    {"irr", KEY_IRR, "RATES", 0, "Required yearly returns, for example 0.12,0.15,0.18 [the model's]", 1},
    {"floor", KEY_FLOOR, "KIND=BOUND", 0,
     "The bid must also meet this: multiple=1.8 (money multiple at least), payback=60 (months at most), irr=0.1 "
     "(return on "
     "the flows at least); may be given several times",
     1},
    {"asked", KEY_ASKED, "PRICE", 0, "The price asked: what return it would give", 1},
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static int print(const price_arguments *arguments, const jk_bids *bids) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    switch (arguments->common.format) {
    case JK_FORMAT_JSON:
        return jk_cli_print_text(jk_bids_json(valuing->tape, valuing->model, bids));
    case JK_FORMAT_CSV:
        return jk_price_print_csv(bids);
    default:
        return jk_price_print_tables(valuing, bids);
    }
}

static jk_status price_tape(price_arguments *arguments, jk_bids *bids, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    jk_bid_options wanted = {arguments->irr, arguments->returns, arguments->floors, arguments->floor_count,
                             arguments->asked};
    for (size_t r = 0; r < arguments->returns; r++) {
        jk_cli_note_rate(&arguments->common, arguments->irr[r]);
    }
    jk_status status = jk_cli_valuing_open(valuing, &arguments->common, error);
    if (status == JK_OK) {
        status = jk_cli_valuing_explain(valuing, arguments->returns, NULL, 0, error);
    }
    return status == JK_OK ? jk_bids_make(valuing->tape, valuing->model, &valuing->options, &wanted, bids, error)
                           : status;
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
            "    --floor multiple=1.8 --floor payback=60 --asked 1250000\n",
        .children = children,
    };
    price_arguments arguments = {.irr = {NAN}, .returns = 1, .asked = NAN};
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_bids bids = {0};
    jk_status status = price_tape(&arguments, &bids, &error);
    int code = status == JK_OK ? print(&arguments, &bids) : jk_cli_fail(&error);
    jk_bids_reset(&bids);
    jk_cli_valuing_close(&arguments.valuing);
    return code;
}

const jk_command jk_command_price = {
    "price", "what the portfolio may cost: bids at several returns, floors, asked price", run_price};
