/* SPDX-License-Identifier: Apache-2.0 */
/* Names of limits, and the decisions under limits as JSON: the keys are the command line's contract. */
#include <stdio.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "jalki/cautious.h"
#include "jalki/decide.h"
#include "jalki/export.h"
#include "value/results/json_parts.h"

const char *jk_limit_name(const jk_candidates *candidates, const jk_limit *limit, char text[JK_LIMIT_NAME_MAX]) {
    size_t countries = 0;
    const char *const *country = jk_tape_dictionary(candidates->tape, JK_COLUMN_COUNTRY, &countries);
    static const char *const resources[] = {"court_budget", "agent_hours", "max_"};
    bool counts = limit->resource == JK_RESOURCE_CLAIMS;
    bool everywhere = limit->country == JK_SCOPE_ALL && limit->team == NULL;
    bool all_segments = limit->segment == JK_SCOPE_ALL;
    (void)snprintf(text, JK_LIMIT_NAME_MAX, "%s%s%s%s%s%s", resources[limit->resource],
                   counts ? jk_action_name(limit->action) : "", everywhere ? "" : "@",
                   everywhere            ? ""
                   : limit->team != NULL ? limit->team->name
                                         : country[limit->country],
                   all_segments ? "" : "@", all_segments ? "" : candidates->model->segments[limit->segment].id);
    return text;
}

static json_t *by_limit(jk_json_builder *b, const jk_decide_outcome *outcome, const double *amounts) {
    json_t *object = json_object();
    for (size_t m = 0; m < outcome->limit_count; m++) {
        char name[JK_LIMIT_NAME_MAX];
        jk_json_put(b, object, jk_limit_name(outcome->candidates, &outcome->limits[m], name),
                    jk_json_number(amounts != NULL ? amounts[m] : outcome->limits[m].amount));
    }
    return object;
}

static json_t *decisions(jk_json_builder *b, const jk_decided *decided) {
    json_t *object = json_object();
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "claims", json_integer((json_int_t)decided->claims[a]));
        jk_json_put_numbers(b, entry, {"face", decided->face[a]}, {"value", decided->value[a]});
        jk_json_put(b, object, jk_action_name((jk_action)a), entry);
    }
    return object;
}

static json_t *curve_points(jk_json_builder *b, const jk_curve_point *curve, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *entry = json_object();
        jk_json_put_numbers(b, entry, {"amount", curve[i].amount}, {"objective", curve[i].objective},
                            {"bound", curve[i].bound}, {"shadow_price", curve[i].price});
        jk_json_append(b, list, entry);
    }
    return list;
}

/* What caution changed; null where there was none. */
static json_t *cautious_json(jk_json_builder *b, const jk_cautious *cautious) {
    if (cautious == NULL) {
        return json_null();
    }
    json_t *object = json_object(), *lowered = json_object(), *missing = json_object();
    for (int t = JK_TREAT_SURVEIL + 1; t < JK_TREATMENT_COUNT; t++) {
        const char *name = jk_action_name((jk_action)(t + JK_SURVEIL));
        jk_json_put(b, lowered, name, json_integer((json_int_t)cautious->lowered[t]));
        jk_json_put(b, missing, name, json_integer((json_int_t)cautious->not_compared[t]));
    }
    jk_json_put(b, object, "by_lot", json_boolean(cautious->by_lot));
    jk_json_put(b, object, "lowered", lowered);
    jk_json_put(b, object, "not_compared", missing);
    jk_json_put(b, object, "changed", json_integer((json_int_t)cautious->changed));
    jk_json_put(b, object, "given_up", jk_json_number(cautious->given_up));
    return object;
}

char *jk_decided_json(const jk_decide_outcome *outcome, const jk_valuation *valuation, bool by_debtor) {
    const jk_candidates *candidates = outcome->candidates;
    const jk_decided *decided = outcome->decided;
    jk_json_builder b = {0};
    json_t *root = json_object();
    double gap = decided->bound - decided->objective;
    jk_json_put(&b, root, "claims", json_integer((json_int_t)candidates->claims));
    jk_json_put_numbers(&b, root, {"objective", decided->objective}, {"bound", decided->bound},
                        {"gap", decided->bound > 0.0 ? gap / decided->bound : 0.0}, {"unlimited", decided->unlimited});
    jk_json_put(&b, root, "by_debtor", json_boolean(by_debtor));
    jk_json_put(&b, root, "claim_by_claim", jk_json_number(outcome->claim_by_claim));
    jk_json_put(&b, root, "shadow_prices", by_limit(&b, outcome, decided->price));
    jk_json_put(&b, root, "use", by_limit(&b, outcome, decided->use));
    jk_json_put(&b, root, "limits", by_limit(&b, outcome, NULL));
    jk_json_put_numbers(&b, root, {"court_cost", decided->court}, {"agent_hours", decided->hours});
    jk_json_put(&b, root, "cautious", cautious_json(&b, outcome->cautious));
    jk_json_put(&b, root, "decisions", decisions(&b, decided));
    if (outcome->curve_count > 0) {
        char name[JK_LIMIT_NAME_MAX];
        json_t *object = json_object();
        jk_json_put(&b, object, "limit",
                    json_string(jk_limit_name(candidates, &outcome->limits[outcome->curve_limit], name)));
        jk_json_put(&b, object, "points", curve_points(&b, outcome->curve, outcome->curve_count));
        jk_json_put(&b, root, "curve", object);
    }
    jk_json_put_hours(&b, root, outcome->later);
    if (outcome->strata != NULL) {
        jk_listing strata = jk_decided_strata_listing(outcome->strata);
        jk_json_put(&b, root, "strata", jk_listing_json(&b, &strata));
    }
    jk_listing rows = jk_decide_listing(outcome);
    jk_json_put(&b, root, "rows", jk_listing_json(&b, &rows));
    char *manifest = jk_manifest_json(candidates->tape, candidates->model, valuation);
    jk_json_put_text(&b, root, "manifest", manifest);
    free(manifest);
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
