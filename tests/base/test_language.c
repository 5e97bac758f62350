/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of texts: whole, sound as formats, and what comes of figures and dates in each language. */
#include "base/words/language.h"

#include <string.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"

static void the_catalogue_is_sound(void **state) {
    (void)state;
    assert_true(jk_text_count() > 700);
    for (size_t i = 0; i < jk_text_count(); i++) {
        for (int language = 0; language < JK_LANGUAGE_COUNT; language++) {
            const char *words = jk_text_at(i, (jk_language)language);
            assert_true(words[0] != '\0');
            if (!jk_text_sound(i, (jk_language)language)) {
                fail_msg("conversions differ: %s", words);
            }
            if (words[1] != '\0' && words[0] != ',') { /* no space stands before a comma */
                assert_int_equal(words[0] == ' ', jk_text_at(i, JK_ENGLISH)[0] == ' ');
            }
        }
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(jk_text_key(i), jk_text_key(j));
        }
    }
}

static void figures_have_the_marks(void **state) {
    (void)state;
    char text[256];
    jk_language_speak(JK_FINNISH);
    jk_text_format(text, sizeof text, "\n  (principal %s", "1234,50");
    assert_string_equal(text, "\n  (pääoma 1234,50");
    jk_text_format(text, sizeof text, "[%8.3f|%-6s|%6s|%+.1f|%.3s]", -1.5, "\u00e4\u00e4", "\u00f6", 2.0, "abcdef");
    assert_string_equal(text, "[  -1,500|\u00e4\u00e4    |     \u00f6|+2,0|abc]");
    jk_text_format(text, sizeof text, "%d|%u|%zu|%lld|%llu|%ld|%c|%%", -3, 4U, (size_t)5, -6LL, 7ULL, 8L, 'x');
    assert_string_equal(text, "-3|4|5|-6|7|8|x|%");
    jk_language_speak(JK_ESTONIAN); /* names its arguments by place */
    jk_text_format(text, sizeof text, "the treatments take %s agent hours in the first %d months", "12,5", 3);
    assert_string_equal(text, "toimingud v\u00f5tavad esimese 3 kuu jooksul 12,5 menetleja tundi");
    char small[8];
    jk_text_format(small, sizeof small, "%s", "longer than that");
    assert_string_equal(small, "longer ");
    jk_language_end();
}

static void dates_are_those_of_the_language(void **state) {
    (void)state;
    static const char *const wanted[JK_LANGUAGE_COUNT] = {"2026-03-05", "5.3.2026",   "2026-03-05",
                                                          "05.03.2026", "05.03.2026", "05.03.2026"};
    char text[JK_TEXT_DATE];
    for (int language = 0; language < JK_LANGUAGE_COUNT; language++) {
        jk_language_speak((jk_language)language);
        assert_string_equal(jk_text_date(jk_date_from_civil(2026, 3, 5), text), wanted[language]);
    }
    jk_language_end();
}

static void what_is_missing_is_told(void **state) {
    (void)state;
    jk_language_speak(JK_SWEDISH);
    assert_null(jk_text_missed());
    assert_string_equal(jk_text("claims"), "fordringar");
    assert_string_equal(jk_text_if_known("income_monthly"), "m\u00e5nadsinkomst");
    assert_string_equal(jk_text_if_known("mine"), "mine");
    assert_null(jk_text_missed());
    assert_string_equal(jk_text("no such text"), "no such text");
    assert_string_equal(jk_text_missed(), "no such text");
    jk_language_speak(JK_ENGLISH);
    assert_string_equal(jk_text_if_known("income_monthly"), "monthly income");
    jk_language_end();
    assert_string_equal(jk_text_if_known("income_monthly"), "income_monthly");
    assert_string_equal(jk_language_tag(JK_NORWEGIAN), "nb");
    assert_string_equal(jk_text_in(JK_DANISH, "claims"), "fordringer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalogue_is_sound),
        cmocka_unit_test(figures_have_the_marks),
        cmocka_unit_test(dates_are_those_of_the_language),
        cmocka_unit_test(what_is_missing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
