/* SPDX-License-Identifier: Apache-2.0 */
/* What claims can be grouped by. */
#include "tape/stratum.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/text/text.h"

/* Lower ends of bands. */
static const double balances[] = {0.0,    100.0,   250.0,   500.0,   1000.0,  2500.0,
                                  5000.0, 10000.0, 25000.0, 50000.0, 100000.0};
static const int paid_months[] = {0, 3, 6, 12, 24, 36, 60};
enum {
    BALANCES = sizeof balances / sizeof balances[0],
    PAID = sizeof paid_months / sizeof paid_months[0],
    FIRST_YEAR = 1900
};

static const struct {
    const char *name;
    jk_stratum_source source;
    jk_column column;
} made[] = {{"balance_band", JK_STRATUM_BALANCE, JK_COLUMN_CLAIM_ID},
            {"vintage", JK_STRATUM_VINTAGE, JK_COLUMN_WRITTEN_OFF_ON},
            {"last_payment", JK_STRATUM_PAID, JK_COLUMN_LAST_PAID_ON},
            {"segment", JK_STRATUM_SEGMENT, JK_COLUMN_CLAIM_ID},
            {"decision", JK_STRATUM_DECISION, JK_COLUMN_CLAIM_ID},
            {"capacity_class", JK_STRATUM_CLASS, JK_COLUMN_CLAIM_ID}};

/* The column that was perhaps meant; NULL: none is like it. */
static const char *nearest(const char *name, bool valued) {
    enum { MADE = sizeof made / sizeof made[0] };
    const char *names[MADE + JK_CSV_COLUMN_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < MADE; i++) {
        if (valued || made[i].source < JK_STRATUM_SEGMENT) {
            names[count++] = made[i].name;
        }
    }
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        const jk_type type = jk_schema_column((jk_column)c)->type;
        if (type == JK_TYPE_DICTIONARY || type == JK_TYPE_ENUM) {
            names[count++] = jk_schema_column((jk_column)c)->name;
        }
    }
    const int found = jk_text_nearest(name, names, count);
    return found < 0 ? NULL : names[found];
}

static jk_status find_in_tape(const jk_tape *tape, const char *name, bool valued, jk_stratum_column *column,
                              jk_error *error) {
    int found = jk_schema_find(name, strlen(name));
    found = found >= 0 ? found : jk_extras_find(jk_tape_extras(tape), name);
    const jk_type type = found >= 0 ? jk_schema_column((jk_column)found)->type : JK_TYPE_TEXT;
    if (type != JK_TYPE_DICTIONARY && type != JK_TYPE_ENUM) {
        const char *meant = nearest(name, valued);
        return meant != NULL ? jk_fail(error, JK_ERROR_ARGUMENT, jk_tape_path(tape), 0, name,
                                       "cannot be grouped by; did you mean %s?", meant)
                             : jk_fail(error, JK_ERROR_ARGUMENT, jk_tape_path(tape), 0, name,
                                       "cannot be grouped by; expected balance_band, vintage, last_payment,%s or a "
                                       "column of texts or "
                                       "levels, such as country, product or legal_status",
                                       valued ? " segment, decision, capacity_class," : "");
    }
    column->source = type == JK_TYPE_ENUM ? JK_STRATUM_LEVELS : JK_STRATUM_CODES;
    column->column = (jk_column)found;
    column->words = type == JK_TYPE_ENUM ? jk_schema_levels((jk_column)found, &column->word_count)
                                         : jk_tape_dictionary(tape, (jk_column)found, &column->word_count);
    column->name = jk_extras_column_name(jk_tape_extras(tape), jk_tape_kind(tape), (jk_column)found);
    return column->word_count + 1 < 1U << JK_STRATUM_BITS
               ? JK_OK
               : jk_fail(error, JK_ERROR_ARGUMENT, jk_tape_path(tape), 0, name,
                         "has %zu different texts; expected a column of at most %u to group by", column->word_count,
                         (1U << JK_STRATUM_BITS) - 2);
}

static jk_status find(const jk_tape *tape, const char *name, bool valued, jk_stratum_column *column, jk_error *error) {
    *column = (jk_stratum_column){0};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        if (strcmp(made[i].name, name) == 0 && (valued || made[i].source < JK_STRATUM_SEGMENT)) {
            column->source = made[i].source;
            column->column = made[i].column;
            column->name = made[i].name;
            return JK_OK;
        }
    }
    return find_in_tape(tape, name, valued, column, error);
}

