/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sources/source.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "csv/csv.h"
#include "csv/sources/foreign.h"
#include "csv/sources/unpack.h"
#include "database/odbc.h"
#include "database/postgres.h"

enum { PIECE = 256 * 1024 };

struct jk_csv_source {
    char *path; /* as messages name it: of a part, with its name behind a colon */
    jk_byte_origin origin;
    bool is_file, is_sheet, turns_returns;
    uint64_t consumed;
    uint64_t packed; /* size of the file that the origin makes its text of; 0: they are the same, or nobody knows */
    bool at_end;     /* of the origin's bytes */
    char *unread;
    size_t unread_length, unread_at;

    /* The origin's bytes, where they are not yet text; and those read before a sink was set. */
    unsigned char *raw;
    size_t raw_length, raw_at;
    jk_csv_raw_bytes sink;
    void *sink_context;
    unsigned char *unsunk;
    size_t unsunk_length;

    jk_packing packing;
    jk_unpacker *unpacker;
    bool unpacked; /* the last member has ended */

    bool converts;
    iconv_t converter;
    char *pending; /* unpacked, not yet converted */
    size_t pending_length;
    bool unpacked_all;
};

static jk_status give_to_sink(jk_csv_source *source, const void *bytes, size_t length, jk_error *error) {
    if (source->sink != NULL) {
        source->sink(source->sink_context, bytes, length);
        return JK_OK;
    }
    unsigned char *kept = realloc(source->unsunk, source->unsunk_length + length + 1);
    JK_TRY(jk_held(kept != NULL, error, "the beginning of a file"));
    memcpy(kept + source->unsunk_length, bytes, length);
    source->unsunk = kept;
    source->unsunk_length += length;
    return JK_OK;
}

/* Reads bytes of the origin; *got is 0 at its end. */
static jk_status read_raw(jk_csv_source *source, void *out, size_t capacity, size_t *got, jk_error *error) {
    JK_TRY(source->origin.read(source->origin.self, out, capacity, got, error));
    source->consumed += *got;
    source->at_end = *got == 0;
    if (source->packed > 0 && source->consumed > JK_UNPACK_GROWTH_FREE &&
        source->consumed / JK_UNPACK_GROWTH_MOST > source->packed) {
        return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL,
                       "gives over %d times the text that its file takes: this is no table", JK_UNPACK_GROWTH_MOST);
    }
    return *got > 0 ? give_to_sink(source, out, *got, error) : JK_OK;
}

static jk_status refill_raw(jk_csv_source *source, jk_error *error) {
    source->raw_at = 0;
    source->raw_length = 0;
    return source->at_end ? JK_OK : read_raw(source, source->raw, PIECE, &source->raw_length, error);
}

/* After a member: another one, or nothing but zeros, which pad a file to whole blocks. */
static jk_status start_next_member(jk_csv_source *source, jk_error *error) {
    do {
        if (source->raw_at == source->raw_length) {
            JK_TRY(refill_raw(source, error));
        }
        while (source->raw_at < source->raw_length && source->raw[source->raw_at] == 0) {
            source->raw_at++;
        }
    } while (source->raw_at == source->raw_length && !source->at_end);
    source->unpacked = source->raw_at == source->raw_length;
    if (source->unpacked) {
        return JK_OK;
    }
    static const unsigned char first[] = {
        [JK_PACKING_GZIP] = 0x1f, [JK_PACKING_ZSTD] = 0x28, [JK_PACKING_XZ] = 0xfd, [JK_PACKING_BZIP2] = 'B'};
    unsigned char next = source->raw[source->raw_at];
    bool skippable = source->packing == JK_PACKING_ZSTD && next >= 0x50 && next <= 0x5f; /* a frame without text */
    if (next != first[source->packing] && !skippable) {
        return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL,
                       "bytes follow the end of the %s data, expected the end of the file",
                       jk_packing_name(source->packing));
    }
    return jk_unpacker_restart(source->unpacker, error);
}

static jk_status read_packed(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error) {
    *got = 0;
    while (*got == 0 && !source->unpacked) {
        jk_unpack_step step = {.in = source->raw + source->raw_at,
                               .in_left = source->raw_length - source->raw_at,
                               .out = out,
                               .out_left = capacity < PIECE ? capacity : PIECE};
        size_t room = step.out_left;
        JK_TRY(jk_unpacker_run(source->unpacker, &step, source->path, error));
        source->raw_at = source->raw_length - step.in_left;
        *got = room - step.out_left;
        if (step.ended) {
            JK_TRY(start_next_member(source, error));
        } else if (*got == 0 && step.in_left == 0) { /* it wants more */
            JK_TRY(refill_raw(source, error));
            if (source->raw_length == 0) {
                return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL, "the %s data ends too early",
                               jk_packing_name(source->packing));
            }
        }
    }
    return JK_OK;
}

