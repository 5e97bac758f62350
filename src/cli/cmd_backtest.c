/* SPDX-License-Identifier: Apache-2.0 */
/* jalki backtest: how far to trust a model. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/backtest_horizon.h"
#include "cli/backtest_print.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/groups.h"
#include "cli/valuing.h"
#include "jalki/export.h"
#include "jalki/page.h"

typedef struct backtest_arguments {
    jk_cli_common common;
    jk_backtest_options options;
    const char *panel_path, *html_path;
    const char *models[JK_BACKTEST_MODELS_MAX];
    size_t model_count;
    const char *by;             /* as given */
    jk_horizon_options horizon; /* with horizons: valuations are tested, not single periods */
    unsigned horizon_by;        /* bit b: a table by jk_horizon_by b */
} backtest_arguments;

/* Tables by name; `expected` says which there are. */
static unsigned tables_of(jk_usage *usage, const char *list, const char *(*name_of)(int), int count,
                          const char *expected) {
    unsigned by = 0;
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        int found = -1;
        for (int b = 0; b < count; b++) {
            const char *table = name_of(b);
            found = strlen(table) == length && memcmp(table, list, length) == 0 ? b : found;
        }
        if (found < 0) {
            jk_usage_error(usage, "--by: '%.*s' is not %s", (int)length, list, expected);
            return by;
        }
        by |= 1U << found;
        list += length + (list[length] == ',');
    }
    return by;
}

static const char *period_table(int by) {
    return jk_backtest_by_name((jk_backtest_by)by);
}
static const char *horizon_table(int by) {
    return jk_horizon_by_name((jk_horizon_by)by);
}

static void read_horizons(jk_usage *usage, const char *name, char *text, void *field) {
    jk_landmark_options *landmarks = field;
    landmarks->horizon_count = 0;
    for (char *part = strtok(text, ","); part != NULL && !jk_usage_wrong(usage); part = strtok(NULL, ",")) {
        size_t n = landmarks->horizon_count;
        int months = (int)jk_usage_integer(usage, name, part, 1, JK_HORIZON_MONTHS_MAX);
        if (n == JK_HORIZONS_MAX || (n > 0 && months <= landmarks->horizon[n - 1])) {
            jk_usage_error(usage, "%s: expected at most %d numbers of months that ascend, as in 12,24,60", name,
                           (int)JK_HORIZONS_MAX);
            return;
        }
        landmarks->horizon[landmarks->horizon_count++] = months;
    }
    if (landmarks->horizon_count == 0) {
        jk_usage_error(usage, "%s: expected months, as in 12,24,60", name);
    }
}

static void read_landmark(jk_usage *usage, const char *name, char *text, void *field) {
    *(int *)field = strcmp(text, "first") == 0 ? 0 : (int)jk_usage_integer(usage, name, text, 1, JK_HORIZON_MONTHS_MAX);
}

static void read_holdout(jk_usage *usage, const char *name, char *text, void *field) {
    ((jk_panel_filter *)field)->low = (int)(100 - jk_usage_integer(usage, name, text, 1, 99));
}

static const jk_option options[] = {
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(backtest_arguments, models),
     JK_SEVERAL(backtest_arguments, model_count, JK_BACKTEST_MODELS_MAX), .value = "M.yaml", .is_needed = true,
     .help = "Model to test; more of them on the same rows"},
    {"by", .kind = JK_OPTION_TEXT, JK_FIELD(backtest_arguments, by), .value = "LIST",
     .otherwise = "segment,treatment,score_band,vintage,month", .example = "vintage",
     .help =
         "Tables by segment, treatment, score_band, vintage, month, age, capacity_class, country; with --horizon by "
         "recency, paying, score_band, capacity_class, segment, treatment, vintage, landmark"},
    {0},
};

static const char *const treatments[] = {"recorded", "plan", NULL}; /* as jk_landmark_treatment */

static const jk_option horizons[] = {
    {"horizon", .kind = JK_OPTION_SPECIAL, .read = read_horizons, JK_FIELD(backtest_arguments, horizon.landmarks),
     .value = "MONTHS", .example = "12,24,60",
     .help = "Not single periods but valuations: cash of so many months after landmarks"},
    {"landmark", .kind = JK_OPTION_SPECIAL, .read = read_landmark,
     JK_FIELD(backtest_arguments, horizon.landmarks.every), .value = "first|N", .standard = "first", .example = "12",
     .needs = "horizon", .help = "Claims are valued at their first row, or every N months"},
    {"treatment", .kind = JK_OPTION_CHOICE, JK_FIELD(backtest_arguments, horizon.landmarks.treatment), .value = "HOW",
     .choices = treatments, .standard = "recorded", .needs = "horizon",
     .help =
         "recorded: the landmark's treatment goes on, and claims count until another begins; plan: the model's plan "
         "is followed, and claims count whatever was done"},
    {0},
};

static const jk_option rows[] = {
    {"holdout", .kind = JK_OPTION_SPECIAL, .read = read_holdout, JK_FIELD(backtest_arguments, options.filter),
     .value = "PCT", .example = "20", .help = "Only the last PCT hundredths of the keys: as --split (100-PCT)-100"},
    {"split", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_split, JK_FIELD(backtest_arguments, options.filter),
     .value = "LOW-HIGH", .example = "80-100",
     .help = "Only keys of these hundredths; 80-100 is what fit --split 0-80 has not seen"},
    {0},
};

static const jk_option outputs[] = {
    {"html", .kind = JK_OPTION_FILE_OUT, JK_FIELD(backtest_arguments, html_path), .value = "F",
     .help = "One page with plots"},
    {0},
};

