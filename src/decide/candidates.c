/* SPDX-License-Identifier: Apache-2.0 */
/* Collects what decisions need from the blocks of a valuation. A court fee is per debtor, as in the plan: a claim
 * counts with its share w of it. Agent hours are per claim, as the model gives them. Both are whole hundredths and
 * ten-thousandths, so that feasibility can be checked exactly. */
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/team/team.h"
#include "decide/words.h"
#include "jalki/decide.h"
#include "model/economics.h"

enum { YEAR = 12 };
#define DAYS_A_MONTH 30.4375 /* of bars */
#define MONTHS_MOST  1e6     /* farther bars are never */

/* The columns, one element a claim each: the only list of them, for memory and for ranks that share the claims. */
#define COLUMN(field)                                                                                                  \
    { offsetof(jk_candidates, field), sizeof *((jk_candidates *)NULL)->field }
static const struct {
    size_t at, size;
} columns[] = {
    COLUMN(value[JK_CLOSE]),
    COLUMN(value[JK_SELL]),
    COLUMN(value[JK_SURVEIL]),
    COLUMN(value[JK_AMICABLE]),
    COLUMN(value[JK_LEGAL]),
    COLUMN(hours[0]),
    COLUMN(hours[1]),
    COLUMN(hours[2]),
    COLUMN(court),
    COLUMN(balance),
    COLUMN(instalment),
    COLUMN(bar_days),
    COLUMN(country),
    COLUMN(segment),
    COLUMN(debtor),
    COLUMN(exclusion),
    COLUMN(capacity_class),
    COLUMN(title_state),
    COLUMN(reachable),
    COLUMN(paying),
    COLUMN(silent_months),
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
static_assert(offsetof(jk_candidates, tape) - offsetof(jk_candidates, value) == COLUMNS * sizeof(void *),
              "every column of the claims is in the list");

static void *place_of(jk_candidates *candidates, size_t column) {
    return (char *)candidates + columns[column].at;
}

static size_t claim_bytes(void) {
    size_t bytes = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        bytes += columns[c].size;
    }
    return bytes;
}

const char *jk_exclusion_name(jk_exclusion exclusion) {
    static const char *const names[JK_EXCLUSION_COUNT] = {"none",    "barred", "vulnerable", "disputed", "no_channel",
                                                          "no_gain", "hours",  "resting",    "elsewhere"};
    return names[exclusion];
}

jk_status jk_candidates_create(const jk_tape *tape, const jk_model *model, jk_candidates **candidates,
                               jk_error *error) {
    jk_candidates *made = calloc(1, sizeof *made);
    *candidates = NULL;
    JK_TRY(jk_held(made != NULL, error, "the claims to decide on"));
    size_t n = jk_tape_rows(tape);
    made->claims = n;
    made->tape = tape;
    made->model = model;
    bool complete = true;
    for (size_t c = 0; c < COLUMNS; c++) {
        void *column = jk_columns_alloc(n, columns[c].size);
        memcpy(place_of(made, c), &column, sizeof column);
        complete = complete && column != NULL;
    }
    if (!complete) {
        jk_candidates_free(made);
        return jk_fail_memory(error, "the claims to decide on");
    }
    *candidates = made;
    return JK_OK;
}

void jk_candidates_free(jk_candidates *candidates) {
    if (candidates == NULL) {
        return;
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        void *column = NULL;
        memcpy(&column, place_of(candidates, c), sizeof column);
        free(column);
    }
    free(candidates);
}

static int32_t whole_parts(double amount) {
    double rounded = nearbyint(amount);
    return rounded < 2147483647.0 ? (int32_t)rounded : INT32_MAX;
}

/* The columns are there: the sink asks for them. */
static jk_exclusion exclusion_of(const jk_value_block *rows, size_t i) {
    const int8_t *vulnerable = JK_BLOCK_ENUM(rows->block, VULNERABLE);
    const int8_t *status = JK_BLOCK_ENUM(rows->block, LEGAL_STATUS);
    const int8_t *reachable = JK_BLOCK_ENUM(rows->block, REACHABLE);
    if (rows->reason[i] == JK_REASON_BARRED || rows->reason[i] == JK_REASON_STATUS) {
        return JK_EXCLUDED_BARRED;
    }
    if (vulnerable[i] == 1) {
        return JK_EXCLUDED_VULNERABLE;
    }
    if (status[i] == JK_STATUS_DISPUTED) {
        return JK_EXCLUDED_DISPUTED;
    }
    return reachable[i] == JK_REACHABLE_NONE ? JK_EXCLUDED_CHANNEL : JK_EXCLUDED_NOT;
}

