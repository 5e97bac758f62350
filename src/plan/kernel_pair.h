/* SPDX-License-Identifier: Apache-2.0 */
/* Quiet and paying within an epoch (model.md section 5): two moods that change into each other at constant rates,
 *
 *     A = |  x_q  -s  |      P = e^-EA      M = integral of e^-tA over 0..E.
 *         | -beta  x_p |
 *
 * With h = (x_q - x_p)/2, omega = sqrt(h^2 + s beta) its eigenvalues are fast = (x_q + x_p)/2 + omega and
 * slow = det A / fast, their gap is 2 omega, and every function f of A is
 *
 *     f(A) = f(fast) I + f[slow, fast] |  W  s  |        f[slow, fast] = (f(slow) - f(fast)) / gap
 *                                      | beta U |        W = fast - x_q, U = fast - x_p.
 *
 * All terms are positive and nothing is taken away that counts:
 *
 *     P:   f[] = psi = e^(-slow E) (1 - e^(-gap E)) / gap            f(fast) = e^(-slow E) e^(-gap E)
 *     M:   f[] = ((1 - e^(-slow E)) / slow - psi) / fast             f(fast) = (1 - e^(-slow E) + gap psi) / fast
 *
 * The difference in M keeps eps / (fast E) of itself, where little time has passed and it is small beside M_qq. Rates
 * of 0 are held at a rate that no horizon feels. One root, one division and two decays. docs/numerics.md has the
 * errors, tests/plan/test_pair.c measures them.
 */
#ifndef JK_PLAN_KERNEL_PAIR_H
#define JK_PLAN_KERNEL_PAIR_H

#include "plan/kernel_decay.h"
#include "plan/tables.h"

typedef struct jk_pair {
    jk_vec slow, gap, fast, fast_inverse;
    jk_vec begin, stop;                 /* s, beta */
    jk_vec quiet_behind, paying_behind; /* W, U */
    jk_vec half;                        /* h */
} jk_pair;

/* Rates a month, all >= 0: what resolves and leaves from quiet and from paying, what begins and what stops. */
JK_INLINE jk_pair jk_pair_of(jk_vec quiet, jk_vec paying, jk_vec begin, jk_vec stop) {
    const jk_vec tiny = jk_set(1e-15f);
    jk_vec all_quiet = quiet + begin, all_paying = paying + stop; /* x_q, x_p */
    jk_vec half = (all_quiet - all_paying) * jk_set(0.5f), both = begin * stop;
    jk_vec omega = jk_sqrt(jk_fma(half, half, both));
    jk_vec tall = jk_max(omega + jk_abs(half), tiny);
    jk_vec fast = jk_max(jk_fma(all_quiet + all_paying, jk_set(0.5f), omega), tiny + tiny);
    jk_vec inverse = jk_set(1.0f) / (tall * fast), fast_inverse = tall * inverse;
    jk_vec low = both * (fast * inverse); /* s beta / tall */
    jk_mask quiet_faster = jk_gt(half, jk_set(0.0f));
    return (jk_pair){.slow = jk_max(jk_fma(quiet, all_paying, begin * paying) * fast_inverse, tiny),
                     .gap = jk_max(omega + omega, tiny),
                     .fast = fast,
                     .fast_inverse = fast_inverse,
                     .begin = begin,
                     .stop = stop,
                     .quiet_behind = jk_select(quiet_faster, low, tall),
                     .paying_behind = jk_select(quiet_faster, tall, low),
                     .half = half};
}

/* f(A) by rows: from quiet to quiet and paying, from paying to quiet and paying. */
typedef struct jk_moods {
    jk_vec qq, qp, pq, pp;
} jk_moods;

JK_INLINE jk_moods jk_pair_apply(const jk_pair *pair, jk_vec fast, jk_vec divided) {
    return (jk_moods){jk_fma(pair->quiet_behind, divided, fast), pair->begin * divided, pair->stop * divided,
                      jk_fma(pair->paying_behind, divided, fast)};
}

