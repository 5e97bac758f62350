/* SPDX-License-Identifier: Apache-2.0 */
/* A portfolio that can be priced again without its tape: the claims' inputs to the plan and what the plan takes of the
 * model, collected in a run of the engine, packed into bytes, and priced under changed figures. The same code runs here
 * and, compiled to WebAssembly, in the page of a report; both give the same bits.
 *
 *     jk_book *book = NULL;
 *     jk_book_create(tape, model, 20000, &book, &error);
 *     jk_value_sink sinks[] = {jk_book_sink(book)};
 *     jk_value_run(tape, model, &options, sinks, 1, &valuation, &error);
 *     jk_book_finish(book, &valuation, floors, floor_count, &error);
 *     jk_book_pack(book, &bytes, &size, &error);
 *
 * Where the portfolio has more claims than there is room for, a part of them stands for all: claims are kept by
 * priority sampling (Duffield, Lund and Thorup, 2007) with sizes of value plus a fiftieth of face, each enlarged to
 * what it stands for, and values are anchored on the full valuation: V(0) * v / v(0), whose standard error is told. */
#ifndef JALKI_REPRICE_H
#define JALKI_REPRICE_H

#include "jalki/scenario.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_book jk_book;

/* What a portfolio is sorted by beside segment and country: years since write-off. */
enum { JK_BOOK_BANDS = 7 };
extern const int jk_book_band_from[JK_BOOK_BANDS]; /* months; each band ends where the next begins */

/* The band of a claim that was written off so many months ago. */
size_t jk_book_band_of(double months);

/* An empty book with room for `room` claims (at least 1). `model` must be no split one and must outlive it. */
jk_status jk_book_create(const jk_tape *tape, const jk_model *model, size_t room, jk_book **book, jk_error *error);
void jk_book_free(jk_book *book); /* NULL is accepted */

/* Collects claims in a run of one case. Results do not depend on threads or blocks. */
jk_value_sink jk_book_sink(jk_book *book);

/* After that run: its valuation anchors the book, the floors are those of every bid. */
jk_status jk_book_finish(jk_book *book, const jk_valuation *valuation, const jk_floor *floors, size_t floor_count,
                         jk_error *error);

/* As bytes; free with free(). */
jk_status jk_book_pack(const jk_book *book, unsigned char **bytes, size_t *size, jk_error *error);

size_t jk_book_claims(const jk_book *book); /* that it keeps */
int jk_book_is_whole(const jk_book *book);  /* 1: it keeps all */

/* ---- prices ------------------------------------------------------------------------------------------------------ */

/* Which claims count. NULL: all. */
typedef struct jk_book_choice {
    const uint8_t *segments;  /* [segments] 1: taken */
    const uint8_t *countries; /* [countries], in alphabetical order of the code */
    uint8_t bands[JK_BOOK_BANDS];
    uint8_t decisions[JK_ACTION_COUNT]; /* of the plan where nothing is changed */
} jk_book_choice;

typedef struct jk_book_price {
    jk_valuation valuation; /* arrays belong to the book, until its next price; country: in alphabetical order */
    jk_offer offer;
    double value_error; /* standard error of the value; 0 where the book keeps all claims */
} jk_book_price;

#ifdef __cplusplus
}
#endif
#endif
