/* SPDX-License-Identifier: Apache-2.0 */
/* A model bound to a tape: what jk_law holds, for the files of this stage and the stages after it. */
#ifndef JK_LAW_INTERNAL_H
#define JK_LAW_INTERNAL_H

#include <math.h>

#include "jalki/law.h"
#include "law/matcher.h"
#include "law/months.h"

/* What a jurisdiction says of one type of debtor (jk_law_place); numbers of 32 or 64 bits, as lanes gather them.
 * Periods are whole months, JK_MONTHS_NEVER for null. */
typedef struct jk_law_rules {
    int32_t final_months;
    int32_t title_months;   /* never where titles are renewable */
    int32_t renewal_months; /* after which a renewable title is to be renewed; never where it need not be */
    int32_t title_final_months;
    int32_t letter_interrupts; /* 1: letters that go out keep the limitation away */
    int32_t attaches;          /* 1: income may be attached */
    double statutory_rate;
    double assumed_age; /* NaN: businesses do not age */
    double kept, kept_per_dependant;
    double housing_counts; /* 1 or 0 */
    double attached_share; /* at most, of the income */
    double assumed_attachable;
} jk_law_rules;

/* Of income from `from` to `to` times what is kept (INFINITY: all that is left) `share` is taken. */
typedef struct jk_law_band {
    double from, to, share;
} jk_law_band;

/* A limitation period of some jurisdiction; all jurisdictions' periods are one list of rules. */
typedef struct jk_law_period {
    int32_t months;
    double interruption_monthly; /* interruption cost / months, per debtor; 0 where the period is null */
} jk_law_period;

/* The day on which claims are looked at. */
typedef struct jk_law_moment {
    int32_t year;
    jk_month_end end;
} jk_law_moment;

typedef struct jk_law_kernel jk_law_kernel;
typedef struct jk_law_numbers_kernel jk_law_numbers_kernel;

struct jk_law {
    const jk_model *model;
    const jk_tape *tape;
    jk_law_moment cutoff; /* of all rows of a tape */
    bool lapses;          /* no letter goes out and no title is renewed any more */
    double accrued;       /* months of interest that are added to balances */
    bool by_period;       /* a panel: each row is looked at on its own period_start */
    uint64_t columns;
    uint64_t debtor_columns; /* those that jk_debtors_create needs */
    int32_t *jurisdiction;   /* by country code + 1 */
    double *exchange;        /* base units per unit, by currency code + 1 */
    double *written;         /* units of the model file's own currency per unit, likewise */
    jk_law_rules *rules;     /* [jk_law_place] */
    size_t band_count;       /* most that any jurisdiction has */
    jk_law_band *bands;      /* [band_count][places]; those that a jurisdiction has not take nothing */
    jk_law_period *periods;
    int32_t allowed[JK_LEGAL_STATUS_COUNT][2][2]; /* by status, vulnerable, and out of reach */
    int32_t title_of_status[JK_LEGAL_STATUS_COUNT];
    jk_matcher segments;
    jk_matcher period_rules;
    const jk_law_kernel *kernel;
    const jk_law_numbers_kernel *numbers;
};

static inline size_t jk_law_place(size_t jurisdiction, size_t debtor_type) {
    return jurisdiction * JK_DEBTOR_TYPE_COUNT + debtor_type;
}

static inline jk_law_moment jk_law_moment_on(int32_t date) {
    jk_month_end end = jk_month_end_of(date);
    return (jk_law_moment){.year = end.month / 12, .end = end};
}

/* The moment of a row: the cut-off, or one made in `own` from the row's period. */
static inline const jk_law_moment *jk_law_moment_of(const jk_law *law, const jk_block *block, size_t row,
                                                    jk_law_moment *own) {
    if (!law->by_period) {
        return &law->cutoff;
    }
    *own = jk_law_moment_on(jk_date_clamp(JK_BLOCK_INT32(block, PERIOD_START)[row]));
    return own;
}

/* Whether interest is added to balances. */
static inline bool jk_law_accrues(const jk_law *law) {
    return law->accrued > 0.0;
}

/* Interest of the time that the tape lies behind the cut-off, P r min(t, accrual_months) / 12, in hundredths of the
 * row's currency; 0 where nothing is added (jk_law_accrue). */
