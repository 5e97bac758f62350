/* SPDX-License-Identifier: Apache-2.0 */
/* jalki map: drafts a mapping from a seller's files, and tries it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/tapes/map_check.h"
#include "jalki/draft.h"

typedef struct map_arguments {
    jk_cli_common common;
    const char *const *files;
    size_t file_count;
    const char *output;
    int check;
    int32_t cutoff;
} map_arguments;

static const jk_option options[] = {
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(map_arguments, output), .value = "M.yaml",
     .otherwise = "shown on stdout", .help = "The mapping file to write"},
    {"check", .kind = JK_OPTION_FLAG, JK_FIELD(map_arguments, check),
     .help =
         "Read the files by the draft, without keeping a store: how many rows are good, why others are not, the first "
         "claims as they would be read"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(map_arguments, cutoff), .value = "DATE",
     .help = "Cut-off date of the tape, for --check"},
    {0},
};

static jk_status write_mapping(const map_arguments *arguments, const char *text, jk_error *error) {
    if (arguments->output == NULL) {
        (void)fputs(text, stdout);
        return JK_OK;
    }
    return jk_output_write(arguments->output, arguments->common.with_ids ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, text,
                           strlen(text), error);
}

static int run_map(void *command) {
    map_arguments *arguments = command;
    jk_error error = {0};
    char *text = NULL;
    const jk_draft_options draft = {.sources = arguments->files, .source_count = arguments->file_count};
    jk_status status = JK_OK;
    for (size_t i = 0; status == JK_OK && arguments->check && i < arguments->file_count; i++) {
        status = jk_input_is_file(arguments->files[i], &error);
    }
    status = status == JK_OK ? jk_draft_mapping(&draft, &text, &error) : status;
    if (status == JK_OK) {
        status = write_mapping(arguments, text, &error);
    }
    if (status == JK_OK && arguments->output != NULL && !arguments->common.quiet) {
        (void)fprintf(stderr,
                      "jalki: wrote a draft to %s: check every line of it, then jalki import ... --mapping %s\n",
                      arguments->output, arguments->output);
    }
    if (status == JK_OK && arguments->check) {
        status = jk_map_check(arguments->output != NULL ? stdout : stderr, arguments->files, arguments->file_count,
                              text, arguments->cutoff, &error);
    }
    free(text);
    return status == JK_OK ? jk_cli_finish() : jk_cli_fail(&error);
}

static void check_usage(jk_usage *usage, void *command) {
    const map_arguments *arguments = command;
    if (jk_usage_given(usage, "format")) {
        jk_usage_error(usage, "--format is about nothing: a mapping is YAML");
    }
    if (jk_usage_given(usage, "cutoff") && !arguments->check) {
        jk_usage_error(usage, "--cutoff is about nothing without --check");
    }
}

const jk_command jk_command_map = {
    .name = "map",
    .summary = "a draft of a mapping file from a seller's files",
    .purpose =
        "Look at a seller's files (text, packed, zip archives, workbooks) and draft the mapping file with which import "
        "reads them: encoding, separator, marks, header row, the column that each name most likely means in Finnish, "
        "Swedish, Norwegian, Danish, Estonian or English, formats of dates, lists of values with their counts, joins. "
        "Comments say what was seen and how sure each line is.",
    .examples = {"jalki map seller.csv -o mapping.yaml --check", "jalki map loans.csv debtors.csv -o mapping.yaml",
                 "jalki map templates.xlsx"},
    .operand = {"file", .kind = JK_OPTION_FILE_IN, JK_FIELD(map_arguments, files),
                JK_SEVERAL(map_arguments, file_count, JK_OPTION_ALL), .value = "FILE", .is_needed = true},
    .groups = {{NULL, options, 0, false}},
    .size = sizeof(map_arguments),
    .check = check_usage,
    .run = run_map,
};
