/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a store on file: their types and attributes, and their chunks, which are packed in parallel (if
 * compression is asked for) and handed to HDF5 as finished bytes. A column is created with its first given value;
 * chunks without a given value are not stored (HDF5 reads them as the fill value, which is the missing value). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/team/parallel.h"
#include "tape/store/store.h"
#include "tape/store/store_write.h"

jk_status jk_store_fail_write(const jk_tape_writer *writer, jk_error *error) {
    return jk_fail(error, JK_ERROR_IO, writer->output.target, 0, NULL, "cannot write: HDF5 failed (disk full?)");
}

static bool is_text(jk_column column) {
    return jk_schema_column(column)->type == JK_TYPE_TEXT;
}

/* ---- creating columns ---- */

void jk_store_column_path(const jk_tape_writer *writer, jk_column column, char path[JK_H5_COLUMN_PATH]) {
    (void)snprintf(path, JK_H5_COLUMN_PATH, "%s%s", jk_schema_is_extra(column) ? "extra/" : "",
                   jk_extras_column_name(&writer->extras, JK_KIND_TAPE, column));
}

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

static bool describe_column(hid_t dataset, hid_t type, jk_column column, const char *name, const void *missing) {
    const jk_column_info *info = jk_schema_column(column);
    char dictionary[JK_H5_COLUMN_PATH + 8];
    (void)snprintf(dictionary, sizeof dictionary, "/dict/%s", name);
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
    jk_store_column *self = &writer->columns[column];
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
    return self->dataset >= 0 && describe_column(self->dataset, self->type, column, name, missing);
}

bool jk_store_close_column(jk_store_column *column) {
    bool done = column->dataset < 0 || H5Dclose(column->dataset) >= 0;
    done = (column->type < 0 || H5Tclose(column->type) >= 0) && done;
    column->dataset = column->type = H5I_INVALID_HID;
    return done;
}

/* ---- chunks ---- */

static size_t rounded_width(size_t length) {
    size_t width = (length + WIDTH_STEP - 1) / WIDTH_STEP * WIDTH_STEP;
    width = width == 0 ? WIDTH_STEP : width;
    return width > JK_TEXT_MAX ? JK_TEXT_MAX : width;
}

/* Texts at the width of the file. Each is copied with the bytes up to the next multiple of eight where the next one
 * writes over them: two or three words are quicker than an odd number of bytes. */
static void copy_texts(char *to, size_t to_width, const char *from, size_t from_width, size_t count) {
    size_t both = to_width < from_width ? to_width : from_width;
    if (to_width > both) {
        memset(to, 0, count * to_width);
    }
    size_t words = (both + sizeof(uint64_t) - 1) / sizeof(uint64_t) * sizeof(uint64_t);
    size_t quick = to_width == both && words <= from_width && count > 2 ? count - 2 : 0;
    for (size_t i = 0; i < quick; i++) {
        for (size_t at = 0; at < words; at += sizeof(uint64_t)) {
            memcpy(to + i * to_width + at, from + i * from_width + at, sizeof(uint64_t));
        }
    }
    for (size_t i = quick; i < count; i++) {
        memcpy(to + i * to_width, from + i * from_width, both);
    }
}

