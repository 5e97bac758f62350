/* SPDX-License-Identifier: Apache-2.0 */
/* Products of a tile of rows with a dense matrix, for numbers on whole-number grids: where each x is a multiple of one
 * power of two, each weight one of another, and the absolute products of a row add up to less than 2^53 of their
 * product's units, every partial sum is exact. Then no order of summation and no fused operation changes a bit, and any
 * kernel may do the work: one of our own for each instruction set, or OpenBLAS' where it is quicker, which is where a
 * matrix has more inputs than the first-level caches hold (docs/numerics.md has the figures). */
#ifndef JK_BASE_DENSE_H
#define JK_BASE_DENSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/lanes/isa.h"

enum {
    JK_DENSE_ROWS = 256,       /* of a tile: always that many, whatever is in those that are not needed */
    JK_DENSE_BLAS_INPUTS = 640 /* from so many inputs on OpenBLAS is quicker */
};

/* y[outputs][JK_DENSE_ROWS] = weights[outputs][inputs] * x[inputs][JK_DENSE_ROWS]. */
typedef struct jk_dense_kernel {
    void (*product)(const double *x, size_t inputs, const double *weights, size_t outputs, double *y);
} jk_dense_kernel;

/* Our own, compiled for an instruction set. */
const jk_dense_kernel *jk_dense_own(jk_isa isa);

/* OpenBLAS' product with one thread, or NULL where its library (the serial build) is not
 * installed, has been loaded by somebody else already, or fails a product whose result is known. Loads it when
 * first asked for, after choosing its kernels: releases before 0.3.22 take new processors for a Prescott. The
 * environment's OPENBLAS_CORETYPE goes before that choice. */
const jk_dense_kernel *jk_dense_blas(void);

/* The kernel for a matrix of so many inputs. */
const jk_dense_kernel *jk_dense_kernel_for(size_t inputs, jk_isa isa);

#endif
