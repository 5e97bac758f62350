/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule holds first, by bit sets: with m_c(v) the set of rules whose term on column c holds for the value v (all
 * rules without a term on c are in it), the rules that hold for a row are the intersection of m_c(v_c) over the
 * columns, and its match is the lowest bit. Ranges become codes by counting the bounds that a number reaches. */
#include "law/matcher.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/invariants.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "base/text/text.h"
#include "law/numbers.h"

enum { TILE = 256 };

const char *jk_default_level(jk_column column, const char *base_currency) {
    const char *level = jk_schema_column(column)->missing;
    return column == JK_COLUMN_CURRENCY ? base_currency : level[0] != '\0' ? level : NULL;
}

static bool term_holds(const jk_condition_term *term, const char *value) {
    for (size_t i = 0; value != NULL && i < term->count; i++) {
        if (strcmp(term->values[i], value) == 0) {
            return true;
        }
    }
    return false;
}

static bool term_holds_integer(const jk_condition_term *term, int32_t value) {
    for (size_t i = 0; i < term->count; i++) {
        int64_t listed = 0;
        if (jk_text_to_integer(term->values[i], strlen(term->values[i]), &listed) && listed == value) {
            return true;
        }
    }
    return false;
}

/* Clears, in every value's mask, the rules whose term on this column does not hold. */
static void clear_failing(const jk_matcher *matcher, jk_matcher_column *column, size_t rule,
                          const jk_condition_term *term, const char *const *names, const char *missing) {
    for (size_t code = 0; code < column->codes; code++) {
        bool holds;
        if (column->kind ==
            JK_MATCH_RANGES) { /* code - 1 bounds are reached: is `from` one of them, and `below` none? */
            const size_t reached = code > 0 ? code - 1 : 0;
            holds = code > 0 && (!isfinite(term->from) || (reached > 0 && column->bounds[reached - 1] >= term->from)) &&
                    (!isfinite(term->below) || reached == 0 || column->bounds[reached - 1] < term->below);
        } else if (column->kind == JK_MATCH_INTEGERS) {
            holds = code > 0 && term_holds_integer(term, column->values[code - 1]);
        } else {
            holds = term_holds(term, code == 0 ? missing : names[code - 1]);
        }
        if (!holds) {
            column->masks[code * matcher->words + rule / 64] &= ~(UINT64_C(1) << rule % 64);
        }
    }
}

