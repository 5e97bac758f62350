/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the R package that is C: commands of the program run in the process, their JSON as lists of R, and
 * columns of tapes and results as vectors. What R sees is made of it in R. Nothing of R is called while a command runs
 * but on R's own thread, and there only what cannot jump out (R_ToplevelExec, R_tryEvalSilent). */
#define R_NO_REMAP
#include <R.h>
#include <R_ext/Rdynload.h>
#include <Rinternals.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/json.h"
#include "cli/host.h"
#include "jalki/claims.h"
#include "jalki/tape.h"

static SEXP text_of(const char *text, size_t length) {
    return length > INT32_MAX ? NA_STRING : Rf_mkCharLenCE(text, (int)length, CE_UTF8);
}

static SEXP scalar_text(const char *text) {
    return text != NULL ? Rf_ScalarString(text_of(text, strlen(text))) : Rf_ScalarString(NA_STRING);
}

/* list(name = value, …) of values that are protected by the list at once. */
typedef struct named_list {
    SEXP list, names;
    R_xlen_t count;
} named_list;

static named_list start_list(R_xlen_t room) {
    named_list made = {.list = PROTECT(Rf_allocVector(VECSXP, room)), .count = 0};
    made.names = PROTECT(Rf_allocVector(STRSXP, room));
    return made;
}

static void put(named_list *to, const char *name, SEXP value) {
    SET_VECTOR_ELT(to->list, to->count, value);
    SET_STRING_ELT(to->names, to->count, text_of(name, strlen(name)));
    to->count++;
}

static SEXP end_list(const named_list *made) {
    Rf_setAttrib(made->list, R_NamesSymbol, made->names);
    UNPROTECT(2);
    return made->list;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

static SEXP of_json(const json_t *value);

static SEXP of_object(const json_t *object) {
    named_list made = start_list((R_xlen_t)json_object_size(object));
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        put(&made, key, of_json(value));
    }
    return end_list(&made);
}

/* Numbers alone become a vector, null among them NA; anything else a list. */
static SEXP of_array(const json_t *array) {
    const size_t count = json_array_size(array);
    size_t numbers = 0, texts = 0, nulls = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(array, i);
        numbers += json_is_number(one);
        texts += json_is_string(one);
        nulls += json_is_null(one);
    }
    const bool all_numbers = numbers > 0 && numbers + nulls == count;
    const bool all_texts = texts > 0 && texts + nulls == count;
    SEXP made = PROTECT(Rf_allocVector(all_numbers ? REALSXP : all_texts ? STRSXP : VECSXP, (R_xlen_t)count));
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(array, i);
        if (all_numbers) {
            REAL(made)[i] = json_is_null(one) ? NA_REAL : json_number_value(one);
        } else if (all_texts) {
            SET_STRING_ELT(made, (R_xlen_t)i,
                           json_is_null(one) ? NA_STRING : text_of(json_string_value(one), json_string_length(one)));
        } else {
            SET_VECTOR_ELT(made, (R_xlen_t)i, of_json(one));
        }
    }
    UNPROTECT(1);
    return made;
}

static SEXP of_json(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return of_object(value);
    case JSON_ARRAY:
        return of_array(value);
    case JSON_STRING:
        return Rf_ScalarString(text_of(json_string_value(value), json_string_length(value)));
    case JSON_INTEGER: /* whole numbers beyond 2^31 are reals */
    case JSON_REAL:
        return Rf_ScalarReal(json_number_value(value));
    case JSON_TRUE:
        return Rf_ScalarLogical(1);
    case JSON_FALSE:
        return Rf_ScalarLogical(0);
    default:
        return Rf_ScalarLogical(NA_LOGICAL);
    }
}

/* ---- errors ----------------------------------------------------------------------------------------------------- */

static SEXP of_error(const jk_error *error) {
    named_list made = start_list(5);
    put(&made, "status", scalar_text(jk_status_name(error->status)));
    put(&made, "file", scalar_text(error->file[0] != '\0' ? error->file : NULL));
    put(&made, "line", Rf_ScalarReal((double)error->line));
    put(&made, "key", scalar_text(error->key[0] != '\0' ? error->key : NULL));
    put(&made, "message", scalar_text(error->message));
    return end_list(&made);
}

static SEXP only_error(const jk_error *error) {
    named_list made = start_list(1);
    put(&made, "error", of_error(error));
    return end_list(&made);
}

/* ---- columns ---------------------------------------------------------------------------------------------------- */

