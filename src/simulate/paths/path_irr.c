/* SPDX-License-Identifier: Apache-2.0 */
/* The realised return of a path. Flows that are negative first and positive from then on have one root at most
 * (Descartes), which is bracketed and halved. A path whose costs outlive its collections may have several: its return
 * is then the highest rate at which the flows are worth the outlay, and the range is searched for it from above. */
#include <math.h>

#include "base/number/fmath.h"
#include "jalki/price.h"
#include "simulate/paths/paths.h"

enum { STEPS = 60, SCAN = 512 };

/* Present value less outlay at force = ln(1 + rate). */
static double surplus(const double *net, int months, double outlay, double force) {
    double factor = jk_exp(-force / 12.0), value = 0.0;
    for (int t = months - 1; t >= 0; t--) {
        value = value * factor + net[t];
    }
    return value * jk_exp(-force / 24.0) - outlay;
}

static int sign_changes(const double *net, int months) {
    int changes = 0;
    bool positive = false; /* the outlay is paid first */
    for (int t = 0; t < months; t++) {
        if (net[t] != 0.0 && (net[t] > 0.0) != positive) {
            positive = !positive;
            changes++;
        }
    }
    return changes;
}

double jk_path_irr(const double *net, int months, double outlay) {
    if (!(outlay > 0.0)) {
        return (double)NAN;
    }
    double lowest = jk_log(1.0 + JK_IRR_LOWEST), high = jk_log(1.0 + JK_IRR_HIGHEST), low = lowest;
    int changes = sign_changes(net, months);
    if (changes == 0) {
        return -1.0;
    }
    if (surplus(net, months, outlay, high) >= 0.0) {
        return (double)NAN;
    }
    if (changes > 1) { /* down to the first step at which they are worth it */
        const double step = (high - lowest) / SCAN;
        int i = 1;
        while (i < SCAN && surplus(net, months, outlay, high - step) < 0.0) {
            high -= step;
            i++;
        }
        low = i < SCAN ? high - step : lowest;
    }
    if (surplus(net, months, outlay, low) < 0.0) {
        return -1.0;
    }
    for (int i = 0; i < STEPS; i++) {
        double middle = 0.5 * (low + high);
        if (surplus(net, months, outlay, middle) >= 0.0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return jk_exp(0.5 * (low + high)) - 1.0;
}
