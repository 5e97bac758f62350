/* SPDX-License-Identifier: Apache-2.0 */
/* A book in memory: rows of terms with what they are sorted by, what of the model the plan needs, and the full
 * valuation that prices are anchored on. */
#ifndef JK_REPRICE_BOOK_H
#define JK_REPRICE_BOOK_H

#include "base/memory.h"
#include "jalki/reprice.h"

enum { JK_BOOK_FLOORS_MAX = 32 };

/* The columns of a book, `rows` elements each. */
typedef struct jk_book_columns {
    jk_terms terms;
    double *face;
    double *stands_for; /* claims; 1 where the book is whole. Amounts of the terms are enlarged by it */
    uint8_t *country;   /* in alphabetical order of the code */
    uint8_t *band;
} jk_book_columns;

size_t jk_book_columns_size(size_t rows);
void jk_book_columns_place(jk_book_columns *columns, size_t rows, void *memory);

/* What the whole portfolio comes to where nothing is changed. */
typedef struct jk_book_whole {
    double claims, face, value, erc_gross, erc_net;
    double gross, instalments, cost, sale; /* of the flow */
} jk_book_whole;

/* Work of prices; arrays by row of the book. */
typedef struct jk_book_work {
    bool is_ready; /* the first plan is known */
    bool is_held;  /* the arrays and the flow are of the figures in `held` and the rows in `allowed` */
    double held[JK_STRESS_COUNT], held_irr;
    bool is_anchored; /* the flow already is */
    jk_plan_results found;
    float *value, *erc_gross, *erc_net;
    uint8_t *decision, *allowed;
    float *first_value; /* where nothing is changed */
    uint8_t *first_decision;
    jk_book_whole first; /* what the rows come to there */
    jk_cashflow flow;
    jk_group *segment, *country;
    const char **segment_id, **country_id;
    void *memory;
} jk_book_work;

struct jk_book {
    jk_model model; /* of a packed book: only what packing keeps */
    jk_book_columns columns;
    size_t rows, country_count;
    double irr;
    int32_t cutoff;
    unsigned allow;
    jk_book_whole whole;
    bool is_whole;
    jk_floor floors[JK_BOOK_FLOORS_MAX];
    size_t floor_count;
    void *memory;                     /* of the columns */
    jk_arena *arena;                  /* of what is collected, or of an unpacked model */
    struct jk_collecting *collecting; /* until it is finished; in the arena */
    jk_book_work work;
};

void jk_book_work_reset(jk_book_work *work);

/* A book from packed bytes, which must outlive it. JK_ERROR_FORMAT where they are none. */
jk_status jk_book_unpack(const unsigned char *bytes, size_t size, jk_book **book, jk_error *error);

/* Prices the chosen claims under a stress of the whole portfolio: plans are made anew. `asked`: a price; NaN: none.
 * Errors as of jk_stress_set_make and jk_plan_create. */
jk_status jk_book_price_make(jk_book *book, const jk_stress *stress, const jk_book_choice *choice, double asked,
                             jk_book_price *price, jk_error *error);

#endif
