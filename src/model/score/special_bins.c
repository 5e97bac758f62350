/* SPDX-License-Identifier: Apache-2.0 */
/* A value that stands for something else (-999: not asked) as a bin of its own: from the value to the next number, so
 * that scores, fits and explanations know it as a bin like any. */
#include <math.h>
#include <string.h>

#include "model/keys/sections.h"

static void insert(double *array, size_t count, size_t place, double value) {
    memmove(array + place + 1, array + place, (count - place) * sizeof *array);
    array[place] = value;
}

void jk_special_bin(double value, double points, double *below, double *of_bin, size_t *count) {
    size_t bin = 0;
    while (bin + 1 < *count && value >= below[bin]) {
        bin++;
    }
    const double next = nextafter(value, (double)INFINITY);
    const double around = of_bin[bin];
    if (bin == 0 || below[bin - 1] < value) { /* what lies below it in its bin */
        insert(below, *count, bin, value);
        insert(of_bin, *count, bin, around);
        ++*count;
        bin++;
    }
    if (next < below[bin]) { /* what lies above */
        insert(below, *count, bin, next);
        insert(of_bin, *count, bin, points);
        ++*count;
    } else {
        of_bin[bin] = points;
    }
}