static SEXP of_words(const char *const *words, size_t count) {
    SEXP made = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)count));
    for (size_t i = 0; i < count; i++) {
        SET_STRING_ELT(made, (R_xlen_t)i, text_of(words[i], strlen(words[i])));
    }
    UNPROTECT(1);
    return made;
}

static SEXP of_texts(const char *data, size_t rows, size_t width) {
    SEXP made = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)rows));
    for (size_t i = 0; i < rows; i++) {
        size_t length = strnlen(data + i * width, width);
        SET_STRING_ELT(made, (R_xlen_t)i, length > 0 ? text_of(data + i * width, length) : NA_STRING);
    }
    UNPROTECT(1);
    return made;
}

static SEXP of_tape_values(jk_type type, const void *data, size_t rows, size_t width) {
    if (type == JK_TYPE_TEXT) {
        return of_texts(data, rows, width);
    }
    const bool real = type == JK_TYPE_MONEY || type == JK_TYPE_REAL;
    SEXP made = PROTECT(Rf_allocVector(real ? REALSXP : INTSXP, (R_xlen_t)rows));
    for (size_t i = 0; i < rows; i++) {
        if (type == JK_TYPE_MONEY) {
            int64_t amount = ((const int64_t *)data)[i];
            REAL(made)[i] = amount == JK_MISSING_MONEY ? NA_REAL : (double)amount;
        } else if (type == JK_TYPE_REAL) {
            double value = ((const double *)data)[i];
            REAL(made)[i] = value != value ? NA_REAL : value;
        } else if (type == JK_TYPE_ENUM) {
            INTEGER(made)[i] = ((const int8_t *)data)[i] < 0 ? NA_INTEGER : ((const int8_t *)data)[i];
        } else { /* of dictionaries -1 is missing; of the others what R's NA is, too */
            int32_t value = ((const int32_t *)data)[i];
            INTEGER(made)[i] = type == JK_TYPE_DICTIONARY && value < 0 ? NA_INTEGER : value;
        }
    }
    UNPROTECT(1);
    return made;
}

static double result_number(const void *data, jk_result_type type, size_t i) {
    switch (type) {
    case JK_RESULT_FLOAT32:
        return (double)((const float *)data)[i];
    case JK_RESULT_FLOAT64:
        return ((const double *)data)[i];
    case JK_RESULT_INT32:
        return (double)((const int32_t *)data)[i];
    case JK_RESULT_INT64:
        return (double)((const int64_t *)data)[i];
    case JK_RESULT_INDEX:
        return (double)((const uint16_t *)data)[i];
    default:
        return (double)((const uint8_t *)data)[i];
    }
}

static SEXP of_result_values(const jk_claims_table *table, size_t c) {
    const jk_result_column *column = jk_claims_table_column(table, c);
    const void *data = jk_claims_table_data(table, c);
    const size_t rows = jk_claims_table_rows(table);
    if (column->type == JK_RESULT_TEXT) {
        return of_texts(data, rows, column->text_width);
    }
    SEXP made = PROTECT(Rf_allocVector(column->levels != NULL ? INTSXP : REALSXP, (R_xlen_t)rows));
    for (size_t i = 0; i < rows; i++) {
        double value = result_number(data, column->type, i);
        if (column->levels != NULL) {
            INTEGER(made)[i] = (int)value;
        } else {
            REAL(made)[i] = value != value ? NA_REAL : value;
        }
    }
    UNPROTECT(1);
    return made;
}

static SEXP of_claims(const jk_claims_table *table) {
    SEXP made = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)jk_claims_table_columns(table)));
    for (size_t c = 0; c < jk_claims_table_columns(table); c++) {
        const jk_result_column *column = jk_claims_table_column(table, c);
        named_list one = start_list(4);
        put(&one, "name", scalar_text(column->name));
        put(&one, "type",
            scalar_text(column->type == JK_RESULT_TEXT ? "text"
                        : column->levels != NULL       ? "enum"
                                                       : "real"));
        put(&one, "values", of_result_values(table, c));
        put(&one, "words", column->levels != NULL ? of_words(column->levels, column->level_count) : R_NilValue);
        SET_VECTOR_ELT(made, (R_xlen_t)c, end_list(&one));
    }
    UNPROTECT(1);
    return made;
}

/* ---- commands --------------------------------------------------------------------------------------------------- */

typedef struct watched {
    SEXP progress;
    bool interrupted;
} watched;

static void look_for_interrupt(void *ignored) {
    (void)ignored;
    R_CheckUserInterrupt();
}

