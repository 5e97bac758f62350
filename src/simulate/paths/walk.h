/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor who pays in spells, drawn: when she settles, begins to pay, stops or is gone, and what she brings until
 * then. What is left of the balance falls at the rate of her instalments while she pays, and of garnishment and
 * dividends while she is quiet: many small sums; a settlement brings all that is left at once. With R the part of the
 * balance left, dE[R in a mood]/dt is the equation of model.md section 5, so that means are those of the kernel. */
#ifndef JK_SIMULATE_WALK_H
#define JK_SIMULATE_WALK_H

#include "base/number/random.h"
#include "simulate/paths/path_kernel.h"

/* Random numbers of one walk: those of (seed, stream, path). */
typedef struct jk_walk_luck {
    uint64_t seed, stream, next;
    jk_random4 four;
    int used; /* of the four */
} jk_walk_luck;
jk_walk_luck jk_walk_luck_of(uint64_t seed, uint64_t stream, uint64_t path);

/* Sets flow [epochs of the plan][JK_PATH_FLOWS] to what one draw of the point brings on a lane of the tile;
 * JK_PATH_SECOND stays 0. `epochs` are the plan's; those beyond the program's are nothing. */
void jk_walk(const jk_path_program *program, const jk_path_tile *tile, size_t lane, jk_walk_luck *luck, int epochs,
             double *flow);

#endif
