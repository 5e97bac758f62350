/* SPDX-License-Identifier: Apache-2.0 */
/* Selection and order for the worklist.
 *
 * 1. Filter. A sample of the keys gives a threshold that a little more than the wanted share reaches; the rows at or
 *    above it are counted chunk by chunk, and then packed, in row order, as (key turned into an ascending integer,
 *    row). If the sample misled and too few are found, the threshold falls and the count is taken again.
 * 2. Sort. Packed rows are sorted by their upper 32 bits: least digit first, stable, 11 bits a pass.
 * 3. Settle. Runs of equal keys are put in order of balance; being stable, the sort has left them in row order.
 *
 * The number of threads decides how the work is cut, never what comes out. */
#include "decide/select.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "base/number/sort.h"
#include "base/number/wide.h"
#include "base/team/parallel.h"

enum {
    SAMPLE = 32768,     /* keys looked at for the threshold */
    CHUNK_ROWS = 65536, /* unit of counting and packing */
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    SHORT_RUN = 24,          /* runs up to here are settled by insertion */
    PARALLEL_FROM = 1 << 18, /* fewer packed rows are sorted by one thread */
    HUGE_PAGE = 1 << 21,
};

typedef struct selection {
    const jk_select_columns *columns;
    float threshold;
    size_t *chunk_start; /* chunks + 1: rows found in each chunk, then where they begin in `packed` */
    uint64_t *packed;
    uint64_t *scratch;
    size_t found;
    int parts;           /* pieces of a parallel sort */
    int shift;           /* of the digit now sorted */
    size_t *digit_start; /* [parts][DIGITS] */
    size_t *part_start;  /* [parts + 1], on run boundaries when runs are settled */
    size_t wanted;
    uint32_t *order;
} selection;

/* Ascending integers for descending floats; 0 and -0 alike. */
static inline uint32_t descending(float key) {
    float plain = key + 0.0f; /* -0 becomes 0 */
    uint32_t bits;
    memcpy(&bits, &plain, sizeof bits);
    return (bits >> 31) != 0 ? bits : ~bits & 0x7fffffffu;
}

static inline uint32_t descending_balance(double balance) {
    uint64_t bits = jk_double_to_bits(balance + 0.0);
    return (uint32_t)((bits >> 63) != 0 ? bits >> 32 : (~bits >> 32) & 0x7fffffffu);
}

static inline double balance_of(const selection *work, uint64_t packed) {
    return work->columns->balance[(uint32_t)packed];
}

/* ---- filter ---------------------------------------------------------------------------------------------- */

static int compare_descending(const void *a, const void *b) {
    float x = *(const float *)a;
    float y = *(const float *)b;
    return (x < y) - (x > y);
}

/* A key that about `wanted` of the rows reach, and rather more than fewer. `caution` grows with each failure. */
static jk_status find_threshold(selection *work, double caution, jk_error *error) {
    size_t rows = work->columns->rows;
    work->threshold = -INFINITY;
    double expected = (double)work->wanted / (double)rows * SAMPLE;
    double rank = expected + caution * (4.0 * sqrt(expected) + 8.0);
    if (rows < 4 * (size_t)SAMPLE || rank > SAMPLE / 3.0) {
        return JK_OK;
    }
    float *sample = malloc(SAMPLE * sizeof *sample);
    JK_TRY(jk_held(sample != NULL, error, "a sample of keys"));
    size_t size = 0;
    for (uint64_t i = 0; i < SAMPLE; i++) {
        /* Multiples of the golden ratio: evenly spread, in step with no pattern of the tape. */
        size_t row = (size_t)(((jk_wide_unsigned)(i * 0x9E3779B97F4A7C15ull) * rows) >> 64);
        float key = work->columns->key[row];
        sample[size] = key;
        size += isnan(key) ? 0 : 1;
    }
    if (rank < (double)size) {
        jk_sort(sample, size, sizeof *sample, compare_descending);
        work->threshold = sample[(size_t)rank];
    }
    free(sample);
    return JK_OK;
}

