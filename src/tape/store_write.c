/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a tape's store. Rows are gathered until a chunk of each column is full; the chunk is packed (in parallel, if
 * compression is asked for) and handed to HDF5 as finished bytes. Memory is one chunk of all columns. A column is
 * created with its first given value: columns that nobody gives do not exist, and chunks without a given value are not
 * stored (HDF5 reads them as the fill value, which is the missing value). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/error.h"
#include "base/memory.h"
#include "tape/store.h"
#include "tape/store_write.h"

static bool is_text(jk_column column) {
    return jk_schema_column(column)->type == JK_TYPE_TEXT;
}

/* Bytes of one element in the writer's own buffer. */
static size_t buffer_width(jk_column column) {
    return jk_schema_element_size(column);
}

/* ---- taking rows ---- */

static bool any_given(jk_column column, const void *values, size_t count) {
    const int8_t *codes = values;
    const int32_t *integers = values;
    const int64_t *amounts = values;
    const double *reals = values;
    jk_type type = jk_schema_column(column)->type;
    int32_t missing = type == JK_TYPE_DICTIONARY ? JK_MISSING_INDEX : JK_MISSING_INTEGER;
    for (size_t i = 0; i < count; i++) {
        bool given = type == JK_TYPE_ENUM    ? codes[i] != JK_MISSING_ENUM
                     : type == JK_TYPE_MONEY ? amounts[i] != JK_MISSING_MONEY
                     : type == JK_TYPE_REAL  ? reals[i] == reals[i]
                                             : integers[i] != missing;
        if (given) {
            return true;
        }
    }
    return false;
}

static void take_texts(jk_store_column *self, char *to, const char *from, size_t width, size_t rows) {
    for (size_t i = 0; i < rows; i++) {
        size_t length = strnlen(from + i * width, width);
        memcpy(to + i * JK_TEXT_MAX, from + i * width, length);
        memset(to + i * JK_TEXT_MAX + length, 0, JK_TEXT_MAX - length);
        self->length = length > self->length ? length : self->length;
    }
    self->given |= self->length > 0;
}

static void take_column(jk_tape_writer *writer, jk_column column, const jk_block *block, size_t from, size_t rows) {
    jk_store_column *self = &writer->columns[column];
    size_t width = buffer_width(column);
    char *to = (char *)self->rows + writer->buffered * width;
    const char *values = block->column[column];
    if (values == NULL) {
        jk_store_fill_missing(column, rows, width, to);
    } else if (is_text(column)) {
        size_t text_width = block->text_width[column == JK_COLUMN_DEBTOR_ID];
        take_texts(self, to, values + from * text_width, text_width, rows);
    } else {
        memcpy(to, values + from * width, rows * width);
        self->given = self->given || any_given(column, to, rows);
    }
}

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
        size_t room = writer->chunk_rows - writer->buffered;
        size_t rows = block->rows - from < room ? block->rows - from : room;
        for (int i = 0; i < JK_COLUMN_COUNT; i++) {
            if (writer->columns[i].rows != NULL) {
                take_column(writer, (jk_column)i, block, from, rows);
            }
        }
        writer->buffered += rows;
        from += rows;
        if (writer->buffered == writer->chunk_rows) {
            JK_TRY(jk_store_flush(writer, false, error));
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
        free(writer->columns[i].rows);
        free(writer->columns[i].narrow);
        jk_h5_codec_free(writer->columns[i].codec);
        jk_store_dictionary_free(writer->dictionaries[i]);
    }
    free(writer->source_name);
    free(writer);
}

static jk_status create_columns(jk_tape_writer *writer, jk_error *error) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        jk_store_column *self = &writer->columns[i];
        jk_type type = jk_schema_column((jk_column)i)->type;
        if (!jk_schema_in_store(writer->kind, (jk_column)i)) {
            continue;
        }
        self->rows = jk_columns_alloc(writer->chunk_rows, buffer_width((jk_column)i));
        self->narrow = type == JK_TYPE_TEXT ? jk_columns_alloc(writer->chunk_rows, JK_TEXT_MAX) : NULL;
        writer->dictionaries[i] = type == JK_TYPE_DICTIONARY ? jk_store_dictionary_create() : NULL;
        if (self->rows == NULL || (type == JK_TYPE_TEXT && self->narrow == NULL) ||
            (type == JK_TYPE_DICTIONARY && writer->dictionaries[i] == NULL)) {
            return jk_fail_memory(error, "the columns of a store");
        }
    }
    return JK_OK;
}

jk_status jk_tape_writer_create(const char *path, const jk_tape_writer_options *options, jk_tape_writer **writer,
                                jk_error *error) {
    *writer = NULL;
    jk_tape_writer *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return jk_fail_memory(error, "a store");
    }
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
    jk_status status = self->source_name == NULL ? jk_fail_memory(error, "a name") : create_columns(self, error);
    if (status == JK_OK) {
        status = jk_output_open(&self->output, path, error);
    }
    if (status == JK_OK) {
        jk_h5_enter();
        self->file = jk_h5_create(&self->output);
        self->tape_group = self->file < 0 ? H5I_INVALID_HID : jk_h5_group(self->file, "tape");
        self->dict_group = self->tape_group < 0 ? H5I_INVALID_HID : jk_h5_group(self->file, "dict");
        jk_h5_leave();
        status = self->dict_group < 0 ? jk_store_fail_write(self, error) : JK_OK;
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
    return jk_h5_put_text(writer->file, "jalki_format",
                          writer->kind == JK_KIND_PANEL ? JK_STORE_FORMAT_PANEL : JK_STORE_FORMAT) &&
           jk_h5_put_text(writer->file, "created", jk_h5_created(created)) &&
           jk_h5_put_text(writer->file, "source_name", writer->source_name) &&
           jk_h5_put_text(writer->file, "source_sha256", writer->source_sha256) &&
           jk_h5_put_integer(writer->file, "rows", (int64_t)writer->rows) &&
           jk_h5_put_integer(writer->file, "debtors", (int64_t)writer->debtor_max + 1) &&
           (writer->kind == JK_KIND_TAPE ||
            jk_h5_put_integer(writer->file, "claims", (int64_t)writer->claim_max + 1)) &&
           (writer->cutoff == JK_MISSING_INTEGER ||
            jk_h5_put_text(writer->file, "cutoff", jk_date_format(writer->cutoff, date))) &&
           (manifest_json == NULL || jk_h5_put_text(writer->file, "manifest", manifest_json));
}

static bool put_dictionaries(jk_tape_writer *writer) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        const char *name = jk_schema_column((jk_column)i)->name;
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
    jk_status status = JK_OK;
    int32_t highest = writer->debtor_max > writer->claim_max ? writer->debtor_max : writer->claim_max;
    if ((size_t)((int64_t)highest + 1) > writer->rows + writer->buffered) {
        status = jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, "debtor_index",
                         "debtors and claims must be numbered from 0 without gaps");
    }
    status = status == JK_OK ? jk_store_flush(writer, true, error) : status;
    if (status == JK_OK) {
        jk_h5_enter();
        bool done = put_dictionaries(writer) && put_attributes(writer, manifest_json);
        done = close_ids(writer) && done;
        jk_h5_leave();
        status = done ? JK_OK : jk_store_fail_write(writer, error);
    }
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
