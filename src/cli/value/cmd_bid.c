/* SPDX-License-Identifier: Apache-2.0 */
/* jalki bid: what to bid against rivals, how likely it wins, and what winning says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/words/language.h"
#include "cli/commands.h"
#include "cli/options/accept.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/confounding.h"
#include "jalki/tender.h"

typedef struct bid_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_auction auction; /* spread and error are NaN until given */
    double overstated;  /* likewise */
    double face;
    jk_worth worth;
    double factor; /* NaN: not asked for */
    jk_confounding confounding;
} bid_arguments;

static const jk_option options[] = {
    {"rivals", .kind = JK_OPTION_INTEGER, JK_FIELD(bid_arguments, auction.rivals), .value = "N", .high = JK_RIVALS_MAX,
     .is_needed = true, .help = "Others who bid"},
    {"spread", .kind = JK_OPTION_NUMBER, JK_FIELD(bid_arguments, auction.spread), .value = "S", .high = 10.0,
     .example = "0.25",
     .help = "Spread of a rival's bid: standard deviation of its logarithm, 0.25 is about 25 % (needed with rivals)"},
    {"level", .kind = JK_OPTION_NUMBER, JK_FIELD(bid_arguments, auction.level), .value = "L", .low = 0.001,
     .high = 1000.0, .standard = "1", .help = "Middle of a rival's bid, as a share of our value"},
    {"error", .kind = JK_OPTION_NUMBER, JK_FIELD(bid_arguments, auction.error), .value = "E", .high = 10.0,
     .otherwise = "what a fitted model's covariance says, else 0", .example = "0.15",
     .help = "How uncertain our own value is, likewise; 0 is certain"},
    {"overstated", .kind = JK_OPTION_NUMBER, JK_FIELD(bid_arguments, overstated), .value = "S", .high = 0.99,
     .otherwise = "what a fitted model's covariance says, else 0", .example = "0.05",
     .help = "Part of our value that its plan does not bring, because it was chosen by estimates; 0 takes the value at "
             "its word"},
    {"correlation", .kind = JK_OPTION_NUMBER, JK_FIELD(bid_arguments, auction.correlation), .value = "R", .high = 1.0,
     .standard = "0", .help = "How far rivals share our error, 0 (not at all) to 1"},
    {"reserve", .kind = JK_OPTION_MONEY, JK_FIELD(bid_arguments, auction.reserve), .value = "PRICE", .standard = "0",
     .help = "Lowest price that the seller takes"},
    {"value", .kind = JK_OPTION_MONEY, JK_FIELD(bid_arguments, auction.value), .value = "VALUE", .low = 0.01,
     .high = 1e15, .help = "Our value of the portfolio after onboarding, instead of a tape", .example = "1760000"},
    {"confounding", .kind = JK_OPTION_NUMBER, JK_FIELD(bid_arguments, factor), .value = "F", .low = 1.0,
     .high = JK_CONFOUNDING_MOST, .example = "1.33",
     .help =
         "What to bid if claims were chosen for court so well that the sued brought F times what others would have"},
    {"face", .kind = JK_OPTION_MONEY, JK_FIELD(bid_arguments, face), .value = "FACE", .low = 0.01, .high = 1e15,
     .help = "Its face value, with --value", .example = "35500000"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    const bid_arguments *arguments = command;
    bool tape = arguments->valuing.tape_path != NULL;
    if (tape == jk_usage_given(usage, "value")) {
        jk_usage_error(usage, tape ? "--value stands instead of a tape; expected one of them"
                                   : "a tape with --model, or --value VALUE, is needed");
    }
    if (!tape && !isnan(arguments->factor)) {
        jk_usage_error(usage,
                       "--confounding is about a tape and a model; a value alone does not say what hangs on court");
    }
    if (tape && !isnan(arguments->face)) {
        jk_usage_error(usage, "--face goes with --value; a tape has its own");
    }
    if (arguments->auction.rivals > 0 && isnan(arguments->auction.spread)) {
        jk_usage_error(usage, "--spread S is needed, for example 0.25");
    }
}

/* ---- output --------------------------------------------------------------------------------------------------- */

/* Steps have no name. */
static bool written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_name = strcmp(column, "row") == 0;
    const char *row = jk_cli_listing_cell(rows, cells, "row")->text;
    if (is_name) {
        jk_table_cell(table, "%s", strcmp(row, "step") == 0 ? "" : jk_text(row));
    }
    return is_name;
}

