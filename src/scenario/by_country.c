/* SPDX-License-Identifier: Apache-2.0 */
/* Segments split by country, so that a scenario can speak of one country: each segment whose condition lets a country
 * in becomes one segment with the condition "and this country". First match stays first match, as the parts of a
 * segment stand where it stood. */
#include "scenario/by_country.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* false if the segment's own condition shuts the country out. */
static bool may_hold(const jk_segment *segment, const char *country) {
    for (size_t t = 0; t < segment->when.count; t++) {
        const jk_condition_term *term = &segment->when.terms[t];
        bool listed = term->column != JK_COLUMN_COUNTRY;
        for (size_t i = 0; !listed && i < term->count; i++) {
            listed = strcmp(term->values[i], country) == 0;
        }
        if (!listed) {
            return false;
        }
    }
    return true;
}

static size_t count_parts(const jk_model *model, const char *const *country, size_t countries) {
    size_t parts = 0;
    for (size_t s = 0; s < model->segment_count; s++) {
        size_t own = 0;
        for (size_t c = 0; c < countries; c++) {
            own += may_hold(&model->segments[s], country[c]);
        }
        parts += own;
    }
    return parts;
}

/* The segment's condition and the country. */
static bool add_country(jk_arena *arena, jk_segment *segment, const char *const *country) {
    size_t count = segment->when.count;
    jk_condition_term *terms = jk_arena_alloc(arena, count + 1, sizeof *terms);
    if (terms == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(terms, segment->when.terms, count * sizeof *terms);
    }
    terms[count] =
        (jk_condition_term){.figure = JK_DERIVED_NONE, .column = JK_COLUMN_COUNTRY, .count = 1, .values = country};
    segment->when = (jk_condition){.count = count + 1, .terms = terms};
    return true;
}

static bool split_all(const jk_model *model, const char *const *country, size_t countries, size_t parts,
                      jk_by_country *split) {
    split->arena = jk_arena_create();
    jk_segment *segment = split->arena == NULL ? NULL : jk_arena_alloc(split->arena, parts + 1, sizeof *segment);
    split->origin = split->arena == NULL ? NULL : jk_arena_alloc(split->arena, parts + 1, sizeof *split->origin);
    split->country = split->arena == NULL ? NULL : jk_arena_alloc(split->arena, parts + 1, sizeof *split->country);
    if (segment == NULL || split->origin == NULL || split->country == NULL) {
        return false;
    }
    size_t part = 0;
    for (size_t s = 0; s < model->segment_count; s++) {
        for (size_t c = 0; c < countries; c++) {
            if (may_hold(&model->segments[s], country[c])) {
                segment[part] = model->segments[s];
                split->origin[part] = s;
                split->country[part] = country[c];
                if (!add_country(split->arena, &segment[part], &country[c])) {
                    return false;
                }
                part++;
            }
        }
    }
    /* The last segment takes what is left, so its last part may: every other country has one before it. */
    segment[part - 1].when = model->segments[model->segment_count - 1].when;
    split->model.segments = segment;
    split->model.segment_count = parts;
    return true;
}

static bool split_nothing(const jk_model *model, jk_by_country *split) {
    split->arena = jk_arena_create();
    split->origin =
        split->arena == NULL ? NULL : jk_arena_alloc(split->arena, model->segment_count, sizeof *split->origin);
    for (size_t s = 0; split->origin != NULL && s < model->segment_count; s++) {
        split->origin[s] = s;
    }
    return split->origin != NULL;
}

jk_status jk_by_country_make(const jk_model *model, const jk_tape *tape, jk_by_country *split, jk_error *error) {
    *split = (jk_by_country){.model = *model};
    size_t countries = 0;
    const char *const *country = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &countries);
    size_t parts = count_parts(model, country, countries);
    bool possible = countries > 0 && parts <= JK_SEGMENTS_MAX;
    if (!(possible ? split_all(model, country, countries, parts, split) : split_nothing(model, split))) {
        jk_by_country_reset(split);
        return jk_fail_memory(error, "the segments by country");
    }
    return JK_OK;
}

void jk_by_country_reset(jk_by_country *split) {
    jk_arena_free(split->arena);
    *split = (jk_by_country){0};
}
