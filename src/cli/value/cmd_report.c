/* SPDX-License-Identifier: Apache-2.0 */
/* jalki report: results as a page for those who decide. */
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/words/language.h"
#include "base/words/listing.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
#include "cli/options/accept.h"
#include "cli/options/conditions.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"
#include "jalki/export.h"
#include "jalki/page.h"
#include "jalki/report.h"

typedef struct report_arguments {
    jk_cli_common common;
    const char *results_path, *tape_path, *model_path, *page_path, *title, *scenarios_path;
    double irr[JK_RETURNS_MAX];
    size_t irr_count;
    jk_cli_floors floors;
    double asked;
    size_t top, reprice;
    bool brief;
    const char *currency;
    uint64_t paths, seed;
    jk_accepted accepted;
    jk_cli_valuing valuing; /* what a fit does not know of the plan is asked of it */
    jk_worth worth;
} report_arguments;

static const jk_option options[] = {
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(report_arguments, page_path), .value = "F.html",
     .help = "The page to write (needed, or --json)"},
    {"tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(report_arguments, tape_path), .value = "T.h5",
     .otherwise = "where it was then", .help = "The tape that was valued"},
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(report_arguments, model_path), .value = "M.yaml",
     .otherwise = "where it was then", .help = "The model it was valued with"},
    {"currency", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_currency, JK_FIELD(report_arguments, currency),
     .value = "CODE", .otherwise = "that of the results", .example = "SEK",
     .help = "Tell amounts in this currency, at the rates of the model's fx; amounts of other options are in it, too"},
    {"irr", .kind = JK_OPTION_RETURN, JK_FIELD(report_arguments, irr),
     JK_SEVERAL(report_arguments, irr_count, JK_RETURNS_MAX), .value = "RATES", .example = "0.12,0.15",
     .otherwise = "3 and 6 points around the run's", .help = "Further required returns for the bid table"},
    JK_FLOOR_OPTION(report_arguments, floors),
    {"asked", .kind = JK_OPTION_MONEY, JK_FIELD(report_arguments, asked), .value = "PRICE", .example = "1500000",
     .help = "The price asked: what return it would give"},
    {"scenarios", .kind = JK_OPTION_FILE_IN, JK_FIELD(report_arguments, scenarios_path), .value = "S.yaml",
     .help = "Value under these scenarios too"},
    {"paths", .kind = JK_OPTION_INTEGER, JK_FIELD(report_arguments, paths), .value = "N", .low = JK_PATHS_LEAST,
     .high = JK_PATHS_MOST, .example = "10000",
     .help = "Simulate N paths at the bid: how far collections and return may stray"},
    {"seed", .kind = JK_OPTION_INTEGER, JK_FIELD(report_arguments, seed), .value = "S", .high = JK_INTEGER_MOST,
     .standard = "1", .help = "Of the simulation"},
    {"top", .kind = JK_OPTION_INTEGER, JK_FIELD(report_arguments, top), .value = "N", .low = 1, .high = 500,
     .standard = "20", .help = "Rows of the worklist's head"},
    {"reprice", .kind = JK_OPTION_INTEGER, JK_FIELD(report_arguments, reprice), .value = "N", .high = 200000,
     .standard = "20000",
     .help = "The page prices the portfolio again in the browser from the inputs of its claims, or of N that stand for "
             "all where it has more; 0: it cannot"},
    {"brief", .kind = JK_OPTION_FLAG, JK_FIELD(report_arguments, brief),
     .help = "Two sheets of A4: bid, returns, collections, risk, scenarios, decisions and sources alone"},
    {"title", .kind = JK_OPTION_TEXT, JK_FIELD(report_arguments, title), .value = "TEXT",
     .standard = "Portfolio report", .help = "Heading of the page"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    const report_arguments *arguments = command;
    if (arguments->page_path == NULL && arguments->common.json_path == NULL) {
        jk_usage_error(usage, "-o F.html is needed");
    }
}

/* ---- tape and model --------------------------------------------------------------------------------------------- */

/* `option` if it is given, else the path that the results name. */
static jk_status choose_path(const char *option, const char *named, const char *option_name, const char *results,
                             const char **path, jk_error *error) {
    *path = option != NULL ? option : named;
    if (option == NULL && (named[0] == '\0' || access(named, R_OK) != 0)) {
        *error = (jk_error){.status = JK_ERROR_IO};
        (void)snprintf(error->file, sizeof error->file, "%s", results);
        (void)snprintf(error->message, sizeof error->message,
                       "was made of '%.100s', which cannot be read from here; expected %s to say where it is now",
                       named, option_name);
        return JK_ERROR_IO;
    }
    return JK_OK;
}

