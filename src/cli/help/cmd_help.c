/* SPDX-License-Identifier: Apache-2.0 */
/* jalki help: the commands, or one of them, as text, as a man page or as a page of docs/. */
#include "cli/commands.h"
#include "cli/help/help.h"
#include "cli/help/outputs_described.h"

enum { AS_TEXT, AS_MAN, AS_MARKDOWN, AS_OUTPUTS, AS_JSON };
static const char *const forms[] = {"text", "man", "markdown", "outputs", "json", NULL};

typedef struct help_arguments {
    jk_cli_common common;
    const char *name;
    int form;
} help_arguments;

static const jk_option options[] = {
    {"as", .kind = JK_OPTION_CHOICE, JK_FIELD(help_arguments, form), .value = "FORM", .choices = forms,
     .standard = "text",
     .help = "In which form; outputs are the columns that commands write, json the options for other programs"},
    {0},
};

static int run_help(void *given) {
    const help_arguments *arguments = given;
    const jk_command *command = NULL;
    if (arguments->name != NULL) {
        command = jk_command_find(arguments->name);
        if (command == NULL) {
            return 2;
        }
    }
    if (arguments->form == AS_MAN) {
        jk_help_man(command);
    } else if (arguments->form == AS_MARKDOWN) {
        jk_help_markdown(command);
    } else if (arguments->form == AS_OUTPUTS) {
        jk_cli_describe_listings();
    } else if (arguments->form == AS_JSON) {
        return jk_help_json(command);
    } else if (command != NULL) {
        return jk_help_print(command);
    } else {
        jk_help_list(stdout);
    }
    return jk_cli_finish();
}

const jk_command jk_command_help = {
    .name = "help",
    .summary = "the options of a command, with examples",
    .purpose = "Shows all commands, or one of them with its options and examples.",
    .usage = "[COMMAND]",
    .examples = {"jalki help value", "jalki help value --as man | man -l -"},
    .operand = {"command", .kind = JK_OPTION_TEXT, JK_FIELD(help_arguments, name), .value = "COMMAND"},
    .groups = {{NULL, options, 0, false}},
    .size = sizeof(help_arguments),
    .run = run_help,
};
