/* SPDX-License-Identifier: Apache-2.0 */
/* The run behind a report, and its document. */
#include "jalki/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "base/policy.h"
#include "jalki/export.h"
#include "report/figures.h"

/* ---- the run ---------------------------------------------------------------------------------------------------- */

/* The run's own return, by which claims are looked at, and then those asked for, rising, each once. */
static jk_status choose_returns(jk_figures *figures, jk_error *error) {
    const double steps[] = {-0.06, -0.03, 0.03, 0.06};
    const jk_report_options *options = figures->options;
    const double own = isnan(options->value.irr) ? figures->model->irr : options->value.irr;
    size_t count = 0;
    double all[JK_RETURNS_MAX];
    if (options->irr_count >= JK_RETURNS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "irr", "%zu required returns; expected at most %d",
                       options->irr_count, JK_RETURNS_MAX - 1);
    }
    figures->irr[figures->returns++] = own;
    for (size_t i = 0; options->irr != NULL && i < options->irr_count; i++) {
        all[count++] = options->irr[i];
    }
    for (size_t i = 0; options->irr == NULL && i < sizeof steps / sizeof steps[0]; i++) {
        double rate = round((own + steps[i]) * 1e6) / 1e6; /* 0.15 + 0.03 is to read 0.18 */
        if (rate > 0.0) {
            all[count++] = rate;
        }
    }
    jk_sort(all, count, sizeof all[0], jk_compare_reals);
    size_t below = 0;
    for (size_t i = 0; i < count; i++) {
        if (all[i] != own && (i == 0 || all[i] != all[i - 1])) {
            below += all[i] < own;
            figures->irr[figures->returns++] = all[i];
        }
    }
    for (size_t i = 0; i < figures->returns; i++) {
        figures->rising[i] = i < below ? i + 1 : i == below ? 0 : i;
    }
    return JK_OK;
}

#define TOLD_TOLERANCE 1e-6 /* of a value in one currency and in another; plans are made in 32 bits */

static jk_status check_value(const jk_figures *figures, jk_error *error) {
    const jk_origin *origin = figures->options->origin;
    if (origin == NULL || origin->value == jk_grid_from_double(figures->valuation.total.value)) {
        return JK_OK;
    }
    const char *told = origin->currency != NULL ? origin->currency : figures->model->written_currency;
    if (strcmp(told, figures->model->base_currency) != 0) { /* the plan of another currency is rounded otherwise */
        const double before = jk_grid_to_double(origin->value) * jk_model_exchange_rate(figures->model, told);
        if (fabs(before - figures->valuation.total.value) <= TOLD_TOLERANCE * before) {
            return JK_OK;
        }
    }
    return jk_fail(error, JK_ERROR_DATA, origin->path, 0, NULL,
                   "its claims are worth %.2f and this program makes them %.2f; expected results of this version of "
                   "jalki with the same options: run jalki value again",
                   jk_grid_to_double(origin->value), figures->valuation.total.value);
}

static jk_status run_scenarios(jk_figures *figures, jk_error *error) {
    const jk_scenarios *set = figures->options->scenarios;
    if (set == NULL) {
        return JK_OK;
    }
    jk_scenario_run wanted = {.scenarios = set->scenarios,
                              .scenario_count = set->count,
                              .irr = &figures->valuation.irr,
                              .returns = 1,
                              .modes = JK_MODE_REPLANNED | JK_MODE_COMMITTED};
    return jk_scenario_grid_make(figures->tape, figures->model, &figures->options->value, &wanted, NULL, 0,
                                 &figures->grid, error);
}

static jk_status run_simulation(jk_figures *figures, jk_error *error) {
    const jk_report_options *options = figures->options;
    if (options->paths == 0) {
        return JK_OK;
    }
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = options->paths;
    wanted.seed = options->seed;
    wanted.price = jk_figures_bid(figures);
    return jk_simulate(figures->tape, figures->model, &options->value, &wanted, &figures->simulation, error);
}

/* The gate before a bid. */
static jk_status check_bid(const jk_figures *figures, jk_error *error) {
    const jk_report_options *options = figures->options;
    const jk_valuation *valuation = &figures->valuation;
    const jk_gate_view view = {.cutoff = valuation->cutoff,
                               .today = options->today,
                               .irr = &valuation->irr,
                               .irr_count = 1,
                               .face = valuation->total.face,
                               .gross = valuation->total.erc_gross,
                               .run = &options->value.run};
    if (options->findings == NULL) {
        return JK_OK;
    }
    JK_TRY(jk_gate_check(figures->tape, figures->model, &view, options->findings, error));
    jk_findings_accept(options->findings, options->value.accepted);
    return jk_findings_refuse(options->findings, jk_tape_path(figures->tape), error);
}

