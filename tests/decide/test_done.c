/* SPDX-License-Identifier: Apache-2.0 */
/* Who rests after a list of actions, against the words of jalki/done.h, on a tape and a list that are read in more than
 * one piece: days at both edges, watching, claims that the tape lacks, and debtors with several claims. */
#include "jalki/done.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/number/calendar.h"
#include "value/tape_maker.h"

enum {
    CLAIMS = 66000,
    ACTIONS = 67000,
    UNKNOWN = 500,
    DEBTORS = CLAIMS / CLAIMS_PER_DEBTOR,
    REST = 14,
    YEAR_DAYS = 365
};

static char folder[] = "/tmp/jalki-done-XXXXXX";
static char tape_path[64], list_path[64];
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
    assert_int_equal(fclose(file), 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    jk_tape_close(tape);
    (void)unlink(tape_path);
    (void)unlink(list_path);
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
    assert_int_equal(done.rejected, 0);
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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_was_contacted_lately_or_often_rests)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
