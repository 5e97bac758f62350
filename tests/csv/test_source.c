/* SPDX-License-Identifier: Apache-2.0 */
/* Text of sources, read in pieces of every size: plain, packed in one member and in several, cut short or with
 * something behind; converted; archives. What was put in is what must come out. */
#include <stdbool.h>
#include <sys/stat.h>

#include "csv/csv.h"
#include "csv/csv_made.h"
#include "csv/sources/source.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { TEXT = 700001, ROOM = 1 << 20 };

static char text[TEXT + 1], found[ROOM];
static unsigned char packed[ROOM];

static jk_csv_source *opened(const char *encoding) {
    jk_csv_source *source = NULL;
    jk_error error = {0};
    if (jk_csv_source_open(made_path, encoding, &source, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    return source;
}

/* All that is left, at most `piece` bytes at a time. */
static jk_status read_on(jk_csv_source *source, size_t piece, size_t *length, jk_error *error) {
    size_t got = 1;
    *length = 0;
    while (got > 0) {
        const jk_status status =
            jk_csv_source_read(source, found + *length, piece < ROOM - *length ? piece : ROOM - *length, &got, error);
        if (status != JK_OK) {
            return status;
        }
        *length += got;
    }
    return JK_OK;
}

static void is_text(const char *encoding, size_t piece, const char *wanted, size_t wanted_length) {
    jk_csv_source *source = opened(encoding);
    jk_error error = {0};
    size_t length = 0;
    assert_int_equal(read_on(source, piece, &length, &error), JK_OK);
    assert_int_equal(length, wanted_length);
    assert_memory_equal(found, wanted, wanted_length);
    jk_csv_source_close(source);
}

static void is_refused(const char *said) {
    jk_csv_source *source = NULL;
    jk_error error = {0};
    size_t length = 0;
    jk_status status = jk_csv_source_open(made_path, NULL, &source, &error);
    status = status == JK_OK ? read_on(source, 4096, &length, &error) : status;
    jk_csv_source_close(source);
    assert_int_equal(status, JK_ERROR_FORMAT);
    assert_non_null(strstr(error.message, said));
}

static int make_text(void **state) {
    for (size_t i = 0; i < TEXT; i++) {
        text[i] = (char)(i % 37 == 36 ? '\n' : 'a' + (i * i / 7 + i / 331) % 26);
    }
    return name_made(state);
}

static const size_t pieces[] = {1, 7, 63, 64, 65, 4096, 262144, 262145, ROOM};

/* ---- plain ------------------------------------------------------------------------------------------------------- */

static void plain_text_is_read_in_any_pieces(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 63, 64, 65, 262143, 262144, 262145, TEXT};
    for (size_t l = 0; l < COUNT(lengths); l++) {
        make_file(text, lengths[l]);
        for (size_t p = lengths[l] > 1000 ? 3 : 0; p < COUNT(pieces); p++) {
            is_text(NULL, pieces[p], text, lengths[l]);
        }
        jk_csv_source *source = opened("utf-8");
        jk_error error = {0};
        size_t length = 0;
        assert_true(jk_csv_source_is_plain(source) && !jk_csv_source_is_sheet(source));
        assert_int_equal(jk_csv_source_size(source), lengths[l]);
        assert_string_equal(jk_csv_source_path(source), made_path);
        assert_int_equal(read_on(source, 1000, &length, &error), JK_OK);
        assert_int_equal(jk_csv_source_consumed(source), lengths[l]);
        jk_csv_source_close(source);
    }
}

static void reading_goes_on_from_any_place(void **state) {
    (void)state;
    static const size_t places[] = {0, 1, 5000, 262144, TEXT - 1, TEXT};
    make_file(text, TEXT);
    jk_csv_source *source = opened(NULL);
    jk_error error = {0};
    for (size_t p = 0; p < COUNT(places); p++) {
        size_t length = 0, got = 0;
        assert_int_equal(jk_csv_source_read(source, found, 10, &got, &error), JK_OK);
        assert_int_equal(jk_csv_source_unread(source, "not read", 8, &error), JK_OK);
        assert_int_equal(jk_csv_source_seek(source, places[p], &error), JK_OK);
        assert_int_equal(read_on(source, 70000, &length, &error), JK_OK);
        assert_int_equal(length, TEXT - places[p]);
        assert_memory_equal(found, text + places[p], length);
        assert_int_equal(jk_csv_source_consumed(source), TEXT);
    }
    assert_int_equal(jk_csv_source_seek(source, 3, &error), JK_OK);
    assert_int_equal(jk_csv_source_consumed(source), 3);
    jk_csv_source_pass(source);
    assert_int_equal(jk_csv_source_consumed(source), TEXT);
    jk_csv_source_close(source);
}

static void text_is_put_back(void **state) {
    (void)state;
    make_file("one\ntwo\n", 8);
    jk_csv_source *source = opened(NULL);
    jk_error error = {0};
    size_t got = 0, length = 0;
    assert_int_equal(jk_csv_source_read(source, found, 4, &got, &error), JK_OK);
    assert_int_equal(got, 4);
    assert_int_equal(jk_csv_source_unread(source, "six\n", 4, &error), JK_OK);
    assert_int_equal(jk_csv_source_read(source, found, 3, &got, &error), JK_OK);
    assert_int_equal(got, 3);
    assert_memory_equal(found, "six", 3);
    assert_int_equal(read_on(source, 100, &length, &error), JK_OK);
    assert_true(length == 5 && memcmp(found, "\ntwo\n", 5) == 0);
    jk_csv_source_close(source);
}

static void returns_of_an_old_mac_are_turned(void **state) {
    (void)state;
    char first[] = "a\rb\r";
    make_file("a\rb\rc\rd\r\r", 9);
    jk_csv_source *source = opened(NULL);
    jk_error error = {0};
    size_t got = 0, length = 0;
    assert_int_equal(jk_csv_source_read(source, found, 4, &got, &error), JK_OK);
    jk_csv_source_turn_returns(source, first, 4);
    assert_string_equal(first, "a\nb\n");
    assert_false(jk_csv_source_is_plain(source));
    assert_int_equal(read_on(source, 2, &length, &error), JK_OK);
    assert_true(length == 5 && memcmp(found, "c\nd\n\n", 5) == 0);
    jk_csv_source_close(source);
}

typedef struct sunk {
    unsigned char bytes[ROOM];
    size_t length;
} sunk;

static void sink(void *context, const void *bytes, size_t length) {
    sunk *self = context;
    memcpy(self->bytes + self->length, bytes, length);
    self->length += length;
}

/* The file's own bytes, all of them and once, also those that were read before anybody asked. */
static void raw_bytes_are_handed_on(void **state) {
    (void)state;
    static sunk all;
    const size_t length = gzipped(text, TEXT, packed, sizeof packed);
    for (int how = 0; how < 4; how++) { /* plain or packed; asked for at once, or later */
        const void *bytes = how % 2 == 0 ? (const void *)text : packed;
        const size_t size = how % 2 == 0 ? TEXT : length;
        make_file(bytes, size);
        jk_csv_source *source = opened(NULL);
        jk_error error = {0};
        size_t got = 0;
        all.length = 0;
        for (int i = 0; how > 1 && i < 3; i++) {
            assert_int_equal(jk_csv_source_read(source, found, 200000, &got, &error), JK_OK);
        }
        jk_csv_source_set_sink(source, sink, &all);
        assert_true(all.length > 0); /* what the file was known by */
        assert_int_equal(read_on(source, 50000, &got, &error), JK_OK);
        assert_int_equal(all.length, size);
        assert_memory_equal(all.bytes, bytes, size);
        jk_csv_source_close(source);
    }
}

/* As much as is let, and no more; zeros before and behind. */
static void a_text_is_read_whole(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 65535, 65536, 65537, 131072, 131073, TEXT};
    for (size_t l = 0; l < COUNT(lengths); l++) {
        make_file(text, lengths[l]);
        for (size_t most = (size_t)1 << 16; most <= (size_t)1 << 20; most *= 2) {
            jk_csv_source *source = opened(NULL);
            char *memory = NULL;
            size_t length = 0;
            jk_error error = {0};
            const jk_status status = jk_csv_source_read_all(source, most, &memory, &length, &error);
            assert_true(status == (lengths[l] < most ? JK_OK : JK_ERROR_DATA) || lengths[l] == most);
            if (status == JK_OK) {
                static const char zeros[JK_CSV_SLACK];
                assert_int_equal(length, lengths[l]);
                assert_memory_equal(memory + JK_CSV_SLACK, text, length);
                assert_memory_equal(memory, zeros, JK_CSV_SLACK);
                assert_memory_equal(memory + JK_CSV_SLACK + length, zeros, JK_CSV_SLACK);
            }
            free(memory);
            jk_csv_source_close(source);
        }
    }
}

