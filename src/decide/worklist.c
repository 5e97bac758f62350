/* SPDX-License-Identifier: Apache-2.0 */
/* The list is made of units: claims, or with by_debtor all claims of a debtor that are worked together. A unit's key
 * decides its place; the key of a claim that is not on the list is NaN, and a debtor's stands at the claim of its that
 * owes most. */
#include "jalki/worklist.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/grid.h"
#include "decide/group.h"
#include "decide/select.h"
#include "decide/words.h"

const char *jk_worklist_order_name(jk_worklist_order order) {
    static const char *const names[] = {"gain_per_hour", "gain", "balance"};
    return names[order];
}

/* What the list is made from. */
typedef struct making {
    const jk_candidates *c;
    const jk_worklist_options *options;
    jk_worklist *worklist;
    const uint8_t *decided; /* [claims] under the hours, or NULL */
    uint8_t *left_out;      /* [claims] jk_exclusion */
    size_t *first, *member; /* by debtor: its claims in `member`, as in decide; NULL: by claim */
    float *key;             /* [claims] */
    uint32_t *order;
    int32_t cutoff, review_on; /* the cut-off, and the end of the first epoch */
} making;

static double waiting_of(const jk_candidates *c, size_t row) {
    return fmax(0.0, (double)c->value[JK_SURVEIL][row]); /* fmax passes over NaN: not allowed */
}

/* What the model lets a debtor settle for in one payment, in agreement: its share of the balance, where it takes less
 * than all, some new payers settle, and the debtor does not pay by instalments already. */
static double settlement_of(const jk_candidates *c, size_t i, int action) {
    const jk_segment *segment = &c->model->segments[c->segment[i]];
    double share = segment->recovery_share[JK_TREAT_AMICABLE];
    bool settles = !segment->payers.given || segment->payers.settled_share[JK_TREAT_AMICABLE] > 0.0;
    return action == JK_AMICABLE && share < 1.0 && settles && c->paying[i] == 0 ? share * c->balance[i] : (double)NAN;
}

/* The end of the first epoch, when the plan decides anew, or the day before the claim is barred where that is sooner.
 */
static int32_t next_on_of(const making *m, size_t i) {
    int32_t bar = m->c->bar_days[i];
    int32_t last = bar > 1 ? bar - 1 : 0;
    return last < m->review_on - m->cutoff ? m->cutoff + last : m->review_on;
}

/* A sum in which what is not known adds nothing, and nothing known is NaN. */
static double plus_known(double sum, double more) {
    return isnan(more) ? sum : (isnan(sum) ? 0.0 : sum) + more;
}

/* Working a claim by the better of the treatments that are wanted and allowed; JK_CLOSE: there is none. `always`: also
 * where nothing is gained. */
static jk_worklist_row work_claim(const making *m, size_t row, bool always) {
    const jk_candidates *c = m->c;
    jk_worklist_row best = {.row = row,
                            .action = JK_CLOSE,
                            .claims = 1,
                            .balance = c->balance[row],
                            .instalment = (double)c->instalment[row],
                            .next_on = next_on_of(m, row)};
    for (int a = JK_AMICABLE; a <= JK_LEGAL; a++) {
        double gain = (double)c->value[a][row] - waiting_of(c, row);
        bool wanted = (m->options->treatment < 0 || a == m->options->treatment) &&
                      (m->decided == NULL || always || m->decided[row] == a) && !isnan(gain);
        if (wanted && (best.action == JK_CLOSE ? always || gain > 0.0 : gain > best.gain)) {
            best.gain = gain;
            best.action = (jk_action)a;
            best.hours = c->hours[a - JK_SURVEIL][row] / 10000.0;
            best.settlement = settlement_of(c, row, a);
        }
    }
    return best;
}

/* Working a debtor by one treatment: the claims join for which it is worth more than closing; an hour serves all. */
static jk_worklist_row work_debtor(const making *m, int32_t debtor, bool always) {
    const jk_candidates *c = m->c;
    jk_worklist_row best = {.row = SIZE_MAX, .action = JK_CLOSE};
    for (int a = JK_AMICABLE; a <= JK_LEGAL; a++) {
        jk_worklist_row all = {
            .row = SIZE_MAX, .action = (jk_action)a, .instalment = (double)NAN, .next_on = INT32_MAX};
        double part = 0.0, whole = 0.0, most = -1.0;
        for (size_t k = m->first[debtor]; k < m->first[debtor + 1]; k++) {
            size_t i = m->member[k];
            bool joins = m->left_out[i] == JK_EXCLUDED_NOT && c->value[a][i] > 0.0f &&
                         (m->options->treatment < 0 || a == m->options->treatment) &&
                         (m->decided == NULL || always || m->decided[i] == a);
            if (!joins) {
                continue;
            }
            all.claims++;
            all.gain += (double)c->value[a][i] - waiting_of(c, i);
            all.hours = fmax(all.hours, c->hours[a - JK_SURVEIL][i] / 10000.0);
            all.balance += c->balance[i];
            all.instalment = plus_known(all.instalment, (double)c->instalment[i]);
            all.settlement += settlement_of(c, i, a); /* NaN: not all of it can be settled */
            all.next_on = next_on_of(m, i) < all.next_on ? next_on_of(m, i) : all.next_on;
            if (a == JK_LEGAL && c->court[i] > 0) {
                part += c->court[i] / 100.0;
                whole = fmax(whole, c->model->segments[c->segment[i]].filing);
            }
            if (c->balance[i] > most) {
                most = c->balance[i];
                all.row = i;
            }
        }
        all.gain -= whole > part ? whole - part : 0.0; /* filed once, for one whole fee */
        if (all.claims > 0 && (best.action == JK_CLOSE ? always || all.gain > 0.0 : all.gain > best.gain)) {
            best = all;
        }
    }
    return best;
}

