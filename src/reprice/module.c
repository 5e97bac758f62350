/* SPDX-License-Identifier: Apache-2.0 */
/* What a page calls, compiled to WebAssembly alone (cmake/wasm.cmake): a packed book, figures in, a price out, all by
 * places in the module's memory. src/report/page/reprice.js is the other side. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "jalki/reprice.h"
#include "reprice/book.h"

#define EXPORT(name) __attribute__((export_name(#name), visibility("default")))

enum { ASKED = JK_STRESS_COUNT, FIGURES, HEAD = 25, GROUP = 5, CHOICES = JK_SEGMENTS_MAX + UINT8_MAX + 1 };

static jk_book *book;
static double figure[FIGURES]; /* the keys of a scenario in their order, then the price asked */
static uint8_t choice[CHOICES + JK_BOOK_BANDS + JK_ACTION_COUNT]; /* segments, countries, bands, decisions */
static double *result;
static jk_error failure;

/* A page has no environment. */
char *getenv(const char *name) {
    (void)name;
    return NULL;
}

/* The only models that are freed here are split ones, which are one arena. */
void jk_model_free(jk_model *model) {
    if (model != NULL) {
        jk_arena_free(model->arena);
    }
}

EXPORT(room) void *page_room(size_t size) {
    return malloc(size);
}

EXPORT(figures) double *page_figures(void) {
    return figure;
}

EXPORT(choices) uint8_t *page_choices(void) {
    return choice;
}

EXPORT(results) const double *page_results(void) {
    return result;
}

EXPORT(message) const char *page_message(void) {
    static char text[512];
    return jk_error_text(&failure, text, sizeof text);
}

/* 0: done. The bytes stay the book's. */
EXPORT(load) int page_load(const unsigned char *bytes, size_t size) {
    failure = (jk_error){0};
    jk_book_free(book);
    book = NULL;
    return jk_book_unpack(bytes, size, &book, &failure);
}

static double *put_groups(double *to, const jk_group *group, size_t count) {
    for (size_t i = 0; i < count; i++, to += GROUP) {
        to[0] = (double)group[i].claims;
        to[1] = group[i].face;
        to[2] = group[i].value;
        to[3] = group[i].erc_gross;
        to[4] = group[i].erc_net;
    }
    return to;
}

static void put_head(double *to, const jk_book_price *price) {
    const jk_offer *offer = &price->offer;
    const double head[HEAD] = {(double)price->valuation.total.claims,
                               price->valuation.total.face,
                               offer->value,
                               offer->onboarding,
                               offer->bid_at_return,
                               offer->bid,
                               offer->binding,
                               offer->attainable,
                               offer->erc_gross[0],
                               offer->erc_gross[1],
                               offer->erc_gross[2],
                               offer->sum.gross,
                               offer->sum.cost,
                               offer->sum.sale,
                               offer->sum.net,
                               offer->cost_share,
                               offer->multiple,
                               offer->payback,
                               offer->asked_irr,
                               offer->asked_outcome,
                               offer->asked_multiple,
                               offer->asked_payback,
                               price->valuation.irr,
                               price->value_error,
                               offer->sum.instalments};
    for (int i = 0; i < HEAD; i++) {
        to[i] = head[i];
    }
}

static int put_price(const jk_book_price *price) {
    const jk_valuation *valuation = &price->valuation;
    size_t months = (size_t)valuation->flow.months;
    size_t groups = JK_ACTION_COUNT + valuation->segment_count + valuation->country_count;
    double *made = realloc(result, (HEAD + GROUP * groups + 2 * months) * sizeof *made);
    JK_TRY(jk_held(made != NULL, &failure, "a price"));
    result = made;
    put_head(made, price);
    double *next = put_groups(made + HEAD, valuation->decision, JK_ACTION_COUNT);
    next = put_groups(next, valuation->segment, valuation->segment_count);
    next = put_groups(next, valuation->country, valuation->country_count);
    for (size_t t = 0; t < months; t++) {
        jk_month month = jk_valuation_month(valuation, (int)t + 1, valuation->flow.segments);
        next[t] = month.gross;
        next[months + t] = month.net;
    }
    return JK_OK;
}

/* 0: done, else see the message. `chosen`: of the claims that the choices name, else of all. */
EXPORT(price) int page_price(int chosen) {
    failure = (jk_error){0};
    if (book == NULL) {
        return jk_fail(&failure, JK_ERROR_ARGUMENT, NULL, 0, NULL, "no portfolio is loaded");
    }
    jk_stress stress = jk_stress_none();
    for (int key = 0; key < JK_STRESS_COUNT; key++) {
        stress.figure[key] = figure[key];
    }
    jk_book_choice taken = {.segments = choice, .countries = choice + JK_SEGMENTS_MAX};
    for (int i = 0; i < JK_BOOK_BANDS; i++) {
        taken.bands[i] = choice[CHOICES + i];
    }
    for (int i = 0; i < JK_ACTION_COUNT; i++) {
        taken.decisions[i] = choice[CHOICES + JK_BOOK_BANDS + i];
    }
    jk_book_price price;
    jk_status status = jk_book_price_make(book, &stress, chosen ? &taken : NULL, figure[ASKED], &price, &failure);
    return status == JK_OK ? put_price(&price) : (int)status;
}
