/* SPDX-License-Identifier: Apache-2.0 */
/* Quiet and paying within an epoch (model.md section 5): two moods that change into each other at constant rates,
 *
 *     A = |  x_q  -s  |      P = e^-A      M = integral of e^-tA over 0..1        (rates times the epoch's length)
 *         | -beta  x_p |
 *
 * M = (1 - e^-A)/A is a polynomial in A wherever its rates are not large, and as A^2 = tr A - det (Cayley and
 * Hamilton), every polynomial in A is c + d A: Horner's scheme takes two multiply-adds a degree,
 *
 *     (c + d A) A + a = (a - d det) + (c + d tr) A        M = c + d A        P = 1 - A M = (1 + d det) - (c + d tr) A
 *
 * without a root, without a division, and one code for eigenvalues that are far apart and for such that meet. det is a
 * sum of products of rates and loses nothing. The series is that of A - 2, so that no term is larger than the result.
 * Lanes whose rates sum up to more than the series holds for go by way of the eigenvalues (kernel_pair_far.h).
 * docs/numerics.md has the errors, tests/plan/test_pair.c measures them.
 */
#ifndef JK_PLAN_KERNEL_PAIR_H
#define JK_PLAN_KERNEL_PAIR_H

#include "plan/kernel_pair_far.h"

#define JK_PAIR_EPOCH 4.0f /* largest trace of the series for epochs */
#define JK_PAIR_MONTH 2.0f /* and of that for months */

/* A function of A: c + d A. */
typedef struct jk_linear {
    jk_vec c, d;
} jk_linear;

enum { JK_PAIRS_BESIDE = 2 };

/* Least-squares fit of (1 - e^-x)/x and its slope on 0..4, iterated towards least maximum, in powers of x - 2; relative
 * error 3.1e-8, of the slope 1.5e-7. Of `count` matrices side by side: each step waits for the one before, those of two
 * matrices do not. */
JK_INLINE void jk_shares_in_epoch(const jk_matrix *matrix, const int count, jk_linear *share) {
    static const float series[] = {0x1.bab556p-2f,  -0x1.301ffep-3f,  0x1.4b1510p-5f,  -0x1.249cc8p-7f,
                                   0x1.af66c2p-10f, -0x1.0f5ce6p-12f, 0x1.27b08ep-15f, -0x1.1f30a6p-18f,
                                   0x1.11507ep-21f, -0x1.9ebd18p-25f};
    const jk_vec middle = jk_set(2.0f);
    jk_vec trace[JK_PAIRS_BESIDE], det[JK_PAIRS_BESIDE];
    JK_UNROLL
    for (int n = 0; n < count; n++) {
        trace[n] = matrix[n].trace - jk_set(4.0f);
        det[n] = jk_fnma(middle, matrix[n].trace, matrix[n].det + jk_set(4.0f));
        share[n] = (jk_linear){jk_set(series[8]), jk_set(series[9])};
    }
    JK_UNROLL
    for (int i = 7; i >= 0; i--) {
        JK_UNROLL
        for (int n = 0; n < count; n++) {
            jk_vec next = jk_fma(share[n].d, trace[n], share[n].c);
            share[n].c = jk_fnma(share[n].d, det[n], jk_set(series[i]));
            share[n].d = next;
        }
    }
    JK_UNROLL
    for (int n = 0; n < count; n++) {
        share[n].c = jk_fnma(middle, share[n].d, share[n].c);
    }
}

/* The same on 0..2 in powers of x; relative error 3.0e-8, of the slope 1.6e-7. */
JK_INLINE jk_linear jk_share_in_month(const jk_matrix *matrix) {
    static const float series[] = {0x1.000000p+0f, -0x1.fffff6p-2f,  0x1.555360p-3f,  -0x1.552a28p-5f,
                                   0x1.0f7dcap-7f, -0x1.5ce740p-10f, 0x1.4f1ea6p-13f, -0x1.624880p-17f};
    jk_vec d = jk_set(series[7]), c = jk_set(series[6]);
    JK_UNROLL
    for (int i = 5; i >= 0; i--) {
        jk_vec next = jk_fma(d, matrix->trace, c);
        c = jk_fnma(d, matrix->det, jk_set(series[i]));
        d = next;
    }
    return (jk_linear){c, d};
}

/* P and M from M = c + d A. */
JK_INLINE jk_stay jk_stay_of(const jk_pair *pair, const jk_matrix *matrix, const jk_linear *share) {
    jk_vec less = jk_set(0.0f) - share->d; /* d is below 0 */
    jk_vec kept = jk_fnma(less, matrix->det, jk_set(1.0f)), moved = jk_fnma(less, matrix->trace, share->c);
    return (jk_stay){.left = {jk_fnma(moved, matrix->quiet, kept), moved * pair->begin, moved * pair->stop,
                              jk_fnma(moved, matrix->paying, kept)},
                     .share = {jk_fnma(less, matrix->quiet, share->c), less * pair->begin, less * pair->stop,
                               jk_fnma(less, matrix->paying, share->c)}};
}

JK_INLINE void jk_moods_mix(jk_mask mask, const jk_moods *yes, jk_moods *moods) {
    moods->qq = jk_select(mask, yes->qq, moods->qq);
    moods->qp = jk_select(mask, yes->qp, moods->qp);
    moods->pq = jk_select(mask, yes->pq, moods->pq);
    moods->pp = jk_select(mask, yes->pp, moods->pp);
}

/* Lanes of *stay whose trace is above the limit, or all of them where money grows, are found by the eigenvalues. */
JK_INLINE void jk_stay_repair(const jk_pair *pair, const jk_matrix *matrix, float limit, const jk_vec *grown,
                              jk_stay *stay) {
    jk_mask outside = jk_gt(matrix->trace, jk_set(grown == NULL ? limit : -1.0f));
    if (__builtin_expect(jk_any(outside), 0)) {
        jk_stay far;
        jk_stay_far(pair, grown, &far);
        jk_moods_mix(outside, &far.left, &stay->left);
        jk_moods_mix(outside, &far.share, &stay->share);
    }
}

/* P and M over an epoch. Where money grows (a negative return) the pair is that without growth, and `grown` = delta E
 * is what is added to its eigenvalues; else `grown` is NULL. */
JK_INLINE jk_stay jk_stay_over(const jk_pair *pair, const jk_vec *grown) {
    const jk_matrix matrix = jk_matrix_of(pair);
    jk_linear share;
    jk_shares_in_epoch(&matrix, 1, &share);
    jk_stay stay = jk_stay_of(pair, &matrix, &share);
    jk_stay_repair(pair, &matrix, JK_PAIR_EPOCH, grown, &stay);
    return stay;
}

/* P and M over a month, without growth. */
JK_INLINE jk_stay jk_stay_month(const jk_pair *pair) {
    const jk_matrix matrix = jk_matrix_of(pair);
    const jk_linear share = jk_share_in_month(&matrix);
    jk_stay stay = jk_stay_of(pair, &matrix, &share);
    jk_stay_repair(pair, &matrix, JK_PAIR_MONTH, NULL, &stay);
    return stay;
}

#endif
