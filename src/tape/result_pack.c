/* SPDX-License-Identifier: Apache-2.0 */
/* Packing the columns of a result file. Chunks are packed a batch at a time by all threads and then written in order,
 * so that the file's bytes do not depend on the threads. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/transfer.h"
#include "base/memory.h"
#include "base/team/parallel.h"
#include "h5/h5_codec.h"
#include "tape/result_store.h"

enum { PACK_BATCH = 64 };

typedef struct pack_job {
    jk_result_writer *writer;
    const jk_result_slot *column;
    size_t first_chunk;
    struct {
        jk_h5_codec *codec;
        void *plain;
        const unsigned char *packed;
        size_t bytes;
    } slots[PACK_BATCH];
} pack_job;

static jk_status pack_chunk(void *context, int thread, size_t i, jk_error *error) {
    (void)thread;
    pack_job *job = context;
    const jk_result_writer *writer = job->writer;
    size_t size = job->column->size, first = (job->first_chunk + i) * writer->chunk_rows;
    size_t rows = writer->rows - first < writer->chunk_rows ? writer->rows - first : writer->chunk_rows;
    if (job->slots[i].codec == NULL) {
        job->slots[i].codec = jk_h5_codec_create();
        job->slots[i].plain = jk_columns_alloc(writer->chunk_rows, sizeof(double) > size ? sizeof(double) : size);
    }
    JK_TRY(jk_held(job->slots[i].codec != NULL && job->slots[i].plain != NULL, error, "a packed chunk"));
    if (!jk_read_whole(writer->fd, job->column->address + first * size, job->slots[i].plain, rows * size)) {
        return jk_fail_errno(error, writer->output.target, "read back");
    }
    memset((char *)job->slots[i].plain + rows * size, 0, (writer->chunk_rows - rows) * size);
    JK_TRY(jk_held(jk_h5_codec_pack(job->slots[i].codec, job->slots[i].plain, writer->chunk_rows, size,
                                    writer->compression, &job->slots[i].packed, &job->slots[i].bytes),
                   error, "a packed chunk"));
    return JK_OK;
}

static void reset_slots(pack_job *job) {
    for (size_t i = 0; i < PACK_BATCH; i++) {
        jk_h5_codec_free(job->slots[i].codec);
        free(job->slots[i].plain);
        job->slots[i].codec = NULL;
        job->slots[i].plain = NULL;
    }
}

static jk_status pack_column(pack_job *job, jk_error *error) {
    jk_result_writer *writer = job->writer;
    size_t chunks = (writer->rows + writer->chunk_rows - 1) / writer->chunk_rows;
    size_t batch = (size_t)jk_threads(&writer->run) * 2;
    batch = batch > PACK_BATCH ? PACK_BATCH : batch;
    for (job->first_chunk = 0; job->first_chunk < chunks; job->first_chunk += batch) {
        size_t count = chunks - job->first_chunk < batch ? chunks - job->first_chunk : batch;
        JK_TRY(jk_parallel_for(&writer->run, count, "pack results", writer->chunk_rows, pack_chunk, job, error));
        bool done = true;
        jk_h5_enter();
        for (size_t i = 0; done && i < count; i++) {
            hsize_t first = (job->first_chunk + i) * writer->chunk_rows;
            done = H5Dwrite_chunk(job->column->dataset, H5P_DEFAULT, 0, &first, job->slots[i].bytes,
                                  job->slots[i].packed) >= 0;
        }
        jk_h5_leave();
        if (!done) {
            return jk_fail(error, JK_ERROR_IO, writer->output.target, 0, job->column->name,
                           "cannot write: HDF5 failed (disk full?)");
        }
    }
    return JK_OK;
}

jk_status jk_result_pack(jk_result_writer *writer, jk_error *error) {
    pack_job *job = calloc(1, sizeof *job);
    jk_status status = jk_held(job != NULL, error, "packing");
    for (size_t i = 0; status == JK_OK && i < writer->column_count; i++) {
        job->writer = writer;
        job->column = &writer->columns[i];
        status = pack_column(job, error);
        reset_slots(job); /* columns differ in width */
    }
    free(job);
    return status;
}
