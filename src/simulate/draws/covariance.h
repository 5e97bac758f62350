/* SPDX-License-Identifier: Apache-2.0 */
/* How far the parameters of a fit may be off, together: the file that `jalki fit` writes beside a model (docs/fit.md).
 * Steps of curves, multipliers of classes and points of characteristics are drawn from one posterior; what payers do
 * (settled share on the scale of its logit, breakage and monthly share) from another, independent of the first.
 *
 * The model takes Z x + (1 - Z) c of an estimate x with the variance s^2 and a collective mean c, with the credibility
 * Z = t^2/(t^2 + s^2) where the true figures scatter around c with the variance t^2 (Buhlmann, Straub 1970). What is
 * not known of the true figure is then Z s^2, which is s^2 t^2/(s^2 + t^2), and (1 - Z)^2 Var(c); the mean of the
 * figures of one treatment and kind, weighted with 1/(t^2 + s^2) = (1 - Z)/s^2, has Var(c) = 1/sum of (1 - Z)/s^2.
 * Together, for figures i and k: root(Z_i Z_k) C_ik + (1 - Z_i)(1 - Z_k) Var(c), the latter where they share c. Steps
 * without an estimate are c, Z = 0; the base model's have the error that the model file says of its curves. Levels
 * by landmarks then take the place of what the figures say of the level (covariance_levels.c). */
#ifndef JK_SIMULATE_COVARIANCE_H
#define JK_SIMULATE_COVARIANCE_H

#include "jalki/model.h"
#include "simulate/draws/beside.h"

enum { JK_COVARIANCE_MOST = 2048 };

/* What payers of a segment do, a row each: settled share by treatment, breakage by treatment, monthly share by class.
 */
enum {
    JK_SPELL_SETTLED = 0,
    JK_SPELL_BREAKAGE = JK_SPELL_SETTLED + JK_TREATMENT_COUNT,
    JK_SPELL_SHARE = JK_SPELL_BREAKAGE + JK_TREATMENT_COUNT,
    JK_SPELL_COUNT = JK_SPELL_SHARE + JK_CAPACITY_COUNT
};

typedef struct jk_covariance {
    size_t count;      /* parameters that are drawn; 0: there is no file */
    size_t left_out;   /* parameters of the file that are not */
    size_t points;     /* of those drawn, points of characteristics */
    size_t spells;     /* and figures of payers */
    size_t rest;       /* and curves that have steps without an estimate, one each: the last parameters */
    size_t levels;     /* levels by landmarks that move them */
    double *matrix;    /* [count][count] of the logarithms: the posterior */
    double *factor;    /* [count][count] lower triangle of its Cholesky factor */
    int32_t *of_step;  /* [segments][treatments][step_room] parameter of a curve's step, or -1 */
    int32_t *of_class; /* [segments][treatments][classes] parameter of a class, or -1 */
    int32_t *of_spell; /* [segments][JK_SPELL_COUNT] parameter of what payers do, or -1 */
    double garnish;    /* error of the logarithm of garnish_share, common to all segments; 0: the file has none */
    jk_beside beside;  /* errors of exits, class moves, titles and the half-life */
    size_t step_room;  /* most steps of any curve */
    int32_t *of_point; /* [characteristics][point_room] parameter of a level's points, or -1 */
    size_t point_room; /* most levels of any characteristic */
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

static inline int32_t jk_covariance_spell(const jk_covariance *c, size_t segment, int row) {
    return c->spells == 0 ? -1 : c->of_spell[segment * JK_SPELL_COUNT + (size_t)row];
}

static inline int32_t jk_covariance_point(const jk_covariance *c, size_t characteristic, size_t level) {
    return c->points == 0 ? -1 : c->of_point[characteristic * c->point_room + level];
}

/* The matrix entry of two parameters, 0 where either is -1. */
static inline double jk_covariance_at(const jk_covariance *c, int32_t a, int32_t b) {
    return a < 0 || b < 0 ? 0.0 : c->matrix[(size_t)a * c->count + (size_t)b];
}

#endif
