/* SPDX-License-Identifier: Apache-2.0 */
/* Returns and scenarios as cases of one run. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "jalki/scenario.h"
#include "scenario/countries.h"

static size_t modes_of(unsigned modes) {
    return (size_t)((modes & JK_MODE_REPLANNED) != 0) + (size_t)((modes & JK_MODE_COMMITTED) != 0);
}

size_t jk_scenario_index(const jk_scenario_grid *grid, size_t which_return, unsigned mode, int scenario) {
    size_t base = which_return * (1 + grid->scenario_count * modes_of(grid->modes));
    if (scenario < 0) {
        return base;
    }
    bool second = mode == JK_MODE_COMMITTED && (grid->modes & JK_MODE_REPLANNED) != 0;
    return base + 1 + (second ? grid->scenario_count : 0) + (size_t)scenario;
}

const jk_valuation *jk_scenario_at(const jk_scenario_grid *grid, size_t which_return, unsigned mode, int scenario) {
    return &grid->valuations[jk_scenario_index(grid, which_return, mode, scenario)];
}

static jk_status put_case(const jk_scenario_run *run, const jk_stress_set *set, double irr, size_t scenario, int keeps,
                          jk_value_case *out, jk_error *error) {
    const jk_stressed *stressed = &set->stressed[scenario];
    double shifted = irr + stressed->irr_shift;
    if (!(shifted > -1.0)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, run->scenarios[scenario].name,
                       "takes the required return to %g; expected more than -1", shifted);
    }
    *out = (jk_value_case){.model = &stressed->model,
                           .recovery = stressed->recovery,
                           .paying_recovery = stressed->paying_recovery,
                           .stress = stressed->stress,
                           .law = run->scenarios[scenario].law,
                           .irr = shifted,
                           .keeps = keeps};
    return JK_OK;
}

static jk_status put_cases(const jk_model *model, const jk_scenario_run *run, const jk_stress_set *set,
                           const jk_scenario_grid *grid, jk_value_case *cases, jk_error *error) {
    const unsigned modes[] = {JK_MODE_REPLANNED, JK_MODE_COMMITTED};
    for (size_t r = 0; r < run->returns; r++) {
        double irr = isnan(run->irr[r]) ? model->irr : run->irr[r];
        size_t base = jk_scenario_index(grid, r, 0, -1);
        cases[base] = (jk_value_case){.irr = irr, .keeps = -1};
        for (size_t s = 0; s < run->scenario_count; s++) {
            for (size_t m = 0; m < 2; m++) {
                if ((run->modes & modes[m]) != 0) {
                    size_t at = jk_scenario_index(grid, r, modes[m], (int)s);
                    int keeps = modes[m] == JK_MODE_COMMITTED ? (int)base : -1;
                    JK_TRY(put_case(run, set, irr, s, keeps, &cases[at], error));
                }
            }
        }
    }
    return JK_OK;
}

/* The cases of a run, and what they point to. */
typedef struct prepared {
    jk_stress_set *set;
    jk_value_case *cases;
} prepared;

static void drop(prepared *ready) {
    free(ready->cases);
    jk_stress_set_free(ready->set);
}

/* Cut by country where that is wanted and the parts are not too many. */
static jk_status make_set(const jk_tape *tape, const jk_model *model, const jk_scenario_run *run, jk_stress_set **set,
                          jk_error *error) {
    const jk_where countries = jk_countries_of(tape);
    jk_error ignored = {0};
    if (run->by_country &&
        jk_stress_set_make(model, run->scenarios, run->scenario_count, &countries, set, &ignored) == JK_OK) {
        return JK_OK;
    }
    return jk_stress_set_make(model, run->scenarios, run->scenario_count, NULL, set, error);
}

static jk_status prepare(const jk_tape *tape, const jk_model *model, const jk_scenario_run *run, jk_scenario_grid *grid,
                         prepared *ready, jk_error *error) {
    *ready = (prepared){0};
    *grid = (jk_scenario_grid){.returns = run->returns, .scenario_count = run->scenario_count, .modes = run->modes};
    size_t per_return = 1 + run->scenario_count * modes_of(run->modes);
    if (run->returns < 1 || run->returns > JK_CASES_MAX || per_return > JK_CASES_MAX ||
        run->returns * per_return > JK_CASES_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "scenarios",
                       "%zu returns with %zu valuations each; expected at most %d together", run->returns, per_return,
                       (int)JK_CASES_MAX);
    }
    grid->count = run->returns * per_return;
    JK_TRY(make_set(tape, model, run, &ready->set, error));
    ready->cases = calloc(grid->count, sizeof *ready->cases);
    JK_TRY(jk_held(ready->cases != NULL, error, "the scenarios"));
    return put_cases(model, run, ready->set, grid, ready->cases, error);
}

jk_status jk_scenario_grid_make(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                const jk_scenario_run *run, const jk_value_sink *sinks, size_t sink_count,
                                jk_scenario_grid *grid, jk_error *error) {
    prepared ready;
    jk_status status = prepare(tape, model, run, grid, &ready, error);
    if (status == JK_OK) {
        grid->valuations = calloc(grid->count, sizeof *grid->valuations);
        status = jk_held(grid->valuations != NULL, error, "the scenarios");
    }
    if (status == JK_OK) {
        status = jk_value_cases(tape, ready.set->split, options, ready.cases, grid->count, sinks, sink_count,
                                grid->valuations, error);
    }
    drop(&ready);
    if (status != JK_OK) {
        jk_scenario_grid_reset(grid);
    }
    return status;
}

jk_status jk_scenario_grid_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                  const jk_scenario_run *run, const jk_value_sink *sinks, size_t sink_count,
                                  jk_value_memory *memory, jk_error *error) {
    prepared ready;
    jk_scenario_grid grid;
    jk_status status = prepare(tape, model, run, &grid, &ready, error);
    if (status == JK_OK) {
        status = jk_value_cases_memory(tape, ready.set->split, options, ready.cases, grid.count, sinks, sink_count,
                                       memory, error);
    }
    drop(&ready);
    return status;
}

void jk_scenario_grid_reset(jk_scenario_grid *grid) {
    for (size_t i = 0; grid->valuations != NULL && i < grid->count; i++) {
        jk_valuation_reset(&grid->valuations[i]);
    }
    free(grid->valuations);
    *grid = (jk_scenario_grid){0};
}
