/* SPDX-License-Identifier: Apache-2.0 */
/* Sums are exact: decimals in steps of 10^-18, as in the rules of a mapping; so they do not depend on the order of
 * rows. */
#include "import/sources/aggregate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "import/mapping/plan.h"

jk_status jk_totals_begin(jk_totals *totals, const jk_mapping *mapping, uint32_t source, jk_error *error) {
    totals->mapping = mapping;
    totals->source = &mapping->sources[source];
    const size_t count = totals->source->aggregate_count;
    if (count == 0) {
        return JK_OK;
    }
    totals->after = malloc(count * sizeof *totals->after);
    JK_TRY(jk_held(totals->after != NULL, error, "joined files"));
    for (size_t a = 0; a < count; a++) {
        const uint32_t months = totals->source->aggregates[a].within_months;
        totals->after[a] = months > 0 && mapping->cutoff_date != JK_MISSING_INTEGER
                               ? jk_date_add_months(mapping->cutoff_date, -(int32_t)months)
                               : JK_MISSING_INTEGER;
    }
    return JK_OK;
}

bool jk_totals_add_key(jk_totals *totals, size_t key) {
    const size_t count = totals->source->aggregate_count;
    if (count == 0) {
        return true;
    }
    if (key >= totals->capacity) {
        size_t capacity = totals->capacity * 2 + 256;
        size_t bytes = 0;
        if (jk_size_overflows(capacity, count * sizeof *totals->list, &bytes)) {
            return false;
        }
        jk_total *list = realloc(totals->list, bytes);
        if (list == NULL) {
            return false;
        }
        totals->list = list;
        totals->capacity = capacity;
    }
    for (size_t a = 0; a < count; a++) { /* no rows within its months: a sum of 0, no date */
        const jk_aggregate_kind kind = totals->source->aggregates[a].kind;
        totals->list[key * count + a] =
            (jk_total){.given = kind != JK_AGGREGATE_EARLIEST && kind != JK_AGGREGATE_LATEST};
    }
    return true;
}

/* Notes a cell that could not be read; the first is an example. */
static void note_unread(jk_totals *totals, const jk_ruled *cell) {
    if (totals->unread == 0) {
        size_t length = cell->text != NULL ? cell->length : 0;
        length = length < sizeof totals->example - 1 ? length : sizeof totals->example - 1;
        memcpy(totals->example, length > 0 ? cell->text : "", length);
        totals->example[length] = '\0';
    }
    totals->unread++;
}

typedef enum row_date { DATE_GIVEN, DATE_MISSING, DATE_BAD } row_date;

static row_date date_of(const jk_rule *rule, const jk_mapped_row *row, jk_ruled *cell, int32_t *date) {
    if (!jk_rule_date(rule, row, cell, date)) {
        return cell->kind == JK_RULED_BAD ? DATE_BAD : DATE_MISSING;
    }
    return jk_plan_usual_sentinel(*date) ? DATE_MISSING : DATE_GIVEN;
}

static bool is_later(const jk_totals *totals, int32_t date) {
    return totals->mapping->cutoff_date != JK_MISSING_INTEGER && date > totals->mapping->cutoff_date;
}

/* Adds a row to one figure; false: its cell could not be read. */
static bool add_to(const jk_totals *totals, const jk_aggregate *aggregate, const jk_mapped_row *row, jk_total *total,
                   jk_ruled *cell) {
    int32_t date = 0;
    switch (aggregate->kind) {
    case JK_AGGREGATE_COUNT:
        total->value++;
        return true;
    case JK_AGGREGATE_SUM:
    case JK_AGGREGATE_MONTHLY:
        *cell = jk_rule_evaluate(&aggregate->rule, row);
        return cell->kind == JK_RULED_MISSING ||
               (cell->kind == JK_RULED_DECIMAL && !__builtin_add_overflow(total->value, cell->decimal, &total->value));
    default: {
        row_date found = date_of(&aggregate->rule, row, cell, &date);
        const bool first = aggregate->kind == JK_AGGREGATE_EARLIEST;
        if (found == DATE_GIVEN && !is_later(totals, date) &&
            (!total->given || (first ? date < total->value : date > total->value))) {
            *total = (jk_total){.value = date, .given = true};
        }
        return found != DATE_BAD;
    }
    }
}

