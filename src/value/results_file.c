/* SPDX-License-Identifier: Apache-2.0 */
/* Results as HDF5: most columns go to the file as the stages left them in memory; one table says what each one is. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/team.h"
#include "h5/h5_file.h"
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
    char *path;
    jk_result_writer *writer;
    size_t first_row, rows; /* of the tape: those that are written here */
    int threads;
    bool shared;
    double **months_to_bar; /* [threads][block rows]; own columns are made ready there, too */
    size_t own_count;       /* own columns of the tape, behind those of results */
    jk_column own[JK_EXTRA_COUNT];
    uint64_t own_columns; /* bits */
};

/* ---- the sink ------------------------------------------------------------------------------------------------- */

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_results_file *file = context;
    file->threads = shape->threads;
    file->shared = shape->shared;
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

/* An own column as the file has it: amounts in units, texts as positions behind the empty one. Returns the rows. */
static const void *ready_own(jk_column column, const jk_block *block, void *scratch) {
    const void *data = block->column[column];
    const jk_type type = jk_schema_column(column)->type;
    for (size_t i = 0; type == JK_TYPE_MONEY && i < block->rows; i++) {
        const int64_t money = ((const int64_t *)data)[i];
        ((double *)scratch)[i] = money == JK_MISSING_MONEY ? (double)NAN : (double)money / 100.0;
    }
    for (size_t i = 0; type == JK_TYPE_DICTIONARY && i < block->rows; i++) {
        ((uint16_t *)scratch)[i] = (uint16_t)(((const int32_t *)data)[i] + 1);
    }
    return type == JK_TYPE_MONEY || type == JK_TYPE_DICTIONARY ? scratch : data;
}

static jk_status put_block(void *context, const jk_value_block *block, jk_error *error) {
    jk_results_file *file = context;
    double *months_to_bar = file->months_to_bar[block->thread];
    fill_months_to_bar(block->law, months_to_bar);
    const jk_plan_results *plan = block->plan;
    const size_t first = block->block->first_row - file->first_row;
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
        JK_TRY(jk_result_writer_put(file->writer, c, first, block->block->rows, data[c], error));
    }
    for (size_t i = 0; i < file->own_count; i++) {
        const void *rows = ready_own(file->own[i], block->block, months_to_bar);
        JK_TRY(jk_result_writer_put(file->writer, COLUMN_COUNT + i, first, block->block->rows, rows, error));
    }
    return JK_OK;
}

jk_value_sink jk_results_sink(jk_results_file *file) {
    return (jk_value_sink){.columns = UINT64_C(1) << JK_COLUMN_CLAIM_ID | file->own_columns,
                           .row_bytes = sizeof(double),
                           .begin = begin,
                           .block = put_block,
                           .context = file,
                           .parted = true};
}

/* ---- the file ------------------------------------------------------------------------------------------------- */

/* Own columns behind the others; their texts' lists, whose first is empty for missing, are the caller's to free. */
static jk_status describe_own(jk_results_file *file, jk_result_column *all, const char **lists[JK_EXTRA_COUNT],
                              jk_error *error) {
    const jk_extras *extras = jk_tape_extras(file->tape);
    for (int i = 0; i < JK_EXTRA_COUNT; i++) {
        const jk_column column = (jk_column)(JK_FIXED_COLUMN_COUNT + i);
        const jk_type type = jk_schema_column(column)->type;
        if (extras->name[i] == NULL) {
            continue;
        }
        jk_result_column *to = &all[COLUMN_COUNT + file->own_count];
        *to = (jk_result_column){.name = extras->name[i],
                                 .type = type == JK_TYPE_DATE         ? JK_RESULT_INT32
                                         : type == JK_TYPE_DICTIONARY ? JK_RESULT_INDEX
                                                                      : JK_RESULT_FLOAT64,
                                 .unit = type == JK_TYPE_DATE         ? "days since 1970-01-01"
                                         : type == JK_TYPE_DICTIONARY ? "code"
                                         : type == JK_TYPE_MONEY      ? "the claim's currency"
                                                                      : "number",
                                 .meaning = "an own column of the tape; missing: NaN, -2147483648, or the empty text"};
        if (type == JK_TYPE_DICTIONARY) {
            size_t count = 0;
            const char *const *words = jk_tape_dictionary(file->tape, column, &count);
            const char **list = malloc((count + 1) * sizeof *list);
            lists[i] = list;
            if (list == NULL) {
                return jk_fail_memory(error, "the words of a column");
            }
            list[0] = "";
            for (size_t w = 0; w < count; w++) {
                list[w + 1] = words[w];
            }
            to->levels = list;
            to->level_count = count + 1;
        }
        file->own[file->own_count++] = column;
        file->own_columns |= UINT64_C(1) << column;
    }
    return JK_OK;
}