static inline double jk_law_accrued(const jk_law *law, const jk_block *block, size_t row, size_t jurisdiction) {
    if (!jk_law_accrues(law)) {
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

/* What the governing dates of a claim rest on: dates after the tape's defaults, within the years 1 to 9999, and months
 * of the rules for it. */
typedef struct jk_law_given {
    int32_t cutoff;
    int32_t defaulted, paid_or_defaulted, title;
    int32_t limitation; /* as given; JK_MISSING_INTEGER: by the period */
    int32_t title_held; /* 1: a title is held */
    int32_t limitation_months, final_months, title_months, title_final_months;
    int32_t letter_interrupts;
} jk_law_given;

/* The governing dates of a claim; without a title its ends are never. */
typedef struct jk_law_dates {
    int32_t limitation, final, title_end, title_final;
    int32_t bar_untitled, bar_titled;
    int32_t interrupted; /* 1: a letter keeps the limitation away */
} jk_law_dates;

static inline int32_t jk_law_earlier(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* Limitation, final bar and the title's ends: model.md section 10. Without branches, for loops over rows. */
static inline jk_law_dates jk_law_dates_of(const jk_law_given *given) {
    jk_month_day title = jk_month_day_of(given->title);
    int32_t by_period = jk_month_add(jk_month_day_of(given->paid_or_defaulted), given->limitation_months);
    int32_t limitation = given->limitation == JK_MISSING_INTEGER ? by_period : given->limitation;
    int32_t final = jk_month_add(jk_month_day_of(given->defaulted), given->final_months);
    int32_t title_end = given->title_held ? jk_month_add(title, given->title_months) : JK_DATE_NEVER;
    int32_t title_final = given->title_held ? jk_month_add(title, given->title_final_months) : JK_DATE_NEVER;
    int32_t interrupted = given->letter_interrupts & (limitation > given->cutoff);
    return (jk_law_dates){
        .limitation = limitation,
        .final = final,
        .title_end = title_end,
        .title_final = title_final,
        .bar_untitled = interrupted ? final : jk_law_earlier(limitation, final),
        .bar_titled = jk_law_earlier(final, jk_law_earlier(title_end, title_final)),
        .interrupted = interrupted,
    };
}

/* Months after its date that a renewable title ends, unless it is renewed: the first of k times the months that a title
 * lasts, k = 1, 2, ..., that comes after the moment; JK_MONTHS_NEVER where titles are not renewed. */
int32_t jk_law_renewal_months(const jk_law_moment *at, int32_t title, int32_t months);

/* The loops over rows, compiled once per instruction set (law_kernel.c). */
struct jk_law_kernel {
    /* Facts that the debtors' sums rest on: jurisdiction, balance, title state, bars, interruption, allowed actions,
     * barred, workable. */
    void (*standing)(const jk_law *law, const jk_block *block, jk_law_facts *out);
    /* The other facts but the segment. */
    void (*amounts)(const jk_law *law, const jk_block *block, jk_law_facts *out);
};

/* The loops of numbers.h (numbers_kernel.c). */
struct jk_law_numbers_kernel {
    void (*of_figure)(const jk_law *law, jk_derived figure, jk_column column, const jk_block *block, size_t first,
                      size_t count, double *value);
    void (*months_since)(const jk_law *law, jk_column column, const jk_block *block, size_t first, size_t count,
                         double *value);
};

/* Fills what the debtors' sums rest on. */
static inline void jk_law_standing(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    law->kernel->standing(law, block, out);
}

/* An amount in base currency with NaN for what is missing. */
static inline double jk_law_amount(int64_t money, double exchange) {
    double amount = (double)money / 100.0 * exchange;
    return money == JK_MISSING_MONEY ? (double)NAN : amount;
}

/* Codes with the tape's defaults put in for what is missing. */
static inline unsigned jk_law_type(int8_t debtor_type) {
    return debtor_type < 0 ? JK_CONSUMER : (unsigned)debtor_type;
}
static inline unsigned jk_law_status(int8_t legal_status) {
    return legal_status < 0 ? JK_STATUS_NONE : (unsigned)legal_status;
}

/* jk_debtors_create where a run on several processes (docs/cluster.md) asks for the sums of those debtors alone who
 * have a claim among this one's rows: the others' may be 0. */
jk_status jk_debtors_create_own(const jk_law *law, const jk_tape *tape, const jk_run *run, jk_debtors *debtors,
                                jk_error *error);

#endif
