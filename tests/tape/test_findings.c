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
        "{\"findings\": [{\"code\": \"large_debtor\", \"text\": \"A\", \"count\": 3, \"accepted\": false},"
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
        cmocka_unit_test(codes_have_names),
        cmocka_unit_test(accepting_reads_lists),
        cmocka_unit_test(only_errors_stop),
        cmocka_unit_test(a_store_tells_its_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
