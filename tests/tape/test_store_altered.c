/* SPDX-License-Identifier: Apache-2.0 */
/* Stores that were altered with the HDF5 library after we wrote them: one value of every column at its bounds and just
 * beyond, each column gone, of another type or another length, dictionaries and attributes that are not ours. What a
 * tape and a panel accept is held against the schema; what is refused is named. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "h5/h5.h"
#include "jalki/tape.h"
#include "support/must.h"
#include "tape/store/store.h"

enum { ROWS = 10, ALTERED = 7, DEBTORS = 5, CLAIMS = 4, WORDS = 3 };
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char path[256];

/* Rows whose every column is given; `panel`: those of panels, too. */
static void make_store(bool panel) {
    static const char *const words[WORDS] = {"FI", "SE", "DK"};
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    const jk_extras extras = {.name = {"own_number"}};
    const jk_tape_writer_options options = {.source_name = "x",
                                            .cutoff = jk_date_from_civil(2026, 1, 31),
                                            .kind = panel ? JK_KIND_PANEL : JK_KIND_TAPE,
                                            .extras = &extras};
    must(jk_tape_writer_create(path, &options, &writer, &error), &error);
    jk_block block = {.rows = ROWS, .text_width = {JK_TEXT_MAX, JK_TEXT_MAX}};
    for (int c = 0; c < JK_FIXED_COLUMN_COUNT + 1; c++) {
        const jk_type type = jk_schema_column((jk_column)c)->type;
        block.column[c] = jk_columns_zero(ROWS, jk_schema_element_size((jk_column)c));
        for (size_t w = 0; w < WORDS && type == JK_TYPE_DICTIONARY; w++) {
            int32_t index = 0;
            must(jk_tape_writer_intern(writer, (jk_column)c, words[w], 2, &index, &error), &error);
        }
        for (size_t i = 0; i < ROWS; i++) {
            if (type == JK_TYPE_TEXT) {
                ((char *)block.column[c])[i * JK_TEXT_MAX] = (char)('a' + i);
            } else if (c == JK_COLUMN_BIRTH_YEAR) {
                ((int32_t *)block.column[c])[i] = 1980;
            } else if (c == JK_COLUMN_DEBTOR_INDEX || c == JK_COLUMN_CLAIM_INDEX) {
                ((int32_t *)block.column[c])[i] = (int32_t)(i % (c == JK_COLUMN_DEBTOR_INDEX ? DEBTORS : CLAIMS));
            }
        }
    }
    must(jk_tape_writer_append(writer, &block, &error), &error);
    for (int c = 0; c < JK_FIXED_COLUMN_COUNT + 1; c++) {
        free(block.column[c]);
    }
    must(jk_tape_writer_finish(writer, NULL, NULL, &error), &error);
}

/* The same again: made once, and copied. */
static void write_store(bool panel) {
    static unsigned char *made[2];
    static size_t size[2];
    if (made[panel] == NULL) {
        make_store(panel);
        FILE *file = fopen(path, "rb");
        assert_true(file != NULL && fseek(file, 0, SEEK_END) == 0);
        size[panel] = (size_t)ftell(file);
        made[panel] = jk_columns_alloc(size[panel], 1); /* kept for the life of the process */
        rewind(file);
        assert_true(fread(made[panel], 1, size[panel], file) == size[panel]);
        (void)fclose(file);
    }
    FILE *file = fopen(path, "wb");
    assert_true(file != NULL && fwrite(made[panel], 1, size[panel], file) == size[panel]);
    assert_int_equal(fclose(file), 0);
}

static const char *name_of(jk_column column, char *name, size_t room) {
    (void)snprintf(name, room, "/tape/%s",
                   jk_schema_is_extra(column) ? "extra/own_number" : jk_schema_column(column)->name);
    return name;
}

/* Puts one element into a row of the column. */
static void put_value(hid_t file, jk_column column, const void *value) {
    char name[128];
    const hsize_t first = ALTERED, one = 1;
    hid_t dataset = H5Dopen2(file, name_of(column, name, sizeof name), H5P_DEFAULT), type = H5Dget_type(dataset);
    hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(1, &one, NULL);
    assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, NULL, &one, NULL) >= 0);
    assert_true(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, value) >= 0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
}

