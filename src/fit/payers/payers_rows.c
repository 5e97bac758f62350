/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the panel in the order of debtors, claims and time, and whether they show payers at all. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "fit/payers/payers.h"
#include "jalki/expected.h"
#include "model/economics.h"

enum { DEBTORS_MIN = 20, PERIOD_MAX = 6 };

const char *jk_payer_figure_name(jk_payer_figure figure) {
    static const char *const names[] = {"settled_share", "breakage", "monthly_share", "half_life"};
    return names[figure];
}

const char *jk_payer_figure_link(jk_payer_figure figure) {
    return figure == JK_PAYER_SETTLED_SHARE ? "logit" : "log";
}

typedef struct reader {
    jk_fit *fit;
    struct jk_fit_payers *payers;
    int32_t *kept; /* rows of the panel: 1 in the filter */
    unsigned char *scratch, *keep;
    size_t scratch_bytes, block_rows;
    jk_payer_row *all; /* [rows of the panel] */
} reader;

/* Dividends are not the debtor's own payments, and with a title there may be something garnished. */
static uint8_t own_payment(const jk_fit *fit, const jk_panel_block *block, size_t i, jk_capacity class) {
    int8_t status = block->block->column[JK_COLUMN_LEGAL_STATUS] == NULL ? JK_MISSING_ENUM
                                                                         : JK_BLOCK_ENUM(block->block, LEGAL_STATUS)[i];
    const jk_segment *segment = &fit->base->segments[block->law->segment[i]];
    bool garnished = jk_garnished((jk_treatment)block->treatment[i], (jk_title)block->title_state[i],
                                  segment->garnish_share[class], block->garnish[i]) > 0.0;
    return status != JK_STATUS_BANKRUPTCY && status != JK_STATUS_DEBT_ADJUSTMENT && !garnished;
}

static jk_status read_block(void *context, const jk_panel_block *block, jk_error *error) {
    reader *self = context;
    const jk_fit_options *options = &self->fit->options;
    size_t thread = (size_t)block->thread, kept = 0;
    uint8_t *keep = self->keep + thread * self->block_rows;
    void *scratch = self->scratch + thread * self->scratch_bytes;
    JK_TRY(jk_panel_filter_rows(&options->filter, self->fit->panel, block, scratch, keep, &kept, error));
    for (size_t i = 0; i < block->rows; i++) {
        jk_capacity class = jk_expected_class(block, i);
        self->all[block->first_row + i] = (jk_payer_row){.months = block->months[i],
                                                         .balance = block->balance_start[i],
                                                         .cash = block->cash[i],
                                                         .debtor = keep[i] ? block->debtor[i] : -1,
                                                         .claim = block->claim[i],
                                                         .start = block->period_start[i],
                                                         .paid_months = block->law->paid_months[i],
                                                         .row = (uint32_t)(block->first_row + i),
                                                         .segment = block->law->segment[i],
                                                         .treatment = block->treatment[i],
                                                         .capacity_class = (uint8_t) class,
                                                         .exit = block->exit[i],
                                                         .own = own_payment(self->fit, block, i, class),
                                                         .class_given = block->class_start[i] >= 0};
    }
    return JK_OK;
}

static int by_debtor(const void *left, const void *right) {
    const jk_payer_row *a = left, *b = right;
    return jk_compare_integers((const int32_t[]){a->debtor, a->claim, a->start},
                               (const int32_t[]){b->debtor, b->claim, b->start}, 3);
}

static jk_status read_rows(jk_fit *fit, struct jk_fit_payers *payers, jk_error *error) {
    const jk_run *run = &fit->options.run;
    size_t rows = jk_tape_rows(jk_panel_tape(fit->panel)), threads = (size_t)jk_panel_threads(fit->panel, run);
    reader self = {.fit = fit, .payers = payers, .block_rows = jk_panel_block_rows(fit->panel, run)};
    self.scratch_bytes = jk_panel_filter_scratch(fit->panel, run);
    self.scratch = jk_columns_zero(threads * self.scratch_bytes, 1);
    self.keep = jk_columns_zero(threads * self.block_rows, 1);
    self.all = jk_columns_alloc(rows, sizeof *self.all);
    payers->row = self.all;
    payers->state = jk_columns_zero(rows, sizeof *payers->state);
    payers->first = jk_columns_zero(rows, sizeof *payers->first);
    bool made = self.scratch != NULL && self.keep != NULL && self.all != NULL && payers->state != NULL;
    jk_status status = !made || payers->first == NULL ? jk_fail_memory(error, "the rows of payers")
                                                      : jk_panel_stream(fit->panel, run, read_block, &self, error);
    free(self.scratch);
    free(self.keep);
    for (size_t i = 0; status == JK_OK && i < rows; i++) {
        if (self.all[i].debtor >= 0) {
            payers->row[payers->count++] = self.all[i];
        }
    }
    if (status == JK_OK) {
        jk_sort(payers->row, payers->count, sizeof *payers->row, by_debtor);
        for (size_t i = 0; i < payers->count; i++) {
            payers->first[payers->row[i].row] = i == 0 || payers->row[i].claim != payers->row[i - 1].claim;
        }
    }
    return status;
}