/* A pair's two modes apart, for sequences of equal months: whoever begins quiet or paying is the sum of a part that
 * shrinks at the slow rate and one at the fast. The parts differ in sign, so that the gap is held at 2^-7 over the
 * months that the sequence lasts and 2^-9 of the rates; nodes held apart change a function of A by (omega t)^2/2. */
typedef struct jk_modes {
    jk_vec slow, fast;
    jk_vec begin, stop, quiet_slow, paying_slow; /* the matrix above, by the gap */
} jk_modes;

#define JK_MODES_LONG 0x1p-10f

/* `least` is JK_MODES_HELD divided by the months. */
JK_INLINE jk_modes jk_modes_of(const jk_pair *pair, jk_vec least) {
    jk_vec omega = pair->gap * jk_set(0.5f), size = jk_abs(pair->half), mean = pair->fast - omega;
    jk_vec floor = jk_fma(mean, jk_set(2.0f * JK_MODES_LONG), least);
    jk_mask held = jk_gt(floor, omega);
    jk_vec wide = jk_max(omega, floor), unit = jk_set(0.5f) / wide, apart = (wide - size) * unit;
    jk_vec tall = (wide + size) * unit;
    jk_mask quiet_faster = jk_gt(pair->half, jk_set(0.0f));
    return (jk_modes){.slow = jk_select(held, mean - wide, pair->slow),
                      .fast = jk_select(held, mean + wide, pair->fast),
                      .begin = pair->begin * unit,
                      .stop = pair->stop * unit,
                      .quiet_slow = jk_select(held, jk_select(quiet_faster, apart, tall), pair->quiet_behind * unit),
                      .paying_slow = jk_select(held, jk_select(quiet_faster, tall, apart), pair->paying_behind * unit)};
}

/* P and M/E over an epoch. */
typedef struct jk_stay {
    jk_moods left, share;
} jk_stay;

/* P, and of the two decays what M needs: (1 - e^(-slow E))/(slow E) and psi/E. */
JK_INLINE jk_moods jk_left_over(const jk_pair *pair, jk_vec months, jk_vec grown, jk_vec *share, jk_vec *psi) {
    jk_vec slow = jk_fma(pair->slow, months, grown), gap = pair->gap * months;
    jk_decay late = jk_decay_short(slow), apart = jk_decay_far(gap);
    jk_decay_repair(slow, JK_DECAY_SHORT, &late);
    jk_decay_repair(gap, JK_DECAY_FAR, &apart);
    *share = late.share;
    *psi = late.left * apart.share;
    return jk_pair_apply(pair, late.left * apart.left, *psi * months);
}

/* Where money grows (a negative return) rates can be 0 or below when its growth is among them: then the pair is that
 * without growth, `grown` = delta·E is added to the exponents, and M is found from its modes; else `grown` is NULL. */
JK_INLINE jk_stay jk_stay_over(const jk_pair *pair, jk_vec months, jk_vec least, const jk_vec *grown) {
    jk_vec share, psi;
    jk_stay stay;
    if (__builtin_expect(grown == NULL, 1)) {
        stay.left = jk_left_over(pair, months, jk_set(0.0f), &share, &psi);
        jk_vec divided = jk_max((share - psi) * pair->fast_inverse, jk_set(0.0f));
        stay.share = jk_pair_apply(pair, jk_fma(pair->slow, share, pair->gap * psi) * pair->fast_inverse, divided);
        return stay;
    }
    stay.left = jk_left_over(pair, months, *grown, &share, &psi);
    jk_modes modes = jk_modes_of(pair, least);
    jk_vec slow = jk_fma(modes.slow, months, *grown), fast = jk_fma(modes.fast, months, *grown);
    jk_decay late = jk_decay_short(slow), early = jk_decay_far(fast);
    jk_decay_repair(slow, JK_DECAY_SHORT, &late);
    jk_decay_repair(fast, JK_DECAY_FAR, &early);
    jk_vec difference = late.share - early.share;
    stay.share = (jk_moods){jk_fma(modes.quiet_slow, difference, early.share), modes.begin * difference,
                            modes.stop * difference, jk_fma(modes.paying_slow, difference, early.share)};
    return stay;
}

#endif