static size_t chunk_end(const selection *work, size_t chunk) {
    size_t end = (chunk + 1) * CHUNK_ROWS;
    return end < work->columns->rows ? end : work->columns->rows;
}

static jk_status count_chunk(void *context, int thread, size_t chunk, jk_error *error) {
    (void)thread;
    (void)error;
    selection *work = context;
    const float *key = work->columns->key;
    uint32_t found = 0;
    for (size_t i = chunk * CHUNK_ROWS; i < chunk_end(work, chunk); i++) {
        found += key[i] >= work->threshold; /* false for NaN */
    }
    work->chunk_start[chunk] = found;
    return JK_OK;
}

static jk_status pack_chunk(void *context, int thread, size_t chunk, jk_error *error) {
    enum { GROUP = 16 };
    (void)thread;
    (void)error;
    selection *work = context;
    const float *key = work->columns->key;
    float threshold = work->threshold;
    uint64_t *out = work->packed + work->chunk_start[chunk];
    size_t end = chunk_end(work, chunk);
    for (size_t i = chunk * CHUNK_ROWS; i < end; i += GROUP) {
        size_t group_end = i + GROUP < end ? i + GROUP : end;
        uint32_t any = 0;
        for (size_t j = i; j < group_end; j++) {
            any |= key[j] >= threshold;
        }
        for (size_t j = i; any != 0 && j < group_end; j++) {
            if (key[j] >= threshold) {
                *out++ = (uint64_t)descending(key[j]) << 32 | (uint32_t)j;
            }
        }
    }
    assert(out == work->packed + work->chunk_start[chunk + 1]); /* as many as were counted */
    return JK_OK;
}

/* Memory in huge pages where the system gives them: a first touch of small ones costs more than the sort. */
static void *allocate(size_t count) {
    size_t size = (count * sizeof(uint64_t) + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    if (size < 4 * (size_t)HUGE_PAGE) {
        return malloc(count * sizeof(uint64_t));
    }
    void *memory = aligned_alloc(HUGE_PAGE, size);
    if (memory != NULL) {
        (void)madvise(memory, size, MADV_HUGEPAGE);
    }
    return memory;
}

static jk_status filter(selection *work, const jk_run *run, jk_error *error) {
    size_t chunks = (work->columns->rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
    work->chunk_start = calloc(chunks + 1, sizeof *work->chunk_start);
    JK_TRY(jk_held(work->chunk_start != NULL, error, "the chunks of a selection"));
    for (double caution = 1.0;; caution *= 4.0) {
        JK_TRY(find_threshold(work, caution, error));
        JK_TRY(jk_parallel_for(run, chunks, "select", CHUNK_ROWS, count_chunk, work, error));
        size_t start = 0;
        for (size_t i = 0; i <= chunks; i++) {
            size_t here = i < chunks ? work->chunk_start[i] : 0;
            work->chunk_start[i] = start;
            start += here;
        }
        work->found = start;
        if (start >= work->wanted || work->threshold == -INFINITY) {
            break;
        }
    }
    work->packed = allocate(work->found + 1);
    work->scratch = allocate(work->found + 1);
    JK_TRY(jk_held(work->packed != NULL && work->scratch != NULL, error, "the claims of a selection"));
    return jk_parallel_for(run, chunks, "select", CHUNK_ROWS, pack_chunk, work, error);
}

/* ---- sort ------------------------------------------------------------------------------------------------ */

static jk_status count_digits(void *context, int thread, size_t part, jk_error *error) {
    (void)thread;
    (void)error;
    selection *work = context;
    size_t *count = work->digit_start + part * DIGITS;
    memset(count, 0, DIGITS * sizeof *count);
    for (size_t i = work->part_start[part]; i < work->part_start[part + 1]; i++) {
        count[(work->packed[i] >> work->shift) & (DIGITS - 1)]++;
    }
    return JK_OK;
}

static jk_status move_digits(void *context, int thread, size_t part, jk_error *error) {
    (void)thread;
    (void)error;
    selection *work = context;
    size_t *start = work->digit_start + part * DIGITS;
    for (size_t i = work->part_start[part]; i < work->part_start[part + 1]; i++) {
        uint64_t item = work->packed[i];
        work->scratch[start[(item >> work->shift) & (DIGITS - 1)]++] = item;
    }
    return JK_OK;
}

/* Turns counts into starts: by digit, then by part. Returns true if one digit holds all (nothing to move). */
static bool place_digits(selection *work) {
    size_t start = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
        size_t before = start;
        for (int part = 0; part < work->parts; part++) {
            size_t *place = &work->digit_start[(size_t)part * DIGITS + (size_t)digit];
            size_t here = *place;
            *place = start;
            start += here;
        }
        if (start - before == work->found) {
            return true;
        }
    }
    assert(start == work->found);
    return false;
}

/* Sorts work->packed by the upper 32 bits; the result is in work->packed again. */
static jk_status sort_packed(selection *work, const jk_run *run, jk_error *error) {
    for (work->shift = 32; work->shift < 64; work->shift += DIGIT_BITS) {
        JK_TRY(jk_parallel_for(run, (size_t)work->parts, "select", 1, count_digits, work, error));
        if (!place_digits(work)) {
            JK_TRY(jk_parallel_for(run, (size_t)work->parts, "select", 1, move_digits, work, error));
            uint64_t *other = work->packed;
            work->packed = work->scratch;
            work->scratch = other;
        }
    }
    return JK_OK;
}

/* ---- settle ---------------------------------------------------------------------------------------------- */

/* a goes after b; rows never tie. */
static inline bool is_after(const selection *work, uint64_t a, uint64_t b) {
    double x = balance_of(work, a);
    double y = balance_of(work, b);
    return x < y || (x == y && (uint32_t)a > (uint32_t)b);
}

static void insert_run(const selection *work, uint64_t *item, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint64_t moved = item[i];
        size_t j = i;
        for (; j > 0 && is_after(work, item[j - 1], moved); j--) {
            item[j] = item[j - 1];
        }
        item[j] = moved;
    }
}

