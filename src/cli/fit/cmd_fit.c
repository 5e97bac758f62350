/* SPDX-License-Identifier: Apache-2.0 */
/* jalki fit: a model's figures from history. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/team/team.h"
#include "base/text/escape.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/fit/fit_calibrate.h"
#include "cli/fit/fit_print.h"
#include "cli/options/groups.h"
#include "cli/options/resuming.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/experiment.h"
#include "jalki/fit.h"
#include "jalki/page.h"

typedef struct fit_arguments {
    jk_cli_common common;
    jk_fit_options options;
    const char *panel, *model, *out, *covariance, *html;
    bool full, calibrate, resumes, factors;
    jk_resume kept;
    char *beside; /* the covariance's default path */
    bool trees;
    jk_boost_options boost;
    char *trees_path;
    const char *experiment_path;
    jk_experiment_options experiment;
    jk_experiment *effects;
} fit_arguments;

static const char *const shrinkages[] = {"none", "credibility", NULL}; /* as jk_fit_options.shrink */

static void read_monotone(jk_usage *usage, const char *name, char *text, void *field) {
    jk_fit_options *options = field;
    char *equals = strchr(text, '=');
    int up = equals != NULL && strcmp(equals + 1, "up") == 0;
    int down = equals != NULL && strcmp(equals + 1, "down") == 0;
    if (equals == text || (!up && !down)) {
        jk_usage_error(usage, "%s: '%s' is not NAME=up or NAME=down", name, text);
    } else if (options->monotone_count == JK_FIT_MONOTONE_MAX) {
        jk_usage_error(usage, "%s: at most %d", name, (int)JK_FIT_MONOTONE_MAX);
    } else {
        *equals = '\0';
        options->monotone[options->monotone_count++] = (jk_fit_monotone){text, up ? 1 : -1};
    }
}

static void read_holdout(jk_usage *usage, const char *name, char *text, void *field) {
    ((jk_panel_filter *)field)->high = (int)(100 - jk_usage_integer(usage, name, text, 1, 99));
}

static const jk_option options[] = {
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(fit_arguments, model), .value = "BASE.yaml",
     .is_needed = true, .help = "Gives the structure: segments, knots, characteristics, law, costs"},
    {"name", .kind = JK_OPTION_TEXT, JK_FIELD(fit_arguments, options.name), .value = "NAME",
     .otherwise = "the base model's with -fitted", .help = "Name of the fitted model"},
    {"shrink", .kind = JK_OPTION_CHOICE, JK_FIELD(fit_arguments, options.shrink), .value = "HOW", .choices = shrinkages,
     .standard = "credibility", .help = "Thin segments lean on all of them, or do not"},
    {"calibrate", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, calibrate),
     .help = "Only slope and intercept of the model's own_score, by segment; all else stays"},
    {"hold-titles", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, options.hold_titles),
     .help = "pre_title_factor and garnish_share stay the base model's"},
    {"smooth", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, options.smooth),
     .help = "Neighbouring steps of a curve lean on each other as far as data say"},
    {"auto-bins", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, options.auto_bins),
     .help = "Find the bins of numeric characteristics from the data"},
    {"splines", .kind = JK_OPTION_TEXT, JK_FIELD(fit_arguments, options.splines), .value = "NAME,…",
     .example = "age_years,debtor_balance",
     .help = "Smooth points of these numeric characteristics, or of all, over many narrow bins: penalised splines"},
    {"interactions", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, options.interactions),
     .help = "Characteristics may count more in one segment than in another, where debtors held out say so"},
    {"monotone", .kind = JK_OPTION_SPECIAL, .read = read_monotone, JK_FIELD(fit_arguments, options),
     .value = "NAME=up|down", .example = "paid_12m_share=up",
     .help = "Points of NAME only rise, or only fall; may be given again"},
    {"grace", .kind = JK_OPTION_INTEGER, JK_FIELD(fit_arguments, options.grace), .value = "MONTHS", .low = 1,
     .high = 12, .standard = "2", .help = "A spell of payments ends after so many months without one"},
    {"bootstrap", .kind = JK_OPTION_INTEGER, JK_FIELD(fit_arguments, options.bootstrap), .value = "N",
     .high = JK_FIT_DRAWS_MOST, .standard = "0", .example = "1000",
     .help = "Intervals by so many draws of a bootstrap over debtors, which hold where few paid; 99 or more"},
    {"seed", .kind = JK_OPTION_INTEGER, JK_FIELD(fit_arguments, options.seed), .value = "S", .high = JK_INTEGER_MOST,
     .standard = "1", .help = "Of the bootstrap's random numbers"},
    {"factors", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, factors),
     .help = "How segments and countries move together: risk.correlation as a matrix, for simulate"},
    {"trees", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, trees),
     .help = "Boosted trees on top of the points, to MINE.trees.json beside the model"},
    {"tree-depth", .kind = JK_OPTION_INTEGER, JK_FIELD(fit_arguments, boost.depth), .value = "N", .low = 1, .high = 12,
     .standard = "4", .help = "Forks on the longest way down a tree"},
    {"tree-max", .kind = JK_OPTION_INTEGER, JK_FIELD(fit_arguments, boost.rounds_max), .value = "N", .low = 1,
     .high = 5000, .standard = "500", .help = "Trees at most; debtors held out say how many"},
    {0},
};

