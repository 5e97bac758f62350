/* SPDX-License-Identifier: Apache-2.0 */
/* What decisions keep of a valuation, claim by claim, against what the valuation shows to another sink and against the
 * tape: fees and hours in whole parts, days to the bar, who may not be worked, and what is owed. And a listing through
 * templates, down to one of a single column. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/words/listing.h"
#include "jalki/decide.h"
#include "jalki/worklist.h"
#include "value/engine_case.h"

enum { ROWS = 900, BLOCK_ROWS = 128 };

/* Counts of claims that show something: a test of none of a kind would show nothing. */
typedef struct watching {
    const jk_candidates *candidates;
    size_t filed, fee, barred, vulnerable, disputed, bounded, paying, silent, attached, capped, offered;
} watching;

static jk_exclusion why_not(const jk_value_block *rows, size_t i) {
    bool never = rows->reason[i] == JK_REASON_BARRED || rows->reason[i] == JK_REASON_STATUS;
    bool disputed = JK_BLOCK_ENUM(rows->block, LEGAL_STATUS)[i] == JK_STATUS_DISPUTED;
    return never                                            ? JK_EXCLUDED_BARRED
           : JK_BLOCK_ENUM(rows->block, VULNERABLE)[i] == 1 ? JK_EXCLUDED_VULNERABLE
           : disputed                                       ? JK_EXCLUDED_DISPUTED
                                                            : JK_EXCLUDED_NOT;
}

/* What such a debtor pays by instalments, or what enforcement could take where that is more: never more than is owed,
 * nor than the largest part of a known income that enforcement takes from anybody. NaN: nothing can be asked for. */
static double asked_of(watching *w, const jk_segment *segment, const jk_value_block *rows, size_t i) {
    const double balance = rows->law->balance[i], part = (double)rows->terms->share[i], income = rows->law->income[i];
    const double largest = model->jurisdictions[rows->terms->jurisdiction[i]].attachable.max_share;
    const double taken = rows->law->attachable[i] * part;
    double asked =
        segment->payers.given ? balance * segment->payers.monthly_share[rows->score->capacity_class[i]] : 0.0;
    w->attached += taken > asked;
    asked = fmin(fmax(asked, taken), balance);
    if (!isnan(income) && income >= 0.0 && largest > 0.0 && asked > largest * income * part) {
        asked = largest * income * part;
        w->capped++;
    }
    return asked > 0.0 ? asked : (double)NAN;
}

static void check_payer(watching *w, const jk_segment *segment, const jk_value_block *rows, size_t i, size_t row) {
    const jk_candidates *c = w->candidates;
    const double asked = asked_of(w, segment, rows, i);
    assert_true(isnan(asked) ? isnan(c->instalment[row]) : fabs((double)c->instalment[row] - asked) <= 1e-6 * asked);
    const bool pays = segment->payers.given && rows->terms->paying[i] == 1;
    const int32_t months = rows->law->paid_months[i];
    assert_int_equal(c->paying[row], pays);
    assert_int_equal(c->silent_months[row], segment->payers.given && !pays && months >= 0 && months < 12 ? months : 0);
    w->offered += isnan(asked) ? 0 : 1;
    w->paying += pays;
    w->silent += c->silent_months[row] > 0;
}

/* Runs after the candidates' own sink has seen the block. */
static jk_status watch(void *context, const jk_value_block *rows, jk_error *error) {
    watching *w = context;
    const jk_candidates *c = w->candidates;
    (void)error;
    for (size_t i = 0; i < rows->block->rows; i++) {
        const size_t row = rows->block->first_row + i;
        const jk_segment *segment = &w->candidates->model->segments[rows->terms->segment[i]];
        for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
            float value = rows->plan->action_value[a][i];
            assert_true(isnan(value) ? isnan(c->value[a][row]) : c->value[a][row] == value);
        }
        assert_true(c->value[JK_CLOSE][row] == 0.0f);
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            assert_int_equal(c->hours[t][row], lround(10000.0 * segment->effort_hours[t]));
        }
        const uint8_t title = rows->terms->title_state[i];
        const double fee = title == JK_TITLE_NONE ? segment->filing * (double)rows->terms->share[i] : 0.0;
        assert_true(fabs(c->court[row] - 100.0 * fee) <= 0.5 && (title == JK_TITLE_NONE || c->court[row] == 0));
        const double months = title == JK_TITLE_NONE ? rows->terms->bar_untitled[i] : rows->terms->bar_titled[i];
        assert_true(months < 1e6 ? fabs(c->bar_days[row] - 30.4375 * months) <= 0.5 : c->bar_days[row] == INT32_MAX);
        assert_int_equal(c->exclusion[row], why_not(rows, i));
        assert_true(c->balance[row] == rows->law->balance[i]);
        assert_int_equal(c->segment[row], rows->terms->segment[i]);
        assert_int_equal(c->country[row], JK_BLOCK_INT32(rows->block, COUNTRY)[i]);
        assert_int_equal(c->debtor[row], JK_BLOCK_INT32(rows->block, DEBTOR_INDEX)[i]);
        assert_int_equal(c->title_state[row], title);
        assert_int_equal(c->capacity_class[row], rows->score->capacity_class[i]);
        assert_int_equal(c->reachable[row], JK_REACHABLE_UNKNOWN);
        check_payer(w, segment, rows, i, row);
        w->filed += title != JK_TITLE_NONE;
        w->fee += c->court[row] > 0;
        w->bounded += c->bar_days[row] < INT32_MAX;
        w->barred += c->exclusion[row] == JK_EXCLUDED_BARRED;
        w->vulnerable += c->exclusion[row] == JK_EXCLUDED_VULNERABLE;
        w->disputed += c->exclusion[row] == JK_EXCLUDED_DISPUTED;
    }
    return JK_OK;
}

