/* SPDX-License-Identifier: Apache-2.0 */
/* A portfolio in the hands of an owner whose agents have only so many hours: the price of an hour in each epoch at
 * which the plan, made anew at these prices, takes no more hours than there are, and what the portfolio is worth under
 * that plan.
 *
 *     jk_hours hours = {.given = {1500.0}, .given_count = 1};
 *     jk_hours_solve(tape, model, &options, &hours, &error);
 *     jk_hours_value(tape, model, &options, &hours, sinks, sink_count, &valuation, &error);
 *
 * Hours are those that the plan pays (model-file.md, cost.hour): effort_hours by the months of the first epoch, of each
 * debtor once, for as long as the claim is open; expected ones, as all figures of the plan. */
#ifndef JALKI_HOURS_H
#define JALKI_HOURS_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

struct jk_hours {
    /* What there is: hours of the first epochs, one after the other; the pace of the last one goes on. */
    double given[JK_EPOCHS_MAX];
    size_t given_count; /* 1.. the model's epochs */
    /* What came of it, by epoch. Prices are of the cut-off: the plan's costs grow with the model's inflation. */
    int epochs;
    int months[JK_EPOCHS_MAX];                              /* each epoch's length */
    double available[JK_EPOCHS_MAX], wanted[JK_EPOCHS_MAX]; /* wanted: by the plan without a limit */
    double used[JK_EPOCHS_MAX], price[JK_EPOCHS_MAX];
    double value;     /* of all claims under the plan, whose hours cost what the model says and no more */
    double unlimited; /* without a limit */
    double bound;     /* no plan whose expected hours keep the limit in every epoch is worth more */
    int rounds;       /* valuations that it took */
};

/* Finds the prices: rounds of valuations in which the price of each epoch follows the hours that the plan takes there.
 * Of the plans that keep the limit in every epoch the one worth most is taken; where the plan without a limit keeps it,
 * all prices are 0. The same figures for any number of threads and order of rows. JK_ERROR_ARGUMENT for hours that are
 * not above 0, or more of them than epochs; else as jk_value_cases. options->irr is the required return. */
jk_status jk_hours_solve(const jk_tape *tape, const jk_model *model, const jk_value_options *options, jk_hours *hours,
                         jk_error *error);

/* The valuation under that plan, with the model's own costs; sinks see it claim by claim: action values are of that
 * action now and the plan after. */
jk_status jk_hours_value(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                         const jk_hours *hours, const jk_value_sink *sinks, size_t sink_count, jk_valuation *valuation,
                         jk_error *error);

/* What came of it by epoch, as rows with their columns described; for NULL the columns alone. */
jk_listing jk_hours_listing(const jk_hours *hours);

#ifdef __cplusplus
}
#endif
#endif
