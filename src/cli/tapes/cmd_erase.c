/* SPDX-License-Identifier: Apache-2.0 */
/* jalki erase: takes claims out of a store. */
#include <inttypes.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/erase.h"

typedef struct erase_arguments {
    jk_cli_common common;
    jk_erase_options options;
    bool whole_debtors;
} erase_arguments;

static const jk_option options[] = {
    {"claims", .kind = JK_OPTION_FILE_IN, JK_FIELD(erase_arguments, options.claims), .value = "F.csv",
     .is_needed = true, .help = "The claims to take out: a CSV with a column claim_id"},
    {"whole-debtors", .kind = JK_OPTION_FLAG, JK_FIELD(erase_arguments, whole_debtors),
     .help = "Take out all claims of their debtors"},
    {"pseudonyms", .kind = JK_OPTION_FILE_IN, JK_FIELD(erase_arguments, options.pseudonyms), .value = "KEYFILE",
     .help = "The store has pseudonyms made with this key, the list has ids"},
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(erase_arguments, options.output), .value = "N.h5",
     .otherwise = "the store is replaced", .help = "The store without them"},
    {0},
};

static int print(const erase_arguments *arguments, const jk_erase_summary *summary) {
    const struct {
        const char *name;
        uint64_t count;
    } lines[] = {{"claims_listed", summary->listed},
                 {"claims_found", summary->found},
                 {"rows_before", summary->rows},
                 {"rows_erased", summary->erased},
                 {"debtors_left", summary->debtors_left}};
    enum { LINES = sizeof lines / sizeof lines[0] };
    if (arguments->common.format == JK_FORMAT_JSON) {
        jk_json_builder b = {0};
        json_t *object = json_object();
        for (size_t i = 0; i < LINES; i++) {
            jk_json_put(&b, object, lines[i].name, json_integer((json_int_t)lines[i].count));
        }
        jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
        return jk_cli_print_text(jk_json_text(&b, object, JSON_INDENT(2)));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listed *listed = jk_listed_create(&jk_cli_erase_rows);
        for (size_t i = 0; i < LINES; i++) {
            jk_listed_texts(listed, lines[i].name);
            jk_listed_number(listed, (double)lines[i].count);
        }
        return jk_cli_listed_csv(listed);
    }
    (void)printf("%s: %" PRIu64 " of %" PRIu64 " listed claims found, %" PRIu64 " of %" PRIu64
                 " rows taken out, %" PRIu64 " debtors left\n",
                 arguments->options.output != NULL ? arguments->options.output : arguments->options.store,
                 summary->found, summary->listed, summary->erased, summary->rows, summary->debtors_left);
    return jk_cli_finish();
}

static int run_erase(void *command) {
    erase_arguments *arguments = command;
    jk_error error = {0};
    jk_erase_summary summary;
    jk_run run = jk_cli_run(&arguments->common);
    arguments->options.whole_debtors = arguments->whole_debtors;
    arguments->options.compression = -1;
    jk_status status = jk_erase(&arguments->options, &run, &summary, &error);
    jk_cli_end_progress();
    if (status != JK_OK) {
        return jk_cli_fail(&error);
    }
    if (summary.found < summary.listed) {
        jk_cli_note(&arguments->common, "%" PRIu64 " of %" PRIu64 " listed claims are not in the store",
                    summary.listed - summary.found, summary.listed);
    }
    return print(arguments, &summary);
}

const jk_command jk_command_erase = {
    .name = "erase",
    .summary = "takes claims, or all claims of their debtors, out of a tape or a panel",
    .purpose =
        "Writes a tape or a panel anew without the listed claims, in the place of the old store or under another "
        "name; the rest stays as it is, in its order. Results and outputs that were made before still have the "
        "claims: docs/personal-data.md says which.",
    .examples = {"jalki erase tape.h5 --claims erase.csv", "jalki erase panel.h5 --claims erase.csv --whole-debtors",
                 "jalki erase tape.h5 --claims erase.csv --pseudonyms key -o smaller.h5"},
    .operand = {"store", .kind = JK_OPTION_FILE_IN, JK_FIELD(erase_arguments, options.store), .value = "T.h5",
                .is_needed = true},
    .groups = {{NULL, options, 0, false}},
    .size = sizeof(erase_arguments),
    .run = run_erase,
};
