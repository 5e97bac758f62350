/* SPDX-License-Identifier: Apache-2.0 */
/* jalki simulate: the distribution of value, collections and return. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/words/language.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/parts.h"
#include "cli/options/resuming.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/export.h"
#include "jalki/simulate.h"

typedef struct simulate_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_simulate_options wanted;
    bool no_own_risk, resumes;
    jk_resume kept;
} simulate_arguments;

static const jk_option options[] = {
    {"paths", .kind = JK_OPTION_INTEGER, JK_FIELD(simulate_arguments, wanted.paths), .value = "N",
     .low = JK_PATHS_LEAST, .high = JK_PATHS_MOST, .standard = "10000",
     .help = "Paths; with --precision the most of them"},
    {"seed", .kind = JK_OPTION_INTEGER, JK_FIELD(simulate_arguments, wanted.seed), .value = "N",
     .high = JK_INTEGER_MOST, .standard = "1", .help = "Seed of the random numbers"},
    {"price", .kind = JK_OPTION_MONEY, JK_FIELD(simulate_arguments, wanted.price), .value = "PRICE",
     .otherwise = "the bid at the required return", .help = "Price paid, for realised returns", .example = "1250000"},
    {"precision", .kind = JK_OPTION_NUMBER, JK_FIELD(simulate_arguments, wanted.precision), .value = "PART",
     .low = 1e-6, .high = 0.5, .otherwise = "never", .example = "0.001",
     .help = "Stop once no standard error of the value's figures is above this part of its mean, for example 0.001"},
    {"covariance", .kind = JK_OPTION_FILE_IN, JK_FIELD(simulate_arguments, wanted.covariance), .value = "FILE",
     .otherwise = "the standard errors of risk.parameters",
     .help = "Covariance of the model's parameters, written by fit"},
    {"no-own-risk", .kind = JK_OPTION_FLAG, JK_FIELD(simulate_arguments, no_own_risk),
     .help = "Every claim brings what is expected of it on the path"},
    {"tolerance", .kind = JK_OPTION_NUMBER, JK_FIELD(simulate_arguments, wanted.tolerance), .value = "PART",
     .high = 0.5, .standard = "0.001", .help = "Error of the model points that is aimed at"},
    JK_RESUME_OPTION(simulate_arguments, resumes, "json"),
    {0},
};

static void prepare(void *command) {
    simulate_arguments *arguments = command;
    arguments->wanted = jk_simulate_defaults();
}

static void check(jk_usage *usage, void *command) {
    const simulate_arguments *arguments = command;
    if (arguments->resumes && (jk_usage_given(usage, "part") || !jk_cli_json_to_file(&arguments->common))) {
        jk_usage_error(usage, "--resume keeps its folder beside the file of --json, and a part that was lost is run "
                              "again by itself; expected --json FILE and no --part");
    }
}

/* ---- tables --------------------------------------------------------------------------------------------------- */

static int decimals_of(const jk_simulation *simulation) {
    return simulation->face < 1e6 ? 2 : 0;
}

static void print_heading(const simulate_arguments *arguments, const jk_simulation *simulation) {
    char paths[JK_AMOUNT_TEXT], points[JK_AMOUNT_TEXT], claims[JK_AMOUNT_TEXT], large[JK_AMOUNT_TEXT];
    jk_cli_say("Tape      %s, claims: %s\n", arguments->valuing.tape_path,
               jk_amount(claims, (double)simulation->claims, 0));
    jk_cli_say("Model     %s (%s)", arguments->valuing.model->name, arguments->valuing.model_path);
    if (!arguments->valuing.model->risk.given) {
        jk_cli_say(", which names no risk: the format's own values");
    }
    jk_cli_say("\nPaths     %s, seed %llu", jk_amount(paths, (double)simulation->paths, 0),
               (unsigned long long)simulation->seed);
    if (!simulation->own_risk) {
        jk_cli_say(", without claims' own risk");
    }
    (void)putchar('\n');
    if (simulation->factors > 0) {
        jk_cli_say("Factors   %zu of the model's segments and countries, correlated by %.2f to %.2f\n",
                   simulation->factors, simulation->lowest_correlation, simulation->highest_correlation);
    } else {
        jk_cli_say("Factors   one for each country, any two correlated by %.2f\n", simulation->lowest_correlation);
    }
    if (simulation->parameters > 0) {
        jk_cli_say("Fit       %zu parameters drawn together; %zu of the file are left out\n", simulation->parameters,
                   simulation->parameters_left_out);
    }
    jk_cli_say("Points    %s for all claims, %s of them single large claims; at most %.3f %% off in value, collections "
               "or\n          costs of a year, with collections as expected, x %.2f and x %.2f\n",
               jk_amount(points, (double)simulation->model_points, 0),
               jk_amount(large, (double)simulation->large_claims, 0), 100.0 * simulation->compression_error,
               simulation->stress[0], simulation->stress[1]);
}

