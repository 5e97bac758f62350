/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of a forward-flow agreement on one batch's value and flows. */
#ifndef JK_DEAL_FORWARD_DEAL_H
#define JK_DEAL_FORWARD_DEAL_H

#include "jalki/forward.h"

/* What a batch is, at its own scale; batches of the agreement are this in proportion to their face. */
typedef struct jk_batch {
    double irr;
    double face, value, onboarding;
    int months;
    jk_month flow[JK_HORIZON_MAX];
} jk_batch;

/* Adds `factor` times one batch to another of the same months and return. */
void jk_batch_add(jk_batch *into, const jk_batch *from, double factor);

/* Price per unit of face at which the agreement earns the batch's return; not below 0 where `floored`. */
double jk_forward_price(const jk_batch *batch, const jk_forward_terms *terms, int floored);

/* Fills months and totals of *forward at forward->price. forward->month has room for jk_forward_span months. */
int jk_forward_span(const jk_batch *batch, const jk_forward_terms *terms);
void jk_forward_roll(const jk_batch *batch, jk_forward *forward);

/* Return of a rolled agreement at a price per unit of face, on its monthly flows; scratch[2 * forward->months]. */
jk_irr_outcome jk_forward_return(const jk_forward *forward, double price, double *scratch, double *irr);

#endif
