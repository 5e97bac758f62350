/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a comparison. Steps of a claim, with its worth v0 at the start, v1 later in time, v2 with new data, v3
 * with the new model, v4 at the new rate, and c what came in of it:
 *
 *     that stays:  v0, -c,            0,      0, v1 - v0, v2 - v1 + c, v3 - v2, v4 - v3, v4
 *     that left:   v0, -c, c - v0,    0,      0, 0,       0,           0,       0
 *     that is new: 0,  0,  0,         v4,     0, 0,       0,           0,       v4
 *
 * Actual a and expected e are summed by debtor; the variance of a group's actual is the sum over debtors of
 * (a - r e)^2 with r the group's ratio, and its interval that of back-tests (jalki/backtest.h). A debtor whose claims
 * lie in several groups belongs to the first of these by name or number; its claims in the others count as further
 * debtors. All sums are of integers: neither threads nor the order of rows show. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backtest/internal.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "base/number/wide.h"
#include "base/team/parallel.h"
#include "base/team/team.h"
#include "programme/compare.h"
#include "programme/words.h"

enum { YEARS = 10000, PIECE_ROWS = 65536, THREADS = 2, NO_GROUP = -1 };

const char *jk_step_name(jk_step step) {
    static const char *const names[JK_STEP_COUNT] = {"opening", "collected", "left", "new",    "time",
                                                     "data",    "model",     "rate", "closing"};
    return names[step];
}

const char *jk_compare_kind_name(jk_compare_kind kind) {
    static const char *const names[JK_COMPARE_KIND_COUNT] = {"all", "segment",  "country", "vintage",
                                                             "by",  "decision", "change"};
    return names[kind];
}

static int64_t level(const jk_compare_claims *claims, int number, size_t claim) {
    return jk_grid_from_double((double)claims->level[number][claim]);
}

void jk_compare_steps(const jk_comparison *comparison, size_t claim, int64_t step[JK_STEP_COUNT]) {
    const jk_compare_claims *claims = &comparison->claims;
    memset(step, 0, JK_STEP_COUNT * sizeof *step);
    int64_t paid = claims->collected[claim];
    if (claim >= claims->from_count) {
        step[JK_STEP_NEW] = step[JK_STEP_CLOSING] = level(claims, 4, claim);
        return;
    }
    int64_t start = level(claims, 0, claim);
    step[JK_STEP_OPENING] = start;
    step[JK_STEP_COLLECTED] = -paid;
    if (claims->to_row[claim] == JK_MATCH_NONE) {
        step[JK_STEP_LEFT] = paid - start;
        return;
    }
    int64_t later = level(claims, 1, claim), data = level(claims, 2, claim), model = level(claims, 3, claim);
    int64_t end = level(claims, 4, claim);
    step[JK_STEP_TIME] = later - start;
    step[JK_STEP_DATA] = data - later + paid;
    step[JK_STEP_MODEL] = model - data;
    step[JK_STEP_RATE] = end - model;
    step[JK_STEP_CLOSING] = end;
}

int64_t jk_compare_rounded(int64_t grid, int64_t parts) {
    const jk_wide unit = (jk_wide)JK_GRID_PER_UNIT;
    jk_wide scaled = (jk_wide)grid * parts;
    return (int64_t)((scaled + (scaled < 0 ? -unit / 2 : unit / 2)) / unit);
}

void jk_compare_cents(const jk_compare_group *group, int64_t cents[JK_STEP_COUNT]) {
    int64_t sum = 0, before = 0;
    for (int s = 0; s < JK_STEP_CLOSING; s++) {
        sum += group->step[s];
        cents[s] = jk_compare_rounded(sum, 100) - before;
        before += cents[s];
    }
    cents[JK_STEP_CLOSING] = before;
}

/* ---- which group ------------------------------------------------------------------------------------------------ */

/* The decision in either valuation, or JK_ACTION_COUNT: the claim is not there. */
static int state_of(const jk_compare_claims *claims, int side, size_t claim) {
    bool there = side == 0 ? claim < claims->from_count : claims->to_row[claim] != JK_MATCH_NONE;
    return there ? claims->decision[side][claim] : JK_ACTION_COUNT;
}

