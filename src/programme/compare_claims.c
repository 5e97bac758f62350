/* SPDX-License-Identifier: Apache-2.0 */
/* The claims of a comparison as CSV. Steps have six decimals, each the difference of what stands before and after it,
 * rounded: a claim's steps add up to the last digit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/memory.h"
#include "base/text/escape.h"
#include "base/words/listing.h"
#include "programme/compare.h"
#include "programme/words.h"
#include "value/results/number.h"

enum { MILLION = 1000000, PIECE_ROWS = 16384, DECIMALS = 6, NUMBERS = JK_STEP_COUNT + 3, WORDS = 64 };

enum { FIRST_STEP = 9, EXPECTED = FIRST_STEP + JK_STEP_COUNT, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    JK_LISTED_TEXT("claim_id", NULL, "The seller's key"),
    JK_LISTED_TEXT("state", NULL, "stays, left or new"),
    JK_LISTED_TEXT("segment", NULL, "Of the first valuation, of a new claim of the second; so are country and vintage"),
    JK_LISTED_TEXT("country", NULL, "Country"),
    JK_LISTED_COUNT("vintage", NULL, "Year of write-off"),
    JK_LISTED_TEXT("opening_decision", NULL, "Decision of the first"),
    JK_LISTED_TEXT("closing_decision", NULL, "Of the second"),
    JK_LISTED_MONEY("opening_face", NULL, "Owed at the first cut-off"),
    JK_LISTED_MONEY("closing_face", NULL, "At the second"),
    [FIRST_STEP + JK_STEP_OPENING] = JK_LISTED_MONEY(
        "opening", NULL, "Value in the first; the columns from here to closing are the steps of the bridge"),
    [FIRST_STEP + JK_STEP_COLLECTED] = JK_LISTED_MONEY("collected", NULL, "Less what came in"),
    [FIRST_STEP + JK_STEP_LEFT] = JK_LISTED_MONEY("left", NULL, "Less the rest of a claim that left"),
    [FIRST_STEP + JK_STEP_NEW] = JK_LISTED_MONEY("new", NULL, "Of a new claim"),
    [FIRST_STEP + JK_STEP_TIME] = JK_LISTED_MONEY("time", NULL, "Time and interest"),
    [FIRST_STEP + JK_STEP_DATA] = JK_LISTED_MONEY("data", NULL, "What became known"),
    [FIRST_STEP + JK_STEP_MODEL] = JK_LISTED_MONEY("model", NULL, "By the second model"),
    [FIRST_STEP + JK_STEP_RATE] = JK_LISTED_MONEY("rate", NULL, "At the second required return"),
    [FIRST_STEP + JK_STEP_CLOSING] = JK_LISTED_MONEY("closing", NULL, "Value in the second"),
    [EXPECTED] = JK_LISTED_MONEY("expected", NULL, "What the first expected to come in up to the second cut-off"),
};

jk_listing jk_comparison_claims_columns(void) {
    return JK_LISTING_FILE("compare by claim", columns);
}

static char *put_text(char *out, const char *text) {
    return jk_cell_write(out, text, strlen(text));
}

static char *put_steps(const jk_comparison *comparison, size_t claim, char *out) {
    int64_t step[JK_STEP_COUNT], sum = 0, before = 0;
    jk_compare_steps(comparison, claim, step);
    for (int s = 0; s < JK_STEP_CLOSING; s++) {
        sum += step[s];
        int64_t parts = jk_compare_rounded(sum, MILLION) - before;
        before += parts;
        *out++ = ',';
        out = jk_write_parts(out, parts, DECIMALS);
    }
    *out++ = ',';
    return jk_write_parts(out, before, DECIMALS);
}

static char *put_row(const jk_comparison *comparison, size_t claim, const char *id, size_t width, char *out) {
    const jk_compare_claims *claims = &comparison->claims;
    bool was = claim < claims->from_count, is = claims->to_row[claim] != JK_MATCH_NONE;
    out = jk_cell_write(out, id, strnlen(id, width));
    *out++ = ',';
    out = put_text(out, !was ? "new" : is ? "stays" : "left");
    *out++ = ',';
    out = put_text(out, comparison->segment_name[claims->segment[claim]]);
    *out++ = ',';
    out = put_text(out, comparison->country_name[claims->country[claim]]);
    *out++ = ',';
    out = jk_write_integer(out, claims->year[claim]);
    for (int s = 0; s < 2; s++) {
        *out++ = ',';
        out = (s == 0 ? was : is) ? put_text(out, jk_action_name((jk_action)claims->decision[s][claim])) : out;
    }
    for (int s = 0; s < 2; s++) {
        *out++ = ',';
        out = jk_write_cents(out, claims->face[s][claim]);
    }
    out = put_steps(comparison, claim, out);
    *out++ = ',';
    out = was ? jk_write_cents(out, (double)claims->expected[claim]) : out;
    *out++ = '\n';
    return out;
}

/* Ids of claims [first, first + count): of the first tape, or one by one of the second. */
static jk_status read_ids(const jk_comparison *comparison, size_t first, size_t count, size_t width, char *ids,
                          jk_error *error) {
    const jk_compare_claims *claims = &comparison->claims;
    const jk_tape *tape = first < claims->from_count ? comparison->from.tape : comparison->to.tape;
    size_t own = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    if (first < claims->from_count) {
        JK_TRY(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, first, count, ids, error));
        for (size_t i = count; own < width && i-- > 0;) { /* spread out, last first */
            memmove(ids + i * width, ids + i * own, own);
            memset(ids + i * width + own, 0, width - own);
        }
        return JK_OK;
    }
    memset(ids, 0, count * width);
    for (size_t i = 0; i < count; i++) {
        JK_TRY(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, claims->to_row[first + i], 1, ids + i * width, error));
    }
    return JK_OK;
}

