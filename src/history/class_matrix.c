/* SPDX-License-Identifier: Apache-2.0 */
/* Expectation-maximisation for the monthly matrix Q of a chain that is seen every m months only (jalki/transitions.h).
 *
 * Expected months with a step i -> j, given the rows: E(i, j) = Q(i, j) sum over m, s < m of
 * [(Q^s)' W_m (Q^(m-1-s))'](i, j), W_m(a, b) = N_m(a, b) / Q^m(a, b). New Q: rows of E + prior, made to sum to 1.
 *
 * Spread: with the parameters log(q_ij / q_ii), the gradient of the log posterior is E(i, j) + A(i, j) - q_ij * (row
 * sum of E + A) (Fisher's identity); its differences give the observed information. */
#include "history/class_matrix.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/invariants.h"
#include "base/number/distribution.h"
#include "base/number/fmath.h"

enum { N = JK_CLASSES, FREE = N * (N - 1), MONTHS = JK_TRANSITION_MONTHS_MAX, STEPS_MAX = 10000 };
static const double converged = 1e-13;
static const double start_share = 1e-3; /* of the uniform matrix in the start: nothing is impossible at first */

typedef struct estimation {
    const jk_class_counts *counts;
    jk_class_square prior; /* months, by cell */
    bool used[MONTHS];
    int longest; /* period that was used, months */
} estimation;

static void multiply(const jk_class_square a, const jk_class_square b, jk_class_square out) {
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            double sum = 0.0;
            for (int l = 0; l < N; l++) {
                sum += a[i][l] * b[l][j];
            }
            out[i][j] = sum;
        }
    }
}

/* sum += a' w b' */
static void add_sandwich(const jk_class_square a, const jk_class_square w, const jk_class_square b,
                         jk_class_square sum) {
    jk_class_square left = {{0}};
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            for (int l = 0; l < N; l++) {
                left[i][j] += a[l][i] * w[l][j];
            }
        }
    }
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            for (int l = 0; l < N; l++) {
                sum[i][j] += left[i][l] * b[j][l];
            }
        }
    }
}

/* Expected steps plus prior, under Q. */
static void expected_steps(const estimation *work, const jk_class_square q, jk_class_square steps) {
    jk_class_square power[MONTHS + 1];
    memset(power[0], 0, sizeof power[0]);
    for (int i = 0; i < N; i++) {
        power[0][i][i] = 1.0;
    }
    jk_class_square sum = {{0}};
    for (int m = 1; m <= work->longest; m++) {
        multiply(power[m - 1], q, power[m]);
        if (!work->used[m - 1]) {
            continue;
        }
        jk_class_square weights;
        for (int a = 0; a < N; a++) {
            for (int b = 0; b < N; b++) {
                double count = (double)work->counts->count[m - 1][a][b];
                weights[a][b] = count > 0.0 ? count / fmax(power[m][a][b], 1e-300) : 0.0;
            }
        }
        for (int s = 0; s < m; s++) {
            add_sandwich(power[s], weights, power[m - 1 - s], sum);
        }
    }
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            steps[i][j] = q[i][j] * sum[i][j] + work->prior[i][j];
        }
    }
}

static void maximise(const estimation *work, jk_class_square q) {
    double change = 1.0;
    for (int step = 0; step < STEPS_MAX && change > converged; step++) {
        jk_class_square steps;
        expected_steps(work, q, steps);
        change = 0.0;
        for (int i = 0; i < N; i++) {
            double row = 0.0;
            for (int j = 0; j < N; j++) {
                row += steps[i][j];
            }
            for (int j = 0; j < N; j++) {
                double next = steps[i][j] / row;
                change = fmax(change, fabs(next - q[i][j]));
                q[i][j] = next;
            }
        }
    }
}

/* ---- spread ------------------------------------------------------------------------------------------------------ */

/* The parameter of a cell off the diagonal, 0..FREE-1. */
static int parameter_of(int i, int j) {
    return i * (N - 1) + (j < i ? j : j - 1);
}

static void gradient(const estimation *work, const jk_class_square q, double out[FREE]) {
    jk_class_square steps;
    expected_steps(work, q, steps);
    for (int i = 0; i < N; i++) {
        double row = 0.0;
        for (int j = 0; j < N; j++) {
            row += steps[i][j];
        }
        for (int j = 0; j < N; j++) {
            if (j != i) {
                out[parameter_of(i, j)] = steps[i][j] - q[i][j] * row;
            }
        }
    }
}

/* Q with log(q_ij / q_ii) moved by `by`. */
static void moved(const jk_class_square q, int i, int j, double by, jk_class_square out) {
    memcpy(out, q, sizeof(jk_class_square));
    double factor = jk_exp(by);
    double sum = 1.0 + q[i][j] * (factor - 1.0);
    for (int l = 0; l < N; l++) {
        out[i][l] = (l == j ? q[i][l] * factor : q[i][l]) / sum;
    }
}

