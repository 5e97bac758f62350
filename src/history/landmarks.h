/* SPDX-License-Identifier: Apache-2.0 */
/* Landmarks under way: which rows they are, and what the engine expects of them. */
#ifndef JK_HISTORY_LANDMARKS_H
#define JK_HISTORY_LANDMARKS_H

#include "history/landmarks_watch.h"
#include "jalki/landmarks.h"

/* Values the landmarks: place[row of the panel] is the landmark's number, or -1. Fills all of them but what came
 * in: expected cash is taken over `horizon[h].months`, and of claims that left for good, by watch[landmark], beyond
 * them as far as they would have been watched; the months become those. */
jk_status jk_landmarks_value(const jk_panel *panel, const jk_model *model, const jk_landmark_options *options,
                             const int32_t *place, const jk_watch *watch, jk_landmarks *landmarks, jk_error *error);

#endif
