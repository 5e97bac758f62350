/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a network: layers that fit each other and grids on which their sums are exact, or an error. Seed: a
 * small network. */
#include <math.h>

#include "fuzz_file.h"

#include "model/score/network.h"

static void check_layer(const jk_network_layer *layer) {
    for (size_t j = 0; j < layer->outputs; j++) {
        double sum = 0.0, smallest = INFINITY;
        for (size_t i = 0; i < layer->inputs; i++) {
            double weight = fabs(layer->weights[j * layer->inputs + i]);
            int exponent = 0;
            sum += weight;
            for (double rest = frexp(weight, &exponent); rest != 0.0 && rest != floor(rest); rest *= 2.0) {
                exponent--;
            }
            smallest = weight > 0.0 && ldexp(1.0, exponent) < smallest ? ldexp(1.0, exponent) : smallest;
        }
        if (sum > 0.0 && !(sum * layer->reach <= 0x1p53 * smallest * layer->grid)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    for (int link = JK_TREES_LOG; link <= JK_TREES_LOG_ODDS; link++) {
        jk_arena *arena = jk_arena_create();
        jk_network_file file = {0};
        jk_error error = {0};
        jk_status status = jk_network_read(arena, path, NULL, (jk_trees_link)link, &file, &error);
        FUZZ_AGREE(status, error);
        for (size_t l = 0; status == JK_OK && l < file.network->layer_count; l++) {
            check_layer(&file.network->layers[l]);
        }
        jk_arena_free(arena);
    }
    (void)close(fd);
    return 0;
}
