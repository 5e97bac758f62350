/* SPDX-License-Identifier: Apache-2.0 */
/* How a store's columns lie in its file and what they say of themselves, read with the HDF5 library: widths of texts,
 * chunks, filters, attributes; and texts that outgrow their column. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cmocka_all.h"
#include "h5/h5.h"
#include "jalki/tape.h"
#include "support/must.h"

enum { FEW = 9, PACKED = 65536, PLAIN = 131072 };

static char path[256];
static const jk_column given[] = {JK_COLUMN_CLAIM_ID,     JK_COLUMN_DEBTOR_ID,     JK_COLUMN_COUNTRY,
                                  JK_COLUMN_DEBTOR_TYPE,  JK_COLUMN_CURRENCY,      JK_COLUMN_WRITTEN_OFF_ON,
                                  JK_COLUMN_PRINCIPAL,    JK_COLUMN_INTEREST_RATE, JK_COLUMN_DEPENDANTS,
                                  JK_COLUMN_DEFAULTED_ON, JK_COLUMN_LEGAL_STATUS,  JK_COLUMN_DEBTOR_INDEX};
enum { GIVEN = sizeof given / sizeof given[0] };

/* The key of a row, of so many letters. */
static void key_of(size_t row, size_t length, char key[JK_TEXT_MAX]) {
    memset(key, 0, JK_TEXT_MAX);
    for (size_t i = 0; i < length; i++) {
        key[i] = (char)('a' + (row / (i + 1) + 3 * i + row) % 26);
    }
}

/* Rows of keys of one length, that are given in texts of a width; from row `from` on others. */
typedef struct keys {
    size_t rows, length, width, from, longer, wider;
} keys;

static size_t length_at(const keys *is, size_t row) {
    return row >= is->from ? is->longer : is->length;
}

static void append(jk_tape_writer *writer, const keys *is, size_t first, size_t end) {
    jk_error error = {0};
    const size_t rows = end - first, width = first >= is->from ? is->wider : is->width;
    jk_block block = {.rows = rows, .text_width = {width, width}};
    for (size_t c = 0; c < GIVEN; c++) {
        const bool text = jk_schema_column(given[c])->type == JK_TYPE_TEXT;
        block.column[given[c]] = jk_columns_zero(rows, text ? width : jk_schema_element_size(given[c]));
        for (size_t i = 0; text && i < rows; i++) {
            char key[JK_TEXT_MAX];
            key_of(first + i, length_at(is, first + i), key);
            memcpy((char *)block.column[given[c]] + i * width, key, width);
        }
    }
    must(jk_tape_writer_append(writer, &block, &error), &error);
    for (size_t c = 0; c < GIVEN; c++) {
        free(block.column[given[c]]);
    }
}

static void write_store(const keys *is, int compression) {
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    const jk_tape_writer_options options = {.cutoff = 20000, .compression = compression};
    must(jk_tape_writer_create(path, &options, &writer, &error), &error);
    for (size_t c = 0; c < GIVEN; c++) {
        int32_t index = 0;
        if (jk_schema_column(given[c])->type == JK_TYPE_DICTIONARY) {
            must(jk_tape_writer_intern(writer, given[c], "EUR", 3, &index, &error), &error);
        }
    }
    append(writer, is, 0, is->from < is->rows ? is->from : is->rows);
    if (is->from < is->rows) {
        append(writer, is, is->from, is->rows);
    }
    must(jk_tape_writer_finish(writer, NULL, "{}", &error), &error);
}

static void expect_keys(const keys *is, size_t width) {
    jk_error error = {0};
    jk_tape *tape = NULL;
    must(jk_tape_open(path, &tape, &error), &error);
    assert_int_equal(jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID), width);
    char *texts = malloc(is->rows * width);
    must(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, 0, is->rows, texts, &error), &error);
    for (size_t row = 0; row < is->rows; row++) {
        char key[JK_TEXT_MAX];
        key_of(row, length_at(is, row), key);
        assert_memory_equal(texts + row * width, key, width);
    }
    free(texts);
    jk_tape_close(tape);
}

