/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a scenario file for a model of one segment: scenarios and figures made of them, or an error, never a
 * crash. Seeds: the scenarios of data/scenarios. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jalki/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = memfd_create("scenarios", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    static const int32_t epochs[] = {3, 9};
    static const int32_t month[] = {0};
    static const double one[] = {1.0};
    const jk_steps steps = {1, month, one};
    const jk_segment segment = {.id = "all-claims", .curve = {steps, steps, steps}, .market_price = steps};
    const jk_model model = {.path = "model.yaml",
                            .horizon_months = 12,
                            .epoch_count = 2,
                            .epochs = epochs,
                            .segment_count = 1,
                            .segments = &segment};
    jk_scenarios *set = NULL;
    jk_error error = {0};
    jk_status status = jk_scenarios_load(path, &model, &set, &error);
    if ((status == JK_OK) != (set != NULL) || status != error.status) {
        abort();
    }
    jk_stress_set *figures = NULL;
    if (set != NULL && jk_stress_set_make(&model, set->scenarios, set->count, NULL, &figures, &error) == JK_OK) {
        jk_stress_set_free(figures);
    }
    jk_scenarios_free(set);
    (void)close(fd);
    return 0;
}
