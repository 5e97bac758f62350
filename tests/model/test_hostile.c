/* SPDX-License-Identifier: Apache-2.0 */
/* Files that mean harm or are damaged: thousands of mutations of a good file, bombs, and limits. None may crash, hang
 * or take much memory; each ends in a model or in an error that says where. Run under sanitizers by CI. */
#include "cmocka_all.h"

#include "base/number/random.h"
#include "model_files.h"

enum { MUTATIONS = 4000, TEXT_ROOM = 1 << 16 };

static uint32_t draw(uint64_t mutation, uint64_t index, uint32_t below) {
    return (uint32_t)((uint64_t)jk_philox(20260630, mutation, index).word[0] * below >> 32);
}

/* Pieces of YAML that change what the text around them means. */
static const char *const pieces[] = {
    "null",
    "~",
    "true",
    "-1",
    "1e400",
    "1e308",
    ".nan",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "#",
    "&a ",
    "*a",
    "*curves",
    "!!str ",
    "? ",
    "|\n",
    ">\n",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\t",
    "\r\n",
    "\xef\xbb\xbf",
    "\xff",
    "\x01",
    "\xc2\x85",
    "\xe2\x80\xa8",
    "<<: *curves",
    "99999999999999999999",
    "0",
    "0.5",
    "600",
    "include: [example.yaml]\n",
    "include: [/dev/zero]\n",
    "country: [NO]",
};

static size_t mutate(char *text, size_t length, uint64_t mutation) {
    uint32_t edits = 1 + draw(mutation, 0, 4);
    for (uint32_t e = 0; e < edits && length > 0; e++) {
        uint64_t at = 1 + (uint64_t)e * 8;
        size_t place = draw(mutation, at, (uint32_t)length);
        uint32_t kind = draw(mutation, at + 1, 6);
        size_t span = 1 + draw(mutation, at + 2, 24);
        span = span < length - place ? span : length - place;
        if (kind == 0) {
            text[place] = (char)(text[place] ^ (1 << draw(mutation, at + 3, 8)));
        } else if (kind == 1) {
            memmove(text + place, text + place + span, length - place - span);
            length -= span;
        } else if (kind == 2) {
            length = place; /* cut short */
        } else if (kind == 3 && length + span < TEXT_ROOM) {
            memmove(text + place + span, text + place, length - place); /* said twice */
            length += span;
        } else {
            const char *piece = pieces[draw(mutation, at + 3, sizeof pieces / sizeof pieces[0])];
            size_t size = strlen(piece);
            size_t taken = kind == 4 ? 0 : span;
            if (length + size < TEXT_ROOM) {
                memmove(text + place + size, text + place + taken, length - place - taken);
                memcpy(text + place, piece, size);
                length += size - taken;
            }
        }
    }
    return length;
}

static void assert_model_or_error(const char *text, size_t length) {
    jk_model *model = NULL;
    jk_error error = {0};
    jk_status status = load_text(text, length, &model, &error);
    if (status == JK_OK) {
        assert_non_null(model);
        assert_true(model->segment_count > 0 && model->epoch_count > 0 && model->jurisdiction_count > 0);
    } else {
        assert_null(model);
        assert_true(status == JK_ERROR_MODEL || status == JK_ERROR_IO);
        assert_int_equal(error.status, status);
        assert_true(error.message[0] != '\0' && error.file[0] != '\0');
    }
    jk_model_free(model);
}

static void mutations_never_crash(void **state) {
    (void)state;
    char *good = example_text();
    size_t length = strlen(good);
    char *text = malloc(TEXT_ROOM);
    for (uint64_t i = 0; i < MUTATIONS; i++) {
        memcpy(text, good, length);
        assert_model_or_error(text, mutate(text, length, i));
    }
    free(text);
    free(good);
}

static void every_truncation_is_an_error(void **state) {
    (void)state;
    char *good = example_text();
    const char *origin = strstr(good, "\nrisk:"); /* what comes last is optional */
    assert_non_null(origin);
    size_t length = (size_t)(origin - good);
    for (size_t i = 0; i + 200 < length; i += 17) {
        jk_model *model = NULL;
        jk_error error = {0};
        assert_int_equal(load_text(good, i, &model, &error), JK_ERROR_MODEL);
        assert_null(model);
    }
    free(good);
}

static void noise_never_crashes(void **state) {
    (void)state;
    static const char marks[] = "[]{}:,-#&*!|>'\"%@`\n \tab01.";
    char text[512];
    for (uint64_t i = 0; i < 500; i++) {
        size_t length = draw(i, 1, sizeof text);
        for (size_t j = 0; j < length; j++) {
            uint32_t byte = draw(i, 2 + j, 256);
            text[j] = i % 2 == 0 ? (char)byte : marks[byte % (sizeof marks - 1)];
        }
        assert_model_or_error(text, length);
    }
}

