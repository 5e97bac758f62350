/* SPDX-License-Identifier: Apache-2.0 */
/* What sets a claim's score apart: each entry of it against the entry's lower median among claims of the same segment.
 * The claims are those of all rows of a tape that has no more than are looked at, else of pieces spread evenly over it,
 * so that one claim of ten million is explained without reading the others. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "base/words/language.h"
#include "explain/explain_internal.h"

enum { PIECES = 32, PIECE_ROWS = 1024, CELLS_MAX = 1 << 22 };

/* One piece of the tape, scored; and what is kept of each claim of the segment. */
typedef struct survey {
    const jk_tape *tape;
    const jk_model *model;
    uint16_t segment;
    jk_law *law;
    jk_scorer *scorer;
    jk_debtors debtors;
    jk_block block;
    jk_law_facts facts;
    void *memory, *scratch;
    jk_score_detail *detail; /* of one row */
    size_t entries, room;    /* of the score; claims that are kept */
    double *points;          /* [entries][room] */
    double *eta;             /* [room] */
    size_t *row;             /* [room] */
    double *sorted;          /* [room] */
    double *median;          /* [entries] */
    jk_explain_typical typical;
} survey;

static jk_status take_memory(survey *s, jk_error *error) {
    const uint64_t columns = jk_law_columns(s->law) | jk_scorer_columns(s->scorer);
    size_t bytes = jk_law_facts_size(PIECE_ROWS);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        bytes += columns >> c & 1 ? PIECE_ROWS * jk_schema_element_size((jk_column)c) : 0;
    }
    s->entries = jk_score_detail_count(s->model);
    s->room = s->entries * PIECES * PIECE_ROWS > CELLS_MAX ? CELLS_MAX / s->entries : PIECES * PIECE_ROWS;
    s->memory = jk_columns_zero(bytes, 1);
    s->scratch = jk_columns_alloc(jk_score_scratch_size(s->scorer, PIECE_ROWS), 1);
    s->detail = calloc(s->entries + 1, sizeof *s->detail);
    s->points = jk_columns_alloc(s->entries * s->room + 1, sizeof *s->points);
    s->eta = jk_columns_alloc(s->room, sizeof *s->eta);
    s->row = jk_columns_alloc(s->room, sizeof *s->row);
    s->sorted = jk_columns_alloc(s->room, sizeof *s->sorted);
    s->median = calloc(s->entries + 1, sizeof *s->median);
    JK_TRY(jk_held(s->memory != NULL && s->scratch != NULL && s->detail != NULL && s->points != NULL &&
                       s->eta != NULL && s->row != NULL && s->sorted != NULL && s->median != NULL,
                   error, "the typical claim"));
    unsigned char *next = s->memory;
    jk_law_facts_place(&s->facts, PIECE_ROWS, next);
    next += jk_law_facts_size(PIECE_ROWS);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (columns >> c & 1) { /* a multiple of 64 bytes each, as a piece has 1,024 rows */
            s->block.column[c] = next;
            next += PIECE_ROWS * jk_schema_element_size((jk_column)c);
        }
    }
    return JK_OK;
}

static jk_status read_piece(survey *s, size_t first, size_t rows, jk_error *error) {
    s->block.first_row = first;
    s->block.rows = rows;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (s->block.column[c] != NULL) {
            JK_TRY(jk_tape_read(s->tape, (jk_column)c, first, rows, s->block.column[c], error));
        }
    }
    jk_law_block(s->law, &s->block, &s->facts);
    return JK_OK;
}

static jk_status add_piece(survey *s, size_t first, size_t rows, jk_error *error) {
    JK_TRY(read_piece(s, first, rows, error));
    s->typical.looked_at += rows;
    for (size_t i = 0; i < rows && s->typical.claims < s->room; i++) {
        if (s->facts.segment[i] != s->segment) {
            continue;
        }
        const size_t kept = s->typical.claims++;
        jk_score_explain(s->scorer, &s->block, &s->facts, i, s->scratch, s->detail);
        s->eta[kept] = s->model->scorecard.intercept;
        for (size_t e = 0; e < s->entries; e++) {
            s->points[e * s->room + kept] = s->detail[e].points;
            s->eta[kept] += s->detail[e].points;
        }
        s->row[kept] = first + i;
    }
    return JK_OK;
}

