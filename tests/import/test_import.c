/* SPDX-License-Identifier: Apache-2.0 */
/* The import as a whole, in this process: results that must not depend on threads or window, rows that cannot be read,
 * and many mutations of a tape, a gzip file and a mapping, none of which may crash or leave half a store. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "cmocka_all.h"

#include "base/number/calendar.h"
#include "jalki/import.h"
#include "jalki/tape.h"

/* In memory where there is such a place: thousands of stores are synced to disk here. */
static char folder[64];

static const char *path(const char *name) {
    static char paths[64][512]; /* a name stays good for a while */
    static unsigned next;
    char *text = paths[next++ % 64];
    (void)snprintf(text, sizeof paths[0], "%s/%s", folder, name);
    return text;
}

static void write_bytes(const char *name, const void *bytes, size_t length) {
    FILE *file = fopen(path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static char *read_bytes(const char *name, size_t *length) {
    FILE *file = fopen(path(name), "rb");
    *length = 0;
    if (file == NULL) {
        return NULL;
    }
    char *bytes = calloc(1, 8 << 20);
    assert_non_null(bytes);
    *length = fread(bytes, 1, 8 << 20, file);
    (void)fclose(file);
    return bytes;
}

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static jk_import_options options_for(const char *const *sources, size_t count) {
    return (jk_import_options){.sources = sources,
                               .source_count = count,
                               .output = path("T.h5"),
                               .rejects = path("bad.csv"),
                               .max_rejects = 1.0,
                               .max_rejects_is_share = 1,
                               .max_unmatched = 1.0,
                               .cutoff = JK_MISSING_INTEGER};
}

/* ---- a store as one text, to compare ----------------------------------------------------------------------- */

typedef struct text_buffer {
    char *bytes;
    size_t length, capacity;
} text_buffer;

static void add_bytes(text_buffer *text, const void *bytes, size_t length) {
    if (text->length + length >= text->capacity) {
        text->capacity = 2 * (text->length + length) + 1;
        text->bytes = realloc(text->bytes, text->capacity);
        assert_non_null(text->bytes);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static text_buffer store_text(void) {
    text_buffer text = {0};
    jk_tape *tape = NULL;
    jk_error error = {0};
    assert_int_equal(jk_tape_open(path("T.h5"), &tape, &error), JK_OK);
    size_t rows = jk_tape_rows(tape);
    add_bytes(&text, jk_tape_sha256(tape), 64);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        jk_column column = (jk_column)c;
        size_t size = jk_schema_column(column)->type == JK_TYPE_TEXT ? jk_tape_text_width(tape, column)
                                                                     : jk_schema_element_size(column);
        size = size > 0 ? size : 1;
        char *values = calloc(rows + 1, size);
        assert_non_null(values);
        if (!jk_tape_is_absent(tape, column)) {
            assert_int_equal(jk_tape_read(tape, column, 0, rows, values, &error), JK_OK);
            add_bytes(&text, values, rows * size);
        }
        free(values);
        size_t count = 0;
        const char *const *words = jk_tape_dictionary(tape, column, &count);
        for (size_t i = 0; i < count; i++) {
            add_bytes(&text, words[i], strlen(words[i]) + 1);
        }
    }
    jk_tape_close(tape);
    return text;
}

/* ---- rows that cannot be read ------------------------------------------------------------------------------- */

#define HEADER "claim_id,debtor_id,country,product,currency,written_off_on,principal\n"

static uint64_t rejected(const jk_import_summary *summary, jk_reject_reason reason) {
    return summary->rejected[reason].rows;
}

static jk_import_summary *import_text(const char *text, size_t length) {
    write_bytes("t.csv", text, length);
    const char *sources[] = {path("t.csv")};
    jk_import_options options = options_for(sources, 1);
    jk_import_summary *summary = NULL;
    jk_error error = {0};
    jk_status status = jk_import(&options, NULL, &summary, &error);
    if (status != JK_OK) {
        print_error("%s\n", error.message);
    }
    assert_int_equal(status, JK_OK);
    return summary;
}

static void bad_rows_are_told_apart(void **state) {
    (void)state;
    static const char text[] = "\xef\xbb\xbf" HEADER "1,,FI,,EUR,2020-01-01,5\r\n"
                               "\r\n"
                               "2,\"a\nb\",FI,\"x\"\"y\",EUR,2020-01-01,\"6\"\n"
                               "3,,FI,\"x\"y,EUR,2020-01-01\n"
                               "4,,F\0I,,EUR,2020-01-01,7\n"
                               "5,\xe4\xe4,FI,,EUR,2020-01-01,7\n"
                               "6,,FI,,EUR,2020-01-01\n"
                               "7,,FI,,EUR,2020-01-01,7,8\n"
                               "8,,FI,5\" nail,EUR,2020-01-01,7\n"
                               "9,,FI,,EUR,2020-01-01,0\n"
                               "1,,FI,,EUR,2020-01-01,5\n"
                               "12,,FI,\"lone,EUR,2020-01-01,9\n"
                               "13,,FI,\"an \"inner\" one\",EUR,2020-01-01,10\n"
                               "10,,FI,\"never closed,EUR,2020-01-01\n"
                               "11,,FI,,EUR,2020-01-01,8";
    jk_import_summary *summary = import_text(text, sizeof text - 1);
    assert_int_equal(summary->rows_read, 14);
    assert_int_equal(summary->rows_accepted, 6); /* 1, 2, 8, 11, and 12 and 13, whose quotes do not fit */
    assert_int_equal(summary->accepted.sums[0].balance, 500 + 600 + 700 + 800 + 900 + 1000);
    assert_int_equal(rejected(summary, JK_REJECT_BAD_QUOTES), 1);
    assert_int_equal(rejected(summary, JK_REJECT_NUL_BYTE), 1);
    assert_int_equal(rejected(summary, JK_REJECT_INVALID_TEXT), 1);
    assert_int_equal(rejected(summary, JK_REJECT_FIELD_COUNT), 2);
    assert_int_equal(rejected(summary, JK_REJECT_NOT_POSITIVE), 1);
    assert_int_equal(rejected(summary, JK_REJECT_DUPLICATE), 1);
    assert_int_equal(rejected(summary, JK_REJECT_UNCLOSED_QUOTE), 1);
    jk_import_summary_free(summary);
    size_t length = 0;
    char *bad = read_bytes("bad.csv", &length);
    assert_non_null(bad);
    /* physical lines: the header is 1, the quoted line break counts */
    static const char *const lines[] = {"\n6,\"\",",
                                        "\n7,\"\",",
                                        "\n8,\"5\",debtor_id,\"\\xe4\\xe4\",invalid_text,",
                                        "\n9,",
                                        "\n10,",
                                        "\n12,\"9\",",
                                        "\n13,\"1\",claim_id,\"1\",duplicate,",
                                        "\n16,\"\",,\"10,,FI,\"\"never closed"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (strstr(bad, lines[i]) == NULL) {
            print_error("not in the rejects: %s\n%s\n", lines[i], bad);
        }
        assert_non_null(strstr(bad, lines[i]));
    }
    free(bad);
}

static void header_only_and_odd_headers(void **state) {
    (void)state;
    jk_import_summary *summary = import_text(HEADER, sizeof HEADER - 2); /* without its line end */
    assert_int_equal(summary->rows_read, 0);
    assert_int_equal(summary->debtors, 0);
    jk_import_summary_free(summary);
    static const char twice[] = "claim_id,claim_id,country,written_off_on,principal\n";
    static const char unknown_twice[] = "claim_id,x,x,country,written_off_on,principal\n1,,,FI,2020-01-01,1\n";
    write_bytes("t.csv", twice, sizeof twice - 1);
    const char *sources[] = {path("t.csv")};
    jk_import_options options = options_for(sources, 1);
    jk_error error = {0};
    assert_int_equal(jk_import(&options, NULL, NULL, &error), JK_ERROR_DATA);
    assert_string_equal(error.key, "claim_id");
    assert_int_equal(error.line, 1);
    summary = import_text(unknown_twice, sizeof unknown_twice - 1);
    assert_int_equal(summary->rows_accepted, 1);
    assert_int_equal(summary->unused_count, 2);
    jk_import_summary_free(summary);
}

/* ---- threads and windows ------------------------------------------------------------------------------------ */

/* A tape with everything that cutting into chunks can get wrong, among it rows longer than a window and a quote that
 * nobody closes with more than 1 MiB behind it. */
static text_buffer difficult_tape(void) {
    text_buffer text = {0};
    uint64_t seed = 5;
    add_bytes(&text, HEADER, sizeof HEADER - 1);
    for (int i = 0; i < 9000; i++) {
        char row[400];
        static const char *const products[] = {"",           "loan",     "\"a,b\"", "\"two\nlines\"",
                                               "\"q\"\"q\"", "5\" nail", "\"x\"y"};
        int length =
            snprintf(row, sizeof row, "C%u,D%u,%s,%s,EUR,20%02u-01-01,%u%s", next_random(&seed) % 100000,
                     next_random(&seed) % 3000, next_random(&seed) % 50 ? "FI" : "xx", products[next_random(&seed) % 7],
                     next_random(&seed) % 27, next_random(&seed) % 5000, next_random(&seed) % 9 ? "\n" : "\r\n");
        add_bytes(&text, row, (size_t)length);
        if (i == 3000) { /* a line without end, then a quote without end */
            char *filler = malloc(1300000);
            assert_non_null(filler);
            memset(filler, 'z', 1300000);
            add_bytes(&text, filler, 1300000);
            add_bytes(&text, "\nopen,\"quote,FI,,EUR,2020-01-01,5\n", 34);
            for (int k = 0; k < 40000; k++) {
                length = snprintf(row, sizeof row, "E%d,,FI,,EUR,2020-01-01,5\n", k);
                add_bytes(&text, row, (size_t)length);
            }
            free(filler);
        }
    }
    add_bytes(&text, "end,\"never", 10);
    return text;
}

static void threads_and_windows_do_not_show(void **state) {
    (void)state;
    text_buffer tape = difficult_tape();
    write_bytes("d.csv", tape.bytes, tape.length);
    const char *sources[] = {path("d.csv")};
    static const struct {
        int threads;
        size_t window;
    } cases[] = {{1, 0}, {2, 0}, {7, 0}, {2, 4096}, {7, 70000}, {3, 1000}};
    text_buffer first = {0};
    char *first_bad = NULL;
    size_t first_bad_length = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_import_options options = options_for(sources, 1);
        options.window_bytes = cases[i].window;
        options.cutoff = jk_date_from_civil(2026, 6, 30);
        jk_run run = {.threads = cases[i].threads};
        jk_import_summary *summary = NULL;
        jk_error error = {0};
        assert_int_equal(jk_import(&options, &run, &summary, &error), JK_OK);
        assert_int_equal(rejected(summary, JK_REJECT_ROW_TOO_LONG), 1);
        assert_int_equal(rejected(summary, JK_REJECT_UNCLOSED_QUOTE), 1); /* the last; the other is of a whole row */
        assert_true(summary->rows_accepted > 40000);
        jk_import_summary_free(summary);
        text_buffer now = store_text();
        size_t bad_length = 0;
        char *bad = read_bytes("bad.csv", &bad_length);
        if (i == 0) {
            first = now;
            first_bad = bad;
            first_bad_length = bad_length;
            continue;
        }
        assert_int_equal(now.length, first.length);
        assert_memory_equal(now.bytes, first.bytes, first.length);
        assert_int_equal(bad_length, first_bad_length);
        assert_memory_equal(bad, first_bad, bad_length);
        free(now.bytes);
        free(bad);
    }
    free(first.bytes);
    free(first_bad);
    free(tape.bytes);
}

static void several_tapes_are_one(void **state) {
    (void)state;
    static const char first[] = HEADER "1,A,FI,loan,EUR,2020-01-01,5\n2,B,SE,card,SEK,2020-01-01,5\n";
    static const char second[] =
        "principal;written_off_on;country;claim_id;debtor_id\n7;2021-01-01;NO;3;A\n8;2021-01-01;NO;1;\n";
    write_bytes("a.csv", first, sizeof first - 1);
    write_bytes("b.csv", second, sizeof second - 1);
    const char *sources[] = {path("a.csv"), path("b.csv")};
    jk_import_options options = options_for(sources, 2);
    jk_import_summary *summary = NULL;
    jk_error error = {0};
    assert_int_equal(jk_import(&options, NULL, &summary, &error), JK_OK);
    assert_int_equal(summary->rows_accepted, 3);
    assert_int_equal(summary->debtors, 2);
    assert_int_equal(rejected(summary, JK_REJECT_DUPLICATE), 1);
    jk_import_summary_free(summary);
    jk_tape *tape = NULL;
    assert_int_equal(jk_tape_open(path("T.h5"), &tape, &error), JK_OK);
    int32_t debtors[3];
    int32_t products[3];
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, 0, 3, debtors, &error), JK_OK);
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_PRODUCT, 0, 3, products, &error), JK_OK);
    assert_int_equal(debtors[2], 0);
    assert_int_equal(products[2], JK_MISSING_INDEX);
    jk_tape_close(tape);
}

