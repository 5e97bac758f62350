/* SPDX-License-Identifier: Apache-2.0 */
/* The table of jalki/schema.h as data, and look-ups in it. */
#include "jalki/schema.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/number/calendar.h"

enum rule { KEEP, REJECT, NEUTRAL };

/* How values of a quantity are stored. */
#define JK_TYPE_OF_IDENTIFIER JK_TYPE_TEXT
#define JK_TYPE_OF_LEVEL      JK_TYPE_ENUM
#define JK_TYPE_OF_WORD       JK_TYPE_DICTIONARY
#define JK_TYPE_OF_DATE       JK_TYPE_DATE
#define JK_TYPE_OF_AMOUNT     JK_TYPE_MONEY
#define JK_TYPE_OF_BALANCE    JK_TYPE_MONEY
#define JK_TYPE_OF_RATE       JK_TYPE_REAL
#define JK_TYPE_OF_MONTHS     JK_TYPE_REAL
#define JK_TYPE_OF_NUMBER     JK_TYPE_REAL
#define JK_TYPE_OF_COUNT      JK_TYPE_INTEGER
#define JK_TYPE_OF_PERSONS    JK_TYPE_INTEGER
#define JK_TYPE_OF_YEAR       JK_TYPE_INTEGER

/* What values of a quantity count, and between which bounds they lie. Of levels and dates the bounds are made when they
 * are asked for (jk_schema_range). */
static const struct {
    const char *unit;
    double low, high;
} quantities[JK_QUANTITY_KINDS] = {
    [JK_QUANTITY_IDENTIFIER] = {"text", 0.0, 0.0},
    [JK_QUANTITY_LEVEL] = {"code", 0.0, 0.0},
    [JK_QUANTITY_WORD] = {"index into the dictionary", 0.0, JK_DICTIONARY_MAX},
    [JK_QUANTITY_DATE] = {"days since 1970-01-01", 0.0, 0.0},
    [JK_QUANTITY_AMOUNT] = {"hundredths of the row's currency", 0.0, JK_MONEY_MAX},
    [JK_QUANTITY_BALANCE] = {"hundredths of the row's currency", -JK_MONEY_MAX, JK_MONEY_MAX},
    [JK_QUANTITY_RATE] = {"1/year", 0.0, 10.0},
    [JK_QUANTITY_MONTHS] = {"months", 0.0, 1200.0},
    [JK_QUANTITY_NUMBER] = {"number", -1e12, 1e12},
    [JK_QUANTITY_COUNT] = {"count", 0.0, 1e6},
    [JK_QUANTITY_PERSONS] = {"persons", 0.0, 20.0},
    [JK_QUANTITY_YEAR] = {"year", 1850.0, 9999.0},
    [JK_QUANTITY_INDEX] = {"number from 0", 0.0, INT32_MAX},
};

static const char *const debtor_types[] = {"consumer", "business"};
static const char *const legal_statuses[] = {
    "none",       "filed",           "title",    "enforcement", "enforcement_insolvent",
    "bankruptcy", "debt_adjustment", "deceased", "disputed"};
static const char *const employments[] = {"employed", "self_employed", "unemployed", "retired", "unknown"};
static const char *const channels[] = {"none", "letter", "email", "phone", "unknown"};
static const char *const flags[] = {"0", "1"};
static const char *const treatments[] = {"surveil", "amicable", "legal"};
static const char *const classes[] = {"none", "weak", "able"};
static const char *const title_states[] = {"none", "pending", "title"};
static const char *const exits[] = {"none", "paid", "death", "insolvency", "sold", "closed"};

#define LEVELS(array) array, sizeof array / sizeof array[0]

