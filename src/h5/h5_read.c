/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rows without the HDF5 library, from any thread. A packed chunk that is wanted in part goes into a small cache
 * that all threads share. A thread that meets a chunk another one is just unpacking unpacks the next chunk meanwhile:
 * threads that stream the same columns side by side so share the work instead of waiting for each other. */
#include <errno.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/transfer.h"
#include "h5/h5_private.h"

enum { SLOTS_MAX = 33 };

/* One read of rows of one data set. */
typedef struct request {
    jk_h5_file *file;
    jk_h5_part *part;
    jk_error *error;
} request;

static jk_status fail_format(const request *self, const char *what) {
    return jk_fail(self->error, JK_ERROR_FORMAT, self->file->path, 0, self->part->public.path, "%s", what);
}

static jk_status read_bytes(const request *self, uint64_t offset, size_t bytes, void *out) {
    const ssize_t got = jk_read_at(self->file->fd, offset, out, bytes);
    if (got < 0) {
        return jk_fail_errno(self->error, self->file->path, "read");
    }
    return (size_t)got == bytes ? JK_OK : fail_format(self, "the file ends before its data");
}

static void fill_rows(const request *self, uint64_t rows, unsigned char *out) {
    const jk_h5_dataset *dataset = &self->part->public;
    if (dataset->element_size > sizeof dataset->fill) {
        memset(out, 0, rows * dataset->element_size);
        return;
    }
    for (uint64_t i = 0; i < rows; i++) {
        memcpy(out + i * dataset->element_size, dataset->fill, dataset->element_size);
    }
}

/* ---- codecs ---- */

static jk_h5_codec *take_codec(jk_h5_file *file) {
    jk_h5_codec *codec = NULL;
    (void)pthread_mutex_lock(&file->codec_lock);
    if (file->codec_count > 0) {
        codec = file->codecs[--file->codec_count];
    }
    (void)pthread_mutex_unlock(&file->codec_lock);
    return codec != NULL ? codec : jk_h5_codec_create();
}

static void give_codec(jk_h5_file *file, jk_h5_codec *codec) {
    (void)pthread_mutex_lock(&file->codec_lock);
    if (file->codec_count == file->codec_room) {
        size_t room = file->codec_room * 2 + 8;
        jk_h5_codec **grown = realloc(file->codecs, room * sizeof *grown);
        if (grown != NULL) {
            file->codecs = grown;
            file->codec_room = room;
        }
    }
    if (file->codec_count < file->codec_room) {
        file->codecs[file->codec_count++] = codec;
        codec = NULL;
    }
    (void)pthread_mutex_unlock(&file->codec_lock);
    jk_h5_codec_free(codec);
}

/* Unpacks a whole chunk that is in the file into out. */
static jk_status unpack(const request *self, const jk_h5_chunk *chunk, unsigned char *out) {
    const jk_h5_dataset *dataset = &self->part->public;
    jk_h5_codec *codec = take_codec(self->file);
    unsigned char *input = codec == NULL ? NULL : jk_h5_codec_input(codec, chunk->size);
    jk_status status =
        input == NULL ? jk_fail_memory(self->error, "a chunk") : read_bytes(self, chunk->address, chunk->size, input);
    if (status == JK_OK) {
        bool deflated = dataset->deflate_filter >= 0 && !(chunk->skipped >> dataset->deflate_filter & 1);
        bool shuffled = dataset->shuffle_filter >= 0 && !(chunk->skipped >> dataset->shuffle_filter & 1);
        if (!jk_h5_codec_unpack(codec, chunk->size, deflated, shuffled, dataset->chunk_rows, dataset->element_size,
                                out)) {
            status = errno == ENOMEM ? jk_fail_memory(self->error, "a chunk")
                                     : fail_format(self, "a compressed chunk is damaged");
        }
    }
    if (codec != NULL) {
        give_codec(self->file, codec);
    }
    return status;
}

/* ---- the cache ---- */

void jk_h5_cache_free(jk_h5_cache *cache) {
    for (size_t i = 0; i < cache->slot_count; i++) {
        free(cache->slots[i].bytes);
    }
    free(cache->slots);
    (void)pthread_cond_destroy(&cache->filled);
    (void)pthread_mutex_destroy(&cache->lock);
}

