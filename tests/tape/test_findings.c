/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings: codes, acceptance, what stops, and what a store tells again. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "jalki/findings.h"
#include "tape/findings_json.h"

static void codes_have_names(void **state) {
    (void)state;
    for (int code = 0; code < JK_FINDING_COUNT; code++) {
        const char *name = jk_finding_name((jk_finding_code)code);
        assert_int_equal(jk_finding_find(name, strlen(name)), code);
    }
    assert_int_equal(jk_finding_find("large_debto", 11), -1);
    assert_string_equal(jk_severity_name(jk_finding_severity(JK_FINDING_UNMATCHED_MANY)), "error");
    assert_string_equal(jk_severity_name(jk_finding_severity(JK_FINDING_UNMATCHED)), "warning");
}

static void accepting_reads_lists(void **state) {
    (void)state;
    jk_accepted accepted = 0;
    const char *unknown = NULL;
    const char *nearest = NULL;
    assert_true(jk_accept_read("large_debtor,unmatched", &accepted, &unknown, &nearest));
    assert_true(accepted == (JK_ACCEPTS(JK_FINDING_LARGE_DEBTOR) | JK_ACCEPTS(JK_FINDING_UNMATCHED)));
    assert_false(jk_accept_read("unmatched,large_deptor", &accepted, &unknown, &nearest));
    assert_string_equal(unknown, "large_deptor");
    assert_string_equal(nearest, "large_debtor");
    jk_json_builder b = {0};
    json_t *list = jk_accepted_json(&b, accepted);
    assert_int_equal(json_array_size(list), 2);
    assert_true(jk_accepted_of_json(list) == accepted);
    json_decref(list);
}

static void only_errors_stop(void **state) {
    (void)state;
    jk_findings findings = {0};
    jk_error error = {0};
    assert_int_equal(jk_findings_add(&findings, JK_FINDING_LARGE_DEBTOR, 3, "a\x1b[31m %d", 7), JK_OK);
    assert_string_equal(findings.list[0].text, "a?[31m 7"); /* no escape reaches a terminal */
    assert_int_equal(jk_findings_refuse(&findings, "T.h5", &error), JK_OK);
    assert_int_equal(jk_findings_add(&findings, JK_FINDING_CONTROL_TOTAL, 1, "two claims are missing"), JK_OK);
    assert_int_equal(jk_findings_refuse(&findings, "T.h5", &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "two claims are missing"));
    assert_non_null(strstr(error.message, "--accept control_total"));
    jk_findings_accept(&findings, JK_ACCEPTS(JK_FINDING_CONTROL_TOTAL));
    error = (jk_error){0};
    assert_int_equal(jk_findings_refuse(&findings, "T.h5", &error), JK_OK);
    assert_int_equal(jk_findings_add(&findings, JK_FINDING_FILTERED, 1, "%0800d\x7f", 5), JK_OK);
    assert_int_equal(strlen(findings.list[2].text), 699); /* as long as a text may be */
    assert_int_equal(jk_findings_add(&findings, JK_FINDING_FILTERED, 1, "\x1f \x7f~\xc3\xa4"), JK_OK);
    assert_string_equal(findings.list[3].text, "? ?~\xc3\xa4");
    for (int i = 2; i < JK_FINDINGS_MAX; i++) {
        assert_int_equal(jk_findings_add(&findings, JK_FINDING_FILTERED, 1, "x"), JK_OK);
    }
    assert_int_equal(findings.count, JK_FINDINGS_MAX);
    assert_int_equal(findings.lost, 2);
    jk_findings_reset(&findings);
}

/* Findings as a manifest has them, each key with its own value; read back as warnings that were not accepted. */
static void findings_in_a_manifest(void **state) {
    (void)state;
    jk_findings findings = {0};
    jk_json_builder b = {0};
    static const struct {
        jk_finding_code code;
        const char *name, *severity, *text;
        int64_t count;
    } is[] = {{JK_FINDING_LARGE_DEBTOR, "large_debtor", "warning", "one owes much", 3},
              {JK_FINDING_CONTROL_TOTAL, "control_total", "error", "a total is another", 11},
              {JK_FINDING_FILTERED, "filtered", "note", "some were left out", 29}};
    enum { COUNT = sizeof is / sizeof is[0] };
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(jk_findings_add(&findings, is[i].code, (uint64_t)is[i].count, "%s", is[i].text), JK_OK);
    }
    jk_findings_accept(&findings, JK_ACCEPTS(JK_FINDING_CONTROL_TOTAL) | JK_ACCEPTS(JK_FINDING_UNMATCHED));
    json_t *list = jk_findings_json(&b, &findings);
    assert_int_equal(json_array_size(list), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const json_t *one = json_array_get(list, i);
        assert_int_equal(json_object_size(one), 5);
        assert_string_equal(json_string_value(json_object_get(one, "code")), is[i].name);
        assert_string_equal(json_string_value(json_object_get(one, "severity")), is[i].severity);
        assert_string_equal(json_string_value(json_object_get(one, "text")), is[i].text);
        assert_int_equal(json_integer_value(json_object_get(one, "count")), is[i].count);
        assert_int_equal(json_is_true(json_object_get(one, "accepted")), i == 1);
    }
    json_decref(list);
    jk_findings_reset(&findings);
    assert_true(findings.count == 0 && findings.arena == NULL);
    assert_string_equal(jk_finding_name(JK_FINDING_COUNT), "unknown");
    assert_string_equal(jk_severity_name(jk_finding_severity(JK_FINDING_COUNT)), "note");
}

