/* SPDX-License-Identifier: Apache-2.0 */
/* `statuses:`, `vulnerable_allow:` and `unreachable_allow:`, and what holds where the file says nothing (model.md
 * section 10). */
#include <string.h>

#include "model/keys/sections.h"
#include "model/keys/tables.h"
#include "model/names.h"

/* A debt adjustment runs three years on average; its end discharges the rest. */
#define DISCHARGE_MONTHLY (1.0 / 36.0)

void jk_default_statuses(jk_model *model) {
    enum { BY_SCORE = -1 };
    const unsigned passive = JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SELL) | JK_ALLOW(JK_SURVEIL);
    for (size_t i = 0; i < JK_LEGAL_STATUS_COUNT; i++) {
        model->statuses[i] =
            (jk_status_rule){.class_override = BY_SCORE, .title = JK_TITLE_NONE, .allow = JK_ALLOW_ALL};
    }
    model->statuses[JK_STATUS_FILED].title = JK_TITLE_PENDING;
    model->statuses[JK_STATUS_TITLE].title = JK_TITLE_HELD;
    model->statuses[JK_STATUS_ENFORCEMENT].title = JK_TITLE_HELD;
    model->statuses[JK_STATUS_ENFORCEMENT_INSOLVENT].title = JK_TITLE_HELD;
    model->statuses[JK_STATUS_ENFORCEMENT_INSOLVENT].class_override = JK_CAPACITY_NONE;
    model->statuses[JK_STATUS_BANKRUPTCY].class_override = JK_CAPACITY_NONE;
    model->statuses[JK_STATUS_BANKRUPTCY].allow = passive;
    model->statuses[JK_STATUS_DEBT_ADJUSTMENT].class_override = JK_CAPACITY_NONE;
    model->statuses[JK_STATUS_DEBT_ADJUSTMENT].allow = passive;
    model->statuses[JK_STATUS_DEBT_ADJUSTMENT].exit_monthly = DISCHARGE_MONTHLY;
    model->statuses[JK_STATUS_DECEASED].allow = JK_ALLOW(JK_CLOSE);
    model->statuses[JK_STATUS_DISPUTED].allow = passive | JK_ALLOW(JK_LEGAL);
    model->unreachable_allow = JK_ALLOW_ALL;
    model->vulnerable_allow = JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE);
}

/* A list of actions as bits; `close` is always among them. */
static jk_status read_actions(jk_model_reader *reader, const jk_yaml_node *node, unsigned forbidden, unsigned *allow) {
    JK_TRY(jk_expect_list(reader, node, 0, "a list of actions"));
    unsigned bits = JK_ALLOW(JK_CLOSE);
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        int action = 0;
        JK_TRY(jk_read_choice(reader, node->items[i], "action", jk_action_names, JK_ACTION_COUNT, &action));
        if ((forbidden & JK_ALLOW(action)) != 0) {
            return jk_model_fail(reader, node->items[i], "%s is not allowed here, expected surveil, amicable or close",
                                 jk_action_names[action]);
        }
        bits |= JK_ALLOW(action);
        jk_key_path_cut(&reader->path, before);
    }
    *allow = bits;
    return JK_OK;
}

jk_status jk_read_vulnerable_allow(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_model *model = target;
    return read_actions(reader, node, JK_ALLOW(JK_LEGAL) | JK_ALLOW(JK_SELL), &model->vulnerable_allow);
}

jk_status jk_read_unreachable_allow(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_model *model = target;
    return read_actions(reader, node, 0, &model->unreachable_allow);
}

jk_status jk_read_allow(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_status_rule *rule = target;
    return read_actions(reader, node, 0, &rule->allow);
}

jk_status jk_read_class(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_status_rule *rule = target;
    rule->class_override = -1;
    if (node->kind == JK_YAML_NULL) {
        return JK_OK;
    }
    return jk_read_choice(reader, node, "class", jk_capacity_names, JK_CAPACITY_COUNT, &rule->class_override);
}

jk_status jk_read_title(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_status_rule *rule = target;
    int title = 0;
    JK_TRY(jk_read_choice(reader, node, "title state", jk_title_names, JK_TITLE_COUNT, &title));
    rule->title = (jk_title)title;
    return JK_OK;
}

jk_status jk_read_statuses(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_model *model = target;
    size_t count = 0;
    const char *const *names = jk_schema_levels(JK_COLUMN_LEGAL_STATUS, &count);
    JK_TRY(jk_expect_map(reader, node, "a map of legal statuses to rules"));
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_pair *pair = &node->pairs[i];
        int status = jk_schema_level(JK_COLUMN_LEGAL_STATUS, pair->key, strlen(pair->key));
        if (status < 0) {
            return jk_model_unknown(reader, pair, "legal status", names, count);
        }
        size_t before = jk_key_path_add(&reader->path, pair->key);
        JK_TRY(jk_read_record(reader, &jk_record_status, pair->value, &model->statuses[status]));
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}
