/* SPDX-License-Identifier: Apache-2.0 */
/* The law stage: from tape columns to what the law and the calendar say of each claim at the cut-off
 * (model.md sections 2, 3, 9 attachable income, 10). Pure function from columns to columns; 64 bits throughout.
 *
 * A jk_law is a model bound to one tape (its dictionaries) and a cut-off. It is constant after creation
 * and shared by all threads.
 */
#ifndef JALKI_LAW_H
#define JALKI_LAW_H

#include "jalki/model.h"
#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_law jk_law;

/* Binds the model to the tape. Of a panel (jk_tape_kind) the cut-off is not looked at: every row is seen on its own
 * period_start, and what is said of "the cut-off" below holds for that day. JK_ERROR_DATA if claims of the tape are in
 * a currency without an exchange rate in the model, or in a country without a jurisdiction while the model has no EU:
 * the message counts them and names the first. JK_ERROR_ARGUMENT if the cut-off is not in the years 1 to 9999. `model`
 * and `tape` must outlive the law. */
jk_status jk_law_create(const jk_model *model, const jk_tape *tape, int32_t cutoff, jk_law **law, jk_error *error);
void jk_law_free(jk_law *law);

/* The tape's balances stand as on `from`: simple interest of the time from then to the cut-off is added to them, on the
 * principal, at the claim's rate or the statutory one, for accrual_months at most. Where `from` is missing or not
 * before the cut-off, nothing is added. To be called right after jk_law_create; not of a panel. */
void jk_law_accrue(jk_law *law, int32_t from);

/* What if no letter went out and no title were renewed any more: claims without a title are barred when limitation
 * comes, renewable titles end on the day of their next renewal. To be called right after jk_law_create. */
void jk_law_lapse(jk_law *law);

/* A rate by which amounts become those of the results: units of the model's base currency per unit. */
typedef struct jk_rate_used {
    const char *currency;
    double rate;
} jk_rate_used;
enum { JK_RATES_TOLD = 32 };

/* The rates of the tape's currencies that are not the base currency, in the order of the model's fx, and of the model
 * file's own where amounts are told in another; at most `room`. Returns how many there are. */
size_t jk_rates_used(const jk_tape *tape, const jk_model *model, jk_rate_used *rates, size_t room);

/* Bit c is set if column c must be loaded into the block given to jk_law_block. Includes debtor_index, by which score
 * and terms find the debtor's sums. */
uint64_t jk_law_columns(const jk_law *law);

typedef enum jk_bar_basis { /* what the governing bar date of the claim's present title state rests on */
                            JK_BAR_NEVER,
                            JK_BAR_LIMITATION_GIVEN, /* limitation_on of the tape */
                            JK_BAR_LIMITATION_RULE,  /* default or last payment + the jurisdiction's period */
                            JK_BAR_FINAL,            /* defaulted_on + final_months */
                            JK_BAR_TITLE_END,        /* title_on + title_months */
                            JK_BAR_TITLE_FINAL       /* title_on + title_final_months */
} jk_bar_basis;

/* Arrays of `rows` elements each; the caller owns them (jk_law_facts_place lays them out in one piece of memory). */
typedef struct jk_law_facts {
    size_t rows;
    double *balance;      /* B, base currency */
    double *principal;    /* P, base currency */
    double *rate;         /* r, per year */
    double *age_months;   /* u, months since write-off, >= 0, whole */
    double *debtor_age;   /* a0, years, with the assumed age where unknown; NaN for businesses (mortality 0) */
    double *bar_untitled; /* d0, months; INFINITY: never */
    double *bar_titled;   /* d1, months; INFINITY: never */
    double *interruption; /* I / w, base currency a month: per debtor, 0 where not needed */
    double *attachable;   /* base currency a month */
    double *income;       /* base currency a month; NaN unknown */
    double *other_debt;   /* other_debt_enforced, base currency */
    double *exit_status;  /* extra monthly exit of the status */
    double *dividend;     /* v: intensity of dividends that the status brings, per month */
    double *instalment; /* instalment_monthly, base currency a month; NaN unknown. Filled where a segment has payers */
    int32_t *paid_months;   /* months(last_paid_on, cut-off); INT32_MAX: never paid */
    uint8_t *title_state;   /* z0, jk_title */
    uint8_t *allowed;       /* bits JK_ALLOW; sell included where the status allows it */
    uint8_t *barred;        /* 1: barred at the cut-off */
    uint8_t *workable;      /* 1: counts in the debtor's workable balance */
    uint8_t *basis;         /* jk_bar_basis of the bar of z0 */
    uint16_t *segment;      /* index into model->segments */
    uint16_t *jurisdiction; /* index into model->jurisdictions */
    int8_t *class_override; /* jk_capacity or -1 */
} jk_law_facts;

