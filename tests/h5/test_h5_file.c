/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the HDF5 library wrote itself, read back by ours: every kind of element, layout and filter, any part of
 * the rows, by several threads; and what is left alone or refused. What was given to the library is what must be read.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "h5/h5.h"
#include "h5/h5_file.h"
#include "h5/h5_made.h"

enum { ROWS = 30, CHUNK = 7, WIDTH_MAX = 8, LONG_TEXT = 300, PATH_ROOM = 256 };

static char path[PATH_ROOM];

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static hid_t enumeration(hid_t base, int members, size_t name_length) {
    hid_t type = H5Tenum_create(base);
    for (int m = 0; m < members; m++) {
        char name[64];
        const int64_t value = m - 1; /* of unsigned ones the first is the largest there is */
        (void)snprintf(name, sizeof name, "%0*d", (int)name_length, m);
        int64_t own = value;
        if (H5Tget_order(base) == H5T_ORDER_BE) {
            own = 0;
            memcpy((char *)&own + H5Tget_size(base) - 1, &value, 1);
        }
        assert_true(H5Tenum_insert(type, name, &own) >= 0);
    }
    return type;
}

/* The types that every layout is tried with, and the bytes of their rows. */
static const struct {
    const char *name;
    size_t size;
    jk_h5_kind kind;
    uint32_t is_signed;
} types[] = {{"i8", 1, JK_H5_INTEGER, 1},  {"u16", 2, JK_H5_INTEGER, 0}, {"i32", 4, JK_H5_INTEGER, 1},
             {"u64", 8, JK_H5_INTEGER, 0}, {"f32", 4, JK_H5_REAL, 0},    {"f64", 8, JK_H5_REAL, 0},
             {"level", 1, JK_H5_ENUM, 1},  {"text", 5, JK_H5_TEXT, 0}};

static hid_t type_of(size_t t) {
    const hid_t known[] = {H5T_STD_I8LE, H5T_STD_U16LE, H5T_STD_I32LE, H5T_STD_U64LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
    return t < COUNT(known) ? H5Tcopy(known[t]) : t == COUNT(known) ? enumeration(H5T_STD_I8LE, 3, 1) : text_type(5);
}

/* Numbers that differ in every byte; of reals and levels those that are some. */
static void fill(size_t t, unsigned char *rows) {
    for (size_t i = 0; i < ROWS; i++) {
        const float real32 = (float)i * 1.7F - 3.0F;
        const double real64 = (double)i * 1e5 / 3.0 - 7.0;
        const int8_t level = (int8_t)(i % 3) - 1;
        unsigned char bytes[WIDTH_MAX];
        for (size_t k = 0; k < sizeof bytes; k++) {
            bytes[k] = (unsigned char)(1 + (i * 37 + k * 101) % 251);
        }
        const void *from = types[t].kind == JK_H5_ENUM   ? (const void *)&level
                           : types[t].kind != JK_H5_REAL ? (const void *)bytes
                           : types[t].size == 4          ? (const void *)&real32
                                                         : (const void *)&real64;
        memcpy(rows + i * types[t].size, from, types[t].size);
    }
}

static void put_all_layouts(hid_t file) {
    const hsize_t rows = ROWS;
    for (size_t t = 0; t < COUNT(types); t++) {
        unsigned char data[ROWS * WIDTH_MAX];
        hid_t type = type_of(t);
        fill(t, data);
        for (int how = 0; how < STORAGES; how++) {
            char name[32];
            (void)snprintf(name, sizeof name, "/all/%s-%d", types[t].name, how);
            put(file, name, type, 1, &rows, properties_of((storage)how, CHUNK), data);
        }
        H5Tclose(type);
    }
}

/* Data sets that are there in part or not at all: rows 7 to 13 of one, and one chunk that its filters left as it was.
 */
static void put_parts(hid_t file) {
    const hsize_t rows = ROWS, none = 0, from = CHUNK, length = CHUNK, first = 0;
    const int32_t missing = -5;
    int32_t values[CHUNK];
    hid_t properties = properties_of(PACKED, CHUNK);
    assert_true(H5Pset_fill_value(properties, H5T_STD_I32LE, &missing) >= 0);
    put(file, "/some/sparse", H5T_STD_I32LE, 1, &rows, properties, NULL);
    hid_t dataset = H5Dopen2(file, "/some/sparse", H5P_DEFAULT), space = H5Dget_space(dataset);
    hid_t memory = H5Screate_simple(1, &length, NULL);
    for (int i = 0; i < CHUNK; i++) {
        values[i] = 1000 + i;
    }
    assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, &from, NULL, &length, NULL) >= 0);
    assert_true(H5Dwrite(dataset, H5T_STD_I32LE, memory, space, H5P_DEFAULT, values) >= 0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(dataset);

    put(file, "/some/as-it-was", H5T_STD_I32LE, 1, &length, properties_of(PACKED, CHUNK), NULL);
    dataset = H5Dopen2(file, "/some/as-it-was", H5P_DEFAULT);
    assert_true(H5Dwrite_chunk(dataset, H5P_DEFAULT, 3, &first, sizeof values, values) >= 0);
    H5Dclose(dataset);

    properties = properties_of(CONTIGUOUS, 0);
    assert_true(H5Pset_fill_value(properties, H5T_STD_I32LE, &missing) >= 0);
    put(file, "/some/unwritten", H5T_STD_I32LE, 1, &rows, properties, NULL);
    hid_t text = text_type(LONG_TEXT);
    put(file, "/some/unwritten-text", text, 1, &rows, properties_of(CONTIGUOUS, 0), NULL);
    H5Tclose(text);
    put(file, "/some/empty", H5T_STD_I32LE, 1, &none, properties_of(CONTIGUOUS, 0), NULL);
    put(file, "/some/empty-chunks", H5T_STD_I32LE, 1, &none, properties_of(PACKED, CHUNK), NULL);
}

