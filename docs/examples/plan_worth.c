/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan made by one model is worth by another: plan_worth TAPE.h5 MODEL.yaml OTHER.yaml
 *
 * Prints four values, in the base currency: MODEL's plan by MODEL and by OTHER, OTHER's own plan by OTHER and by MODEL.
 * With a fit and the truth that its history was made from, the first over the second is by how much the fit promises
 * too much; the second beside the third is what its plan loses. Both models must have the same segments and epochs. */
#include <math.h>
#include <stdio.h>

#include <jalki/jalki.h>

enum { PLANNED, BY_OTHER, OTHERS_OWN, OTHERS_HERE, CASES };

static jk_status value_plans(const jk_tape *tape, const jk_model *model, const jk_model *other,
                             jk_valuation valuation[CASES], jk_error *error) {
    const jk_value_case cases[CASES] = {[PLANNED] = {.irr = NAN, .keeps = -1},
                                        [BY_OTHER] = {.model = other, .rescored = true, .irr = NAN, .keeps = PLANNED},
                                        [OTHERS_OWN] = {.model = other, .rescored = true, .irr = NAN, .keeps = -1},
                                        [OTHERS_HERE] = {.irr = NAN, .keeps = OTHERS_OWN}};
    jk_value_options options = jk_value_defaults();
    options.values_only = true; /* no cash flow */
    return jk_value_cases(tape, model, &options, cases, CASES, NULL, 0, valuation, error);
}

int main(int argc, char **argv) {
    jk_tape *tape = NULL;
    jk_model *model = NULL, *other = NULL;
    jk_valuation valuation[CASES] = {0};
    jk_error error = {0};
    if (argc != 4) {
        (void)fprintf(stderr, "usage: plan_worth TAPE.h5 MODEL.yaml OTHER.yaml\n");
        return 2;
    }
    jk_status status = jk_tape_open(argv[1], &tape, &error);
    status = status == JK_OK ? jk_model_load(argv[2], &model, &error) : status;
    status = status == JK_OK ? jk_model_load(argv[3], &other, &error) : status;
    status = status == JK_OK ? value_plans(tape, model, other, valuation, &error) : status;
    if (status == JK_OK) {
        (void)printf("%.2f %.2f %.2f %.2f\n", valuation[PLANNED].total.value, valuation[BY_OTHER].total.value,
                     valuation[OTHERS_OWN].total.value, valuation[OTHERS_HERE].total.value);
    } else {
        char text[JK_ERROR_TEXT_MAX];
        (void)fprintf(stderr, "%s\n", jk_error_text(&error, text, sizeof text));
    }
    for (int c = 0; c < CASES; c++) {
        jk_valuation_reset(&valuation[c]);
    }
    jk_model_free(other);
    jk_model_free(model);
    jk_tape_close(tape);
    return status == JK_OK ? 0 : 1;
}
