/* SPDX-License-Identifier: Apache-2.0 */
/* A survey whose claims were shared by ranks (base/team/team.h). */
#ifndef JK_SIMULATE_SURVEY_RANKS_H
#define JK_SIMULATE_SURVEY_RANKS_H

#include "simulate/points/survey.h"

/* By falling balance, for qsort of jk_cell_claim. */
int jk_survey_by_size(const void *a, const void *b);

/* Each rank has put its threads together: gives every rank the cells, the largest claims and the sums of all. */
jk_status jk_survey_join(jk_survey *survey, jk_error *error);

#endif
