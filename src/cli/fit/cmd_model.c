/* SPDX-License-Identifier: Apache-2.0 */
/* jalki model: what differs between two models, in words and in value, and where a model comes from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/number/calendar.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/models.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"
#include "jalki/model_steps.h"

typedef struct model_arguments {
    jk_cli_common common;
    const char *const *words; /* diff A B, or log M */
    size_t word_count;
    const char *tape_path;
    int32_t cutoff;
    double irr;
    bool sell;
} model_arguments;

enum { JSON_FLAGS = JSON_INDENT(2) | JSON_REAL_PRECISION(17) };

static const jk_option options[] = {
    {"tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(model_arguments, tape_path), .value = "T.h5",
     .help = "Says what the differences are worth on this tape"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(model_arguments, cutoff), .value = "DATE", .otherwise = "the tape's",
     .needs = "tape", .help = "Valuation date, YYYY-MM-DD", .example = "2026-06-30"},
    {"irr", .kind = JK_OPTION_RETURN, JK_FIELD(model_arguments, irr), .value = "RATE", .otherwise = "each model's",
     .needs = "tape", .help = "Required yearly return, 0.15 is 15 %", .example = "0.15"},
    {"sell", .kind = JK_OPTION_FLAG, JK_FIELD(model_arguments, sell), .otherwise = "never", .needs = "tape",
     .help = "Let claims be sold on where that is worth most"},
    {0},
};

static bool is_log(const model_arguments *arguments) {
    return arguments->word_count > 0 && strcmp(arguments->words[0], "log") == 0;
}

static void check(jk_usage *usage, void *command) {
    const model_arguments *arguments = command;
    const bool diff = arguments->word_count > 0 && strcmp(arguments->words[0], "diff") == 0;
    if (!diff && !is_log(arguments)) {
        jk_usage_error(usage, "expected diff A.yaml B.yaml, or log M.yaml, found '%s'",
                       arguments->word_count > 0 ? arguments->words[0] : "");
    } else if (arguments->word_count != (diff ? 3u : 2u)) {
        jk_usage_error(usage, diff ? "diff needs two model files" : "log needs one model file");
    } else if (!diff && arguments->tape_path != NULL) {
        jk_usage_error(usage, "--tape is about diff");
    }
}

/* A file, or a model by its name among those that are installed; for free(). */
static char *find_model(const char *word) {
    char *found = jk_cli_find_model(word);
    return found != NULL ? found : strdup(word);
}

/* ---- log -------------------------------------------------------------------------------------------------------- */

static int print_log(const model_arguments *arguments, const jk_model_log *log) {
    jk_listing listing = jk_model_log_listing(log);
    if (jk_cli_json_on_stdout(&arguments->common)) {
        jk_json_builder b = {0};
        json_t *object = json_object();
        jk_json_put(&b, object, "sha256", json_string(log->sha256));
        jk_json_put(&b, object, "files", jk_listing_json(&b, &listing));
        jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
        return jk_cli_print_text(jk_json_text(&b, object, JSON_FLAGS));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    (void)printf("Model     sha256 %s with all that it includes\n", log->sha256);
    jk_cli_listing_view view = {.title = "Where it comes from"};
    return jk_cli_listing_table(&listing, &view) | jk_cli_finish();
}

static int run_log(const model_arguments *arguments) {
    jk_error error = {0};
    jk_model_log log = {0};
    char *path = find_model(arguments->words[1]);
    jk_status status =
        path != NULL ? jk_model_log_read(path, &log, &error) : jk_fail_memory(&error, arguments->words[1]);
    int code = status == JK_OK ? print_log(arguments, &log) : jk_cli_fail(&error);
    jk_model_log_reset(&log);
    free(path);
    return code;
}

/* ---- diff ------------------------------------------------------------------------------------------------------- */

static char *diff_json(const jk_model_diff *diff, const jk_model_steps *steps) {
    jk_json_builder b = {0};
    json_t *object = json_object(), *list = json_array();
    static const char *const sides[] = {"first", "second"};
    for (int s = 0; s < 2; s++) {
        json_t *side = json_object();
        jk_json_put(&b, side, "path", jk_json_string(diff->path[s]));
        jk_json_put(&b, side, "name", jk_json_text_or_null(diff->name[s]));
        jk_json_put(&b, side, "version", jk_json_text_or_null(diff->version[s]));
        jk_json_put(&b, side, "sha256", json_string(diff->sha256[s]));
        jk_json_put(&b, object, sides[s], side);
    }
    for (size_t i = 0; i < diff->count; i++) {
        const jk_model_difference *of = &diff->differences[i];
        json_t *item = json_object();
        jk_json_put(&b, item, "part", json_string(jk_model_part_name(of->part)));
        jk_json_put(&b, item, "key", jk_json_string(of->key));
        jk_json_put(&b, item, "was", jk_json_text_or_null(of->was));
        jk_json_put(&b, item, "is", jk_json_text_or_null(of->is));
        jk_json_put(&b, item, "meaning", jk_json_text_or_null(of->meaning));
        jk_json_append(&b, list, item);
    }
    jk_json_put(&b, object, "differences", list);
    if (steps != NULL) {
        jk_listing rows = jk_model_steps_listing(steps), segments = jk_model_segments_listing(steps);
        jk_json_put(&b, object, "base_currency", jk_json_string(steps->base_currency));
        jk_json_put(&b, object, "cutoff", jk_json_date(steps->cutoff));
        jk_json_put(&b, object, "steps", jk_listing_json(&b, &rows));
        jk_json_put(&b, object, "segments", jk_listing_json(&b, &segments));
    }
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_FLAGS);
}

