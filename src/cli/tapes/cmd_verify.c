/* SPDX-License-Identifier: Apache-2.0 */
/* jalki verify: whether a store or a result still holds the bits that it was written with. */
#include <inttypes.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/verify.h"

typedef struct verify_arguments {
    jk_cli_common common;
    const char *path;
} verify_arguments;

static int print_words(const verify_arguments *arguments, const jk_verification *found) {
    if (found->soundness == JK_SOUND) {
        (void)printf("%s: sound; %" PRIu64 " bytes in %" PRIu64 " pieces with a checksum each, digest %s\n",
                     arguments->path, found->bytes, found->pieces, found->digest);
    } else if (found->soundness == JK_UNSUMMED) {
        (void)printf("%s: has no checksums: it was written by an earlier version, or by another program since. Nothing "
                     "can be said of its bits;\nmade again from its source (jalki import, jalki value) it gets "
                     "checksums.\n",
                     arguments->path);
    } else {
        (void)printf("%s: damaged; not as it was written:\n", arguments->path);
        for (uint64_t d = 0; d < found->damaged && d < JK_DAMAGES_MAX; d++) {
            const jk_damage *damage = &found->damage[d];
            (void)printf("  from byte %" PRIu64 ", %" PRIu64 " bytes: %s\n", damage->first, damage->bytes,
                         damage->what[0] != '\0' ? damage->what : "no rows; names, attributes or structure");
        }
        if (found->damaged > JK_DAMAGES_MAX) {
            (void)printf("  and %" PRIu64 " more pieces\n", found->damaged - JK_DAMAGES_MAX);
        }
        (void)printf("Take it from a backup, or make it again from its source.\n");
    }
    return jk_cli_finish();
}

static int run_verify(void *command) {
    const verify_arguments *arguments = command;
    jk_error error = {0};
    jk_run run = jk_cli_run(&arguments->common);
    jk_verification found;
    jk_status status = jk_verify(arguments->path, &run, &found, &error);
    jk_cli_end_progress();
    if (status != JK_OK) {
        return jk_cli_fail(&error);
    }
    const jk_listing listing = jk_verify_listing(&found);
    int code = arguments->common.format == JK_FORMAT_JSON  ? jk_cli_print_text(jk_verify_json(arguments->path, &found))
               : arguments->common.format == JK_FORMAT_CSV ? jk_cli_listing_csv(&listing)
                                                           : print_words(arguments, &found);
    return code != 0 || found.soundness != JK_SOUND ? 1 : 0;
}

const jk_command jk_command_verify = {
    .name = "verify",
    .summary = "whether a store or a result still holds the bits that it was written with",
    .purpose =
        "Checks a store, panel or result against the checksums that were written with it, one for each 64 KiB, and "
        "says which columns and rows are damaged. Exit code 0 only where every bit is as it was; a file without "
        "checksums, from an earlier version, is said to be so and gives 1, as nothing is known of it.",
    .examples = {"jalki verify tape.h5", "jalki verify results.h5 --format json"},
    .operand = {"file", .kind = JK_OPTION_FILE_IN, JK_FIELD(verify_arguments, path), .value = "FILE.h5",
                .is_needed = true},
    .size = sizeof(verify_arguments),
    .run = run_verify,
};