static jk_status survey_tape(survey *s, jk_error *error) {
    const size_t total = jk_tape_rows(s->tape), all = (size_t)PIECES * PIECE_ROWS;
    for (size_t p = 0; p < PIECES; p++) {
        size_t first = total <= all ? p * PIECE_ROWS : p * (total - PIECE_ROWS) / (PIECES - 1);
        if (first < total) {
            JK_TRY(add_piece(s, first, total - first < PIECE_ROWS ? total - first : PIECE_ROWS, error));
        }
    }
    return JK_OK;
}

/* The lower median: a value that one of them has. Orders `value`. */
static double lower_median(double *value, size_t count) {
    jk_sort(value, count, sizeof *value, jk_compare_reals);
    return value[(count - 1) / 2];
}

/* The entry of the claim that has the median's points and stands first on the tape: what is typical, in words. */
static jk_status describe(survey *s, jk_score_reason *reason, jk_error *error) {
    const double *points = s->points + reason->entry * s->room;
    size_t kept = 0;
    while (points[kept] != reason->typical) {
        kept++;
    }
    JK_TRY(read_piece(s, s->row[kept], 1, error));
    jk_score_explain(s->scorer, &s->block, &s->facts, 0, s->scratch, s->detail);
    reason->typical_value = s->detail[reason->entry].is_numeric ? s->detail[reason->entry].value : (double)NAN;
    memcpy(reason->typical_level, s->detail[reason->entry].level, sizeof reason->typical_level);
    return JK_OK;
}

/* The strongest differences, the first of equal ones first. */
static void choose(jk_explanation *explanation, const double *median) {
    explanation->reason_count = 0;
    for (size_t e = 0; e < jk_score_detail_count(explanation->model); e++) {
        const double difference = explanation->characteristics[e].points - median[e];
        size_t place = explanation->reason_count;
        if (explanation->characteristics[e].is_base || !(fabs(difference) > 1e-9)) {
            continue;
        }
        while (place > 0 && fabs(explanation->reasons[place - 1].difference) < fabs(difference)) {
            place--;
        }
        if (place == JK_EXPLAIN_REASONS) {
            continue;
        }
        const size_t last = explanation->reason_count < JK_EXPLAIN_REASONS ? explanation->reason_count++
                                                                           : (size_t)JK_EXPLAIN_REASONS - 1;
        for (size_t i = last; i > place; i--) {
            explanation->reasons[i] = explanation->reasons[i - 1];
        }
        explanation->reasons[place] = (jk_score_reason){.entry = e, .typical = median[e], .difference = difference};
    }
}

/* The medians of the claims of a segment. */
static jk_status find_typical(survey *s, uint16_t segment, jk_error *error) {
    s->segment = segment;
    s->typical = (jk_explain_typical){.eta = NAN};
    JK_TRY(survey_tape(s, error));
    const size_t count = s->typical.claims;
    for (size_t e = 0; count > 0 && e < s->entries; e++) {
        memcpy(s->sorted, s->points + e * s->room, count * sizeof *s->sorted);
        s->median[e] = lower_median(s->sorted, count);
    }
    s->typical.eta = count > 0 ? lower_median(s->eta, count) : (double)NAN;
    return JK_OK;
}

static jk_status give_reasons(survey *s, jk_explanation *explanation, jk_error *error) {
    explanation->typical = s->typical;
    if (s->typical.claims == 0) {
        return JK_OK;
    }
    choose(explanation, s->median);
    for (size_t i = 0; i < explanation->reason_count; i++) {
        JK_TRY(describe(s, &explanation->reasons[i], error));
    }
    return JK_OK;
}

static void free_survey(survey *s) {
    void *pieces[] = {s->memory, s->scratch, s->detail, s->points, s->eta, s->row, s->sorted, s->median};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        free(pieces[i]);
    }
    jk_debtors_reset(&s->debtors);
    jk_scorer_free(s->scorer);
    jk_law_free(s->law);
}