/* Texts take the next multiple of four bytes, 4 at least, 128 at most, however wide they came. */
static void texts_are_as_wide_as_they_must(void **state) {
    (void)state;
    static const size_t lengths[][2] = {{1, 4},  {3, 4},     {4, 4},     {5, 8},    {8, 8},
                                        {9, 12}, {124, 124}, {125, 128}, {128, 128}};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (size_t width = lengths[i][0]; width <= JK_TEXT_MAX; width += width == lengths[i][0] ? 1 : 37) {
            for (size_t rows = 1; rows <= FEW; rows += 1 + rows / 3) {
                const keys is = {.rows = rows, .length = lengths[i][0], .width = width, .from = FEW + 1};
                write_store(&is, 0);
                expect_keys(&is, lengths[i][1]);
                assert_int_equal(unlink(path), 0);
            }
        }
    }
}

static hid_t dataset_of(hid_t file, jk_column column) {
    char name[64];
    (void)snprintf(name, sizeof name, "/tape/%s", jk_schema_column(column)->name);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(dataset >= 0);
    return dataset;
}

/* Rows to a chunk, 0: it lies in one piece; filters. */
static hsize_t chunk_of(hid_t dataset, int *filters, unsigned *level) {
    hid_t properties = H5Dget_create_plist(dataset);
    hsize_t rows = 0;
    size_t values = 1;
    if (H5Pget_layout(properties) == H5D_CHUNKED) {
        assert_int_equal(H5Pget_chunk(properties, 1, &rows), 1);
    }
    *filters = H5Pget_nfilters(properties);
    *level = 0;
    (void)H5Pget_filter_by_id2(properties, H5Z_FILTER_DEFLATE, NULL, &values, level, 0, NULL, NULL);
    H5Pclose(properties);
    return rows;
}

/* A store of one chunk is as long as its rows; longer ones have chunks of one length. Texts that outgrow their column
 * get a wider one, with room for four more bytes. */
static void chunks_are_of_one_length(void **state) {
    (void)state;
    static const struct {
        keys is;
        int compression;
        size_t chunk, width;
    } cases[] = {
        {{.rows = FEW, .length = 3, .width = 8, .from = FEW}, 0, 0, 4},
        {{.rows = FEW, .length = 3, .width = 8, .from = FEW}, 4, FEW, 4},
        {{.rows = PACKED, .length = 3, .width = 8, .from = PACKED}, 1, PACKED, 4},
        {{.rows = PACKED + 1, .length = 3, .width = 8, .from = PACKED, .longer = 9, .wider = 16}, 1, PACKED, 16},
        {{.rows = PACKED + 1, .length = 9, .width = 16, .from = PACKED, .longer = 3, .wider = 8}, 1, PACKED, 12},
        {{.rows = PLAIN + 1, .length = 3, .width = 8, .from = PLAIN, .longer = 125, .wider = 128}, 0, PLAIN, 128}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_store(&cases[i].is, cases[i].compression);
        expect_keys(&cases[i].is, cases[i].width);
        jk_h5_enter();
        hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        for (size_t c = 0; c < GIVEN; c++) {
            const bool byte = jk_schema_element_size(given[c]) == 1;
            int filters = 0;
            unsigned level = 0;
            hid_t dataset = dataset_of(file, given[c]);
            assert_int_equal(chunk_of(dataset, &filters, &level), cases[i].chunk);
            assert_int_equal(level, cases[i].compression);
            assert_int_equal(filters, cases[i].compression == 0 ? 0 : byte ? 1 : 2);
            H5Dclose(dataset);
        }
        H5Fclose(file);
        jk_h5_leave();
        assert_int_equal(unlink(path), 0);
    }
}

