/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a tape's store. Rows are gathered until a chunk of each column is full; the chunk is packed (in parallel, if
 * compression is asked for) and handed to HDF5 as finished bytes. Memory is one chunk of all columns. A column is
 * created with its first given value: columns that nobody gives do not exist, and chunks without a given value are not
 * stored (HDF5 reads them as the fill value, which is the missing value). */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/error.h"
#include "base/h5.h"
#include "base/h5_codec.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "jalki/tape.h"
#include "tape/store.h"
#include "tape/store_dictionary.h"

/* Rows in a chunk. Packed chunks are smaller: a reader unpacks whole ones. */
enum { CHUNK_ROWS = 131072, PACKED_CHUNK_ROWS = 65536, WIDTH_STEP = 4 };

typedef struct column_state {
    void *rows;         /* chunk_rows elements; text is JK_TEXT_MAX wide here */
    bool given;         /* some row of the present chunk has a value */
    size_t length;      /* longest text of the present chunk */
    size_t width;       /* bytes of an element on file; text: 0 until created */
    hid_t dataset;      /* negative until created */
    hid_t type;         /* on file and in memory */
    void *narrow;       /* text of a chunk at `width` */
    const void *packed; /* the chunk as it goes to the file */
    size_t packed_bytes;
    jk_h5_codec *codec;
} column_state;

struct jk_tape_writer {
    jk_output output;
    hid_t file, tape_group, dict_group;
    int32_t cutoff;
    int compression;
    jk_run run;
    size_t chunk_rows;
    size_t rows;     /* in finished chunks */
    size_t buffered; /* in the present chunk */
    int32_t debtor_max;
    char *source_name;
    char source_sha256[65];
    column_state columns[JK_COLUMN_COUNT];
    jk_store_dictionary *dictionaries[JK_COLUMN_COUNT];
};

static jk_status fail_write(const jk_tape_writer *writer, jk_error *error, const char *what) {
    return jk_fail(error, JK_ERROR_IO, writer->output.target, 0, what, "cannot write: HDF5 failed (disk full?)");
}

static bool is_text(jk_column column) {
    return jk_schema_column(column)->type == JK_TYPE_TEXT;
}

/* Bytes of one element in the writer's own buffer. */
static size_t buffer_width(jk_column column) {
    return jk_schema_element_size(column);
}

/* ---- creating columns ---- */

static hid_t enum_type(jk_column column) {
    size_t count = 0;
    const char *const *levels = jk_schema_levels(column, &count);
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    int8_t code = JK_MISSING_ENUM;
    bool done = type >= 0 && H5Tenum_insert(type, "missing", &code) >= 0;
    for (size_t i = 0; done && i < count; i++) {
        code = (int8_t)i;
        done = H5Tenum_insert(type, levels[i], &code) >= 0;
    }
    if (!done) {
        (void)H5Tclose(type);
        return H5I_INVALID_HID;
    }
    return type;
}

static hid_t column_type(jk_column column, size_t width) {
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        return jk_h5_text_type(width);
    case JK_TYPE_ENUM:
        return enum_type(column);
    case JK_TYPE_MONEY:
        return H5Tcopy(H5T_STD_I64LE);
    case JK_TYPE_REAL:
        return H5Tcopy(H5T_IEEE_F64LE);
    case JK_TYPE_DICTIONARY:
    case JK_TYPE_DATE:
    case JK_TYPE_INTEGER:
        break;
    }
    return H5Tcopy(H5T_STD_I32LE);
}

static bool describe_column(hid_t dataset, hid_t type, jk_column column, const void *missing) {
    const jk_column_info *info = jk_schema_column(column);
    char dictionary[64];
    (void)snprintf(dictionary, sizeof dictionary, "/dict/%s", info->name);
    return jk_h5_put_text(dataset, "meaning", info->meaning) &&
           jk_h5_put_text(dataset, "unit", jk_schema_unit(column)) &&
           jk_h5_put_value(dataset, "missing_value", type, missing) &&
           (info->type != JK_TYPE_DICTIONARY || jk_h5_put_text(dataset, "dictionary", dictionary));
}

