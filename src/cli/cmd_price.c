/* SPDX-License-Identifier: Apache-2.0 */
/* jalki price: the bid table, several required returns side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/valuing.h"
#include "jalki/export.h"

enum { FLOORS_MAX = 16 };

typedef struct price_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    double irr[JK_RETURNS_MAX];
    size_t returns;
    jk_floor floors[FLOORS_MAX];
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

static void parse_returns(price_arguments *arguments, struct argp_state *state, const char *list) {
    arguments->returns = 0;
    for (const char *part = list; part != NULL;) {
        const char *comma = strchr(part, ',');
        size_t length = comma == NULL ? strlen(part) : (size_t)(comma - part);
        double rate = 0.0;
        if (!jk_text_to_real(part, length, &rate) || rate < JK_IRR_LOWEST || rate > JK_IRR_HIGHEST) {
            argp_error(state, "--irr: '%.*s' is not a yearly return from %g to %g; expected for example 0.12,0.15",
                       (int)length, part, JK_IRR_LOWEST, JK_IRR_HIGHEST);
        }
        if (arguments->returns == JK_RETURNS_MAX) {
            argp_error(state, "--irr: more than %d returns", (int)JK_RETURNS_MAX);
        }
        arguments->irr[arguments->returns++] = rate;
        part = comma == NULL ? NULL : comma + 1;
    }
}

static void parse_floor(price_arguments *arguments, struct argp_state *state, const char *text) {
    static const struct {
        jk_floor_kind kind;
        double low, high;
        bool whole;
    } kinds[] = {{JK_FLOOR_RETURN, JK_IRR_LOWEST, JK_IRR_HIGHEST, false},
                 {JK_FLOOR_MULTIPLE, 0.01, 1000.0, false},
                 {JK_FLOOR_PAYBACK, 1.0, 600.0, true}};
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *name = jk_floor_kind_name(kinds[i].kind);
        if (strlen(name) != length || strncmp(name, text, length) != 0) {
            continue;
        }
        double bound = kinds[i].whole
                           ? (double)jk_cli_integer(state, "--floor payback", equals + 1, (int64_t)kinds[i].low,
                                                    (int64_t)kinds[i].high)
                           : jk_cli_real(state, kinds[i].kind == JK_FLOOR_RETURN ? "--floor irr" : "--floor multiple",
                                         equals + 1, kinds[i].low, kinds[i].high);
        if (arguments->floor_count == FLOORS_MAX) {
            argp_error(state, "--floor: more than %d floors", (int)FLOORS_MAX);
        }
        arguments->floors[arguments->floor_count++] = (jk_floor){kinds[i].kind, bound};
        return;
    }
    argp_error(state, "--floor: '%s' is not multiple=NUMBER, payback=MONTHS or irr=RATE", text);
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    price_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        state->child_inputs[1] = &arguments->valuing;
        return 0;
    case KEY_IRR:
        parse_returns(arguments, state, argument);
        return 0;
    case KEY_FLOOR:
        parse_floor(arguments, state, argument);
        return 0;
    case KEY_ASKED:
        arguments->asked = jk_cli_real(state, "--asked", argument, 0.0, 1e15);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the bid table -------------------------------------------------------------------------------------------- */

typedef struct bid_table {
    const price_arguments *arguments;
    const jk_valuation *valuations;
    jk_offer offer[JK_RETURNS_MAX];
    size_t count;
    int decimals;
} bid_table;

/* A table with one left column, `fixed` right ones and one for each return, or two where `doubled`. */
static jk_table *create_table(size_t fixed, size_t per_return, size_t returns) {
    char alignment[3 + 2 * JK_RETURNS_MAX + 1] = "l";
    size_t columns = 1 + fixed + per_return * returns;
    memset(alignment + 1, 'r', columns - 1);
    alignment[columns] = '\0';
    return jk_table_create(alignment);
}

static void amounts_line(jk_table *table, const bid_table *bids, const char *name, size_t field, int decimals) {
    jk_table_cell(table, "%s", name);
    for (size_t r = 0; r < bids->count; r++) {
        double value = 0.0;
        memcpy(&value, (const char *)&bids->offer[r] + field, sizeof value);
        jk_table_amount(table, value, decimals);
    }
}
#define AMOUNTS(name, field) amounts_line(table, bids, name, offsetof(jk_offer, field), bids->decimals)

