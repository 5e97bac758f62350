/* SPDX-License-Identifier: Apache-2.0 */
/* Books against the engine: prices of a book that keeps all claims are the engine's to the bit, packed and read again;
 * those of one that keeps a part are near it, within the error that they tell; bytes that are no book are refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "jalki/generate.h"
#include "jalki/reprice.h"
#include "reprice/book.h"

enum { CLAIMS = 3000, CASES = 6 };

static jk_tape *tape;
static jk_model *model;
static char path[64];

static const struct {
    jk_stress_key key;
    double figure;
} changes[CASES] = {{JK_STRESS_RECOVERY, 1.0},   {JK_STRESS_IRR, 0.04},        {JK_STRESS_NEW_PAYERS, 0.7},
                    {JK_STRESS_COURT_COST, 2.5}, {JK_STRESS_HOUR_PRICE, 45.0}, {JK_STRESS_DELAY, 5.0}};

static jk_stress change(size_t which) {
    jk_stress stress = jk_stress_none();
    stress.figure[changes[which].key] = changes[which].figure;
    return stress;
}

static jk_valuation run(size_t which, jk_value_sink *sinks, size_t count) {
    jk_error error = {0};
    jk_valuation valuation = {0};
    jk_value_options options = jk_value_defaults();
    const jk_stress stress = change(which);
    const jk_scenario scenario = {.name = "one", .stress_count = 1, .stresses = &stress};
    jk_stress_set *set = NULL;
    assert_int_equal(jk_stress_set_make(model, &scenario, 1, NULL, &set, &error), JK_OK);
    const jk_stressed *stressed = &set->stressed[0];
    const jk_value_case one = {.model = &stressed->model,
                               .recovery = stressed->recovery,
                               .paying_recovery = stressed->paying_recovery,
                               .stress = stressed->stress,
                               .irr = model->irr + stressed->irr_shift,
                               .keeps = -1};
    assert_int_equal(jk_value_cases(tape, model, &options, &one, 1, sinks, count, &valuation, &error), JK_OK);
    jk_stress_set_free(set);
    return valuation;
}

static jk_book *make_book(size_t room, int threads) {
    jk_error error = {0};
    jk_book *book = NULL;
    jk_valuation valuation = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = threads;
    const jk_floor floor = {JK_FLOOR_PAYBACK, 48.0};
    assert_int_equal(jk_book_create(tape, model, room, &book, &error), JK_OK);
    jk_value_sink sink = jk_book_sink(book);
    assert_int_equal(jk_value_run(tape, model, &options, &sink, 1, &valuation, &error), JK_OK);
    assert_int_equal(jk_book_finish(book, &valuation, &floor, 1, &error), JK_OK);
    jk_valuation_reset(&valuation);
    return book;
}

static void same_group(const jk_group *a, const jk_group *b) {
    assert_true(a->claims == b->claims && a->face == b->face && a->value == b->value);
    assert_true(a->erc_gross == b->erc_gross && a->erc_net == b->erc_net);
}

static void same_prices(jk_book *book) {
    const jk_floor floor = {JK_FLOOR_PAYBACK, 48.0};
    for (size_t c = 0; c < CASES; c++) {
        jk_error error = {0};
        jk_book_price price;
        const jk_stress stress = change(c);
        assert_int_equal(jk_book_price_make(book, &stress, NULL, 50000.0, &price, &error), JK_OK);
        jk_valuation valuation = run(c, NULL, 0);
        same_group(&price.valuation.total, &valuation.total);
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            same_group(&price.valuation.decision[a], &valuation.decision[a]);
        }
        for (size_t g = 0; g < valuation.segment_count; g++) {
            same_group(&price.valuation.segment[g], &valuation.segment[g]);
        }
        size_t cells = (size_t)valuation.flow.months * valuation.flow.segments * JK_FLOW_COUNT;
        assert_memory_equal(price.valuation.flow.cell, valuation.flow.cell, cells * sizeof(int64_t));
        jk_offer offer = jk_offer_make(&valuation, &floor, 1, 50000.0);
        assert_true(price.offer.bid == offer.bid && price.offer.bid_at_return == offer.bid_at_return);
        assert_true(price.offer.asked_irr == offer.asked_irr && price.offer.payback == offer.payback);
        assert_true(price.value_error == 0.0);
        jk_valuation_reset(&valuation);
    }
}

static void test_whole(void **state) {
    (void)state;
    jk_error error = {0};
    jk_book *book = make_book(CLAIMS, 2), *again = NULL;
    unsigned char *bytes = NULL;
    size_t size = 0;
    assert_true(jk_book_is_whole(book) && jk_book_claims(book) == CLAIMS);
    assert_int_equal(jk_book_pack(book, &bytes, &size, &error), JK_OK);
    assert_int_equal(jk_book_unpack(bytes, size, &again, &error), JK_OK);
    same_prices(book);
    same_prices(again);
    jk_book_free(book);
    jk_book_free(again);
    free(bytes);
}

/* Groups of choices add up to the whole. */
static void test_choices(void **state) {
    (void)state;
    jk_error error = {0};
    jk_book *book = make_book(CLAIMS, 1);
    const jk_stress stress = change(2);
    uint8_t segments[JK_SEGMENTS_MAX], countries[UINT8_MAX];
    jk_book_price price;
    assert_int_equal(jk_book_price_make(book, &stress, NULL, NAN, &price, &error), JK_OK);
    const jk_group whole = price.valuation.total;
    jk_group sum = {0};
    for (int part = 0; part < JK_ACTION_COUNT * JK_BOOK_BANDS; part++) {
        jk_book_choice choice = {.segments = segments, .countries = countries};
        memset(segments, 1, sizeof segments);
        memset(countries, 1, sizeof countries);
        choice.bands[part % JK_BOOK_BANDS] = 1;
        choice.decisions[part / JK_BOOK_BANDS] = 1;
        assert_int_equal(jk_book_price_make(book, &stress, &choice, NAN, &price, &error), JK_OK);
        sum.claims += price.valuation.total.claims;
        sum.face += price.valuation.total.face;
        sum.value += price.valuation.total.value;
    }
    assert_true(sum.claims == whole.claims && sum.face == whole.face && sum.value == whole.value);
    jk_book_free(book);
}

