/* SPDX-License-Identifier: Apache-2.0 */
/* Frames as streams of Arrow: buffers by hand, and read by DuckDB where its library is. */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/late.h"
#include "duckdb/duckdb.h"
#include "jalki/arrow.h"
#include "jalki/sql.h"

enum { ROWS = 5000, COLUMNS = 9 };
static const char *const words[] = {"red", "green", "", "blue"};

/* Row r of a made frame; every seventh is missing. */
static jk_status read_made(const jk_frame *frame, size_t column, size_t first, size_t count, void *out,
                           jk_error *error) {
    (void)error;
    for (size_t i = 0; i < count; i++) {
        const size_t row = first + i;
        const bool missing = row % 7 == 3;
        switch (frame->column[column].type) {
        case JK_FRAME_TEXT:
            memset((char *)out + 8 * i, 0, 8);
            if (!missing) {
                (void)snprintf((char *)out + 8 * i, 8, "r%zu", row);
            }
            break;
        case JK_FRAME_CODE8:
            ((int8_t *)out)[i] = missing ? -1 : (int8_t)(row % 4);
            break;
        case JK_FRAME_CODE16:
            ((uint16_t *)out)[i] = (uint16_t)(row % 4);
            break;
        case JK_FRAME_CODE32:
            ((int32_t *)out)[i] = missing ? -1 : (int32_t)(row % 4);
            break;
        case JK_FRAME_MONEY:
            ((int64_t *)out)[i] = missing ? JK_MISSING_MONEY : 5 - 101 * (int64_t)row;
            break;
        case JK_FRAME_FLOAT:
            ((float *)out)[i] = missing ? NAN : (float)row / 4;
            break;
        case JK_FRAME_DOUBLE:
            ((double *)out)[i] = missing ? (double)NAN : (double)row / 3;
            break;
        default:
            ((int32_t *)out)[i] = missing ? JK_MISSING_INTEGER : (int32_t)row - 2500;
            break;
        }
    }
    return JK_OK;
}

static jk_frame made(void) {
    static const size_t widths[] = {8, 1, 2, 4, 4, 8, 4, 8, 4};
    static const char *const names[] = {"t", "c8", "c16", "c32", "d", "m", "f", "g", "i"};
    jk_frame frame = {.name = "made", .rows = ROWS, .column_count = COLUMNS, .read = read_made};
    for (size_t c = 0; c < COLUMNS; c++) {
        bool coded = c >= JK_FRAME_CODE8 && c <= JK_FRAME_CODE32;
        frame.column[c] = (jk_frame_column){.name = names[c],
                                            .unit = "",
                                            .type = (jk_frame_type)c,
                                            .width = widths[c],
                                            .words = coded ? words : NULL,
                                            .word_count = coded ? 4 : 0};
    }
    return frame;
}

static void test_buffers(void **state) {
    (void)state;
    const jk_frame frame = made();
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray batch;
    jk_error error = {0};
    assert_int_equal(jk_arrow_stream(&frame, 1000, &stream, &error), JK_OK);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    static const char *const formats[] = {"u", "c", "S", "i", "tdD", "d:18,2", "f", "g", "i"};
    assert_int_equal(schema.n_children, COLUMNS);
    for (size_t c = 0; c < COLUMNS; c++) {
        assert_string_equal(schema.children[c]->format, formats[c]);
        assert_string_equal(schema.children[c]->name, frame.column[c].name);
    }
    schema.release(&schema);
    size_t rows = 0, batches = 0;
    for (;;) {
        assert_int_equal(stream.get_next(&stream, &batch), 0);
        if (batch.release == NULL) {
            break;
        }
        const struct ArrowArray *money = batch.children[5];
        const int64_t *decimals = money->buffers[1];
        const uint8_t *given = money->buffers[0];
        for (size_t i = 0; i < (size_t)batch.length; i++) {
            const size_t row = rows + i;
            assert_int_equal((given[i / 8] >> (i % 8)) & 1, row % 7 != 3);
            if (row % 7 != 3) {
                assert_int_equal(decimals[2 * i], 5 - 101 * (int64_t)row);
                assert_int_equal(decimals[2 * i + 1], row == 0 ? 0 : -1);
            }
        }
        assert_null(batch.children[2]->buffers[0]); /* nothing is missing there */
        rows += (size_t)batch.length;
        batches++;
        if (batches == 2) { /* a child that was moved out lives on */
            struct ArrowArray moved = *batch.children[0];
            batch.children[0]->release = NULL;
            batch.release(&batch);
            assert_int_equal(((const int32_t *)moved.buffers[1])[0], 0);
            moved.release(&moved);
        } else {
            batch.release(&batch);
        }
    }
    assert_true(rows == ROWS && batches == 5 && stream.get_last_error(&stream) == NULL);
    stream.release(&stream);
    assert_null(stream.release);
}

