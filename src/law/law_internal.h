/* SPDX-License-Identifier: Apache-2.0 */
/* A model bound to a tape: what jk_law holds, for the files of this stage and the stages after it. */
#ifndef JK_LAW_INTERNAL_H
#define JK_LAW_INTERNAL_H

#include <math.h>

#include "jalki/law.h"
#include "law/matcher.h"
#include "law/months.h"

/* Periods of a jurisdiction as whole months (JK_MONTHS_NEVER for null); what does not bind is folded in. */
typedef struct jk_law_terms {
    int32_t title_months;   /* never where titles are renewable */
    int32_t renewal_months; /* after which a renewable title is to be renewed; never where it need not be */
    int32_t title_final_months[JK_DEBTOR_TYPE_COUNT];
    int32_t final_months[JK_DEBTOR_TYPE_COUNT];
    int letter_interrupts;
} jk_law_terms;

/* A limitation period of some jurisdiction; all jurisdictions' periods are one list of rules. */
typedef struct jk_law_period {
    int32_t months;
    double interruption_monthly; /* interruption cost / months, per debtor; 0 where the period is null */
} jk_law_period;

/* The day on which claims are looked at. */
typedef struct jk_law_moment {
    int32_t date, year;
    jk_month_end end;
} jk_law_moment;

struct jk_law {
    const jk_model *model;
    const jk_tape *tape;
    jk_law_moment cutoff; /* of all rows of a tape */
    bool lapses;          /* no letter goes out and no title is renewed any more */
    double accrued;       /* months of interest that are added to balances */
    bool by_period;       /* a panel: each row is looked at on its own period_start */
    uint64_t columns;
    uint64_t debtor_columns; /* those that jk_debtors_create needs */
    uint16_t *jurisdiction;  /* by country code + 1 */
    double *exchange;        /* base units per unit, by currency code + 1 */
    jk_law_terms *terms;     /* by jurisdiction */
    jk_law_period *periods;
    uint8_t allowed[JK_LEGAL_STATUS_COUNT][2][2]; /* by status, vulnerable, and out of reach */
    jk_matcher segments;
    jk_matcher period_rules;
    jk_month_table months;
};

static inline jk_law_moment jk_law_moment_on(const jk_month_table *months, int32_t date) {
    jk_month_end end = jk_month_end_of(months, date);
    return (jk_law_moment){.date = date, .year = end.civil.month / 12, .end = end};
}

/* The moment of a row: the cut-off, or one made in `own` from the row's period. */
static inline const jk_law_moment *jk_law_moment_of(const jk_law *law, const jk_block *block, size_t row,
                                                    jk_law_moment *own) {
    if (!law->by_period) {
        return &law->cutoff;
    }
    *own = jk_law_moment_on(&law->months, jk_date_clamp(JK_BLOCK_INT32(block, PERIOD_START)[row]));
    return own;
}

/* Interest of the time that the tape lies behind the cut-off, P r min(t, accrual_months) / 12, in hundredths of the
 * row's currency; 0 where nothing is added (jk_law_accrue). */
static inline double jk_law_accrued(const jk_law *law, const jk_block *block, size_t row, size_t jurisdiction) {
    if (!(law->accrued > 0.0)) {
        return 0.0;
    }
    const jk_jurisdiction *of = &law->model->jurisdictions[jurisdiction];
    int64_t principal = JK_BLOCK_MONEY(block, PRINCIPAL)[row];
    double own = JK_BLOCK_REAL(block, INTEREST_RATE)[row];
    int8_t type = JK_BLOCK_ENUM(block, DEBTOR_TYPE)[row];
    double yearly = isnan(own) ? of->interest.rate[type < 0 ? JK_CONSUMER : type] : own;
    double months = fmin(law->accrued, of->interest.accrual_months);
    return principal == JK_MISSING_MONEY ? 0.0 : (double)principal * yearly * months / 12.0;
}

/* The largest balance that enters a debtor's sum; keeps a sum of two million of them in 64 bits. */
#define JK_DEBTOR_LARGEST_BALANCE 4e12

/* A balance as it enters its debtor's sum. */
static inline int64_t jk_debtor_units(double balance) {
    double amount = balance < JK_DEBTOR_LARGEST_BALANCE ? balance : JK_DEBTOR_LARGEST_BALANCE;
    return (int64_t)(amount * JK_DEBTOR_SUM_PER_UNIT + 0.5);
}

/* gamma of model.md section 3 for a row of debtor (or group) `debtor`; 0 for what is not workable. The sum holds the
 * balance to half a millionth: amounts below that stand for themselves. */
static inline double jk_law_garnish(const jk_law_facts *law, size_t row, const jk_debtors *debtors, int32_t debtor) {
    double workable = (double)debtors->workable_balance[debtor] / JK_DEBTOR_SUM_PER_UNIT;
    double total = workable > law->balance[row] ? workable : law->balance[row];
    double owed = total + law->other_debt[row];
    double garnish = law->attachable[row] < owed ? law->attachable[row] / owed : 1.0;
    return law->workable[row] ? garnish : 0.0;
}

/* The governing dates of one claim. */
typedef struct jk_law_dates {
    int32_t limitation, final, title_end, title_final;
    int32_t renewal; /* the next day after the cut-off on which a renewable title ends unless it is renewed */
    int32_t bar_untitled, bar_titled;
    int interrupted; /* a letter keeps the limitation away */
} jk_law_dates;

/* Facts that the debtors' sums rest on: jurisdiction, balance, title state, bars, interruption, allowed actions,
 * barred, workable. */
void jk_law_standing(const jk_law *law, const jk_block *block, jk_law_facts *out);

/* Codes with the tape's defaults put in for what is missing. */
static inline unsigned jk_law_type(int8_t debtor_type) {
    return debtor_type < 0 ? JK_CONSUMER : (unsigned)debtor_type;
}
static inline unsigned jk_law_status(int8_t legal_status) {
    return legal_status < 0 ? JK_STATUS_NONE : (unsigned)legal_status;
}

#endif
