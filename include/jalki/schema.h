/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of tape columns, and that of the columns which a history panel has besides. Reader, store, inspector,
 * generator, characteristics and the column documentation are driven by them: a new column is one line here
 * (docs/recipes.md).
 *
 * X(NAME, name, quantity, rule, missing, meaning)
 *
 * quantity: what its values are: how they are stored, in which unit, between which bounds (jk_quantity).
 *
 * rule: of a row where it is missing or cannot be read. REJECT: the row is rejected in both cases; KEEP: missing is
 * stored as missing, what cannot be read rejects the row; NEUTRAL: both are stored as missing (in a tape). What is
 * stored as missing gets its default when it is used, so that inspection sees what the seller left out.
 *
 * missing: the level for which conditions and scores take a missing cell; "": none (currency: the model's own). */
#ifndef JALKI_SCHEMA_H
#define JALKI_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define JK_COLUMNS(X)                                                                                                  \
    X(CLAIM_ID, claim_id, IDENTIFIER, REJECT, "", "the seller's key; of duplicates the first row is kept")             \
    X(DEBTOR_ID, debtor_id, IDENTIFIER, KEEP, "",                                                                      \
      "claims that share it share one payment capacity; missing: own debtor")                                          \
    X(COUNTRY, country, WORD, REJECT, "", "ISO 3166 alpha-2 code; decides the jurisdiction")                           \
    X(DEBTOR_TYPE, debtor_type, LEVEL, KEEP, "consumer", "consumer or business; missing: consumer")                    \
    X(PRODUCT, product, WORD, NEUTRAL, "other", "kind of receivable; missing: other")                                  \
    X(CURRENCY, currency, WORD, KEEP, "", "ISO 4217 code; missing: the model's base currency")                         \
    X(DEFAULTED_ON, defaulted_on, DATE, KEEP, "", "first unpaid due date; missing: written_off_on")                    \
    X(WRITTEN_OFF_ON, written_off_on, DATE, REJECT, "", "write-off date; the age of the debt counts from here")        \
    X(LAST_PAID_ON, last_paid_on, DATE, NEUTRAL, "", "last payment received; missing: never paid")                     \
    X(LIMITATION_ON, limitation_on, DATE, KEEP, "", "date the claim is barred without a title; missing: by the rules") \
    X(TITLE_ON, title_on, DATE, KEEP, "", "date of the judgment or other enforcement title; missing: none")            \
    X(PRINCIPAL, principal, BALANCE, REJECT, "", "outstanding principal")                                              \
    X(INTEREST_ACCRUED, interest_accrued, BALANCE, KEEP, "", "accrued interest; missing: 0")                           \
    X(FEES, fees, BALANCE, KEEP, "", "fees and costs charged; missing: 0")                                             \
    X(ORIGINAL_PRINCIPAL, original_principal, AMOUNT, NEUTRAL, "", "principal at origin; missing: principal")          \
    X(INTEREST_RATE, interest_rate, RATE, KEEP, "", "simple yearly rate on principal; missing: statutory")             \
    X(LEGAL_STATUS, legal_status, LEVEL, KEEP, "none", "where the claim stands; missing: none")                        \
    X(BIRTH_YEAR, birth_year, YEAR, NEUTRAL, "", "debtor's year of birth; missing: unknown")                           \
    X(INCOME_MONTHLY, income_monthly, AMOUNT, NEUTRAL, "", "net monthly income; missing: unknown")                     \
    X(DEPENDANTS, dependants, PERSONS, NEUTRAL, "", "persons the debtor supports, 0 to 20; missing: 0")                \
    X(HOUSING_COST, housing_cost, AMOUNT, NEUTRAL, "", "monthly housing cost; missing: 0")                             \
    X(OTHER_DEBT_ENFORCED, other_debt_enforced, AMOUNT, KEEP, "",                                                      \
      "other creditors' balances in enforcement against this debtor; missing: 0")                                      \
    X(DEFAULT_MARKS, default_marks, COUNT, NEUTRAL, "", "public payment-default entries; missing: unknown")            \
    X(EMPLOYMENT, employment, LEVEL, NEUTRAL, "unknown", "employment; missing: unknown")                               \
    X(REACHABLE, reachable, LEVEL, NEUTRAL, "unknown", "best verified channel; missing: unknown")                      \
    X(PAYMENTS_12M, payments_12m, AMOUNT, NEUTRAL, "", "received in the last 12 months; missing: 0")                   \
    X(PAYMENTS_24M, payments_24m, AMOUNT, NEUTRAL, "", "received in the last 24 months; missing: 0")                   \
    X(INSTALMENT_MONTHLY, instalment_monthly, AMOUNT, NEUTRAL, "",                                                     \
      "what the debtor pays a month now, by plan or by habit; missing: unknown")                                       \
    X(PROMISES_KEPT, promises_kept, COUNT, NEUTRAL, "", "payment promises kept; missing: 0")                           \
    X(PROMISES_BROKEN, promises_broken, COUNT, NEUTRAL, "", "payment promises broken; missing: 0")                     \
    X(PLACEMENTS, placements, COUNT, NEUTRAL, "0", "agencies that worked the claim before; missing: 0")                \
    X(VULNERABLE, vulnerable, LEVEL, KEEP, "0", "0 or 1: never legal, never sold; missing: 0")

/* A panel is history: one row per claim and period, with these columns besides those of the tape, which stand as at the
 * period's start. REJECT and KEEP as above. In a panel `principal` may be missing: it is then balance_start. */
#define JK_PANEL_COLUMNS(X)                                                                                            \
    X(PERIOD_START, period_start, DATE, REJECT, "", "first day of the period; with claim_id the key of the row")       \
    X(PERIOD_MONTHS, period_months, MONTHS, REJECT, "",                                                                \
      "months at risk, above 0; a part of a month where the claim left")                                               \
    X(BALANCE_START, balance_start, AMOUNT, REJECT, "", "balance outstanding at period_start, above 0")                \
    X(TREATMENT, treatment, LEVEL, REJECT, "", "treatment in force during the period")                                 \
    X(CAPACITY_CLASS, capacity_class, LEVEL, KEEP, "",                                                                 \
      "capacity class at period_start; missing: by the model's score")                                                 \
    X(CAPACITY_CLASS_END, capacity_class_end, LEVEL, KEEP, "", "capacity class at the period's end; missing: unknown") \
    X(TITLE_STATE, title_state, LEVEL, KEEP, "", "title state at period_start; missing: by legal_status and title_on") \
    X(CASH, cash, AMOUNT, REJECT, "", "received in the period")                                                        \
    X(CASH_PRINCIPAL, cash_principal, AMOUNT, KEEP, "", "part of cash booked to principal; missing: unknown")          \
    X(CASH_INTEREST, cash_interest, AMOUNT, KEEP, "", "part of cash booked to interest; missing: unknown")             \
    X(CASH_COSTS, cash_costs, AMOUNT, KEEP, "", "part of cash booked to costs and fees; missing: unknown")             \
    X(COST, cost, AMOUNT, KEEP, "", "spent on the claim in the period; missing: 0")                                    \
    X(EXIT, exit, LEVEL, KEEP, "", "how the claim left at the period's end; missing or none: it was still there")

/* Own columns: what a mapping adds under names of its own (`extra:` in docs/mapping-file.md). A tape or panel has
 * places for so many of each type, and says which names stand there; all else about them is as with the columns above,
 * missing values included. Who has a model and a tape finds the place by the name: jk_tape_place. */
#define JK_EXTRA_COLUMNS(X)                                                                                            \
    X(EXTRA_NUMBER_1, extra_number_1, NUMBER)                                                                          \
    X(EXTRA_NUMBER_2, extra_number_2, NUMBER)                                                                          \
    X(EXTRA_NUMBER_3, extra_number_3, NUMBER)                                                                          \
    X(EXTRA_NUMBER_4, extra_number_4, NUMBER)                                                                          \
    X(EXTRA_NUMBER_5, extra_number_5, NUMBER)                                                                          \
    X(EXTRA_NUMBER_6, extra_number_6, NUMBER)                                                                          \
    X(EXTRA_NUMBER_7, extra_number_7, NUMBER)                                                                          \
    X(EXTRA_NUMBER_8, extra_number_8, NUMBER)                                                                          \
    X(EXTRA_TEXT_1, extra_text_1, WORD)                                                                                \
    X(EXTRA_TEXT_2, extra_text_2, WORD)                                                                                \
    X(EXTRA_TEXT_3, extra_text_3, WORD)                                                                                \
    X(EXTRA_TEXT_4, extra_text_4, WORD)                                                                                \
    X(EXTRA_DATE_1, extra_date_1, DATE)                                                                                \
    X(EXTRA_DATE_2, extra_date_2, DATE)                                                                                \
    X(EXTRA_MONEY_1, extra_money_1, BALANCE)                                                                           \
    X(EXTRA_MONEY_2, extra_money_2, BALANCE)                                                                           \
    X(EXTRA_MONEY_3, extra_money_3, BALANCE)

typedef enum jk_column {
#define JK_X(NAME, name, quantity, rule, missing, meaning) JK_COLUMN_##NAME,
    JK_COLUMNS(JK_X)        /* of a tape */
    JK_COLUMN_DEBTOR_INDEX, /* int32, dense 0..debtors-1 in order of first appearance; made by import */
    JK_PANEL_COLUMNS(JK_X)  /* of a panel */
#undef JK_X
    JK_COLUMN_CLAIM_INDEX, /* int32, dense 0..claims-1 in order of first appearance; made by import of a panel */
#define JK_X(NAME, name, quantity) JK_COLUMN_##NAME,
    JK_EXTRA_COLUMNS(JK_X)
#undef JK_X
        JK_COLUMN_COUNT
} jk_column;

/* Columns whose names are the same on every tape; the own ones follow. */
enum { JK_FIXED_COLUMN_COUNT = JK_COLUMN_CLAIM_INDEX + 1, JK_EXTRA_COUNT = JK_COLUMN_COUNT - JK_FIXED_COLUMN_COUNT };
enum { JK_EXTRA_TEXTS = JK_COLUMN_EXTRA_DATE_1 - JK_COLUMN_EXTRA_TEXT_1, JK_EXTRA_NAME_MAX = 40 };

/* Names of own columns by place (column - JK_FIXED_COLUMN_COUNT); NULL: nothing stands there. */
typedef struct jk_extras {
    const char *name[JK_EXTRA_COUNT];
} jk_extras;

/* Number of columns that a canonical CSV tape can have (debtor_index is made by import); they come first. */
enum { JK_CSV_COLUMN_COUNT = JK_COLUMN_DEBTOR_INDEX };

/* Number of columns that a tape's store can have; those of panels follow. */
enum { JK_TAPE_COLUMN_COUNT = JK_COLUMN_DEBTOR_INDEX + 1 };

/* What a file or a store holds. */
typedef enum jk_kind {
    JK_KIND_TAPE,  /* one row per claim, as at one cut-off */
    JK_KIND_PANEL, /* one row per claim and period: history */
    /* Lists beside tapes, of which `jalki panel` makes history. They use a few of the columns under names of their own.
     */
    JK_KIND_PAYMENTS, /* claim_id, paid_on (period_start), amount (cash), principal, interest, costs (parts of cash) */
    JK_KIND_ACTIONS,  /* claim_id, from_date (period_start), treatment */
    JK_KIND_COUNT
} jk_kind;

/* How a column is stored in memory and on disk, and what stands for missing. */
typedef enum jk_type {
    JK_TYPE_TEXT,       /* char[width], zero-padded; width is the tape's (at most JK_TEXT_MAX); missing: empty */
    JK_TYPE_ENUM,       /* int8_t code of jk_schema_level(); missing: JK_MISSING_ENUM */
    JK_TYPE_DICTIONARY, /* int32_t index into the tape's dictionary of that column; missing: JK_MISSING_INDEX */
    JK_TYPE_DATE,       /* int32_t days since 1970-01-01; missing: JK_MISSING_INTEGER */
    JK_TYPE_MONEY,      /* int64_t hundredths of the row's currency unit; missing: JK_MISSING_MONEY */
    JK_TYPE_REAL,       /* double; missing: NaN */
    JK_TYPE_INTEGER     /* int32_t; missing: JK_MISSING_INTEGER */
} jk_type;

/* What the values of a column are. */
typedef enum jk_quantity {
    JK_QUANTITY_IDENTIFIER, /* text */
    JK_QUANTITY_LEVEL,      /* one of the levels of the column */
    JK_QUANTITY_WORD,       /* text of which a tape has few different ones */
    JK_QUANTITY_DATE,       /* years 1 to 9999 */
    JK_QUANTITY_AMOUNT,     /* money, not below 0: what comes in or is earned */
    JK_QUANTITY_BALANCE,    /* money that may be below 0: a credit on the account */
    JK_QUANTITY_RATE,       /* a year, 0 to 10: more is a figure in per cent */
    JK_QUANTITY_MONTHS,     /* real, 0 to 1,200 */
    JK_QUANTITY_NUMBER,     /* real, -1e12 to 1e12 */
    JK_QUANTITY_COUNT,      /* 0 to a million */
    JK_QUANTITY_PERSONS,    /* 0 to 20 */
    JK_QUANTITY_YEAR,       /* 1850 to 9999 */
    JK_QUANTITY_INDEX,      /* from 0 */
    JK_QUANTITY_KINDS
} jk_quantity;

#define JK_MISSING_ENUM    ((int8_t)-1)
#define JK_MISSING_INDEX   ((int32_t)-1)
#define JK_MISSING_INTEGER INT32_MIN
#define JK_MISSING_MONEY   INT64_MIN

/* Money that counts as 0 where it is missing. */
static inline int64_t jk_money_or_zero(int64_t money) {
    return money == JK_MISSING_MONEY ? 0 : money;
}

enum {
    JK_TEXT_MAX = 128,           /* bytes in claim_id and debtor_id */
    JK_DICTIONARY_MAX = 65535,   /* distinct strings in a dictionary column */
    JK_DICTIONARY_TEXT_MAX = 255 /* bytes in one of them */
};

/* Largest amount on a tape, in hundredths of a currency unit (10 billion units): keeps every portfolio
 * sum on the fixed grid inside 64 bits. Larger amounts are rejected. */
#define JK_MONEY_MAX ((int64_t)1000000000000)

typedef enum jk_debtor_type { JK_CONSUMER, JK_BUSINESS, JK_DEBTOR_TYPE_COUNT } jk_debtor_type;
typedef enum jk_legal_status {
    JK_STATUS_NONE,
    JK_STATUS_FILED,
    JK_STATUS_TITLE,
    JK_STATUS_ENFORCEMENT,
    JK_STATUS_ENFORCEMENT_INSOLVENT,
    JK_STATUS_BANKRUPTCY,
    JK_STATUS_DEBT_ADJUSTMENT,
    JK_STATUS_DECEASED,
    JK_STATUS_DISPUTED,
    JK_LEGAL_STATUS_COUNT
} jk_legal_status;
typedef enum jk_employment {
    JK_EMPLOYED,
    JK_SELF_EMPLOYED,
    JK_UNEMPLOYED,
    JK_RETIRED,
    JK_EMPLOYMENT_UNKNOWN,
    JK_EMPLOYMENT_COUNT
} jk_employment;
typedef enum jk_reachable {
    JK_REACHABLE_NONE,
    JK_REACHABLE_LETTER,
    JK_REACHABLE_EMAIL,
    JK_REACHABLE_PHONE,
    JK_REACHABLE_UNKNOWN,
    JK_REACHABLE_COUNT
} jk_reachable;

typedef enum jk_panel_exit {
    JK_EXIT_NONE, /* still there at the end of the period, or not observed any more */
    JK_EXIT_PAID,
    JK_EXIT_DEATH,
    JK_EXIT_INSOLVENCY,
    JK_EXIT_SOLD,
    JK_EXIT_CLOSED,
    JK_PANEL_EXIT_COUNT
} jk_panel_exit;

typedef struct jk_column_info {
    const char *name; /* canonical name, as in the CSV header and in /tape/<name> */
    jk_type type;     /* by its quantity */
    jk_quantity quantity;
    int required;        /* 1: a row without it is rejected (panel columns: a row of a panel); see jk_schema_required */
    int neutral;         /* 1: a cell of a tape that cannot be read counts as missing, and its row stays */
    const char *missing; /* the level that conditions and scores take for missing; empty: none */
    const char *meaning; /* one sentence */
} jk_column_info;

/* Description of a column; `column` must be < JK_COLUMN_COUNT. The pointer is valid for ever. */
const jk_column_info *jk_schema_column(jk_column column);

/* Column of a tape with this canonical name (`length` bytes, no terminator needed), or -1. */
int jk_schema_find(const char *name, size_t length);

/* The same among the columns of a kind of file: a panel has those of a tape and its own. */
int jk_schema_find_in(jk_kind kind, const char *name, size_t length);

/* Name of the column in a CSV file of the kind. */
const char *jk_schema_name(jk_kind kind, jk_column column);

/* 1 if a CSV file of the kind can give the column: not the indexes, which import makes. */
int jk_schema_in_csv(jk_kind kind, jk_column column);

/* 1 if a store of the kind can hold the column. */
int jk_schema_in_store(jk_kind kind, jk_column column);

/* 1 if a row of the kind is nothing without the column: import rejects it, a store without it is refused. In a panel's
 * CSV principal is not required (balance_start stands for it); its store always holds it. */
int jk_schema_required(jk_kind kind, jk_column column);

/* Names of an enumeration column's levels in code order, *count of them; NULL and 0 for other columns. */
const char *const *jk_schema_levels(jk_column column, size_t *count);

/* Code of the level `text[length]` of an enumeration column, or -1. */
int jk_schema_level(jk_column column, const char *text, size_t length);

/* 1 for the place of an own column. */
int jk_schema_is_extra(jk_column column);

/* What an own column is called in mappings and models: "number", "text", "date" or "money". */
const char *jk_extra_type_name(jk_type type);

/* The type of that name, as stored (REAL, DICTIONARY, DATE, MONEY), or -1. */
int jk_extra_type(const char *name);

/* NULL if an own column may have this name; otherwise what is wrong: small letters, digits and _, a letter first, at
 * most JK_EXTRA_NAME_MAX bytes, and no name of a column of tapes, panels or results. */
const char *jk_extra_name_problem(const char *name);

/* Gives a name the first free place of its type; -1: there is none, and *places says how many there are. The name is
 * not copied. */
int jk_extras_add(jk_extras *extras, jk_type type, const char *name, size_t *places);

/* The place of a name, or -1. */
int jk_extras_find(const jk_extras *extras, const char *name);

/* A column's name, with `extras` (NULL: none) for the own ones. */
const char *jk_extras_column_name(const jk_extras *extras, jk_kind kind, jk_column column);

/* What a column counts, for readers of the file: "hundredths of the row's currency", "days since 1970-01-01", … */
const char *jk_schema_unit(jk_column column);

/* Bounds that every value given in the column keeps, in its stored unit (money in hundredths, dates in days; codes of
 * enumerations). Import rejects what lies beyond; the store refuses to read it. Dictionaries: 0 and JK_DICTIONARY_MAX.
 * Text columns have none: 0 and 0. */
void jk_schema_range(jk_column column, double *low, double *high);

/* Bytes of one stored element; for text columns JK_TEXT_MAX (a tape may use less). */
size_t jk_schema_element_size(jk_column column);

/* A run of rows in memory: one array per column, NULL where the column was not loaded.
 * Element types are those of jk_type; text elements are `text_width` bytes wide. */
typedef struct jk_block {
    size_t first_row; /* index on the tape of row 0 of the block */
    size_t rows;
    size_t text_width[2]; /* of claim_id and debtor_id */
    void *column[JK_COLUMN_COUNT];
} jk_block;

#define JK_BLOCK_MONEY(block, NAME) ((const int64_t *)(block)->column[JK_COLUMN_##NAME])
#define JK_BLOCK_INT32(block, NAME)                                                                                    \
    ((const int32_t *)(block)->column[JK_COLUMN_##NAME]) /* dates, integers, dictionaries */
#define JK_BLOCK_ENUM(block, NAME) ((const int8_t *)(block)->column[JK_COLUMN_##NAME])
#define JK_BLOCK_REAL(block, NAME) ((const double *)(block)->column[JK_COLUMN_##NAME])
#define JK_BLOCK_TEXT(block, NAME) ((const char *)(block)->column[JK_COLUMN_##NAME])

#ifdef __cplusplus
}
#endif
#endif
