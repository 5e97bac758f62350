/* SPDX-License-Identifier: Apache-2.0 */
/* Forward flow: the purchaser takes every claim that a seller writes off, month by month, for a fixed share of its
 * face. The fresh claims of a tape stand for what comes in a month.
 *
 *     jk_forward_terms terms = jk_forward_defaults();
 *     terms.term = 24;
 *     jk_forward_make(tape, model, &options, &terms, &forward, &error);
 *     jk_forward_reset(&forward);
 *
 * Batch k (from 1) is delivered k - 1 months after the cut-off, is then as old as the tape's fresh claims are now, and
 * brings their flows from its delivery on. The price per unit of face is the one at which the whole agreement earns the
 * required return: the sum of the batches' values less onboarding, each discounted from its delivery, over the
 * discounted face that is paid for. An agreement of one batch is priced as `price` prices that batch. */
#ifndef JALKI_FORWARD_H
#define JALKI_FORWARD_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_FORWARD_TERM_MAX = 120, JK_FORWARD_DELAY_MAX = 24, JK_FORWARD_BANDS = 7, JK_FORWARD_MIX_MAX = 64 };

/* A segment's share of the face in the mix that is priced; the others keep their proportions. */
typedef struct jk_forward_mix {
    const char *segment;
    double share; /* 0..1 */
} jk_forward_mix;

typedef struct jk_forward_terms {
    int fresh;     /* claims written off less than this many months ago are fresh; 0: the whole tape */
    int term;      /* batches, 1..JK_FORWARD_TERM_MAX */
    double volume; /* face a month in full run; NaN: the tape's fresh face / fresh months (whole tape: all of it) */
    int ramp;      /* batch k brings volume x min(1, k / ramp); 0 or 1: full from the start */
    double cap;    /* most face in all: the batch that reaches it is cut, later ones are not bought; INFINITY: none */
    double drift;  /* change of collections per unit of face a year, by the time of delivery; -0.05: 5 % less */
    double cost_drift; /* growth of cost likewise; NaN: the model's cost_inflation */
    int pay_after;     /* months from delivery to payment, 0..JK_FORWARD_DELAY_MAX */
    double asked;      /* price asked per unit of face; NaN: none */
    jk_forward_mix mix[JK_FORWARD_MIX_MAX];
    size_t mix_count; /* 0: the tape's own mix */
} jk_forward_terms;

/* Claims of the last 3 months, 12 batches, no ramp, no cap, no drift, paid on delivery. */
jk_forward_terms jk_forward_defaults(void);

/* Claims in a segment, or of an age at sale. Price per unit of face under the terms, as if all batches were like this.
 */
typedef struct jk_forward_part {
    const char *name;      /* segment; NULL for ages */
    int age_from, age_end; /* ages: whole months since write-off at sale; end 0: all from age_from on */
    uint64_t claims;       /* on the tape */
    double face;
    double share;         /* of the face in the mix that is priced; NaN for ages */
    double price;         /* NaN where there are no claims */
    double if_tenth_more; /* change of the agreement's price if ten points of the face more were of this segment */
} jk_forward_part;

/* Months of the agreement, from 1. Purchases and onboarding fall on a month's beginning, the rest on its middle. */
typedef struct jk_forward_month {
    double face; /* delivered */
    double paid; /* to the seller, at the price */
    double onboarding;
    double gross, cost, sale;
    double net;       /* gross - cost + sale - paid - onboarding */
    double cumulated; /* net so far, at the month's end */
    double own_price; /* per unit of face, of this month's batch alone; NaN where none is delivered */
} jk_forward_month;

typedef struct jk_forward {
    jk_forward_terms terms; /* with volume and cost_drift filled in */
    jk_valuation fresh;     /* of the fresh claims */
    double price;           /* per unit of face, >= 0 */
    double price_own_mix;   /* at the tape's own mix; equals price without a mix */
    int batches;            /* delivered; fewer than the term where the cap is reached before */
    double face, paid, onboarding, gross, cost, sale; /* of the whole agreement, undiscounted */
    double multiple;                                  /* (gross - cost + sale) / (paid + onboarding) */
    double funding;                                   /* most money out at any time */
    int funding_month;                                /* in which; 0: none is ever out */
    int payback;                                      /* month from whose end on nothing is out; -1: never */
    double irr;       /* yearly return of the agreement at the price, on monthly flows */
    double asked_irr; /* at the asked price; NaN unless found */
    jk_irr_outcome asked_outcome;
    size_t segment_count;
    jk_forward_part *segment;              /* [segment_count] those with claims */
    jk_forward_part age[JK_FORWARD_BANDS]; /* what the price would be if claims were sold at that age */
    int months;
    jk_forward_month *month; /* [months] */
    void *arena;
} jk_forward;

/* JK_ERROR_DATA where no claim is fresh, or where a mix names no segment with fresh claims or shares above 1;
 * JK_ERROR_ARGUMENT for terms out of range; and what jk_value_run reports. *forward need not be initialised; on failure
 * it is empty. */
jk_status jk_forward_make(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                          const jk_forward_terms *terms, jk_forward *forward, jk_error *error);
void jk_forward_reset(jk_forward *forward);

/* Sums of `count` months from index `first` on, as far as the agreement goes; cumulated is the last one's. */
jk_forward_month jk_forward_sum(const jk_forward *forward, int first, int count);

/* The months of the agreement as rows, and its years; the prices of segments with claims, and by age at sale; NULL: the
 * columns alone. */
jk_listing jk_forward_listing(const jk_forward *forward);
jk_listing jk_forward_years_listing(const jk_forward *forward);
jk_listing jk_forward_segments_listing(const jk_forward *forward);
jk_listing jk_forward_ages_listing(const jk_forward *forward);

/* As JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_forward_json(const jk_tape *tape, const jk_model *model, const jk_forward *forward);

#ifdef __cplusplus
}
#endif
#endif
