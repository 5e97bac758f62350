/* SPDX-License-Identifier: Apache-2.0 */
/* The panel's cash as a triangle: cohorts of claims by the period in which they entered the panel, ages by time since a
 * claim's own entry, so that debts bought at any age start at the same corner. A cohort's age is complete once its last
 * claim has been watched for so long. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backtest/internal.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "jalki/landmarks.h"

enum { NEVER = INT32_MAX, PERIODS_MAX = 40, YEAR = 12, QUARTER = 3 };

typedef struct ladder_work {
    const jk_panel *panel;
    jk_panel_filter filter; /* keys only */
    int threads;
    size_t rows, scratch_size, claims;
    char *scratch;   /* [threads][scratch_size] */
    uint8_t *keep;   /* [threads][rows] */
    int32_t *entry;  /* [claims] first period_start, or NEVER */
    double *longest; /* [threads] period, months */
    /* once the length of a period is known */
    int months;
    int32_t first; /* number of the first cohort */
    size_t cohorts;
    jk_exact *cash; /* [threads][cohorts][cohorts] */
} ladder_work;

static int32_t month_of(int32_t date) {
    jk_civil civil = jk_civil_from_date(date);
    return civil.year * YEAR + civil.month - 1;
}

static jk_status filter_block(ladder_work *work, const jk_panel_block *block, uint8_t **keep, jk_error *error) {
    size_t thread = (size_t)block->thread;
    size_t kept = 0;
    *keep = work->keep + thread * work->rows;
    return jk_panel_filter_rows(&work->filter, work->panel, block, work->scratch + thread * work->scratch_size, *keep,
                                &kept, error);
}

static jk_status find_entries(void *context, const jk_panel_block *block, jk_error *error) {
    ladder_work *work = context;
    uint8_t *keep = NULL;
    JK_TRY(filter_block(work, block, &keep, error));
    for (size_t i = 0; i < block->rows; i++) {
        if (!keep[i]) {
            continue;
        }
        int32_t *entry = &work->entry[block->claim[i]];
        int32_t start = block->period_start[i];
        int32_t seen = __atomic_load_n(entry, __ATOMIC_RELAXED); /* a claim's rows may lie in two threads' blocks */
        while (start < seen &&
               !__atomic_compare_exchange_n(entry, &seen, start, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        }
        double *longest = &work->longest[block->thread];
        *longest = block->months[i] > *longest ? block->months[i] : *longest;
    }
    return JK_OK;
}

/* Cash belongs to the age at which its period ends. */
static jk_status add_cash(void *context, const jk_panel_block *block, jk_error *error) {
    ladder_work *work = context;
    uint8_t *keep = NULL;
    jk_exact *cash = work->cash + (size_t)block->thread * work->cohorts * work->cohorts;
    JK_TRY(filter_block(work, block, &keep, error));
    for (size_t i = 0; i < block->rows; i++) {
        if (keep[i]) {
            int32_t entry = work->entry[block->claim[i]];
            int length = (int)(block->months[i] + 0.5);
            int age = jk_months_between(entry, block->period_start[i]) + (length > 1 ? length - 1 : 0);
            size_t cohort = (size_t)(month_of(entry) / work->months - work->first);
            size_t step = (size_t)(age / work->months);
            if (step < work->cohorts) {
                cash[cohort * work->cohorts + step] += jk_exact_from(block->cash[i]);
            }
        }
    }
    return JK_OK;
}

/* ---- shape ------------------------------------------------------------------------------------------------------- */

static const char *choose_months(ladder_work *work, int32_t last_entry, int32_t end) {
    static const int lengths[] = {1, QUARTER, YEAR};
    double longest = 0.0;
    for (int t = 0; t < work->threads; t++) {
        longest = work->longest[t] > longest ? work->longest[t] : longest;
    }
    int32_t first = NEVER;
    for (size_t c = 0; c < work->claims; c++) {
        first = work->entry[c] < first ? work->entry[c] : first;
    }
    if (longest > YEAR + 0.5) {
        return "periods are longer than a year";
    }
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        int months = lengths[l];
        int32_t periods = month_of(end) / months - month_of(first) / months + 1;
        if (longest < months + 0.5 && (periods <= PERIODS_MAX || months == YEAR)) {
            work->months = months;
            work->first = month_of(first) / months;
            work->cohorts = (size_t)periods;
            break;
        }
    }
    if (work->cohorts > JK_TRIANGLE_SIDE_MAX) {
        return "the panel spans too many years";
    }
    return month_of(last_entry) / work->months == work->first ? "all claims entered the panel in the same period"
                                                              : NULL;
}