/* Bytes of the arrays for `rows` rows, and their layout in `memory` (that many bytes, 64-byte aligned). */
size_t jk_law_facts_size(size_t rows);
void jk_law_facts_place(jk_law_facts *facts, size_t rows, void *memory);

/* Fills `out` for the rows of the block (out->rows becomes block->rows). Cannot fail; allocates nothing. */
void jk_law_block(const jk_law *law, const jk_block *block, jk_law_facts *out);

/* The dates behind the facts of one row, for `explain`. Dates are days since 1970-01-01, INT32_MAX where there is none
 * or it never comes. */
typedef struct jk_law_detail {
    int32_t defaulted_on;     /* after the default (written_off_on) */
    int32_t written_off_on;   /* as given */
    int32_t last_paid_on;     /* as given */
    int32_t limitation_from;  /* default or last payment, from which the period runs; NEVER where the date is given */
    int32_t limitation_on;    /* given, or by the period */
    int limitation_given;     /* 1: from the tape */
    double limitation_months; /* the period that matches, INFINITY: never */
    int letter_interrupts;    /* 1: the date lies ahead and a letter keeps moving it */
    int32_t final_on;         /* defaulted_on + final_months */
    int32_t title_on;         /* given, or the cut-off where a title has no date; NEVER without a title */
    int title_dated;          /* 1: the date of the title is given */
    int32_t title_end_on;     /* end of its life; NEVER where titles do not end or are renewed */
    int32_t title_final_on;   /* title_on + title_final_months */
    int32_t renewal_on; /* next day after the cut-off that is a multiple of title_months from title_on, where titles
                           are renewable: the title ends then unless it is renewed */
    int32_t bar_on;     /* what governs in the present title state */
    const jk_jurisdiction *jurisdiction;
} jk_law_detail;

/* Fills `detail` for row `row` of a block that jk_law_block was given. Cannot fail. */
void jk_law_explain(const jk_law *law, const jk_block *block, size_t row, jk_law_detail *detail);

/* Sums per debtor are kept in millionths of a currency unit: exact for amounts in cents at exchange rates of up to four
 * decimals, and integers, so that the order of the claims does not matter. */
#define JK_DEBTOR_SUM_PER_UNIT 1e6

/* Sums per debtor over the whole tape; index: debtor_index. */
typedef struct jk_debtors {
    size_t count;
    int64_t *balance;          /* all accepted claims, 1 / JK_DEBTOR_SUM_PER_UNIT of the base currency */
    int64_t *workable_balance; /* workable claims only, likewise */
    uint32_t *claims;          /* all accepted claims */
} jk_debtors;

/* Streams the tape once, in blocks over threads, and fills *debtors (freed by jk_debtors_reset): 20 bytes a debtor, and
 * one block of columns a thread. Also checks every row against the cut-off: JK_ERROR_DATA where dates (or a birth year)
 * lie after it, with their number and the first claim. */
jk_status jk_debtors_create(const jk_law *law, const jk_tape *tape, const jk_run *run, jk_debtors *debtors,
                            jk_error *error);
/* The sums of one debtor alone, as debtors->...[0] with a count of 1; only that debtor's claims are checked against the
 * cut-off. Reads debtor_index of all rows and the rest only of blocks that hold a claim of the debtor. */
jk_status jk_debtors_create_one(const jk_law *law, const jk_tape *tape, const jk_run *run, int32_t debtor,
                                jk_debtors *debtors, jk_error *error);
/* Sums over groups of rows instead of debtors: row r counts for group[r] (one number a row, below group_count; not
 * checked). A block whose debtor_index holds these numbers is then scored with the sums of its groups: a panel's are
 * the rows of one debtor with one period_start. */
jk_status jk_debtors_create_grouped(const jk_law *law, const jk_tape *tape, const jk_run *run, const int32_t *group,
                                    size_t group_count, jk_debtors *debtors, jk_error *error);
void jk_debtors_reset(jk_debtors *debtors);

#ifdef __cplusplus
}
#endif
#endif
