/* SPDX-License-Identifier: Apache-2.0 */
/* What came of the jobs, as rows and as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "batch/batch_reader.h"

enum {
    JOB,
    COMMAND,
    VARIANT,
    TAPE,
    MODEL,
    STATE,
    CLAIMS,
    CURRENCY,
    FACE,
    VALUE,
    BID,
    SECONDS,
    READ,
    SHARED,
    NOTES,
    MESSAGE,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [JOB] = JK_LISTED_TEXT("job", "job", "Name of the job"),
    [COMMAND] = JK_LISTED_TEXT("command", "command", "Its command"),
    [VARIANT] = JK_LISTED_TEXT("variant", NULL, "The command with the options that not all jobs of it have"),
    [TAPE] = JK_LISTED_TEXT("tape", "tape", "What it reads first"),
    [MODEL] = JK_LISTED_TEXT("model", "model", "Its model file"),
    [STATE] = JK_LISTED_TEXT("state", "state", "done, failed, or skipped because a job that it needs failed"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims of the portfolio"),
    [CURRENCY] = JK_LISTED_TEXT("currency", "", "Base currency of the job's model, in which money is"),
    [FACE] = JK_LISTED_MONEY("face", "face", "What the claims amount to"),
    [VALUE] = JK_LISTED_MONEY("value", "value", "Value at the required return, the first one of a bid table"),
    [BID] = JK_LISTED_MONEY("bid", "bid", "The bid likewise"),
    [SECONDS] = {"seconds", "seconds", "seconds", "How long it ran", JK_LISTING_NUMBER, 1},
    [READ] = JK_LISTED_COUNT("bytes_read", NULL, "Bytes of the columns of tapes, unpacked, that it read from files"),
    [SHARED] =
        JK_LISTED_COUNT("bytes_shared", NULL, "Likewise, that it had from jobs that read the same tape before it"),
    [NOTES] = JK_LISTED_COUNT("notes", "notes", "Lines of notes and warnings that it gave"),
    [MESSAGE] = JK_LISTED_TEXT("message", NULL, "Why it failed or was skipped"),
};

static void set_text(jk_cell *cell, const char *text) {
    if (text != NULL) {
        jk_cell_set(cell, text);
    }
}

static jk_status batch_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_batch_job *job = &((const jk_batch *)listing->source[0])->jobs[row];
    jk_cell_set(&cells[JOB], job->name);
    jk_cell_set(&cells[COMMAND], job->command);
    set_text(&cells[VARIANT], job->variant);
    set_text(&cells[TAPE], job->tape);
    set_text(&cells[MODEL], job->model);
    jk_cell_set(&cells[STATE], jk_job_state_name(job->state));
    cells[CLAIMS].number = job->claims;
    jk_cell_set(&cells[CURRENCY], job->currency);
    cells[FACE].number = job->face;
    cells[VALUE].number = job->value;
    cells[BID].number = job->bid;
    if (job->state == JK_JOB_DONE || job->state == JK_JOB_FAILED) {
        cells[SECONDS].number = job->seconds;
        cells[NOTES].number = (double)job->notes;
        cells[READ].number = (double)job->read_bytes;
        cells[SHARED].number = (double)job->shared_bytes;
    }
    jk_cell_set(&cells[MESSAGE], job->message);
    return JK_OK;
}

jk_listing jk_batch_listing(const jk_batch *batch) {
    return JK_LISTING_OF("batch", columns, batch != NULL ? batch->job_count : 0, batch_cells, batch);
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

enum { SUM_VARIANT, SUM_CURRENCY, SUM_JOBS, SUM_CLAIMS, SUM_FACE, SUM_VALUE, SUM_BID, SUM_COLUMNS };

static const jk_listing_column sum_columns[SUM_COLUMNS] = {
    [SUM_VARIANT] = JK_LISTED_TEXT("variant", "variant", "The command with the options that not all jobs of it have"),
    [SUM_CURRENCY] = JK_LISTED_TEXT("currency", "", "Base currency of the jobs' models, in which money is"),
    [SUM_JOBS] = JK_LISTED_COUNT("jobs", "jobs", "Jobs that are done and have a value or a bid"),
    [SUM_CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Their claims"),
    [SUM_FACE] = JK_LISTED_MONEY("face", "face", "What these amount to"),
    [SUM_VALUE] = JK_LISTED_MONEY("value", "value", "Their values"),
    [SUM_BID] = JK_LISTED_MONEY("bid", "bid", "Their bids"),
};

static jk_status sum_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_batch_sum *sum = &((const jk_batch *)listing->source[0])->sums[row];
    jk_cell_set(&cells[SUM_VARIANT], sum->variant);
    jk_cell_set(&cells[SUM_CURRENCY], sum->currency);
    cells[SUM_JOBS].number = (double)sum->jobs;
    cells[SUM_CLAIMS].number = sum->claims;
    cells[SUM_FACE].number = sum->face;
    cells[SUM_VALUE].number = sum->value;
    cells[SUM_BID].number = sum->bid;
    return JK_OK;
}

jk_listing jk_batch_sums_listing(const jk_batch *batch) {
    return JK_LISTING_OF("batch_sums", sum_columns, batch != NULL ? batch->sum_count : 0, sum_cells, batch);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

/* All but the manifest. */
static json_t *batch_json(jk_json_builder *b, const jk_batch *batch) {
    jk_listing listing = jk_batch_listing(batch), sums = jk_batch_sums_listing(batch);
    json_t *object = json_object();
    json_int_t count[JK_JOB_STATE_COUNT] = {0};
    for (size_t j = 0; j < batch->job_count; j++) {
        count[batch->jobs[j].state]++;
    }
    jk_json_put(b, object, "jobs", json_integer((json_int_t)batch->job_count));
    for (int s = JK_JOB_DONE; s < JK_JOB_STATE_COUNT; s++) {
        jk_json_put(b, object, jk_job_state_name((jk_job_state)s), json_integer(count[s]));
    }
    jk_json_put(b, object, "rows", jk_listing_json(b, &listing));
    jk_json_put(b, object, "sums", jk_listing_json(b, &sums));
    return object;
}

