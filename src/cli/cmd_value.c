/* SPDX-License-Identifier: Apache-2.0 */
/* jalki value: what each claim is worth and what to do with it, and what that comes to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/accept.h"
#include "cli/challenge.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/groups.h"
#include "cli/host.h"
#include "cli/hours.h"
#include "cli/listing_print.h"
#include "cli/option_values.h"
#include "cli/parts.h"
#include "cli/valuing.h"
#include "cli/workbooks.h"
#include "jalki/export.h"
#include "jalki/sql.h"

typedef struct value_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    bool full;
    const char *results_path, *claims_path, *cashflow_path;
    jk_results_file *results;
    jk_claims_file *claims;
    jk_claims_table *table; /* of claims that become Parquet */
    jk_value_sink sinks[4];
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
    {0},
};

static const jk_option limits[] = {JK_HOURS_OPTION(value_arguments, hours), {0}};

/* ---- tables --------------------------------------------------------------------------------------------------- */

static int print_groups(const jk_valuation *valuation) {
    jk_listing listing = jk_groups_listing(valuation);
    static const struct {
        const char *title, *group, *claims;
    } tables[] = {{"By decision (what to do in the first months)", "decision", "claims"},
                  {"By segment", "segment", "claims"},
                  {"By country", "country", NULL}};
    int failed = 0;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        failed |= jk_cli_listing_table(&listing, &(jk_cli_listing_view){.title = tables[t].title,
                                                                        .group = tables[t].group,
                                                                        .name_head = tables[t].group,
                                                                        .claims = tables[t].claims,
                                                                        .money_decimals = jk_cli_decimals(valuation)});
    }
    return failed;
}

static int print_reasons(const jk_valuation *valuation) {
    static const char *const words[] = {"barred at the cut-off", "status allows only close",
                                        "costs more than it brings", "worth working"};
    jk_table *table = jk_table_create("llrrr");
    const char *const heads[] = {"reason", "", "claims", "face", "share of face"};
    for (size_t i = 0; table != NULL && i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    for (int r = 0; table != NULL && r < JK_REASON_COUNT; r++) {
        jk_table_cell(table, "%s", jk_reason_name((jk_reason)r));
        jk_table_cell(table, "%s", words[r]);
        jk_table_count(table, valuation->reason[r]);
        jk_table_amount(table, valuation->reason_face[r], jk_cli_decimals(valuation));
        jk_table_percent(table, jk_percent(valuation->reason_face[r], valuation->total.face));
    }
    return jk_cli_print_table(table, "Why");
}

static void add_line(jk_table *table, const char *name, double amount, double face, int decimals) {
    jk_table_cell(table, "%s", name);
    jk_table_amount(table, amount, decimals);
    jk_table_percent(table, jk_percent(amount, face));
}

static int print_totals(const jk_valuation *valuation, const jk_model *model) {
    jk_offer offer = jk_offer_make(valuation, NULL, 0, NAN);
    double face = valuation->total.face;
    int decimals = jk_cli_decimals(valuation);
    jk_table *table = jk_table_create("lrr");
    if (table == NULL) {
        return jk_cli_print_table(NULL, NULL);
    }
    char title[64];
    char percent[JK_AMOUNT_TEXT];
    jk_table_cell(table, "%s", "");
    jk_table_cell(table, "%s", model->base_currency);
    jk_table_cell(table, "%s", "% of face");
    add_line(table, "face", face, face, decimals);
    (void)snprintf(title, sizeof title, "value at %s %% a year",
                   jk_amount(percent, 100.0 * valuation->irr, jk_cli_rate_decimals(valuation->irr)));
    add_line(table, title, offer.value, face, decimals);
    add_line(table, "onboarding", offer.onboarding, face, decimals);
    add_line(table, "bid", offer.bid, face, decimals);
    jk_table_rule(table);
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        if (jk_erc_months[i] <= valuation->flow.months) {
            (void)snprintf(title, sizeof title, "gross collections, %d months", jk_erc_months[i]);
            add_line(table, title, offer.erc_gross[i], face, decimals);
        }
    }
    (void)snprintf(title, sizeof title, "all %d months: gross", valuation->flow.months);
    add_line(table, title, offer.sum.gross, face, decimals);
    add_line(table, "  of it instalments", offer.sum.instalments, face, decimals);
    add_line(table, "  cost of collection", offer.sum.cost, face, decimals);
    add_line(table, "  sale proceeds", offer.sum.sale, face, decimals);
    add_line(table, "  net", offer.sum.net, face, decimals);
    int failed = jk_cli_print_table(table, "Portfolio");
    (void)printf("\n");
    if (valuation->total.hours > 0.0) {
        (void)printf("  the treatments take %s agent hours in the first %d months\n",
                     jk_amount(percent, valuation->total.hours, 1), model->epochs[0]);
    }
    if (!isnan(offer.multiple)) {
        (void)printf("  money multiple %s of bid and onboarding, ", jk_amount(percent, offer.multiple, 2));
        if (offer.payback > 0) {
            (void)printf("paid back in month %d", offer.payback);
        } else {
            (void)printf("never paid back within the horizon");
        }
    } else {
        (void)printf("  nothing is paid, so there is no multiple and no payback");
    }
    if (!isnan(offer.cost_share)) {
        (void)printf("; cost is %s %% of gross", jk_amount(percent, 100.0 * offer.cost_share, 1));
    }
    (void)printf("\n");
    return failed;
}