static void name_cohort(const ladder_work *work, size_t cohort, char name[JK_BACKTEST_NAME]) {
    int32_t month = (work->first + (int32_t)cohort) * work->months;
    if (work->months == YEAR) {
        (void)snprintf(name, JK_BACKTEST_NAME, "%04d", month / YEAR);
    } else if (work->months == QUARTER) {
        (void)snprintf(name, JK_BACKTEST_NAME, "%04dQ%d", month / YEAR, month % YEAR / QUARTER + 1);
    } else {
        (void)snprintf(name, JK_BACKTEST_NAME, "%04d-%02d", month / YEAR, month % YEAR + 1);
    }
}

/* Complete ages of each cohort: by its last claim. */
static bool count_ages(const ladder_work *work, int32_t end, size_t *ages) {
    int32_t *last = jk_columns_alloc(work->cohorts, sizeof *last);
    if (last == NULL) {
        return false;
    }
    for (size_t c = 0; c < work->cohorts; c++) {
        last[c] = NEVER;
        ages[c] = 0;
    }
    for (size_t c = 0; c < work->claims; c++) {
        if (work->entry[c] != NEVER) {
            int32_t *latest = &last[month_of(work->entry[c]) / work->months - work->first];
            *latest = *latest == NEVER || work->entry[c] > *latest ? work->entry[c] : *latest;
        }
    }
    for (size_t c = 0; c < work->cohorts; c++) {
        ages[c] = last[c] == NEVER ? 0 : (size_t)(jk_months_between(last[c], end) / work->months);
        ages[c] = ages[c] < work->cohorts ? ages[c] : work->cohorts;
    }
    free(last);
    return true;
}

