/* SPDX-License-Identifier: Apache-2.0 */
/* `segments:` */
#include <math.h>
#include <string.h>

#include "model/keys/sections.h"
#include "model/keys/tables.h"

enum { ID_MAX = 63 };

/* An id goes into the names of columns and rows of results, so it holds nothing that a CSV file would have to quote. */
static jk_status check_id(jk_model_reader *reader, const jk_yaml_node *node, const jk_segment *segments, size_t index) {
    const char *id = segments[index].id;
    const jk_yaml_node *place = jk_yaml_find(node, "id")->value;
    (void)jk_key_path_add(&reader->path, "id");
    if (strcmp(id, "all") == 0) {
        return jk_model_fail(reader, place, "`all` names the sum over segments, expected another id");
    }
    size_t length = strlen(id);
    bool printable = length <= ID_MAX;
    for (size_t i = 0; i < length && printable; i++) {
        printable = (unsigned char)id[i] > ' ' && id[i] != 0x7f && id[i] != ',' && id[i] != '"' && id[i] != ';';
    }
    if (!printable) {
        return jk_model_fail(reader, place, "expected at most %d bytes without spaces, commas, semicolons and quotes",
                             ID_MAX);
    }
    for (size_t i = 0; i < index; i++) {
        if (strcmp(segments[i].id, id) == 0) {
            return jk_model_fail(reader, place, "the id %s stands twice, expected distinct ids", id);
        }
    }
    return JK_OK;
}

jk_status jk_read_payers(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_segment *segment = target;
    segment->payers.given = true;
    return jk_read_record(reader, &jk_record_payers, node, segment);
}

/* A segment that stands behind a wider one gets no claim, and what it was meant for is valued as the other. */
static jk_status warn_unreachable(jk_model_reader *reader, const jk_yaml_node *item, const jk_segment *segments,
                                  size_t index) {
    for (size_t e = 0; e < index; e++) {
        bool wider = segments[e].when.count > 0 && jk_condition_covers(&segments[e].when, &segments[index].when);
        if (wider) {
            return jk_model_warn(reader, item,
                                 "is never used: %.64s above it matches all of its claims; expected it before that one",
                                 segments[e].id);
        }
    }
    return JK_OK;
}

jk_status jk_read_segments(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_model *model = target;
    JK_TRY(jk_expect_list(reader, node, 1, "a list of segments, the last without `when`"));
    if (node->count > JK_SEGMENTS_MAX) {
        return jk_model_fail(reader, node, "expected at most %d segments, found %zu", JK_SEGMENTS_MAX, node->count);
    }
    jk_segment *segments = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *segments, &segments));
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_node *item = node->items[i];
        size_t before = jk_key_path_index(&reader->path, i);
        segments[i].own_slope = segments[i].own_intercept = (double)NAN; /* the scorecard's, unless it says others */
        JK_TRY(jk_read_record(reader, &jk_record_segment, item, &segments[i]));
        size_t inside = reader->path.length;
        JK_TRY(check_id(reader, item, segments, i));
        segments[i].place = i;
        jk_key_path_cut(&reader->path, inside);
        bool last = i + 1 == node->count;
        if (last && segments[i].when.count > 0) {
            return jk_model_fail(reader, item, "the last segment must match all claims, expected none of `when`");
        }
        if (!last && segments[i].when.count == 0) {
            JK_TRY(jk_model_warn(reader, item, "matches all claims, so the segments after it are never used"));
        }
        JK_TRY(warn_unreachable(reader, item, segments, i));
        jk_key_path_cut(&reader->path, before);
    }
    reader->segments = segments;
    model->segments = segments;
    model->segment_count = node->count;
    return JK_OK;
}

void jk_finish_segments(jk_model_reader *reader) {
    const jk_model *model = reader->model;
    for (size_t i = 0; i < model->segment_count; i++) {
        jk_segment *segment = &reader->segments[i];
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            segment->hours_monthly[t] = segment->effort_hours[t] / (double)model->epochs[0];
        }
        const jk_own_score *own = model->scorecard.own_score;
        segment->own_slope = !isnan(segment->own_slope) ? segment->own_slope : own != NULL ? own->slope : 1.0;
        segment->own_intercept = !isnan(segment->own_intercept) ? segment->own_intercept
                                 : own != NULL                  ? own->intercept
                                                                : 0.0;
    }
}
