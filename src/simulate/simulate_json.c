/* SPDX-License-Identifier: Apache-2.0 */
/* A simulation as JSON: the keys are the command line's contract. */
#include <stdio.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "jalki/simulate.h"

/* The figures of a row of the distributions, behind a count of it where there is one, and their errors. */
static json_t *distribution(jk_json_builder *b, const jk_simulation *simulation, size_t row, const char *count) {
    const jk_listing rows = jk_simulation_distributions_listing(simulation);
    json_t *whole = jk_listing_row_json(b, &rows, row), *object = json_object(), *errors = json_object();
    if (count != NULL) {
        jk_json_put(b, object, count, json_incref(json_object_get(whole, count)));
    }
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        const char *name = jk_figure_name((jk_figure)f);
        char error[32];
        (void)snprintf(error, sizeof error, "%s_std_error", name);
        jk_json_put(b, object, name, json_incref(json_object_get(whole, name)));
        jk_json_put(b, errors, name, json_incref(json_object_get(whole, error)));
    }
    jk_json_put(b, object, "std_errors", errors);
    json_decref(whole);
    return object;
}

static json_t *distributions(jk_json_builder *b, const jk_simulation *simulation, size_t first, size_t count,
                             const char *counted) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        jk_json_append(b, list, distribution(b, simulation, first + i, counted));
    }
    return list;
}

static json_t *returns(jk_json_builder *b, const jk_simulation *simulation) {
    json_t *object = distribution(b, simulation, JK_SIMULATION_RETURN, NULL);
    jk_json_put(b, object, "price", jk_json_number(simulation->price));
    jk_json_put(b, object, "price_is", json_string(simulation->price_given ? "given" : "bid"));
    jk_json_put(b, object, "paths_without",
                json_integer((json_int_t)(simulation->paths - simulation->irr_at_price.count)));
    jk_json_put_numbers(b, object, {"probability_of_required_return", simulation->probability_of_return},
                        {"probability_of_loss", simulation->probability_of_loss});
    return object;
}

/* A column of the prices by confidence. */
static json_t *by_confidence(jk_json_builder *b, const jk_simulation *simulation, const char *column) {
    const jk_listing rows = jk_simulation_prices_listing(simulation);
    json_t *object = json_object();
    for (size_t c = 0; c < rows.rows; c++) {
        json_t *row = jk_listing_row_json(b, &rows, c);
        char key[16];
        (void)snprintf(key, sizeof key, "%.2f", jk_confidence[c]);
        jk_json_put(b, object, key, json_incref(json_object_get(row, column)));
        json_decref(row);
    }
    return object;
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
    const size_t years = (size_t)simulation->years;
    json_t *object = json_object();
    jk_json_put_counts(&b, object, {"paths", simulation->paths}, {"seed", simulation->seed},
                       {"model_points", simulation->model_points}, {"large_claims", simulation->large_claims});
    jk_json_put(&b, object, "compression_error", jk_json_number(simulation->compression_error));
    jk_json_put(&b, object, "compression", compression(&b, simulation));
    jk_json_put(&b, object, "correlation", correlation(&b, simulation));
    jk_json_put(&b, object, "claims", json_integer((json_int_t)simulation->claims));
    jk_json_put_numbers(&b, object, {"face", simulation->face}, {"irr", simulation->irr},
                        {"onboarding", simulation->onboarding}, {"base_value", simulation->base_value});
    jk_json_put(&b, object, "pv", distribution(&b, simulation, JK_SIMULATION_VALUE, NULL));
    jk_json_put(&b, object, "irr_at_price", returns(&b, simulation));
    jk_json_put(&b, object, "gross", distribution(&b, simulation, JK_SIMULATION_GROSS, NULL));
    jk_json_put(&b, object, "net", distribution(&b, simulation, JK_SIMULATION_NET, NULL));
    jk_json_put(&b, object, "erc_by_year", distributions(&b, simulation, JK_SIMULATION_YEARS, years, "year"));
    jk_json_put(&b, object, "erc_to_year", distributions(&b, simulation, JK_SIMULATION_YEARS + years, years, "year"));
    jk_json_put(&b, object, "price_at_confidence", by_confidence(&b, simulation, "price"));
    jk_json_put(&b, object, "price_at_confidence_std_errors", by_confidence(&b, simulation, "std_error"));
    jk_json_put(&b, object, "convergence",
                distributions(&b, simulation, JK_SIMULATION_YEARS + 2 * years, simulation->convergence_count, "paths"));
    jk_json_put(&b, object, "manifest", manifest(&b, tape, model, simulation));
    return jk_json_text(&b, object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
