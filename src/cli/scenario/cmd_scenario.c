/* SPDX-License-Identifier: Apache-2.0 */
/* jalki scenario: the portfolio under named stresses, side by side with the base. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/parts.h"
#include "cli/options/workbooks.h"
#include "cli/print/strata_print.h"
#include "cli/scenario/scenario_command.h"
#include "jalki/export.h"

enum { TARGETS_MAX = 16 };

typedef struct scenario_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    const char *scenarios_path, *claims_path, *segment, *by;
    jk_strata *strata;
    bool replanned, committed;
    unsigned modes;
    int break_even; /* a jk_stress_key, or -1 */
    double asked[TARGETS_MAX], share[TARGETS_MAX];
    size_t asked_count, share_count;
    jk_scenario_fields missing;
} scenario_arguments;

static void read_key(jk_usage *usage, const char *name, char *text, void *field) {
    int key = jk_stress_key_of(text);
    if (key < 0) {
        const char *names[JK_STRESS_COUNT];
        for (int k = 0; k < JK_STRESS_COUNT; k++) {
            names[k] = jk_stress_field_of((jk_stress_key)k)->name;
        }
        int nearest = jk_text_nearest(text, names, JK_STRESS_COUNT);
        jk_usage_error(usage, "%s: '%s' is not a key of scenario files%s%s", name, text,
                       nearest < 0 ? "" : "; did you mean ", nearest < 0 ? "" : names[nearest]);
    }
    *(int *)field = key;
}

static const jk_option options[] = {
    {"scenarios", .kind = JK_OPTION_FILE_IN, JK_FIELD(scenario_arguments, scenarios_path), .value = "S.yaml",
     .help = "Scenarios to value, see docs/scenario.md"},
    {"replanned", .kind = JK_OPTION_FLAG, JK_FIELD(scenario_arguments, replanned), .otherwise = "both",
     .help = "Only with plans made for each scenario"},
    {"committed", .kind = JK_OPTION_FLAG, JK_FIELD(scenario_arguments, committed), .otherwise = "both",
     .help = "Only with the base plan kept"},
    {"segment", .kind = JK_OPTION_TEXT, JK_FIELD(scenario_arguments, segment), .value = "ID",
     .help = "Show this segment alone; with --break-even: stress its claims alone"},
    JK_BY_OPTION(scenario_arguments, by),
    {0},
};

static const jk_option questions[] = {
    {"break-even", .kind = JK_OPTION_SPECIAL, .read = read_key, JK_FIELD(scenario_arguments, break_even),
     .value = "KEY", .example = "recovery",
     .help = "How far this key of scenario files (recovery, court_cost, delay, …) can go until the bid is --asked, or "
             "legal pays for --legal-share of the claims only"},
    {"asked", .kind = JK_OPTION_MONEY, JK_FIELD(scenario_arguments, asked),
     JK_SEVERAL(scenario_arguments, asked_count, TARGETS_MAX), .value = "PRICES", .help = "Prices to break even at",
     .example = "1500000,1200000"},
    {"legal-share", .kind = JK_OPTION_NUMBER, JK_FIELD(scenario_arguments, share),
     JK_SEVERAL(scenario_arguments, share_count, TARGETS_MAX), .high = 1.0, .value = "SHARES",
     .otherwise = "0.75,0.5,0.25,0.05 where no price is asked", .example = "0.5,0.25",
     .help = "Shares of the claims that go to court in the base"},
    {"missing", .kind = JK_OPTION_SPECIAL, .read = jk_scenario_read_fields, JK_FIELD(scenario_arguments, missing),
     .value = "FIELDS", .example = "income_monthly,employment",
     .help = "Price of missing data: value with each field as given, blanked and at its worst; all, or columns of the "
             "tape"},
    {0},
};

static const jk_option outputs[] = {
    {"claims", .kind = JK_OPTION_FILE_OUT, .of_parts = true, JK_FIELD(scenario_arguments, claims_path),
     .value = "F.csv", .no_stdout = true, .help = "Each claim's decision and value in the base and all scenarios, CSV"},
    {0},
};