static void months_cell(jk_table *table, int months) {
    if (months > 0) {
        jk_table_cell(table, "%d months", months);
    } else {
        jk_table_cell(table, "%s", "never");
    }
}

static void bid_lines(jk_table *table, const bid_table *bids) {
    AMOUNTS("value", value);
    AMOUNTS("onboarding", onboarding);
    if (bids->arguments->floor_count > 0) {
        AMOUNTS("bid at the return alone", bid_at_return);
    }
    AMOUNTS("bid", bid);
    jk_table_cell(table, "%s", "  % of face");
    for (size_t r = 0; r < bids->count; r++) {
        jk_table_percent(table, bids->offer[r].bid_pct_of_face);
    }
    if (bids->arguments->floor_count > 0) {
        jk_table_cell(table, "%s", "  bound by");
        for (size_t r = 0; r < bids->count; r++) {
            const jk_offer *offer = &bids->offer[r];
            const char *kind =
                offer->binding < 0 ? "return" : jk_floor_kind_name(bids->arguments->floors[offer->binding].kind);
            jk_table_cell(table, "%s%s", kind, offer->attainable ? "" : " (not met at any price)");
        }
    }
    jk_table_rule(table);
}

static void flow_lines(jk_table *table, const bid_table *bids) {
    int horizon = bids->valuations->flow.months;
    bool whole = false; /* one of the usual spans is the whole horizon */
    char name[64];
    for (int i = 0; i < JK_ERC_COUNT && jk_erc_months[i] <= horizon; i++) {
        (void)snprintf(name, sizeof name, "gross collections, %d months", jk_erc_months[i]);
        amounts_line(table, bids, name, offsetof(jk_offer, erc_gross) + (size_t)i * sizeof(double), bids->decimals);
        whole = jk_erc_months[i] == horizon;
    }
    if (!whole) {
        (void)snprintf(name, sizeof name, "gross collections, %d months", horizon);
        AMOUNTS(name, sum.gross);
    }
    AMOUNTS("cost of collection", sum.cost);
    jk_table_cell(table, "%s", "  % of gross");
    for (size_t r = 0; r < bids->count; r++) {
        jk_table_percent(table, 100.0 * bids->offer[r].cost_share);
    }
    if (bids->arguments->valuing.sell) {
        AMOUNTS("sale proceeds", sum.sale);
    }
    AMOUNTS("net", sum.net);
    amounts_line(table, bids, "money multiple", offsetof(jk_offer, multiple), 2);
    jk_table_cell(table, "%s", "payback");
    for (size_t r = 0; r < bids->count; r++) {
        months_cell(table, bids->offer[r].payback);
    }
}

static void asked_lines(jk_table *table, const bid_table *bids) {
    jk_table_rule(table);
    AMOUNTS("price asked", asked);
    jk_table_cell(table, "%s", "  return");
    for (size_t r = 0; r < bids->count; r++) {
        const jk_offer *offer = &bids->offer[r];
        if (offer->asked_outcome == JK_IRR_FOUND) {
            jk_table_percent(table, 100.0 * offer->asked_irr);
        } else {
            jk_table_cell(table, "%s", offer->asked_outcome == JK_IRR_NO_ROOT ? "no rate fits" : "several rates fit");
        }
    }
    amounts_line(table, bids, "  money multiple", offsetof(jk_offer, asked_multiple), 2);
    jk_table_cell(table, "%s", "  payback");
    for (size_t r = 0; r < bids->count; r++) {
        months_cell(table, bids->offer[r].asked_payback);
    }
}

static int print_bids(const bid_table *bids) {
    jk_table *table = create_table(0, 1, bids->count);
    if (table != NULL) {
        jk_table_cell(table, "%s", "required return");
        for (size_t r = 0; r < bids->count; r++) {
            jk_table_percent(table, 100.0 * bids->offer[r].irr);
        }
        jk_table_rule(table);
        bid_lines(table, bids);
        flow_lines(table, bids);
        if (!isnan(bids->arguments->asked)) {
            asked_lines(table, bids);
        }
    }
    char title[128];
    (void)snprintf(title, sizeof title, "Bid, %s", bids->arguments->valuing.model->base_currency);
    return jk_cli_print_table(table, title);
}

/* ---- groups --------------------------------------------------------------------------------------------------- */

typedef enum group_kind { BY_SEGMENT, BY_COUNTRY, BY_DECISION } group_kind;

