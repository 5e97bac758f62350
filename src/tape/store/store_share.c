/* SPDX-License-Identifier: Apache-2.0 */
/* Columns in memory that processes share. Each column is cut into units of rows; a unit is empty, being filled by
 * somebody, or ready, and once ready it does not change. Who fills a unit has read and checked its rows; a process that
 * ends while it fills one leaves it unusable, which costs the others a read and nothing else. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file/input.h"
#include "jalki/share.h"
#include "tape/store/store_share.h"

enum { UNIT_ROWS = 4096, LINE = 64 };

enum { UNIT_EMPTY, UNIT_FILLING, UNIT_READY };

/* What all processes see; the states of all units follow it, then the columns. */
typedef struct shared_head {
    uint64_t kept; /* bytes */
} shared_head;

struct jk_tape_sharing {
    jk_tape_sharing *next;
    jk_input_file file;
    size_t rows, units; /* units of a column */
    size_t element_size[JK_COLUMN_COUNT], place[JK_COLUMN_COUNT];
    size_t bytes;
    uint64_t most;
    unsigned char *memory;
};

static struct {
    pthread_mutex_t lock;
    jk_tape_sharing *first;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static jk_tape_reads *counted;

void jk_tape_count_reads(jk_tape_reads *reads) {
    __atomic_store_n(&counted, reads, __ATOMIC_RELEASE);
}

void jk_store_count(uint64_t from_file, uint64_t from_memory) {
    jk_tape_reads *reads = __atomic_load_n(&counted, __ATOMIC_ACQUIRE);
    if (reads != NULL) {
        (void)__atomic_fetch_add(&reads->file, from_file, __ATOMIC_RELAXED);
        (void)__atomic_fetch_add(&reads->shared, from_memory, __ATOMIC_RELAXED);
    }
}

/* ---- what is shared --------------------------------------------------------------------------------------------- */

/* Whether the columns lie as this tape has them. */
static bool same_shape(const jk_tape_sharing *self, const jk_tape *tape) {
    bool same = self->rows == tape->rows;
    for (int c = 0; same && c < JK_COLUMN_COUNT; c++) {
        const tape_column *column = &tape->columns[c];
        same = self->element_size[c] == (column->dataset == NULL ? 0 : column->element_size);
    }
    return same;
}

jk_tape_sharing *jk_store_sharing_of(const jk_tape *tape) {
    struct stat facts;
    jk_tape_sharing *found = NULL;
    (void)pthread_mutex_lock(&shared.lock);
    if (shared.first != NULL && jk_h5_facts(tape->file, &facts)) {
        for (jk_tape_sharing *s = shared.first; s != NULL && found == NULL; s = s->next) {
            found = jk_input_is_same(&s->file, &facts) && same_shape(s, tape) ? s : NULL;
        }
    }
    (void)pthread_mutex_unlock(&shared.lock);
    return found;
}

static size_t up_to_line(size_t bytes) {
    return (bytes + LINE - 1) / LINE * LINE;
}

/* Where the columns stand, and how much it is. */
static void lay_out(jk_tape_sharing *self, const jk_tape *tape) {
    self->rows = tape->rows;
    self->units = (tape->rows + UNIT_ROWS - 1) / UNIT_ROWS;
    self->bytes = up_to_line(sizeof(shared_head)) + up_to_line(self->units * JK_COLUMN_COUNT);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        self->element_size[c] = tape->columns[c].dataset == NULL ? 0 : tape->columns[c].element_size;
        self->place[c] = self->bytes;
        self->bytes += up_to_line(self->rows * self->element_size[c]);
    }
}

static jk_status share(const jk_tape *tape, size_t most, jk_tape_sharing **sharing, jk_error *error) {
    struct stat facts;
    jk_tape_sharing *self = calloc(1, sizeof *self);
    if (self == NULL || !jk_h5_facts(tape->file, &facts)) {
        free(self);
        return jk_fail_memory(error, "shared columns");
    }
    self->file = jk_input_facts(&facts);
    lay_out(self, tape);
    self->most = most;
    void *memory = mmap(NULL, self->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        free(self);
        return jk_fail_memory(error, "shared columns");
    }
    self->memory = memory;
    (void)pthread_mutex_lock(&shared.lock);
    self->next = shared.first;
    shared.first = self;
    (void)pthread_mutex_unlock(&shared.lock);
    *sharing = self;
    return JK_OK;
}

jk_status jk_tape_share(const char *path, size_t most, jk_tape_sharing **sharing, jk_error *error) {
    jk_tape *tape = NULL;
    *sharing = NULL;
    JK_TRY(jk_tape_open_any(path, &tape, error));
    jk_status status = share(tape, most, sharing, error);
    jk_tape_close(tape);
    return status;
}

void jk_tape_share_end(jk_tape_sharing *sharing) {
    if (sharing == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&shared.lock);
    jk_tape_sharing **place = &shared.first;
    while (*place != NULL && *place != sharing) {
        place = &(*place)->next;
    }
    *place = sharing->next;
    (void)pthread_mutex_unlock(&shared.lock);
    (void)munmap(sharing->memory, sharing->bytes);
    free(sharing);
}