static void prepare(void *command) {
    scenario_arguments *arguments = command;
    arguments->break_even = -1;
}

static void check(jk_usage *usage, void *command) {
    scenario_arguments *arguments = command;
    static const double shares[] = {0.75, 0.5, 0.25, 0.05};
    size_t missing = arguments->missing.count;
    bool scenarios = arguments->scenarios_path != NULL;
    bool claims = arguments->claims_path != NULL;
    if (arguments->break_even < 0 && arguments->asked_count + arguments->share_count > 0) {
        jk_usage_error(usage, "--asked and --legal-share need --break-even KEY");
    }
    if (arguments->asked_count > 0 && arguments->share_count > 0) {
        jk_usage_error(usage, "either --asked or --legal-share");
    }
    if (arguments->break_even >= 0 && (scenarios || claims)) {
        jk_usage_error(usage, "--break-even finds one figure; --scenarios and --claims are for a run without it");
    }
    if (missing > 0 && (arguments->break_even >= 0 || scenarios || claims || arguments->segment != NULL)) {
        jk_usage_error(usage, "--missing stands by itself, beside --irr, --json and the tape");
    }
    if (!scenarios && jk_cli_is_part(&arguments->common)) {
        jk_usage_error(usage, "--part is about --scenarios; break-even and missing data ask the tape again and again");
    }
    if (arguments->by != NULL && !scenarios) {
        jk_usage_error(usage, "--by stands beside --scenarios");
    }
    if (arguments->by != NULL && jk_cli_is_part(&arguments->common)) {
        jk_usage_error(usage, "--by: combinations of columns cannot be had in parts; expected ranks (mpirun jalki-mpi "
                              "scenario), or one run with --by beside the parts");
    }
    if (!scenarios && arguments->common.xlsx_path != NULL) {
        jk_usage_error(usage, "--xlsx writes the scenarios side by side; it needs --scenarios");
    }
    if (arguments->asked_count + arguments->share_count == 0) {
        memcpy(arguments->share, shares, sizeof shares);
        arguments->share_count = sizeof shares / sizeof *shares;
    }
    if (!scenarios && arguments->break_even < 0 && missing == 0) {
        jk_usage_error(usage, "--scenarios S.yaml is needed, for example data/scenarios/nordic.yaml");
    }
    bool both = arguments->replanned == arguments->committed;
    arguments->modes = (both || arguments->replanned ? JK_MODE_REPLANNED : 0U) |
                       (both || arguments->committed ? JK_MODE_COMMITTED : 0U);
}

/* ---- the work -------------------------------------------------------------------------------------------------- */

static jk_status find_segment(const scenario_arguments *arguments, int *segment, jk_error *error) {
    const jk_model *model = arguments->valuing.model;
    *segment = -1;
    for (size_t s = 0; arguments->segment != NULL && s < model->segment_count; s++) {
        if (strcmp(model->segments[s].id, arguments->segment) == 0) {
            *segment = (int)s;
        }
    }
    if (arguments->segment != NULL && *segment < 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "--segment", "the model has no segment '%.80s'",
                       arguments->segment);
    }
    return JK_OK;
}

static jk_status finish_strata(const scenario_arguments *arguments, const jk_scenarios *set,
                               const jk_scenario_grid *grid, jk_error *error) {
    jk_strata_case *cases = arguments->strata == NULL ? NULL : calloc(grid->count, sizeof *cases);
    if (cases == NULL) {
        return arguments->strata == NULL ? JK_OK : jk_fail_memory(error, "the strata");
    }
    jk_scenario_cases(set, grid, cases);
    jk_status status = jk_strata_finish(arguments->strata, cases, error);
    free(cases);
    return status;
}

