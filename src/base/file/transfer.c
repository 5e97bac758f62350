/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file/transfer.h"

#include <errno.h>
#include <unistd.h>

enum { PIECE = 65536 };

/* From `place`, or where it is NULL from where the descriptor stands: never a place that means "none", as any number
 * can come from a file, and what no file has the system refuses. */
static ssize_t read_from(int fd, const uint64_t *place, void *bytes, size_t count) {
    size_t done = 0;
    while (done < count) {
        char *to = (char *)bytes + done;
        ssize_t got = place == NULL ? read(fd, to, count - done) : pread(fd, to, count - done, (off_t)(*place + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -1 : (ssize_t)done;
        }
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool write_to(int fd, const uint64_t *place, const void *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        const char *from = (const char *)bytes + done;
        ssize_t written =
            place == NULL ? write(fd, from, count - done) : pwrite(fd, from, count - done, (off_t)(*place + done));
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        done += (size_t)written;
    }
    return true;
}

ssize_t jk_read_all(int fd, void *bytes, size_t count) {
    return read_from(fd, NULL, bytes, count);
}

ssize_t jk_read_at(int fd, uint64_t place, void *bytes, size_t count) {
    return read_from(fd, &place, bytes, count);
}

bool jk_read_whole(int fd, uint64_t place, void *bytes, size_t count) {
    const ssize_t got = jk_read_at(fd, place, bytes, count);
    errno = got >= 0 && (size_t)got < count ? EIO : errno;
    return got == (ssize_t)count;
}

bool jk_write_all(int fd, const void *bytes, size_t count) {
    return write_to(fd, NULL, bytes, count);
}

bool jk_write_at(int fd, uint64_t place, const void *bytes, size_t count) {
    return write_to(fd, &place, bytes, count);
}

bool jk_copy_at(int from, uint64_t first, uint64_t size, int to, uint64_t place) {
    unsigned char bytes[PIECE];
    for (uint64_t done = 0; done < size;) {
        const size_t wanted = size - done < PIECE ? (size_t)(size - done) : PIECE;
        if (!jk_read_whole(from, first + done, bytes, wanted) || !jk_write_at(to, place + done, bytes, wanted)) {
            return false;
        }
        done += wanted;
    }
    return true;
}
