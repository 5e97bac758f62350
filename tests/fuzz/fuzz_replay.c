/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a manifest, or as a JSON output with one: what replay takes a run from. Seed: the manifest of a run. */
#include "fuzz_file.h"

#include "jalki/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    jk_replay replay = {0};
    jk_error error = {0};
    jk_status status = jk_replay_read(path, &replay, &error);
    FUZZ_AGREE(status, error);
    if (status == JK_OK && (replay.command == NULL || replay.version == NULL)) {
        abort();
    }
    jk_replay_reset(&replay);
    (void)close(fd);
    return 0;
}