/* Whether the column can be read with what is in that row: all of it, the row alone, and surely where others are read.
 */
static bool is_read(const jk_tape *tape, jk_column column) {
    char name[128];
    jk_error error = {0};
    unsigned char got[ROWS * JK_TEXT_MAX];
    const jk_status status = jk_tape_read(tape, column, 0, ROWS, got, &error);
    assert_int_equal(jk_tape_read(tape, column, ALTERED, 1, got, NULL), status);
    must(jk_tape_read(tape, column, 0, ALTERED, got, NULL), &error);
    must(jk_tape_read(tape, column, ALTERED + 1, ROWS - ALTERED - 1, got, NULL), &error);
    if (status != JK_OK) {
        assert_int_equal(status, JK_ERROR_FORMAT);
        assert_string_equal(error.key, name_of(column, name, sizeof name));
        assert_non_null(strstr(error.message, "rows 1 to 10 is outside"));
    }
    return status == JK_OK;
}

/* An element of the column that holds the number; NaN: missing. */
static void element_of(jk_column column, double number, unsigned char *element) {
    const bool missing = isnan(number);
    memset(element, 0, JK_TEXT_MAX);
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        element[0] = missing ? '\0' : 'z';
        return;
    case JK_TYPE_ENUM:
        element[0] = (unsigned char)(int8_t)(missing ? -1 : (int)number);
        return;
    case JK_TYPE_MONEY: {
        const int64_t money = missing ? INT64_MIN : (int64_t)number;
        memcpy(element, &money, sizeof money);
        return;
    }
    case JK_TYPE_REAL:
        memcpy(element, &number, sizeof number);
        return;
    case JK_TYPE_DICTIONARY: {
        const int32_t code = missing ? -1 : (int32_t)number;
        memcpy(element, &code, sizeof code);
        return;
    }
    default: {
        const int32_t integer = missing ? INT32_MIN : (int32_t)number;
        memcpy(element, &integer, sizeof integer);
    }
    }
}

/* What is put into each column: missing, its bounds, and what is just beyond them. */
enum { MISSING, LOWEST, HIGHEST, BELOW, ABOVE, TRIED };

static double number_of(jk_column column, int tried) {
    const jk_type type = jk_schema_column(column)->type;
    const double step = type == JK_TYPE_REAL ? 1e-3 : 1.0;
    double low = 0.0, high = 0.0;
    jk_schema_range(column, &low, &high);
    high = column == JK_COLUMN_DEBTOR_INDEX  ? DEBTORS - 1
           : column == JK_COLUMN_CLAIM_INDEX ? CLAIMS - 1
           : type == JK_TYPE_DICTIONARY      ? WORDS - 1
                                             : high;
    switch (tried) {
    case LOWEST:
        return low;
    case HIGHEST:
        return high;
    case BELOW: /* -1 is how levels and words are missing */
        return low - (type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY ? 2.0 : step);
    case ABOVE:
        return high + step;
    default:
        return (double)NAN;
    }
}

static void try_values(jk_kind kind, int tried) {
    jk_error error = {0};
    jk_tape *tape = NULL;
    write_store(kind == JK_KIND_PANEL);
    jk_h5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    for (int c = 0; c <= JK_FIXED_COLUMN_COUNT; c++) {
        unsigned char element[JK_TEXT_MAX];
        if (jk_schema_in_store(kind, (jk_column)c)) {
            element_of((jk_column)c, number_of((jk_column)c, tried), element);
            put_value(file, (jk_column)c, element);
        }
    }
    assert_true(H5Fclose(file) >= 0);
    jk_h5_leave();
    must(jk_tape_open_any(path, &tape, &error), &error);
    for (int c = 0; c <= JK_FIXED_COLUMN_COUNT; c++) {
        const jk_column column = (jk_column)c;
        const bool text = jk_schema_column(column)->type == JK_TYPE_TEXT;
        const bool taken = tried == MISSING ? !jk_schema_required(kind, column) : text || tried <= HIGHEST;
        if (jk_schema_in_store(kind, column) && is_read(tape, column) != taken) {
            fail_msg("%s with value %d", jk_schema_column(column)->name, tried);
        }
    }
    jk_tape_close(tape);
    (void)unlink(path);
}

