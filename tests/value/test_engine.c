/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: nothing shows of threads, block sizes, the order of rows or a split of the tape; sums agree with claims
 * and with the flow; failures end the run cleanly, whatever thread they happen on. */
#include "cmocka_all.h"

#include "base/number/grid.h"
#include "jalki/export.h"
#include "value/engine_case.h"

/* Values the tape and writes its claims; returns the CSV's text. */
static char *claims_text(const jk_tape *tape, int threads, size_t block_rows, unsigned allow, jk_valuation *valuation) {
    jk_error error = {0};
    jk_claims_file *claims = NULL;
    jk_value_options options = jk_value_defaults();
    options.allow = allow;
    options.run = (jk_run){.threads = threads, .block_rows = block_rows};
    must(jk_claims_open(file_name("claims.csv"), tape, model, true, &claims, &error), &error);
    jk_value_sink sink = jk_claims_sink(claims);
    must(jk_value_run(tape, model, &options, &sink, 1, valuation, &error), &error);
    must(jk_claims_commit(claims, &error), &error);
    return file_text(file_name("claims.csv"));
}

static void assert_same_group(const jk_group *a, const jk_group *b) {
    assert_memory_equal(a, b, sizeof *a);
}

static void assert_same(const jk_valuation *a, const jk_valuation *b) {
    assert_same_group(&a->total, &b->total);
    for (int i = 0; i < JK_ACTION_COUNT; i++) {
        assert_same_group(&a->decision[i], &b->decision[i]);
    }
    assert_memory_equal(a->reason, b->reason, sizeof a->reason);
    assert_int_equal(a->segment_count, b->segment_count);
    assert_memory_equal(a->segment, b->segment, a->segment_count * sizeof *a->segment);
    assert_int_equal(a->country_count, b->country_count);
    for (size_t i = 0; i < a->country_count; i++) {
        assert_string_equal(a->country_id[i], b->country_id[i]);
        assert_same_group(&a->country[i], &b->country[i]);
    }
    size_t cells = (size_t)a->flow.months * a->flow.segments * JK_FLOW_COUNT;
    assert_memory_equal(a->flow.cell, b->flow.cell, cells * sizeof *a->flow.cell);
}

static void test_threads_and_blocks(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 3000});
    jk_valuation first;
    char *expected = claims_text(tape, 1, 3000, JK_ALLOW_ALL, &first);
    const int threads[] = {1, 2, 7, 7, 2};
    const size_t blocks[] = {97, 1000, 256, 1, 100000};
    for (int i = 0; i < 5; i++) {
        jk_valuation other;
        char *text = claims_text(tape, threads[i], blocks[i], JK_ALLOW_ALL, &other);
        assert_string_equal(text, expected);
        assert_same(&other, &first);
        jk_valuation_reset(&other);
        free(text);
    }
    free(expected);
    jk_valuation_reset(&first);
    jk_tape_close(tape);
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines of a text in alphabetical order, joined again. */
static void sort_lines(char *text) {
    enum { LINES_MAX = 10000 };
    char **line = malloc(LINES_MAX * sizeof *line);
    char *copy = strdup(text);
    size_t count = 0;
    char *rest = copy;
    for (char *token = strtok_r(copy, "\n", &rest); token != NULL; token = strtok_r(NULL, "\n", &rest)) {
        line[count++] = token;
    }
    qsort(line, count, sizeof *line, by_text);
    for (size_t i = 0; i < count; i++) {
        text = stpcpy(stpcpy(text, line[i]), "\n");
    }
    free(copy);
    free(line);
}