static jk_status fill(const ladder_work *work, const size_t *ages, jk_triangle *triangle, jk_error *error) {
    for (size_t c = 0; c < work->cohorts; c++) {
        triangle->origins += ages[c] > 0;
        triangle->ages = ages[c] > triangle->ages ? ages[c] : triangle->ages;
    }
    triangle->origin = jk_columns_zero(triangle->origins, sizeof(char *));
    triangle->observed = jk_columns_zero(triangle->origins, sizeof(size_t));
    triangle->cumulative = jk_columns_alloc(triangle->origins * triangle->ages, sizeof(double));
    triangle->age = jk_columns_alloc(triangle->ages, sizeof(double));
    JK_TRY(jk_held(triangle->origin != NULL && triangle->observed != NULL && triangle->cumulative != NULL &&
                       triangle->age != NULL,
                   error, "the triangle"));
    for (size_t k = 0; k < triangle->ages; k++) {
        triangle->age[k] = (double)((k + 1) * (size_t)work->months);
    }
    size_t origin = 0;
    for (size_t c = 0; c < work->cohorts; c++) {
        if (ages[c] == 0) {
            continue;
        }
        char name[JK_BACKTEST_NAME];
        name_cohort(work, c, name);
        triangle->origin[origin] = strdup(name);
        triangle->observed[origin] = ages[c];
        jk_exact sum = 0;
        for (size_t k = 0; k < triangle->ages; k++) {
            for (int t = 0; k < ages[c] && t < work->threads; t++) {
                sum += work->cash[((size_t)t * work->cohorts + c) * work->cohorts + k];
            }
            triangle->cumulative[origin * triangle->ages + k] = k < ages[c] ? jk_exact_to(sum) : (double)NAN;
        }
        JK_TRY(jk_held(triangle->origin[origin++] != NULL, error, "the triangle"));
    }
    return JK_OK;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static bool prepare(ladder_work *work, const jk_run *run) {
    size_t threads = (size_t)work->threads;
    work->rows = jk_panel_block_rows(work->panel, run);
    work->scratch_size = jk_panel_filter_scratch(work->panel, run);
    work->claims = jk_tape_claims(jk_panel_tape(work->panel));
    work->scratch = jk_columns_alloc(threads, work->scratch_size);
    work->keep = jk_columns_alloc(threads, work->rows);
    work->entry = jk_columns_alloc(work->claims, sizeof *work->entry);
    work->longest = jk_columns_zero(threads, sizeof *work->longest);
    for (size_t c = 0; work->entry != NULL && c < work->claims; c++) {
        work->entry[c] = NEVER;
    }
    return work->scratch != NULL && work->keep != NULL && work->entry != NULL && work->longest != NULL;
}

/* What the model expects of each cohort up to the last age, with what is known when its claims enter: the plan's gross,
 * whatever was done and however long they were watched. */
static jk_status expect(const ladder_work *work, const jk_model *model, const jk_run *run, const size_t *ages,
                        const jk_triangle *triangle, double *prior, jk_error *error) {
    jk_landmark_options options = {.filter = work->filter,
                                   .horizon_count = 1,
                                   .horizon = {(int)triangle->ages * work->months},
                                   .treatment = JK_LANDMARK_PLAN,
                                   .ahead = true,
                                   .run = *run};
    jk_landmarks landmarks = {0};
    jk_exact *expected = jk_columns_zero(work->cohorts, sizeof *expected);
    jk_status status = expected != NULL ? jk_landmarks_run(work->panel, model, &options, &landmarks, error)
                                        : jk_fail_memory(error, "the cohorts' priors");
    for (size_t i = 0; status == JK_OK && i < landmarks.count; i++) {
        const jk_landmark *at = &landmarks.at[i];
        expected[month_of(at->start) / work->months - work->first] += jk_exact_from(at->horizon[0].expected);
    }
    for (size_t c = 0, origin = 0; status == JK_OK && c < work->cohorts; c++) {
        if (ages[c] > 0) {
            prior[origin++] = jk_exact_to(expected[c]);
        }
    }
    free(expected);
    jk_landmarks_reset(&landmarks);
    return status;
}

static jk_status fit_ladder(jk_backtest *test, const double *prior, jk_error *error) {
    jk_error why = {0};
    const jk_chain_ladder_options options = {.prior = prior};
    if (jk_chain_ladder_fit(&test->triangle, &options, &test->ladder, &why) == JK_OK) {
        test->has_ladder = 1;
    } else if (why.status == JK_ERROR_MEMORY) {
        return jk_fail_memory(error, "the chain ladder");
    } else {
        test->no_ladder = "too few cohorts with complete ages, or no cash at their first one";
    }
    return JK_OK;
}

/* The second stream and the fit. */
static jk_status build(ladder_work *work, const jk_model *model, const jk_backtest_options *options, int32_t end,
                       jk_backtest *test, jk_error *error) {
    const jk_run *run = &options->run;
    double *prior = NULL;
    size_t *ages = jk_columns_zero(work->cohorts, sizeof *ages);
    work->cash = jk_columns_zero((size_t)work->threads * work->cohorts * work->cohorts, sizeof *work->cash);
    jk_status status = ages != NULL && work->cash != NULL && count_ages(work, end, ages)
                           ? jk_panel_stream_plain(work->panel, run, add_cash, work, error)
                           : jk_fail_memory(error, "the triangle");
    if (status == JK_OK) {
        status = fill(work, ages, &test->triangle, error);
    }
    if (status == JK_OK && options->prior) {
        prior = jk_columns_zero(test->triangle.origins, sizeof *prior);
        status = prior != NULL ? expect(work, model, run, ages, &test->triangle, prior, error)
                               : jk_fail_memory(error, "the cohorts' priors");
    }
    if (status == JK_OK) {
        test->ladder_months = work->months;
        status = fit_ladder(test, prior, error);
    }
    free(prior);
    free(ages);
    return status;
}

jk_status jk_backtest_ladder(const jk_panel *panel, const jk_model *model, const jk_backtest_options *options,
                             jk_backtest *test, jk_error *error) {
    const jk_run *run = &options->run;
    ladder_work work = {.panel = panel, .filter = options->filter, .threads = jk_panel_threads(panel, run)};
    work.filter.from = work.filter.to = JK_MISSING_INTEGER;
    jk_status status = prepare(&work, run) ? jk_panel_stream_plain(panel, run, find_entries, &work, error)
                                           : jk_fail_memory(error, "the triangle");
    if (status == JK_OK) {
        jk_panel_span span = jk_panel_span_of(panel);
        int32_t last = INT32_MIN;
        for (size_t c = 0; c < work.claims; c++) {
            last = work.entry[c] != NEVER && work.entry[c] > last ? work.entry[c] : last;
        }
        test->no_ladder = choose_months(&work, last, span.end);
        status = test->no_ladder == NULL ? build(&work, model, options, span.end, test, error) : JK_OK;
    }
    free(work.scratch);
    free(work.keep);
    free(work.entry);
    free(work.longest);
    free(work.cash);
    return status;
}
