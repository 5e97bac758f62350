/* SPDX-License-Identifier: Apache-2.0 */
/* Results as HDF5: most columns go to the file as the stages left them in memory; one table says what each one is. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "jalki/export.h"
#include "jalki/result.h"

static const char *const capacity_names[] = {"none", "weak", "able"};
static const char *const flag_names[] = {"0", "1"};
static const char *const action_names[] = {"close", "sell", "surveil", "amicable", "legal"};
static const char *const reason_names[] = {"barred", "status", "uneconomic", "best"};

#define MONEY NULL /* the unit is the model's base currency */

static const jk_result_column columns[] = {
    {"claim_id", JK_RESULT_TEXT, "text", "the seller's key", NULL, 0, 0},
    {"score", JK_RESULT_INT32, "points", "0 to 1000; 100 points more doubles the collection intensity", NULL, 0, 0},
    {"theta", JK_RESULT_FLOAT64, "1", "collection intensity relative to the typical debtor of segment and class", NULL,
     0, 0},
    {"capacity_class", JK_RESULT_ENUM, "code", "what the debtor can pay now", capacity_names, JK_CAPACITY_COUNT, 0},
    {"paying", JK_RESULT_ENUM, "code", "1: the debtor pays instalments at the cut-off", flag_names, 2, 0},
    {"segment", JK_RESULT_INDEX, "code", "segment of the model; names in /dict/segment", NULL, 0, 0},
    {"decision", JK_RESULT_ENUM, "code", "best action now: the one with the highest value", action_names,
     JK_ACTION_COUNT, 0},
    {"reason", JK_RESULT_ENUM, "code", "why the decision is what it is", reason_names, JK_REASON_COUNT, 0},
    {"value", JK_RESULT_FLOAT32, MONEY, "value of the claim at the required return, under the best plan", NULL, 0, 0},
    {"q_close", JK_RESULT_FLOAT32, MONEY, "value if the claim is closed now", NULL, 0, 0},
    {"q_sell", JK_RESULT_FLOAT32, MONEY, "value if it is sold now; NaN: not allowed", NULL, 0, 0},
    {"q_surveil", JK_RESULT_FLOAT32, MONEY, "value if it is kept and watched now, then the best plan; NaN: not allowed",
     NULL, 0, 0},
    {"q_amicable", JK_RESULT_FLOAT32, MONEY, "value if it is worked amicably now, then the best plan; NaN: not allowed",
     NULL, 0, 0},
    {"q_legal", JK_RESULT_FLOAT32, MONEY,
     "value if it goes to court or enforcement now, then the best plan; NaN: not "
     "allowed",
     NULL, 0, 0},
    {"erc_gross", JK_RESULT_FLOAT32, MONEY, "expected gross collections over the horizon, undiscounted", NULL, 0, 0},
    {"erc_net", JK_RESULT_FLOAT32, MONEY, "expected collections and sale proceeds less all costs, undiscounted", NULL,
     0, 0},
    {"gross_12m", JK_RESULT_FLOAT32, MONEY, "expected gross collections in the first 12 months", NULL, 0, 0},
    {"gross_60m", JK_RESULT_FLOAT32, MONEY, "expected gross collections in the first 60 months", NULL, 0, 0},
    {"attachable", JK_RESULT_FLOAT64, MONEY, "income that can be garnished, a month", NULL, 0, 0},
    {"months_to_bar", JK_RESULT_FLOAT64, "months", "until the claim is barred in its present title state; NaN: never",
     NULL, 0, 0},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], SEGMENT_COLUMN = 5 };

struct jk_results_file {
    const jk_tape *tape;
    const jk_model *model;
    jk_result_writer *writer;
    int threads;
    double **months_to_bar; /* [threads][block rows] */
};

/* ---- the sink ------------------------------------------------------------------------------------------------- */

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_results_file *file = context;
    file->threads = shape->threads;
    file->months_to_bar = calloc((size_t)shape->threads, sizeof *file->months_to_bar);
    for (int t = 0; file->months_to_bar != NULL && t < shape->threads; t++) {
        file->months_to_bar[t] = jk_columns_alloc(shape->block_rows, sizeof(double));
        if (file->months_to_bar[t] == NULL) {
            return jk_fail_memory(error, "a column of results");
        }
    }
    return file->months_to_bar == NULL ? jk_fail_memory(error, "a column of results") : JK_OK;
}

static void fill_months_to_bar(const jk_law_facts *law, double *months) {
    for (size_t i = 0; i < law->rows; i++) {
        double bar = law->title_state[i] == JK_TITLE_NONE ? law->bar_untitled[i] : law->bar_titled[i];
        months[i] = isinf(bar) ? (double)NAN : bar;
    }
}

static jk_status put_block(void *context, const jk_value_block *block, jk_error *error) {
    jk_results_file *file = context;
    double *months_to_bar = file->months_to_bar[block->thread];
    fill_months_to_bar(block->law, months_to_bar);
    const jk_plan_results *plan = block->plan;
    const void *const data[] = {
        JK_BLOCK_TEXT(block->block, CLAIM_ID),
        block->score->score,
        block->score->theta_now,
        block->score->capacity_class,
        block->score->paying,
        block->law->segment,
        plan->decision,
        block->reason,
        plan->value,
        plan->action_value[JK_CLOSE],
        plan->action_value[JK_SELL],
        plan->action_value[JK_SURVEIL],
        plan->action_value[JK_AMICABLE],
        plan->action_value[JK_LEGAL],
        plan->erc_gross,
        plan->erc_net,
        plan->gross_12m,
        plan->gross_60m,
        block->law->attachable,
        months_to_bar,
    };
    static_assert(sizeof data / sizeof data[0] == COLUMN_COUNT, "one array per column of results");
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        JK_TRY(jk_result_writer_put(file->writer, c, block->block->first_row, block->block->rows, data[c], error));
    }
    return JK_OK;
}

