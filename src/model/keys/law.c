/* SPDX-License-Identifier: Apache-2.0 */
/* `jurisdictions:` */
#include <math.h>
#include <string.h>

#include "model/keys/sections.h"
#include "model/keys/tables.h"

jk_status jk_read_periods(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_jurisdiction *jurisdiction = target;
    JK_TRY(jk_expect_list(reader, node, 1, "a list of periods, the last without `when`"));
    jk_limitation_period *periods = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *periods, &periods));
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(jk_read_record(reader, &jk_record_period, node->items[i], &periods[i]));
        bool last = i + 1 == node->count;
        if (last && periods[i].when.count > 0) {
            return jk_model_fail(reader, node->items[i],
                                 "the last period must match all claims, expected none of `when`");
        }
        if (!last && periods[i].when.count == 0) {
            JK_TRY(jk_model_warn(reader, node->items[i], "matches all claims, so the periods after it are never used"));
        }
        jk_key_path_cut(&reader->path, before);
    }
    jurisdiction->limitation.periods = periods;
    jurisdiction->limitation.period_count = node->count;
    return JK_OK;
}

jk_status jk_read_bands(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_jurisdiction *jurisdiction = target;
    JK_TRY(jk_expect_list(reader, node, 1, "a list of bands"));
    jk_attachable_band *bands = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *bands, &bands));
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(jk_read_record(reader, &jk_record_band, node->items[i], &bands[i]));
        if (i > 0 && bands[i].from_multiple <= bands[i - 1].from_multiple) {
            return jk_model_fail(reader, node->items[i], "expected multiples that ascend, found %g after %g",
                                 bands[i].from_multiple, bands[i - 1].from_multiple);
        }
        jk_key_path_cut(&reader->path, before);
    }
    jurisdiction->attachable.bands = bands;
    jurisdiction->attachable.band_count = node->count;
    return JK_OK;
}

jk_status jk_read_attachable(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_jurisdiction *jurisdiction = target;
    if (node->kind == JK_YAML_NULL) {
        return JK_OK;
    }
    JK_TRY(jk_expect_map(reader, node, "a map, or null"));
    jurisdiction->attachable.allowed = 1;
    return jk_read_record(reader, &jk_record_attachable, node, jurisdiction);
}

/* The rate of the jurisdiction's currency must be known before its money is read. */
static jk_status find_rate(jk_model_reader *reader, const jk_yaml_node *node) {
    const jk_yaml_pair *currency = jk_yaml_find(node, "currency");
    const char *text = NULL;
    if (currency == NULL || !jk_yaml_to_text(currency->value, &text)) {
        return JK_OK; /* a wrong type is reported by the record */
    }
    size_t before = jk_key_path_add(&reader->path, "currency");
    JK_TRY(jk_read_currency(reader, currency->value, &text));
    reader->money_rate = jk_model_exchange_rate(reader->model, text);
    if (isnan(reader->money_rate)) {
        return jk_model_fail(reader, currency->value, "the currency %s has no rate, expected one under fx", text);
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_jurisdiction(jk_model_reader *reader, const jk_yaml_pair *pair, jk_jurisdiction *jurisdiction) {
    jk_yaml_node place = {.file = pair->file, .line = pair->line};
    JK_TRY(jk_check_code(reader, &place, pair->key, 2, "a country of two capital letters"));
    JK_TRY(jk_expect_map(reader, pair->value, "a map"));
    jurisdiction->id = pair->key;
    jurisdiction->currency = reader->model->written_currency;
    JK_TRY(find_rate(reader, pair->value));
    JK_TRY(jk_read_record(reader, &jk_record_jurisdiction, pair->value, jurisdiction));
    reader->money_rate = reader->model->written_rate;
    if (!isnan(jurisdiction->limitation.interruption_cost)) {
        return JK_OK;
    }
    if (jurisdiction->limitation.letter_interrupts) {
        (void)jk_key_path_add(&reader->path, "limitation.interruption_cost");
        return jk_model_fail(reader, jk_yaml_find(pair->value, "limitation")->value,
                             "missing key, expected the cost of a letter where letters interrupt limitation");
    }
    jurisdiction->limitation.interruption_cost = 0.0;
    return JK_OK;
}

jk_status jk_read_jurisdictions(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_model *model = target;
    JK_TRY(jk_expect_map(reader, node, "a map of countries to their law"));
    if (node->count == 0) {
        return jk_model_fail(reader, node, "expected at least one jurisdiction, found none");
    }
    jk_jurisdiction *jurisdictions = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *jurisdictions, &jurisdictions));
    model->fallback_jurisdiction = -1;
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_add(&reader->path, node->pairs[i].key);
        JK_TRY(read_jurisdiction(reader, &node->pairs[i], &jurisdictions[i]));
        if (strcmp(node->pairs[i].key, "EU") == 0) {
            model->fallback_jurisdiction = (int)i;
        }
        jk_key_path_cut(&reader->path, before);
    }
    model->jurisdictions = jurisdictions;
    model->jurisdiction_count = node->count;
    return JK_OK;
}