/* A price after others, some of which keep the plan before, is what it is as the first one. */
static void test_again(void **state) {
    (void)state;
    jk_error error = {0};
    jk_book *book = make_book(600, 1);
    const size_t order[] = {2, 2, 0, 2, 1, 1, 0, 0};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        jk_book *fresh = make_book(600, 1);
        jk_book_price price, alone;
        const jk_stress stress = change(order[i]);
        double asked = 40000.0 + 1000.0 * (double)i;
        assert_int_equal(jk_book_price_make(book, &stress, NULL, asked, &price, &error), JK_OK);
        assert_int_equal(jk_book_price_make(fresh, &stress, NULL, asked, &alone, &error), JK_OK);
        same_group(&price.valuation.total, &alone.valuation.total);
        size_t cells = (size_t)alone.valuation.flow.months * alone.valuation.flow.segments * JK_FLOW_COUNT;
        assert_memory_equal(price.valuation.flow.cell, alone.valuation.flow.cell, cells * sizeof(int64_t));
        assert_true(price.offer.bid == alone.offer.bid && price.offer.asked_irr == alone.offer.asked_irr);
        assert_true(price.valuation.irr == alone.valuation.irr && price.value_error == alone.value_error);
        jk_book_free(fresh);
    }
    jk_book_free(book);
}

/* The same claims stay for any number of threads; the base is anchored, and the rest within four standard errors. */
static void test_part(void **state) {
    (void)state;
    jk_error error = {0};
    jk_book *book = make_book(600, 1), *other = make_book(600, 3);
    unsigned char *bytes[2] = {NULL, NULL};
    size_t size[2];
    assert_false(jk_book_is_whole(book));
    assert_int_equal(jk_book_claims(book), 600);
    assert_int_equal(jk_book_pack(book, &bytes[0], &size[0], &error), JK_OK);
    assert_int_equal(jk_book_pack(other, &bytes[1], &size[1], &error), JK_OK);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    for (size_t c = 0; c < CASES; c++) {
        jk_book_price price;
        const jk_stress stress = change(c);
        assert_int_equal(jk_book_price_make(book, &stress, NULL, NAN, &price, &error), JK_OK);
        jk_valuation valuation = run(c, NULL, 0);
        double off = price.valuation.total.value - valuation.total.value;
        assert_true(fabs(off) <= 4.0 * price.value_error + 1e-9 * valuation.total.value);
        assert_true(price.value_error < 0.01 * valuation.total.value);
        assert_int_equal(price.valuation.total.claims, CLAIMS);
        jk_valuation_reset(&valuation);
    }
    free(bytes[0]);
    free(bytes[1]);
    jk_book_free(book);
    jk_book_free(other);
}

/* Cut anywhere, or with a byte changed, bytes are refused or are a book that can be priced. */
static void test_hostile(void **state) {
    (void)state;
    jk_error error = {0};
    jk_book *book = make_book(40, 1), *read = NULL;
    unsigned char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(jk_book_pack(book, &bytes, &size, &error), JK_OK);
    for (size_t cut = 0; cut < size; cut += 1 + cut / 16) {
        jk_error refused = {0};
        assert_int_equal(jk_book_unpack(bytes, cut, &read, &refused), JK_ERROR_FORMAT);
    }
    for (size_t at = 0; at < size; at += 1 + size / 2000) {
        jk_error refused = {0};
        bytes[at] ^= 0xff;
        if (jk_book_unpack(bytes, size, &read, &refused) == JK_OK) {
            jk_book_free(read);
        }
        bytes[at] ^= 0xff;
    }
    free(bytes);
    jk_book_free(book);
}

static int set_up(void **state) {
    (void)state;
    jk_error error = {0};
    (void)snprintf(path, sizeof path, "book-%ld.h5", (long)getpid());
    jk_generate_options options = jk_generate_defaults();
    options.rows = CLAIMS;
    assert_int_equal(jk_generate_store(&options, path, NULL, &error), JK_OK);
    assert_int_equal(jk_tape_open(path, &tape, &error), JK_OK);
    const char *source = getenv("JALKI_SOURCE");
    char file[512];
    (void)snprintf(file, sizeof file, "%s/models/nordic.yaml", source != NULL ? source : ".");
    assert_int_equal(jk_model_load(file, &model, &error), JK_OK);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    jk_model_free(model);
    jk_tape_close(tape);
    (void)unlink(path);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole), cmocka_unit_test(test_choices), cmocka_unit_test(test_again),
        cmocka_unit_test(test_part),  cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
