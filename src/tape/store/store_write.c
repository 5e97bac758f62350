/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a tape's store. Rows are gathered until a chunk of each column is full; the chunk is packed (in parallel, if
 * compression is asked for) and handed to HDF5 as finished bytes. Memory is two chunks of all columns. A column is
 * created with its first given value: columns that nobody gives do not exist, and chunks without a given value are not
 * stored (HDF5 reads them as the fill value, which is the missing value). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/team/parallel.h"
#include "h5/h5_sums.h"
#include "tape/store/store.h"
#include "tape/store/store_write.h"

/* ---- taking rows ---- */

static jk_status check_block(const jk_tape_writer *writer, const jk_block *block, jk_error *error) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX);
    const int32_t *claim = writer->kind == JK_KIND_PANEL ? JK_BLOCK_INT32(block, CLAIM_INDEX) : NULL;
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        const jk_column_info *info = jk_schema_column((jk_column)i);
        if (jk_schema_required(writer->kind, (jk_column)i) && block->column[i] == NULL) {
            return jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, info->name,
                           "a required column was not given to the store");
        }
        bool wide = info->type == JK_TYPE_TEXT && block->column[i] != NULL &&
                    block->text_width[i == JK_COLUMN_DEBTOR_ID] > JK_TEXT_MAX;
        if (wide) {
            return jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, info->name,
                           "text wider than %d bytes was given to the store", JK_TEXT_MAX);
        }
    }
    int32_t lowest = 0;
    for (size_t i = 0; i < block->rows; i++) {
        lowest = debtor[i] < lowest ? debtor[i] : lowest;
        lowest = claim != NULL && claim[i] < lowest ? claim[i] : lowest;
    }
    return lowest < 0 ? jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, "debtor_index",
                                "the number of a debtor or claim below 0 was given to the store")
                      : JK_OK;
}

/* ---- chunks on their way to the file ---- */

static void *write_chunk(void *context) {
    jk_tape_writer *writer = context;
    writer->written = jk_store_flush(writer, false, &writer->write_error);
    return NULL;
}

/* Waits for the chunk before. */
static jk_status await_chunk(jk_tape_writer *writer, jk_error *error) {
    if (writer->has_thread) {
        (void)pthread_join(writer->thread, NULL);
        writer->has_thread = false;
    }
    if (writer->written != JK_OK && error != NULL && error->status == JK_OK) {
        *error = writer->write_error;
    }
    return writer->written;
}

/* A full chunk is written by a thread of its own while the next one is gathered. */
static jk_status send_chunk(jk_tape_writer *writer, jk_error *error) {
    JK_TRY(await_chunk(writer, error));
    writer->leaving = &writer->gathered[writer->gathering];
    writer->gathering = 1 - writer->gathering;
    writer->has_thread =
        jk_threads(&writer->run) > 1 && pthread_create(&writer->thread, NULL, write_chunk, writer) == 0;
    if (writer->has_thread) {
        return JK_OK;
    }
    (void)write_chunk(writer);
    return await_chunk(writer, error);
}

jk_status jk_tape_writer_append(jk_tape_writer *writer, const jk_block *block, jk_error *error) {
    if (block->rows == 0) {
        return JK_OK;
    }
    JK_TRY(check_block(writer, block, error));
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX);
    for (size_t i = 0; i < block->rows; i++) {
        writer->debtor_max = debtor[i] > writer->debtor_max ? debtor[i] : writer->debtor_max;
    }
    const int32_t *claim = writer->kind == JK_KIND_PANEL ? JK_BLOCK_INT32(block, CLAIM_INDEX) : NULL;
    for (size_t i = 0; claim != NULL && i < block->rows; i++) {
        writer->claim_max = claim[i] > writer->claim_max ? claim[i] : writer->claim_max;
    }
    for (size_t from = 0; from < block->rows;) {
        jk_gathered *gathered = &writer->gathered[writer->gathering];
        size_t room = gathered->capacity - gathered->count;
        size_t rows = block->rows - from < room ? block->rows - from : room;
        jk_gather_add(gathered, block, from, rows);
        from += rows;
        if (gathered->count == gathered->capacity) {
            JK_TRY(send_chunk(writer, error));
        }
    }
    return JK_OK;
}

jk_status jk_tape_writer_intern(jk_tape_writer *writer, jk_column column, const char *text, size_t length,
                                int32_t *index, jk_error *error) {
    if ((unsigned)column >= JK_COLUMN_COUNT || writer->dictionaries[column] == NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, NULL, "not a dictionary column");
    }
    return jk_store_dictionary_intern(writer->dictionaries[column], jk_schema_column(column)->name, text, length, index,
                                      error);
}

