/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule makes of a row. */
#include <math.h>
#include <string.h>

#include "base/number/calendar.h"
#include "base/text/text.h"
#include "import/mapping/mapping.h"

enum { COUNT_MOST = 100000 }; /* days, years */

static const jk_ruled missing_cell = {.kind = JK_RULED_MISSING};

static bool same_text(const char *word, jk_cell_text cell) {
    return strlen(word) == cell.length && memcmp(word, cell.text, cell.length) == 0;
}

/* The text of a field without spaces around it; empty where the row has none, or a word that stands for none. */
jk_cell_text jk_mapped_text(const jk_mapped_row *row, uint32_t field) {
    jk_cell_text cell = {.text = "", .length = 0};
    uint32_t entry = row->entry[field];
    uint32_t source = row->mapping->fields[field].source;
    if (entry == JK_NO_FIELD) {
        return cell;
    }
    if (source == row->own) {
        uint32_t start = row->ends[entry] + 1u;
        cell = (jk_cell_text){.text = row->text + start, .length = row->ends[entry + 1] - start};
    } else if (row->joined != NULL && row->joined[source] != NULL) {
        cell = row->joined[source][entry];
    }
    jk_csv_trim(&cell.text, &cell.length);
    for (size_t i = 0; i < row->mapping->missing_count; i++) {
        if (same_text(row->mapping->missing_words[i], cell)) {
            cell.length = 0;
        }
    }
    return cell;
}

static jk_ruled text_cell(const char *text, const jk_csv_format *format) {
    jk_ruled cell = {.kind = JK_RULED_TEXT, .text = text, .length = strlen(text), .format = format};
    return cell.length > 0 ? cell : missing_cell;
}

static jk_ruled bad_cell(jk_cell_text cell, bool wants_date, jk_csv_read read) {
    return (jk_ruled){.kind = JK_RULED_BAD,
                      .wants_date = wants_date,
                      .range = read == JK_CSV_RANGE,
                      .text = cell.text,
                      .length = cell.length};
}

/* Texts that the list names are counted together: which they are stands in the mapping. */
static void count_value(const jk_rule *rule, const jk_mapped_row *row, jk_odd_kind kind, jk_cell_text cell) {
    if (row->odd != NULL) {
        jk_odd_add(row->odd, kind, (int32_t)rule->line, cell.text, kind == JK_ODD_VALUE_OTHER ? cell.length : 0,
                   row->line, 1);
    }
}

/* Listed values are replaced by canonical ones. */
static jk_ruled map_value(const jk_rule *rule, const jk_mapped_row *row, jk_cell_text cell) {
    for (size_t i = 0; i < rule->value_count; i++) {
        const jk_value_pair *pair = &rule->values[i];
        if (same_text(pair->from, cell)) {
            count_value(rule, row, JK_ODD_VALUE_LISTED, cell);
            return text_cell(pair->to, &jk_csv_canonical_format);
        }
    }
    if (rule->value_count > 0 && cell.length > 0) {
        count_value(rule, row, JK_ODD_VALUE_OTHER, cell);
    }
    if (rule->otherwise != NULL && cell.length > 0) {
        return text_cell(rule->otherwise, &jk_csv_canonical_format);
    }
    return cell.length == 0
               ? missing_cell
               : (jk_ruled){.kind = JK_RULED_TEXT, .text = cell.text, .length = cell.length, .format = &rule->format};
}

/* Terms [first, count) added up. */
static jk_ruled add_terms(const jk_rule *rule, const jk_mapped_row *row, size_t first) {
    jk_ruled sum = {.kind = JK_RULED_MISSING, .format = &rule->format};
    for (size_t i = first; i < rule->term_count; i++) {
        jk_cell_text cell = jk_mapped_text(row, rule->terms[i]);
        if (cell.length == 0) {
            continue;
        }
        jk_csv_decimal value = 0;
        jk_csv_read read = jk_csv_to_decimal(cell.text, cell.length, &rule->format, &value);
        if (read != JK_CSV_OK) {
            return bad_cell(cell, false, read);
        }
        sum.kind = JK_RULED_DECIMAL;
        if (__builtin_add_overflow(sum.decimal, rule->signs[i] > 0 ? value : -value, &sum.decimal)) {
            return bad_cell(cell, false, JK_CSV_RANGE);
        }
    }
    return sum;
}