static const hsize_t boxes[][3] = {{3, 4, 0}, {2, 3, 4}};

static void put_boxes(hid_t file) {
    double values[24];
    for (int i = 0; i < 24; i++) {
        values[i] = i * 1.5;
    }
    put(file, "/box/plane", H5T_IEEE_F64LE, 2, boxes[0], properties_of(CONTIGUOUS, 0), values);
    put(file, "/box/cube", H5T_IEEE_F64LE, 3, boxes[1], properties_of(CONTIGUOUS, 0), values);
    put(file, "/box/scalar", H5T_IEEE_F64LE, 0, NULL, properties_of(CONTIGUOUS, 0), values);
}

/* What none of our writers makes: other types, filters, layouts. */
static void put_others(hid_t file) {
    const hsize_t rows = ROWS, plane[] = {3, 4}, part[] = {2, 2};
    int64_t values[ROWS] = {0};
    put(file, "/other/big-endian", H5T_STD_I32BE, 1, &rows, properties_of(CONTIGUOUS, 0), values);
    put(file, "/other/big-real", H5T_IEEE_F64BE, 1, &rows, properties_of(CONTIGUOUS, 0), values);
    hid_t narrow = H5Tcopy(H5T_STD_I32LE);
    assert_true(H5Tset_precision(narrow, 20) >= 0);
    put(file, "/other/precision", narrow, 1, &rows, properties_of(CONTIGUOUS, 0), values);
    H5Tclose(narrow);
    hid_t pair = H5Tcreate(H5T_COMPOUND, 8);
    assert_true(H5Tinsert(pair, "a", 0, H5T_STD_I32LE) >= 0 && H5Tinsert(pair, "b", 4, H5T_STD_I32LE) >= 0);
    put(file, "/other/pair", pair, 1, &rows, properties_of(CONTIGUOUS, 0), values);
    H5Tclose(pair);
    hid_t properties = properties_of(CHUNKS, CHUNK);
    assert_true(H5Pset_fletcher32(properties) >= 0);
    put(file, "/other/fletcher", H5T_STD_I32LE, 1, &rows, properties, values);
    properties = properties_of(DEFLATED, CHUNK);
    assert_true(H5Pset_shuffle(properties) >= 0); /* after deflating */
    put(file, "/other/turned", H5T_STD_I32LE, 1, &rows, properties, values);
    properties = properties_of(DEFLATED, CHUNK);
    assert_true(H5Pset_deflate(properties, 1) >= 0);
    put(file, "/other/twice", H5T_STD_I32LE, 1, &rows, properties, values);
    properties = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_chunk(properties, 2, part) >= 0);
    put(file, "/other/plane", H5T_STD_I32LE, 2, plane, properties, values);
    properties = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_layout(properties, H5D_COMPACT) >= 0);
    put(file, "/other/compact", H5T_STD_I32LE, 1, &rows, properties, values);
}

