/* SPDX-License-Identifier: Apache-2.0 */
/* jalki fit: a model's figures from history. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/fit_print.h"
#include "cli/valuing.h"
#include "jalki/fit.h"

typedef struct fit_arguments {
    jk_cli_common common;
    jk_fit_options options;
    const char *panel, *model, *out, *json, *covariance;
    char *beside; /* the covariance's default path */
    bool trees;
    jk_boost_options boost;
    char *trees_path;
} fit_arguments;

enum {
    KEY_MODEL = 0xA001,
    KEY_JSON,
    KEY_COVARIANCE,
    KEY_AUTO_BINS,
    KEY_MONOTONE,
    KEY_SHRINK,
    KEY_SPLIT,
    KEY_HOLDOUT,
    KEY_KEY,
    KEY_FROM,
    KEY_TO,
    KEY_NAME,
    KEY_SMOOTH,
    KEY_TREES,
    KEY_TREE_DEPTH,
    KEY_TREE_MAX
};

static const struct argp_option options[] = {
    {"model", KEY_MODEL, "BASE.yaml", 0, "Gives the structure: segments, knots, characteristics, law, costs", 1},
    {"output", 'o', "MINE.yaml", 0, "The fitted model; its covariance goes to MINE.covariance.json beside it", 1},
    {"name", KEY_NAME, "NAME", 0, "Name of the fitted model [the base model's with -fitted]", 1},
    {"shrink", KEY_SHRINK, "HOW", 0, "credibility: thin segments lean on all of them; none [credibility]", 2},
    {"smooth", KEY_SMOOTH, NULL, 0, "Neighbouring steps of a curve lean on each other as far as data say", 2},
    {"auto-bins", KEY_AUTO_BINS, NULL, 0, "Find the bins of numeric characteristics from the data", 2},
    {"monotone", KEY_MONOTONE, "NAME=up|down", 0, "Points of NAME only rise, or only fall; may be given again", 2},
    {"trees", KEY_TREES, NULL, 0, "Boosted trees on top of the points, to MINE.trees.json beside the model", 2},
    {"tree-depth", KEY_TREE_DEPTH, "N", 0, "Forks on the longest way down a tree [4]", 2},
    {"tree-max", KEY_TREE_MAX, "N", 0, "Trees at most; debtors held out say how many [500]", 2},
    {"split", KEY_SPLIT, "LOW-HIGH", 0, "Only keys of these hundredths: backtest --split 80-100 has not seen 0-80", 3},
    {"holdout", KEY_HOLDOUT, "PCT", 0, "Without the last PCT hundredths of the keys: as --split 0-(100-PCT)", 3},
    {"key", KEY_KEY, "KEY", 0, "What is split: debtor or claim [debtor]", 3},
    {"from", KEY_FROM, "DATE", 0, "Only periods that start on this day or later", 3},
    {"to", KEY_TO, "DATE", 0, "Only periods that start before this day", 3},
    {"json", KEY_JSON, "F", 0, "All figures as JSON; - is stdout", 4},
    {"covariance", KEY_COVARIANCE, "F", 0, "Another file for the covariance", 4},
    {0},
};

static void take_monotone(fit_arguments *arguments, struct argp_state *state, char *argument) {
    char *equals = strchr(argument, '=');
    int up = equals != NULL && strcmp(equals + 1, "up") == 0;
    int down = equals != NULL && strcmp(equals + 1, "down") == 0;
    if (equals == argument || (!up && !down)) {
        argp_error(state, "--monotone: '%s' is not NAME=up or NAME=down", argument);
    } else if (arguments->options.monotone_count == JK_FIT_MONOTONE_MAX) {
        argp_error(state, "--monotone: at most %d", (int)JK_FIT_MONOTONE_MAX);
    } else {
        *equals = '\0';
        arguments->options.monotone[arguments->options.monotone_count++] = (jk_fit_monotone){argument, up ? 1 : -1};
    }
}