static void values_are_held_to_their_bounds(void **state) {
    (void)state;
    for (int tried = 0; tried < TRIED; tried++) {
        try_values(JK_KIND_TAPE, tried);
        try_values(JK_KIND_PANEL, tried);
    }
}

/* ---- the structure ----------------------------------------------------------------------------------------------- */

/* Replaces a data set (where `type` is not negative, by one of `rows` rows of it). */
static void replace(const char *name, hid_t type, hsize_t rows) {
    jk_h5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, name, H5P_DEFAULT) >= 0);
    if (type >= 0) {
        hid_t space = H5Screate_simple(1, &rows, NULL);
        hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        unsigned char *nothing = calloc((size_t)rows + 1, 256);
        assert_true(dataset >= 0 && nothing != NULL);
        memset(nothing, 'a', ((size_t)rows + 1) * (H5Tget_class(type) == H5T_STRING ? 1 : 0));
        assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, nothing) >= 0);
        free(nothing);
        H5Dclose(dataset);
        H5Sclose(space);
    }
    assert_true(H5Fclose(file) >= 0);
    jk_h5_leave();
}

static jk_status opened(jk_error *error) {
    jk_tape *tape = NULL;
    *error = (jk_error){0};
    const jk_status status = jk_tape_open_any(path, &tape, error);
    assert_int_equal(tape != NULL, status == JK_OK);
    jk_tape_close(tape);
    return status;
}

static void columns_are_what_the_schema_says(void **state) {
    (void)state;
    jk_error error;
    hid_t text = H5Tcopy(H5T_C_S1), wide = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(text, JK_TEXT_MAX) >= 0 && H5Tset_size(wide, JK_TEXT_MAX + 1) >= 0);
    const struct {
        const char *name;
        hid_t type;
        hsize_t rows;
        const char *said; /* NULL: it is taken */
    } cases[] = {{"/tape/country", -1, 0, "the column is missing"},
                 {"/tape/fees", -1, 0, NULL},
                 {"/tape/debtor_index", -1, 0, "the column is missing"},
                 {"/tape/fees", H5T_STD_I64LE, ROWS, NULL},
                 {"/tape/fees", H5T_STD_I64LE, ROWS - 1, "its length is not the number of rows"},
                 {"/tape/fees", H5T_STD_I64LE, ROWS + 1, "its length is not the number of rows"},
                 {"/tape/fees", H5T_STD_I32LE, ROWS, "expected 64-bit integers"},
                 {"/tape/fees", H5T_STD_U64LE, ROWS, "expected 64-bit integers"},
                 {"/tape/fees", H5T_IEEE_F64LE, ROWS, "expected 64-bit integers"},
                 {"/tape/interest_rate", H5T_IEEE_F64LE, ROWS, NULL},
                 {"/tape/interest_rate", H5T_IEEE_F32LE, ROWS, "expected 64-bit reals"},
                 {"/tape/interest_rate", H5T_STD_I64LE, ROWS, "expected 64-bit reals"},
                 {"/tape/last_paid_on", H5T_STD_I32LE, ROWS, NULL},
                 {"/tape/last_paid_on", H5T_STD_I64LE, ROWS, "expected 32-bit integers"},
                 {"/tape/last_paid_on", H5T_STD_U32LE, ROWS, "expected 32-bit integers"},
                 {"/tape/country", H5T_STD_I16LE, ROWS, "expected 32-bit integers"},
                 {"/tape/legal_status", H5T_STD_I8LE, ROWS, "expected an 8-bit enumeration"},
                 {"/tape/claim_id", text, ROWS, NULL},
                 {"/tape/claim_id", wide, ROWS, "expected fixed-length strings of at most 128 bytes"},
                 {"/tape/claim_id", H5T_STD_I8LE, ROWS, "expected fixed-length strings of at most 128 bytes"},
                 {"/tape/extra/own_number", H5T_STD_U64LE, ROWS, "expected 64-bit reals (numbers)"},
                 {"/tape/extra/own_number", H5T_STD_I16LE, ROWS, "expected 64-bit reals (numbers)"},
                 {"/tape/extra/own_number", H5T_STD_I64LE, ROWS, NULL}, /* money then */
                 {"/tape/extra/own_number", H5T_STD_I32LE, ROWS, NULL}, /* dates */
                 {"/dict/country", -1, 0, "the dictionary of the column is missing"},
                 {"/dict/country", H5T_STD_I32LE, WORDS, "expected a list of strings"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_store(false);
        replace(cases[i].name, cases[i].type, cases[i].rows);
        const jk_status status = opened(&error);
        if (status != (cases[i].said == NULL ? JK_OK : JK_ERROR_FORMAT)) {
            fail_msg("%s (case %zu): status %d, %s", cases[i].name, i, status, error.message);
        }
        assert_true(cases[i].said == NULL || strstr(error.message, cases[i].said) != NULL);
        assert_true(cases[i].said == NULL || strcmp(error.key, cases[i].name) == 0);
        (void)unlink(path);
    }
    H5Tclose(text);
    H5Tclose(wide);
}

