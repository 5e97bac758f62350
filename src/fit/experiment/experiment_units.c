/* SPDX-License-Identifier: Apache-2.0 */
/* The claims of a comparison: each from its first row, with what was assigned to it or done to it then. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "fit/experiment/experiment_internal.h"
#include "jalki/score.h"
#include "tape/panel_period.h"

enum { GAP_DAYS = 3, NO_ARM = 255, TEXT_CODE_MAX = 250 };

/* A row as a comparison reads it. */
typedef struct unit_row {
    double months, cash, balance, age;
    int32_t debtor, claim, start;
    uint32_t row;
    uint16_t segment;
    int16_t band;
    uint8_t treatment, exit, arm, kept;
} unit_row;

typedef struct reader {
    jk_experiment *experiment;
    const jk_panel *panel;
    jk_column arm_column;
    const uint8_t *arm_of; /* by code + 1 of the arm's dictionary */
    unit_row *row;         /* [rows of the panel] */
    uint8_t *term;         /* [rows of the panel][terms]; NULL: not wanted */
    unsigned char *scratch, *keep;
    uint16_t *level;
    size_t scratch_bytes, block_rows;
} reader;

static void take_terms(const jk_panel_block *block, size_t i, uint8_t *term) {
    term[0] = (uint8_t)(block->law->segment[i] < TEXT_CODE_MAX ? block->law->segment[i] : TEXT_CODE_MAX);
    term[1] = block->title_state[i];
    term[2] = (uint8_t)(block->class_start[i] + 1);
}

static jk_status read_block(void *context, const jk_panel_block *block, jk_error *error) {
    reader *self = context;
    size_t thread = (size_t)block->thread, kept = 0, terms = self->experiment->terms;
    uint8_t *keep = self->keep + thread * self->block_rows;
    JK_TRY(jk_panel_filter_rows(&self->experiment->options.filter, self->panel, block,
                                self->scratch + thread * self->scratch_bytes, keep, &kept, error));
    const int32_t *code = self->arm_of != NULL ? block->block->column[self->arm_column] : NULL;
    for (size_t i = 0; i < block->rows; i++) {
        size_t row = block->first_row + i;
        self->row[row] = (unit_row){.months = block->months[i],
                                    .cash = block->cash[i],
                                    .balance = block->balance_start[i],
                                    .age = block->age_start[i],
                                    .debtor = block->debtor[i],
                                    .claim = block->claim[i],
                                    .start = block->period_start[i],
                                    .row = (uint32_t)row,
                                    .segment = block->law->segment[i],
                                    .band = (int16_t)(block->score->score[i] / 100),
                                    .treatment = block->treatment[i],
                                    .exit = block->exit[i],
                                    .arm = code == NULL ? block->treatment[i] : self->arm_of[code[i] + 1],
                                    .kept = keep[i]};
        if (self->term != NULL) {
            take_terms(block, i, self->term + row * terms);
        }
    }
    uint16_t *level = self->level + thread * self->block_rows;
    for (size_t c = 3; self->term != NULL && c < terms; c++) {
        jk_score_levels(jk_panel_scorer(self->panel), c - 3, block->block, block->law, level);
        for (size_t i = 0; i < block->rows; i++) {
            self->term[(block->first_row + i) * terms + c] =
                (uint8_t)(level[i] < TEXT_CODE_MAX ? level[i] : TEXT_CODE_MAX);
        }
    }
    return JK_OK;
}

/* ---- arms ---------------------------------------------------------------------------------------------------------
 */

static int arm_by_name(const char *name) {
    static const char *const names[] = {"surveil", "amicable", "legal"};
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        if (strcmp(name, names[t]) == 0) {
            return t;
        }
    }
    return strcmp(name, "held_out") == 0 ? JK_TREAT_SURVEIL : -1;
}

static jk_status read_arms(reader *self, uint8_t **arm_of, jk_error *error) {
    jk_experiment *experiment = self->experiment;
    const jk_tape *tape = jk_panel_tape(self->panel);
    int place = jk_extras_find(jk_tape_extras(tape), experiment->options.arm);
    if (place < 0) {
        return JK_OK;
    }
    self->arm_column = (jk_column)place;
    if (jk_schema_column(self->arm_column)->type != JK_TYPE_DICTIONARY) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, experiment->options.arm,
                       "the column is not text, expected the names of arms");
    }
    size_t count = 0;
    const char *const *names = jk_tape_dictionary(tape, self->arm_column, &count);
    uint8_t *codes = jk_arena_alloc(experiment->arena, count + 1, sizeof *codes);
    JK_TRY(jk_held(codes != NULL, error, "the arms"));
    codes[0] = NO_ARM;
    for (size_t i = 0; i < count; i++) {
        int arm = arm_by_name(names[i]);
        if (arm < 0) {
            return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, experiment->options.arm,
                           "'%.80s' is no arm, expected surveil (or held_out), amicable or legal", names[i]);
        }
        codes[i + 1] = (uint8_t)arm;
    }
    experiment->result.arm = experiment->options.arm;
    experiment->result.randomised = true;
    *arm_of = codes;
    self->arm_of = codes;
    return JK_OK;
}

/* ---- terms of the choice ------------------------------------------------------------------------------------------
 */

