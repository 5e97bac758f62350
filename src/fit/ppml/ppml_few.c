/* SPDX-License-Identifier: Apache-2.0 */
/* Standard errors where few debtors are all there are: the sandwich of ppml_errors.c lies low, because residuals are
 * smaller than errors where a debtor pulls the estimate towards himself. CR2 (Bell, McCaffrey, Survey Methodology 28
 * (2002), 169-181; Pustejovsky, Tipton, Journal of Business & Economic Statistics 36 (2018), 672-683) corrects each
 * debtor's residuals so that the variance is right on average if cash varies like its mean, and Satterthwaite's degrees
 * of freedom say how well it is known. With X the derivatives of the rows' means, Phi their variances mu (a factor
 * that all share drops out), W = 1 / Phi, M = (X'WX)^-1, and by debtor j
 *
 *     e_j = cash - mu                                             residuals
 *     B_j = Phi_j^(1/2) (Phi_j - X_j M X_j') Phi_j^(1/2)
 *     A_j = Phi_j^(1/2) B_j^(+1/2) Phi_j^(1/2)                    B^(+1/2): of the pseudo-inverse
 *     V   = sum over j of z_j z_j',  z_j = M X_j' W_j A_j e_j
 *     P_jk = [j = k] a_j' Phi_j a_j - (X_j'a_j)' M (X_k'a_k),  a_j = A_j W_j X_j M c,     degrees = tr(P)^2 / tr(P P)
 *
 * for the contrast c (one parameter): vcovCR(m, cluster, type = "CR2") and coef_test(test = "Satterthwaite") of R's
 * clubSandwich on a quasi-Poisson glm. A parameter of which one debtor holds (nearly) all information has no error: he
 * fits it exactly, whatever he did. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "fit/ppml/cholesky.h"
#include "fit/ppml/ppml_pass.h"

enum { SWEEPS = 30 };
#define SINGULAR 1e-10 /* of the largest eigenvalue: a direction that the debtor fits himself */
#define ALONE    0.999 /* of a parameter's information: one debtor alone */

/* Rows of the estimation, dense; clusters that have none are left out. */
typedef struct few {
    const jk_ppml_work *work;
    size_t n, rows, clusters; /* unknowns */
    size_t *begin;            /* [clusters + 1] */
    double *x;                /* [rows][n] */
    double *root;             /* [rows] Phi^(1/2) */
    double *residual;         /* [rows] e */
    double *pull;             /* [rows][n] A W X */
    const double *inverse;    /* [n][n] M */
} few;

/* Eigenvalues of the symmetric a[n·n] on its diagonal, vectors in the columns of v: Jacobi's rotations (Golub, Van
 * Loan, Matrix Computations, 8.5). */
static void eigen(double *a, size_t n, double *v) {
    memset(v, 0, n * n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        v[i * n + i] = 1.0;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double beside = 0.0, on = 0.0;
        for (size_t p = 0; p < n; p++) {
            on += a[p * n + p] * a[p * n + p];
            for (size_t q = p + 1; q < n; q++) {
                beside += a[p * n + q] * a[p * n + q];
            }
        }
        if (!(beside > 1e-30 * on)) {
            return;
        }
        for (size_t p = 0; p < n; p++) {
            for (size_t q = p + 1; q < n; q++) {
                if (a[p * n + q] == 0.0) {
                    continue;
                }
                double tau = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
                double t = (tau >= 0.0 ? 1.0 : -1.0) / (fabs(tau) + sqrt(1.0 + tau * tau));
                double c = 1.0 / sqrt(1.0 + t * t), s = t * c;
                for (size_t k = 0; k < n; k++) {
                    double left = a[k * n + p], right = a[k * n + q];
                    a[k * n + p] = c * left - s * right;
                    a[k * n + q] = s * left + c * right;
                }
                for (size_t k = 0; k < n; k++) {
                    double left = a[p * n + k], right = a[q * n + k];
                    a[p * n + k] = c * left - s * right;
                    a[q * n + k] = s * left + c * right;
                    left = v[k * n + p], right = v[k * n + q];
                    v[k * n + p] = c * left - s * right;
                    v[k * n + q] = s * left + c * right;
                }
            }
        }
    }
}

