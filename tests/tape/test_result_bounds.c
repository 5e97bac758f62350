/* SPDX-License-Identifier: Apache-2.0 */
/* Columns and arrays of results just within and just beyond what is described, of every type and of few rows and many;
 * what the file says of them is read with the HDF5 library alone. */
#include <hdf5.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "h5/h5.h"
#include "h5/h5_turns.h"
#include "jalki/result.h"
#include "jalki/verify.h"
#include "support/must.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { LEVELS = 65537, NAME = 65 };

static char folder[] = "/tmp/jalki-bounds-XXXXXX";
static char path[128];
static const char *levels[LEVELS];

static jk_status created(const jk_result_column *columns, size_t count, size_t rows, int compression,
                         jk_result_writer **writer, jk_error *error) {
    const jk_result_options options = {.compression = compression, .run = {.threads = 2}};
    *error = (jk_error){0};
    return jk_result_writer_create(path, rows, columns, count, &options, writer, error);
}

static void columns_are_described(void **state) {
    (void)state;
    char longest[NAME + 1];
    memset(longest, 'n', NAME);
    longest[63] = longest[NAME] = '\0';
    const struct {
        jk_result_column column;
        bool good;
    } cases[] = {
        {{.name = "a", .type = JK_RESULT_UINT8}, true},
        {{.name = longest, .type = JK_RESULT_UINT8}, true},
        {{.name = "", .type = JK_RESULT_UINT8}, false},
        {{.name = NULL, .type = JK_RESULT_UINT8}, false},
        {{.name = "a/b", .type = JK_RESULT_UINT8}, false},
        {{.name = "a", .type = (jk_result_type)(JK_RESULT_TEXT + 1)}, false},
        {{.name = "a", .type = JK_RESULT_TEXT, .text_width = 1}, true},
        {{.name = "a", .type = JK_RESULT_TEXT}, false},
        {{.name = "a", .type = JK_RESULT_ENUM, .levels = levels, .level_count = 1}, true},
        {{.name = "a", .type = JK_RESULT_ENUM, .levels = levels, .level_count = 256}, true},
        {{.name = "a", .type = JK_RESULT_ENUM, .levels = levels, .level_count = 257}, false},
        {{.name = "a", .type = JK_RESULT_ENUM, .levels = levels}, false},
        {{.name = "a", .type = JK_RESULT_ENUM, .level_count = 3}, false},
        {{.name = "a", .type = JK_RESULT_INDEX, .levels = levels, .level_count = 1}, true},
        {{.name = "a", .type = JK_RESULT_INDEX, .levels = levels, .level_count = 65536}, true},
        {{.name = "a", .type = JK_RESULT_INDEX, .levels = levels, .level_count = 65537}, false},
        {{.name = "a", .type = JK_RESULT_INDEX, .levels = levels}, false},
        {{.name = "a", .type = JK_RESULT_INDEX, .level_count = 3}, false},
    };
    jk_result_writer *writer = NULL;
    jk_error error;
    for (size_t c = 0; c < COUNT(cases); c++) {
        assert_int_equal(created(&cases[c].column, 1, 2, 0, &writer, &error),
                         cases[c].good ? JK_OK : JK_ERROR_ARGUMENT);
        jk_result_writer_abort(writer);
    }
    longest[63] = 'n';
    const jk_result_column column = {.name = longest, .type = JK_RESULT_UINT8};
    assert_int_equal(created(&column, 1, 2, 0, &writer, &error), JK_ERROR_ARGUMENT);
    /* As many columns as there may be, and one more. */
    jk_result_column many[JK_RESULT_COLUMNS_MAX + 1];
    for (size_t i = 0; i < COUNT(many); i++) {
        many[i] = (jk_result_column){.name = levels[i], .type = JK_RESULT_INT32};
    }
    must(created(many, JK_RESULT_COLUMNS_MAX, 2, 0, &writer, &error), &error);
    assert_string_equal(jk_result_writer_column(writer, JK_RESULT_COLUMNS_MAX - 1), "63");
    assert_int_equal(jk_result_writer_size(writer, 5), 4);
    jk_result_writer_abort(writer);
    assert_int_equal(created(many, JK_RESULT_COLUMNS_MAX + 1, 2, 0, &writer, &error), JK_ERROR_ARGUMENT);
    assert_int_equal(created(many, 1, ((size_t)1 << 40) + 1, 1, &writer, &error), JK_ERROR_ARGUMENT);
    must(created(many, 1, (size_t)1 << 40, 1, &writer, &error), &error); /* of which none is there yet */
    jk_result_writer_abort(writer);
    must(created(many, 1, 2, 10, &writer, &error), &error); /* packed as well as it can be */
    jk_result_writer_abort(writer);
}

