/* SPDX-License-Identifier: Apache-2.0 */
/* Two streams over the panel: who is in, and in which order (debtor after debtor, rows of a debtor in the order of the
 * file); then every row into its place. */
#include "fit/fit_rows.h"

#include <assert.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/temporary.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "fit/payers/payers.h"
#include "jalki/expected.h"
#include "model/economics.h"

enum { FINE_BINS = 20, SPLINE_BINS = 30, SAMPLE = 50000 };
#define MEMORY_MAX ((size_t)2 << 30) /* beyond this, rows go to a file */

/* ---- who is in ----------------------------------------------------------------------------------------------------
 */

typedef struct reader {
    const jk_panel *panel;
    const jk_model *base;
    const jk_fit_options *options;
    const double *share;
    const uint8_t *state; /* [rows of the panel] jk_payer_state; NULL */
    const uint8_t *first; /* [rows of the panel] */
    jk_fit_rows *rows;
    int32_t *place; /* [rows of the panel] the debtor, then the place in the packed rows; -1: not in the filter */
    unsigned char *scratch, *keep; /* [threads] of the filter */
    size_t scratch_bytes, block_rows;
    uint16_t *level; /* [threads][block_rows] */
    double *number;  /* likewise */
    double *sample;  /* [characteristics][SAMPLE]; NaN where there is no row */
    size_t stride;   /* every stride-th row is sampled */
} reader;

static jk_status see_block(void *context, const jk_panel_block *block, jk_error *error) {
    reader *self = context;
    size_t thread = (size_t)block->thread, kept = 0;
    uint8_t *keep = self->keep + thread * self->block_rows;
    void *scratch = self->scratch + thread * self->scratch_bytes;
    JK_TRY(jk_panel_filter_rows(&self->options->filter, self->panel, block, scratch, keep, &kept, error));
    for (size_t i = 0; i < block->rows; i++) {
        self->place[block->first_row + i] = keep[i] ? block->debtor[i] : -1;
    }
    double *number = self->number + thread * self->block_rows;
    for (size_t c = 0; self->sample != NULL && c < self->base->scorecard.count; c++) {
        if (!self->base->scorecard.characteristics[c].is_numeric) {
            continue;
        }
        jk_score_numbers(jk_panel_scorer(self->panel), c, block->block, block->law, number);
        for (size_t i = 0; i < block->rows; i++) {
            size_t row = block->first_row + i;
            if (row % self->stride == 0 && row / self->stride < SAMPLE) {
                self->sample[c * SAMPLE + row / self->stride] = keep[i] ? number[i] : (double)NAN;
            }
        }
    }
    return JK_OK;
}

/* Places by debtor; fills cluster_begin. */
static jk_status order_rows(reader *self, size_t panel_rows, jk_error *error) {
    jk_fit_rows *rows = self->rows;
    size_t debtors = jk_tape_debtors(jk_panel_tape(self->panel));
    uint32_t *begin = jk_columns_zero(debtors + 1, sizeof *begin);
    rows->cluster_begin = jk_columns_zero(debtors + 1, sizeof *rows->cluster_begin);
    if (begin == NULL || rows->cluster_begin == NULL) {
        free(begin);
        return jk_fail_memory(error, "the debtors of the panel");
    }
    for (size_t i = 0; i < panel_rows; i++) {
        if (self->place[i] >= 0) {
            begin[self->place[i] + 1]++;
        }
    }
    size_t clusters = 0;
    for (size_t d = 0; d < debtors; d++) {
        if (begin[d + 1] > 0) {
            rows->cluster_begin[clusters++] = begin[d];
        }
        begin[d + 1] += begin[d];
    }
    rows->columns.rows = begin[debtors];
    rows->columns.clusters = clusters;
    rows->cluster_begin[clusters] = begin[debtors];
    assert(clusters <= debtors && begin[debtors] <= panel_rows);
    for (size_t i = 0; i < panel_rows; i++) {
        if (self->place[i] >= 0) {
            self->place[i] = (int32_t)begin[self->place[i]]++;
        }
    }
    free(begin);
    return rows->columns.rows > 0 ? JK_OK
                                  : jk_fail(error, JK_ERROR_DATA, jk_tape_path(jk_panel_tape(self->panel)), 0, NULL,
                                            "no row of the panel is in the part to fit on; expected some");
}

