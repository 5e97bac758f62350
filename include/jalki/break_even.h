/* SPDX-License-Identifier: Apache-2.0 */
/* Break-even: how far one stress can go before a figure of the portfolio comes to a target, such as the recovery
 * haircut at which the bid equals the price asked, or the court cost at which legal pays for half as many claims. */
#ifndef JALKI_BREAK_EVEN_H
#define JALKI_BREAK_EVEN_H

#include "jalki/listing.h"
#include "jalki/scenario.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_measure {
    JK_MEASURE_BID,        /* value less onboarding, below 0 too */
    JK_MEASURE_LEGAL_SHARE /* claims decided legal over those that are in the base */
} jk_measure;

typedef struct jk_break_even_wish {
    jk_stress_key key;
    jk_where where; /* who is stressed; zero: all claims */
    double irr;     /* required return; NaN: the model's */
    int committed;  /* the base plan is kept (bid only) */
    jk_measure measure;
    double target;
} jk_break_even_wish;

typedef struct jk_break_even {
    int found;
    double figure;    /* of the key; NaN where none does. Months of delay, and shares: the nearest figure to the base at
                         which the measure has come to the target or beyond */
    double reached;   /* the measure there */
    double base;      /* the measure where nothing is stressed */
    double low, high; /* figures between which it was looked for */
    double at_low, at_high; /* the measure there; NaN where it was found without looking, nearer or on the other side */
    int runs;               /* valuations of the tape */
} jk_break_even;

/* Finds it. The measure is taken to move one way along the key between its neutral figure and each bound; the answer is
 * bracketed before it is narrowed, and where no bracket holds the target, `found` is 0 and the ends say why. Errors as
 * of jk_value_cases; JK_ERROR_DATA for a share where the base decides nothing legal. */
jk_status jk_break_even_find(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                             const jk_break_even_wish *wish, jk_break_even *result, jk_error *error);

/* Results of wishes as rows; no wishes: the columns alone. */
jk_listing jk_break_even_listing(const jk_break_even_wish *wishes, const jk_break_even *results, size_t count);

/* Results of wishes with one key and measure as JSON; NULL if there is no memory. Free with free(). */
char *jk_break_even_json(const jk_break_even_wish *wishes, const jk_break_even *results, size_t count);

#ifdef __cplusplus
}
#endif
#endif
