/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a generated tape. Threads make pieces of it side by side and put them into the file one at a time, in order:
 * while one writes, the others make the next pieces. */
#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/parallel.h"
#include "jalki/generate.h"
#include "jalki/tape.h"
#include "tape/csv_write.h"
#include "tape/generate_shapes.h"

enum { PIECE_ROWS = GENERATE_GROUP_ROWS, GZIP_LEVEL = 6 };

/* One thread's memory. */
typedef struct piece_maker {
    jk_block block;
    char *text;
    char *packed;
    struct libdeflate_compressor *compressor;
} piece_maker;

typedef struct tape_writing {
    const jk_generate_options *options;
    jk_csv_dictionaries dictionaries;
    size_t text_size;   /* bytes of piece_maker.text; 0 when a store is written */
    size_t packed_size; /* bytes of piece_maker.packed; 0 without gzip */
    jk_output output;
    jk_tape_writer *store;
    piece_maker *makers;
    int threads;
    pthread_mutex_t lock;
    pthread_cond_t turn_changed;
    size_t turn; /* number of the piece to be written next */
    jk_error failure;
} tape_writing;

static jk_status write_all(int fd, const char *path, const char *bytes, size_t count, jk_error *error) {
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written < 0 && errno != EINTR) {
            return jk_fail_errno(error, path, "write");
        }
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        }
    }
    return JK_OK;
}

/* Bytes of the piece as they go into the CSV file; they stay the maker's. */
static jk_status make_text(const tape_writing *writing, piece_maker *maker, const char **bytes, size_t *count,
                           jk_error *error) {
    char *end = maker->block.first_row == 0 ? jk_csv_put_header(maker->text) : maker->text;
    end = jk_csv_put_rows(end, &maker->block, &writing->dictionaries);
    *bytes = maker->text;
    *count = (size_t)(end - maker->text);
    if (writing->packed_size > 0) {
        *bytes = maker->packed;
        *count = libdeflate_gzip_compress(maker->compressor, maker->text, *count, maker->packed, writing->packed_size);
        if (*count == 0) {
            return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "a piece of the tape did not fit when compressed");
        }
    }
    return JK_OK;
}

/* Waits until all pieces before `piece` are in the file; fails if one of them failed. */
static jk_status wait_for_turn(tape_writing *writing, size_t piece, jk_error *error) {
    (void)pthread_mutex_lock(&writing->lock);
    while (writing->turn != piece && writing->failure.status == JK_OK) {
        (void)pthread_cond_wait(&writing->turn_changed, &writing->lock);
    }
    jk_status status = writing->failure.status;
    if (status != JK_OK) {
        *error = writing->failure;
    }
    (void)pthread_mutex_unlock(&writing->lock);
    return status;
}

static jk_status end_turn(tape_writing *writing, jk_status status, const jk_error *error) {
    (void)pthread_mutex_lock(&writing->lock);
    writing->turn++;
    if (status != JK_OK && writing->failure.status == JK_OK) {
        writing->failure = *error;
    }
    (void)pthread_cond_broadcast(&writing->turn_changed);
    (void)pthread_mutex_unlock(&writing->lock);
    return status;
}

static jk_status write_piece(void *context, int thread, size_t piece, jk_error *error) {
    tape_writing *writing = context;
    piece_maker *maker = &writing->makers[thread];
    uint64_t first = (uint64_t)piece * PIECE_ROWS;
    uint64_t left = writing->options->rows - first;
    jk_generate_rows(writing->options, first, left < PIECE_ROWS ? (size_t)left : PIECE_ROWS, &maker->block);
    const char *bytes = NULL;
    size_t count = 0;
    jk_status made = JK_OK;
    if (writing->store == NULL) {
        made = make_text(writing, maker, &bytes, &count, error);
    }
    JK_TRY(wait_for_turn(writing, piece, error));
    if (made == JK_OK) {
        made = writing->store != NULL ? jk_tape_writer_append(writing->store, &maker->block, error)
                                      : write_all(writing->output.fd, writing->output.target, bytes, count, error);
    }
    return end_turn(writing, made, error);
}

static void free_makers(tape_writing *writing) {
    for (int i = 0; writing->makers != NULL && i < writing->threads; i++) {
        piece_maker *maker = &writing->makers[i];
        jk_generate_block_reset(&maker->block);
        libdeflate_free_compressor(maker->compressor);
        free(maker->text);
        free(maker->packed);
    }
    free(writing->makers);
}

static jk_status make_makers(tape_writing *writing, jk_error *error) {
    writing->makers = calloc((size_t)writing->threads, sizeof *writing->makers);
    if (writing->makers == NULL) {
        return jk_fail_memory(error, "the generator's threads");
    }
    for (int i = 0; i < writing->threads; i++) {
        piece_maker *maker = &writing->makers[i];
        JK_TRY(jk_generate_block_init(&maker->block, PIECE_ROWS, error));
        bool missing = false;
        if (writing->text_size > 0) {
            maker->text = malloc(writing->text_size);
            missing = maker->text == NULL;
        }
        if (writing->packed_size > 0) {
            maker->packed = malloc(writing->packed_size);
            maker->compressor = libdeflate_alloc_compressor(GZIP_LEVEL);
            missing = missing || maker->packed == NULL || maker->compressor == NULL;
        }
        if (missing) {
            return jk_fail_memory(error, "the generator's text");
        }
    }
    return JK_OK;
}

