/* SPDX-License-Identifier: Apache-2.0 */
/* V(p | m) is the value of plan p under model m, m/F the model whose intensities under legal, kappa_legal times the
 * curve, and garnished shares gamma are divided by F (jalki/confounding.h). V falls in F for every plan, so that the
 * worst over all factors up to F is that at F, and max over p of V(p | m/F) is the most that a plan is worth at the
 * worst. */
#include "jalki/confounding.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "jalki/tender.h"

enum { AS_IT_IS, KEPT, BEST, CASES };

static jk_status weaken(const jk_model *model, double factor, jk_arena *arena, jk_model *weak, jk_error *error) {
    jk_segment *segment = jk_arena_alloc(arena, model->segment_count, sizeof *segment);
    JK_TRY(jk_held(segment != NULL, error, "the model"));
    memcpy(segment, model->segments, model->segment_count * sizeof *segment);
    for (size_t g = 0; g < model->segment_count; g++) {
        const jk_steps *from = &model->segments[g].curve[JK_TREAT_LEGAL];
        double *value = jk_arena_alloc(arena, from->count, sizeof *value);
        JK_TRY(jk_held(value != NULL, error, "the model"));
        for (size_t i = 0; i < from->count; i++) {
            value[i] = from->value[i] / factor;
        }
        segment[g].curve[JK_TREAT_LEGAL].value = value;
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            segment[g].garnish_share[k] /= factor;
        }
    }
    *weak = *model;
    weak->segments = segment;
    return JK_OK;
}

jk_status jk_confounding_measure(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                 double factor, jk_confounding *confounding, jk_error *error) {
    *confounding = (jk_confounding){.factor = factor};
    if (!(factor >= 1.0 && factor <= JK_CONFOUNDING_MOST)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "confounding", "%g is not a factor from 1 to %g", factor,
                       JK_CONFOUNDING_MOST);
    }
    jk_value_options fast = *options;
    fast.values_only = true;
    jk_model weak;
    jk_valuation valuation[CASES] = {0};
    jk_arena *arena = jk_arena_create();
    jk_status status = arena == NULL ? jk_fail_memory(error, "the model") : weaken(model, factor, arena, &weak, error);
    if (status == JK_OK) {
        const jk_value_case cases[CASES] = {
            [AS_IT_IS] = {.irr = options->irr, .keeps = -1},
            [KEPT] = {.model = &weak, .irr = options->irr, .keeps = AS_IT_IS},
            [BEST] = {.model = &weak, .irr = options->irr, .keeps = -1},
        };
        status = jk_value_cases(tape, model, &fast, cases, CASES, NULL, 0, valuation, error);
    }
    if (status == JK_OK) {
        confounding->value = jk_tender_value(&valuation[AS_IT_IS]);
        confounding->kept = jk_tender_value(&valuation[KEPT]);
        confounding->best = jk_tender_value(&valuation[BEST]);
    }
    for (size_t c = 0; c < CASES; c++) {
        jk_valuation_reset(&valuation[c]);
    }
    jk_arena_free(arena);
    return status;
}
