/* SPDX-License-Identifier: Apache-2.0 */
/* With r the claims' flow over the points' scaled one and (x, y) the course,
 *
 *     a x + b x^2 = ln r   at the courses (x, 0) of two constant stresses: two equations for a and b
 *     d = (ln r - a x - b x^2) / y   at that of a stress which has turned
 *     r = exp(a x + b x^2 + d y), the exponent within ANSWER_MOST, by its series, on a path
 */
#include "simulate/points/answer.h"

#include <math.h>

#include "base/number/fmath.h"

#define ANSWER_MOST 0.25 /* beyond it points say too little */

jk_course jk_course_next(double multiplier, int32_t months, int32_t end, double *total) {
    *total += multiplier * (double)months;
    if (!(multiplier > 0.0)) {
        return (jk_course){0.0, 0.0};
    }
    const double mean = jk_log(*total / (double)end);
    return (jk_course){mean, jk_log(multiplier) - mean};
}

void jk_answer_constant(jk_answer *answer, jk_course worse, double worse_ratio, jk_course better, double better_ratio) {
    const double low = jk_log(worse_ratio) / worse.mean, high = jk_log(better_ratio) / better.mean;
    answer->square = (low - high) / (worse.mean - better.mean);
    answer->mean = low - answer->square * worse.mean;
    answer->turn = 0.0;
}

bool jk_answer_turned(jk_answer *answer, jk_course course, double ratio) {
    const double x = course.mean, missing = jk_log(ratio) - x * (answer->mean + x * answer->square);
    const bool turned = fabs(course.turn) > JK_TURN_LEAST;
    answer->turn = turned ? missing / course.turn : 0.0;
    return turned;
}

double jk_answer_at(const jk_answer *answer, jk_course course) {
    double x = course.mean * (answer->mean + course.mean * answer->square) + course.turn * answer->turn;
    x = fmin(fmax(x, -ANSWER_MOST), ANSWER_MOST);
    return 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x / 24.0)));
}
