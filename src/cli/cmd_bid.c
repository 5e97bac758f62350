/* SPDX-License-Identifier: Apache-2.0 */
/* jalki bid: what to bid against rivals, how likely it wins, and what winning says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/accept.h"
#include "cli/commands.h"
#include "cli/valuing.h"
#include "jalki/tender.h"

typedef struct bid_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    double irr;
    jk_auction auction; /* spread is NaN until given */
    double face;
    bool rivals_given;
    const char *json_path;
} bid_arguments;

enum {
    KEY_IRR = 0xa201,
    KEY_VALUE,
    KEY_FACE,
    KEY_RIVALS,
    KEY_SPREAD,
    KEY_LEVEL,
    KEY_ERROR,
    KEY_CORRELATION,
    KEY_RESERVE,
    KEY_JSON,
    KEY_ACCEPT
};

static const struct argp_option options[] = {
    {"rivals", KEY_RIVALS, "N", 0, "Others who bid (needed)", 1},
    {"spread", KEY_SPREAD, "S", 0,
     "Spread of a rival's bid: standard deviation of its logarithm, 0.25 is about 25 % "
     "(needed with rivals)",
     1},
    {"level", KEY_LEVEL, "L", 0, "Middle of a rival's bid, as a share of our value [1]", 1},
    {"error", KEY_ERROR, "E", 0, "How uncertain our own value is, likewise [0: certain]", 2},
    {"correlation", KEY_CORRELATION, "R", 0, "How far rivals share our error, 0 to 1 [0: not at all]", 2},
    {"reserve", KEY_RESERVE, "PRICE", 0, "Lowest price that the seller takes [0]", 2},
    {"irr", KEY_IRR, "RATE", 0, "Required yearly return at which the tape is worth our value [the model's]", 3},
    {"value", KEY_VALUE, "VALUE", 0, "Our value of the portfolio after onboarding, instead of a tape", 3},
    {"face", KEY_FACE, "FACE", 0, "Its face value, with --value", 3},
    {"json", KEY_JSON, "F", 0, "The figures as JSON; - is stdout", 4},
    JK_CLI_ACCEPT_OPTION(KEY_ACCEPT),
    {0},
};

