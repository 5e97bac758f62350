/* SPDX-License-Identifier: Apache-2.0 */
/* One step of Fisher scoring from the estimates without cluster g: with A the information, I_g the cluster's part of it
 * and s_g its score (scores of all add up to 0),
 *
 *     z_g = estimate - estimate without g = (A - I_g)^-1 s_g
 *
 * the jackknife of a cluster (MacKinnon, Nielsen, Webb, "Leverage, influence, and the jackknife in clustered regression
 * models", Stata Journal 23 (2023), 942-982, there CV3). A large debtor pulls the estimate towards himself, so that
 * A^-1 s_g makes too little of him. A cluster touches few figures: with E their columns of the unit matrix, I_g = E H
 * E' and s_g = E c,
 *
 *     z_g = A^-1 E y,     (1 - H B) y = c,     B = E' A^-1 E
 *
 * so that a system of a dozen unknowns is solved for each. What the cluster alone tells of has no estimate without it:
 * its pivot is 0, and its part of y is taken for 0, which leaves the other figures right. A first order is good for
 * small moves: those of a figure by more than 3 (a factor of 20) are cut to it. */
#include "fit/ppml/ppml_influence.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/team/parallel.h"

#define ALONE   1e-9 /* a pivot: of figures that the cluster alone tells of */
#define LONGEST 3.0  /* of one figure, as of a step of the search: a first order says nothing of more */

/* Figures that a cluster touches. */
typedef struct touched {
    size_t count;
    size_t *slot;  /* [unknowns] */
    size_t *place; /* [unknowns] 1 + place among them; 0: not touched */
    double *score; /* [unknowns] c, then y */
    size_t room;
    double *information; /* [room] H */
    double *inverse;     /* [room] B */
    double *system;      /* [room] 1 - H B */
} touched;

typedef struct influence_pass {
    const jk_ppml_work *work;
    const double *inverse;
    double *influence;
    double *sums; /* [strips][2 · unknowns] */
} influence_pass;

static void touched_reset(touched *self) {
    free(self->slot);
    free(self->place);
    free(self->score);
    free(self->information);
    free(self->inverse);
    free(self->system);
}

static jk_status touched_init(touched *self, size_t unknowns, jk_error *error) {
    self->slot = jk_columns_zero(unknowns, sizeof *self->slot);
    self->place = jk_columns_zero(unknowns, sizeof *self->place);
    self->score = jk_columns_zero(unknowns, sizeof *self->score);
    return jk_held(self->slot != NULL && self->place != NULL && self->score != NULL, error, "the bootstrap");
}

/* Room for the matrices of `count` figures, zeroed. */
static jk_status touched_room(touched *self, jk_error *error) {
    const size_t cells = self->count * self->count;
    if (cells > self->room) {
        free(self->information);
        free(self->inverse);
        free(self->system);
        self->information = jk_columns_alloc(cells, sizeof(double));
        self->inverse = jk_columns_alloc(cells, sizeof(double));
        self->system = jk_columns_alloc(cells, sizeof(double));
        self->room = self->information != NULL && self->inverse != NULL && self->system != NULL ? cells : 0;
        if (self->room == 0) {
            return jk_fail_memory(error, "the bootstrap");
        }
    }
    if (cells > 0) {
        memset(self->information, 0, cells * sizeof(double));
    }
    return JK_OK;
}

static void touch(touched *self, const jk_ppml_work *work, const jk_ppml_row *row) {
    for (size_t k = 0; k < row->count; k++) {
        const int32_t slot = row->parameter[k] >= 0 ? work->slot[row->parameter[k]] : -1;
        if (slot >= 0 && self->place[slot] == 0) {
            self->slot[self->count] = (size_t)slot;
            self->score[self->count++] = 0.0;
            self->place[slot] = self->count;
        }
    }
}

/* Adds a row to c and to the upper triangle of H. */
static void add_row(touched *self, const jk_ppml_work *work, const jk_ppml_row *row, double cash) {
    size_t place[JK_PPML_TOUCHED_MAX], count = 0;
    double share[JK_PPML_TOUCHED_MAX];
    for (size_t k = 0; k < row->count; k++) {
        const int32_t slot = row->parameter[k] >= 0 ? work->slot[row->parameter[k]] : -1;
        if (slot >= 0) {
            place[count] = self->place[slot] - 1;
            share[count++] = row->share[k];
        }
    }
    const double part = row->fitted / row->mean; /* 1 where nothing is known beside */
    const double residual = (cash - row->mean) * part, weight = row->fitted * part;
    for (size_t a = 0; a < count; a++) {
        self->score[place[a]] += residual * share[a];
    }
    jk_ppml_add_product(self->information, self->count, place, share, count, weight);
}