static const struct {
    const char *name;
    int members;
    size_t name_length;
    jk_h5_kind kind;
} enumerations[] = {{"/enum/i8", 3, 1, JK_H5_ENUM},          {"/enum/u8", 3, 1, JK_H5_ENUM},
                    {"/enum/i16", 3, 47, JK_H5_ENUM},        {"/enum/i64", 64, 2, JK_H5_ENUM},
                    {"/enum/many", 65, 2, JK_H5_OTHER},      {"/enum/long-name", 3, 48, JK_H5_OTHER},
                    {"/enum/big-endian", 3, 1, JK_H5_OTHER}, {"/enum/big-byte", 3, 1, JK_H5_ENUM}};

static void put_enumerations(hid_t file) {
    const hid_t bases[] = {H5T_STD_I8LE,  H5T_STD_U8LE,  H5T_STD_I16LE, H5T_STD_I64LE,
                           H5T_STD_I32LE, H5T_STD_I32LE, H5T_STD_I16BE, H5T_STD_I8BE};
    const hsize_t none = 0;
    for (size_t e = 0; e < COUNT(enumerations); e++) {
        hid_t type = enumeration(bases[e], enumerations[e].members, enumerations[e].name_length);
        put(file, enumerations[e].name, type, 1, &none, properties_of(CONTIGUOUS, 0), NULL);
        H5Tclose(type);
    }
}

static const char *const words[] = {"one", "", "three", "four and more"};

static void put_texts(hid_t file) {
    const hsize_t count = COUNT(words);
    char fixed[COUNT(words)][13];
    memset(fixed, 0, sizeof fixed);
    for (size_t w = 0; w < COUNT(words); w++) {
        memcpy(fixed[w], words[w], strlen(words[w])); /* the last without an end */
    }
    hid_t variable = H5Tcopy(H5T_C_S1), narrow = text_type(13);
    assert_true(H5Tset_size(variable, H5T_VARIABLE) >= 0);
    put(file, "/dict/variable", variable, 1, &count, properties_of(CONTIGUOUS, 0), words);
    put(file, "/dict/fixed", narrow, 1, &count, properties_of(CONTIGUOUS, 0), fixed);
    put(file, "/dict/packed", narrow, 1, &count, properties_of(PACKED, 3), fixed);
    hid_t compact = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_layout(compact, H5D_COMPACT) >= 0);
    put(file, "/dict/compact", narrow, 1, &count, compact, fixed);
    put(file, "/dictionary/fixed", narrow, 1, &count, properties_of(CONTIGUOUS, 0), fixed);
    H5Tclose(variable);
    H5Tclose(narrow);
}

/* Groups in groups, a name that just fits and one that does not, a link to what is there. */
static char longest[JK_H5_NAME_MAX + 1], too_long[JK_H5_NAME_MAX + 1];

