/* SPDX-License-Identifier: Apache-2.0 */
/* Each check is one function that says what it saw; bounds stand at the top. They are far from what real portfolios
 * have, so that they hold only what is wrong by an order of magnitude or a unit. */
#include "jalki/gate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/team/parallel.h"

enum {
    ROWS_AT_ONCE = 8192,
    TAPE_MONTHS = 120,   /* from the tape's newest date to the cut-off */
    PAST_MONTHS = 36,    /* from the cut-off to today */
    FUTURE_MONTHS = 12,  /* from today to the cut-off */
    OLDEST_MONTHS = 600, /* the longest bar of the five countries, with a title, and thirty years to spare */
};
#define GROSS_MOST   1.5  /* of face: interest that accrues brings more than face, never half again as much */
#define RATE_MOST    0.5  /* a year */
#define SHARE_MOST   0.01 /* of claims, or of principal */
#define RETURN_MOST  1.0  /* a year */
#define FILING_LEAST 15.0 /* EUR: no court of the five countries takes less */
#define FILING_MOST  2000.0

/* What the pass over the tape gathers, in whole units of currency: sums do not depend on the order of blocks. */
typedef struct tape_facts {
    uint64_t claims, rated, dear, old;
    uint64_t principal, dear_principal, old_principal;
    double dearest;
    int32_t newest, oldest;
} tape_facts;

typedef struct gate_rows {
    int32_t defaulted[ROWS_AT_ONCE], written_off[ROWS_AT_ONCE], paid[ROWS_AT_ONCE], title[ROWS_AT_ONCE];
    int64_t principal[ROWS_AT_ONCE];
    double rate[ROWS_AT_ONCE];
} gate_rows;

typedef struct gate_pass {
    const jk_tape *tape;
    int32_t old_from;
    tape_facts *facts; /* by thread */
    gate_rows *rows;   /* by thread */
} gate_pass;

static int32_t later(int32_t a, int32_t b) { /* missing is the smallest number there is */
    return a > b ? a : b;
}

static void add_rows(const gate_rows *rows, size_t count, int32_t old_from, tape_facts *facts) {
    for (size_t i = 0; i < count; i++) {
        uint64_t principal = rows->principal[i] > 0 ? (uint64_t)rows->principal[i] / 100 : 0;
        int32_t since = rows->defaulted[i] != JK_MISSING_INTEGER ? rows->defaulted[i] : rows->written_off[i];
        int32_t last = later(later(since, rows->written_off[i]), later(rows->paid[i], rows->title[i]));
        bool dear = rows->rate[i] > RATE_MOST;
        bool old = last < old_from; /* a payment or a title keeps a claim alive */
        facts->rated += rows->rate[i] == rows->rate[i] ? 1 : 0;
        facts->dear += dear;
        facts->dearest = dear && rows->rate[i] > facts->dearest ? rows->rate[i] : facts->dearest;
        facts->old += old;
        facts->principal += principal;
        facts->dear_principal += dear ? principal : 0;
        facts->old_principal += old ? principal : 0;
        facts->newest = later(facts->newest, last);
        facts->oldest = since < facts->oldest ? since : facts->oldest;
    }
    facts->claims += count;
}

static jk_status read_block(void *context, int thread, size_t block, jk_error *error) {
    gate_pass *pass = context;
    gate_rows *rows = &pass->rows[thread];
    size_t first = block * ROWS_AT_ONCE;
    size_t left = jk_tape_rows(pass->tape) - first;
    size_t count = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
    const struct {
        jk_column column;
        void *out;
    } wanted[] = {{JK_COLUMN_DEFAULTED_ON, rows->defaulted}, {JK_COLUMN_WRITTEN_OFF_ON, rows->written_off},
                  {JK_COLUMN_LAST_PAID_ON, rows->paid},      {JK_COLUMN_TITLE_ON, rows->title},
                  {JK_COLUMN_PRINCIPAL, rows->principal},    {JK_COLUMN_INTEREST_RATE, rows->rate}};
    for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
        JK_TRY(jk_tape_read(pass->tape, wanted[w].column, first, count, wanted[w].out, error));
    }
    add_rows(rows, count, pass->old_from, &pass->facts[thread]);
    return JK_OK;
}