static int stop_at_once(void *context, const char *stage, uint64_t done, uint64_t total) {
    (void)context;
    (void)stage;
    (void)done;
    (void)total;
    return 1;
}

static size_t count_files(void) {
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(entries);
    return count;
}

/* A tape through a slow pipe would be needed to be sure that the callback is asked; a long one is enough. */
static void an_interrupted_import_leaves_nothing(void **state) {
    (void)state;
    text_buffer text = {0};
    add_bytes(&text, HEADER, sizeof HEADER - 1);
    for (int i = 0; i < 400000; i++) {
        char row[64];
        add_bytes(&text, row, (size_t)snprintf(row, sizeof row, "%d,,FI,,EUR,2020-01-01,5\n", i));
    }
    write_bytes("long.csv", text.bytes, text.length);
    free(text.bytes);
    (void)unlink(path("T.h5"));
    (void)unlink(path("bad.csv"));
    size_t before = count_files();
    const char *sources[] = {path("long.csv")};
    jk_import_options options = options_for(sources, 1);
    options.window_bytes = 4096;
    jk_run run = {.threads = 2, .progress = stop_at_once};
    jk_error error = {0};
    jk_status status = jk_import(&options, &run, NULL, &error);
    if (status == JK_OK) {
        return; /* done before the first report was due */
    }
    assert_int_equal(status, JK_ERROR_INTERRUPTED);
    assert_int_equal(count_files(), before);
}

