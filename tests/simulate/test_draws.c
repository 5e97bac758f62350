/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of paths side by side against one path after the other, to the bit, in every instruction set; and what the
 * segments of a model are multiplied by on a path, against the path's own normal numbers in plain words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/lanes/isa.h"
#include "base/memory.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "simulate/draws/draws.h"
#include "simulate/paths/path_kernel.h"
#include "support/refusal.h"

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

enum { SEGMENTS = 2, STEPS = 2, PARAMETERS = 8 };

/* Numbers of the fit's parameters, of which each is the first in turn. */
static int turned;
static int numbered(int which) {
    return (which + turned) % PARAMETERS;
}
#define STEP(step)  numbered(step)
#define CLASS       numbered(2)
#define POINT       numbered(3)
#define OTHER_POINT numbered(4)
#define SETTLED     numbered(5)
#define BREAKAGE    numbered(6)
#define SHARE       numbered(7)
enum { SEED = 77, FIRST = 640, LANES = 2 * JK_PATH_STEP };

/* What a case of the test is made of; pointers go to its own arrays. */
typedef struct drawing {
    jk_segment segments[SEGMENTS];
    jk_risk_factor still;
    jk_risk_correlation correlation;
    jk_model model;
    double matrix[PARAMETERS * PARAMETERS], behind[PARAMETERS], factor[PARAMETERS * PARAMETERS];
    int32_t of_step[SEGMENTS * JK_TREATMENT_COUNT * STEPS], of_class[SEGMENTS * JK_TREATMENT_COUNT * JK_CAPACITY_COUNT];
    int32_t of_spell[SEGMENTS * JK_SPELL_COUNT];
    int64_t sums[SEGMENTS * JK_CAPACITY_COUNT * (1 + PARAMETERS)];
    jk_covariance covariance;
    jk_mix mix;
} drawing;

/* Two segments, of curves of two steps and of one. A fit knows the two steps of the first curve of the first segment, a
 * class there, two levels of points, and something of the second segment's payers. */
static void make(drawing *d, bool fitted, double garnish) {
    static const int32_t months[] = {0, 12}, epochs[] = {12, 12};
    static const double values[] = {0.01, 0.02};
    *d = (drawing){.still = {0.0, 0.5}};
    d->model = (jk_model){.segments = d->segments,
                          .segment_count = SEGMENTS,
                          .jurisdiction_count = 1,
                          .horizon_months = 24,
                          .epochs = epochs,
                          .epoch_count = 2,
                          .risk = {.jurisdiction = &d->still,
                                   .correlation = &d->correlation,
                                   .curve_error = 0.2,
                                   .class_multiplier_error = 0.3,
                                   .garnish_share_error = 0.4}};
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        d->segments[0].curve[a] = (jk_steps){STEPS, months, values};
        d->segments[1].curve[a] = (jk_steps){1, months, values};
        d->segments[1].payers.settled_share[a] = 0.3;
    }
    d->segments[1].payers.given = true;
    for (int i = 0; i < PARAMETERS; i++) { /* nobody looks behind the matrix */
        d->behind[i] = (double)NAN;
    }
    memset(d->of_step, 0xff, sizeof d->of_step);
    memset(d->of_class, 0xff, sizeof d->of_class);
    memset(d->of_spell, 0xff, sizeof d->of_spell);
    if (!fitted) {
        return;
    }
    for (int i = 0; i < PARAMETERS; i++) {
        for (int k = 0; k <= i; k++) {
            d->factor[i * PARAMETERS + k] = 0.4 * number(500, (size_t)(i * PARAMETERS + k));
        }
    }
    for (int i = 0; i < PARAMETERS * PARAMETERS; i++) {
        for (int k = 0; k < PARAMETERS; k++) {
            d->matrix[i] += d->factor[i / PARAMETERS * PARAMETERS + k] * d->factor[i % PARAMETERS * PARAMETERS + k];
        }
    }
    d->of_step[0] = STEP(0);
    d->of_step[1] = STEP(1);
    d->of_class[1] = CLASS;
    d->of_spell[JK_SPELL_COUNT + JK_SPELL_SETTLED + 1] = SETTLED;
    d->of_spell[JK_SPELL_COUNT + JK_SPELL_BREAKAGE + 2] = BREAKAGE;
    d->of_spell[JK_SPELL_COUNT + JK_SPELL_SHARE + 1] = SHARE;
    d->covariance = (jk_covariance){.count = PARAMETERS,
                                    .points = 2,
                                    .spells = 3,
                                    .matrix = d->matrix,
                                    .factor = d->factor,
                                    .of_step = d->of_step,
                                    .of_class = d->of_class,
                                    .of_spell = d->of_spell,
                                    .step_room = STEPS,
                                    .garnish = garnish};
    for (int g = 0; g < SEGMENTS * JK_CAPACITY_COUNT; g++) { /* how much of each group has which level */
        int64_t *sum = d->sums + (ptrdiff_t)g * (1 + PARAMETERS);
        sum[0] = 1000;
        sum[1 + POINT] = 100 * g;
        sum[1 + OTHER_POINT] = 700 - 50 * g;
    }
    d->mix = (jk_mix){.groups = (size_t)SEGMENTS * JK_CAPACITY_COUNT, .size = 1 + PARAMETERS, .sum = d->sums};
}

