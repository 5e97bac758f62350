/* SPDX-License-Identifier: Apache-2.0 */
/* Cholesky's method, row by row:
 *
 *     l_ik = (a_ik - sum over j < k of l_ij l_kj) / l_kk,      l_ii = root(a_ii - sum over j < i of l_ij^2)
 *
 * A pivot below a small part of its variance is rounding: its column is 0, the row is what earlier rows say. */
#include "base/semidefinite.h"

#include <math.h>

#define PIVOT_LEAST 1e-12
#define PIVOT_WRONG -1e-6

size_t jk_semidefinite_root(const double *matrix, size_t n, double *root, double *pivot) {
    for (size_t i = 0; i < n; i++) {
        const double own = matrix[i * n + i];
        for (size_t k = 0; k < i; k++) {
            double sum = 0.5 * (matrix[i * n + k] + matrix[k * n + i]);
            for (size_t l = 0; l < k; l++) {
                sum -= root[i * n + l] * root[k * n + l];
            }
            root[i * n + k] = root[k * n + k] > 0.0 ? sum / root[k * n + k] : 0.0;
        }
        double left = own;
        for (size_t l = 0; l < i; l++) {
            left -= root[i * n + l] * root[i * n + l];
        }
        if (!(own >= 0.0 && left >= PIVOT_WRONG * own)) {
            *pivot = left;
            return i;
        }
        root[i * n + i] = left > PIVOT_LEAST * own ? sqrt(left) : 0.0;
    }
    return n;
}
