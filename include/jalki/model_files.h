/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a model is made of. */
#ifndef JALKI_MODEL_FILES_H
#define JALKI_MODEL_FILES_H

#include <stddef.h>

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Copies the model files of a folder, and of the folders in it, into a folder that is made where it is not there yet:
 * all of them, *files in number, or none. JK_ERROR_IO: also where one of them is there already. */
jk_status jk_model_copy_files(const char *from, const char *to, size_t *files, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
