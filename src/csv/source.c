/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/source.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"

enum { PIECE = 256 * 1024 };

struct jk_csv_source {
    char *path;
    int fd;
    uint64_t size, consumed;
    bool at_end; /* of the file's bytes */
    char *unread;
    size_t unread_length, unread_at;

    /* The file's bytes, where they are not yet text; and those read before a sink was set. */
    unsigned char *raw;
    size_t raw_length, raw_at;
    jk_csv_raw_bytes sink;
    void *sink_context;
    unsigned char *unsunk;
    size_t unsunk_length;

    bool gzip, gzip_done;
    z_stream inflater;

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
    if (kept == NULL) {
        return jk_fail_memory(error, "the beginning of a file");
    }
    memcpy(kept + source->unsunk_length, bytes, length);
    source->unsunk = kept;
    source->unsunk_length += length;
    return JK_OK;
}

/* Reads bytes of the file; *got is 0 at its end. */
static jk_status read_raw(jk_csv_source *source, void *out, size_t capacity, size_t *got, jk_error *error) {
    if (source->size > 0 && capacity > source->size - source->consumed) {
        capacity = source->size - source->consumed; /* what is added while it is read does not belong to the tape */
    }
    ssize_t count = 0;
    do {
        count = read(source->fd, out, capacity);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return jk_fail_errno(error, source->path, "read");
    }
    *got = (size_t)count;
    source->consumed += (size_t)count;
    source->at_end = count == 0;
    return count > 0 ? give_to_sink(source, out, (size_t)count, error) : JK_OK;
}

static jk_status refill_raw(jk_csv_source *source, jk_error *error) {
    source->raw_at = 0;
    source->raw_length = 0;
    return source->at_end ? JK_OK : read_raw(source, source->raw, PIECE, &source->raw_length, error);
}

static jk_status start_next_member(jk_csv_source *source, jk_error *error) {
    if (source->raw_at == source->raw_length) {
        JK_TRY(refill_raw(source, error));
    }
    if (source->raw_length == 0) {
        source->gzip_done = true;
        return JK_OK;
    }
    if (source->raw[source->raw_at] != 0x1f) {
        return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL,
                       "bytes follow the end of the gzip data, expected the end of the file");
    }
    (void)inflateReset(&source->inflater);
    return JK_OK;
}

static jk_status read_gzip(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error) {
    z_stream *inflater = &source->inflater;
    *got = 0;
    while (*got == 0 && !source->gzip_done) {
        if (source->raw_at == source->raw_length) {
            JK_TRY(refill_raw(source, error));
            if (source->raw_length == 0) {
                return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL, "the gzip data ends too early");
            }
        }
        inflater->next_in = source->raw + source->raw_at;
        inflater->avail_in = (uInt)(source->raw_length - source->raw_at);
        inflater->next_out = (unsigned char *)out;
        inflater->avail_out = (uInt)(capacity < PIECE ? capacity : PIECE);
        uInt room = inflater->avail_out;
        int result = inflate(inflater, Z_NO_FLUSH);
        source->raw_at = source->raw_length - inflater->avail_in;
        *got = room - inflater->avail_out;
        if (result == Z_STREAM_END) {
            JK_TRY(start_next_member(source, error));
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL, "damaged gzip data: %s",
                           inflater->msg ? inflater->msg : "not a gzip stream");
        }
    }
    return JK_OK;
}

