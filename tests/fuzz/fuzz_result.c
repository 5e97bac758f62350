/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of results, as report reads it. Seed: results of a few claims. */
#include "fuzz_reader.h"

#include "jalki/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    jk_origin origin;
    jk_error error = {0};
    jk_status status = jk_origin_read(path, &origin, &error);
    FUZZ_AGREE(status, error);
    if (status == JK_OK) {
        jk_origin_reset(&origin);
    }
    (void)close(fd);
    return 0;
}