/* ---- mutations ---------------------------------------------------------------------------------------------- */

static void mutate(char *bytes, size_t *length, size_t capacity, uint64_t *seed) {
    static const char interesting[] = "\"\"\n\r,;\t\0-.0123456789\xff\xc3'{}[]:&*!%";
    for (uint32_t count = 1 + next_random(seed) % 6; count > 0; count--) {
        size_t at = *length > 0 ? next_random(seed) % *length : 0;
        switch (next_random(seed) % 5) {
        case 0:
            *length = at;
            break;
        case 1: /* a run of bytes once more */
            if (*length + 20 < capacity && at + 20 < *length) {
                memmove(bytes + at + 20, bytes + at, *length - at);
                *length += 20;
            }
            break;
        case 2:
            if (at + 7 < *length) {
                memmove(bytes + at, bytes + at + 7, *length - at - 7);
                *length -= 7;
            }
            break;
        default:
            if (*length > 0) {
                bytes[at] = interesting[next_random(seed) % (sizeof interesting - 1)];
            }
            break;
        }
    }
}

enum { MUTATIONS = 600, MUTANT_MAX = 8192 };

static void import_mutant(const char *name, const char *mapping, const char *other) {
    (void)unlink(path("T.h5"));
    const char *sources[] = {path(name), other != NULL ? path(other) : NULL};
    jk_import_options options = options_for(sources, other != NULL ? 2 : 1);
    options.mapping = mapping != NULL ? path(mapping) : NULL;
    jk_run run = {.threads = 1};
    jk_import_summary *summary = NULL;
    jk_error error = {0};
    jk_status status = jk_import(&options, &run, &summary, &error);
    if (status == JK_OK) {
        assert_int_equal(summary->rows_read, summary->rows_accepted + summary->rows_rejected + summary->rows_left_out);
        jk_tape *tape = NULL;
        assert_int_equal(jk_tape_open(path("T.h5"), &tape, &error), JK_OK);
        assert_int_equal(jk_tape_rows(tape), summary->rows_accepted);
        jk_tape_close(tape);
    } else {
        assert_int_not_equal(status, JK_ERROR_INTERNAL);
        assert_int_not_equal(error.message[0], '\0');
        assert_int_not_equal(access(path("T.h5"), F_OK), 0);
    }
    jk_import_summary_free(summary);
}

