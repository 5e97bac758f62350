/* SPDX-License-Identifier: Apache-2.0 */
#include "draft/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "csv/value.h"
#include "draft/table.h"
#include "draft/words.h"
#include "import/mapping/plan.h"

const jk_date_way jk_date_ways[JK_DATE_WAYS] = {
    {"%Y-%m-%d", false, false}, {"%d.%m.%Y", true, false},  {"%d/%m/%Y", true, false},  {"%m/%d/%Y", false, true},
    {"%d-%m-%Y", true, false},  {"%Y/%m/%d", false, false}, {"%Y.%m.%d", false, false}, {"%Y%m%d", false, false},
    {"%d.%m.%y", true, false},  {"%d/%m/%y", true, false},  {"%m/%d/%y", false, true},  {"%Y-%m-%d%*", false, false},
    {"%d.%m.%Y%*", true, false}};

const char *const jk_nothing_words[JK_NOTHING_WORDS] = {"-",    "--",   "N/A", "n/a", "NA",      "#N/A", "NULL",
                                                        "null", "None", "nan", "NaN", "(blank)", "."};

enum { DISTINCT_MOST = 1 << 20, ROWS_MOST = 2000000, HEADER_ROWS = 40 };

/* ---- cells ---------------------------------------------------------------------------------------------------------
 */

static bool is_nothing(const char *text, size_t length, bool seen[JK_NOTHING_WORDS]) {
    for (size_t i = 0; i < JK_NOTHING_WORDS; i++) {
        if (strlen(jk_nothing_words[i]) == length && memcmp(jk_nothing_words[i], text, length) == 0) {
            seen[i] = true;
            return true;
        }
    }
    return false;
}

/* A number as import reads one whose decimal mark is `decimal`, with the other mark between groups. */
static bool looks_like_number(const char *text, size_t length, char decimal, bool *cents, bool *digits, double *value) {
    const jk_csv_format format = {.decimal = decimal, .thousands = {decimal == '.' ? ',' : '.'}};
    jk_csv_plain plain;
    if (jk_csv_make_plain(text, length, &format, &plain) != JK_CSV_OK) {
        return false;
    }
    char number[JK_CSV_PLAIN_MAX + 16];
    (void)snprintf(number, sizeof number, "%.*se%d", (int)plain.length, plain.text, plain.exponent);
    *value = strtod(number, NULL);
    const char *point = memchr(plain.text, '.', plain.length);
    size_t behind = point != NULL ? plain.length - (size_t)(point - plain.text) - 1 : 0;
    *cents = behind == 1 || behind == 2;
    *digits = true;
    for (size_t i = 0; i < length; i++) {
        *digits = *digits && text[i] >= '0' && text[i] <= '9';
    }
    return true;
}

static bool remember(jk_profile_column *column, uint64_t hash) {
    if (column->seen_slots == 0 || column->distinct * 2 >= column->seen_slots) {
        size_t slots = column->seen_slots == 0 ? 1024 : column->seen_slots * 4;
        uint64_t *seen = calloc(slots, sizeof *seen);
        if (seen == NULL) {
            return false;
        }
        for (size_t i = 0; i < column->seen_slots; i++) {
            for (size_t at = column->seen[i]; column->seen[i] != 0; at++) {
                if (seen[at & (slots - 1)] == 0) {
                    seen[at & (slots - 1)] = column->seen[i];
                    break;
                }
            }
        }
        free(column->seen);
        column->seen = seen;
        column->seen_slots = slots;
    }
    hash += hash == 0;
    for (size_t at = hash;; at++) {
        uint64_t *slot = &column->seen[at & (column->seen_slots - 1)];
        if (*slot == hash) {
            return true;
        }
        if (*slot == 0) {
            *slot = hash;
            column->distinct++;
            return true;
        }
    }
}