static int compare_integers(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Collects the integers that any rule names on the column, ascending and once each. */
static jk_status list_integers(jk_matcher_column *column, const jk_condition *const *rules, size_t count,
                               jk_error *error) {
    size_t named = 0;
    for (size_t rule = 0; rule < count; rule++) {
        for (size_t t = 0; t < rules[rule]->count; t++) {
            named += rules[rule]->terms[t].column == column->column ? rules[rule]->terms[t].count : 0;
        }
    }
    column->values = jk_columns_zero(named, sizeof *column->values);
    JK_TRY(jk_held(column->values != NULL, error, "the conditions of the model"));
    size_t listed = 0;
    for (size_t rule = 0; rule < count; rule++) {
        for (size_t t = 0; t < rules[rule]->count; t++) {
            const jk_condition_term *term = &rules[rule]->terms[t];
            for (size_t i = 0; term->column == column->column && i < term->count; i++) {
                int64_t value = 0;
                if (jk_text_to_integer(term->values[i], strlen(term->values[i]), &value) && value >= INT32_MIN &&
                    value <= INT32_MAX) {
                    column->values[listed++] = (int32_t)value;
                }
            }
        }
    }
    jk_sort(column->values, listed, sizeof *column->values, compare_integers);
    for (size_t i = 0; i < listed; i++) {
        if (column->listed == 0 || column->values[column->listed - 1] != column->values[i]) {
            column->values[column->listed++] = column->values[i];
        }
    }
    assert(listed <= named);
    for (size_t i = 0; i < column->listed; i++) {
        if (column->values[i] >= 0 && column->values[i] < JK_MATCHER_SMALL) {
            column->small[column->values[i]] = (uint16_t)(i + 1);
        }
    }
    return JK_OK;
}

/* Whether the term is about what the column of a matcher stands for. */
static bool is_about(const jk_condition_term *term, const jk_condition_term *named) {
    return term->figure == named->figure && term->column == named->column && (term->count == 0) == (named->count == 0);
}

/* The bounds that any rule names on the number of the term, ascending and once each. */
static jk_status list_bounds(jk_matcher_column *column, const jk_condition_term *named,
                             const jk_condition *const *rules, size_t count, jk_error *error) {
    size_t terms = 0;
    for (size_t rule = 0; rule < count; rule++) {
        terms += rules[rule]->count;
    }
    column->bounds = jk_columns_zero(2 * terms + 1, sizeof *column->bounds);
    JK_TRY(jk_held(column->bounds != NULL, error, "the conditions of the model"));
    size_t listed = 0;
    for (size_t rule = 0; rule < count; rule++) {
        for (size_t t = 0; t < rules[rule]->count; t++) {
            const jk_condition_term *term = &rules[rule]->terms[t];
            const double bounds[] = {term->from, term->below};
            for (size_t b = 0; is_about(term, named) && b < 2; b++) {
                if (isfinite(bounds[b])) {
                    column->bounds[listed++] = bounds[b];
                }
            }
        }
    }
    jk_sort(column->bounds, listed, sizeof *column->bounds, jk_compare_reals);
    for (size_t i = 0; i < listed; i++) {
        if (column->listed == 0 || column->bounds[column->listed - 1] < column->bounds[i]) {
            column->bounds[column->listed++] = column->bounds[i];
        }
    }
    assert(jk_ascends(column->bounds, column->listed));
    return JK_OK;
}

/* How the values of a term are told apart; false: no condition can name it. */
static bool kind_of(const jk_condition_term *term, jk_matcher_kind *kind) {
    if (term->figure != JK_DERIVED_NONE) {
        *kind = JK_MATCH_RANGES;
        return jk_condition_figure((jk_derived)term->figure);
    }
    const jk_type type = jk_schema_column(term->column)->type;
    const bool coded = type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY;
    *kind = coded ? JK_MATCH_CODES : term->count > 0 ? JK_MATCH_INTEGERS : JK_MATCH_RANGES;
    return *kind == JK_MATCH_INTEGERS ? type == JK_TYPE_INTEGER : type != JK_TYPE_TEXT;
}

/* Finds or adds the column of a term, which the tape has in `place`; a new one starts with every rule satisfied by
 * every value. */
static jk_status column_of(jk_matcher *matcher, jk_column place, const jk_condition_term *term,
                           const jk_condition *const *rules, size_t count, size_t names, jk_matcher_column **found,
                           jk_error *error) {
    jk_matcher_kind kind = JK_MATCH_CODES;
    if (!kind_of(term, &kind)) {
        return jk_fail(error, JK_ERROR_MODEL, NULL, 0,
                       term->figure != JK_DERIVED_NONE ? jk_derived_name((jk_derived)term->figure)
                                                       : jk_schema_column(place)->name,
                       "cannot be used in a condition");
    }
    for (size_t i = 0; i < matcher->columns; i++) {
        const jk_matcher_column *had = &matcher->column[i];
        if (had->column == place && (int)had->figure == term->figure && had->kind == kind) {
            *found = &matcher->column[i];
            return JK_OK;
        }
    }
    if (matcher->columns == JK_MATCHER_COLUMNS) {
        return jk_fail(error, JK_ERROR_MODEL, NULL, 0, NULL, "conditions name more than %d columns",
                       JK_MATCHER_COLUMNS);
    }
    jk_matcher_column *column = &matcher->column[matcher->columns++];
    *column =
        (jk_matcher_column){.figure = (jk_derived)term->figure, .column = place, .kind = kind, .codes = names + 1};
    if (kind == JK_MATCH_INTEGERS) {
        JK_TRY(list_integers(column, rules, count, error));
        column->codes = column->listed + 1;
    } else if (kind == JK_MATCH_RANGES) {
        JK_TRY(list_bounds(column, term, rules, count, error));
        column->codes = column->listed + 2;
    }
    column->masks = jk_columns_alloc(column->codes * matcher->words, sizeof *column->masks);
    JK_TRY(jk_held(column->masks != NULL, error, "the conditions of the model"));
    memset(column->masks, 0xff, column->codes * matcher->words * sizeof *column->masks);
    *found = column;
    return JK_OK;
}

static const char *const *names_of(const jk_tape *tape, jk_column column, size_t *count) {
    if (jk_schema_column(column)->type == JK_TYPE_DICTIONARY) {
        return jk_tape_dictionary(tape, column, count);
    }
    return jk_schema_levels(column, count);
}

static jk_status bind_term(jk_matcher *matcher, const jk_condition *const *rules, size_t count, size_t rule,
                           const jk_condition_term *term, const jk_tape *tape, const jk_extras *extras,
                           const char *base_currency, jk_error *error) {
    size_t name_count = 0;
    jk_column place = term->column;
    const char *const *names = NULL;
    const char *missing = NULL;
    if (term->figure == JK_DERIVED_NONE) {
        JK_TRY(jk_tape_place(tape, extras, term->column, &place, error));
        names = names_of(tape, place, &name_count);
        missing = jk_default_level(term->column, base_currency);
    }
    jk_matcher_column *column = NULL;
    JK_TRY(column_of(matcher, place, term, rules, count, name_count, &column, error));
    clear_failing(matcher, column, rule, term, names, missing);
    return JK_OK;
}

static jk_status bind_jurisdictions(jk_matcher *matcher, const jk_condition *const *rules, size_t count,
                                    const jk_tape *tape, const uint16_t *of_rule, const int32_t *of_country,
                                    jk_error *error) {
    size_t countries = 0;
    (void)jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &countries);
    jk_matcher_column *column = NULL;
    const jk_condition_term country = {.figure = JK_DERIVED_NONE, .column = JK_COLUMN_COUNTRY, .count = 1};
    JK_TRY(column_of(matcher, JK_COLUMN_COUNTRY, &country, rules, count, countries, &column, error));
    for (size_t code = 0; code < column->codes; code++) {
        for (size_t rule = 0; rule < count; rule++) {
            if (of_country[code] != of_rule[rule]) {
                column->masks[code * matcher->words + rule / 64] &= ~(UINT64_C(1) << rule % 64);
            }
        }
    }
    return JK_OK;
}