static const jk_option effects[] = {
    {"experiment", .kind = JK_OPTION_FILE_OUT, JK_FIELD(fit_arguments, experiment_path), .value = "E.json",
     .no_stdout = true, .help = "What treatments bring beside watching: by lot, or as far as the panel can tell"},
    {"arm", .kind = JK_OPTION_TEXT, JK_FIELD(fit_arguments, experiment.arm), .value = "COLUMN", .standard = "arm",
     .help = "Own column of the panel that says what chance assigned: surveil or held_out, amicable, legal"},
    {"follow", .kind = JK_OPTION_INTEGER, JK_FIELD(fit_arguments, experiment.follow), .value = "MONTHS", .low = 1,
     .high = 120, .standard = "12", .help = "Months from a claim's first row on that count"},
    {0},
};

static const jk_option rows[] = {
    {"split", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_split, JK_FIELD(fit_arguments, options.filter),
     .value = "LOW-HIGH", .example = "0-80",
     .help = "Only keys of these hundredths: backtest --split 80-100 has not seen 0-80, and 20-40 not 40-20"},
    {"holdout", .kind = JK_OPTION_SPECIAL, .read = read_holdout, JK_FIELD(fit_arguments, options.filter),
     .value = "PCT", .example = "20", .help = "Without the last PCT hundredths of the keys: as --split 0-(100-PCT)"},
    {0},
};

static const jk_option outputs[] = {
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(fit_arguments, out), .value = "MINE.yaml", .no_stdout = true,
     .help = "The fitted model; its covariance goes to MINE.covariance.json beside it"},
    {"covariance", .kind = JK_OPTION_FILE_OUT, JK_FIELD(fit_arguments, covariance), .value = "F", .no_stdout = true,
     .help = "Another file for the covariance"},
    {"html", .kind = JK_OPTION_FILE_OUT, JK_FIELD(fit_arguments, html), .value = "F", .no_stdout = true,
     .help = "One page with plots"},
    {"full", .kind = JK_OPTION_FLAG, JK_FIELD(fit_arguments, full),
     .help = "All figures and messages, not the summary alone"},
    JK_RESUME_OPTION(fit_arguments, resumes, "output"),
    {0},
};

static void prepare(void *command) {
    fit_arguments *arguments = command;
    arguments->options = jk_fit_defaults();
    arguments->boost = jk_boost_defaults();
    arguments->experiment = jk_experiment_defaults();
}

static void check(jk_usage *usage, void *command) {
    const fit_arguments *arguments = command;
    jk_cli_check_history(usage, &arguments->options.filter);
    const char *name = arguments->options.name;
    if (name != NULL && (name[0] == '\0' || jk_escape_changes(name, strlen(name), false))) {
        jk_usage_error(usage, "--name: expected a name: UTF-8 text without control characters");
    }
    static const char *const others[] = {"trees",    "factors", "auto-bins",   "splines",    "interactions",
                                         "monotone", "smooth",  "hold-titles", "covariance", "html",
                                         "full",     "resume",  "bootstrap",   "seed"};
    for (size_t i = 0; arguments->calibrate && i < sizeof others / sizeof others[0]; i++) {
        if (jk_usage_given(usage, others[i])) {
            jk_usage_error(usage, "--calibrate leaves all but the own score as it is: --%s is not for it", others[i]);
        }
    }
    if (jk_usage_given(usage, "seed") && arguments->options.bootstrap == 0) {
        jk_usage_error(usage, "--seed is the bootstrap's: say how many draws with --bootstrap N");
    }
    if (arguments->options.bootstrap > 0 && arguments->options.bootstrap < JK_FIT_DRAWS_LEAST) {
        jk_usage_error(usage, "--bootstrap: %d draws are too few for an interval of 95 %%; expected 0, or %d and more",
                       arguments->options.bootstrap, (int)JK_FIT_DRAWS_LEAST);
    }
    if (arguments->trees && (arguments->out == NULL || strncmp(arguments->out, "/dev/", 5) == 0)) {
        jk_usage_error(usage, "--trees stand in a file beside the model: name the model with -o MINE.yaml");
    }
}