/* Bytes after unpacking, before conversion. */
static jk_status read_unpacked(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error) {
    if (source->unpacker != NULL) {
        return read_packed(source, out, capacity, got, error);
    }
    if (source->raw_at < source->raw_length) { /* what was read to look at the file's first bytes */
        size_t rest = source->raw_length - source->raw_at;
        *got = rest < capacity ? rest : capacity;
        memcpy(out, source->raw + source->raw_at, *got);
        source->raw_at += *got;
        return JK_OK;
    }
    *got = 0;
    return source->at_end ? JK_OK : read_raw(source, out, capacity, got, error);
}

/* A byte that is none in UTF-8 stands for what the encoding does not know: the field it is in is then rejected. */
static void put_invalid(char **out, size_t *room) {
    *(*out)++ = (char)0xff;
    (*room)--;
}

static jk_status read_converted(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error) {
    *got = 0;
    while (*got == 0) {
        if (!source->unpacked_all) {
            size_t fresh = 0;
            JK_TRY(read_unpacked(source, source->pending + source->pending_length, PIECE - source->pending_length,
                                 &fresh, error));
            source->pending_length += fresh;
            source->unpacked_all = fresh == 0 && source->pending_length < PIECE;
        }
        if (source->pending_length == 0) {
            return JK_OK;
        }
        char *in = source->pending;
        size_t left = source->pending_length;
        char *to = out;
        size_t room = capacity;
        size_t result = iconv(source->converter, &in, &left, &to, &room);
        bool stuck = result == (size_t)-1 && (errno == EILSEQ || (errno == EINVAL && source->unpacked_all));
        if (stuck && left > 0 && room > 0) {
            put_invalid(&to, &room);
            in++;
            left--;
        }
        *got = capacity - room;
        if (*got == 0 && !stuck && result == (size_t)-1 && errno == E2BIG) {
            char piece[16]; /* less room than one character takes: the rest of it is kept for the next call */
            to = piece;
            room = sizeof piece;
            (void)iconv(source->converter, &in, &left, &to, &room);
            JK_TRY(jk_csv_source_unread(source, piece, sizeof piece - room, error));
            *got = capacity;
            memcpy(out, source->unread, capacity);
            source->unread_at = capacity;
        }
        memmove(source->pending, in, left);
        source->pending_length = left;
    }
    return JK_OK;
}

static void turn_returns(char *text, size_t length) {
    for (char *at = text; (at = memchr(at, '\r', length - (size_t)(at - text))) != NULL;) {
        *at = '\n';
    }
}

jk_status jk_csv_source_read(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error) {
    if (source->unread_at < source->unread_length) {
        size_t rest = source->unread_length - source->unread_at;
        *got = rest < capacity ? rest : capacity;
        memcpy(out, source->unread + source->unread_at, *got);
        source->unread_at += *got;
        return JK_OK;
    }
    JK_TRY(source->converts ? read_converted(source, out, capacity, got, error)
                            : read_unpacked(source, out, capacity, got, error));
    if (source->turns_returns) {
        turn_returns(out, *got);
    }
    return JK_OK;
}

jk_status jk_csv_source_read_all(jk_csv_source *source, size_t most, char **memory, size_t *length, jk_error *error) {
    size_t capacity = (size_t)1 << 16, got = 1;
    for (*length = 0; got > 0; capacity *= 2) {
        if (capacity > most) {
            return jk_fail(error, JK_ERROR_DATA, jk_csv_source_path(source), 0, NULL,
                           "more than %zu MiB of text; is it another file?", most >> 20);
        }
        char *larger = realloc(*memory, 2 * capacity + 2 * (size_t)JK_CSV_SLACK);
        JK_TRY(jk_held(larger != NULL, error, "a table of text"));
        *memory = larger;
        for (got = 1; got > 0 && *length < capacity; *length += got) {
            JK_TRY(jk_csv_source_read(source, larger + JK_CSV_SLACK + *length, capacity - *length, &got, error));
        }
    }
    memset(*memory, 0, JK_CSV_SLACK);
    memset(*memory + JK_CSV_SLACK + *length, 0, JK_CSV_SLACK);
    return JK_OK;
}