static const char good_tape[] =
    HEADER "1,A,FI,loan,EUR,2020-01-01,5.50\n2,\"B, b\",SE,\"ca\"\"rd\",SEK,2020-01-01,5\n"
           "3,,NO,,,2019-12-31,123456.789\n4,\"\xc3\xa4\",NO,\"two\nlines\",,2019-12-31,1\n";

static void mutated_tapes_are_survived(void **state) {
    (void)state;
    uint64_t seed = 17;
    for (int i = 0; i < cases_of(MUTATIONS); i++) {
        char bytes[MUTANT_MAX];
        size_t length = sizeof good_tape - 1;
        memcpy(bytes, good_tape, length);
        mutate(bytes, &length, sizeof bytes, &seed);
        write_bytes("mutant.csv", bytes, length);
        import_mutant("mutant.csv", NULL, NULL);
    }
}

static void mutated_gzip_is_survived(void **state) {
    (void)state;
    char packed[MUTANT_MAX];
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)good_tape;
    stream.avail_in = sizeof good_tape - 1;
    stream.next_out = (unsigned char *)packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = stream.total_out;
    (void)deflateEnd(&stream);
    write_bytes("good.csv.gz", packed, size);
    import_mutant("good.csv.gz", NULL, NULL);
    assert_int_equal(access(path("T.h5"), F_OK), 0);
    uint64_t seed = 23;
    for (int i = 0; i < cases_of(MUTATIONS / 2); i++) {
        char bytes[MUTANT_MAX];
        size_t length = size;
        memcpy(bytes, packed, size);
        mutate(bytes, &length, sizeof bytes, &seed);
        write_bytes("mutant.csv.gz", bytes, length);
        import_mutant("mutant.csv.gz", NULL, NULL);
    }
}

