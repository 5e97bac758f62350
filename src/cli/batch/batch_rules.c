/* SPDX-License-Identifier: Apache-2.0 */
/* What a job may say is what the option tables of the commands say. */
#include <string.h>

#include "base/text/text.h"
#include "cli/batch/batch_run.h"
#include "cli/commands.h"

/* Commands about the program itself, and batches of batches, are not for a batch. */
static bool is_for_batches(const jk_command *command) {
    return command != &jk_command_batch && command != &jk_command_help && command != &jk_command_completion &&
           command != &jk_command_version;
}

static const jk_command *find(const char *name) {
    for (size_t i = 0; i < jk_command_count; i++) {
        if (strcmp(jk_commands[i]->name, name) == 0 && is_for_batches(jk_commands[i])) {
            return jk_commands[i];
        }
    }
    return NULL;
}

static bool has_command(const char *name) {
    return find(name) != NULL;
}

/* What stands without an option's name is the key `read`. */
static const char *key_name(const jk_option_place *place) {
    return place->group == NULL ? "read" : place->option->name;
}

static jk_batch_key key_of(const char *command, const char *name) {
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(find(command), places);
    for (size_t p = 0; p < count; p++) {
        const jk_option *option = places[p].option;
        if (strcmp(key_name(&places[p]), name) != 0 || option->kind == JK_OPTION_HELP) {
            continue;
        }
        bool texts = option->kind == JK_OPTION_TEXT || option->kind == JK_OPTION_FILE_IN;
        jk_batch_kind list = texts || option->kind == JK_OPTION_SPECIAL ? JK_BATCH_SEVERAL : JK_BATCH_LIST;
        bool several = option->most > 0 || option->kind == JK_OPTION_SPECIAL;
        return (jk_batch_key){.kind = option->kind == JK_OPTION_FLAG ? JK_BATCH_FLAG
                                      : several                      ? list
                                                                     : JK_BATCH_ONE,
                              .is_operand = places[p].group == NULL,
                              .is_input = option->kind == JK_OPTION_FILE_IN,
                              .is_output = option->kind == JK_OPTION_FILE_OUT};
    }
    return (jk_batch_key){.kind = JK_BATCH_UNKNOWN};
}

static const char *nearest(const char *command, const char *key) {
    const char *names[JK_COMMAND_OPTIONS];
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = 0;
    if (key == NULL) {
        for (size_t i = 0; i < jk_command_count && count < JK_COMMAND_OPTIONS; i++) {
            names[count] = jk_commands[i]->name;
            count += is_for_batches(jk_commands[i]);
        }
    } else {
        size_t options = jk_command_options(find(command), places);
        for (size_t p = 0; p < options; p++) {
            names[count++] = key_name(&places[p]);
        }
    }
    int found = jk_text_nearest(key == NULL ? command : key, names, count);
    return found >= 0 ? names[found] : NULL;
}

const jk_batch_rules jk_cli_batch_rules = {.has_command = has_command, .key = key_of, .nearest = nearest};