/* Figures of money, and those of the realised return in per cent; counts are as ever. */
static bool write_figure(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const double figure = jk_cli_listing_cell(rows, cells, column)->number;
    if (strcmp(column, "year") == 0 || strcmp(column, "paths") == 0) {
        return false;
    }
    if (strcmp(jk_cli_listing_cell(rows, cells, "what")->text, "irr_at_price") == 0) {
        jk_table_percent(table, 100.0 * figure);
    } else {
        jk_table_amount(table, figure, decimals_of(rows->source[0]));
    }
    return true;
}

static int print_figures(const jk_simulation *simulation) {
    static const char *const shown[] = {"mean", "sd", "p01", "p05", "p25", "p50", "p75", "p95", "p99", "es05", NULL};
    static const char *const beside[JK_SIMULATION_YEARS] = {
        [JK_SIMULATION_VALUE] = "+/-", [JK_SIMULATION_RETURN] = "+/-"};
    const char *const heads[JK_SIMULATION_YEARS] = {[JK_SIMULATION_VALUE] = jk_text("value"),
                                                    [JK_SIMULATION_GROSS] = jk_text("collected"),
                                                    [JK_SIMULATION_NET] = jk_text("net"),
                                                    [JK_SIMULATION_RETURN] = jk_text("return, %")};
    const jk_listing rows = jk_simulation_distributions_listing(simulation);
    char title[1024], price[JK_AMOUNT_TEXT], base[JK_AMOUNT_TEXT], rate[JK_AMOUNT_TEXT];
    jk_text_format(title, sizeof title,
                   simulation->price_given
                       ? "Value at %s %% (%s as expected), and the return on a price of %s; +/- is a standard error"
                       : "Value at %s %% (%s as expected), and the return on the bid of %s; +/- is a standard error",
                   jk_amount(rate, 100.0 * simulation->irr, jk_cli_rate_decimals(simulation->irr)),
                   jk_amount(base, simulation->base_value, decimals_of(simulation)),
                   jk_amount(price, simulation->price, decimals_of(simulation)));
    return jk_cli_listing_turned(&rows, &(jk_cli_listing_view){.plain_title = title,
                                                               .shown = shown,
                                                               .abreast = JK_SIMULATION_YEARS,
                                                               .spread_heads = heads,
                                                               .beside_heads = beside,
                                                               .written = write_figure});
}

static int print_years(const jk_simulation *simulation) {
    static const char *const shown[] = {"year", "mean", "p05", "p50", "p95", NULL};
    const jk_listing rows = jk_simulation_distributions_listing(simulation);
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "Collections by year, each year by itself",
                                                              .shown = shown,
                                                              .first = JK_SIMULATION_YEARS,
                                                              .count = (size_t)simulation->years,
                                                              .written = write_figure});
}

static bool write_price(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const double number = jk_cli_listing_cell(rows, cells, column)->number;
    if (strcmp(column, "confidence") == 0) {
        jk_table_say(table, "earns the return with %.0f %%", 100.0 * number);
    } else {
        jk_table_amount(table, number, decimals_of(rows->source[0]));
    }
    return true;
}

static int print_prices(const jk_simulation *simulation) {
    const jk_listing rows = jk_simulation_prices_listing(simulation);
    int code =
        jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "Price at a confidence", .written = write_price});
    jk_cli_say(simulation->price_given ? "\n  At the price the required return is earned on %.1f %% of the paths; on "
                                         "%.1f %% less comes in than was paid.\n"
                                       : "\n  At the bid the required return is earned on %.1f %% of the paths; on "
                                         "%.1f %% less comes in than was paid.\n",
               100.0 * simulation->probability_of_return, 100.0 * simulation->probability_of_loss);
    return code;
}