/* On R's thread, which waits for the command. */
static int watch(void *context, const char *stage, uint64_t done, uint64_t total) {
    watched *self = context;
    if (!R_ToplevelExec(look_for_interrupt, NULL)) {
        self->interrupted = true;
        return 1;
    }
    if (self->progress == R_NilValue || total == 0) {
        return 0;
    }
    SEXP call = PROTECT(Rf_lang4(self->progress, PROTECT(scalar_text(stage)), PROTECT(Rf_ScalarReal((double)done)),
                                 PROTECT(Rf_ScalarReal((double)total))));
    int failed = 0;
    (void)R_tryEvalSilent(call, R_GlobalEnv, &failed);
    UNPROTECT(4);
    self->interrupted = self->interrupted || failed != 0;
    return failed;
}

/* What a command left, until it is R's; freed however R goes on. */
typedef struct outcome {
    jk_host host;
    json_t *data;
    int code;
} outcome;

static SEXP outcome_list(void *given) {
    const outcome *left = given;
    const jk_host *host = &left->host;
    named_list made = start_list(6);
    put(&made, "code", Rf_ScalarInteger(left->code));
    put(&made, "text", Rf_ScalarString(text_of(host->out != NULL ? host->out : "", host->out_size)));
    put(&made, "notes", Rf_ScalarString(text_of(host->notes != NULL ? host->notes : "", host->notes_size)));
    put(&made, "error", host->error.status != JK_OK ? of_error(&host->error) : R_NilValue);
    put(&made, "data", left->data != NULL ? of_json(left->data) : R_NilValue);
    put(&made, "per_claim", host->claims != NULL && left->code == 0 ? of_claims(host->claims) : R_NilValue);
    return end_list(&made);
}

static void free_outcome(void *given, Rboolean jumped) {
    (void)jumped;
    outcome *left = given;
    jk_host_reset(&left->host);
    json_decref(left->data);
}

/* The names in R's native encoding, as files have them. */
static char **command_line(SEXP arguments, int count) {
    char **line = (char **)R_alloc((size_t)count + 1, sizeof *line);
    for (int i = 0; i < count; i++) {
        const char *text = Rf_translateChar(STRING_ELT(arguments, i));
        line[i] = R_alloc(strlen(text) + 1, 1);
        strcpy(line[i], text);
    }
    line[count] = NULL;
    return line;
}

static SEXP run(SEXP arguments, SEXP progress, SEXP per_claim) {
    watched self = {.progress = progress};
    outcome left = {.host = {.watch = watch, .context = &self, .wants_claims = Rf_asLogical(per_claim) == 1}};
    const int count = (int)XLENGTH(arguments);
    char **line = command_line(arguments, count);
    left.code = jk_host_run(&left.host, count, line);
    left.host.context = NULL;
    if (self.interrupted) {
        free_outcome(&left, FALSE);
        Rf_error("the command was stopped");
    }
    if (left.code == 0 && left.host.out != NULL) {
        left.data = jk_json_parse_bytes(left.host.out, left.host.out_size, 0, NULL); /* NULL: it is no JSON */
    }
    SEXP token = PROTECT(R_MakeUnwindCont());
    SEXP made = R_UnwindProtect(outcome_list, &left, free_outcome, &left, token);
    UNPROTECT(1);
    return made;
}

/* ---- tapes ------------------------------------------------------------------------------------------------------ */

static void close_tape(SEXP pointer) {
    jk_tape_close(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static const char *type_name(jk_type type) {
    static const char *const names[] = {"text", "enum", "dictionary", "date", "money", "real", "integer"};
    return names[type];
}

static const char *column_name(const jk_tape *tape, int place) {
    const jk_column column = (jk_column)place;
    return jk_schema_in_store(jk_tape_kind(tape), column) && !jk_tape_is_absent(tape, column)
               ? jk_extras_column_name(jk_tape_extras(tape), jk_tape_kind(tape), column)
               : NULL;
}

static SEXP columns_of(const jk_tape *tape) {
    R_xlen_t count = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        count += column_name(tape, c) != NULL;
    }
    named_list made = start_list(3);
    SEXP place = Rf_allocVector(INTSXP, count);
    put(&made, "place", place);
    SEXP name = Rf_allocVector(STRSXP, count);
    put(&made, "name", name);
    SEXP type = Rf_allocVector(STRSXP, count);
    put(&made, "type", type);
    R_xlen_t at = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const char *known = column_name(tape, c);
        if (known != NULL) {
            INTEGER(place)[at] = c;
            SET_STRING_ELT(name, at, text_of(known, strlen(known)));
            SET_STRING_ELT(type, at, Rf_mkChar(type_name(jk_schema_column((jk_column)c)->type)));
            at++;
        }
    }
    return end_list(&made);
}

