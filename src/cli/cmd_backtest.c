/* SPDX-License-Identifier: Apache-2.0 */
/* jalki backtest: how far to trust a model. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
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
} backtest_arguments;

static void read_tables(jk_usage *usage, const char *name, char *text, void *field) {
    unsigned by = 0;
    for (const char *list = text; *list != '\0';) {
        size_t length = strcspn(list, ",");
        int found = -1;
        for (int b = 0; b < JK_BACKTEST_BY_COUNT; b++) {
            const char *table = jk_backtest_by_name((jk_backtest_by)b);
            found = strlen(table) == length && memcmp(table, list, length) == 0 ? b : found;
        }
        if (found < 0) {
            jk_usage_error(usage,
                           "%s: '%.*s' is not segment, treatment, score_band, vintage, month, age, capacity_class or "
                           "country",
                           name, (int)length, list);
            return;
        }
        by |= 1U << found;
        list += length + (list[length] == ',');
    }
    *(unsigned *)field = by;
}

static void read_holdout(jk_usage *usage, const char *name, char *text, void *field) {
    ((jk_panel_filter *)field)->low = (int)(100 - jk_usage_integer(usage, name, text, 1, 99));
}

static const jk_option options[] = {
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(backtest_arguments, models),
     JK_SEVERAL(backtest_arguments, model_count, JK_BACKTEST_MODELS_MAX), .value = "M.yaml", .is_needed = true,
     .help = "Model to test; more of them on the same rows"},
    {"by", .kind = JK_OPTION_SPECIAL, .read = read_tables, JK_FIELD(backtest_arguments, options.by), .value = "LIST",
     .otherwise = "segment,treatment,score_band,vintage,month", .example = "vintage,month",
     .help = "Tables by segment, treatment, score_band, vintage, month, age, capacity_class, country"},
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
}

static void check(jk_usage *usage, void *command) {
    const backtest_arguments *arguments = command;
    jk_cli_check_history(usage, &arguments->options.filter);
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static jk_status write_files(const backtest_arguments *arguments, const jk_backtest *test, jk_error *error) {
    bool json = jk_cli_json_to_file(&arguments->common);
    if (!json && arguments->html_path == NULL) {
        return JK_OK;
    }
    char *text = jk_backtest_json(test);
    jk_status status = text != NULL ? JK_OK : jk_fail_memory(error, "the JSON text");
    if (status == JK_OK && json) {
        status = jk_text_write(arguments->common.json_path, text, error);
    }
    if (status == JK_OK && arguments->html_path != NULL) {
        jk_page page = {.title = "Back-test", .script = "backtest", .figures = text};
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
    return write_files(arguments, test, error);
}

static int run_backtest(void *command) {
    backtest_arguments *arguments = command;
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
    .purpose = "Sets what a model expects of history beside what came in: actual over expected with intervals, "
               "calibration, ranking, errors, stability, and a chain ladder as the second opinion. Test on what the "
               "model was not fitted on: other debtors (--holdout), a later time (--from), or both.",
    .examples = {"jalki fit panel.h5 --model base.yaml --split 0-80 -o mine.yaml",
                 "jalki backtest panel.h5 --model mine.yaml --holdout 20 --json test.json --html test.html",
                 "jalki backtest panel.h5 --model mine.yaml --model trees.yaml --from 2024-01-01 --by vintage,month"},
    .operand = {"panel", .kind = JK_OPTION_FILE_IN, JK_FIELD(backtest_arguments, panel_path), .value = "P.h5",
                .is_needed = true},
    .groups = {{"Test", options, 0, false},
               {"Rows", rows, 0, false},
               {NULL, jk_history_options, offsetof(backtest_arguments, options.filter), false},
               {"Output", outputs, 0, false},
               JK_JSON_GROUP},
    .size = sizeof(backtest_arguments),
    .prepare = prepare,
    .check = check,
    .run = run_backtest,
};
