/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the report's JSON document. Each function returns a new value; what could not be held is in the builder.
 */
#ifndef JK_REPORT_FIGURES_H
#define JK_REPORT_FIGURES_H

#include "base/text/json.h"
#include "jalki/bids.h"
#include "jalki/explain.h"
#include "jalki/inspect.h"
#include "jalki/report.h"
#include "jalki/worklist.h"
#include "report/spread.h"

/* Everything that the document is made of. */
typedef struct jk_figures {
    const jk_tape *tape;
    const jk_model *model;
    const jk_report_options *options;
    jk_valuation valuation;        /* at the run's return */
    double irr[JK_RETURNS_MAX];    /* of the bid table: the run's return, then the others, rising */
    size_t rising[JK_RETURNS_MAX]; /* places in it, by return */
    size_t returns;
    jk_bids bids;
    jk_scenario_grid grid;    /* the run's return under the scenarios, both modes */
    jk_simulation simulation; /* at the bid of the run's return */
    jk_spread spread;
    jk_candidates *candidates;
    jk_worklist worklist;
    jk_inspection *inspection;
    jk_explanation *explained; /* of the worklist's rows */
    size_t explained_count;
} jk_figures;

/* Decimals with which amounts of the portfolio are shown: 0, or 2 where it is small. */
int jk_figures_decimals(const jk_valuation *valuation);

/* figures_price.c. The bid at the run's return, which is one of the table's. */
double jk_figures_bid(const jk_figures *figures);
json_t *jk_figures_waterfall(jk_json_builder *b, const jk_figures *figures);
json_t *jk_figures_returns(jk_json_builder *b, const jk_figures *figures);
json_t *jk_figures_months(jk_json_builder *b, const jk_model *model, const jk_valuation *valuation);
json_t *jk_figures_reasons(jk_json_builder *b, const jk_valuation *valuation);

/* figures_risk.c: null where none are wanted. */
json_t *jk_figures_scenarios(jk_json_builder *b, const jk_figures *figures);
json_t *jk_figures_simulation(jk_json_builder *b, const jk_figures *figures);

/* A document that another part of the library makes, as a part of this one, without its manifest; frees the text. */
json_t *jk_figures_taken(jk_json_builder *b, char *text);

/* figures_spread.c: sorts the spread's arrays. NULL debtor sums: no memory. */
json_t *jk_figures_map(jk_json_builder *b, const jk_figures *figures);
json_t *jk_figures_concentration(jk_json_builder *b, jk_figures *figures);

/* figures_reprice.c: null without a book. */
json_t *jk_figures_reprice(jk_json_builder *b, const jk_figures *figures);

/* figures_explained.c: of the worklist's rows, in their order. */
jk_status jk_figures_explain(jk_figures *figures, jk_error *error);
void jk_figures_explained_reset(jk_figures *figures);
json_t *jk_figures_explained(jk_json_builder *b, const jk_figures *figures);

/* figures_tape.c */
json_t *jk_figures_tape(jk_json_builder *b, const jk_figures *figures);

#endif