/* Shares of face where it is known, returns where there are flows. */
static int print_steps(const jk_tender *tender, bool flows) {
    const char *shown[JK_LISTING_COLUMNS] = {"row", "bid", "share_of_value"};
    static const char *const gains[] = {"chance", "worth_if_won", "gain_if_won", "expected_gain", "irr", "irr_if_won"};
    const jk_listing rows = jk_tender_ladder_listing(tender);
    size_t count = 3;
    if (!isnan(tender->face)) {
        shown[count++] = "pct_of_face";
    }
    for (size_t i = 0; i < (flows ? 6 : 4); i++) {
        shown[count++] = gains[i];
    }
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "Bids",
                                                              .shown = shown,
                                                              .is_ruled = true,
                                                              .written = written,
                                                              .money_decimals = tender->auction.value < 1e6 ? 2 : 0});
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
        jk_cli_say("  Do not bid: no bid with a fair chance to win gains anything on average. Whoever wins here has "
                   "overestimated.\n");
        return;
    }
    jk_cli_say("  Bid %s: it wins %s %% of such tenders and gains %s on average, those lost included.\n",
               jk_amount(a, tender->best.at.bid, decimals), jk_amount(b, 100.0 * tender->best.at.chance, 1),
               jk_amount(c, tender->best.at.expected_gain, decimals));
    if (auction->rivals > 0 && tender->curse >= 0.00005) {
        jk_amount(a, 100.0 * tender->curse, 1);
        if (auction->rivals == 1) {
            jk_cli_say("  Winning means that the other thought less of it: what you win is worth on average %s %% less "
                       "than you think.\n",
                       a);
        } else {
            jk_cli_say("  Winning means that %d others thought less of it: what you win is worth on average %s %% less "
                       "than you think.\n",
                       auction->rivals, a);
        }
        jk_cli_say("  Bidding as if your value were certain, %s, would gain %s on average.\n",
                   jk_amount(a, tender->naive.at.bid, decimals),
                   jk_amount(b, tender->naive.at.expected_gain, decimals));
    }
    if (!isnan(tender->break_even)) {
        jk_cli_say("  Never above %s: there a win is worth no more than it costs.\n",
                   jk_amount(a, tender->break_even, decimals));
    }
}

static void print_confounding(const jk_tender *tender) {
    const jk_confounding *at = tender->confounding;
    if (at == NULL) {
        return;
    }
    char a[JK_AMOUNT_TEXT], b[JK_AMOUNT_TEXT], c[JK_AMOUNT_TEXT];
    int decimals = tender->auction.value < 1e6 ? 2 : 0;
    jk_cli_say("  If whom to sue was chosen so well that court brought %s times what it would have from others, this "
               "plan is\n  worth %s, and the best one then %s: ",
               jk_amount(a, at->factor, 2), jk_amount(b, at->kept, decimals), jk_amount(c, at->best, decimals));
    if (isnan(tender->confounded_bid)) {
        jk_cli_say("no bid gains.\n");
    } else {
        jk_cli_say("bid %s.\n", jk_amount(a, tender->confounded_bid, decimals));
    }
}

static char *json_of(const bid_arguments *arguments, const jk_tender *tender, const jk_valuation *valuation) {
    char *manifest = jk_cli_valuing_manifest(&arguments->valuing, valuation);
    char *text = jk_tender_json(tender, manifest);
    free(manifest);
    return text;
}

