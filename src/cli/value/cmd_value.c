/* SPDX-License-Identifier: Apache-2.0 */
/* jalki value: what each claim is worth and what to do with it, and what that comes to. */
#include <stdlib.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/options/accept.h"
#include "cli/options/groups.h"
#include "cli/options/hours.h"
#include "cli/options/option_values.h"
#include "cli/options/parts.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/print/strata_print.h"
#include "cli/value/challenge.h"
#include "cli/value/value_print.h"
#include "cli/value/valuing.h"
#include "jalki/export.h"
#include "jalki/sql.h"

typedef struct value_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    bool full, with_all;
    const char *results_path, *claims_path, *cashflow_path, *years_path;
    jk_results_file *results;
    jk_claims_file *claims;
    jk_claims_table *table; /* of claims that become Parquet */
    const char *by;
    jk_strata *strata;
    jk_value_sink sinks[5];
    size_t sink_count;
    jk_worth worth;
    jk_hours hours;
    jk_cli_challenge challenge;
} value_arguments;

static const jk_option options[] = {
    {"output", 'o', JK_OPTION_FILE_OUT, .of_parts = true, JK_FIELD(value_arguments, results_path), .value = "R.h5",
     .help = "Results per claim and the cash flow, HDF5"},
    {"claims", .kind = JK_OPTION_FILE_OUT, .of_parts = true, JK_FIELD(value_arguments, claims_path), .value = "F.csv",
     .takes_parquet = true, .help = "Results per claim, CSV; compressed if it ends in .csv.gz, Parquet in .parquet"},
    {"full", .kind = JK_OPTION_FLAG, JK_FIELD(value_arguments, full), .needs = "claims",
     .help = "Amounts in the claims CSV with 9 significant digits instead of 2 decimals"},
    {"cashflow", .kind = JK_OPTION_FILE_OUT, JK_FIELD(value_arguments, cashflow_path), .value = "F.csv",
     .takes_parquet = true, .help = "Cash flow by month and segment, CSV"},
    {"with-all", .kind = JK_OPTION_FLAG, JK_FIELD(value_arguments, with_all), .needs = "cashflow",
     .help = "A row 'all' for each month of the cash flow CSV, behind the segments'"},
    JK_BY_OPTION(value_arguments, by),
    {"years", .kind = JK_OPTION_FILE_OUT, JK_FIELD(value_arguments, years_path), .value = "F.csv",
     .help = "By year: collections (ERC), cost to collect, liquidation in % of face, present value"},
    {0},
};

static const jk_option limits[] = {JK_HOURS_OPTION(value_arguments, hours), {0}};

static int print(const value_arguments *arguments, const jk_valuation *valuation) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_valuation_json(valuing->tape, valuing->model, valuation));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listing listing =
            arguments->strata != NULL ? jk_strata_listing(arguments->strata) : jk_groups_listing(valuation);
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_speak(&arguments->common);
    jk_cli_valuing_heading(valuing, valuation);
    int failed = jk_value_print_totals(valuation, valuing->model);
    jk_cli_valuing_tell_worth(valuing, &arguments->worth);
    failed |= valuation->hours != NULL
                  ? jk_cli_print_hours(valuation->hours, valuing->model, valuation->irr, valuation->onboarding)
                  : 0;
    failed |= jk_value_print_groups(valuation, valuing->model);
    if (arguments->strata != NULL) {
        jk_listing strata = jk_strata_listing(arguments->strata);
        static const char *const added[] = {"claims",    "face",    "share_of_face", "value",
                                            "erc_gross", "erc_net", "gross_12m",     NULL};
        failed |= jk_cli_listing_table(&strata, &(jk_cli_listing_view){.title = "By the columns asked for",
                                                                       .added = added,
                                                                       .money_decimals = jk_cli_decimals(valuation)});
    }
    failed |= jk_cli_challenge_print(&arguments->challenge, jk_cli_decimals(valuation));
    return failed | jk_cli_finish();
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

