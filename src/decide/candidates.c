/* SPDX-License-Identifier: Apache-2.0 */
/* Collects what decisions need from the blocks of a valuation. A court fee is per debtor, as in the plan: a claim
 * counts with its share w of it. Agent hours are per claim, as the model gives them. Both are whole hundredths and
 * ten-thousandths, so that feasibility can be checked exactly. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/team.h"
#include "jalki/decide.h"
#include "model/economics.h"

enum { YEAR = 12 };
#define DAYS_A_MONTH 30.4375 /* of bars */
#define MONTHS_MOST  1e6     /* farther bars are never */

/* A claim in the columns. */
enum {
    CLAIM_BYTES = (JK_ACTION_COUNT + 1) * sizeof(float) + JK_TREATMENT_COUNT * sizeof(int32_t) + 3 * sizeof(int32_t) +
                  sizeof(double) + 2 * sizeof(uint16_t) + 6 * sizeof(uint8_t)
};

const char *jk_exclusion_name(jk_exclusion exclusion) {
    static const char *const names[JK_EXCLUSION_COUNT] = {"none",    "barred", "vulnerable", "disputed", "no_channel",
                                                          "no_gain", "hours",  "resting",    "elsewhere"};
    return names[exclusion];
}

jk_status jk_candidates_create(const jk_tape *tape, const jk_model *model, jk_candidates **candidates,
                               jk_error *error) {
    jk_candidates *made = calloc(1, sizeof *made);
    *candidates = NULL;
    if (made == NULL) {
        return jk_fail_memory(error, "the claims to decide on");
    }
    size_t n = jk_tape_rows(tape);
    made->claims = n;
    made->tape = tape;
    made->model = model;
    bool complete = true;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        made->value[a] = jk_columns_alloc(n, sizeof(float));
        complete = complete && made->value[a] != NULL;
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        made->hours[t] = jk_columns_alloc(n, sizeof(int32_t));
        complete = complete && made->hours[t] != NULL;
    }
    made->court = jk_columns_alloc(n, sizeof(int32_t));
    made->balance = jk_columns_alloc(n, sizeof(double));
    made->instalment = jk_columns_alloc(n, sizeof(float));
    made->bar_days = jk_columns_alloc(n, sizeof(int32_t));
    made->country = jk_columns_alloc(n, sizeof(uint16_t));
    made->segment = jk_columns_alloc(n, sizeof(uint16_t));
    made->debtor = jk_columns_alloc(n, sizeof(int32_t));
    made->exclusion = jk_columns_alloc(n, sizeof(uint8_t));
    made->capacity_class = jk_columns_alloc(n, sizeof(uint8_t));
    made->title_state = jk_columns_alloc(n, sizeof(uint8_t));
    made->reachable = jk_columns_alloc(n, sizeof(uint8_t));
    made->paying = jk_columns_alloc(n, sizeof(uint8_t));
    made->silent_months = jk_columns_alloc(n, sizeof(uint8_t));
    if (!complete || !made->court || !made->balance || !made->instalment || !made->bar_days || !made->country ||
        !made->segment || !made->debtor || !made->exclusion || !made->capacity_class || !made->title_state ||
        !made->reachable || !made->paying || !made->silent_months) {
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
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        free(candidates->value[a]);
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        free(candidates->hours[t]);
    }
    free(candidates->court);
    free(candidates->balance);
    free(candidates->instalment);
    free(candidates->bar_days);
    free(candidates->country);
    free(candidates->segment);
    free(candidates->debtor);
    free(candidates->exclusion);
    free(candidates->capacity_class);
    free(candidates->title_state);
    free(candidates->reachable);
    free(candidates->paying);
    free(candidates->silent_months);
    free(candidates);
}

static int32_t whole_parts(double amount) {
    double rounded = nearbyint(amount);
    return rounded < 2147483647.0 ? (int32_t)rounded : INT32_MAX;
}

