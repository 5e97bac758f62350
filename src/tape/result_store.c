/* SPDX-License-Identifier: Apache-2.0 */
/* The result file of jalki/result.h. Plain columns are contiguous data sets whose addresses HDF5 gives out at creation;
 * rows go there by pwrite. For a compressed file rows go to a nameless scratch file first, at addresses of our own. */
#include "tape/result_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/transfer.h"
#include "base/team/team.h"
#include "h5/h5_sums.h"

#define RESULT_FORMAT "result 1"

enum { PACKED_CHUNK_ROWS = 65536 };

static jk_status fail_write(const jk_result_writer *writer, const char *key, jk_error *error) {
    return jk_fail(error, JK_ERROR_IO, writer->output.target, 0, key, "cannot write: HDF5 failed (disk full?)");
}

static jk_status fail_argument(const jk_result_writer *writer, const char *key, jk_error *error, const char *what) {
    return jk_fail(error, JK_ERROR_ARGUMENT, writer->output.target, 0, key, "%s", what);
}

/* ---- types ---- */

size_t jk_result_element_size(jk_result_type type, size_t text_width) {
    switch (type) {
    case JK_RESULT_FLOAT32:
    case JK_RESULT_INT32:
        return 4;
    case JK_RESULT_FLOAT64:
    case JK_RESULT_INT64:
        return 8;
    case JK_RESULT_UINT8:
    case JK_RESULT_ENUM:
        return 1;
    case JK_RESULT_INDEX:
        return 2;
    case JK_RESULT_TEXT:
        return text_width;
    }
    return 0;
}

static hid_t enum_type(const char *const *levels, size_t count) {
    hid_t type = H5Tenum_create(H5T_STD_U8LE);
    bool done = type >= 0;
    for (size_t i = 0; done && i < count; i++) {
        uint8_t code = (uint8_t)i;
        done = H5Tenum_insert(type, levels[i], &code) >= 0;
    }
    if (!done) {
        (void)H5Tclose(type);
        return H5I_INVALID_HID;
    }
    return type;
}

static hid_t file_type(jk_result_type type, const char *const *levels, size_t level_count, size_t text_width) {
    switch (type) {
    case JK_RESULT_FLOAT32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case JK_RESULT_FLOAT64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case JK_RESULT_INT32:
        return H5Tcopy(H5T_STD_I32LE);
    case JK_RESULT_INT64:
        return H5Tcopy(H5T_STD_I64LE);
    case JK_RESULT_UINT8:
        return H5Tcopy(H5T_STD_U8LE);
    case JK_RESULT_ENUM:
        return enum_type(levels, level_count);
    case JK_RESULT_INDEX:
        return H5Tcopy(H5T_STD_U16LE);
    case JK_RESULT_TEXT:
        return jk_h5_text_type(text_width);
    }
    return H5I_INVALID_HID;
}

static bool describe(hid_t dataset, const char *unit, const char *meaning, jk_result_type type) {
    float none32 = NAN;
    double none64 = (double)NAN;
    return (unit == NULL || jk_h5_put_text(dataset, "unit", unit)) &&
           (meaning == NULL || jk_h5_put_text(dataset, "meaning", meaning)) &&
           (type != JK_RESULT_FLOAT32 || jk_h5_put_value(dataset, "missing_value", H5T_NATIVE_FLOAT, &none32)) &&
           (type != JK_RESULT_FLOAT64 || jk_h5_put_value(dataset, "missing_value", H5T_NATIVE_DOUBLE, &none64));
}

/* ---- layout ---- */

static hid_t storage(const jk_result_writer *writer, size_t size) {
    hid_t properties = jk_h5_dataset_properties();
    hsize_t chunk = writer->chunk_rows;
    bool done = properties >= 0;
    if (done && writer->compression > 0) {
        done = H5Pset_chunk(properties, 1, &chunk) >= 0 && (size == 1 || H5Pset_shuffle(properties) >= 0) &&
               H5Pset_deflate(properties, (unsigned)writer->compression) >= 0;
    } else if (done) {
        done = H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY) >= 0 &&
               H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER) >= 0;
    }
    if (!done) {
        (void)H5Pclose(properties);
        return H5I_INVALID_HID;
    }
    return properties;
}

