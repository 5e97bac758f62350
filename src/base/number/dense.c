/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number/dense.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/late.h"
#include "base/memory.h"

JK_ISA_DECLARE(jk_dense_kernel, jk_dense_kernel_);

const jk_dense_kernel *jk_dense_own(jk_isa isa) {
    return JK_ISA_OF(jk_dense_kernel_, isa);
}

/* ---- OpenBLAS --------------------------------------------------------------------------------------------------- */

static const char library[] = "libopenblas.so.0";
enum { COLUMN_MAJOR = 102, NOT_TRANSPOSED = 111 };

static struct {
    void (*dgemm)(int order, int transposed_a, int transposed_b, int m, int n, int k, double alpha, const double *a,
                  int lda, const double *b, int ldb, double beta, double *c, int ldc);
    int (*parallel)(void);
} blas;

/* A tile's columns lie one after the other: in the order of columns, y (rows by outputs) is x times the weights (inputs
 * by outputs). */
static void blas_product(const double *x, size_t inputs, const double *weights, size_t outputs, double *y) {
    blas.dgemm(COLUMN_MAJOR, NOT_TRANSPOSED, NOT_TRANSPOSED, JK_DENSE_ROWS, (int)outputs, (int)inputs, 1.0, x,
               JK_DENSE_ROWS, weights, (int)inputs, 0.0, y, JK_DENSE_ROWS);
}

/* A variable of the environment that the library reads while it is loaded; false: it was set already. */
static bool choose(const char *name, const char *value) {
    return getenv(name) == NULL && setenv(name, value, 1) == 0;
}

/* Loads with kernels for the instruction set that we found ourselves, and a size of the second-level cache that is not
 * 0, as some virtual machines have it. The environment is as before afterwards. */
static bool load(void) {
    const jk_late_symbol symbols[] = {{"cblas_dgemm", &blas.dgemm}, {"openblas_get_parallel", &blas.parallel}};
    const char *core = jk_isa_best() == JK_ISA_V4 ? "SKYLAKEX" : jk_isa_best() == JK_ISA_V3 ? "HASWELL" : "NEHALEM";
    if (dlopen(library, RTLD_NOW | RTLD_NOLOAD) != NULL) { /* another part of this process has set it up */
        return false;
    }
    const bool core_set = choose("OPENBLAS_CORETYPE", core);
    const bool cache_set = sysconf(_SC_LEVEL2_CACHE_SIZE) > 0 ? false : choose("OPENBLAS_L2_SIZE", "512");
    const bool loaded = jk_late_load(library, symbols, sizeof symbols / sizeof symbols[0]);
    if (core_set) {
        (void)unsetenv("OPENBLAS_CORETYPE");
    }
    if (cache_set) {
        (void)unsetenv("OPENBLAS_L2_SIZE");
    }
    return loaded && blas.parallel() == 0;
}

/* Whether a product of whole numbers comes out as our own loop has it: a wrong kernel is not used. */
static bool is_right(void) {
    enum { INPUTS = 771, OUTPUTS = 37 };
    _Alignas(64) static double x[INPUTS * JK_DENSE_ROWS], weights[INPUTS * OUTPUTS]; /* run once: no memory to miss */
    _Alignas(64) static double theirs[OUTPUTS * JK_DENSE_ROWS], own[OUTPUTS * JK_DENSE_ROWS];
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) {
        x[i] = (double)((i * UINT64_C(2654435761) >> 7) % 4001) - 2000.0;
    }
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++) {
        weights[i] = (double)((i * UINT64_C(2246822519) >> 9) % 4001) - 2000.0;
    }
    blas_product(x, INPUTS, weights, OUTPUTS, theirs);
    jk_dense_own(JK_ISA_BASE)->product(x, INPUTS, weights, OUTPUTS, own);
    bool right = true;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        right = right && theirs[i] == own[i];
    }
    return right;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool usable;

/* The library asks again for ever where the system refuses it a buffer (of 128 MiB), so that it is not used where any
 * limit stands. */
static bool has_room(void) {
    struct rlimit addresses, data;
    return getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur == RLIM_INFINITY &&
           getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_cur == RLIM_INFINITY;
}

static void set_up(void) {
    usable = has_room() && load() && is_right();
}

static const jk_dense_kernel blas_kernel = {.product = blas_product};

const jk_dense_kernel *jk_dense_blas(void) {
    (void)pthread_once(&once, set_up);
    return usable ? &blas_kernel : NULL;
}

const jk_dense_kernel *jk_dense_kernel_for(size_t inputs, jk_isa isa) {
    const jk_dense_kernel *other = inputs >= JK_DENSE_BLAS_INPUTS ? jk_dense_blas() : NULL;
    return other != NULL ? other : jk_dense_own(isa);
}
