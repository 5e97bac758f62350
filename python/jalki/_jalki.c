/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the Python package that is C, on the stable ABI: commands of the program run in the process, and columns
 * of tapes and results as buffers that NumPy can look at without a copy. What Python sees is made of it in Python. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>

#include <stdlib.h>
#include <string.h>

#include "cli/host.h"
#include "jalki/arrow.h"
#include "jalki/tape.h"

/* ---- errors --------------------------------------------------------------------------------------------------- */

/* (status, file, line, key, message) of an error, a new reference. */
static PyObject *error_parts(const jk_error *error) {
    return Py_BuildValue("(szLzs)", jk_status_name(error->status), error->file[0] != '\0' ? error->file : NULL,
                         (long long)error->line, error->key[0] != '\0' ? error->key : NULL, error->message);
}

/* Raises jalki.Error; returns NULL. */
static PyObject *raise_error(const jk_error *error) {
    PyObject *module = PyImport_ImportModule("jalki._errors");
    PyObject *make = module != NULL ? PyObject_GetAttrString(module, "make") : NULL;
    PyObject *parts = make != NULL ? error_parts(error) : NULL;
    PyObject *made = parts != NULL ? PyObject_CallObject(make, parts) : NULL;
    if (made != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(made), made);
    }
    Py_XDECREF(made);
    Py_XDECREF(parts);
    Py_XDECREF(make);
    Py_XDECREF(module);
    return NULL;
}

/* ---- buffers -------------------------------------------------------------------------------------------------- */

typedef struct buffer {
    PyObject_HEAD PyObject *owner; /* of the memory; NULL: this object */
    void *data;
    Py_ssize_t rows, width;
    char format[16]; /* as struct has it */
} buffer;

static PyObject *buffer_type;

static void buffer_dealloc(PyObject *self) {
    buffer *b = (buffer *)self;
    PyTypeObject *type = Py_TYPE(self);
    if (b->owner != NULL) {
        Py_DECREF(b->owner);
    } else {
        free(b->data);
    }
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static int buffer_get(PyObject *self, Py_buffer *view, int flags) {
    buffer *b = (buffer *)self;
    if ((flags & PyBUF_WRITABLE) == PyBUF_WRITABLE) {
        PyErr_SetString(PyExc_BufferError, "a column is read only; copy it to change it");
        return -1;
    }
    *view = (Py_buffer){.obj = Py_NewRef(self),
                        .buf = b->data,
                        .len = b->rows * b->width,
                        .itemsize = b->width,
                        .readonly = 1,
                        .ndim = 1,
                        .format = (flags & PyBUF_FORMAT) == PyBUF_FORMAT ? b->format : NULL,
                        .shape = (flags & PyBUF_ND) == PyBUF_ND ? &b->rows : NULL,
                        .strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &b->width : NULL};
    return 0;
}

static Py_ssize_t buffer_length(PyObject *self) {
    return ((buffer *)self)->rows;
}

static PyType_Slot buffer_slots[] = {
    {Py_tp_doc, (void *)"Rows of one column: memory that memoryview and NumPy look at without a copy."},
    {Py_tp_dealloc, (void *)buffer_dealloc},
    {Py_bf_getbuffer, (void *)buffer_get},
    {Py_sq_length, (void *)buffer_length},
    {0, NULL},
};
static PyType_Spec buffer_spec = {.name = "jalki._jalki.Buffer",
                                  .basicsize = sizeof(buffer),
                                  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                  .slots = buffer_slots};

/* Takes `data` over, unless there is an owner; NULL where there is no memory, and data is freed. */
static PyObject *buffer_make(PyObject *owner, void *data, size_t rows, size_t width, const char *format) {
    buffer *b = PyObject_New(buffer, (PyTypeObject *)buffer_type);
    if (b == NULL) {
        if (owner == NULL) {
            free(data);
        }
        return NULL;
    }
    b->owner = owner != NULL ? Py_NewRef(owner) : NULL;
    b->data = data;
    b->rows = (Py_ssize_t)rows;
    b->width = (Py_ssize_t)width;
    (void)PyOS_snprintf(b->format, sizeof b->format, "%s", format);
    return (PyObject *)b;
}

/* ---- streams of Arrow ----------------------------------------------------------------------------------------- */

/* A stream that keeps alive what it reads from. */
typedef struct owning_stream {
    struct ArrowArrayStream inner;
    PyObject *owner;
} owning_stream;

static int owning_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    owning_stream *self = stream->private_data;
    return self->inner.get_schema(&self->inner, out);
}

