/* SPDX-License-Identifier: Apache-2.0 */
/* What decisions keep of a valuation, claim by claim, against what the valuation shows to another sink and against the
 * tape: fees and hours in whole parts, days to the bar, who may not be worked, and what is owed. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "jalki/decide.h"
#include "support/refusal.h"
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

/* ---- claims made by hand ----------------------------------------------------------------------------------------- */

/* One claim as the stages show it, and what is kept of it. Segment 0 knows of payers, jurisdiction 1 of no largest
 * share of an income. */
typedef struct shown {
    uint8_t segment, jurisdiction, title, capacity;
    double share, balance, attachable, income, untitled, titled;
    uint8_t reason, paying;
    int8_t vulnerable, status, reachable;
    int32_t paid_months;
    /* expected */
    int32_t court, bar_days;
    double instalment;
    jk_exclusion exclusion;
    int pays, silent, channel;
} shown;

static const shown by_hand[] = {
    /* a fee of 86.50 by half, 2 % of the balance, 90 attachable by half */
    {0,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_WEAK,
     0.5,
     1000.0,
     90.0,
     2000.0,
     10.5,
     3.0,
     JK_REASON_BEST,
     0,
     0,
     0,
     JK_REACHABLE_PHONE,
     11,
     4325,
     320,
     45.0,
     JK_EXCLUDED_NOT,
     0,
     11,
     JK_REACHABLE_PHONE},
    /* 2 % of the balance is more; paid twelve months ago is no longer lately */
    {0,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_WEAK,
     0.5,
     3000.0,
     90.0,
     2000.0,
     1e6,
     3.0,
     JK_REASON_BEST,
     0,
     0,
     0,
     JK_REACHABLE_LETTER,
     12,
     4325,
     INT32_MAX,
     60.0,
     JK_EXCLUDED_NOT,
     0,
     0,
     JK_REACHABLE_LETTER},
    /* 40 % of an income of 100 by half; with a title the other bar counts, and nothing is filed */
    {0,
     0,
     JK_TITLE_HELD,
     JK_CAPACITY_WEAK,
     0.5,
     1000.0,
     90.0,
     100.0,
     10.5,
     999999.0,
     JK_REASON_BEST,
     1,
     0,
     0,
     JK_REACHABLE_EMAIL,
     1,
     0,
     30437470,
     20.0,
     JK_EXCLUDED_NOT,
     1,
     0,
     JK_REACHABLE_EMAIL},
    /* without an income nothing can be asked for; a case is filed already; nobody paid in the month */
    {0,
     0,
     JK_TITLE_PENDING,
     JK_CAPACITY_WEAK,
     0.5,
     1000.0,
     90.0,
     0.0,
     10.5,
     2.0,
     JK_REASON_BEST,
     0,
     0,
     0,
     JK_REACHABLE_NONE,
     1,
     0,
     61,
     NAN,
     JK_EXCLUDED_CHANNEL,
     0,
     1,
     JK_REACHABLE_NONE},
    /* an income that is not known bounds nothing, nor does one where there is no largest share */
    {0,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_ABLE,
     0.5,
     1000.0,
     90.0,
     NAN,
     0.0,
     2.0,
     JK_REASON_BEST,
     0,
     JK_MISSING_ENUM,
     JK_MISSING_ENUM,
     JK_MISSING_ENUM,
     -1,
     4325,
     0,
     50.0,
     JK_EXCLUDED_NOT,
     0,
     0,
     JK_REACHABLE_UNKNOWN},
    {0,
     1,
     JK_TITLE_NONE,
     JK_CAPACITY_ABLE,
     0.25,
     1000.0,
     90.0,
     0.0,
     -1.0,
     2.0,
     JK_REASON_UNECONOMIC,
     0,
     0,
     JK_STATUS_DISPUTED,
     JK_REACHABLE_UNKNOWN,
     INT32_MAX,
     2162,
     -30,
     50.0,
     JK_EXCLUDED_DISPUTED,
     0,
     0,
     JK_REACHABLE_UNKNOWN},
    /* never more than is owed; barred comes before all else, vulnerable before disputed */
    {0,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_WEAK,
     1.0,
     30.0,
     90.0,
     NAN,
     1.0,
     2.0,
     JK_REASON_BARRED,
     0,
     1,
     JK_STATUS_DISPUTED,
     JK_REACHABLE_NONE,
     3,
     8650,
     30,
     30.0,
     JK_EXCLUDED_BARRED,
     0,
     3,
     JK_REACHABLE_NONE},
    {0,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_WEAK,
     1.0,
     30.0,
     90.0,
     NAN,
     1.0,
     2.0,
     JK_REASON_STATUS,
     0,
     1,
     JK_STATUS_DISPUTED,
     JK_REACHABLE_NONE,
     0,
     8650,
     30,
     30.0,
     JK_EXCLUDED_BARRED,
     0,
     0,
     JK_REACHABLE_NONE},
    {0,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_WEAK,
     1.0,
     30.0,
     90.0,
     NAN,
     1.0,
     2.0,
     JK_REASON_BEST,
     0,
     1,
     JK_STATUS_DISPUTED,
     JK_REACHABLE_NONE,
     4,
     8650,
     30,
     30.0,
     JK_EXCLUDED_VULNERABLE,
     0,
     4,
     JK_REACHABLE_NONE},
    /* a segment that knows of no payers; a fee larger than can be held, and one that just can */
    {1,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_ABLE,
     1.0,
     1000.0,
     0.0,
     NAN,
     1.0,
     2.0,
     JK_REASON_BEST,
     1,
     0,
     0,
     JK_REACHABLE_PHONE,
     4,
     INT32_MAX,
     30,
     NAN,
     JK_EXCLUDED_NOT,
     0,
     0,
     JK_REACHABLE_PHONE},
    {1,
     0,
     JK_TITLE_NONE,
     JK_CAPACITY_ABLE,
     0.5,
     1000.0,
     10.0,
     NAN,
     1.0,
     2.0,
     JK_REASON_BEST,
     0,
     0,
     0,
     JK_REACHABLE_PHONE,
     4,
     2000000000,
     30,
     5.0,
     JK_EXCLUDED_NOT,
     0,
     0,
     JK_REACHABLE_PHONE},
};
enum { MADE = sizeof by_hand / sizeof by_hand[0], MADE_FIRST = 3 };

