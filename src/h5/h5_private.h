/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by h5_child.c and h5_catalogue.c (the child), h5_file.c and h5_read.c; nobody else includes it. */
#ifndef JK_H5_H5_PRIVATE_H
#define JK_H5_H5_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "h5/h5_codec.h"
#include "h5/h5_file.h"

/* What the child sends: a header, then its attributes, then its data sets. Text is not terminated by NUL on the way
 * except in fixed arrays; the parent checks all of it. */
enum { JK_H5_CATALOGUE_MAGIC = 0x4a4b4835, JK_H5_PARTS_MAX = 4096, JK_H5_STRING_MAX = 4096 };

typedef struct jk_h5_catalogue_header {
    uint32_t magic;
    uint32_t attribute_count, dataset_count;
    uint32_t failed;   /* 1: `message` says why; nothing follows */
    char message[256]; /* terminated */
    uint64_t bytes;    /* of everything that follows */
} jk_h5_catalogue_header;

typedef struct jk_h5_attribute {
    char name[JK_H5_NAME_MAX];
    int64_t integer;
    uint32_t is_text;
    uint32_t length; /* bytes of text that follow */
} jk_h5_attribute;

typedef struct jk_h5_chunk {
    uint64_t index;   /* first row / chunk_rows */
    uint64_t address; /* in the file */
    uint32_t size;    /* bytes stored */
    uint32_t skipped; /* bit f: filter f of the pipeline was not applied */
} jk_h5_chunk;

/* Closes the door behind the child: from here on it can do no more than read and write the descriptors it has. false
 * where the system has no such means. */
bool jk_h5_sandbox(void);

/* Whether the chunks are much longer than the data set: nobody writes that, and a few bytes would fill memory. */
bool jk_h5_chunks_exceed(const jk_h5_dataset *dataset);

/* Runs in the child: reads the catalogue of the open file with the HDF5 library and writes it to `out`, at most `limit`
 * bytes. */
void jk_h5_catalogue(int fd, const char *strings_under, size_t strings_max, uint64_t limit, int out);

/* A chunk kept unpacked. */
typedef struct jk_h5_slot {
    uint64_t index; /* UINT64_MAX: empty */
    uint64_t used;  /* clock of the last use */
    uint32_t pins;  /* readers copying from it */
    bool ready;     /* false while one thread fills it */
    unsigned char *bytes;
} jk_h5_slot;

typedef struct jk_h5_cache {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    size_t slot_count;
    uint64_t clock;
    jk_h5_slot *slots;
} jk_h5_cache;

/* A data set with what the parent adds to it. */
typedef struct jk_h5_part {
    jk_h5_dataset public;  /* first: a pointer to it is a pointer to the part */
    uint64_t chunk_places; /* chunks that its extent needs */
    jk_h5_chunk *chunks;   /* chunk_places of them, in order; address UINT64_MAX: not in the file */
    bool complete;
    const char **strings;
    jk_h5_cache cache;
} jk_h5_part;

struct jk_h5_file {
    char *path;
    int fd;
    uint64_t size;
    jk_arena *arena;
    size_t attribute_count, part_count;
    jk_h5_attribute *attributes;
    const char **attribute_texts;
    jk_h5_part *parts;
    pthread_mutex_t codec_lock;
    size_t codec_count, codec_room; /* idle codecs */
    jk_h5_codec **codecs;
};

/* Starts the child and takes what it says: the header, and as many bytes as it announces (at most `limit`; the
 * caller's, also on failure). */
jk_status jk_h5_ask_child(const jk_h5_file *file, const char *strings_under, size_t strings_max, uint64_t limit,
                          jk_h5_catalogue_header *header, unsigned char **bytes, jk_error *error);

void jk_h5_cache_free(jk_h5_cache *cache);

#endif