static bool count_value(jk_profile *profile, jk_profile_column *column, const jk_draft_cell *cell) {
    for (size_t i = 0; i < column->value_count; i++) {
        jk_profile_value *value = &column->values[i];
        if (value->length == cell->length && memcmp(value->text, cell->text, cell->length) == 0) {
            value->count++;
            return true;
        }
    }
    if (column->value_count == JK_PROFILE_VALUES) {
        column->more_values = true;
        return true;
    }
    const char *copy = jk_arena_text(profile->arena, cell->text, cell->length);
    column->values[column->value_count++] = (jk_profile_value){copy, cell->length, 1};
    return copy != NULL;
}

static void count_dates(jk_profile_column *column, const jk_draft_cell *cell) {
    if (cell->length < 6 || cell->length > 30) {
        return;
    }
    bool sentinel = false;
    for (size_t w = 0; w < JK_DATE_WAYS; w++) {
        const jk_csv_format format = {.decimal = '.', .date = jk_date_ways[w].format};
        int32_t date = 0;
        if (jk_csv_to_date(cell->text, cell->length, &format, &date) == JK_CSV_OK) {
            column->dates[w]++;
            sentinel = sentinel || jk_plan_usual_sentinel(date);
        }
    }
    column->sentinels += sentinel;
    int first = 0;
    int second = 0;
    size_t i = 0;
    for (; i < cell->length && cell->text[i] >= '0' && cell->text[i] <= '9'; i++) {
        first = first * 10 + (cell->text[i] - '0');
        first = first > 99 ? 99 : first;
    }
    for (i++; i < cell->length && cell->text[i] >= '0' && cell->text[i] <= '9'; i++) {
        second = second * 10 + (cell->text[i] - '0');
        second = second > 99 ? 99 : second;
    }
    column->over_twelve[0] = column->over_twelve[0] || first > 12;
    column->over_twelve[1] = column->over_twelve[1] || second > 12;
}

static bool count_cell(jk_profile *profile, jk_profile_column *column, const jk_draft_cell *cell) {
    column->rows++;
    if (cell->length == 0 || is_nothing(cell->text, cell->length, column->nothing)) {
        column->empty++;
        return true;
    }
    for (int mark = 0; mark < 2; mark++) {
        bool cents = false;
        bool digits = false;
        double value = 0.0;
        if (looks_like_number(cell->text, cell->length, mark == 0 ? '.' : ',', &cents, &digits, &value)) {
            column->numbers[mark]++;
            column->cents[mark] += cents;
            column->digits += mark == 0 && digits;
        }
    }
    column->percent += cell->text[cell->length - 1] == '%';
    count_dates(column, cell);
    /* Files of one seller may have lost the zeros before a number: those that differ in them alone are found all the
     * same. */
    size_t zeros = 0;
    while (zeros + 1 < cell->length && cell->text[zeros] == '0') {
        zeros++;
    }
    column->zeros += zeros > 0;
    uint64_t hash = XXH3_64bits(cell->text + zeros, cell->length - zeros);
    return count_value(profile, column, cell) && (column->distinct >= DISTINCT_MOST || remember(column, hash));
}

/* Sums by the decimal mark that the file turned out to have. */
static void sum_cell(const jk_profile *profile, jk_profile_column *column, const jk_draft_cell *cell) {
    bool cents = false;
    bool digits = false;
    double value = 0.0;
    if (cell->length > 0 && looks_like_number(cell->text, cell->length, profile->decimal, &cents, &digits, &value)) {
        column->least = column->counted == 0 || value < column->least ? value : column->least;
        column->most = column->counted == 0 || value > column->most ? value : column->most;
        column->sum += value;
        column->counted++;
    }
}

/* ---- the header ----------------------------------------------------------------------------------------------------
 */