jk_status jk_matcher_init(jk_matcher *matcher, const jk_condition *const *rules, size_t count, const jk_tape *tape,
                          const jk_extras *extras, const char *base_currency, const uint16_t *jurisdiction_of_rule,
                          const int32_t *jurisdiction_of_country, jk_error *error) {
    jk_status status = JK_OK;
    *matcher = (jk_matcher){.rules = count, .words = (count + 63) / 64};
    matcher->all = jk_columns_zero(matcher->words, sizeof *matcher->all);
    JK_TRY(jk_held(matcher->all != NULL, error, "the conditions of the model"));
    for (size_t rule = 0; rule < count; rule++) {
        matcher->all[rule / 64] |= UINT64_C(1) << rule % 64;
        for (size_t t = 0; t < rules[rule]->count; t++) {
            JK_TRY_CLEANUP(
                bind_term(matcher, rules, count, rule, &rules[rule]->terms[t], tape, extras, base_currency, error));
        }
    }
    if (jurisdiction_of_rule != NULL) {
        JK_TRY_CLEANUP(
            bind_jurisdictions(matcher, rules, count, tape, jurisdiction_of_rule, jurisdiction_of_country, error));
    }
    return JK_OK;
cleanup:
    jk_matcher_reset(matcher);
    return status;
}

void jk_matcher_reset(jk_matcher *matcher) {
    for (size_t i = 0; i < matcher->columns; i++) {
        free(matcher->column[i].masks);
        free(matcher->column[i].values);
        free(matcher->column[i].bounds);
    }
    free(matcher->all);
    *matcher = (jk_matcher){0};
}

