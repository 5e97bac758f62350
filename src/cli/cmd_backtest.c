/* SPDX-License-Identifier: Apache-2.0 */
/* jalki backtest: how far to trust a model. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/backtest_print.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/valuing.h"
#include "jalki/export.h"
#include "jalki/page.h"

typedef struct backtest_arguments {
    jk_cli_common common;
    jk_backtest_options options;
    const char *panel_path, *json_path, *html_path;
    const char *models[JK_BACKTEST_MODELS_MAX];
    size_t model_count;
    bool split_given;
} backtest_arguments;

enum { KEY_MODEL = 0xA001, KEY_BY, KEY_FROM, KEY_TO, KEY_SPLIT, KEY_HOLDOUT, KEY_KEY, KEY_JSON, KEY_HTML };

static const struct argp_option options[] = {
    {"model", KEY_MODEL, "M.yaml", 0, "Model to test; given again: more of them on the same rows", 1},
    {"by", KEY_BY, "LIST", 0,
     "Tables by segment, treatment, score_band, vintage, month, age, capacity_class, country "
     "[segment,treatment,score_band,vintage,month]",
     1},
    {"from", KEY_FROM, "DATE", 0, "Only periods that start on this day or later: out of time", 2},
    {"to", KEY_TO, "DATE", 0, "Only periods that start before this day", 2},
    {"holdout", KEY_HOLDOUT, "PCT", 0, "Only the last PCT hundredths of the keys: as --split (100-PCT)-100", 3},
    {"split", KEY_SPLIT, "LOW-HIGH", 0, "Only keys of these hundredths; 80-100 is what fit --split 0-80 has not seen",
     3},
    {"key", KEY_KEY, "KEY", 0, "What is split: debtor or claim [debtor]", 3},
    {"json", KEY_JSON, "F", 0, "All figures as JSON; - is stdout", 4},
    {"html", KEY_HTML, "F", 0, "One page with plots", 4},
    {0},
};

static void take_tables(backtest_arguments *arguments, struct argp_state *state, const char *list) {
    arguments->options.by = 0;
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        int found = -1;
        for (int b = 0; b < JK_BACKTEST_BY_COUNT; b++) {
            const char *name = jk_backtest_by_name((jk_backtest_by)b);
            found = strlen(name) == length && memcmp(name, list, length) == 0 ? b : found;
        }
        if (found < 0) {
            argp_error(state,
                       "--by: '%.*s' is not segment, treatment, score_band, vintage, month, age, capacity_class or "
                       "country",
                       (int)length, list);
            return;
        }
        arguments->options.by |= 1U << found;
        list += length + (list[length] == ',');
    }
}

static void take_split(backtest_arguments *arguments, struct argp_state *state, int key, const char *text) {
    jk_panel_filter *filter = &arguments->options.filter;
    if (arguments->split_given) {
        argp_error(state, "--split and --holdout say the same; expected one of them, once");
    }
    arguments->split_given = true;
    if (key == KEY_HOLDOUT) {
        filter->low = (int)(100 - jk_cli_integer(state, "--holdout", text, 1, 99));
    } else if (!jk_panel_split_parse(text, filter)) {
        argp_error(state, "--split: '%s' is not LOW-HIGH with 0 <= LOW < HIGH <= 100", text);
    }
}

static void take_key(backtest_arguments *arguments, struct argp_state *state, const char *text) {
    if (strcmp(text, "debtor") != 0 && strcmp(text, "claim") != 0) {
        argp_error(state, "--key: '%s' is not debtor or claim", text);
    }
    arguments->options.filter.key = *text == 'd' ? JK_PANEL_KEY_DEBTOR : JK_PANEL_KEY_CLAIM;
}

static void check_complete(const backtest_arguments *arguments, struct argp_state *state) {
    const jk_panel_filter *filter = &arguments->options.filter;
    if (arguments->panel_path == NULL) {
        argp_error(state, "a panel is needed");
    }
    if (arguments->model_count == 0) {
        argp_error(state, "--model is needed");
    }
    if (filter->from != JK_MISSING_INTEGER && filter->to != JK_MISSING_INTEGER && filter->from >= filter->to) {
        argp_error(state, "--from must be before --to");
    }
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    backtest_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case KEY_MODEL:
        if (arguments->model_count == JK_BACKTEST_MODELS_MAX) {
            argp_error(state, "--model: at most %d models", JK_BACKTEST_MODELS_MAX);
        }
        arguments->models[arguments->model_count++] = argument;
        return 0;
    case KEY_BY:
        take_tables(arguments, state, argument);
        return 0;
    case KEY_FROM:
        arguments->options.filter.from = jk_cli_date(state, "--from", argument);
        return 0;
    case KEY_TO:
        arguments->options.filter.to = jk_cli_date(state, "--to", argument);
        return 0;
    case KEY_SPLIT:
    case KEY_HOLDOUT:
        take_split(arguments, state, key, argument);
        return 0;
    case KEY_KEY:
        take_key(arguments, state, argument);
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    case KEY_HTML:
        arguments->html_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->panel_path != NULL) {
            argp_error(state, "one panel at a time");
        }
        arguments->panel_path = argument;
        return 0;
    case ARGP_KEY_END:
        check_complete(arguments, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static jk_status check_outputs(const backtest_arguments *arguments, jk_error *error) {
    const char *inputs[JK_BACKTEST_MODELS_MAX + 1] = {arguments->panel_path};
    const char *const outputs[] = {arguments->json_path, arguments->html_path};
    memcpy(inputs + 1, arguments->models, arguments->model_count * sizeof *inputs);
    return jk_cli_check_outputs(inputs, arguments->model_count + 1, outputs, 2, error);
}

static jk_status write_files(const backtest_arguments *arguments, const jk_backtest *test, jk_error *error) {
    bool json = arguments->json_path != NULL && strcmp(arguments->json_path, "-") != 0;
    if (!json && arguments->html_path == NULL) {
        return JK_OK;
    }
    char *text = jk_backtest_json(test);
    jk_status status = text != NULL ? JK_OK : jk_fail_memory(error, "the JSON text");
    if (status == JK_OK && json) {
        status = jk_text_write(arguments->json_path, text, error);
    }
    if (status == JK_OK && arguments->html_path != NULL) {
        jk_page page = {.title = "Back-test", .script = "backtest", .figures = text};
        status = jk_page_write(arguments->html_path, &page, error);
    }
    free(text);
    return status;
}

static int print(const backtest_arguments *arguments, const jk_backtest *test) {
    bool json_on_stdout = arguments->json_path != NULL && strcmp(arguments->json_path, "-") == 0;
    if (json_on_stdout || arguments->common.format == JK_FORMAT_JSON) {
        return jk_cli_print_text(jk_backtest_json(test));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_cli_backtest_csv(test);
        return jk_cli_finish();
    }
    int failed = jk_cli_backtest_tables(test);
    return failed | jk_cli_finish();
}

static int run_backtest(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .args_doc = "P.h5",
        .doc = "Sets what a model expects of history beside what came in: actual over expected with intervals, "
               "calibration, ranking, errors, stability, and a chain ladder as the second opinion. Test on what the "
               "model was not fitted on: other debtors (--holdout), a later time (--from), or both.\v"
               "Examples:\n"
               "  jalki fit panel.h5 --model base.yaml --split 0-80 -o mine.yaml\n"
               "  jalki backtest panel.h5 --model mine.yaml --holdout 20 --json test.json --html test.html\n"
               "  jalki backtest panel.h5 --model mine.yaml --model trees.yaml --from 2024-01-01 --by vintage,month\n",
        .children = children,
    };
    backtest_arguments arguments = {.options = jk_backtest_defaults()};
    if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    arguments.options.run = jk_cli_run(&arguments.common);
    jk_error error = {0};
    jk_backtest test = {0};
    jk_status status = check_outputs(&arguments, &error);
    if (status == JK_OK) {
        status = jk_backtest_run(arguments.panel_path, arguments.models, arguments.model_count, &arguments.options,
                                 &test, &error);
    }
    if (status == JK_OK) {
        status = write_files(&arguments, &test, &error);
    }
    int code = status == JK_OK ? print(&arguments, &test) : jk_cli_fail(&error);
    jk_backtest_reset(&test);
    return code;
}

const jk_command jk_command_backtest = {
    .name = "backtest", .summary = "what a model expected of history beside what came in", .run = run_backtest};
