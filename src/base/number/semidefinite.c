/* SPDX-License-Identifier: Apache-2.0 */
/* Cholesky's method, row by row:
 *
 *     l_ik = (a_ik - sum over j < k of l_ij l_kj) / l_kk,      l_ii = root(a_ii - sum over j < i of l_ij^2)
 *
 * A pivot below a small part of its variance is rounding: its column is 0, the row is what earlier rows say. */
#include "base/number/semidefinite.h"

#include <math.h>

#define PIVOT_LEAST      1e-12
#define PIVOT_WRONG      -1e-6
#define EIGENVALUE_LEAST 1e-6 /* by factor: a root stands rounding to six decimals */
enum { SWEEPS = 12 };

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

/* One rotation of rows and columns p and q that makes their entry 0. */
static void rotate(double *a, size_t n, double *vectors, size_t p, size_t q) {
    const double apq = a[p * n + q];
    if (apq == 0.0) {
        return;
    }
    const double theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    const double t = (theta >= 0.0 ? 1.0 : -1.0) / (fabs(theta) + sqrt(theta * theta + 1.0));
    const double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (size_t k = 0; k < n; k++) {
        const double x = a[k * n + p], y = a[k * n + q];
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for (size_t k = 0; k < n; k++) {
        const double x = a[p * n + k], y = a[q * n + k], v = vectors[p * n + k], w = vectors[q * n + k];
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
        vectors[p * n + k] = c * v - s * w;
        vectors[q * n + k] = s * v + c * w;
    }
}

/* Jacobi's method (1846) in sweeps over all pairs; rows of `vectors` become the eigenvectors, the diagonal of the
 * matrix its eigenvalues. */
void jk_semidefinite_near(double *matrix, size_t n, double *vectors, double *scale) {
    const double least = EIGENVALUE_LEAST * (double)n;
    for (size_t i = 0; i < n * n; i++) {
        vectors[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (size_t p = 0; p < n; p++) {
            for (size_t q = p + 1; q < n; q++) {
                rotate(matrix, n, vectors, p, q);
            }
        }
    }
    for (size_t l = 0; l < n; l++) { /* rows become root(eigenvalue) times the vector */
        const double length = sqrt(fmax(matrix[l * n + l], least));
        for (size_t k = 0; k < n; k++) {
            vectors[l * n + k] *= length;
        }
    }
    for (size_t i = 0; i < n; i++) {
        scale[i] = 0.0;
        for (size_t l = 0; l < n; l++) {
            scale[i] += vectors[l * n + i] * vectors[l * n + i];
        }
        for (size_t k = 0; k <= i; k++) {
            double sum = 0.0;
            for (size_t l = 0; l < n; l++) {
                sum += vectors[l * n + i] * vectors[l * n + k];
            }
            matrix[i * n + k] = matrix[k * n + i] = i == k ? 1.0 : sum / sqrt(scale[i] * scale[k]);
        }
    }
}
