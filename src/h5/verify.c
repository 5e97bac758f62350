/* SPDX-License-Identifier: Apache-2.0 */
/* Checking the checksums of a file of ours. What the list says of itself is held against the file's size before it is
 * believed; what a damaged piece belongs to is asked of the HDF5 library last, in its own process, and may stay
 * unknown. */
#include "jalki/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/transfer.h"
#include "base/memory.h"
#include "h5/h5_private.h"
#include "h5/h5_sums.h"

typedef struct sound_check {
    const char *path;
    int fd;
    uint64_t size;
    const jk_run *run;
    jk_verification *found;
} sound_check;

static void add_damage(jk_verification *found, uint64_t first, uint64_t bytes, const char *what) {
    found->soundness = JK_DAMAGED;
    if (found->damaged < JK_DAMAGES_MAX) {
        jk_damage *damage = &found->damage[found->damaged];
        *damage = (jk_damage){.first = first, .bytes = bytes};
        (void)snprintf(damage->what, sizeof damage->what, "%s", what);
    }
    found->damaged++;
}

/* ---- what a piece belongs to ---------------------------------------------------------------------------------- */

static bool overlaps(const jk_damage *damage, uint64_t address, uint64_t bytes) {
    return address < damage->first + damage->bytes && damage->first < address + bytes;
}

/* The rows of one run of bytes at `address` that the damage touches; `first_row` is the row of its first element. */
static void name_rows(jk_damage *damage, const jk_h5_dataset *dataset, uint64_t address, uint64_t bytes,
                      uint64_t first_row, bool packed) {
    uint64_t rows = dataset->chunk_rows, from = 0;
    if (!packed) {
        from = damage->first > address ? (damage->first - address) / dataset->element_size : 0;
        uint64_t end = damage->first + damage->bytes - address;
        end = end < bytes ? end : bytes;
        rows = end / dataset->element_size + (end % dataset->element_size != 0); /* of the last a part, too */
    }
    uint64_t last = first_row + (rows > from ? rows - 1 : from);
    last = dataset->extent[0] > 0 && last >= dataset->extent[0] ? dataset->extent[0] - 1 : last;
    size_t used = strlen(damage->what);
    (void)snprintf(damage->what + used, sizeof damage->what - used, "%s%s, rows %" PRIu64 " to %" PRIu64,
                   used > 0 ? "; " : "", dataset->path, first_row + from, last);
}

static void name_part(jk_damage *damage, const jk_h5_part *part) {
    const jk_h5_dataset *dataset = &part->public;
    if (dataset->rank != 1 || dataset->element_size == 0) {
        return;
    }
    uint64_t bytes = dataset->extent[0] * dataset->element_size; /* bounded by the file's size: jk_h5_open checked */
    if (dataset->layout == JK_H5_CONTIGUOUS && dataset->offset != UINT64_MAX &&
        overlaps(damage, dataset->offset, bytes)) {
        name_rows(damage, dataset, dataset->offset, bytes, 0, false);
    }
    for (uint64_t c = 0; dataset->layout == JK_H5_CHUNKED && c < part->chunk_places; c++) {
        const jk_h5_chunk *chunk = &part->chunks[c];
        if (chunk->address != UINT64_MAX && overlaps(damage, chunk->address, chunk->size)) {
            name_rows(damage, dataset, chunk->address, chunk->size, c * dataset->chunk_rows,
                      dataset->deflate_filter >= 0);
        }
    }
}

static void name_damages(const sound_check *check) {
    jk_h5_file *file = NULL;
    jk_error ignored = {0};
    if (jk_h5_open(check->path, NULL, 0, &file, &ignored) != JK_OK) {
        return; /* the file's structure is damaged; the places alone are told */
    }
    for (uint64_t d = 0; d < check->found->damaged && d < JK_DAMAGES_MAX; d++) {
        bool is_list = check->found->damage[d].what[0] != '\0';
        for (size_t p = 0; !is_list && p < file->part_count; p++) {
            name_part(&check->found->damage[d], &file->parts[p]);
        }
    }
    jk_h5_close(file);
}

/* ---- the list ------------------------------------------------------------------------------------------------- */

