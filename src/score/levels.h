/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JK_SCORE_LEVELS_H
#define JK_SCORE_LEVELS_H

#include "jalki/score.h"

/* Points of a level; those of the last are the characteristic's missing_points. */
double jk_score_level_points(const jk_characteristic *characteristic, size_t level);

#endif