static void elements_have_a_size(void **state) {
    (void)state;
    static const size_t sizes[] = {4, 8, 4, 8, 1, 1, 2, 7};
    for (size_t t = 0; t < COUNT(sizes); t++) {
        assert_int_equal(jk_result_element_size((jk_result_type)t, 7), sizes[t]);
    }
    assert_int_equal(jk_result_element_size((jk_result_type)COUNT(sizes), 7), 0);
}

static bool has_text(hid_t object, const char *name, const char *wanted) {
    char text[200] = "";
    if (H5Aexists(object, name) <= 0) {
        return wanted == NULL;
    }
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    const bool read = H5Tget_size(type) < sizeof text && H5Aread(attribute, type, text) >= 0;
    H5Tclose(type);
    H5Aclose(attribute);
    return read && wanted != NULL && strcmp(text, wanted) == 0;
}

/* Rows of every type, few and at the bounds of a chunk, plain and packed: what was put is what is read. */
static void rows_of_every_type_come_back(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 65535, 65536, 65537, 131073};
    const jk_result_column columns[] = {
        {.name = "f32", .type = JK_RESULT_FLOAT32, .unit = "1", .meaning = "a float"},
        {.name = "f64", .type = JK_RESULT_FLOAT64, .unit = "EUR"},
        {.name = "i32", .type = JK_RESULT_INT32, .meaning = "a number"},
        {.name = "i64", .type = JK_RESULT_INT64},
        {.name = "u8", .type = JK_RESULT_UINT8},
        {.name = "level", .type = JK_RESULT_ENUM, .levels = levels, .level_count = 251},
        {.name = "index", .type = JK_RESULT_INDEX, .levels = levels, .level_count = 300},
        {.name = "text", .type = JK_RESULT_TEXT, .text_width = 5}};
    const hid_t types[] = {H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_STD_I32LE, H5T_STD_I64LE, H5T_STD_U8LE};
    for (size_t n = 0; n < 2 * COUNT(counts); n++) {
        const size_t rows = counts[n / 2];
        jk_result_writer *writer = NULL;
        jk_error error;
        unsigned char *data = calloc(rows + 1, 8);
        unsigned char *got = calloc(rows + 1, 8);
        must(created(columns, COUNT(columns), rows, n % 2 == 0 ? 0 : 20, &writer, &error), &error); /* 9 at most */
        for (size_t c = 0; c < COUNT(columns); c++) {
            const size_t size = jk_result_writer_size(writer, c), half = rows / 2;
            for (size_t i = 0; i < rows * size; i++) {
                data[i] = (unsigned char)(1 + (i * 7 + i / 250 + c) % 250);
                data[i] = columns[c].type == JK_RESULT_INDEX ? (unsigned char)(i % 2 == 0 ? data[i] : 0) : data[i];
            }
            must(jk_result_writer_put(writer, c, half, rows - half, data + half * size, &error), &error);
            must(jk_result_writer_put(writer, c, 0, half, data, &error), &error);
            assert_int_equal(jk_result_writer_put(writer, c, rows + 1, 0, data, NULL), JK_ERROR_ARGUMENT);
            assert_int_equal(jk_result_writer_put(writer, c, rows, 1, data, NULL), JK_ERROR_ARGUMENT);
        }
        assert_int_equal(jk_result_writer_put(writer, COUNT(columns), 0, 0, data, NULL), JK_ERROR_ARGUMENT);
        must(jk_result_writer_finish(writer, NULL, &error), &error);
        jk_verification found;
        must(jk_verify(path, NULL, &found, &error), &error);
        assert_int_equal(found.soundness, JK_SOUND);
        jk_h5_enter();
        hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), group = H5Gopen2(file, "result", H5P_DEFAULT);
        assert_true(file >= 0 && group >= 0 && has_text(file, "jalki_format", "result 1"));
        assert_true(has_text(file, "manifest", NULL));
        for (size_t c = 0; c < COUNT(columns); c++) {
            hid_t set = H5Dopen2(group, columns[c].name, H5P_DEFAULT), type = H5Dget_type(set);
            const size_t size = H5Tget_size(type);
            assert_true(c >= COUNT(types) || H5Tequal(type, types[c]) > 0);
            for (size_t i = 0; i < rows * size; i++) {
                data[i] = (unsigned char)(1 + (i * 7 + i / 250 + c) % 250);
                data[i] = columns[c].type == JK_RESULT_INDEX ? (unsigned char)(i % 2 == 0 ? data[i] : 0) : data[i];
            }
            assert_true(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, got) >= 0);
            assert_memory_equal(got, data, rows * size);
            assert_true(has_text(set, "unit", columns[c].unit) && has_text(set, "meaning", columns[c].meaning));
            assert_true(has_text(set, "dictionary", columns[c].type == JK_RESULT_INDEX ? "/dict/index" : NULL));
            assert_int_equal(H5Aexists(set, "missing_value") > 0, c < 2);
            hid_t properties = H5Dget_create_plist(set);
            assert_int_equal(H5Pget_nfilters(properties), n % 2 == 0 ? 0 : size == 1 ? 1 : 2);
            unsigned level = 0;
            size_t values = 1;
            assert_true(n % 2 == 0 || (H5Pget_filter_by_id2(properties, H5Z_FILTER_DEFLATE, NULL, &values, &level, 0,
                                                            NULL, NULL) >= 0 &&
                                       level == 9));
            H5Pclose(properties);
            H5Tclose(type);
            H5Dclose(set);
        }
        H5Gclose(group);
        H5Fclose(file);
        jk_h5_leave();
        free(data);
        free(got);
        assert_int_equal(unlink(path), 0);
    }
}