jk_status jk_csv_source_unread(jk_csv_source *source, const char *text, size_t length, jk_error *error) {
    char *copy = malloc(length + 1);
    JK_TRY(jk_held(copy != NULL, error, "the beginning of a file"));
    memcpy(copy, text, length);
    free(source->unread);
    source->unread = copy;
    source->unread_length = length;
    source->unread_at = 0;
    return JK_OK;
}

void jk_csv_source_turn_returns(jk_csv_source *source, char *text, size_t length) {
    source->turns_returns = true;
    turn_returns(text, length);
}

void jk_csv_source_set_sink(jk_csv_source *source, jk_csv_raw_bytes sink, void *context) {
    if (source->unsunk_length > 0) {
        sink(context, source->unsunk, source->unsunk_length);
    }
    free(source->unsunk);
    source->unsunk = NULL;
    source->unsunk_length = 0;
    source->sink = sink;
    source->sink_context = context;
}

bool jk_csv_source_is_plain(const jk_csv_source *source) {
    return source->is_file && source->unpacker == NULL && !source->converts && !source->turns_returns;
}

jk_status jk_csv_source_seek(jk_csv_source *source, uint64_t place, jk_error *error) {
    free(source->unread);
    source->unread = NULL;
    source->unread_length = source->unread_at = 0;
    source->raw_length = source->raw_at = 0;
    source->consumed = place;
    source->at_end = false;
    return source->origin.seek(source->origin.self, place, error);
}

void jk_csv_source_pass(jk_csv_source *source) {
    source->consumed = source->origin.size;
}

const char *jk_csv_source_path(const jk_csv_source *source) {
    return source->path;
}

uint64_t jk_csv_source_size(const jk_csv_source *source) {
    return source->origin.size;
}

uint64_t jk_csv_source_consumed(const jk_csv_source *source) {
    return source->consumed;
}

static bool is_utf8(const char *encoding) {
    return encoding == NULL || strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0;
}

static jk_status start_conversion(jk_csv_source *source, const char *encoding, jk_error *error) {
    source->converter = iconv_open("UTF-8", encoding);
    source->pending = malloc(PIECE);
    if (source->converter == (iconv_t)-1) {
        return jk_fail(error, JK_ERROR_MODEL, source->path, 0, "encoding", "'%s' is not a known encoding", encoding);
    }
    source->converts = true;
    return jk_held(source->pending != NULL, error, "conversion");
}

static jk_status start_decoding(jk_csv_source *source, const char *encoding, jk_error *error) {
    enum { HEAD = 64 };
    while (source->raw_length < HEAD && !source->at_end) {
        size_t got = 0;
        JK_TRY(read_raw(source, source->raw + source->raw_length, PIECE - source->raw_length, &got, error));
        source->raw_length += got;
    }
    const unsigned char *raw = source->raw;
    const size_t length = source->raw_length;
    source->packing = jk_packing_of(raw, length);
    if (source->packing != JK_PACKING_NONE) {
        source->unpacker = jk_unpacker_create(source->packing);
        JK_TRY(jk_held(source->unpacker != NULL, error, "unpacking"));
    } else if (length >= 4 && memcmp(raw, "PK\003\004", 4) == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL,
                       "this is a zip archive or a workbook where one table is expected; unpack it first");
    } else if (length >= 2 && ((raw[0] == 0xff && raw[1] == 0xfe) || (raw[0] == 0xfe && raw[1] == 0xff))) {
        return start_conversion(source, "UTF-16", error); /* its byte order mark tells, whatever the mapping says */
    } else {
        JK_TRY(jk_csv_refuse_foreign(raw, length, source->path, error));
    }
    return is_utf8(encoding) ? JK_OK : start_conversion(source, encoding, error);
}

/* ---- a plain file as origin ----------------------------------------------------------------------------------------
 */

typedef struct file_origin {
    char *path;
    int fd;
    uint64_t size, consumed; /* size 0: not known (a pipe) */
} file_origin;

static jk_status read_file(void *self, void *out, size_t capacity, size_t *got, jk_error *error) {
    file_origin *file = self;
    if (file->size > 0 && capacity > file->size - file->consumed) {
        capacity = file->size - file->consumed; /* what is added while it is read does not belong to the tape */
    }
    ssize_t count = 0;
    do {
        count = read(file->fd, out, capacity);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return jk_fail_errno(error, file->path, "read");
    }
    *got = (size_t)count;
    file->consumed += *got;
    return JK_OK;
}

