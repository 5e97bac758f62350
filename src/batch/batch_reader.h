/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the reader of batches: what its files share. */
#ifndef JK_BATCH_BATCH_READER_H
#define JK_BATCH_BATCH_READER_H

#include "base/memory.h"
#include "base/text/yaml.h"
#include "jalki/batch.h"

/* A word that stands for a value of one job: {name}. */
typedef struct batch_word {
    const char *name, *value;
} batch_word;

enum { BATCH_WORDS_MAX = 16, BATCH_TEXT_MAX = 4096 };

typedef struct batch_reader {
    jk_arena *arena;
    const jk_batch_rules *rules;
    jk_batch *batch;
    jk_error *error;
    jk_key_path path;
    size_t room;                       /* for jobs */
    const jk_yaml_node *defaults;      /* a map, or NULL */
    bool *default_used;                /* [defaults->count] */
    batch_word words[BATCH_WORDS_MAX]; /* of the job that is being read */
    size_t word_count;
} batch_reader;

jk_status jk_batch_expected(batch_reader *reader, const jk_yaml_node *node, const char *what);

/* The value of a scalar with its {words} put in; a copy in the arena. */
jk_status jk_batch_text(batch_reader *reader, const jk_yaml_node *node, const char **text);

/* batch_job.c: one job of the map, with the reader's words. */
jk_status jk_batch_read_job(batch_reader *reader, const jk_yaml_node *map, jk_batch_job *job);

/* batch_order.c: who needs whom, and an order. */
jk_status jk_batch_order(jk_batch *batch, const char *path, jk_error *error);

/* batch_variants.c: what each job asks that not all jobs of its command do. */
jk_status jk_batch_name_variants(jk_batch *batch, jk_error *error);

#endif