static void near(double found, double expected) {
    if (!(fabs(found - expected) <= 2e-7 * expected)) {
        fail_msg("%.9g, expected %.9g", found, expected);
    }
}

/* Var(w d) and w d of the weights of parameters. */
static double variance_of(const drawing *d, const double weight[PARAMETERS]) {
    double sum = 0.0;
    for (int i = 0; i < PARAMETERS * PARAMETERS; i++) {
        sum += weight[i / PARAMETERS] * weight[i % PARAMETERS] * d->matrix[i];
    }
    return sum;
}

static void check_multipliers(const drawing *d, const jk_draws *draws, const double *drawn, uint64_t path,
                              size_t lane) {
    const bool fitted = d->covariance.count > 0;
    for (size_t g = 0; g < SEGMENTS; g++) {
        double z[6];
        jk_draw_normals(SEED, jk_stream(JK_STREAM_PARAMETER, g), path, z, 6);
        for (size_t group = 0; group < JK_CAPACITY_COUNT; group++) {
            const float *rows = jk_draws_multiplier(draws, g, group);
            for (int at = 0; at < JK_TREATMENT_COUNT * STEPS * JK_CAPACITY_COUNT; at++) {
                const int a = at / (STEPS * JK_CAPACITY_COUNT), step = at / JK_CAPACITY_COUNT % STEPS,
                          k = at % JK_CAPACITY_COUNT;
                if ((size_t)step >= d->segments[g].curve[a].count || (!fitted && step > 0)) {
                    continue;
                }
                const bool knows_step = fitted && g == 0 && a == 0, knows_class = knows_step && k == 1;
                const double curve = knows_step ? 0.0 : 0.2, class = knows_class || k == JK_CAPACITY_ABLE ? 0.0 : 0.3;
                double weight[PARAMETERS] = {0}, sum = curve * z[a] + (class > 0.0 ? class * z[3 + k] : 0.0);
                weight[STEP(step)] += knows_step ? 1.0 : 0.0;
                weight[CLASS] = knows_class ? 1.0 : 0.0;
                weight[POINT] = fitted ? 0.1 * (double)(g * JK_CAPACITY_COUNT + group) : 0.0;
                weight[OTHER_POINT] = fitted ? 0.7 - 0.05 * (double)(g * JK_CAPACITY_COUNT + group) : 0.0;
                for (int p = 0; p < PARAMETERS; p++) {
                    sum += weight[p] * drawn[p];
                }
                const double variance = curve * curve + class * class + variance_of(d, weight);
                const size_t row = jk_factor_row(&d->segments[g], fitted, a, (size_t)step, k);
                near((double)rows[row * JK_PATH_LANES + lane], exp(sum - 0.5 * variance));
            }
        }
        const double error = d->covariance.garnish > 0.0 ? d->covariance.garnish : 0.4;
        if (d->covariance.garnish > 0.0) { /* the same of all segments */
            jk_draw_normals(SEED, jk_stream(JK_STREAM_PARAMETER, SEGMENTS), path, z + 5, 1);
        }
        near((double)draws->garnish[g * JK_PATH_LANES + lane], exp(error * z[5] - 0.5 * error * error));
    }
}

static void check_spells(const drawing *d, const jk_draws *draws, const double *drawn, size_t lane) {
    const bool fitted = d->covariance.count > 0;
    double expected[SEGMENTS][JK_PATH_SPELL_ROWS];
    for (int i = 0; i < SEGMENTS * JK_PATH_SPELL_ROWS; i++) {
        expected[i / JK_PATH_SPELL_ROWS][i % JK_PATH_SPELL_ROWS] = 1.0;
    }
    if (fitted) {
        const double variance = d->matrix[SETTLED * PARAMETERS + SETTLED];
        const double logit = log(0.3 / 0.7) * sqrt(1.0 + 3.14159265358979323846 / 8.0 * variance) + drawn[SETTLED];
        const double share = 1.0 / (1.0 + exp(-logit));
        expected[1][JK_PATH_SETTLES + 1] = share / 0.3;
        expected[1][JK_PATH_BEGINS + 1] = (1.0 - share) / 0.7;
        expected[1][JK_PATH_STOPS + 2] = exp(drawn[BREAKAGE] - 0.5 * d->matrix[BREAKAGE * PARAMETERS + BREAKAGE]);
        expected[1][JK_PATH_PAYS + 1] = exp(drawn[SHARE] - 0.5 * d->matrix[SHARE * PARAMETERS + SHARE]);
    }
    for (size_t g = 0; g < SEGMENTS; g++) {
        for (size_t row = 0; row < JK_PATH_SPELL_ROWS; row++) {
            near((double)draws->spells[(g * JK_PATH_SPELL_ROWS + row) * JK_PATH_LANES + lane], expected[g][row]);
        }
    }
}

