/* SPDX-License-Identifier: Apache-2.0 */
/* Writing generated history: pieces of claims over threads, in order into a store or a CSV file. */
#include "jalki/generate_panel.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/team/parallel.h"
#include "base/text/json.h"
#include "csv/row_writer.h"
#include "history/generate/generate_history.h"
#include "jalki/generate.h"
#include "tape/store/store.h"

enum { MATRIX = JK_CAPACITY_COUNT * JK_CAPACITY_COUNT };

typedef struct panel_writing {
    history_settings settings;
    jk_row_writer *writer;
    history_piece **pieces;         /* per thread */
    uint64_t rows, claims, debtors; /* written so far: moved on in turn */
} panel_writing;

/* What the block of a piece brings, for its turn. */
typedef struct piece_counts {
    panel_writing *writing;
    size_t claims, debtors;
} piece_counts;

jk_generate_panel_options jk_generate_panel_defaults(void) {
    return (jk_generate_panel_options){.claims = 10000,
                                       .seed = 1,
                                       .start = jk_date_from_civil(2021, 1, 1),
                                       .months = 24,
                                       .period_months = 1,
                                       .instalments = 0.3};
}

static jk_status check_options(const jk_generate_panel_options *options, jk_error *error) {
    if (options->claims < 1 || options->claims > JK_GENERATE_ROWS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "claims", "%llu claims: expected 1 to %llu",
                       (unsigned long long)options->claims, (unsigned long long)JK_GENERATE_ROWS_MAX);
    }
    if (options->start < jk_date_from_civil(1990, 1, 1) || options->start > jk_date_from_civil(2100, 12, 31)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "start",
                       "the first period of a synthetic panel starts from 1990-01-01 to 2100-12-31");
    }
    if (options->period_months < 1 || options->period_months > 12 || 12 % options->period_months != 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "period_months",
                       "periods of %d months: expected 1, 2, 3, 4, 6 or 12", options->period_months);
    }
    if (options->months < 1 || options->months > JK_GENERATE_MONTHS_MAX ||
        options->months % options->period_months != 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "months",
                       "%d months: expected 1 to %d, and a multiple of the period's %d", options->months,
                       JK_GENERATE_MONTHS_MAX, options->period_months);
    }
    if (!(options->instalments >= 0.0 && options->instalments <= 0.9) ||
        !(options->hidden >= 0.0 && options->hidden <= 1.0)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "instalments",
                       "the share of instalments is 0 to 0.9, that of hidden classes 0 to 1");
    }
    if (!(options->heterogeneity == 0.0 || (options->heterogeneity >= 0.05 && options->heterogeneity <= 1000.0))) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "heterogeneity",
                       "a shape of %g: expected 0 (all debtors alike), or 0.05 to 1000", options->heterogeneity);
    }
    return JK_OK;
}

/* No claim of the synthetic tape may be one that the model cannot place. */
static jk_status check_model(const jk_model *model, jk_error *error) {
    size_t count = 0;
    const char *const *names = jk_generate_dictionary(JK_COLUMN_CURRENCY, &count);
    for (size_t i = 0; i < count; i++) {
        if (isnan(jk_model_exchange_rate(model, names[i]))) {
            return jk_fail(error, JK_ERROR_DATA, model->path, 0, "fx",
                           "no rate for %s, in which synthetic claims are; expected one", names[i]);
        }
    }
    names = jk_generate_dictionary(JK_COLUMN_COUNTRY, &count);
    for (size_t i = 0; i < count; i++) {
        bool found = model->fallback_jurisdiction >= 0;
        for (size_t j = 0; j < model->jurisdiction_count; j++) {
            found = found || strcmp(model->jurisdictions[j].id, names[i]) == 0;
        }
        if (!found) {
            return jk_fail(error, JK_ERROR_DATA, model->path, 0, "jurisdictions",
                           "no %s, where synthetic claims are, and no EU to fall back on; expected it", names[i]);
        }
    }
    return JK_OK;
}

static void multiply(const double a[MATRIX], const double b[MATRIX], double out[MATRIX]) {
    double product[MATRIX];
    for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            double sum = 0.0;
            for (int by = 0; by < JK_CAPACITY_COUNT; by++) {
                sum += a[from * JK_CAPACITY_COUNT + by] * b[by * JK_CAPACITY_COUNT + to];
            }
            product[from * JK_CAPACITY_COUNT + to] = sum;
        }
    }
    memcpy(out, product, sizeof product);
}

static jk_status bind(history_settings *settings, jk_error *error) {
    const jk_model *model = settings->model;
    JK_TRY(check_model(model, error));
    JK_TRY(jk_tape_create_unstored(JK_KIND_PANEL, "synthetic claims", jk_generate_dictionary, &settings->tape, error));
    JK_TRY(jk_law_create(model, settings->tape, JK_MISSING_INTEGER, &settings->law, error));
    settings->class_power = jk_columns_alloc(model->segment_count * JK_TREATMENT_COUNT, MATRIX * sizeof(double));
    JK_TRY(jk_held(settings->class_power != NULL, error, "matrices of classes"));
    for (size_t s = 0; s < model->segment_count; s++) {
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            double *power = settings->class_power + (s * JK_TREATMENT_COUNT + t) * MATRIX;
            double monthly[MATRIX];
            memcpy(monthly, model->segments[s].class_monthly[t], sizeof monthly);
            memcpy(power, monthly, sizeof monthly);
            for (int m = 1; m < settings->options->period_months; m++) {
                multiply(power, monthly, power);
            }
        }
    }
    return JK_OK;
}

