/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of options as JSON, from which the modules of Python and R make their functions. */

#include "base/text/json.h"
#include "cli/commands.h"
#include "cli/help/help.h"
#include "cli/value/valuing.h"

static const char *kind_name(const jk_option *option) {
    switch (option->kind) {
    case JK_OPTION_FLAG:
        return "flag";
    case JK_OPTION_FILE_IN:
        return option->is_model ? "model" : "input";
    case JK_OPTION_FILE_OUT:
        return "output";
    case JK_OPTION_INTEGER:
        return "integer";
    case JK_OPTION_NUMBER:
    case JK_OPTION_MONEY:
    case JK_OPTION_PERCENT:
    case JK_OPTION_RETURN:
        return "number";
    case JK_OPTION_DATE:
        return "date";
    case JK_OPTION_CHOICE:
        return "choice";
    case JK_OPTION_TEXT:
    case JK_OPTION_SIZE:
    case JK_OPTION_SPECIAL:
    case JK_OPTION_HELP:
        break;
    }
    return "text";
}

static json_t *option_json(jk_json_builder *b, const jk_option *option, bool is_needed) {
    char sentence[JK_HELP_TEXT];
    json_t *object = json_object();
    jk_json_put(b, object, "name", json_string(option->name));
    jk_json_put(b, object, "kind", json_string(kind_name(option)));
    jk_json_put(b, object, "value", jk_json_text_or_null(option->value));
    jk_json_put(b, object, "help",
                jk_json_text_or_null(option->help != NULL ? jk_help_sentence(option, sentence) : NULL));
    jk_json_put(b, object, "needed", json_boolean(is_needed));
    jk_json_put(b, object, "several", json_boolean(option->most > 0));
    json_t *words = json_array();
    for (size_t i = 0; option->kind == JK_OPTION_CHOICE && option->choices[i] != NULL; i++) {
        jk_json_append(b, words, json_string(option->choices[i]));
    }
    jk_json_put(b, object, "choices", words);
    return object;
}

static json_t *command_json(jk_json_builder *b, const jk_command *command) {
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(command, places);
    json_t *object = json_object(), *options = json_array(), *examples = json_array();
    jk_json_put(b, object, "name", json_string(command->name));
    jk_json_put(b, object, "summary", json_string(command->summary));
    jk_json_put(b, object, "purpose", json_string(command->purpose));
    jk_json_put(b, object, "operand",
                command->operand.name != NULL ? option_json(b, &command->operand, command->operand.is_needed)
                                              : json_null());
    for (size_t p = 0; p < count; p++) {
        if (places[p].group != NULL && places[p].option->kind != JK_OPTION_HELP) {
            bool is_needed = places[p].option->is_needed && !places[p].group->with_operand;
            jk_json_append(b, options, option_json(b, places[p].option, is_needed));
        }
    }
    for (size_t i = 0; i < JK_COMMAND_EXAMPLES && command->examples[i] != NULL; i++) {
        jk_json_append(b, examples, json_string(command->examples[i]));
    }
    jk_json_put(b, object, "options", options);
    jk_json_put(b, object, "examples", examples);
    return object;
}

int jk_help_json(const jk_command *command) {
    jk_json_builder b = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < jk_command_count; i++) {
        if (command == NULL || command == jk_commands[i]) {
            jk_json_append(&b, list, command_json(&b, jk_commands[i]));
        }
    }
    return jk_cli_print_text(jk_json_text(&b, list, JSON_INDENT(2)));
}