/* In the seller's unit, before it is scaled. */
static jk_ruled sum_of(const jk_rule *rule, const jk_mapped_row *row) {
    jk_ruled sum = add_terms(rule, row, 0);
    if (sum.kind == JK_RULED_DECIMAL && rule->has_least && (double)sum.decimal / 1e18 < rule->least) {
        sum.decimal = (jk_csv_decimal)(rule->least * 1e6) * 1000000000000;
    }
    return sum;
}

static jk_ruled year_of(const jk_rule *rule, const jk_mapped_row *row) {
    jk_cell_text cell = jk_mapped_text(row, rule->terms[0]);
    if (cell.length == 0) {
        return missing_cell;
    }
    int32_t date = 0;
    jk_csv_read read = jk_csv_to_date(cell.text, cell.length, &rule->format, &date);
    if (read != JK_CSV_OK) {
        return bad_cell(cell, true, read);
    }
    const jk_csv_decimal unit = JK_CSV_DECIMAL_UNIT;
    return (jk_ruled){
        .kind = JK_RULED_DECIMAL, .format = &jk_csv_canonical_format, .decimal = unit * jk_civil_from_date(date).year};
}

static jk_ruled date_plus_months(const jk_rule *rule, const jk_mapped_row *row) {
    enum { MONTHS_MAX = 12000 };
    jk_cell_text from = jk_mapped_text(row, rule->terms[0]);
    int32_t date = 0;
    if (from.length == 0) {
        return missing_cell;
    }
    if (jk_csv_to_date(from.text, from.length, &rule->format, &date) != JK_CSV_OK) {
        return bad_cell(from, true, JK_CSV_BAD);
    }
    jk_ruled sum = add_terms(rule, row, 1);
    if (sum.kind == JK_RULED_BAD) {
        return sum;
    }
    double months = sum.kind == JK_RULED_DECIMAL ? (double)sum.decimal / 1e18 : 0.0;
    if (rule->divide_by != JK_NO_FIELD) {
        jk_cell_text divisor = jk_mapped_text(row, rule->divide_by);
        jk_csv_decimal value = 0;
        if (divisor.length == 0) {
            return missing_cell;
        }
        if (jk_csv_to_decimal(divisor.text, divisor.length, &rule->format, &value) != JK_CSV_OK || value == 0) {
            return bad_cell(divisor, false, JK_CSV_BAD);
        }
        months /= (double)value / 1e18;
    }
    months = floor(months + rule->plus + 0.5);
    if (!(fabs(months) <= MONTHS_MAX)) {
        return bad_cell(from, true, JK_CSV_RANGE);
    }
    date = jk_date_add_months(date, (int32_t)months);
    jk_civil civil = jk_civil_from_date(date);
    return civil.year >= 1 && civil.year <= 9999 ? (jk_ruled){.kind = JK_RULED_DATE, .date = date}
                                                 : bad_cell(from, true, JK_CSV_RANGE);
}

bool jk_rule_date(const jk_rule *rule, const jk_mapped_row *row, jk_ruled *cell, int32_t *date) {
    *cell = jk_rule_evaluate(rule, row);
    if (cell->kind == JK_RULED_DATE) {
        *date = cell->date;
        return true;
    }
    if (cell->kind != JK_RULED_TEXT) {
        return false;
    }
    jk_csv_read read = jk_csv_to_date(cell->text, cell->length, cell->format, date);
    if (read != JK_CSV_OK) {
        *cell = bad_cell((jk_cell_text){.text = cell->text, .length = cell->length}, true, read);
    }
    return read == JK_CSV_OK;
}

/* Whole months by the calendar and the days that are left as parts of a mean month, to the nearest billionth. */
static jk_ruled months_between(const jk_rule *rule, const jk_mapped_row *row) {
    const jk_csv_decimal unit = 1000000000; /* 10^18 / 10^9 */
    jk_ruled cell = missing_cell;
    int32_t from = 0;
    int32_t to = 0;
    if (!jk_rule_date(&rule->alternatives[0], row, &cell, &from) ||
        !jk_rule_date(&rule->alternatives[1], row, &cell, &to)) {
        return cell;
    }
    int32_t first = from < to ? from : to;
    int32_t last = from < to ? to : from;
    int32_t whole = jk_months_between(first, last);
    int32_t days = last - jk_date_add_months(first, whole);
    double months = (double)whole + (double)(days > 0 ? days : 0) / JK_DAYS_PER_MONTH;
    return (jk_ruled){.kind = JK_RULED_DECIMAL,
                      .format = &jk_csv_canonical_format,
                      .decimal = unit * (jk_csv_decimal)floor((from < to ? months : -months) * 1e9 + 0.5)};
}