/* More chunks than are packed at a time, and more threads than could do so. */
static void many_threads_pack_many_chunks(void **state) {
    (void)state;
    enum { ROWS = 66 * 65536 + 1 };
    const jk_result_column column = {.name = "u8", .type = JK_RESULT_UINT8};
    const jk_result_options options = {.compression = 1, .run = {.threads = 40}};
    unsigned char *data = malloc(ROWS), *got = calloc(ROWS, 1);
    jk_result_writer *writer = NULL;
    jk_error error = {0};
    assert_true(data != NULL && got != NULL);
    for (size_t i = 0; i < ROWS; i++) {
        data[i] = (unsigned char)(i / 65536 + i % 3);
    }
    must(jk_result_writer_create(path, ROWS, &column, 1, &options, &writer, &error), &error);
    must(jk_result_writer_put(writer, 0, 0, ROWS, data, &error), &error);
    must(jk_result_writer_finish(writer, NULL, &error), &error);
    jk_h5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, "/result/u8", H5P_DEFAULT);
    assert_true(H5Dread(set, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, got) >= 0);
    H5Dclose(set);
    H5Fclose(file);
    jk_h5_leave();
    assert_memory_equal(got, data, ROWS);
    free(data);
    free(got);
    assert_int_equal(unlink(path), 0);
}