static size_t group_of(const jk_compare_claims *claims, jk_compare_kind kind, size_t claim) {
    switch (kind) {
    case JK_COMPARE_SEGMENT:
        return claims->segment[claim];
    case JK_COMPARE_COUNTRY:
        return claims->country[claim];
    case JK_COMPARE_VINTAGE:
        return claims->year[claim] % YEARS;
    case JK_COMPARE_BY:
        return claims->by[claim];
    case JK_COMPARE_DECISION:
        return (size_t)state_of(claims, 0, claim);
    case JK_COMPARE_CHANGE:
        return (size_t)(state_of(claims, 0, claim) * JK_COMPARE_STATES + state_of(claims, 1, claim));
    default:
        return 0;
    }
}

static size_t groups_in(const jk_comparison *comparison, jk_compare_kind kind) {
    const size_t counts[JK_COMPARE_KIND_COUNT] = {1,
                                                  comparison->segment_count,
                                                  comparison->country_count,
                                                  YEARS,
                                                  comparison->by_count,
                                                  JK_COMPARE_STATES,
                                                  (size_t)JK_COMPARE_STATES * JK_COMPARE_STATES};
    return counts[kind];
}

const char *jk_compare_state_name(int state, bool first) {
    return state < JK_ACTION_COUNT ? jk_action_name((jk_action)state) : first ? "new" : "left";
}

