/* SPDX-License-Identifier: Apache-2.0 */
/* What every writer of HDF5 files shares. HDF5 is called under one lock of the program's own, with its error printing
 * off; files are written into an output (base/file/output.h), so that they appear whole or not at all. Reading is in
 * h5/h5_file.h. */
#ifndef JK_H5_H5_H
#define JK_H5_H5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file/output.h"
#include "jalki/status.h"

/* Takes and gives back the lock; enter also silences HDF5's error printing and sees to it that the library loads no
 * plugins. Not recursive. */
void jk_h5_enter(void);
void jk_h5_leave(void);

/* Starts the library, which breaks down where it is first used when memory is out: to be called before much memory is
 * taken by who will write. JK_ERROR_MEMORY. Without the lock. */
jk_status jk_h5_start(jk_error *error);

/* The two halves of jk_h5_enter, for a process that is about to be copied: the lock alone, without a call into HDF5
 * (which starts the library); and what the copy does, which has the lock already. */
void jk_h5_lock(void);
void jk_h5_set_up(void);

/* Properties for H5Fcreate and H5Fopen that reach the file through the open descriptor `fd`, whatever name is given to
 * them. Negative on failure. Call under the lock. */
hid_t jk_h5_access(int fd);

/* Creates an empty HDF5 file in the open output: format of HDF5 1.8, no time stamps, no file locks (the file has no
 * name yet). Returns a negative id on failure. Call under the lock. */
hid_t jk_h5_create(const jk_output *output);

/* Creates group `path` that remembers the order of its members. Call under the lock. */
hid_t jk_h5_group(hid_t file, const char *path);

/* Dataset creation properties without time stamps. Call under the lock. */
hid_t jk_h5_dataset_properties(void);

/* A fixed-length string type (zero-padded, UTF-8) of `width` >= 1 bytes. Call under the lock. */
hid_t jk_h5_text_type(size_t width);

/* Attributes; true if written. Call under the lock. */
bool jk_h5_put_text(hid_t object, const char *name, const char *text);
bool jk_h5_put_texts(hid_t object, const char *name, const char *const *texts, size_t count);
bool jk_h5_put_integer(hid_t object, const char *name, int64_t value);
bool jk_h5_put_value(hid_t object, const char *name, hid_t type, const void *value);

/* The time to be written as `created`, "YYYY-MM-DDThh:mm:ssZ": now, or SOURCE_DATE_EPOCH of the environment where that
 * is set (so that equal input gives equal bytes). */
enum { JK_H5_TIME_TEXT = 32 };
const char *jk_h5_created(char text[JK_H5_TIME_TEXT]);

#endif
