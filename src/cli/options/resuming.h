/* SPDX-License-Identifier: Apache-2.0 */
/* --resume of commands that keep what is finished while they work (base/file/resume.h). */
#ifndef JK_CLI_RESUMING_H
#define JK_CLI_RESUMING_H

#include "base/file/resume.h"
#include "cli/cli.h"
#include "cli/options/options.h"

/* The option, beside an output of this name. */
#define JK_RESUME_OPTION(type, field, output)                                                                          \
    {                                                                                                                  \
        "resume", .kind = JK_OPTION_FLAG, .is_idle = true, JK_FIELD(type, field), .needs = (output),                   \
                  .help = "Keep what is finished in <" output                                                          \
                          ">.resume until the run is done, and go on with what a run that "                            \
                          "was ended has left there"                                                                   \
    }

/* Takes up what was kept beside `output`; further files that the command will read (NULL: no file). */
jk_status jk_cli_resume_begin(jk_resume *resume, const char *output, const char *const *files, size_t count,
                              jk_error *error);

/* Says what was taken up; the folder goes where the command has done its work. */
void jk_cli_resume_end(jk_resume *resume, const jk_cli_common *common, const char *output, bool done);

#endif
