/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/scenario_law.h"

#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "model/file/amend.h"

/* Keys of a jurisdiction that may change on a day, and of each those within; NULL: all. What a letter does and how
 * titles are renewed is not among them: that rests on what was done before the day, which no tape tells. */
typedef struct changeable {
    const char *key;
    const char *const *within;
} changeable;

static const char *const limitation_keys[] = {"periods", "final_months", "title_final_months", NULL};
static const changeable sections[] = {{"limitation", limitation_keys}, {"attachable", NULL}};

static jk_status fail_key(const jk_yaml_pair *pair, const char *expected, jk_error *error) {
    return jk_fail(error, JK_ERROR_MODEL, pair->file, pair->line, "law", "'%.80s' cannot change; expected %s",
                   pair->key, expected);
}

static jk_status check_section(const jk_yaml_pair *pair, jk_error *error) {
    const changeable *section = NULL;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        section = strcmp(pair->key, sections[i].key) == 0 ? &sections[i] : section;
    }
    if (section == NULL) {
        return fail_key(pair, "limitation or attachable", error);
    }
    for (size_t i = 0; section->within != NULL && pair->value->kind == JK_YAML_MAP && i < pair->value->count; i++) {
        bool known = false;
        for (const char *const *key = section->within; *key != NULL; key++) {
            known = known || strcmp(*key, pair->value->pairs[i].key) == 0;
        }
        if (!known) {
            return fail_key(&pair->value->pairs[i], "periods, final_months or title_final_months", error);
        }
    }
    return JK_OK;
}

static bool is_jurisdiction(const jk_model *model, const char *id) {
    bool found = false;
    for (size_t i = 0; i < model->jurisdiction_count; i++) {
        found = found || strcmp(model->jurisdictions[i].id, id) == 0;
    }
    return found;
}

jk_status jk_scenario_law_check(const jk_yaml_node *law, const jk_model *model, jk_error *error) {
    if (law->kind != JK_YAML_MAP || law->count == 0) {
        return jk_fail(error, JK_ERROR_MODEL, law->file, law->line, "law", "expected a map by country");
    }
    for (size_t i = 0; i < law->count; i++) {
        const jk_yaml_pair *pair = &law->pairs[i];
        if (!is_jurisdiction(model, pair->key)) {
            return fail_key(pair, "a country of the model's jurisdictions", error);
        }
        if (pair->value->kind != JK_YAML_MAP || pair->value->count == 0) {
            return jk_fail(error, JK_ERROR_MODEL, pair->file, pair->line, "law",
                           "expected a map with limitation or attachable");
        }
        for (size_t k = 0; k < pair->value->count; k++) {
            JK_TRY(check_section(&pair->value->pairs[k], error));
        }
    }
    return JK_OK;
}

jk_status jk_scenario_law_make(jk_arena *arena, const jk_yaml_node *law, int32_t from, const jk_model *model,
                               jk_model **later, const jk_law_change **change, jk_error *error) {
    jk_yaml_pair *pair = jk_arena_alloc(arena, 1, sizeof *pair);
    jk_law_change *made = jk_arena_alloc(arena, 1, sizeof *made);
    JK_TRY(jk_held(pair != NULL && made != NULL, error, "the scenarios"));
    *pair = (jk_yaml_pair){.key = "jurisdictions", .value = law, .file = law->file, .line = law->line};
    const jk_yaml_node *changes = jk_yaml_make_map(arena, law, pair, 1);
    JK_TRY(jk_held(changes != NULL, error, "the scenarios"));
    JK_TRY(jk_model_amend(model, changes, later, error));
    *made = (jk_law_change){.jurisdictions = (*later)->jurisdictions, .from = from};
    *change = made;
    return JK_OK;
}
