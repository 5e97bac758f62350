/* SPDX-License-Identifier: Apache-2.0 */
/* Ranking: concentration of cash in what the model puts first.
 *
 * Rows in the order of expected intensity (expected cash by exposure), highest first, give the curve C(x): the share of
 * cash in the first share x of exposure. Gini = 2 integral of C - 1, by trapezoids, which are exact as rows of one
 * intensity are one straight piece; the best possible order has the order of cash by exposure. AUC is Mann and
 * Whitney's (1947) chance that a payer stands before who did not pay, equal ranks for half. Intensities are compared to
 * 30 binary digits: what differs by the rounding of its sums alone is one rank. Sums are exact, so that the order of
 * rows in the panel does not show. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backtest/internal.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"

typedef struct ranked {
    double key, weight, cash;
} ranked;

/* The largest key first. Keys are not NaN. */
static int by_key(const void *a, const void *b) {
    double x = ((const ranked *)a)->key;
    double y = ((const ranked *)b)->key;
    return (x < y) - (x > y);
}

/* What is read off the curve of cash over weight. */
typedef struct concentration {
    double gini;
    double share[JK_BACKTEST_TENTHS];  /* of cash in the first 0.1, 0.2, ... of the weight */
    double lowest[JK_BACKTEST_TENTHS]; /* key that belongs to the tenth or a better one */
} concentration;

/* Equal keys are one straight piece of the curve; their tenth is that of their middle. */
static void concentrate(ranked *items, size_t count, concentration *out) {
    jk_sort(items, count, sizeof *items, by_key);
    jk_exact all_weight = 0;
    jk_exact all_cash = 0;
    for (size_t i = 0; i < count; i++) {
        all_weight += jk_exact_from(items[i].weight);
        all_cash += jk_exact_from(items[i].cash);
    }
    double weight_total = jk_exact_to(all_weight);
    double cash_total = jk_exact_to(all_cash);
    *out = (concentration){.gini = (double)NAN};
    for (int t = 0; t < JK_BACKTEST_TENTHS; t++) {
        out->share[t] = (double)NAN;
        out->lowest[t] = INFINITY;
    }
    if (!(weight_total > 0.0)) {
        return;
    }
    jk_exact weight = 0;
    jk_exact cash = 0;
    double area = 0.0;
    double x = 0.0;
    double y = 0.0;
    int next = 0;
    for (size_t i = 0; i < count;) {
        double key = items[i].key;
        for (; i < count && items[i].key == key; i++) {
            weight += jk_exact_from(items[i].weight);
            cash += jk_exact_from(items[i].cash);
        }
        double to_x = jk_exact_to(weight) / weight_total;
        double to_y = cash_total > 0.0 ? jk_exact_to(cash) / cash_total : (double)NAN;
        area += (to_x - x) * (y + to_y) / 2.0;
        while (next < JK_BACKTEST_TENTHS && to_x >= (next + 1) / (double)JK_BACKTEST_TENTHS) {
            double part = to_x > x ? ((next + 1) / (double)JK_BACKTEST_TENTHS - x) / (to_x - x) : 1.0;
            out->share[next++] = y + part * (to_y - y);
        }
        int tenth = (int)(JK_BACKTEST_TENTHS * 0.5 * (x + to_x));
        out->lowest[tenth < JK_BACKTEST_TENTHS ? tenth : JK_BACKTEST_TENTHS - 1] = key;
        x = to_x;
        y = to_y;
    }
    for (; next < JK_BACKTEST_TENTHS; next++) { /* the last one, where 1 was missed by rounding */
        out->share[next] = y;
    }
    out->gini = 2.0 * area - 1.0;
}

/* To 30 binary digits: what differs by the rounding of its sums alone is one rank. */
static double to_key(double value) {
    int exponent = 0;
    double mantissa = frexp(value, &exponent);
    return ldexp(nearbyint(ldexp(mantissa, 30)), exponent - 30);
}

static double intensity(const jk_backtest_row *row) {
    return to_key(row->expected / jk_backtest_exposure(row));
}

/* Probability that a payer ranks before who did not pay (Mann, Whitney 1947), from items in the order of their keys;
 * equal keys count for half. `cash` of an item is what it brought. */
static double area_under_curve(const ranked *items, size_t count) {
    double payers = 0.0;
    double others = 0.0;
    double pairs = 0.0;
    for (size_t i = 0; i < count;) {
        double key = items[i].key;
        double here = 0.0;
        double without = 0.0;
        for (; i < count && items[i].key == key; i++) {
            here += items[i].cash > 0.0;
            without += !(items[i].cash > 0.0);
        }
        pairs += without * (payers + 0.5 * here);
        payers += here;
        others += without;
    }
    return payers > 0.0 && others > 0.0 ? pairs / (payers * others) : (double)NAN;
}

/* Gini of the order by `key`. */
static double gini_by(ranked *items, const jk_backtest_row *rows, const double *weight, const double *key,
                      size_t count) {
    concentration other;
    for (size_t i = 0; i < count; i++) {
        items[i] = (ranked){to_key(key[i]), weight[i], rows[i].cash};
    }
    concentrate(items, count, &other);
    return other.gini;
}

