/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a store of any kind. Seeds: a tape, plain and packed, and a panel. */
#include "fuzz_store_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    fuzz_store(path);
    (void)close(fd);
    return 0;
}