static double key_of(const jk_worklist_row *row, jk_worklist_order order) {
    switch (order) {
    case JK_BY_GAIN:
        return row->gain;
    case JK_BY_BALANCE:
        return row->balance;
    default:
        /* Work that takes no time comes first, the largest gain before the others. */
        return row->hours > 0.0 ? row->gain / row->hours : row->gain * 1e9;
    }
}

/* ---- who is left out -------------------------------------------------------------------------------------------- */

static bool in_scope(const making *m, size_t i) {
    const jk_limit *scope = &m->options->scope;
    const jk_candidates *c = m->c;
    return (scope->country == JK_SCOPE_ALL || c->country[i] == scope->country) &&
           (scope->segment == JK_SCOPE_ALL || c->segment[i] == scope->segment) &&
           (scope->team == NULL || jk_team_works(scope->team, c->country[i], c->segment[i]));
}

/* Reasons that stand before any figure. */
static void leave_out(making *m) {
    const jk_candidates *c = m->c;
    for (size_t i = 0; i < c->claims; i++) {
        bool rests = m->options->resting != NULL && m->options->resting[i] != 0;
        m->left_out[i] = !in_scope(m, i)                      ? JK_EXCLUDED_ELSEWHERE
                         : c->exclusion[i] != JK_EXCLUDED_NOT ? c->exclusion[i]
                         : rests                              ? JK_EXCLUDED_RESTING
                                                              : JK_EXCLUDED_NOT;
    }
}

/* Units are numbered: debtors, or claims. */
static size_t unit_count(const making *m) {
    return m->first != NULL ? jk_tape_debtors(m->c->tape) : m->c->claims;
}

static jk_worklist_row work_unit(const making *m, size_t unit, bool always) {
    if (m->first != NULL) {
        return work_debtor(m, (int32_t)unit, always);
    }
    return m->left_out[unit] == JK_EXCLUDED_NOT ? work_claim(m, unit, always)
                                                : (jk_worklist_row){.row = SIZE_MAX, .action = JK_CLOSE};
}

/* The unit of a row that was selected. */
static size_t unit_of(const making *m, size_t row) {
    return m->first != NULL ? (size_t)m->c->debtor[row] : row;
}

/* Why a unit that may be worked is not: it gains nothing, or would if there were hours enough. */
static jk_exclusion why_not(const making *m, size_t unit) {
    making unlimited = *m;
    unlimited.decided = NULL;
    return m->decided != NULL && work_unit(&unlimited, unit, false).action != JK_CLOSE ? JK_EXCLUDED_HOURS
                                                                                       : JK_EXCLUDED_NO_GAIN;
}

/* Fills the keys (NaN: not on the list) and counts who is left out. */
static void make_keys(making *m) {
    const jk_candidates *c = m->c;
    jk_worklist *worklist = m->worklist;
    int64_t balance[JK_EXCLUSION_COUNT] = {0};
    for (size_t i = 0; i < c->claims; i++) {
        m->key[i] = (float)NAN;
    }
    for (size_t unit = 0; unit < unit_count(m); unit++) {
        jk_worklist_row row = work_unit(m, unit, false);
        jk_exclusion of_unit = row.action != JK_CLOSE ? JK_EXCLUDED_NOT : why_not(m, unit);
        if (row.action != JK_CLOSE) {
            m->key[row.row] = (float)key_of(&row, m->options->order);
        }
        size_t from = m->first != NULL ? m->first[unit] : unit, to = m->first != NULL ? m->first[unit + 1] : unit + 1;
        for (size_t k = from; k < to; k++) {
            size_t i = m->first != NULL ? m->member[k] : k;
            jk_exclusion exclusion = m->left_out[i] != JK_EXCLUDED_NOT ? (jk_exclusion)m->left_out[i] : of_unit;
            worklist->excluded[exclusion]++;
            balance[exclusion] += jk_grid_from_double(c->balance[i]);
        }
    }
    worklist->eligible = worklist->excluded[JK_EXCLUDED_NOT];
    for (int e = 0; e < JK_EXCLUSION_COUNT; e++) {
        worklist->excluded_balance[e] = jk_grid_to_double(balance[e]);
    }
}

/* ---- largest first ---------------------------------------------------------------------------------------------- */

