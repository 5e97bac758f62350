/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is taken for rests on what the process that opens it says, and that may be anything. Each figure is just
 * right, and just wrong. */
#include "h5/h5_answer.h"

/* ---- one data set ------------------------------------------------------------------------------------------------ */

static jk_status told(jk_h5_dataset dataset, size_t count, const jk_h5_chunk *chunks, jk_h5_file **file,
                      jk_error *error) {
    begin();
    dataset.chunk_count = count;
    answer.header.dataset_count = 1;
    add(&dataset, sizeof dataset);
    if (count > 0) {
        add(chunks, count * sizeof *chunks);
    }
    return answered(file, error);
}

static void taken(jk_h5_dataset dataset, size_t count, const jk_h5_chunk *chunks, bool complete) {
    jk_h5_file *file = NULL;
    jk_error error;
    if (told(dataset, count, chunks, &file, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(jk_h5_dataset_count(file), 1);
    assert_int_equal(jk_h5_is_complete(file, jk_h5_dataset_at(file, 0)), complete);
    jk_h5_close(file);
}

static void refused(jk_h5_dataset dataset, size_t count, const jk_h5_chunk *chunks, const char *said) {
    jk_h5_file *file = NULL;
    jk_error error;
    assert_int_equal(told(dataset, count, chunks, &file, &error), JK_ERROR_FORMAT);
    assert_null(file);
    assert_string_equal(error.message, said);
}

#define MALFORMED "its table of contents is malformed"
#define CHUNKS    "its chunks are malformed"

static void fields_of_a_data_set_have_bounds(void **state) {
    (void)state;
    const jk_h5_dataset good = contiguous(8, 10, 0);
    jk_h5_dataset changed = good;
    taken(good, 0, NULL, true);
    for (uint32_t rank = 0; rank <= JK_H5_RANK_MAX + 1; rank++) {
        changed = contiguous(1, 2, 0);
        changed.rank = rank;
        changed.extent[1] = changed.extent[2] = 2;
        if (rank <= JK_H5_RANK_MAX) {
            taken(changed, 0, NULL, true);
        } else {
            refused(changed, 0, NULL, MALFORMED);
        }
    }
    changed = good;
    changed.kind = JK_H5_TEXT;
    taken(changed, 0, NULL, true);
    changed.kind = (jk_h5_kind)(JK_H5_TEXT + 1);
    refused(changed, 0, NULL, MALFORMED);
    changed.kind = (jk_h5_kind)-1;
    refused(changed, 0, NULL, MALFORMED);
    changed = good;
    changed.layout = (jk_h5_layout)(JK_H5_CHUNKED + 1);
    refused(changed, 0, NULL, MALFORMED);
    changed.layout = JK_H5_UNREADABLE;
    taken(changed, 0, NULL, false);
    static const int32_t filters[] = {-2, -1, 31, 32};
    for (size_t f = 0; f < 2 * COUNT(filters); f++) {
        changed = good;
        *(f % 2 == 0 ? &changed.shuffle_filter : &changed.deflate_filter) = filters[f / 2];
        if (filters[f / 2] >= -1 && filters[f / 2] <= 31) {
            taken(changed, 0, NULL, true);
        } else {
            refused(changed, 0, NULL, MALFORMED);
        }
    }
}

/* The last byte of an array is where its text ends at the latest. */
static void names_end(void **state) {
    (void)state;
    jk_h5_dataset changed = contiguous(8, 10, 0);
    memset(changed.path, 'p', sizeof changed.path - 1);
    taken(changed, 0, NULL, true);
    changed.path[sizeof changed.path - 1] = 'p';
    refused(changed, 0, NULL, MALFORMED);
    changed = contiguous(8, 10, 0);
    changed.level_count = JK_H5_LEVELS_MAX;
    memset(changed.levels[63].name, 'l', JK_H5_LEVEL_NAME_MAX - 1);
    taken(changed, 0, NULL, true);
    changed.levels[63].name[JK_H5_LEVEL_NAME_MAX - 1] = 'l';
    refused(changed, 0, NULL, MALFORMED);
    changed.level_count = JK_H5_LEVELS_MAX - 1; /* no level of it */
    taken(changed, 0, NULL, true);
    changed.levels[63].name[JK_H5_LEVEL_NAME_MAX - 1] = '\0';
    changed.level_count = JK_H5_LEVELS_MAX + 1;
    refused(changed, 0, NULL, MALFORMED);
}

static void rows_lie_in_the_file(void **state) {
    (void)state;
    taken(contiguous(8, 10, FILE_SIZE - 80), 0, NULL, true);
    refused(contiguous(8, 10, FILE_SIZE - 79), 0, NULL, "its data lie beyond the end of the file");
    taken(contiguous(8, 0, FILE_SIZE), 0, NULL, true);
    refused(contiguous(8, 0, FILE_SIZE + 1), 0, NULL, "its data lie beyond the end of the file");
    taken(contiguous(8, 10, UINT64_MAX), 0, NULL, false); /* never written */
    taken(contiguous(8, 0, UINT64_MAX), 0, NULL, true);
    taken(contiguous(8, ((uint64_t)1 << 59) - 1, UINT64_MAX), 0, NULL, false);
    refused(contiguous(8, ((uint64_t)1 << 59) - 1, 0), 0, NULL, "its data lie beyond the end of the file");
    refused(contiguous(8, (uint64_t)1 << 59, UINT64_MAX), 0, NULL, "it claims more rows than any file can hold");
    jk_h5_dataset box = contiguous(1, (uint64_t)1 << 32, UINT64_MAX);
    box.rank = 3;
    box.extent[1] = box.extent[2] = (uint64_t)1 << 32; /* 0 in 64 bits */
    refused(box, 0, NULL, "it claims more rows than any file can hold");
    box.extent[2] = 0; /* too many before that, whatever comes of it */
    refused(box, 0, NULL, "it claims more rows than any file can hold");
}

static void chunks_have_bounds(void **state) {
    (void)state;
    const jk_h5_dataset good = chunked(8, 10, 4, -1);
    jk_h5_dataset changed = good;
    taken(good, 0, NULL, false);
    taken(chunked(8, 0, 4, -1), 0, NULL, true);
    changed.rank = 2;
    refused(changed, 0, NULL, CHUNKS);
    refused(chunked(8, 10, 0, -1), 0, NULL, CHUNKS);
    refused(chunked(0, 10, 4, -1), 0, NULL, CHUNKS);
    /* A chunk's bytes are told in 32 bits. */
    taken(chunked(15, (uint64_t)1 << 29, UINT32_MAX / 15, -1), 0, NULL, false);
    refused(chunked(15, (uint64_t)1 << 29, UINT32_MAX / 15 + 1, -1), 0, NULL, CHUNKS);
    taken(chunked(8, 5, 131072, -1), 0, NULL, false);
    refused(chunked(8, 5, 131073, -1), 0, NULL, "its chunks are far longer than its rows");
    taken(chunked(8, 131073, 131073, -1), 0, NULL, false);
    /* A row takes at least a bit of its file, and 4,096 more chunks are no harm: rows are counted in whole chunks. */
    const uint64_t most = FILE_SIZE / 8 + 4096;
    taken(chunked(8, most, 1, -1), 0, NULL, false);
    refused(chunked(8, most + 1, 1, -1), 0, NULL, "it claims more rows than the file can hold");
    taken(chunked(8, 3 * most - 2, 3, -1), 0, NULL, false);
    refused(chunked(8, 3 * most + 1, 3, -1), 0, NULL, "it claims more rows than the file can hold");
    /* More chunks are announced than follow. */
    jk_h5_file *file = NULL;
    jk_error error;
    const jk_h5_chunk chunk = {.index = 0, .address = 0, .size = 32};
    for (uint64_t announced = 2; announced < 100; announced += 40) {
        begin();
        changed = good;
        changed.chunk_count = announced;
        answer.header.dataset_count = 1;
        add(&changed, sizeof changed);
        add(&chunk, sizeof chunk);
        assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
        assert_string_equal(error.message, CHUNKS);
    }
}

static void each_chunk_lies_in_the_file(void **state) {
    (void)state;
    const jk_h5_dataset plain = chunked(8, 10, 4, -1), packed = chunked(8, 5160, 129, 0); /* 1032 bytes unpacked */
    jk_h5_chunk chunks[3] = {{.index = 2, .address = FILE_SIZE - 32, .size = 32},
                             {.index = 0, .address = 0, .size = 32},
                             {.index = 1, .address = 7, .size = 32}};
    taken(plain, 3, chunks, true); /* of the last chunk all rows are there, too */
    taken(plain, 2, chunks, false);
    chunks[0].index = 3;
    refused(plain, 3, chunks, "a chunk lies outside its extent");
    chunks[0].index = 1; /* as the third */
    refused(plain, 3, chunks, "its chunks overlap");
    chunks[0].index = 2;
    chunks[0].address++;
    refused(plain, 3, chunks, "a chunk lies beyond the end of the file");
    chunks[0].address = (uint64_t)FILE_SIZE + 1;
    refused(plain, 3, chunks, "a chunk lies beyond the end of the file");
    chunks[0].address = UINT64_MAX; /* is not in the file, wherever it would be */
    taken(plain, 3, chunks, false);
    chunks[0].index = 3;
    taken(plain, 3, chunks, false);
    for (uint32_t size = 31; size <= 33; size += 2) {
        chunks[0] = (jk_h5_chunk){.index = 2, .address = 100, .size = size};
        refused(plain, 3, chunks, "a chunk has the wrong length");
    }
    /* No deflate stream is shorter than a 1032nd; where its filter was left out, it is as long as its rows. */
    jk_h5_chunk one = {.index = 39, .address = FILE_SIZE - 1, .size = 1};
    taken(packed, 1, &one, false);
    one.size = 0;
    refused(packed, 1, &one, "a chunk has the wrong length");
    one = (jk_h5_chunk){.index = 0, .address = 0, .size = 1032, .skipped = 1};
    taken(packed, 1, &one, false);
    one.size = 1031;
    refused(packed, 1, &one, "a chunk has the wrong length");
    one.skipped = 2; /* another filter */
    taken(packed, 1, &one, false);
    jk_h5_dataset second = packed; /* in the pipeline */
    second.shuffle_filter = 0;
    second.deflate_filter = 1;
    refused(second, 1, &one, "a chunk has the wrong length");
    /* Together they are no longer than the file. */
    jk_h5_chunk both[2] = {{.index = 0, .address = 0, .size = FILE_SIZE - 100},
                           {.index = 1, .address = 9, .size = 100}};
    taken(packed, 2, both, false);
    both[1].size++;
    refused(packed, 2, both, "its chunks overlap");
}

/* ---- rows of such a file ----------------------------------------------------------------------------------------- */

static void rows_are_read_where_they_are_said_to_be(void **state) {
    (void)state;
    const jk_h5_chunk chunks[] = {{.index = 2, .address = FILE_SIZE - 8, .size = 8},
                                  {.index = 0, .address = 3, .size = 8}};
    jk_h5_dataset dataset = chunked(2, 10, 4, -1);
    memcpy(dataset.fill, "ab", 2);
    jk_h5_file *file = NULL;
    jk_error error;
    assert_int_equal(told(dataset, COUNT(chunks), chunks, &file, &error), JK_OK);
    const jk_h5_dataset *there = jk_h5_dataset_at(file, 0);
    unsigned char got[20], wanted[20];
    for (size_t i = 0; i < sizeof wanted; i++) {
        wanted[i] = i < 8 ? byte_at(3 + i) : i < 16 ? (unsigned char)("ab"[i % 2]) : byte_at(FILE_SIZE - 24 + i);
    }
    for (size_t first = 0; first < 10; first++) {
        for (size_t count = 1; first + count <= 10; count++) {
            assert_int_equal(jk_h5_read(file, there, first, count, got, &error), JK_OK);
            assert_memory_equal(got, wanted + 2 * first, 2 * count);
        }
    }
    assert_int_equal(jk_h5_size(file), FILE_SIZE);
    struct stat facts;
    assert_true(jk_h5_facts(file, &facts) && facts.st_size == FILE_SIZE);
    /* A file that is cut meanwhile. */
    assert_int_equal(truncate(path, FILE_SIZE - 1), 0);
    assert_int_equal(jk_h5_read(file, there, 8, 1, got, &error), JK_OK);
    assert_int_equal(jk_h5_read(file, there, 8, 2, got, &error), JK_OK); /* rows 8 and 9 come first in their chunk */
    assert_int_equal(truncate(path, FILE_SIZE - 5), 0);
    assert_int_equal(jk_h5_read(file, there, 9, 1, got, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, "the file ends before its data");
    assert_string_equal(error.key, "/x");
    jk_h5_close(file);
}

/* Byte k of all rows of a chunk stands together; what is wanted in part is kept, and given back with the file. */
static void shuffled_rows_are_put_together(void **state) {
    (void)state;
    const jk_h5_chunk chunks[] = {{.index = 0, .address = 100, .size = 12}, {.index = 1, .address = 200, .size = 12}};
    jk_h5_dataset dataset = chunked(3, 8, 4, -1);
    dataset.shuffle_filter = 0;
    jk_h5_file *file = NULL;
    jk_error error;
    assert_int_equal(told(dataset, COUNT(chunks), chunks, &file, &error), JK_OK);
    for (size_t first = 0; first < 8; first++) {
        for (size_t count = 1; first + count <= 8; count++) {
            unsigned char got[3 * 8];
            assert_int_equal(jk_h5_read(file, jk_h5_dataset_at(file, 0), first, count, got, &error), JK_OK);
            for (size_t i = 0; i < 3 * count; i++) {
                const size_t row = first + i / 3, from = row < 4 ? 100 : 200;
                assert_int_equal(got[i], byte_at(from + i % 3 * 4 + row % 4));
            }
        }
    }
    jk_h5_close(file);
}

/* Of a packed data set no more is kept unpacked than it has chunks; there are two places at least. */
static void what_is_kept_unpacked_is_told(void **state) {
    (void)state;
    static const struct {
        uint64_t rows, bytes;
    } cases[] = {{0, 0}, {1, 4 * 8}, {4, 4 * 8}, {5, 2 * 4 * 8}, {8, 2 * 4 * 8}};
    jk_h5_file *file = NULL;
    jk_error error;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(told(chunked(8, cases[i].rows, 4, 0), 0, NULL, &file, &error), JK_OK);
        assert_int_equal(jk_h5_cache_size(jk_h5_dataset_at(file, 0)), cases[i].bytes);
        jk_h5_close(file);
    }
    assert_int_equal(told(chunked(8, 4000, 4, 0), 0, NULL, &file, &error), JK_OK);
    const size_t many =
        jk_h5_cache_size(jk_h5_dataset_at(file, 0)); /* a place for each processor and one, 33 at most */
    assert_true(many % 32 == 0 && many >= 2 * (size_t)32 && many <= 33 * (size_t)32);
    jk_h5_close(file);
    assert_int_equal(told(chunked(8, 4000, 4, -1), 0, NULL, &file, &error), JK_OK);
    assert_int_equal(jk_h5_cache_size(jk_h5_dataset_at(file, 0)), 0);
    jk_h5_close(file);
    assert_int_equal(told(contiguous(8, 10, 0), 0, NULL, &file, &error), JK_OK);
    assert_int_equal(jk_h5_cache_size(jk_h5_dataset_at(file, 0)), 0);
    jk_h5_close(file);
}

/* ---- attributes, strings, counts --------------------------------------------------------------------------------- */

static void add_attribute(jk_h5_attribute attribute, const char *text, size_t sent) {
    add(&attribute, sizeof attribute);
    add(text, sent);
    answer.header.attribute_count++;
}

static void attributes_are_no_longer_than_what_follows(void **state) {
    (void)state;
    jk_h5_file *file = NULL;
    jk_error error;
    jk_h5_attribute name = {.integer = -7};
    memset(name.name, 'n', sizeof name.name - 1);
    for (uint32_t length = 4; length <= 5; length++) {
        begin();
        add_attribute(name, "", 0);
        add_attribute((jk_h5_attribute){.name = "t", .is_text = 1, .length = length}, "four", 4);
        if (length == 4) {
            int64_t value = 0;
            assert_int_equal(answered(&file, &error), JK_OK);
            assert_true(jk_h5_attribute_integer(file, name.name, &value) && value == -7);
            assert_string_equal(jk_h5_attribute_text(file, "t"), "four");
            assert_int_equal(jk_h5_dataset_count(file), 0);
            jk_h5_close(file);
        } else {
            assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
            assert_string_equal(error.message, "its attributes are malformed");
        }
    }
    begin();
    name.name[sizeof name.name - 1] = 'n';
    add_attribute(name, "", 0);
    assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, "its attributes are malformed");
    begin();
    answer.header.attribute_count = 1; /* and none follows */
    assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, "its attributes are malformed");
}