static SEXP open_tape(SEXP path) {
    jk_tape *tape = NULL;
    jk_error error = {0};
    SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
    R_RegisterCFinalizerEx(pointer, close_tape, TRUE);
    if (jk_tape_open_any(Rf_translateChar(Rf_asChar(path)), &tape, &error) != JK_OK) {
        UNPROTECT(1);
        return only_error(&error);
    }
    R_SetExternalPtrAddr(pointer, tape);
    named_list made = start_list(9);
    put(&made, "pointer", pointer);
    put(&made, "path", scalar_text(jk_tape_path(tape)));
    put(&made, "kind", scalar_text(jk_tape_kind(tape) == JK_KIND_PANEL ? "panel" : "tape"));
    put(&made, "rows", Rf_ScalarReal((double)jk_tape_rows(tape)));
    put(&made, "claims", Rf_ScalarReal((double)jk_tape_claims(tape)));
    put(&made, "debtors", Rf_ScalarReal((double)jk_tape_debtors(tape)));
    put(&made, "cutoff", Rf_ScalarInteger(jk_tape_cutoff(tape))); /* missing is R's NA */
    put(&made, "sha256", scalar_text(jk_tape_sha256(tape)));
    put(&made, "columns", columns_of(tape));
    SEXP list = end_list(&made);
    UNPROTECT(1);
    return list;
}

typedef struct reading {
    const jk_tape *tape;
    jk_column column;
    void *data;
    size_t rows, width;
} reading;

static SEXP read_list(void *given) {
    const reading *self = given;
    const jk_type type = jk_schema_column(self->column)->type;
    size_t count = 0;
    const char *const *words = type == JK_TYPE_ENUM         ? jk_schema_levels(self->column, &count)
                               : type == JK_TYPE_DICTIONARY ? jk_tape_dictionary(self->tape, self->column, &count)
                                                            : NULL;
    named_list made = start_list(3);
    put(&made, "type", scalar_text(type_name(type)));
    put(&made, "values", of_tape_values(type, self->data, self->rows, self->width));
    put(&made, "words", words != NULL ? of_words(words, count) : R_NilValue);
    return end_list(&made);
}

static void free_reading(void *given, Rboolean jumped) {
    (void)jumped;
    free(((reading *)given)->data);
}

static SEXP read_column(SEXP pointer, SEXP place) {
    const int wanted = Rf_asInteger(place);
    reading self = {.tape = R_ExternalPtrAddr(pointer), .column = (jk_column)wanted};
    if (self.tape == NULL || wanted < 0 || wanted >= JK_COLUMN_COUNT || column_name(self.tape, wanted) == NULL) {
        Rf_error("no such column, or the tape is of another session");
    }
    jk_error error = {0};
    self.rows = jk_tape_rows(self.tape);
    self.width = jk_schema_column(self.column)->type == JK_TYPE_TEXT ? jk_tape_text_width(self.tape, self.column)
                                                                     : jk_schema_element_size(self.column);
    self.data = calloc(self.rows > 0 ? self.rows : 1, self.width > 0 ? self.width : 1);
    if (self.data == NULL) {
        Rf_error("out of memory for a column");
    }
    if (jk_tape_read(self.tape, self.column, 0, self.rows, self.data, &error) != JK_OK) {
        free(self.data);
        return only_error(&error);
    }
    SEXP token = PROTECT(R_MakeUnwindCont());
    SEXP made = R_UnwindProtect(read_list, &self, free_reading, &self, token);
    UNPROTECT(1);
    return made;
}

/* ---- the package ------------------------------------------------------------------------------------------------ */

static const R_CallMethodDef methods[] = {
    {"C_jalki_run", (DL_FUNC)(uintptr_t)&run, 3},
    {"C_jalki_open", (DL_FUNC)(uintptr_t)&open_tape, 1},
    {"C_jalki_read", (DL_FUNC)(uintptr_t)&read_column, 2},
    {NULL, NULL, 0},
};

__attribute__((visibility("default"))) void R_init_jalki(DllInfo *info);
void R_init_jalki(DllInfo *info) {
    R_registerRoutines(info, NULL, methods, NULL, NULL);
    R_useDynamicSymbols(info, FALSE);
    R_forceSymbols(info, TRUE);
}