/* Levels of each enumeration column, in the order of the public enums. */
static const struct {
    jk_column column;
    const char *const *levels;
    size_t count;
} enumerations[] = {
    {JK_COLUMN_DEBTOR_TYPE, LEVELS(debtor_types)}, {JK_COLUMN_LEGAL_STATUS, LEVELS(legal_statuses)},
    {JK_COLUMN_EMPLOYMENT, LEVELS(employments)},   {JK_COLUMN_REACHABLE, LEVELS(channels)},
    {JK_COLUMN_VULNERABLE, LEVELS(flags)},         {JK_COLUMN_TREATMENT, LEVELS(treatments)},
    {JK_COLUMN_CAPACITY_CLASS, LEVELS(classes)},   {JK_COLUMN_CAPACITY_CLASS_END, LEVELS(classes)},
    {JK_COLUMN_TITLE_STATE, LEVELS(title_states)}, {JK_COLUMN_EXIT, LEVELS(exits)},
};

static_assert(sizeof legal_statuses / sizeof legal_statuses[0] == JK_LEGAL_STATUS_COUNT, "one name per status");
static_assert(sizeof employments / sizeof employments[0] == JK_EMPLOYMENT_COUNT, "one name per employment");
static_assert(sizeof channels / sizeof channels[0] == JK_REACHABLE_COUNT, "one name per channel");

static_assert(sizeof exits / sizeof exits[0] == JK_PANEL_EXIT_COUNT, "one name per exit");
static_assert(JK_COLUMN_COUNT <= 64, "sets of columns are bits of 64");

static const jk_column_info columns[JK_COLUMN_COUNT] = {
#define JK_X(NAME, column_name, kind, rule, level, text)                                                               \
    [JK_COLUMN_##NAME] = {.name = #column_name,                                                                        \
                          .type = JK_TYPE_OF_##kind,                                                                   \
                          .quantity = JK_QUANTITY_##kind,                                                              \
                          .required = (rule) == REJECT,                                                                \
                          .neutral = (rule) == NEUTRAL,                                                                \
                          .missing = (level),                                                                          \
                          .meaning = (text)},
    JK_COLUMNS(JK_X) JK_PANEL_COLUMNS(JK_X)
#undef JK_X
#define JK_X(NAME, column_name, kind)                                                                                  \
    [JK_COLUMN_##NAME] = {.name = #column_name,                                                                        \
                          .type = JK_TYPE_OF_##kind,                                                                   \
                          .quantity = JK_QUANTITY_##kind,                                                              \
                          .neutral = 1, /* what they mean, a model says: what it makes of missing, too */              \
                          .missing = "",                                                                               \
                          .meaning = "an own column of the mapping (`extra:`)"},
        JK_EXTRA_COLUMNS(JK_X)
#undef JK_X
            [JK_COLUMN_CLAIM_INDEX] = {.name = "claim_index",
                                       .type = JK_TYPE_INTEGER,
                                       .quantity = JK_QUANTITY_INDEX,
                                       .required = REJECT,
                                       .missing = "",
                                       .meaning = "number of the claim, from 0 in order of first appearance"},
    [JK_COLUMN_DEBTOR_INDEX] = {.name = "debtor_index",
                                .type = JK_TYPE_INTEGER,
                                .quantity = JK_QUANTITY_INDEX,
                                .required = REJECT,
                                .missing = "",
                                .meaning = "number of the debtor, from 0 in order of first appearance"},
};

const jk_column_info *jk_schema_column(jk_column column) {
    assert((unsigned)column < JK_COLUMN_COUNT);
    return &columns[column];
}

const char *const *jk_schema_levels(jk_column column, size_t *count) {
    for (size_t i = 0; i < sizeof enumerations / sizeof enumerations[0]; i++) {
        if (enumerations[i].column == column) {
            *count = enumerations[i].count;
            return enumerations[i].levels;
        }
    }
    *count = 0;
    return NULL;
}

static bool same_text(const char *name, const char *text, size_t length) {
    return strncmp(name, text, length) == 0 && name[length] == '\0';
}

static bool is_index(jk_column column) {
    return column == JK_COLUMN_DEBTOR_INDEX || column == JK_COLUMN_CLAIM_INDEX;
}