/* A number of a rule that counts from the cut-off, which is known by then. */
static bool number_of(const jk_rule *rule, const jk_mapped_row *row, jk_ruled *cell, int32_t *number) {
    jk_cell_text text = jk_mapped_text(row, rule->terms[0]);
    *cell = missing_cell;
    if (text.length == 0) {
        return false;
    }
    jk_csv_read read = jk_csv_to_integer(text.text, text.length, &rule->format, number);
    if (read == JK_CSV_OK && (*number < -COUNT_MOST || *number > COUNT_MOST)) {
        read = JK_CSV_RANGE;
    }
    *cell = bad_cell(text, false, read);
    return read == JK_CSV_OK;
}

static jk_ruled days_past_due(const jk_rule *rule, const jk_mapped_row *row) {
    jk_ruled cell;
    int32_t days = 0;
    if (!number_of(rule, row, &cell, &days)) {
        return cell;
    }
    return (jk_ruled){.kind = JK_RULED_DATE, .date = row->mapping->cutoff_date - days};
}

static jk_ruled year_by_age(const jk_rule *rule, const jk_mapped_row *row) {
    jk_ruled cell;
    int32_t age = 0;
    const jk_csv_decimal unit = JK_CSV_DECIMAL_UNIT;
    if (!number_of(rule, row, &cell, &age)) {
        return cell;
    }
    return (jk_ruled){.kind = JK_RULED_DECIMAL,
                      .format = &jk_csv_canonical_format,
                      .decimal = unit * (jk_civil_from_date(row->mapping->cutoff_date).year - age)};
}

/* A text cell in its shape; what is made stands in row->made. */
static jk_ruled shape_cell(const jk_rule *rule, const jk_mapped_row *row, jk_ruled cell) {
    if (cell.kind != JK_RULED_TEXT || row->made == NULL || !jk_shape_is_given(&rule->shape)) {
        return cell;
    }
    cell.length = jk_shape_text(&rule->shape, row->file != NULL ? row->file : "", cell.text, cell.length, row->made);
    cell.text = row->made;
    cell.made = true;
    return cell.length > 0 ? cell : missing_cell;
}

/* The texts of all terms; missing where one of them is, as a key of which a part is missing is none. */
static jk_ruled join_texts(const jk_rule *rule, const jk_mapped_row *row) {
    char joined[JK_SHAPED_MAX];
    size_t length = 0;
    for (size_t i = 0; i < rule->term_count; i++) {
        jk_cell_text part = jk_mapped_text(row, rule->terms[i]);
        const char *between = i > 0 ? rule->between : "";
        if (part.length == 0) {
            return missing_cell;
        }
        if (length + strlen(between) + part.length > sizeof joined) {
            return bad_cell(part, false, JK_CSV_RANGE);
        }
        memcpy(joined + length, between, strlen(between));
        length += strlen(between);
        memcpy(joined + length, part.text, part.length);
        length += part.length;
    }
    if (row->made == NULL) {
        return missing_cell;
    }
    size_t made = jk_shape_text(&rule->shape, row->file != NULL ? row->file : "", joined, length, row->made);
    return (jk_ruled){.kind = JK_RULED_TEXT, .text = row->made, .length = made, .made = true, .format = &rule->format};
}

jk_ruled jk_rule_evaluate(const jk_rule *rule, const jk_mapped_row *row) {
    switch (rule->kind) {
    case JK_RULE_CONSTANT:
        return text_cell(rule->constant, &jk_csv_canonical_format);
    case JK_RULE_FIELD:
        return shape_cell(rule, row, map_value(rule, row, jk_mapped_text(row, rule->terms[0])));
    case JK_RULE_DAYS_PAST_DUE:
        return days_past_due(rule, row);
    case JK_RULE_AGE:
        return year_by_age(rule, row);
    case JK_RULE_TEXT:
        return join_texts(rule, row);
    case JK_RULE_SUM:
        return sum_of(rule, row);
    case JK_RULE_MONTHS_BETWEEN:
        return months_between(rule, row);
    case JK_RULE_YEAR_OF:
        return year_of(rule, row);
    case JK_RULE_DATE_PLUS_MONTHS:
        return date_plus_months(rule, row);
    default:
        for (size_t i = 0; i < rule->alternative_count; i++) {
            jk_ruled cell = jk_rule_evaluate(&rule->alternatives[i], row);
            if (cell.kind != JK_RULED_MISSING) {
                return cell;
            }
        }
        return missing_cell;
    }
}

