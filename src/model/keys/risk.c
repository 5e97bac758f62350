/* SPDX-License-Identifier: Apache-2.0 */
/* `risk:` */
#include <string.h>

#include "model/keys/sections.h"
#include "model/keys/tables.h"

static size_t find_jurisdiction(const jk_model *model, const char *id) {
    size_t i = 0;
    while (i < model->jurisdiction_count && strcmp(model->jurisdictions[i].id, id) != 0) {
        i++;
    }
    return i;
}

/* Every jurisdiction gets the factor of all; *factors is what `countries` then changes. */
static jk_status spread(jk_model_reader *reader, jk_risk *risk, jk_risk_factor **factors) {
    const jk_model *model = reader->model;
    JK_TRY(jk_model_alloc(reader, model->jurisdiction_count, sizeof **factors, factors));
    for (size_t i = 0; i < model->jurisdiction_count; i++) {
        (*factors)[i] = risk->all;
    }
    risk->jurisdiction = *factors;
    return JK_OK;
}

jk_status jk_read_risk_countries(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_risk *risk = target;
    const jk_model *model = reader->model;
    JK_TRY(jk_expect_map(reader, node, "a map of countries to volatility and persistence"));
    jk_risk_factor *factors = NULL;
    JK_TRY(spread(reader, risk, &factors));
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_pair *pair = &node->pairs[i];
        jk_yaml_node place = {.file = pair->file, .line = pair->line};
        size_t before = jk_key_path_add(&reader->path, pair->key);
        size_t which = find_jurisdiction(model, pair->key);
        if (which == model->jurisdiction_count) {
            return jk_model_fail(reader, &place, "unknown country, expected one of the keys of jurisdictions");
        }
        JK_TRY(jk_read_record(reader, &jk_record_risk_country, pair->value, &factors[which]));
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}

jk_status jk_read_risk(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_risk *risk = target;
    static const jk_yaml_node nothing = {.kind = JK_YAML_MAP};
    risk->given = 1;
    JK_TRY(jk_read_record(reader, &jk_record_risk_parameters, &nothing, risk)); /* what holds without `parameters` */
    return jk_read_record(reader, &jk_record_risk, node, risk);
}

jk_status jk_finish_risk(jk_model_reader *reader) {
    static const jk_yaml_node nothing = {.kind = JK_YAML_MAP};
    jk_risk *risk = &reader->model->risk;
    if (!risk->given) {
        JK_TRY(jk_read_risk(reader, &nothing, risk));
        risk->given = 0;
    }
    jk_risk_factor *factors = NULL;
    return risk->jurisdiction == NULL ? spread(reader, risk, &factors) : JK_OK;
}