/* Words of a dictionary: none is empty, none longer than 255 bytes. */
static void words_of_dictionaries_are_held_to_their_length(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 255, 256};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const hsize_t words = WORDS;
        char bytes[WORDS][300];
        jk_error error;
        memset(bytes, 0, sizeof bytes);
        for (size_t w = 0; w < WORDS; w++) {
            memset(bytes[w], (int)('a' + w), w == 1 ? lengths[i] : 2);
        }
        write_store(false);
        hid_t text = H5Tcopy(H5T_C_S1);
        assert_true(H5Tset_size(text, sizeof bytes[0]) >= 0);
        replace("/dict/country", text, words);
        jk_h5_enter();
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, "/dict/country", H5P_DEFAULT);
        assert_true(H5Dwrite(dataset, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
        H5Dclose(dataset);
        H5Tclose(text);
        assert_true(H5Fclose(file) >= 0);
        jk_h5_leave();
        assert_int_equal(opened(&error), i == 1 || i == 2 ? JK_OK : JK_ERROR_FORMAT);
        assert_true(i == 1 || i == 2 || strstr(error.message, "empty or longer than 255 bytes") != NULL);
        (void)unlink(path);
    }
}

/* Levels with names and codes as they are, "missing" or not; none more, none less, none changed. */
static void levels_are_those_of_the_schema(void **state) {
    (void)state;
    static const struct {
        const char *names[4];
        int8_t codes[4];
        bool taken;
    } cases[] = {{{"consumer", "business", "missing"}, {0, 1, -1}, true}, {{"consumer", "business"}, {0, 1}, true},
                 {{"business", "consumer", "missing"}, {1, 0, -1}, true}, {{"consumer", "missing"}, {0, -1}, false},
                 {{"consumer", "business", "other"}, {0, 1, 2}, false},   {{"consumer", "business"}, {1, 0}, false},
                 {{"consumer", "business", "missing"}, {0, 1, 2}, false}, {{"consumer", "state"}, {0, 1}, false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        jk_error error;
        write_store(false);
        hid_t type = H5Tenum_create(H5T_STD_I8LE);
        for (size_t m = 0; m < 4 && cases[i].names[m] != NULL; m++) {
            assert_true(H5Tenum_insert(type, cases[i].names[m], &cases[i].codes[m]) >= 0);
        }
        replace("/tape/debtor_type", type, ROWS);
        H5Tclose(type);
        const jk_status status = opened(&error);
        if (status != (cases[i].taken ? JK_OK : JK_ERROR_FORMAT)) {
            fail_msg("levels %zu: %s", i, error.message);
        }
        (void)unlink(path);
    }
}

/* ---- what the file says of itself ------------------------------------------------------------------------------- */

/* Replaces an attribute of the file: by a text, or where there is none by a number. */
static void put_attribute(const char *name, const char *text, int64_t number) {
    jk_h5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Aexists(file, name) <= 0 || H5Adelete(file, name) >= 0);
    assert_true(text != NULL ? jk_h5_put_text(file, name, text) : jk_h5_put_integer(file, name, number));
    assert_true(H5Fclose(file) >= 0);
    jk_h5_leave();
}

