/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of h5_file.h: checks the catalogue that the child sent (h5_child.c) and believes nothing of it. */
#include "h5/h5_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "h5/h5_private.h"
#include "h5/h5_sums.h"

/* No real deflate stream is shorter than 1/1032 of its content. */
#define DEFLATE_RATIO_MAX 1032u

/* Rows of a chunk that a data set of any length may have; longer chunks only where the data set is as long. */
enum { CHUNK_ROWS_USUAL = 131072 };

static jk_status malformed(const jk_h5_file *file, const char *key, jk_error *error, const char *what) {
    return jk_fail(error, JK_ERROR_FORMAT, file->path, 0, key, "%s", what);
}

/* ---- checking the catalogue ---- */

typedef struct cursor {
    const unsigned char *next;
    size_t left;
} cursor;

static bool take(cursor *self, void *to, size_t count) {
    if (self->left < count) {
        return false;
    }
    memcpy(to, self->next, count);
    self->next += count;
    self->left -= count;
    return true;
}

static char *take_text(cursor *self, jk_arena *arena, size_t length) {
    char *text = self->left < length ? NULL : jk_arena_text(arena, (const char *)self->next, length);
    if (text != NULL) {
        self->next += length;
        self->left -= length;
    }
    return text;
}

static bool is_terminated(const char *text, size_t size) {
    return memchr(text, '\0', size) != NULL;
}

static bool take_attributes(jk_h5_file *file, cursor *from, size_t count) {
    file->attributes = jk_arena_alloc(file->arena, count, sizeof *file->attributes);
    file->attribute_texts = jk_arena_alloc(file->arena, count, sizeof *file->attribute_texts);
    if (file->attributes == NULL || file->attribute_texts == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        jk_h5_attribute *attribute = &file->attributes[i];
        if (!take(from, attribute, sizeof *attribute) || !is_terminated(attribute->name, sizeof attribute->name)) {
            return false;
        }
        if (attribute->is_text) {
            file->attribute_texts[i] = take_text(from, file->arena, attribute->length);
            if (file->attribute_texts[i] == NULL) {
                return false;
            }
        }
    }
    file->attribute_count = count;
    return true;
}

static bool is_plausible(const jk_h5_dataset *dataset) {
    if (!is_terminated(dataset->path, sizeof dataset->path) || dataset->rank > JK_H5_RANK_MAX ||
        dataset->level_count > JK_H5_LEVELS_MAX || (unsigned)dataset->kind > JK_H5_TEXT ||
        (unsigned)dataset->layout > JK_H5_CHUNKED || dataset->shuffle_filter < -1 || dataset->shuffle_filter > 31 ||
        dataset->deflate_filter < -1 || dataset->deflate_filter > 31) {
        return false;
    }
    for (uint32_t i = 0; i < dataset->level_count; i++) {
        if (!is_terminated(dataset->levels[i].name, sizeof dataset->levels[i].name)) {
            return false;
        }
    }
    return true;
}

/* Bytes of all elements; false where they overflow 62 bits. */
static bool total_bytes(const jk_h5_dataset *dataset, uint64_t *bytes) {
    *bytes = dataset->element_size;
    for (uint32_t i = 0; i < dataset->rank; i++) {
        if (__builtin_mul_overflow(*bytes, dataset->extent[i], bytes)) {
            return false;
        }
    }
    return *bytes < (uint64_t)1 << 62;
}

static jk_status check_contiguous(const jk_h5_file *file, jk_h5_part *part, uint64_t bytes, jk_error *error) {
    const jk_h5_dataset *dataset = &part->public;
    if (dataset->offset != UINT64_MAX && (dataset->offset > file->size || bytes > file->size - dataset->offset)) {
        return malformed(file, dataset->path, error, "its data lie beyond the end of the file");
    }
    part->complete = dataset->offset != UINT64_MAX || bytes == 0;
    return JK_OK;
}

static const char *chunk_problem(const jk_h5_file *file, const jk_h5_part *part, const jk_h5_chunk *chunk) {
    const jk_h5_dataset *dataset = &part->public;
    if (chunk->index >= part->chunk_places) {
        return "a chunk lies outside its extent";
    }
    if (chunk->address > file->size || chunk->size > file->size - chunk->address) {
        return "a chunk lies beyond the end of the file";
    }
    uint64_t plain = dataset->chunk_rows * dataset->element_size;
    bool deflated = dataset->deflate_filter >= 0 && !(chunk->skipped >> dataset->deflate_filter & 1);
    if (deflated ? plain / DEFLATE_RATIO_MAX > chunk->size : plain != chunk->size) {
        return "a chunk has the wrong length";
    }
    return NULL;
}

bool jk_h5_chunks_exceed(const jk_h5_dataset *dataset) {
    return dataset->layout == JK_H5_CHUNKED && dataset->chunk_rows > CHUNK_ROWS_USUAL &&
           dataset->chunk_rows > dataset->extent[0];
}

