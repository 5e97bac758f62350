/* SPDX-License-Identifier: Apache-2.0 */
/* A = U' U for a symmetric positive semi-definite A, row by row (right-looking), in place in the upper triangle. A
 * pivot that falls below `tolerance` times its own diagonal before elimination belongs to an unknown that earlier ones
 * explain: it is dropped (its row is 0, its solution 0), as R's glm drops aliased columns. No pivoting: which of
 * several aliased unknowns goes is the later one, whatever rounding does. n is some hundreds at most and A comes from
 * sparse sums: a library's blocked factor would gain nothing (docs/numerics.md). */
#include "fit/ppml/cholesky.h"

#include <math.h>
#include <string.h>

size_t jk_cholesky_factor(double *a, size_t n, double tolerance, uint8_t *dropped) {
    size_t kept = 0;
    /* The diagonals as they were: what is left of one after the earlier unknowns is measured against it. The factor's
     * lower triangle is not used otherwise and holds them. */
    for (size_t i = 1; i < n; i++) {
        a[i * n] = a[i * n + i];
    }
    double first = n > 0 ? a[0] : 0.0;
    for (size_t k = 0; k < n; k++) {
        double *row = a + k * n;
        double before = k == 0 ? first : row[0];
        dropped[k] = !(row[k] > tolerance * before) || !(before > 0.0);
        if (dropped[k]) {
            for (size_t j = k; j < n; j++) {
                row[j] = 0.0;
            }
            continue;
        }
        kept++;
        double pivot = sqrt(row[k]);
        for (size_t j = k; j < n; j++) {
            row[j] /= pivot;
        }
        for (size_t i = k + 1; i < n; i++) {
            double factor = row[i];
            if (factor == 0.0) {
                continue;
            }
            double *below = a + i * n;
            for (size_t j = i; j < n; j++) {
                below[j] -= factor * row[j];
            }
        }
    }
    return kept;
}

void jk_cholesky_solve(const double *factor, size_t n, const uint8_t *dropped, double *b) {
    for (size_t k = 0; k < n; k++) { /* U' y = b */
        const double *row = factor + k * n;
        b[k] = dropped[k] ? 0.0 : b[k] / row[k];
        for (size_t j = k + 1; j < n; j++) {
            b[j] -= row[j] * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) { /* U x = y */
        const double *row = factor + k * n;
        double sum = b[k];
        for (size_t j = k + 1; j < n; j++) {
            sum -= row[j] * b[j];
        }
        b[k] = dropped[k] ? 0.0 : sum / row[k];
    }
}

void jk_cholesky_inverse(const double *factor, size_t n, const uint8_t *dropped, double *inverse) {
    memset(inverse, 0, n * n * sizeof *inverse);
    for (size_t i = 0; i < n; i++) {
        double *column = inverse + i * n;
        if (!dropped[i]) {
            column[i] = 1.0;
            jk_cholesky_solve(factor, n, dropped, column);
        }
    }
    for (size_t i = 0; i < n; i++) { /* symmetric to the last bit */
        for (size_t j = i + 1; j < n; j++) {
            inverse[j * n + i] = inverse[i * n + j];
        }
    }
}
