/* SPDX-License-Identifier: Apache-2.0 */
/* Symmetric systems of a few hundred unknowns, in plain C so that the bits are the same on every machine (a tuned
 * library picks its kernels by processor); the sums that grow with the data are elsewhere. */
#ifndef JK_FIT_CHOLESKY_H
#define JK_FIT_CHOLESKY_H

#include <stddef.h>
#include <stdint.h>

/* Factors the symmetric matrix a[n·n] (upper triangle read) into U'U in place, in the order of the unknowns. An unknown
 * whose pivot falls below tolerance times its diagonal says what earlier ones say together: dropped[i] is set to 1, its
 * row and column are taken out. Returns the number kept. */
size_t jk_cholesky_factor(double *a, size_t n, double tolerance, uint8_t *dropped);

/* Solves a x = b in place with the factor; dropped unknowns get 0. */
void jk_cholesky_solve(const double *factor, size_t n, const uint8_t *dropped, double *b);

/* Inverse into inverse[n·n] (whole); rows and columns of dropped unknowns are 0. */
void jk_cholesky_inverse(const double *factor, size_t n, const uint8_t *dropped, double *inverse);

#endif
