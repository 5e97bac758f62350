/* SPDX-License-Identifier: Apache-2.0 */
/* The store against the machine, all in one run: loading the columns that a valuation needs, plain and packed, against
 * a plain parallel pread of the same bytes, and against H5Dread; writing tapes and results against pwrite.
 *
 *     bench_store [ROWS [FOLDER]]      default 10,000,000 claims in the present folder (about 1.7 GB for a moment)
 */
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number/random.h"
#include "base/team/parallel.h"
#include "h5/h5_file.h"
#include "jalki/result.h"
#include "jalki/tape.h"

enum { BLOCK_ROWS = 65536, REPEATS = 5, THREADS_MAX = 256 };

static jk_error error;

static void must(jk_status status) {
    if (status != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        (void)fprintf(stderr, "bench_store: %s\n", jk_error_text(&error, text, sizeof text));
        exit(1);
    }
}

static double now(void) {
    struct timespec moment;
    (void)clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec + 1e-9 * (double)moment.tv_nsec;
}

/* All columns but the texts: what a valuation loads. */
static bool is_needed(jk_column column) {
    return jk_schema_column(column)->type != JK_TYPE_TEXT;
}

/* ---- a tape with values like a seller's ---- */

static void fill_column(jk_column column, size_t first, size_t rows, void *out) {
    const jk_column_info *info = jk_schema_column(column);
    size_t levels = 0;
    (void)jk_schema_levels(column, &levels);
    for (size_t i = 0; i < rows; i++) {
        jk_random4 random = jk_philox(1, (uint64_t)column, first + i);
        bool given = info->required || random.word[1] % 4 != 0;
        switch (info->type) {
        case JK_TYPE_TEXT:
            (void)snprintf((char *)out + i * JK_TEXT_MAX, JK_TEXT_MAX, "C%09zu", first + i);
            break;
        case JK_TYPE_ENUM:
            ((int8_t *)out)[i] = given ? (int8_t)(random.word[0] % levels) : JK_MISSING_ENUM;
            break;
        case JK_TYPE_DICTIONARY:
            ((int32_t *)out)[i] = (int32_t)(random.word[0] % 4);
            break;
        case JK_TYPE_MONEY: /* heavy-tailed: product of two draws */
            ((int64_t *)out)[i] =
                given ? (int64_t)(random.word[0] % 1000) * (int64_t)(random.word[2] % 1000) : JK_MISSING_MONEY;
            break;
        case JK_TYPE_REAL:
            ((double *)out)[i] = 0.01 * (random.word[0] % 25);
            break;
        case JK_TYPE_DATE:
            ((int32_t *)out)[i] = given ? 15000 + (int32_t)(random.word[0] % 5000) : JK_MISSING_INTEGER;
            break;
        case JK_TYPE_INTEGER:
            ((int32_t *)out)[i] = column == JK_COLUMN_DEBTOR_INDEX          ? (int32_t)((first + i) / 2)
                                  : given && column == JK_COLUMN_BIRTH_YEAR ? 1940 + (int32_t)(random.word[0] % 68)
                                  : given                                   ? (int32_t)(random.word[0] % 21)
                                                                            : JK_MISSING_INTEGER;
            break;
        }
    }
}

static jk_status fill_task(void *context, int thread, size_t i, jk_error *problem) {
    (void)thread;
    (void)problem;
    jk_block *block = context;
    fill_column((jk_column)i, block->first_row, block->rows, block->column[i]);
    return JK_OK;
}

/* Returns the seconds spent in the writer alone. */
static double write_tape(const char *path, size_t rows, int compression) {
    jk_tape_writer *writer = NULL;
    jk_tape_writer_options options = {.source_name = "bench", .cutoff = 20454, .compression = compression};
    must(jk_tape_writer_create(path, &options, &writer, &error));
    jk_block block = {.text_width = {JK_TEXT_MAX, JK_TEXT_MAX}};
    static const char *const words[] = {"FI", "SE", "NO", "DK"};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        block.column[c] = jk_columns_zero(4 * BLOCK_ROWS, jk_schema_element_size((jk_column)c));
        for (int w = 0; w < 4 && jk_schema_column((jk_column)c)->type == JK_TYPE_DICTIONARY; w++) {
            int32_t index = 0;
            must(jk_tape_writer_intern(writer, (jk_column)c, words[w], 2, &index, &error));
        }
    }
    double seconds = 0.0;
    for (block.first_row = 0; block.first_row < rows; block.first_row += block.rows) {
        block.rows = rows - block.first_row < 4 * BLOCK_ROWS ? rows - block.first_row : 4 * BLOCK_ROWS;
        must(jk_parallel_for(NULL, JK_TAPE_COLUMN_COUNT, "fill", 1, fill_task, &block, &error));
        double start = now();
        must(jk_tape_writer_append(writer, &block, &error));
        seconds += now() - start;
    }
    double start = now();
    must(jk_tape_writer_finish(writer, NULL, NULL, &error));
    (void)printf("    (of it %.3f s in the end: last chunk, sync, rename)\n", now() - start);
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        free(block.column[c]);
    }
    return seconds + now() - start;
}

