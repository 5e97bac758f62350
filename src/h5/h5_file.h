/* SPDX-License-Identifier: Apache-2.0 */
/* Reading HDF5 files that may be broken or hostile.
 *
 * The HDF5 library may crash, loop or ask for absurd amounts of memory on a damaged file. So a forked child opens the
 * file with it, writes down what is in it (attributes, data sets, their types and where their bytes lie) and sends that
 * catalogue through a pipe; a child that dies or takes too long is a malformed file. The parent checks every figure of
 * the catalogue against the file's size and reads the bytes itself: contiguous data and chunks by pread, deflate by
 * libdeflate, shuffle by h5/h5_codec.h. No HDF5 call is made in the parent, so any number of threads may read at
 * once.
 *
 * Understood: little-endian integers, IEEE doubles and floats, enumerations, fixed-length strings; rank 1 to 3; stored
 * contiguously, or in chunks of rows (rank 1) with any of the filters shuffle and deflate. The rest is catalogued as
 * JK_H5_OTHER or with the layout JK_H5_UNREADABLE, and refused when it is read.
 */
#ifndef JK_H5_H5_FILE_H
#define JK_H5_H5_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "jalki/status.h"

typedef enum jk_h5_kind { JK_H5_OTHER, JK_H5_INTEGER, JK_H5_REAL, JK_H5_ENUM, JK_H5_TEXT } jk_h5_kind;
typedef enum jk_h5_layout { JK_H5_UNREADABLE, JK_H5_CONTIGUOUS, JK_H5_CHUNKED } jk_h5_layout;

enum {
    JK_H5_NAME_MAX = 96,
    JK_H5_RANK_MAX = 3,
    JK_H5_FILL_MAX = 256,
    JK_H5_LEVELS_MAX = 64,
    JK_H5_LEVEL_NAME_MAX = 48
};

typedef struct jk_h5_level {
    char name[JK_H5_LEVEL_NAME_MAX];
    int64_t value;
} jk_h5_level;

/* One data set as the file describes it; all figures are checked by the time a caller sees them. */
typedef struct jk_h5_dataset {
    char path[JK_H5_NAME_MAX]; /* "/tape/country" */
    jk_h5_kind kind;
    jk_h5_layout layout;
    uint64_t element_size; /* bytes */
    uint32_t is_signed;    /* integers and enumerations */
    uint32_t is_variable;  /* variable-length text; readable through jk_h5_strings only */
    uint32_t rank;         /* 1 to 3 */
    uint32_t level_count;  /* members of an enumeration */
    uint64_t extent[JK_H5_RANK_MAX];
    uint64_t offset;        /* of contiguous bytes in the file; UINT64_MAX: never written, reads as `fill` */
    uint64_t chunk_rows;    /* rows in a chunk */
    uint64_t chunk_count;   /* chunks that the file holds */
    int32_t shuffle_filter; /* place of the filter in the pipeline, -1 where it is not used */
    int32_t deflate_filter;
    uint32_t string_count; /* strings sent along (jk_h5_strings) */
    uint32_t padding;
    unsigned char fill[JK_H5_FILL_MAX]; /* one element, where element_size <= JK_H5_FILL_MAX; else zero */
    jk_h5_level levels[JK_H5_LEVELS_MAX];
} jk_h5_dataset;

typedef struct jk_h5_file jk_h5_file;

/* Opens and catalogues the file. `strings_under` names a group ("/dict") whose text data sets are read whole, at most
 * `strings_max` strings each; NULL: none. JK_ERROR_IO: cannot be opened; JK_ERROR_FORMAT: no HDF5 file, damaged, or
 * larger in number of parts than anything of ours. */
jk_status jk_h5_open(const char *path, const char *strings_under, size_t strings_max, jk_h5_file **file,
                     jk_error *error);
void jk_h5_close(jk_h5_file *file); /* NULL is accepted */

const char *jk_h5_path(const jk_h5_file *file);
uint64_t jk_h5_size(const jk_h5_file *file); /* bytes of the file */
/* What the system knows of the open file; false with errno set where it does not say. */
bool jk_h5_facts(const jk_h5_file *file, struct stat *facts);

/* Attributes of the root group: text (scalar, NULL where there is none) and integers (false where there is none). */
const char *jk_h5_attribute_text(const jk_h5_file *file, const char *name);
bool jk_h5_attribute_integer(const jk_h5_file *file, const char *name, int64_t *value);

size_t jk_h5_dataset_count(const jk_h5_file *file);
const jk_h5_dataset *jk_h5_dataset_at(const jk_h5_file *file, size_t index);
const jk_h5_dataset *jk_h5_find(const jk_h5_file *file, const char *path); /* NULL: not there */

/* The strings of a text data set under `strings_under`: terminated, valid until close; *count of them. */
const char *const *jk_h5_strings(const jk_h5_file *file, const jk_h5_dataset *dataset, size_t *count);

/* Whether each chunk of the data set is in the file (contiguous: whether it was written). If so, its rows cannot be
 * many more than the file has bytes. */
bool jk_h5_is_complete(const jk_h5_file *file, const jk_h5_dataset *dataset);

/* Most bytes that jk_h5_read keeps of a data set, unpacked; 0 where it is not packed. */
size_t jk_h5_cache_size(const jk_h5_dataset *dataset);

/* Reads rows [first, first + count) of a rank-1 data set, or elements in row-major order of a contiguous one of higher
 * rank, into out. Thread-safe. Chunks that are wanted in part are kept unpacked for the next call. */
jk_status jk_h5_read(jk_h5_file *file, const jk_h5_dataset *dataset, uint64_t first, uint64_t count, void *out,
                     jk_error *error);

#endif
