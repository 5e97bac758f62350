/* SPDX-License-Identifier: Apache-2.0 */
/* An HDF5 file driver over a descriptor that is already open. HDF5's own driver opens files by name and asks for the
 * name's real path, which a file without a name (base/file/output.h) does not have. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file/transfer.h"
#include "h5/h5.h"

typedef struct driver_file {
    H5FD_t public; /* first: HDF5 fills it */
    int fd;        /* the caller's; not closed here */
    dev_t device;
    ino_t inode;
    haddr_t end_of_addresses, end_of_file;
} driver_file;

enum { LARGE = 65536 };

static const haddr_t max_address = ((haddr_t)1 << 62) - 1;

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t access, haddr_t max) {
    (void)name;
    (void)max;
    const int *fd = H5Pget_driver_info(access);
    struct stat facts;
    if (fd == NULL || ((flags & H5F_ACC_TRUNC) && ftruncate(*fd, 0) != 0) || fstat(*fd, &facts) != 0) {
        return NULL;
    }
    driver_file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        return NULL;
    }
    file->fd = *fd;
    file->device = facts.st_dev;
    file->inode = facts.st_ino;
    file->end_of_file = (haddr_t)facts.st_size;
    return &file->public;
}

static herr_t driver_close(H5FD_t *self) {
    free(self);
    return 0;
}

static int driver_compare(const H5FD_t *one, const H5FD_t *other) {
    const driver_file *a = (const driver_file *)one, *b = (const driver_file *)other;
    if (a->device != b->device) {
        return a->device < b->device ? -1 : 1;
    }
    return a->inode == b->inode ? 0 : a->inode < b->inode ? -1 : 1;
}

static herr_t driver_query(const H5FD_t *self, unsigned long *features) {
    (void)self;
    *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
                H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t driver_get_eoa(const H5FD_t *self, H5FD_mem_t type) {
    (void)type;
    return ((const driver_file *)self)->end_of_addresses;
}

static herr_t driver_set_eoa(H5FD_t *self, H5FD_mem_t type, haddr_t address) {
    (void)type;
    ((driver_file *)self)->end_of_addresses = address;
    return 0;
}

static haddr_t driver_get_eof(const H5FD_t *self, H5FD_mem_t type) {
    (void)type;
    return ((const driver_file *)self)->end_of_file;
}

static bool is_inside(haddr_t address, size_t size) {
    return address <= max_address && size <= max_address - address;
}

/* Bytes beyond the end read as zeros, as HDF5 expects of drivers. */
static herr_t driver_read(H5FD_t *self, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *buffer) {
    (void)type;
    (void)transfer;
    driver_file *file = (driver_file *)self;
    const ssize_t got = is_inside(address, size) ? jk_read_at(file->fd, address, buffer, size) : -1;
    if (got >= 0) {
        memset((char *)buffer + got, 0, size - (size_t)got);
    }
    return got >= 0 ? 0 : -1;
}

static herr_t driver_write(H5FD_t *self, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
                           const void *buffer) {
    (void)type;
    (void)transfer;
    driver_file *file = (driver_file *)self;
    if (!is_inside(address, size) || !jk_write_at(file->fd, address, buffer, size)) {
        return -1;
    }
    if (address + size > file->end_of_file) {
        file->end_of_file = address + size;
    }
    if (size >= LARGE) { /* on its way to the disk at once: the sync at the end has less to wait for */
        (void)sync_file_range(file->fd, (off_t)address, (off_t)size, SYNC_FILE_RANGE_WRITE);
    }
    return 0;
}

static herr_t driver_truncate(H5FD_t *self, hid_t transfer, hbool_t closing) {
    (void)transfer;
    (void)closing;
    driver_file *file = (driver_file *)self;
    if (file->end_of_file != file->end_of_addresses) {
        if (ftruncate(file->fd, (off_t)file->end_of_addresses) != 0) {
            return -1;
        }
        file->end_of_file = file->end_of_addresses;
    }
    return 0;
}

static const H5FD_class_t driver = {
    .name = "jalki_descriptor",
    .maxaddr = ((haddr_t)1 << 62) - 1,
    .fc_degree = H5F_CLOSE_WEAK,
    .fapl_size = sizeof(int),
    .open = driver_open,
    .close = driver_close,
    .cmp = driver_compare,
    .query = driver_query,
    .get_eoa = driver_get_eoa,
    .set_eoa = driver_set_eoa,
    .get_eof = driver_get_eof,
    .read = driver_read,
    .write = driver_write,
    .truncate = driver_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t jk_h5_access(int fd) {
    static hid_t identifier = H5I_INVALID_HID; /* kept for the life of the process; guarded by the HDF5 lock */
    if (identifier < 0) {
        identifier = H5FDregister(&driver);
    }
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0 && (identifier < 0 || H5Pset_driver(access, identifier, &fd) < 0)) {
        (void)H5Pclose(access);
        return H5I_INVALID_HID;
    }
    return access;
}