static size_t slots_wanted(void) {
    size_t count = (size_t)omp_get_num_procs() + 1;
    return count > SLOTS_MAX ? SLOTS_MAX : count;
}

size_t jk_h5_cache_size(const jk_h5_dataset *dataset) {
    if (dataset->layout != JK_H5_CHUNKED || dataset->deflate_filter < 0) {
        return 0;
    }
    uint64_t chunks = ((const jk_h5_part *)dataset)->chunk_places;
    uint64_t slots = slots_wanted() < chunks ? slots_wanted() : chunks;
    return (size_t)(slots * dataset->chunk_rows * dataset->element_size);
}

static jk_h5_slot *find_slot(jk_h5_cache *cache, uint64_t index) {
    for (size_t i = 0; i < cache->slot_count; i++) {
        if (cache->slots[i].index == index) {
            return &cache->slots[i];
        }
    }
    return NULL;
}

/* A slot to be filled with chunk `index`, the one unused for longest; NULL if all are in use. Under the lock. */
static jk_h5_slot *claim_slot(const request *self, uint64_t index) {
    jk_h5_cache *cache = &self->part->cache;
    if (cache->slots == NULL) {
        size_t count = slots_wanted();
        cache->slots = calloc(count, sizeof *cache->slots);
        cache->slot_count = cache->slots == NULL ? 0 : count;
        for (size_t i = 0; i < cache->slot_count; i++) {
            cache->slots[i].index = UINT64_MAX;
        }
    }
    jk_h5_slot *best = NULL;
    for (size_t i = 0; i < cache->slot_count; i++) {
        jk_h5_slot *slot = &cache->slots[i];
        bool idle = slot->pins == 0 && (slot->ready || slot->index == UINT64_MAX);
        if (idle && (best == NULL || slot->used < best->used)) {
            best = slot;
        }
    }
    if (best == NULL) {
        return NULL;
    }
    if (best->bytes == NULL) {
        best->bytes = jk_columns_alloc(self->part->public.chunk_rows, self->part->public.element_size);
        if (best->bytes == NULL) {
            return NULL;
        }
    }
    best->index = index;
    best->ready = false;
    best->used = ++cache->clock;
    return best;
}

/* Fills a claimed slot; called without the lock, returns with it. */
static jk_status fill_slot(const request *self, jk_h5_slot *slot) {
    jk_h5_cache *cache = &self->part->cache;
    jk_status status = unpack(self, &self->part->chunks[slot->index], slot->bytes);
    (void)pthread_mutex_lock(&cache->lock);
    slot->ready = status == JK_OK;
    slot->index = status == JK_OK ? slot->index : UINT64_MAX;
    (void)pthread_cond_broadcast(&cache->filled);
    return status;
}

/* Unpacks the first chunk after `index` that nobody has yet, while another thread unpacks `index`. A failure shows
 * when that chunk is asked for. Under the lock. */
static void work_ahead(const request *self, uint64_t index) {
    jk_h5_cache *cache = &self->part->cache;
    for (uint64_t i = index + 1; i < self->part->chunk_places && i < index + cache->slot_count; i++) {
        if (self->part->chunks[i].address == UINT64_MAX || find_slot(cache, i) != NULL) {
            continue;
        }
        jk_h5_slot *slot = claim_slot(self, i);
        if (slot != NULL) {
            (void)pthread_mutex_unlock(&cache->lock);
            request quiet = {.file = self->file, .part = self->part, .error = NULL};
            (void)fill_slot(&quiet, slot);
        }
        return;
    }
}