void jk_totals_count(jk_totals *totals, size_t key, const jk_mapped_row *row) {
    const jk_mapping_source *source = totals->source;
    jk_ruled cell = {.kind = JK_RULED_MISSING};
    int32_t date = JK_MISSING_INTEGER;
    row_date dated = source->has_date ? date_of(&source->date, row, &cell, &date) : DATE_MISSING;
    bool unread = dated == DATE_BAD;
    if (dated == DATE_GIVEN && is_later(totals, date)) {
        totals->later++;
        return;
    }
    jk_ruled bad = cell;
    for (size_t a = 0; a < source->aggregate_count; a++) {
        const jk_aggregate *aggregate = &source->aggregates[a];
        if (aggregate->within_months > 0 && dated != DATE_GIVEN) {
            unread = true;
            continue;
        }
        if ((aggregate->within_months > 0 && date <= totals->after[a]) ||
            !jk_where_takes(aggregate->where, aggregate->where_count, row)) {
            continue;
        }
        if (!add_to(totals, aggregate, row, &totals->list[key * source->aggregate_count + a], &cell)) {
            bad = unread ? bad : cell;
            unread = true;
        }
    }
    if (unread) {
        note_unread(totals, &bad);
    }
}

/* A decimal in steps of 10^-18, without the zeros that end it. */
static size_t decimal_text(jk_csv_decimal value, char text[64]) {
    const jk_csv_decimal unit = JK_CSV_DECIMAL_UNIT;
    const bool minus = value < 0;
    jk_wide_unsigned magnitude = minus ? -(jk_wide_unsigned)value : (jk_wide_unsigned)value;
    jk_wide_unsigned units = magnitude / (jk_wide_unsigned)unit;
    uint64_t whole = units > UINT64_MAX ? UINT64_MAX : (uint64_t)units; /* out of every column's range */
    uint64_t fraction = (uint64_t)(magnitude % (jk_wide_unsigned)unit);
    int length = snprintf(text, 64, "%s%" PRIu64 ".%018" PRIu64, minus ? "-" : "", whole, fraction);
    while (text[length - 1] == '0') {
        length--;
    }
    return (size_t)(text[length - 1] == '.' ? length - 1 : length);
}

bool jk_totals_text(const jk_totals *totals, size_t key, size_t number, jk_arena *arena, jk_cell_text *result) {
    const jk_aggregate *aggregate = &totals->source->aggregates[number];
    const jk_total *total = &totals->list[key * totals->source->aggregate_count + number];
    char text[64];
    size_t length = 0;
    if (!total->given) {
        *result = (jk_cell_text){.text = "", .length = 0};
        return true;
    }
    switch (aggregate->kind) {
    case JK_AGGREGATE_COUNT:
        length = (size_t)snprintf(text, sizeof text, "%" PRId64, (int64_t)total->value);
        break;
    case JK_AGGREGATE_SUM:
        length = decimal_text(total->value, text);
        break;
    case JK_AGGREGATE_MONTHLY:
        length = decimal_text(total->value / (jk_csv_decimal)aggregate->within_months, text);
        break;
    default: {
        char date[JK_DATE_TEXT];
        length = (size_t)snprintf(text, sizeof text, "%s", jk_date_format((int32_t)total->value, date));
        break;
    }
    }
    const char *kept = jk_arena_text(arena, text, length);
    *result = (jk_cell_text){.text = kept, .length = length};
    return kept != NULL;
}

void jk_totals_free(jk_totals *totals) {
    free(totals->after);
    free(totals->list);
    *totals = (jk_totals){0};
}