static jk_exclusion exclusion_of(const jk_value_block *rows, size_t i) {
    const int8_t *vulnerable = JK_BLOCK_ENUM(rows->block, VULNERABLE);
    const int8_t *status = JK_BLOCK_ENUM(rows->block, LEGAL_STATUS);
    const int8_t *reachable = JK_BLOCK_ENUM(rows->block, REACHABLE);
    if (rows->reason[i] == JK_REASON_BARRED || rows->reason[i] == JK_REASON_STATUS) {
        return JK_EXCLUDED_BARRED;
    }
    if (vulnerable != NULL && vulnerable[i] == 1) {
        return JK_EXCLUDED_VULNERABLE;
    }
    if (status != NULL && status[i] == JK_STATUS_DISPUTED) {
        return JK_EXCLUDED_DISPUTED;
    }
    return reachable != NULL && reachable[i] == JK_REACHABLE_NONE ? JK_EXCLUDED_CHANNEL : JK_EXCLUDED_NOT;
}

/* Who stopped paying within a year: told where the model knows of payers. */
static uint8_t silent_months_of(const jk_segment *segment, const jk_value_block *rows, size_t i) {
    int32_t months = rows->law->paid_months[i];
    bool silent = segment->payers.given && rows->terms->paying[i] == 0 && months >= 0 && months < YEAR;
    return silent ? (uint8_t)months : 0;
}

/* What debtors of the class who pay by instalments pay of such a balance, or what enforcement could take for the claim
 * where that is more; not above the balance. */
static float instalment_of(const jk_segment *segment, const jk_value_block *rows, size_t i) {
    double balance = rows->law->balance[i];
    double paid = segment->payers.given ? segment->payers.monthly_share[rows->score->capacity_class[i]] * balance : 0.0;
    double amount = fmin(balance, fmax(paid, rows->law->attachable[i] * (double)rows->terms->share[i]));
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
        const jk_segment *segment = &candidates->model->segments[terms->segment[i]];
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
        candidates->instalment[row] = instalment_of(segment, rows, i);
        candidates->bar_days[row] = bar_days_of(terms, i);
        candidates->segment[row] = terms->segment[i];
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
    jk_candidates *c = context;
    const size_t n = c->claims;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        JK_TRY(jk_team_gather_rows(c->value[a], sizeof *c->value[a], n, 1, error));
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        JK_TRY(jk_team_gather_rows(c->hours[t], sizeof *c->hours[t], n, 1, error));
    }
    JK_TRY(jk_team_gather_rows(c->court, sizeof *c->court, n, 1, error));
    JK_TRY(jk_team_gather_rows(c->balance, sizeof *c->balance, n, 1, error));
    JK_TRY(jk_team_gather_rows(c->instalment, sizeof *c->instalment, n, 1, error));
    JK_TRY(jk_team_gather_rows(c->country, sizeof *c->country, n, 1, error));
    JK_TRY(jk_team_gather_rows(c->segment, sizeof *c->segment, n, 1, error));
    JK_TRY(jk_team_gather_rows(c->debtor, sizeof *c->debtor, n, 1, error));
    uint8_t *const codes[] = {c->exclusion, c->capacity_class, c->title_state,
                              c->reachable, c->paying,         c->silent_months};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        JK_TRY(jk_team_gather_rows(codes[i], 1, n, 1, error));
    }
    return JK_OK;
}

jk_value_sink jk_candidates_sink(jk_candidates *candidates) {
    uint64_t columns = 0;
    static const jk_column wanted[] = {JK_COLUMN_COUNTRY, JK_COLUMN_DEBTOR_INDEX, JK_COLUMN_VULNERABLE,
                                       JK_COLUMN_LEGAL_STATUS, JK_COLUMN_REACHABLE};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        columns |= UINT64_C(1) << wanted[i];
    }
    return (jk_value_sink){.columns = columns,
                           .block = take_block,
                           .context = candidates,
                           .gather = gather,
                           .held = candidates->claims * CLAIM_BYTES};
}