/* Inverse of a symmetric matrix by Gauss and Jordan with pivots on the diagonal; false if it is not positive. */
static bool invert(double matrix[FREE][FREE], double inverse[FREE][FREE]) {
    memset(inverse, 0, sizeof(double[FREE][FREE]));
    for (int i = 0; i < FREE; i++) {
        inverse[i][i] = 1.0;
    }
    for (int p = 0; p < FREE; p++) {
        double pivot = matrix[p][p];
        if (!(pivot > 0.0)) {
            return false;
        }
        for (int j = 0; j < FREE; j++) {
            matrix[p][j] /= pivot;
            inverse[p][j] /= pivot;
        }
        for (int i = 0; i < FREE; i++) {
            double factor = i == p ? 0.0 : matrix[i][p];
            for (int j = 0; j < FREE; j++) {
                matrix[i][j] -= factor * matrix[p][j];
                inverse[i][j] -= factor * inverse[p][j];
            }
        }
    }
    return true;
}

/* Covariance of the parameters. A cell that cannot be (0 in Q) has no information; it gets a large one and thus no
 * spread. */
static bool covariance(const estimation *work, const jk_class_square q, double out[FREE][FREE]) {
    const double h = 1e-4;
    double information[FREE][FREE];
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            if (i == j) {
                continue;
            }
            int p = parameter_of(i, j);
            jk_class_square up;
            jk_class_square down;
            double above[FREE];
            double below[FREE];
            moved(q, i, j, h, up);
            moved(q, i, j, -h, down);
            gradient(work, up, above);
            gradient(work, down, below);
            for (int r = 0; r < FREE; r++) {
                information[r][p] = (below[r] - above[r]) / (2.0 * h);
            }
            if (!(q[i][j] > 1e-12)) {
                information[p][p] = 1e30;
            }
        }
    }
    for (int r = 0; r < FREE; r++) {
        for (int p = 0; p < r; p++) {
            information[r][p] = information[p][r] = 0.5 * (information[r][p] + information[p][r]);
        }
    }
    return invert(information, out);
}

/* Variance of q_ij by the delta method: d q_ij / d theta_il = q_ij ([l = j] - q_il), l != i. */
static double variance_of(const jk_class_square q, const double cov[FREE][FREE], int i, int j) {
    double sum = 0.0;
    for (int l = 0; l < N; l++) {
        for (int r = 0; r < N; r++) {
            if (l != i && r != i) {
                sum += q[i][j] * ((l == j) - q[i][l]) * q[i][j] * ((r == j) - q[i][r]) *
                       cov[parameter_of(i, l)][parameter_of(i, r)];
            }
        }
    }
    return sum;
}

static void set_interval(jk_class_matrix *matrix, int i, int j, double a, double b) {
    bool never = !(a > 0.0);
    bool always = !(b > 0.0);
    matrix->low[i][j] = never ? 0.0 : always ? 1.0 : jk_beta_quantile(a, b, 0.025);
    matrix->high[i][j] = never ? 0.0 : always ? 1.0 : jk_beta_quantile(a, b, 0.975);
}

/* Monthly rows: the posterior of a row is a Dirichlet distribution, of a cell a beta distribution. Otherwise the beta
 * distribution with the same mean and variance. */
static void find_spread(const estimation *work, jk_class_matrix *matrix) {
    double cov[FREE][FREE];
    bool known = matrix->monthly || covariance(work, matrix->value, cov);
    for (int i = 0; i < N; i++) {
        double row = 0.0;
        for (int j = 0; j < N; j++) {
            row += work->prior[i][j] + (double)matrix->pairs[i][j];
        }
        for (int j = 0; j < N; j++) {
            double q = matrix->value[i][j];
            double size = row; /* months that the cell's spread is worth */
            if (matrix->monthly) {
                matrix->std_error[i][j] = sqrt(q * (1.0 - q) / (row + 1.0));
            } else {
                double variance = known ? variance_of(matrix->value, (const double(*)[FREE])cov, i, j) : 1.0;
                matrix->std_error[i][j] = sqrt(fmin(variance, q * (1.0 - q)));
                size = variance > 0.0 ? fmax(q * (1.0 - q) / variance - 1.0, 0.1) : INFINITY;
            }
            if (isfinite(size)) {
                set_interval(matrix, i, j, q * size, (1.0 - q) * size);
            } else {
                matrix->low[i][j] = matrix->high[i][j] = q;
            }
        }
    }
}

void jk_class_matrix_estimate(const jk_class_counts *counts, const jk_class_square centre, double weight,
                              jk_class_matrix *matrix) {
    *matrix = (jk_class_matrix){.monthly = true};
    estimation work = {.counts = counts};
    for (int m = 1; m <= MONTHS; m++) {
        for (int a = 0; a < N; a++) {
            for (int b = 0; b < N; b++) {
                int64_t count = counts->count[m - 1][a][b];
                matrix->pairs[a][b] += count;
                matrix->months[a] += count * m;
                work.used[m - 1] |= count > 0;
            }
        }
        matrix->monthly &= m == 1 || !work.used[m - 1];
        work.longest = work.used[m - 1] ? m : work.longest;
    }
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            work.prior[i][j] = weight * centre[i][j];
            matrix->value[i][j] = (centre[i][j] + start_share) / (1.0 + N * start_share);
        }
    }
    maximise(&work, matrix->value);
    for (int i = 0; i < N; i++) {
        assert(jk_is_distribution(matrix->value[i], N, 1e-9));
    }
    find_spread(&work, matrix);
}