/* The files beside MINE.yaml; none beside a device. */
static jk_status name_files(fit_arguments *arguments, jk_error *error) {
    if (arguments->out == NULL || strncmp(arguments->out, "/dev/", 5) == 0) {
        return JK_OK;
    }
    if (arguments->covariance == NULL) {
        arguments->covariance = arguments->beside = jk_cli_name_beside(arguments->out, ".covariance.json");
    }
    if (arguments->trees) {
        arguments->trees_path = jk_cli_name_beside(arguments->out, ".trees.json");
    }
    bool good = arguments->covariance != NULL && (!arguments->trees || arguments->trees_path != NULL);
    return jk_held(good, error, "the names of files");
}

static jk_status write_outputs(const fit_arguments *arguments, const jk_fit *fit, jk_error *error) {
    char *text = NULL;
    if (jk_cli_json_to_file(&arguments->common)) {
        JK_TRY(jk_fit_json(fit, &text, error));
        JK_TRY(jk_cli_write_text(arguments->common.json_path, text, error));
    }
    if (arguments->covariance != NULL) {
        char sha256[65]; /* by which simulate knows that the two belong together */
        if (arguments->out != NULL) {
            JK_TRY(jk_fit_model_sha256(fit, arguments->out, sha256, error));
        }
        JK_TRY(jk_fit_covariance_json(fit, arguments->out != NULL ? sha256 : NULL, &text, error));
        JK_TRY(jk_cli_write_text(arguments->covariance, text, error));
    }
    if (arguments->html != NULL) {
        JK_TRY(jk_fit_json(fit, &text, error));
        jk_page page = {.title = "Fit", .script = "fit", .figures = text};
        jk_status status = jk_page_write(arguments->html, &page, error);
        free(text);
        JK_TRY(status);
    }
    return arguments->out != NULL ? jk_fit_write_model(fit, arguments->out, error) : JK_OK;
}

static jk_status find_effects(fit_arguments *arguments, const jk_model *base, jk_error *error) {
    if (arguments->experiment_path == NULL) {
        return JK_OK;
    }
    char *text = NULL;
    arguments->experiment.filter = arguments->options.filter;
    arguments->experiment.run = arguments->options.run;
    JK_TRY(jk_experiment_run(arguments->panel, base, &arguments->experiment, &arguments->effects, error));
    JK_TRY(jk_experiment_json(arguments->effects, &text, error));
    return jk_cli_write_text(arguments->experiment_path, text, error);
}

static jk_status fit_all(fit_arguments *arguments, jk_model **base, jk_fit **fit, jk_error *error) {
    JK_TRY(name_files(arguments, error));
    const char *inputs[] = {arguments->panel, arguments->model};
    const char *files[] = {arguments->out,        arguments->covariance, arguments->common.json_path,
                           arguments->trees_path, arguments->html,       arguments->experiment_path};
    JK_TRY(jk_cli_check_outputs(inputs, 2, files, 6, error));
    JK_TRY(jk_model_load(arguments->model, base, error));
    arguments->options.run = jk_cli_run(&arguments->common);
    if (arguments->resumes) {
        jk_tape *panel = NULL; /* opened as what it is, its digest is that of its checksums */
        JK_TRY(jk_tape_open_any(arguments->panel, &panel, error));
        jk_tape_close(panel);
        JK_TRY(jk_cli_resume_begin(&arguments->kept, arguments->out, NULL, 0, error));
    }
    JK_TRY(find_effects(arguments, *base, error));
    JK_TRY(jk_fit_run(arguments->panel, *base, &arguments->options, fit, error));
    if (arguments->trees) {
        JK_TRY(jk_fit_add_trees(*fit, &arguments->boost, arguments->trees_path, error));
    }
    if (arguments->factors) {
        JK_TRY(jk_fit_add_factors(*fit, error));
    }
    jk_cli_end_progress();
    return write_outputs(arguments, *fit, error);
}