static int print(const bid_arguments *arguments, const jk_tender *tender, const jk_valuation *valuation) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(json_of(arguments, tender, valuation));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        const jk_listing rows = jk_tender_listing(tender);
        return jk_cli_listing_csv(&rows);
    }
    jk_cli_speak(&arguments->common);
    bool flows = valuation->arena != NULL;
    const jk_auction *auction = &tender->auction;
    if (flows) {
        jk_cli_valuing_heading(&arguments->valuing, valuation);
    }
    char value[JK_AMOUNT_TEXT];
    jk_cli_say("Value     %s", jk_amount(value, auction->value, auction->value < 1e6 ? 2 : 0));
    if (flows) {
        jk_cli_say(" at %s %% a year, after onboarding",
                   jk_amount(value, 100.0 * valuation->irr, jk_cli_rate_decimals(valuation->irr)));
    }
    jk_cli_say(", uncertain by %s %%\n", jk_amount(value, 100.0 * auction->error, 0));
    if (tender->overstated > 0.0) {
        jk_cli_say("          %s %% are taken off that its plan does not bring",
                   jk_amount(value, 100.0 * tender->overstated, 1));
        if (isnan(arguments->overstated)) {
            jk_cli_say(": it was chosen by a fit's estimates (--overstated 0 leaves them)");
        }
        (void)putchar('\n');
    }
    jk_cli_say("Rivals    %d, each around %s %% of our value", auction->rivals,
               jk_amount(value, 100.0 * auction->level, 0));
    jk_cli_say(" with a spread of %s %%", jk_amount(value, 100.0 * auction->spread, 0));
    jk_cli_say(", sharing %s %% of our error\n", jk_amount(value, 100.0 * auction->correlation, 0));
    int failed = print_steps(tender, flows);
    print_words(tender);
    print_confounding(tender);
    jk_cli_valuing_tell_worth(&arguments->valuing, &arguments->worth);
    return failed | jk_cli_finish();
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static jk_status make_tender(bid_arguments *arguments, jk_valuation *valuation, jk_tender *tender, jk_error *error) {
    bool tape = arguments->valuing.tape_path != NULL;
    if (tape) {
        JK_TRY(jk_cli_valuing_value(&arguments->valuing, &arguments->common, valuation, error));
        JK_TRY(jk_cli_valuing_worth(&arguments->valuing, &arguments->common, isnan(arguments->auction.error),
                                    &arguments->worth, error));
        arguments->auction.value = jk_tender_value(valuation);
        JK_TRY(jk_cli_gate_valuation(&arguments->common, arguments->valuing.tape, arguments->valuing.model, valuation,
                                     error));
    }
    if (isnan(arguments->auction.error)) {
        arguments->auction.error = arguments->worth.draws > 0 ? arguments->worth.error : 0.0;
    }
    arguments->auction.spread = arguments->auction.rivals > 0 ? arguments->auction.spread : arguments->auction.error;
    double overstated = arguments->overstated;
    if (isnan(overstated)) {
        overstated = arguments->worth.draws > 0 ? fmax(0.0, arguments->worth.overstated) : 0.0;
    }
    arguments->auction.value -= overstated * (arguments->auction.value + (tape ? valuation->onboarding : 0.0));
    JK_TRY(jk_tender_make(&arguments->auction, tape ? valuation : NULL, arguments->face, tender, error));
    tender->worth = &arguments->worth;
    tender->overstated = overstated;
    if (tape && !isnan(arguments->factor)) {
        JK_TRY(jk_confounding_measure(arguments->valuing.tape, arguments->valuing.model, &arguments->valuing.options,
                                      arguments->factor, &arguments->confounding, error));
        jk_tender_confound(tender, &arguments->confounding);
    }
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path, json_of(arguments, tender, valuation), error)
               : JK_OK;
}

static int run_bid(void *command) {
    bid_arguments *arguments = command;
    jk_error error = {0};
    jk_valuation valuation = {0};
    jk_tender tender = {0};
    jk_status status = make_tender(arguments, &valuation, &tender, &error);
    int code = status == JK_OK ? print(arguments, &tender, &valuation) : jk_cli_fail(&error);
    jk_valuation_reset(&valuation);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_bid = {
    .name = "bid",
    .summary = "what to bid against rivals, the chance to win, and the winner's curse",
    .purpose = "What to bid in a sealed tender, given what rivals are believed to bid: the bid that gains most on "
               "average, its chance to win, and what winning says about your own value (the winner's curse).",
    .usage = "T.h5 --model M.yaml | --value VALUE  --rivals N",
    .examples = {"jalki bid tape.h5 --model models/nordic.yaml --rivals 4 --spread 0.25 --level 0.8",
                 "jalki bid --value 1760000 --face 35500000 --rivals 4 --spread 0.25 --level 0.8 \\\n"
                 "    --error 0.15 --correlation 0.3 --reserve 1000000"},
    .operand = JK_VALUED_TAPE_IF(bid_arguments),
    .groups = {{"Tender", options, 0, false},
               JK_VALUING_IF_TAPE_GROUP(bid_arguments),
               JK_IRR_GROUP(bid_arguments),
               JK_SELL_GROUP(bid_arguments),
               JK_CURSE_GROUP(bid_arguments),
               {"Output", jk_json_options, 0, false},
               JK_LANGUAGE_GROUP,
               JK_MEMORY_GROUP(bid_arguments),
               JK_ACCEPT_GROUP(bid_arguments, valuing.accepted)},
    .size = sizeof(bid_arguments),
    .check = check,
    .run = run_bid,
};