static void size_text(tape_writing *writing, int gzip) {
    for (int column = 0; column < JK_CSV_COLUMN_COUNT; column++) {
        size_t count = 0;
        writing->dictionaries.text[column] = jk_generate_dictionary((jk_column)column, &count);
        for (size_t i = 0; i < count; i++) {
            size_t length = strlen(writing->dictionaries.text[column][i]);
            size_t *longest = &writing->dictionaries.longest[column];
            *longest = length > *longest ? length : *longest;
        }
    }
    jk_block widths = {.text_width = {JK_GENERATE_TEXT_WIDTH, JK_GENERATE_TEXT_WIDTH}};
    writing->text_size = (PIECE_ROWS + 1) * jk_csv_row_bound(&widths, &writing->dictionaries);
    writing->packed_size = gzip ? libdeflate_gzip_compress_bound(NULL, writing->text_size) : 0;
}

static jk_status check_options(const jk_generate_options *options, jk_error *error) {
    if (options->rows < 1 || options->rows > JK_GENERATE_ROWS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "a tape of %llu claims: expected 1 to %llu",
                       (unsigned long long)options->rows, (unsigned long long)JK_GENERATE_ROWS_MAX);
    }
    if (options->cutoff < jk_date_from_civil(1990, 1, 1) || options->cutoff > jk_date_from_civil(2100, 12, 31)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "the cut-off date of a synthetic tape lies from 1990-01-01 to 2100-12-31");
    }
    return JK_OK;
}

/* Makes and writes all pieces into the open file or store. */
static jk_status write_tape(tape_writing *writing, const jk_run *run, jk_error *error) {
    size_t pieces = (size_t)((writing->options->rows + PIECE_ROWS - 1) / PIECE_ROWS);
    writing->threads = jk_threads(run);
    (void)pthread_mutex_init(&writing->lock, NULL);
    (void)pthread_cond_init(&writing->turn_changed, NULL);
    jk_status status = make_makers(writing, error);
    if (status == JK_OK) {
        status = jk_parallel_for(run, pieces, "generate", PIECE_ROWS, write_piece, writing, error);
    }
    free_makers(writing);
    (void)pthread_cond_destroy(&writing->turn_changed);
    (void)pthread_mutex_destroy(&writing->lock);
    return status;
}

jk_status jk_generate_csv(const jk_generate_options *options, const char *path, int gzip, const jk_run *run,
                          jk_error *error) {
    JK_TRY(check_options(options, error));
    tape_writing writing = {.options = options};
    size_text(&writing, gzip);
    JK_TRY(jk_output_open(&writing.output, path, error));
    jk_status status = write_tape(&writing, run, error);
    if (status == JK_OK) {
        return jk_output_commit(&writing.output, error);
    }
    jk_output_abort(&writing.output);
    return status;
}

/* The dictionaries of a fresh store get the generator's codes: its strings are the first ones in, in code order. */
static jk_status intern_dictionaries(jk_tape_writer *store, jk_error *error) {
    for (int column = 0; column < JK_CSV_COLUMN_COUNT; column++) {
        size_t count = 0;
        const char *const *text = jk_generate_dictionary((jk_column)column, &count);
        for (size_t i = 0; i < count; i++) {
            int32_t index = 0;
            JK_TRY(jk_tape_writer_intern(store, (jk_column)column, text[i], strlen(text[i]), &index, error));
            if (index != (int32_t)i) {
                return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "a fresh dictionary is not empty");
            }
        }
    }
    return JK_OK;
}

jk_status jk_generate_store(const jk_generate_options *options, const char *path, const jk_run *run, jk_error *error) {
    JK_TRY(check_options(options, error));
    char name[128];
    char date[JK_DATE_TEXT];
    (void)snprintf(name, sizeof name, "jalki generate -n %llu --seed %llu --cutoff %s",
                   (unsigned long long)options->rows, (unsigned long long)options->seed,
                   jk_date_format(options->cutoff, date));
    jk_tape_writer_options store_options = {
        .source_name = name, .cutoff = options->cutoff, .threads = run == NULL ? 0 : run->threads};
    tape_writing writing = {.options = options};
    JK_TRY(jk_tape_writer_create(path, &store_options, &writing.store, error));
    jk_status status = intern_dictionaries(writing.store, error);
    if (status == JK_OK) {
        status = write_tape(&writing, run, error);
    }
    if (status == JK_OK) {
        return jk_tape_writer_finish(writing.store, NULL, NULL, error);
    }
    jk_tape_writer_abort(writing.store);
    return status;
}
