/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting segments by country. A part of a segment keeps the segment's place, before the rest of it, so that the
 * first condition that matches still decides as it did. */
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "jalki/model.h"

static bool listed(const char *const *list, size_t count, const char *text) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static const jk_condition_term *country_term(const jk_condition *when) {
    for (size_t t = 0; t < when->count; t++) {
        if (when->terms[t].column == JK_COLUMN_COUNTRY) {
            return &when->terms[t];
        }
    }
    return NULL;
}

/* One segment to be divided: countries that get a part of their own, and whether claims of others remain. */
typedef struct division {
    const char *country[JK_SEGMENTS_MAX];
    size_t count;
    bool rest;
} division;

static jk_status note_country(const jk_segment *segment, const char *country, division *parts, const char *path,
                              jk_error *error) {
    const jk_condition_term *own = country_term(&segment->when);
    if ((own != NULL && !listed(own->values, own->count, country)) || listed(parts->country, parts->count, country)) {
        return JK_OK;
    }
    if (parts->count == JK_SEGMENTS_MAX) {
        return jk_fail(error, JK_ERROR_MODEL, path, 0, segment->id, "more than %d countries are named for it",
                       JK_SEGMENTS_MAX);
    }
    parts->country[parts->count++] = country;
    return JK_OK;
}

static jk_status divide(const jk_model *model, const jk_segment *segment, const jk_where *wheres, size_t count,
                        division *parts, jk_error *error) {
    parts->count = 0;
    for (size_t w = 0; w < count; w++) {
        bool meant = wheres[w].segment_count == 0 || listed(wheres[w].segments, wheres[w].segment_count, segment->id);
        for (size_t c = 0; meant && c < wheres[w].country_count; c++) {
            JK_TRY(note_country(segment, wheres[w].countries[c], parts, model->path, error));
        }
    }
    const jk_condition_term *own = country_term(&segment->when);
    parts->rest = own == NULL;
    for (size_t i = 0; own != NULL && i < own->count; i++) {
        parts->rest = parts->rest || !listed(parts->country, parts->count, own->values[i]);
    }
    return JK_OK;
}

/* The segment's condition, for claims of one country. */
static jk_status narrow(jk_arena *arena, const jk_condition *when, const char *country, jk_condition *narrowed,
                        jk_error *error) {
    jk_condition_term *terms = jk_arena_alloc(arena, when->count + 1, sizeof *terms);
    const char **value = jk_arena_alloc(arena, 1, sizeof *value);
    JK_TRY(jk_held(terms != NULL && value != NULL, error, "a split model"));
    size_t count = 0;
    for (size_t t = 0; t < when->count; t++) {
        if (when->terms[t].column != JK_COLUMN_COUNTRY) {
            terms[count++] = when->terms[t];
        }
    }
    *value = country;
    terms[count++] =
        (jk_condition_term){.figure = JK_DERIVED_NONE, .column = JK_COLUMN_COUNTRY, .count = 1, .values = value};
    *narrowed = (jk_condition){count, terms};
    return JK_OK;
}

/* Room for what is made; counts grow as segments are put. */
typedef struct making {
    jk_arena *arena;
    const jk_model *model;
    jk_segment *segments;
    uint16_t *origin;
    const char **country;
    size_t count;
} making;

static jk_status put_segment(making *made, size_t origin, const char *country, bool narrowed, jk_error *error) {
    const jk_segment *segment = &made->model->segments[origin];
    if (made->count == JK_SEGMENTS_MAX) {
        return jk_fail(error, JK_ERROR_MODEL, made->model->path, 0, segment->id,
                       "the countries named split the segments into more than %d; expected fewer countries",
                       JK_SEGMENTS_MAX);
    }
    jk_segment *to = &made->segments[made->count];
    *to = *segment;
    if (narrowed) {
        JK_TRY(narrow(made->arena, &segment->when, country, &to->when, error));
    }
    made->origin[made->count] = (uint16_t)origin;
    made->country[made->count] = country;
    made->count++;
    return JK_OK;
}

static jk_status put_parts(making *made, size_t origin, const division *parts, jk_error *error) {
    if (parts->count == 1 && !parts->rest) { /* of this country alone already */
        return put_segment(made, origin, parts->country[0], false, error);
    }
    for (size_t c = 0; c < parts->count; c++) {
        JK_TRY(put_segment(made, origin, parts->country[c], true, error));
    }
    return parts->rest ? put_segment(made, origin, NULL, false, error) : JK_OK;
}

/* A part has the factors of the segment that it was made of. */
static jk_status put_factors(const making *made, jk_model *model, jk_error *error) {
    const jk_risk_correlation *whole = made->model->risk.correlation;
    const size_t countries = made->model->jurisdiction_count;
    if (whole == NULL || whole->count == 0) { /* a page's model is never simulated and has none */
        return JK_OK;
    }
    jk_risk_correlation *parts = jk_arena_alloc(made->arena, 1, sizeof *parts);
    uint32_t *of = jk_arena_alloc(made->arena, made->count * countries, sizeof *of);
    JK_TRY(jk_held(parts != NULL && of != NULL, error, "a split model"));
    for (size_t s = 0; s < made->count; s++) {
        memcpy(of + s * countries, whole->of + made->origin[s] * countries, countries * sizeof *of);
    }
    *parts = *whole;
    parts->of = of;
    model->risk.correlation = parts;
    return JK_OK;
}

static jk_status make(making *made, const jk_where *wheres, size_t count, division *parts, jk_model **split,
                      jk_error *error) {
    jk_model *model = jk_arena_alloc(made->arena, 1, sizeof *model);
    jk_model_origin *origin = jk_arena_alloc(made->arena, 1, sizeof *origin);
    made->segments = jk_arena_alloc(made->arena, JK_SEGMENTS_MAX, sizeof *made->segments);
    made->origin = jk_arena_alloc(made->arena, JK_SEGMENTS_MAX, sizeof *made->origin);
    made->country = jk_arena_alloc(made->arena, JK_SEGMENTS_MAX, sizeof *made->country);
    JK_TRY(jk_held(model != NULL && origin != NULL && made->segments != NULL && made->origin != NULL &&
                       made->country != NULL,
                   error, "a split model"));
    for (size_t s = 0; s < made->model->segment_count; s++) {
        JK_TRY(divide(made->model, &made->model->segments[s], wheres, count, parts, error));
        JK_TRY(put_parts(made, s, parts, error));
    }
    *origin = (jk_model_origin){made->model, made->origin, made->country};
    *model = *made->model;
    model->segment_count = made->count;
    model->segments = made->segments;
    model->origin = origin;
    model->arena = made->arena;
    *split = model;
    return put_factors(made, model, error);
}

jk_status jk_model_split(const jk_model *model, const jk_where *wheres, size_t count, jk_model **split,
                         jk_error *error) {
    *split = NULL;
    making made = {.arena = jk_arena_create(), .model = model};
    division *parts = made.arena == NULL ? NULL : jk_arena_alloc(made.arena, 1, sizeof *parts);
    jk_status status =
        parts == NULL ? jk_fail_memory(error, "a split model") : make(&made, wheres, count, parts, split, error);
    if (status != JK_OK) {
        jk_arena_free(made.arena);
    }
    return status;
}

int jk_where_holds(const jk_where *where, const jk_model *split, size_t segment) {
    const char *country = split->origin->country[segment];
    bool there =
        where->country_count == 0 || (country != NULL && listed(where->countries, where->country_count, country));
    return there &&
           (where->segment_count == 0 || listed(where->segments, where->segment_count, split->segments[segment].id));
}