static jk_status make_cuts(reader *self, jk_error *error) {
    for (size_t c = 0; self->sample != NULL && c < self->base->scorecard.count; c++) {
        const jk_characteristic *from = &self->base->scorecard.characteristics[c];
        const bool spline = jk_fit_is_spline(self->options, from);
        if (spline || (from->is_numeric && self->options->auto_bins)) {
            const size_t bins = spline ? SPLINE_BINS : FINE_BINS;
            JK_TRY(jk_fit_cuts_make(self->sample + c * SAMPLE, SAMPLE, bins, &self->rows->cuts[c], error));
        }
    }
    return JK_OK;
}

/* ---- memory -------------------------------------------------------------------------------------------------------
 */

/* A file without a name in the folder for temporary files, mapped. */
static void *map_file(size_t bytes) {
    int fd = open(jk_temporary_place(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        return NULL;
    }
    void *memory = posix_fallocate(fd, 0, (off_t)bytes) == 0
                       ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                       : MAP_FAILED;
    (void)close(fd);
    return memory == MAP_FAILED ? NULL : memory;
}

static size_t array(size_t rows, size_t element) {
    return (rows * element + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
}

static jk_status place_columns(jk_fit_rows *rows, int with_known, jk_error *error) {
    size_t count = rows->columns.rows, real = array(count, sizeof(double));
    size_t bytes = real * (with_known ? 5 : 4) + array(count, sizeof *rows->curve) + array(count, rows->terms) +
                   array(count, sizeof *rows->first) + array(count, sizeof *rows->garnished) +
                   array(count, sizeof *rows->base_theta);
    rows->mapped = bytes > MEMORY_MAX;
    rows->memory = rows->mapped ? map_file(bytes) : jk_columns_alloc(bytes, 1);
    rows->memory_bytes = bytes;
    JK_TRY(jk_held(rows->memory != NULL, error, "the rows of the panel"));
    unsigned char *next = rows->memory;
    double **reals[] = {&rows->cash, &rows->weight, &rows->start, &rows->months, &rows->known};
    for (int i = 0; i < (with_known ? 5 : 4); i++, next += real) {
        *reals[i] = (double *)(void *)next;
    }
    rows->curve = (uint16_t *)(void *)next;
    rows->level = next + array(count, sizeof *rows->curve);
    rows->first = rows->level + array(count, rows->terms);
    rows->garnished = rows->first + array(count, sizeof *rows->first);
    rows->base_theta = (float *)(void *)(rows->garnished + array(count, sizeof *rows->garnished));
    assert((unsigned char *)rows->base_theta + array(count, sizeof *rows->base_theta) ==
           (unsigned char *)rows->memory + bytes); /* the pieces are all of it */
    rows->columns.cash = rows->cash;
    rows->columns.weight = rows->weight;
    rows->columns.start = rows->start;
    rows->columns.months = rows->months;
    rows->columns.known = rows->known;
    rows->columns.curve = rows->curve;
    rows->columns.level = rows->level;
    rows->columns.cluster_begin = rows->cluster_begin;
    return JK_OK;
}

void jk_fit_rows_reset(jk_fit_rows *rows) {
    for (size_t c = 0; rows->cuts != NULL && c < rows->characteristics; c++) {
        free(rows->cuts[c].below);
    }
    free(rows->cuts);
    free(rows->cluster_begin);
    if (rows->mapped && rows->memory != NULL) {
        (void)munmap(rows->memory, rows->memory_bytes);
    } else {
        free(rows->memory);
    }
    *rows = (jk_fit_rows){0};
}

/* ---- every row into its place -------------------------------------------------------------------------------------
 */

/* Where payers are learnt a row tells of new ones: of those who were quiet, who began. */
static void put_quiet(const reader *self, uint8_t state, size_t curve, size_t at) {
    jk_fit_rows *rows = self->rows;
    rows->cash[at] = 0.0;
    if (rows->known != NULL) {
        rows->known[at] = 0.0; /* rows with something to garnish, or dividends, are silent */
    }
    if (state == JK_PAYER_SILENT) {
        rows->weight[at] = 0.0;
    } else if (state == JK_PAYER_BEGINS) {
        rows->cash[at] = self->share[curve] * rows->weight[at];
        rows->months[at] /= 2.0;
    }
}

static void put_row(const reader *self, const jk_panel_block *block, size_t i, size_t at) {
    jk_fit_rows *rows = self->rows;
    size_t segment = block->law->segment[i];
    assert(at < rows->columns.rows && segment < self->base->segment_count);
    jk_treatment treatment = (jk_treatment)block->treatment[i];
    const jk_segment *from = &self->base->segments[segment];
    jk_capacity class = jk_expected_class(block, i);
    int legal = treatment == JK_TREAT_LEGAL, titled = block->title_state[i] == JK_TITLE_HELD;
    rows->cash[at] = block->cash[i];
    /* With a factor of 0 a pending case says nothing of the curve. */
    rows->weight[at] = legal && !titled && !(from->pre_title_factor > 0.0) ? 0.0 : block->balance_start[i];
    rows->start[at] = block->age_start[i];
    rows->months[at] = block->months[i];
    rows->curve[at] = (uint16_t)(segment * JK_TREATMENT_COUNT + treatment);
    if (rows->known != NULL) {
        double garnished =
            jk_garnished(treatment, (jk_title)block->title_state[i], from->garnish_share[class], block->garnish[i]);
        rows->known[at] = (garnished + block->law->dividend[i]) * block->balance_start[i] * block->months[i];
        rows->garnished[at] = garnished > 0.0 && !(block->law->dividend[i] > 0.0);
    } else {
        rows->garnished[at] = 0;
    }
    rows->first[at] = self->first[block->first_row + i];
    rows->base_theta[at] = (float)jk_exp(block->score->eta[i] - from->theta_center[class]);
    uint8_t *level = rows->level + at * rows->terms;
    int code = (int)class + (block->class_start[i] < 0 ? JK_FIT_CLASS_SCORED : 0) +
               (block->law->class_override[i] >= 0 ? JK_FIT_CLASS_FORCED : 0);
    level[JK_FIT_TERM_CLASS] = (uint8_t)code;
    level[JK_FIT_TERM_PENDING] = (uint8_t)(legal && !titled);
    if (self->state != NULL && self->state[block->first_row + i] != JK_PAYER_AS_EVER) {
        put_quiet(self, self->state[block->first_row + i], segment * JK_TREATMENT_COUNT + treatment, at);
    }
}

static jk_status put_block(void *context, const jk_panel_block *block, jk_error *error) {
    (void)error;
    reader *self = context;
    jk_fit_rows *rows = self->rows;
    const int32_t *place = self->place + block->first_row;
    uint16_t *level = self->level + (size_t)block->thread * self->block_rows;
    double *number = self->number + (size_t)block->thread * self->block_rows;
    for (size_t i = 0; i < block->rows; i++) {
        if (place[i] >= 0) {
            put_row(self, block, i, (size_t)place[i]);
        }
    }
    const jk_scorer *scorer = jk_panel_scorer(self->panel);
    for (size_t c = 0; c < self->base->scorecard.count; c++) {
        const jk_fit_cuts *cuts = &rows->cuts[c];
        if (cuts->count > 0) {
            jk_score_numbers(scorer, c, block->block, block->law, number);
        } else {
            jk_score_levels(scorer, c, block->block, block->law, level);
        }
        for (size_t i = 0; i < block->rows; i++) {
            if (place[i] >= 0) {
                size_t code = cuts->count > 0 ? jk_fit_cuts_bin(cuts, number[i]) : level[i];
                assert(code <= UINT8_MAX);
                rows->level[(size_t)place[i] * rows->terms + JK_FIT_TERMS_FIXED + c] = (uint8_t)code;
            }
        }
    }
    return JK_OK;
}

static void sum_rows(jk_fit_rows *rows) {
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        double paid = 0.0;
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            rows->exposure += rows->weight[i] * rows->months[i];
            rows->total_cash += rows->cash[i];
            paid += rows->cash[i];
        }
        rows->payers += paid > 0.0;
    }
}

