/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of the model file as tables: one record per map, one line per key. Reader, messages, tests of the bounds
 * and the check of docs/model-file.md are driven by them; a new key is one line in tables.c. */
#ifndef JK_MODEL_FIELDS_H
#define JK_MODEL_FIELDS_H

#include "base/error.h"
#include "base/text/yaml.h"
#include "jalki/model.h"

/* State of one load. */
typedef struct jk_model_reader {
    jk_arena *arena;
    jk_error *error;
    jk_model *model;
    jk_segment *segments; /* of the model, while they are being read */
    const char *told;     /* the currency that was asked for; NULL: the file's own */
    double money_rate;    /* base currency per unit of the money being read */
    size_t warnings_room;
    const char **warnings;
    jk_key_path path;
} jk_model_reader;

typedef enum jk_field_kind {
    JK_FIELD_REAL,    /* double */
    JK_FIELD_WHOLE,   /* double that is a whole number */
    JK_FIELD_INTEGER, /* int */
    JK_FIELD_BOOLEAN, /* int, 0 or 1 */
    JK_FIELD_TEXT,    /* const char *, not empty */
    JK_FIELD_REALS,   /* double[count] */
    JK_FIELD_MATRIX,  /* double[count][count], each row sums to 1 */
    JK_FIELD_STEPS,   /* jk_steps */
    JK_FIELD_RECORD,  /* a map with a table of its own */
    JK_FIELD_OTHER    /* whatever `read` makes of it */
} jk_field_kind;

enum {
    JK_FIELD_REQUIRED = 1,  /* an error if absent; otherwise `fallback` is stored */
    JK_FIELD_NULLABLE = 2,  /* null is INFINITY */
    JK_FIELD_MONEY = 4,     /* converted to base currency */
    JK_FIELD_ABOVE_LOW = 8, /* the lower bound itself is excluded */
    JK_FIELD_BELOW_HIGH = 16,
    JK_FIELD_KEEP = 32,  /* if absent, the struct keeps what it holds */
    JK_FIELD_ALWAYS = 64 /* of OTHER: if absent, `read` is called without a node */
};

typedef struct jk_record jk_record;
typedef struct jk_field jk_field;
struct jk_field {
    const char *key;
    jk_field_kind kind;
    unsigned flags;
    double low, high; /* bounds of numbers, as written in the file */
    double fallback;
    size_t offset; /* in the struct that the record fills */
    size_t count;  /* of REALS and MATRIX */
    const jk_record *record;
    jk_status (*read)(jk_model_reader *reader, const jk_yaml_node *node, void *target);
    const char *expected; /* of OTHER: what is expected, for messages */
    const char *meaning;  /* one sentence */
};
struct jk_record {
    const char *name; /* where such a map stands, as the reference says it */
    const jk_field *fields;
    size_t count;
};

/* Fills `target` from a map by the record's table. */
jk_status jk_read_record(jk_model_reader *reader, const jk_record *record, const jk_yaml_node *node, void *target);

/* Reads one number within the field's bounds, converting nothing. */
jk_status jk_read_number(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, double *value);

/* Writes what a field expects: "a number from 0 to 1", "true or false", … Returns text. */
enum { JK_EXPECTED_WORDS = 256 };
const char *jk_field_expected(const jk_field *field, char text[JK_EXPECTED_WORDS]);

/* Fails at a node, with the path as key. */
__attribute__((format(printf, 3, 4))) jk_status jk_model_fail(jk_model_reader *reader, const jk_yaml_node *node,
                                                              const char *format, ...);

/* Fails with "expected …, found …". */
jk_status jk_model_expected(jk_model_reader *reader, const jk_yaml_node *node, const char *expected);

/* Fails with "unknown …", the nearest of `names` or all of them. `pair` gives file and line; the path is its parent. */
jk_status jk_model_unknown(jk_model_reader *reader, const jk_yaml_pair *pair, const char *what,
                           const char *const *names, size_t count);

/* The index among `names` of a text node, or an error that names them. */
jk_status jk_read_choice(jk_model_reader *reader, const jk_yaml_node *node, const char *what, const char *const *names,
                         size_t count, int *choice);

/* An error unless the node is a list of at least `least` items / a map. */
jk_status jk_expect_list(jk_model_reader *reader, const jk_yaml_node *node, size_t least, const char *expected);
jk_status jk_expect_map(jk_model_reader *reader, const jk_yaml_node *node, const char *expected);

/* Zeroed memory in the model's arena; *memory is set only on success. */
jk_status jk_model_alloc(jk_model_reader *reader, size_t count, size_t size, void *memory);

/* Adds to model->warnings. */
__attribute__((format(printf, 3, 4))) jk_status jk_model_warn(jk_model_reader *reader, const jk_yaml_node *node,
                                                              const char *format, ...);

#endif
