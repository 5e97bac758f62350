/* SPDX-License-Identifier: Apache-2.0 */
/* Result files: rows put by threads in any order come back; packed and plain files hold the same; nothing is left of a
 * result that was not finished. Read back through the reader for hostile files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/team/parallel.h"
#include "cmocka_all.h"
#include "h5/h5_file.h"
#include "jalki/result.h"
#include "support/must.h"

enum { ROWS = 150003, BLOCK = 4096, WIDTH = 12 };

static char folder[] = "/tmp/jalki-result-XXXXXX";
static char path[128];

static const char *const decisions[] = {"close", "sell", "surveil"};
static const char *const segments[] = {"fi-consumer", "fi-business"};
static const jk_result_column columns[] = {
    {.name = "claim_id", .type = JK_RESULT_TEXT, .unit = "text", .meaning = "key", .text_width = WIDTH},
    {.name = "value", .type = JK_RESULT_FLOAT64, .unit = "EUR", .meaning = "what it is worth"},
    {.name = "theta", .type = JK_RESULT_FLOAT32, .unit = "1", .meaning = "relative intensity"},
    {.name = "score", .type = JK_RESULT_INT32, .unit = "points", .meaning = "score"},
    {.name = "decision", .type = JK_RESULT_ENUM, .unit = "code", .levels = decisions, .level_count = 3},
    {.name = "segment", .type = JK_RESULT_INDEX, .unit = "index", .levels = segments, .level_count = 2},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static double value_of(size_t i) {
    return (double)i * 0.37 - 5.0;
}

static jk_status put_block(void *context, int thread, size_t index, jk_error *error) {
    (void)thread;
    jk_result_writer *writer = context;
    size_t first = (ROWS / BLOCK - index) * BLOCK; /* last rows first */
    size_t rows = ROWS - first < BLOCK ? ROWS - first : BLOCK;
    char id[BLOCK * WIDTH] = {0};
    double value[BLOCK];
    float theta[BLOCK];
    int32_t score[BLOCK];
    uint8_t decision[BLOCK];
    uint16_t segment[BLOCK];
    for (size_t i = 0; i < rows; i++) {
        (void)snprintf(id + i * WIDTH, WIDTH, "C%zu", first + i);
        value[i] = value_of(first + i);
        theta[i] = (float)value[i];
        score[i] = (int32_t)(first + i);
        decision[i] = (uint8_t)((first + i) % 3);
        segment[i] = (uint16_t)((first + i) % 2);
    }
    const void *data[COLUMNS] = {id, value, theta, score, decision, segment};
    for (size_t c = 0; c < COLUMNS; c++) {
        jk_status status = jk_result_writer_put(writer, c, first, rows, data[c], error);
        if (status != JK_OK) {
            return status;
        }
    }
    return JK_OK;
}

static void write_result(int compression, int threads) {
    static const char *const names[] = {"cutoff"}, *const texts[] = {"2026-01-31"};
    static const char *const amounts[] = {"gross", "cost", "sale", "net"};
    jk_error error = {0};
    jk_result_writer *writer = NULL;
    jk_result_options options = {
        .compression = compression, .run = {.threads = threads}, .attributes = {names, texts}, .attribute_count = 1};
    must(jk_result_writer_create(path, ROWS, columns, COLUMNS, &options, &writer, &error), &error);
    must(jk_parallel_for(&(jk_run){.threads = threads}, ROWS / BLOCK + 1, "put", BLOCK, put_block, writer, &error),
         &error);
    double flow[3][2][4];
    for (int i = 0; i < 24; i++) {
        ((double *)flow)[i] = i + 0.5;
    }
    jk_result_dataset cashflow = {.path = "/portfolio/cashflow",
                                  .type = JK_RESULT_FLOAT64,
                                  .unit = "EUR",
                                  .meaning = "cash flow by month",
                                  .rank = 3,
                                  .extent = {3, 2, 4},
                                  .axis = {"month", "segment", "amount"},
                                  .axis_labels = {NULL, segments, amounts},
                                  .data = flow};
    must(jk_result_writer_dataset(writer, &cashflow, &error), &error);
    assert_int_not_equal(access(path, F_OK), 0);
    must(jk_result_writer_finish(writer, "{}", &error), &error);
}

static void *read_column(jk_h5_file *file, const char *name, size_t size) {
    jk_error error = {0};
    const jk_h5_dataset *dataset = jk_h5_find(file, name);
    assert_non_null(dataset);
    assert_int_equal(dataset->element_size, size);
    void *out = malloc(ROWS * size);
    must(jk_h5_read(file, dataset, 0, ROWS, out, &error), &error);
    return out;
}

