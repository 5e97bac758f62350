/* SPDX-License-Identifier: Apache-2.0 */
/* The gate before a bid: bounds from both sides, on a made tape. tests/cli/gate.sh has the checks as commands show
 * them. */
#include "cmocka_all.h"

#include <unistd.h>

#include "jalki/gate.h"
#include "tape_maker.h"

static char path[64];
static jk_tape *tape;
static jk_model *model;

static int open_all(void **state) {
    (void)state;
    jk_error error = {0};
    char model_path[512];
    (void)snprintf(path, sizeof path, "/tmp/test-gate-%ld.h5", (long)getpid());
    (void)snprintf(model_path, sizeof model_path, "%s/models/nordic.yaml", getenv("JALKI_SOURCE"));
    make_tape(path, &(tape_plan){.rows = 20000});
    must(jk_tape_open(path, &tape, &error), &error);
    must(jk_model_load(model_path, &model, &error), &error);
    return 0;
}

static int close_all(void **state) {
    (void)state;
    jk_model_free(model);
    jk_tape_close(tape);
    return unlink(path);
}

/* Codes found, as bits. */
static jk_accepted look(double face, double gross, double irr, int32_t cutoff, int32_t today, int threads) {
    const jk_run run = {.threads = threads};
    const jk_gate_view view = {
        .cutoff = cutoff, .today = today, .irr = &irr, .irr_count = 1, .face = face, .gross = gross, .run = &run};
    jk_findings findings = {0};
    jk_error error = {0};
    jk_accepted codes = 0;
    must(jk_gate_check(tape, model, &view, &findings, &error), &error);
    for (size_t i = 0; i < findings.count; i++) {
        codes |= JK_ACCEPTS(findings.list[i].code);
    }
    jk_findings_reset(&findings);
    return codes;
}

static void bounds_hold_from_both_sides(void **state) {
    (void)state;
    const int32_t cutoff = tape_cutoff();
    for (int threads = 1; threads <= 3; threads += 2) {
        assert_true(look(100.0, 150.0, 0.15, cutoff, cutoff + 14, threads) == 0);
        assert_true(look(100.0, 150.01, 0.15, cutoff, cutoff, threads) == JK_ACCEPTS(JK_FINDING_GROSS_ABOVE_FACE));
    }
    assert_true(look(1.0, 0.5, 1.0, cutoff, cutoff, 1) == 0);
    assert_true(look(1.0, 0.5, 1.001, cutoff, cutoff, 1) == JK_ACCEPTS(JK_FINDING_RETURN_IMPLAUSIBLE));
    const int32_t past = jk_date_add_months(cutoff, 36);
    const int32_t future = jk_date_add_months(cutoff, -12);
    assert_true(look(1.0, 0.5, 0.1, cutoff, past - 1, 1) == 0);
    assert_true(look(1.0, 0.5, 0.1, cutoff, past, 1) == JK_ACCEPTS(JK_FINDING_CUTOFF_FAR));
    assert_true(look(1.0, 0.5, 0.1, cutoff, future + 1, 1) == 0);
    assert_true(look(1.0, 0.5, 0.1, cutoff, future, 1) == JK_ACCEPTS(JK_FINDING_CUTOFF_FAR));
    assert_true(look(1.0, 0.5, 0.1, cutoff, JK_MISSING_INTEGER, 1) == 0);
    const int32_t late = jk_date_add_months(cutoff, 122); /* the newest claims are days before the tape's cut-off */
    assert_true(look(1.0, 0.5, 0.1, late, late, 1) == JK_ACCEPTS(JK_FINDING_CUTOFF_FAR));
}

/* Claims of up to 12 years and 4 months: seen from 51 years later all are older than 50. */
static void claims_can_be_too_old(void **state) {
    (void)state;
    const int32_t later = jk_date_add_months(tape_cutoff(), 12 * 51);
    assert_true(look(1.0, 0.5, 0.1, later, later, 2) ==
                (JK_ACCEPTS(JK_FINDING_OLD_CLAIMS) | JK_ACCEPTS(JK_FINDING_CUTOFF_FAR)));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_hold_from_both_sides),
                                       cmocka_unit_test(claims_can_be_too_old)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
