/* SPDX-License-Identifier: Apache-2.0 */
/* A simulation as JSON: the keys are the command line's contract. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text/json.h"
#include "jalki/export.h"
#include "jalki/simulate.h"

static json_t *figures(jk_json_builder *b, const double figure[JK_FIGURE_COUNT]) {
    json_t *object = json_object();
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        jk_json_put(b, object, jk_figure_name((jk_figure)f), jk_json_number(figure[f]));
    }
    return object;
}

static json_t *distribution(jk_json_builder *b, const jk_distribution *d) {
    json_t *object = figures(b, d->figure);
    jk_json_put(b, object, "std_errors", figures(b, d->error));
    return object;
}

static json_t *returns(jk_json_builder *b, const jk_simulation *simulation) {
    json_t *object = distribution(b, &simulation->irr_at_price);
    jk_json_put(b, object, "price", jk_json_number(simulation->price));
    jk_json_put(b, object, "price_is", json_string(simulation->price_given ? "given" : "bid"));
    jk_json_put(b, object, "paths_without",
                json_integer((json_int_t)(simulation->paths - simulation->irr_at_price.count)));
    jk_json_put_numbers(b, object, {"probability_of_required_return", simulation->probability_of_return},
                        {"probability_of_loss", simulation->probability_of_loss});
    return object;
}

static json_t *years(jk_json_builder *b, const jk_distribution *by_year, int count) {
    static const jk_figure shown[] = {JK_FIGURE_MEAN, JK_FIGURE_P05, JK_FIGURE_P50, JK_FIGURE_P95};
    json_t *list = json_array();
    for (int y = 0; y < count; y++) {
        const jk_distribution *year = &by_year[y];
        json_t *entry = json_object(), *errors = json_object();
        jk_json_put(b, entry, "year", json_integer(y + 1));
        for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
            const char *name = jk_figure_name(shown[i]);
            jk_json_put(b, entry, name, jk_json_number(year->figure[shown[i]]));
            jk_json_put(b, errors, name, jk_json_number(year->error[shown[i]]));
        }
        jk_json_put(b, entry, "std_errors", errors);
        jk_json_append(b, list, entry);
    }
    return list;
}

static json_t *confidence(jk_json_builder *b, const double price[JK_CONFIDENCE_COUNT]) {
    json_t *object = json_object();
    for (int c = 0; c < JK_CONFIDENCE_COUNT; c++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%.2f", jk_confidence[c]);
        jk_json_put(b, object, key, jk_json_number(price[c]));
    }
    return object;
}

static json_t *convergence(jk_json_builder *b, const jk_simulation *simulation) {
    json_t *list = json_array();
    for (size_t i = 0; i < simulation->convergence_count; i++) {
        const jk_distribution *after = &simulation->convergence[i];
        json_t *entry = distribution(b, after);
        jk_json_put(b, entry, "paths", json_integer((json_int_t)after->count));
        jk_json_append(b, list, entry);
    }
    return list;
}

static json_t *correlation(jk_json_builder *b, const jk_simulation *simulation) {
    json_t *object = json_object();
    jk_json_put_counts(b, object, {"factors", simulation->factors});
    jk_json_put_numbers(b, object, {"lowest", simulation->lowest_correlation},
                        {"highest", simulation->highest_correlation});
    return object;
}

static json_t *compression(jk_json_builder *b, const jk_simulation *simulation) {
    json_t *object = json_object(), *stress = json_array();
    jk_json_put_numbers(b, object, {"value", simulation->value_error}, {"yearly_gross", simulation->gross_error},
                        {"yearly_cost", simulation->cost_error});
    for (int i = 0; i < 2; i++) {
        jk_json_append(b, stress, jk_json_number(simulation->stress[i]));
    }
    jk_json_put(b, object, "stress", stress);
    jk_json_put(b, object, "stressed_one_in", json_integer((json_int_t)simulation->stressed_one_in));
    jk_json_put(b, object, "within_tolerance", json_boolean(simulation->within_tolerance));
    return object;
}

static json_t *manifest(jk_json_builder *b, const jk_tape *tape, const jk_model *model,
                        const jk_simulation *simulation) {
    jk_valuation run = {.irr = simulation->irr, .cutoff = simulation->cutoff, .allow = simulation->allow};
    char *text = jk_manifest_json(tape, model, &run);
    json_t *object = text == NULL ? NULL : jk_json_parse(text, 0, NULL);
    free(text);
    if (object != NULL) {
        jk_json_put_counts(b, object, {"seed", simulation->seed}, {"paths", simulation->paths},
                           {"parameters_drawn", simulation->parameters},
                           {"parameters_left_out", simulation->parameters_left_out});
        jk_json_put(b, object, "own_risk", json_boolean(simulation->own_risk));
    }
    return object;
}

char *jk_simulation_json(const jk_tape *tape, const jk_model *model, const jk_simulation *simulation) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put_counts(&b, object, {"paths", simulation->paths}, {"seed", simulation->seed},
                       {"model_points", simulation->model_points}, {"large_claims", simulation->large_claims});
    jk_json_put(&b, object, "compression_error", jk_json_number(simulation->compression_error));
    jk_json_put(&b, object, "compression", compression(&b, simulation));
    jk_json_put(&b, object, "correlation", correlation(&b, simulation));
    jk_json_put(&b, object, "claims", json_integer((json_int_t)simulation->claims));
    jk_json_put_numbers(&b, object, {"face", simulation->face}, {"irr", simulation->irr},
                        {"onboarding", simulation->onboarding}, {"base_value", simulation->base_value});
    jk_json_put(&b, object, "pv", distribution(&b, &simulation->value));
    jk_json_put(&b, object, "irr_at_price", returns(&b, simulation));
    jk_json_put(&b, object, "gross", distribution(&b, &simulation->gross));
    jk_json_put(&b, object, "net", distribution(&b, &simulation->net));
    jk_json_put(&b, object, "erc_by_year", years(&b, simulation->year, simulation->years));
    jk_json_put(&b, object, "erc_to_year", years(&b, simulation->collected, simulation->years));
    jk_json_put(&b, object, "price_at_confidence", confidence(&b, simulation->confidence_price));
    jk_json_put(&b, object, "price_at_confidence_std_errors", confidence(&b, simulation->confidence_error));
    jk_json_put(&b, object, "convergence", convergence(&b, simulation));
    jk_json_put(&b, object, "manifest", manifest(&b, tape, model, simulation));
    return jk_json_text(&b, object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