/* ---- units ------------------------------------------------------------------------------------------------------ */

/* One column of it. */
typedef struct shared_column {
    jk_tape_sharing *sharing;
    unsigned char *states, *rows;
    size_t size; /* of an element */
} shared_column;

static shared_column column_of(jk_tape_sharing *sharing, jk_column column) {
    unsigned char *states = sharing->memory + up_to_line(sizeof(shared_head));
    return (shared_column){.sharing = sharing,
                           .states = states + (size_t)column * sharing->units,
                           .rows = sharing->memory + sharing->place[column],
                           .size = sharing->element_size[column]};
}

static size_t rows_of_unit(const shared_column *self, size_t unit) {
    size_t left = self->sharing->rows - unit * UNIT_ROWS;
    return left < UNIT_ROWS ? left : UNIT_ROWS;
}

static bool is_ready(const shared_column *self, size_t unit) {
    return __atomic_load_n(&self->states[unit], __ATOMIC_ACQUIRE) == UNIT_READY;
}

static void set_state(const shared_column *self, size_t unit, unsigned char state) {
    __atomic_store_n(&self->states[unit], state, __ATOMIC_RELEASE);
}

/* Whether it is now this thread's to fill: nobody else's, and within the bound. */
static bool claim(const shared_column *self, size_t unit) {
    shared_head *head = (shared_head *)self->sharing->memory;
    uint64_t bytes = rows_of_unit(self, unit) * self->size;
    unsigned char empty = UNIT_EMPTY;
    if (!__atomic_compare_exchange_n(&self->states[unit], &empty, UNIT_FILLING, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        return false;
    }
    if (__atomic_add_fetch(&head->kept, bytes, __ATOMIC_RELAXED) > self->sharing->most) {
        (void)__atomic_sub_fetch(&head->kept, bytes, __ATOMIC_RELAXED);
        set_state(self, unit, UNIT_EMPTY);
        return false;
    }
    return true;
}

static void keep(const shared_column *self, size_t unit, const unsigned char *rows) {
    if (claim(self, unit)) {
        memcpy(self->rows + unit * UNIT_ROWS * self->size, rows, rows_of_unit(self, unit) * self->size);
        set_state(self, unit, UNIT_READY);
    }
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* Whole units from `unit` on that nobody has: read in one go, and kept. */
static jk_status read_units(const jk_tape *tape, const shared_column *self, jk_column column, size_t unit, size_t count,
                            unsigned char *out, jk_error *error) {
    size_t first = unit * UNIT_ROWS, last = first + count * UNIT_ROWS;
    last = last < self->sharing->rows ? last : self->sharing->rows;
    JK_TRY(jk_store_read_rows(tape, column, first, last - first, out, error));
    for (size_t i = 0; i < count; i++) {
        keep(self, unit + i, out + i * UNIT_ROWS * self->size);
    }
    return JK_OK;
}

/* Some rows of a unit that nobody has: all of it is read and kept, where that can be done. */
static jk_status read_part(const jk_tape *tape, const shared_column *self, jk_column column, size_t first, size_t count,
                           unsigned char *out, jk_error *error) {
    size_t unit = first / UNIT_ROWS, from = unit * UNIT_ROWS;
    if (claim(self, unit)) {
        unsigned char *place = self->rows + from * self->size;
        bool whole = jk_store_read_rows(tape, column, from, rows_of_unit(self, unit), place, NULL) == JK_OK;
        set_state(self, unit, whole ? UNIT_READY : UNIT_FILLING); /* what cannot be read is not tried again */
        if (whole) {
            memcpy(out, place + (first - from) * self->size, count * self->size);
            return JK_OK;
        }
    }
    return jk_store_read_rows(tape, column, first, count, out, error);
}

jk_status jk_store_read_shared(const jk_tape *tape, jk_column column, size_t first, size_t count, unsigned char *out,
                               jk_error *error) {
    const shared_column self = column_of(tape->sharing, column);
    const size_t end = first + count;
    while (first < end) {
        size_t unit = first / UNIT_ROWS, units = 0;
        size_t unit_end = unit * UNIT_ROWS + rows_of_unit(&self, unit), next = unit_end < end ? unit_end : end;
        if (is_ready(&self, unit)) {
            memcpy(out, self.rows + first * self.size, (next - first) * self.size);
            jk_store_count(0, (next - first) * self.size);
        } else if (first == unit * UNIT_ROWS && next == unit_end) {
            for (units = 1; next < end && !is_ready(&self, unit + units); units++) {
                unit_end = next + rows_of_unit(&self, unit + units);
                if (unit_end > end) {
                    break;
                }
                next = unit_end;
            }
            JK_TRY(read_units(tape, &self, column, unit, units, out, error));
        } else {
            JK_TRY(read_part(tape, &self, column, first, next - first, out, error));
        }
        out += (next - first) * self.size;
        first = next;
    }
    return JK_OK;
}
