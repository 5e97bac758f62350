/* SPDX-License-Identifier: Apache-2.0 */
/* jalki completion: scripts that complete commands, options, words and files in a shell, made from the option tables.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "jalki/model.h"
#include "jalki/tape.h"

enum { BASH, ZSH, FISH };
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

typedef struct completion_arguments {
    jk_cli_common common;
    int shell, names;
    const char *tape_path, *model_path, *begin;
} completion_arguments;

/* What scripts ask for while somebody types: options whose values are names in a tape or a model. */
enum { CLAIMS, DEBTORS, SEGMENTS, COUNTRIES };
static const char *const kinds[] = {"claims", "debtors", "segments", "countries", NULL};
static const char *const options_of_kinds[] = {"claim", "debtor", "segment", "country"};

static const char *kind_of(const jk_option *option) {
    for (size_t i = 0; kinds[i] != NULL; i++) {
        if (strcmp(option->name, options_of_kinds[i]) == 0 && option->kind == JK_OPTION_TEXT) {
            return kinds[i];
        }
    }
    return NULL;
}

static const jk_option options[] = {
    {"names", .kind = JK_OPTION_CHOICE, .is_idle = true, JK_FIELD(completion_arguments, names), .value = "KIND",
     .choices = kinds, .help = "No script, but what a script asks for: names of a tape or a model, a line each"},
    {"tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(completion_arguments, tape_path), .value = "T.h5", .needs = "names",
     .help = "With --names claims, debtors or countries: where they are"},
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(completion_arguments, model_path), .value = "M.yaml",
     .needs = "names", .help = "With --names segments: where they are"},
    {"begin", .kind = JK_OPTION_TEXT, .names_person = true, JK_FIELD(completion_arguments, begin), .value = "TEXT",
     .needs = "names", .example = "C00", .help = "Only names that begin so"},
    {0},
};

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
        if (kind_of(option) != NULL) {
            (void)printf(") words=$(_jalki_names %s \"$current\") ;;\n", kind_of(option));
        } else if (option->choices != NULL) {
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
        "_jalki_names() {\n    local word last=\"\" tape=\"\" model=\"\"\n"
        "    for word in \"${COMP_WORDS[@]:2}\"; do\n"
        "        case \"$last\" in -m | --model) model=$word ;; esac\n"
        "        case \"$word\" in -*) ;; *.h5) [ -n \"$tape\" ] || tape=$word ;; esac\n        last=$word\n    done\n"
        "    jalki completion bash --names \"$1\" ${tape:+--tape \"$tape\"} ${model:+--model \"$model\"} "
        "--begin \"$2\" 2>/dev/null\n}\n"
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
    (void)puts("# Completion of jalki for fish: put this file into ~/.config/fish/completions/jalki.fish.\n"
               "function __jalki_names\n    set -l words (commandline -opc)\n    set -l given --names $argv[1]\n"
               "    set -l tape (string match -- '*.h5' $words)\n    set -q tape[1]; and set -a given --tape $tape[1]\n"
               "    for i in (seq (count $words))\n"
               "        contains -- $words[$i] -m --model; and set -q words[(math $i + 1)]; "
               "and set -a given --model $words[(math $i + 1)]\n    end\n"
               "    jalki completion fish $given --begin (commandline -ct) 2>/dev/null\nend");
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
            if (kind_of(option) != NULL) {
                (void)printf(" -a '(__jalki_names %s)'", kind_of(option));
            } else if (option->choices != NULL) {
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

enum { NAMES_SHOWN = 60, PIECE_ROWS = 4096 };

/* Ids that begin so, as the tape has them; of a debtor's claims that stand together one. */
static jk_status print_ids(const jk_tape *tape, jk_column column, const char *begin, jk_error *error) {
    const size_t width = jk_tape_text_width(tape, column), rows = jk_tape_rows(tape), length = strlen(begin);
    char *ids = calloc(PIECE_ROWS, width > 0 ? width : 1), last[JK_TEXT_MAX + 1] = "";
    jk_status status = jk_held(ids != NULL, error, "ids");
    int shown = 0;
    for (size_t first = 0; status == JK_OK && first < rows && shown < NAMES_SHOWN; first += PIECE_ROWS) {
        const size_t count = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        status = jk_tape_read(tape, column, first, count, ids, error);
        for (size_t i = 0; status == JK_OK && i < count && shown < NAMES_SHOWN; i++) {
            const char *id = ids + i * width;
            const size_t size = strnlen(id, width);
            bool same = strlen(last) == size && memcmp(last, id, size) == 0;
            if (size > 0 && size >= length && memcmp(id, begin, length) == 0 && !same) {
                (void)snprintf(last, sizeof last, "%.*s", (int)size, id);
                (void)puts(last);
                shown++;
            }
        }
    }
    free(ids);
    return status;
}

static void print_name(const char *name, const char *begin) {
    if (strncmp(name, begin, strlen(begin)) == 0) {
        (void)puts(name);
    }
}

static jk_status print_of_model(const completion_arguments *arguments, const char *begin, jk_error *error) {
    jk_model *model = NULL;
    JK_TRY(jk_model_load(arguments->model_path, &model, error));
    for (size_t s = 0; s < model->segment_count; s++) {
        print_name(model->segments[s].id, begin);
    }
    jk_model_free(model);
    return JK_OK;
}

static jk_status print_of_tape(const completion_arguments *arguments, const char *begin, jk_error *error) {
    jk_tape *tape = NULL;
    JK_TRY(jk_tape_open_any(arguments->tape_path, &tape, error));
    jk_status status = JK_OK;
    if (arguments->names == COUNTRIES) {
        size_t count = 0;
        const char *const *names = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &count);
        for (size_t i = 0; i < count; i++) {
            print_name(names[i], begin);
        }
    } else {
        status = print_ids(tape, arguments->names == CLAIMS ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID, begin, error);
    }
    jk_tape_close(tape);
    return status;
}

static void check(jk_usage *usage, void *command) {
    const completion_arguments *arguments = command;
    const bool of_model = arguments->names == SEGMENTS;
    if (arguments->names >= 0 && (of_model ? arguments->model_path : arguments->tape_path) == NULL) {
        jk_usage_error(usage, "--names %s: %s is needed", kinds[arguments->names],
                       of_model ? "--model M.yaml" : "--tape T.h5");
    }
}

static int run_completion(void *given) {
    const completion_arguments *arguments = given;
    if (arguments->names >= 0) {
        jk_error error = {0};
        const char *begin = arguments->begin != NULL ? arguments->begin : "";
        jk_status status = (arguments->names == SEGMENTS ? print_of_model : print_of_tape)(arguments, begin, &error);
        return status == JK_OK ? jk_cli_finish() : jk_cli_fail(&error);
    }
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
    .purpose = "Prints a script for a shell: it completes commands, options, their words, files, and from the tape and "
               "the model on the line ids of claims and debtors, segments and countries.",
    .examples = {"source <(jalki completion bash)", "jalki completion fish > ~/.config/fish/completions/jalki.fish"},
    .groups = {{"What scripts ask for", options, 0, false}},
    .operand = {"shell", .kind = JK_OPTION_CHOICE, JK_FIELD(completion_arguments, shell), .choices = shells,
                .value = "bash|zsh|fish", .is_needed = true, .missing = "a shell is needed: bash, zsh or fish"},
    .size = sizeof(completion_arguments),
    .check = check,
    .run = run_completion,
};