static bool wants_parquet(const value_arguments *arguments) {
    return (arguments->claims_path != NULL && jk_is_parquet(arguments->claims_path)) ||
           (arguments->cashflow_path != NULL && jk_is_parquet(arguments->cashflow_path));
}

static jk_status write_frame(const value_arguments *arguments, const jk_frame *frame, const char *path, bool personal,
                             jk_error *error) {
    jk_sql *sql = NULL;
    char query[64];
    (void)snprintf(query, sizeof query, "from %s", frame->name);
    JK_TRY(jk_sql_open(arguments->common.threads, &sql, error));
    jk_status status = jk_sql_add(sql, frame, error);
    status = status == JK_OK ? jk_sql_write(sql, query, path, personal, error) : status;
    jk_sql_close(sql);
    return status;
}

static jk_status open_files(value_arguments *arguments, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    jk_status status = JK_OK;
    if (arguments->results_path != NULL) {
        status = jk_results_open(arguments->results_path, valuing->tape, valuing->model, &arguments->results, error);
        if (status == JK_OK) {
            arguments->sinks[arguments->sink_count++] = jk_results_sink(arguments->results);
        }
    }
    if (status == JK_OK && wants_parquet(arguments)) {
        status = jk_sql_check(error); /* before the work */
    }
    if (status == JK_OK && arguments->claims_path != NULL && jk_is_parquet(arguments->claims_path)) {
        status = jk_claims_table_open(valuing->tape, valuing->model, true, &arguments->table, error);
        if (status == JK_OK) {
            arguments->sinks[arguments->sink_count++] = jk_claims_table_sink(arguments->table);
        }
    } else if (status == JK_OK && arguments->claims_path != NULL) {
        status = jk_claims_open(arguments->claims_path, valuing->tape, valuing->model, arguments->full,
                                &arguments->claims, error);
        if (status == JK_OK) {
            arguments->sinks[arguments->sink_count++] = jk_claims_sink(arguments->claims);
        }
    }
    if (status == JK_OK && arguments->by != NULL) {
        status = jk_cli_strata_open(valuing, arguments->by, (jk_strata_shape){1, 1}, &arguments->strata, error);
        if (status == JK_OK) {
            arguments->sinks[arguments->sink_count++] = jk_strata_sink(arguments->strata);
        }
    }
    jk_host *host = jk_host_current();
    if (status == JK_OK && host != NULL && host->wants_claims) {
        status = jk_claims_table_open(valuing->tape, valuing->model, true, &host->claims, error);
        if (status == JK_OK) {
            arguments->sinks[arguments->sink_count++] = jk_claims_table_sink(host->claims);
        }
    }
    return status;
}

static jk_status write_workbook(const value_arguments *arguments, const jk_valuation *valuation, jk_error *error) {
    static const char *const added[] = {"claims",    "face",    "value",         "bid",
                                        "erc_gross", "erc_net", "share_of_face", NULL};
    static const char *const charted[] = {"value", NULL};
    static const char *const year_sums[] = {"gross", "instalments", "cost", "sale", "net", "npv", NULL};
    static const char *const year_lines[] = {"gross", "cost", "net", NULL};
    jk_listing listing = jk_groups_listing(valuation), years = jk_years_listing(valuation);
    jk_listing strata = jk_strata_listing(arguments->strata);
    const jk_xlsx_table tables[] = {
        {.sheet = "Portfolio",
         .title = "What the portfolio is worth",
         .listing = &listing,
         .column = "group",
         .group = "all"},
        {.sheet = "Decisions",
         .title = "What to do in the first months",
         .listing = &listing,
         .column = "group",
         .group = "decision",
         .added = added,
         .charted = charted,
         .bars = true},
        {.sheet = "Segments",
         .title = "By segment",
         .listing = &listing,
         .column = "group",
         .group = "segment",
         .added = added,
         .charted = charted,
         .bars = true},
        {.sheet = "Countries",
         .title = "By country",
         .listing = &listing,
         .column = "group",
         .group = "country",
         .added = added},
        {.sheet = "Reasons", .title = "Why", .listing = &listing, .column = "group", .group = "reason", .added = added},
        {.sheet = "Years",
         .title = "By year from the cut-off",
         .listing = &years,
         .added = year_sums,
         .charted = year_lines,
         .bars = true},
        {.sheet = "By columns", .title = "By the columns asked for", .listing = &strata, .added = added},
    };
    const size_t count = sizeof tables / sizeof tables[0] - (arguments->strata == NULL);
    const jk_cli_book book = {.tables = tables, .table_count = count, .cash = true};
    return jk_cli_write_workbook(&arguments->common, &arguments->valuing, valuation, &book, error);
}