/* ---- together -----------------------------------------------------------------------------------------------------
 */

static jk_status check_base(const jk_model *base, jk_error *error) {
    if (base->scorecard.trees != NULL) {
        return jk_fail(error, JK_ERROR_MODEL, base->path, 0, "scorecard.trees",
                       "the base model scores with trees; expected a scorecard of points to fit");
    }
    if (base->scorecard.network != NULL) {
        return jk_fail(error, JK_ERROR_MODEL, base->path, 0, "scorecard.network",
                       "the base model scores with a network; expected a scorecard of points to fit");
    }
    if (base->scorecard.own_score != NULL) {
        return jk_fail(error, JK_ERROR_MODEL, base->path, 0, "scorecard.own_score",
                       "the base model has a score that somebody else made; expected a scorecard of points to fit, or "
                       "--calibrate, which finds slope and intercept of such a score");
    }
    if (base->scorecard.count + JK_FIT_TERMS_FIXED > JK_PPML_TERMS_MAX) {
        return jk_fail(error, JK_ERROR_MODEL, base->path, 0, "scorecard.characteristics",
                       "%zu characteristics; a fit can have %d", base->scorecard.count,
                       JK_PPML_TERMS_MAX - JK_FIT_TERMS_FIXED);
    }
    for (size_t c = 0; c < base->scorecard.count; c++) {
        const jk_characteristic *from = &base->scorecard.characteristics[c];
        if (jk_score_level_count(from) > JK_FIT_LEVELS_MAX) {
            return jk_fail(error, JK_ERROR_MODEL, base->path, 0, from->name, "%zu levels; a fit can have %d",
                           jk_score_level_count(from), JK_FIT_LEVELS_MAX);
        }
    }
    return JK_OK;
}