/* ---- where ------------------------------------------------------------------------------------------------- */

static bool is_among(const char *const *words, size_t count, jk_cell_text cell) {
    for (size_t i = 0; i < count; i++) {
        if (same_text(words[i], cell)) {
            return true;
        }
    }
    return false;
}

static bool within(const jk_where_rule *where, double number) {
    return (!where->has_above || number > where->above) && (!where->has_below || number < where->below);
}

/* An own column's cell as a number (a date as days); false: it is missing, or cannot be read and so will be. */
static bool own_number(const jk_where_rule *where, const jk_mapped_row *row, double *number) {
    jk_ruled cell;
    if (where->type == JK_TYPE_DATE) {
        int32_t date = 0;
        bool given = jk_rule_date(&where->rule, row, &cell, &date);
        *number = (double)date;
        return given;
    }
    cell = jk_rule_evaluate(&where->rule, row);
    if (cell.kind == JK_RULED_DECIMAL) {
        *number = (double)cell.decimal / 1e18 * pow(10.0, cell.format->scale);
        return true;
    }
    return cell.kind == JK_RULED_TEXT && jk_csv_to_real(cell.text, cell.length, cell.format, number) == JK_CSV_OK;
}

/* Whether one of the words is the number, or the date. */
static bool is_number_among(const jk_where_rule *where, const char *const *words, size_t count, double number) {
    for (size_t i = 0; i < count; i++) {
        double value = 0.0;
        int32_t date = 0;
        bool same = where->type == JK_TYPE_DATE
                        ? jk_date_parse(words[i], strlen(words[i]), &date) && (double)date == number
                        : jk_text_to_real(words[i], strlen(words[i]), &value) && value == number;
        if (same) {
            return true;
        }
    }
    return false;
}

/* By what the own column will hold. */
static bool takes_own(const jk_where_rule *where, const jk_mapped_row *given) {
    char made[JK_SHAPED_MAX];
    jk_mapped_row row = *given;
    row.odd = NULL; /* cells are counted where the column is filled */
    row.made = made;
    if (where->type == JK_TYPE_DICTIONARY) {
        jk_ruled cell = jk_rule_evaluate(&where->rule, &row);
        bool missing = cell.kind != JK_RULED_TEXT;
        jk_cell_text text = {missing ? "" : cell.text, missing ? 0 : cell.length};
        return (where->empty == 0 || (where->empty == 1) == missing) &&
               (where->in_count == 0 || is_among(where->in, where->in_count, text)) &&
               !is_among(where->not_in, where->not_count, text);
    }
    double number = 0.0;
    if (!own_number(where, &row, &number)) {
        return where->empty != -1 && where->in_count == 0 && !where->has_above && !where->has_below;
    }
    return where->empty != 1 && (where->in_count == 0 || is_number_among(where, where->in, where->in_count, number)) &&
           !is_number_among(where, where->not_in, where->not_count, number) && within(where, number);
}

static bool takes(const jk_where_rule *where, const jk_mapped_row *row) {
    if (where->is_own) {
        return takes_own(where, row);
    }
    jk_cell_text cell = jk_mapped_text(row, where->rule.terms[0]);
    if ((where->empty == 1 && cell.length > 0) || (where->empty == -1 && cell.length == 0) ||
        (where->in_count > 0 && !is_among(where->in, where->in_count, cell)) ||
        is_among(where->not_in, where->not_count, cell)) {
        return false;
    }
    if (!where->has_above && !where->has_below) {
        return true;
    }
    double number = 0.0;
    return jk_csv_to_real(cell.text, cell.length, &where->rule.format, &number) == JK_CSV_OK && within(where, number);
}

bool jk_where_takes(const jk_where_rule *where, size_t count, const jk_mapped_row *row) {
    for (size_t i = 0; i < count; i++) {
        if (!takes(&where[i], row)) {
            return false;
        }
    }
    return true;
}