static int owning_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    owning_stream *self = stream->private_data;
    return self->inner.get_next(&self->inner, out);
}

static const char *owning_error(struct ArrowArrayStream *stream) {
    owning_stream *self = stream->private_data;
    return self->inner.get_last_error(&self->inner);
}

static void owning_release(struct ArrowArrayStream *stream) {
    owning_stream *self = stream->private_data;
    PyGILState_STATE state = PyGILState_Ensure();
    self->inner.release(&self->inner);
    Py_DECREF(self->owner);
    PyGILState_Release(state);
    free(self);
    stream->release = NULL;
}

static void free_stream(PyObject *capsule) {
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (stream != NULL && stream->release != NULL) {
        stream->release(stream);
    }
    free(stream);
}

/* A capsule as the Arrow PyCapsule interface wants it. */
static PyObject *stream_capsule(const jk_frame *frame, PyObject *owner) {
    struct ArrowArrayStream *stream = calloc(1, sizeof *stream);
    owning_stream *self = calloc(1, sizeof *self);
    jk_error error = {0};
    if (stream == NULL || self == NULL || jk_arrow_stream(frame, 0, &self->inner, &error) != JK_OK) {
        free(stream);
        free(self);
        return PyErr_NoMemory();
    }
    self->owner = Py_NewRef(owner);
    *stream = (struct ArrowArrayStream){.get_schema = owning_schema,
                                        .get_next = owning_next,
                                        .get_last_error = owning_error,
                                        .release = owning_release,
                                        .private_data = self};
    PyObject *capsule = PyCapsule_New(stream, "arrow_array_stream", free_stream);
    if (capsule == NULL) {
        stream->release(stream);
        free(stream);
    }
    return capsule;
}

/* ---- tapes ---------------------------------------------------------------------------------------------------- */

typedef struct tape {
    PyObject_HEAD jk_tape *tape;
} tape;

static PyObject *tape_type;

static void tape_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    jk_tape_close(((tape *)self)->tape);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

/* Words of an enumeration or a dictionary as a tuple. */
static PyObject *words_tuple(const char *const *words, size_t count) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *word = PyUnicode_DecodeUTF8(words[i], (Py_ssize_t)strlen(words[i]), "replace");
        if (word == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, word) != 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

static const char *type_name(jk_type type) {
    static const char *const names[] = {"text", "enum", "dictionary", "date", "money", "real", "integer"};
    return names[type];
}

