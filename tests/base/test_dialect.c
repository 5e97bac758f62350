/* SPDX-License-Identifier: Apache-2.0 */
/* CSV in the languages of spreadsheets: marks and dates by hand, any cut of the text the same, and back again. */
#include "cmocka_all.h"

#include <string.h>

#include "base/text/dialect.h"

static const jk_dialect *named(const char *name) {
    size_t d = 0;
    while (strcmp(jk_dialect_names[d], name) != 0) {
        d++;
    }
    return &jk_dialects[d];
}

static void turned(const char *name, const char *from, const char *expected) {
    size_t length = strlen(from);
    for (size_t cut = 0; cut <= length; cut++) {
        char out[512];
        jk_dialect_text text = {.dialect = named(name)};
        size_t used = jk_dialect_put(&text, from, cut, out);
        used += jk_dialect_put(&text, from + cut, length - cut, out + used);
        used += jk_dialect_end(&text, out + used);
        out[used] = '\0';
        assert_string_equal(out, expected);
    }
    char in_place[512];
    jk_dialect_text text = {.dialect = named(name)};
    (void)strcpy(in_place, from);
    size_t used = jk_dialect_put(&text, in_place, length, in_place);
    used += jk_dialect_end(&text, in_place + used);
    in_place[used] = '\0';
    assert_string_equal(in_place, expected);
}

static void test_languages(void **state) {
    (void)state;
    const char *rows = "id,day,value\nA1,2026-03-05,-1234.50\n\"B,2\",2026-11-30,7\n";
    turned("fi", rows, "id;day;value\nA1;5.3.2026;-1234,50\n\"B,2\";30.11.2026;7\n");
    turned("de", rows, "id;day;value\nA1;05.03.2026;-1234,50\n\"B,2\";30.11.2026;7\n");
    turned("da", rows, "id;day;value\nA1;05.03.2026;-1234,50\n\"B,2\";30.11.2026;7\n");
    turned("sv", rows, "id;day;value\nA1;2026-03-05;-1234,50\n\"B,2\";2026-11-30;7\n");
    turned("en", rows, rows);
}

static void test_cells(void **state) {
    (void)state;
    turned("fi", "1.5e+06,1e5,.5,5.,1.2.3,+1.5,1.5x,-,\n", "1,5e+06;1e5;.5;5.;1.2.3;+1,5;1.5x;-;\n");
    turned("fi", "\"1.5\",\"a \"\"1.5\"\"\",\"1.5\n2.5\",1.5\r\n", "\"1.5\";\"a \"\"1.5\"\"\";\"1.5\n2.5\";1,5\r\n");
    turned("fi", "2026-3-5,2026-03-051,02026-03-05,2026-03-05", "2026-3-5;2026-03-051;02026-03-05;5.3.2026");
    turned("fi", "12345678901234567890123456789012345.5,9.25",
           "12345678901234567890123456789012345.5;9,25"); /* too long for a number of ours */
    turned("fi", "", "");
    assert_true(jk_dialect_would_turn("1.5", 3) && !jk_dialect_would_turn("15", 2) &&
                !jk_dialect_would_turn("a1.5", 4));
}

static void test_back(void **state) {
    (void)state;
    static const char *const cells[] = {"1.5", "-1234.50", "2026-03-05", "2026-11-30", "1.5e-7"};
    for (size_t d = 0; jk_dialect_names[d] != NULL; d++) {
        for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
            char there[64], back[JK_DIALECT_CELL];
            jk_dialect_text text = {.dialect = &jk_dialects[d]};
            size_t used = jk_dialect_put(&text, cells[i], strlen(cells[i]), there), written = 0;
            used += jk_dialect_end(&text, there + used);
            bool other = used != strlen(cells[i]) || memcmp(there, cells[i], used) != 0;
            assert_int_equal(jk_dialect_read(&jk_dialects[d], there, used, back, &written), other);
            if (other) {
                assert_int_equal(written, strlen(cells[i]));
                assert_memory_equal(back, cells[i], written);
            }
        }
    }
    char cell[JK_DIALECT_CELL];
    size_t written = 0;
    static const char *const others[] = {"",       "abc", "1.5",     "1,5,2",      "32",
                                         "5.3.26", "5.3", "5..2026", "105.3.2026", ","};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(jk_dialect_read(named("fi"), others[i], strlen(others[i]), cell, &written));
    }
}

static void test_names_of_files(void **state) {
    (void)state;
    assert_true(jk_dialect_is_csv("a.csv") && jk_dialect_is_csv("a.CSV.gz") && !jk_dialect_is_csv("a.gz") &&
                !jk_dialect_is_csv("csv") && !jk_dialect_is_csv("") && !jk_dialect_is_csv("a.csv.json"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_names_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
