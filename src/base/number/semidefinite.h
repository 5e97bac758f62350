/* SPDX-License-Identifier: Apache-2.0 */
/* Roots of symmetric matrices that may be singular, such as covariances and correlations. Plain C: matrices of a few
 * hundred rows take less time than what is drawn with them (docs/numerics.md). */
#ifndef JK_BASE_SEMIDEFINITE_H
#define JK_BASE_SEMIDEFINITE_H

#include <stddef.h>

/* Writes the lower triangle of root[n][n] so that root root' is the symmetric part of matrix[n][n]; what is above the
 * diagonal is left alone. Returns n, or the first row whose pivot (what is left of its variance, given the rows before
 * it) lies below -1e-6 of its variance, and in *pivot that pivot: the matrix is not positive semi-definite. */
size_t jk_semidefinite_root(const double *matrix, size_t n, double *root, double *pivot);

/* Moves a symmetric matrix[n][n] with 1 on the diagonal to one near it that has a root, by taking its negative
 * eigenvalues away (Rebonato and Jaeckel, The Journal of Risk 2, 1999). vectors[n][n] and scale[n] are work. */
void jk_semidefinite_near(double *matrix, size_t n, double *vectors, double *scale);

#endif