/* Together the chunks of one data set are no longer than the file, so that its rows are bounded by the file's size. */
static jk_status take_chunks(jk_h5_file *file, jk_h5_part *part, cursor *from, uint64_t bytes, jk_error *error) {
    jk_h5_dataset *dataset = &part->public;
    if (dataset->rank != 1 || dataset->chunk_rows == 0 || dataset->element_size == 0 ||
        dataset->chunk_rows > UINT32_MAX / dataset->element_size || dataset->chunk_count > from->left) {
        return malformed(file, dataset->path, error, "its chunks are malformed");
    }
    if (jk_h5_chunks_exceed(dataset)) {
        return malformed(file, dataset->path, error, "its chunks are far longer than its rows");
    }
    part->chunk_places = dataset->extent[0] / dataset->chunk_rows + (dataset->extent[0] % dataset->chunk_rows != 0);
    if (part->chunk_places > file->size / 8 + JK_H5_PARTS_MAX) {
        return malformed(file, dataset->path, error, "it claims more rows than the file can hold");
    }
    part->chunks = jk_arena_alloc(file->arena, part->chunk_places, sizeof *part->chunks);
    JK_TRY(jk_held(part->chunks != NULL, error, "a table of chunks"));
    for (uint64_t i = 0; i < part->chunk_places; i++) {
        part->chunks[i] = (jk_h5_chunk){.index = i, .address = UINT64_MAX};
    }
    uint64_t stored = 0, present = 0;
    for (uint64_t i = 0; i < dataset->chunk_count; i++) {
        jk_h5_chunk chunk;
        const char *problem = take(from, &chunk, sizeof chunk) ? NULL : "its chunks are malformed";
        if (problem == NULL && chunk.address == UINT64_MAX) {
            continue;
        }
        problem = problem != NULL ? problem : chunk_problem(file, part, &chunk);
        stored += problem == NULL ? chunk.size : 0;
        if (problem == NULL && (stored > file->size || part->chunks[chunk.index].address != UINT64_MAX)) {
            problem = "its chunks overlap";
        }
        if (problem != NULL) {
            return malformed(file, dataset->path, error, problem);
        }
        part->chunks[chunk.index] = chunk;
        present++;
    }
    part->complete = present == part->chunk_places || bytes == 0;
    return JK_OK;
}

static jk_status take_strings(jk_h5_file *file, jk_h5_part *part, cursor *from, jk_error *error) {
    size_t count = part->public.string_count;
    if (count > from->left / sizeof(uint32_t)) {
        return malformed(file, part->public.path, error, "its strings are malformed");
    }
    part->strings = jk_arena_alloc(file->arena, count, sizeof *part->strings);
    JK_TRY(jk_held(part->strings != NULL, error, "a table of strings"));
    for (size_t i = 0; i < count; i++) {
        uint32_t length = 0;
        part->strings[i] = take(from, &length, sizeof length) ? take_text(from, file->arena, length) : NULL;
        if (part->strings[i] == NULL) {
            return malformed(file, part->public.path, error, "its strings are malformed");
        }
    }
    return JK_OK;
}

static jk_status take_part(jk_h5_file *file, jk_h5_part *part, cursor *from, jk_error *error) {
    jk_h5_dataset *dataset = &part->public;
    uint64_t bytes = 0;
    if (!take(from, dataset, sizeof *dataset) || !is_plausible(dataset)) {
        return malformed(file, NULL, error, "its table of contents is malformed");
    }
    if (!total_bytes(dataset, &bytes)) {
        return malformed(file, dataset->path, error, "it claims more rows than any file can hold");
    }
    JK_TRY(
        jk_held(pthread_mutex_init(&part->cache.lock, NULL) == 0 && pthread_cond_init(&part->cache.filled, NULL) == 0,
                error, "a lock"));
    file->part_count++;
    if (dataset->layout == JK_H5_CONTIGUOUS) {
        JK_TRY(check_contiguous(file, part, bytes, error));
    } else if (dataset->layout == JK_H5_CHUNKED) {
        JK_TRY(take_chunks(file, part, from, bytes, error));
    }
    return take_strings(file, part, from, error);
}

static jk_status parse(jk_h5_file *file, const jk_h5_catalogue_header *header, cursor from, jk_error *error) {
    if (header->attribute_count > JK_H5_PARTS_MAX || header->dataset_count > JK_H5_PARTS_MAX) {
        return malformed(file, NULL, error, "its table of contents is malformed");
    }
    file->parts = jk_arena_alloc(file->arena, header->dataset_count, sizeof *file->parts);
    JK_TRY(jk_held(file->parts != NULL, error, "a file's table of contents"));
    if (!take_attributes(file, &from, header->attribute_count)) {
        return malformed(file, NULL, error, "its attributes are malformed");
    }
    for (size_t i = 0; i < header->dataset_count; i++) {
        JK_TRY(take_part(file, &file->parts[i], &from, error));
    }
    return JK_OK;
}

