/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile of the log likelihood over half-lives says: its interval, and the half-life that a model takes. */
#include <math.h>

#include "fit/payers/payers.h"

double jk_profile_at(int i) {
    return JK_HALF_LIFE_LEAST *
           exp(log(JK_HALF_LIFE_MOST / JK_HALF_LIFE_LEAST) * (double)i / (double)(JK_PROFILE_GRID - 1));
}

/* Ends of the interval: straight between points of the grid. `drop` is what the log likelihood may lose. */
double jk_profile_end(const double *profile, double best, double likelihood, double drop, int direction) {
    double inside = best, at_inside = likelihood;
    int first = direction > 0 ? 0 : JK_PROFILE_GRID - 1;
    for (int n = 0, i = first; n < JK_PROFILE_GRID; n++, i += direction) {
        double point = jk_profile_at(i);
        if ((point - best) * (double)direction <= 0.0) {
            continue;
        }
        if (profile[i] < likelihood - drop) {
            double part = (at_inside - (likelihood - drop)) / (at_inside - profile[i]);
            return exp(log(inside) + part * (log(point) - log(inside)));
        }
        inside = point;
        at_inside = profile[i];
    }
    return direction > 0 ? JK_HALF_LIFE_MOST : JK_HALF_LIFE_LEAST;
}

/* The half-life whose share left after three years is the mean of that over the profile: what the data leave open
 * between fading and lasting is neither. `given`, the base model's, is what is thought beforehand, a factor of e up or
 * down being one standard deviation; 0: nothing is, and lasting is
 * `lasting` times as likely as fading. `deviation` is that of the logarithm, by the same weights. */
double jk_profile_mean(const double *profile, double likelihood, double scale, double given, double lasting,
                       double *deviation) {
    const double years = 36.0, ln2 = 0x1.62e42fefa39efp-1;
    double sum = 0.0, left = 0.0, first = 0.0, second = 0.0;
    for (int i = 0; i < JK_PROFILE_GRID; i++) {
        double away = given > 0.0 ? log(jk_profile_at(i) / given) : 0.0;
        double before = given > 0.0 ? exp(-0.5 * away * away)
                                    : (i == JK_PROFILE_GRID - 1 ? lasting * (JK_PROFILE_GRID - 1.0) : 1.0);
        double weight = exp(fmin(0.0, profile[i] - likelihood) / scale) * before;
        sum += weight;
        left += weight * exp(-ln2 * years / jk_profile_at(i));
        first += weight * log(jk_profile_at(i));
        second += weight * log(jk_profile_at(i)) * log(jk_profile_at(i));
    }
    *deviation = sqrt(fmax(0.0, second / sum - first / sum * (first / sum)));
    return fmin(fmax(-ln2 * years / log(left / sum), JK_HALF_LIFE_LEAST), JK_HALF_LIFE_MOST);
}