/* Columns of the stages for claims made by hand. */
typedef struct stages {
    int32_t country[MADE], debtor[MADE], paid_months[MADE];
    int8_t vulnerable[MADE], status[MADE], reachable[MADE];
    uint16_t segment[MADE], jurisdiction[MADE];
    uint8_t title[MADE], paying[MADE], capacity[MADE], reason[MADE];
    float share[MADE], action[JK_ACTION_COUNT][MADE];
    double balance[MADE], attachable[MADE], income[MADE], untitled[MADE], titled[MADE];
} stages;

static void show(stages *to) {
    for (int i = 0; i < MADE; i++) {
        const shown *is = &by_hand[i];
        to->country[i] = i % 3;
        to->debtor[i] = 100 + i;
        to->paid_months[i] = is->paid_months;
        to->vulnerable[i] = is->vulnerable;
        to->status[i] = is->status;
        to->reachable[i] = is->reachable;
        to->segment[i] = is->segment;
        to->jurisdiction[i] = is->jurisdiction;
        to->title[i] = is->title;
        to->paying[i] = is->paying;
        to->capacity[i] = is->capacity;
        to->reason[i] = is->reason;
        to->share[i] = (float)is->share;
        to->balance[i] = is->balance;
        to->attachable[i] = is->attachable;
        to->income[i] = is->income;
        to->untitled[i] = is->untitled;
        to->titled[i] = is->titled;
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            to->action[a][i] = 10.0f * (float)a + (float)i;
        }
    }
}

