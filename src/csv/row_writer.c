/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/row_writer.h"

#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/policy.h"
#include "csv/write.h"

enum { GZIP_LEVEL = 6 };

/* One thread's memory. */
typedef struct piece_text {
    char *text;
    char *packed;
    struct libdeflate_compressor *compressor;
} piece_text;

struct jk_row_writer {
    jk_row_writer_options options;
    jk_csv_dictionaries dictionaries;
    size_t text_size;   /* bytes of piece_text.text; 0 when a store is written */
    size_t packed_size; /* bytes of piece_text.packed; 0 without gzip */
    jk_output output;
    jk_tape_writer *store;
    piece_text *texts; /* per thread */
    pthread_mutex_t lock;
    pthread_cond_t turn_changed;
    size_t turn; /* number of the piece to be written next */
    jk_error failure;
};

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

/* Bytes of the piece as they go into the CSV file; they stay the thread's. */
static jk_status make_text(const jk_row_writer *writer, piece_text *own, size_t piece, const jk_block *block,
                           const char **bytes, size_t *count, jk_error *error) {
    jk_kind kind = writer->options.store.kind;
    char *end = piece == 0 ? jk_csv_put_header(kind, own->text) : own->text;
    end = jk_csv_put_rows(kind, end, block, &writer->dictionaries);
    *bytes = own->text;
    *count = (size_t)(end - own->text);
    if (jk_policy_get()->dialect != NULL) {
        *count = jk_dialect_put(&(jk_dialect_text){.dialect = jk_policy_get()->dialect}, own->text, *count, own->text);
    }
    if (writer->packed_size > 0) {
        *bytes = own->packed;
        *count = libdeflate_gzip_compress(own->compressor, own->text, *count, own->packed, writer->packed_size);
        if (*count == 0) {
            return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "a piece of the tape did not fit when compressed");
        }
    }
    return JK_OK;
}

/* Waits until all pieces before `piece` are in the file; fails if one of them failed. */
static jk_status wait_for_turn(jk_row_writer *writer, size_t piece, jk_error *error) {
    (void)pthread_mutex_lock(&writer->lock);
    while (writer->turn != piece && writer->failure.status == JK_OK) {
        (void)pthread_cond_wait(&writer->turn_changed, &writer->lock);
    }
    jk_status status = writer->failure.status;
    if (status != JK_OK) {
        *error = writer->failure;
    }
    (void)pthread_mutex_unlock(&writer->lock);
    return status;
}

static jk_status end_turn(jk_row_writer *writer, jk_status status, const jk_error *error) {
    (void)pthread_mutex_lock(&writer->lock);
    writer->turn++;
    if (status != JK_OK && writer->failure.status == JK_OK) {
        writer->failure = *error;
    }
    (void)pthread_cond_broadcast(&writer->turn_changed);
    (void)pthread_mutex_unlock(&writer->lock);
    return status;
}

jk_status jk_row_writer_piece(jk_row_writer *writer, int thread, size_t piece, jk_block *block, jk_status made,
                              void (*in_turn)(void *context, jk_block *block), void *context, jk_error *error) {
    const char *bytes = NULL;
    size_t count = 0;
    if (made == JK_OK && writer->store == NULL) {
        made = make_text(writer, &writer->texts[thread], piece, block, &bytes, &count, error);
    }
    JK_TRY(wait_for_turn(writer, piece, error));
    if (made == JK_OK && in_turn != NULL) {
        in_turn(context, block);
    }
    if (made == JK_OK && writer->store != NULL) {
        made = jk_tape_writer_append(writer->store, block, error);
    } else if (made == JK_OK) {
        made = write_all(writer->output.fd, writer->output.target, bytes, count, error);
    }
    return end_turn(writer, made, error);
}

static void free_writer(jk_row_writer *writer) {
    for (int i = 0; writer->texts != NULL && i < writer->options.threads; i++) {
        libdeflate_free_compressor(writer->texts[i].compressor);
        free(writer->texts[i].text);
        free(writer->texts[i].packed);
    }
    free(writer->texts);
    (void)pthread_cond_destroy(&writer->turn_changed);
    (void)pthread_mutex_destroy(&writer->lock);
    free(writer);
}