/* Bytes after unpacking, before conversion. */
static jk_status read_unpacked(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error) {
    if (source->gzip) {
        return read_gzip(source, out, capacity, got, error);
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

jk_status jk_csv_source_read(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error) {
    if (source->unread_at < source->unread_length) {
        size_t rest = source->unread_length - source->unread_at;
        *got = rest < capacity ? rest : capacity;
        memcpy(out, source->unread + source->unread_at, *got);
        source->unread_at += *got;
        return JK_OK;
    }
    return source->converts ? read_converted(source, out, capacity, got, error)
                            : read_unpacked(source, out, capacity, got, error);
}

jk_status jk_csv_source_unread(jk_csv_source *source, const char *text, size_t length, jk_error *error) {
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        return jk_fail_memory(error, "the beginning of a file");
    }
    memcpy(copy, text, length);
    free(source->unread);
    source->unread = copy;
    source->unread_length = length;
    source->unread_at = 0;
    return JK_OK;
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
    return !source->gzip && !source->converts;
}

const char *jk_csv_source_path(const jk_csv_source *source) {
    return source->path;
}

uint64_t jk_csv_source_size(const jk_csv_source *source) {
    return source->size;
}

uint64_t jk_csv_source_consumed(const jk_csv_source *source) {
    return source->consumed;
}

static bool is_utf8(const char *encoding) {
    return encoding == NULL || strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0;
}

static jk_status start_decoding(jk_csv_source *source, const char *encoding, jk_error *error) {
    while (source->raw_length < 4 && !source->at_end) {
        size_t got = 0;
        JK_TRY(read_raw(source, source->raw + source->raw_length, PIECE - source->raw_length, &got, error));
        source->raw_length += got;
    }
    const unsigned char *raw = source->raw;
    const size_t length = source->raw_length;
    if (length >= 2 && raw[0] == 0x1f && raw[1] == 0x8b) {
        if (inflateInit2(&source->inflater, 15 + 16) != Z_OK) {
            return jk_fail_memory(error, "unpacking");
        }
        source->gzip = true;
    } else if (length >= 4 && memcmp(raw, "PK\003\004", 4) == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL,
                       "this is a zip archive or a spreadsheet, expected CSV text (plain or gzip)");
    } else if (length >= 4 && memcmp(raw, "\211HDF", 4) == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL,
                       "this is an HDF5 store already, expected CSV text (plain or gzip)");
    } else if (is_utf8(encoding) && length >= 2 &&
               ((raw[0] == 0xff && raw[1] == 0xfe) || (raw[0] == 0xfe && raw[1] == 0xff))) {
        return jk_fail(error, JK_ERROR_FORMAT, source->path, 0, NULL,
                       "this is UTF-16 text; name it in a mapping (encoding: UTF-16)");
    }
    if (!is_utf8(encoding)) {
        source->converter = iconv_open("UTF-8", encoding);
        source->pending = malloc(PIECE);
        if (source->converter == (iconv_t)-1) {
            return jk_fail(error, JK_ERROR_MODEL, source->path, 0, "encoding", "'%s' is not a known encoding",
                           encoding);
        }
        source->converts = true;
        if (source->pending == NULL) {
            return jk_fail_memory(error, "conversion");
        }
    }
    return JK_OK;
}

jk_status jk_csv_source_open(const char *path, const char *encoding, jk_csv_source **result, jk_error *error) {
    *result = NULL;
    jk_csv_source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        return jk_fail_memory(error, "a source file");
    }
    source->path = strdup(path);
    source->raw = malloc(PIECE);
    source->fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    jk_status status = JK_OK;
    if (source->fd < 0 || fstat(source->fd, &facts) != 0) {
        status = jk_fail_errno(error, path, "open");
    } else if (S_ISDIR(facts.st_mode)) {
        status = jk_fail(error, JK_ERROR_IO, path, 0, NULL, "is a folder, expected a CSV file");
    } else if (source->path == NULL || source->raw == NULL) {
        status = jk_fail_memory(error, "a source file");
    } else {
        source->size = S_ISREG(facts.st_mode) ? (uint64_t)facts.st_size : 0;
        (void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        status = start_decoding(source, encoding, error);
    }
    if (status != JK_OK) {
        jk_csv_source_close(source);
        return status;
    }
    *result = source;
    return JK_OK;
}

void jk_csv_source_close(jk_csv_source *source) {
    if (source == NULL) {
        return;
    }
    if (source->fd >= 0) {
        (void)close(source->fd);
    }
    if (source->gzip) {
        (void)inflateEnd(&source->inflater);
    }
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