/* Names between commas: the first and the last of all codes, and none at all; what is unknown is cut at 60 letters. */
static void lists_of_codes(void **state) {
    (void)state;
    jk_accepted accepted = 0;
    const char *unknown = NULL, *nearest = "x";
    char text[256];
    assert_true(jk_accept_read("", &accepted, &unknown, &nearest) && accepted == 0);
    const jk_finding_code last = (jk_finding_code)(JK_FINDING_COUNT - 1);
    (void)snprintf(text, sizeof text, "%s,%s", jk_finding_name((jk_finding_code)0), jk_finding_name(last));
    assert_true(jk_accept_read(text, &accepted, &unknown, &nearest));
    assert_true(accepted == (JK_ACCEPTS(0) | JK_ACCEPTS(last)));
    jk_json_builder b = {0};
    json_t *list = jk_accepted_json(&b, accepted);
    assert_int_equal(json_array_size(list), 2);
    assert_true(jk_accepted_of_json(list) == accepted);
    json_decref(list);
    list = jk_accepted_json(&b, UINT64_MAX); /* no code stands behind the last */
    assert_true(json_array_size(list) == JK_FINDING_COUNT && !b.failed);
    for (size_t code = 0; code < JK_FINDING_COUNT; code++) {
        assert_string_equal(json_string_value(json_array_get(list, code)), jk_finding_name((jk_finding_code)code));
    }
    json_decref(list);
    assert_int_equal(jk_finding_find("", 0), -1);
    (void)snprintf(text, sizeof text, "%s,,", jk_finding_name(last));
    assert_false(jk_accept_read(text, &accepted, &unknown, &nearest)); /* nothing is no code */
    memset(text, 'z', 200);
    text[200] = '\0';
    assert_false(jk_accept_read(text, &accepted, &unknown, &nearest));
    assert_ptr_equal(unknown, text);
    assert_null(nearest);
}

/* A store with a manifest of our making. */
static void write_store(const char *path, const char *manifest) {
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    const jk_tape_writer_options options = {.source_name = "x", .cutoff = 20000};
    assert_int_equal(jk_tape_writer_create(path, &options, &writer, &error), JK_OK);
    assert_int_equal(jk_tape_writer_finish(writer, NULL, manifest, &error), JK_OK);
}

static void a_store_tells_its_warnings(void **state) {
    (void)state;
    static const char *const manifests[] = {
        "{\"a\": 1, \"a\": 2, \"findings\": [{\"code\": \"large_debtor\", \"text\": \"A\", \"count\": 3, \"accepted\": "
        "false},"
        " {\"code\": \"unmatched\", \"text\": \"B\", \"accepted\": true},"
        " {\"code\": \"filtered\", \"text\": \"a note\"}, {\"code\": \"of_the_future\", \"text\": \"C\"},"
        " {\"code\": 7}, 3, {\"code\": \"lone_quotes\", \"text\": \"D\", \"count\": -5}]}",
        "not JSON", "{\"findings\": 7}", "{}"};
    char path[64];
    (void)snprintf(path, sizeof path, "/tmp/test-findings-%ld.h5", (long)getpid());
    for (size_t m = 0; m < 4; m++) {
        jk_tape *tape = NULL;
        jk_findings findings = {0};
        jk_error error = {0};
        write_store(path, manifests[m]);
        assert_int_equal(jk_tape_open(path, &tape, &error), JK_OK);
        assert_int_equal(jk_findings_of_tape(tape, &findings, &error), JK_OK);
        assert_int_equal(findings.count, m == 0 ? 2 : 0);
        if (m == 0) {
            assert_string_equal(findings.list[0].text, "A");
            assert_int_equal(findings.list[0].count, 3);
            assert_string_equal(findings.list[1].text, "D");
            assert_int_equal(findings.list[1].count, 0);
        }
        jk_findings_reset(&findings);
        jk_tape_close(tape);
    }
    (void)unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_names), cmocka_unit_test(accepting_reads_lists),
        cmocka_unit_test(only_errors_stop), cmocka_unit_test(findings_in_a_manifest),
        cmocka_unit_test(lists_of_codes),   cmocka_unit_test(a_store_tells_its_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