static size_t group_count(const jk_valuation *valuation, group_kind kind) {
    return kind == BY_SEGMENT   ? valuation->segment_count
           : kind == BY_COUNTRY ? valuation->country_count
                                : JK_ACTION_COUNT;
}

static const jk_group *group_at(const jk_valuation *valuation, group_kind kind, size_t i) {
    return kind == BY_SEGMENT   ? &valuation->segment[i]
           : kind == BY_COUNTRY ? &valuation->country[i]
                                : &valuation->decision[i];
}

static const char *group_name(const jk_valuation *valuation, group_kind kind, size_t i) {
    return kind == BY_SEGMENT   ? valuation->segment_id[i]
           : kind == BY_COUNTRY ? valuation->country_id[i]
                                : jk_action_name((jk_action)i);
}

/* Segments and countries: claims and face once, then the bid for the group alone at each return. */
static int print_fixed_groups(const bid_table *bids, group_kind kind, const char *name, const char *title) {
    jk_table *table = create_table(2, 2, bids->count);
    if (table == NULL) {
        return jk_cli_print_table(NULL, NULL);
    }
    jk_table_cell(table, "%s", name);
    jk_table_cell(table, "%s", "claims");
    jk_table_cell(table, "%s", "face");
    for (size_t r = 0; r < bids->count; r++) {
        char rate[JK_AMOUNT_TEXT];
        jk_table_cell(table, "bid at %s %%",
                      jk_amount(rate, 100.0 * bids->offer[r].irr, jk_cli_rate_decimals(bids->offer[r].irr)));
        jk_table_cell(table, "%s", "of face");
    }
    for (size_t i = 0; i < group_count(bids->valuations, kind); i++) {
        const jk_group *first = group_at(bids->valuations, kind, i);
        if (first->claims == 0) {
            continue;
        }
        jk_table_cell(table, "%s", group_name(bids->valuations, kind, i));
        jk_table_count(table, first->claims);
        jk_table_amount(table, first->face, bids->decimals);
        for (size_t r = 0; r < bids->count; r++) {
            const jk_group *group = group_at(&bids->valuations[r], kind, i);
            double bid = jk_group_bid(&bids->valuations[r], group);
            jk_table_amount(table, bid, bids->decimals);
            jk_table_percent(table, jk_percent(bid, group->face));
        }
    }
    return jk_cli_print_table(table, title);
}

/* Decisions change with the return, so the claims are shown for each. */
static int print_decisions(const bid_table *bids) {
    jk_table *table = create_table(0, 2, bids->count);
    if (table == NULL) {
        return jk_cli_print_table(NULL, NULL);
    }
    jk_table_cell(table, "%s", "decision");
    for (size_t r = 0; r < bids->count; r++) {
        char rate[JK_AMOUNT_TEXT];
        jk_table_cell(table, "claims at %s %%",
                      jk_amount(rate, 100.0 * bids->offer[r].irr, jk_cli_rate_decimals(bids->offer[r].irr)));
        jk_table_cell(table, "%s", "bid");
    }
    for (size_t a = 0; a < JK_ACTION_COUNT; a++) {
        if (a == JK_SELL && !bids->arguments->valuing.sell) {
            continue;
        }
        jk_table_cell(table, "%s", jk_action_name((jk_action)a));
        for (size_t r = 0; r < bids->count; r++) {
            const jk_group *group = &bids->valuations[r].decision[a];
            jk_table_count(table, group->claims);
            jk_table_amount(table, jk_group_bid(&bids->valuations[r], group), bids->decimals);
        }
    }
    return jk_cli_print_table(table, "By decision");
}

static int print_tables(const bid_table *bids) {
    jk_cli_valuing_heading(&bids->arguments->valuing, bids->valuations);
    int failed = print_bids(bids);
    failed |= print_fixed_groups(bids, BY_SEGMENT, "segment", "By segment (the bid for each alone, without floors)");
    failed |= print_fixed_groups(bids, BY_COUNTRY, "country", "By country");
    failed |= print_decisions(bids);
    return failed | jk_cli_finish();
}

/* ---- CSV ------------------------------------------------------------------------------------------------------ */

static void csv_number(double value, int decimals) {
    (void)putchar(',');
    if (isfinite(value)) {
        (void)printf("%.*f", decimals, value);
    }
}