static int print_effects(const fit_arguments *arguments) {
    const jk_experiment_result *result = jk_experiment_result_of(arguments->effects);
    jk_listing listing = jk_effects_listing(arguments->effects), overlap = jk_overlap_listing(arguments->effects);
    (void)puts("\nWhat treatments bring");
    for (size_t i = 0; i < result->word_count; i++) {
        (void)printf("  %s\n", result->words[i]);
    }
    (void)putchar('\n');
    jk_cli_listing_view view = {.title = "Beside watching, in per cent of the balance a month"};
    int failed = jk_cli_listing_table(&listing, &view);
    view.title = "Overlap: claims by the chance of being chosen";
    return result->overlap_count > 0 ? failed | jk_cli_listing_table(&overlap, &view) : failed;
}

static int print(const fit_arguments *arguments, const jk_fit *fit, const jk_model *base) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        char *text = NULL;
        jk_error error = {0};
        return jk_fit_json(fit, &text, &error) == JK_OK ? jk_cli_print_text(text) : jk_cli_fail(&error);
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        const jk_listing terms = jk_fit_listing(jk_fit_result_of(fit), base);
        return jk_cli_listing_csv(&terms);
    }
    int failed = jk_cli_fit_print(jk_fit_result_of(fit), base, arguments->full);
    return arguments->effects != NULL ? failed | print_effects(arguments) : failed;
}

static int run_fit(void *command) {
    fit_arguments *arguments = command;
    if (arguments->calibrate) {
        return jk_cli_fit_calibrate(&arguments->common, arguments->panel, arguments->model, &arguments->options,
                                    arguments->out);
    }
    jk_error error = {0};
    jk_model *base = NULL;
    jk_fit *fit = NULL;
    if (arguments->trees && !jk_team_ranks_leave()) {
        return 0; /* trees are read back from their file, which rank 0 alone writes */
    }
    jk_status status = fit_all(arguments, &base, &fit, &error);
    jk_cli_resume_end(&arguments->kept, &arguments->common, arguments->out, status == JK_OK);
    int code = status == JK_OK ? print(arguments, fit, base) : jk_cli_fail(&error);
    jk_fit_free(fit);
    jk_experiment_free(arguments->effects);
    jk_model_free(base);
    free(arguments->beside);
    free(arguments->trees_path);
    return code;
}

const jk_command jk_command_fit = {
    .name = "fit",
    .summary = "a model's figures from history, with their standard errors",
    .purpose = "Fits a model to history (import --panel): intensities by segment, treatment and age of the debt, "
               "multipliers of the capacity classes, points of the scorecard, class transitions, exits, time to a "
               "title and settlement shares, each with its standard error. The base model gives the structure, the law "
               "and the costs.",
    .examples = {"jalki fit P.h5 --model models/nordic.yaml -o mine.yaml --json fit.json",
                 "jalki fit P.h5 --model models/nordic.yaml -o mine.yaml --split 0-80 --bootstrap 1000",
                 "jalki fit P.h5 --model models/nordic.yaml -o mine.yaml --trees",
                 "jalki fit P.h5 --model models/nordic.yaml --experiment effects.json",
                 "jalki fit P.h5 --model mine.yaml -o finer.yaml --auto-bins --monotone paid_12m_share=up",
                 "jalki fit P.h5 --model bureau.yaml -o calibrated.yaml --calibrate"},
    .operand = {"panel", .kind = JK_OPTION_FILE_IN, JK_FIELD(fit_arguments, panel), .value = "P.h5", .is_needed = true},
    .groups = {{"Fit", options, 0, false},
               {"Effects (docs/experiment.md)", effects, 0, false},
               {"Rows", rows, 0, false},
               {NULL, jk_history_options, offsetof(fit_arguments, options.filter), false},
               {"Output", outputs, 0, false},
               JK_JSON_GROUP},
    .size = sizeof(fit_arguments),
    .no_parts = "goes through its rows again and again, each time with what all of them came to before; expected "
                "ranks (mpirun jalki-mpi fit)",
    .shares_work = true,
    .prepare = prepare,
    .check = check,
    .run = run_fit,
};
