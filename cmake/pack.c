/* SPDX-License-Identifier: Apache-2.0 */
/* pack FILE PACKED: the file as zlib packs it, as hard as it can be, for what pages carry; runs while the program is
 * built. Exit code 1, and why, where that fails. */
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

enum { HARDEST = 12, LARGEST = 64 << 20 };

static int fail(const char *what, const char *path) {
    (void)fprintf(stderr, "pack: cannot %s %s\n", what, path);
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        (void)fputs("usage: pack FILE PACKED\n", stderr);
        return 2;
    }
    static unsigned char bytes[LARGEST];
    FILE *in = fopen(argv[1], "rb");
    size_t size = in != NULL ? fread(bytes, 1, sizeof bytes, in) : 0;
    if (in == NULL || ferror(in) || !feof(in) || fclose(in) != 0) {
        return fail("read", argv[1]);
    }
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(HARDEST);
    const size_t room = compressor != NULL ? libdeflate_zlib_compress_bound(compressor, size) : 0;
    unsigned char *packed = malloc(room + 1);
    const size_t made =
        compressor != NULL && packed != NULL ? libdeflate_zlib_compress(compressor, bytes, size, packed, room) : 0;
    FILE *out = made > 0 ? fopen(argv[2], "wb") : NULL;
    const int written = out != NULL && fwrite(packed, 1, made, out) == made;
    const int failed = out == NULL || fclose(out) != 0 || !written;
    free(packed);
    libdeflate_free_compressor(compressor);
    return failed ? fail("write", argv[2]) : 0;
}
