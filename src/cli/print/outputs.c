/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the files that a command is to write leave its inputs, and each other, alone. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/text/text.h"
#include "cli/cli.h"
#include "jalki/exchange.h"

/* A file that is there is known by its inode; one that is not yet, by its folder's and its name. */
typedef struct file_identity {
    bool known; /* a regular file, or a name that is free */
    dev_t device;
    ino_t inode;
    const char *name; /* NULL where the file is there */
} file_identity;

static file_identity identify(const char *path) {
    file_identity identity = {0};
    struct stat found;
    if (path == NULL || strcmp(path, "-") == 0) {
        return identity;
    }
    if (stat(path, &found) == 0) {
        identity.known = S_ISREG(found.st_mode);
    } else {
        char *folder = jk_file_folder(path);
        identity.known = folder != NULL && stat(folder, &found) == 0;
        identity.name = jk_file_name(path);
        free(folder);
    }
    identity.device = found.st_dev;
    identity.inode = found.st_ino;
    return identity;
}

static bool same_file(const char *one, const char *other) {
    file_identity a = identify(one);
    file_identity b = identify(other);
    if (!a.known || !b.known || a.device != b.device || a.inode != b.inode) {
        return false;
    }
    return a.name == NULL || b.name == NULL ? a.name == b.name : strcmp(a.name, b.name) == 0;
}

jk_status jk_cli_check_outputs(const char *const *inputs, size_t input_count, const char *const *outputs,
                               size_t output_count, jk_error *error) {
    for (size_t i = 0; i < output_count; i++) {
        for (size_t j = 0; j < input_count; j++) {
            if (same_file(outputs[i], inputs[j])) {
                return jk_fail(error, JK_ERROR_ARGUMENT, outputs[i], 0, NULL,
                               "is an input of this run and would be replaced; expected another name for the output");
            }
        }
        for (size_t j = 0; j < i; j++) {
            if (same_file(outputs[i], outputs[j])) {
                return jk_fail(error, JK_ERROR_ARGUMENT, outputs[i], 0, NULL,
                               "is named for two outputs; expected a file of its own for each");
            }
        }
        if (outputs[i] != NULL && strcmp(outputs[i], "-") != 0 && !jk_exchange_is_database(outputs[i])) {
            JK_TRY(jk_output_try(outputs[i], error));
        }
    }
    return JK_OK;
}