static jk_status value_scenarios(scenario_arguments *arguments, const jk_scenarios *set, jk_scenario_grid *grid,
                                 jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    const jk_scenario_run run = {.scenarios = set->scenarios,
                                 .scenario_count = set->count,
                                 .irr = &valuing->irr,
                                 .returns = 1,
                                 .modes = arguments->modes};
    jk_scenario_claims *claims = NULL;
    jk_value_sink sinks[2] = {{0}};
    size_t sink_count = 0;
    const size_t modes = arguments->modes == (JK_MODE_REPLANNED | JK_MODE_COMMITTED) ? 2 : 1;
    const size_t cases = 1 + modes * set->count;
    JK_TRY(jk_cli_strata_open(valuing, arguments->by, (jk_strata_shape){cases, cases}, &arguments->strata, error));
    if (arguments->strata != NULL) {
        sinks[sink_count++] = jk_strata_sink(arguments->strata);
    }
    jk_status status = JK_OK;
    if (arguments->claims_path != NULL) {
        status = jk_scenario_claims_open(arguments->claims_path, valuing->tape, valuing->model, &run, &claims, error);
    }
    if (status == JK_OK && claims != NULL) {
        sinks[sink_count++] = jk_scenario_claims_sink(claims);
    }
    if (status == JK_OK && valuing->explain_memory) {
        jk_value_memory memory;
        status = jk_scenario_grid_memory(valuing->tape, valuing->model, &valuing->options, &run, sinks, sink_count,
                                         &memory, error);
        if (status == JK_OK) {
            jk_cli_valuing_tell_memory(valuing, &memory);
        }
    }
    if (status == JK_OK) {
        status = jk_scenario_grid_make(valuing->tape, valuing->model, &valuing->options, &run, sinks, sink_count, grid,
                                       error);
    }
    if (status == JK_OK && !jk_cli_is_part(&arguments->common)) {
        status = finish_strata(arguments, set, grid, error);
    }
    if (status == JK_OK && claims != NULL) {
        return jk_scenario_claims_commit(claims, error);
    }
    jk_scenario_claims_abort(claims);
    return status;
}

static jk_status write_workbook(const scenario_arguments *arguments, const jk_scenarios *set,
                                const jk_scenario_grid *grid, int segment, jk_error *error) {
    static const char *const charted[] = {"value", NULL};
    jk_listing listing = jk_scenario_listing(set, grid, segment);
    jk_listing strata = jk_strata_cases_listing(arguments->strata);
    const jk_xlsx_table tables[] = {
        {.sheet = "Scenarios",
         .title = "The portfolio under named stresses",
         .listing = &listing,
         .column = "segment",
         .group = "all",
         .charted = charted,
         .bars = true},
        {.sheet = "Segments", .title = "The same by segment", .listing = &listing},
        {.sheet = "By columns", .title = "By the columns asked for", .listing = &strata},
    };
    const size_t count = sizeof tables / sizeof tables[0] - (arguments->strata == NULL);
    const jk_cli_book book = {.tables = tables, .table_count = count};
    return jk_cli_write_workbook(&arguments->common, &arguments->valuing, jk_scenario_at(grid, 0, 0, -1), &book, error);
}

static jk_status work(scenario_arguments *arguments, jk_scenarios **set, jk_scenario_grid *grid, int *segment,
                      jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    JK_TRY(find_segment(arguments, segment, error));
    if (arguments->break_even >= 0 || arguments->missing.count > 0) {
        return JK_OK;
    }
    JK_TRY(jk_scenarios_load(arguments->scenarios_path, valuing->model, set, error));
    jk_cli_part_begin(&arguments->common);
    JK_TRY(value_scenarios(arguments, *set, grid, error));
    if (jk_cli_is_part(&arguments->common)) {
        return jk_cli_part_end(&arguments->common, valuing->tape, error);
    }
    JK_TRY(write_workbook(arguments, *set, grid, *segment, error));
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path,
                                   jk_scenario_json(valuing->tape, valuing->model, *set, grid, arguments->strata),
                                   error)
               : JK_OK;
}

