/* SPDX-License-Identifier: Apache-2.0 */
/* Binding a scorecard to a tape. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lanes/isa.h"
#include "base/memory.h"
#include "law/numbers.h"
#include "score/levels.h"
#include "score/scorer_internal.h"

JK_ISA_DECLARE(jk_score_kernel, jk_score_kernel_);
JK_ISA_DECLARE(jk_score_values_kernel, jk_score_values_kernel_);

/* Level (jk_score_levels) by name: unknown falls to missing, anything unlisted to other. */
static size_t level_by_name(const jk_characteristic *from, const char *name) {
    for (size_t i = 0; name != NULL && i < from->count; i++) {
        if (strcmp(from->levels[i], name) == 0) {
            return i;
        }
    }
    bool unknown = name == NULL || strcmp(name, "unknown") == 0;
    return unknown ? from->count + 1 : from->count;
}

jk_status jk_scorer_bind_codes(jk_scorer_item *item, const jk_tape *tape, size_t *count, jk_error *error) {
    jk_column column = item->from->column;
    *count = 0;
    item->names = jk_schema_column(column)->type == JK_TYPE_DICTIONARY ? jk_tape_dictionary(tape, column, count)
                                                                       : jk_schema_levels(column, count);
    item->code_points = jk_columns_zero(*count + 1, sizeof *item->code_points);
    return jk_held(item->code_points != NULL, error, "the scorecard");
}

jk_status jk_scorer_bind_column(jk_scorer *scorer, jk_scorer_item *item, jk_error *error) {
    const jk_characteristic *from = item->from;
    if (from->derived != JK_DERIVED_NONE) {
        item->columns = jk_score_derived_columns(from->derived);
        return JK_OK;
    }
    jk_type type = jk_schema_column(from->column)->type;
    bool coded = type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY;
    bool number = type == JK_TYPE_MONEY || type == JK_TYPE_REAL || type == JK_TYPE_INTEGER ||
                  (type == JK_TYPE_DATE && jk_schema_is_extra(from->column));
    item->columns = jk_law_number_columns(JK_DERIVED_NONE, from->column);
    if (from->is_numeric ? number || from->column == JK_COLUMN_VULNERABLE : coded) {
        return JK_OK;
    }
    return jk_fail(error, JK_ERROR_MODEL, scorer->model->path, 0, from->name,
                   "this column cannot be a characteristic with %s", from->is_numeric ? "bins" : "levels");
}

jk_status jk_scorer_bind_place(const jk_scorer *scorer, const jk_tape *tape, const jk_characteristic *from,
                               jk_scorer_item *item, jk_error *error) {
    item->from = from;
    if (from->derived != JK_DERIVED_NONE || !jk_schema_is_extra(from->column)) {
        return JK_OK;
    }
    item->own = *from;
    item->from = &item->own;
    return jk_tape_place(tape, &scorer->model->extras, from->column, &item->own.column, error);
}

jk_status jk_scorer_bind_item(jk_scorer *scorer, jk_scorer_item *item, const jk_characteristic *from,
                              const jk_tape *tape, jk_error *error) {
    JK_TRY(jk_scorer_bind_place(scorer, tape, from, item, error));
    from = item->from;
    JK_TRY(jk_scorer_bind_column(scorer, item, error));
    scorer->columns |= item->columns;
    if (from->is_numeric) {
        return JK_OK;
    }
    size_t count = 0;
    JK_TRY(jk_scorer_bind_codes(item, tape, &count, error));
    item->code_levels = jk_columns_zero(count + 1, sizeof *item->code_levels);
    JK_TRY(jk_held(item->code_levels != NULL, error, "the scorecard"));
    const char *missing = jk_default_level(from->column, scorer->model->written_currency);
    for (size_t code = 0; code <= count; code++) {
        const char *name = code > 0 ? item->names[code - 1] : missing != NULL ? missing : "unknown";
        size_t level = level_by_name(from, name);
        item->code_levels[code] = (uint16_t)level;
        item->code_points[code] = jk_score_level_points(from, level);
    }
    return JK_OK;
}

/* What rows look up by their segment. */
static jk_status bind_segments(jk_scorer *scorer, jk_error *error) {
    const jk_model *model = scorer->model;
    scorer->centers = jk_columns_zero(model->segment_count * JK_CAPACITY_COUNT, sizeof *scorer->centers);
    scorer->payers_since = jk_columns_zero(model->segment_count, sizeof *scorer->payers_since);
    JK_TRY(jk_held(scorer->centers != NULL && scorer->payers_since != NULL, error, "the scorecard"));
    for (size_t s = 0; s < model->segment_count; s++) {
        const jk_segment *segment = &model->segments[s];
        memcpy(&scorer->centers[s * JK_CAPACITY_COUNT], segment->theta_center, sizeof segment->theta_center);
        scorer->payers_since[s] = segment->payers.given ? segment->payers.since_last_payment : 0;
    }
    return JK_OK;
}

jk_status jk_scorer_create(const jk_model *model, const jk_tape *tape, const jk_law *law, const jk_debtors *debtors,
                           jk_scorer **scorer, jk_error *error) {
    *scorer = NULL;
    jk_scorer *made = jk_columns_zero(1, sizeof *made);
    JK_TRY(jk_held(made != NULL, error, "the scorecard"));
    jk_status status = JK_OK;
    const jk_isa isa = jk_isa_usual();
    *made = (jk_scorer){.model = model, .law = law, .debtors = debtors};
    made->kernel = JK_ISA_OF(jk_score_kernel_, isa);
    made->values = JK_ISA_OF(jk_score_values_kernel_, isa);
    JK_TRY_CLEANUP(bind_segments(made, error));
    made->items = jk_columns_zero(model->scorecard.count, sizeof *made->items);
    JK_TRY_CLEANUP(jk_held(made->items != NULL, error, "the scorecard"));
    for (size_t i = 0; i < model->scorecard.count; i++) {
        JK_TRY_CLEANUP(jk_scorer_bind_item(made, &made->items[i], &model->scorecard.characteristics[i], tape, error));
    }
    JK_TRY_CLEANUP(jk_scorer_bind_trees(made, tape, model->scorecard.trees, &made->trees, error));
    JK_TRY_CLEANUP(jk_scorer_bind_network(made, tape, model->scorecard.network, &made->network, error));
    JK_TRY_CLEANUP(jk_scorer_bind_own(made, tape, error));
    *scorer = made;
    return JK_OK;
cleanup:
    jk_scorer_free(made);
    return status;
}

void jk_scorer_free_item(jk_scorer_item *item) {
    free(item->code_points);
    free(item->code_levels);
}

void jk_scorer_free(jk_scorer *scorer) {
    if (scorer == NULL) {
        return;
    }
    for (size_t i = 0; scorer->items != NULL && i < scorer->model->scorecard.count; i++) {
        jk_scorer_free_item(&scorer->items[i]);
    }
    free(scorer->items);
    free(scorer->centers);
    free(scorer->payers_since);
    jk_scorer_free_trees(&scorer->trees);
    jk_scorer_free_network(&scorer->network);
    jk_scorer_free_own(scorer);
    free(scorer);
}

uint64_t jk_scorer_columns(const jk_scorer *scorer) {
    return scorer->columns;
}