static void put_groups(hid_t file) {
    const hsize_t none = 0;
    const char *const groups[] = {"/all",  "/some",       "/box", "/other", "/enum",
                                  "/dict", "/dictionary", "/a",   "/a/b",   "/a/b/c"};
    for (size_t g = 0; g < COUNT(groups); g++) {
        H5Gclose(H5Gcreate2(file, groups[g], H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    }
    put(file, "/a/b/near", H5T_STD_I32LE, 1, &none, properties_of(CONTIGUOUS, 0), NULL);
    put(file, "/a/b/c/far", H5T_STD_I32LE, 1, &none, properties_of(CONTIGUOUS, 0), NULL);
    memset(longest, 'n', JK_H5_NAME_MAX - 1);
    memset(too_long, 'm', JK_H5_NAME_MAX);
    longest[0] = too_long[0] = '/';
    put(file, longest, H5T_STD_I32LE, 1, &none, properties_of(CONTIGUOUS, 0), NULL);
    put(file, too_long, H5T_STD_I32LE, 1, &none, properties_of(CONTIGUOUS, 0), NULL);
    assert_true(H5Lcreate_soft("/a/b/near", file, "/soft", H5P_DEFAULT, H5P_DEFAULT) >= 0);
}

static char long_text[300001]; /* longer than the catalogue's room at first, and than twice that */

static void put_attributes(hid_t file) {
    memset(long_text, 'w', sizeof long_text - 1);
    const int8_t small = -3;
    const uint16_t middle = 65535;
    const int64_t large = INT64_C(-9007199254740993), both[2] = {1, 2};
    const double real = 1.5;
    const hsize_t two = 2;
    const char *text = long_text;
    hid_t variable = H5Tcopy(H5T_C_S1), fixed = text_type(4);
    assert_true(H5Tset_size(variable, H5T_VARIABLE) >= 0);
    put_attribute(file, "small", H5T_STD_I8LE, NULL, &small);
    put_attribute(file, "middle", H5T_STD_U16LE, NULL, &middle);
    put_attribute(file, "large", H5T_STD_I64LE, NULL, &large);
    put_attribute(file, "both", H5T_STD_I64LE, &two, both);
    put_attribute(file, "real", H5T_IEEE_F64LE, NULL, &real);
    put_attribute(file, "variable", variable, NULL, &text);
    put_attribute(file, "fixed", fixed, NULL, "four");
    H5Tclose(variable);
    H5Tclose(fixed);
}

static int write_file(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-h5-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    jk_h5_enter();
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    put_groups(file);
    put_attributes(file);
    put_all_layouts(file);
    put_parts(file);
    put_boxes(file);
    put_others(file);
    put_enumerations(file);
    put_texts(file);
    const bool done = H5Fclose(file) >= 0;
    jk_h5_leave();
    return done ? 0 : -1;
}

static int drop_file(void **state) {
    (void)state;
    return unlink(path);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static jk_h5_file *opened(void) {
    jk_h5_file *file = NULL;
    jk_error error = {0};
    if (jk_h5_open(path, "/dict", COUNT(words), &file, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    return file;
}

static const jk_h5_dataset *found(const jk_h5_file *file, const char *name) {
    const jk_h5_dataset *dataset = jk_h5_find(file, name);
    if (dataset == NULL) {
        fail_msg("%s is not there", name);
    }
    return dataset;
}

static void any_part_of_the_rows_is_what_was_written(void **state) {
    (void)state;
    jk_h5_file *file = opened();
    for (size_t t = 0; t < COUNT(types); t++) {
        const size_t size = types[t].size;
        unsigned char wanted[ROWS * WIDTH_MAX];
        fill(t, wanted);
        for (int how = 0; how < STORAGES; how++) {
            char name[32];
            (void)snprintf(name, sizeof name, "/all/%s-%d", types[t].name, how);
            const jk_h5_dataset *dataset = found(file, name);
            assert_int_equal(dataset->kind, types[t].kind);
            assert_int_equal(dataset->layout, how == CONTIGUOUS ? JK_H5_CONTIGUOUS : JK_H5_CHUNKED);
            assert_true(dataset->element_size == size && dataset->rank == 1 && dataset->extent[0] == ROWS);
            assert_true(types[t].kind == JK_H5_TEXT || dataset->is_signed == types[t].is_signed);
            assert_int_equal(dataset->shuffle_filter, how == SHUFFLED || how == PACKED ? 0 : -1);
            assert_int_equal(dataset->deflate_filter, how == DEFLATED ? 0 : how == PACKED ? 1 : -1);
            assert_true(dataset->chunk_rows == (how == CONTIGUOUS ? 0 : CHUNK));
            assert_true(jk_h5_is_complete(file, dataset));
            assert_true((jk_h5_cache_size(dataset) > 0) == (how == DEFLATED || how == PACKED));
            for (size_t first = 0; first <= ROWS; first++) {
                for (size_t count = 0; first + count <= ROWS; count++) {
                    unsigned char got[ROWS * WIDTH_MAX + 1];
                    memset(got, 0xee, sizeof got);
                    assert_int_equal(jk_h5_read(file, dataset, first, count, got, NULL), JK_OK);
                    assert_memory_equal(got, wanted + first * size, count * size);
                    assert_int_equal(got[count * size], 0xee); /* and nothing behind */
                }
                assert_int_equal(jk_h5_read(file, dataset, first, ROWS - first + 1, wanted, NULL), JK_ERROR_ARGUMENT);
            }
            assert_int_equal(jk_h5_read(file, dataset, ROWS + 1, 0, wanted, NULL), JK_ERROR_ARGUMENT);
        }
    }
    jk_h5_close(file);
}

static void *read_at_random(void *context) {
    jk_h5_file *file = context;
    const jk_h5_dataset *dataset = jk_h5_find(file, "/all/f64-4");
    double wanted[ROWS], got[ROWS];
    fill(5, (unsigned char *)wanted);
    unsigned random = (unsigned)(uintptr_t)&wanted / 64;
    for (int n = 0; n < 3000; n++) {
        random = random * 1664525 + 1013904223;
        const size_t first = (random >> 16) % ROWS, count = (random >> 8) % 9 + 1;
        const size_t rows = first + count > ROWS ? ROWS - first : count;
        if (jk_h5_read(file, dataset, first, rows, got, NULL) != JK_OK ||
            memcmp(got, wanted + first, rows * sizeof *got) != 0) {
            return file;
        }
    }
    return NULL;
}

static void threads_read_the_same_rows(void **state) {
    (void)state;
    jk_h5_file *file = opened();
    pthread_t threads[4];
    for (size_t t = 0; t < COUNT(threads); t++) {
        assert_int_equal(pthread_create(&threads[t], NULL, read_at_random, file), 0);
    }
    for (size_t t = 0; t < COUNT(threads); t++) {
        void *wrong = NULL;
        assert_int_equal(pthread_join(threads[t], &wrong), 0);
        assert_null(wrong);
    }
    jk_h5_close(file);
}

static void what_was_not_written_reads_as_the_fill_value(void **state) {
    (void)state;
    jk_h5_file *file = opened();
    int32_t got[ROWS];
    const jk_h5_dataset *dataset = found(file, "/some/sparse");
    assert_false(jk_h5_is_complete(file, dataset));
    assert_true(dataset->chunk_count == 1);
    assert_int_equal(jk_h5_read(file, dataset, 0, ROWS, got, NULL), JK_OK);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(got[i], i >= CHUNK && i < 2 * CHUNK ? 1000 + i - CHUNK : -5);
    }
    dataset = found(file, "/some/as-it-was");
    assert_true(jk_h5_is_complete(file, dataset));
    for (int first = 0; first < CHUNK; first++) {
        assert_int_equal(jk_h5_read(file, dataset, (uint64_t)first, (uint64_t)(CHUNK - first), got, NULL), JK_OK);
        for (int i = 0; i < CHUNK - first; i++) {
            assert_int_equal(got[i], 1000 + first + i);
        }
    }
    dataset = found(file, "/some/unwritten");
    assert_false(jk_h5_is_complete(file, dataset));
    assert_int_equal(jk_h5_read(file, dataset, 3, 20, got, NULL), JK_OK);
    assert_true(got[0] == -5 && got[19] == -5);
    dataset = found(file, "/some/unwritten-text");
    char text[2 * LONG_TEXT + 1], nothing[2 * LONG_TEXT] = {0};
    memset(text, 'x', sizeof text);
    assert_int_equal(jk_h5_read(file, dataset, 1, 2, text, NULL), JK_OK);
    assert_memory_equal(text, nothing, sizeof nothing);
    assert_int_equal(text[2 * LONG_TEXT], 'x');
    assert_true(jk_h5_is_complete(file, found(file, "/some/empty")));
    assert_true(jk_h5_is_complete(file, found(file, "/some/empty-chunks")));
    jk_h5_close(file);
}

static void boxes_are_read_row_by_row(void **state) {
    (void)state;
    jk_h5_file *file = opened();
    for (int b = 0; b < 2; b++) {
        const jk_h5_dataset *dataset = found(file, b == 0 ? "/box/plane" : "/box/cube");
        const size_t elements = b == 0 ? 12 : 24;
        double got[24];
        assert_int_equal(dataset->rank, b + 2);
        for (int d = 0; d < b + 2; d++) {
            assert_true(dataset->extent[d] == boxes[b][d]);
        }
        for (size_t first = 0; first < elements; first++) {
            assert_int_equal(jk_h5_read(file, dataset, first, elements - first, got, NULL), JK_OK);
            assert_true(got[0] == (double)first * 1.5 && got[elements - first - 1] == (double)(elements - 1) * 1.5);
        }
        assert_int_equal(jk_h5_read(file, dataset, 1, elements, got, NULL), JK_ERROR_ARGUMENT);
    }
    double one = 0.0;
    assert_int_equal(jk_h5_read(file, found(file, "/box/scalar"), 0, 1, &one, NULL), JK_ERROR_ARGUMENT);
    jk_h5_close(file);
}

static void what_is_not_ours_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *name;
        jk_h5_kind kind;
        jk_h5_layout layout;
    } others[] = {
        {"/other/big-endian", JK_H5_OTHER, JK_H5_CONTIGUOUS}, {"/other/big-real", JK_H5_OTHER, JK_H5_CONTIGUOUS},
        {"/other/precision", JK_H5_OTHER, JK_H5_CONTIGUOUS},  {"/other/pair", JK_H5_OTHER, JK_H5_CONTIGUOUS},
        {"/other/fletcher", JK_H5_INTEGER, JK_H5_UNREADABLE}, {"/other/turned", JK_H5_INTEGER, JK_H5_UNREADABLE},
        {"/other/twice", JK_H5_INTEGER, JK_H5_UNREADABLE},    {"/other/plane", JK_H5_INTEGER, JK_H5_UNREADABLE},
        {"/other/compact", JK_H5_INTEGER, JK_H5_UNREADABLE},  {"/dict/variable", JK_H5_TEXT, JK_H5_CONTIGUOUS}};
    jk_h5_file *file = opened();
    for (size_t i = 0; i < COUNT(others); i++) {
        const jk_h5_dataset *dataset = found(file, others[i].name);
        char got[64];
        jk_error error = {0};
        if (dataset->kind != others[i].kind || dataset->layout != others[i].layout) {
            fail_msg("%s: kind %d, layout %d", others[i].name, dataset->kind, dataset->layout);
        }
        assert_int_equal(jk_h5_read(file, dataset, 0, 1, got, &error), JK_ERROR_FORMAT);
        assert_string_equal(error.key, others[i].name);
    }
    jk_h5_close(file);
}

static void enumerations_are_told_by_name_and_value(void **state) {
    (void)state;
    jk_h5_file *file = opened();
    for (size_t e = 0; e < COUNT(enumerations); e++) {
        const jk_h5_dataset *dataset = found(file, enumerations[e].name);
        assert_int_equal(dataset->kind, enumerations[e].kind);
        for (int m = 0; dataset->kind == JK_H5_ENUM && m < enumerations[e].members; m++) {
            char name[64];
            (void)snprintf(name, sizeof name, "%0*d", (int)enumerations[e].name_length, m);
            assert_string_equal(dataset->levels[m].name, name);
            assert_int_equal(dataset->levels[m].value, e == 1 && m == 0 ? 255 : m - 1);
        }
        assert_true(dataset->kind != JK_H5_ENUM || dataset->level_count == (uint32_t)enumerations[e].members);
        assert_true(dataset->kind != JK_H5_ENUM || dataset->is_signed == (e != 1));
    }
    jk_h5_close(file);
}

static void strings_are_read_where_they_are_asked_for(void **state) {
    (void)state;
    static const char *const asked[] = {"/dict/variable", "/dict/fixed", "/dict/packed", "/dict/compact"};
    jk_h5_file *file = opened();
    size_t count = 0;
    for (size_t i = 0; i < COUNT(asked); i++) {
        const char *const *strings = jk_h5_strings(file, found(file, asked[i]), &count);
        assert_int_equal(count, COUNT(words));
        for (size_t w = 0; w < COUNT(words); w++) {
            assert_string_equal(strings[w], words[w]);
        }
    }
    (void)jk_h5_strings(file, found(file, "/dictionary/fixed"), &count); /* begins alike, and is another group */
    assert_int_equal(count, 0);
    jk_h5_close(file);
    jk_error error = {0};
    assert_int_equal(jk_h5_open(path, "/dict", COUNT(words) - 1, &file, &error), JK_ERROR_FORMAT); /* one too many */
    assert_null(file);
    assert_int_equal(jk_h5_open(path, NULL, 0, &file, &error), JK_OK);
    (void)jk_h5_strings(file, found(file, "/dict/fixed"), &count);
    assert_int_equal(count, 0);
    jk_h5_close(file);
}

static void attributes_are_texts_or_integers(void **state) {
    (void)state;
    jk_h5_file *file = opened();
    int64_t value = 7;
    assert_true(jk_h5_attribute_integer(file, "small", &value) && value == -3);
    assert_true(jk_h5_attribute_integer(file, "middle", &value) && value == 65535);
    assert_true(jk_h5_attribute_integer(file, "large", &value) && value == INT64_C(-9007199254740993));
    assert_string_equal(jk_h5_attribute_text(file, "variable"), long_text);
    assert_string_equal(jk_h5_attribute_text(file, "fixed"), "four");
    static const char *const none[] = {"both", "real", "fixed", "variable", "nowhere"};
    for (size_t i = 0; i < COUNT(none); i++) {
        assert_false(jk_h5_attribute_integer(file, none[i], &value));
    }
    assert_null(jk_h5_attribute_text(file, "small"));
    assert_null(jk_h5_attribute_text(file, "real"));
    assert_null(jk_h5_attribute_text(file, "nowhere"));
    jk_h5_close(file);
}

static void groups_are_walked_two_deep(void **state) {
    (void)state;
    jk_h5_file *file = opened();
    assert_non_null(jk_h5_find(file, "/a/b/near"));
    assert_null(jk_h5_find(file, "/a/b/c/far"));
    assert_non_null(jk_h5_find(file, longest));
    assert_null(jk_h5_find(file, too_long));
    assert_null(jk_h5_find(file, "/soft"));
    assert_int_equal(jk_h5_dataset_count(file), COUNT(types) * STORAGES + 6 + 3 + 9 + COUNT(enumerations) + 5 + 2);
    for (size_t i = 0; i < jk_h5_dataset_count(file); i++) {
        assert_ptr_equal(jk_h5_find(file, jk_h5_dataset_at(file, i)->path), jk_h5_dataset_at(file, i));
    }
    assert_string_equal(jk_h5_path(file), path);
    jk_h5_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_part_of_the_rows_is_what_was_written),
        cmocka_unit_test(threads_read_the_same_rows),
        cmocka_unit_test(what_was_not_written_reads_as_the_fill_value),
        cmocka_unit_test(boxes_are_read_row_by_row),
        cmocka_unit_test(what_is_not_ours_is_refused),
        cmocka_unit_test(enumerations_are_told_by_name_and_value),
        cmocka_unit_test(strings_are_read_where_they_are_asked_for),
        cmocka_unit_test(attributes_are_texts_or_integers),
        cmocka_unit_test(groups_are_walked_two_deep),
    };
    return cmocka_run_group_tests(tests, write_file, drop_file);
}