static jk_status few_init(few *self, const jk_ppml_work *work, const double *inverse, jk_error *error) {
    const jk_ppml_rows *rows = work->rows;
    *self = (few){.work = work, .n = work->unknowns, .inverse = inverse};
    size_t used = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        used += !work->skip[i];
    }
    self->begin = jk_columns_zero(rows->clusters + 1, sizeof *self->begin);
    self->x = jk_columns_zero(used * self->n, sizeof *self->x);
    self->pull = jk_columns_zero(used * self->n, sizeof *self->pull);
    self->root = jk_columns_zero(used, sizeof *self->root);
    self->residual = jk_columns_zero(used, sizeof *self->residual);
    JK_TRY(jk_held(self->begin != NULL && self->x != NULL && self->pull != NULL && self->root != NULL &&
                       self->residual != NULL,
                   error, "the standard errors"));
    jk_ppml_row row;
    for (size_t c = 0; c < rows->clusters; c++) {
        size_t before = self->rows;
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            if (work->skip[i]) {
                continue;
            }
            jk_ppml_row_at(work, i, &row);
            for (size_t k = 0; k < row.count; k++) {
                if (row.parameter[k] >= 0 && work->slot[row.parameter[k]] >= 0) {
                    self->x[self->rows * self->n + (size_t)work->slot[row.parameter[k]]] += row.share[k] * row.fitted;
                }
            }
            self->root[self->rows] = sqrt(row.mean);
            self->residual[self->rows++] = rows->cash[i] - row.mean;
        }
        if (self->rows > before) {
            self->begin[++self->clusters] = self->rows;
        }
    }
    return JK_OK;
}

static void few_reset(few *self) {
    free(self->begin);
    free(self->x);
    free(self->pull);
    free(self->root);
    free(self->residual);
}

/* A_j W_j X_j of one debtor. */
static jk_status pull_of_cluster(few *self, size_t cluster, jk_error *error) {
    size_t first = self->begin[cluster], count = self->begin[cluster + 1] - first, n = self->n;
    double *room = jk_columns_zero(2 * count * count + 2 * count * n, sizeof *room);
    JK_TRY(jk_held(room != NULL, error, "the standard errors"));
    double *b = room, *v = b + count * count, *xm = v + count * count, *turned = xm + count * n;
    const double *x = self->x + first * n, *root = self->root + first;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < n; j++) {
            for (size_t k = 0; x[i * n + j] != 0.0 && k < n; k++) {
                xm[i * n + k] += x[i * n + j] * self->inverse[j * n + k];
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i; j < count; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < n; k++) {
                sum += xm[i * n + k] * x[j * n + k];
            }
            double phi = i == j ? root[i] * root[i] : 0.0;
            b[i * count + j] = b[j * count + i] = root[i] * (phi - sum) * root[j];
        }
    }
    eigen(b, count, v);
    double most = 0.0;
    for (size_t k = 0; k < count; k++) {
        most = fmax(most, b[k * count + k]);
    }
    /* Phi^(1/2) V L^(-1/2) V' Phi^(1/2) W X, with Phi^(1/2) W = 1 / root. */
    for (size_t k = 0; k < count; k++) {
        double value = b[k * count + k];
        double scale = value > SINGULAR * most ? 1.0 / sqrt(value) : 0.0;
        for (size_t i = 0; i < count; i++) {
            double weight = scale * v[i * count + k] / root[i];
            for (size_t j = 0; weight != 0.0 && j < n; j++) {
                turned[k * n + j] += weight * x[i * n + j];
            }
        }
    }
    double *pull = self->pull + first * n;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            double weight = root[i] * v[i * count + k];
            for (size_t j = 0; j < n; j++) {
                pull[i * n + j] += weight * turned[k * n + j];
            }
        }
    }
    free(room);
    return JK_OK;
}

