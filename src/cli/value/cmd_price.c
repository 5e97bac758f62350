/* SPDX-License-Identifier: Apache-2.0 */
/* jalki price: the bid table, several required returns side by side. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/accept.h"
#include "cli/options/conditions.h"
#include "cli/options/groups.h"
#include "cli/options/hours.h"
#include "cli/options/parts.h"
#include "cli/options/workbooks.h"
#include "cli/print/strata_print.h"
#include "cli/value/price_command.h"
#include "jalki/export.h"
#include "jalki/shares.h"

typedef struct price_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    double irr[JK_RETURNS_MAX];
    size_t returns;
    jk_cli_floors floors;
    double asked;
    const char *scenarios_path, *claims_path, *by;
    bool committed;
    jk_strata *strata;
    jk_scenarios *scenarios;
    double allocate;
    jk_shares *shares;
    jk_worth worth;
    jk_hours hours;
} price_arguments;

static const jk_option options[] = {
    {"irr", .kind = JK_OPTION_RETURN, JK_FIELD(price_arguments, irr),
     JK_SEVERAL(price_arguments, returns, JK_RETURNS_MAX), .value = "RATES", .otherwise = "the model's",
     .help = "Required yearly returns, for example 0.12,0.15,0.18", .example = "0.12,0.15"},
    JK_FLOOR_OPTION(price_arguments, floors),
    {"asked", .kind = JK_OPTION_MONEY, JK_FIELD(price_arguments, asked), .value = "PRICE",
     .help = "The price asked: what return it would give", .example = "1250000"},
    {"scenarios", .kind = JK_OPTION_FILE_IN, JK_FIELD(price_arguments, scenarios_path), .value = "S.yaml",
     .help = "The bids in these scenarios too, see docs/scenario.md"},
    {"committed", .kind = JK_OPTION_FLAG, JK_FIELD(price_arguments, committed), .needs = "scenarios",
     .otherwise = "each is planned anew", .help = "Keep the base plan in the scenarios"},
    JK_HOURS_OPTION(price_arguments, hours),
    JK_BY_OPTION(price_arguments, by),
    {0},
};

static const jk_option outputs[] = {
    {"claims", .kind = JK_OPTION_FILE_OUT, JK_FIELD(price_arguments, claims_path), .value = "F.csv", .no_stdout = true,
     .help = "Each claim's share of the price, CSV (one return only); compressed if it ends in .gz"},
    {"allocate", .kind = JK_OPTION_MONEY, JK_FIELD(price_arguments, allocate), .value = "PRICE", .needs = "claims",
     .otherwise = "the bid", .help = "The price that --claims shares out", .example = "1250000"},
    {0},
};

static void prepare(void *command) {
    price_arguments *arguments = command;
    arguments->returns = 1; /* NaN: the model's */
    arguments->valuing.irr = (double)NAN;
}

static void check(jk_usage *usage, void *command) {
    const price_arguments *arguments = command;
    if (arguments->claims_path != NULL && arguments->returns > 1) {
        jk_usage_error(usage, "--claims shares out one price; expected one --irr");
    }
    if (arguments->hours.given_count > 0 && arguments->scenarios_path != NULL) {
        jk_usage_error(usage, "--agent-hours makes the plan of the base case; expected no --scenarios beside it");
    }
    if (arguments->hours.given_count > 0 && arguments->by != NULL && arguments->returns > 1) {
        jk_usage_error(usage, "--by beside --agent-hours is of one plan; expected one --irr");
    }
    if (arguments->by != NULL && jk_cli_is_part(&arguments->common)) {
        jk_usage_error(usage, "--by: combinations of columns cannot be had in parts; expected ranks (mpirun jalki-mpi "
                              "price), or one run with --by beside the parts");
    }
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static char *json_of(const price_arguments *arguments, const jk_bids *bids) {
    return jk_bids_json(arguments->valuing.tape, arguments->valuing.model, bids);
}

static int print(const price_arguments *arguments, const jk_bids *bids) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(json_of(arguments, bids));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_price_print_csv(bids);
    }
    jk_cli_speak(&arguments->common);
    return jk_price_print_tables(&arguments->valuing, bids);
}

static jk_status write_workbook(const price_arguments *arguments, const jk_bids *bids, jk_error *error) {
    jk_listing listing = jk_bids_listing(bids);
    jk_listing strata = jk_strata_cases_listing(bids->strata);
    const jk_xlsx_table tables[] = {
        {.sheet = "Bids", .title = "What the portfolio may cost", .listing = &listing},
        {.sheet = "By columns", .title = "By the columns asked for, at the return alone", .listing = &strata},
    };
    const jk_cli_book book = {.tables = tables, .table_count = bids->strata != NULL ? 2 : 1, .cash = true};
    return jk_cli_write_workbook(&arguments->common, &arguments->valuing, &bids->first, &book, error);
}