/* `weight` of each row is on hand: exposure for rows, balance at the start for claims. */
static void rank_all(ranked *items, const jk_backtest_row *rows, const double *weight, size_t count,
                     jk_backtest_ranking *ranking, concentration *curve) {
    concentration other;
    for (size_t i = 0; i < count; i++) {
        items[i] = (ranked){intensity(&rows[i]), weight[i], rows[i].cash};
    }
    concentrate(items, count, curve);
    ranking->gini = curve->gini;
    ranking->auc = area_under_curve(items, count);
    for (size_t i = 0; i < count; i++) {
        items[i] = (ranked){to_key(rows[i].cash / weight[i]), weight[i], rows[i].cash};
    }
    concentrate(items, count, &other);
    ranking->gini_best = other.gini;
    for (size_t i = 0; i < count; i++) {
        items[i] = (ranked){to_key(rows[i].expected / rows[i].months), 1.0, rows[i].cash};
    }
    concentrate(items, count, &other);
    ranking->top_decile_share = other.share[0];
    ranking->top_quintile_share = other.share[1];
}

/* Each claim as it stood in its first row, with the cash of all its rows. */
static jk_status gather_claims(const jk_backtest_rows *rows, jk_backtest_row *claims, double *share, double *months,
                               size_t *count, jk_error *error) {
    jk_exact *cash = jk_columns_zero(3 * rows->claims, sizeof *cash); /* cash, expected, months */
    jk_exact *expected = cash + rows->claims;
    jk_exact *time = expected + rows->claims;
    uint32_t *first = jk_columns_alloc(rows->claims, sizeof *first); /* row, or UINT32_MAX */
    *count = 0;
    if (cash == NULL || first == NULL) {
        free(cash);
        free(first);
        return jk_fail_memory(error, "the claims of a back-test");
    }
    memset(first, 0xff, rows->claims * sizeof *first);
    for (size_t i = 0; i < rows->count; i++) {
        const jk_backtest_row *row = &rows->row[i];
        uint32_t *seen = &first[row->claim];
        cash[row->claim] += jk_exact_from(row->cash);
        expected[row->claim] += jk_exact_from(row->expected);
        time[row->claim] += jk_exact_from(row->months);
        *seen = *seen == UINT32_MAX || row->period_start < rows->row[*seen].period_start ? (uint32_t)i : *seen;
    }
    for (size_t c = 0; c < rows->claims; c++) {
        if (first[c] != UINT32_MAX) {
            claims[*count] = rows->row[first[c]];
            share[*count] = jk_exact_to(expected[c]) / claims[*count].balance;
            months[*count] = jk_exact_to(time[c]);
            claims[(*count)++].cash = jk_exact_to(cash[c]);
        }
    }
    free(cash);
    free(first);
    return JK_OK;
}

static void set_tenths(jk_backtest_rows *rows, const concentration *curve) {
    for (size_t i = 0; i < rows->count; i++) {
        jk_backtest_row *row = &rows->row[i];
        double key = intensity(row);
        uint16_t tenth = 0;
        while (tenth < JK_BACKTEST_TENTHS - 1 && key < curve->lowest[tenth]) {
            tenth++;
        }
        row->code[JK_BACKTEST_TENTH_CODE] = tenth;
    }
}

jk_status jk_backtest_rank(jk_backtest_rows *rows, jk_backtest_model *result, jk_error *error) {
    concentration curve;
    concentration ignored;
    ranked *items = jk_columns_alloc(rows->count, sizeof *items);
    double *weight = jk_columns_alloc(3 * rows->count, sizeof *weight);
    double *key = weight + rows->count;
    double *months = key + rows->count;
    jk_backtest_row *claims = jk_columns_alloc(rows->count < rows->claims ? rows->count : rows->claims, sizeof *claims);
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_held(items != NULL && weight != NULL && claims != NULL, error, "the ranking of a back-test"));
    for (size_t i = 0; i < rows->count; i++) {
        weight[i] = jk_backtest_exposure(&rows->row[i]);
        key[i] = 1.0 / rows->row[i].months;
    }
    rank_all(items, rows->row, weight, rows->count, &result->by_row, &curve);
    result->by_row.gini_time = gini_by(items, rows->row, weight, key, rows->count);
    result->by_row.gini_share = (double)NAN;
    memcpy(result->cumulative_share, curve.share, sizeof curve.share);
    set_tenths(rows, &curve);
    JK_TRY_CLEANUP(gather_claims(rows, claims, key, months, &result->claims, error));
    for (size_t i = 0; i < result->claims; i++) {
        weight[i] = claims[i].balance;
    }
    rank_all(items, claims, weight, result->claims, &result->by_claim, &ignored);
    result->by_claim.gini_share = gini_by(items, claims, weight, key, result->claims);
    result->by_claim.gini_time = gini_by(items, claims, weight, months, result->claims);
cleanup:
    free(items);
    free(weight);
    free(claims);
    return status;
}
