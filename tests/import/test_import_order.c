/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers in order are only noted down, others looked up in a table: duplicates and the numbers of debtors must be
 * the same as those of a search through all rows before, wherever the order breaks. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "jalki/import.h"
#include "jalki/tape.h"

enum { ROWS = 3000 };

static char folder[] = "/tmp/jalki-order-XXXXXX";

static const char *path(const char *name) {
    static char paths[8][256];
    static unsigned next;
    char *text = paths[next++ % 8];
    (void)snprintf(text, sizeof paths[0], "%s/%s", folder, name);
    return text;
}

typedef struct row {
    unsigned claim, debtor; /* debtor 0: none */
    bool good;
} row;

/* Imports the rows through chunks of some 50 rows and compares with what a plain search says. */
static void check(const row *rows, size_t count) {
    const char *source = path("t.csv");
    FILE *file = fopen(source, "wb");
    assert_non_null(file);
    (void)fputs("claim_id,debtor_id,country,written_off_on,principal\n", file);
    for (size_t i = 0; i < count; i++) {
        char debtor[32] = "";
        if (rows[i].debtor > 0) {
            (void)snprintf(debtor, sizeof debtor, "debtor-%06u", rows[i].debtor);
        }
        (void)fprintf(file, "C%05u,%s,FI,2020-01-31,%s\n", rows[i].claim, debtor, rows[i].good ? "10.00" : "ten");
    }
    assert_int_equal(fclose(file), 0);

    int32_t expected[ROWS];
    int32_t debtors = 0;
    size_t accepted = 0;
    size_t duplicates = 0;
    size_t of[ROWS]; /* row of each accepted one */
    for (size_t i = 0; i < count; i++) {
        bool again = false;
        int32_t number = -1;
        for (size_t j = 0; j < accepted; j++) {
            again |= rows[of[j]].claim == rows[i].claim;
            if (rows[i].debtor > 0 && rows[of[j]].debtor == rows[i].debtor) {
                number = expected[j];
            }
        }
        duplicates += rows[i].good && again;
        if (rows[i].good && !again) {
            expected[accepted] = number >= 0 ? number : debtors++;
            of[accepted++] = i;
        }
    }

    jk_import_options options = {.sources = &source,
                                 .source_count = 1,
                                 .output = path("t.h5"),
                                 .rejects = path("bad.csv"),
                                 .max_rejects = ROWS,
                                 .cutoff = 20634,
                                 .window_bytes = 2000};
    jk_run run = {.threads = 2};
    jk_error error = {0};
    jk_import_summary *summary = NULL;
    if (jk_import(&options, &run, &summary, &error) != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        fail_msg("%s", jk_error_text(&error, text, sizeof text));
    }
    assert_int_equal(summary->rows_accepted, accepted);
    assert_int_equal(summary->rejected[JK_REJECT_DUPLICATE].rows, duplicates);
    assert_int_equal(summary->debtors, debtors);
    jk_import_summary_free(summary);
    jk_tape *tape = NULL;
    int32_t found[ROWS];
    assert_int_equal(jk_tape_open(path("t.h5"), &tape, &error), JK_OK);
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, 0, accepted, found, &error), JK_OK);
    assert_memory_equal(found, expected, accepted * sizeof *found);
    jk_tape_close(tape);
}

/* Debtors of a source without the column have numbers too, which nobody can ask for again. */
static void sources_without_debtors(void **state) {
    (void)state;
    static const char *const texts[] = {
        "claim_id,debtor_id,country,written_off_on,principal\nA1,D1,FI,2020-01-31,1.00\nA2,D2,FI,2020-01-31,1.00\n",
        "claim_id,country,written_off_on,principal\nB1,FI,2020-01-31,1.00\nB2,FI,2020-01-31,1.00\n",
        ("claim_id,debtor_id,country,written_off_on,principal\nC1,D2,FI,2020-01-31,1.00\nC2,D3,FI,2020-01-31,1.00\n"
         "C3,D3,FI,2020-01-31,1.00\nC4,D1,FI,2020-01-31,1.00\n")};
    static const int32_t expected[] = {0, 1, 2, 3, 1, 4, 4, 0};
    const char *sources[3];
    for (size_t i = 0; i < 3; i++) {
        const char *names[] = {"t.csv", "u.csv", "v.csv"};
        sources[i] = path(names[i]);
        FILE *file = fopen(sources[i], "wb");
        assert_non_null(file);
        assert_true(fputs(texts[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    jk_import_options options = {.sources = sources, .source_count = 3, .output = path("t.h5"), .cutoff = 20634};
    jk_error error = {0};
    assert_int_equal(jk_import(&options, NULL, NULL, &error), JK_OK);
    jk_tape *tape = NULL;
    int32_t found[8];
    assert_int_equal(jk_tape_open(path("t.h5"), &tape, &error), JK_OK);
    assert_int_equal(jk_tape_rows(tape), 8);
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, 0, 8, found, &error), JK_OK);
    assert_memory_equal(found, expected, sizeof found);
    jk_tape_close(tape);
}

static void fill(row *rows) {
    for (unsigned i = 0; i < ROWS; i++) {
        rows[i] = (row){.claim = i, .debtor = 1 + i / 3, .good = true};
    }
}

static void in_order(void **state) {
    (void)state;
    row rows[ROWS];
    fill(rows);
    check(rows, ROWS);
    for (size_t i = 0; i < ROWS; i += 7) { /* bad rows have no place in the order */
        rows[i] = (row){.claim = 5, .debtor = 1, .good = false};
    }
    check(rows, ROWS);
}

/* The order breaks in the middle of a chunk, between chunks, at the very end; for claims or for debtors. */
static void order_breaks(void **state) {
    (void)state;
    static const size_t places[] = {1, 2, 40, 333, 1500, 1501, 1555, ROWS - 1};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        row rows[ROWS];
        fill(rows);
        rows[places[i]].claim = 0; /* as the first row */
        check(rows, ROWS);
        fill(rows);
        rows[places[i]].debtor = 1 + (unsigned)places[i] / 2; /* before or after its place */
        check(rows, ROWS);
        fill(rows);
        rows[places[i]].debtor = 0;
        check(rows, ROWS);
    }
}

/* The row after the last of a chunk repeats it: no order, although nothing goes down. */
static void repeats_across_chunks(void **state) {
    (void)state;
    row rows[ROWS];
    fill(rows);
    for (size_t i = 1; i < ROWS; i += 11) {
        rows[i].claim = rows[i - 1].claim;
    }
    check(rows, ROWS);
}

static void no_order(void **state) {
    (void)state;
    row rows[ROWS];
    for (unsigned i = 0; i < ROWS; i++) {
        rows[i] = (row){.claim = i * 7919 % 2500, .debtor = i * 613 % 700, .good = i % 13 != 0};
    }
    check(rows, ROWS);
}

static int set_up(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state) {
    (void)state;
    (void)unlink(path("t.csv"));
    (void)unlink(path("u.csv"));
    (void)unlink(path("v.csv"));
    (void)unlink(path("t.h5"));
    (void)unlink(path("bad.csv"));
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_order), cmocka_unit_test(order_breaks),
                                       cmocka_unit_test(repeats_across_chunks), cmocka_unit_test(no_order),
                                       cmocka_unit_test(sources_without_debtors)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