static void prepare(void *command) {
    backtest_arguments *arguments = command;
    arguments->options = jk_backtest_defaults();
    arguments->horizon = jk_horizon_defaults();
    arguments->horizon.landmarks.horizon_count = 0; /* until --horizon is given */
    arguments->horizon_by = ~(1U << JK_HORIZON_PAYING | 1U << JK_HORIZON_TREATMENT);
}

static void check(jk_usage *usage, void *command) {
    backtest_arguments *arguments = command;
    jk_landmark_options *landmarks = &arguments->horizon.landmarks;
    jk_cli_check_history(usage, &arguments->options.filter);
    landmarks->filter = arguments->options.filter;
    if (arguments->by != NULL && landmarks->horizon_count > 0) {
        arguments->horizon_by =
            tables_of(usage, arguments->by, horizon_table, JK_HORIZON_BY_COUNT,
                      "recency, paying, score_band, capacity_class, segment, treatment, vintage or landmark");
    } else if (arguments->by != NULL) {
        arguments->options.by =
            tables_of(usage, arguments->by, period_table, JK_BACKTEST_BY_COUNT,
                      "segment, treatment, score_band, vintage, month, age, capacity_class or country");
    }
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static bool writes_files(const backtest_arguments *arguments) {
    return jk_cli_json_to_file(&arguments->common) || arguments->html_path != NULL;
}

/* `text`: the test as JSON, freed here; `script`: that of its page. */
static jk_status write_files(const backtest_arguments *arguments, const char *script, char *text, jk_error *error) {
    bool json = jk_cli_json_to_file(&arguments->common);
    jk_status status = text != NULL ? JK_OK : jk_fail_memory(error, "the JSON text");
    if (status == JK_OK && json) {
        status = jk_text_write(arguments->common.json_path, text, error);
    }
    if (status == JK_OK && arguments->html_path != NULL) {
        jk_page page = {.title = "Back-test", .script = script, .figures = text};
        status = jk_page_write(arguments->html_path, &page, error);
    }
    free(text);
    return status;
}

static int print(const backtest_arguments *arguments, const jk_backtest *test) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_backtest_json(test));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_cli_backtest_csv(test);
        return jk_cli_finish();
    }
    int failed = jk_cli_backtest_tables(test);
    return failed | jk_cli_finish();
}

static jk_status test_models(backtest_arguments *arguments, jk_backtest *test, jk_error *error) {
    arguments->options.run = jk_cli_run(&arguments->common);
    JK_TRY(jk_backtest_run(arguments->panel_path, arguments->models, arguments->model_count, &arguments->options, test,
                           error));
    return writes_files(arguments) ? write_files(arguments, "backtest", jk_backtest_json(test), error) : JK_OK;
}

static int print_horizons(const backtest_arguments *arguments, const jk_horizon_test *test) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_horizon_json(test));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_cli_horizon_csv(test);
        return jk_cli_finish();
    }
    int failed = jk_cli_horizon_tables(test, arguments->horizon_by);
    return failed | jk_cli_finish();
}

static int run_horizons(backtest_arguments *arguments) {
    jk_error error = {0};
    jk_horizon_test test = {0};
    arguments->horizon.landmarks.run = jk_cli_run(&arguments->common);
    jk_status status = jk_horizon_run(arguments->panel_path, arguments->models, arguments->model_count,
                                      &arguments->horizon, &test, &error);
    if (status == JK_OK && writes_files(arguments)) {
        status = write_files(arguments, "horizon", jk_horizon_json(&test), &error);
    }
    int code = status == JK_OK ? print_horizons(arguments, &test) : jk_cli_fail(&error);
    jk_horizon_reset(&test);
    return code;
}

static int run_backtest(void *command) {
    backtest_arguments *arguments = command;
    if (arguments->horizon.landmarks.horizon_count > 0) {
        return run_horizons(arguments);
    }
    jk_error error = {0};
    jk_backtest test = {0};
    jk_status status = test_models(arguments, &test, &error);
    int code = status == JK_OK ? print(arguments, &test) : jk_cli_fail(&error);
    jk_backtest_reset(&test);
    return code;
}

const jk_command jk_command_backtest = {
    .name = "backtest",
    .summary = "what a model expected of history beside what came in",
    .purpose =
        "Sets what a model expects of history beside what came in: actual over expected with intervals, "
        "calibration, ranking, errors, stability, and a chain ladder as the second opinion. Test on what the "
        "model was not fitted on: other debtors (--holdout), a later time (--from), or both. Single periods test how "
        "readily debtors pay; --horizon tests what a valuation says of the years that follow.",
    .examples = {"jalki fit panel.h5 --model base.yaml --split 0-80 -o mine.yaml",
                 "jalki backtest panel.h5 --model mine.yaml --holdout 20 --json test.json --html test.html",
                 "jalki backtest panel.h5 --model mine.yaml --model trees.yaml --from 2024-01-01 --by vintage,month",
                 "jalki backtest panel.h5 --model mine.yaml --horizon 12,24,60 --landmark 12 --html years.html"},
    .operand = {"panel", .kind = JK_OPTION_FILE_IN, JK_FIELD(backtest_arguments, panel_path), .value = "P.h5",
                .is_needed = true},
    .groups = {{"Test", options, 0, false},
               {"Over horizons", horizons, 0, false},
               {"Rows", rows, 0, false},
               {NULL, jk_history_options, offsetof(backtest_arguments, options.filter), false},
               {"Output", outputs, 0, false},
               JK_JSON_GROUP},
    .size = sizeof(backtest_arguments),
    .prepare = prepare,
    .check = check,
    .run = run_backtest,
};
