/* SPDX-License-Identifier: Apache-2.0 */
/* Who rests after a list of actions, against the words of jalki/done.h, on a tape and a list that are read in more than
 * one piece: days at both edges, watching, claims that the tape lacks, and debtors with several claims. */
#include "jalki/done.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/number/calendar.h"
#include "support/refusal.h"
#include "value/tape_maker.h"

enum {
    CLAIMS = 66000,
    ACTIONS = 67000,
    UNKNOWN = 500,
    BAD = 5,
    DEBTORS = CLAIMS / CLAIMS_PER_DEBTOR,
    REST = 14,
    YEAR_DAYS = 365
};

static char folder[] = "/tmp/jalki-done-XXXXXX";
static char tape_path[64], list_path[64], small_path[64];
static jk_tape *tape;

typedef struct action {
    size_t claim; /* key of the tape's claim; CLAIMS and more: not on it */
    int32_t days_ago;
    bool watches;
} action;

static action drawn(size_t n) {
    static const int32_t edge[] = {-1, 0, REST - 1, REST, YEAR_DAYS - 1, YEAR_DAYS};
    jk_random4 random = jk_philox(5, 1, n);
    return (action){.claim = random.word[0] % (CLAIMS + UNKNOWN),
                    .days_ago =
                        random.word[1] % 8 == 0 ? edge[random.word[2] % 6] : 30 + (int32_t)(random.word[2] % 900),
                    .watches = random.word[3] % 3 == 0};
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(tape_path, sizeof tape_path, "%s/tape.h5", folder);
    (void)snprintf(list_path, sizeof list_path, "%s/done.csv", folder);
    (void)snprintf(small_path, sizeof small_path, "%s/small.csv", folder);
    make_tape(tape_path, &(tape_plan){.rows = CLAIMS});
    jk_error error = {0};
    must(jk_tape_open(tape_path, &tape, &error), &error);
    FILE *file = fopen(list_path, "w");
    assert_non_null(file);
    (void)fprintf(file, "claim_id,from_date,treatment\n");
    for (size_t n = 0; n < ACTIONS; n++) {
        action one = drawn(n);
        jk_civil day = jk_civil_from_date(tape_cutoff() - one.days_ago);
        (void)fprintf(file, one.claim % 101 == 7 ? "\"C,\"\"%zu\"\"\"" : "C%06zu", one.claim);
        (void)fprintf(file, ",%04d-%02d-%02d,%s\n", day.year, day.month, day.day, one.watches ? "surveil" : "amicable");
    }
    for (size_t n = 0; n < BAD; n++) {
        (void)fprintf(file, "C%06zu,someday,amicable\n", n);
    }
    assert_int_equal(fclose(file), 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    jk_tape_close(tape);
    (void)unlink(tape_path);
    (void)unlink(list_path);
    (void)unlink(small_path);
    return rmdir(folder);
}

static void check(int32_t rest, int32_t most) {
    int32_t *latest = malloc(DEBTORS * sizeof *latest);
    int32_t *often = calloc(DEBTORS, sizeof *often);
    bool *named = calloc(CLAIMS + UNKNOWN, sizeof *named);
    uint64_t actions = 0, unknown = 0, debtors = 0;
    for (size_t d = 0; d < DEBTORS; d++) {
        latest[d] = INT32_MAX; /* days ago */
    }
    for (size_t n = 0; n < ACTIONS; n++) {
        action one = drawn(n);
        if (one.days_ago < 0) {
            continue;
        }
        actions++;
        unknown += one.claim >= CLAIMS && !named[one.claim];
        named[one.claim] = true;
        if (one.claim < CLAIMS && !one.watches) {
            size_t d = one.claim / CLAIMS_PER_DEBTOR;
            latest[d] = one.days_ago < latest[d] ? one.days_ago : latest[d];
            often[d] += one.days_ago < YEAR_DAYS;
        }
    }
    jk_error error = {0};
    jk_done done;
    jk_run run = {.threads = 2};
    jk_done_rules rules = {.cutoff = tape_cutoff(), .rest = rest, .most = most};
    must(jk_done_read(list_path, tape, &rules, &run, &done, &error), &error);
    for (size_t i = 0; i < CLAIMS; i++) {
        size_t d = i / CLAIMS_PER_DEBTOR;
        bool rests = latest[d] < rest || (most > 0 && often[d] >= most);
        assert_int_equal(done.resting[i], rests);
        debtors += i % CLAIMS_PER_DEBTOR == 0 && rests;
    }
    assert_true(debtors > 0 && debtors < DEBTORS);
    assert_int_equal(done.debtors, debtors);
    assert_int_equal(done.actions, actions);
    assert_int_equal(done.unknown, unknown);
    assert_int_equal(done.rejected, BAD);
    jk_done_reset(&done);
    jk_done_reset(&done); /* nothing is left that could be given back twice */
    free(latest);
    free(often);
    free(named);
}

static void who_was_contacted_lately_or_often_rests(void **state) {
    (void)state;
    check(REST, 0);
    check(REST + 1, 2);
    check(0, 3);
}

static void write_list(const char *text) {
    FILE *file = fopen(small_path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A list of which no row is an action, one of which nothing is on the tape, and one contact of the last claim. */
static void small_lists(void **state) {
    (void)state;
    static const struct {
        const char *rows;
        uint64_t actions, unknown, rejected, debtors;
    } cases[] = {{"C000001,2099-01-01,amicable\n", 0, 0, 0, 0}, /* still to come */
                 {"X1,2026-06-29,amicable\nX1,2026-06-28,legal\nX2,2026-06-29,surveil\n", 3, 2, 0, 0},
                 {"C065999,2026-06-17,legal\n", 1, 0, 0, 1},
                 {"C065999,2026-06-16,legal\n", 1, 0, 0, 0},
                 {"C065999,2026-06-29,surveil\n", 1, 0, 0, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        jk_error error = {0};
        jk_done done;
        char text[400];
        const jk_done_rules rules = {.cutoff = tape_cutoff(), .rest = REST};
        (void)snprintf(text, sizeof text, "claim_id,from_date,treatment\n%s", cases[k].rows);
        write_list(text);
        must(jk_done_read(small_path, tape, &rules, NULL, &done, &error), &error);
        if (done.actions != cases[k].actions || done.unknown != cases[k].unknown ||
            done.rejected != cases[k].rejected || done.debtors != cases[k].debtors) {
            fail_msg("case %zu: %d actions, %d unknown, %d rejected, %d debtors", k, (int)done.actions,
                     (int)done.unknown, (int)done.rejected, (int)done.debtors);
        }
        for (size_t i = CLAIMS - 9; i < CLAIMS; i++) { /* the last debtor's three claims */
            assert_int_equal(done.resting[i], k == 2 && i >= CLAIMS - CLAIMS_PER_DEBTOR);
        }
        jk_done_reset(&done);
    }
}

static void what_is_no_list_is_refused(void **state) {
    (void)state;
    const jk_done_rules rules = {.cutoff = tape_cutoff(), .rest = REST};
    jk_error error = {0};
    jk_done done;
    memset(&done, 0x5a, sizeof done);
    assert_int_not_equal(jk_done_read("/nowhere/done.csv", tape, &rules, NULL, &done, &error), JK_OK);
    assert_true(done.resting == NULL && done.actions == 0);
    write_list("claim_id,treatment\nC000001,legal\n");
    memset(&done, 0x5a, sizeof done);
    assert_int_not_equal(jk_done_read(small_path, tape, &rules, NULL, &done, &error), JK_OK);
    assert_true(done.resting == NULL && done.actions == 0);
}

static jk_status read_once(void *context, jk_error *error) {
    const jk_done_rules rules = {.cutoff = tape_cutoff(), .rest = REST};
    const jk_run run = {.threads = 1};
    jk_done done;
    (void)context;
    memset(&done, 0x5a, sizeof done);
    const jk_status status = jk_done_read(small_path, tape, &rules, &run, &done, error);
    assert_true(status == JK_OK ? done.debtors == 1 : done.resting == NULL && done.debtors == 0);
    jk_done_reset(&done);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    long without = 0;
    write_list("claim_id,from_date,treatment\nC000002,2026-06-29,legal\n");
    const long refused = refuse_each_allocation(read_once, NULL, &without);
    print_message("%ld allocations, %ld of them not needed\n", refused, without);
    assert_true(refused > 12 && without < refused / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_was_contacted_lately_or_often_rests),
                                       cmocka_unit_test(small_lists), cmocka_unit_test(what_is_no_list_is_refused),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