static jk_status reader_alloc(reader *self, size_t panel_rows, jk_error *error) {
    const jk_run *run = &self->options->run;
    size_t threads = (size_t)jk_panel_threads(self->panel, run), characteristics = self->base->scorecard.count;
    self->block_rows = jk_panel_block_rows(self->panel, run);
    self->scratch_bytes = jk_panel_filter_scratch(self->panel, run);
    self->stride = (panel_rows + SAMPLE - 1) / SAMPLE;
    self->place = jk_columns_alloc(panel_rows, sizeof *self->place);
    self->scratch = jk_columns_zero(threads * self->scratch_bytes, 1);
    self->keep = jk_columns_zero(threads * self->block_rows, 1);
    self->level = jk_columns_zero(threads * self->block_rows, sizeof *self->level);
    self->number = jk_columns_zero(threads * self->block_rows, sizeof *self->number);
    self->rows->cuts = jk_columns_zero(characteristics, sizeof *self->rows->cuts);
    self->rows->characteristics = characteristics;
    const bool cuts = self->options->auto_bins || self->options->splines != NULL;
    if (cuts) {
        self->sample = jk_columns_alloc(characteristics * SAMPLE, sizeof *self->sample);
        for (size_t i = 0; self->sample != NULL && i < characteristics * SAMPLE; i++) {
            self->sample[i] = NAN;
        }
    }
    return jk_held(self->place != NULL && self->scratch != NULL && self->keep != NULL && self->level != NULL &&
                       self->number != NULL && self->rows->cuts != NULL && (!cuts || self->sample != NULL),
                   error, "the rows of the panel");
}

jk_status jk_fit_rows_read(const jk_panel *panel, const jk_model *base, const jk_fit_options *options,
                           const double *share, const uint8_t *state, const uint8_t *first, jk_fit_rows *rows,
                           jk_error *error) {
    size_t panel_rows = jk_tape_rows(jk_panel_tape(panel));
    *rows = (jk_fit_rows){.terms = base->scorecard.count + JK_FIT_TERMS_FIXED};
    reader self = {
        .panel = panel, .base = base, .options = options, .share = share, .state = state, .first = first, .rows = rows};
    jk_status status = JK_OK;
    JK_TRY(check_base(base, error));
    int with_known = 0;
    for (size_t g = 0; g < base->segment_count; g++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            with_known |= base->segments[g].garnish_share[k] > 0.0;
        }
    }
    for (int status_code = 0; status_code < JK_LEGAL_STATUS_COUNT; status_code++) {
        with_known |= base->statuses[status_code].dividend_monthly > 0.0;
    }
    JK_TRY_CLEANUP(reader_alloc(&self, panel_rows, error));
    JK_TRY_CLEANUP(jk_panel_stream(panel, &options->run, see_block, &self, error));
    JK_TRY_CLEANUP(order_rows(&self, panel_rows, error));
    JK_TRY_CLEANUP(make_cuts(&self, error));
    JK_TRY_CLEANUP(place_columns(rows, with_known, error));
    JK_TRY_CLEANUP(jk_panel_stream(panel, &options->run, put_block, &self, error));
    sum_rows(rows);
cleanup:
    free(self.place);
    free(self.scratch);
    free(self.keep);
    free(self.level);
    free(self.number);
    free(self.sample);
    if (status != JK_OK) {
        jk_fit_rows_reset(rows);
    }
    return status;
}