uint64_t jk_matcher_reads(const jk_matcher *matcher) {
    uint64_t reads = 0;
    for (size_t i = 0; i < matcher->columns; i++) {
        const jk_matcher_column *column = &matcher->column[i];
        reads |= column->kind == JK_MATCH_RANGES ? jk_law_number_columns(column->figure, column->column)
                                                 : UINT64_C(1) << column->column;
    }
    return reads;
}

/* A missing integer counts as 0 (placements is the only one that conditions name). */
static size_t integer_code(const jk_matcher_column *column, int32_t value) {
    int32_t given = value == JK_MISSING_INTEGER ? 0 : value;
    if ((uint32_t)given < JK_MATCHER_SMALL) {
        return column->small[given];
    }
    for (size_t i = 0; i < column->listed; i++) {
        if (column->values[i] == given) {
            return i + 1;
        }
    }
    return 0;
}

static uint32_t number_code(const jk_matcher_column *column, double value) {
    uint32_t code = value == value; /* NaN: 0 */
    for (size_t i = 0; i < column->listed; i++) {
        code += value >= column->bounds[i];
    }
    return code;
}

static void codes_of_rows(const jk_matcher_column *column, const jk_law *law, const jk_block *block, size_t first,
                          size_t count, uint32_t *code) {
    if (column->kind == JK_MATCH_RANGES) {
        double number[TILE];
        jk_law_numbers(law, column->figure, column->column, block, first, count, number);
        for (size_t i = 0; i < count; i++) {
            code[i] = number_code(column, number[i]);
        }
        return;
    }
    const void *data = block->column[column->column];
    if (column->kind == JK_MATCH_INTEGERS) {
        const int32_t *given = (const int32_t *)data + first;
        for (size_t i = 0; i < count; i++) {
            code[i] = (uint32_t)integer_code(column, given[i]);
        }
    } else if (jk_schema_column(column->column)->type == JK_TYPE_ENUM) {
        const int8_t *given = (const int8_t *)data + first;
        for (size_t i = 0; i < count; i++) {
            code[i] = (uint32_t)(given[i] + 1);
        }
    } else {
        const int32_t *given = (const int32_t *)data + first;
        for (size_t i = 0; i < count; i++) {
            code[i] = (uint32_t)(given[i] + 1);
        }
    }
}

/* One word of 64 rules for up to TILE rows: rows that have a match already keep it. */
static void match_word(const jk_matcher *matcher, size_t word, uint32_t code[][TILE], size_t count, uint16_t *match) {
    uint64_t satisfied[TILE];
    for (size_t i = 0; i < count; i++) {
        satisfied[i] = matcher->all[word];
    }
    for (size_t c = 0; c < matcher->columns; c++) {
        const uint64_t *masks = matcher->column[c].masks + word;
        size_t stride = matcher->words;
        for (size_t i = 0; i < count; i++) {
            satisfied[i] &= masks[code[c][i] * stride];
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (match[i] == JK_MATCHER_NONE && satisfied[i] != 0) {
            match[i] = (uint16_t)(word * 64 + (size_t)__builtin_ctzll(satisfied[i]));
        }
    }
}

void jk_matcher_rows(const jk_matcher *matcher, const jk_law *law, const jk_block *block, size_t first, size_t count,
                     uint16_t *match) {
    uint32_t code[JK_MATCHER_COLUMNS][TILE];
    for (size_t start = 0; start < count; start += TILE) {
        size_t rows = count - start < TILE ? count - start : TILE;
        for (size_t c = 0; c < matcher->columns; c++) {
            codes_of_rows(&matcher->column[c], law, block, first + start, rows, code[c]);
        }
        for (size_t i = 0; i < rows; i++) {
            match[start + i] = JK_MATCHER_NONE;
        }
        for (size_t word = 0; word < matcher->words; word++) {
            match_word(matcher, word, code, rows, match + start);
        }
    }
}