/* Columns of the lists beside tapes, with their names there. */
static const struct {
    jk_kind kind;
    jk_column column;
    const char *name;
    int required;
} listed[] = {
    {JK_KIND_PAYMENTS, JK_COLUMN_CLAIM_ID, "claim_id", REJECT},
    {JK_KIND_PAYMENTS, JK_COLUMN_PERIOD_START, "paid_on", REJECT},
    {JK_KIND_PAYMENTS, JK_COLUMN_CASH, "amount", REJECT},
    {JK_KIND_PAYMENTS, JK_COLUMN_CASH_PRINCIPAL, "principal", KEEP},
    {JK_KIND_PAYMENTS, JK_COLUMN_CASH_INTEREST, "interest", KEEP},
    {JK_KIND_PAYMENTS, JK_COLUMN_CASH_COSTS, "costs", KEEP},
    {JK_KIND_PAYMENTS, JK_COLUMN_DEBTOR_INDEX, "debtor_index", REJECT},
    {JK_KIND_ACTIONS, JK_COLUMN_CLAIM_ID, "claim_id", REJECT},
    {JK_KIND_ACTIONS, JK_COLUMN_PERIOD_START, "from_date", REJECT},
    {JK_KIND_ACTIONS, JK_COLUMN_TREATMENT, "treatment", REJECT},
    {JK_KIND_ACTIONS, JK_COLUMN_DEBTOR_INDEX, "debtor_index", REJECT},
};

static int find_listed(jk_kind kind, jk_column column) {
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        if (listed[i].kind == kind && listed[i].column == column) {
            return (int)i;
        }
    }
    return -1;
}

const char *jk_schema_name(jk_kind kind, jk_column column) {
    int place = find_listed(kind, column);
    return place >= 0 ? listed[place].name : columns[column].name;
}

int jk_schema_in_store(jk_kind kind, jk_column column) {
    if (kind == JK_KIND_PAYMENTS || kind == JK_KIND_ACTIONS) {
        return find_listed(kind, column) >= 0;
    }
    return kind == JK_KIND_PANEL || column <= JK_COLUMN_DEBTOR_INDEX || jk_schema_is_extra(column);
}

int jk_schema_in_csv(jk_kind kind, jk_column column) {
    return jk_schema_in_store(kind, column) && !is_index(column) && !jk_schema_is_extra(column);
}

int jk_schema_required(jk_kind kind, jk_column column) {
    int place = find_listed(kind, column);
    return place >= 0 ? listed[place].required : jk_schema_in_store(kind, column) && columns[column].required;
}

/* ---- own columns ------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    jk_type type;
} extra_types[] = {
    {"number", JK_TYPE_REAL}, {"text", JK_TYPE_DICTIONARY}, {"date", JK_TYPE_DATE}, {"money", JK_TYPE_MONEY}};
enum { EXTRA_TYPES = sizeof extra_types / sizeof extra_types[0] };

/* Columns of results and of files of claims, among which own ones are written. */
static const char *const result_names[] = {
    "score",       "theta",         "paying",        "segment",       "decision",
    "reason",      "value",         "q_close",       "q_sell",        "q_surveil",
    "q_amicable",  "q_legal",       "erc_gross",     "erc_net",       "gross_12m",
    "gross_60m",   "attachable",    "months_to_bar", "balance",       "value_pct_of_face",
    "bid",         "row",           "court_cost",    "hours_surveil", "hours_amicable",
    "hours_legal", "decision_free", "check_worth",   "check_cost",    "check_now"};

int jk_schema_is_extra(jk_column column) {
    return (int)column >= (int)JK_FIXED_COLUMN_COUNT && column < JK_COLUMN_COUNT;
}

const char *jk_extra_type_name(jk_type type) {
    for (size_t i = 0; i < EXTRA_TYPES; i++) {
        if (extra_types[i].type == type) {
            return extra_types[i].name;
        }
    }
    return "";
}

int jk_extra_type(const char *name) {
    for (size_t i = 0; i < EXTRA_TYPES; i++) {
        if (strcmp(extra_types[i].name, name) == 0) {
            return (int)extra_types[i].type;
        }
    }
    return -1;
}