typedef struct report_run {
    jk_origin origin;
    jk_tape *tape;
    jk_model *model;
    jk_scenarios *scenarios;
    jk_book *book; /* NULL: the page cannot price again */
    char *json;
} report_run;

static jk_status open_inputs(report_arguments *arguments, report_run *run, jk_error *error) {
    JK_TRY(jk_origin_read(arguments->results_path, &run->origin, error));
    JK_TRY(choose_path(arguments->tape_path, run->origin.tape_path, "--tape T.h5", arguments->results_path,
                       &arguments->tape_path, error));
    JK_TRY(choose_path(arguments->model_path, run->origin.model_path, "--model M.yaml", arguments->results_path,
                       &arguments->model_path, error));
    const char *const inputs[] = {arguments->tape_path, arguments->model_path};
    const char *const outputs[] = {arguments->page_path, arguments->common.json_path};
    JK_TRY(jk_cli_check_outputs(inputs, 2, outputs, 2, error));
    JK_TRY(jk_tape_open(arguments->tape_path, &run->tape, error));
    jk_status loaded = jk_cli_load_model(
        &arguments->common, arguments->model_path, (const char *const *)run->origin.changes, run->origin.change_count,
        arguments->currency != NULL ? arguments->currency : run->origin.currency, &run->model, error);
    if (loaded == JK_ERROR_MODEL && arguments->model_path == run->origin.model_path) {
        /* a file that the results name, perhaps of no concern to them: nothing of it is shown */
        *error = (jk_error){0};
        return jk_fail(error, loaded, arguments->model_path, 0, NULL,
                       "is named by the results as their model and is none; expected --model M.yaml");
    }
    JK_TRY(loaded);
    if (arguments->scenarios_path != NULL) {
        JK_TRY(jk_scenarios_load(arguments->scenarios_path, run->model, &run->scenarios, error));
    }
    return jk_origin_check(&run->origin, run->tape, run->model, error);
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

/* A document alone has no use for claims. */
static jk_status open_book(const report_arguments *arguments, report_run *run, jk_error *error) {
    return arguments->page_path == NULL || arguments->reprice == 0 || arguments->brief || !jk_page_has_engine()
               ? JK_OK
               : jk_book_create(run->tape, run->model, arguments->reprice, &run->book, error);
}

static jk_status write_page(const report_arguments *arguments, const report_run *run, jk_error *error) {
    unsigned char *bytes = NULL;
    jk_page page = {
        .title = arguments->title, .script = "report", .figures = run->json, .language = arguments->common.language};
    if (run->book != NULL) {
        JK_TRY(jk_book_pack(run->book, &bytes, &page.book_size, error));
        page.book = bytes;
    }
    jk_status status = jk_page_write(arguments->page_path, &page, error);
    free(bytes);
    return status;
}

/* The page, if there is one, in the language asked for: sentences are made with the figures. The document of JSON stays
 * English: it is made again where it is asked for beside a page in another language. */
static jk_status write_page_of(const report_arguments *arguments, report_run *run, jk_report_options *report,
                               jk_error *error) {
    const bool with_json = jk_cli_json_on_stdout(&arguments->common) || jk_cli_json_to_file(&arguments->common);
    const bool other = arguments->common.language > 0;
    jk_findings told = {0}, *findings = report->findings;
    if (arguments->page_path == NULL) {
        return JK_OK;
    }
    if (other || !with_json) {
        jk_cli_speak(&arguments->common);
    }
    report->findings = other && with_json ? &told : findings; /* the second time tells them */
    jk_status status = jk_report_json(run->tape, run->model, report, &run->json, error);
    status = status == JK_OK ? write_page(arguments, run, error) : status;
    report->findings = findings;
    jk_findings_reset(&told);
    if (jk_text_missed() != NULL) {
        jk_cli_note(&arguments->common, "not in the language asked for: %s", jk_text_missed());
    }
    jk_language_end();
    if (other && with_json) {
        free(run->json);
        run->json = NULL;
        report->book = NULL; /* it is filled once, for the page */
    }
    return status;
}

static jk_status make_report(report_arguments *arguments, report_run *run, jk_error *error) {
    JK_TRY(open_inputs(arguments, run, error));
    JK_TRY(open_book(arguments, run, error));
    jk_accepted accepted = arguments->accepted | run->origin.accepted;
    jk_findings findings = {0};
    JK_TRY(jk_cli_repeat_warnings(&arguments->common, run->tape, accepted, error));
    jk_report_options report = {.value = jk_value_defaults(),
                                .irr = arguments->irr_count > 0 ? arguments->irr : NULL,
                                .irr_count = arguments->irr_count,
                                .floors = arguments->floors.floor,
                                .floor_count = arguments->floors.count,
                                .asked = arguments->asked,
                                .worklist_rows = arguments->top,
                                .scenarios = run->scenarios,
                                .paths = arguments->paths,
                                .seed = arguments->seed,
                                .book = run->book,
                                .brief = arguments->brief,
                                .origin = &run->origin,
                                .today = jk_cli_today(),
                                .findings = &findings};
    report.value.cutoff = run->origin.cutoff;
    report.value.irr = run->origin.irr;
    report.value.allow |= run->origin.sell ? JK_ALLOW(JK_SELL) : 0;
    report.value.accepted = accepted;
    report.value.run = jk_cli_run(&arguments->common);
    arguments->valuing.tape = run->tape;
    arguments->valuing.model = run->model;
    arguments->valuing.tape_path = arguments->tape_path;
    arguments->valuing.model_path = arguments->model_path;
    arguments->valuing.options = report.value;
    JK_TRY(jk_cli_valuing_worth(&arguments->valuing, &arguments->common, false, &arguments->worth, error));
    report.fit = &arguments->worth;
    jk_status status = write_page_of(arguments, run, &report, error);
    if (status == JK_OK && run->json == NULL) {
        status = jk_report_json(run->tape, run->model, &report, &run->json, error);
    }
    jk_cli_show_findings(&arguments->common, &findings);
    jk_findings_reset(&findings);
    JK_TRY(status);
    return jk_cli_json_to_file(&arguments->common)
               ? (arguments->common.with_ids ? jk_text_write_personal : jk_text_write)(arguments->common.json_path,
                                                                                       run->json, error)
               : JK_OK;
}

static int print(const report_arguments *arguments, const report_run *run) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        (void)fputs(run->json, stdout);
        return jk_cli_finish();
    }
    struct stat file;
    if (arguments->page_path == NULL || arguments->common.quiet || stat(arguments->page_path, &file) != 0) {
        return 0;
    }
    long long kilobytes = ((long long)file.st_size + 1023) / 1024;
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listed *listed = jk_listed_create(&jk_cli_report_rows);
        jk_listed_texts(listed, arguments->page_path);
        jk_listed_number(listed, (double)kilobytes);
        jk_listed_number(listed, jk_page_has_charts());
        return jk_cli_listed_csv(listed);
    } else {
        (void)printf("%s: %lld KB, %s\n", arguments->page_path, kilobytes,
                     jk_page_has_charts() ? "with charts" : "tables only (this build has no chart library)");
    }
    return jk_cli_finish();
}