static void expect_text(hid_t object, const char *name, const char *expected) {
    char text[1024] = "";
    if (expected == NULL) {
        assert_true(H5Aexists(object, name) == 0);
        return;
    }
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    assert_true(H5Tget_size(type) < sizeof text && H5Aread(attribute, type, text) >= 0);
    assert_string_equal(text, expected);
    H5Tclose(type);
    H5Aclose(attribute);
}

/* What each column says of itself, with the value that stands for missing. */
static void columns_say_what_they_are(void **state) {
    (void)state;
    const keys is = {.rows = FEW, .length = 3, .width = 8, .from = FEW};
    write_store(&is, 0);
    jk_h5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (size_t c = 0; c < GIVEN; c++) {
        const jk_column_info *info = jk_schema_column(given[c]);
        hid_t dataset = dataset_of(file, given[c]), attribute = H5Aopen(dataset, "missing_value", H5P_DEFAULT),
              type = H5Aget_type(attribute), properties = H5Dget_create_plist(dataset);
        char dictionary[80];
        (void)snprintf(dictionary, sizeof dictionary, "/dict/%s", info->name);
        expect_text(dataset, "meaning", info->meaning);
        expect_text(dataset, "unit", jk_schema_unit(given[c]));
        expect_text(dataset, "dictionary", info->type == JK_TYPE_DICTIONARY ? dictionary : NULL);
        unsigned char missing[JK_TEXT_MAX] = {0}, fill[JK_TEXT_MAX] = {0}, expected[JK_TEXT_MAX] = {0};
        assert_true(H5Aread(attribute, type, missing) >= 0 && H5Pget_fill_value(properties, type, fill) >= 0);
        const int64_t money = JK_MISSING_MONEY;
        const int32_t number = info->type == JK_TYPE_DICTIONARY ? JK_MISSING_INDEX : JK_MISSING_INTEGER;
        const int8_t code = JK_MISSING_ENUM;
        const void *value = info->type == JK_TYPE_MONEY  ? (const void *)&money
                            : info->type == JK_TYPE_ENUM ? (const void *)&code
                                                         : (const void *)&number;
        if (info->type == JK_TYPE_REAL) {
            double real = 0.0, filled = 0.0;
            memcpy(&real, missing, sizeof real);
            memcpy(&filled, fill, sizeof filled);
            assert_true(isnan(real) && isnan(filled));
        } else {
            if (info->type != JK_TYPE_TEXT) {
                memcpy(expected, value, jk_schema_element_size(given[c]));
            }
            assert_memory_equal(missing, expected, sizeof expected);
            assert_memory_equal(fill, expected, sizeof expected);
        }
        H5Pclose(properties);
        H5Tclose(type);
        H5Aclose(attribute);
        H5Dclose(dataset);
    }
    H5Fclose(file);
    jk_h5_leave();
    assert_int_equal(unlink(path), 0);
}

/* A value that is out of bounds is told with the rows that were read with it: those of 256 KiB, or of a packed chunk
 * where that is longer. */