/* ---- start and end ---- */

static void free_writer(jk_tape_writer *writer) {
    (void)await_chunk(writer, NULL);
    jk_h5_enter();
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        (void)jk_store_close_column(&writer->columns[i]);
    }
    if (writer->tape_group >= 0) {
        (void)H5Gclose(writer->tape_group);
    }
    if (writer->dict_group >= 0) {
        (void)H5Gclose(writer->dict_group);
    }
    if (writer->file >= 0) {
        (void)H5Fclose(writer->file);
    }
    jk_h5_leave();
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        free(writer->columns[i].narrow);
        jk_h5_codec_free(writer->columns[i].codec);
        jk_store_dictionary_free(writer->dictionaries[i]);
    }
    jk_gather_free(&writer->gathered[0]);
    jk_gather_free(&writer->gathered[1]);
    for (int i = 0; i < JK_EXTRA_COUNT; i++) {
        free((void *)(uintptr_t)writer->extras.name[i]); /* copies */
    }
    free(writer->source_name);
    free(writer);
}

static jk_status copy_extras(jk_tape_writer *writer, const jk_extras *extras, jk_error *error) {
    for (int i = 0; extras != NULL && i < JK_EXTRA_COUNT; i++) {
        if (extras->name[i] == NULL) {
            continue;
        }
        const char *problem = jk_extra_name_problem(extras->name[i]);
        if (problem != NULL) {
            return jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, extras->name[i], "%s", problem);
        }
        writer->extras.name[i] = strdup(extras->name[i]);
        writer->has_extras = true;
        JK_TRY(jk_held(writer->extras.name[i] != NULL, error, "a name"));
    }
    return JK_OK;
}

/* Groups for own columns and their dictionaries. Under the HDF5 lock. */
static bool create_extra_groups(const jk_tape_writer *writer) {
    static const char *const groups[] = {"tape/extra", "dict/extra"};
    for (size_t i = 0; i < 2; i++) {
        hid_t group = jk_h5_group(writer->file, groups[i]);
        if (group < 0 || H5Gclose(group) < 0) {
            return false;
        }
    }
    return true;
}

static jk_status create_columns(jk_tape_writer *writer, jk_error *error) {
    JK_TRY(jk_held(jk_gather_create(&writer->gathered[0], writer->kind, &writer->extras, writer->chunk_rows) &&
                       jk_gather_create(&writer->gathered[1], writer->kind, &writer->extras, writer->chunk_rows),
                   error, "the columns of a store"));
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        jk_store_column *self = &writer->columns[i];
        jk_type type = jk_schema_column((jk_column)i)->type;
        if (!jk_gather_holds(writer->kind, &writer->extras, (jk_column)i)) {
            continue;
        }
        self->narrow = type == JK_TYPE_TEXT ? jk_columns_alloc(writer->chunk_rows, JK_TEXT_MAX) : NULL;
        writer->dictionaries[i] = type == JK_TYPE_DICTIONARY ? jk_store_dictionary_create() : NULL;
        if ((type == JK_TYPE_TEXT && self->narrow == NULL) ||
            (type == JK_TYPE_DICTIONARY && writer->dictionaries[i] == NULL)) {
            return jk_fail_memory(error, "the columns of a store");
        }
    }
    return JK_OK;
}

jk_status jk_tape_writer_create(const char *path, const jk_tape_writer_options *options, jk_tape_writer **writer,
                                jk_error *error) {
    *writer = NULL;
    JK_TRY(jk_h5_start(error));
    jk_tape_writer *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a store"));
    self->file = self->tape_group = self->dict_group = H5I_INVALID_HID;
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        self->columns[i].dataset = self->columns[i].type = H5I_INVALID_HID;
    }
    self->kind = options->kind;
    self->cutoff = options->cutoff;
    self->compression = options->compression < 0 ? 0 : options->compression > 9 ? 9 : options->compression;
    self->chunk_rows = self->compression > 0 ? PACKED_CHUNK_ROWS : CHUNK_ROWS;
    self->run = (jk_run){.threads = options->threads};
    self->debtor_max = self->claim_max = -1;
    (void)snprintf(self->source_sha256, sizeof self->source_sha256, "%s",
                   options->source_sha256 == NULL ? "" : options->source_sha256);
    self->source_name = strdup(options->source_name == NULL ? "" : options->source_name);
    jk_status status = jk_held(self->source_name != NULL, error, "a name");
    status = status == JK_OK ? copy_extras(self, options->extras, error) : status;
    status = status == JK_OK ? create_columns(self, error) : status;
    if (status == JK_OK) {
        status = jk_output_open(&self->output, path, JK_OUTPUT_PERSONAL, error);
    }
    if (status == JK_OK) {
        jk_h5_enter();
        self->file = jk_h5_create(&self->output);
        self->tape_group = self->file < 0 ? H5I_INVALID_HID : jk_h5_group(self->file, "tape");
        self->dict_group = self->tape_group < 0 ? H5I_INVALID_HID : jk_h5_group(self->file, "dict");
        bool grouped = self->dict_group >= 0 && (!self->has_extras || create_extra_groups(self));
        jk_h5_leave();
        status = grouped ? JK_OK : jk_store_fail_write(self, error);
    }
    if (status != JK_OK) {
        jk_tape_writer_abort(self);
        return status;
    }
    *writer = self;
    return JK_OK;
}

