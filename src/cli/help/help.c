/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help/help.h"

#include <stdarg.h>
#include <string.h>

#include "cli/commands.h"

enum { WIDTH = 80, HELP_COLUMN = 29 };

/* Adds to the text what fits into it. */
__attribute__((format(printf, 2, 3))) static void add(char text[JK_HELP_TEXT], const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, JK_HELP_TEXT - used, format, arguments);
    va_end(arguments);
}

const char *jk_help_usage(const jk_command *command, char text[JK_HELP_TEXT]) {
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(command, places);
    text[0] = '\0';
    if (command->usage != NULL) {
        add(text, "%s", command->usage);
    }
    for (size_t p = 0; command->usage == NULL && p < count; p++) {
        const jk_option *option = places[p].option;
        if (places[p].group == NULL) {
            add(text, "%s%s ", option->value, option->most > 0 ? "..." : "");
        } else if (option->is_needed) {
            add(text, "--%s %s ", option->name, option->value);
        }
    }
    add(text, command->usage != NULL ? " [options]" : "[options]");
    return text;
}

const char *jk_help_sentence(const jk_option *option, char text[JK_HELP_TEXT]) {
    text[0] = '\0';
    add(text, "%s", option->help);
    for (size_t i = 0; option->kind == JK_OPTION_CHOICE && option->choices[i] != NULL; i++) {
        add(text, "%s%s", i == 0 ? ": " : option->choices[i + 1] == NULL ? " or " : ", ", option->choices[i]);
    }
    const char *without = option->standard != NULL ? option->standard : option->otherwise;
    if (option->is_needed) {
        add(text, " (needed)");
    } else if (without != NULL) {
        add(text, " [%s]", without);
    }
    if (option->most > 0 && (option->kind == JK_OPTION_TEXT || option->kind == JK_OPTION_FILE_IN)) {
        add(text, "; may be given again");
    }
    return text;
}

/* Characters on the screen. */
static size_t width_of(const char *text, size_t bytes) {
    size_t width = 0;
    for (size_t i = 0; i < bytes; i++) {
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return width;
}

/* Words from column `at` on, lines broken before WIDTH and begun at `indent`. */
static void print_wrapped(const char *text, size_t at, size_t indent) {
    while (*text != '\0') {
        size_t bytes = strcspn(text, " ");
        size_t word = width_of(text, bytes);
        if (at > indent && at + 1 + word > WIDTH) {
            (void)printf("\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            (void)putchar(' ');
            at++;
        }
        (void)printf("%.*s", (int)bytes, text);
        at += word;
        text += bytes + (text[bytes] == ' ');
    }
    (void)putchar('\n');
}

static void print_option(const jk_option *option) {
    char name[128], sentence[JK_HELP_TEXT];
    char letter[] = {'-', option->letter, ',', ' ', '\0'};
    (void)snprintf(name, sizeof name, "  %s--%s%s%s", option->letter != '\0' ? letter : "    ", option->name,
                   option->value != NULL ? " " : "", option->value != NULL ? option->value : "");
    size_t used = strlen(name);
    if (used + 2 > HELP_COLUMN) {
        (void)printf("%s\n%*s", name, HELP_COLUMN, "");
    } else {
        (void)printf("%-*s", HELP_COLUMN, name);
    }
    print_wrapped(jk_help_sentence(option, sentence), HELP_COLUMN, HELP_COLUMN);
}

int jk_help_print(const jk_command *command) {
    char text[JK_HELP_TEXT];
    (void)printf("Usage: jalki %s %s\n\n", command->name, jk_help_usage(command, text));
    print_wrapped(command->purpose, 0, 0);
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(command, places);
    const jk_option_group *group = NULL;
    for (size_t p = 0; p < count; p++) {
        if (places[p].group == NULL) {
            continue;
        }
        if (places[p].group != group) {
            const char *title = places[p].group->title;
            (void)printf(group == NULL || title != NULL ? "\n%s:\n" : "%s", title != NULL   ? title
                                                                            : group == NULL ? "Options"
                                                                                            : "");
            group = places[p].group;
        }
        print_option(places[p].option);
    }
    bool several = command->examples[1] != NULL;
    for (size_t i = 0; i < JK_COMMAND_EXAMPLES && command->examples[i] != NULL; i++) {
        (void)printf("%s%s%s\n", i == 0 ? (several ? "\nExamples:\n" : "\nExample: ") : "", several ? "  " : "",
                     command->examples[i]);
    }
    return jk_cli_finish();
}

void jk_help_list(FILE *out) {
    (void)fputs(
        "jalki - what a written-off debt is worth, and what to do with it\n\nUsage: jalki COMMAND [options]\n\n", out);
    for (size_t i = 0; i < jk_command_count; i++) {
        (void)fprintf(out, "  %-11s %s\n", jk_commands[i]->name, jk_commands[i]->summary);
    }
    (void)fputs("\n`jalki help COMMAND` shows the options of a command with examples.\n", out);
}