static void name_group(const jk_comparison *comparison, jk_compare_kind kind, size_t number, char name[JK_CELL_TEXT]) {
    int from = (int)number / JK_COMPARE_STATES, to = (int)number % JK_COMPARE_STATES;
    switch (kind) {
    case JK_COMPARE_SEGMENT:
        (void)snprintf(name, JK_CELL_TEXT, "%s", comparison->segment_name[number]);
        break;
    case JK_COMPARE_COUNTRY:
        (void)snprintf(name, JK_CELL_TEXT, "%s", comparison->country_name[number]);
        break;
    case JK_COMPARE_VINTAGE:
        (void)snprintf(name, JK_CELL_TEXT, "%04d", (int)number);
        break;
    case JK_COMPARE_BY:
        (void)snprintf(name, JK_CELL_TEXT, "%s", comparison->by_name[number]);
        break;
    case JK_COMPARE_DECISION:
        (void)snprintf(name, JK_CELL_TEXT, "%s", jk_compare_state_name((int)number, true));
        break;
    case JK_COMPARE_CHANGE:
        (void)snprintf(name, JK_CELL_TEXT, "%s to %s", jk_compare_state_name(from, true),
                       jk_compare_state_name(to, false));
        break;
    default:
        (void)snprintf(name, JK_CELL_TEXT, "all");
        break;
    }
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

/* A group's sums, and those over its debtors. */
typedef struct group_sums {
    jk_compare_group group;
    int64_t face[2];
    jk_exact actual_actual, actual_expected, expected_expected;
    double largest;
} group_sums;

typedef struct debtor_sums {
    int32_t group; /* NO_GROUP: none yet */
    int64_t actual, expected;
} debtor_sums;

typedef struct summing {
    jk_comparison *comparison;
    group_sums *sums[JK_COMPARE_KIND_COUNT];
} summing;

static void add_debtor(group_sums *sums, int64_t actual_sum, int64_t expected_sum) {
    double actual = jk_grid_to_double(actual_sum), expected = jk_grid_to_double(expected_sum);
    sums->actual_actual += jk_exact_from(actual * actual);
    sums->actual_expected += jk_exact_from(actual * expected);
    sums->expected_expected += jk_exact_from(expected * expected);
    sums->largest = fmax(sums->largest, actual);
}

/* Whether it is known what came in of the claim in the period. */
static bool payments_known(const jk_comparison *comparison, size_t claim) {
    return claim < comparison->claims.from_count &&
           (comparison->payments_given || comparison->claims.to_row[claim] != JK_MATCH_NONE);
}

static void add_claim(const jk_comparison *comparison, size_t claim, int32_t group, group_sums *sums,
                      debtor_sums *debtor) {
    const jk_compare_claims *claims = &comparison->claims;
    jk_compare_group *to = &sums->group;
    int64_t step[JK_STEP_COUNT];
    bool was = claim < claims->from_count, is = claims->to_row[claim] != JK_MATCH_NONE;
    jk_compare_steps(comparison, claim, step);
    for (int s = 0; s < JK_STEP_COUNT; s++) {
        to->step[s] += step[s];
    }
    to->opening_claims += was;
    to->closing_claims += is;
    to->left_claims += was && !is;
    to->new_claims += !was;
    for (int s = 0; s < 2; s++) {
        sums->face[s] += (s == 0 ? was : is) ? jk_grid_from_double(claims->face[s][claim]) : 0;
    }
    if (!payments_known(comparison, claim)) {
        return;
    }
    int64_t actual = claims->collected[claim], expected = jk_grid_from_double((double)claims->expected[claim]);
    to->actual += actual;
    to->expected += expected;
    if (debtor->group == group) {
        debtor->actual += actual;
        debtor->expected += expected;
    } else {
        add_debtor(sums, actual, expected);
    }
}

static void finish_group(group_sums *sums) {
    jk_compare_group *group = &sums->group;
    double actual = jk_grid_to_double(group->actual), expected = jk_grid_to_double(group->expected);
    group->opening_face = jk_grid_to_double(sums->face[0]);
    group->closing_face = jk_grid_to_double(sums->face[1]);
    group->ratio = group->low = group->high = (double)NAN;
    if (!(expected > 0.0)) {
        return;
    }
    double ratio = group->ratio = actual / expected;
    double variance = jk_exact_to(sums->actual_actual) - 2.0 * ratio * jk_exact_to(sums->actual_expected) +
                      ratio * ratio * jk_exact_to(sums->expected_expected);
    variance = variance > 0.0 ? variance : jk_exact_to(sums->actual_actual);
    /* where nobody paid, one payment of what is expected of all may have been missed */
    double payment = sums->largest > 0.0 ? sums->largest : expected;
    jk_backtest_interval(actual, expected, variance, payment, &group->low, &group->high);
}

/* Which of two groups stands first; countries and texts are numbered as they come on the tapes. Bands ascend. */
static bool stands_before(const jk_comparison *comparison, jk_compare_kind kind, size_t one, size_t other) {
    if (kind == JK_COMPARE_BY) {
        return strverscmp(comparison->by_name[one], comparison->by_name[other]) < 0;
    }
    char *const *names = kind == JK_COMPARE_COUNTRY ? comparison->country_name : NULL;
    return names != NULL ? strcmp(names[one], names[other]) < 0 : one < other;
}

/* Goes through the claims; `adding`: the debtors' groups are known. */
static jk_status pass_claims(const jk_comparison *comparison, jk_compare_kind kind, bool adding, int32_t *index,
                             debtor_sums *debtor, group_sums *sums, jk_error *error) {
    const jk_compare_claims *claims = &comparison->claims;
    size_t debtors = jk_tape_debtors(comparison->from.tape);
    for (size_t first = 0; first < claims->count; first += PIECE_ROWS) {
        size_t count = claims->count - first < PIECE_ROWS ? claims->count - first : PIECE_ROWS;
        size_t known = first >= claims->from_count          ? 0
                       : claims->from_count - first < count ? claims->from_count - first
                                                            : count;
        if (known > 0) {
            JK_TRY(jk_tape_read(comparison->from.tape, JK_COLUMN_DEBTOR_INDEX, first, known, index, error));
        }
        for (size_t i = 0; i < count; i++) {
            size_t claim = first + i, group = group_of(claims, kind, claim);
            debtor_sums *own = &debtor[i < known ? (size_t)index[i] : debtors];
            if (adding) {
                add_claim(comparison, claim, (int32_t)group, &sums[group], own);
            } else if (payments_known(comparison, claim) &&
                       (own->group == NO_GROUP || stands_before(comparison, kind, group, (size_t)own->group))) {
                own->group = (int32_t)group;
            }
        }
    }
    return JK_OK;
}

/* Ranks sum up some of the kinds each. */
static bool is_own(jk_compare_kind kind) {
    return jk_team_role_now() != JK_TEAM_RANKS || (int)kind % jk_team_parts() == jk_team_number() - 1;
}

static jk_status sum_kind(void *context, int thread, size_t number, jk_error *error) {
    summing *work = context;
    const jk_comparison *comparison = work->comparison;
    jk_compare_kind kind = (jk_compare_kind)number;
    size_t groups = groups_in(comparison, kind), debtors = jk_tape_debtors(comparison->from.tape);
    if (groups == 0 || !is_own(kind)) { /* not asked for, or another rank's */
        return JK_OK;
    }
    group_sums *sums = work->sums[kind] = jk_columns_zero(groups, sizeof *sums);
    debtor_sums *debtor = jk_columns_alloc(debtors + 1, sizeof *debtor);
    int32_t *index = jk_columns_alloc(PIECE_ROWS, sizeof *index);
    jk_status status = JK_OK;
    (void)thread;
    JK_TRY_CLEANUP(jk_held(sums != NULL && debtor != NULL && index != NULL, error, "sums of groups"));
    for (size_t d = 0; d <= debtors; d++) {
        debtor[d] = (debtor_sums){.group = NO_GROUP};
    }
    JK_TRY_CLEANUP(pass_claims(comparison, kind, false, index, debtor, sums, error));
    JK_TRY_CLEANUP(pass_claims(comparison, kind, true, index, debtor, sums, error));
    for (size_t d = 0; d < debtors; d++) {
        if (debtor[d].group != NO_GROUP) {
            add_debtor(&sums[debtor[d].group], debtor[d].actual, debtor[d].expected);
        }
    }
cleanup:
    free(debtor);
    free(index);
    return status;
}

/* All get what each has summed up. */
static jk_status share_sums(summing *work, jk_error *error) {
    jk_status status = JK_OK;
    for (int k = 0; k < JK_COMPARE_KIND_COUNT && status == JK_OK && jk_team_role_now() == JK_TEAM_RANKS; k++) {
        void *sums = work->sums[k];
        size_t count = sums != NULL ? groups_in(work->comparison, (jk_compare_kind)k) : 0;
        status = jk_team_join(&sums, &count, sizeof *work->sums[k], error);
        work->sums[k] = sums;
    }
    return status;
}

static int by_name(const void *a, const void *b) {
    const jk_compare_group *one = a, *other = b;
    return one->kind == JK_COMPARE_BY ? strverscmp(one->name, other->name) : strcmp(one->name, other->name);
}

/* Those with claims, each kind by name. */
static jk_status list_groups(summing *work, jk_error *error) {
    jk_comparison *comparison = work->comparison;
    size_t most = 1;
    for (int k = 0; k < JK_COMPARE_KIND_COUNT; k++) {
        most += groups_in(comparison, (jk_compare_kind)k);
    }
    comparison->group = jk_columns_alloc(most, sizeof *comparison->group);
    JK_TRY(jk_held(comparison->group != NULL, error, "groups of claims"));
    for (int k = 0; k < JK_COMPARE_KIND_COUNT; k++) {
        size_t first = comparison->group_count;
        for (size_t g = 0; g < groups_in(comparison, (jk_compare_kind)k); g++) {
            group_sums *sums = &work->sums[k][g];
            if (k != JK_COMPARE_ALL && sums->group.opening_claims + sums->group.closing_claims == 0) {
                continue;
            }
            sums->group.kind = (jk_compare_kind)k;
            name_group(comparison, (jk_compare_kind)k, g, sums->group.name);
            finish_group(sums);
            comparison->group[comparison->group_count++] = sums->group;
        }
        if (k < JK_COMPARE_DECISION) { /* decisions stand in their own order */
            jk_sort(comparison->group + first, comparison->group_count - first, sizeof *comparison->group, by_name);
        }
    }
    return JK_OK;
}

jk_status jk_compare_sum(jk_comparison *comparison, const jk_run *run, jk_error *error) {
    summing work = {.comparison = comparison};
    jk_run few = *run;
    few.threads = jk_threads(run) < THREADS ? jk_threads(run) : THREADS; /* each takes memory by debtor */
    jk_status status = jk_parallel_for(&few, JK_COMPARE_KIND_COUNT, "sums", 1, sum_kind, &work, error);
    status = status == JK_OK ? share_sums(&work, error) : status;
    status = status == JK_OK ? list_groups(&work, error) : status;
    for (int k = 0; k < JK_COMPARE_KIND_COUNT; k++) {
        free(work.sums[k]);
    }
    return status;
}
