/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an ensemble of trees. Seed: two small trees. */
#include "fuzz_file.h"

#include "model/trees/trees.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    for (int link = JK_TREES_LOG; link <= JK_TREES_ETA; link++) {
        jk_arena *arena = jk_arena_create();
        jk_trees_file file = {0};
        jk_error error = {0};
        jk_status status = jk_trees_read(arena, path, NULL, (jk_trees_link)link, NULL, &file, &error);
        FUZZ_AGREE(status, error);
        jk_arena_free(arena);
    }
    (void)close(fd);
    return 0;
}