/* Merge sort by balance and row, for what one 32-bit digit of the balance cannot tell apart. */
static void merge_run(const selection *work, uint64_t *item, uint64_t *scratch, size_t count) {
    if (count <= SHORT_RUN) {
        insert_run(work, item, count);
        return;
    }
    size_t half = count / 2;
    merge_run(work, item, scratch, half);
    merge_run(work, item + half, scratch + half, count - half);
    if (!is_after(work, item[half - 1], item[half])) {
        return;
    }
    memcpy(scratch, item, half * sizeof *item);
    size_t left = 0;
    size_t right = half;
    for (size_t i = 0; left < half; i++) {
        bool take_right = right < count && is_after(work, scratch[left], item[right]);
        item[i] = take_right ? item[right++] : scratch[left++];
    }
}

/* A long run, for example of claims that are worth nothing: sorted by the upper half of its balances first. */
static void settle_long_run(const selection *work, size_t from, size_t count) {
    size_t digits[DIGITS];
    size_t part_start[2] = {0, count};
    selection run = {.columns = work->columns,
                     .packed = work->packed + from,
                     .scratch = work->scratch + from,
                     .found = count,
                     .parts = 1,
                     .digit_start = digits,
                     .part_start = part_start};
    uint64_t *home = run.packed;
    for (size_t i = 0; i < count; i++) {
        uint64_t row = (uint32_t)home[i];
        home[i] = (uint64_t)descending_balance(work->columns->balance[row]) << 32 | row;
    }
    jk_run alone = {.threads = 1};
    (void)sort_packed(&run, &alone, NULL); /* counting and moving cannot fail */
    if (run.packed != home) {
        memcpy(home, run.packed, count * sizeof *home);
        run.scratch = run.packed;
    }
    for (size_t start = 0, end = 0; start < count; start = end) {
        for (end = start + 1; end < count && home[end] >> 32 == home[start] >> 32; end++) {
        }
        if (end - start > 1) {
            merge_run(work, home + start, run.scratch + start, end - start);
        }
    }
}