/* 1 - H B. */
static void make_system(touched *self, const double *inverse, size_t unknowns) {
    const size_t m = self->count;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++) {
            self->information[i * m + j] = self->information[j * m + i];
        }
        for (size_t j = 0; j < m; j++) {
            self->inverse[i * m + j] = inverse[self->slot[i] * unknowns + self->slot[j]];
        }
    }
    for (size_t i = 0; i < m; i++) {
        double *row = self->system + i * m;
        for (size_t j = 0; j < m; j++) {
            row[j] = i == j ? 1.0 : 0.0;
        }
        for (size_t k = 0; k < m; k++) {
            const double *from = self->inverse + k * m;
            const double h = self->information[i * m + k];
            for (size_t j = 0; j < m; j++) {
                row[j] -= h * from[j];
            }
        }
    }
}

/* Solves for y in place of c, by elimination with the largest pivot of a column. */
static void solve(touched *self) {
    const size_t m = self->count;
    double *a = self->system, *y = self->score;
    for (size_t k = 0; k < m; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < m; i++) {
            best = fabs(a[i * m + k]) > fabs(a[best * m + k]) ? i : best;
        }
        for (size_t j = 0; best != k && j < m; j++) {
            const double kept = a[k * m + j];
            a[k * m + j] = a[best * m + j];
            a[best * m + j] = kept;
        }
        const double kept = y[k];
        y[k] = y[best];
        y[best] = kept;
        if (fabs(a[k * m + k]) < ALONE) {
            continue;
        }
        for (size_t i = k + 1; i < m; i++) {
            const double factor = a[i * m + k] / a[k * m + k];
            for (size_t j = k; j < m; j++) {
                a[i * m + j] -= factor * a[k * m + j];
            }
            y[i] -= factor * y[k];
        }
    }
    for (size_t k = m; k-- > 0;) {
        double sum = y[k];
        for (size_t j = k + 1; j < m; j++) {
            sum -= a[k * m + j] * y[j];
        }
        y[k] = fabs(a[k * m + k]) < ALONE ? 0.0 : sum / a[k * m + k];
    }
}

static jk_status influence_of(const influence_pass *pass, touched *self, size_t cluster, double *z, jk_error *error) {
    const jk_ppml_work *work = pass->work;
    const jk_ppml_rows *rows = work->rows;
    const size_t first = rows->cluster_begin[cluster], end = rows->cluster_begin[cluster + 1];
    jk_ppml_row row;
    self->count = 0;
    for (size_t i = first; i < end; i++) {
        if (!work->skip[i]) {
            jk_ppml_row_at(work, i, &row);
            touch(self, work, &row);
        }
    }
    JK_TRY(touched_room(self, error));
    for (size_t i = first; i < end; i++) {
        if (!work->skip[i]) {
            jk_ppml_row_at(work, i, &row);
            add_row(self, work, &row, rows->cash[i]);
        }
    }
    make_system(self, pass->inverse, work->unknowns);
    solve(self);
    memset(z, 0, work->unknowns * sizeof *z);
    for (size_t k = 0; k < self->count; k++) {
        const double *from = pass->inverse + self->slot[k] * work->unknowns;
        for (size_t p = 0; p < work->unknowns; p++) {
            z[p] += self->score[k] * from[p];
        }
        self->place[self->slot[k]] = 0;
    }
    for (size_t p = 0; p < work->unknowns; p++) {
        z[p] = fmin(fmax(z[p], -LONGEST), LONGEST);
    }
    return JK_OK;
}

static jk_status run_strip(void *context, int thread, size_t strip, jk_error *error) {
    (void)thread;
    const influence_pass *pass = context;
    const jk_ppml_work *work = pass->work;
    const size_t n = work->unknowns;
    double *size = pass->sums + strip * 2 * n, *square = size + n;
    touched self = {0};
    jk_status status = touched_init(&self, n, error);
    for (size_t c = work->strip_begin[strip]; status == JK_OK && c < work->strip_begin[strip + 1]; c++) {
        double *z = pass->influence + c * n;
        status = influence_of(pass, &self, c, z, error);
        for (size_t p = 0; status == JK_OK && p < n; p++) {
            size[p] += fabs(z[p]);
            square[p] += z[p] * z[p];
        }
    }
    touched_reset(&self);
    return status;
}

jk_status jk_ppml_influence(const jk_ppml_work *work, const double *inverse, double *influence, double *size,
                            double *square, jk_error *error) {
    const size_t n = work->unknowns;
    influence_pass pass = {.work = work, .inverse = inverse, .influence = influence};
    pass.sums = jk_columns_zero(work->strips * 2 * n, sizeof *pass.sums);
    if (pass.sums == NULL) {
        return jk_fail_memory(error, "the bootstrap");
    }
    jk_status status = jk_parallel_for(work->run, work->strips, "influence", work->rows->rows / work->strips + 1,
                                       run_strip, &pass, error);
    memset(size, 0, n * sizeof *size);
    memset(square, 0, n * sizeof *square);
    for (size_t s = 0; s < work->strips; s++) {
        for (size_t p = 0; p < n; p++) {
            size[p] += pass.sums[s * 2 * n + p];
            square[p] += pass.sums[s * 2 * n + n + p];
        }
    }
    free(pass.sums);
    return status;
}