static void add_facts(const tape_facts *part, tape_facts *facts) {
    facts->claims += part->claims;
    facts->rated += part->rated;
    facts->dear += part->dear;
    facts->old += part->old;
    facts->principal += part->principal;
    facts->dear_principal += part->dear_principal;
    facts->old_principal += part->old_principal;
    facts->dearest = part->dearest > facts->dearest ? part->dearest : facts->dearest;
    facts->newest = later(facts->newest, part->newest);
    facts->oldest = part->oldest < facts->oldest ? part->oldest : facts->oldest;
}

static jk_status read_tape(const jk_tape *tape, const jk_gate_view *view, tape_facts *facts, jk_error *error) {
    static const tape_facts none = {.newest = JK_MISSING_INTEGER, .oldest = INT32_MAX};
    int threads = jk_threads(view->run);
    gate_pass pass = {.tape = tape,
                      .old_from = jk_date_add_months(view->cutoff, -OLDEST_MONTHS),
                      .facts = malloc((size_t)threads * sizeof *pass.facts),
                      .rows = malloc((size_t)threads * sizeof *pass.rows)};
    jk_status status = pass.facts != NULL && pass.rows != NULL ? JK_OK : jk_fail_memory(error, "a look at the tape");
    for (int t = 0; status == JK_OK && t < threads; t++) {
        pass.facts[t] = none;
    }
    if (status == JK_OK) {
        size_t blocks = (jk_tape_rows(tape) + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
        jk_run run = {.threads = threads};
        status = jk_parallel_for(&run, blocks, "looking", ROWS_AT_ONCE, read_block, &pass, error);
    }
    *facts = none;
    for (int t = 0; status == JK_OK && t < threads; t++) {
        add_facts(&pass.facts[t], facts);
    }
    free(pass.facts);
    free(pass.rows);
    return status;
}

static bool is_many(uint64_t claims, uint64_t of, uint64_t principal, uint64_t of_principal) {
    return (double)claims > SHARE_MOST * (double)of || (double)principal > SHARE_MOST * (double)of_principal;
}

static jk_status check_rates(const tape_facts *facts, jk_findings *findings) {
    if (facts->dear == 0 || !is_many(facts->dear, facts->rated, facts->dear_principal, facts->principal)) {
        return JK_OK;
    }
    return jk_findings_add(findings, JK_FINDING_RATE_PERCENT, facts->dear,
                           "interest above 50 %% a year on %llu of %llu claims with a rate, up to %.6g %%: is the "
                           "column in percent? Then import it with unit: percent",
                           (unsigned long long)facts->dear, (unsigned long long)facts->rated, 100.0 * facts->dearest);
}

static jk_status check_age(const tape_facts *facts, jk_findings *findings) {
    if (facts->old == 0 || !is_many(facts->old, facts->claims, facts->old_principal, facts->principal)) {
        return JK_OK;
    }
    char date[JK_DATE_TEXT];
    return jk_findings_add(findings, JK_FINDING_OLD_CLAIMS, facts->old,
                           "%llu of %llu claims are older than 50 years without a payment or title since, the oldest "
                           "from %s: older than the law knows, or a date that was read wrong",
                           (unsigned long long)facts->old, (unsigned long long)facts->claims,
                           jk_date_format(facts->oldest, date));
}

static jk_status check_cutoff(const tape_facts *facts, const jk_gate_view *view, jk_findings *findings) {
    char cutoff[JK_DATE_TEXT];
    char other[JK_DATE_TEXT];
    (void)jk_date_format(view->cutoff, cutoff);
    if (facts->newest != JK_MISSING_INTEGER && jk_months_between(facts->newest, view->cutoff) >= TAPE_MONTHS) {
        return jk_findings_add(findings, JK_FINDING_CUTOFF_FAR, 1,
                               "the cut-off %s is %d months after the newest date on the tape, %s: is it the tape's?",
                               cutoff, (int)jk_months_between(facts->newest, view->cutoff),
                               jk_date_format(facts->newest, other));
    }
    if (view->today == JK_MISSING_INTEGER) {
        return JK_OK;
    }
    int32_t since = jk_months_between(view->cutoff, view->today);
    if (since >= PAST_MONTHS || -since >= FUTURE_MONTHS) {
        return jk_findings_add(findings, JK_FINDING_CUTOFF_FAR, 1,
                               "the cut-off %s is %d months %s today, %s: a bid is made for today's portfolio", cutoff,
                               (int)abs(since), since > 0 ? "before" : "after", jk_date_format(view->today, other));
    }
    return JK_OK;
}

static jk_status check_returns(const jk_gate_view *view, jk_findings *findings) {
    for (size_t i = 0; i < view->irr_count; i++) {
        if (view->irr[i] > RETURN_MOST) {
            bool after_zero = i > 0 && view->irr[i - 1] == 0.0;
            return jk_findings_add(findings, JK_FINDING_RETURN_IMPLAUSIBLE, 1,
                                   "a required return of %.6g %% a year; %.6g %% a year is --irr %.6g%s",
                                   100.0 * view->irr[i], view->irr[i], view->irr[i] / 100.0,
                                   after_zero ? " (a comma separates returns, the decimal mark is a point)" : "");
        }
    }
    return JK_OK;
}

static jk_status check_gross(const jk_gate_view *view, jk_findings *findings) {
    if (!(view->gross > GROSS_MOST * view->face)) {
        return JK_OK;
    }
    return jk_findings_add(findings, JK_FINDING_GROSS_ABOVE_FACE, 1,
                           "the portfolio is expected to collect %.2f of a face of %.2f (%.1f %%): no written-off "
                           "portfolio brings that much; look at interest rates, amounts and the model's curves",
                           view->gross, view->face, 100.0 * view->gross / view->face);
}

/* Filing fees are the costs that the law sets: in euros they lie within known bounds whatever the base currency. A file
 * that has both the currency and the costs is believed. */
static jk_status check_currency(const jk_model *model, jk_findings *findings) {
    double euro = jk_model_exchange_rate(model, "EUR");
    double least = INFINITY;
    double most = 0.0;
    for (size_t s = 0; s < model->segment_count; s++) {
        double filing = model->segments[s].filing;
        least = filing > 0.0 && filing < least ? filing : least;
        most = filing > most ? filing : most;
    }
    bool fits = !model->base_apart || most == 0.0 || (most / euro >= FILING_LEAST && least / euro <= FILING_MOST);
    if (strcmp(model->written_currency, "EUR") == 0 || !(euro > 0.0) || fits) {
        return JK_OK;
    }
    return jk_findings_add(findings, JK_FINDING_BASE_CURRENCY, 1,
                           "the base currency is %s, and going to court costs %.2f to %.2f %s, %.2f to %.2f EUR: were "
                           "the costs of the segments left in another currency?",
                           model->base_currency, least, most, model->base_currency, least / euro, most / euro);
}

jk_status jk_gate_check(const jk_tape *tape, const jk_model *model, const jk_gate_view *view, jk_findings *findings,
                        jk_error *error) {
    tape_facts facts = {0};
    JK_TRY(read_tape(tape, view, &facts, error));
    jk_status status = check_rates(&facts, findings);
    status = status == JK_OK ? check_gross(view, findings) : status;
    status = status == JK_OK ? check_cutoff(&facts, view, findings) : status;
    status = status == JK_OK ? check_age(&facts, findings) : status;
    status = status == JK_OK ? check_returns(view, findings) : status;
    status = status == JK_OK ? check_currency(model, findings) : status;
    return status == JK_OK ? JK_OK : jk_fail_memory(error, "findings");
}
