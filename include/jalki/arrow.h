/* SPDX-License-Identifier: Apache-2.0 */
/* Frames by the Arrow C stream interface (arrow.apache.org/docs/format/CStreamInterface.html), which data frames and
 * data bases of most languages take in one process: no library of Arrow's is needed on either side.
 *
 *     struct ArrowArrayStream stream;
 *     jk_arrow_stream(&frame, 0, &stream, &error);
 *     stream.get_next(&stream, &batch);  ...  stream.release(&stream);
 */
#ifndef JALKI_ARROW_H
#define JALKI_ARROW_H

#include "jalki/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As the interface's specification has them, for whoever has not declared them yet. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* Makes a stream of the frame's rows in order, in batches of `batch_rows` (0: 65,536). Columns: texts are utf8, codes
 * dictionaries of utf8 (int8, uint16 or int32), dates date32, money decimal128(18, 2), the others float, double and
 * int32; what is missing is null. The frame is copied, its source must outlive the stream; batches are their taker's
 * and outlive both. JK_ERROR_MEMORY. */
jk_status jk_arrow_stream(const jk_frame *frame, size_t batch_rows, struct ArrowArrayStream *stream, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
