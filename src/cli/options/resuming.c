/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/resuming.h"

#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"

jk_status jk_cli_resume_begin(jk_resume *resume, const char *output, const char *const *files, size_t count,
                              jk_error *error) {
    for (size_t i = 0; i < count; i++) {
        int fd = files[i] != NULL ? jk_input_open(files[i], false) : -1; /* so that it counts as read */
        if (files[i] != NULL && fd < 0) {
            return jk_fail_errno(error, files[i], "read");
        }
        if (fd >= 0) {
            (void)close(fd);
        }
    }
    JK_TRY(jk_resume_open(resume, output, error));
    jk_resume_use(resume);
    return JK_OK;
}

void jk_cli_resume_end(jk_resume *resume, const jk_cli_common *common, const char *output, bool done) {
    if (resume->folder == NULL) {
        return;
    }
    if (resume->anew) {
        jk_cli_note(common, "%s.resume was of another run (other files, options or version): begun anew", output);
    } else if (resume->found > 0) {
        jk_cli_note(common, "%zu pieces of an earlier run were taken up", resume->found);
    }
    if (done) {
        jk_resume_done(resume);
    } else {
        jk_resume_close(resume);
    }
}