static jk_status name_terms(jk_experiment *self, jk_error *error) {
    const jk_scorecard *card = &self->model->scorecard;
    size_t most = JK_UNIT_TERMS - 3;
    self->terms = 3 + (card->count < most ? card->count : most);
    self->term_name = jk_arena_alloc(self->arena, self->terms, sizeof *self->term_name);
    JK_TRY(jk_held(self->term_name != NULL, error, "the characteristics"));
    self->term_name[0] = "segment";
    self->term_name[1] = "title_state";
    self->term_name[2] = "capacity_class";
    self->term_levels[0] =
        (int)(self->model->segment_count < TEXT_CODE_MAX ? self->model->segment_count : TEXT_CODE_MAX);
    self->term_levels[1] = JK_TITLE_COUNT;
    self->term_levels[2] = JK_CAPACITY_COUNT + 1;
    for (size_t c = 3; c < self->terms; c++) {
        size_t levels = jk_score_level_count(&card->characteristics[c - 3]);
        self->term_name[c] = card->characteristics[c - 3].name;
        self->term_levels[c] = (int)(levels < TEXT_CODE_MAX ? levels : TEXT_CODE_MAX) + 1;
    }
    return JK_OK;
}

/* ---- units --------------------------------------------------------------------------------------------------------
 */

static int by_claim(const void *left, const void *right) {
    const unit_row *a = left, *b = right;
    return jk_compare_integers((const int32_t[]){a->debtor, a->claim, a->start},
                               (const int32_t[]){b->debtor, b->claim, b->start}, 3);
}

/* The rows of a claim from `first` on, within the months that count. */
static jk_unit unit_of(const jk_experiment *self, const unit_row *row, size_t first, size_t end, int32_t last_day) {
    const unit_row *from = &row[first];
    jk_unit unit = {.balance = from->balance,
                    .age = from->age,
                    .debtor = from->debtor,
                    .row = from->row,
                    .segment = from->segment,
                    .band = from->band,
                    .arm = from->arm};
    double follow = self->options.follow, possible = (double)(last_day - from->start) / JK_DAYS_PER_MONTH;
    for (size_t i = first; i < end && unit.months < follow - 0.01; i++) {
        bool gap = i > first && row[i].start > jk_period_end(row[i - 1].start, row[i - 1].months) + GAP_DAYS;
        if (gap) {
            break;
        }
        unit.cash += row[i].cash;
        unit.months += row[i].months;
        unit.followed += row[i].treatment == unit.arm ? row[i].months : 0.0;
        if (row[i].exit == JK_EXIT_PAID || row[i].exit == JK_EXIT_DEATH || row[i].exit == JK_EXIT_INSOLVENCY) {
            double whole = follow < possible ? follow : possible;
            unit.exposure = from->balance * (whole > unit.months ? whole : unit.months);
            return unit;
        }
    }
    unit.exposure = from->balance * unit.months;
    return unit;
}

static jk_status make_units(reader *self, size_t rows, jk_error *error) {
    jk_experiment *experiment = self->experiment;
    unit_row *row = self->row;
    size_t kept = 0;
    for (size_t i = 0; i < rows; i++) {
        if (row[i].kept && row[i].arm != NO_ARM) {
            row[kept++] = row[i];
        }
        experiment->result.no_arm += row[i].kept && row[i].arm == NO_ARM;
    }
    jk_sort(row, kept, sizeof *row, by_claim);
    experiment->unit = jk_columns_alloc(kept + 1, sizeof *experiment->unit);
    JK_TRY(jk_held(experiment->unit != NULL, error, "the claims"));
    int32_t last_day = jk_panel_span_of(self->panel).end;
    for (size_t first = 0, end = 0; first < kept; first = end) {
        for (end = first; end < kept && row[end].claim == row[first].claim && row[end].debtor == row[first].debtor;) {
            end++;
        }
        jk_unit unit = unit_of(experiment, row, first, end, last_day);
        if (self->term != NULL) {
            memcpy(unit.term, self->term + (size_t)unit.row * experiment->terms, experiment->terms);
        }
        experiment->unit[experiment->units++] = unit;
    }
    return experiment->units > 0 ? JK_OK
                                 : jk_fail(error, JK_ERROR_DATA, jk_tape_path(jk_panel_tape(self->panel)), 0,
                                           experiment->result.arm, "no claim to compare is in the part to look at");
}

static jk_status read_all(reader *self, jk_error *error) {
    jk_experiment *experiment = self->experiment;
    const jk_run *run = &experiment->options.run;
    size_t rows = jk_tape_rows(jk_panel_tape(self->panel)), threads = (size_t)jk_panel_threads(self->panel, run);
    uint8_t *arm_of = NULL;
    JK_TRY(read_arms(self, &arm_of, error));
    JK_TRY(name_terms(experiment, error));
    self->block_rows = jk_panel_block_rows(self->panel, run);
    self->scratch_bytes = jk_panel_filter_scratch(self->panel, run);
    self->scratch = jk_columns_zero(threads * self->scratch_bytes, 1);
    self->keep = jk_columns_zero(threads * self->block_rows, 1);
    self->level = jk_columns_zero(threads * self->block_rows, sizeof *self->level);
    self->row = jk_columns_alloc(rows, sizeof *self->row);
    self->term = arm_of == NULL ? jk_columns_zero(rows, experiment->terms) : NULL;
    JK_TRY(jk_held(self->scratch != NULL && self->keep != NULL && self->level != NULL && self->row != NULL &&
                       (arm_of != NULL || self->term != NULL),
                   error, "the rows of the panel"));
    JK_TRY(jk_panel_stream(self->panel, run, read_block, self, error));
    return make_units(self, rows, error);
}

jk_status jk_experiment_read(jk_experiment *self, const char *path, jk_error *error) {
    jk_panel *panel = NULL;
    JK_TRY(jk_panel_open_run(path, self->model, &self->options.run, &panel, error));
    reader reads = {.experiment = self, .panel = panel};
    jk_status status = read_all(&reads, error);
    free(reads.scratch);
    free(reads.keep);
    free(reads.level);
    free(reads.row);
    free(reads.term);
    jk_panel_close(panel);
    return status;
}