/* The columns that the tape has: [(place, name, type, unit, meaning)]. */
static PyObject *tape_columns(PyObject *self, PyObject *ignored) {
    (void)ignored;
    const jk_tape *t = ((tape *)self)->tape;
    PyObject *list = PyList_New(0);
    for (int c = 0; list != NULL && c < JK_COLUMN_COUNT; c++) {
        const jk_column column = (jk_column)c;
        const char *name = jk_extras_column_name(jk_tape_extras(t), jk_tape_kind(t), column);
        if (name == NULL || !jk_schema_in_store(jk_tape_kind(t), column) || jk_tape_is_absent(t, column)) {
            continue;
        }
        const jk_column_info *info = jk_schema_column(column);
        PyObject *entry = Py_BuildValue("(issss)", c, name, type_name(info->type), jk_schema_unit(column),
                                        jk_schema_is_extra(column) ? "an own column of the tape" : info->meaning);
        if (entry == NULL || PyList_Append(list, entry) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(entry);
    }
    return list;
}

/* read(place) -> (buffer, words or None). */
static PyObject *tape_read(PyObject *self, PyObject *arguments) {
    const jk_tape *t = ((tape *)self)->tape;
    int place = -1;
    if (!PyArg_ParseTuple(arguments, "i", &place)) {
        return NULL;
    }
    if (place < 0 || place >= JK_COLUMN_COUNT || !jk_schema_in_store(jk_tape_kind(t), (jk_column)place)) {
        PyErr_SetString(PyExc_IndexError, "no such column");
        return NULL;
    }
    const jk_column column = (jk_column)place;
    const jk_type type = jk_schema_column(column)->type;
    static const char *const formats[] = {"", "b", "i", "i", "q", "d", "i"};
    size_t rows = jk_tape_rows(t), count = 0;
    size_t width = type == JK_TYPE_TEXT ? jk_tape_text_width(t, column) : jk_schema_element_size(column);
    char format[16];
    (void)PyOS_snprintf(format, sizeof format, "%zus", width); /* of texts */
    void *data = calloc(rows > 0 ? rows : 1, width);
    if (data == NULL) {
        return PyErr_NoMemory();
    }
    jk_error error = {0};
    jk_status status = JK_OK;
    Py_BEGIN_ALLOW_THREADS;
    status = jk_tape_read(t, column, 0, rows, data, &error);
    Py_END_ALLOW_THREADS;
    if (status != JK_OK) {
        free(data);
        return raise_error(&error);
    }
    PyObject *made = buffer_make(NULL, data, rows, width, type == JK_TYPE_TEXT ? format : formats[type]);
    const char *const *words = type == JK_TYPE_ENUM         ? jk_schema_levels(column, &count)
                               : type == JK_TYPE_DICTIONARY ? jk_tape_dictionary(t, column, &count)
                                                            : NULL;
    bool coded = type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY;
    PyObject *list = coded ? words_tuple(words, count) : Py_NewRef(Py_None);
    return made != NULL && list != NULL ? Py_BuildValue("(NN)", made, list) : NULL;
}

static PyObject *tape_facts(PyObject *self, PyObject *ignored) {
    (void)ignored;
    const jk_tape *t = ((tape *)self)->tape;
    PyObject *cutoff =
        jk_tape_cutoff(t) == JK_MISSING_INTEGER ? Py_NewRef(Py_None) : PyLong_FromLong(jk_tape_cutoff(t));
    return Py_BuildValue("{s:s,s:s,s:n,s:n,s:n,s:N,s:s,s:s,s:s}", "path", jk_tape_path(t), "kind",
                         jk_tape_kind(t) == JK_KIND_PANEL ? "panel" : "tape", "rows", (Py_ssize_t)jk_tape_rows(t),
                         "claims", (Py_ssize_t)jk_tape_claims(t), "debtors", (Py_ssize_t)jk_tape_debtors(t), "cutoff",
                         cutoff, "sha256", jk_tape_sha256(t), "source_name", jk_tape_attribute(t, "source_name"),
                         "manifest", jk_tape_attribute(t, "manifest"));
}

static PyObject *tape_arrow(PyObject *self, PyObject *ignored) {
    (void)ignored;
    jk_frame frame;
    jk_frame_of_tape(((tape *)self)->tape, &frame);
    return stream_capsule(&frame, self);
}

static PyMethodDef tape_methods[] = {
    {"arrow", tape_arrow, METH_NOARGS, "A stream of its rows: a capsule arrow_array_stream."},
    {"columns", tape_columns, METH_NOARGS, "The columns that the tape has: [(place, name, type, unit, meaning)]."},
    {"read", tape_read, METH_VARARGS, "read(place): all rows of a column, and the words that its codes stand for."},
    {"facts", tape_facts, METH_NOARGS, "Path, kind, rows, claims, debtors, cut-off, digest."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot tape_slots[] = {
    {Py_tp_doc, (void *)"A tape that is open."},
    {Py_tp_dealloc, (void *)tape_dealloc},
    {Py_tp_methods, (void *)tape_methods},
    {0, NULL},
};
static PyType_Spec tape_spec = {.name = "jalki._jalki.Tape",
                                .basicsize = sizeof(tape),
                                .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                .slots = tape_slots};

static PyObject *open_tape(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *path = NULL;
    if (!PyArg_ParseTuple(arguments, "O&", PyUnicode_FSConverter, &path)) {
        return NULL;
    }
    jk_tape *opened = NULL;
    jk_error error = {0};
    jk_status status = JK_OK;
    const char *name = PyBytes_AsString(path);
    Py_BEGIN_ALLOW_THREADS;
    status = jk_tape_open_any(name, &opened, &error);
    Py_END_ALLOW_THREADS;
    Py_DECREF(path);
    if (status != JK_OK) {
        return raise_error(&error);
    }
    tape *self = PyObject_New(tape, (PyTypeObject *)tape_type);
    if (self == NULL) {
        jk_tape_close(opened);
        return NULL;
    }
    self->tape = opened;
    return (PyObject *)self;
}

/* ---- commands ------------------------------------------------------------------------------------------------- */

/* On the thread that called run(), which has let go of the interpreter: Ctrl-C, and whoever wants to know how far. */
static int watch(void *context, const char *stage, uint64_t done, uint64_t total) {
    PyObject *progress = context;
    PyGILState_STATE state = PyGILState_Ensure();
    int stop = PyErr_Occurred() != NULL || PyErr_CheckSignals() != 0;
    if (!stop && progress != Py_None && total > 0) {
        PyObject *said =
            PyObject_CallFunction(progress, "sKK", stage, (unsigned long long)done, (unsigned long long)total);
        stop = said == NULL;
        Py_XDECREF(said);
    }
    PyGILState_Release(state);
    return stop;
}

static void free_claims(PyObject *capsule) {
    jk_claims_table_free(PyCapsule_GetPointer(capsule, NULL));
}

/* arrow(owner): a stream of the rows of results. */
static PyObject *claims_arrow(PyObject *module, PyObject *owner) {
    (void)module;
    const jk_claims_table *table = PyCapsule_GetPointer(owner, NULL);
    if (table == NULL) {
        return NULL;
    }
    jk_frame frame;
    jk_frame_of_claims(table, &frame);
    return stream_capsule(&frame, owner);
}

/* The columns of results: ([(name, type, unit, meaning, buffer, words or None)], owner); takes the table over. */
static PyObject *claims_list(jk_claims_table *table) {
    static const char *const formats[] = {"f", "d", "i", "q", "B", "B", "H", ""};
    PyObject *owner = PyCapsule_New(table, NULL, free_claims);
    PyObject *list = owner != NULL ? PyList_New(0) : NULL;
    for (size_t c = 0; list != NULL && c < jk_claims_table_columns(table); c++) {
        const jk_result_column *column = jk_claims_table_column(table, c);
        size_t width = jk_result_element_size(column->type, column->text_width);
        char format[16];
        (void)PyOS_snprintf(format, sizeof format, "%zus", width);
        const char *type = column->type == JK_RESULT_TEXT ? "text" : column->levels != NULL ? "enum" : "real";
        type = column->type == JK_RESULT_INT32 || column->type == JK_RESULT_INT64 ? "integer" : type;
        PyObject *entry = Py_BuildValue(
            "(ssssNN)", column->name, type, column->unit, column->meaning,
            buffer_make(owner, (void *)(uintptr_t)jk_claims_table_data(table, c), jk_claims_table_rows(table), width,
                        column->type == JK_RESULT_TEXT ? format : formats[column->type]),
            column->levels != NULL ? words_tuple(column->levels, column->level_count) : Py_NewRef(Py_None));
        if (entry == NULL || PyList_Append(list, entry) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(entry);
    }
    if (owner == NULL) {
        jk_claims_table_free(table);
    }
    PyObject *both = list != NULL ? Py_BuildValue("(NO)", list, owner) : NULL;
    Py_XDECREF(owner);
    return both;
}

static PyObject *outcome(jk_host *host, int code) {
    if (PyErr_Occurred() != NULL) {
        return NULL;
    }
    jk_claims_table *table = host->claims;
    host->claims = NULL;
    if (code != 0) {
        jk_claims_table_free(table);
        table = NULL;
    }
    PyObject *claims = table != NULL ? claims_list(table) : Py_NewRef(Py_None);
    PyObject *error = host->error.status != JK_OK ? error_parts(&host->error) : Py_NewRef(Py_None);
    PyObject *out = PyUnicode_DecodeUTF8(host->out != NULL ? host->out : "", (Py_ssize_t)host->out_size, "replace");
    PyObject *notes =
        PyUnicode_DecodeUTF8(host->notes != NULL ? host->notes : "", (Py_ssize_t)host->notes_size, "replace");
    if (claims == NULL || error == NULL || out == NULL || notes == NULL) {
        Py_XDECREF(claims);
        Py_XDECREF(error);
        Py_XDECREF(out);
        Py_XDECREF(notes);
        return NULL;
    }
    return Py_BuildValue("(iNNNN)", code, out, notes, error, claims);
}

/* run(arguments, progress, wants_claims) -> (code, out, notes, error or None, claims or None). */
static PyObject *run(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *list = NULL, *progress = Py_None, *result = NULL;
    int wants_claims = 0;
    if (!PyArg_ParseTuple(arguments, "OOp", &list, &progress, &wants_claims)) {
        return NULL;
    }
    Py_ssize_t count = PyList_Size(list);
    char **line = count >= 0 ? calloc((size_t)count + 1, sizeof *line) : NULL;
    bool ready = line != NULL;
    for (Py_ssize_t i = 0; ready && i < count; i++) {
        PyObject *bytes = NULL;
        ready = PyUnicode_FSConverter(PyList_GetItem(list, i), &bytes) != 0;
        line[i] = ready ? strdup(PyBytes_AsString(bytes)) : NULL;
        ready = line[i] != NULL;
        Py_XDECREF(bytes);
    }
    if (ready) {
        jk_host host = {.watch = watch, .context = progress, .wants_claims = wants_claims != 0};
        int code = 1;
        Py_BEGIN_ALLOW_THREADS;
        code = jk_host_run(&host, (int)count, line);
        Py_END_ALLOW_THREADS;
        result = outcome(&host, code);
        jk_host_reset(&host);
    } else if (PyErr_Occurred() == NULL) {
        (void)PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; line != NULL && i < count; i++) {
        free(line[i]);
    }
    free((void *)line);
    return result;
}

/* ---- the module ----------------------------------------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"arrow", claims_arrow, METH_O, "arrow(owner): a stream of the rows of results, a capsule arrow_array_stream."},
    {"open", open_tape, METH_VARARGS, "open(path): a tape or a panel."},
    {"run", run, METH_VARARGS,
     "run(arguments, progress, wants_claims): a command; (code, out, notes, error or None, claims or None)."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT,
                                        .m_name = "_jalki",
                                        .m_doc = "Commands of Jälki in the process, and columns as buffers.",
                                        .m_size = -1,
                                        .m_methods = functions};

PyMODINIT_FUNC PyInit__jalki(void);
PyMODINIT_FUNC PyInit__jalki(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL) {
        return NULL;
    }
    buffer_type = PyType_FromSpec(&buffer_spec);
    tape_type = PyType_FromSpec(&tape_spec);
    if (buffer_type == NULL || tape_type == NULL || PyModule_AddObjectRef(module, "Buffer", buffer_type) != 0 ||
        PyModule_AddObjectRef(module, "Tape", tape_type) != 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