static jk_status commit_claims(value_arguments *arguments, jk_error *error) {
    jk_claims_file *claims = arguments->claims;
    arguments->claims = NULL;
    return claims != NULL ? jk_claims_commit(claims, error) : JK_OK;
}

static jk_status commit_results(value_arguments *arguments, const jk_valuation *valuation, jk_error *error) {
    jk_results_file *results = arguments->results;
    arguments->results = NULL;
    return results != NULL ? jk_results_commit(results, valuation, error) : JK_OK;
}

/* Everything that can run out of disk is written before the first file gets its name. */
static jk_status write_files(value_arguments *arguments, const jk_valuation *valuation, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    jk_frame frame;
    if (arguments->table != NULL) {
        jk_frame_of_claims(arguments->table, &frame);
        JK_TRY(write_frame(arguments, &frame, arguments->claims_path, true, error));
    }
    if (arguments->cashflow_path != NULL && jk_is_parquet(arguments->cashflow_path)) {
        jk_frame_of_cashflow(valuation, &frame);
        JK_TRY(write_frame(arguments, &frame, arguments->cashflow_path, false, error));
    } else if (arguments->cashflow_path != NULL) {
        JK_TRY(jk_cashflow_write(arguments->cashflow_path, valuation, arguments->with_all, error));
    }
    if (arguments->years_path != NULL) {
        jk_listing years = jk_years_listing(valuation);
        JK_TRY(jk_listing_write(&years, arguments->years_path, false, error));
    }
    JK_TRY(write_workbook(arguments, valuation, error));
    JK_TRY(jk_cli_challenge_write(&arguments->challenge, valuation, error));
    if (jk_cli_json_to_file(&arguments->common)) {
        char *text = jk_valuation_json(valuing->tape, valuing->model, valuation);
        JK_TRY(valuation->challenge != NULL ? jk_cli_write_personal(arguments->common.json_path, text, error)
                                            : jk_cli_write_text(arguments->common.json_path, text, error));
    }
    JK_TRY(commit_claims(arguments, error));
    return commit_results(arguments, valuation, error);
}

