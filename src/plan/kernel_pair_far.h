/* SPDX-License-Identifier: Apache-2.0 */
/* A pair of moods (kernel_pair.h) by its eigenvalues, for rates of any size. With h = (x_q - x_p)/2,
 * omega = sqrt(h^2 + s beta) they are fast = (x_q + x_p)/2 + omega and slow = det A / fast, their gap is 2 omega, and
 * every function f of A is
 *
 *     f(A) = f(fast) I + f[slow, fast] |  W  s  |        f[slow, fast] = (f(slow) - f(fast)) / gap
 *                                      | beta U |        W = fast - x_q, U = fast - x_p.
 *
 * All terms are positive and nothing is taken away that counts:
 *
 *     P:   f[] = psi = e^(-slow) (1 - e^(-gap)) / gap            f(fast) = e^(-slow) e^(-gap)
 *     M:   f[] = ((1 - e^(-slow)) / slow - psi) / fast           f(fast) = (1 - e^(-slow) + gap psi) / fast
 *
 * The difference in M keeps eps / fast of itself. Rates of 0 are held at a rate that no horizon feels.
 */
#ifndef JK_PLAN_KERNEL_PAIR_FAR_H
#define JK_PLAN_KERNEL_PAIR_FAR_H

#include "plan/kernel_decay.h"
#include "plan/tables.h"

/* Rates times a length of time, all >= 0: what resolves and leaves from quiet and from paying, what begins and what
 * stops. */
typedef struct jk_pair {
    jk_vec quiet, paying, begin, stop;
} jk_pair;

/* Of its matrix: the diagonal x_q, x_p, trace and determinant. */
typedef struct jk_matrix {
    jk_vec quiet, paying, trace, det;
} jk_matrix;

JK_INLINE jk_matrix jk_matrix_of(const jk_pair *pair) {
    jk_vec quiet = pair->quiet + pair->begin, paying = pair->paying + pair->stop;
    return (jk_matrix){.quiet = quiet,
                       .paying = paying,
                       .trace = quiet + paying,
                       .det = jk_fma(pair->quiet, paying, pair->begin * pair->paying)};
}

/* f(A) by rows: from quiet to quiet and paying, from paying to quiet and paying. */
typedef struct jk_moods {
    jk_vec qq, qp, pq, pp;
} jk_moods;

/* P, and M by the length of time. */
typedef struct jk_stay {
    jk_moods left, share;
} jk_stay;

typedef struct jk_modes {
    jk_vec slow, fast, gap, fast_inverse;
    jk_vec quiet_behind, paying_behind; /* W, U */
    jk_vec half;                        /* h */
} jk_modes;

JK_INLINE jk_modes jk_modes_of(const jk_pair *pair) {
    const jk_vec tiny = jk_set(1e-15f);
    const jk_matrix matrix = jk_matrix_of(pair);
    jk_vec half = (matrix.quiet - matrix.paying) * jk_set(0.5f), both = pair->begin * pair->stop;
    jk_vec omega = jk_sqrt(jk_fma(half, half, both));
    jk_vec tall = jk_max(omega + jk_abs(half), tiny);
    jk_vec fast = jk_max(jk_fma(matrix.trace, jk_set(0.5f), omega), tiny + tiny);
    jk_vec inverse = jk_set(1.0f) / (tall * fast), fast_inverse = tall * inverse;
    jk_vec low = both * (fast * inverse); /* s beta / tall */
    jk_mask quiet_faster = jk_gt(half, jk_set(0.0f));
    return (jk_modes){.slow = jk_max(matrix.det * fast_inverse, tiny),
                      .fast = fast,
                      .gap = jk_max(omega + omega, tiny),
                      .fast_inverse = fast_inverse,
                      .quiet_behind = jk_select(quiet_faster, low, tall),
                      .paying_behind = jk_select(quiet_faster, tall, low),
                      .half = half};
}

JK_INLINE jk_moods jk_modes_apply(const jk_pair *pair, const jk_modes *modes, jk_vec fast, jk_vec divided) {
    return (jk_moods){jk_fma(modes->quiet_behind, divided, fast), pair->begin * divided, pair->stop * divided,
                      jk_fma(modes->paying_behind, divided, fast)};
}

JK_INLINE jk_decay jk_decay_of(jk_vec t) {
    jk_decay decay = jk_decay_far(t);
    jk_decay_repair(t, JK_DECAY_FAR, &decay);
    return decay;
}

#define JK_MODES_HELD 0x1p-8f  /* least omega of two modes that are found apart */
#define JK_MODES_LONG 0x1p-10f /* and in parts of their rates */

/* M where growth is added to the eigenvalues, which can then be 0 or below: from its two modes apart. Their parts
 * differ in sign, so that they are held apart; nodes held at a distance change a function of A by omega^2/2. */
JK_INLINE jk_moods jk_share_grown(const jk_pair *pair, const jk_modes *modes, jk_vec grown) {
    jk_vec omega = modes->gap * jk_set(0.5f), size = jk_abs(modes->half), mean = modes->fast - omega;
    jk_vec floor = jk_fma(mean, jk_set(2.0f * JK_MODES_LONG), jk_set(JK_MODES_HELD));
    jk_mask held = jk_gt(floor, omega), quiet_faster = jk_gt(modes->half, jk_set(0.0f));
    jk_vec wide = jk_max(omega, floor), unit = jk_set(0.5f) / wide;
    jk_vec apart = (wide - size) * unit, tall = (wide + size) * unit;
    jk_vec quiet = jk_select(held, jk_select(quiet_faster, apart, tall), modes->quiet_behind * unit);
    jk_vec paying = jk_select(held, jk_select(quiet_faster, tall, apart), modes->paying_behind * unit);
    const jk_decay late = jk_decay_of(jk_select(held, mean - wide, modes->slow) + grown);
    const jk_decay early = jk_decay_of(jk_select(held, mean + wide, modes->fast) + grown);
    jk_vec difference = late.share - early.share;
    return (jk_moods){jk_fma(quiet, difference, early.share), pair->begin * unit * difference,
                      pair->stop * unit * difference, jk_fma(paying, difference, early.share)};
}

/* P and M; `grown` is NULL, or what is added to the eigenvalues where money grows. Called for few lanes: no part of the
 * callers' code. */
static __attribute__((noinline)) void jk_stay_far(const jk_pair *pair, const jk_vec *grown, jk_stay *stay) {
    const jk_modes modes = jk_modes_of(pair);
    const jk_decay apart = jk_decay_of(modes.gap);
    jk_vec slow = modes.slow;
    if (grown != NULL) {
        slow = slow + *grown;
    }
    jk_decay late = jk_decay_short(slow);
    jk_decay_repair(slow, JK_DECAY_SHORT, &late);
    jk_vec psi = late.left * apart.share;
    stay->left = jk_modes_apply(pair, &modes, late.left * apart.left, psi);
    if (grown != NULL) {
        stay->share = jk_share_grown(pair, &modes, *grown);
        return;
    }
    jk_vec divided = jk_max((late.share - psi) * modes.fast_inverse, jk_set(0.0f));
    stay->share =
        jk_modes_apply(pair, &modes, jk_fma(modes.slow, late.share, modes.gap * psi) * modes.fast_inverse, divided);
}

#endif
