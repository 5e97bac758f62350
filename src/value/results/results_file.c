/* SPDX-License-Identifier: Apache-2.0 */
/* Results as HDF5: the columns of claims, and the cash flow beside them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/memory.h"
#include "base/team/team.h"
#include "h5/h5_file.h"
#include "jalki/export.h"
#include "value/results/cashflow_columns.h"
#include "value/results/claim_columns.h"

struct jk_results_file {
    const jk_tape *tape;
    const jk_model *model;
    char *path;
    jk_result_writer *writer;
    size_t first_row, rows; /* of the tape: those that are written here */
    jk_claim_columns columns;
};

static jk_status put(void *context, size_t column, size_t first, size_t rows, const void *data, jk_error *error) {
    jk_results_file *file = context;
    return jk_result_writer_put(file->writer, column, first - file->first_row, rows, data, error);
}

jk_value_sink jk_results_sink(jk_results_file *file) {
    jk_value_sink sink = jk_claim_columns_sink(&file->columns);
    sink.parted = true;
    return sink;
}

static jk_status create_writer(jk_results_file *file, const char *path, jk_error *error) {
    const jk_model *model = file->model;
    /* Where the tape and the model were, for those who work on with both (report). */
    const char *const names[] = {"base_currency", "model", "tape_sha256", "tape_path", "model_path", "part"};
    char part[32];
    (void)snprintf(part, sizeof part, "%d/%d", jk_team_number(), jk_team_parts());
    const char *const texts[] = {model->base_currency,     model->name, jk_tape_sha256(file->tape),
                                 jk_tape_path(file->tape), model->path, part};
    bool is_part = jk_team_role_now() == JK_TEAM_PART;
    jk_result_options options = {.attributes = {names, texts},
                                 .attribute_count = sizeof names / sizeof names[0] - !is_part};
    return jk_result_writer_create(path, file->rows, file->columns.column, file->columns.count, &options, &file->writer,
                                   error);
}

jk_status jk_results_open(const char *path, const jk_tape *tape, const jk_model *model, jk_results_file **opened,
                          jk_error *error) {
    *opened = NULL;
    jk_results_file *file = calloc(1, sizeof *file);
    JK_TRY(jk_held(file != NULL, error, "the results file"));
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
    file->columns.put = put;
    file->columns.context = file;
    jk_status status = jk_claim_columns_open(&file->columns, tape, model, error);
    if (status == JK_OK) {
        status = create_writer(file, path, error);
    }
    if (status != JK_OK) {
        jk_results_abort(file);
        return status;
    }
    *opened = file;
    return JK_OK;
}

static jk_status put_cashflow(const jk_results_file *file, const jk_valuation *valuation, jk_error *error) {
    const char *flows[JK_CASHFLOW_COUNT];
    const jk_listing columns = jk_cashflow_columns(); /* month and segment before them */
    size_t months = (size_t)valuation->flow.months;
    size_t segments = valuation->flow.segments;
    for (size_t f = 0; f < JK_CASHFLOW_COUNT; f++) {
        flows[f] = columns.columns[columns.column_count - JK_CASHFLOW_COUNT + f].name;
    }
    double *cells = jk_columns_alloc(months * segments, JK_CASHFLOW_COUNT * sizeof *cells);
    JK_TRY(jk_held(cells != NULL, error, "the cash flow"));
    for (size_t i = 0; i < months * segments; i++) {
        const jk_month month = jk_valuation_month(valuation, (int)(i / segments) + 1, i % segments);
        jk_cashflow_amounts(&month, cells + i * JK_CASHFLOW_COUNT);
    }
    jk_result_dataset dataset = {
        .path = "/portfolio/cashflow",
        .type = JK_RESULT_FLOAT64,
        .unit = file->model->base_currency,
        .meaning =
            "expected cash flow under the plan, undiscounted; row t is the month that ends t + 1 months after the "
            "cut-off; instalments are a part of gross, cost is positive, net is gross - cost + sale",
        .rank = 3,
        .extent = {months, segments, JK_CASHFLOW_COUNT},
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
    jk_status status = jk_held(cells != NULL, error, "a column of results");
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
    for (size_t c = 0; status == JK_OK && c < file->columns.count; c++) {
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
    jk_status status = jk_held(manifest != NULL, error, "the manifest");
    if (status == JK_OK && file->columns.shared) {
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
    jk_claim_columns_close(&file->columns);
    free(file->path);
    free(file);
}
