/* SPDX-License-Identifier: Apache-2.0 */
/* A fit multiplies the curves of each segment and treatment, and the monthly share of each segment's payers, so that
 * what landmarks expect becomes what came in (docs/fit.md, levels). Whatever the figures d got wrong of the level, the
 * factor takes back as far as it is taken at its word, and brings in the chance of the cash that it rests on. With the
 * error u_g = sum of w_i d_i of a level, w_i the share of its expected cash in which figure i counts (points and
 * classes count too), u = sum of w_g u_g of all together, the weight Z_g of own cash in a factor and Z of the cash of
 * all:
 *
 *     d'_i = d_i - Z_g u_g - (1 - Z_g) Z u + e_g,
 *     Cov(e_g, e_h) = [g = h] Z_g v_g + (1 - Z_g)(1 - Z_h) Z v,
 *
 * v the variance of the logarithm of actual over expected cash by debtor: of a factor that leans on another with the
 * weight 1 - Z, Z v is not known (Buhlmann, Straub 1970). The covariance becomes T C T' + Cov(e). e and d rest on cash
 * of the same debtors; where Z_g is near 1, u_g is gone and e_g stands alone, and where it is near 0 the other way
 * round, so that their covariance matters little. */
#include "simulate/draws/covariance_levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/find.h"

enum { CURVE, SHARE, KINDS };
static const char *const kind_names[KINDS] = {"curve", "monthly_share"};

/* A factor: of a curve, or of payers' shares of a segment. */
typedef struct level {
    int kind, segment, treatment;
    double credibility, error, expected;
} level;

typedef struct moving {
    const char *path;
    const jk_model *model;
    const double *expected; /* [count] */
    jk_covariance *into;
    level all[KINDS];
    level *one; /* [levels] */
    size_t levels;
    int32_t *of;            /* [count] level that moves a parameter; -1: none */
    double *weight, *moved; /* [levels][count]: q_g with e_g - q_g d the move, and C q_g */
    double *inner;          /* [levels][levels] */
    jk_error *error;
} moving;

static jk_status wrong(const moving *self, const char *expected) {
    return jk_fail(self->error, JK_ERROR_FORMAT, self->path, 0, "levels", "expected %s, as jalki fit writes it",
                   expected);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static jk_status read_level(moving *self, const json_t *object) {
    const char *what = json_string_value(json_object_get(object, "what"));
    const char *id = json_string_value(json_object_get(object, "segment"));
    const json_t *error = json_object_get(object, "std_error");
    level one = {.kind = -1, .segment = -1, .treatment = -1};
    for (int kind = 0; what != NULL && kind < KINDS; kind++) {
        one.kind = strcmp(what, kind_names[kind]) == 0 ? kind : one.kind;
    }
    one.credibility = json_number_value(json_object_get(object, "credibility"));
    one.error = json_number_value(error);
    one.expected = fmin(fmax(0.0, json_number_value(json_object_get(object, "expected"))), 1e18);
    bool known = json_is_number(error) && one.error >= 0.0 && one.error <= 100.0;
    if (one.kind < 0 || !(one.credibility >= 0.0 && one.credibility <= 1.0) || (one.credibility > 0.0 && !known)) {
        return wrong(self, "of each what, credibility from 0 to 1, and std_error");
    }
    one.error = known ? one.error : 0.0;
    if (id == NULL) {
        self->all[one.kind] = one;
        return JK_OK;
    }
    one.segment = jk_model_find_segment(self->model, id);
    one.treatment = jk_treatment_find(json_string_value(json_object_get(object, "treatment")));
    if (one.segment < 0 || (one.kind == CURVE) != (one.treatment >= 0)) {
        return jk_fail(self->error, JK_ERROR_DATA, self->path, 0, "levels",
                       "segment %.60s is not in the model, or has no such level; expected the covariance of this "
                       "model's fit",
                       id);
    }
    self->one[self->levels++] = one;
    return JK_OK;
}

/* ---- what counts in a level -------------------------------------------------------------------------------------- */

static void mark(moving *self, int32_t parameter, size_t number, double *sum) {
    if (parameter >= 0) {
        self->of[parameter] = (int32_t)number;
        *sum += self->expected[parameter];
    }
}

/* Steps of the curve are moved; shares of their cash are what steps, classes and points count with. */
static void weigh_curve(moving *self, size_t number, double points, double *weight) {
    const jk_covariance *c = self->into;
    const level *one = &self->one[number];
    const size_t g = (size_t)one->segment;
    double sum = 0.0;
    for (size_t step = 0; step < self->model->segments[g].curve[one->treatment].count; step++) {
        mark(self, jk_covariance_step(c, g, one->treatment, step), number, &sum);
    }
    for (size_t p = 0; p < c->count && sum > 0.0; p++) {
        weight[p] = self->of[p] == (int32_t)number ? self->expected[p] / sum : 0.0;
    }
    for (int k = 0; k < JK_CAPACITY_COUNT && sum > 0.0; k++) {
        int32_t p = jk_covariance_class(c, g, one->treatment, k);
        if (p >= 0) {
            weight[p] = fmin(self->expected[p] / sum, 1.0);
        }
    }
    const size_t characteristics = self->model->scorecard.count;
    for (size_t i = 0; i < characteristics * c->point_room && sum > 0.0 && points > 0.0; i++) {
        int32_t p = jk_covariance_point(c, i / c->point_room, i % c->point_room);
        if (p >= 0) {
            weight[p] = fmin(self->expected[p] / points, 1.0);
        }
    }
}

static void weigh_share(moving *self, size_t number, double *weight) {
    const jk_covariance *c = self->into;
    double members = 0.0, none = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            int32_t p = jk_covariance_spell(c, (size_t)self->one[number].segment, JK_SPELL_SHARE + k);
            if (p >= 0 && pass == 0) {
                mark(self, p, number, &none);
                members += 1.0;
            } else if (p >= 0) {
                weight[p] += 1.0 / members;
            }
        }
    }
}