/* Strings as data set /dict/<name>. */
static bool put_levels(const jk_result_writer *writer, const jk_result_column *column) {
    size_t width = 1;
    for (size_t i = 0; i < column->level_count; i++) {
        size_t length = strlen(column->levels[i]);
        width = length > width ? length : width;
    }
    char *bytes = calloc(column->level_count + 1, width);
    for (size_t i = 0; bytes != NULL && i < column->level_count; i++) {
        memcpy(bytes + i * width, column->levels[i], strlen(column->levels[i]));
    }
    char path[80];
    (void)snprintf(path, sizeof path, "/dict/%s", column->name);
    jk_result_dataset list = {.path = path,
                              .type = JK_RESULT_TEXT,
                              .meaning = "strings of the column of the same name under /result; its values are "
                                         "positions in this list, from 0",
                              .rank = 1,
                              .extent = {column->level_count},
                              .data = bytes,
                              .text_width = width};
    bool done = bytes != NULL;
    if (done) {
        jk_h5_leave(); /* the public function takes the lock itself */
        done = jk_result_writer_dataset((jk_result_writer *)writer, &list, NULL) == JK_OK;
        jk_h5_enter();
    }
    free(bytes);
    return done;
}

/* Creates /result/<name>. Under the HDF5 lock. */
static bool create_column(jk_result_writer *writer, hid_t group, const jk_result_column *column, jk_result_slot *self) {
    hsize_t extent = writer->rows;
    hid_t type = file_type(column->type, column->levels, column->level_count, column->text_width);
    hid_t space = H5Screate_simple(1, &extent, NULL);
    hid_t properties = storage(writer, self->size);
    if (type >= 0 && space >= 0 && properties >= 0) {
        self->dataset = H5Dcreate2(group, column->name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    }
    bool done = self->dataset >= 0 && describe(self->dataset, column->unit, column->meaning, column->type);
    if (done && column->type == JK_RESULT_INDEX) {
        char dictionary[80];
        (void)snprintf(dictionary, sizeof dictionary, "/dict/%s", column->name);
        done = jk_h5_put_text(self->dataset, "dictionary", dictionary) && put_levels(writer, column);
    }
    if (done && writer->compression == 0 && writer->rows > 0) {
        self->address = H5Dget_offset(self->dataset);
        done = self->address != HADDR_UNDEF;
    }
    (void)H5Pclose(properties);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    return done;
}

static bool is_valid(const jk_result_column *column) {
    size_t length = column->name == NULL ? 0 : strlen(column->name);
    if (length == 0 || length >= sizeof((jk_result_slot *)NULL)->name || strchr(column->name, '/') != NULL) {
        return false;
    }
    switch (column->type) {
    case JK_RESULT_ENUM:
        return column->levels != NULL && column->level_count >= 1 && column->level_count <= 256;
    case JK_RESULT_INDEX:
        return column->levels != NULL && column->level_count >= 1 && column->level_count <= 65536;
    default:
        return jk_result_element_size(column->type, column->text_width) > 0;
    }
}

static jk_status lay_out(jk_result_writer *writer, const jk_result_column *columns, jk_error *error) {
    uint64_t next = 0;
    for (size_t i = 0; i < writer->column_count; i++) {
        jk_result_slot *self = &writer->columns[i];
        if (!is_valid(&columns[i])) {
            return fail_argument(writer, columns[i].name, error, "a result column is not described as it must be");
        }
        (void)snprintf(self->name, sizeof self->name, "%s", columns[i].name);
        self->size = jk_result_element_size(columns[i].type, columns[i].text_width);
        self->address = next;
        next += self->size * writer->rows;
    }
    jk_h5_enter();
    writer->file = jk_h5_create(&writer->output);
    hid_t group = writer->file < 0 ? H5I_INVALID_HID : jk_h5_group(writer->file, "result");
    bool done = group >= 0;
    for (size_t i = 0; done && i < writer->column_count; i++) {
        done = create_column(writer, group, &columns[i], &writer->columns[i]);
    }
    (void)H5Gclose(group);
    jk_h5_leave();
    return done ? JK_OK : fail_write(writer, NULL, error);
}

static jk_status open_outputs(jk_result_writer *writer, const char *path, jk_error *error) {
    JK_TRY(jk_output_open(&writer->output, path, JK_OUTPUT_PERSONAL, error));
    writer->fd = writer->output.fd;
    if (writer->compression == 0) {
        return JK_OK;
    }
    jk_status status = jk_output_scratch(&writer->spool, path, error);
    writer->fd = writer->spool.fd;
    return status;
}

static jk_status put_options(jk_result_writer *writer, const jk_result_options *options, jk_error *error) {
    char created[JK_H5_TIME_TEXT];
    jk_h5_enter();
    bool done = jk_h5_put_text(writer->file, "jalki_format", RESULT_FORMAT) &&
                jk_h5_put_text(writer->file, "created", jk_h5_created(created)) &&
                jk_h5_put_text(writer->file, JK_SUMS_ATTRIBUTE, JK_SUMS_TEXT) &&
                jk_h5_put_integer(writer->file, "rows", (int64_t)writer->rows);
    for (size_t i = 0; done && i < options->attribute_count; i++) {
        done = jk_h5_put_text(writer->file, options->attributes[0][i], options->attributes[1][i]);
    }
    jk_h5_leave();
    return done ? JK_OK : fail_write(writer, NULL, error);
}

jk_status jk_result_writer_create(const char *path, size_t rows, const jk_result_column *columns, size_t column_count,
                                  const jk_result_options *options, jk_result_writer **writer, jk_error *error) {
    *writer = NULL;
    JK_TRY(jk_h5_start(error));
    if (column_count == 0 || column_count > JK_RESULT_COLUMNS_MAX || rows > (size_t)1 << 40) {
        return jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL, "a result has 1 to %d columns", JK_RESULT_COLUMNS_MAX);
    }
    jk_result_writer *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a result file"));
    self->file = H5I_INVALID_HID;
    self->rows = rows;
    self->column_count = column_count;
    self->compression = options->compression < 0 ? 0 : options->compression > 9 ? 9 : options->compression;
    self->run = options->run;
    self->chunk_rows = rows == 0 ? 1 : rows < PACKED_CHUNK_ROWS ? rows : PACKED_CHUNK_ROWS;
    for (size_t i = 0; i < JK_RESULT_COLUMNS_MAX; i++) {
        self->columns[i].dataset = H5I_INVALID_HID;
    }
    jk_status status = open_outputs(self, path, error);
    status = status != JK_OK ? status : lay_out(self, columns, error);
    status = status != JK_OK ? status : put_options(self, options, error);
    if (status != JK_OK) {
        jk_result_writer_abort(self);
        return status;
    }
    *writer = self;
    return JK_OK;
}