static size_t longest(char *const *names, size_t count) {
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        most = length > most ? length : most;
    }
    return most;
}

static jk_status write_claims(const jk_comparison *comparison, FILE *stream, jk_error *error) {
    const jk_compare_claims *claims = &comparison->claims;
    size_t widths[2] = {jk_tape_text_width(comparison->from.tape, JK_COLUMN_CLAIM_ID),
                        jk_tape_text_width(comparison->to.tape, JK_COLUMN_CLAIM_ID)};
    size_t width = widths[0] > widths[1] ? widths[0] : widths[1];
    size_t names = longest(comparison->segment_name, comparison->segment_count) +
                   longest(comparison->country_name, comparison->country_count);
    size_t row_bytes = 2 * (width + names) + 9 + (size_t)NUMBERS * (JK_NUMBER_TEXT + 1) + WORDS;
    char *ids = jk_columns_alloc(PIECE_ROWS, width);
    char *row = malloc(row_bytes);
    jk_status status = ids == NULL || row == NULL ? jk_fail_memory(error, "the claims file") : JK_OK;
    const jk_listing described = jk_comparison_claims_columns();
    status = status == JK_OK ? jk_listing_csv(&described, stream, error) : status;
    for (size_t first = 0, count = 0; status == JK_OK && first < claims->count; first += count) {
        size_t end = first < claims->from_count ? claims->from_count : claims->count;
        count = end - first < PIECE_ROWS ? end - first : PIECE_ROWS;
        status = read_ids(comparison, first, count, width, ids, error);
        for (size_t i = 0; status == JK_OK && i < count; i++) {
            char *last = put_row(comparison, first + i, ids + i * width, width, row);
            (void)fwrite(row, 1, (size_t)(last - row), stream); /* failures stay in the stream and are seen at commit */
        }
    }
    free(ids);
    free(row);
    return status;
}

jk_status jk_comparison_write_claims(const jk_comparison *comparison, const char *path, jk_error *error) {
    jk_output output = {.fd = -1};
    JK_TRY(jk_output_open(&output, path, JK_OUTPUT_PERSONAL, error));
    jk_status status = jk_output_stream(&output, error);
    if (status == JK_OK) {
        status = write_claims(comparison, output.stream, error);
    }
    if (status == JK_OK) {
        status = jk_output_commit(&output, error);
    }
    if (status != JK_OK) {
        jk_output_abort(&output);
    }
    return status;
}
