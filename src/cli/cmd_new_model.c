/* SPDX-License-Identifier: Apache-2.0 */
/* jalki new-model: a model of one's own to begin with, copied from the shipped one. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/models.h"
#include "jalki/export.h"

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

static jk_status fail_at(jk_error *error, const char *path) {
    return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "%s", strerror(errno));
}

static jk_status copy_file(const char *from, const char *to, jk_error *error) {
    enum { MOST = 1 << 24 }; /* a model file is read whole */
    if (access(to, F_OK) == 0) {
        return jk_fail(error, JK_ERROR_IO, to, 0, NULL, "is there already; expected a folder without it");
    }
    FILE *file = fopen(from, "rb");
    char *text = malloc(MOST);
    size_t length = file != NULL && text != NULL ? fread(text, 1, MOST - 1, file) : 0;
    jk_status status = file == NULL || ferror(file) ? fail_at(error, from)
                       : text == NULL               ? jk_fail_memory(error, from)
                                                    : JK_OK;
    if (status == JK_OK) {
        text[length] = '\0';
        status = jk_text_write(to, text, error);
    }
    free(text);
    if (file != NULL) {
        (void)fclose(file);
    }
    return status;
}

/* Model files of a folder, and of the folders in it, to a folder of the same shape. */
static jk_status copy_folder(new_model_arguments *arguments, const char *from, const char *to, int depth,
                             jk_error *error) {
    if (mkdir(to, 0777) != 0 && errno != EEXIST) {
        return fail_at(error, to);
    }
    DIR *folder = opendir(from);
    if (folder == NULL) {
        return fail_at(error, from);
    }
    jk_status status = JK_OK;
    for (struct dirent *entry = readdir(folder); entry != NULL && status == JK_OK; entry = readdir(folder)) {
        char source[4096], target[4096];
        struct stat found;
        if (entry->d_name[0] == '.') {
            continue;
        }
        (void)snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
        (void)snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
        const char *dot = strrchr(entry->d_name, '.');
        if (stat(source, &found) != 0) {
            status = fail_at(error, source);
        } else if (S_ISDIR(found.st_mode) && depth > 0) {
            status = copy_folder(arguments, source, target, depth - 1, error);
        } else if (S_ISREG(found.st_mode) && dot != NULL && strcmp(dot, ".yaml") == 0) {
            status = copy_file(source, target, error);
            arguments->files++;
        }
    }
    (void)closedir(folder);
    return status;
}

static jk_status copy_model(new_model_arguments *arguments, jk_error *error) {
    char *found = jk_cli_find_model(arguments->from);
    if (found == NULL) {
        return jk_fail(
            error, JK_ERROR_IO, arguments->from, 0, NULL,
            "is no model in the folders that JALKI_MODELS names, nor in %s; expected JALKI_MODELS=FOLDER with "
            "it",
            JALKI_MODELS_INSTALLED);
    }
    *strrchr(found, '/') = '\0';
    jk_status status = copy_folder(arguments, found, arguments->folder, 2, error);
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
