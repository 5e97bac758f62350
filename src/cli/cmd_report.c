/* SPDX-License-Identifier: Apache-2.0 */
/* jalki report: results as a page for those who decide. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/accept.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/conditions.h"
#include "jalki/export.h"
#include "jalki/page.h"
#include "jalki/report.h"

typedef struct report_arguments {
    jk_cli_common common;
    const char *results_path, *tape_path, *model_path, *page_path, *json_path, *title, *scenarios_path;
    double irr[JK_RETURNS_MAX];
    size_t irr_count;
    jk_floor floors[JK_FLOORS_MAX];
    size_t floor_count;
    double asked;
    size_t top;
    uint64_t paths, seed;
    jk_accepted accepted;
} report_arguments;

enum {
    KEY_TAPE = 0x7001,
    KEY_IRR,
    KEY_FLOOR,
    KEY_ASKED,
    KEY_TOP,
    KEY_TITLE,
    KEY_JSON,
    KEY_SCENARIOS,
    KEY_PATHS,
    KEY_SEED,
    KEY_ACCEPT
};

static const struct argp_option options[] = {
    {"output", 'o', "F.html", 0, "The page to write (needed)", 1},
    {"tape", KEY_TAPE, "T.h5", 0, "The tape that was valued [where it was then]", 2},
    {"model", 'm', "M.yaml", 0, "The model it was valued with [where it was then]", 2},
    {"irr", KEY_IRR, "RATES", 0, "Further required returns for the bid table [3 and 6 points around the run's]", 3},
    {"floor", KEY_FLOOR, "KIND=BOUND", 0,
     "Bids must also meet this: multiple=1.8, payback=60 (months), irr=0.1; may be given several times", 3},
    {"asked", KEY_ASKED, "PRICE", 0, "The price asked: what return it would give", 3},
    {"scenarios", KEY_SCENARIOS, "S.yaml", 0, "Value under these scenarios too", 3},
    {"paths", KEY_PATHS, "N", 0, "Simulate N paths at the bid: how far collections and return may stray", 3},
    {"seed", KEY_SEED, "S", 0, "Of the simulation [1]", 3},
    {"top", KEY_TOP, "N", 0, "Rows of the worklist's head [20]", 4},
    {"title", KEY_TITLE, "TEXT", 0, "Heading of the page [Portfolio report]", 4},
    {"json", KEY_JSON, "F", 0, "The page's figures as JSON; - is stdout", 5},
    JK_CLI_ACCEPT_OPTION(KEY_ACCEPT),
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state) {
    report_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case 'o':
        arguments->page_path = argument;
        return 0;
    case KEY_TAPE:
        arguments->tape_path = argument;
        return 0;
    case 'm':
        arguments->model_path = argument;
        return 0;
    case KEY_IRR:
        arguments->irr_count = jk_cli_returns(state, argument, arguments->irr);
        return 0;
    case KEY_FLOOR:
        jk_cli_floor(state, argument, arguments->floors, &arguments->floor_count);
        return 0;
    case KEY_ACCEPT:
        jk_cli_accept(state, argument, &arguments->accepted);
        return 0;
    case KEY_ASKED:
        arguments->asked = jk_cli_real(state, "--asked", argument, 0.0, 1e15);
        return 0;
    case KEY_TOP:
        arguments->top = (size_t)jk_cli_integer(state, "--top", argument, 1, 500);
        return 0;
    case KEY_TITLE:
        arguments->title = argument;
        return 0;
    case KEY_SCENARIOS:
        arguments->scenarios_path = argument;
        return 0;
    case KEY_PATHS:
        arguments->paths = (uint64_t)jk_cli_integer(state, "--paths", argument, JK_PATHS_LEAST, JK_PATHS_MOST);
        return 0;
    case KEY_SEED:
        arguments->seed = (uint64_t)jk_cli_integer(state, "--seed", argument, 0, INT64_MAX);
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->results_path != NULL) {
            argp_error(state, "'%s': only one file of results at a time", argument);
        }
        arguments->results_path = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->results_path == NULL) {
            argp_error(state, "results are needed, for example R.h5 made by jalki value -o R.h5");
        } else if (arguments->page_path == NULL && arguments->json_path == NULL) {
            argp_error(state, "-o F.html is needed");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
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
    char *json;
} report_run;

static jk_status open_inputs(report_arguments *arguments, report_run *run, jk_error *error) {
    jk_status status = jk_origin_read(arguments->results_path, &run->origin, error);
    if (status == JK_OK) {
        status = choose_path(arguments->tape_path, run->origin.tape_path, "--tape T.h5", arguments->results_path,
                             &arguments->tape_path, error);
    }
    if (status == JK_OK) {
        status = choose_path(arguments->model_path, run->origin.model_path, "--model M.yaml", arguments->results_path,
                             &arguments->model_path, error);
    }
    const char *const inputs[] = {arguments->results_path, arguments->tape_path, arguments->model_path,
                                  arguments->scenarios_path};
    const char *const outputs[] = {arguments->page_path, arguments->json_path};
    if (status == JK_OK) {
        status = jk_cli_check_outputs(inputs, 4, outputs, 2, error);
    }
    if (status == JK_OK) {
        status = jk_tape_open(arguments->tape_path, &run->tape, error);
    }
    if (status == JK_OK) {
        status = jk_model_load(arguments->model_path, &run->model, error);
    }
    if (status == JK_OK && arguments->scenarios_path != NULL) {
        status = jk_scenarios_load(arguments->scenarios_path, run->model, &run->scenarios, error);
    }
    return status == JK_OK ? jk_origin_check(&run->origin, run->tape, run->model, error) : status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static jk_status make_report(report_arguments *arguments, report_run *run, jk_error *error) {
    jk_status status = open_inputs(arguments, run, error);
    if (status != JK_OK) {
        return status;
    }
    jk_accepted accepted = arguments->accepted | run->origin.accepted;
    jk_findings findings = {0};
    status = jk_cli_repeat_warnings(&arguments->common, run->tape, accepted, error);
    if (status != JK_OK) {
        return status;
    }
    jk_report_options report = {.value = jk_value_defaults(),
                                .irr = arguments->irr_count > 0 ? arguments->irr : NULL,
                                .irr_count = arguments->irr_count,
                                .floors = arguments->floors,
                                .floor_count = arguments->floor_count,
                                .asked = arguments->asked,
                                .worklist_rows = arguments->top,
                                .scenarios = run->scenarios,
                                .paths = arguments->paths,
                                .seed = arguments->seed,
                                .origin = &run->origin,
                                .today = jk_cli_today(),
                                .findings = &findings};
    report.value.cutoff = run->origin.cutoff;
    report.value.irr = run->origin.irr;
    report.value.allow |= run->origin.sell ? JK_ALLOW(JK_SELL) : 0;
    report.value.accepted = accepted;
    report.value.run = jk_cli_run(&arguments->common);
    status = jk_report_json(run->tape, run->model, &report, &run->json, error);
    jk_cli_show_findings(&arguments->common, &findings);
    jk_findings_reset(&findings);
    jk_page page = {.title = arguments->title, .script = "report", .figures = run->json};
    if (status == JK_OK && arguments->page_path != NULL) {
        status = jk_page_write(arguments->page_path, &page, error);
    }
    bool to_file = arguments->json_path != NULL && strcmp(arguments->json_path, "-") != 0;
    return status == JK_OK && to_file ? jk_text_write(arguments->json_path, run->json, error) : status;
}

static int print(const report_arguments *arguments, const report_run *run) {
    bool json_on_stdout = arguments->json_path != NULL && strcmp(arguments->json_path, "-") == 0;
    if (json_on_stdout || arguments->common.format == JK_FORMAT_JSON) {
        (void)fputs(run->json, stdout);
        return jk_cli_finish();
    }
    struct stat file;
    if (arguments->page_path == NULL || arguments->common.quiet || stat(arguments->page_path, &file) != 0) {
        return 0;
    }
    long long kilobytes = ((long long)file.st_size + 1023) / 1024;
    if (arguments->common.format == JK_FORMAT_CSV) {
        (void)printf("page,kilobytes,charts\n%s,%lld,%d\n", arguments->page_path, kilobytes, jk_page_has_charts());
    } else {
        (void)printf("%s: %lld KB, %s\n", arguments->page_path, kilobytes,
                     jk_page_has_charts() ? "with charts" : "tables only (this build has no chart library)");
    }
    return jk_cli_finish();
}

static int run_report(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "R.h5",
        .doc = "Writes one HTML page for those who decide on a bid: what the portfolio is worth and why, what is wrong "
               "with the tape, what to do with the claims, and where the figures come from. The page needs no network; "
               "it is drawn from the results of jalki value -o R.h5 and from the tape and the model behind them.\v"
               "Examples:\n"
               "  jalki value tape.h5 --model models/nordic.yaml -o results.h5\n"
               "  jalki report results.h5 -o report.html\n"
               "  jalki report results.h5 -o report.html --irr 0.12,0.15,0.18 \\\n"
               "    --floor payback=48 --asked 1500000 --title \"Portfolio Q2\"\n",
        .children = children,
    };
    report_arguments arguments = {.asked = (double)NAN, .top = 20, .seed = 1, .title = "Portfolio report"};
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    report_run run = {0};
    jk_status status = make_report(&arguments, &run, &error);
    int code = status == JK_OK ? print(&arguments, &run) : jk_cli_fail(&error);
    free(run.json);
    jk_scenarios_free(run.scenarios);
    jk_model_free(run.model);
    jk_tape_close(run.tape);
    jk_origin_reset(&run.origin);
    return code;
}

const jk_command jk_command_report = {"report", "a page for those who decide, with charts", run_report};
