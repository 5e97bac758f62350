/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulation keeps of itself where it may go on later (base/file/resume.h): the claims as cells, and the paths.
 * Where nothing is kept, nothing is found, and keeping does nothing. */
#ifndef JK_SIMULATE_KEPT_H
#define JK_SIMULATE_KEPT_H

#include "jalki/simulate.h"
#include "simulate/paths/paths.h"

/* The survey after jk_survey_finish, with what the simulation has from the valuation. *found: it was kept. */
jk_status jk_kept_survey_find(jk_survey *survey, jk_simulation *simulation, bool *found, jk_error *error);
jk_status jk_kept_survey_keep(const jk_survey *survey, const jk_simulation *simulation, jk_error *error);

/* Paths from results->count to `end`. Found, they are counted in. */
jk_status jk_kept_paths_find(jk_path_results *results, size_t end, bool *found, jk_error *error);
jk_status jk_kept_paths_keep(const jk_path_results *results, size_t first, size_t end, jk_error *error);

#endif