static int print(const scenario_arguments *arguments, const jk_scenario_view *view) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(
            jk_scenario_json(view->valuing->tape, view->valuing->model, view->set, view->grid, view->strata));
    }
    jk_cli_speak(&arguments->common);
    return arguments->common.format == JK_FORMAT_CSV ? jk_scenario_print_csv(view) : jk_scenario_print_tables(view);
}

static int find_break_even(const scenario_arguments *arguments, jk_error *error) {
    bool bid = arguments->asked_count > 0;
    jk_break_even_wish wish = {.key = (jk_stress_key)arguments->break_even,
                               .irr = arguments->valuing.irr,
                               .committed = bid && arguments->modes == JK_MODE_COMMITTED,
                               .measure = bid ? JK_MEASURE_BID : JK_MEASURE_LEGAL_SHARE};
    if (arguments->segment != NULL) {
        wish.where = (jk_where){0, NULL, 1, &arguments->segment};
    }
    return jk_scenario_break_even(&arguments->common, &arguments->valuing, &wish,
                                  bid ? arguments->asked : arguments->share,
                                  bid ? arguments->asked_count : arguments->share_count, error);
}

static int print_or_find(const scenario_arguments *arguments, const jk_scenario_view *view, jk_error *error) {
    if (arguments->missing.count > 0) {
        return jk_scenario_missing(&arguments->common, &arguments->valuing, &arguments->missing, error);
    }
    return arguments->break_even >= 0 ? find_break_even(arguments, error) : print(arguments, view);
}

static int run_scenario(void *command) {
    scenario_arguments *arguments = command;
    jk_error error = {0};
    jk_scenarios *set = NULL;
    jk_scenario_grid grid = {0};
    int segment = -1;
    jk_status status = work(arguments, &set, &grid, &segment, &error);
    jk_scenario_view view = {&arguments->valuing, set, &grid, segment, arguments->strata};
    int code = status != JK_OK                      ? jk_cli_fail(&error)
               : jk_cli_is_part(&arguments->common) ? jk_cli_finish()
                                                    : print_or_find(arguments, &view, &error);
    jk_strata_free(arguments->strata);
    jk_scenario_grid_reset(&grid);
    jk_scenarios_free(set);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_scenario = {
    .name = "scenario",
    .summary = "the portfolio under named stresses, side by side with the base",
    .purpose = "The portfolio under named stresses, side by side with the base: value, bid, collections, and the "
               "decisions that change, with plans made for each scenario and with the base plan kept.",
    .usage = "T.h5 --model M.yaml --scenarios S.yaml | --break-even KEY | --missing FIELDS",
    .examples = {"jalki scenario tape.h5 --model models/nordic.yaml --scenarios data/scenarios/nordic.yaml",
                 "jalki scenario tape.h5 --model models/nordic.yaml --scenarios data/scenarios/nordic.yaml \\\n"
                 "    --committed --irr 0.12 --json scenarios.json --claims claims.csv",
                 "jalki scenario tape.h5 --model models/nordic.yaml --break-even recovery --asked 1500000 --irr 0.12",
                 "jalki scenario tape.h5 --model models/nordic.yaml --scenarios data/scenarios/nordic.yaml \\\n"
                 "    --by country,product --language fi",
                 "jalki scenario tape.h5 --model models/nordic.yaml --break-even court_cost",
                 "jalki scenario tape.h5 --model models/nordic.yaml --missing all"},
    .operand = JK_VALUED_TAPE(scenario_arguments),
    .groups = {{"Scenarios", options, 0, false},
               {"Questions of their own", questions, 0, false},
               JK_VALUING_GROUP(scenario_arguments),
               JK_IRR_GROUP(scenario_arguments),
               JK_SELL_GROUP(scenario_arguments),
               {"Output", outputs, 0, false},
               JK_PART_GROUP,
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(scenario_arguments)},
    .size = sizeof(scenario_arguments),
    .shares_work = true,
    .prepare = prepare,
    .check = check,
    .run = run_scenario,
};
