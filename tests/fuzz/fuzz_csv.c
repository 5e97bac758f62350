/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a canonical tape (plain or gzip): a store whose rows are those accepted, or an error; never a crash.
 * Seeds: a tape with most things that a tape can have. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jalki/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char source[64];
    char output[64];
    int fd = memfd_create("tape", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    (void)snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    (void)snprintf(output, sizeof output, "%s/fuzz-csv-%ld.h5", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
                   (long)getpid());
    const char *sources[] = {source};
    const jk_import_options options = {.sources = sources,
                                       .source_count = 1,
                                       .output = output,
                                       .max_rejects = 1.0,
                                       .max_rejects_is_share = 1,
                                       .max_unmatched = 1.0,
                                       .cutoff = 20000,
                                       .window_bytes = 64};
    const jk_run run = {.threads = 1};
    jk_import_summary *summary = NULL;
    jk_error error = {0};
    jk_status status = jk_import(&options, &run, &summary, &error);
    if (status != error.status ||
        (status == JK_OK &&
         summary->rows_read != summary->rows_accepted + summary->rows_rejected + summary->rows_left_out)) {
        abort();
    }
    jk_import_summary_free(summary);
    (void)unlink(output);
    (void)snprintf(output, sizeof output, "%s/fuzz-csv-%ld.h5.rejects.csv",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
    (void)unlink(output);
    (void)close(fd);
    return 0;
}
