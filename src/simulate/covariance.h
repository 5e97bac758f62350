/* SPDX-License-Identifier: Apache-2.0 */
/* How far the parameters of a fit may be off, together: the file that `jalki fit` writes beside a model (docs/fit.md).
 * Steps of curves and multipliers of classes are drawn; points of characteristics, which move single claims, are not.
 */
#ifndef JK_SIMULATE_COVARIANCE_H
#define JK_SIMULATE_COVARIANCE_H

#include "jalki/model.h"

enum { JK_COVARIANCE_MOST = 2048 };

typedef struct jk_covariance {
    size_t count;      /* parameters that are drawn; 0: there is no file */
    size_t left_out;   /* parameters of the file that are not */
    double *matrix;    /* [count][count] of the logarithms, with credibility */
    double *factor;    /* [count][count] lower triangle of its Cholesky factor */
    int32_t *of_step;  /* [segments][treatments][step_room] parameter of a curve's step, or -1 */
    int32_t *of_class; /* [segments][treatments][classes] parameter of a class, or -1 */
    size_t step_room;  /* most steps of any curve */
} jk_covariance;

/* Reads the file for a model. JK_ERROR_IO, JK_ERROR_FORMAT where it is not what it should be, JK_ERROR_DATA where it
 * names segments or steps that the model does not have. */
jk_status jk_covariance_load(const char *path, const jk_model *model, jk_covariance *covariance, jk_error *error);
void jk_covariance_reset(jk_covariance *covariance);

/* The parameter of a step or class; -1: none. */
static inline int32_t jk_covariance_step(const jk_covariance *c, size_t segment, int treatment, size_t step) {
    return c->count == 0 ? -1 : c->of_step[(segment * JK_TREATMENT_COUNT + (size_t)treatment) * c->step_room + step];
}
static inline int32_t jk_covariance_class(const jk_covariance *c, size_t segment, int treatment, int capacity) {
    size_t place = (segment * JK_TREATMENT_COUNT + (size_t)treatment) * JK_CAPACITY_COUNT + (size_t)capacity;
    return c->count == 0 ? -1 : c->of_class[place];
}

/* The matrix entry of two parameters, 0 where either is -1. */
static inline double jk_covariance_at(const jk_covariance *c, int32_t a, int32_t b) {
    return a < 0 || b < 0 ? 0.0 : c->matrix[(size_t)a * c->count + (size_t)b];
}

#endif
