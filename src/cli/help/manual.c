/* SPDX-License-Identifier: Apache-2.0 */
/* Man pages and docs/commands.md from the tables of options. */
#include <ctype.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/help/help.h"
#include "cli/options/groups.h"

/* ---- man: roff with the macros of man(7) ------------------------------------------------------------------------ */

/* Text of a man page: a backslash and a hyphen are escaped, a dot at the beginning of a line guarded. */
static void put_roff(const char *text) {
    (void)fputs(*text == '.' || *text == '\'' ? "\\&" : "", stdout);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\\') {
            (void)fputs("\\e", stdout);
        } else if (*c == '-') {
            (void)fputs("\\-", stdout);
        } else {
            (void)putchar(*c);
        }
    }
    (void)putchar('\n');
}

static void put_capitals(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        (void)putchar(toupper((unsigned char)*c));
    }
}

static void put_man_option(const jk_option *option) {
    char sentence[JK_HELP_TEXT];
    (void)puts(".TP");
    if (option->letter != '\0') {
        (void)printf(".BR \\-%c \", \" ", option->letter);
    } else {
        (void)printf(".B ");
    }
    (void)printf("\\-\\-");
    for (const char *c = option->name; *c != '\0'; c++) {
        (void)fputs(*c == '-' ? "\\-" : (char[]){*c, '\0'}, stdout);
    }
    if (option->value != NULL) {
        (void)printf(option->letter != '\0' ? " \" \\fI%s\\fR\"" : " \\fI%s\\fR", option->value);
    }
    (void)putchar('\n');
    put_roff(jk_help_sentence(option, sentence));
}

static void put_man(const jk_command *command) {
    char usage[JK_HELP_TEXT];
    (void)printf(".TH JALKI\\-");
    put_capitals(command->name);
    (void)printf(" 1 \"\" \"jalki " JALKI_VERSION "\" \"Jalki\"\n.SH NAME\njalki\\-");
    put_roff(command->name);
    (void)printf("\\- ");
    put_roff(command->summary);
    (void)printf(".SH SYNOPSIS\n.B jalki %s\n", command->name);
    put_roff(jk_help_usage(command, usage));
    (void)puts(".SH DESCRIPTION");
    put_roff(command->purpose);
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(command, places);
    (void)puts(".SH OPTIONS");
    const jk_option_group *group = NULL;
    for (size_t p = 0; p < count; p++) {
        if (places[p].group == NULL) {
            continue;
        }
        if (places[p].group != group && places[p].group->title != NULL) {
            (void)printf(".SS ");
            put_roff(places[p].group->title);
        }
        group = places[p].group;
        put_man_option(places[p].option);
    }
    (void)puts(".SH EXAMPLES\n.nf");
    for (size_t i = 0; i < JK_COMMAND_EXAMPLES && command->examples[i] != NULL; i++) {
        put_roff(command->examples[i]);
    }
    (void)puts(".fi\n.SH \"EXIT STATUS\"\n0: done; 1: failed on its input or a file; 2: wrong usage.\n"
               ".SH \"SEE ALSO\"\n.BR jalki (1)");
}

static void put_man_of_all(void) {
    (void)puts(".TH JALKI 1 \"\" \"jalki " JALKI_VERSION "\" \"Jalki\"\n.SH NAME\njalki \\- what a written\\-off debt "
               "is worth, and what to do with it\n.SH SYNOPSIS\n.B jalki\n.I COMMAND\n[options]\n.SH DESCRIPTION\n"
               "Values portfolios of written\\-off receivables. Each command has a page of its own.\n.SH COMMANDS");
    for (size_t i = 0; i < jk_command_count; i++) {
        (void)printf(".TP\n.BR jalki\\-%s (1)\n", jk_commands[i]->name);
        put_roff(jk_commands[i]->summary);
    }
}

/* ---- docs/commands.md ---------------------------------------------------------------------------------------------
 */

/* A cell of a table: a bar would end it. */
static void put_cell(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        (void)fputs(*c == '|' ? "\\|" : (char[]){*c, '\0'}, stdout);
    }
}

static void put_markdown(const jk_command *command) {
    char text[JK_HELP_TEXT];
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(command, places);
    (void)printf("## %s\n\n%s\n\n    jalki %s %s\n\n| option | |\n|---|---|\n", command->name, command->purpose,
                 command->name, jk_help_usage(command, text));
    for (size_t p = 0; p < count; p++) {
        const jk_option *option = places[p].option;
        if (places[p].group == NULL || places[p].group->options == jk_common_options) {
            continue;
        }
        char letter[] = {'-', option->letter, ',', ' ', '\0'};
        (void)printf("| `%s--%s", option->letter != '\0' ? letter : "", option->name);
        if (option->value != NULL) {
            (void)putchar(' ');
            put_cell(option->value);
        }
        (void)printf("` | ");
        put_cell(jk_help_sentence(option, text));
        (void)printf(" |\n");
    }
    (void)printf("\n```\n");
    for (size_t i = 0; i < JK_COMMAND_EXAMPLES && command->examples[i] != NULL; i++) {
        (void)printf("%s\n", command->examples[i]);
    }
    (void)printf("```\n\n");
}

static void put_markdown_of_all(void) {
    (void)puts("# Commands\n\nMade from the tables of options in `src/cli` (`jalki help --as markdown`); "
               "`tests/cli/help.sh` compares.\nExit code 0: done; 1: failed on its input or a file; 2: wrong usage.\n\n"
               "Every command has these, too:\n\n| option | |\n|---|---|");
    for (const jk_option *option = jk_common_options; option->name != NULL; option++) {
        char text[JK_HELP_TEXT];
        (void)printf("| `--%s%s%s` | ", option->name, option->value != NULL ? " " : "",
                     option->value != NULL ? option->value : "");
        put_cell(jk_help_sentence(option, text));
        (void)puts(" |");
    }
    (void)putchar('\n');
    for (size_t i = 0; i < jk_command_count; i++) {
        put_markdown(jk_commands[i]);
    }
}

void jk_help_man(const jk_command *command) {
    if (command != NULL) {
        put_man(command);
    } else {
        put_man_of_all();
    }
}

void jk_help_markdown(const jk_command *command) {
    if (command != NULL) {
        put_markdown(command);
    } else {
        put_markdown_of_all();
    }
}
