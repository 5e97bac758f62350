/* SPDX-License-Identifier: Apache-2.0 */
/* Products of tiles on whole-number grids: every kernel gives the same bits, which Freivalds' check and a plain loop
 * have, too. */
#include "base/number/dense.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cmocka_all.h"

enum { ROWS = JK_DENSE_ROWS, INPUTS_MAX = 700, OUTPUTS_MAX = 67 };

typedef struct matrices {
    double *x, *weights, *y, *other;
} matrices;

/* Whole numbers times a power of two: up to 2^21 and 2^20, so that 700 products stay below 2^53. */
static void fill(double *to, size_t count, uint64_t seed, int bits, double unit) {
    for (size_t i = 0; i < count; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        to[i] = ((double)(seed >> (64 - bits)) - (double)(UINT64_C(1) << (bits - 1))) * unit;
    }
}

static matrices take(void) {
    matrices m = {.x = jk_columns_alloc((size_t)INPUTS_MAX * ROWS, sizeof(double)),
                  .weights = jk_columns_alloc((size_t)INPUTS_MAX * OUTPUTS_MAX, sizeof(double)),
                  .y = jk_columns_alloc((size_t)OUTPUTS_MAX * ROWS, sizeof(double)),
                  .other = jk_columns_alloc((size_t)OUTPUTS_MAX * ROWS, sizeof(double))};
    assert_true(m.x != NULL && m.weights != NULL && m.y != NULL && m.other != NULL);
    fill(m.x, (size_t)INPUTS_MAX * ROWS, 7, 22, 0x1p-18);
    fill(m.weights, (size_t)INPUTS_MAX * OUTPUTS_MAX, 11, 21, 0x1p-20);
    return m;
}

static void release(matrices *m) {
    free(m->x);
    free(m->weights);
    free(m->y);
    free(m->other);
}

/* Freivalds: for a vector r of signs, sum_j r_j y_j = sum_i (sum_j r_j w_ji) x_i holds exactly, row by row. Sums of
 * 67 more signs stay below 2^53 units of the product as well, as half of the 53 bits are in hand. */
static void check_by_signs(const matrices *m, size_t inputs, size_t outputs, const double *y) {
    for (size_t row = 0; row < ROWS; row += 17) {
        __int128 left = 0, right = 0;
        for (size_t j = 0; j < outputs; j++) {
            const int sign = (int)((row * 31 + j * 17 + j * j) % 2) * 2 - 1;
            left += (__int128)(y[j * ROWS + row] * 0x1p38) * sign;
            for (size_t i = 0; i < inputs; i++) {
                right += (__int128)(int64_t)(m->x[i * ROWS + row] * 0x1p18) *
                         (int64_t)(m->weights[j * inputs + i] * 0x1p20) * sign;
            }
        }
        assert_true(left == right);
    }
}

static void all_kernels_give_the_same_bits(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {3, 4}, {64, 64}, {65, 5}, {129, 66}, {257, 2}, {700, 67}, {640, 1}};
    matrices m = take();
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        const size_t inputs = shapes[s][0], outputs = shapes[s][1], bytes = outputs * ROWS * sizeof(double);
        jk_dense_own(JK_ISA_BASE)->product(m.x, inputs, m.weights, outputs, m.y);
        check_by_signs(&m, inputs, outputs, m.y);
        for (int isa = JK_ISA_BASE; isa < JK_ISA_COUNT; isa++) {
            if (jk_isa_runs((jk_isa)isa)) {
                memset(m.other, 0x7f, bytes);
                jk_dense_own((jk_isa)isa)->product(m.x, inputs, m.weights, outputs, m.other);
                assert_memory_equal(m.y, m.other, bytes);
            }
        }
        if (jk_dense_blas() != NULL) {
            memset(m.other, 0x7f, bytes);
            jk_dense_blas()->product(m.x, inputs, m.weights, outputs, m.other);
            assert_memory_equal(m.y, m.other, bytes);
        }
    }
    if (jk_dense_blas() == NULL) {
        print_message("OpenBLAS (libopenblas0-serial) is not here: its products were not compared\n");
    }
    release(&m);
}

static void the_choice_is_by_inputs(void **state) {
    (void)state;
    assert_ptr_equal(jk_dense_kernel_for(JK_DENSE_BLAS_INPUTS - 1, JK_ISA_BASE), jk_dense_own(JK_ISA_BASE));
    const jk_dense_kernel *wide = jk_dense_kernel_for(JK_DENSE_BLAS_INPUTS, JK_ISA_BASE);
    assert_ptr_equal(wide, jk_dense_blas() != NULL ? jk_dense_blas() : jk_dense_own(JK_ISA_BASE));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kernels_give_the_same_bits),
        cmocka_unit_test(the_choice_is_by_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
