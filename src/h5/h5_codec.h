/* SPDX-License-Identifier: Apache-2.0 */
/* The two filters of HDF5 that stores of ours use, done without HDF5: shuffle (byte k of all elements stands together)
 * and deflate (a zlib stream). Both are exactly what HDF5's own filters read and write. */
#ifndef JK_H5_H5_CODEC_H
#define JK_H5_H5_CODEC_H

#include <stdbool.h>
#include <stddef.h>

/* What one thread needs to pack or unpack; grows to the largest piece it has met and is then used again. */
typedef struct jk_h5_codec jk_h5_codec;
jk_h5_codec *jk_h5_codec_create(void); /* NULL: no memory */
void jk_h5_codec_free(jk_h5_codec *codec);

/* Shuffles (size > 1) and deflates count elements at `level` 1..9. *packed belongs to the codec and is valid until its
 * next use; *packed_bytes is its length. false: no memory. */
bool jk_h5_codec_pack(jk_h5_codec *codec, const void *data, size_t count, size_t size, int level,
                      const unsigned char **packed, size_t *packed_bytes);

/* A buffer of the codec for `bytes` of packed input; NULL: no memory. */
unsigned char *jk_h5_codec_input(jk_h5_codec *codec, size_t bytes);

/* Undoes deflate and shuffle (each where asked for) from the first packed_bytes of the input buffer into `out` of count
 * elements. false: damaged, or not exactly count elements (then errno is EINVAL), or no memory (ENOMEM). */
bool jk_h5_codec_unpack(jk_h5_codec *codec, size_t packed_bytes, bool deflated, bool shuffled, size_t count,
                        size_t size, void *out);

#endif
