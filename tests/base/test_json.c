/* SPDX-License-Identifier: Apache-2.0 */
/* A text that would lack something is not made, and the next one is whole again. */
#include "base/text/json.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

static void expect_text(char *text, const char *wanted) {
    assert_non_null(text);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_texts(void **state) {
    (void)state;
    jk_json_builder builder = {0};
    json_t *object = json_object(), *list = json_array();
    jk_json_add(list, json_integer(1));
    jk_json_append(&builder, list, jk_json_number(-0.0));
    jk_json_set(object, "list", list);
    jk_json_put(&builder, object, "none", jk_json_number(1.0 / 0.0));
    jk_json_set(object, "text", jk_json_string("\xff"));
    expect_text(jk_json_text(&builder, object, JSON_COMPACT),
                "{\"list\":[1,0.0],\"none\":null,\"text\":\"\\\\xff\"}\n");
    expect_text(jk_json_dump(NULL, json_object(), 0), "{}");
}

/* What a terminal or an editor would obey stands there as JSON's own escape, and reads as it was; ends of lines stay.
 */
static void test_effects(void **state) {
    (void)state;
    json_t *object = json_object();
    jk_json_set(object, "a\x7f", json_string("\xe2\x80\xaeJ\xc3\xa4lki\xc2\x9b\033\n"));
    char *text = jk_json_text(NULL, object, JSON_INDENT(1));
    assert_non_null(text);
    assert_string_equal(text, "{\n \"a\\u007f\": \"\\u202eJ\xc3\xa4lki\\u009b\\u001B\\n\"\n}\n");
    json_t *again = jk_json_parse(text, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(again, "a\x7f")), "\xe2\x80\xaeJ\xc3\xa4lki\xc2\x9b\033\n");
    json_decref(again);
    free(text);
}

static void test_failures_are_kept(void **state) {
    (void)state;
    json_t *object = json_object();
    jk_json_set(object, "bytes", json_string("\xff")); /* NULL: not UTF-8 */
    jk_json_set(object, "after", json_true());
    assert_null(jk_json_text(NULL, object, 0));
    expect_text(jk_json_dump(NULL, json_object(), 0), "{}");

    json_t *list = json_array();
    jk_json_add(list, NULL);
    assert_null(jk_json_dump(NULL, list, 0));

    jk_json_builder builder = {0};
    object = json_object();
    jk_json_put(&builder, object, "\xff", json_true());
    assert_null(jk_json_text(&builder, object, 0));
    assert_null(jk_json_text(NULL, NULL, 0));
}

/* Memory that jansson is refused is noticed even where nobody looks at what it returned. */
static void test_refused_memory_is_noticed(void **state) {
    (void)state;
    json_malloc_t take = NULL;
    json_free_t give = NULL;
    json_get_alloc_funcs(&take, &give);
    json_t *object = json_object();
    assert_null(take((size_t)1 << 62));
    assert_null(jk_json_text(NULL, object, 0));
    expect_text(jk_json_dump(NULL, json_object(), 0), "{}");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_effects),
                                       cmocka_unit_test(test_failures_are_kept),
                                       cmocka_unit_test(test_refused_memory_is_noticed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
