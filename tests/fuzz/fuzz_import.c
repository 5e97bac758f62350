/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file to import: text, packed text, archives, workbooks. The first byte chooses what is in it: a tape,
 * a panel, payments or actions. Seeds: a tape as text, gzip and zip, and payments. */
#include "fuzz_file.h"

#include "jalki/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64], store[64];
    if (size == 0) {
        return 0;
    }
    int fd = fuzz_file(data + 1, size - 1, path);
    (void)snprintf(store, sizeof store, "/tmp/jalki-fuzz-%d.h5", (int)getpid());
    const char *const sources[] = {path};
    jk_import_options options = {.sources = sources,
                                 .source_count = 1,
                                 .output = store,
                                 .kind = (jk_kind)(data[0] % JK_KIND_COUNT),
                                 .cutoff = 20000,
                                 .max_rejects = 1.0,
                                 .max_rejects_is_share = 1};
    const jk_run run = {.threads = 1};
    jk_import_summary *summary = NULL;
    jk_error error = {0};
    jk_status status = jk_import(&options, &run, &summary, &error);
    FUZZ_AGREE(status, error);
    jk_import_summary_free(summary);
    (void)unlink(store);
    (void)close(fd);
    return 0;
}