/* Rows beyond the end are refused before anything is read, also where numbers would overflow. */
static void refuse_beyond_end(jk_h5_file *file, const char *name, uint64_t rows) {
    const jk_h5_dataset *dataset = jk_h5_find(file, name);
    const uint64_t wrong[][2] = {{rows, 1}, {1, rows}, {0, rows + 1}, {rows + 1, 0}, {UINT64_MAX, 1}, {1, UINT64_MAX}};
    double unused[1] = {0.0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        jk_error error = {0};
        assert_int_equal(jk_h5_read(file, dataset, wrong[i][0], wrong[i][1], unused, &error), JK_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "rows beyond its end"));
    }
    jk_error error = {0};
    must(jk_h5_read(file, dataset, rows, 0, unused, &error), &error);
}

static void check_result(void) {
    jk_error error = {0};
    jk_h5_file *file = NULL;
    must(jk_h5_open(path, "/dict", 100, &file, &error), &error);
    assert_string_equal(jk_h5_attribute_text(file, "jalki_format"), "result 1");
    assert_string_equal(jk_h5_attribute_text(file, "cutoff"), "2026-01-31");
    assert_string_equal(jk_h5_attribute_text(file, "manifest"), "{}");
    char *id = read_column(file, "/result/claim_id", WIDTH);
    double *value = read_column(file, "/result/value", 8);
    float *theta = read_column(file, "/result/theta", 4);
    uint8_t *decision = read_column(file, "/result/decision", 1);
    uint16_t *segment = read_column(file, "/result/segment", 2);
    for (size_t i = 0; i < ROWS; i++) {
        char expected[32];
        (void)snprintf(expected, sizeof expected, "C%zu", i);
        assert_string_equal(id + i * WIDTH, expected);
        assert_true(value[i] == value_of(i) && theta[i] == (float)value_of(i));
        assert_true(decision[i] == i % 3 && segment[i] == i % 2);
    }
    free(id);
    free(value);
    free(theta);
    free(decision);
    free(segment);
    size_t count = 0;
    const char *const *names = jk_h5_strings(file, jk_h5_find(file, "/dict/segment"), &count);
    assert_int_equal(count, 2);
    assert_string_equal(names[1], "fi-business");
    const jk_h5_dataset *flow = jk_h5_find(file, "/portfolio/cashflow");
    double cell[24];
    must(jk_h5_read(file, flow, 0, 24, cell, &error), &error);
    assert_int_equal(flow->rank, 3);
    assert_true(cell[23] == 23.5);
    refuse_beyond_end(file, "/portfolio/cashflow", 24);
    refuse_beyond_end(file, "/result/value", ROWS);
    assert_int_equal(jk_h5_find(file, "/result/decision")->level_count, 3);
    jk_h5_close(file);
}

static void test_plain(void **state) {
    (void)state;
    write_result(0, 4);
    check_result();
    (void)unlink(path);
}

static void test_packed(void **state) {
    (void)state;
    write_result(3, 4);
    check_result();
    (void)unlink(path);
}

static void test_unfinished(void **state) {
    (void)state;
    jk_error error = {0};
    jk_result_writer *writer = NULL;
    jk_result_options options = {.compression = 1};
    must(jk_result_writer_create(path, 10, columns, COLUMNS, &options, &writer, &error), &error);
    assert_int_equal(jk_result_writer_put(writer, 1, 5, 6, path, &error), JK_ERROR_ARGUMENT);
    error = (jk_error){0};
    assert_int_equal(jk_result_writer_finish(writer, NULL, &error), JK_ERROR_ARGUMENT);
    assert_string_equal(error.key, "claim_id");
    must(jk_result_writer_create(path, 10, columns, COLUMNS, &options, &writer, &(jk_error){0}), &error);
    jk_result_writer_abort(writer);
    error = (jk_error){0};
    assert_int_equal(jk_result_writer_create("/nowhere/r.h5", 1, columns, COLUMNS, &options, &writer, &error),
                     JK_ERROR_IO);
    assert_null(writer); /* and not the one that is gone */
    writer = (jk_result_writer *)path;
    assert_int_equal(jk_result_writer_create(path, 1, columns, 0, &options, &writer, &error), JK_ERROR_ARGUMENT);
    assert_null(writer);
    jk_result_writer_abort(NULL);
}

static int start(void **state) {
    (void)state;
    bool made = mkdtemp(folder) != NULL;
    (void)snprintf(path, sizeof path, "%s/r.h5", folder);
    return !made;
}

static int end(void **state) {
    (void)state;
    return rmdir(folder); /* fails if anything was left behind */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain), cmocka_unit_test(test_packed),
                                       cmocka_unit_test(test_unfinished)};
    return cmocka_run_group_tests(tests, start, end);
}