static int run_report(void *command) {
    report_arguments *arguments = command;
    jk_error error = {0};
    report_run run = {0};
    jk_status status = make_report(arguments, &run, &error);
    int code = status == JK_OK ? print(arguments, &run) : jk_cli_fail(&error);
    free(run.json);
    jk_book_free(run.book);
    jk_scenarios_free(run.scenarios);
    jk_model_free(run.model);
    jk_tape_close(run.tape);
    jk_origin_reset(&run.origin);
    return code;
}

const jk_command jk_command_report = {
    .name = "report",
    .summary = "a page for those who decide, with charts",
    .purpose = "Writes one HTML page for those who decide on a bid: what the portfolio is worth and why, what is wrong "
               "with the tape, what to do with the claims, and where the figures come from. The page needs no network; "
               "it is drawn from the results of jalki value -o R.h5 and from the tape and the model behind them.",
    .usage = "R.h5 -o F.html",
    .examples = {"jalki value tape.h5 --model models/nordic.yaml -o results.h5",
                 "jalki report results.h5 -o report.html",
                 "jalki report results.h5 -o report.html --irr 0.12,0.15,0.18 \\\n"
                 "    --floor payback=48 --asked 1500000 --title \"Portfolio Q2\""},
    .operand = {"file of results", .kind = JK_OPTION_FILE_IN, JK_FIELD(report_arguments, results_path), .value = "R.h5",
                .is_needed = true, .missing = "results are needed, for example R.h5 made by jalki value -o R.h5"},
    .groups = {{"Page", options, 0, false},
               JK_CURSE_GROUP(report_arguments),
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_ACCEPT_GROUP(report_arguments, accepted)},
    .size = sizeof(report_arguments),
    .no_parts = "asks the tape again and again for what a page shows; expected ranks (mpirun jalki-mpi report), "
                "or value in parts and the report of what jalki merge -o R.h5 makes of them",
    .shares_work = true,
    .check = check,
    .run = run_report,
};