static jk_status prepare_texts(jk_row_writer *writer, jk_error *error) {
    const jk_row_writer_options *options = &writer->options;
    for (int column = 0; column < JK_COLUMN_COUNT; column++) {
        size_t count = 0;
        writer->dictionaries.text[column] = options->dictionary((jk_column)column, &count);
        for (size_t i = 0; i < count; i++) {
            size_t length = strlen(writer->dictionaries.text[column][i]);
            size_t *longest = &writer->dictionaries.longest[column];
            *longest = length > *longest ? length : *longest;
        }
    }
    jk_block widths = {.text_width = {options->text_width[0], options->text_width[1]}};
    writer->text_size =
        (options->piece_rows + 1) * jk_csv_row_bound(options->store.kind, &widths, &writer->dictionaries);
    bool gzip = options->form == JK_ROWS_CSV_GZIP;
    writer->packed_size = gzip ? libdeflate_gzip_compress_bound(NULL, writer->text_size) : 0;
    writer->texts = calloc((size_t)options->threads, sizeof *writer->texts);
    for (int i = 0; writer->texts != NULL && i < options->threads; i++) {
        piece_text *own = &writer->texts[i];
        own->text = malloc(writer->text_size);
        own->packed = gzip ? malloc(writer->packed_size) : NULL;
        own->compressor = gzip ? libdeflate_alloc_compressor(GZIP_LEVEL) : NULL;
        if (own->text == NULL || (gzip && (own->packed == NULL || own->compressor == NULL))) {
            return jk_fail_memory(error, "the generator's text");
        }
    }
    return jk_held(writer->texts != NULL, error, "the generator's text");
}

/* The dictionaries of a fresh store get the generator's codes: its strings are the first ones in, in code order. */
static jk_status intern_dictionaries(jk_row_writer *writer, jk_error *error) {
    for (int column = 0; column < JK_CSV_COLUMN_COUNT; column++) {
        size_t count = 0;
        const char *const *text = writer->options.dictionary((jk_column)column, &count);
        for (size_t i = 0; i < count; i++) {
            int32_t index = 0;
            JK_TRY(jk_tape_writer_intern(writer->store, (jk_column)column, text[i], strlen(text[i]), &index, error));
            if (index != (int32_t)i) {
                return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "a fresh dictionary is not empty");
            }
        }
    }
    return JK_OK;
}

jk_status jk_row_writer_create(const char *path, const jk_row_writer_options *options, jk_row_writer **writer,
                               jk_error *error) {
    *writer = NULL;
    jk_row_writer *made = calloc(1, sizeof *made);
    JK_TRY(jk_held(made != NULL, error, "a file of rows"));
    made->options = *options;
    (void)pthread_mutex_init(&made->lock, NULL);
    (void)pthread_cond_init(&made->turn_changed, NULL);
    jk_status status = JK_OK;
    if (options->form == JK_ROWS_STORE) {
        JK_TRY_CLEANUP(jk_tape_writer_create(path, &options->store, &made->store, error));
        JK_TRY_CLEANUP(intern_dictionaries(made, error));
    } else {
        JK_TRY_CLEANUP(prepare_texts(made, error));
        JK_TRY_CLEANUP(jk_output_open(&made->output, path, JK_OUTPUT_PERSONAL, error));
    }
    *writer = made;
    return JK_OK;
cleanup:
    jk_tape_writer_abort(made->store);
    free_writer(made);
    return status;
}

jk_status jk_row_writer_finish(jk_row_writer *writer, jk_status status, const char *manifest_json, jk_error *error) {
    if (writer->store != NULL && status == JK_OK) {
        status = jk_tape_writer_finish(writer->store, NULL, manifest_json, error);
    } else if (writer->store != NULL) {
        jk_tape_writer_abort(writer->store);
    } else if (status == JK_OK) {
        status = jk_output_commit(&writer->output, error);
    } else {
        jk_output_abort(&writer->output);
    }
    free_writer(writer);
    return status;
}
