/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a cash flow, as account reads it. Seed: one that value wrote. */
#include "fuzz_file.h"

#include "jalki/flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    jk_flows flows = {0};
    jk_error error = {0};
    jk_status status = jk_flows_read(path, &flows, &error);
    FUZZ_AGREE(status, error);
    jk_flows_reset(&flows);
    (void)close(fd);
    return 0;
}