static void paths_are_multiplied_by_their_own_numbers(void **state) {
    (void)state;
    static drawing d;
    for (int which = 0; which < 1 + 2 * PARAMETERS; which++) {
        jk_error error = {0};
        jk_draws draws;
        turned = which / 2;
        make(&d, which > 0, which % 2 == 0 && which > 0 ? 0.6 : 0.0);
        assert_int_equal(jk_draws_init(&draws, &d.model, &d.covariance, &d.mix, SEED, &error), JK_OK);
        jk_draws_fill(&draws, FIRST, LANES);
        for (size_t lane = 0; lane < LANES; lane += 3) {
            double normal[PARAMETERS], drawn[PARAMETERS];
            jk_draw_normals(SEED, jk_stream(JK_STREAM_COVARIANCE, 0), FIRST + lane, normal, PARAMETERS);
            plain_product(d.factor, PARAMETERS, normal, drawn);
            check_multipliers(&d, &draws, drawn, FIRST + lane, lane);
            check_spells(&d, &draws, drawn, lane);
        }
        jk_draws_reset(&draws);
        jk_draws_reset(&draws); /* nothing is left that could be given back twice */
    }
    turned = 0;
}

static jk_status init_once(void *context, jk_error *error) {
    const drawing *d = context;
    jk_draws draws;
    const jk_status status = jk_draws_init(&draws, &d->model, &d->covariance, &d->mix, SEED, error);
    assert_true(status == JK_OK || (draws.memory == NULL && draws.first_row == NULL && draws.shared == NULL));
    if (status == JK_OK) {
        jk_draws_reset(&draws);
    }
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    static drawing d;
    make(&d, true, 0.0);
    assert_int_equal(refuse_each_allocation(init_once, &d, NULL), 6 + 5); /* of the factors, and its own */
}

/* Shares that are certain stay so, and what is beyond all bounds is held. */
static void shares_and_bounds(void **state) {
    (void)state;
    near(jk_draw_share(0.5, 0.0, 4.0), 0.5);
    near(jk_draw_share(0.2, 1.5, 0.0), 1.0 / (1.0 + 4.0 * exp(-1.5)));
    near((double)jk_draw_log_normal(0.5, 2.0), exp(0.875));
    near((double)jk_draw_log_normal(4.0, 9.0), JK_RECOVERY_MAX);
    static drawing d;
    jk_error error = {0};
    jk_draws draws;
    make(&d, true, 0.0);
    d.segments[1].payers.settled_share[1] = 1.0;
    for (int i = 0; i < PARAMETERS * PARAMETERS; i++) {
        d.factor[i] *= 60.0;
        d.matrix[i] *= 0.0; /* a mean far above 1 */
    }
    assert_int_equal(jk_draws_init(&draws, &d.model, &d.covariance, &d.mix, SEED, &error), JK_OK);
    jk_draws_fill(&draws, FIRST, LANES);
    size_t most = 0, stops = 0;
    for (size_t lane = 0; lane < LANES; lane++) {
        const float *spells = draws.spells + JK_PATH_SPELL_ROWS * JK_PATH_LANES + lane;
        assert_true(spells[(JK_PATH_SETTLES + 1) * JK_PATH_LANES] == 1.0f);
        assert_true(spells[(JK_PATH_BEGINS + 1) * JK_PATH_LANES] == 1.0f);
        assert_true((double)jk_draws_multiplier(&draws, 0, 0)[lane] <= JK_RECOVERY_MAX);
        assert_true((double)spells[(JK_PATH_STOPS + 2) * JK_PATH_LANES] <= JK_STRESS_MAX);
        most += (double)jk_draws_multiplier(&draws, 0, 0)[lane] == JK_RECOVERY_MAX;
        stops += (double)spells[(JK_PATH_STOPS + 2) * JK_PATH_LANES] == JK_STRESS_MAX;
    }
    assert_true(most > 0 && stops > 0);
    jk_draws_reset(&draws);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths_side_by_side_are_paths_alone),
                                       cmocka_unit_test(paths_are_multiplied_by_their_own_numbers),
                                       cmocka_unit_test(memory_that_is_refused_is_told),
                                       cmocka_unit_test(shares_and_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
