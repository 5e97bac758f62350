/* SPDX-License-Identifier: Apache-2.0 */
/* jalki explain: one claim in full, in words or as JSON. */
#include <stdlib.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "jalki/explain.h"

typedef struct explain_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    const char *claim_id, *debtor_id;
} explain_arguments;

static const jk_option options[] = {
    {"claim", .kind = JK_OPTION_TEXT, .names_person = true, JK_FIELD(explain_arguments, claim_id), .value = "ID",
     .help = "Which claim, by its claim_id"},
    {"debtor", .kind = JK_OPTION_TEXT, .names_person = true, JK_FIELD(explain_arguments, debtor_id), .value = "ID",
     .help = "Or all claims of a debtor together, by its debtor_id"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    const explain_arguments *arguments = command;
    if (arguments->claim_id == NULL && arguments->debtor_id == NULL) {
        jk_usage_error(usage, "--claim ID is needed, or --debtor ID");
    }
    if (arguments->claim_id != NULL && arguments->debtor_id != NULL) {
        jk_usage_error(usage, "--claim and --debtor: expected one of them");
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_usage_error(usage, "--format csv: an explanation is a table or json");
    }
}

static jk_status explain(explain_arguments *arguments, jk_explanation *explanation, char **text, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    JK_TRY(jk_explain_claim(valuing->tape, valuing->model, &valuing->options, arguments->claim_id, explanation, error));
    return arguments->common.format == JK_FORMAT_JSON ? jk_explain_json(explanation, text, error)
                                                      : jk_explain_text(explanation, text, error);
}

static jk_status explain_debtor(explain_arguments *arguments, char **text, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    jk_debtor_explanation debtor = {0};
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    jk_status status =
        jk_explain_debtor(valuing->tape, valuing->model, &valuing->options, arguments->debtor_id, &debtor, error);
    if (status == JK_OK) {
        status = arguments->common.format == JK_FORMAT_JSON ? jk_debtor_explanation_json(&debtor, text, error)
                                                            : jk_debtor_explanation_text(&debtor, text, error);
    }
    jk_debtor_explanation_reset(&debtor);
    return status;
}

static int run_explain(void *command) {
    explain_arguments *arguments = command;
    jk_error error = {0};
    if (arguments->common.format != JK_FORMAT_JSON) {
        jk_cli_speak(&arguments->common); /* some sentences are made with the figures */
    }
    jk_explanation explanation = {0};
    char *text = NULL;
    jk_status status = arguments->debtor_id != NULL ? explain_debtor(arguments, &text, &error)
                                                    : explain(arguments, &explanation, &text, &error);
    if (status == JK_OK) {
        (void)fputs(text, stdout);
        (void)(arguments->common.format == JK_FORMAT_JSON ? fputc('\n', stdout) : 0);
    }
    free(text);
    jk_explanation_reset(&explanation);
    jk_cli_valuing_close(&arguments->valuing);
    return status == JK_OK ? jk_cli_finish() : jk_cli_fail(&error);
}

const jk_command jk_command_explain = {
    .name = "explain",
    .summary = "one claim: score, law, action values, the plan, why not the others; or a debtor's claims together",
    .purpose =
        "Explain one claim: its score by characteristic, what the law says of it, what each action is worth, the "
        "plan epoch by epoch, and why not the other actions.",
    .usage = "T.h5 --model M.yaml --claim ID",
    .examples = {"jalki explain T.h5 --model models/nordic.yaml --claim FI-0000017",
                 "jalki explain T.h5 --model models/nordic.yaml --debtor FI-D0000009"},
    .operand = JK_VALUED_TAPE(explain_arguments),
    .groups = {{NULL, options, 0, false},
               JK_VALUING_GROUP(explain_arguments),
               JK_IRR_GROUP(explain_arguments),
               JK_SELL_GROUP(explain_arguments),
               JK_LANGUAGE_GROUP},
    .size = sizeof(explain_arguments),
    .check = check,
    .run = run_explain,
};