/* Numbers of claims and debtors go on from piece to piece. */
static void renumber(void *context, jk_block *block) {
    piece_counts *counts = context;
    panel_writing *writing = counts->writing;
    int32_t *claim = block->column[JK_COLUMN_CLAIM_INDEX];
    int32_t *debtor = block->column[JK_COLUMN_DEBTOR_INDEX];
    for (size_t i = 0; i < block->rows; i++) {
        claim[i] += (int32_t)writing->claims;
        debtor[i] += (int32_t)writing->debtors;
    }
    writing->rows += block->rows;
    writing->claims += counts->claims;
    writing->debtors += counts->debtors;
}

static jk_status write_piece(void *context, int thread, size_t number, jk_error *error) {
    panel_writing *writing = context;
    piece_counts counts = {.writing = writing};
    jk_block *block = jk_history_piece_run(writing->pieces[thread], number, &counts.claims, &counts.debtors);
    return jk_row_writer_piece(writing->writer, thread, number, block, JK_OK, renumber, &counts, error);
}

static jk_status write_panel(panel_writing *writing, const jk_run *run, jk_error *error) {
    uint64_t claims = writing->settings.options->claims;
    size_t count = (size_t)((claims + HISTORY_PIECE_CLAIMS - 1) / HISTORY_PIECE_CLAIMS);
    int threads = jk_threads(run);
    writing->pieces = calloc((size_t)threads, sizeof(history_piece *));
    jk_status status = jk_held(writing->pieces != NULL, error, "the generator's threads");
    for (int i = 0; i < threads && status == JK_OK; i++) {
        status = jk_history_piece_create(&writing->settings, &writing->pieces[i], error);
    }
    if (status == JK_OK) {
        status = jk_parallel_for(run, count, "generate", HISTORY_PIECE_CLAIMS, write_piece, writing, error);
    }
    for (int i = 0; writing->pieces != NULL && i < threads; i++) {
        jk_history_piece_free(writing->pieces[i]);
    }
    free((void *)writing->pieces);
    return status;
}

static char *manifest_of(const jk_generate_panel_options *options, const jk_model *model) {
    char date[JK_DATE_TEXT];
    json_t *manifest = json_pack(
        "{s:s, s:s, s:I, s:I, s:s, s:i, s:i, s:f, s:f, s:f, s:{s:s, s:s}}", "program", "jalki " JALKI_VERSION,
        "command", "generate --panel", "claims", (json_int_t)options->claims, "seed", (json_int_t)options->seed,
        "start", jk_date_format(options->start, date), "months", options->months, "period_months",
        options->period_months, "instalments", options->instalments, "heterogeneity", options->heterogeneity, "hidden",
        options->hidden, "model", "name", model->name, "sha256", model->sha256);
    jk_json_builder b = {0};
    jk_run_record_put(&b, manifest);
    return jk_json_dump(&b, manifest, JSON_COMPACT);
}

static jk_status write_as(panel_writing *writing, const char *path, jk_row_form form, const jk_run *run,
                          jk_error *error) {
    const jk_generate_panel_options *options = writing->settings.options;
    char *manifest = manifest_of(options, writing->settings.model);
    JK_TRY(jk_held(manifest != NULL, error, "a manifest"));
    const jk_row_writer_options rows = {.form = form,
                                        .store = {.source_name = "jalki generate --panel",
                                                  .cutoff = JK_MISSING_INTEGER,
                                                  .threads = run == NULL ? 0 : run->threads,
                                                  .kind = JK_KIND_PANEL},
                                        .text_width = {JK_GENERATE_TEXT_WIDTH, JK_GENERATE_TEXT_WIDTH},
                                        .piece_rows = (size_t)HISTORY_PIECE_CLAIMS *
                                                      (size_t)(options->months / options->period_months),
                                        .threads = jk_threads(run),
                                        .dictionary = jk_generate_dictionary};
    jk_status status = jk_row_writer_create(path, &rows, &writing->writer, error);
    if (status == JK_OK) {
        status = write_panel(writing, run, error);
        status = jk_row_writer_finish(writing->writer, status, manifest, error);
    }
    free(manifest);
    return status;
}

jk_status jk_generate_panel(const jk_generate_panel_options *options, const jk_model *model, const char *path,
                            jk_panel_form form, const jk_run *run, jk_generate_panel_counts *counts, jk_error *error) {
    static const jk_row_form forms[] = {JK_ROWS_STORE, JK_ROWS_CSV, JK_ROWS_CSV_GZIP};
    JK_TRY(check_options(options, error));
    panel_writing writing = {.settings = {.options = options, .model = model}};
    jk_status status = bind(&writing.settings, error);
    if (status == JK_OK) {
        status = write_as(&writing, path, forms[form], run, error);
    }
    jk_law_free(writing.settings.law);
    jk_tape_close(writing.settings.tape);
    free(writing.settings.class_power);
    if (counts != NULL) {
        *counts = (jk_generate_panel_counts){writing.rows, writing.claims, writing.debtors};
    }
    return status;
}
