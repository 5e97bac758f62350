/* SPDX-License-Identifier: Apache-2.0 */
/* Who leaves for good (paid, dead, insolvent) can no longer be seen to begin another treatment, to be sold or to be
 * lost sight of, while all others count only until that happens. To take the former for watched to the end would count
 * the months of those who paid in full, and hardly those of the others: what is expected would be too much. Left at T,
 * a claim would have been watched for C > T months, whose law is that of the claims that did not leave (Kaplan, Meier,
 * Journal of the American Statistical Association 53 (1958), 457-481):
 *
 *     S(t) = product over t' <= t of (1 - ended at t' / watched until t' or longer),
 *
 * and what is expected of it until C, on average over C, is the integral of its expected cash a month times
 * S(t) / S(T-), up to the panel's end. Times are quarters of a month. */
#include "history/landmarks_watch.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

static size_t part_of(double months, size_t parts) {
    double part = floor(months * JK_WATCH_PARTS + 0.5);
    return part < (double)parts ? (size_t)part : parts - 1;
}

/* One group: `leaves` and `ends` are scratch. */
static void make_curve(const jk_watch *watch, size_t count, int group, jk_watch_curves *curves, size_t *leaves,
                       size_t *ends) {
    size_t at_risk = 0;
    for (size_t k = 0; k < curves->parts; k++) {
        leaves[k] = ends[k] = 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (watch[i].group == group) {
            size_t part = part_of(watch[i].months, curves->parts);
            leaves[part] += !watch[i].ended;
            ends[part] += watch[i].ended;
            at_risk++;
        }
    }
    double on = 1.0, integral = 0.0;
    for (size_t k = 0; k < curves->parts; k++) {
        on *= at_risk > 0 ? 1.0 - (double)ends[k] / (double)at_risk : 1.0;
        curves->on[group][k] = on;
        curves->integral[group][k] = integral;
        integral += on / JK_WATCH_PARTS;
        at_risk -= ends[k] + leaves[k];
    }
    curves->integral[group][curves->parts] = integral;
}

jk_status jk_watch_curves_make(const jk_watch *watch, size_t count, int most, jk_watch_curves *curves,
                               jk_error *error) {
    const size_t parts = (size_t)most * JK_WATCH_PARTS + 1;
    *curves = (jk_watch_curves){.parts = parts};
    size_t *scratch = jk_columns_alloc(2 * parts, sizeof *scratch);
    curves->on[0] = jk_columns_alloc(JK_WATCH_GROUPS * (2 * parts + 1), sizeof *curves->on[0]);
    if (scratch == NULL || curves->on[0] == NULL) {
        free(scratch);
        return jk_fail_memory(error, "the landmarks");
    }
    for (int group = 0; group < JK_WATCH_GROUPS; group++) {
        curves->on[group] = curves->on[0] + (size_t)group * (2 * parts + 1);
        curves->integral[group] = curves->on[group] + parts;
        make_curve(watch, count, group, curves, scratch, scratch + parts);
    }
    free(scratch);
    return JK_OK;
}

void jk_watch_curves_reset(jk_watch_curves *curves) {
    free(curves->on[0]);
    *curves = (jk_watch_curves){0};
}

static double integral_until(const jk_watch_curves *curves, int group, double months) {
    double at = fmin(months * JK_WATCH_PARTS, (double)curves->parts - 1.0);
    size_t part = (size_t)at;
    return curves->integral[group][part] + (at - (double)part) / JK_WATCH_PARTS * curves->on[group][part];
}

double jk_watch_months(const jk_watch_curves *curves, const jk_watch *watch, double from, double to) {
    from = fmax(from, watch->months);
    to = fmin(to, watch->limit);
    size_t left_at = part_of(watch->months, curves->parts);
    double on = left_at > 0 ? curves->on[watch->group][left_at - 1] : 1.0; /* what ends at T had not ended */
    if (!(to > from) || !(on > 0.0)) {
        return 0.0;
    }
    return (integral_until(curves, watch->group, to) - integral_until(curves, watch->group, from)) / on;
}