/* ---- packed ------------------------------------------------------------------------------------------------------ */

static void packed_text_is_unpacked(void **state) {
    (void)state;
    size_t first = gzipped(text, 300000, packed, sizeof packed);
    size_t both = first + gzipped(text + 300000, TEXT - 300000, packed + first, sizeof packed - first);
    make_file(packed, both); /* of two members */
    for (size_t p = 3; p < COUNT(pieces); p++) {
        is_text(NULL, pieces[p], text, TEXT);
    }
    memset(packed + both, 0, 300000); /* zeros pad a file to whole blocks */
    make_file(packed, both + 1);
    is_text(NULL, 4096, text, TEXT);
    make_file(packed, both + 300000);
    is_text(NULL, 4096, text, TEXT);
    jk_csv_source *source = opened(NULL);
    assert_false(jk_csv_source_is_plain(source));
    assert_int_equal(jk_csv_source_size(source), both + 300000);
    jk_csv_source_close(source);
    packed[both] = 'x';
    make_file(packed, both + 1);
    is_refused("bytes follow the end of the gzip data");
    packed[both] = 0;
    packed[both + 299999] = 'x';
    make_file(packed, both + 300000);
    is_refused("bytes follow the end of the gzip data");
    for (size_t cut = 1; cut < 12; cut++) { /* in what ends it, and before */
        make_file(packed, both - cut);
        is_refused("the gzip data ends too early");
    }
    make_file(packed, first / 2);
    is_refused("the gzip data ends too early");
    first = gzipped("", 0, packed, sizeof packed); /* an empty member before the text */
    both = first + gzipped("a,b\n", 4, packed + first, sizeof packed - first);
    make_file(packed, both);
    is_text(NULL, 100, "a,b\n", 4);
}