/* Storage properties: `chunk` rows to a chunk (0: contiguous), packed if the writer packs, missing where unwritten. */
static hid_t column_properties(const jk_tape_writer *writer, jk_column column, hid_t type, hsize_t chunk,
                               const void *missing) {
    hid_t properties = jk_h5_dataset_properties();
    bool done = properties >= 0 && H5Pset_fill_value(properties, type, missing) >= 0 &&
                H5Pset_fill_time(properties, H5D_FILL_TIME_IFSET) >= 0;
    if (done && chunk > 0) {
        done = H5Pset_chunk(properties, 1, &chunk) >= 0;
        if (done && writer->compression > 0) {
            done = (jk_schema_element_size(column) == 1 || H5Pset_shuffle(properties) >= 0) &&
                   H5Pset_deflate(properties, (unsigned)writer->compression) >= 0;
        }
    } else if (done) {
        done = H5Pset_alloc_time(properties, H5D_ALLOC_TIME_LATE) >= 0;
    }
    if (!done) {
        (void)H5Pclose(properties);
        return H5I_INVALID_HID;
    }
    return properties;
}

/* Creates /tape/<name> with `rows` rows so far. Under the HDF5 lock. */
static bool create_dataset(jk_tape_writer *writer, jk_column column, const char *name, hsize_t rows, hsize_t chunk) {
    column_state *self = &writer->columns[column];
    unsigned char missing[JK_TEXT_MAX];
    hsize_t unlimited = H5S_UNLIMITED;
    jk_store_fill_missing(column, 1, self->width, missing);
    self->type = column_type(column, self->width);
    hid_t space = H5Screate_simple(1, &rows, chunk > 0 ? &unlimited : NULL);
    hid_t properties = self->type < 0 ? H5I_INVALID_HID : column_properties(writer, column, self->type, chunk, missing);
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    if (space >= 0 && properties >= 0 && access >= 0 && H5Pset_chunk_cache(access, 1, 0, 1.0) >= 0) {
        self->dataset = H5Dcreate2(writer->tape_group, name, self->type, space, H5P_DEFAULT, properties, access);
    }
    (void)H5Pclose(access);
    (void)H5Pclose(properties);
    (void)H5Sclose(space);
    return self->dataset >= 0 && describe_column(self->dataset, self->type, column, missing);
}

static void close_dataset(column_state *self) {
    if (self->dataset >= 0) {
        (void)H5Dclose(self->dataset);
        self->dataset = H5I_INVALID_HID;
    }
    if (self->type >= 0) {
        (void)H5Tclose(self->type);
        self->type = H5I_INVALID_HID;
    }
}

/* ---- chunks ---- */

static size_t rounded_width(size_t length) {
    size_t width = (length + WIDTH_STEP - 1) / WIDTH_STEP * WIDTH_STEP;
    width = width == 0 ? WIDTH_STEP : width;
    return width > JK_TEXT_MAX ? JK_TEXT_MAX : width;
}

static void copy_texts(char *to, size_t to_width, const char *from, size_t from_width, size_t count) {
    size_t both = to_width < from_width ? to_width : from_width;
    if (to_width > both) {
        memset(to, 0, count * to_width);
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(to + i * to_width, from + i * from_width, both);
    }
}

/* Brings the present chunk of one column into the form in which it goes to the file. */
static jk_status pack_column(void *context, int thread, size_t i, jk_error *error) {
    (void)thread;
    jk_tape_writer *writer = context;
    column_state *self = &writer->columns[i];
    if (self->dataset < 0 || !self->given) {
        return JK_OK;
    }
    const void *plain = self->rows;
    if (is_text((jk_column)i)) {
        copy_texts(self->narrow, self->width, self->rows, JK_TEXT_MAX, writer->chunk_rows);
        plain = self->narrow;
    }
    self->packed = plain;
    self->packed_bytes = writer->chunk_rows * self->width;
    if (writer->compression == 0) {
        return JK_OK;
    }
    if (self->codec == NULL) {
        self->codec = jk_h5_codec_create();
    }
    const unsigned char *packed = NULL;
    if (self->codec == NULL || !jk_h5_codec_pack(self->codec, plain, writer->chunk_rows, self->width,
                                                 writer->compression, &packed, &self->packed_bytes)) {
        return jk_fail_memory(error, "a packed chunk");
    }
    self->packed = packed;
    return JK_OK;
}

