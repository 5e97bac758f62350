/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a canonical tape (plain or gzip): a store whose rows are those accepted, or an error; never a crash.
 * Seeds: a tape with most things that a tape can have. */
#include "fuzz_file.h"

#include "jalki/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char source[64], output[64], rejects[64];
    const int files[] = {fuzz_file(data, size, source), fuzz_file(NULL, 0, output), fuzz_file(NULL, 0, rejects)};
    const char *sources[] = {source};
    const jk_import_options options = {.sources = sources,
                                       .source_count = 1,
                                       .output = output,
                                       .rejects = rejects,
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
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)close(files[i]);
    }
    return 0;
}
