/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's decay functions against libm in 64 bits, over the floats that can occur: the bounds of docs/numerics.md,
 * and the same bits from every instruction set. Every 97th float is tried; JALKI_EXHAUSTIVE=1 tries all (a minute). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cmocka_all.h"
#include "plan/plan.h"
#include "support/plan_cases.h"

enum { CHUNK = 1 << 16 };

static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

typedef struct worst {
    double share, left, left_relative, left_late; /* relative, absolute, relative up to 1, relative up to 87 */
} worst;

typedef struct bench {
    jk_plan *plan[JK_ISA_COUNT];
    float *t, *share, *left, *other_share, *other_left;
} bench;

static void check_chunk(const bench *b, int range, worst *most) {
    bool first = true;
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        if (b->plan[isa] == NULL) {
            continue;
        }
        float *share = first ? b->share : b->other_share, *left = first ? b->left : b->other_left;
        b->plan[isa]->kernel[0]->decay(range, b->t, share, left, CHUNK);
        if (!first) {
            assert_memory_equal(share, b->share, CHUNK * sizeof(float));
            assert_memory_equal(left, b->left, CHUNK * sizeof(float));
        }
        first = false;
    }
    for (size_t i = 0; i < CHUNK; i++) {
        double t = (double)b->t[i], gone = -expm1(-t), share = t == 0.0 ? 1.0 : gone / t, left = exp(-t);
        most->share = fmax(most->share, fabs((double)b->share[i] / share - 1.0));
        most->left = fmax(most->left, fabs((double)b->left[i] - left) / fmax(1.0, left));
        if (t <= 87.0) { /* beyond, what is left is 1e-38 */
            most->left_late = fmax(most->left_late, fabs((double)b->left[i] / left - 1.0));
        }
        if (fabs(t) <= 1.0) {
            most->left_relative = fmax(most->left_relative, fabs((double)b->left[i] / left - 1.0));
        }
    }
}

/* All floats from..to, of one sign, in steps. */
static worst check_range(const bench *b, int range, float from, float to) {
    const char *exhaustive = getenv("JALKI_EXHAUSTIVE");
    uint32_t step = exhaustive != NULL && exhaustive[0] == '1' ? 1 : 97;
    worst most = {0};
    size_t filled = 0;
    for (uint32_t bits = bits_of(from); bits <= bits_of(to); bits += step) {
        b->t[filled++] = float_of(bits);
        if (filled == CHUNK) {
            check_chunk(b, range, &most);
            filled = 0;
        }
    }
    while (filled > 0 && filled < CHUNK) {
        b->t[filled++] = to;
    }
    check_chunk(b, range, &most);
    print_message("range %d, %g to %g: share within %.2e relative, left within %.2e absolute, %.2e relative up to 1, "
                  "%.2e up to 87\n",
                  range, (double)from, (double)to, most.share, most.left, most.left_relative, most.left_late);
    return most;
}

static void bounds_hold(void **state) {
    (void)state;
    plan_case *made = plan_case_create(1, 1);
    bench b = {.t = jk_columns_zero(CHUNK, sizeof(float)),
               .share = jk_columns_zero(CHUNK, sizeof(float)),
               .left = jk_columns_zero(CHUNK, sizeof(float)),
               .other_share = jk_columns_zero(CHUNK, sizeof(float)),
               .other_left = jk_columns_zero(CHUNK, sizeof(float))};
    assert_true(b.t != NULL && b.share != NULL && b.left != NULL && b.other_share != NULL && b.other_left != NULL);
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        if (jk_isa_runs((jk_isa)isa)) {
            jk_plan_options options = {.irr = 0.1, .isa = jk_isa_name((jk_isa)isa)};
            assert_int_equal(jk_plan_create(&made->model, &options, &b.plan[isa], NULL), JK_OK);
        }
    }
    for (int range = 0; range < 3; range++) {
        worst all = {0};
        const worst found[] = {check_range(&b, range, 0x1p-40f, 0x1p-6f), check_range(&b, range, 0x1p-6f, 2.0f),
                               check_range(&b, range, 2.0f, 4.0f), check_range(&b, range, 4.0f, 80.0f),
                               check_range(&b, range, -0x1p-40f, -20.0f)};
        for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
            all.share = fmax(all.share, found[i].share);
            all.left = fmax(all.left, found[i].left);
            all.left_relative = fmax(all.left_relative, found[i].left_relative);
            all.left_late = fmax(all.left_late, found[i].left_late);
        }
        /* The far form, by three doublings of both, costs another two bits. */
        double slack = range == 2 ? 2.5 : 1.0;
        assert_true(all.share < slack * 2.0e-7);
        assert_true(all.left < slack * 2.0e-7);
        assert_true(all.left_relative < slack * 2.5e-7);
        /* A large value may follow what little is left: the relative error counts there too. */
        assert_true(all.left_late < slack * 6e-6);
    }
    /* Where it matters to the last digit: nothing happens in no time, and nothing is left after very long. */
    const float ends[4] = {0.0f, -0.0f, 1e30f, INFINITY};
    memcpy(b.t, ends, sizeof ends);
    b.plan[0]->kernel[0]->decay(0, b.t, b.share, b.left, 16);
    assert_true(b.share[0] == 1.0f && b.left[0] == 1.0f && b.share[1] == 1.0f && b.left[1] == 1.0f);
    assert_true(b.share[2] > 0.99e-30f && b.share[2] < 1.01e-30f && b.left[2] < 1e-37f);
    assert_true(b.share[3] == 0.0f && b.left[3] < 1e-37f);
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        jk_plan_free(b.plan[isa]);
    }
    free(b.t);
    free(b.share);
    free(b.left);
    free(b.other_share);
    free(b.other_left);
    plan_case_free(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
