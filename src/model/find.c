/* SPDX-License-Identifier: Apache-2.0 */
#include "model/find.h"

#include <string.h>

int jk_model_find_segment(const jk_model *model, const char *id) {
    for (size_t g = 0; id != NULL && g < model->segment_count; g++) {
        if (strcmp(model->segments[g].id, id) == 0) {
            return (int)g;
        }
    }
    return -1;
}

int jk_treatment_find(const char *name) {
    for (int a = 0; name != NULL && a < JK_TREATMENT_COUNT; a++) {
        if (strcmp(jk_action_name((jk_action)(a + JK_SURVEIL)), name) == 0) {
            return a;
        }
    }
    return -1;
}
