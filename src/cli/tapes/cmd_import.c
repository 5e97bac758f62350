/* SPDX-License-Identifier: Apache-2.0 */
/* jalki import: a seller's CSV files into a store, and what was found in them. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/file/input.h"
#include "base/team/team.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/accept.h"
#include "cli/options/groups.h"
#include "cli/options/parts.h"
#include "cli/tapes/import_print.h"
#include "cli/value/valuing.h"
#include "jalki/import.h"

typedef struct import_arguments {
    jk_cli_common common;
    jk_import_options options;
    jk_cli_rejects rejects;
    double max_unmatched, expect_balance;
    bool is_panel, resumes;
} import_arguments;

static const jk_option options[] = {
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(import_arguments, options.output), .value = "T.h5", .is_needed = true,
     .not_in_part = true, .no_stdout = true, .help = "The store to make"},
    {"mapping", .kind = JK_OPTION_FILE_IN, JK_FIELD(import_arguments, options.mapping), .value = "M.yaml",
     .help = "How the seller's columns make the canonical ones"},
    {"rejects", .kind = JK_OPTION_FILE_OUT, JK_FIELD(import_arguments, options.rejects), .value = "FILE",
     .otherwise = "<output>.rejects.csv", .help = "Where bad rows are listed; kept even if they are too many"},
    {"max-rejects", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_rejects, JK_FIELD(import_arguments, rejects),
     .value = "N|N%", .standard = "1%", .help = "Fail beyond so many bad rows, or share of rows"},
    {"max-unmatched", .kind = JK_OPTION_PERCENT, JK_FIELD(import_arguments, max_unmatched), .value = "PERCENT",
     .high = 100, .standard = "1", .help = "Fail where more claims than this find no partner in a joined file"},
    {"expect-claims", .kind = JK_OPTION_INTEGER, JK_FIELD(import_arguments, options.expect_claims), .value = "N",
     .low = 1, .high = 1e10, .example = "12481", .otherwise = "the mapping's",
     .help = "Fail unless so many claims are accepted, as the seller's letter says"},
    {"expect-balance", .kind = JK_OPTION_MONEY, JK_FIELD(import_arguments, expect_balance), .value = "AMOUNT",
     .example = "8240113.55", .otherwise = "the mapping's", .help = "Fail unless their balance is this, to the cent"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(import_arguments, options.cutoff), .value = "DATE",
     .example = "2026-06-30", .help = "Cut-off date of the tape; dates after it are rejected"},
    {"panel", .kind = JK_OPTION_FLAG, JK_FIELD(import_arguments, is_panel),
     .help = "The files are history: one row per claim and period (docs/panel.md)"},
    {"pseudonyms", .kind = JK_OPTION_FILE_IN, JK_FIELD(import_arguments, options.pseudonyms), .value = "KEYFILE",
     .help = "Store ids of claims and debtors as pseudonyms made with this key (docs/personal-data.md)"},
    {"pseudonym-list", .kind = JK_OPTION_FILE_OUT, JK_FIELD(import_arguments, options.pseudonym_list), .value = "F.csv",
     .needs = "pseudonyms", .help = "Write pseudonyms beside their ids, the way back for who may"},
    {"resume", .kind = JK_OPTION_FLAG, .is_idle = true, JK_FIELD(import_arguments, resumes),
     .help = "Keep what has been read in <output>.resume until the store is made, and go on with what a run that was "
             "ended has left there"},
    {"compress", .kind = JK_OPTION_INTEGER, JK_FIELD(import_arguments, options.compression), .value = "LEVEL",
     .high = 9, .standard = "0", .help = "Compress the store's columns, 1 to 9; 0 does not"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    import_arguments *arguments = command;
    jk_import_options *wanted = &arguments->options;
    wanted->max_rejects = arguments->rejects.most;
    wanted->max_rejects_is_share = arguments->rejects.is_share;
    wanted->kind = arguments->is_panel ? JK_KIND_PANEL : JK_KIND_TAPE;
    wanted->max_unmatched = arguments->max_unmatched > 0.0 ? arguments->max_unmatched : 1e-12;
    wanted->expect_balance =
        isnan(arguments->expect_balance) ? JK_MISSING_MONEY : (int64_t)floor(arguments->expect_balance * 100.0 + 0.5);
    wanted->shared = 1;
    wanted->resume = arguments->resumes;
    if (arguments->resumes && jk_usage_given(usage, "part")) {
        jk_usage_error(usage, "--resume: a part that was lost is run again by itself; expected no --part");
    }
    if (arguments->is_panel && wanted->cutoff != JK_MISSING_INTEGER) {
        jk_usage_error(usage, "a panel has no cut-off: each row is as at its own period_start");
    }
}

/* ---- the command ------------------------------------------------------------------------------------------ */

