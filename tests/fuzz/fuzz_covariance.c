/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a fit's covariance for a model of one segment. Seed: one of three parameters. */
#include "fuzz_file.h"

#include "simulate/draws/covariance.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    static const int32_t month[] = {0, 24};
    static const double one[] = {1.0, 0.5};
    const jk_steps steps = {2, month, one};
    const jk_segment segment = {.id = "all-claims", .curve = {steps, steps, steps}, .market_price = steps};
    const jk_model model = {.path = "model.yaml", .segment_count = 1, .segments = &segment};
    jk_covariance covariance;
    jk_error error = {0};
    jk_status status = jk_covariance_load(path, &model, &covariance, &error);
    FUZZ_AGREE(status, error);
    jk_covariance_reset(&covariance);
    (void)close(fd);
    return 0;
}