/* Balances lie anywhere in memory: asks early for those of a coming run. */
static inline void fetch_ahead(const selection *work, size_t at, size_t stop) {
    enum { AHEAD = 32 };
    size_t next = at + AHEAD;
    if (next + 1 < stop && work->packed[next] >> 32 == work->packed[next + 1] >> 32) {
        __builtin_prefetch(&work->columns->balance[(uint32_t)work->packed[next]]);
        __builtin_prefetch(&work->columns->balance[(uint32_t)work->packed[next + 1]]);
    }
}

/* Settles the runs that begin in the part and before the wanted end, and writes out the rows. */
static jk_status settle_part(void *context, int thread, size_t part, jk_error *error) {
    (void)thread;
    (void)error;
    selection *work = context;
    size_t stop = work->part_start[part + 1];
    for (size_t start = work->part_start[part], end = 0; start < stop && start < work->wanted; start = end) {
        uint64_t key = work->packed[start] >> 32;
        for (end = start + 1; end < stop && work->packed[end] >> 32 == key; end++) {
        }
        if (end - start > SHORT_RUN) {
            settle_long_run(work, start, end - start);
        } else if (end - start > 1) {
            insert_run(work, work->packed + start, end - start);
        }
        for (size_t i = start; i < end && i < work->wanted; i++) {
            fetch_ahead(work, i, stop);
            work->order[i] = (uint32_t)work->packed[i];
        }
    }
    return JK_OK;
}

/* Cuts the packed rows, many for each part, into parts of about one size; with `at_runs`, only between different keys.
 */
static void cut_parts(selection *work, bool at_runs) {
    work->part_start[0] = 0;
    for (int part = 1; part < work->parts; part++) {
        size_t cut = (size_t)((jk_wide_unsigned)work->found * (unsigned)part / (unsigned)work->parts);
        while (at_runs && cut < work->found && work->packed[cut] >> 32 == work->packed[cut - 1] >> 32) {
            cut++;
        }
        work->part_start[part] = cut;
    }
    work->part_start[work->parts] = work->found;
}

static jk_status sort_and_settle(selection *work, const jk_run *run, jk_error *error) {
    work->parts = work->found < PARALLEL_FROM ? 1 : jk_threads(run);
    work->digit_start = malloc((size_t)work->parts * DIGITS * sizeof *work->digit_start);
    work->part_start = malloc(((size_t)work->parts + 1) * sizeof *work->part_start);
    JK_TRY(jk_held(work->digit_start != NULL && work->part_start != NULL, error, "the digits of a sort"));
    jk_run sort_run = {.threads = work->parts};
    cut_parts(work, false);
    JK_TRY(sort_packed(work, &sort_run, error));
    work->wanted = work->wanted < work->found ? work->wanted : work->found;
    cut_parts(work, true);
    return jk_parallel_for(&sort_run, (size_t)work->parts, "select", 1, settle_part, work, error);
}

jk_status jk_select_top(const jk_select_columns *columns, size_t top, const jk_run *run, uint32_t *order, size_t *count,
                        jk_error *error) {
    *count = 0;
    if (columns->rows > UINT32_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "an order of %zu claims: expected at most %u",
                       columns->rows, UINT32_MAX);
    }
    if (top == 0 || columns->rows == 0) {
        return JK_OK;
    }
    jk_run quiet = {.threads = run == NULL ? 0 : run->threads}; /* over before a progress line would show */
    selection work = {.columns = columns, .wanted = top < columns->rows ? top : columns->rows, .order = order};
    jk_status status = filter(&work, &quiet, error);
    if (status == JK_OK) {
        status = sort_and_settle(&work, &quiet, error);
    }
    *count = status == JK_OK ? work.wanted : 0;
    free(work.chunk_start);
    free(work.packed);
    free(work.scratch);
    free(work.digit_start);
    free(work.part_start);
    return status;
}