static void test_order_of_rows(void **state) {
    (void)state;
    enum { ROWS = 2000 };
    size_t key[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        key[i] = i;
    }
    for (size_t i = ROWS - 1; i > 0; i--) {
        size_t j = jk_philox(5, 5, i).word[0] % (i + 1);
        size_t swap = key[i];
        key[i] = key[j];
        key[j] = swap;
    }
    jk_tape *plain = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    jk_tape *mixed = open_made("mixed.h5", &(tape_plan){.rows = ROWS, .key = key});
    jk_valuation a, b;
    char *expected = claims_text(plain, 2, 500, JK_ALLOW_ALL, &a);
    char *text = claims_text(mixed, 2, 300, JK_ALLOW_ALL, &b);
    assert_string_not_equal(text, expected);
    sort_lines(text);
    sort_lines(expected);
    assert_string_equal(text, expected);
    assert_same(&a, &b);
    free(text);
    free(expected);
    jk_valuation_reset(&a);
    jk_valuation_reset(&b);
    jk_tape_close(plain);
    jk_tape_close(mixed);
}

/* Two tapes with different debtors are worth what the joined tape is, to the last bit. */
static void test_split_by_debtor(void **state) {
    (void)state;
    enum { ROWS = 1200, FIRST = 450 }; /* whole debtors on each side */
    size_t key[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        key[i] = i;
    }
    jk_tape *tape[3] = {open_made("all.h5", &(tape_plan){.rows = ROWS}),
                        open_made("first.h5", &(tape_plan){.rows = FIRST}),
                        open_made("rest.h5", &(tape_plan){.rows = ROWS - FIRST, .key = key + FIRST})};
    jk_valuation valuation[3];
    for (int i = 0; i < 3; i++) {
        free(claims_text(tape[i], 2, 0, JK_ALLOW_ALL, &valuation[i]));
    }
    assert_int_equal(valuation[0].total.claims, valuation[1].total.claims + valuation[2].total.claims);
    assert_true(valuation[0].total.value == valuation[1].total.value + valuation[2].total.value);
    assert_true(valuation[0].total.face == valuation[1].total.face + valuation[2].total.face);
    for (size_t s = 0; s < valuation[0].segment_count; s++) {
        assert_true(valuation[0].segment[s].value == valuation[1].segment[s].value + valuation[2].segment[s].value);
    }
    size_t cells = (size_t)valuation[0].flow.months * valuation[0].flow.segments * JK_FLOW_COUNT;
    for (size_t i = 0; i < cells; i++) {
        assert_int_equal(valuation[0].flow.cell[i], valuation[1].flow.cell[i] + valuation[2].flow.cell[i]);
    }
    for (int i = 0; i < 3; i++) {
        jk_valuation_reset(&valuation[i]);
        jk_tape_close(tape[i]);
    }
}

static void assert_close(double a, double b, double relative) {
    if (!(fabs(a - b) <= relative * fmax(fabs(a), fabs(b)))) {
        fail_msg("%.15g is not %.15g within %g", a, b, relative);
    }
}

static void add_group(jk_group *into, const jk_group *from) {
    into->claims += from->claims;
    into->face += from->face;
    into->value += from->value;
    into->erc_gross += from->erc_gross;
    into->erc_net += from->erc_net;
}

static void test_sums_agree(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 3000});
    jk_valuation v;
    free(claims_text(tape, 2, 0, JK_ALLOW_ALL, &v));
    jk_group sum[3] = {0};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        add_group(&sum[0], &v.decision[a]);
    }
    for (size_t s = 0; s < v.segment_count; s++) {
        add_group(&sum[1], &v.segment[s]);
    }
    for (size_t c = 0; c < v.country_count; c++) {
        add_group(&sum[2], &v.country[c]);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sum[i].claims, 3000);
        assert_close(sum[i].face, v.total.face, 1e-14);
        assert_close(sum[i].value, v.total.value, 1e-14);
        assert_close(sum[i].erc_gross, v.total.erc_gross, 1e-14);
    }
    assert_string_equal(v.country_id[0], "FI");
    assert_string_equal(v.country_id[1], "PL");
    assert_string_equal(v.country_id[2], "SE");
    assert_int_equal(v.reason[0] + v.reason[1] + v.reason[2] + v.reason[3], 3000);
    assert_true(v.decision[JK_SELL].claims > 0 && v.decision[JK_CLOSE].claims > 0);
    jk_month all = jk_valuation_months(&v, 1000, v.flow.segments);
    assert_close(all.gross, v.total.erc_gross, 1e-5);
    assert_close(all.net, v.total.erc_net, 1e-5);
    assert_true(all.sale > 0.0 && all.cost > 0.0);
    jk_valuation_reset(&v);
    jk_tape_close(tape);
}