/* ---- rows and arrays ---- */

jk_status jk_result_writer_put(jk_result_writer *writer, size_t column, size_t first_row, size_t rows, const void *data,
                               jk_error *error) {
    if (column >= writer->column_count || first_row > writer->rows || rows > writer->rows - first_row) {
        return fail_argument(writer, NULL, error, "rows or columns beyond the result were put");
    }
    jk_result_slot *self = &writer->columns[column];
    if (!jk_write_at(writer->fd, self->address + first_row * self->size, data, rows * self->size)) {
        return jk_fail_errno(error, writer->output.target, "write");
    }
    (void)atomic_fetch_add_explicit(&self->rows_put, rows, memory_order_relaxed);
    return JK_OK;
}

const char *jk_result_writer_column(const jk_result_writer *writer, size_t column) {
    return writer->columns[column].name;
}

size_t jk_result_writer_size(const jk_result_writer *writer, size_t column) {
    return writer->columns[column].size;
}

/* Every rank has laid out the same file, so that its rows go from its own file to the same places of rank 0's. */
static jk_status copy_rows(const jk_result_writer *writer, int fd, size_t first, size_t end, jk_error *error) {
    for (size_t c = 0; c < writer->column_count; c++) {
        const jk_result_slot *slot = &writer->columns[c];
        const uint64_t at = slot->address + first * slot->size;
        if (!jk_copy_at(writer->fd, at, (end - first) * slot->size, fd, at)) {
            return jk_fail_errno(error, writer->output.target, "write");
        }
    }
    return JK_OK;
}

jk_status jk_result_writer_join(jk_result_writer *writer, jk_error *error) {
    int fd = -1;
    size_t first = 0, end = 0;
    if (jk_team_role_now() != JK_TEAM_RANKS || writer->compression > 0) {
        return JK_OK;
    }
    jk_team_rows(JK_PASS_RESULT, writer->rows, &first, &end);
    JK_TRY(jk_team_open_shared(&writer->output, &fd, error));
    if (fd >= 0) {
        jk_status status = copy_rows(writer, fd, first, end, error);
        if (close(fd) != 0 && status == JK_OK) {
            status = jk_fail_errno(error, writer->output.target, "write");
        }
        JK_TRY(status);
    }
    for (size_t c = 0; c < writer->column_count; c++) {
        atomic_store(&writer->columns[c].rows_put, writer->rows);
    }
    jk_team_wait();
    return JK_OK;
}

