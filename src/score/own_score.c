/* SPDX-License-Identifier: Apache-2.0 */
/* A score that somebody else made, on the scale of eta (jk_own_score in jalki/model.h has the formulas). ln(1 + e^l) is
 * taken as l + ln(1 + e^-l) where l is above 0; below, with z = e^l, ln(1 + z) is z ln(u) / (u - 1) of u = 1 + z, which
 * keeps what u loses of z (Kahan; Goldberg 1991, theorem 4). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "score/scorer_internal.h"

#define SURE 1e-12 /* probabilities of 0 and 1 count as this far from them */

jk_status jk_scorer_bind_own(jk_scorer *scorer, const jk_tape *tape, jk_error *error) {
    const jk_own_score *own = scorer->model->scorecard.own_score;
    if (own == NULL) {
        return JK_OK;
    }
    if (own->column.name != NULL) {
        JK_TRY(jk_scorer_bind_place(scorer, tape, &own->column, &scorer->own_column, error));
        JK_TRY(jk_scorer_bind_column(scorer, &scorer->own_column, error));
        scorer->columns |= scorer->own_column.columns;
    }
    if (own->card_count > 0) {
        scorer->card = jk_columns_zero(own->card_count, sizeof *scorer->card);
        JK_TRY(jk_held(scorer->card != NULL, error, "a scorecard"));
    }
    for (size_t c = 0; c < own->card_count; c++) {
        JK_TRY(jk_scorer_bind_item(scorer, &scorer->card[c], &own->card[c], tape, error));
    }
    JK_TRY(jk_scorer_bind_trees(scorer, tape, own->trees, &scorer->own_trees, error));
    return jk_scorer_bind_network(scorer, tape, own->network, &scorer->own_network, error);
}

void jk_scorer_free_own(jk_scorer *scorer) {
    const jk_own_score *own = scorer->model->scorecard.own_score;
    for (size_t c = 0; scorer->card != NULL && c < own->card_count; c++) {
        jk_scorer_free_item(&scorer->card[c]);
    }
    free(scorer->card);
    jk_scorer_free_trees(&scorer->own_trees);
    jk_scorer_free_network(&scorer->own_network);
}

/* ln(1 + e^l) */
static double softplus(double l) {
    if (l > 0.0) {
        return l + jk_log(1.0 + jk_exp(-l));
    }
    double z = jk_exp(l), u = 1.0 + z;
    return u == 1.0 ? z : z * jk_log(u) / (u - 1.0);
}

/* x of a raw value; NaN: none. */
static double own_x(const jk_own_score *own, double raw) {
    double l = raw;
    switch (own->form) {
    case JK_FORM_ETA:
        return raw;
    case JK_FORM_POINTS:
        l = jk_log(own->base_odds) + (raw - own->base_points) * 0x1.62e42fefa39efp-1 / own->points_to_double; /* ln 2 */
        break;
    case JK_FORM_PROBABILITY: {
        if (!(raw >= 0.0 && raw <= 1.0)) {
            return (double)NAN;
        }
        double p = raw < SURE ? SURE : raw > 1.0 - SURE ? 1.0 - SURE : raw;
        l = jk_log(p) - jk_log(1.0 - p);
        break;
    }
    default:
        break;
    }
    if (!(own->months > 0.0) || l != l) {
        return l;
    }
    return (l < -700.0 ? l : jk_log(softplus(l))) - jk_log(own->months);
}

/* The raw values of rows [first, first + count) into raw[count]. */
static void raw_values(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t first,
                       size_t count, double *raw, double *value, double *points, float *features, double *room) {
    const jk_own_score *own = scorer->model->scorecard.own_score;
    if (own->column.name != NULL) {
        jk_score_values(scorer, &scorer->own_column, block, law, first, count, raw);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        raw[i] = own->card_count > 0 ? own->card_base : 0.0;
    }
    for (size_t c = 0; c < own->card_count; c++) {
        jk_score_item_points(scorer, &scorer->card[c], block, law, first, count, value, points);
        for (size_t i = 0; i < count; i++) {
            raw[i] += points[i];
        }
    }
    if (own->trees != NULL) {
        jk_score_features(scorer, &scorer->own_trees, block, law, first, count, value, features);
        jk_forest_add(scorer->own_trees.forest, features, count, raw);
        for (size_t i = 0; i < count; i++) {
            raw[i] *= own->trees->scale;
        }
    }
    if (own->network != NULL) {
        jk_score_add_network(scorer, &scorer->own_network, block, law, first, count, value, room, raw);
    }
}

/* What a raw value adds to eta in a segment; *x becomes NaN where it is no score. */
static double own_eta(const jk_own_score *own, const jk_segment *segment, double raw, double *x) {
    *x = (double)NAN;
    for (size_t s = 0; s < own->special_count; s++) {
        if (raw == own->special[s]) {
            return own->special_eta[s];
        }
    }
    *x = own_x(own, raw);
    return *x != *x ? own->missing_eta : segment->own_slope * *x + segment->own_intercept;
}

