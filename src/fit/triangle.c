/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/chain_ladder.h"
#include <stdlib.h>
void jk_triangle_reset(jk_triangle *triangle) {
    for (size_t i = 0; triangle->origin != NULL && i < triangle->origins; i++) {
        free(triangle->origin[i]);
    }
    free(triangle->origin);
    free(triangle->observed);
    free(triangle->cumulative);
    *triangle = (jk_triangle){0};
}