static jk_status read_catalogue(jk_h5_file *file, const char *strings_under, size_t strings_max, jk_error *error) {
    uint64_t limit = 2 * file->size + JK_H5_PARTS_MAX * sizeof(jk_h5_dataset);
    jk_h5_catalogue_header header = {0};
    unsigned char *bytes = NULL;
    jk_status status = jk_h5_ask_child(file, strings_under, strings_max, limit, &header, &bytes, error);
    if (status == JK_OK) {
        status = parse(file, &header, (cursor){bytes, header.bytes}, error);
    }
    free(bytes);
    return status;
}

/* ---- opening, closing, looking up ---- */

static jk_status open_descriptor(jk_h5_file *file, const char *path, jk_error *error) {
    file->path = jk_arena_text(file->arena, path, strlen(path));
    JK_TRY(jk_held(file->path != NULL, error, "a file name"));
    file->fd = jk_input_open(path, false); /* a pipe must not make us wait */
    struct stat facts;
    if (file->fd < 0 || fstat(file->fd, &facts) != 0) {
        return jk_fail_errno(error, path, "open");
    }
    if (!S_ISREG(facts.st_mode)) {
        return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "cannot open: not a regular file");
    }
    file->size = (uint64_t)facts.st_size;
    char digest[JK_SUMS_DIGEST];
    if (!jk_sums_digest(file->fd, file->size, digest)) {
        return jk_fail_errno(error, path, "read");
    }
    jk_input_set_digest(file->fd, digest);
    return JK_OK;
}

jk_status jk_h5_open(const char *path, const char *strings_under, size_t strings_max, jk_h5_file **file,
                     jk_error *error) {
    *file = NULL;
    jk_h5_file *self = calloc(1, sizeof *self);
    jk_arena *arena = self == NULL ? NULL : jk_arena_create();
    if (arena == NULL || pthread_mutex_init(&self->codec_lock, NULL) != 0) {
        jk_arena_free(arena);
        free(self);
        return jk_fail_memory(error, "a file");
    }
    self->fd = -1;
    self->arena = arena;
    jk_status status = open_descriptor(self, path, error);
    if (status == JK_OK) {
        status = read_catalogue(self, strings_under, strings_max, error);
    }
    if (status != JK_OK) {
        jk_h5_close(self);
        return status;
    }
    *file = self;
    return JK_OK;
}

void jk_h5_close(jk_h5_file *file) {
    if (file == NULL) {
        return;
    }
    for (size_t i = 0; i < file->part_count; i++) {
        jk_h5_cache_free(&file->parts[i].cache);
    }
    for (size_t i = 0; i < file->codec_count; i++) {
        jk_h5_codec_free(file->codecs[i]);
    }
    free(file->codecs);
    (void)pthread_mutex_destroy(&file->codec_lock);
    if (file->fd >= 0) {
        (void)close(file->fd);
    }
    jk_arena_free(file->arena);
    free(file);
}

const char *jk_h5_path(const jk_h5_file *file) {
    return file->path;
}

uint64_t jk_h5_size(const jk_h5_file *file) {
    return file->size;
}

bool jk_h5_facts(const jk_h5_file *file, struct stat *facts) {
    return fstat(file->fd, facts) == 0;
}

static const jk_h5_attribute *find_attribute(const jk_h5_file *file, const char *name, bool is_text) {
    for (size_t i = 0; i < file->attribute_count; i++) {
        if (strcmp(file->attributes[i].name, name) == 0 && (file->attributes[i].is_text != 0) == is_text) {
            return &file->attributes[i];
        }
    }
    return NULL;
}

const char *jk_h5_attribute_text(const jk_h5_file *file, const char *name) {
    const jk_h5_attribute *attribute = find_attribute(file, name, true);
    return attribute == NULL ? NULL : file->attribute_texts[attribute - file->attributes];
}

bool jk_h5_attribute_integer(const jk_h5_file *file, const char *name, int64_t *value) {
    const jk_h5_attribute *attribute = find_attribute(file, name, false);
    if (attribute != NULL) {
        *value = attribute->integer;
    }
    return attribute != NULL;
}

size_t jk_h5_dataset_count(const jk_h5_file *file) {
    return file->part_count;
}

const jk_h5_dataset *jk_h5_dataset_at(const jk_h5_file *file, size_t index) {
    return &file->parts[index].public;
}

const jk_h5_dataset *jk_h5_find(const jk_h5_file *file, const char *path) {
    for (size_t i = 0; i < file->part_count; i++) {
        if (strcmp(file->parts[i].public.path, path) == 0) {
            return &file->parts[i].public;
        }
    }
    return NULL;
}

const char *const *jk_h5_strings(const jk_h5_file *file, const jk_h5_dataset *dataset, size_t *count) {
    (void)file;
    const jk_h5_part *part = (const jk_h5_part *)dataset;
    *count = dataset->string_count;
    return (const char *const *)part->strings;
}

bool jk_h5_is_complete(const jk_h5_file *file, const jk_h5_dataset *dataset) {
    (void)file;
    return ((const jk_h5_part *)dataset)->complete;
}