static void print_heading(const jk_model_diff *diff) {
    static const char *const sides[] = {"First", "Second"};
    for (int s = 0; s < 2; s++) {
        (void)printf("%-8s  %s%s%s (%s), sha256 %.12s…\n", sides[s], diff->name[s] != NULL ? diff->name[s] : "no name",
                     diff->version[s] != NULL ? ", version " : "", diff->version[s] != NULL ? diff->version[s] : "",
                     diff->path[s], diff->sha256[s]);
    }
    if (diff->count == 0) {
        (void)printf("Both say the same.\n");
    } else {
        (void)printf("%zu difference%s\n", diff->count, diff->count == 1 ? "" : "s");
    }
}

static int print_value(const jk_model_steps *steps) {
    char date[JK_DATE_TEXT], claims[JK_AMOUNT_TEXT];
    jk_listing rows = jk_model_steps_listing(steps), segments = jk_model_segments_listing(steps);
    int decimals = steps->total[0].face < 1e6 ? 2 : 0;
    (void)printf("\nOn the tape: %s claims on %s, in %s, at %.*f %% a year by the first and %.*f %% by the second\n",
                 jk_amount(claims, (double)steps->total[0].claims, 0), jk_date_format(steps->cutoff, date),
                 steps->base_currency, jk_cli_rate_decimals(steps->irr[0]), 100.0 * steps->irr[0],
                 jk_cli_rate_decimals(steps->irr[1]), 100.0 * steps->irr[1]);
    jk_cli_listing_view by_part = {.title = "What the differences are worth, part by part", .money_decimals = decimals};
    jk_cli_listing_view by_segment = {.title = "By segment", .money_decimals = decimals};
    return jk_cli_listing_table(&rows, &by_part) | jk_cli_listing_table(&segments, &by_segment);
}

static int print_diff(const model_arguments *arguments, const jk_model_diff *diff, const jk_model_steps *steps) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(diff_json(diff, steps));
    }
    jk_listing listing = jk_model_diff_listing(diff);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    print_heading(diff);
    jk_cli_listing_view view = {.title = "What differs"};
    int failed = diff->count > 0 ? jk_cli_listing_table(&listing, &view) : 0;
    failed |= steps != NULL ? print_value(steps) : 0;
    return failed | jk_cli_finish();
}

static jk_status value_both(const model_arguments *arguments, char *const path[2], jk_model_steps *steps,
                            jk_error *error) {
    jk_tape *tape = NULL;
    jk_value_options valued = jk_value_defaults();
    valued.cutoff = arguments->cutoff;
    valued.irr = arguments->irr;
    valued.allow = arguments->sell ? JK_ALLOW_ALL : JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL);
    valued.run = jk_cli_run(&arguments->common);
    JK_TRY(jk_tape_open(arguments->tape_path, &tape, error));
    jk_status status = jk_model_steps_run(tape, path[0], path[1], &valued, steps, error);
    jk_tape_close(tape);
    return status;
}

static int run_diff(const model_arguments *arguments) {
    jk_error error = {0};
    jk_model_diff diff = {0};
    jk_model_steps steps = {0};
    char *path[2] = {find_model(arguments->words[1]), find_model(arguments->words[2])};
    jk_status status = path[0] != NULL && path[1] != NULL ? jk_model_compare(path[0], path[1], &diff, &error)
                                                          : jk_fail_memory(&error, "names of models");
    if (status == JK_OK && arguments->tape_path != NULL) {
        status = value_both(arguments, path, &steps, &error);
    }
    const jk_model_steps *valued = arguments->tape_path != NULL ? &steps : NULL;
    if (status == JK_OK && jk_cli_json_to_file(&arguments->common)) {
        status = jk_cli_write_text(arguments->common.json_path, diff_json(&diff, valued), &error);
    }
    int code = status == JK_OK ? print_diff(arguments, &diff, valued) : jk_cli_fail(&error);
    jk_model_steps_reset(&steps);
    jk_model_diff_reset(&diff);
    free(path[0]);
    free(path[1]);
    return code;
}

static int run_model(void *command) {
    const model_arguments *arguments = command;
    return is_log(arguments) ? run_log(arguments) : run_diff(arguments);
}

const jk_command jk_command_model = {
    .name = "model",
    .summary = "what differs between two models, in words and in value; where a model comes from",
    .purpose =
        "`diff` compares two model files key by key, as they are with their includes, and says of each difference what "
        "it is; with --tape also what the differences are worth there: the law of the second, its scorecard, its "
        "segments, all of it. `log` lists a model's files with name, version and hash, the models that it was made "
        "of, the data it was fitted to, and when.",
    .usage = "diff A.yaml B.yaml | log M.yaml",
    .examples = {"jalki model diff models/nordic.yaml mine/nordic.yaml",
                 "jalki model diff models/nordic.yaml mine/nordic.yaml --tape tape.h5 --json diff.json",
                 "jalki model log mine/nordic.yaml"},
    .operand = {"what", .kind = JK_OPTION_TEXT, JK_FIELD(model_arguments, words),
                JK_SEVERAL(model_arguments, word_count, JK_OPTION_ALL), .value = "diff A.yaml B.yaml | log M.yaml"},
    .groups = {{"In value", options, 0, false}, JK_JSON_GROUP},
    .size = sizeof(model_arguments),
    .check = check,
    .run = run_model,
};