/* Pins the chunk in a slot. *slot is NULL (and the status JK_OK) where no slot is free. */
static jk_status pin_chunk(const request *self, uint64_t index, jk_h5_slot **slot) {
    jk_h5_cache *cache = &self->part->cache;
    jk_status status = JK_OK;
    bool ahead = false;
    (void)pthread_mutex_lock(&cache->lock);
    for (;;) {
        *slot = find_slot(cache, index);
        if (*slot != NULL && (*slot)->ready) {
            break;
        }
        if (*slot == NULL) {
            *slot = claim_slot(self, index);
            if (*slot == NULL) {
                break;
            }
            (void)pthread_mutex_unlock(&cache->lock);
            status = fill_slot(self, *slot);
            break;
        }
        if (!ahead) {
            ahead = true;
            work_ahead(self, index);
        } else {
            (void)pthread_cond_wait(&cache->filled, &cache->lock);
        }
    }
    if (status == JK_OK && *slot != NULL) {
        (*slot)->pins++;
        (*slot)->used = ++cache->clock;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    return status;
}

static void unpin_chunk(const request *self, jk_h5_slot *slot) {
    (void)pthread_mutex_lock(&self->part->cache.lock);
    slot->pins--;
    (void)pthread_mutex_unlock(&self->part->cache.lock);
}

/* ---- rows ---- */

/* Rows [from, from + rows) of chunk `index`, wanted in part: by way of the cache. */
static jk_status read_part_of_chunk(const request *self, uint64_t index, uint64_t from, uint64_t rows,
                                    unsigned char *out) {
    size_t size = self->part->public.element_size;
    jk_h5_slot *slot = NULL;
    JK_TRY(pin_chunk(self, index, &slot));
    if (slot != NULL) {
        memcpy(out, slot->bytes + from * size, rows * size);
        unpin_chunk(self, slot);
        return JK_OK;
    }
    unsigned char *whole = jk_columns_alloc(self->part->public.chunk_rows, size);
    JK_TRY(jk_held(whole != NULL, self->error, "a chunk"));
    jk_status status = unpack(self, &self->part->chunks[index], whole);
    if (status == JK_OK) {
        memcpy(out, whole + from * size, rows * size);
    }
    free(whole);
    return status;
}

static jk_status read_chunk(const request *self, uint64_t index, uint64_t from, uint64_t rows, unsigned char *out) {
    const jk_h5_dataset *dataset = &self->part->public;
    const jk_h5_chunk *chunk = &self->part->chunks[index];
    if (chunk->address == UINT64_MAX) {
        fill_rows(self, rows, out);
        return JK_OK;
    }
    bool plain = dataset->deflate_filter < 0 && (dataset->shuffle_filter < 0 || dataset->element_size == 1);
    if (plain) {
        return read_bytes(self, chunk->address + from * dataset->element_size, rows * dataset->element_size, out);
    }
    if (rows == dataset->chunk_rows) {
        return unpack(self, chunk, out);
    }
    return read_part_of_chunk(self, index, from, rows, out);
}

jk_status jk_h5_read(jk_h5_file *file, const jk_h5_dataset *dataset, uint64_t first, uint64_t count, void *out,
                     jk_error *error) {
    jk_h5_part *part = &file->parts[(const jk_h5_part *)dataset - file->parts];
    request self = {.file = file, .part = part, .error = error};
    uint64_t elements = dataset->rank == 0 ? 0 : 1;
    for (uint32_t i = 0; i < dataset->rank; i++) {
        elements *= dataset->extent[i];
    }
    if (first > elements || count > elements - first) {
        return jk_fail(error, JK_ERROR_ARGUMENT, file->path, 0, dataset->path, "rows beyond its end were asked for");
    }
    if (dataset->layout == JK_H5_UNREADABLE || dataset->kind == JK_H5_OTHER || dataset->is_variable) {
        return fail_format(&self, "its type, layout or filters are not supported (only plain numbers, enumerations and "
                                  "fixed-length strings, contiguous or in chunks with shuffle and deflate)");
    }
    size_t size = dataset->element_size;
    if (dataset->layout == JK_H5_CONTIGUOUS) {
        if (dataset->offset == UINT64_MAX) {
            fill_rows(&self, count, out);
            return JK_OK;
        }
        return read_bytes(&self, dataset->offset + first * size, count * size, out);
    }
    unsigned char *next = out;
    while (count > 0) {
        uint64_t index = first / dataset->chunk_rows, from = first % dataset->chunk_rows;
        uint64_t rows = dataset->chunk_rows - from < count ? dataset->chunk_rows - from : count;
        JK_TRY(read_chunk(&self, index, from, rows, next));
        next += rows * size;
        first += rows;
        count -= rows;
    }
    return JK_OK;
}