static void claims_by_hand_are_kept_as_they_are(void **state) {
    (void)state;
    jk_error error = {0};
    jk_segment segments[2] = {model->segments[0], model->segments[1]};
    jk_jurisdiction jurisdictions[2] = {model->jurisdictions[0], model->jurisdictions[1]};
    jk_model hand = *model;
    hand.segments = segments;
    hand.segment_count = 2;
    hand.jurisdictions = jurisdictions;
    segments[0].payers.given = true;
    segments[1].payers.given = false;
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        segments[0].payers.monthly_share[k] = (double[]){0.01, 0.02, 0.05}[k];
    }
    segments[0].filing = 86.5;
    segments[1].filing = 4e7;
    jurisdictions[0].attachable.max_share = 0.4;
    jurisdictions[1].attachable.max_share = 0.0;
    stages is;
    show(&is);
    jk_block block = {.first_row = MADE_FIRST, .rows = MADE};
    block.column[JK_COLUMN_COUNTRY] = is.country;
    block.column[JK_COLUMN_DEBTOR_INDEX] = is.debtor;
    block.column[JK_COLUMN_VULNERABLE] = is.vulnerable;
    block.column[JK_COLUMN_LEGAL_STATUS] = is.status;
    block.column[JK_COLUMN_REACHABLE] = is.reachable;
    const jk_law_facts law = {.segment = is.segment,
                              .paid_months = is.paid_months,
                              .balance = is.balance,
                              .attachable = is.attachable,
                              .income = is.income};
    const jk_score_columns score = {.capacity_class = is.capacity};
    const jk_terms terms = {.segment = is.segment,
                            .jurisdiction = is.jurisdiction,
                            .share = is.share,
                            .paying = is.paying,
                            .title_state = is.title,
                            .bar_untitled = is.untitled,
                            .bar_titled = is.titled};
    jk_plan_results plan = {.rows = MADE};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        plan.action_value[a] = is.action[a];
    }
    const jk_value_block rows = {
        .block = &block, .law = &law, .score = &score, .terms = &terms, .plan = &plan, .reason = is.reason};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    jk_candidates *c = NULL;
    must(jk_candidates_create(tape, &hand, &c, &error), &error);
    const jk_value_sink sink = jk_candidates_sink(c);
    assert_true(sink.parted && sink.held == 66 * ROWS); /* bytes a claim */
    must(sink.block(sink.context, &rows, &error), &error);
    must(sink.gather(sink.context, &error), &error); /* alone: all is as it was */
    for (int i = 0; i < MADE; i++) {
        const shown *expected = &by_hand[i];
        const size_t row = MADE_FIRST + (size_t)i;
        assert_int_equal(c->court[row], expected->court);
        assert_int_equal(c->bar_days[row], expected->bar_days);
        assert_true(isnan(expected->instalment) ? isnan(c->instalment[row])
                                                : fabs((double)c->instalment[row] - expected->instalment) < 1e-5);
        assert_int_equal(c->exclusion[row], expected->exclusion);
        assert_int_equal(c->paying[row], expected->pays);
        assert_int_equal(c->silent_months[row], expected->silent);
        assert_int_equal(c->reachable[row], expected->channel);
        assert_int_equal(c->country[row], i % 3);
        assert_int_equal(c->debtor[row], 100 + i);
        assert_int_equal(c->segment[row], expected->segment);
        assert_int_equal(c->title_state[row], expected->title);
        assert_int_equal(c->capacity_class[row], expected->capacity);
        assert_true(c->balance[row] == expected->balance && c->value[JK_CLOSE][row] == 0.0f);
        for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
            assert_true(c->value[a][row] == 10.0f * (float)a + (float)i);
        }
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            assert_int_equal(c->hours[t][row], lround(10000.0 * segments[expected->segment].effort_hours[t]));
        }
    }
    jk_candidates_free(c);
    jk_candidates_free(NULL);
    jk_tape_close(tape);
}

static jk_status create_once(void *tape, jk_error *error) {
    jk_candidates *c = (jk_candidates *)error; /* is written over, also where it fails */
    const jk_status status = jk_candidates_create(tape, model, &c, error);
    assert_true(status == JK_OK ? c != NULL : status == JK_ERROR_MEMORY && c == NULL);
    jk_candidates_free(c);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 9});
    assert_int_equal(refuse_each_allocation(create_once, tape, NULL), 22); /* and each column */
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_kept_as_they_were_valued),
        cmocka_unit_test(they_read_their_columns_themselves),
        cmocka_unit_test(claims_by_hand_are_kept_as_they_are),
        cmocka_unit_test(memory_that_is_refused_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