static error_t parse_rows(int key, char *argument, struct argp_state *state) {
    fit_arguments *arguments = state->input;
    jk_panel_filter *filter = &arguments->options.filter;
    switch (key) {
    case KEY_SPLIT:
        if (!jk_panel_split_parse(argument, filter)) {
            argp_error(state, "--split: '%s' is not LOW-HIGH with 0 <= LOW < HIGH <= 100", argument);
        }
        return 0;
    case KEY_HOLDOUT:
        filter->low = 0;
        filter->high = 100 - (int)jk_cli_integer(state, "--holdout", argument, 1, 99);
        return 0;
    case KEY_KEY:
        if (strcmp(argument, "claim") != 0 && strcmp(argument, "debtor") != 0) {
            argp_error(state, "--key: '%s' is not debtor or claim", argument);
        }
        filter->key = strcmp(argument, "claim") == 0 ? JK_PANEL_KEY_CLAIM : JK_PANEL_KEY_DEBTOR;
        return 0;
    case KEY_FROM:
        filter->from = jk_cli_date(state, "--from", argument);
        return 0;
    case KEY_TO:
        filter->to = jk_cli_date(state, "--to", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    fit_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case KEY_MODEL:
        arguments->model = argument;
        return 0;
    case 'o':
        jk_cli_refuse_stdout(state, "--output", argument);
        arguments->out = argument;
        return 0;
    case KEY_NAME:
        arguments->options.name = argument;
        return 0;
    case KEY_SHRINK:
        if (strcmp(argument, "none") != 0 && strcmp(argument, "credibility") != 0) {
            argp_error(state, "--shrink: '%s' is not none or credibility", argument);
        }
        arguments->options.shrink = strcmp(argument, "none") != 0;
        return 0;
    case KEY_AUTO_BINS:
        arguments->options.auto_bins = 1;
        return 0;
    case KEY_SMOOTH:
        arguments->options.smooth = 1;
        return 0;
    case KEY_TREES:
        arguments->trees = true;
        return 0;
    case KEY_TREE_DEPTH:
        arguments->boost.depth = (int)jk_cli_integer(state, "--tree-depth", argument, 1, 12);
        return 0;
    case KEY_TREE_MAX:
        arguments->boost.rounds_max = (int)jk_cli_integer(state, "--tree-max", argument, 1, 5000);
        return 0;
    case KEY_MONOTONE:
        take_monotone(arguments, state, argument);
        return 0;
    case KEY_JSON:
        arguments->json = argument;
        return 0;
    case KEY_COVARIANCE:
        jk_cli_refuse_stdout(state, "--covariance", argument);
        arguments->covariance = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->panel != NULL) {
            argp_error(state, "one panel at a time");
        }
        arguments->panel = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->panel == NULL || arguments->model == NULL) {
            argp_error(state, arguments->panel == NULL ? "a panel is needed" : "--model is needed");
        }
        if (arguments->trees && (arguments->out == NULL || strncmp(arguments->out, "/dev/", 5) == 0)) {
            argp_error(state, "--trees stand in a file beside the model: name the model with -o MINE.yaml");
        }
        return 0;
    default:
        return parse_rows(key, argument, state);
    }
}