static jk_status end_part(value_arguments *arguments, const jk_valuation *valuation, jk_error *error) {
    JK_TRY(commit_claims(arguments, error));
    JK_TRY(commit_results(arguments, valuation, error));
    return jk_cli_part_end(&arguments->common, arguments->valuing.tape, error);
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

/* As the plan likes, or within the hours that there are. */
static jk_status run_valuation(value_arguments *arguments, jk_valuation *valuation, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    jk_hours *hours = &arguments->hours;
    if (hours->given_count == 0) {
        return jk_value_run(valuing->tape, valuing->model, &valuing->options, arguments->sinks, arguments->sink_count,
                            valuation, error);
    }
    JK_TRY(jk_hours_solve(valuing->tape, valuing->model, &valuing->options, hours, error));
    JK_TRY(jk_hours_value(valuing->tape, valuing->model, &valuing->options, hours, arguments->sinks,
                          arguments->sink_count, valuation, error));
    valuation->hours = hours;
    return JK_OK;
}

static jk_status value_tape(value_arguments *arguments, jk_valuation *valuation, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    jk_cli_part_begin(&arguments->common);
    JK_TRY(open_files(arguments, error));
    JK_TRY(jk_cli_challenge_open(&arguments->challenge, valuing, &arguments->common, arguments->sinks,
                                 &arguments->sink_count, error));
    JK_TRY(jk_cli_valuing_explain(valuing, 1, arguments->sinks, arguments->sink_count, error));
    JK_TRY(run_valuation(arguments, valuation, error));
    JK_TRY(jk_cli_valuing_worth(valuing, &arguments->common, false, &arguments->worth, error));
    valuation->worth = &arguments->worth;
    JK_TRY(jk_cli_challenge_finish(&arguments->challenge, valuation, error));
    if (arguments->strata != NULL) {
        JK_TRY(jk_strata_finish(arguments->strata, &(jk_strata_case){.valuation = valuation}, error));
        valuation->strata = arguments->strata;
    }
    if (jk_cli_is_part(&arguments->common)) {
        return end_part(arguments, valuation, error);
    }
    JK_TRY(jk_cli_gate_valuation(&arguments->common, valuing->tape, valuing->model, valuation, error));
    return write_files(arguments, valuation, error);
}

static int run_value(void *command) {
    value_arguments *arguments = command;
    jk_error error = {0};
    jk_valuation valuation = {0};
    jk_status status = value_tape(arguments, &valuation, &error);
    int code = status != JK_OK                      ? jk_cli_fail(&error)
               : jk_cli_is_part(&arguments->common) ? jk_cli_finish()
                                                    : print(arguments, &valuation);
    jk_strata_free(arguments->strata);
    jk_claims_table_free(arguments->table);
    jk_claims_abort(arguments->claims);
    jk_results_abort(arguments->results);
    jk_valuation_reset(&valuation);
    jk_cli_challenge_close(&arguments->challenge);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

static void check(jk_usage *usage, void *command) {
    const value_arguments *arguments = command;
    if (arguments->by != NULL && arguments->common.part > 0) {
        jk_usage_error(usage, "--by: combinations of columns cannot be had in parts; expected ranks (mpirun jalki-mpi "
                              "value), or one run with --by beside the parts");
    }
    if (arguments->challenge.path != NULL && arguments->hours.given_count > 0) {
        jk_usage_error(usage, "--challenger and --agent-hours do not go together: limits are for one plan");
    }
}

const jk_command jk_command_value = {
    .name = "value",
    .summary = "what each claim is worth, what to do with it, and the portfolio's totals",
    .purpose = "Values every claim of a tape: its score, its worth at the required return, what to do with it now, and "
               "what the portfolio comes to.",
    .examples = {"jalki value tape.h5 --model models/nordic.yaml",
                 "jalki value tape.h5 --model models/nordic.yaml --irr 0.12 \\\n"
                 "    -o results.h5 --claims claims.csv --cashflow cashflow.csv \\\n"
                 "    --json totals.json",
                 "jalki value tape.h5 --model models/nordic.yaml --agent-hours 1500",
                 "jalki value tape.h5 --model models/nordic.yaml --xlsx value.xlsx",
                 "jalki value tape.h5 --model models/nordic.yaml --challenger mine/nordic.yaml --disagree claims.csv"},
    .operand = JK_VALUED_TAPE(value_arguments),
    .groups = {JK_VALUING_GROUP(value_arguments),
               JK_IRR_GROUP(value_arguments),
               JK_SELL_GROUP(value_arguments),
               {NULL, limits, 0, false},
               JK_CURSE_GROUP(value_arguments),
               {"Output", options, 0, false},
               JK_CHALLENGE_GROUP(value_arguments),
               JK_PART_GROUP,
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(value_arguments),
               JK_ACCEPT_GROUP(value_arguments, valuing.accepted)},
    .size = sizeof(value_arguments),
    .shares_work = true,
    .check = check,
    .run = run_value,
};