/* Classes of instalments are told apart where the panel gives them for half of a segment's rows. */
static void settle_classes(const jk_fit *fit, struct jk_fit_payers *payers) {
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        double given = 0.0, all = 0.0;
        for (size_t i = 0; i < payers->count; i++) {
            if (payers->row[i].segment == g) {
                given += payers->row[i].balance * payers->row[i].months * payers->row[i].class_given;
                all += payers->row[i].balance * payers->row[i].months;
            }
        }
        payers->whole_class[g] = !(given >= 0.5 * all && all > 0.0);
    }
}

/* ---- do they show payers? --------------------------------------------------------------------------------------- */

static size_t debtors_with_instalments(const struct jk_fit_payers *payers) {
    size_t count = 0;
    int32_t last = -1;
    for (size_t i = 0; i < payers->part_count; i++) {
        const jk_payer_part *part = &payers->part[i];
        bool breakage = part->cell % JK_PAYER_CELLS / 3 == JK_PAYER_BREAKAGE;
        if (breakage && part->numerator == 0.0 && part->debtor != last) {
            last = part->debtor;
            count++;
        }
    }
    return count;
}

static const char *why_not(jk_fit *fit, const struct jk_fit_payers *payers) {
    const jk_payers_result *result = &fit->payers_result;
    if (result->period_months > PERIOD_MAX) {
        return jk_fit_text(fit,
                           "its periods are %.3g months long on average, and spells of payments are read from months",
                           result->period_months);
    }
    size_t debtors = debtors_with_instalments(payers);
    if (debtors < DEBTORS_MIN) {
        return jk_fit_text(fit, "%zu debtors paid twice in a row; expected at least %d", debtors, DEBTORS_MIN);
    }
    if (!(result->again >= 0.5) || !(result->again >= 4.0 * result->quiet)) {
        return jk_fit_text(fit,
                           "of those who paid in a period %.1f %% paid in the next one, of the quiet %.2f %%: payments "
                           "come one by one, not in spells",
                           100.0 * result->again, 100.0 * result->quiet);
    }
    return NULL;
}

/* Until when a debtor counts as paying: the longest time without payment after which still more than half way from the
 * quiet to those who just paid go on paying. */
static int since_last_payment(const struct jk_fit_payers *payers, int most, double quiet) {
    enum { ROWS_MIN = 20 };
    double first = NAN;
    int since = 1;
    for (int g = 0; g < most; g++) {
        if (payers->gap_all[g] < ROWS_MIN) {
            continue;
        }
        double share = payers->gap_paid[g] / payers->gap_all[g];
        first = isnan(first) ? share : first;
        if (share < (first + quiet) / 2.0) {
            break;
        }
        since = g + 1;
    }
    return since;
}

static jk_status judge(jk_fit *fit, struct jk_fit_payers *payers, jk_error *error) {
    jk_payers_result *result = &fit->payers_result;
    double months = 0.0;
    for (size_t i = 0; i < payers->count; i++) {
        months += payers->row[i].months;
    }
    result->readiness_shape = NAN;
    result->grace = fit->options.grace;
    result->period_months = payers->count > 0 ? months / (double)payers->count : NAN;
    result->again = payers->again[0] / payers->again[1];
    result->quiet = payers->quiet[0] / payers->quiet[1];
    result->why_not = why_not(fit, payers);
    result->learned = result->why_not == NULL;
    if (!result->learned) {
        for (size_t i = 0; i < payers->count; i++) {
            payers->state[payers->row[i].row] = JK_PAYER_AS_EVER;
        }
        return jk_fit_say(
            fit, error,
            "payers: the panel cannot tell, as %s; the new model has none: whoever pays, pays at once, and "
            "curves are fitted to cash",
            result->why_not);
    }
    int longest = (int)ceil(result->period_months - 0.1);
    result->since_last_payment = since_last_payment(payers, fit->options.grace + longest, result->quiet);
    if (longest > 1) {
        double mean = 1.0;
        for (size_t i = 0; i < payers->part_count; i++) {
            bool breakage = payers->part[i].cell % JK_PAYER_CELLS / 3 == JK_PAYER_BREAKAGE;
            mean += breakage ? payers->part[i].denominator : 0.0;
        }
        mean /= (double)(result->ended > 0 ? result->ended : 1);
        JK_TRY(
            jk_fit_say(fit, error,
                       "payers: periods are %.3g months long, so that a spell's first and last month are known to %d "
                       "months only: of spells of %.1f months on average breakage is blurred by up to %.0f %%; spells "
                       "within one period count as settlements where they paid all, and pauses shorter than a period "
                       "are not seen",
                       result->period_months, longest - 1, mean, 100.0 * (longest - 1) / mean));
    }
    return JK_OK;
}

jk_status jk_fit_payers_read(jk_fit *fit, jk_error *error) {
    struct jk_fit_payers *payers = jk_arena_alloc(fit->arena, 1, sizeof *payers);
    JK_TRY(jk_held(payers != NULL, error, "the payers"));
    fit->payers = payers;
    payers->whole_class = jk_arena_alloc(fit->arena, fit->base->segment_count, sizeof *payers->whole_class);
    JK_TRY(jk_held(payers->whole_class != NULL, error, "the payers"));
    JK_TRY(read_rows(fit, payers, error));
    settle_classes(fit, payers);
    JK_TRY(jk_fit_payers_spells(fit, error));
    return judge(fit, payers, error);
}

void jk_fit_payers_free(jk_fit *fit) {
    if (fit->payers != NULL) {
        free(fit->payers->row);
        free(fit->payers->state);
        free(fit->payers->first);
        free(fit->payers->part);
        free(fit->payers->readiness);
    }
}