static int print_summary(const import_arguments *arguments, const jk_import_summary *summary) {
    if (summary->separator_detected && summary->separator != ',') {
        const char shown[] = {'\'', summary->separator, '\'', '\0'};
        jk_cli_note(&arguments->common, "the separator is %s, by the header",
                    summary->separator == '\t' ? "a tab" : shown);
    }
    jk_cli_show_findings(&arguments->common, &summary->findings);
    return jk_cli_import_print(summary, arguments->common.format);
}

/* What is no file can be read once. */
static bool can_be_shared(const import_arguments *arguments) {
    bool can = true;
    for (size_t i = 0; i < arguments->options.source_count; i++) {
        can = can && jk_input_is_file(arguments->options.sources[i], NULL) == JK_OK;
    }
    return can;
}

static void tell_resumed(const import_arguments *arguments, const jk_import_summary *summary) {
    if (summary->begun_anew) {
        jk_cli_note(&arguments->common, "%s.resume was of another run (other files, options or version): begun anew",
                    arguments->options.output);
    } else if (summary->taken_up > 0) {
        jk_cli_note(&arguments->common, "%" PRIu64 " pieces of an earlier run were taken up", summary->taken_up);
    }
}

static int run_import(void *command) {
    import_arguments *arguments = command;
    jk_run run = jk_cli_run(&arguments->common);
    jk_error error = {0};
    jk_import_summary *summary = NULL;
    if (jk_team_role_now() == JK_TEAM_RANKS && !can_be_shared(arguments) && !jk_team_ranks_leave()) {
        return 0; /* rank 0 reads the pipe */
    }
    jk_cli_part_begin(&arguments->common);
    jk_status status = jk_import(&arguments->options, &run, &summary, &error);
    jk_cli_end_progress();
    if (status == JK_OK && jk_cli_is_part(&arguments->common)) {
        status = jk_cli_part_end_briefly(&arguments->common, &error);
    }
    if (summary != NULL && arguments->resumes) {
        tell_resumed(arguments, summary);
    }
    int finished = summary != NULL ? print_summary(arguments, summary) : 0;
    jk_import_summary_free(summary);
    return status == JK_OK ? finished : jk_cli_fail(&error);
}

const jk_command jk_command_import = {
    .name = "import",
    .summary = "read a seller's CSV files into a store",
    .purpose = "Read a seller's CSV files into a store. A bad row is listed in the rejects file with its line, column, "
               "value and reason, and the load goes on. Without --mapping the canonical column names are expected; the "
               "separator (comma, semicolon or tab) is found in the header. A mapping that joins files finds out by "
               "their headers which file is which.",
    .examples = {"jalki import tape.csv.gz -o tape.h5 --cutoff 2026-06-30",
                 "jalki import loan.csv relation.csv counterparty.csv -o T.h5 --mapping eba-npl.yaml",
                 "jalki import tape.csv -o T.h5 --expect-claims 12481 --expect-balance 8240113.55",
                 "jalki import loan.csv debtor.csv -o T.h5 --mapping m.yaml --max-unmatched 3 --accept join_repeated",
                 "jalki import tape.csv -o T.h5 --pseudonyms key --pseudonym-list pairs.csv",
                 "jalki import --panel history.csv.gz -o P.h5"},
    .operand = {"CSV file", .kind = JK_OPTION_FILE_IN, JK_FIELD(import_arguments, options.sources),
                JK_SEVERAL(import_arguments, options.source_count, JK_OPTION_ALL), .value = "TAPE.csv[.gz]",
                .is_needed = true},
    .groups = {{"Import", options, 0, false}, JK_PART_GROUP, JK_ACCEPT_GROUP(import_arguments, options.accepted)},
    .size = sizeof(import_arguments),
    .shares_work = true,
    .check = check,
    .run = run_import,
};