static void arrays_are_described(void **state) {
    (void)state;
    const jk_result_column column = {.name = "a", .type = JK_RESULT_UINT8};
    const double data[24] = {1.0};
    static const char *const names[] = {"one", "longer"};
    const struct {
        jk_result_dataset set;
        jk_status status;
    } cases[] = {
        {{.path = "/g/one", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_OK},
        {{.path = "/g/three", .type = JK_RESULT_FLOAT64, .rank = 3, .extent = {2, 3, 4}}, JK_OK},
        {{.path = "/g/none", .type = JK_RESULT_FLOAT64, .rank = 2, .extent = {2, 0}}, JK_OK},
        {{.path = "/other/axes",
          .type = JK_RESULT_FLOAT64,
          .rank = 2,
          .extent = {2, 12},
          .axis = {"kind", "month"},
          .axis_labels = {names, NULL}},
         JK_OK},
        {{.path = "/g/zero", .type = JK_RESULT_FLOAT64, .rank = 0}, JK_ERROR_ARGUMENT},
        {{.path = "/g/four", .type = JK_RESULT_FLOAT64, .rank = 4}, JK_ERROR_ARGUMENT},
        {{.path = "/g/level", .type = JK_RESULT_ENUM, .rank = 1, .extent = {1}}, JK_ERROR_ARGUMENT},
        {{.path = "/g/text", .type = JK_RESULT_TEXT, .rank = 1, .extent = {1}}, JK_ERROR_ARGUMENT},
        {{.path = "/g/text", .type = JK_RESULT_TEXT, .rank = 1, .extent = {1}, .text_width = 8}, JK_OK},
        {{.path = "/g/one", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO}, /* is there */
        {{.path = "g/two", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "/two", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "/g/", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "//g", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "//g/x", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "/", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "/g/h/two", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_ERROR_IO},
        {{.path = "/a23456789012345678901234567890123456789012345678901234567890123/x",
          .type = JK_RESULT_FLOAT64,
          .rank = 1,
          .extent = {24}},
         JK_OK}, /* a group's name of 63 bytes */
        {{.path = "/a234567890123456789012345678901234567890123456789012345678901234/x",
          .type = JK_RESULT_FLOAT64,
          .rank = 1,
          .extent = {24}},
         JK_ERROR_IO},
        {{.path = "/h/last", .type = JK_RESULT_FLOAT64, .rank = 1, .extent = {24}}, JK_OK}, /* a short one again */
    };
    jk_result_writer *writer = NULL;
    jk_error error;
    must(created(&column, 1, 1, 0, &writer, &error), &error);
    for (size_t c = 0; c < COUNT(cases); c++) {
        jk_result_dataset set = cases[c].set;
        set.data = data;
        error = (jk_error){0};
        if (jk_result_writer_dataset(writer, &set, &error) != cases[c].status) {
            fail_msg("%s (%zu): %s", set.path, c, error.message);
        }
    }
    must(jk_result_writer_put(writer, 0, 0, 1, "x", &error), &error);
    must(jk_result_writer_finish(writer, "{}", &error), &error);
    jk_h5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, "/other/axes", H5P_DEFAULT);
    char axes[2][5], kinds[2][6];
    hid_t attribute = H5Aopen(set, "axes", H5P_DEFAULT), type = H5Aget_type(attribute);
    assert_true(H5Tget_size(type) == 5 && H5Aread(attribute, type, axes) >= 0);
    assert_memory_equal(axes, "kind\0month", 10);
    H5Tclose(type);
    H5Aclose(attribute);
    attribute = H5Aopen(set, "kind_names", H5P_DEFAULT);
    type = H5Aget_type(attribute);
    assert_true(H5Tget_size(type) == 6 && H5Aread(attribute, type, kinds) >= 0);
    assert_memory_equal(kinds, "one\0\0\0longer", 12);
    assert_true(H5Lexists(file, "h", H5P_DEFAULT) > 0 && H5Lexists(file, "h/last", H5P_DEFAULT) > 0);
    assert_true(H5Aexists(set, "month_names") == 0 && has_text(file, "manifest", "{}"));
    H5Tclose(type);
    H5Aclose(attribute);
    H5Dclose(set);
    H5Fclose(file);
    jk_h5_leave();
    assert_int_equal(unlink(path), 0);
}

/* Rows to a chunk: all of few, one where there are none; a file that is not to be packed has no chunks. */
static void chunks_are_as_long_as_they_must(void **state) {
    (void)state;
    static const char *const short_ones[] = {"a", "b", "c"};
    const jk_result_column columns[] = {
        {.name = "u8", .type = JK_RESULT_UINT8},
        {.name = "index", .type = JK_RESULT_INDEX, .levels = short_ones, .level_count = 3},
        {.name = "f32", .type = JK_RESULT_FLOAT32},
        {.name = "f64", .type = JK_RESULT_FLOAT64}};
    static const struct {
        size_t rows;
        int compression;
        hsize_t chunk;
    } cases[] = {{0, 1, 1},         {1, 1, 1}, {2, 1, 2},  {65535, 1, 65535}, {65536, 1, 65536},
                 {65537, 1, 65536}, {5, 0, 0}, {5, -1, 0}, {5, -7, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        jk_result_writer *writer = NULL;
        jk_error error;
        unsigned char *zeros = calloc(cases[i].rows + 1, 8);
        must(created(columns, COUNT(columns), cases[i].rows, cases[i].compression, &writer, &error), &error);
        for (size_t c = 0; c < COUNT(columns); c++) {
            must(jk_result_writer_put(writer, c, 0, cases[i].rows, zeros, &error), &error);
        }
        must(jk_result_writer_finish(writer, NULL, &error), &error);
        free(zeros);
        jk_h5_enter();
        hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), group = H5Gopen2(file, "result", H5P_DEFAULT);
        for (size_t c = 0; c < COUNT(columns); c++) {
            hid_t set = H5Dopen2(group, columns[c].name, H5P_DEFAULT), properties = H5Dget_create_plist(set);
            hsize_t chunk = 0;
            if (H5Pget_layout(properties) == H5D_CHUNKED) {
                assert_int_equal(H5Pget_chunk(properties, 1, &chunk), 1);
            }
            assert_int_equal(chunk, cases[i].chunk);
            if (c >= 2) { /* what stands for no value is none */
                double none = 0.0;
                hid_t attribute = H5Aopen(set, "missing_value", H5P_DEFAULT), type = H5Aget_type(attribute);
                assert_true(H5Tget_size(type) == (c == 2 ? 4 : 8));
                assert_true(H5Aread(attribute, H5T_NATIVE_DOUBLE, &none) >= 0 && isnan(none));
                H5Tclose(type);
                H5Aclose(attribute);
            }
            H5Pclose(properties);
            H5Dclose(set);
        }
        hid_t words = H5Dopen2(file, "/dict/index", H5P_DEFAULT), type = H5Dget_type(words);
        char text[3];
        assert_true(H5Tget_size(type) == 1 && H5Dread(words, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
        assert_memory_equal(text, "abc", 3);
        H5Tclose(type);
        H5Dclose(words);
        H5Gclose(group);
        H5Fclose(file);
        jk_h5_leave();
        assert_int_equal(unlink(path), 0);
    }
}

/* A packed file's bytes are the same whoever packs, also behind the last row; columns that follow are wider and
 * narrower. */
static void packed_bytes_are_the_same(void **state) {
    (void)state;
    enum { ROWS = 5 * 65536 + 100, WIDE = 40 };
    const jk_result_column columns[] = {{.name = "u8", .type = JK_RESULT_UINT8},
                                        {.name = "text", .type = JK_RESULT_TEXT, .text_width = WIDE},
                                        {.name = "i32", .type = JK_RESULT_INT32}};
    static const int threads[] = {1, 2, 5};
    unsigned char *data = malloc((size_t)ROWS * WIDE), *kept = NULL;
    size_t kept_size = 0;
    assert_non_null(data);
    (void)setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
    for (size_t i = 0; i < (size_t)ROWS * WIDE; i++) {
        data[i] = (unsigned char)(1 + i % 199 + i / 65536 % 7);
    }
    for (size_t t = 0; t < COUNT(threads); t++) {
        const jk_result_options options = {.compression = 1, .run = {.threads = threads[t]}};
        jk_result_writer *writer = NULL;
        jk_error error = {0};
        must(jk_result_writer_create(path, ROWS, columns, COUNT(columns), &options, &writer, &error), &error);
        for (size_t c = 0; c < COUNT(columns); c++) {
            must(jk_result_writer_put(writer, c, 0, ROWS, data, &error), &error);
        }
        must(jk_result_writer_finish(writer, NULL, &error), &error);
        FILE *file = fopen(path, "rb");
        assert_true(file != NULL && fseek(file, 0, SEEK_END) == 0);
        const size_t size = (size_t)ftell(file);
        unsigned char *bytes = malloc(size);
        rewind(file);
        assert_true(bytes != NULL && fread(bytes, 1, size, file) == size && fclose(file) == 0);
        assert_true(kept == NULL || (size == kept_size && memcmp(bytes, kept, size) == 0));
        free(kept);
        kept = bytes;
        kept_size = size;
        assert_int_equal(unlink(path), 0);
    }
    (void)unsetenv("SOURCE_DATE_EPOCH");
    free(kept);
    free(data);
}

/* Labels of the first, the second or all axes; a name of an axis is cut where it is too long for that of an attribute.
 */
static void labels_of_axes(void **state) {
    (void)state;
    static const char *const three[] = {"x", "yy", "zzz"}, *const two[] = {"p", "qqqq"};
    const jk_result_column column = {.name = "a", .type = JK_RESULT_UINT8};
    const double data[6] = {1.5, 2.5, 3.5, 4.5, 5.5, 6.5};
    char longest[71], cut[64];
    jk_result_writer *writer = NULL;
    jk_error error;
    memset(longest, 'n', sizeof longest - 1);
    longest[70] = '\0';
    memset(cut, 'n', 63);
    cut[63] = '\0';
    must(created(&column, 1, 1, 0, &writer, &error), &error);
    for (size_t n = 0; n < 4; n++) {
        char name[16];
        (void)snprintf(name, sizeof name, "/axes/set_%zu", n);
        const jk_result_dataset set = {.path = name,
                                       .type = JK_RESULT_FLOAT64,
                                       .rank = 2,
                                       .extent = {3, 2},
                                       .axis = {"first", longest},
                                       .axis_labels = {n % 2 == 1 ? three : NULL, n / 2 == 1 ? two : NULL},
                                       .data = data};
        must(jk_result_writer_dataset(writer, &set, &error), &error);
    }
    must(jk_result_writer_put(writer, 0, 0, 1, "x", &error), &error);
    must(jk_result_writer_finish(writer, NULL, &error), &error);
    jk_h5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), group = H5Gopen2(file, "axes", H5P_DEFAULT);
    for (size_t n = 0; n < 4; n++) {
        char name[16];
        double got[6] = {0.0};
        (void)snprintf(name, sizeof name, "set_%zu", n);
        hid_t set = H5Dopen2(group, name, H5P_DEFAULT);
        assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, got) >= 0);
        assert_memory_equal(got, data, sizeof data);
        assert_int_equal(H5Aexists(set, "first_names") > 0, n % 2 == 1);
        assert_int_equal(H5Aexists(set, cut) > 0, n / 2 == 1);
        H5Dclose(set);
    }
    H5Gclose(group);
    H5Fclose(file);
    jk_h5_leave();
    assert_int_equal(unlink(path), 0);
}

/* Levels that are there twice make no type, and nothing of the file stays. */
static void levels_are_there_once(void **state) {
    (void)state;
    static const char *const twice[] = {"a", "b", "a"};
    const jk_result_column column = {.name = "e", .type = JK_RESULT_ENUM, .levels = twice, .level_count = 3};
    jk_result_writer *writer = (jk_result_writer *)path;
    jk_error error;
    assert_int_equal(created(&column, 1, 2, 0, &writer, &error), JK_ERROR_IO);
    assert_null(writer);
}

static int start(void **state) {
    (void)state;
    static char names[LEVELS][6];
    for (int i = 0; i < LEVELS; i++) {
        (void)snprintf(names[i], sizeof names[i], "%d", i);
        levels[i] = names[i];
    }
    const bool made = mkdtemp(folder) != NULL;
    (void)snprintf(path, sizeof path, "%s/r.h5", folder);
    return !made;
}

static int end(void **state) {
    (void)state;
    return rmdir(folder); /* fails if anything was left behind */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_described),        cmocka_unit_test(elements_have_a_size),
        cmocka_unit_test(rows_of_every_type_come_back), cmocka_unit_test(many_threads_pack_many_chunks),
        cmocka_unit_test(arrays_are_described),         cmocka_unit_test(chunks_are_as_long_as_they_must),
        cmocka_unit_test(packed_bytes_are_the_same),    cmocka_unit_test(labels_of_axes),
        cmocka_unit_test(levels_are_there_once)};
    return cmocka_run_group_tests(tests, start, end);
}