static const char good_mapping[] =
    "name: test\nseparator: \",\"\nencoding: UTF-8\ndecimal: \".\"\nthousands: \"'\"\ndate_format: \"%Y-%m-%d\"\n"
    "missing: [x, \"-\"]\ncutoff: {constant: 2026-01-01}\nsources:\n  a:\n    recognised_by: [principal]\n  b:\n"
    "    optional: true\n    recognised_by: [extra]\n    key: id\n    joined_by: claim_id\ncolumns:\n  claim_id: "
    "claim_id\n"
    "  debtor_id: {column: [owner, debtor_id]}\n  country: {column: country, values: {FI: EE, NO: SE}, otherwise: FI}\n"
    "  currency: {first: [{column: currency}, {constant: EUR}]}\n  written_off_on: {date_plus_months: {date: "
    "written_off_on, "
    "months: {sum: [principal], divide_by: principal, plus: 1}}}\n  principal: {column: principal, minus: [nothing]}\n"
    "  fees: {sum: [principal, principal], unit: cents}\n  birth_year: {year_of: written_off_on}\n"
    "  income_monthly: {source: b, column: extra}\n  product: product\n";

static void mutated_mappings_are_survived(void **state) {
    (void)state;
    static const char joined[] = "id,extra\n1,100\n2,200.5\n2,7\n,1\n3\n";
    write_bytes("good.csv", good_tape, sizeof good_tape - 1);
    write_bytes("joined.csv", joined, sizeof joined - 1);
    write_bytes("good.yaml", good_mapping, sizeof good_mapping - 1);
    import_mutant("good.csv", "good.yaml", "joined.csv");
    assert_int_equal(access(path("T.h5"), F_OK), 0);
    jk_tape *tape = NULL;
    jk_error error = {0};
    int64_t income[4];
    assert_int_equal(jk_tape_open(path("T.h5"), &tape, &error), JK_OK);
    assert_int_equal(jk_tape_rows(tape), 4);
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_INCOME_MONTHLY, 0, 4, income, &error), JK_OK);
    assert_int_equal(income[0], 10000);
    assert_int_equal(income[1], 20050);
    assert_true(income[2] == JK_MISSING_MONEY);
    jk_tape_close(tape);
    uint64_t seed = 29;
    for (int i = 0; i < cases_of(MUTATIONS); i++) {
        char bytes[MUTANT_MAX];
        size_t length = sizeof good_mapping - 1;
        memcpy(bytes, good_mapping, length);
        mutate(bytes, &length, sizeof bytes, &seed);
        write_bytes("mutant.yaml", bytes, length);
        import_mutant("good.csv", "mutant.yaml", "joined.csv");
    }
    for (int i = 0; i < cases_of(MUTATIONS / 4); i++) {
        char bytes[MUTANT_MAX];
        size_t length = sizeof joined - 1;
        memcpy(bytes, joined, length);
        mutate(bytes, &length, sizeof bytes, &seed);
        write_bytes("mutant.csv", bytes, length);
        import_mutant("good.csv", "good.yaml", "mutant.csv");
    }
}

static int make_folder(void **state) {
    (void)state;
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/jalki-test-import-XXXXXX", place);
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    DIR *entries = opendir(folder);
    for (const struct dirent *entry = entries != NULL ? readdir(entries) : NULL; entry != NULL;
         entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            (void)unlink(path(entry->d_name));
        }
    }
    (void)closedir(entries);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_rows_are_told_apart),
        cmocka_unit_test(header_only_and_odd_headers),
        cmocka_unit_test(threads_and_windows_do_not_show),
        cmocka_unit_test(several_tapes_are_one),
        cmocka_unit_test(an_interrupted_import_leaves_nothing),
        cmocka_unit_test(mutated_tapes_are_survived),
        cmocka_unit_test(mutated_gzip_is_survived),
        cmocka_unit_test(mutated_mappings_are_survived),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
