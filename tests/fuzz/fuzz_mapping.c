/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a mapping file: a mapping or an error, never a crash. Seeds: the mappings of data/mappings. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "import/mapping/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = memfd_create("mapping", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    jk_mapping *mapping = NULL;
    jk_error error = {0};
    jk_status status = jk_mapping_load(path, size % 2 == 0 ? JK_KIND_TAPE : JK_KIND_PANEL, &mapping, &error);
    if ((status == JK_OK) != (mapping != NULL) || status != error.status) {
        abort();
    }
    jk_mapping_free(mapping);
    (void)close(fd);
    return 0;
}