/* One valuation for each required return, of one run. */
static jk_status value_at(const jk_tape *tape, const jk_value_options *options, const double *irr, size_t count,
                          jk_valuation *valuations, jk_error *error) {
    jk_value_case cases[4];
    for (size_t r = 0; r < count; r++) {
        cases[r] = (jk_value_case){.irr = irr[r], .keeps = -1};
    }
    return jk_value_cases(tape, model, options, cases, count, NULL, 0, valuations, error);
}

/* Filing and sale are paid at the start of their month, the rest in its middle (model.md section 7). */
static void test_discounted_flow_is_the_value(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 3000});
    const double irr[] = {0.0, 0.08, 0.15, 0.3};
    jk_valuation v[4];
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    must(value_at(tape, &options, irr, 4, v, &error), &error);
    for (int r = 0; r < 4; r++) {
        double net = 0.0;
        double gross = 0.0;
        for (int t = 1; t <= v[r].flow.months; t++) {
            double middle = pow(1.0 + irr[r], -(t - 0.5) / 12.0);
            double start = pow(1.0 + irr[r], -(t - 1.0) / 12.0);
            for (size_t s = 0; s < v[r].flow.segments; s++) {
                const int64_t *cell = &v[r].flow.cell[((size_t)(t - 1) * v[r].flow.segments + s) * JK_FLOW_COUNT];
                gross += middle * jk_grid_to_double(cell[JK_FLOW_GROSS]);
                net += middle * jk_grid_to_double(cell[JK_FLOW_GROSS] - cell[JK_FLOW_COST]);
                net += start * jk_grid_to_double(cell[JK_FLOW_SALE] - cell[JK_FLOW_FILING]);
            }
        }
        if (!(fabs(net - v[r].total.value) <= 0.002 * gross)) {
            fail_msg("at %g: discounted net %.2f, value %.2f, discounted gross %.2f", irr[r], net, v[r].total.value,
                     gross);
        }
        jk_valuation_reset(&v[r]);
    }
    jk_tape_close(tape);
}

static void test_several_returns_are_single_runs(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 1500});
    const double irr[] = {0.12, 0.15, NAN, 0.25};
    jk_valuation several[4];
    jk_value_options options = jk_value_defaults();
    options.run.threads = 2;
    must(value_at(tape, &options, irr, 4, several, &error), &error);
    for (int r = 0; r < 4; r++) {
        jk_valuation single;
        options.irr = irr[r];
        must(jk_value_run(tape, model, &options, NULL, 0, &single, &error), &error);
        assert_same(&several[r], &single);
        assert_true(several[r].irr == (isnan(irr[r]) ? model->irr : irr[r]));
        jk_valuation_reset(&single);
    }
    assert_true(several[0].total.value > several[1].total.value && several[1].total.value > several[3].total.value);
    for (int r = 0; r < 4; r++) {
        jk_valuation_reset(&several[r]);
    }
    jk_tape_close(tape);
}

/* A case that scores its claims by a model of its own comes to what a run of that model does; plans are carried both
 * ways, and none brings more than the model's own. */
