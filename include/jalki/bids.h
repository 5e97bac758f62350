/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table: what the portfolio, each of its segments and countries, and the claims of each decision may cost, at
 * several required returns and in several scenarios, under floors (model.md section 8).
 *
 *     jk_bid_options wanted = {.irr = irr, .returns = 3, .floors = floors, .floor_count = 2, .asked = NAN};
 *     jk_bids bids;
 *     jk_bids_make(tape, model, &options, &wanted, &bids, &error);
 *     const jk_bid_cell *cell = jk_bid_at(&bids, 0, 1, 0);     base case, second return, whole portfolio
 *     jk_bids_reset(&bids);
 *
 * Scenarios stand beside the base case, as many cells again. A cell's offer carries the return it was made at, which a
 * scenario may have shifted; irr[] are the required returns themselves.
 *
 * A cell is a group's offer by itself: its own value less its own onboarding, and the floors on its own cash flow.
 * Cells therefore do not add up to the portfolio: a group that is not worth its onboarding is bid at 0, and a floor
 * that binds one group may leave another alone. */
#ifndef JALKI_BIDS_H
#define JALKI_BIDS_H

#include "jalki/hours.h"
#include "jalki/scenario.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_FLOORS_MAX = 16 };

typedef enum jk_bid_kind { JK_BID_ALL, JK_BID_DECISION, JK_BID_SEGMENT, JK_BID_COUNTRY, JK_BID_KIND_COUNT } jk_bid_kind;
const char *jk_bid_kind_name(jk_bid_kind kind); /* "all", "decision", "segment", "country" */

/* A line of the table: a group of claims. The claims of a decision change with the return and the scenario. */
typedef struct jk_bid_line {
    jk_bid_kind kind;
    const char *name; /* "all", the action, the segment's id, the country's code */
} jk_bid_line;

typedef struct jk_bid_cell {
    jk_group group;
    jk_offer offer;  /* under the plan of plan_irr, as are the group's erc; value, bid_at_return and asked are the
                        return's own */
    double plan_irr; /* the return whose plan the bid is made on: the cell's own, or where a floor binds that of the
                        table's higher returns which bears the highest price */
    int floored; /* 1: the floors were applied; 0: this group's monthly flow is not known (decisions; countries where
                    segments x countries are more than a model can hold), and the bid is the one at the return alone */
} jk_bid_cell;

typedef struct jk_bid_options {
    const double *irr; /* required yearly returns; NaN: the model's */
    size_t returns;    /* 1..JK_RETURNS_MAX */
    const jk_floor *floors;
    size_t floor_count;           /* 0..JK_FLOORS_MAX */
    double asked;                 /* the price asked for the whole portfolio; NaN: none */
    const jk_scenario *scenarios; /* of a file that was loaded with the model */
    size_t scenario_count;        /* 0: the base case alone */
    int committed;                /* 1: the base plan is kept in the scenarios; 0: each is planned anew */
    const jk_value_sink *sinks;   /* given the claims as they are valued in the base case at the first return; of a plan
                                     within hours with a single return only */
    size_t sink_count;
    jk_strata *strata;     /* opened for returns x (1 + scenarios) cases, 1 + scenarios each: filled and finished; NULL:
                              none;     not with hours at several returns */
    const jk_hours *hours; /* a plan within hours at every return (its `given`); not with scenarios; NULL: no limit */
} jk_bid_options;

typedef struct jk_bids {
    size_t scenario_count, return_count, line_count;
    double irr[JK_RETURNS_MAX]; /* the required returns */
    const char **scenario;      /* names; the first is "base" */
    int committed;
    jk_bid_line *line; /* all, the decisions, the segments in the model's order, the countries by code */
    jk_bid_cell *cell; /* see jk_bid_at */
    jk_floor floors[JK_FLOORS_MAX];
    size_t floor_count;
    double asked;
    jk_hours *hours;         /* [return_count] as solved; NULL: no limit */
    const jk_strata *strata; /* of the options, told in JSON */
    jk_valuation first;      /* of the base case at the first return */
    void *arena;             /* owns the arrays and names above */
} jk_bids;

/* Values the tape at every return and in every scenario in one pass and makes the table. *bids need not be initialised;
 * on failure it is empty. options->irr is not looked at. Fails as jk_scenario_grid_make does. */
jk_status jk_bids_make(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                       const jk_bid_options *wanted, jk_bids *bids, jk_error *error);
void jk_bids_reset(jk_bids *bids);

const jk_bid_cell *jk_bid_at(const jk_bids *bids, size_t scenario, size_t which_return, size_t line);

/* What binds a cell's bid: "return", or the kind of floor; "" where the floors were not applied. */
const char *jk_bid_binding(const jk_bids *bids, const jk_bid_cell *cell);

#ifdef __cplusplus
}
#endif
#endif
