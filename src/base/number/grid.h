/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed grid of portfolio sums: amounts are rounded to 2^-20 of a currency unit and added as 64-bit integers,
 * so that a sum does not depend on the order of its terms (model.md section 13). Holds sums up to 8.7e12 units. */
#ifndef JK_BASE_GRID_H
#define JK_BASE_GRID_H

#include <math.h>
#include <stdint.h>

#define JK_GRID_PER_UNIT 1048576.0 /* 2^20 */

static inline int64_t jk_grid_from_double(double amount) {
    return (int64_t)nearbyint(amount * JK_GRID_PER_UNIT);
}

static inline double jk_grid_to_double(int64_t grid) {
    return (double)grid / JK_GRID_PER_UNIT;
}

#endif