static jk_status create_writer(jk_results_file *file, const char *path, jk_error *error) {
    const jk_model *model = file->model;
    const char **segments = calloc(model->segment_count, sizeof *segments);
    if (segments == NULL) {
        return jk_fail_memory(error, "the segments' names");
    }
    for (size_t s = 0; s < model->segment_count; s++) {
        segments[s] = model->segments[s].id;
    }
    jk_result_column all[COLUMN_COUNT + JK_EXTRA_COUNT];
    const char **lists[JK_EXTRA_COUNT] = {NULL};
    static_assert(COLUMN_COUNT + JK_EXTRA_COUNT <= JK_RESULT_COLUMNS_MAX, "room for own columns");
    memcpy(all, columns, sizeof columns);
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        all[c].unit = all[c].unit == MONEY ? model->base_currency : all[c].unit;
    }
    all[0].text_width = jk_tape_text_width(file->tape, JK_COLUMN_CLAIM_ID);
    all[SEGMENT_COLUMN].levels = segments;
    all[SEGMENT_COLUMN].level_count = model->segment_count;
    /* Where the tape and the model were, for those who work on with both (report). */
    const char *const names[] = {"base_currency", "model", "tape_sha256", "tape_path", "model_path", "part"};
    char part[32];
    (void)snprintf(part, sizeof part, "%d/%d", jk_team_number(), jk_team_parts());
    const char *const texts[] = {model->base_currency,     model->name, jk_tape_sha256(file->tape),
                                 jk_tape_path(file->tape), model->path, part};
    bool is_part = jk_team_role_now() == JK_TEAM_PART;
    jk_result_options options = {.attributes = {names, texts},
                                 .attribute_count = sizeof names / sizeof names[0] - !is_part};
    jk_status status = describe_own(file, all, lists, error);
    if (status == JK_OK) {
        status = jk_result_writer_create(path, file->rows, all, COLUMN_COUNT + file->own_count, &options, &file->writer,
                                         error);
    }
    for (size_t i = 0; i < JK_EXTRA_COUNT; i++) {
        free(lists[i]);
    }
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
    file->rows = jk_tape_rows(tape);
    if (jk_team_role_now() == JK_TEAM_PART) {
        size_t end = 0;
        jk_team_rows(JK_PASS_RESULT, file->rows, &file->first_row, &end);
        file->rows = end - file->first_row;
    }
    file->path = strdup(path);
    if (file->path == NULL) {
        free(file);
        return jk_fail_memory(error, "the results file");
    }
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

/* ---- parts ----------------------------------------------------------------------------------------------------- */

/* Rows of one column of a part, which has what its writer gave it: the same tape and model made its columns. */
static jk_status copy_column(const jk_results_file *file, jk_h5_file *part, size_t column, size_t first, size_t rows,
                             jk_error *error) {
    enum { ROWS = 65536 };
    char path[80];
    const char *name = jk_result_writer_column(file->writer, column);
    (void)snprintf(path, sizeof path, "/result/%s", name);
    const jk_h5_dataset *from = jk_h5_find(part, path);
    const size_t size = jk_result_writer_size(file->writer, column);
    if (from == NULL || from->rank != 1 || from->extent[0] != rows || from->element_size != size) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_h5_path(part), 0, path, "is not what a part of this run has there");
    }
    void *cells = jk_columns_alloc(ROWS, size);
    jk_status status = cells == NULL ? jk_fail_memory(error, "a column of results") : JK_OK;
    for (size_t done = 0; status == JK_OK && done < rows; done += ROWS) {
        size_t count = rows - done < ROWS ? rows - done : ROWS;
        status = jk_h5_read(part, from, done, count, cells, error);
        status =
            status != JK_OK ? status : jk_result_writer_put(file->writer, column, first + done, count, cells, error);
    }
    free(cells);
    return status;
}

static jk_status take_part(const jk_results_file *file, int number, size_t *first, jk_error *error) {
    char *path = NULL;
    jk_h5_file *part = NULL;
    int64_t rows = 0;
    JK_TRY(jk_team_part_path(number, "output", &path, error));
    jk_status status = jk_h5_open(path, NULL, 0, &part, error);
    if (status == JK_OK &&
        (!jk_h5_attribute_integer(part, "rows", &rows) || rows < 0 || (uint64_t)rows > file->rows - *first)) {
        status = jk_fail(error, JK_ERROR_FORMAT, path, 0, "rows", "is not what a part of this run has there");
    }
    for (size_t c = 0; status == JK_OK && c < COLUMN_COUNT + file->own_count; c++) {
        status = copy_column(file, part, c, *first, (size_t)rows, error);
    }
    *first += (size_t)rows;
    jk_h5_close(part);
    jk_input_disown(path);
    free(path);
    return status;
}

/* The rows of all parts, one behind the other. */
static jk_status take_parts(const jk_results_file *file, jk_error *error) {
    size_t first = 0;
    for (int number = 1; number <= jk_team_parts(); number++) {
        JK_TRY(take_part(file, number, &first, error));
    }
    return JK_OK;
}

jk_status jk_results_commit(jk_results_file *file, const jk_valuation *valuation, jk_error *error) {
    char *manifest = jk_manifest_json(file->tape, file->model, valuation);
    jk_status status = manifest == NULL ? jk_fail_memory(error, "the manifest") : JK_OK;
    if (status == JK_OK && file->shared) {
        status = jk_result_writer_join(file->writer, error);
    }
    if (status == JK_OK && jk_team_role_now() == JK_TEAM_MERGE) {
        status = take_parts(file, error);
    }
    if (status == JK_OK) {
        status = put_cashflow(file, valuation, error);
    }
    if (status == JK_OK) {
        status = jk_result_writer_finish(file->writer, manifest, error);
        file->writer = NULL;
    }
    if (status == JK_OK) {
        status = jk_team_keep(file->path, "output", error);
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
    free(file->path);
    free(file);
}