/* The group that a path's data set stands in, made if it is not there; *name is the rest. Under the HDF5 lock. */
static hid_t open_group(hid_t file, const char *path, const char **name) {
    char group[64];
    const char *slash = path[0] == '/' ? strchr(path + 1, '/') : NULL;
    size_t length = slash == NULL ? 0 : (size_t)(slash - path - 1);
    if (length == 0 || length >= sizeof group || slash[1] == '\0' || strchr(slash + 1, '/') != NULL) {
        return H5I_INVALID_HID;
    }
    memcpy(group, path + 1, length);
    group[length] = '\0';
    *name = slash + 1;
    return H5Lexists(file, group, H5P_DEFAULT) > 0 ? H5Gopen2(file, group, H5P_DEFAULT) : jk_h5_group(file, group);
}

static bool put_axes(hid_t id, const jk_result_dataset *dataset) {
    if (dataset->axis[0] == NULL) {
        return true;
    }
    bool done = jk_h5_put_texts(id, "axes", dataset->axis, dataset->rank);
    for (size_t i = 0; done && i < dataset->rank; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s_names", dataset->axis[i]);
        done =
            dataset->axis_labels[i] == NULL || jk_h5_put_texts(id, name, dataset->axis_labels[i], dataset->extent[i]);
    }
    return done;
}

jk_status jk_result_writer_dataset(jk_result_writer *writer, const jk_result_dataset *dataset, jk_error *error) {
    hsize_t extent[JK_RESULT_RANK_MAX] = {0};
    size_t elements = 1;
    if (dataset->rank < 1 || dataset->rank > JK_RESULT_RANK_MAX || dataset->type == JK_RESULT_ENUM ||
        jk_result_element_size(dataset->type, dataset->text_width) == 0) {
        return fail_argument(writer, dataset->path, error, "an array is not described as it must be");
    }
    for (size_t i = 0; i < dataset->rank; i++) {
        extent[i] = dataset->extent[i];
        elements *= dataset->extent[i];
    }
    jk_h5_enter();
    const char *name = NULL;
    hid_t group = open_group(writer->file, dataset->path, &name);
    hid_t type = file_type(dataset->type, NULL, 0, dataset->text_width);
    hid_t space = H5Screate_simple((int)dataset->rank, extent, NULL);
    hid_t properties = jk_h5_dataset_properties();
    hid_t id = group < 0 || type < 0 || space < 0 || properties < 0
                   ? H5I_INVALID_HID
                   : H5Dcreate2(group, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    bool done = id >= 0 && (elements == 0 || H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, dataset->data) >= 0) &&
                describe(id, dataset->unit, dataset->meaning, dataset->type) && put_axes(id, dataset);
    done = (id < 0 || H5Dclose(id) >= 0) && done;
    (void)H5Pclose(properties);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    (void)H5Gclose(group);
    jk_h5_leave();
    return done ? JK_OK : fail_write(writer, dataset->path, error);
}

/* ---- end ---- */

static bool close_ids(jk_result_writer *writer) {
    bool done = true;
    for (size_t i = 0; i < writer->column_count; i++) {
        done = (writer->columns[i].dataset < 0 || H5Dclose(writer->columns[i].dataset) >= 0) && done;
        writer->columns[i].dataset = H5I_INVALID_HID;
    }
    done = (writer->file < 0 || H5Fclose(writer->file) >= 0) && done;
    writer->file = H5I_INVALID_HID;
    return done;
}

static jk_status complete(jk_result_writer *writer, const char *manifest_json, jk_error *error) {
    for (size_t i = 0; i < writer->column_count; i++) {
        if (atomic_load(&writer->columns[i].rows_put) != writer->rows) {
            return fail_argument(writer, writer->columns[i].name, error, "not every row of the column was put");
        }
    }
    if (writer->compression > 0) {
        JK_TRY(jk_result_pack(writer, error));
    }
    jk_h5_enter();
    bool done = manifest_json == NULL || jk_h5_put_text(writer->file, "manifest", manifest_json);
    done = close_ids(writer) && done;
    jk_h5_leave();
    return done ? jk_sums_append(&writer->output, &writer->run, error) : fail_write(writer, NULL, error);
}

jk_status jk_result_writer_finish(jk_result_writer *writer, const char *manifest_json, jk_error *error) {
    jk_status status = complete(writer, manifest_json, error);
    if (status == JK_OK) {
        status = jk_output_commit(&writer->output, error);
    }
    jk_result_writer_abort(writer); /* frees; a committed output is closed and stays */
    return status;
}

void jk_result_writer_abort(jk_result_writer *writer) {
    if (writer == NULL) {
        return;
    }
    jk_h5_enter();
    (void)close_ids(writer);
    jk_h5_leave();
    jk_output_abort(&writer->spool);
    jk_output_abort(&writer->output);
    free(writer);
}