static void assert_refused(const char *text, size_t length, const char *message) {
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_text(text, length, &model, &error), JK_ERROR_MODEL);
    assert_string_equal(error.message, message);
}

/* Nine levels of ten aliases each stand for a billion values in a few hundred bytes. */
static void a_bomb_of_aliases_is_refused(void **state) {
    (void)state;
    char text[4096];
    int length = snprintf(text, sizeof text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++) {
            length += snprintf(text + length, sizeof text - (size_t)length, "%s*a%d", j > 0 ? ", " : "", i - 1);
        }
        length += snprintf(text + length, sizeof text - (size_t)length, "]\n");
    }
    assert_refused(text, (size_t)length, "too many values (aliases count as if written out), expected at most 1048576");
}

static char *repeat(const char *piece, size_t times, size_t *length) {
    size_t size = strlen(piece);
    char *text = malloc(size * times + 1);
    for (size_t i = 0; i < times; i++) {
        memcpy(text + i * size, piece, size);
    }
    *length = size * times;
    return text;
}

static void deep_nesting_is_refused(void **state) {
    (void)state;
    size_t length = 0;
    char *lists = repeat("[", 100000, &length);
    assert_refused(lists, length, "lists and maps nest too deeply, expected at most 32 levels");
    free(lists);
    char *maps = repeat("{a: ", 100000, &length);
    assert_refused(maps, length, "lists and maps nest too deeply, expected at most 32 levels");
    free(maps);
}

static void more_values_than_the_limit_are_refused(void **state) {
    (void)state;
    size_t length = 0;
    char *text = repeat("- 1\n", (1 << 20) + 8, &length);
    assert_refused(text, length, "too many values (aliases count as if written out), expected at most 1048576");
    free(text);
}

static void a_file_over_the_limit_is_refused(void **state) {
    (void)state;
    size_t length = 0;
    char *text = repeat("# sixteen bytes\n", (1 << 20) + 1, &length);
    assert_refused(text, length, "too large, expected at most 16 MiB with all that it includes");
    free(text);
}

/* Distinct keys by the hundred thousand: the look for duplicates may not take quadratic time. */
static void many_keys_are_read_in_time(void **state) {
    (void)state;
    enum { KEYS = 100000, KEY_BYTES = 16 };
    char *text = malloc((size_t)KEYS * KEY_BYTES);
    size_t length = 0;
    for (int i = 0; i < KEYS; i++) {
        length += (size_t)snprintf(text + length, KEY_BYTES, "k%d: 1\n", i);
    }
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_text(text, length, &model, &error), JK_ERROR_MODEL);
    assert_string_equal(error.key, "k0");
    free(text);
}

static void control_characters_do_not_reach_messages(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_edited(&model, &error, "irr: 0.15", "irr: \"\\e[31mred\\n\"", NULL), JK_ERROR_MODEL);
    assert_string_equal(error.message, "expected a number from 0 to 10, found the text \"?[31mred?\"");
    error = (jk_error){0};
    assert_int_equal(load_edited(&model, &error, "irr: 0.15", "\"i\\err\": 0.15", NULL), JK_ERROR_MODEL);
    assert_string_equal(error.key, "i?rr");
}

static void long_texts_are_cut_in_messages(void **state) {
    (void)state;
    size_t length = 0;
    char *name = repeat("x", 100000, &length);
    char *edit = malloc(length + 64);
    (void)snprintf(edit, length + 64, "irr: %s", name);
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_edited(&model, &error, "irr: 0.15", edit, NULL), JK_ERROR_MODEL);
    assert_true(strlen(error.message) < 160);
    (void)snprintf(edit, length + 64, "%.1000s: 1\nirr: 0.15", name); /* YAML allows keys of 1,024 bytes */
    error = (jk_error){0};
    assert_int_equal(load_edited(&model, &error, "irr: 0.15", edit, NULL), JK_ERROR_MODEL);
    assert_int_equal(strlen(error.key), JK_ERROR_KEY_MAX - 1);
    free(edit);
    free(name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutations_never_crash),
        cmocka_unit_test(every_truncation_is_an_error),
        cmocka_unit_test(noise_never_crashes),
        cmocka_unit_test(a_bomb_of_aliases_is_refused),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(more_values_than_the_limit_are_refused),
        cmocka_unit_test(a_file_over_the_limit_is_refused),
        cmocka_unit_test(many_keys_are_read_in_time),
        cmocka_unit_test(control_characters_do_not_reach_messages),
        cmocka_unit_test(long_texts_are_cut_in_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
