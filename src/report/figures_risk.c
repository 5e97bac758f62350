/* SPDX-License-Identifier: Apache-2.0 */
/* What the portfolio is worth if things go otherwise, and how far chance may take it. */
#include <math.h>
#include <stdlib.h>

#include "base/text/json.h"
#include "jalki/scenario.h"
#include "report/figures.h"

static json_t *stressed(jk_json_builder *b, const jk_figures *figures, const jk_valuation *valuation) {
    const jk_report_options *options = figures->options;
    jk_offer offer = jk_offer_make(valuation, options->floors, options->floor_count, (double)NAN);
    json_t *object = json_object();
    jk_json_put_numbers(b, object, {"irr", offer.irr}, {"value", offer.value}, {"bid", offer.bid},
                        {"gross", offer.sum.gross}, {"net", offer.sum.net});
    return object;
}

json_t *jk_figures_scenarios(jk_json_builder *b, const jk_figures *figures) {
    const jk_scenarios *set = figures->options->scenarios;
    if (set == NULL) {
        return json_null();
    }
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t s = 0; s < set->count; s++) {
        json_t *entry = json_object();
        const char *note = set->scenarios[s].note;
        jk_json_put(b, entry, "name", jk_json_string(set->scenarios[s].name));
        jk_json_put(b, entry, "note", note == NULL ? json_null() : jk_json_string(note));
        jk_json_put(b, entry, "replanned",
                    stressed(b, figures, jk_scenario_at(&figures->grid, 0, JK_MODE_REPLANNED, (int)s)));
        jk_json_put(b, entry, "committed",
                    stressed(b, figures, jk_scenario_at(&figures->grid, 0, JK_MODE_COMMITTED, (int)s)));
        jk_json_append(b, list, entry);
    }
    jk_json_put(b, object, "sha256", json_string(set->sha256));
    jk_json_put(b, object, "list", list);
    return object;
}

json_t *jk_figures_taken(jk_json_builder *b, char *text) {
    json_t *object = text == NULL ? NULL : jk_json_parse(text, 0, NULL);
    free(text);
    b->failed |= object == NULL;
    return object;
}

json_t *jk_figures_simulation(jk_json_builder *b, const jk_figures *figures) {
    if (figures->options->paths == 0) {
        return json_null();
    }
    json_t *object = jk_figures_taken(b, jk_simulation_json(figures->tape, figures->model, &figures->simulation));
    (void)json_object_del(object, "manifest"); /* it stands in the valuation */
    return object;
}