/* Brings the present chunk of one column into the form in which it goes to the file. */
static jk_status pack_column(void *context, int thread, size_t i, jk_error *error) {
    (void)thread;
    jk_tape_writer *writer = context;
    jk_store_column *self = &writer->columns[i];
    const jk_gathered_column *rows = &writer->leaving->columns[i];
    if (self->dataset < 0 || !rows->given) {
        return JK_OK;
    }
    const void *plain = rows->rows;
    jk_gather_fill(writer->leaving, (jk_column)i, writer->chunk_rows); /* behind the last row too */
    if (is_text((jk_column)i)) {
        copy_texts(self->narrow, self->width, rows->rows, rows->width, writer->chunk_rows);
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
    JK_TRY(jk_held(self->codec != NULL && jk_h5_codec_pack(self->codec, plain, writer->chunk_rows, self->width,
                                                           writer->compression, &packed, &self->packed_bytes),
                   error, "a packed chunk"));
    self->packed = packed;
    return JK_OK;
}

/* Replaces a text column by a wider one. HDF5 widens the strings as it reads them. Under the HDF5 lock. */
static bool widen_column(jk_tape_writer *writer, jk_column column, size_t width) {
    jk_store_column *self = &writer->columns[column];
    jk_store_column old = *self;
    char name[JK_H5_COLUMN_PATH];
    jk_store_column_path(writer, column, name);
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
    (void)jk_store_close_column(&old);
    free(wide);
    return done;
}

/* Columns that exist without a given value, too: required ones, and own ones, so that a model finds their names. */
static bool is_kept(const jk_tape_writer *writer, jk_column column) {
    return jk_schema_required(writer->kind, column) ||
           (jk_schema_is_extra(column) && jk_gather_holds(writer->kind, &writer->extras, column));
}

static bool must_exist(const jk_tape_writer *writer, jk_column column) {
    return writer->leaving->columns[column].given || is_kept(writer, column);
}

/* Creates the columns that appear with the present chunk and widens those whose texts have outgrown them. */
static bool prepare_columns(jk_tape_writer *writer, hsize_t extent, hsize_t chunk) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        jk_column column = (jk_column)i;
        jk_store_column *self = &writer->columns[i];
        size_t length = writer->leaving->columns[i].length;
        if (self->dataset < 0 && must_exist(writer, column)) {
            char name[JK_H5_COLUMN_PATH];
            jk_store_column_path(writer, column, name);
            self->width = is_text(column) ? rounded_width(length) : jk_schema_element_size(column);
            if (!create_dataset(writer, column, name, extent, chunk)) {
                return false;
            }
        } else if (self->dataset >= 0 && is_text(column) && length > self->width) {
            if (!widen_column(writer, column, rounded_width(length + WIDTH_STEP))) {
                return false;
            }
        }
    }
    return true;
}

/* A whole tape that fits one chunk lies contiguously and without slack. */
static bool store_contiguous(jk_tape_writer *writer) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        jk_store_column *self = &writer->columns[i];
        if (self->dataset >= 0 && writer->leaving->count > 0 &&
            H5Dwrite(self->dataset, self->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, self->packed) < 0) {
            return false;
        }
    }
    return true;
}

static bool store_chunk(jk_tape_writer *writer, hsize_t extent) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        jk_store_column *self = &writer->columns[i];
        hsize_t first = writer->rows;
        if (self->dataset < 0) {
            continue;
        }
        if (H5Dset_extent(self->dataset, &extent) < 0 ||
            (writer->leaving->columns[i].given &&
             H5Dwrite_chunk(self->dataset, H5P_DEFAULT, 0, &first, self->packed_bytes, self->packed) < 0)) {
            return false;
        }
    }
    return true;
}

jk_status jk_store_flush(jk_tape_writer *writer, bool last, jk_error *error) {
    jk_gathered *leaving = writer->leaving;
    bool contiguous = last && writer->rows == 0 && writer->compression == 0;
    if (leaving->count == 0 && writer->rows > 0) {
        return JK_OK;
    }
    if (last && writer->rows == 0) { /* the chunk need not be longer than the tape */
        writer->chunk_rows = leaving->count > 0 ? leaving->count : 1;
    }
    hsize_t extent = writer->rows + leaving->count;
    jk_h5_enter();
    bool done = prepare_columns(writer, contiguous ? extent : writer->rows, contiguous ? 0 : writer->chunk_rows);
    jk_h5_leave();
    if (!done) {
        return jk_store_fail_write(writer, error);
    }
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        leaving->columns[i].given |= is_kept(writer, (jk_column)i) && leaving->count > 0;
    }
    /* uncompressed columns are only copied: the makers of rows need the cores more */
    jk_run run = {.threads = writer->compression > 0 ? writer->run.threads : 1};
    JK_TRY(jk_parallel_for(&run, JK_COLUMN_COUNT, "pack", 1, pack_column, writer, error));
    jk_h5_enter();
    done = contiguous ? store_contiguous(writer) : store_chunk(writer, extent);
    jk_h5_leave();
    if (!done) {
        return jk_store_fail_write(writer, error);
    }
    writer->rows += leaving->count;
    jk_gather_empty(leaving);
    return JK_OK;
}
