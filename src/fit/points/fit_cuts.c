/* SPDX-License-Identifier: Apache-2.0 */
/* Fine bins of a number: about equally many rows in each, on bounds of two digits, so that a reader can say them. A
 * bound is the value at the rank rows k / bins rounded down to two significant digits, never to the lowest value or
 * below the bound before it; what very many rows have alike is a bin of its own. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/invariants.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "fit/fit_rows.h"

/* Two significant digits, downwards: a bound lies at or below the value that asked for it. */
static double round_down(double value) {
    if (value == 0.0 || !isfinite(value)) {
        return value;
    }
    double scale = pow(10.0, 1.0 - floor(log10(fabs(value))));
    return floor(value * scale * (1.0 + 1e-12)) / scale;
}

jk_status jk_fit_cuts_make(double *sample, size_t count, size_t most, jk_fit_cuts *cuts, jk_error *error) {
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(sample[i])) {
            sample[known++] = sample[i];
        }
    }
    cuts->below = jk_columns_zero(most + 1, sizeof *cuts->below);
    JK_TRY(jk_held(cuts->below != NULL, error, "the bins of a characteristic"));
    jk_sort(sample, known, sizeof *sample, jk_compare_reals);
    cuts->count = 0;
    for (size_t k = 1; known > 0 && k < most; k++) {
        size_t at = known * k / most;
        while (at < known && sample[at] == sample[0]) { /* what all of the first have is a bin of its own */
            at++;
        }
        if (at == known) {
            break;
        }
        double bound = round_down(sample[at]);
        bound = bound > sample[0] ? bound : sample[at];
        if (cuts->count == 0 || bound > cuts->below[cuts->count - 1]) {
            cuts->below[cuts->count++] = bound;
        }
    }
    cuts->below[cuts->count++] = INFINITY;
    assert(cuts->count <= most + 1 && jk_ascends(cuts->below, cuts->count));
    return JK_OK;
}

size_t jk_fit_cuts_bin(const jk_fit_cuts *cuts, double value) {
    if (value != value) {
        return cuts->count;
    }
    size_t bin = 0;
    while (bin + 1 < cuts->count && value >= cuts->below[bin]) {
        bin++;
    }
    return bin;
}