static void print_csv_total(const bid_table *bids, size_t r) {
    const jk_offer *offer = &bids->offer[r];
    const jk_group *total = &bids->valuations[r].total;
    (void)printf("%g,all,all,%llu", offer->irr, (unsigned long long)total->claims);
    const double amounts[] = {total->face, offer->value, offer->onboarding, offer->bid};
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        csv_number(amounts[i], 2);
    }
    csv_number(offer->bid_pct_of_face, 4);
    csv_number(offer->sum.gross, 2);
    csv_number(offer->sum.net, 2);
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        csv_number(offer->erc_gross[i], 2);
    }
    csv_number(offer->cost_share, 6);
    csv_number(offer->multiple, 6);
    csv_number(offer->payback > 0 ? (double)offer->payback : NAN, 0);
    (void)printf(",%s",
                 offer->binding < 0 ? "return" : jk_floor_kind_name(bids->arguments->floors[offer->binding].kind));
    csv_number(offer->asked_irr, 8);
    (void)putchar('\n');
}

static void print_csv_groups(const bid_table *bids, size_t r, group_kind kind, const char *name) {
    const jk_valuation *valuation = &bids->valuations[r];
    for (size_t i = 0; i < group_count(valuation, kind); i++) {
        const jk_group *group = group_at(valuation, kind, i);
        double bid = jk_group_bid(valuation, group);
        (void)printf("%g,%s,%s,%llu", valuation->irr, name, group_name(valuation, kind, i),
                     (unsigned long long)group->claims);
        const double amounts[] = {group->face, group->value, valuation->onboarding_cost * (double)group->claims, bid};
        for (size_t k = 0; k < sizeof amounts / sizeof amounts[0]; k++) {
            csv_number(amounts[k], 2);
        }
        csv_number(jk_percent(bid, group->face), 4);
        csv_number(group->erc_gross, 2);
        csv_number(group->erc_net, 2);
        (void)puts(",,,,,,,,");
    }
}

static int print_csv(const bid_table *bids) {
    (void)puts(
        "irr,group,name,claims,face,value,onboarding,bid,bid_pct_of_face,erc_gross,net,erc_gross_84,erc_gross_120,"
        "erc_gross_180,cost_share,multiple,payback_months,binding,asked_irr");
    for (size_t r = 0; r < bids->count; r++) {
        print_csv_total(bids, r);
        print_csv_groups(bids, r, BY_DECISION, "decision");
        print_csv_groups(bids, r, BY_SEGMENT, "segment");
        print_csv_groups(bids, r, BY_COUNTRY, "country");
    }
    return jk_cli_finish();
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static int print(const price_arguments *arguments, const jk_valuation *valuations) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    if (arguments->common.format == JK_FORMAT_JSON) {
        return jk_cli_print_text(jk_offers_json(valuing->tape, valuing->model, valuations, arguments->returns,
                                                arguments->floors, arguments->floor_count, arguments->asked));
    }
    bid_table bids = {.arguments = arguments,
                      .valuations = valuations,
                      .count = arguments->returns,
                      .decimals = jk_cli_decimals(&valuations[0])};
    for (size_t r = 0; r < bids.count; r++) {
        bids.offer[r] = jk_offer_make(&valuations[r], arguments->floors, arguments->floor_count, arguments->asked);
    }
    return arguments->common.format == JK_FORMAT_CSV ? print_csv(&bids) : print_tables(&bids);
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
    jk_cli_valuing *valuing = &arguments.valuing;
    jk_valuation valuations[JK_RETURNS_MAX] = {0};
    for (size_t r = 0; r < arguments.returns; r++) {
        jk_cli_note_rate(&arguments.common, arguments.irr[r]);
    }
    jk_status status = jk_cli_valuing_open(valuing, &arguments.common, &error);
    if (status == JK_OK) {
        status = jk_cli_valuing_explain(valuing, arguments.returns, NULL, 0, &error);
    }
    if (status == JK_OK) {
        status = jk_value_returns(valuing->tape, valuing->model, &valuing->options, arguments.irr, arguments.returns,
                                  valuations, &error);
    }
    int code = status == JK_OK ? print(&arguments, valuations) : jk_cli_fail(&error);
    for (size_t r = 0; r < arguments.returns; r++) {
        jk_valuation_reset(&valuations[r]);
    }
    jk_cli_valuing_close(valuing);
    return code;
}

const jk_command jk_command_price = {
    "price", "what the portfolio may cost: bids at several returns, floors, asked price", run_price};