char *jk_batch_json(const jk_batch *batch) {
    jk_json_builder b = {0};
    json_t *object = batch_json(&b, batch);
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2));
}

/* A path as a reference: no character of it means anything else there, and none of its beginnings is a scheme. */
static json_t *reference(const char *folder, const char *path) {
    static const char digits[] = "0123456789ABCDEF";
    const char *const parts[] = {path[0] == '/' ? "" : folder[0] == '\0' ? "./" : folder, path};
    char text[3 * 2 * BATCH_TEXT_MAX];
    size_t used = 0;
    for (size_t p = 0; p < 2; p++) {
        for (const unsigned char *c = (const unsigned char *)parts[p]; *c != '\0' && used + 4 < sizeof text; c++) {
            bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                         strchr("-_.~/", *c) != NULL;
            text[used++] = plain ? (char)*c : '%';
            if (!plain) {
                text[used++] = digits[*c >> 4];
                text[used++] = digits[*c & 15];
            }
        }
    }
    return json_stringn(text, used);
}

static json_t *outputs_json(jk_json_builder *b, const jk_batch_job *job, const char *folder) {
    json_t *list = json_array();
    for (size_t i = 0; job->state == JK_JOB_DONE && i < job->output_count; i++) {
        json_t *output = json_object();
        jk_json_put(b, output, "name", jk_json_string(job->outputs[i]));
        jk_json_put(b, output, "reference", reference(folder, job->outputs[i]));
        jk_json_append(b, list, output);
    }
    return list;
}

char *jk_batch_page_json(const jk_batch *batch, const char *folder) {
    jk_json_builder b = {0};
    json_t *object = batch_json(&b, batch);
    json_t *rows = json_object_get(object, "rows"), *sums = json_object_get(object, "sums");
    for (size_t j = 0; j < batch->job_count; j++) {
        json_t *row = json_array_get(rows, j);
        jk_json_put(&b, row, "variant", jk_json_string(batch->jobs[j].variant)); /* a cell may have cut it */
        jk_json_put(&b, row, "outputs", outputs_json(&b, &batch->jobs[j], folder));
    }
    for (size_t i = 0; i < batch->sum_count; i++) {
        jk_json_put(&b, json_array_get(sums, i), "variant", jk_json_string(batch->sums[i].variant));
    }
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2));
}

/* ---- figures of a job ------------------------------------------------------------------------------------------- */

static double number_at(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

jk_status jk_batch_take_figures(jk_batch_job *job, const char *json_path, jk_error *error) {
    json_error_t where;
    FILE *file = fopen(json_path, "re");
    if (file == NULL) {
        return jk_fail_errno(error, json_path, "read");
    }
    json_t *object = jk_json_parse_file(file, JSON_REJECT_DUPLICATES, &where);
    (void)fclose(file);
    if (object == NULL) {
        return jk_fail(error, JK_ERROR_FORMAT, json_path, where.line, NULL, "is no JSON");
    }
    job->claims = number_at(object, "claims");
    job->face = number_at(object, "face");
    const json_t *returns = json_array_get(json_object_get(object, "returns"), 0); /* of a bid table */
    job->value = number_at(returns != NULL ? returns : object, "value");
    job->bid = number_at(returns != NULL ? returns : object, "bid");
    const char *currency = json_string_value(json_object_get(json_object_get(object, "manifest"), "base_currency"));
    (void)snprintf(job->currency, sizeof job->currency, "%s", currency != NULL ? currency : "");
    json_decref(object);
    return JK_OK;
}
