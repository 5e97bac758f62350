/* SPDX-License-Identifier: Apache-2.0 */
/* From a model point and its plan to the program that the kernel runs: model.md sections 4 to 7 with the figures of the
 * plan's own tables. */
#ifndef JK_SIMULATE_PATH_PROGRAM_H
#define JK_SIMULATE_PATH_PROGRAM_H

#include "jalki/plan.h"
#include "plan/plan.h"
#include "simulate/paths/path_kernel.h"

/* What the second moment is of: that of collections per claim of the point, times this; or, where it is negative, the
 * probability of resolution. */
#define JK_SECOND_IS_PROBABILITY (-1.0)

/* Multipliers of a segment stand in rows: for each treatment, each part of its curve and each class. The parts are the
 * curve's steps where `by_step`, else the curve is one part. */
size_t jk_factor_rows(const jk_segment *segment, bool by_step);
size_t jk_factor_row(const jk_segment *segment, bool by_step, int treatment, size_t step, int capacity);

jk_status jk_path_program_init(jk_path_program *program, const jk_plan *plan, jk_error *error);
void jk_path_program_reset(jk_path_program *program);

/* Writes the program of row `row` of the terms under `actions` ([epochs][JK_ALL_STATES] jk_action). `spread` is the sum
 * of the squared balances of the point's claims over the square of their sum, or JK_SECOND_IS_PROBABILITY. Where
 * debtors pay in spells (program->pairs), second moments come from walks (walk.h). */
void jk_path_program_write(jk_path_program *program, const jk_plan *plan, const jk_terms *terms, size_t row,
                           const uint8_t *actions, double spread, bool by_step);

#endif