static jk_candidates *valued_under(const jk_model *under, const jk_tape *tape, watching *w, size_t sink_count) {
    jk_error error = {0};
    jk_candidates *made = NULL;
    must(jk_candidates_create(tape, under, &made, &error), &error);
    w->candidates = made;
    const uint64_t read = UINT64_C(1) << JK_COLUMN_VULNERABLE | UINT64_C(1) << JK_COLUMN_LEGAL_STATUS;
    jk_value_sink sinks[] = {jk_candidates_sink(made), {.columns = read, .block = watch, .context = w}};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    options.run.block_rows = BLOCK_ROWS;
    jk_valuation valuation;
    must(jk_value_run(tape, under, &options, sinks, sink_count, &valuation, &error), &error);
    jk_valuation_reset(&valuation);
    return made;
}

static jk_candidates *valued(const jk_tape *tape, watching *w) {
    return valued_under(model, tape, w, 2);
}

static void claims_are_kept_as_they_were_valued(void **state) {
    (void)state;
    watching w = {0};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    jk_candidates *made = valued(tape, &w);
    assert_true(w.filed > 0 && w.fee > 0 && w.bounded > 0 && w.barred > 0 && w.vulnerable > 0 && w.disputed > 0);
    assert_true(w.paying > 0 && w.silent > 0 && w.attached > 0 && w.capped > 0 && w.offered > 0);
    jk_candidates_free(made);
    jk_model plain = at_once(model); /* nobody pays by instalments: what enforcement could take is left */
    made = valued_under(&plain, tape, &(watching){0}, 2);
    jk_candidates_free(made);
    free_at_once(&plain);
    jk_tape_close(tape);
}

/* Columns that nobody else asks for, neither the law nor a scorecard nor another sink, are there all the same. */
static void they_read_their_columns_themselves(void **state) {
    (void)state;
    watching w = {0}, nobody = {0};
    jk_model bare = *model;
    bare.scorecard.count = 0;
    bare.unreachable_allow = JK_ALLOW_ALL;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    jk_candidates *watched = valued_under(&bare, tape, &w, 2), *alone = valued_under(&bare, tape, &nobody, 1);
    assert_true(w.vulnerable > 0 && w.disputed > 0);
    for (size_t row = 0; row < ROWS; row++) {
        assert_int_equal(alone->exclusion[row], watched->exclusion[row]);
        assert_int_equal(alone->country[row], watched->country[row]);
        assert_int_equal(alone->debtor[row], watched->debtor[row]);
        assert_int_equal(alone->reachable[row], watched->reachable[row]);
    }
    jk_candidates_free(alone);
    jk_candidates_free(watched);
    jk_tape_close(tape);
}

static void read_template(const char *text, const jk_listing *of, jk_listing_template *made) {
    jk_error error = {0};
    write_file(file_name("bad.h5"), text, strlen(text));
    must(jk_listing_template_read(file_name("bad.h5"), of, made, &error), &error);
}

static void templates_show_the_columns_they_name(void **state) {
    (void)state;
    watching w = {0};
    jk_error error = {0};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    jk_candidates *made = valued(tape, &w);
    jk_worklist_options options = jk_worklist_defaults();
    jk_worklist list;
    options.run.threads = 1;
    must(jk_worklist_make(made, &options, &list, &error), &error);
    jk_listing ours = jk_worklist_listing(made, &list);
    assert_int_equal(ours.rows, 100);
    jk_listing_template one, two;
    read_template("Owed: balance\n", &ours, &one);
    read_template("Queue: {text: north}\nHours: hours\n", &ours, &two);
    jk_listing through_one = jk_listing_through(&one, &ours), through_two = jk_listing_through(&two, &ours);
    assert_int_equal(through_one.column_count, 1);
    assert_int_equal(through_two.column_count, 2);
    assert_string_equal(through_one.columns[0].name, "Owed");
    assert_string_equal(through_two.columns[1].name, "Hours");
    jk_cell cells[JK_LISTING_COLUMNS];
    for (size_t row = 0; row < ours.rows; row++) {
        must(jk_listing_row(&through_one, row, cells, &error), &error);
        assert_true(cells[0].number == list.rows[row].balance);
        must(jk_listing_row(&through_two, row, cells, &error), &error);
        assert_string_equal(cells[0].text, "north");
        assert_true(cells[1].number == list.rows[row].hours);
    }
    jk_listing_template_reset(&one);
    jk_listing_template_reset(&two);
    char longest[200]; /* a name may have 128 bytes */
    (void)snprintf(longest, sizeof longest, "%0128d: balance\n", 0);
    read_template(longest, &ours, &one);
    assert_int_equal(strlen(one.columns[0].name), 128);
    jk_listing_template_reset(&one);
    (void)snprintf(longest, sizeof longest, "%0129d: balance\n", 0);
    write_file(file_name("bad.h5"), longest, strlen(longest));
    assert_int_equal(jk_listing_template_read(file_name("bad.h5"), &ours, &one, &error), JK_ERROR_MODEL);
    jk_worklist_reset(&list);
    jk_candidates_free(made);
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_kept_as_they_were_valued),
        cmocka_unit_test(they_read_their_columns_themselves),
        cmocka_unit_test(templates_show_the_columns_they_name),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
