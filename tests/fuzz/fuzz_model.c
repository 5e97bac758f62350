/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a model file: a model or an error, never a crash. Seeds: the example of the tests. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jalki/model_diff.h"

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
    jk_model_diff diff = {0};
    jk_model_log log = {0};
    if (model != NULL && (jk_model_compare(path, path, &diff, &error) != JK_OK || diff.count != 0 ||
                          jk_model_log_read(path, &log, &error) != JK_OK || strcmp(log.sha256, model->sha256) != 0)) {
        abort(); /* a model differs from itself in nothing, and has the files that it has */
    }
    jk_model_diff_reset(&diff);
    jk_model_log_reset(&log);
    jk_model_free(model);
    (void)close(fd);
    return 0;
}