static void archives_are_known(void **state) {
    (void)state;
    static const made_member members[] = {{"a.csv", "x,y\n1,2\n"},  {"folder/", ""},   {"folder/b.csv", "x,y\n3,4\n"},
                                          {"__MACOSX/a.csv", "no"}, {".hidden", "no"}, {"Thumbs.db", "no"}};
    make_zip(members, COUNT(members));
    jk_part_list list;
    jk_error error = {0};
    assert_int_equal(jk_part_list_read(made_path, &list, &error), JK_OK);
    assert_true(list.container == JK_CONTAINER_ZIP && list.count == 2);
    assert_string_equal(list.parts[0].name, "a.csv");
    assert_string_equal(list.parts[1].name, "folder/b.csv");
    for (size_t p = 0; p < 2; p++) {
        const jk_csv_part part = {.container = JK_CONTAINER_ZIP, .name = list.parts[p].name};
        jk_csv_source *source = NULL;
        size_t length = 0;
        char wanted[300];
        assert_int_equal(jk_csv_source_open_part(made_path, &part, NULL, &source, &error), JK_OK);
        assert_int_equal(read_on(source, 3, &length, &error), JK_OK);
        assert_true(length == 8 && memcmp(found, members[2 * p].text, 8) == 0);
        assert_true(jk_csv_source_size(source) == 8 && !jk_csv_source_is_plain(source));
        (void)snprintf(wanted, sizeof wanted, "%s:%s", made_path, part.name);
        assert_string_equal(jk_csv_source_path(source), wanted);
        jk_csv_source_close(source);
    }
    jk_part_list_free(&list);
    is_refused("this is a zip archive");
    const jk_csv_part nowhere = {.container = JK_CONTAINER_ZIP, .name = "c.csv"};
    jk_csv_source *source = NULL;
    assert_int_not_equal(jk_csv_source_open_part(made_path, &nowhere, NULL, &source, &error), JK_OK);
    assert_null(source);
    /* What begins like one, to the byte: without its end it is damaged. */
    static const char *const heads[] = {"PK\003\004", "PK\005\006", "PK\003\004 and more that is none of it"};
    for (size_t h = 0; h < COUNT(heads); h++) {
        make_file(heads[h], strlen(heads[h]));
        error = (jk_error){0};
        assert_int_equal(jk_part_list_read(made_path, &list, &error), JK_ERROR_FORMAT);
    }
    static const char *const others[] = {"PK\003", "PK", "", "PAR1", "PAR1 is a word", "a,b\n", "SQLite format"};
    for (size_t o = 0; o < COUNT(others); o++) {
        make_file(others[o], strlen(others[o]));
        assert_int_equal(jk_part_list_read(made_path, &list, &error), JK_OK);
        assert_true(list.container == JK_CONTAINER_NONE && list.count == 0);
    }
    make_zip(members + 3, 3);
    error = (jk_error){0};
    assert_int_equal(jk_part_list_read(made_path, &list, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, "the zip archive holds no file");
}

/* ---- other encodings --------------------------------------------------------------------------------------------- */

static void encodings_are_converted(void **state) {
    (void)state;
    static const size_t few[] = {1, 2, 3, 5, 100};
    for (size_t p = 0; p < COUNT(few); p++) {
        make_file("M\xe4kinen \x80\n", 10);
        is_text("CP1252", few[p], "M\xc3\xa4kinen \xe2\x82\xac\n", 13);
        make_file("a\x81"
                  "b",
                  3); /* nothing there: a byte that is none in UTF-8 */
        is_text("CP1252", few[p],
                "a\xff"
                "b",
                3);
        make_file("\xff\xfe"
                  "a\0\xe4\0\n\0",
                  8);
        is_text(NULL, few[p], "a\xc3\xa4\n", 4);
        is_text("CP1252", few[p], "a\xc3\xa4\n", 4); /* its mark tells */
        make_file("\xfe\xff\0a\0\xe4\0\n", 8);
        is_text(NULL, few[p], "a\xc3\xa4\n", 4);
        make_file("\xff\xfe"
                  "a\0\xe4",
                  5); /* half a letter at the end */
        is_text(NULL, few[p], "a\xff", 2);
        make_file("\xff\xfe\x3d\xd8\x00\xde", 6);
        is_text(NULL, few[p], "\xf0\x9f\x98\x80", 4);
    }
    static char latin[400000], wide[800000]; /* longer than what is converted at a time */
    size_t length = 0;
    for (size_t i = 0; i < sizeof latin; i++) {
        latin[i] = i % 3 == 0 ? '\xe4' : 'b';
        if (i % 3 == 0) {
            wide[length++] = '\xc3';
            wide[length++] = '\xa4';
        } else {
            wide[length++] = 'b';
        }
    }
    make_file(latin, sizeof latin);
    is_text("ISO-8859-1", 1000, wide, length);
    is_text("ISO-8859-1", ROOM, wide, length);
    jk_csv_source *source = NULL;
    jk_error error = {0};
    assert_int_equal(jk_csv_source_open(made_path, "no such encoding", &source, &error), JK_ERROR_MODEL);
    assert_string_equal(error.message, "'no such encoding' is not a known encoding");
    error = (jk_error){0};
    assert_int_equal(jk_csv_source_open("/tmp", NULL, &source, &error), JK_ERROR_IO);
    assert_string_equal(error.message, "is a folder, expected a CSV file");
    error = (jk_error){0};
    assert_int_equal(jk_csv_source_open("/nowhere/at/all", NULL, &source, &error), JK_ERROR_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_read_in_any_pieces),
        cmocka_unit_test(reading_goes_on_from_any_place),
        cmocka_unit_test(text_is_put_back),
        cmocka_unit_test(returns_of_an_old_mac_are_turned),
        cmocka_unit_test(raw_bytes_are_handed_on),
        cmocka_unit_test(a_text_is_read_whole),
        cmocka_unit_test(packed_text_is_unpacked),
        cmocka_unit_test(archives_are_known),
        cmocka_unit_test(encodings_are_converted),
    };
    return cmocka_run_group_tests(tests, make_text, drop_made);
}
