/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a triangle, read and projected. The first byte chooses how it is read. Seeds: by year and by month. */
#include "fuzz_file.h"

#include "jalki/chain_ladder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    if (size == 0) {
        return 0;
    }
    int fd = fuzz_file(data + 1, size - 1, path);
    const jk_triangle_options options = {.incremental = data[0] & 1};
    jk_triangle triangle = {0};
    jk_error error = {0};
    jk_status status = jk_triangle_read(path, &options, &triangle, &error);
    FUZZ_AGREE(status, error);
    if (status == JK_OK) {
        jk_chain_ladder result = {0};
        (void)jk_chain_ladder_fit(&triangle, NULL, &result, &error);
        jk_chain_ladder_reset(&result);
    }
    jk_triangle_reset(&triangle);
    (void)close(fd);
    return 0;
}
