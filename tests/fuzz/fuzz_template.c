/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a template for a worklist: columns that the list has, or texts; or an error. Seed: one with both. */
#include "fuzz_file.h"

#include "jalki/listing_template.h"
#include "jalki/worklist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = fuzz_file(data, size, path);
    const jk_listing of = jk_worklist_listing(NULL, NULL);
    jk_listing_template made = {0};
    jk_error error = {0};
    jk_status status = jk_listing_template_read(path, &of, &made, &error);
    FUZZ_AGREE(status, error);
    for (size_t c = 0; status == JK_OK && c < made.count; c++) {
        if (made.columns[c].name == NULL || (made.from[c] >= of.column_count && made.text[c] == NULL)) {
            abort();
        }
    }
    jk_listing_template_reset(&made);
    (void)close(fd);
    return 0;
}
