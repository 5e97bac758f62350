/* SPDX-License-Identifier: Apache-2.0 */
#include "import/sources/stripes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/transfer.h"

enum { LEAST = 1 << 16, LEAST_WITH_FOOTER = 1 << 18, LOOK = 1 << 16 };

/* Behind the first line end at `place` or later; where there is none for the length of a row, `place` itself, at which
 * nobody will believe that a row begins. */
static jk_status line_at(int fd, const char *path, uint64_t place, uint64_t *found, jk_error *error) {
    char text[LOOK];
    *found = place;
    for (uint64_t done = 0; done < JK_CSV_ROW_MAX;) {
        const ssize_t got = jk_read_at(fd, place + done, text, sizeof text);
        if (got <= 0) {
            return got == 0 ? JK_OK : jk_fail_errno(error, path, "read");
        }
        const char *newline = memchr(text, '\n', (size_t)got);
        if (newline != NULL) {
            *found = place + done + (size_t)(newline - text) + 1;
            return JK_OK;
        }
        done += (uint64_t)got;
    }
    return JK_OK;
}

static jk_status add(jk_stripes *stripes, size_t source, uint64_t begin, jk_error *error) {
    jk_stripe *grown = realloc(stripes->stripe, (stripes->count + 1) * sizeof *grown);
    JK_TRY(jk_held(grown != NULL, error, "the stripes of a file"));
    stripes->stripe = grown;
    grown[stripes->count] = (jk_stripe){source, begin, JK_STRIPE_END};
    if (stripes->count > 0 && grown[stripes->count - 1].source == source) {
        grown[stripes->count - 1].goal = begin;
    }
    stripes->count++;
    return JK_OK;
}

static jk_status cut_file(const jk_import_input *input, size_t source, uint64_t length, jk_stripes *stripes,
                          jk_error *error) {
    const char *path = jk_csv_source_path(input->source);
    const uint64_t size = jk_csv_source_size(input->source);
    uint64_t last = input->header.bytes;
    int fd = jk_input_open(path, false);
    if (fd < 0) {
        return jk_fail_errno(error, path, "open");
    }
    jk_status status = JK_OK;
    for (uint64_t place = length; status == JK_OK && place + length <= size; place += length) {
        uint64_t begin = 0;
        status = line_at(fd, path, place, &begin, error);
        if (status == JK_OK && begin > last && begin + length / 2 < size) {
            status = add(stripes, source, begin, error);
            last = begin;
        }
    }
    (void)close(fd);
    return status;
}

jk_status jk_stripes_make(const jk_import_input *inputs, size_t count, size_t wanted, uint64_t most,
                          jk_stripes *stripes, jk_error *error) {
    uint64_t all = 0;
    *stripes = (jk_stripes){0};
    for (size_t i = 0; i < count; i++) {
        all += jk_csv_source_is_plain(inputs[i].source) ? jk_csv_source_size(inputs[i].source) : 0;
    }
    uint64_t length = all / wanted < most ? all / wanted : most;
    jk_status status = JK_OK;
    for (size_t i = 0; status == JK_OK && i < count; i++) {
        const jk_import_input *input = &inputs[i];
        const bool footer = input->plan.mapping != NULL && input->plan.mapping->skip_footer > 0;
        const uint64_t least = footer ? LEAST_WITH_FOOTER : LEAST; /* a footer must lie in one stripe */
        status = add(stripes, i, 0, error);
        if (status == JK_OK && jk_csv_source_is_plain(input->source)) {
            status = cut_file(input, i, length > least ? length : least, stripes, error);
        }
    }
    if (status != JK_OK) {
        jk_stripes_free(stripes);
    }
    return status;
}

void jk_stripes_free(jk_stripes *stripes) {
    free(stripes->stripe);
    *stripes = (jk_stripes){0};
}
