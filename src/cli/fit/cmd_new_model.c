/* SPDX-License-Identifier: Apache-2.0 */
/* jalki new-model: a model of one's own to begin with, copied from the shipped one. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/installed.h"
#include "cli/commands.h"
#include "cli/options/models.h"
#include "jalki/model_files.h"

typedef struct new_model_arguments {
    jk_cli_common common;
    const char *folder, *from;
    size_t files;
} new_model_arguments;

static const jk_option options[] = {
    {"from", .kind = JK_OPTION_TEXT, JK_FIELD(new_model_arguments, from), .value = "NAME", .standard = "nordic",
     .help = "Which model is copied, with the files that lie beside it"},
    {0},
};

static jk_status copy_model(new_model_arguments *arguments, jk_error *error) {
    char *found = jk_cli_find_model(arguments->from);
    if (found == NULL) {
        return jk_fail(
            error, JK_ERROR_IO, arguments->from, 0, NULL,
            "is no model in the folders that JALKI_MODELS names, nor in %s; expected JALKI_MODELS=FOLDER with "
            "it",
            jk_installed_models());
    }
    *strrchr(found, '/') = '\0';
    jk_status status = jk_model_copy_files(found, arguments->folder, &arguments->files, error);
    free(found);
    return status;
}

static int run_new_model(void *given) {
    new_model_arguments *arguments = given;
    jk_error error = {0};
    if (copy_model(arguments, &error) != JK_OK) {
        return jk_cli_fail(&error);
    }
    jk_cli_note(&arguments->common, "%zu model files written to %s; change them, and value with --model %s/%s.yaml",
                arguments->files, arguments->folder, arguments->folder, arguments->from);
    return jk_cli_finish();
}

const jk_command jk_command_new_model = {
    .name = "new-model",
    .summary = "a model of one's own to begin with: a copy of the shipped one",
    .purpose =
        "Copies the shipped model with its law and segments into a folder, where they can be changed. Models are "
        "found in the folders that JALKI_MODELS names and among the installed ones.",
    .examples = {"jalki new-model mine", "jalki value tape.h5 --model mine/nordic.yaml"},
    .operand = {"folder", .kind = JK_OPTION_TEXT, JK_FIELD(new_model_arguments, folder), .value = "FOLDER",
                .is_needed = true},
    .groups = {{NULL, options, 0, false}},
    .size = sizeof(new_model_arguments),
    .run = run_new_model,
};