/* Replaces a text column by a wider one. HDF5 widens the strings as it reads them. Under the HDF5 lock. */
static bool widen_column(jk_tape_writer *writer, jk_column column, size_t width) {
    column_state *self = &writer->columns[column];
    column_state old = *self;
    const char *name = jk_schema_column(column)->name;
    char *wide = jk_columns_alloc(writer->chunk_rows, width);
    self->width = width;
    self->dataset = self->type = H5I_INVALID_HID;
    bool done = wide != NULL && H5Ldelete(writer->tape_group, name, H5P_DEFAULT) >= 0 &&
                create_dataset(writer, column, name, writer->rows, writer->chunk_rows);
    hid_t from = H5Dget_space(old.dataset);
    hsize_t count = writer->chunk_rows;
    hid_t memory = H5Screate_simple(1, &count, NULL);
    for (hsize_t first = 0; done && first < writer->rows; first += count) {
        const unsigned char *packed = (const unsigned char *)wide;
        size_t bytes = count * width;
        done = H5Sselect_hyperslab(from, H5S_SELECT_SET, &first, NULL, &count, NULL) >= 0 &&
               H5Dread(old.dataset, self->type, memory, from, H5P_DEFAULT, wide) >= 0;
        if (done && writer->compression > 0) {
            done = (self->codec != NULL || (self->codec = jk_h5_codec_create()) != NULL) &&
                   jk_h5_codec_pack(self->codec, wide, count, width, writer->compression, &packed, &bytes);
        }
        done = done && H5Dwrite_chunk(self->dataset, H5P_DEFAULT, 0, &first, bytes, packed) >= 0;
    }
    (void)H5Sclose(memory);
    (void)H5Sclose(from);
    close_dataset(&old);
    free(wide);
    return done;
}

static bool must_exist(const jk_tape_writer *writer, jk_column column) {
    return writer->columns[column].given || jk_schema_column(column)->required;
}

/* Creates the columns that appear with the present chunk and widens those whose texts have outgrown them. */
static bool prepare_columns(jk_tape_writer *writer, hsize_t extent, hsize_t chunk) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        jk_column column = (jk_column)i;
        column_state *self = &writer->columns[i];
        if (self->dataset < 0 && must_exist(writer, column)) {
            self->width = is_text(column) ? rounded_width(self->length) : jk_schema_element_size(column);
            if (!create_dataset(writer, column, jk_schema_column(column)->name, extent, chunk)) {
                return false;
            }
        } else if (self->dataset >= 0 && is_text(column) && self->length > self->width) {
            if (!widen_column(writer, column, rounded_width(self->length + WIDTH_STEP))) {
                return false;
            }
        }
    }
    return true;
}

/* A whole tape that fits one chunk lies contiguously and without slack. */
static bool store_contiguous(jk_tape_writer *writer) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        column_state *self = &writer->columns[i];
        if (self->dataset >= 0 && writer->buffered > 0 &&
            H5Dwrite(self->dataset, self->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, self->packed) < 0) {
            return false;
        }
    }
    return true;
}

static bool store_chunk(jk_tape_writer *writer, hsize_t extent) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        column_state *self = &writer->columns[i];
        hsize_t first = writer->rows;
        if (self->dataset < 0) {
            continue;
        }
        if (H5Dset_extent(self->dataset, &extent) < 0 ||
            (self->given &&
             H5Dwrite_chunk(self->dataset, H5P_DEFAULT, 0, &first, self->packed_bytes, self->packed) < 0)) {
            return false;
        }
    }
    return true;
}

/* Rows after the last are padded with missing values. */
static void pad_columns(jk_tape_writer *writer, size_t rows) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        column_state *self = &writer->columns[i];
        size_t width = buffer_width((jk_column)i);
        jk_store_fill_missing((jk_column)i, rows - writer->buffered, width,
                              (char *)self->rows + writer->buffered * width);
    }
}