/* Cash in which points count: that of all curves. */
static double cash_of_curves(const moving *self) {
    const jk_covariance *c = self->into;
    double sum = 0.0;
    for (size_t i = 0; i < self->model->segment_count * JK_TREATMENT_COUNT * c->step_room; i++) {
        sum += c->of_step[i] >= 0 ? self->expected[c->of_step[i]] : 0.0;
    }
    return sum;
}

/* Rows q_g: Z_g of the own level's weights and (1 - Z_g) Z of those of all together. */
static void weigh(moving *self, double *together) {
    const size_t n = self->into->count;
    const double points = cash_of_curves(self);
    double total[KINDS] = {0.0};
    for (size_t g = 0; g < self->levels; g++) {
        double *weight = self->weight + g * n;
        if (self->one[g].kind == CURVE) {
            weigh_curve(self, g, points, weight);
        } else {
            weigh_share(self, g, weight);
        }
        total[self->one[g].kind] += self->one[g].expected;
        for (size_t p = 0; p < n; p++) {
            together[(size_t)self->one[g].kind * n + p] += self->one[g].expected * weight[p];
        }
    }
    for (size_t g = 0; g < self->levels; g++) {
        const int kind = self->one[g].kind;
        const double own = self->one[g].credibility;
        const double other = total[kind] > 0.0 ? (1.0 - own) * self->all[kind].credibility / total[kind] : 0.0;
        for (size_t p = 0; p < n; p++) {
            double *weight = &self->weight[g * n + p];
            *weight = own * *weight + other * together[(size_t)kind * n + p];
        }
    }
}

/* ---- T C T' + Cov(e) --------------------------------------------------------------------------------------------- */

static double inner_product(const double *a, const double *b, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static double chance(const moving *self, size_t g, size_t h) {
    const level *a = &self->one[g], *b = &self->one[h];
    double sum = g == h ? a->credibility * a->error * a->error : 0.0;
    if (a->kind == b->kind) {
        const level *all = &self->all[a->kind];
        sum += (1.0 - a->credibility) * (1.0 - b->credibility) * all->credibility * all->error * all->error;
    }
    return sum;
}

static void move(moving *self) {
    jk_covariance *c = self->into;
    const size_t n = c->count, levels = self->levels;
    for (size_t g = 0; g < levels; g++) {
        for (size_t p = 0; p < n; p++) {
            self->moved[g * n + p] = inner_product(c->matrix + p * n, self->weight + g * n, n);
        }
    }
    for (size_t g = 0; g < levels; g++) {
        for (size_t h = 0; h < levels; h++) {
            self->inner[g * levels + h] =
                inner_product(self->weight + h * n, self->moved + g * n, n) + chance(self, g, h);
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            const int32_t g = self->of[i], h = self->of[k];
            double *entry = &c->matrix[i * n + k];
            *entry -= g >= 0 ? self->moved[(size_t)g * n + k] : 0.0;
            *entry -= h >= 0 ? self->moved[(size_t)h * n + i] : 0.0;
            *entry += g >= 0 && h >= 0 ? self->inner[(size_t)g * levels + (size_t)h] : 0.0;
        }
    }
}

static jk_status read_and_move(moving *self, const json_t *list, double **together) {
    const size_t n = self->into->count, most = json_array_size(list);
    self->one = jk_columns_zero(most + 1, sizeof *self->one);
    self->of = jk_columns_alloc(n + 1, sizeof *self->of);
    JK_TRY(jk_held(self->one != NULL && self->of != NULL, self->error, "the covariance"));
    memset(self->of, 0xff, n * sizeof *self->of);
    for (size_t i = 0; i < most; i++) {
        JK_TRY(read_level(self, json_array_get(list, i)));
    }
    const size_t levels = self->levels;
    self->weight = jk_columns_zero(levels * n + 1, sizeof *self->weight);
    self->moved = jk_columns_zero(levels * n + 1, sizeof *self->moved);
    self->inner = jk_columns_zero(levels * levels + 1, sizeof *self->inner);
    *together = jk_columns_zero(KINDS * n + 1, sizeof **together);
    JK_TRY(jk_held(self->weight != NULL && self->moved != NULL && self->inner != NULL && *together != NULL, self->error,
                   "the covariance"));
    weigh(self, *together);
    move(self);
    self->into->levels = levels;
    return JK_OK;
}

jk_status jk_covariance_levels(const json_t *levels, const char *path, const jk_model *model, const double *expected,
                               jk_covariance *covariance, jk_error *error) {
    enum { MOST = 4096 };
    moving self = {.path = path, .model = model, .expected = expected, .into = covariance, .error = error};
    double *together = NULL;
    if (json_array_size(levels) == 0) {
        return JK_OK;
    }
    jk_status status =
        json_array_size(levels) <= MOST ? read_and_move(&self, levels, &together) : wrong(&self, "at most 4096 levels");
    free(self.one);
    free(self.of);
    free(self.weight);
    free(self.moved);
    free(self.inner);
    free(together);
    return status;
}