/* Names that mean something, twice; cells that can be names, once; numbers and dates speak against a header. */
static int header_score(const jk_draft_row *row) {
    int score = 0;
    for (size_t i = 0; i < row->count; i++) {
        const jk_draft_cell *cell = &row->cells[i];
        char plain[128];
        jk_words_plain(cell->text, cell->length, plain, sizeof plain);
        bool cents = false;
        bool digits = false;
        double value = 0.0;
        if (cell->length == 0) {
            continue;
        }
        if (looks_like_number(cell->text, cell->length, '.', &cents, &digits, &value)) {
            score -= 3;
            continue;
        }
        int best = 0;
        for (int target = 0; target < JK_DRAFT_TARGETS; target++) {
            jk_language language = JK_ENGLISH;
            int match = jk_words_match(target, plain, &language);
            best = match > best ? match : best;
        }
        score += best >= 100 ? 6 : (best > 0 ? 3 : 1);
    }
    return score;
}

static size_t find_header(const jk_draft_table *table) {
    size_t best = 0;
    int most = -1000000;
    for (size_t r = 0; r < table->row_count && r < HEADER_ROWS; r++) {
        int score = header_score(&table->rows[r]);
        if (score > most) {
            most = score;
            best = r;
        }
    }
    return best;
}

/* ---- the profile ---------------------------------------------------------------------------------------------------
 */

static int more_frequent(const void *a, const void *b) {
    const jk_profile_value *x = a;
    const jk_profile_value *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

static jk_status take_header(jk_profile *profile, const jk_draft_row *header, jk_error *error) {
    size_t count = header->count;
    while (count > 0 && header->cells[count - 1].length == 0) {
        count--;
    }
    profile->column_count = count;
    profile->columns = jk_arena_alloc(profile->arena, count + 1, sizeof *profile->columns);
    for (size_t c = 0; profile->columns != NULL && c < count; c++) {
        const jk_draft_cell *cell = &header->cells[c];
        profile->columns[c].name = jk_arena_text(profile->arena, cell->text, cell->length);
        profile->columns[c].values = jk_arena_alloc(profile->arena, JK_PROFILE_VALUES, sizeof(jk_profile_value));
        JK_TRY(jk_held(profile->columns[c].name != NULL && profile->columns[c].values != NULL, error, "a draft"));
    }
    return jk_held(profile->columns != NULL, error, "a draft");
}

static void find_marks(jk_profile *profile) {
    uint64_t point = 0;
    uint64_t comma = 0;
    for (size_t c = 0; c < profile->column_count; c++) {
        const jk_profile_column *column = &profile->columns[c];
        bool date = column->dates[1] + column->dates[8] > column->rows / 2; /* 1.2 may be a number and part of a date */
        point += date ? 0 : column->cents[0];
        comma += date ? 0 : column->cents[1];
    }
    profile->decimal = comma > point ? ',' : '.';
    profile->thousands = "";
    for (size_t c = 0; c < profile->column_count && profile->thousands[0] == '\0'; c++) {
        const jk_profile_column *column = &profile->columns[c];
        uint64_t filled = column->rows - column->empty;
        if (filled == 0 || column->numbers[profile->decimal == ','] < filled * 9 / 10 ||
            column->dates[1] > filled / 2) {
            continue;
        }
        for (size_t i = 0; i < column->value_count; i++) {
            const jk_profile_value *value = &column->values[i];
            for (size_t k = 1; k + 3 < value->length; k++) {
                const char *mark = value->text + k;
                bool before = mark[-1] >= '0' && mark[-1] <= '9';
                bool no_break =
                    value->length > k + 4 && (unsigned char)mark[0] == 0xc2 && (unsigned char)mark[1] == 0xa0;
                bool behind = mark[1] >= '0' && mark[1] <= '9';
                if (before && behind && *mark == (profile->decimal == ',' ? '.' : ',')) {
                    profile->thousands = profile->decimal == ',' ? "." : ",";
                } else if (before && behind && (*mark == ' ' || *mark == '\'')) {
                    profile->thousands = *mark == ' ' ? " " : "'";
                } else if (before && no_break && mark[2] >= '0' && mark[2] <= '9') {
                    profile->thousands = "\xc2\xa0";
                }
            }
        }
    }
}

static jk_status count_rows(jk_profile *profile, const jk_draft_table *table, size_t header, jk_error *error) {
    for (size_t r = header + 1; r < table->row_count && profile->lines < ROWS_MOST; r++) {
        const jk_draft_row *row = &table->rows[r];
        profile->lines++;
        profile->odd_rows += row->count != table->rows[header].count;
        for (size_t c = 0; c < profile->column_count; c++) {
            static const jk_draft_cell none = {"", 0};
            JK_TRY(jk_held(count_cell(profile, &profile->columns[c], c < row->count ? &row->cells[c] : &none), error,
                           "a draft"));
        }
    }
    find_marks(profile);
    for (size_t c = 0; c < profile->column_count; c++) {
        jk_profile_column *column = &profile->columns[c];
        for (size_t r = header + 1; r < table->row_count && r <= header + profile->lines; r++) {
            if (c < table->rows[r].count) {
                sum_cell(profile, column, &table->rows[r].cells[c]);
            }
        }
        jk_sort(column->values, column->value_count, sizeof *column->values, more_frequent);
    }
    return JK_OK;
}

static jk_status take_table(jk_profile *profile, const jk_draft_table *table, jk_error *error) {
    if (table->row_count == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, profile->path, 0, NULL, "there is no text in it");
    }
    size_t header = find_header(table);
    profile->encoding = table->encoding;
    profile->encoding_why = table->encoding_why;
    profile->is_sheet = table->is_sheet;
    profile->separator = table->separator;
    profile->whole = table->whole;
    profile->header_row = table->rows[header].line;
    JK_TRY(take_header(profile, &table->rows[header], error));
    return count_rows(profile, table, header, error);
}