static jk_status take_line(void *context, const jk_sql_column *columns, size_t count, const char *const *cells,
                           jk_error *error) {
    (void)columns;
    (void)error;
    char *text = context;
    for (size_t c = 0; cells != NULL && c < count; c++) {
        (void)strcat(strcat(text, cells[c] != NULL ? cells[c] : "null"), c + 1 < count ? "," : "\n");
    }
    return JK_OK;
}

static const char query[] =
    "select count(*), count(t), min(t), max(t), sum(m), count(f), sum(f), count(g), max(g), count(i), sum(i), min(d), "
    "max(d), string_agg(distinct c8::varchar, '|' order by c8::varchar), count(c8), count(c16), "
    "string_agg(distinct c32::varchar, '|' order by c32::varchar) from made";

/* The same frame by its own table function and by DuckDB's reader of Arrow. */
static void test_by_duckdb(void **state) {
    (void)state;
    jk_error error = {0};
    duck_state (*arrow_scan)(duck_handle, const char *, void *) = NULL;
    const char *named = getenv("JALKI_DUCKDB");
    char built[512];
    const char *const places[] = {named != NULL ? named : "libduckdb.so", built};
    (void)snprintf(built, sizeof built, "%s/build/duckdb/libduckdb.so", getenv("JALKI_SOURCE"));
    const jk_late_symbol symbol = {"duckdb_arrow_scan", &arrow_scan};
    const char *sanitized = getenv("JALKI_SANITIZED");
    if (sanitized != NULL && sanitized[0] != '\0') {
        print_message("DuckDB's library has no sanitizers and is not tried beside those of ours\n");
        skip();
    }
    if (jk_sql_check(&error) != JK_OK ||
        !(jk_late_load(places[0], &symbol, 1) || jk_late_load(places[1], &symbol, 1))) {
        print_message("DuckDB's library is not there: it does not read the stream\n");
        skip();
    }
    const jk_frame frame = made();
    char own[1024] = "", there[1024] = "";
    jk_sql *sql = NULL;
    assert_int_equal(jk_sql_open(1, &sql, &error), JK_OK);
    assert_int_equal(jk_sql_add(sql, &frame, &error), JK_OK);
    assert_int_equal(jk_sql_query(sql, query, take_line, own, &error), JK_OK);
    jk_sql_close(sql);

    duck_session session;
    struct ArrowArrayStream stream;
    duck_result result = {0};
    assert_int_equal(jk_duckdb_open(1, &session, &error), JK_OK);
    assert_int_equal(jk_arrow_stream(&frame, 1000, &stream, &error), JK_OK);
    assert_int_equal(arrow_scan(session.connection, "made", &stream), DUCK_SUCCESS);
    char text[2048];
    (void)snprintf(text, sizeof text, "select cast(columns(*) as varchar) from (%s)", query);
    assert_int_equal(session.duck->query(session.connection, text, &result), DUCK_SUCCESS);
    duck_handle chunk = session.duck->fetch_chunk(result);
    const size_t count = session.duck->column_count(&result);
    for (size_t c = 0; c < count; c++) {
        const duck_string *strings = session.duck->vector_get_data(session.duck->data_chunk_get_vector(chunk, c));
        uint32_t length = 0;
        const char *cell = duck_text(&strings[0], &length);
        (void)strncat(there, cell, length);
        (void)strcat(there, c + 1 < count ? "," : "\n");
    }
    session.duck->destroy_data_chunk(&chunk);
    session.duck->destroy_result(&result);
    jk_duckdb_close(&session);
    if (stream.release != NULL) {
        stream.release(&stream);
    }
    assert_string_equal(own, there);
    assert_true(strncmp(own, "5000,4286,", 10) == 0); /* 714 rows of 5,000 are missing */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffers),
        cmocka_unit_test(test_by_duckdb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