static void check_options(const bid_arguments *arguments, struct argp_state *state) {
    bool tape = arguments->valuing.tape_path != NULL;
    if (tape == (arguments->auction.value > 0.0)) {
        argp_error(state, tape ? "--value stands instead of a tape; expected one of them"
                               : "a tape with --model, or --value VALUE, is needed");
    }
    if (tape && !isnan(arguments->face)) {
        argp_error(state, "--face goes with --value; a tape has its own");
    }
    if (!arguments->rivals_given) {
        argp_error(state, "--rivals N is needed");
    }
    if (arguments->auction.rivals > 0 && isnan(arguments->auction.spread)) {
        argp_error(state, "--spread S is needed, for example 0.25");
    }
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    bid_arguments *arguments = state->input;
    jk_auction *auction = &arguments->auction;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        state->child_inputs[1] = &arguments->valuing;
        return 0;
    case KEY_ACCEPT:
        jk_cli_accept(state, argument, &arguments->valuing.accepted);
        return 0;
    case KEY_RIVALS:
        auction->rivals = (int)jk_cli_integer(state, "--rivals", argument, 0, JK_RIVALS_MAX);
        arguments->rivals_given = true;
        return 0;
    case KEY_SPREAD:
        auction->spread = jk_cli_real(state, "--spread", argument, 0.0, 10.0);
        return 0;
    case KEY_LEVEL:
        auction->level = jk_cli_real(state, "--level", argument, 0.001, 1000.0);
        return 0;
    case KEY_ERROR:
        auction->error = jk_cli_real(state, "--error", argument, 0.0, 10.0);
        return 0;
    case KEY_CORRELATION:
        auction->correlation = jk_cli_real(state, "--correlation", argument, 0.0, 1.0);
        return 0;
    case KEY_RESERVE:
        auction->reserve = jk_cli_real(state, "--reserve", argument, 0.0, 1e15);
        return 0;
    case KEY_IRR:
        arguments->irr = jk_cli_real(state, "--irr", argument, JK_IRR_LOWEST, JK_IRR_HIGHEST);
        return 0;
    case KEY_VALUE:
        auction->value = jk_cli_real(state, "--value", argument, 0.01, 1e15);
        return 0;
    case KEY_FACE:
        arguments->face = jk_cli_real(state, "--face", argument, 0.01, 1e15);
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    case ARGP_KEY_END:
        check_options(arguments, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- output --------------------------------------------------------------------------------------------------- */

static void percent_cell(jk_table *table, double share) {
    jk_table_percent(table, 100.0 * share);
}

static void add_row(jk_table *table, const char *name, const jk_tender *tender, const jk_tender_row *row, bool flows) {
    int decimals = tender->auction.value < 1e6 ? 2 : 0;
    jk_table_cell(table, "%s", name);
    jk_table_amount(table, row->at.bid, decimals);
    percent_cell(table, row->share_of_value);
    if (!isnan(tender->face)) {
        jk_table_percent(table, row->pct_of_face);
    }
    percent_cell(table, row->at.chance);
    jk_table_amount(table, row->at.worth, decimals);
    jk_table_amount(table, row->at.gain_if_won, decimals);
    jk_table_amount(table, row->at.expected_gain, decimals);
    if (flows) {
        percent_cell(table, row->irr);
        percent_cell(table, row->irr_if_won);
    }
}

static int print_steps(const jk_tender *tender, bool flows) {
    jk_table *table = jk_table_create(isnan(tender->face) ? "lrrrrrr" : flows ? "lrrrrrrrrr" : "lrrrrrrr");
    if (table == NULL) {
        return jk_cli_print_table(NULL, NULL);
    }
    jk_table_cell(table, "%s", "");
    jk_table_cell(table, "%s", "bid");
    jk_table_cell(table, "%s", "of value");
    if (!isnan(tender->face)) {
        jk_table_cell(table, "%s", "of face");
    }
    static const char *const heads[] = {"chance to win", "worth if won", "gain if won",
                                        "expected gain", "return",       "return if won"};
    for (size_t i = 0; i < (flows ? 6 : 4); i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    jk_table_rule(table);
    bool pending = tender->bids;
    for (int i = 0; i < JK_TENDER_STEPS; i++) {
        if (pending && tender->best.at.bid <= tender->step[i].at.bid) {
            add_row(table, "best", tender, &tender->best, flows);
            pending = false;
        }
        add_row(table, "", tender, &tender->step[i], flows);
    }
    if (pending) {
        add_row(table, "best", tender, &tender->best, flows);
    }
    return jk_cli_print_table(table, "Bids");
}

/* What the figures mean, for those who do not bid with formulas. */
static void print_words(const jk_tender *tender) {
    const jk_auction *auction = &tender->auction;
    char a[JK_AMOUNT_TEXT];
    char b[JK_AMOUNT_TEXT];
    char c[JK_AMOUNT_TEXT];
    int decimals = auction->value < 1e6 ? 2 : 0;
    (void)printf("\n");
    if (!tender->bids) {
        (void)printf("  Do not bid: no bid with a fair chance to win gains anything on average. Whoever wins here has "
                     "overestimated.\n");
        return;
    }
    (void)printf("  Bid %s: it wins %s %% of such tenders and gains %s on average, those lost included.\n",
                 jk_amount(a, tender->best.at.bid, decimals), jk_amount(b, 100.0 * tender->best.at.chance, 1),
                 jk_amount(c, tender->best.at.expected_gain, decimals));
    if (auction->rivals > 0 && tender->curse >= 0.00005) {
        (void)printf("  Winning means that %d other%s thought less of it: what you win is worth on average %s %% less "
                     "than you think.\n",
                     auction->rivals, auction->rivals == 1 ? "" : "s", jk_amount(a, 100.0 * tender->curse, 1));
        (void)printf("  Bidding as if your value were certain, %s, would gain %s on average.\n",
                     jk_amount(a, tender->naive.at.bid, decimals),
                     jk_amount(b, tender->naive.at.expected_gain, decimals));
    }
    if (!isnan(tender->break_even)) {
        (void)printf("  Never above %s: there a win is worth no more than it costs.\n",
                     jk_amount(a, tender->break_even, decimals));
    }
}

static int print_csv(const jk_tender *tender) {
    (void)puts("row,bid,share_of_value,pct_of_face,chance,worth_if_won,gain_if_won,expected_gain,irr,irr_if_won");
    for (int i = tender->bids ? -1 : 0; i < JK_TENDER_STEPS; i++) {
        const jk_tender_row *row = i < 0 ? &tender->best : &tender->step[i];
        (void)printf("%s", i < 0 ? "best" : "step");
        jk_cli_csv_number(row->at.bid, 2);
        jk_cli_csv_number(row->share_of_value, 6);
        jk_cli_csv_number(row->pct_of_face, 4);
        jk_cli_csv_number(row->at.chance, 8);
        jk_cli_csv_number(row->at.worth, 2);
        jk_cli_csv_number(row->at.gain_if_won, 2);
        jk_cli_csv_number(row->at.expected_gain, 2);
        jk_cli_csv_number(row->irr, 6);
        jk_cli_csv_number(row->irr_if_won, 6);
        (void)putchar('\n');
    }
    return jk_cli_finish();
}

static char *json_of(const bid_arguments *arguments, const jk_tender *tender, const jk_valuation *valuation) {
    char *manifest = jk_cli_valuing_manifest(&arguments->valuing, valuation);
    char *text = jk_tender_json(tender, manifest);
    free(manifest);
    return text;
}

static int print(const bid_arguments *arguments, const jk_tender *tender, const jk_valuation *valuation) {
    if (jk_cli_json_on_stdout(&arguments->common, arguments->json_path)) {
        return jk_cli_print_text(json_of(arguments, tender, valuation));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return print_csv(tender);
    }
    bool flows = valuation->arena != NULL;
    const jk_auction *auction = &tender->auction;
    if (flows) {
        jk_cli_valuing_heading(&arguments->valuing, valuation);
    }
    char value[JK_AMOUNT_TEXT];
    (void)printf("Value     %s", jk_amount(value, auction->value, auction->value < 1e6 ? 2 : 0));
    if (flows) {
        (void)printf(" at %s %% a year, after onboarding",
                     jk_amount(value, 100.0 * valuation->irr, jk_cli_rate_decimals(valuation->irr)));
    }
    (void)printf(", uncertain by %s %%\n", jk_amount(value, 100.0 * auction->error, 0));
    (void)printf("Rivals    %d, each around %s %% of our value", auction->rivals,
                 jk_amount(value, 100.0 * auction->level, 0));
    (void)printf(" with a spread of %s %%, sharing", jk_amount(value, 100.0 * auction->spread, 0));
    (void)printf(" %s %% of our error\n", jk_amount(value, 100.0 * auction->correlation, 0));
    int failed = print_steps(tender, flows);
    print_words(tender);
    return failed | jk_cli_finish();
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static jk_status value_tape(bid_arguments *arguments, jk_valuation *valuation, jk_error *error) {
    JK_TRY(jk_cli_valuing_value(&arguments->valuing, &arguments->common, arguments->irr, valuation, error));
    arguments->auction.value = jk_tender_value(valuation);
    return jk_cli_gate_valuation(&arguments->common, arguments->valuing.tape, arguments->valuing.model, valuation,
                                 error);
}

static jk_status make_tender(bid_arguments *arguments, jk_valuation *valuation, jk_tender *tender, jk_error *error) {
    bool tape = arguments->valuing.tape_path != NULL;
    JK_TRY(jk_cli_valuing_outputs(&arguments->valuing, &arguments->json_path, 1, error));
    if (tape) {
        JK_TRY(value_tape(arguments, valuation, error));
    }
    arguments->auction.spread = arguments->auction.rivals > 0 ? arguments->auction.spread : arguments->auction.error;
    JK_TRY(jk_tender_make(&arguments->auction, tape ? valuation : NULL, arguments->face, tender, error));
    return arguments->json_path == NULL
               ? JK_OK
               : jk_cli_write_text(arguments->json_path, json_of(arguments, tender, valuation), error);
}

static int run_bid(int argc, char **argv) {
    static const struct argp_child children[] = {
        {&jk_cli_common_argp, 0, NULL, 0}, {&jk_cli_valuing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5\n--value VALUE",
        .doc = "What to bid in a sealed tender, given what rivals are believed to bid: the bid that gains most on "
               "average, its chance to win, and what winning says about your own value (the winner's curse).\v"
               "Examples:\n"
               "  jalki bid tape.h5 --model models/nordic.yaml --rivals 4 --spread 0.25 --level 0.8\n"
               "  jalki bid --value 1760000 --face 35500000 --rivals 4 --spread 0.25 --level 0.8 \\\n"
               "    --error 0.15 --correlation 0.3 --reserve 1000000\n",
        .children = children,
    };
    bid_arguments arguments = {
        .irr = NAN, .face = NAN, .auction = {.level = 1.0, .spread = NAN}, .valuing = {.tape_optional = true}};
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_valuation valuation = {0};
    jk_tender tender = {0};
    jk_status status = make_tender(&arguments, &valuation, &tender, &error);
    int code = status == JK_OK ? print(&arguments, &tender, &valuation) : jk_cli_fail(&error);
    jk_valuation_reset(&valuation);
    jk_cli_valuing_close(&arguments.valuing);
    return code;
}

const jk_command jk_command_bid = {"bid", "what to bid against rivals, the chance to win, and the winner's curse",
                                   run_bid};