static jk_status run(jk_figures *figures, jk_error *error) {
    const jk_report_options *options = figures->options;
    JK_TRY(jk_spread_init(&figures->spread, jk_tape_rows(figures->tape), figures->model->segment_count, error));
    JK_TRY(jk_candidates_create(figures->tape, figures->model, &figures->candidates, error));
    jk_value_sink sinks[3] = {jk_candidates_sink(figures->candidates), jk_spread_sink(&figures->spread)};
    size_t sink_count = 2;
    if (options->book != NULL) {
        sinks[sink_count++] = jk_book_sink(options->book);
    }
    JK_TRY(choose_returns(figures, error));
    const jk_bid_options bids = {.irr = figures->irr,
                                 .returns = figures->returns,
                                 .floors = options->floors,
                                 .floor_count = options->floor_count,
                                 .asked = options->asked,
                                 .sinks = sinks,
                                 .sink_count = sink_count};
    JK_TRY(jk_bids_make(figures->tape, figures->model, &options->value, &bids, &figures->bids, error));
    figures->valuation = figures->bids.first;
    figures->bids.first = (jk_valuation){0};
    if (options->book != NULL) {
        JK_TRY(jk_book_finish(options->book, &figures->valuation, options->floors, options->floor_count, error));
    }
    figures->valuation.worth = options->fit;
    jk_spread_finish(&figures->spread);
    JK_TRY(check_bid(figures, error));
    JK_TRY(check_value(figures, error));
    JK_TRY(run_scenarios(figures, error));
    JK_TRY(run_simulation(figures, error));
    jk_worklist_options list = jk_worklist_defaults();
    list.top = options->worklist_rows;
    list.cutoff = options->value.cutoff;
    list.run = options->value.run;
    JK_TRY(jk_worklist_make(figures->candidates, &list, &figures->worklist, error));
    if (!options->brief) {
        JK_TRY(jk_figures_explain(figures, error));
    }
    jk_inspect_options inspect = jk_inspect_defaults();
    inspect.cutoff = options->value.cutoff;
    inspect.run = options->value.run;
    return jk_inspect_run(figures->tape, &inspect, &figures->inspection, error);
}

static void reset(jk_figures *figures) {
    jk_figures_explained_reset(figures);
    jk_inspect_free(figures->inspection);
    jk_worklist_reset(&figures->worklist);
    jk_candidates_free(figures->candidates);
    jk_spread_reset(&figures->spread);
    jk_scenario_grid_reset(&figures->grid);
    jk_simulation_reset(&figures->simulation);
    jk_bids_reset(&figures->bids);
    jk_valuation_reset(&figures->valuation);
}

/* ---- the document ------------------------------------------------------------------------------------------------ */

static json_t *worklist_of(jk_json_builder *b, const jk_figures *figures) {
    jk_worklist_options list = jk_worklist_defaults();
    list.top = figures->options->worklist_rows;
    json_t *object =
        jk_figures_taken(b, jk_worklist_json(figures->candidates, &figures->valuation, &list, &figures->worklist));
    (void)json_object_del(object, "manifest"); /* it stands in the valuation */
    json_t *rows = json_object_get(object, "rows");
    for (size_t i = 0; i < json_array_size(rows) && i < figures->worklist.count; i++) {
        if (!jk_policy_get()->with_ids) {
            jk_json_put(b, json_array_get(rows, i), "claim_id", jk_json_row_name(figures->worklist.rows[i].row));
            jk_json_put(b, json_array_get(rows, i), "debtor_id", json_null());
        }
    }
    return object;
}

/* Those of the model, and those of the tape's import that nobody has accepted. */
static json_t *warnings_of(jk_json_builder *b, const jk_figures *figures) {
    json_t *list = json_array();
    jk_findings findings = {0};
    for (size_t i = 0; i < figures->model->warning_count; i++) {
        jk_json_append(b, list, jk_json_string(figures->model->warnings[i]));
    }
    b->failed |= jk_findings_of_tape(figures->tape, &findings, NULL) != JK_OK;
    jk_findings_accept(&findings, figures->options->value.accepted);
    for (size_t i = 0; i < findings.count; i++) {
        if (!findings.list[i].accepted) {
            jk_json_append(b, list, jk_json_string(findings.list[i].text));
        }
    }
    jk_findings_reset(&findings);
    return list;
}

static char *document(jk_figures *figures) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "jalki_report", json_integer(1));
    jk_json_put(&b, object, "brief", json_boolean(figures->options->brief));
    jk_json_put(&b, object, "currency", jk_json_string(figures->model->base_currency));
    if (figures->model->written_rate != 1.0) {
        jk_json_put(&b, object, "written_rate", jk_json_number(figures->model->written_rate));
    }
    jk_json_put(&b, object, "decimals", json_integer(jk_figures_decimals(&figures->valuation)));
    jk_json_put(&b, object, "valuation",
                jk_figures_taken(&b, jk_valuation_json(figures->tape, figures->model, &figures->valuation)));
    jk_json_put(&b, object, "reasons", jk_figures_reasons(&b, &figures->valuation));
    jk_json_put(&b, object, "returns", jk_figures_returns(&b, figures));
    jk_json_put(&b, object, "waterfall", jk_figures_waterfall(&b, figures));
    jk_json_put(&b, object, "months", jk_figures_months(&b, figures->model, &figures->valuation));
    jk_json_put(&b, object, "scenarios", jk_figures_scenarios(&b, figures));
    jk_json_put(&b, object, "simulation", jk_figures_simulation(&b, figures));
    jk_json_put(&b, object, "map", jk_figures_map(&b, figures));
    jk_json_put(&b, object, "concentration", jk_figures_concentration(&b, figures));
    jk_json_put(&b, object, "reprice", jk_figures_reprice(&b, figures));
    jk_json_put(&b, object, "tape", jk_figures_tape(&b, figures));
    jk_json_put(&b, object, "worklist", worklist_of(&b, figures));
    jk_json_put(&b, object, "explanations", jk_figures_explained(&b, figures));
    jk_json_put(&b, object, "warnings", warnings_of(&b, figures));
    return jk_json_text(&b, object, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
}

jk_status jk_report_json(const jk_tape *tape, const jk_model *model, const jk_report_options *options, char **json,
                         jk_error *error) {
    *json = NULL;
    jk_figures *figures = calloc(1, sizeof *figures);
    JK_TRY(jk_held(figures != NULL, error, "the report"));
    figures->tape = tape;
    figures->model = model;
    figures->options = options;
    jk_status status = run(figures, error);
    if (status == JK_OK) {
        *json = document(figures);
        status = jk_held(*json != NULL, error, "the report's figures");
    }
    reset(figures);
    free(figures);
    return status;
}
