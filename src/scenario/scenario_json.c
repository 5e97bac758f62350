/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios side by side as JSON: the keys are the command line's contract. */
#include <stdlib.h>

#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/export.h"
#include "jalki/scenario.h"

static void put_line(jk_json_builder *b, json_t *object, const jk_scenario_line *line) {
    jk_json_put(b, object, "claims", json_integer((json_int_t)line->claims));
    jk_json_put_numbers(b, object, {"face", line->face}, {"value", line->value}, {"change_pct", line->change_pct},
                        {"bid", line->bid}, {"bid_pct_of_face", line->bid_pct_of_face});
    json_t *collections = json_object();
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%d", jk_erc_months[i]);
        jk_json_put(b, collections, key, jk_json_number(line->erc_gross[i]));
    }
    jk_json_put(b, object, "erc_gross", collections);
    jk_json_put_numbers(b, object, {"net", line->net}, {"multiple", line->multiple});
    jk_json_put(b, object, "payback_months", line->payback < 0 ? json_null() : json_integer(line->payback));
}

static json_t *changes_of(jk_json_builder *b, const jk_scenarios *set, const jk_scenario_grid *grid, size_t scenario) {
    const jk_valuation *valuation = jk_scenario_at(grid, 0, JK_MODE_REPLANNED, (int)scenario);
    const jk_listing rows = jk_scenario_changes_listing(set, grid, JK_CHANGE_PAIRS);
    jk_change_pair pairs[JK_CHANGE_PAIRS];
    const size_t count = jk_change_pairs(valuation, pairs, JK_CHANGE_PAIRS);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        jk_json_append(b, list, jk_listing_row_json(b, &rows, scenario * JK_CHANGE_PAIRS + i));
    }
    return list;
}

static json_t *valuation_of(jk_json_builder *b, const jk_valuation *valuation, const jk_valuation *base) {
    json_t *object = json_object();
    jk_scenario_line line = jk_scenario_line_of(valuation, base, -1);
    put_line(b, object, &line);
    json_t *decisions = json_object();
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "claims", json_integer((json_int_t)valuation->decision[a].claims));
        jk_json_put_numbers(b, entry, {"face", valuation->decision[a].face}, {"value", valuation->decision[a].value});
        jk_json_put(b, decisions, jk_action_name((jk_action)a), entry);
    }
    jk_json_put(b, object, "decisions", decisions);
    json_t *segments = json_array();
    for (size_t s = 0; s < valuation->segment_count; s++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "id", json_string(valuation->segment_id[s]));
        line = jk_scenario_line_of(valuation, base, (int)s);
        put_line(b, entry, &line);
        jk_json_append(b, segments, entry);
    }
    jk_json_put(b, object, "segments", segments);
    return object;
}

static json_t *scenario_of(jk_json_builder *b, const jk_scenarios *set, const jk_scenario_grid *grid, int index) {
    const jk_scenario *scenario = &set->scenarios[index];
    const jk_valuation *base = jk_scenario_at(grid, 0, 0, -1);
    json_t *object = json_object();
    jk_json_put(b, object, "name", jk_json_string(scenario->name));
    jk_json_put(b, object, "note", scenario->note == NULL ? json_null() : jk_json_string(scenario->note));
    unsigned any = (grid->modes & JK_MODE_REPLANNED) != 0 ? JK_MODE_REPLANNED : JK_MODE_COMMITTED;
    jk_json_put(b, object, "irr", jk_json_number(jk_scenario_at(grid, 0, any, index)->irr));
    if ((grid->modes & JK_MODE_REPLANNED) != 0) {
        json_t *replanned = valuation_of(b, jk_scenario_at(grid, 0, JK_MODE_REPLANNED, index), base);
        jk_json_put(b, replanned, "changes", changes_of(b, set, grid, (size_t)index));
        jk_json_put(b, object, "replanned", replanned);
    }
    if ((grid->modes & JK_MODE_COMMITTED) != 0) {
        jk_json_put(b, object, "committed", valuation_of(b, jk_scenario_at(grid, 0, JK_MODE_COMMITTED, index), base));
    }
    return object;
}

char *jk_scenario_json(const jk_tape *tape, const jk_model *model, const jk_scenarios *set,
                       const jk_scenario_grid *grid, const jk_strata *strata) {
    jk_json_builder b = {0};
    const jk_valuation *base = jk_scenario_at(grid, 0, 0, -1);
    json_t *object = json_object();
    jk_json_put(&b, object, "irr", jk_json_number(base->irr));
    jk_json_put(&b, object, "horizon_months", json_integer(base->flow.months));
    jk_json_put(&b, object, "base", valuation_of(&b, base, base));
    json_t *list = json_array();
    for (size_t s = 0; s < grid->scenario_count; s++) {
        jk_json_append(&b, list, scenario_of(&b, set, grid, (int)s));
    }
    jk_json_put(&b, object, "scenarios", list);
    jk_listing rows = jk_scenario_listing(set, grid, -1);
    jk_json_put(&b, object, "rows", jk_listing_json(&b, &rows));
    if (strata != NULL) {
        jk_listing by = jk_strata_cases_listing(strata);
        jk_json_put(&b, object, "strata", jk_listing_json(&b, &by));
    }
    char *text = jk_manifest_json(tape, model, base);
    json_t *manifest = text == NULL ? NULL : jk_json_parse(text, 0, NULL);
    free(text);
    if (manifest != NULL) {
        jk_json_put(&b, manifest, "scenarios_sha256", json_string(set->sha256));
        b.failed |= json_object_del(manifest, "scenario") != 0;
    }
    jk_json_put(&b, object, "manifest", manifest);
    return jk_json_text(&b, object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