static void attributes_are_held_to_each_other(void **state) {
    (void)state;
    static const char hash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    static const struct {
        bool panel;
        const char *name, *text;
        int64_t number;
        const char *key; /* NULL: it is taken */
    } cases[] = {{false, "jalki_format", "tape 2", 0, "jalki_format"},
                 {false, "jalki_format", "result 1", 0, ""},
                 {false, "rows", NULL, -1, "rows"},
                 {false, "rows", "10", 0, "rows"},
                 {false, "rows", NULL, DEBTORS - 1, "rows"},
                 {false, "rows", NULL, INT64_MAX, "rows"},
                 {false, "debtors", NULL, 0, "rows"},
                 {false, "debtors", NULL, 1, NULL},
                 {false, "debtors", NULL, -1, "rows"},
                 {false, "debtors", NULL, ROWS, NULL},
                 {false, "debtors", NULL, ROWS + 1, "rows"},
                 {false, "claims", NULL, ROWS + 1, NULL}, /* which a tape does not have */
                 {true, "claims", NULL, 0, "claims"},
                 {true, "claims", NULL, 1, NULL},
                 {true, "claims", NULL, ROWS, NULL},
                 {true, "claims", NULL, ROWS + 1, "claims"},
                 {true, "claims", "4", 0, "claims"},
                 {false, "cutoff", "2026-02-29", 0, "cutoff"},
                 {false, "cutoff", "", 0, "cutoff"},
                 {false, "cutoff", "2024-02-29", 0, NULL},
                 {false, "source_sha256", hash, 0, NULL}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        jk_error error;
        write_store(cases[i].panel);
        put_attribute(cases[i].name, cases[i].text, cases[i].number);
        const jk_status status = opened(&error);
        if (status != (cases[i].key == NULL ? JK_OK : JK_ERROR_FORMAT) ||
            (cases[i].key != NULL && strcmp(error.key, cases[i].key) != 0)) {
            fail_msg("attribute %zu: status %d, %s %s", i, status, error.key, error.message);
        }
        (void)unlink(path);
    }
}