jk_value_sink jk_results_sink(jk_results_file *file) {
    return (jk_value_sink){.columns = UINT64_C(1) << JK_COLUMN_CLAIM_ID,
                           .row_bytes = sizeof(double),
                           .begin = begin,
                           .block = put_block,
                           .context = file};
}

/* ---- the file ------------------------------------------------------------------------------------------------- */

static jk_status create_writer(jk_results_file *file, const char *path, jk_error *error) {
    const jk_model *model = file->model;
    const char **segments = calloc(model->segment_count, sizeof *segments);
    if (segments == NULL) {
        return jk_fail_memory(error, "the segments' names");
    }
    for (size_t s = 0; s < model->segment_count; s++) {
        segments[s] = model->segments[s].id;
    }
    jk_result_column all[COLUMN_COUNT];
    memcpy(all, columns, sizeof columns);
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        all[c].unit = all[c].unit == MONEY ? model->base_currency : all[c].unit;
    }
    all[0].text_width = jk_tape_text_width(file->tape, JK_COLUMN_CLAIM_ID);
    all[SEGMENT_COLUMN].levels = segments;
    all[SEGMENT_COLUMN].level_count = model->segment_count;
    /* Where the tape and the model were, for those who work on with both (report). */
    const char *const names[] = {"base_currency", "model", "tape_sha256", "tape_path", "model_path"};
    const char *const texts[] = {model->base_currency, model->name, jk_tape_sha256(file->tape),
                                 jk_tape_path(file->tape), model->path};
    jk_result_options options = {.attributes = {names, texts}, .attribute_count = sizeof names / sizeof names[0]};
    jk_status status =
        jk_result_writer_create(path, jk_tape_rows(file->tape), all, COLUMN_COUNT, &options, &file->writer, error);
    free(segments);
    return status;
}

jk_status jk_results_open(const char *path, const jk_tape *tape, const jk_model *model, jk_results_file **opened,
                          jk_error *error) {
    *opened = NULL;
    jk_results_file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        return jk_fail_memory(error, "the results file");
    }
    file->tape = tape;
    file->model = model;
    jk_status status = create_writer(file, path, error);
    if (status != JK_OK) {
        jk_results_abort(file);
        return status;
    }
    *opened = file;
    return JK_OK;
}

static jk_status put_cashflow(const jk_results_file *file, const jk_valuation *valuation, jk_error *error) {
    enum { FLOWS = 5 };
    static const char *const flows[FLOWS] = {"gross", "instalments", "cost", "sale", "net"};
    size_t months = (size_t)valuation->flow.months;
    size_t segments = valuation->flow.segments;
    double *cells = jk_columns_alloc(months * segments, FLOWS * sizeof *cells);
    if (cells == NULL) {
        return jk_fail_memory(error, "the cash flow");
    }
    double *next = cells;
    for (size_t t = 1; t <= months; t++) {
        for (size_t s = 0; s < segments; s++) {
            jk_month month = jk_valuation_month(valuation, (int)t, s);
            *next++ = month.gross;
            *next++ = month.instalments;
            *next++ = month.cost;
            *next++ = month.sale;
            *next++ = month.net;
        }
    }
    jk_result_dataset dataset = {
        .path = "/portfolio/cashflow",
        .type = JK_RESULT_FLOAT64,
        .unit = file->model->base_currency,
        .meaning =
            "expected cash flow under the plan, undiscounted; row t is the month that ends t + 1 months after the "
            "cut-off; instalments are a part of gross, cost is positive, net is gross - cost + sale",
        .rank = 3,
        .extent = {months, segments, FLOWS},
        .axis = {"month", "segment", "flow"},
        .axis_labels = {NULL, valuation->segment_id, flows},
        .data = cells,
    };
    jk_status status = jk_result_writer_dataset(file->writer, &dataset, error);
    free(cells);
    return status;
}

jk_status jk_results_commit(jk_results_file *file, const jk_valuation *valuation, jk_error *error) {
    char *manifest = jk_manifest_json(file->tape, file->model, valuation);
    jk_status status = manifest == NULL ? jk_fail_memory(error, "the manifest") : JK_OK;
    if (status == JK_OK) {
        status = put_cashflow(file, valuation, error);
    }
    if (status == JK_OK) {
        status = jk_result_writer_finish(file->writer, manifest, error);
        file->writer = NULL;
    }
    free(manifest);
    jk_results_abort(file);
    return status;
}

void jk_results_abort(jk_results_file *file) {
    if (file == NULL) {
        return;
    }
    jk_result_writer_abort(file->writer);
    for (int t = 0; file->months_to_bar != NULL && t < file->threads; t++) {
        free(file->months_to_bar[t]);
    }
    free(file->months_to_bar);
    free(file);
}
