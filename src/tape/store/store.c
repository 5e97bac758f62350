/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and reading a tape's store: what h5/h5_file.h found in the file is held against the schema, and every value
 * that is read against its column's bounds. Columns that the file lacks read as missing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "tape/store/store.h"
#include "tape/store/store_share.h"

/* However well it is packed, a row takes a bit: what grows with rows and debtors is bounded by the file's size. */
enum { ROWS_PER_BYTE = 8 };

const char *jk_store_format(jk_kind kind) {
    static const char *const formats[JK_KIND_COUNT] = {"tape 1", "panel 1", "payments 1", "actions 1"};
    return formats[kind];
}

static jk_status malformed(const jk_tape *tape, const char *key, jk_error *error, const char *what) {
    return jk_fail(error, JK_ERROR_FORMAT, jk_h5_path(tape->file), 0, key, "%s", what);
}

/* ---- opening ---- */

/* A number of debtors or claims: each has a row, each row has one, and they are numbered in 32 bits. */
static bool is_count_of(int64_t count, int64_t rows) {
    return count <= rows && count <= INT32_MAX && (rows > 0 ? count >= 1 : count == 0);
}

static jk_status read_attributes(jk_tape *tape, jk_error *error) {
    const char *format = jk_h5_attribute_text(tape->file, "jalki_format");
    int kind = 0;
    while (format != NULL && kind < JK_KIND_COUNT && strcmp(format, jk_store_format((jk_kind)kind)) != 0) {
        kind++;
    }
    tape->kind = (jk_kind)kind;
    if (format != NULL && strncmp(format, "result ", 7) == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_h5_path(tape->file), 0, NULL,
                       "these are results of jalki value; expected the tape that they were made of");
    }
    if (format == NULL || kind == JK_KIND_COUNT) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_h5_path(tape->file), 0, "jalki_format",
                       "not a tape of this program: expected '%s', found %s%.60s%s", jk_store_format(JK_KIND_TAPE),
                       format == NULL ? "nothing" : "'", format == NULL ? "" : format, format == NULL ? "" : "'");
    }
    int64_t rows = 0, debtors = 0;
    if (!jk_h5_attribute_integer(tape->file, "rows", &rows) || rows < 0 ||
        !jk_h5_attribute_integer(tape->file, "debtors", &debtors) || !is_count_of(debtors, rows)) {
        return malformed(tape, "rows", error,
                         "rows and debtors must be given: no more debtors than rows, and at least one where there are "
                         "rows");
    }
    if ((uint64_t)rows / ROWS_PER_BYTE > jk_h5_size(tape->file)) {
        return malformed(tape, "rows", error, "it claims more rows than a file of its size can hold");
    }
    tape->rows = (size_t)rows;
    tape->debtors = (size_t)debtors;
    int64_t claims = rows;
    if (tape->kind == JK_KIND_PANEL &&
        (!jk_h5_attribute_integer(tape->file, "claims", &claims) || !is_count_of(claims, rows))) {
        return malformed(tape, "claims", error,
                         "claims must be given in a panel: no more than rows, and at least one where there are rows");
    }
    tape->claims = (size_t)claims;
    const char *cutoff = jk_h5_attribute_text(tape->file, "cutoff");
    tape->cutoff = JK_MISSING_INTEGER;
    if (cutoff != NULL && !jk_date_parse(cutoff, strlen(cutoff), &tape->cutoff)) {
        return malformed(tape, "cutoff", error, "expected a date of the form YYYY-MM-DD");
    }
    const char *sha256 = jk_h5_attribute_text(tape->file, "source_sha256");
    bool is_hash = sha256 != NULL && strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64;
    tape->sha256 = is_hash ? sha256 : "";
    return JK_OK;
}

static bool enum_matches(jk_column column, const jk_h5_dataset *dataset) {
    size_t count = 0, found = 0;
    const char *const *levels = jk_schema_levels(column, &count);
    for (uint32_t i = 0; i < dataset->level_count; i++) {
        const jk_h5_level *level = &dataset->levels[i];
        int code = jk_schema_level(column, level->name, strlen(level->name));
        bool missing = strcmp(level->name, "missing") == 0 && level->value == JK_MISSING_ENUM;
        if (!missing && (code < 0 || code != level->value)) {
            return false;
        }
        found += !missing;
    }
    return levels != NULL && found == count;
}