static void strings_are_no_longer_than_what_follows(void **state) {
    (void)state;
    jk_h5_file *file = NULL;
    jk_error error;
    for (uint32_t more = 0; more < 3; more++) {
        jk_h5_dataset dataset = contiguous(4, 2, 0);
        const uint32_t lengths[2] = {3, more == 1 ? 3 : 2};
        dataset.string_count = more == 2 ? 4 : 2; /* 13 bytes follow */
        begin();
        answer.header.dataset_count = 1;
        add(&dataset, sizeof dataset);
        add(&lengths[0], sizeof lengths[0]);
        add("one", 3);
        add(&lengths[1], sizeof lengths[1]);
        add("me", 2);
        if (more > 0) {
            assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
            assert_string_equal(error.message, "its strings are malformed");
            continue;
        }
        assert_int_equal(answered(&file, &error), JK_OK);
        size_t count = 0;
        const char *const *strings = jk_h5_strings(file, jk_h5_dataset_at(file, 0), &count);
        assert_int_equal(count, 2);
        assert_string_equal(strings[0], "one");
        assert_string_equal(strings[1], "me");
        jk_h5_close(file);
    }
}

/* As many as there may be of each, and one more; an answer as long as it may be, and a byte longer. */
static void counts_and_lengths_have_bounds(void **state) {
    (void)state;
    const uint64_t limit = 2 * (uint64_t)FILE_SIZE + JK_H5_PARTS_MAX * sizeof(jk_h5_dataset);
    const jk_h5_dataset dataset = contiguous(8, 10, 0);
    jk_h5_file *file = NULL;
    jk_error error;
    begin();
    for (size_t i = 0; i < JK_H5_PARTS_MAX; i++) {
        add(&dataset, sizeof dataset);
    }
    answer.header.dataset_count = JK_H5_PARTS_MAX;
    assert_int_equal(answered(&file, &error), JK_OK);
    assert_int_equal(jk_h5_dataset_count(file), JK_H5_PARTS_MAX);
    jk_h5_close(file);
    add(&dataset, sizeof dataset);
    answer.header.dataset_count++;
    assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, MALFORMED);
    answer.header.dataset_count = 1;
    for (uint64_t more = 0; more < 2; more++) { /* what nobody asks for is left alone */
        answer.header.bytes = limit + more;
        answer.sent = sizeof answer.header + (size_t)answer.header.bytes;
        answer.used = (size_t)answer.header.bytes;
        assert_true(answer.used <= answer.room);
        assert_int_equal(opened(&file, &error), more == 0 ? JK_OK : JK_ERROR_FORMAT);
        jk_h5_close(file);
    }
    begin();
    for (size_t i = 0; i < JK_H5_PARTS_MAX; i++) {
        add_attribute((jk_h5_attribute){.name = "i", .integer = (int64_t)i}, "", 0);
    }
    int64_t value = 1;
    assert_int_equal(answered(&file, &error), JK_OK);
    assert_true(jk_h5_attribute_integer(file, "i", &value) && value == 0); /* the first of that name */
    jk_h5_close(file);
    add_attribute((jk_h5_attribute){.name = "j"}, "", 0);
    assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, MALFORMED);
    begin();
    assert_int_equal(answered(&file, &error), JK_OK); /* an empty file */
    assert_int_equal(jk_h5_dataset_count(file), 0);
    jk_h5_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fields_of_a_data_set_have_bounds, write_file),
        cmocka_unit_test_setup(names_end, write_file),
        cmocka_unit_test_setup(rows_lie_in_the_file, write_file),
        cmocka_unit_test_setup(chunks_have_bounds, write_file),
        cmocka_unit_test_setup(each_chunk_lies_in_the_file, write_file),
        cmocka_unit_test_setup(rows_are_read_where_they_are_said_to_be, write_file),
        cmocka_unit_test_setup(shuffled_rows_are_put_together, write_file),
        cmocka_unit_test_setup(what_is_kept_unpacked_is_told, write_file),
        cmocka_unit_test_setup(attributes_are_no_longer_than_what_follows, write_file),
        cmocka_unit_test_setup(strings_are_no_longer_than_what_follows, write_file),
        cmocka_unit_test_setup(counts_and_lengths_have_bounds, write_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