jk_status jk_profile_read(const char *path, const jk_csv_part *part, size_t bytes, jk_profile *profile,
                          jk_error *error) {
    *profile = (jk_profile){.arena = jk_arena_create()};
    size_t length = strlen(path) + (part != NULL ? strlen(part->name) : 0) + 2;
    profile->path = profile->arena != NULL ? jk_arena_alloc(profile->arena, length, 1) : NULL;
    JK_TRY(jk_held(profile->path != NULL, error, "a draft"));
    (void)strcat(strcat(strcpy(profile->path, path), part != NULL ? ":" : ""), part != NULL ? part->name : "");
    jk_draft_table table;
    jk_status status = jk_draft_table_read(path, part, bytes, &table, error);
    if (status == JK_OK) {
        status = take_table(profile, &table, error);
    }
    jk_draft_table_free(&table);
    return status;
}

void jk_profile_free(jk_profile *profile) {
    for (size_t c = 0; c < profile->column_count && profile->columns != NULL; c++) {
        free(profile->columns[c].seen);
    }
    jk_arena_free(profile->arena);
    *profile = (jk_profile){0};
}

static bool has_seen(const jk_profile_column *column, uint64_t hash) {
    for (size_t at = hash; column->seen_slots > 0; at++) {
        uint64_t here = column->seen[at & (column->seen_slots - 1)];
        if (here == hash || here == 0) {
            return here == hash;
        }
    }
    return false;
}

double jk_profile_overlap(const jk_profile_column *of, const jk_profile_column *in) {
    uint64_t both = 0;
    for (size_t i = 0; i < of->seen_slots; i++) {
        both += of->seen[i] != 0 && has_seen(in, of->seen[i]);
    }
    return of->distinct > 0 ? (double)both / (double)of->distinct : 0.0;
}

int jk_profile_date(const jk_profile_column *column, bool *sure) {
    uint64_t filled = column->rows - column->empty;
    int best = -1;
    *sure = true;
    for (int w = 0; w < JK_DATE_WAYS; w++) {
        bool better = column->dates[w] > (best < 0 ? 0 : column->dates[best]);
        if (filled > 0 && column->dates[w] * 10 >= filled * 9 && better) {
            best = w;
        }
    }
    if (best >= 0 && (jk_date_ways[best].day_first || jk_date_ways[best].month_first)) {
        *sure = jk_date_ways[best].format[2] == '.' || column->over_twelve[0] || column->over_twelve[1];
    }
    return best;
}