static bool suits_file(const sound_check *check, const jk_sums_tail *tail) {
    uint64_t behind = check->size - sizeof *tail;
    return tail->version == JK_SUMS_VERSION && tail->piece == JK_SUMS_PIECE && tail->bytes <= behind &&
           tail->pieces == jk_sums_pieces(tail->bytes) && tail->pieces <= SIZE_MAX / sizeof(uint64_t) &&
           behind - tail->bytes == tail->pieces * sizeof(uint64_t);
}

static jk_status compare(const sound_check *check, const jk_sums_tail *tail, uint64_t *written, uint64_t *now,
                         jk_error *error) {
    jk_verification *found = check->found;
    if (!jk_read_whole(check->fd, tail->bytes, written, (size_t)tail->pieces * sizeof *written)) {
        return jk_fail_errno(error, check->path, "read");
    }
    JK_TRY(jk_sums_make(check->fd, check->path, tail->bytes, check->run, now, error));
    found->pieces = tail->pieces;
    if (jk_sums_list(tail, written) != tail->sum) {
        add_damage(found, tail->bytes, check->size - tail->bytes, "the list of checksums");
    }
    for (uint64_t i = 0; i < tail->pieces; i++) {
        if (written[i] != now[i]) {
            uint64_t first = i * JK_SUMS_PIECE;
            add_damage(found, first, tail->bytes - first < JK_SUMS_PIECE ? tail->bytes - first : JK_SUMS_PIECE, "");
        }
    }
    if (found->soundness == JK_SOUND) {
        (void)snprintf(found->digest, sizeof found->digest, "%016" PRIx64, tail->sum);
    }
    return JK_OK;
}

static jk_status check_list(const sound_check *check, const jk_sums_tail *tail, jk_error *error) {
    uint64_t *sums = jk_columns_alloc((size_t)tail->pieces, 2 * sizeof *sums);
    JK_TRY(jk_held(sums != NULL, error, "checksums"));
    jk_status status = compare(check, tail, sums, sums + tail->pieces, error);
    free(sums);
    return status;
}

/* No list at the end: an older file, or one that lost it. */
static jk_status check_attribute(const sound_check *check, jk_error *error) {
    jk_h5_file *file = NULL;
    JK_TRY(jk_h5_open(check->path, NULL, 0, &file, error));
    if (jk_h5_attribute_text(file, JK_SUMS_ATTRIBUTE) != NULL) {
        add_damage(check->found, check->size, 0, "its end: the list of checksums is not there, or not as it was");
    } else {
        check->found->soundness = JK_UNSUMMED;
    }
    jk_h5_close(file);
    return JK_OK;
}

static jk_status check_file(const sound_check *check, jk_error *error) {
    jk_sums_tail tail = {0};
    if (check->size >= sizeof tail && !jk_read_whole(check->fd, check->size - sizeof tail, &tail, sizeof tail)) {
        return jk_fail_errno(error, check->path, "read");
    }
    if (!jk_sums_is_tail(&tail)) {
        return check_attribute(check, error);
    }
    if (!suits_file(check, &tail)) {
        add_damage(check->found, check->size - sizeof tail, sizeof tail, "the end of the list of checksums");
        return JK_OK;
    }
    JK_TRY(check_list(check, &tail, error));
    if (check->found->soundness == JK_DAMAGED) {
        name_damages(check);
    }
    return JK_OK;
}

jk_status jk_verify(const char *path, const jk_run *run, jk_verification *verification, jk_error *error) {
    *verification = (jk_verification){.piece_bytes = JK_SUMS_PIECE};
    struct stat facts;
    sound_check check = {.path = path, .fd = jk_input_open(path, false), .run = run, .found = verification};
    if (check.fd < 0 || fstat(check.fd, &facts) != 0) {
        jk_status status = jk_fail_errno(error, path, "read");
        if (check.fd >= 0) {
            (void)close(check.fd);
        }
        return status;
    }
    check.size = verification->bytes = (uint64_t)facts.st_size;
    jk_status status = S_ISREG(facts.st_mode) ? check_file(&check, error)
                                              : jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL,
                                                        "is no file; expected a store or result of this program");
    (void)close(check.fd);
    return status;
}