static jk_status write_files(price_arguments *arguments, const jk_bids *bids, jk_error *error) {
    JK_TRY(write_workbook(arguments, bids, error));
    if (arguments->shares != NULL) {
        double price = isnan(arguments->allocate) ? jk_bid_at(bids, 0, 0, 0)->offer.bid : arguments->allocate;
        JK_TRY(jk_shares_make(arguments->shares, price, error));
        JK_TRY(jk_shares_write(arguments->shares, arguments->claims_path, error));
    }
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path, json_of(arguments, bids), error)
               : JK_OK;
}

static jk_status price_tape(price_arguments *arguments, jk_bids *bids, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    jk_value_sink sink = {0};
    jk_bid_options wanted = {.irr = arguments->irr,
                             .returns = arguments->returns,
                             .floors = arguments->floors.floor,
                             .floor_count = arguments->floors.count,
                             .asked = arguments->asked,
                             .hours = arguments->hours.given_count > 0 ? &arguments->hours : NULL,
                             .committed = arguments->committed};
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    if (arguments->scenarios_path != NULL) {
        JK_TRY(jk_scenarios_load(arguments->scenarios_path, valuing->model, &arguments->scenarios, error));
        wanted.scenarios = arguments->scenarios->scenarios;
        wanted.scenario_count = arguments->scenarios->count;
    }
    if (arguments->claims_path != NULL) {
        JK_TRY(jk_shares_create(valuing->tape, &arguments->shares, error));
        sink = jk_shares_sink(arguments->shares);
        wanted.sinks = &sink;
        wanted.sink_count = 1;
    }
    const jk_strata_shape shape = {arguments->returns * (1 + wanted.scenario_count), 1 + wanted.scenario_count};
    JK_TRY(jk_cli_strata_open(valuing, arguments->by, shape, &arguments->strata, error));
    wanted.strata = arguments->strata;
    jk_cli_part_begin(&arguments->common);
    size_t cases = arguments->returns * (1 + wanted.scenario_count);
    JK_TRY(jk_cli_valuing_explain(valuing, cases < JK_RETURNS_MAX ? cases : JK_RETURNS_MAX, wanted.sinks,
                                  wanted.sink_count, error));
    JK_TRY(jk_bids_make(valuing->tape, valuing->model, &valuing->options, &wanted, bids, error));
    jk_cli_valuing first = *valuing;
    first.options.irr = bids->irr[0];
    JK_TRY(jk_cli_valuing_worth(&first, &arguments->common, false, &arguments->worth, error));
    bids->first.worth = &arguments->worth;
    if (jk_cli_is_part(&arguments->common)) {
        return jk_cli_part_end(&arguments->common, valuing->tape, error);
    }
    const jk_gate_view view = {.cutoff = bids->first.cutoff,
                               .irr = bids->irr,
                               .irr_count = bids->return_count,
                               .face = bids->first.total.face,
                               .gross = jk_bid_at(bids, 0, 0, 0)->offer.sum.gross};
    JK_TRY(jk_cli_gate(&arguments->common, valuing->tape, valuing->model, view, valuing->accepted, error));
    return write_files(arguments, bids, error);
}

static int run_price(void *command) {
    price_arguments *arguments = command;
    jk_error error = {0};
    jk_bids bids = {0};
    jk_status status = price_tape(arguments, &bids, &error);
    int code = status != JK_OK                      ? jk_cli_fail(&error)
               : jk_cli_is_part(&arguments->common) ? jk_cli_finish()
                                                    : print(arguments, &bids);
    jk_shares_free(arguments->shares);
    jk_strata_free(arguments->strata);
    jk_scenarios_free(arguments->scenarios);
    jk_bids_reset(&bids);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_price = {
    .name = "price",
    .summary = "what the portfolio may cost: bids at several returns, floors, asked price",
    .purpose = "What the portfolio may cost: the highest bid at each required return, with floors, and the return that "
               "an asked price would give.",
    .examples = {"jalki price tape.h5 --model models/nordic.yaml --irr 0.12,0.15,0.18",
                 "jalki price tape.h5 --model models/nordic.yaml --irr 0.15 \\\n"
                 "    --floor multiple=1.8 --floor payback=60 --asked 1250000",
                 "jalki price tape.h5 --model models/nordic.yaml --scenarios data/scenarios/nordic.yaml",
                 "jalki price tape.h5 --model models/nordic.yaml --agent-hours 1500",
                 "jalki price tape.h5 --model models/nordic.yaml --by country,balance_band --irr 0.12,0.15",
                 "jalki price tape.h5 --model models/nordic.yaml --claims shares.csv"},
    .operand = JK_VALUED_TAPE(price_arguments),
    .groups = {{"Price", options, 0, false},
               JK_VALUING_GROUP(price_arguments),
               JK_SELL_GROUP(price_arguments),
               JK_CURSE_GROUP(price_arguments),
               {"Output", outputs, 0, false},
               JK_PART_GROUP,
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(price_arguments),
               JK_ACCEPT_GROUP(price_arguments, valuing.accepted)},
    .size = sizeof(price_arguments),
    .shares_work = true,
    .prepare = prepare,
    .check = check,
    .run = run_price,
};