/* MINE.yaml: MINE and the ending; NULL if there is no memory. */
static char *name_beside(const char *out, const char *ending) {
    size_t length = strlen(out);
    const char *dot = strrchr(out, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
    size_t stem = yaml ? (size_t)(dot - out) : length;
    char *name = malloc(stem + strlen(ending) + 1);
    if (name != NULL) {
        memcpy(name, out, stem);
        memcpy(name + stem, ending, strlen(ending) + 1);
    }
    return name;
}

/* The files beside MINE.yaml; none beside a device. */
static jk_status name_files(fit_arguments *arguments, jk_error *error) {
    if (arguments->out == NULL || strncmp(arguments->out, "/dev/", 5) == 0) {
        return JK_OK;
    }
    if (arguments->covariance == NULL) {
        arguments->covariance = arguments->beside = name_beside(arguments->out, ".covariance.json");
    }
    if (arguments->trees) {
        arguments->trees_path = name_beside(arguments->out, ".trees.json");
    }
    bool good = arguments->covariance != NULL && (!arguments->trees || arguments->trees_path != NULL);
    return good ? JK_OK : jk_fail_memory(error, "the names of files");
}

static jk_status write_outputs(const fit_arguments *arguments, const jk_fit *fit, jk_error *error) {
    char *text = NULL;
    if (arguments->json != NULL && strcmp(arguments->json, "-") != 0) {
        JK_TRY(jk_fit_json(fit, &text, error));
        JK_TRY(jk_cli_write_text(arguments->json, text, error));
    }
    if (arguments->covariance != NULL) {
        JK_TRY(jk_fit_covariance_json(fit, &text, error));
        JK_TRY(jk_cli_write_text(arguments->covariance, text, error));
    }
    return arguments->out != NULL ? jk_fit_write_model(fit, arguments->out, error) : JK_OK;
}

static jk_status fit_all(fit_arguments *arguments, jk_model **base, jk_fit **fit, jk_error *error) {
    JK_TRY(name_files(arguments, error));
    const char *inputs[] = {arguments->panel, arguments->model};
    const char *outputs[] = {arguments->out, arguments->covariance, arguments->json, arguments->trees_path};
    JK_TRY(jk_cli_check_outputs(inputs, 2, outputs, 4, error));
    JK_TRY(jk_model_load(arguments->model, base, error));
    arguments->options.run = jk_cli_run(&arguments->common);
    JK_TRY(jk_fit_run(arguments->panel, *base, &arguments->options, fit, error));
    if (arguments->trees) {
        JK_TRY(jk_fit_add_trees(*fit, &arguments->boost, arguments->trees_path, error));
    }
    jk_cli_end_progress();
    return write_outputs(arguments, *fit, error);
}

static int print(const fit_arguments *arguments, const jk_fit *fit, const jk_model *base) {
    if (jk_cli_json_on_stdout(&arguments->common, arguments->json)) {
        char *text = NULL;
        jk_error error = {0};
        return jk_fit_json(fit, &text, &error) == JK_OK ? jk_cli_print_text(text) : jk_cli_fail(&error);
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_fit_csv(jk_fit_result_of(fit), base);
    }
    return jk_cli_fit_print(jk_fit_result_of(fit), base);
}

static int run_fit(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .args_doc = "P.h5",
        .doc =
            "Fits a model to history (import --panel): intensities by segment, treatment and age of the debt, "
            "multipliers of the capacity classes, points of the scorecard, class transitions, exits, time to a title "
            "and settlement shares, each with its standard error. The base model gives the structure, the law and "
            "the costs.\v"
            "Examples:\n"
            "  jalki fit P.h5 --model models/nordic.yaml -o mine.yaml --json fit.json\n"
            "  jalki fit P.h5 --model models/nordic.yaml -o mine.yaml --split 0-80\n"
            "  jalki fit P.h5 --model models/nordic.yaml -o mine.yaml --trees\n"
            "  jalki fit P.h5 --model mine.yaml -o finer.yaml --auto-bins --monotone paid_12m_share=up\n",
        .children = children,
    };
    fit_arguments arguments = {.options = jk_fit_defaults(), .boost = jk_boost_defaults()};
    if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_model *base = NULL;
    jk_fit *fit = NULL;
    jk_status status = fit_all(&arguments, &base, &fit, &error);
    int code = status == JK_OK ? print(&arguments, fit, base) : jk_cli_fail(&error);
    jk_fit_free(fit);
    jk_model_free(base);
    free(arguments.beside);
    free(arguments.trees_path);
    return code;
}

const jk_command jk_command_fit = {
    .name = "fit", .summary = "a model's figures from history, with their standard errors", .run = run_fit};