/* V, from each debtor's z. */
static jk_status variance(const few *self, double *robust, jk_error *error) {
    size_t n = self->n;
    double *score = jk_columns_zero(2 * n, sizeof *score);
    JK_TRY(jk_held(score != NULL, error, "the standard errors"));
    double *z = score + n;
    for (size_t c = 0; c < self->clusters; c++) {
        memset(score, 0, n * sizeof *score);
        for (size_t i = self->begin[c]; i < self->begin[c + 1]; i++) {
            for (size_t j = 0; j < n; j++) {
                score[j] += self->pull[i * n + j] * self->residual[i];
            }
        }
        for (size_t j = 0; j < n; j++) {
            z[j] = 0.0;
            for (size_t k = 0; k < n; k++) {
                z[j] += self->inverse[j * n + k] * score[k];
            }
        }
        for (size_t j = 0; j < n; j++) {
            for (size_t k = 0; k < n; k++) {
                robust[j * n + k] += z[j] * z[k];
            }
        }
    }
    free(score);
    return JK_OK;
}

/* Degrees of freedom of one parameter; NaN where one debtor holds its information. `b` is room for X_j'a_j and for M
 * times it of all debtors, `own` for a_j' Phi_j a_j. */
static double degrees_of(const few *self, size_t parameter, double *b, double *mb, double *own) {
    size_t n = self->n;
    const double *contrast = self->inverse + parameter * n;
    double alone = 0.0;
    for (size_t c = 0; c < self->clusters; c++) {
        double information = 0.0;
        own[c] = 0.0;
        memset(b + c * n, 0, n * sizeof *b);
        memset(mb + c * n, 0, n * sizeof *mb);
        for (size_t i = self->begin[c]; i < self->begin[c + 1]; i++) {
            double a = 0.0, x = 0.0;
            for (size_t j = 0; j < n; j++) {
                a += self->pull[i * n + j] * contrast[j];
                x += self->x[i * n + j] * contrast[j];
            }
            double phi = self->root[i] * self->root[i];
            information += x * x / phi;
            own[c] += a * a * phi;
            for (size_t j = 0; j < n; j++) {
                b[c * n + j] += a * self->x[i * n + j];
            }
        }
        for (size_t j = 0; j < n; j++) {
            for (size_t k = 0; k < n; k++) {
                mb[c * n + j] += self->inverse[j * n + k] * b[c * n + k];
            }
        }
        alone = fmax(alone, information / contrast[parameter]);
    }
    double trace = 0.0, square = 0.0;
    for (size_t c = 0; c < self->clusters; c++) {
        for (size_t d = 0; d < self->clusters; d++) {
            double product = c == d ? own[c] : 0.0;
            for (size_t j = 0; j < n; j++) {
                product -= b[c * n + j] * mb[d * n + j];
            }
            trace += c == d ? product : 0.0;
            square += product * product;
        }
    }
    return alone > ALONE || !(square > 0.0) ? (double)NAN : trace * trace / square;
}

jk_status jk_ppml_few_errors(const jk_ppml_work *work, const double *inverse, double *robust, double *degrees,
                             jk_error *error) {
    few self = {0};
    double *room = NULL;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(few_init(&self, work, inverse, error));
    for (size_t c = 0; c < self.clusters; c++) {
        JK_TRY_CLEANUP(pull_of_cluster(&self, c, error));
    }
    memset(robust, 0, self.n * self.n * sizeof *robust);
    JK_TRY_CLEANUP(variance(&self, robust, error));
    room = jk_columns_zero(self.clusters * (2 * self.n + 1), sizeof *room);
    JK_TRY_CLEANUP(jk_held(room != NULL, error, "the standard errors"));
    for (size_t p = 0; p < self.n; p++) {
        degrees[p] = degrees_of(&self, p, room, room + self.clusters * self.n, room + 2 * self.clusters * self.n);
    }
cleanup:
    free(room);
    few_reset(&self);
    return status;
}