/* Who is expected to pay, at the start of each epoch; nothing where no segment has payers. */
static int print_payers(const jk_valuation *valuation, const jk_model *model) {
    if (!jk_model_has_payers(model)) {
        return 0;
    }
    jk_table *table = jk_table_create("rrrr");
    const char *const heads[] = {"after months", "payers", "% of claims", "instalments until the next"};
    for (size_t i = 0; table != NULL && i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    int start = 0;
    for (int j = 0; table != NULL && j < model->epoch_count; j++) {
        int end = start + model->epochs[j];
        double payers = jk_valuation_payers(valuation, start + 1);
        jk_month before = jk_valuation_months(valuation, start, valuation->segment_count);
        jk_month after = jk_valuation_months(valuation, end, valuation->segment_count);
        jk_table_cell(table, "%d", start);
        jk_table_amount(table, payers, 0);
        jk_table_percent(table, jk_percent(payers, (double)valuation->total.claims));
        jk_table_amount(table, after.instalments - before.instalments, jk_cli_decimals(valuation));
        start = end;
    }
    return jk_cli_print_table(table, "Who pays (claims expected to bring instalments)");
}

static int print(const value_arguments *arguments, const jk_valuation *valuation) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_valuation_json(valuing->tape, valuing->model, valuation));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listing listing = jk_groups_listing(valuation);
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_valuing_heading(valuing, valuation);
    int failed = print_totals(valuation, valuing->model);
    jk_cli_valuing_tell_worth(valuing, &arguments->worth);
    failed |= valuation->hours != NULL
                  ? jk_cli_print_hours(valuation->hours, valuing->model, valuation->irr, valuation->onboarding)
                  : 0;
    failed |= print_payers(valuation, valuing->model);
    failed |= print_groups(valuation) | print_reasons(valuation);
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
        status = jk_claims_table_open(valuing->tape, valuing->model, &arguments->table, error);
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
    jk_host *host = jk_host_current();
    if (status == JK_OK && host != NULL && host->wants_claims) {
        status = jk_claims_table_open(valuing->tape, valuing->model, &host->claims, error);
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
    jk_listing listing = jk_groups_listing(valuation);
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
    };
    const jk_cli_book book = {.tables = tables, .table_count = sizeof tables / sizeof tables[0], .cash = true};
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
        JK_TRY(jk_cashflow_write(arguments->cashflow_path, valuation, error));
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
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(value_arguments),
               JK_ACCEPT_GROUP(value_arguments, valuing.accepted)},
    .size = sizeof(value_arguments),
    .shares_work = true,
    .check = check,
    .run = run_value,
};
