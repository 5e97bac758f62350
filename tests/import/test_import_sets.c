/* SPDX-License-Identifier: Apache-2.0 */
/* Instruction sets read cells in different ways - one by one, or sixteen at once. Whatever stands in a cell, all of
 * them must make the same store, reject the same rows for the same reasons, and name the same values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lanes/isa.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "jalki/import.h"

static char folder[] = "/tmp/jalki-sets-XXXXXX";

static const char *path(const char *name) {
    static char paths[8][256];
    static unsigned next;
    char *text = paths[next++ % 8];
    (void)snprintf(text, sizeof paths[0], "%s/%s", folder, name);
    return text;
}

static char *read_all(const char *name, size_t *length) {
    FILE *file = fopen(path(name), "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    bytes[*length] = '\0';
    (void)fclose(file);
    return bytes;
}

/* ---- cells ------------------------------------------------------------------------------------------------- */

static uint64_t counter;

static uint32_t any(uint32_t below) {
    return jk_philox(11, 0, counter++).word[0] % below;
}

static void put_digits(char *cell, size_t count) {
    size_t length = strlen(cell);
    for (size_t i = 0; i < count; i++) {
        cell[length + i] = (char)('0' + any(10));
    }
    cell[length + count] = '\0';
}

/* Now and then one byte becomes another one, or spaces stand around. */
static void spoil(char *cell) {
    static const char bytes[] = "/:;.-+ 0159aE\x01\x7f\xc3";
    size_t length = strlen(cell);
    if (length > 0 && any(6) == 0) {
        cell[any((uint32_t)length)] = bytes[any(sizeof bytes - 1)];
    }
    if (any(20) == 0) {
        memmove(cell + 1, cell, length + 1);
        cell[0] = ' ';
    }
}

static void make_date(char *cell) {
    static const unsigned years[] = {0, 1, 1899, 1900, 1904, 1996, 1999, 2000, 2001, 2024, 2100, 2155, 2156, 9999};
    unsigned year = any(3) == 0 ? years[any(sizeof years / sizeof years[0])] : 1990 + any(36);
    unsigned day = any(3) == 0 ? 27 + any(6) : any(33);
    (void)sprintf(cell, any(30) == 0 ? "%u-%u-%u" : "%04u-%02u-%02u", year, any(14), day);
}

static void make_money(char *cell) {
    cell[0] = '\0';
    put_digits(cell, any(4) == 0 ? any(12) : 1 + any(5));
    uint32_t form = any(12);
    if (form != 0) {
        strcat(cell, ".");
        put_digits(cell, form == 1 ? any(5) : 2);
    }
}

static void make_integer(char *cell, uint32_t low, uint32_t span) {
    if (any(4) == 0) {
        cell[0] = '\0';
        put_digits(cell, any(11));
    } else {
        (void)sprintf(cell, any(20) == 0 ? "%08u" : "%u", low + any(span));
    }
}

static void write_tape(size_t rows) {
    FILE *file = fopen(path("t.csv"), "wb");
    assert_non_null(file);
    (void)fputs(
        "claim_id,country,written_off_on,principal,birth_year,dependants,payments_12m,last_paid_on,income_monthly,"
        "interest_rate,product\n",
        file);
    for (size_t row = 0; row < rows; row++) {
        char cell[8][64] = {"2020-05-17", "1000.00"};
        /* the required two are good in most rows, so that the others are looked at too */
        if (any(4) == 0) {
            make_date(cell[0]);
            spoil(cell[0]);
        }
        if (any(4) == 0) {
            make_money(cell[1]);
            spoil(cell[1]);
        }
        make_integer(cell[2], 1840, 200);
        make_integer(cell[3], 0, 22);
        make_money(cell[4]);
        make_date(cell[5]);
        make_money(cell[6]);
        (void)sprintf(cell[7], "0.%u", any(20000));
        for (size_t i = 2; i < 8; i++) {
            if (any(3) == 0) {
                cell[i][0] = '\0';
            } else if (any(8) == 0) {
                spoil(cell[i]);
            } else if (any(3) != 0) { /* rows that are accepted */
                static const char *const good[] = {"1970", "2", "12.50", "2021-01-31", "0.00", "0.0825"};
                strcpy(cell[i], good[i - 2]);
            }
        }
        /* identifiers of all lengths; some are there twice, some not in order */
        (void)fprintf(file, "C%0*zu,FI,%s,%s,%s,%s,%s,%s,%s,%s,product %u\n", (int)(row % 7 == 0 ? any(30) : 8),
                      row % 11 == 0 ? row / 2 : row, cell[0], cell[1], cell[2], cell[3], cell[4], cell[5], cell[6],
                      cell[7], any(30));
    }
    assert_int_equal(fclose(file), 0);
}

/* ---- imports ----------------------------------------------------------------------------------------------- */

typedef struct imported {
    char *store, *rejects;
    size_t store_length, rejects_length;
    unsigned long long accepted, rejected;
} imported;

static imported import_with(jk_isa isa, size_t window) {
    const char *source = path("t.csv");
    jk_import_options options = {.sources = &source,
                                 .source_count = 1,
                                 .output = path("t.h5"),
                                 .rejects = path("bad.csv"),
                                 .max_rejects = 100,
                                 .max_rejects_is_share = 1,
                                 .cutoff = 20634, /* 2026-06-30 */
                                 .window_bytes = window};
    jk_run run = {.threads = 2};
    jk_error error = {0};
    jk_import_summary *summary = NULL;
    assert_int_equal(setenv("JALKI_ISA", jk_isa_name(isa), 1), 0);
    if (jk_import(&options, &run, &summary, &error) != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        fail_msg("%s", jk_error_text(&error, text, sizeof text));
    }
    imported result = {.accepted = summary->rows_accepted, .rejected = summary->rows_rejected};
    jk_import_summary_free(summary);
    result.store = read_all("t.h5", &result.store_length);
    result.rejects = read_all("bad.csv", &result.rejects_length);
    return result;
}

static void all_sets_read_alike(void **state) {
    (void)state;
    const size_t windows[] = {0, 5000};
    write_tape(30000);
    imported first = import_with(JK_ISA_BASE, 0);
    assert_true(first.accepted > 3000);
    assert_true(first.rejected > 3000);
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        for (size_t w = 0; w < 2; w++) {
            if (!jk_isa_runs((jk_isa)isa)) {
                print_message("skipped: this machine has no %s\n", jk_isa_name((jk_isa)isa));
                continue;
            }
            imported other = import_with((jk_isa)isa, windows[w]);
            assert_int_equal(other.rejects_length, first.rejects_length);
            assert_memory_equal(other.rejects, first.rejects, first.rejects_length);
            assert_int_equal(other.store_length, first.store_length);
            assert_memory_equal(other.store, first.store, first.store_length);
            free(other.store);
            free(other.rejects);
        }
    }
    free(first.store);
    free(first.rejects);
}

static int set_up(void **state) {
    (void)state;
    (void)setenv("SOURCE_DATE_EPOCH", "1", 1);
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state) {
    (void)state;
    (void)unlink(path("t.csv"));
    (void)unlink(path("t.h5"));
    (void)unlink(path("bad.csv"));
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_sets_read_alike)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