jk_status jk_stratum_read(const jk_tape *tape, const char *by, bool valued, jk_stratum_list *list, jk_error *error) {
    *list = (jk_stratum_list){0};
    for (const char *at = by;; at++) {
        char name[JK_STRATUM_WORD];
        size_t length = strcspn(at, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), at);
        if (list->count == JK_STRATUM_COLUMNS) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "by", "at most %d columns can be combined",
                           (int)JK_STRATUM_COLUMNS);
        }
        jk_stratum_column *column = &list->by[list->count++];
        JK_TRY(find(tape, name, valued, column, error));
        for (size_t i = 0; i + 1 < list->count; i++) {
            if (strcmp(list->by[i].name, column->name) == 0) {
                return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "by", "'%s' is named twice", name);
            }
        }
        list->columns |= column->source < JK_STRATUM_BALANCE ? UINT64_C(1) << column->column : 0;
        at += length;
        if (*at == '\0') {
            return JK_OK;
        }
    }
}

/* The last band that begins at or below the amount, from 1. */
static uint32_t balance_band(double balance) {
    uint32_t band = 1;
    while (band < BALANCES && balance >= balances[band]) {
        band++;
    }
    return band;
}

static uint32_t paid_band(int32_t paid, int32_t cutoff) {
    uint32_t band = 1;
    if (paid == JK_MISSING_INTEGER) {
        return 0;
    }
    int32_t months = jk_months_between(paid, cutoff);
    while (band < PAID && months >= paid_months[band]) {
        band++;
    }
    return band;
}

uint32_t jk_stratum_code(const jk_stratum_column *column, const jk_block *block, double balance, size_t row,
                         int32_t cutoff) {
    const void *data = block->column[column->column];
    switch (column->source) {
    case JK_STRATUM_CODES:
        return (uint32_t)(((const int32_t *)data)[row] + 1);
    case JK_STRATUM_LEVELS:
        return (uint32_t)(((const int8_t *)data)[row] + 1);
    case JK_STRATUM_BALANCE:
        return balance_band(balance);
    case JK_STRATUM_VINTAGE: {
        const int32_t date = ((const int32_t *)data)[row];
        const int year = date == JK_MISSING_INTEGER ? -1 : jk_civil_from_date(date).year - FIRST_YEAR;
        return year >= 0 && year < (1 << JK_STRATUM_BITS) - 1 ? (uint32_t)year + 1 : 0; /* others stand for none */
    }
    default:
        return paid_band(((const int32_t *)data)[row], cutoff);
    }
}

/* The words for a code; those of a valuation by their `words`. */
static void put_word(const jk_stratum_column *column, uint32_t code, char *text, size_t room) {
    if (code == 0) {
        (void)snprintf(text, room, "%s", column->source == JK_STRATUM_PAID ? "never" : "missing");
        return;
    }
    const size_t at = code - 1;
    switch (column->source) {
    case JK_STRATUM_BALANCE:
        (void)(at + 1 < BALANCES ? snprintf(text, room, "%.0f-%.0f", balances[at], balances[at + 1])
                                 : snprintf(text, room, "%.0f-", balances[at]));
        break;
    case JK_STRATUM_VINTAGE:
        (void)snprintf(text, room, "%u", FIRST_YEAR + (unsigned)at);
        break;
    case JK_STRATUM_PAID:
        (void)(at + 1 < PAID ? snprintf(text, room, "%d-%d months", paid_months[at], paid_months[at + 1])
                             : snprintf(text, room, "%d- months", paid_months[at]));
        break;
    default:
        (void)snprintf(text, room, "%s", at < column->word_count ? column->words[at] : "?");
        break;
    }
}

uint32_t jk_stratum_code_of(const jk_stratum_list *list, uint64_t key, size_t column) {
    assert(key != 0 && column < list->count); /* 0 is a free place */
    size_t shift = (list->count - 1 - column) * JK_STRATUM_BITS;
    return (uint32_t)((key - 1) >> shift) & ((1U << JK_STRATUM_BITS) - 1);
}

const char *jk_stratum_words(const jk_stratum_list *list, uint64_t key, char text[JK_STRATUM_WORD]) {
    size_t length = 0;
    text[0] = '\0';
    for (size_t c = 0; c < list->count; c++) {
        char word[JK_STRATUM_WORD];
        put_word(&list->by[c], jk_stratum_code_of(list, key, c), word, sizeof word);
        int added = snprintf(text + length, JK_STRATUM_WORD - length, "%s%s", c > 0 ? ", " : "", word);
        length = added < 0 || length + (size_t)added >= JK_STRATUM_WORD ? JK_STRATUM_WORD - 1 : length + (size_t)added;
    }
    return text;
}

void jk_stratum_put_heads(const jk_stratum_list *list, jk_listing_column *heads) {
    for (size_t c = 0; c < list->count; c++) {
        const char *name = list->by[c].name;
        heads[c] = (jk_listing_column){name, name, "", "What is grouped by", JK_LISTING_TEXT, 0};
    }
}

void jk_stratum_put_words(const jk_stratum_list *list, uint64_t key, jk_cell *cells) {
    for (size_t c = 0; c < list->count; c++) {
        put_word(&list->by[c], jk_stratum_code_of(list, key, c), cells[c].text, sizeof cells[c].text);
    }
}