/* ---- reading ---- */

typedef struct load {
    const jk_tape *tape;
    int fd; /* for plain reads */
    size_t rows;
    size_t row_bytes; /* of the needed columns */
    unsigned char *buffers[THREADS_MAX];
} load;

static jk_status load_block(void *context, int thread, size_t i, jk_error *problem) {
    load *self = context;
    size_t first = i * BLOCK_ROWS, rows = self->rows - first < BLOCK_ROWS ? self->rows - first : BLOCK_ROWS;
    unsigned char *next = self->buffers[thread];
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        if (is_needed((jk_column)c)) {
            jk_status status = jk_tape_read(self->tape, (jk_column)c, first, rows, next, problem);
            if (status != JK_OK) {
                return status;
            }
            next += rows * jk_schema_element_size((jk_column)c);
        }
    }
    return JK_OK;
}

/* As many bytes as load_block loads for the same block, one after the other from the same file, in pieces of a column's
 * size. */
static jk_status pread_block(void *context, int thread, size_t i, jk_error *problem) {
    (void)problem;
    load *self = context;
    size_t first = i * BLOCK_ROWS, rows = self->rows - first < BLOCK_ROWS ? self->rows - first : BLOCK_ROWS;
    size_t offset = first * self->row_bytes;
    unsigned char *next = self->buffers[thread];
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        if (is_needed((jk_column)c)) {
            size_t bytes = rows * jk_schema_element_size((jk_column)c);
            if (pread(self->fd, next, bytes, (off_t)offset) != (ssize_t)bytes) {
                return JK_ERROR_IO;
            }
            next += bytes;
            offset += bytes;
        }
    }
    return JK_OK;
}

static double best_of(load *self, const char *stage,
                      jk_status (*body)(void *context, int thread, size_t i, jk_error *problem), int repeats) {
    double best = 1e300;
    for (int r = 0; r < repeats; r++) {
        double start = now();
        must(jk_parallel_for(NULL, (self->rows + BLOCK_ROWS - 1) / BLOCK_ROWS, stage, BLOCK_ROWS, body, self, &error));
        double seconds = now() - start;
        best = seconds < best ? seconds : best;
    }
    return best;
}

/* The same columns through the HDF5 library, whole columns into memory that is ready. */
static double library_read(const char *path, size_t rows) {
    void *column = jk_columns_zero(rows, sizeof(int64_t));
    double start = now();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        char name[64];
        (void)snprintf(name, sizeof name, "/tape/%s", jk_schema_column((jk_column)c)->name);
        if (!is_needed((jk_column)c)) {
            continue;
        }
        hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
        hid_t type = H5Dget_type(dataset);
        if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, column) < 0) {
            exit(1);
        }
        (void)H5Tclose(type);
        (void)H5Dclose(dataset);
    }
    (void)H5Fclose(file);
    double seconds = now() - start;
    free(column);
    return seconds;
}

static void compare_reads(const char *path, const char *plain_path, size_t rows, const char *what) {
    double open_start = now();
    jk_tape *tape = NULL;
    must(jk_tape_open(path, &tape, &error));
    double open_seconds = now() - open_start;
    load self = {.tape = tape, .rows = rows, .fd = open(plain_path, O_RDONLY)};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        self.row_bytes += is_needed((jk_column)c) ? jk_schema_element_size((jk_column)c) : 0;
    }
    int threads = jk_threads(NULL);
    for (int t = 0; t < threads && t < THREADS_MAX; t++) {
        self.buffers[t] = jk_columns_zero(BLOCK_ROWS * 2, self.row_bytes);
    }
    double raw = best_of(&self, "pread", pread_block, REPEATS);
    double ours = best_of(&self, "load", load_block, REPEATS);
    double again = best_of(&self, "pread", pread_block, REPEATS);
    raw = again < raw ? again : raw;
    double library = library_read(path, rows);
    double gigabytes = 1e-9 * (double)rows * (double)self.row_bytes;
    (void)printf(
        "%s: %.2f GB of columns, open %.4f s\n  plain pread %.3f s (%.1f GB/s)\n  jk_tape_read %.3f s (%.1f GB/s): "
        "%.0f %% of pread's rate\n  H5Dread %.3f s: jk_tape_read is %.1f x as fast\n",
        what, gigabytes, open_seconds, raw, gigabytes / raw, ours, gigabytes / ours, 100.0 * raw / ours, library,
        library / ours);
    for (int t = 0; t < threads && t < THREADS_MAX; t++) {
        free(self.buffers[t]);
    }
    (void)close(self.fd);
    jk_tape_close(tape);
}