static bool put_attributes(jk_tape_writer *writer, const char *manifest_json) {
    char date[JK_DATE_TEXT], created[JK_H5_TIME_TEXT];
    return jk_h5_put_text(writer->file, "jalki_format", jk_store_format(writer->kind)) &&
           jk_h5_put_text(writer->file, "created", jk_h5_created(created)) &&
           jk_h5_put_text(writer->file, JK_SUMS_ATTRIBUTE, JK_SUMS_TEXT) &&
           jk_h5_put_text(writer->file, "source_name", writer->source_name) &&
           jk_h5_put_text(writer->file, "source_sha256", writer->source_sha256) &&
           jk_h5_put_integer(writer->file, "rows", (int64_t)writer->rows) &&
           jk_h5_put_integer(writer->file, "debtors", (int64_t)writer->debtor_max + 1) &&
           (writer->kind != JK_KIND_PANEL ||
            jk_h5_put_integer(writer->file, "claims", (int64_t)writer->claim_max + 1)) &&
           (writer->cutoff == JK_MISSING_INTEGER ||
            jk_h5_put_text(writer->file, "cutoff", jk_date_format(writer->cutoff, date))) &&
           jk_h5_put_text(writer->file, "manifest", manifest_json);
}

static bool put_dictionaries(jk_tape_writer *writer) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        char name[JK_H5_COLUMN_PATH];
        jk_store_column_path(writer, (jk_column)i, name);
        if (writer->columns[i].dataset >= 0 && writer->dictionaries[i] != NULL &&
            !jk_store_dictionary_write(writer->dictionaries[i], writer->dict_group, name)) {
            return false;
        }
    }
    return true;
}

static bool close_ids(jk_tape_writer *writer) {
    bool done = true;
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        done = jk_store_close_column(&writer->columns[i]) && done;
    }
    done = H5Gclose(writer->tape_group) >= 0 && done;
    done = H5Gclose(writer->dict_group) >= 0 && done;
    done = H5Fclose(writer->file) >= 0 && done;
    writer->tape_group = writer->dict_group = writer->file = H5I_INVALID_HID;
    return done;
}

jk_status jk_tape_writer_finish(jk_tape_writer *writer, const char *source_sha256, const char *manifest_json,
                                jk_error *error) {
    if (source_sha256 != NULL) {
        (void)snprintf(writer->source_sha256, sizeof writer->source_sha256, "%s", source_sha256);
    }
    jk_json_builder b = {0};
    char *own = manifest_json == NULL ? jk_json_dump(&b, jk_run_record_manifest(&b), JSON_COMPACT) : NULL;
    jk_status status = await_chunk(writer, error);
    if (status == JK_OK && own == NULL && manifest_json == NULL) {
        status = jk_fail_memory(error, "a manifest");
    }
    writer->leaving = &writer->gathered[writer->gathering];
    int32_t highest = writer->debtor_max > writer->claim_max ? writer->debtor_max : writer->claim_max;
    if (status == JK_OK && (size_t)((int64_t)highest + 1) > writer->rows + writer->leaving->count) {
        status = jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, "debtor_index",
                         "debtors and claims must be numbered from 0 without gaps");
    }
    status = status == JK_OK ? jk_store_flush(writer, true, error) : status;
    if (status == JK_OK) {
        jk_h5_enter();
        bool done = put_dictionaries(writer) && put_attributes(writer, own != NULL ? own : manifest_json);
        done = close_ids(writer) && done;
        jk_h5_leave();
        status = done ? jk_sums_append(&writer->output, &writer->run, error) : jk_store_fail_write(writer, error);
    }
    free(own);
    if (status != JK_OK) {
        jk_tape_writer_abort(writer);
        return status;
    }
    jk_output output = writer->output;
    free_writer(writer);
    return jk_output_commit(&output, error);
}

void jk_tape_writer_abort(jk_tape_writer *writer) {
    if (writer != NULL) {
        jk_output output = writer->output;
        free_writer(writer);
        jk_output_abort(&output);
    }
}