static jk_status flush_chunk(jk_tape_writer *writer, bool last, jk_error *error) {
    bool contiguous = last && writer->rows == 0 && writer->compression == 0;
    if (writer->buffered == 0 && writer->rows > 0) {
        return JK_OK;
    }
    if (last && writer->rows == 0) { /* the chunk need not be longer than the tape */
        writer->chunk_rows = writer->buffered > 0 ? writer->buffered : 1;
    }
    pad_columns(writer, writer->chunk_rows);
    hsize_t extent = writer->rows + writer->buffered;
    jk_h5_enter();
    bool done = prepare_columns(writer, contiguous ? extent : writer->rows, contiguous ? 0 : writer->chunk_rows);
    jk_h5_leave();
    if (!done) {
        return fail_write(writer, error, NULL);
    }
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        writer->columns[i].given |= jk_schema_column((jk_column)i)->required && writer->buffered > 0;
    }
    JK_TRY(jk_parallel_for(&writer->run, JK_COLUMN_COUNT, "pack", 1, pack_column, writer, error));
    jk_h5_enter();
    done = contiguous ? store_contiguous(writer) : store_chunk(writer, extent);
    jk_h5_leave();
    if (!done) {
        return fail_write(writer, error, NULL);
    }
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        writer->columns[i].given = false;
        writer->columns[i].length = 0;
    }
    writer->rows += writer->buffered;
    writer->buffered = 0;
    return JK_OK;
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

static void take_texts(column_state *self, char *to, const char *from, size_t width, size_t rows) {
    for (size_t i = 0; i < rows; i++) {
        size_t length = strnlen(from + i * width, width);
        memcpy(to + i * JK_TEXT_MAX, from + i * width, length);
        memset(to + i * JK_TEXT_MAX + length, 0, JK_TEXT_MAX - length);
        self->length = length > self->length ? length : self->length;
    }
    self->given |= self->length > 0;
}

static void take_column(jk_tape_writer *writer, jk_column column, const jk_block *block, size_t from, size_t rows) {
    column_state *self = &writer->columns[column];
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
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        const jk_column_info *info = jk_schema_column((jk_column)i);
        if (info->required && block->column[i] == NULL) {
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
    }
    return lowest < 0 ? jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, "debtor_index",
                                "a debtor's number below 0 was given to the store")
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
    for (size_t from = 0; from < block->rows;) {
        size_t room = writer->chunk_rows - writer->buffered;
        size_t rows = block->rows - from < room ? block->rows - from : room;
        for (int i = 0; i < JK_COLUMN_COUNT; i++) {
            take_column(writer, (jk_column)i, block, from, rows);
        }
        writer->buffered += rows;
        from += rows;
        if (writer->buffered == writer->chunk_rows) {
            JK_TRY(flush_chunk(writer, false, error));
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
        close_dataset(&writer->columns[i]);
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
        column_state *self = &writer->columns[i];
        jk_type type = jk_schema_column((jk_column)i)->type;
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
    self->cutoff = options->cutoff;
    self->compression = options->compression < 0 ? 0 : options->compression > 9 ? 9 : options->compression;
    self->chunk_rows = self->compression > 0 ? PACKED_CHUNK_ROWS : CHUNK_ROWS;
    self->run = (jk_run){.threads = options->threads};
    self->debtor_max = -1;
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
        status = self->dict_group < 0 ? fail_write(self, error, NULL) : JK_OK;
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
    return jk_h5_put_text(writer->file, "jalki_format", JK_STORE_FORMAT) &&
           jk_h5_put_text(writer->file, "created", jk_h5_created(created)) &&
           jk_h5_put_text(writer->file, "source_name", writer->source_name) &&
           jk_h5_put_text(writer->file, "source_sha256", writer->source_sha256) &&
           jk_h5_put_integer(writer->file, "rows", (int64_t)writer->rows) &&
           jk_h5_put_integer(writer->file, "debtors", (int64_t)writer->debtor_max + 1) &&
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
        column_state *self = &writer->columns[i];
        done = (self->dataset < 0 || H5Dclose(self->dataset) >= 0) && done;
        self->dataset = H5I_INVALID_HID;
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
    if ((size_t)((int64_t)writer->debtor_max + 1) > writer->rows + writer->buffered) {
        status = jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, "debtor_index",
                         "debtors must be numbered from 0 without gaps");
    }
    status = status == JK_OK ? flush_chunk(writer, true, error) : status;
    if (status == JK_OK) {
        jk_h5_enter();
        bool done = put_dictionaries(writer) && put_attributes(writer, manifest_json);
        done = close_ids(writer) && done;
        jk_h5_leave();
        status = done ? JK_OK : fail_write(writer, error, NULL);
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
