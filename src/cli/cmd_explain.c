/* SPDX-License-Identifier: Apache-2.0 */
/* jalki explain: one claim in full, in words or as JSON. */
#include <math.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "jalki/explain.h"

typedef struct explain_arguments {
    jk_cli_common common;
    const char *tape_path, *model_path, *claim_id;
    int32_t cutoff;
    double irr;
    bool sell;
} explain_arguments;

enum { KEY_CLAIM = 0x5001, KEY_CUTOFF, KEY_IRR, KEY_SELL };

static const struct argp_option options[] = {
    {"model", 'm', "M.yaml", 0, "Model file (needed)", 1},
    {"claim", KEY_CLAIM, "ID", 0, "Which claim, by its claim_id (needed)", 1},
    {"cutoff", KEY_CUTOFF, "DATE", 0, "Valuation date, YYYY-MM-DD [the tape's]", 1},
    {"irr", KEY_IRR, "RATE", 0, "Required yearly return, 0.15 is 15 % [the model's]", 1},
    {"sell", KEY_SELL, NULL, 0, "Let the claim be sold on where that is worth most [never]", 1},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state) {
    explain_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case 'm':
        arguments->model_path = argument;
        return 0;
    case KEY_CLAIM:
        arguments->claim_id = argument;
        return 0;
    case KEY_CUTOFF:
        arguments->cutoff = jk_cli_date(state, "--cutoff", argument);
        return 0;
    case KEY_IRR:
        arguments->irr = jk_cli_real(state, "--irr", argument, -0.99, 100.0);
        return 0;
    case KEY_SELL:
        arguments->sell = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->tape_path != NULL) {
            argp_error(state, "'%s': only one tape at a time", argument);
        }
        arguments->tape_path = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->tape_path == NULL) {
            argp_error(state, "a tape is needed, for example T.h5");
        } else if (arguments->model_path == NULL) {
            argp_error(state, "--model M.yaml is needed");
        } else if (arguments->claim_id == NULL) {
            argp_error(state, "--claim ID is needed");
        } else if (arguments->common.format == JK_FORMAT_CSV) {
            argp_error(state, "--format csv: an explanation is a table or json");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static jk_status explain(const explain_arguments *arguments, jk_tape **tape, jk_model **model,
                         jk_explanation *explanation, char **text, jk_error *error) {
    jk_status status = jk_tape_open(arguments->tape_path, tape, error);
    status = status == JK_OK ? jk_model_load(arguments->model_path, model, error) : status;
    if (status != JK_OK) {
        return status;
    }
    for (size_t i = 0; i < (*model)->warning_count; i++) {
        jk_cli_note(&arguments->common, "warning: %s", (*model)->warnings[i]);
    }
    jk_value_options run = jk_value_defaults();
    run.cutoff = arguments->cutoff;
    run.irr = arguments->irr;
    jk_cli_note_rate(&arguments->common, arguments->irr);
    run.allow |= arguments->sell ? JK_ALLOW(JK_SELL) : 0;
    run.run = jk_cli_run(&arguments->common);
    status = jk_explain_claim(*tape, *model, &run, arguments->claim_id, explanation, error);
    if (status != JK_OK) {
        return status;
    }
    return arguments->common.format == JK_FORMAT_JSON ? jk_explain_json(explanation, text, error)
                                                      : jk_explain_text(explanation, text, error);
}

static int run_explain(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5 --model M.yaml --claim ID",
        .doc =
            "Explain one claim: its score by characteristic, what the law says of it, what each action is worth, the "
            "plan epoch by epoch, and why not the other actions.\v"
            "Example: jalki explain T.h5 --model models/nordic.yaml --claim FI-0000017",
        .children = children,
    };
    explain_arguments arguments = {.cutoff = JK_MISSING_INTEGER, .irr = NAN};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_model *model = NULL;
    jk_explanation explanation = {0};
    char *text = NULL;
    jk_status status = explain(&arguments, &tape, &model, &explanation, &text, &error);
    if (status == JK_OK) {
        (void)fputs(text, stdout);
        (void)(arguments.common.format == JK_FORMAT_JSON ? fputc('\n', stdout) : 0);
    }
    free(text);
    jk_explanation_reset(&explanation);
    jk_model_free(model);
    jk_tape_close(tape);
    return status == JK_OK ? jk_cli_finish() : jk_cli_fail(&error);
}

const jk_command jk_command_explain = {
    .name = "explain",
    .summary = "one claim: score, law, action values, the plan, why not the others",
    .run = run_explain,
};
