/* SPDX-License-Identifier: Apache-2.0 */
/* jalki completion: scripts that complete commands, options, words and files in a shell, made from the option tables.
 */
#include "cli/commands.h"

enum { BASH, ZSH, FISH };
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

typedef struct completion_arguments {
    jk_cli_common common;
    int shell;
} completion_arguments;

static bool takes_file(const jk_option *option) {
    return option->kind == JK_OPTION_FILE_IN || option->kind == JK_OPTION_FILE_OUT;
}

static bool takes_value(const jk_option *option) {
    return option->kind != JK_OPTION_FLAG && option->kind != JK_OPTION_HELP;
}

static void put_words(const char *const *words, const char *between) {
    for (size_t i = 0; words[i] != NULL; i++) {
        (void)printf("%s%s", i > 0 ? between : "", words[i]);
    }
}

/* ---- bash, and zsh through its bash completion ------------------------------------------------------------------- */

static void put_bash_command(const jk_command *command) {
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(command, places);
    (void)printf("    %s)\n        case \"$before\" in\n", command->name);
    for (size_t p = 0; p < count; p++) {
        const jk_option *option = places[p].option;
        if (places[p].group == NULL || !takes_value(option)) {
            continue;
        }
        (void)printf("        --%s", option->name);
        if (option->letter != '\0') {
            (void)printf("|-%c", option->letter);
        }
        if (option->choices != NULL) {
            (void)printf(") words=\"");
            put_words(option->choices, " ");
            (void)printf("\" ;;\n");
        } else {
            (void)printf(") %s ;;\n", takes_file(option) ? "files=1" : "return");
        }
    }
    (void)printf("        *) words=\"");
    for (size_t p = 0; p < count; p++) {
        if (places[p].group != NULL) {
            (void)printf("--%s ", places[p].option->name);
        }
    }
    bool names = command->operand.name != NULL && command->operand.kind == JK_OPTION_TEXT;
    (void)printf("\"%s ;;\n        esac ;;\n", names ? "; [[ $current == -* ]] || words=\"$commands\"" : "; files=1");
}

static void put_bash(void) {
    (void)printf(
        "# Completion of jalki for bash: source this file, or put it into /usr/share/bash-completion/completions.\n"
        "_jalki() {\n    local current=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
        "    local words=\"\" files=\"\" commands=\"");
    for (size_t i = 0; i < jk_command_count; i++) {
        (void)printf("%s%s", i > 0 ? " " : "", jk_commands[i]->name);
    }
    (void)printf("\"\n    COMPREPLY=()\n    if [ \"$COMP_CWORD\" = 1 ]; then\n"
                 "        COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))\n        return\n    fi\n"
                 "    case \"${COMP_WORDS[1]}\" in\n");
    for (size_t i = 0; i < jk_command_count; i++) {
        put_bash_command(jk_commands[i]);
    }
    (void)printf("    esac\n    [ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                 "    if [ -n \"$files\" ] && [[ $current != -* ]]; then\n"
                 "        compopt -o filenames 2>/dev/null\n"
                 "        COMPREPLY=($(compgen -f -- \"$current\"))\n    fi\n}\ncomplete -F _jalki jalki\n");
}

/* ---- fish -------------------------------------------------------------------------------------------------------- */

/* In single quotes. */
static void put_quoted(const char *text) {
    (void)putchar('\'');
    for (const char *c = text; *c != '\0'; c++) {
        (void)fputs(*c == '\'' || *c == '\\' ? (char[]){'\\', *c, '\0'} : (char[]){*c, '\0'}, stdout);
    }
    (void)putchar('\'');
}

static void put_fish(void) {
    (void)puts("# Completion of jalki for fish: put this file into ~/.config/fish/completions/jalki.fish.");
    for (size_t i = 0; i < jk_command_count; i++) {
        const jk_command *command = jk_commands[i];
        (void)printf("complete -c jalki -n __fish_use_subcommand -f -a %s -d ", command->name);
        put_quoted(command->summary);
        (void)putchar('\n');
        jk_option_place places[JK_COMMAND_OPTIONS];
        size_t count = jk_command_options(command, places);
        for (size_t p = 0; p < count; p++) {
            const jk_option *option = places[p].option;
            if (places[p].group == NULL) {
                continue;
            }
            (void)printf("complete -c jalki -n '__fish_seen_subcommand_from %s' -l %s", command->name, option->name);
            if (option->letter != '\0') {
                (void)printf(" -s %c", option->letter);
            }
            if (takes_value(option)) {
                (void)printf(takes_file(option) ? " -r" : " -x");
            }
            if (option->choices != NULL) {
                (void)printf(" -a '");
                put_words(option->choices, " ");
                (void)printf("'");
            }
            (void)printf(" -d ");
            put_quoted(option->help);
            (void)putchar('\n');
        }
    }
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static int run_completion(void *given) {
    const completion_arguments *arguments = given;
    if (arguments->shell == FISH) {
        put_fish();
    } else {
        if (arguments->shell == ZSH) {
            (void)puts("#compdef jalki\nautoload -U +X bashcompinit && bashcompinit");
        }
        put_bash();
    }
    return jk_cli_finish();
}

const jk_command jk_command_completion = {
    .name = "completion",
    .summary = "a script that completes commands and options in bash, zsh or fish",
    .purpose = "Prints a script for a shell: it completes commands, options, their words and files.",
    .examples = {"source <(jalki completion bash)", "jalki completion fish > ~/.config/fish/completions/jalki.fish"},
    .operand = {"shell", .kind = JK_OPTION_CHOICE, JK_FIELD(completion_arguments, shell), .choices = shells,
                .value = "bash|zsh|fish", .is_needed = true, .missing = "a shell is needed: bash, zsh or fish"},
    .size = sizeof(completion_arguments),
    .run = run_completion,
};
