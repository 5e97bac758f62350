/* SPDX-License-Identifier: Apache-2.0 */
/* jalki simulate: the distribution of value, collections and return. */
#include <math.h>

#include "base/error.h"
#include "base/words/language.h"
#include "base/words/listing.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
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

static void figure_line(jk_table *table, const jk_simulation *simulation, const char *name, jk_figure figure) {
    int decimals = decimals_of(simulation);
    jk_table_words(table, name);
    jk_table_amount(table, simulation->value.figure[figure], decimals);
    jk_table_amount(table, simulation->value.error[figure], decimals);
    jk_table_amount(table, simulation->gross.figure[figure], decimals);
    jk_table_amount(table, simulation->net.figure[figure], decimals);
    jk_table_percent(table, 100.0 * simulation->irr_at_price.figure[figure]);
    jk_table_percent(table, 100.0 * simulation->irr_at_price.error[figure]);
}

static int print_figures(const jk_simulation *simulation) {
    static const struct {
        const char *name;
        jk_figure figure;
    } lines[] = {{"mean", JK_FIGURE_MEAN},         {"standard deviation", JK_FIGURE_SD},
                 {"worst 1 %", JK_FIGURE_P01},     {"worst 5 %", JK_FIGURE_P05},
                 {"worst quarter", JK_FIGURE_P25}, {"median", JK_FIGURE_P50},
                 {"best quarter", JK_FIGURE_P75},  {"best 5 %", JK_FIGURE_P95},
                 {"best 1 %", JK_FIGURE_P99},      {"mean of the worst 5 %", JK_FIGURE_ES05}};
    jk_table *table = jk_table_headed("lrrrrrr", "", "value", "+/-", "collected", "net", "return, %", "+/-");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        figure_line(table, simulation, lines[i].name, lines[i].figure);
    }
    char title[1024], price[JK_AMOUNT_TEXT], base[JK_AMOUNT_TEXT], rate[JK_AMOUNT_TEXT];
    jk_text_format(title, sizeof title,
                   simulation->price_given
                       ? "Value at %s %% (%s as expected), and the return on a price of %s; +/- is a standard error"
                       : "Value at %s %% (%s as expected), and the return on the bid of %s; +/- is a standard error",
                   jk_amount(rate, 100.0 * simulation->irr, jk_cli_rate_decimals(simulation->irr)),
                   jk_amount(base, simulation->base_value, decimals_of(simulation)),
                   jk_amount(price, simulation->price, decimals_of(simulation)));
    return jk_cli_print_table(table, title);
}

static int print_years(const jk_simulation *simulation) {
    static const jk_figure shown[] = {JK_FIGURE_MEAN, JK_FIGURE_P05, JK_FIGURE_P50, JK_FIGURE_P95};
    jk_table *table = jk_table_headed("rrrrr", "year", "mean", "worst 5 %", "median", "best 5 %");
    for (int y = 0; y < simulation->years; y++) {
        jk_table_cell(table, "%d", y + 1);
        for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
            jk_table_amount(table, simulation->year[y].figure[shown[i]], decimals_of(simulation));
        }
    }
    return jk_cli_print_table(table, jk_text("Collections by year, each year by itself"));
}

static int print_prices(const jk_simulation *simulation) {
    jk_table *table = jk_table_headed("lrr", "", "price", "+/-");
    for (int c = 0; c < JK_CONFIDENCE_COUNT; c++) {
        jk_table_say(table, "earns the return with %.0f %%", 100.0 * jk_confidence[c]);
        jk_table_amount(table, simulation->confidence_price[c], decimals_of(simulation));
        jk_table_amount(table, simulation->confidence_error[c], decimals_of(simulation));
    }
    int code = jk_cli_print_table(table, jk_text("Price at a confidence"));
    jk_cli_say(simulation->price_given ? "\n  At the price the required return is earned on %.1f %% of the paths; on "
                                         "%.1f %% less comes in than was paid.\n"
                                       : "\n  At the bid the required return is earned on %.1f %% of the paths; on "
                                         "%.1f %% less comes in than was paid.\n",
               100.0 * simulation->probability_of_return, 100.0 * simulation->probability_of_loss);
    return code;
}

static int print_convergence(const jk_simulation *simulation) {
    static const jk_figure shown[] = {JK_FIGURE_MEAN, JK_FIGURE_P05, JK_FIGURE_P95, JK_FIGURE_ES05};
    jk_table *table = jk_table_headed("rrrrrrrrr", "paths", "mean", "+/-", "worst 5 %", "+/-", "best 5 %", "+/-",
                                      "mean of worst 5 %", "+/-");
    for (size_t i = 0; i < simulation->convergence_count; i++) {
        const jk_distribution *after = &simulation->convergence[i];
        jk_table_count(table, after->count);
        for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++) {
            jk_table_amount(table, after->figure[shown[k]], decimals_of(simulation));
            jk_table_amount(table, after->error[shown[k]], decimals_of(simulation));
        }
    }
    return jk_cli_print_table(table, jk_text("How the value's figures settle"));
}

static int print_tables(const simulate_arguments *arguments, const jk_simulation *simulation) {
    jk_cli_speak(&arguments->common);
    print_heading(arguments, simulation);
    int code =
        print_figures(simulation) | print_prices(simulation) | print_years(simulation) | print_convergence(simulation);
    return code != 0 ? 1 : jk_cli_finish();
}

/* ---- CSV ------------------------------------------------------------------------------------------------------ */

static void list_figures(jk_listed *listed, const char *what, const jk_distribution *d, int decimals) {
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        jk_listed_texts(listed, what, jk_figure_name((jk_figure)f));
        jk_listed_figure(listed, d->figure[f], decimals);
        jk_listed_figure(listed, d->error[f], decimals);
    }
}

static int print_csv(const jk_simulation *simulation) {
    char text[32];
    jk_listed *listed = jk_listed_create(&jk_cli_simulate_rows);
    list_figures(listed, "pv", &simulation->value, 2);
    list_figures(listed, "irr_at_price", &simulation->irr_at_price, 8);
    list_figures(listed, "gross", &simulation->gross, 2);
    list_figures(listed, "net", &simulation->net, 2);
    for (int y = 0; y < simulation->years; y++) {
        (void)snprintf(text, sizeof text, "erc_year_%d", y + 1);
        list_figures(listed, text, &simulation->year[y], 2);
    }
    for (int c = 0; c < JK_CONFIDENCE_COUNT; c++) {
        jk_listed_texts(listed, "price_at_confidence");
        jk_listed_figure(listed, jk_confidence[c], 2);
        jk_listed_figure(listed, simulation->confidence_price[c], 2);
        jk_listed_figure(listed, simulation->confidence_error[c], 2);
    }
    return jk_cli_listed_csv(listed);
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
    return arguments->common.format == JK_FORMAT_CSV ? print_csv(simulation) : print_tables(arguments, simulation);
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