static jk_status seek_file(void *self, uint64_t place, jk_error *error) {
    file_origin *file = self;
    file->consumed = place;
    return lseek(file->fd, (off_t)place, SEEK_SET) >= 0 ? JK_OK : jk_fail_errno(error, file->path, "read");
}

static void close_file(void *self) {
    file_origin *file = self;
    if (file->fd >= 0) {
        (void)close(file->fd);
    }
    free(file->path);
    free(file);
}

static jk_status open_file(const char *path, jk_byte_origin *origin, jk_error *error) {
    file_origin *file = calloc(1, sizeof *file);
    JK_TRY(jk_held(file != NULL, error, "a source file"));
    *origin = (jk_byte_origin){.read = read_file, .close = close_file, .seek = seek_file, .self = file};
    file->path = strdup(path);
    file->fd = jk_input_open(path, true);
    struct stat facts;
    if (file->fd < 0 || fstat(file->fd, &facts) != 0) {
        return jk_fail_errno(error, path, "open");
    }
    if (S_ISDIR(facts.st_mode)) {
        return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "is a folder, expected a CSV file");
    }
    file->size = origin->size = S_ISREG(facts.st_mode) ? (uint64_t)facts.st_size : 0;
    (void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return jk_held(file->path != NULL, error, "a source file");
}

/* ---- opening and closing -------------------------------------------------------------------------------------------
 */

static char *name_of(const char *path, const char *part) {
    char *name = NULL;
    if (part == NULL) {
        return strdup(path);
    }
    return asprintf(&name, "%s:%s", path, part) >= 0 ? name : NULL;
}

static jk_status open_origin(jk_csv_source *source, const char *path, const jk_csv_part *part, jk_error *error) {
    if (part == NULL && jk_postgres_is_url(path)) {
        source->is_sheet = true;
        return jk_postgres_rows_open(path, &source->origin, error);
    }
    if (part == NULL && jk_odbc_is_name(path)) {
        source->is_sheet = true;
        return jk_odbc_rows_open(path, &source->origin, error);
    }
    if (part == NULL) {
        source->is_file = true;
        return open_file(path, &source->origin, error);
    }
    source->is_sheet = part->container != JK_CONTAINER_ZIP;
    struct stat facts;
    source->packed = source->is_sheet && stat(path, &facts) == 0 ? (uint64_t)facts.st_size : 0;
    if (part->container == JK_CONTAINER_PARQUET) {
        return jk_parquet_open(path, part->decimal, &source->origin, error);
    }
    if (part->container == JK_CONTAINER_SQLITE) {
        return jk_sqlite_table_open(path, part->name, part->decimal, &source->origin, error);
    }
    return source->is_sheet ? jk_sheet_open(path, part->name, part->decimal, &source->origin, error)
                            : jk_zip_member_open(path, part->name, &source->origin, error);
}

jk_status jk_csv_source_open_part(const char *path, const jk_csv_part *part, const char *encoding,
                                  jk_csv_source **result, jk_error *error) {
    *result = NULL;
    jk_csv_source *source = calloc(1, sizeof *source);
    JK_TRY(jk_held(source != NULL, error, "a source file"));
    source->path = name_of(path, part != NULL ? part->name : NULL);
    source->raw = malloc(PIECE);
    jk_status status = source->path == NULL || source->raw == NULL ? jk_fail_memory(error, "a source file")
                                                                   : open_origin(source, path, part, error);
    if (status == JK_OK) {
        status = start_decoding(source, source->is_sheet ? NULL : encoding, error);
    }
    if (status != JK_OK) {
        jk_csv_source_close(source);
        return status;
    }
    *result = source;
    return JK_OK;
}

jk_status jk_csv_source_open(const char *path, const char *encoding, jk_csv_source **result, jk_error *error) {
    return jk_csv_source_open_part(path, NULL, encoding, result, error);
}

bool jk_csv_source_is_sheet(const jk_csv_source *source) {
    return source->is_sheet;
}

void jk_csv_source_close(jk_csv_source *source) {
    if (source == NULL) {
        return;
    }
    if (source->origin.close != NULL) {
        source->origin.close(source->origin.self);
    }
    jk_unpacker_free(source->unpacker);
    if (source->converts) {
        (void)iconv_close(source->converter);
    }
    free(source->pending);
    free(source->unsunk);
    free(source->unread);
    free(source->raw);
    free(source->path);
    free(source);
}
