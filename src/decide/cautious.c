/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions that lean on no effect that is not shown (`decide --cautious`): where the interval of a treatment's uplift
 * over watching, in euros per euro of balance and month, holds 0 (low <= 0), the treatment is worth no more than
 *
 *     Q(treatment) <= Q(surveil) + low * balance * months followed
 *
 * with the effect of the segment, or that of all where the segment was not compared; a treatment that was compared
 * nowhere keeps its value and is counted. */
#include "jalki/cautious.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/text/json.h"
#include "model/find.h"

/* What is known of a treatment in a segment, and of all. */
typedef struct known_effect {
    bool compared;
    double low; /* of the balance a month */
} known_effect;

typedef struct effects {
    const char *path;
    double follow;
    known_effect all[JK_TREATMENT_COUNT];
    known_effect *segment; /* [segments][treatments] */
} effects;

static jk_status wrong(const effects *self, const char *key, const char *expected, jk_error *error) {
    return jk_fail(error, JK_ERROR_FORMAT, self->path, 0, key, "expected %s, as jalki fit --experiment writes it",
                   expected);
}

static known_effect *place_of(effects *self, const jk_model *model, const char *group, const char *name, int t) {
    if (strcmp(group, "all") == 0) {
        return &self->all[t];
    }
    int g = strcmp(group, "segment") == 0 ? jk_model_find_segment(model, name) : -1;
    return g >= 0 ? &self->segment[(size_t)g * JK_TREATMENT_COUNT + (size_t)t] : NULL;
}

static jk_status read_effect(effects *self, const jk_model *model, const json_t *effect, jk_error *error) {
    const char *group = json_string_value(json_object_get(effect, "group"));
    const char *name = json_string_value(json_object_get(effect, "name"));
    int t = jk_treatment_find(json_string_value(json_object_get(effect, "treatment")));
    const json_t *low = json_object_get(effect, "uplift_low");
    if (group == NULL || name == NULL || t <= JK_TREAT_SURVEIL || !(json_is_number(low) || json_is_null(low))) {
        return wrong(self, "effects", "treatment, group, name and uplift_low of each", error);
    }
    known_effect *place = place_of(self, model, group, name, t);
    if (place != NULL && json_is_number(low)) {
        *place = (known_effect){.compared = true, .low = json_number_value(low) / 100.0};
    }
    return JK_OK;
}

static jk_status read_effects(effects *self, const jk_model *model, const json_t *root, jk_cautious *cautious,
                              jk_error *error) {
    const json_t *list = json_object_get(root, "effects"), *follow = json_object_get(root, "follow_months");
    const char *kind = json_string_value(json_object_get(root, "kind"));
    if (!json_is_integer(json_object_get(root, "jalki_experiment")) || kind == NULL) {
        return wrong(self, "jalki_experiment", "a file of effects", error);
    }
    self->follow = json_number_value(follow);
    if (!json_is_number(follow) || !(self->follow >= 1.0) || self->follow > 120.0) {
        return wrong(self, "follow_months", "1 to 120", error);
    }
    if (!json_is_array(list)) {
        return wrong(self, "effects", "a list", error);
    }
    cautious->by_lot = strcmp(kind, "experiment") == 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        JK_TRY(read_effect(self, model, json_array_get(list, i), error));
    }
    return JK_OK;
}

static int best_action(const jk_candidates *candidates, size_t claim) {
    int best = JK_CLOSE; /* the earliest of the best, as in a plan */
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        best = candidates->value[a][claim] > candidates->value[best][claim] ? a : best;
    }
    return best;
}

static void lower_claim(const effects *self, jk_candidates *candidates, size_t claim, jk_cautious *cautious) {
    float before[JK_ACTION_COUNT];
    int was = best_action(candidates, claim);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        before[a] = candidates->value[a][claim];
    }
    for (int t = JK_TREAT_SURVEIL + 1; t < JK_TREATMENT_COUNT; t++) {
        float *value = &candidates->value[t + JK_SURVEIL][claim], watched = before[JK_SURVEIL];
        if (isnan(*value) || isnan(watched)) {
            continue; /* not open, or there is no watching to hold it against */
        }
        const known_effect *own = &self->segment[candidates->segment[claim] * JK_TREATMENT_COUNT + (size_t)t];
        own = own->compared ? own : &self->all[t];
        cautious->not_compared[t] += !own->compared;
        if (!own->compared || own->low > 0.0) {
            continue;
        }
        float most = watched + (float)(own->low * candidates->balance[claim] * self->follow);
        if (*value > most) {
            *value = most;
            cautious->lowered[t]++;
        }
    }
    int is = best_action(candidates, claim);
    if (is != was) {
        cautious->changed++;
        cautious->given_up += (double)before[was] - (double)before[is];
    }
}

static jk_status load(effects *self, const jk_model *model, jk_cautious *cautious, jk_error *error) {
    FILE *file = jk_input_stream(self->path);
    if (file == NULL) {
        return jk_fail_errno(error, self->path, "open");
    }
    json_error_t problem;
    json_t *root = jk_json_parse_file(file, JSON_REJECT_DUPLICATES, &problem);
    (void)fclose(file);
    jk_status status =
        root == NULL ? jk_fail(error, JK_ERROR_FORMAT, self->path, problem.line, NULL, "not JSON: %s", problem.text)
                     : read_effects(self, model, root, cautious, error);
    json_decref(root);
    return status;
}

jk_status jk_candidates_be_cautious(jk_candidates *candidates, const char *path, jk_cautious *cautious,
                                    jk_error *error) {
    *cautious = (jk_cautious){0};
    effects self = {.path = path,
                    .segment = calloc(candidates->model->segment_count * JK_TREATMENT_COUNT, sizeof(known_effect))};
    JK_TRY(jk_held(self.segment != NULL, error, "the effects"));
    jk_status status = load(&self, candidates->model, cautious, error);
    for (size_t i = 0; status == JK_OK && i < candidates->claims; i++) {
        lower_claim(&self, candidates, i, cautious);
    }
    free(self.segment);
    return status;
}
