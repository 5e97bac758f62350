/* SPDX-License-Identifier: Apache-2.0 */
/* Text that does something is shown instead; text that is text stays. */
#include "base/text/escape.h"

#include <stdlib.h>
#include <string.h>

#include "base/policy.h"
#include "cmocka_all.h"

static void expect(const char *from, const char *wanted) {
    char out[256];
    assert_string_equal(jk_escape_text(out, sizeof out, from), wanted);
    char *copy = jk_escape_copy(from, false);
    assert_string_equal(copy, wanted);
    free(copy);
    bool same = strcmp(from, wanted) == 0;
    assert_int_equal(jk_escape_changes(from, strlen(from), false), !same);
}

static void test_characters(void **state) {
    (void)state;
    expect("", "");
    expect("plain, text; 100 %", "plain, text; 100 %");
    expect("J\xc3\xa4lki \xe2\x82\xac \xf0\x9f\x92\xb8", "J\xc3\xa4lki \xe2\x82\xac \xf0\x9f\x92\xb8");
    expect("\033]0;title\a", "\\u001b]0;title\\u0007");
    expect("a\nb\tc\rd", "a\\u000ab\\u0009c\\u000dd");
    expect("\x7f", "\\u007f");
    expect("\xc2\x9b"
           "31m",
           "\\u009b31m");
    expect("\x9b"
           "31m",
           "\\x9b31m"); /* a control character to a terminal of Latin-1 */
    expect("\xe2\x80\xae"
           "cod.exe",
           "\\u202ecod.exe");
    expect("\xe2\x81\xa6"
           "x",
           "\\u2066x");
    expect("\xe2\x80\xa8"
           "x",
           "\\u2028x");
    expect("\xef\xbf\xbe\xef\xbf\xbf", "\\ufffe\\uffff"); /* XML has no way to hold them */
    expect("\xc0\x8a", "\\xc0\\x8a");                     /* an overlong end of line */
    expect("\xed\xa0\x80", "\\xed\\xa0\\x80");            /* a surrogate */
    expect("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");   /* beyond the last character */
    expect("cut \xe2\x82", "cut \\xe2\\x82");
}

static void test_cut_where_room_ends(void **state) {
    (void)state;
    char out[8];
    assert_string_equal(jk_escape_text(out, sizeof out, "ab\033c"), "ab");
    assert_string_equal(jk_escape_text(out, sizeof out, "abcdef\xc3\xa4"), "abcdef");
    assert_string_equal(jk_escape_text(out, sizeof out, "a\033c"), "a\\u001b");
}

/* Cut anywhere, pieces make what the whole makes. */
static void test_pieces(void **state) {
    (void)state;
    static const char text[] = "a\xc3\xa4\xe2\x80\xae\xf0\x9f\x92\xb8\033[2J\n\xff\xe2\x82z";
    size_t length = sizeof text - 1;
    char whole[256], pieces[256], from[64];
    size_t wanted = jk_escape(whole, text, length, true, NULL);
    assert_non_null(memchr(whole, '\n', wanted));
    for (size_t cut = 0; cut <= length; cut++) {
        size_t rest = 0, made = jk_escape(pieces, text, cut, true, &rest);
        memcpy(from, text + cut - rest, rest + length - cut);
        made += jk_escape(pieces + made, from, rest + length - cut, true, NULL);
        assert_int_equal(made, wanted);
        assert_memory_equal(pieces, whole, wanted);
    }
}

typedef struct taken {
    char text[4096];
    size_t length, pieces;
} taken;

static void take(void *to, const char *shown, size_t count) {
    taken *self = to;
    memcpy(self->text + self->length, shown, count);
    self->length += count;
    self->pieces++;
}

/* Characters of several bytes at every place about the end of a piece, and one that is cut off at the end of all. */
static void test_long_texts(void **state) {
    (void)state;
    static const char middle[] = "\xf0\x9f\x92\xb8\033\xe2\x80\xae\xff";
    char text[600], whole[sizeof text * JK_ESCAPE_GROWTH];
    for (size_t at = 240; at < 260; at++) {
        taken self = {.length = 0};
        memset(text, 'a', sizeof text);
        memcpy(text + at, middle, sizeof middle - 1);
        memcpy(text + sizeof text - 2, "\xe2\x82", 2);
        const size_t wanted = jk_escape(whole, text, sizeof text, false, NULL);
        jk_escape_pieces(text, sizeof text, false, take, &self);
        assert_true(self.pieces > 1);
        assert_int_equal(self.length, wanted);
        assert_memory_equal(self.text, whole, wanted);
    }
}

static void expect_cell(const char *text, const char *wanted) {
    char out[256];
    char *end = jk_cell_write(out, text, strlen(text));
    assert_true((size_t)(end - out) <= JK_CELL_BYTES(strlen(text)));
    *end = '\0';
    assert_string_equal(out, wanted);
}

static void test_cells(void **state) {
    (void)state;
    expect_cell("", "");
    expect_cell("C0001", "C0001");
    expect_cell("a,b", "\"a,b\"");
    expect_cell("a\"b", "\"a\"\"b\"");
    expect_cell("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"");
    expect_cell("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0");
    expect_cell("-2+3", "'-2+3");
    expect_cell("@SUM(A1)", "'@SUM(A1)");
    expect_cell("\t=1", "'\t=1");
    expect_cell("\r=1", "\"'\\u000d=1\"");
    expect_cell("=", "'=");
    expect_cell("\"=1", "\"\"\"=1\"");
    expect_cell("-5", "-5");
    expect_cell("+358401234567", "+358401234567");
    expect_cell("-1.5e3", "-1.5e3");
    expect_cell("a\033[31mb", "\"a\\u001b[31mb\"");
    expect_cell("=\"\302\233", "\"'=\"\"\\u009b\"");
    jk_policy_set(&(jk_policy){.raw_text = true});
    expect_cell("=1+2", "=1+2");
    expect_cell("a\033[31mb", "a\033[31mb");
    jk_policy_set(&(jk_policy){0});
}

/* Longer than the pieces that are escaped at a time, with characters of two bytes across their ends. */
static void test_long_cell(void **state) {
    (void)state;
    enum { COUNT = 1000 };
    static char text[2 * COUNT + 2], out[JK_CELL_BYTES(sizeof text)];
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(text + 1 + 2 * i, "\xc3\xa4", 2);
    }
    text[0] = '\033';
    size_t length = (size_t)(jk_cell_write(out, text, 2 * COUNT + 1) - out);
    assert_int_equal(length, 2 + 6 + 2 * COUNT);
    assert_memory_equal(out, "\"\\u001b\xc3\xa4", 9);
    assert_memory_equal(out + 7, text + 1, 2 * COUNT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_characters), cmocka_unit_test(test_cut_where_room_ends),
                                       cmocka_unit_test(test_pieces),     cmocka_unit_test(test_long_texts),
                                       cmocka_unit_test(test_cells),      cmocka_unit_test(test_long_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
