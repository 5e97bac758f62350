/* SPDX-License-Identifier: Apache-2.0 */
#include "programme/watch_own.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/sort.h"
#include "base/words/language.h"

enum { FROM, TO, PIECE_ROWS = 65536, SHOWN = 64 };

void jk_watch_own_list(jk_watch *watch) {
    const jk_extras *extras[2] = {jk_tape_extras(watch->from.tape), jk_tape_extras(watch->to.tape)};
    for (int side = FROM; side <= TO; side++) {
        for (int i = 0; i < JK_EXTRA_COUNT; i++) {
            const char *name = extras[side]->name[i];
            const int other = name != NULL ? jk_extras_find(extras[1 - side], name) : -1;
            const jk_column place = (jk_column)(JK_FIXED_COLUMN_COUNT + i);
            const bool same = other >= 0 && jk_schema_column((jk_column)other)->type == jk_schema_column(place)->type;
            if (name == NULL || (side == TO && other >= 0)) {
                continue;
            }
            if (same) {
                watch->own[watch->own_count++] = (jk_watch_own){.name = name, .place = {place, (jk_column)other}};
            } else {
                watch->own_apart[watch->own_apart_count++] = name;
            }
        }
    }
}

/* ---- comparing -------------------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b) {
    return strcmp(**(const char *const *const *)a, **(const char *const *const *)b);
}

/* For each text of the second tape's dictionary its number in the first's, or the count of those: it is not there. */
static jk_status translate(const jk_watch *watch, const jk_watch_own *own, int32_t **number, jk_error *error) {
    size_t counts[2] = {0, 0};
    const char *const *texts[2] = {jk_tape_dictionary(watch->from.tape, own->place[FROM], &counts[FROM]),
                                   jk_tape_dictionary(watch->to.tape, own->place[TO], &counts[TO])};
    const char *const **sorted = jk_columns_alloc(counts[FROM] + 1, sizeof *sorted);
    int32_t *made = jk_columns_alloc(counts[TO] + 1, sizeof *made);
    if (sorted == NULL || made == NULL) {
        free((void *)sorted);
        free(made);
        return jk_fail_memory(error, "texts of own columns");
    }
    for (size_t i = 0; i < counts[FROM]; i++) {
        sorted[i] = &texts[FROM][i];
    }
    jk_sort((void *)sorted, counts[FROM], sizeof *sorted, by_text);
    for (size_t i = 0; i < counts[TO]; i++) {
        const char *const *wanted = &texts[TO][i];
        const char *const **found = bsearch(&wanted, (void *)sorted, counts[FROM], sizeof *sorted, by_text);
        made[i] = found != NULL ? (int32_t)(*found - texts[FROM]) : (int32_t)counts[FROM];
    }
    free((void *)sorted);
    *number = made;
    return JK_OK;
}

static bool differs(jk_type type, const void *was, size_t from, const void *is, size_t to, const int32_t *number) {
    if (type == JK_TYPE_REAL) {
        double a = ((const double *)was)[from], b = ((const double *)is)[to];
        return isnan(a) || isnan(b) ? isnan(a) != isnan(b) : a != b;
    }
    if (type == JK_TYPE_MONEY) {
        return ((const int64_t *)was)[from] != ((const int64_t *)is)[to];
    }
    int32_t a = ((const int32_t *)was)[from], b = ((const int32_t *)is)[to];
    return number != NULL && b >= 0 ? a != number[b] : a != b;
}

static jk_status compare_column(const jk_watch *watch, const jk_match *match, size_t which, uint32_t *changed,
                                jk_error *error) {
    const jk_watch_own *own = &watch->own[which];
    const jk_type type = jk_schema_column(own->place[FROM])->type;
    const size_t size = jk_schema_element_size(own->place[FROM]);
    void *was = jk_columns_alloc(match->from_rows, size), *is = jk_columns_alloc(PIECE_ROWS, size);
    int32_t *number = NULL;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_held(was != NULL && is != NULL, error, "an own column"));
    if (type == JK_TYPE_DICTIONARY) {
        JK_TRY_CLEANUP(translate(watch, own, &number, error));
    }
    JK_TRY_CLEANUP(jk_tape_read(watch->from.tape, own->place[FROM], 0, match->from_rows, was, error));
    for (size_t first = 0; first < match->to_rows; first += PIECE_ROWS) {
        size_t count = match->to_rows - first < PIECE_ROWS ? match->to_rows - first : PIECE_ROWS;
        JK_TRY_CLEANUP(jk_tape_read(watch->to.tape, own->place[TO], first, count, is, error));
        for (size_t i = 0; i < count; i++) {
            size_t line = match->line[first + i];
            if (jk_match_in_from(match, line) && differs(type, was, line, is, i, number)) {
                changed[line] |= UINT32_C(1) << which;
            }
        }
    }
cleanup:
    free(was);
    free(is);
    free(number);
    return status;
}

jk_status jk_watch_own_compare(const jk_watch *watch, const jk_match *match, uint32_t *changed, jk_error *error) {
    for (size_t i = 0; i < watch->own_count; i++) {
        JK_TRY(compare_column(watch, match, i, changed, error));
    }
    return JK_OK;
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

/* One number of a row. */
typedef union cell {
    int32_t integer;
    int64_t money;
    double real;
} cell;

static jk_status show(const jk_tape *tape, jk_column place, size_t row, char text[SHOWN], jk_error *error) {
    cell value = {0};
    size_t count = 0;
    JK_TRY(jk_tape_read(tape, place, row, 1, &value, error));
    (void)snprintf(text, SHOWN, "%s", jk_text("not given"));
    switch (jk_schema_column(place)->type) {
    case JK_TYPE_REAL:
        if (!isnan(value.real)) {
            jk_text_format(text, SHOWN, "%.9g", value.real);
        }
        break;
    case JK_TYPE_MONEY:
        if (value.money != JK_MISSING_MONEY) {
            jk_text_format(text, SHOWN, "%.2f", (double)value.money / 100.0);
        }
        break;
    case JK_TYPE_DATE:
        if (value.integer != JK_MISSING_INTEGER) {
            (void)jk_text_date(value.integer, text);
        }
        break;
    default: {
        const char *const *words = jk_tape_dictionary(tape, place, &count);
        if (value.integer >= 0 && (size_t)value.integer < count) {
            (void)snprintf(text, SHOWN, "%s", words[value.integer]);
        }
    }
    }
    return JK_OK;
}

jk_status jk_watch_own_words(const jk_watch *watch, const jk_watch_row *row, char text[JK_WATCH_WORDS],
                             jk_error *error) {
    for (size_t i = 0; i < watch->own_count; i++) {
        if ((row->own >> i & 1) == 0) {
            continue;
        }
        char was[SHOWN], is[SHOWN];
        const size_t length = strlen(text);
        JK_TRY(show(watch->from.tape, watch->own[i].place[FROM], row->from_row, was, error));
        JK_TRY(show(watch->to.tape, watch->own[i].place[TO], row->to_row, is, error));
        const size_t apart =
            length + (size_t)snprintf(text + length, JK_WATCH_WORDS - length, "%s", length > 0 ? "; " : "");
        jk_text_format(text + apart, JK_WATCH_WORDS - apart, "%s %s (was %s)", watch->own[i].name, is, was);
    }
    return JK_OK;
}
