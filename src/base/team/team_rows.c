/* SPDX-License-Identifier: Apache-2.0 */
/* What is more than sums. A part writes it into one file beside its partial file, a record for each time that it is
 * asked for; a merge reads the records of all parts in the same order. A record is a head and the bytes; numbers are as
 * this machine has them, which the head's first one tells. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/transfer.h"
#include "base/memory.h"
#include "base/team/team_internal.h"

#define ROWS_OPTION "rows" /* the name under which the partial file knows the file */

typedef struct record_head {
    uint64_t mark, size, count; /* of an element, of elements */
} record_head;
static const uint64_t MARK = UINT64_C(0x31776f725f6b6a00); /* "jk_row1" */

static struct {
    jk_output output;
    char *path;
    bool open;
} kept;

typedef struct merged_rows {
    char *path; /* NULL: not opened yet */
    uint64_t done;
    jk_input_file file; /* when its content was checked */
} merged_rows;
static merged_rows *merged; /* [parts] */

/* ---- a part ---------------------------------------------------------------------------------------------------- */

static jk_status put(const void *bytes, size_t size, size_t count, jk_error *error) {
    const record_head head = {MARK, size, count};
    if (!kept.open) {
        if (asprintf(&kept.path, "%s" JK_PART_ROWS, jk_team.path) < 0) {
            kept.path = NULL;
            return jk_fail_memory(error, "a file name");
        }
        JK_TRY(jk_output_open(&kept.output, kept.path, JK_OUTPUT_PERSONAL, error));
        kept.open = true;
    }
    bool done = jk_write_all(kept.output.fd, &head, sizeof head) &&
                (count == 0 || jk_write_all(kept.output.fd, bytes, size * count));
    return done ? JK_OK : jk_fail_errno(error, kept.path, "write");
}

jk_status jk_part_rows_close(jk_error *error) {
    if (!kept.open) {
        return JK_OK;
    }
    kept.open = false;
    JK_TRY(jk_output_commit(&kept.output, error));
    return jk_part_keep(kept.path, ROWS_OPTION, error);
}

void jk_part_rows_end(void) {
    if (kept.open) {
        jk_output_abort(&kept.output);
    }
    free(kept.path);
    kept.path = NULL;
    kept.open = false;
}

/* ---- a merge --------------------------------------------------------------------------------------------------- */

void jk_merge_rows_end(void) {
    for (int k = 0; merged != NULL && k < jk_team.count; k++) {
        free(merged[k].path);
    }
    free(merged);
    merged = NULL;
}

/* Opens the file of a part, the first time with a check of its content, and reads the head of its next record. */
static jk_status next_record(int part, size_t size, int *fd, record_head *head, jk_error *error) {
    if (merged == NULL) {
        merged = calloc((size_t)jk_team.count, sizeof *merged);
        JK_TRY(jk_held(merged != NULL, error, "the parts"));
    }
    merged_rows *from = &merged[part];
    *fd = -1;
    if (from->path == NULL) {
        JK_TRY(jk_merge_open(part, ROWS_OPTION, fd, &from->path, &from->file, error));
    } else {
        *fd = open(from->path, O_RDONLY | O_CLOEXEC);
    }
    if (*fd < 0) {
        return jk_fail_errno(error, from->path, "read");
    }
    if (!jk_read_whole(*fd, from->done, head, sizeof *head) || head->mark != MARK || head->size != size) {
        return jk_fail(error, JK_ERROR_DATA, from->path, 0, NULL, "does not hold what this run asks of a part");
    }
    from->done += sizeof *head;
    return JK_OK;
}

static jk_status take_record(int part, int fd, const record_head *head, void *bytes, jk_error *error) {
    merged_rows *from = &merged[part];
    if (!jk_read_whole(fd, from->done, bytes, head->size * head->count)) {
        return jk_fail_errno(error, from->path, "read");
    }
    from->done += head->size * head->count;
    return jk_merge_check(fd, from->path, &from->file, error);
}

static void close_file(int fd) {
    if (fd >= 0) {
        (void)close(fd);
    }
}

static jk_status take_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error) {
    jk_status status = JK_OK;
    for (int k = 0; status == JK_OK && k < jk_team.count; k++) {
        size_t first = 0, end = 0;
        int fd = -1;
        record_head head = {0};
        jk_team_rows_of(k + 1, (rows + step - 1) / step, &first, &end);
        first = first * step < rows ? first * step : rows;
        end = end * step < rows ? end * step : rows;
        status = next_record(k, size, &fd, &head, error);
        if (status == JK_OK && head.count != end - first) {
            status = jk_fail(error, JK_ERROR_DATA, merged[k].path, 0, NULL, "has %llu rows where %zu are this part's",
                             (unsigned long long)head.count, end - first);
        }
        status = status == JK_OK ? take_record(k, fd, &head, (char *)array + first * size, error) : status;
        close_file(fd);
    }
    return status;
}

