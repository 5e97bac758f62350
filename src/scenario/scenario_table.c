/* SPDX-License-Identifier: Apache-2.0 */
/* Valuations side by side: lines of the table, and what stands behind decisions that change. */
#include <stdio.h>

#include "base/words/language.h"
#include "jalki/scenario.h"

static const jk_group *group_of(const jk_valuation *valuation, int segment) {
    return segment < 0 ? &valuation->total : &valuation->segment[segment];
}

static size_t flow_segment(const jk_valuation *valuation, int segment) {
    return segment < 0 ? valuation->flow.segments : (size_t)segment;
}

static void put_flows(const jk_valuation *valuation, int segment, double onboarding, jk_scenario_line *line) {
    double net[JK_HORIZON_MAX];
    size_t from = flow_segment(valuation, segment);
    int months = valuation->flow.months;
    for (int t = 1; t <= months; t++) {
        net[t - 1] = jk_valuation_month(valuation, t, from).net;
    }
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        line->erc_gross[i] = jk_valuation_months(valuation, jk_erc_months[i], from).gross;
    }
    line->net = jk_valuation_months(valuation, months, from).net;
    line->multiple = jk_price_multiple(net, months, line->bid + onboarding);
    line->payback = jk_price_payback(net, months, line->bid + onboarding);
}

jk_scenario_line jk_scenario_line_of(const jk_valuation *valuation, const jk_valuation *base, int segment) {
    const jk_group *group = group_of(valuation, segment);
    double before = group_of(base, segment)->value;
    jk_scenario_line line = {.claims = group->claims,
                             .irr = valuation->irr,
                             .face = group->face,
                             .value = group->value,
                             .change_pct = jk_percent(group->value - before, before),
                             .bid = jk_group_bid(valuation, group)};
    line.bid_pct_of_face = jk_percent(line.bid, group->face);
    put_flows(valuation, segment, valuation->onboarding_cost * (double)group->claims, &line);
    for (int cell = 0; segment < 0 && cell < JK_CHANGE_PAIRS; cell++) {
        const jk_change *change = &valuation->change[cell / JK_ACTION_COUNT][cell % JK_ACTION_COUNT];
        line.changed += change->claims;
        line.changed_face += change->face;
    }
    return line;
}

size_t jk_change_pairs(const jk_valuation *valuation, jk_change_pair *pairs, size_t room) {
    size_t count = 0;
    for (int cell = 0; cell < JK_CHANGE_PAIRS; cell++) {
        jk_change_pair pair = {(jk_action)(cell / JK_ACTION_COUNT), (jk_action)(cell % JK_ACTION_COUNT)};
        uint64_t claims = valuation->change[pair.from][pair.to].claims;
        if (claims == 0 ||
            (count == room && valuation->change[pairs[room - 1].from][pairs[room - 1].to].claims >= claims)) {
            continue;
        }
        size_t at = count < room ? count++ : room - 1;
        while (at > 0 && valuation->change[pairs[at - 1].from][pairs[at - 1].to].claims < claims) {
            pairs[at] = pairs[at - 1];
            at--;
        }
        pairs[at] = pair;
    }
    return count;
}

const char *jk_change_words(const jk_valuation *valuation, jk_change_pair pair, char text[JK_CHANGE_WORDS]) {
    const jk_change *change = &valuation->change[pair.from][pair.to];
    double claims = (double)change->claims;
    double from_first = change->from_first / claims, from_here = change->from_here / claims;
    double to_first = change->to_first / claims, to_here = change->to_here / claims;
    const char *from = jk_text_if_known(jk_action_name(pair.from)), *to = jk_text_if_known(jk_action_name(pair.to));
    if (change->claims == 0) {
        text[0] = '\0';
    } else if (pair.to == JK_CLOSE) {
        jk_text_format(text, JK_CHANGE_WORDS, "%s falls from %.2f to %.2f a claim: nothing pays any more", from,
                       from_first, from_here);
    } else if (pair.from == JK_CLOSE) {
        jk_text_format(text, JK_CHANGE_WORDS, "%s comes to be worth %.2f a claim, from %.2f", to, to_here, to_first);
    } else {
        jk_text_format(text, JK_CHANGE_WORDS, "%s goes from %.2f to %.2f a claim, %s only from %.2f to %.2f",
                       from_here < from_first ? from : to, from_here < from_first ? from_first : to_first,
                       from_here < from_first ? from_here : to_here, from_here < from_first ? to : from,
                       from_here < from_first ? to_first : from_first, from_here < from_first ? to_here : from_here);
    }
    return text;
}

void jk_scenario_cases(const jk_scenarios *set, const jk_scenario_grid *grid, jk_strata_case *cases) {
    static const struct {
        unsigned mode;
        const char *name;
    } modes[] = {{JK_MODE_REPLANNED, "replanned"}, {JK_MODE_COMMITTED, "committed"}};
    const jk_valuation *base = jk_scenario_at(grid, 0, 0, -1);
    cases[0] = (jk_strata_case){.valuation = base, .required = base->irr};
    for (size_t m = 0; m < 2; m++) {
        for (size_t s = 0; (grid->modes & modes[m].mode) != 0 && s < grid->scenario_count; s++) {
            const size_t at = jk_scenario_index(grid, 0, modes[m].mode, (int)s);
            cases[at] = (jk_strata_case){.valuation = &grid->valuations[at],
                                         .scenario = set->scenarios[s].name,
                                         .mode = modes[m].name,
                                         .required = base->irr};
        }
    }
}
