/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cmocka_all.h"

static bool integer(const char *text, int64_t *value) {
    return jk_text_to_integer(text, strlen(text), value);
}

static bool real(const char *text, double *value) {
    return jk_text_to_real(text, strlen(text), value);
}

static void integers_are_read_strictly(void **state) {
    (void)state;
    int64_t value = 0;
    assert_true(integer("-9223372036854775808", &value) && value == INT64_MIN);
    assert_true(integer("9223372036854775807", &value) && value == INT64_MAX);
    assert_true(integer("+07", &value) && value == 7);
    static const char *const bad[] = {"", "-", "+", "1.0", " 1", "1 ", "0x10", "9223372036854775808", "1e3", "--1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(integer(bad[i], &value));
    }
}

static void reals_are_read_strictly(void **state) {
    (void)state;
    double value = 0.0;
    assert_true(real("0.1", &value) && value == 0.1);
    assert_true(real("-1.5e-3", &value) && value == -1.5e-3);
    assert_true(real(".5", &value) && value == 0.5);
    assert_true(real("5.", &value) && value == 5.0);
    static const char *const bad[] = {"",    ".",     "-",   "e5", "1e", "1e+",  "inf",
                                      "nan", "0x1p3", "1,5", " 1", "1 ", "1e999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(real(bad[i], &value));
    }
}

static void the_nearest_name_is_a_slip_away_or_none(void **state) {
    (void)state;
    static const char *const names[] = {"principal", "claim_id", "fees"};
    assert_int_equal(jk_text_nearest("Principle", names, 3), 0);
    assert_int_equal(jk_text_nearest("claimid", names, 3), 1);
    assert_int_equal(jk_text_nearest("fee", names, 3), 2);
    assert_int_equal(jk_text_nearest("country", names, 3), -1);
    char endless[1000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(jk_text_nearest(endless, names, 3), -1);
}

/* Refused memory at each step: the whole text, or none and false. The C library's own streams say nothing then. */
static void text_in_memory_is_whole_or_none(void **state) {
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *stream = jk_text_open(&text, &length);
    assert_non_null(stream);
    assert_true(fprintf(stream, "%d words", 2) > 0);
    assert_true(jk_text_close(stream, &text));
    assert_string_equal(text, "2 words");
    free(text);
#if !defined(__SANITIZE_ADDRESS__)
    enum { MEGABYTES = 64, PIECE = 1 << 20 };
    char *piece = calloc(1, PIECE);
    struct rlimit before;
    stream = jk_text_open(&text, &length);
    assert_true(stream != NULL && piece != NULL && getrlimit(RLIMIT_AS, &before) == 0);
    struct rlimit none = {1, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    for (int i = 0; i < MEGABYTES; i++) {
        (void)fwrite(piece, 1, PIECE, stream);
    }
    bool whole = jk_text_close(stream, &text);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_false(whole);
    assert_null(text);
    free(piece);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read_strictly),
        cmocka_unit_test(reals_are_read_strictly),
        cmocka_unit_test(the_nearest_name_is_a_slip_away_or_none),
        cmocka_unit_test(text_in_memory_is_whole_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