const char *jk_extra_name_problem(const char *name) {
    const size_t length = strlen(name);
    if (length == 0 || length > JK_EXTRA_NAME_MAX || name[0] < 'a' || name[0] > 'z' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != length) {
        return "expected a name of small letters, digits and _, with a letter first, of at most 40 characters";
    }
    for (int i = 0; i < JK_FIXED_COLUMN_COUNT; i++) {
        if (strcmp(columns[i].name, name) == 0) {
            return "this is the name of a column that tapes or panels have; expected another one";
        }
    }
    for (size_t i = 0; i < sizeof result_names / sizeof result_names[0]; i++) {
        if (strcmp(result_names[i], name) == 0) {
            return "this is the name of a column of results; expected another one";
        }
    }
    return NULL;
}

int jk_extras_add(jk_extras *extras, jk_type type, const char *name, size_t *places) {
    *places = 0;
    for (int i = 0; i < JK_EXTRA_COUNT; i++) {
        if (columns[JK_FIXED_COLUMN_COUNT + i].type != type) {
            continue;
        }
        ++*places;
        if (extras->name[i] == NULL) {
            extras->name[i] = name;
            return JK_FIXED_COLUMN_COUNT + i;
        }
    }
    return -1;
}

int jk_extras_find(const jk_extras *extras, const char *name) {
    for (int i = 0; extras != NULL && i < JK_EXTRA_COUNT; i++) {
        if (extras->name[i] != NULL && strcmp(extras->name[i], name) == 0) {
            return JK_FIXED_COLUMN_COUNT + i;
        }
    }
    return -1;
}

const char *jk_extras_column_name(const jk_extras *extras, jk_kind kind, jk_column column) {
    const char *own =
        extras != NULL && jk_schema_is_extra(column) ? extras->name[column - JK_FIXED_COLUMN_COUNT] : NULL;
    return own != NULL ? own : jk_schema_name(kind, column);
}

int jk_schema_find_in(jk_kind kind, const char *name, size_t length) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        if (jk_schema_in_csv(kind, (jk_column)i) && same_text(jk_schema_name(kind, (jk_column)i), name, length)) {
            return i;
        }
    }
    return -1;
}

int jk_schema_find(const char *name, size_t length) {
    return jk_schema_find_in(JK_KIND_TAPE, name, length);
}

int jk_schema_level(jk_column column, const char *text, size_t length) {
    size_t count = 0;
    const char *const *levels = jk_schema_levels(column, &count);
    for (size_t i = 0; i < count; i++) {
        if (same_text(levels[i], text, length)) {
            return (int)i;
        }
    }
    return -1;
}

size_t jk_schema_element_size(jk_column column) {
    static const size_t sizes[] = {
        [JK_TYPE_TEXT] = JK_TEXT_MAX,        [JK_TYPE_ENUM] = sizeof(int8_t),   [JK_TYPE_DICTIONARY] = sizeof(int32_t),
        [JK_TYPE_DATE] = sizeof(int32_t),    [JK_TYPE_MONEY] = sizeof(int64_t), [JK_TYPE_REAL] = sizeof(double),
        [JK_TYPE_INTEGER] = sizeof(int32_t),
    };
    return sizes[jk_schema_column(column)->type];
}

const char *jk_schema_unit(jk_column column) {
    return quantities[jk_schema_column(column)->quantity].unit;
}

void jk_schema_range(jk_column column, double *low, double *high) {
    const jk_quantity quantity = jk_schema_column(column)->quantity;
    size_t levels = 0;
    *low = quantities[quantity].low;
    *high = quantities[quantity].high;
    if (quantity == JK_QUANTITY_LEVEL) {
        (void)jk_schema_levels(column, &levels);
        *high = (double)levels - 1.0;
    } else if (quantity == JK_QUANTITY_DATE) {
        *low = jk_date_from_civil(1, 1, 1);
        *high = jk_date_from_civil(9999, 12, 31);
    }
}