/* What was said comes back; a text that is no digest is none. */
static void what_the_file_says_is_told(void **state) {
    (void)state;
    static const char *const sums[] = {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                                       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
                                       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
                                       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF"};
    for (size_t i = 0; i < COUNT(sums); i++) {
        jk_error error = {0};
        jk_tape *tape = NULL;
        const bool panel = i % 2 == 1;
        write_store(panel);
        put_attribute("source_sha256", sums[i], 0);
        must(jk_tape_open_any(path, &tape, &error), &error);
        assert_string_equal(jk_tape_sha256(tape), i == 0 ? sums[0] : "");
        assert_int_equal(jk_tape_claims(tape), panel ? CLAIMS : ROWS);
        assert_int_equal(jk_tape_debtors(tape), DEBTORS);
        assert_int_equal(jk_tape_kind(tape), panel ? JK_KIND_PANEL : JK_KIND_TAPE);
        assert_string_equal(jk_tape_attribute(tape, "source_name"), "x");
        assert_string_equal(jk_tape_attribute(tape, "nothing"), "");
        assert_int_equal(jk_tape_cache_size(tape, UINT64_MAX), 0); /* it is plain */
        jk_tape_close(tape);
        assert_int_equal(jk_tape_open(path, &tape, &error), panel ? JK_ERROR_DATA : JK_OK);
        assert_int_equal(tape == NULL, panel);
        jk_tape_close(tape);
        (void)unlink(path);
    }
}

/* As many own columns of a type as a store has places for, and one more. */
static void own_columns_have_so_many_places(void **state) {
    (void)state;
    jk_extras extras = {0};
    size_t places = 0;
    while (jk_extras_add(&extras, JK_TYPE_MONEY, "x", &places) >= 0) {
    }
    for (size_t more = 0; more < 2; more++) {
        jk_error error;
        write_store(false);
        jk_h5_enter();
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        for (size_t i = 0; i < places + more; i++) {
            char name[64];
            const hsize_t rows = ROWS;
            const int64_t amounts[ROWS] = {1, 2, 3};
            (void)snprintf(name, sizeof name, "/tape/extra/amount_%zu", i);
            hid_t space = H5Screate_simple(1, &rows, NULL);
            hid_t dataset = H5Dcreate2(file, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
            assert_true(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, amounts) >= 0);
            H5Dclose(dataset);
            H5Sclose(space);
        }
        assert_true(H5Fclose(file) >= 0);
        jk_h5_leave();
        assert_int_equal(opened(&error), more == 0 ? JK_OK : JK_ERROR_FORMAT);
        assert_true(more == 0 || strstr(error.message, "more own columns of this type") != NULL);
        (void)unlink(path);
    }
}

/* A model's own column is the tape's of the same name and type, wherever either has it. */
static void own_columns_are_found_by_name(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_extras names = {0};
    size_t places = 0;
    write_store(false);
    must(jk_tape_open(path, &tape, &error), &error);
    const int other = jk_extras_add(&names, JK_TYPE_REAL, "something_else", &places);
    const int own = jk_extras_add(&names, JK_TYPE_REAL, "own_number", &places);
    const int money = jk_extras_add(&names, JK_TYPE_MONEY, "own_number", &places);
    jk_column place = JK_COLUMN_CLAIM_ID;
    must(jk_tape_place(tape, &names, JK_COLUMN_FEES, &place, &error), &error);
    assert_int_equal(place, JK_COLUMN_FEES);
    must(jk_tape_place(tape, &names, (jk_column)own, &place, &error), &error);
    assert_true((int)place != own && place == (jk_column)JK_FIXED_COLUMN_COUNT);
    assert_int_equal(jk_tape_place(tape, &names, (jk_column)other, &place, &error), JK_ERROR_DATA);
    assert_string_equal(error.key, "something_else");
    error = (jk_error){0};
    assert_int_equal(jk_tape_place(tape, &names, (jk_column)money, &place, &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "as money, and on the tape it is number"));
    jk_tape_close(tape);
    (void)unlink(path);
}

static const char *const few_words[] = {"FI", "SE"};

static const char *const *words_of(jk_column column, size_t *count) {
    *count = column == JK_COLUMN_COUNTRY ? 2 : 0;
    return column == JK_COLUMN_COUNTRY ? few_words : NULL;
}

/* A tape whose rows are made rather than read: no file, no rows, all columns absent. */
static void a_tape_without_a_file(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = NULL;
    size_t count = 7;
    must(jk_tape_create_unstored(JK_KIND_PANEL, "made", words_of, &tape, &error), &error);
    assert_string_equal(jk_tape_path(tape), "made");
    assert_string_equal(jk_tape_sha256(tape), "");
    assert_string_equal(jk_tape_attribute(tape, "manifest"), "");
    assert_int_equal(jk_tape_kind(tape), JK_KIND_PANEL);
    assert_int_equal(jk_tape_cutoff(tape), JK_MISSING_INTEGER);
    assert_int_equal(jk_tape_rows(tape) + jk_tape_claims(tape) + jk_tape_debtors(tape), 0);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_column column = (jk_column)c;
        assert_true(jk_tape_is_absent(tape, column));
        assert_int_equal(jk_tape_text_width(tape, column),
                         jk_schema_column(column)->type == JK_TYPE_TEXT ? JK_TEXT_MAX : jk_schema_element_size(column));
        (void)jk_tape_dictionary(tape, column, &count);
        assert_int_equal(count, column == JK_COLUMN_COUNTRY ? 2 : 0);
    }
    assert_ptr_equal(jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &count), few_words);
    jk_tape_close(tape);
}

static int name_file(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-altered-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    jk_h5_enter(); /* before types are made, which start the library */
    jk_h5_leave();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_held_to_their_bounds),
        cmocka_unit_test(columns_are_what_the_schema_says),
        cmocka_unit_test(words_of_dictionaries_are_held_to_their_length),
        cmocka_unit_test(levels_are_those_of_the_schema),
        cmocka_unit_test(attributes_are_held_to_each_other),
        cmocka_unit_test(what_the_file_says_is_told),
        cmocka_unit_test(own_columns_have_so_many_places),
        cmocka_unit_test(own_columns_are_found_by_name),
        cmocka_unit_test(a_tape_without_a_file),
    };
    return cmocka_run_group_tests(tests, name_file, NULL);
}