/* NULL if the data set is stored as the schema says, else what was expected. */
static const char *type_problem(jk_column column, const jk_h5_dataset *dataset) {
    bool is_signed = dataset->kind == JK_H5_INTEGER && dataset->is_signed;
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        return dataset->kind == JK_H5_TEXT && !dataset->is_variable && dataset->element_size >= 1 &&
                       dataset->element_size <= JK_TEXT_MAX
                   ? NULL
                   : "expected fixed-length strings of at most 128 bytes";
    case JK_TYPE_ENUM:
        return dataset->kind == JK_H5_ENUM && dataset->element_size == 1 && dataset->is_signed &&
                       enum_matches(column, dataset)
                   ? NULL
                   : "expected an 8-bit enumeration with the names and codes of docs/columns.md";
    case JK_TYPE_MONEY:
        return is_signed && dataset->element_size == sizeof(int64_t) ? NULL : "expected 64-bit integers";
    case JK_TYPE_REAL:
        return dataset->kind == JK_H5_REAL && dataset->element_size == sizeof(double) ? NULL : "expected 64-bit reals";
    case JK_TYPE_DICTIONARY:
    case JK_TYPE_DATE:
    case JK_TYPE_INTEGER:
        return is_signed && dataset->element_size == sizeof(int32_t) ? NULL : "expected 32-bit integers";
    }
    return "unknown type";
}

/* Path of a column or its dictionary, under "/tape" or "/dict". */
static void column_path(const jk_tape *tape, const char *group, jk_column column, char path[JK_H5_NAME_MAX]) {
    (void)snprintf(path, JK_H5_NAME_MAX, "%s/%s%s", group, jk_schema_is_extra(column) ? "extra/" : "",
                   jk_extras_column_name(&tape->extras, JK_KIND_TAPE, column));
}

static jk_status bind_dictionary(jk_tape *tape, jk_column column, jk_error *error) {
    tape_column *self = &tape->columns[column];
    char path[JK_H5_NAME_MAX];
    column_path(tape, "/dict", column, path);
    const jk_h5_dataset *dataset = jk_h5_find(tape->file, path);
    if (dataset == NULL) {
        return self->dataset == NULL ? JK_OK : malformed(tape, path, error, "the dictionary of the column is missing");
    }
    if (dataset->kind != JK_H5_TEXT || dataset->rank != 1) {
        return malformed(tape, path, error, "expected a list of strings");
    }
    self->dictionary = jk_h5_strings(tape->file, dataset, &self->dictionary_count);
    for (size_t i = 0; i < self->dictionary_count; i++) {
        if (self->dictionary[i][0] == '\0' || strlen(self->dictionary[i]) > JK_DICTIONARY_TEXT_MAX) {
            return malformed(tape, path, error, "a string is empty or longer than 255 bytes");
        }
    }
    return JK_OK;
}

static jk_status bind_column(jk_tape *tape, jk_column column, jk_error *error) {
    tape_column *self = &tape->columns[column];
    const jk_column_info *info = jk_schema_column(column);
    char path[JK_H5_NAME_MAX];
    column_path(tape, "/tape", column, path);
    const jk_h5_dataset *dataset = jk_h5_find(tape->file, path);
    self->element_size = info->type == JK_TYPE_TEXT ? 1 : jk_schema_element_size(column);
    self->required = jk_schema_required(tape->kind, column) != 0;
    jk_schema_range(column, &self->low, &self->high);
    if (tape->kind == JK_KIND_PAYMENTS && column == JK_COLUMN_CASH) { /* a list of payments has reversals */
        self->low = -self->high;
    }
    if (!jk_schema_in_store(tape->kind, column) ||
        (jk_schema_is_extra(column) && tape->extras.name[column - JK_FIXED_COLUMN_COUNT] == NULL)) {
        return JK_OK;
    }
    if (dataset != NULL) {
        const char *problem = type_problem(column, dataset);
        problem = problem != NULL                                          ? problem
                  : dataset->rank != 1 || dataset->extent[0] != tape->rows ? "its length is not the number of rows"
                  : dataset->layout == JK_H5_UNREADABLE
                      ? "its layout or filters are not supported (contiguous, or chunks with shuffle and deflate)"
                  : self->required && !jk_h5_is_complete(tape->file, dataset) ? "parts of the column are missing"
                                                                              : NULL;
        if (problem != NULL) {
            return malformed(tape, path, error, problem);
        }
        self->dataset = dataset;
        self->element_size = dataset->element_size;
    } else if (self->required && tape->rows > 0) {
        return malformed(tape, path, error, "the column is missing");
    }
    if (info->type == JK_TYPE_DICTIONARY) {
        JK_TRY(bind_dictionary(tape, column, error));
        self->high = (double)self->dictionary_count - 1.0;
    }
    if (column == JK_COLUMN_DEBTOR_INDEX) {
        self->high = (double)tape->debtors - 1.0;
    }
    if (column == JK_COLUMN_CLAIM_INDEX) {
        self->high = (double)tape->claims - 1.0;
    }
    return JK_OK;
}

