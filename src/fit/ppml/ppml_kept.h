/* SPDX-License-Identifier: Apache-2.0 */
/* Estimations that are kept where a run may go on later (base/file/resume.h). An estimation is known by its place in
 * the run, which is the same each time, and by a digest of what it starts from. */
#ifndef JK_FIT_PPML_KEPT_H
#define JK_FIT_PPML_KEPT_H

#include <stdbool.h>

#include "jalki/ppml.h"

enum { JK_PPML_NAME = 64 };

/* The estimation that comes now: its name, and its results where it was kept. */
jk_status jk_ppml_kept_find(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_options *options,
                            char name[JK_PPML_NAME], jk_ppml *fit, bool *found, jk_error *error);
jk_status jk_ppml_keep(const char *name, const jk_ppml_options *options, const jk_ppml *fit, jk_error *error);

#endif