static int print_convergence(const jk_simulation *simulation) {
    static const char *const shown[] = {"paths",         "mean", "mean_std_error", "p05", "p05_std_error", "p95",
                                        "p95_std_error", "es05", "es05_std_error", NULL};
    static const char *const heads[] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, "mean of worst 5 %", NULL};
    const jk_listing rows = jk_simulation_distributions_listing(simulation);
    return jk_cli_listing_table(&rows,
                                &(jk_cli_listing_view){.title = "How the value's figures settle",
                                                       .shown = shown,
                                                       .heads = heads,
                                                       .first = JK_SIMULATION_YEARS + 2 * (size_t)simulation->years,
                                                       .written = write_figure});
}

static int print_tables(const simulate_arguments *arguments, const jk_simulation *simulation) {
    jk_cli_speak(&arguments->common);
    print_heading(arguments, simulation);
    int code =
        print_figures(simulation) | print_prices(simulation) | print_years(simulation) | print_convergence(simulation);
    return code != 0 ? 1 : jk_cli_finish();
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static jk_status work(simulate_arguments *arguments, jk_simulation *simulation, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    arguments->wanted.own_risk = !arguments->no_own_risk;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    if (valuing->explain_memory) {
        jk_value_memory memory;
        JK_TRY(
            jk_simulate_memory(valuing->tape, valuing->model, &valuing->options, &arguments->wanted, &memory, error));
        jk_cli_valuing_tell_memory(valuing, &memory);
    }
    jk_cli_part_begin(&arguments->common);
    if (arguments->resumes) {
        JK_TRY(jk_cli_resume_begin(&arguments->kept, arguments->common.json_path, &arguments->wanted.covariance, 1,
                                   error));
    }
    JK_TRY(jk_simulate(valuing->tape, valuing->model, &valuing->options, &arguments->wanted, simulation, error));
    if (jk_cli_is_part(&arguments->common)) {
        return jk_cli_part_end(&arguments->common, valuing->tape, error);
    }
    if (!simulation->within_tolerance) {
        jk_cli_note(&arguments->common,
                    "warning: the model points are up to %.3f %% off, not %.3f %%, as far as they go",
                    100.0 * simulation->compression_error, 100.0 * arguments->wanted.tolerance);
    }
    if (arguments->wanted.precision > 0.0 && !simulation->precise) {
        jk_cli_note(&arguments->common, "warning: the precision was not reached on %llu paths; expected more --paths",
                    (unsigned long long)simulation->paths);
    }
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path,
                                   jk_simulation_json(valuing->tape, valuing->model, simulation), error)
               : JK_OK;
}

static int print(const simulate_arguments *arguments, const jk_simulation *simulation) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_simulation_json(valuing->tape, valuing->model, simulation));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        const jk_listing figures = jk_simulation_listing(simulation);
        return jk_cli_listing_csv(&figures);
    }
    return print_tables(arguments, simulation);
}

static int run_simulate(void *command) {
    simulate_arguments *arguments = command;
    jk_error error = {0};
    jk_simulation simulation = {0};
    jk_status status = work(arguments, &simulation, &error);
    jk_cli_resume_end(&arguments->kept, &arguments->common, arguments->common.json_path, status == JK_OK);
    int code = status != JK_OK                      ? jk_cli_fail(&error)
               : jk_cli_is_part(&arguments->common) ? jk_cli_finish()
                                                    : print(arguments, &simulation);
    jk_simulation_reset(&simulation);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_simulate = {
    .name = "simulate",
    .summary = "how far value, collections and return may stray",
    .purpose = "How far value, collections and return may stray: thousands of paths on which countries' collections, "
               "the parameters and the luck of single claims vary while the plan is kept.",
    .examples = {"jalki simulate tape.h5 --model models/nordic.yaml",
                 "jalki simulate tape.h5 --model models/nordic.yaml --price 1250000 --paths 100000 \\\n"
                 "    --precision 0.001 --seed 7 --json risk.json"},
    .operand = JK_VALUED_TAPE(simulate_arguments),
    .groups = {{"Simulation", options, 0, false},
               JK_VALUING_GROUP(simulate_arguments),
               JK_IRR_GROUP(simulate_arguments),
               JK_SELL_GROUP(simulate_arguments),
               JK_PART_GROUP,
               {"Output", jk_json_options, 0, false},
               JK_LANGUAGE_GROUP,
               JK_MEMORY_GROUP(simulate_arguments)},
    .size = sizeof(simulate_arguments),
    .shares_work = true,
    .prepare = prepare,
    .check = check,
    .run = run_simulate,
};