jk_status jk_explain_reasons(jk_explanation *claims, size_t count, const jk_run *run, jk_error *error) {
    survey s = {.tape = claims->tape, .model = claims->model};
    jk_status status = JK_OK;
    JK_TRY(jk_law_create(s.model, s.tape, claims->cutoff, &s.law, error));
    JK_TRY_CLEANUP(jk_scorer_create(s.model, s.tape, s.law, &s.debtors, &s.scorer, error));
    if (jk_scorer_columns(s.scorer) >> JK_COLUMN_DEBTOR_INDEX & 1) { /* some characteristic needs the debtors' sums */
        JK_TRY_CLEANUP(jk_debtors_create(s.law, s.tape, run, &s.debtors, error));
    }
    JK_TRY_CLEANUP(take_memory(&s, error));
    for (size_t i = 0; i < count; i++) {
        const uint16_t segment = claims[i].facts.segment[0];
        if (claims[i].typical.looked_at > 0) { /* its segment was that of an earlier claim */
            continue;
        }
        JK_TRY_CLEANUP(find_typical(&s, segment, error));
        for (size_t j = i; j < count; j++) {
            if (claims[j].facts.segment[0] == segment) {
                JK_TRY_CLEANUP(give_reasons(&s, &claims[j], error));
            }
        }
    }
cleanup:
    free_survey(&s);
    return status;
}

/* A number of a level's name with the mark of the language that is spoken. */
static const char *turned(char *number) {
    char *point = strchr(number, '.');
    if (point != NULL) {
        *point = *jk_text_decimal();
    }
    return number;
}

const char *jk_explain_level(const char *level, char text[JK_EXPLAIN_LEVEL]) {
    char low[32], high[32];
    int end = 0;
    if (sscanf(level, "below %31[-+.e0-9]%n", high, &end) == 1 && level[end] == '\0') {
        jk_text_format(text, JK_EXPLAIN_LEVEL, "below %s", turned(high));
    } else if (sscanf(level, "%31[-+.e0-9] to below %31[-+.e0-9]%n", low, high, &end) == 2 && level[end] == '\0') {
        jk_text_format(text, JK_EXPLAIN_LEVEL, "%s to below %s", turned(low), turned(high));
    } else if (sscanf(level, "%31[-+.e0-9] and more%n", low, &end) == 1 && end > 0 && level[end] == '\0') {
        jk_text_format(text, JK_EXPLAIN_LEVEL, "%s and more", turned(low));
    } else {
        (void)snprintf(text, JK_EXPLAIN_LEVEL, "%s", jk_text_if_known(level));
    }
    return text;
}

/* An entry's value or level, as far as it says something. */
static void say_level(char text[JK_EXPLAIN_SENTENCE], int is_numeric, double value, const char *level) {
    const bool number = is_numeric && !isnan(value);
    char words[JK_EXPLAIN_LEVEL];
    if (number && (strcmp(level, "trees") == 0 || strcmp(level, "network") == 0)) {
        jk_explain_say(text, isinf(value) ? "never" : "%.6g", value);
    } else if (number && isfinite(value)) {
        jk_explain_say(text, "%s (%.6g)", jk_explain_level(level, words), value);
    } else {
        jk_explain_say(text, "%s", jk_explain_level(level, words));
    }
}

const char *jk_explain_reason_words(const jk_explanation *explanation, size_t index, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_score_reason *reason = &explanation->reasons[index];
    const jk_score_detail *detail = &explanation->characteristics[reason->entry];
    text[0] = '\0';
    jk_explain_say(text, "%s: ", jk_text_if_known(detail->characteristic));
    say_level(text, detail->is_numeric, detail->value, detail->level);
    jk_explain_say(text, " gives %+.3f, typical is %+.3f: ", detail->points, reason->typical);
    say_level(text, !isnan(reason->typical_value), reason->typical_value, reason->typical_level);
    return text;
}
