/* SPDX-License-Identifier: Apache-2.0 */
/* What the differences between two models are worth on a tape, part by part: the first model, then with the second's
 * law, its scorecard, its segments, and all of it. */
#ifndef JALKI_MODEL_STEPS_H
#define JALKI_MODEL_STEPS_H

#include "jalki/model_diff.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_MODEL_STEPS = JK_PART_COUNT + 1 };

typedef struct jk_model_step {
    char name[64];  /* "first", then the parts that are the second's from here on: "law", "score and segments" */
    double value;   /* of the portfolio after the step, base currency */
    uint64_t flips; /* claims whose decision is another than before the step */
    double flips_face;
} jk_model_step;

/* A segment in both valuations; claims are 0 where a model lacks it. */
typedef struct jk_model_segment {
    const char *id;
    uint64_t claims[2];
    double value[2];
} jk_model_segment;

typedef struct jk_model_steps {
    const char *base_currency;
    int32_t cutoff;
    double irr[2];
    jk_group total[2];
    size_t count;
    jk_model_step step[JK_MODEL_STEPS];
    size_t segment_count;
    jk_model_segment *segments; /* the first model's in its order, then those that only the second has */
    void *arena;
} jk_model_steps;

/* Values the tape up to five times, without cash flow. A part that alone makes no model with what is left of the first
 * (a scorecard that names own columns of segments to come) is taken together with the next. options->irr NaN: each
 * model's own, the second's with its general part. JK_ERROR_DATA where base currencies differ, and what models and
 * valuations report. *steps is the caller's, for jk_model_steps_reset; empty on failure. */
jk_status jk_model_steps_run(const jk_tape *tape, const char *a, const char *b, const jk_value_options *options,
                             jk_model_steps *steps, jk_error *error);
void jk_model_steps_reset(jk_model_steps *steps);

/* Steps, and segments, as rows; for NULL the columns alone. */
jk_listing jk_model_steps_listing(const jk_model_steps *steps);
jk_listing jk_model_segments_listing(const jk_model_steps *steps);

#ifdef __cplusplus
}
#endif
#endif