/* The type of an own column by how it is stored; -1: as none is. */
static int extra_type_of(const jk_tape *tape, const jk_h5_dataset *dataset, const char *name) {
    char path[JK_H5_NAME_MAX];
    (void)snprintf(path, sizeof path, "/dict/extra/%s", name);
    if (dataset->kind == JK_H5_REAL) {
        return JK_TYPE_REAL;
    }
    if (dataset->kind != JK_H5_INTEGER || !dataset->is_signed) {
        return -1;
    }
    return dataset->element_size == sizeof(int64_t)   ? (int)JK_TYPE_MONEY
           : dataset->element_size != sizeof(int32_t) ? -1
           : jk_h5_find(tape->file, path) != NULL     ? (int)JK_TYPE_DICTIONARY
                                                      : (int)JK_TYPE_DATE;
}

/* Gives the own columns of the file their places. */
static jk_status find_extras(jk_tape *tape, jk_error *error) {
    static const char group[] = "/tape/extra/";
    for (size_t i = 0; i < jk_h5_dataset_count(tape->file); i++) {
        const jk_h5_dataset *dataset = jk_h5_dataset_at(tape->file, i);
        size_t places = 0;
        if (strncmp(dataset->path, group, sizeof group - 1) != 0) {
            continue;
        }
        const char *name = dataset->path + sizeof group - 1;
        const char *problem = jk_extra_name_problem(name);
        if (problem != NULL) {
            return malformed(tape, dataset->path, error, problem);
        }
        int type = extra_type_of(tape, dataset, name);
        if (type < 0 || tape->kind > JK_KIND_PANEL) {
            return malformed(tape, dataset->path, error,
                             "expected 64-bit reals (numbers), 64-bit integers (money), 32-bit integers (dates), or "
                             "those with a dictionary (texts), in a tape or a panel");
        }
        if (jk_extras_add(&tape->extras, (jk_type)type, name, &places) < 0) {
            return malformed(tape, dataset->path, error, "more own columns of this type than a store can have");
        }
    }
    return JK_OK;
}

jk_status jk_tape_open(const char *path, jk_tape **tape, jk_error *error) {
    JK_TRY(jk_tape_open_any(path, tape, error));
    if ((*tape)->kind != JK_KIND_TAPE) {
        jk_tape_close(*tape);
        *tape = NULL;
        return jk_fail(error, JK_ERROR_DATA, path, 0, NULL,
                       "this is a panel of history (one row per claim and period); expected a tape with one row per "
                       "claim (panels are for 'fit', 'backtest' and 'inspect')");
    }
    return JK_OK;
}

jk_status jk_tape_open_any(const char *path, jk_tape **tape, jk_error *error) {
    *tape = NULL;
    jk_tape *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a tape"));
    jk_status status = jk_h5_open(path, "/dict", JK_DICTIONARY_MAX, &self->file, error);
    if (status != JK_OK) {
        free(self);
        return status;
    }
    self->checks = jk_store_checks_get();
    JK_TRY_CLEANUP(read_attributes(self, error));
    JK_TRY_CLEANUP(find_extras(self, error));
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        JK_TRY_CLEANUP(bind_column(self, (jk_column)i, error));
    }
    self->sharing = jk_store_sharing_of(self);
    *tape = self;
    return JK_OK;
cleanup:
    jk_tape_close(self);
    return status;
}