/* Works the largest balances until the list's hours are used, whether or not something is gained; a unit that no longer
 * fits is passed over. Left out are only those whom the list may not work either. */
static jk_status compare_largest_first(making *m, jk_error *error) {
    const jk_candidates *c = m->c;
    jk_worklist *worklist = m->worklist;
    for (size_t i = 0; i < c->claims; i++) {
        m->key[i] = (float)NAN;
    }
    for (size_t unit = 0; unit < unit_count(m); unit++) {
        jk_worklist_row row = work_unit(m, unit, true);
        if (row.action != JK_CLOSE) {
            m->key[row.row] = (float)row.balance;
        }
    }
    size_t count = 0;
    jk_select_columns columns = {.rows = c->claims, .key = m->key, .balance = c->balance};
    JK_TRY(jk_select_top(&columns, c->claims, &m->options->run, m->order, &count, error));
    for (size_t i = 0; i < count; i++) {
        jk_worklist_row row = work_unit(m, unit_of(m, m->order[i]), true);
        if (worklist->largest_first_hours + row.hours <= worklist->hours * (1.0 + 1e-12)) {
            worklist->largest_first_hours += row.hours;
            worklist->largest_first_gain += row.gain;
            worklist->largest_first_claims += row.claims;
        }
    }
    return JK_OK;
}

/* ---- the list --------------------------------------------------------------------------------------------------- */

/* The decisions under the budget of hours, which the list then works. */
static jk_status decide_hours(making *m, jk_decided *decided, jk_error *error) {
    jk_limit limit = m->options->scope;
    limit.resource = JK_RESOURCE_HOURS;
    limit.amount = m->options->hours;
    jk_decide_options options = {
        .limit_count = 1, .limits = &limit, .by_debtor = m->options->by_debtor, .run = m->options->run};
    JK_TRY(jk_decide(m->c, &options, decided, error));
    m->decided = decided->decision;
    m->worklist->hour_price = decided->price[0];
    m->worklist->hours_decided = decided->use[0];
    m->worklist->value_decided = decided->objective;
    return JK_OK;
}

static jk_status list_units(making *m, jk_error *error) {
    jk_worklist *worklist = m->worklist;
    size_t top = m->options->top < m->c->claims ? m->options->top : m->c->claims;
    worklist->rows = jk_columns_alloc(top, sizeof *worklist->rows);
    JK_TRY(jk_held(worklist->rows != NULL, error, "the worklist"));
    make_keys(m);
    jk_select_columns columns = {.rows = m->c->claims, .key = m->key, .balance = m->c->balance};
    JK_TRY(jk_select_top(&columns, top, &m->options->run, m->order, &worklist->count, error));
    for (size_t i = 0; i < worklist->count; i++) {
        worklist->rows[i] = work_unit(m, unit_of(m, m->order[i]), false);
        worklist->hours += worklist->rows[i].hours;
        worklist->gain += worklist->rows[i].gain;
    }
    return compare_largest_first(m, error);
}

jk_worklist_options jk_worklist_defaults(void) {
    return (jk_worklist_options){.top = 100,
                                 .treatment = -1,
                                 .scope = {.country = JK_SCOPE_ALL, .segment = JK_SCOPE_ALL},
                                 .cutoff = JK_MISSING_INTEGER};
}

jk_status jk_worklist_make(const jk_candidates *candidates, const jk_worklist_options *options, jk_worklist *worklist,
                           jk_error *error) {
    *worklist = (jk_worklist){.hour_price = (double)NAN, .hours_decided = (double)NAN, .value_decided = (double)NAN};
    making m = {.c = candidates, .options = options, .worklist = worklist};
    jk_decided decided = {0};
    jk_status status = JK_OK;
    m.cutoff = options->cutoff != JK_MISSING_INTEGER ? options->cutoff : jk_tape_cutoff(candidates->tape);
    m.review_on = jk_date_add_months(m.cutoff, candidates->model->epochs[0]);
    m.left_out = jk_columns_alloc(candidates->claims, 1);
    m.key = jk_columns_alloc(candidates->claims, sizeof *m.key);
    m.order = jk_columns_alloc(candidates->claims, sizeof *m.order);
    JK_TRY_CLEANUP(jk_held(m.left_out != NULL && m.key != NULL && m.order != NULL, error, "the worklist"));
    leave_out(&m);
    if (options->by_debtor) {
        JK_TRY_CLEANUP(jk_group_claims(candidates, &m.first, &m.member, error));
    }
    if (options->hours > 0.0) {
        JK_TRY_CLEANUP(decide_hours(&m, &decided, error));
    }
    JK_TRY_CLEANUP(list_units(&m, error));
cleanup:
    jk_decided_reset(&decided);
    free(m.left_out);
    free(m.key);
    free(m.order);
    free(m.first);
    free(m.member);
    if (status != JK_OK) {
        jk_worklist_reset(worklist);
    }
    return status;
}

void jk_worklist_reset(jk_worklist *worklist) {
    free(worklist->rows);
    *worklist = (jk_worklist){0};
}
