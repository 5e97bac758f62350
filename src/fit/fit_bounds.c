/* SPDX-License-Identifier: Apache-2.0 */
/* What a fit writes can be read back. On panels with hardly a payment the likelihood leaves points that grow without
 * end, and with them theta's centres; beyond what a model file may have they are cut, and the fit says so: such a model
 * loads, and says little of its panel. */
#include "base/error.h"
#include "fit/fit_internal.h"
#include "model/file/bounds.h"
#include "model/keys/tables.h"

enum { KEYS_MAX = 16 };

/* Figures of one key that were cut. */
typedef struct cut_key {
    const jk_field *field;
    const char *where; /* the first of them */
    double first;
    size_t count;
} cut_key;

typedef struct cuts {
    const char *where; /* what is being held now */
    cut_key key[KEYS_MAX];
    size_t count;
} cuts;

static void note_cut(void *context, const jk_field *field, double found, double held) {
    cuts *all = context;
    (void)held;
    size_t k = 0;
    while (k < all->count && all->key[k].field != field) {
        k++;
    }
    if (k < all->count) {
        all->key[k].count++;
    } else if (k < KEYS_MAX) {
        all->key[all->count++] = (cut_key){field, all->where, found, 1};
    }
}

static jk_status hold_points(jk_fit *fit, jk_characteristic *item, cuts *all, jk_error *error) {
    const jk_field *field = jk_record_field(&jk_record_bin, "points");
    double *points = jk_arena_alloc(fit->arena, item->count + 1, sizeof *points);
    JK_TRY(jk_held(points != NULL, error, "the fit"));
    all->where = item->name;
    for (size_t l = 0; l < item->count + 2; l++) {
        double from = l < item->count ? item->points[l] : l == item->count ? item->missing_points : item->other_points;
        double to = jk_field_hold(field, from, 0.0);
        if (to != from) {
            note_cut(all, field, from, to);
        }
        *(l < item->count ? &points[l] : l == item->count ? &item->missing_points : &item->other_points) = to;
    }
    item->points = points;
    return JK_OK;
}

static jk_status tell(jk_fit *fit, const cuts *all, jk_error *error) {
    for (size_t k = 0; k < all->count; k++) {
        const cut_key *key = &all->key[k];
        JK_TRY(jk_fit_worry(
            fit,
            jk_fit_text(fit,
                        "%s: %zu %s beyond the %g to %g that a model may have, %.4g of %s the first; cut to it, so "
                        "that the model can be read: the panel cannot tell it, take more history or fewer "
                        "characteristics",
                        key->field->key, key->count, key->count == 1 ? "figure" : "figures", key->field->low,
                        key->field->high, key->first, key->where),
            error));
    }
    return JK_OK;
}

jk_status jk_fit_hold_bounds(jk_fit *fit, jk_error *error) {
    cuts all = {.where = "the scorecard"};
    jk_arena *arena = fit->arena;
    JK_TRY(jk_record_hold(&jk_record_scorecard, &fit->scorecard, &fit->base->scorecard, arena, note_cut, &all, error));
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        JK_TRY(hold_points(fit, &jk_fit_items(fit)[c], &all, error));
    }
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        jk_segment *segment = &fit->segments[g];
        const jk_segment *base = &fit->base->segments[g];
        all.where = segment->id;
        JK_TRY(jk_record_hold(&jk_record_segment, segment, base, arena, note_cut, &all, error));
        if (segment->payers.given) {
            JK_TRY(jk_record_hold(&jk_record_payers, segment, base, arena, note_cut, &all, error));
        }
    }
    return tell(fit, &all, error);
}
