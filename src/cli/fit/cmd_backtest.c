/* SPDX-License-Identifier: Apache-2.0 */
/* jalki backtest: how far to trust a model. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/fit/backtest_horizon.h"
#include "cli/fit/backtest_print.h"
#include "cli/options/groups.h"
#include "cli/options/parts.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
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
     .help = "Tables by segment, treatment, score_band, vintage, month, age, capacity_class, country, paying; with "
             "--horizon by "
             "recency, paying, score_band, capacity_class, segment, treatment, decision, vintage, landmark"},
    {"folds", .kind = JK_OPTION_INTEGER, JK_FIELD(backtest_arguments, options.folds), .value = "N", .low = 2,
     .high = JK_BACKTEST_FOLDS_MAX, .otherwise = "models as they are", .example = "5",
     .help = "Each of N parts of the debtors is expected by the model fitted anew on the others"},
    {"prior", .kind = JK_OPTION_FLAG, JK_FIELD(backtest_arguments, options.prior),
     .help =
         "Beside the chain ladder Bornhuetter and Ferguson's reserve, by what the first model expects of cohorts when "
         "they enter"},
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
     .help = "Only keys of these hundredths; 80-100 is what fit --split 0-80 has not seen, 40-20 all but 20-40"},
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
    arguments->horizon.folds = arguments->options.folds;
    if (arguments->options.prior && (landmarks->horizon_count > 0 || arguments->options.folds > 1)) {
        jk_usage_error(usage, "--prior is about the chain ladder beside single periods and models as they are");
    }
    if (arguments->options.folds > 1 && (jk_usage_given(usage, "split") || jk_usage_given(usage, "holdout"))) {
        jk_usage_error(usage,
                       "--folds tests all debtors, each by what has not seen him; expected no --split, no --holdout");
    }
    if (jk_usage_given(usage, "part") && (landmarks->horizon_count > 0 || arguments->options.folds > 1)) {
        jk_usage_error(
            usage,
            "--horizon follows claims through rows of all parts, --folds fits on them; expected no --part, or ranks "
            "(jalki-mpi)");
    }
    if (arguments->by != NULL && landmarks->horizon_count > 0) {
        arguments->horizon_by =
            tables_of(usage, arguments->by, horizon_table, JK_HORIZON_BY_COUNT,
                      "recency, paying, score_band, capacity_class, segment, treatment, decision, vintage or landmark");
    } else if (arguments->by != NULL) {
        arguments->options.by =
            tables_of(usage, arguments->by, period_table, JK_BACKTEST_BY_COUNT,
                      "segment, treatment, score_band, vintage, month, age, capacity_class, country or paying");
    }
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static bool writes_files(const backtest_arguments *arguments) {
    return jk_cli_json_to_file(&arguments->common) || arguments->html_path != NULL;
}

/* `text`: the test as JSON, freed here; `script`: that of its page. */
static jk_status write_files(const backtest_arguments *arguments, const char *script, char *text, jk_error *error) {
    bool json = jk_cli_json_to_file(&arguments->common);
    jk_status status = jk_held(text != NULL, error, "the JSON text");
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

/* A sheet for each kind of group that the first model was tested by, and one with all rows of all models. */
static jk_status write_workbook(const backtest_arguments *arguments, const jk_backtest *test, jk_error *error) {
    static const char *const added[] = {"rows", "exposure", "actual", "expected", NULL};
    static const char *const charted[] = {"actual", "expected", NULL};
    jk_listing listing = jk_backtest_listing(test);
    jk_xlsx_table tables[JK_BACKTEST_BY_COUNT + 2] = {
        {.sheet = "All", .title = "Actual over expected", .listing = &listing},
        {.sheet = "tenth", .title = "By tenths of what was expected", .group = "tenth"}};
    size_t count = 2;
    for (size_t t = 0; test->model_count > 0 && t < test->model[0].table_count; t++) {
        const char *by = jk_backtest_by_name(test->model[0].table[t].by);
        tables[count++] = (jk_xlsx_table){.sheet = by, .title = by, .group = by};
    }
    for (size_t t = 1; t < count; t++) {
        tables[t].listing = &listing;
        tables[t].column = "by";
        tables[t].bars = true;
        tables[t].added = test->model_count == 1 ? added : NULL; /* models have the same rows */
        tables[t].charted = test->model_count == 1 ? charted : NULL;
    }
    const jk_cli_book book = {.tables = tables, .table_count = count};
    return jk_cli_write_tables(&arguments->common, test->model[0].currency, &book, error);
}

static jk_status write_horizons(const backtest_arguments *arguments, const jk_horizon_test *test, jk_error *error) {
    jk_listing listing = jk_horizon_listing(test);
    const jk_xlsx_table tables[] = {
        {.sheet = "All", .title = "Actual over expected, by horizon", .listing = &listing},
        {.sheet = "Horizons", .title = "All landmarks", .listing = &listing, .column = "by", .group = "all"}};
    const jk_cli_book book = {.tables = tables, .table_count = sizeof tables / sizeof tables[0]};
    return jk_cli_write_tables(&arguments->common, test->model[0].currency, &book, error);
}

static int print(const backtest_arguments *arguments, const jk_backtest *test) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_backtest_json(test));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listing listing = jk_backtest_listing(test);
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_speak(&arguments->common);
    int failed = jk_cli_backtest_tables(test);
    return failed | jk_cli_finish();
}

static jk_status test_models(backtest_arguments *arguments, jk_backtest *test, jk_error *error) {
    arguments->options.run = jk_cli_run(&arguments->common);
    jk_cli_part_begin(&arguments->common);
    JK_TRY(jk_backtest_run(arguments->panel_path, arguments->models, arguments->model_count, &arguments->options, test,
                           error));
    if (jk_cli_is_part(&arguments->common)) {
        return jk_cli_part_end_briefly(&arguments->common, error);
    }
    JK_TRY(write_workbook(arguments, test, error));
    return writes_files(arguments) ? write_files(arguments, "backtest", jk_backtest_json(test), error) : JK_OK;
}

static int print_horizons(const backtest_arguments *arguments, const jk_horizon_test *test) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_horizon_json(test));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listing listing = jk_horizon_listing(test);
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_speak(&arguments->common);
    int failed = jk_cli_horizon_tables(test, arguments->horizon_by);
    return failed | jk_cli_finish();
}

static int run_horizons(backtest_arguments *arguments) {
    jk_error error = {0};
    jk_horizon_test test = {0};
    arguments->horizon.landmarks.run = jk_cli_run(&arguments->common);
    jk_status status = jk_horizon_run(arguments->panel_path, arguments->models, arguments->model_count,
                                      &arguments->horizon, &test, &error);
    status = status == JK_OK ? write_horizons(arguments, &test, &error) : status;
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
    int code = status != JK_OK                      ? jk_cli_fail(&error)
               : jk_cli_is_part(&arguments->common) ? jk_cli_finish()
                                                    : print(arguments, &test);
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
               JK_PART_GROUP,
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP},
    .size = sizeof(backtest_arguments),
    .shares_work = true,
    .prepare = prepare,
    .check = check,
    .run = run_backtest,
};
