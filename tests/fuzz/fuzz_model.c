/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a model file: a model or an error, never a crash. Seeds: the example of the tests. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jalki/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = memfd_create("model", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    jk_model *model = NULL;
    jk_error error = {0};
    jk_status status = jk_model_load(path, &model, &error);
    if ((status == JK_OK) != (model != NULL) || status != error.status) {
        abort();
    }
    jk_model_free(model);
    (void)close(fd);
    return 0;
}
