/* SPDX-License-Identifier: Apache-2.0 */
/* Decay at a constant rate: of a time t (rate times duration) the kernel needs
 *
 *     share = (1 - e^-t) / t     the mean of e^-s over 0..t; 1 at t = 0
 *     left  = e^-t
 *
 * For the t that occur nearly always, share is a polynomial and left = 1 - t * share: no exponential and no division.
 * Outside that range lanes are repaired with an exponential and a division. A lane's result depends on its t only.
 * docs/numerics.md has the error bounds; tests/plan/test_decay.c measures them.
 */
#ifndef JK_PLAN_KERNEL_DECAY_H
#define JK_PLAN_KERNEL_DECAY_H

#include "base/lanes/lanes.h"

typedef struct jk_decay {
    jk_vec share, left;
} jk_decay;

#define JK_DECAY_SHORT 2.0f  /* largest t of jk_decay_short */
#define JK_DECAY_LONG  4.0f  /* largest t of jk_decay_long: beyond, left would lose relative precision */
#define JK_DECAY_FAR   16.0f /* largest t of jk_decay_far */

/* Minimax polynomial of degree 7 for (1 - e^-t)/t on 0..2, constant term 1; relative error 1.6e-8. */
JK_INLINE jk_vec jk_decay_polynomial(jk_vec t) {
    jk_vec p = jk_set(-0x1.5b80dcp-17f);
    p = jk_fma(p, t, jk_set(0x1.4b7e1ap-13f));
    p = jk_fma(p, t, jk_set(-0x1.5b6486p-10f));
    p = jk_fma(p, t, jk_set(0x1.0f2e70p-7f));
    p = jk_fma(p, t, jk_set(-0x1.55198ep-5f));
    p = jk_fma(p, t, jk_set(0x1.5551c0p-3f));
    p = jk_fma(p, t, jk_set(-0x1.ffffdap-2f));
    return jk_fma(p, t, jk_set(1.0f));
}

/* For t in 0..JK_DECAY_SHORT. */
JK_INLINE jk_decay jk_decay_short(jk_vec t) {
    jk_vec share = jk_decay_polynomial(t);
    return (jk_decay){share, jk_fnma(t, share, jk_set(1.0f))};
}

/* For t in 0..JK_DECAY_LONG: share(2t) = share(t) * (1 - t * share(t) / 2), applied three times from t/8. */
JK_INLINE jk_decay jk_decay_long(jk_vec t) {
    jk_vec eighth = t * jk_set(0.125f);
    jk_vec share = jk_decay_polynomial(eighth);
    share = jk_fnma(share, t * jk_set(0.0625f) * share, share);
    share = jk_fnma(share, eighth * share, share);
    share = jk_fnma(share, t * jk_set(0.25f) * share, share);
    return (jk_decay){share, jk_fnma(t, share, jk_set(1.0f))};
}

/* For t in 0..JK_DECAY_FAR: from t/8, three times share(2t) = share(t) * (1 + left(t)) / 2 and left(2t) = left(t)^2. */
JK_INLINE jk_decay jk_decay_far(jk_vec t) {
    const jk_vec half = jk_set(0.5f);
    jk_vec eighth = t * jk_set(0.125f);
    jk_vec share = jk_decay_polynomial(eighth);
    jk_vec left = jk_fnma(eighth, share, jk_set(1.0f));
    JK_UNROLL
    for (int i = 0; i < 3; i++) {
        share = share * jk_fma(left, half, half);
        left = left * left;
    }
    return (jk_decay){share, left};
}

/* For any t but 0. */
JK_INLINE jk_decay jk_decay_any(jk_vec t) {
    const jk_vec round = jk_set(0x1.8p23f);
    jk_vec s = jk_max(jk_min(t, jk_set(87.0f)), jk_set(-87.0f)); /* beyond: e^-87 is 1e-38 */
    /* e^-s = 2^n * e^r with s = -n ln 2 - r, |r| <= ln 2 / 2; ln 2 in two parts. */
    jk_vec n = (jk_fma(s, jk_set(-1.44269504f), round)) - round;
    jk_vec r = jk_fnma(n, jk_set(0x1.62e400p-1f), jk_set(0.0f) - s);
    r = jk_fnma(n, jk_set(0x1.7f7d1cp-20f), r);
    /* e^r - 1, Taylor series to r^8 */
    jk_vec p = jk_set(1.0f / 40320.0f);
    p = jk_fma(p, r, jk_set(1.0f / 5040.0f));
    p = jk_fma(p, r, jk_set(1.0f / 720.0f));
    p = jk_fma(p, r, jk_set(1.0f / 120.0f));
    p = jk_fma(p, r, jk_set(1.0f / 24.0f));
    p = jk_fma(p, r, jk_set(1.0f / 6.0f));
    p = jk_fma(p, r, jk_set(0.5f));
    p = jk_fma(r * r, p, r);
    jk_vec scale = jk_power_of_two(n);
    jk_vec gone = jk_fnma(scale, p, jk_set(1.0f) - scale); /* 1 - e^-s without cancellation near s = 0 */
    return (jk_decay){gone / t, jk_fma(scale, p, scale)};
}

/* Lanes of *decay whose t lies outside 0..limit get jk_decay_any; t = 0 is never outside. */
JK_INLINE void jk_decay_repair(jk_vec t, float limit, jk_decay *decay) {
    jk_mask outside = jk_either(jk_gt(t, jk_set(limit)), jk_gt(jk_set(0.0f), t));
    if (jk_any(outside)) {
        jk_decay any = jk_decay_any(t);
        decay->share = jk_select(outside, any.share, decay->share);
        decay->left = jk_select(outside, any.left, decay->left);
    }
}

#endif