/* Who stopped paying within a year: told where the model knows of payers. */
static uint8_t silent_months_of(const jk_segment *segment, const jk_value_block *rows, size_t i) {
    int32_t months = rows->law->paid_months[i];
    bool silent = segment->payers.given && rows->terms->paying[i] == 0 && months >= 0 && months < YEAR;
    return silent ? (uint8_t)months : 0;
}

/* What debtors of the class who pay by instalments pay of such a balance, or what enforcement could take for the claim
 * where that is more; not above the balance, nor, where the income is known, above the largest share of it that
 * enforcement takes from anybody there: more than that is no offer that can be kept. */
static float instalment_of(const jk_candidates *candidates, const jk_segment *segment, const jk_value_block *rows,
                           size_t i) {
    double balance = rows->law->balance[i], share = (double)rows->terms->share[i];
    double paid = segment->payers.given ? segment->payers.monthly_share[rows->score->capacity_class[i]] * balance : 0.0;
    double amount = fmin(balance, fmax(paid, rows->law->attachable[i] * share));
    double income = rows->law->income[i];
    double most = candidates->model->jurisdictions[rows->terms->jurisdiction[i]].attachable.max_share;
    amount = income >= 0.0 && most > 0.0 ? fmin(amount, most * income * share) : amount;
    return amount > 0.0 ? (float)amount : (float)NAN;
}

static int32_t bar_days_of(const jk_terms *terms, size_t i) {
    double months = terms->title_state[i] == JK_TITLE_NONE ? terms->bar_untitled[i] : terms->bar_titled[i];
    return months < MONTHS_MOST ? (int32_t)nearbyint(months * DAYS_A_MONTH) : INT32_MAX;
}

static jk_status take_block(void *context, const jk_value_block *rows, jk_error *error) {
    jk_candidates *candidates = context;
    const jk_terms *terms = rows->terms;
    const int32_t *country = JK_BLOCK_INT32(rows->block, COUNTRY);
    const int32_t *debtor = JK_BLOCK_INT32(rows->block, DEBTOR_INDEX);
    const int8_t *reachable = JK_BLOCK_ENUM(rows->block, REACHABLE);
    (void)error;
    for (size_t i = 0; i < rows->block->rows; i++) {
        size_t row = rows->block->first_row + i;
        const jk_segment *segment = &candidates->model->segments[rows->law->segment[i]];
        double share = (double)terms->share[i];
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            candidates->value[a][row] = rows->plan->action_value[a][i];
        }
        candidates->value[JK_CLOSE][row] = 0.0f;
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            candidates->hours[t][row] = jk_effort_parts(segment, (jk_treatment)t);
        }
        bool files = terms->title_state[i] == JK_TITLE_NONE;
        candidates->court[row] = files ? whole_parts(segment->filing * share * 100.0) : 0;
        candidates->balance[row] = rows->law->balance[i];
        candidates->instalment[row] = instalment_of(candidates, segment, rows, i);
        candidates->bar_days[row] = bar_days_of(terms, i);
        candidates->segment[row] = rows->law->segment[i];
        candidates->country[row] = (uint16_t)country[i];
        candidates->debtor[row] = debtor[i];
        candidates->exclusion[row] = (uint8_t)exclusion_of(rows, i);
        candidates->capacity_class[row] = rows->score->capacity_class[i];
        candidates->title_state[row] = terms->title_state[i];
        candidates->paying[row] = segment->payers.given && terms->paying[i] != 0;
        candidates->silent_months[row] = silent_months_of(segment, rows, i);
        candidates->reachable[row] = reachable[i] == JK_MISSING_ENUM ? JK_REACHABLE_UNKNOWN : (uint8_t)reachable[i];
    }
    return JK_OK;
}

/* What every rank has kept of its claims goes to all. */
static jk_status gather(void *context, jk_error *error) {
    jk_candidates *candidates = context;
    for (size_t c = 0; c < COLUMNS; c++) {
        void *column = NULL;
        memcpy(&column, place_of(candidates, c), sizeof column);
        JK_TRY(jk_team_gather_rows(column, columns[c].size, candidates->claims, 1, error));
    }
    return JK_OK;
}

jk_value_sink jk_candidates_sink(jk_candidates *candidates) {
    uint64_t read = 0;
    static const jk_column wanted[] = {JK_COLUMN_COUNTRY, JK_COLUMN_DEBTOR_INDEX, JK_COLUMN_VULNERABLE,
                                       JK_COLUMN_LEGAL_STATUS, JK_COLUMN_REACHABLE};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        read |= UINT64_C(1) << wanted[i];
    }
    return (jk_value_sink){.columns = read,
                           .block = take_block,
                           .context = candidates,
                           .parted = true,
                           .gather = gather,
                           .held = candidates->claims * claim_bytes()};
}