/* How many there are of all parts is known when all heads are read. */
static jk_status take_all(void **array, size_t *count, size_t size, jk_error *error) {
    enum { MOST = 1 << 30 }; /* elements of a part: a head that was forged must not ask for all memory */
    char *joined = NULL;
    size_t all = 0;
    jk_status status = JK_OK;
    for (int k = 0; status == JK_OK && k < jk_team.count; k++) {
        int fd = -1;
        record_head head = {0};
        status = next_record(k, size, &fd, &head, error);
        if (status == JK_OK && head.count > MOST) {
            status = jk_fail(error, JK_ERROR_DATA, merged[k].path, 0, NULL, "has more rows than a part can have");
        }
        char *grown = status == JK_OK ? jk_columns_alloc(all + head.count, size) : NULL;
        if (status == JK_OK && grown == NULL) {
            status = jk_fail_memory(error, "the rows of the parts");
        }
        if (grown != NULL && all > 0) {
            memcpy(grown, joined, all * size);
        }
        free(joined);
        joined = grown;
        status = status == JK_OK ? take_record(k, fd, &head, joined + all * size, error) : status;
        all += head.count;
        close_file(fd);
    }
    if (status != JK_OK) {
        free(joined);
        return status;
    }
    free(*array);
    *array = joined;
    *count = all;
    return JK_OK;
}

static jk_status take_bytes(int part, void **bytes, size_t *size, jk_error *error) {
    int fd = -1;
    record_head head = {0};
    *bytes = NULL;
    jk_status status = next_record(part, 1, &fd, &head, error);
    if (status == JK_OK) {
        *bytes = malloc(head.count + 1);
        status = jk_held(*bytes != NULL, error, "what a part has kept");
    }
    status = status == JK_OK ? take_record(part, fd, &head, *bytes, error) : status;
    close_file(fd);
    *size = head.count;
    return status;
}

static jk_status take_parcels(const jk_team_parcel *parcel, jk_error *error) {
    jk_status status = JK_OK;
    for (int k = 0; status == JK_OK && k < jk_team.count; k++) {
        void *bytes = NULL;
        size_t size = 0;
        status = take_bytes(k, &bytes, &size, error);
        status = status == JK_OK ? parcel->merge(parcel->context, bytes, size, error) : status;
        free(bytes);
    }
    return status;
}

/* ---- whatever the process is ------------------------------------------------------------------------------------ */

jk_status jk_team_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error) {
    size_t first = 0, end = 0;
    switch (jk_team.role) {
    case JK_TEAM_RANKS:
        return jk_ranks_gather_rows(array, size, rows, step, error);
    case JK_TEAM_PART:
        jk_team_rows_of(jk_team.number, (rows + step - 1) / step, &first, &end);
        first = first * step < rows ? first * step : rows;
        end = end * step < rows ? end * step : rows;
        return put((const char *)array + first * size, size, end - first, error);
    case JK_TEAM_MERGE:
        return take_rows(array, size, rows, step, error);
    default:
        return JK_OK;
    }
}

jk_status jk_team_join(void **array, size_t *count, size_t size, jk_error *error) {
    switch (jk_team.role) {
    case JK_TEAM_RANKS:
        return jk_ranks_join(array, count, size, error);
    case JK_TEAM_PART:
        return put(*array, size, *count, error);
    case JK_TEAM_MERGE:
        return take_all(array, count, size, error);
    default:
        return JK_OK;
    }
}

static jk_status put_parcel(const jk_team_parcel *parcel, jk_error *error) {
    void *bytes = NULL;
    size_t size = 0;
    JK_TRY(parcel->pack(parcel->context, &bytes, &size, error));
    jk_status status = put(bytes, 1, size, error);
    free(bytes);
    return status;
}

jk_status jk_team_merge(const jk_team_parcel *parcel, jk_error *error) {
    switch (jk_team.role) {
    case JK_TEAM_RANKS:
        return jk_ranks_merge(parcel, error);
    case JK_TEAM_PART:
        return put_parcel(parcel, error);
    case JK_TEAM_MERGE:
        return take_parcels(parcel, error);
    default:
        return JK_OK;
    }
}

jk_status jk_team_put(const void *bytes, size_t size, jk_error *error) {
    if (jk_team.role == JK_TEAM_RANKS) {
        jk_ranks_put(bytes, size);
        return JK_OK;
    }
    return put(bytes, 1, size, error);
}

jk_status jk_team_take(int number, void **bytes, size_t *size, jk_error *error) {
    return jk_team.role == JK_TEAM_RANKS ? jk_ranks_take(number - 1, bytes, size, error)
                                         : take_bytes(number - 1, bytes, size, error);
}