static void rows_with_a_bad_value_are_told(void **state) {
    (void)state;
    enum { ROWS = 70000, BAD = 66000 };
    static const struct {
        jk_column column;
        int compression;
        const char *said;
    } cases[] = {{JK_COLUMN_PRINCIPAL, 0, "rows 65537 to 70000"},      {JK_COLUMN_COUNTRY, 0, "rows 65537 to 70000"},
                 {JK_COLUMN_DEBTOR_TYPE, 0, "rows 1 to 70000"},        {JK_COLUMN_PRINCIPAL, 2, "rows 65537 to 70000"},
                 {JK_COLUMN_WRITTEN_OFF_ON, 0, "rows 65537 to 70000"}, {JK_COLUMN_DEBTOR_TYPE, 2, "rows 1 to 70000"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const keys is = {.rows = ROWS, .length = 3, .width = 8, .from = ROWS};
        const size_t size = jk_schema_element_size(cases[i].column);
        jk_error error = {0};
        jk_tape *tape = NULL;
        unsigned char *rows = malloc(ROWS * size);
        write_store(&is, cases[i].compression);
        jk_h5_enter();
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = dataset_of(file, cases[i].column),
              type = H5Dget_type(dataset);
        assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0);
        memset(rows + BAD * size, 0x7f, size);
        assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0);
        H5Tclose(type);
        H5Dclose(dataset);
        H5Fclose(file);
        jk_h5_leave();
        must(jk_tape_open(path, &tape, &error), &error);
        assert_int_equal(jk_tape_read(tape, cases[i].column, 0, ROWS, rows, &error), JK_ERROR_FORMAT);
        if (strstr(error.message, cases[i].said) == NULL) {
            fail_msg("case %zu: %s", i, error.message);
        }
        error = (jk_error){0};
        assert_int_equal(jk_tape_read(tape, cases[i].column, BAD - 1, 3, rows, &error), JK_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "rows 66000 to 66002"));
        must(jk_tape_read(tape, cases[i].column, 0, BAD, rows, &error), &error);
        must(jk_tape_read(tape, cases[i].column, BAD + 1, ROWS - BAD - 1, rows, &error), &error);
        jk_tape_close(tape);
        free(rows);
        assert_int_equal(unlink(path), 0);
    }
}

/* As many words as a dictionary may have, each once, the longest among them; and what is none. */
static void words_of_a_column(void **state) {
    (void)state;
    static char longest[JK_DICTIONARY_TEXT_MAX + 2];
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    const jk_tape_writer_options options = {.cutoff = 20000};
    int32_t index = -1;
    memset(longest, 'w', sizeof longest - 1);
    must(jk_tape_writer_create(path, &options, &writer, &error), &error);
    for (int twice = 0; twice < 2; twice++) {
        for (int32_t w = 0; w < JK_DICTIONARY_MAX; w++) {
            char word[16];
            const int length = snprintf(word, sizeof word, "w%d", w);
            const bool last = w == JK_DICTIONARY_MAX - 1;
            must(jk_tape_writer_intern(writer, JK_COLUMN_PRODUCT, last ? longest : word,
                                       last ? (size_t)JK_DICTIONARY_TEXT_MAX : (size_t)length, &index, &error),
                 &error);
            assert_int_equal(index, w);
        }
    }
    static const struct {
        const char *word;
        size_t length;
    } bad[] = {{"one more", 8}, {longest, JK_DICTIONARY_TEXT_MAX + 1}, {"", 0}, {"a\0b", 3}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        error = (jk_error){0};
        assert_int_equal(jk_tape_writer_intern(writer, JK_COLUMN_PRODUCT, bad[i].word, bad[i].length, &index, &error),
                         JK_ERROR_DATA);
        assert_true((strstr(error.message, "different values") != NULL) == (i == 0));
    }
    must(jk_tape_writer_intern(writer, JK_COLUMN_COUNTRY, "w7", 2, &index, &error),
         &error); /* a list for each column */
    assert_int_equal(index, 0);
    error = (jk_error){0};
    assert_int_equal(jk_tape_writer_intern(writer, JK_COLUMN_COUNT, "x", 1, &index, &error), JK_ERROR_ARGUMENT);
    jk_tape_writer_abort(writer);
}

static int name_file(void **state) {
    (void)state;
    (void)snprintf(path, sizeof path, "/tmp/jalki-layout-%ld.h5", (long)getpid());
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_as_wide_as_they_must), cmocka_unit_test(chunks_are_of_one_length),
        cmocka_unit_test(columns_say_what_they_are), cmocka_unit_test(rows_with_a_bad_value_are_told),
        cmocka_unit_test(words_of_a_column)};
    return cmocka_run_group_tests(tests, name_file, NULL);
}