jk_status jk_tape_create_unstored(jk_kind kind, const char *name,
                                  const char *const *(*dictionary)(jk_column column, size_t *count), jk_tape **tape,
                                  jk_error *error) {
    *tape = calloc(1, sizeof **tape);
    JK_TRY(jk_held(*tape != NULL, error, "a tape"));
    (*tape)->kind = kind;
    (*tape)->name = name;
    (*tape)->cutoff = JK_MISSING_INTEGER;
    (*tape)->sha256 = "";
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        tape_column *self = &(*tape)->columns[i];
        bool is_text = jk_schema_column((jk_column)i)->type == JK_TYPE_TEXT;
        self->element_size = is_text ? JK_TEXT_MAX : jk_schema_element_size((jk_column)i);
        self->dictionary = dictionary((jk_column)i, &self->dictionary_count);
    }
    return JK_OK;
}

jk_status jk_tape_view(const jk_tape *tape, jk_column column, const void *value, jk_tape **view, jk_error *error) {
    *view = NULL;
    jk_type type = jk_schema_column(column)->type;
    if (column >= JK_COLUMN_DEBTOR_INDEX || type == JK_TYPE_TEXT || tape->columns[column].required ||
        (type == JK_TYPE_DICTIONARY && value != NULL)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, jk_tape_path(tape), 0, jk_schema_column(column)->name,
                       "the column cannot be replaced; expected one of numbers, dates or levels that may be missing");
    }
    jk_tape *made = malloc(sizeof *made);
    JK_TRY(jk_held(made != NULL, error, "a tape"));
    *made = *tape;
    made->view = true;
    tape_column *self = &made->columns[column];
    self->dataset = NULL;
    self->element_size = jk_schema_element_size(column);
    self->constant = value != NULL;
    if (value != NULL) {
        memcpy(self->value.bytes, value, self->element_size);
    }
    *view = made;
    return JK_OK;
}

void jk_tape_close(jk_tape *tape) {
    if (tape != NULL && (tape->file == NULL || tape->view)) {
        free(tape);
    } else if (tape != NULL) {
        jk_h5_close(tape->file);
        free(tape);
    }
}

jk_kind jk_tape_kind(const jk_tape *tape) {
    return tape->kind;
}

size_t jk_tape_claims(const jk_tape *tape) {
    return tape->claims;
}

size_t jk_tape_rows(const jk_tape *tape) {
    return tape->rows;
}

size_t jk_tape_debtors(const jk_tape *tape) {
    return tape->debtors;
}

int32_t jk_tape_cutoff(const jk_tape *tape) {
    return tape->cutoff;
}

const jk_extras *jk_tape_extras(const jk_tape *tape) {
    return &tape->extras;
}

jk_status jk_tape_place(const jk_tape *tape, const jk_extras *names, jk_column column, jk_column *place,
                        jk_error *error) {
    *place = column;
    if (!jk_schema_is_extra(column)) {
        return JK_OK;
    }
    const char *name = jk_extras_column_name(names, tape->kind, column);
    const jk_type type = jk_schema_column(column)->type;
    int found = jk_extras_find(&tape->extras, name);
    if (found < 0) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, name,
                       "the model uses this own column, and the tape has none of that name; expected it in `extra` of "
                       "the mapping that the tape was imported by");
    }
    if (jk_schema_column((jk_column)found)->type != type) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, name,
                       "the model takes this own column as %s, and on the tape it is %s", jk_extra_type_name(type),
                       jk_extra_type_name(jk_schema_column((jk_column)found)->type));
    }
    *place = (jk_column)found;
    return JK_OK;
}

const char *jk_tape_path(const jk_tape *tape) {
    return tape->file == NULL ? tape->name : jk_h5_path(tape->file);
}

const char *jk_tape_sha256(const jk_tape *tape) {
    return tape->sha256;
}

const char *jk_tape_attribute(const jk_tape *tape, const char *name) {
    const char *text = tape->file == NULL ? NULL : jk_h5_attribute_text(tape->file, name);
    return text == NULL ? "" : text;
}

size_t jk_tape_text_width(const jk_tape *tape, jk_column column) {
    return tape->columns[column].element_size;
}

int jk_tape_is_absent(const jk_tape *tape, jk_column column) {
    return tape->columns[column].dataset == NULL;
}

size_t jk_tape_cache_size(const jk_tape *tape, uint64_t columns) {
    size_t bytes = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_h5_dataset *dataset = tape->columns[c].dataset;
        bytes += dataset != NULL && (columns >> c & 1) ? jk_h5_cache_size(dataset) : 0;
    }
    return bytes;
}

const char *const *jk_tape_dictionary(const jk_tape *tape, jk_column column, size_t *count) {
    *count = tape->columns[column].dictionary_count;
    return tape->columns[column].dictionary;
}