static void test_cases_score_by_their_own_points(void **state) {
    (void)state;
    enum { PLAIN, OWN, KEPT, CARRIED, CASES };
    jk_error error = {0};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 1500});
    jk_model other = *model;
    jk_characteristic items[64];
    double points[64][64];
    assert_true(model->scorecard.count > 0 && model->scorecard.count <= 64);
    for (size_t c = 0; c < model->scorecard.count; c++) {
        items[c] = model->scorecard.characteristics[c];
        assert_true(items[c].count <= 64);
        for (size_t l = 0; l < items[c].count; l++) {
            points[c][l] = items[c].points[l] + 0.1 * (double)(l % 3) - 0.1;
        }
        items[c].points = points[c];
        items[c].missing_points += 0.05;
    }
    other.scorecard.characteristics = items;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 2;
    jk_value_case cases[CASES] = {[PLAIN] = {.irr = NAN, .keeps = -1},
                                  [OWN] = {.model = &other, .rescored = true, .irr = NAN, .keeps = -1},
                                  [KEPT] = {.model = &other, .rescored = true, .irr = NAN, .keeps = PLAIN},
                                  [CARRIED] = {.irr = NAN, .keeps = OWN}};
    jk_valuation v[CASES], single, plain;
    must(jk_value_cases(tape, model, &options, cases, CASES, NULL, 0, v, &error), &error);
    must(jk_value_run(tape, &other, &options, NULL, 0, &single, &error), &error);
    must(jk_value_run(tape, model, &options, NULL, 0, &plain, &error), &error);
    assert_same(&v[OWN], &single);
    assert_same(&v[PLAIN], &plain);
    assert_true(v[OWN].total.value != v[PLAIN].total.value);
    assert_true(v[KEPT].total.value < v[OWN].total.value && v[CARRIED].total.value < v[PLAIN].total.value);
    for (int c = 0; c < CASES; c++) {
        jk_valuation_reset(&v[c]);
    }
    cases[OWN].model = NULL;
    assert_int_equal(jk_value_cases(tape, model, &options, cases, 2, NULL, 0, v, &error), JK_ERROR_ARGUMENT);
    jk_valuation_reset(&single);
    jk_valuation_reset(&plain);
    jk_tape_close(tape);
}

static void test_never_sells_by_default(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 1500});
    jk_value_options options = jk_value_defaults();
    jk_valuation v;
    must(jk_value_run(tape, model, &options, NULL, 0, &v, &error), &error);
    assert_int_equal(v.decision[JK_SELL].claims, 0);
    assert_true(jk_valuation_months(&v, 600, v.flow.segments).sale == 0.0);
    jk_offer offer = jk_offer_make(&v, NULL, 0, NAN);
    assert_true(offer.bid > 0.0 && offer.bid < v.total.face && offer.multiple > 1.0 && offer.payback > 0);
    assert_close(offer.bid + offer.onboarding, v.total.value, 1e-12);
    /* The return at the bid is the required one: what differs is filing at the start of a month. */
    offer = jk_offer_make(&v, NULL, 0, offer.bid);
    assert_int_equal(offer.asked_outcome, JK_IRR_FOUND);
    assert_close(offer.asked_irr, v.irr, 0.03);
    jk_valuation_reset(&v);
    jk_tape_close(tape);
}

static void test_empty_tape(void **state) {
    (void)state;
    jk_tape *tape = open_made("empty.h5", &(tape_plan){.rows = 0});
    jk_valuation v;
    char *text = claims_text(tape, 2, 0, JK_ALLOW_ALL, &v);
    assert_non_null(strstr(text, "value_pct_of_face\n"));
    assert_int_equal(v.total.claims, 0);
    jk_offer offer = jk_offer_make(&v, NULL, 0, NAN);
    assert_true(offer.bid == 0.0 && isnan(offer.bid_pct_of_face) && isnan(offer.multiple) && offer.payback == -1);
    char *json = jk_valuation_json(tape, model, &v);
    assert_non_null(strstr(json, "\"bid_pct_of_face\": null"));
    free(json);
    free(text);
    jk_valuation_reset(&v);
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_and_blocks),
        cmocka_unit_test(test_order_of_rows),
        cmocka_unit_test(test_split_by_debtor),
        cmocka_unit_test(test_sums_agree),
        cmocka_unit_test(test_discounted_flow_is_the_value),
        cmocka_unit_test(test_several_returns_are_single_runs),
        cmocka_unit_test(test_cases_score_by_their_own_points),
        cmocka_unit_test(test_never_sells_by_default),
        cmocka_unit_test(test_empty_tape),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