void jk_score_add_own(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t first,
                      size_t count, double *value, float *features, double *room, double *eta) {
    const jk_model *model = scorer->model;
    size_t tile = jk_score_tile_rows(block->rows);
    double *points = value + tile, *raw = points + tile, x = 0.0;
    raw_values(scorer, block, law, first, count, raw, value, points, features, room);
    for (size_t i = 0; i < count; i++) {
        eta[i] += own_eta(model->scorecard.own_score, &model->segments[law->segment[first + i]], raw[i], &x);
    }
}

void jk_score_own(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, void *scratch, double *x,
                  double *eta) {
    const jk_model *model = scorer->model;
    size_t tile = jk_score_tile_rows(block->rows);
    double *value = scratch, *points = value + tile, *raw = points + tile;
    float *features = (float *)(void *)(raw + tile);
    double *room = jk_score_room_of_network(scorer, block->rows, scratch);
    for (size_t first = 0; first < block->rows; first += JK_SCORE_TILE) {
        size_t count = block->rows - first < JK_SCORE_TILE ? block->rows - first : JK_SCORE_TILE;
        raw_values(scorer, block, law, first, count, raw, value, points, features, room);
        for (size_t i = 0; i < count; i++) {
            size_t row = first + i;
            eta[row] = own_eta(model->scorecard.own_score, &model->segments[law->segment[row]], raw[i], &x[row]);
        }
    }
}

/* ---- explained -------------------------------------------------------------------------------------------------- */

size_t jk_score_own_details(const jk_own_score *own) {
    if (own->column.name != NULL) {
        return 1;
    }
    return 1 + (own->trees != NULL     ? own->trees->feature_count
                : own->network != NULL ? own->network->input_count
                                       : own->card_count);
}

static void explain_column(const jk_scorer *scorer, const jk_segment *segment, double raw, jk_score_detail *detail) {
    const jk_own_score *own = scorer->model->scorecard.own_score;
    double x = 0.0;
    *detail = (jk_score_detail){.characteristic = own->column.name, .is_numeric = 1, .value = raw};
    detail->points = own_eta(own, segment, raw, &x);
    if (x != x) {
        (void)snprintf(detail->level, sizeof detail->level, "%s", raw != raw ? "missing" : "no score");
    } else {
        (void)snprintf(detail->level, sizeof detail->level, "own score, %.4g on eta's scale", x);
    }
}

/* Parts of the raw value become parts of eta in proportion: the link is not a line where there is a horizon, and its
 * chord from what the score rests on to the score is what each point is worth. The last entry is what it rests on. */
static void share_out(const jk_own_score *own, const jk_segment *segment, double raw, double rest,
                      jk_score_detail *details, size_t parts) {
    double x = own_x(own, raw), x_rest = own_x(own, rest);
    double of_point = raw != rest ? segment->own_slope * (x - x_rest) / (raw - rest) : 0.0;
    for (size_t i = 0; i < parts; i++) {
        details[i].points *= of_point;
    }
    details[parts].points = segment->own_slope * x_rest + segment->own_intercept;
}

void jk_score_explain_own(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t row,
                          void *scratch, jk_score_detail *details) {
    const jk_own_score *own = scorer->model->scorecard.own_score;
    const jk_segment *segment = &scorer->model->segments[law->segment[row]];
    size_t parts = jk_score_own_details(own) - 1;
    double raw = 0.0;
    if (own->column.name != NULL) {
        jk_score_values(scorer, &scorer->own_column, block, law, row, 1, &raw);
        explain_column(scorer, segment, raw, details);
        return;
    }
    if (own->trees != NULL || own->network != NULL) {
        double scale = own->trees != NULL ? own->trees->scale : 1.0;
        if (own->trees != NULL) {
            jk_score_explain_trees(scorer, &scorer->own_trees, block, law, row, scratch, details);
        } else {
            jk_score_explain_network(scorer, &scorer->own_network, block, law, row,
                                     jk_score_room_of_network(scorer, block->rows, scratch), details);
        }
        double rest = details[parts].points * scale;
        raw = rest;
        for (size_t i = 0; i < parts; i++) {
            details[i].points *= scale;
            raw += details[i].points;
        }
        share_out(own, segment, raw, rest, details, parts);
        return;
    }
    raw = own->card_base;
    for (size_t c = 0; c < parts; c++) {
        jk_score_explain_item(scorer, &scorer->card[c], block, law, row, &details[c]);
        raw += details[c].points;
    }
    details[parts] =
        (jk_score_detail){.characteristic = "own score", .is_numeric = 1, .value = (double)NAN, .is_base = 1};
    (void)snprintf(details[parts].level, sizeof details[parts].level, "%.6g points, of which %.6g at first", raw,
                   own->card_base);
    share_out(own, segment, raw, own->card_base, details, parts);
}