/* ---- results ---- */

typedef struct results {
    jk_result_writer *writer;
    int fd;
    size_t rows;
    double *values;
} results;

enum { RESULT_COLUMNS = 16 };

static jk_status put_block(void *context, int thread, size_t i, jk_error *problem) {
    (void)thread;
    results *self = context;
    size_t first = i * BLOCK_ROWS, rows = self->rows - first < BLOCK_ROWS ? self->rows - first : BLOCK_ROWS;
    for (size_t c = 0; c < RESULT_COLUMNS; c++) {
        if (self->writer != NULL) {
            jk_status status = jk_result_writer_put(self->writer, c, first, rows, self->values, problem);
            if (status != JK_OK) {
                return status;
            }
        } else if (pwrite(self->fd, self->values, rows * 8, (off_t)((c * self->rows + first) * 8)) < 0) {
            return JK_ERROR_IO;
        }
    }
    return JK_OK;
}

static double write_results(const char *path, size_t rows, bool plainly, int compression) {
    static char names[RESULT_COLUMNS][16];
    jk_result_column columns[RESULT_COLUMNS];
    for (int c = 0; c < RESULT_COLUMNS; c++) {
        (void)snprintf(names[c], sizeof names[c], "column_%d", c);
        columns[c] = (jk_result_column){.name = names[c], .type = JK_RESULT_FLOAT64, .unit = "EUR"};
    }
    results self = {.rows = rows, .fd = -1, .values = jk_columns_zero(BLOCK_ROWS, sizeof(double))};
    for (int i = 0; i < BLOCK_ROWS; i++) {
        self.values[i] = (double)(jk_philox(2, 0, (uint64_t)i).word[0] % 100000) / 100.0;
    }
    jk_result_options options = {.compression = compression};
    double start = now();
    if (plainly) {
        self.fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    } else {
        must(jk_result_writer_create(path, rows, columns, RESULT_COLUMNS, &options, &self.writer, &error));
    }
    must(jk_parallel_for(NULL, (rows + BLOCK_ROWS - 1) / BLOCK_ROWS, "put", BLOCK_ROWS, put_block, &self, &error));
    double put = now() - start;
    if (plainly) {
        (void)fsync(self.fd);
        (void)close(self.fd);
    } else {
        must(jk_result_writer_finish(self.writer, NULL, &error));
    }
    (void)printf("  %s: %.3f s until all rows are put, %.3f s until they are safe on disk\n",
                 plainly           ? "plain pwrite"
                 : compression > 0 ? "packed result"
                                   : "result",
                 put, now() - start);
    free(self.values);
    (void)unlink(path);
    return put;
}

int main(int argc, char **argv) {
    size_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    const char *folder = argc > 2 ? argv[2] : ".";
    char plain[512], packed[512], result[512];
    (void)snprintf(plain, sizeof plain, "%s/bench-store-plain.h5", folder);
    (void)snprintf(packed, sizeof packed, "%s/bench-store-packed.h5", folder);
    (void)snprintf(result, sizeof result, "%s/bench-store-result.h5", folder);
    (void)printf("%zu claims, %d threads, blocks of %d rows, best of %d\n", rows, jk_threads(NULL), BLOCK_ROWS,
                 REPEATS);
    (void)printf("write, plain: %.3f s\n", write_tape(plain, rows, 0));
    (void)printf("write, packed at level 4: %.3f s\n", write_tape(packed, rows, 4));
    struct stat facts[2];
    if (stat(plain, &facts[0]) == 0 && stat(packed, &facts[1]) == 0) {
        (void)printf("files: %.3f GB plain, %.3f GB packed\n", 1e-9 * (double)facts[0].st_size,
                     1e-9 * (double)facts[1].st_size);
    }
    compare_reads(plain, plain, rows, "plain store");
    compare_reads(packed, plain, rows, "packed store");
    (void)unlink(plain);
    (void)unlink(packed);
    (void)printf("results, %d columns of 8 bytes:\n", RESULT_COLUMNS);
    double raw = write_results(result, rows / 4, true, 0);
    double ours = write_results(result, rows / 4, false, 0);
    (void)printf("  a result is put at %.0f %% of pwrite's rate\n", 100.0 * raw / ours);
    (void)write_results(result, rows / 4, false, 1);
    return 0;
}
