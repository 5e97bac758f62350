/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of paths side by side against one path after the other, to the bit, in every instruction set. */
#include <math.h>
#include <stdlib.h>

#include "base/lanes/isa.h"
#include "base/memory.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "simulate/paths/path_kernel.h"

enum { LARGEST = 131 };

static double number(size_t what, size_t which) {
    return jk_uniform(jk_philox(11, what, which).word[0]) - 0.5;
}

/* One path: row by row, sums by column. */
static void plain_product(const double *factor, size_t count, const double *normal, double *drawn) {
    for (size_t i = 0; i < count; i++) {
        double sum = 0.0;
        for (size_t k = 0; k <= i; k++) {
            sum += factor[i * count + k] * normal[k];
        }
        drawn[i] = sum;
    }
}

static void paths_side_by_side_are_paths_alone(void **state) {
    (void)state;
    double *factor = jk_columns_zero((size_t)LARGEST * LARGEST, sizeof *factor);
    double *normal = jk_columns_zero((size_t)LARGEST * JK_PATH_STEP, sizeof *normal);
    double *drawn = jk_columns_zero((size_t)LARGEST * JK_PATH_STEP, sizeof *drawn);
    assert_true(factor != NULL && normal != NULL && drawn != NULL);
    for (size_t count = 1; count <= LARGEST; count += count < 20 ? 1 : 37) {
        for (size_t i = 0; i < count * count; i++) { /* what is above the diagonal is not looked at */
            factor[i] = i % count > i / count ? (double)NAN : number(count, i);
        }
        for (size_t i = 0; i < count * JK_PATH_STEP; i++) {
            normal[i] = number(1000 + count, i);
        }
        for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
            if (!jk_isa_runs((jk_isa)isa)) {
                continue;
            }
            jk_path_kernel_of(isa)->combine(factor, count, normal, drawn);
            for (size_t lane = 0; lane < JK_PATH_STEP; lane++) {
                double alone[LARGEST], expected[LARGEST];
                for (size_t i = 0; i < count; i++) {
                    alone[i] = normal[i * JK_PATH_STEP + lane];
                }
                plain_product(factor, count, alone, expected);
                for (size_t i = 0; i < count; i++) {
                    assert_true(drawn[i * JK_PATH_STEP + lane] == expected[i]);
                }
            }
        }
    }
    free(factor);
    free(normal);
    free(drawn);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths_side_by_side_are_paths_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
