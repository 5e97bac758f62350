/* SPDX-License-Identifier: Apache-2.0 */
/* jalki scenario: the portfolio under named stresses, side by side with the base. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/scenario_command.h"
#include "jalki/export.h"

enum { TARGETS_MAX = 16 };

typedef struct scenario_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    const char *scenarios_path, *json_path, *claims_path, *segment;
    double irr;
    unsigned modes;
    int break_even; /* a jk_stress_key, or -1 */
    double asked[TARGETS_MAX], share[TARGETS_MAX];
    size_t asked_count, share_count;
    jk_column missing[JK_COLUMN_COUNT];
    size_t missing_count;
} scenario_arguments;

enum {
    KEY_SCENARIOS = 0x5c01,
    KEY_REPLANNED,
    KEY_COMMITTED,
    KEY_IRR,
    KEY_SEGMENT,
    KEY_JSON,
    KEY_CLAIMS,
    KEY_BREAK_EVEN,
    KEY_ASKED,
    KEY_LEGAL_SHARE,
    KEY_MISSING
};

static const struct argp_option options[] = {
    {"scenarios", KEY_SCENARIOS, "S.yaml", 0, "Scenarios to value, see docs/scenario.md", 1},
    {"replanned", KEY_REPLANNED, NULL, 0, "Only with plans made for each scenario [both]", 1},
    {"committed", KEY_COMMITTED, NULL, 0, "Only with the base plan kept [both]", 1},
    {"irr", KEY_IRR, "RATE", 0, "Required yearly return, for example 0.15 [the model's]", 1},
    {"segment", KEY_SEGMENT, "ID", 0, "Show this segment alone; with --break-even: stress its claims alone", 1},
    {"break-even", KEY_BREAK_EVEN, "KEY", 0,
     "How far this key of scenario files (recovery, court_cost, delay, …) can go until the bid is --asked, or legal "
     "pays "
     "for --legal-share of the claims only",
     3},
    {"asked", KEY_ASKED, "PRICES", 0, "Prices to break even at, for example 1500000,1200000", 3},
    {"legal-share", KEY_LEGAL_SHARE, "SHARES", 0,
     "Shares of the claims that go to court in the base [0.75,0.5,0.25,0.05 where no price is asked]", 3},
    {"missing", KEY_MISSING, "FIELDS", 0,
     "Price of missing data: value with each field as given, blanked and at its worst; all, or columns of the tape", 4},
    {"json", KEY_JSON, "FILE", 0, "Write everything as JSON; - for stdout", 2},
    {"claims", KEY_CLAIMS, "FILE", 0, "Write each claim's decision and value in the base and all scenarios as CSV", 2},
    {0},
};

static int parse_key(struct argp_state *state, const char *name) {
    int key = jk_stress_key_of(name);
    if (key < 0) {
        const char *names[JK_STRESS_COUNT];
        for (int k = 0; k < JK_STRESS_COUNT; k++) {
            names[k] = jk_stress_field_of((jk_stress_key)k)->name;
        }
        int nearest = jk_text_nearest(name, names, JK_STRESS_COUNT);
        argp_error(state, "--break-even: '%s' is not a key of scenario files%s%s", name,
                   nearest < 0 ? "" : "; did you mean ", nearest < 0 ? "" : names[nearest]);
    }
    return key;
}

/* Numbers from 0 to `most` with commas between. */
static size_t parse_list(struct argp_state *state, const char *option, const char *list, double most, double *values) {
    size_t count = 0;
    for (const char *part = list; part != NULL;) {
        const char *comma = strchr(part, ',');
        size_t length = comma == NULL ? strlen(part) : (size_t)(comma - part);
        double value = 0.0;
        if (!jk_text_to_real(part, length, &value) || value < 0.0 || value > most || count == TARGETS_MAX) {
            argp_error(state, "%s: '%s' is not a list of at most %d numbers from 0 to %g", option, list, TARGETS_MAX,
                       most);
            return 0;
        }
        values[count++] = value;
        part = comma == NULL ? NULL : comma + 1;
    }
    return count;
}

static void check_break_even(scenario_arguments *arguments, struct argp_state *state) {
    static const double shares[] = {0.75, 0.5, 0.25, 0.05};
    if (arguments->break_even < 0 && arguments->asked_count + arguments->share_count > 0) {
        argp_error(state, "--asked and --legal-share need --break-even KEY");
    }
    if (arguments->asked_count > 0 && arguments->share_count > 0) {
        argp_error(state, "either --asked or --legal-share");
    }
    if (arguments->break_even >= 0 && (arguments->scenarios_path != NULL || arguments->claims_path != NULL)) {
        argp_error(state, "--break-even finds one figure; --scenarios and --claims are for a run without it");
    }
    if (arguments->missing_count > 0 && (arguments->break_even >= 0 || arguments->scenarios_path != NULL ||
                                         arguments->claims_path != NULL || arguments->segment != NULL)) {
        argp_error(state, "--missing stands by itself, beside --irr, --json and the tape");
    }
    if (arguments->asked_count + arguments->share_count == 0) {
        memcpy(arguments->share, shares, sizeof shares);
        arguments->share_count = sizeof shares / sizeof *shares;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    scenario_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        state->child_inputs[1] = &arguments->valuing;
        return 0;
    case KEY_SCENARIOS:
        arguments->scenarios_path = argument;
        return 0;
    case KEY_REPLANNED:
        arguments->modes |= JK_MODE_REPLANNED;
        return 0;
    case KEY_COMMITTED:
        arguments->modes |= JK_MODE_COMMITTED;
        return 0;
    case KEY_IRR:
        arguments->irr = jk_cli_real(state, "--irr", argument, JK_IRR_LOWEST, JK_IRR_HIGHEST);
        return 0;
    case KEY_BREAK_EVEN:
        arguments->break_even = parse_key(state, argument);
        return 0;
    case KEY_MISSING:
        arguments->missing_count = jk_scenario_parse_fields(state, argument, arguments->missing);
        return 0;
    case KEY_ASKED:
        arguments->asked_count = parse_list(state, "--asked", argument, 1e15, arguments->asked);
        return 0;
    case KEY_LEGAL_SHARE:
        arguments->share_count = parse_list(state, "--legal-share", argument, 1.0, arguments->share);
        return 0;
    case KEY_SEGMENT:
        arguments->segment = argument;
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    case KEY_CLAIMS:
        jk_cli_refuse_stdout(state, "--claims", argument);
        arguments->claims_path = argument;
        return 0;
    case ARGP_KEY_END:
        check_break_even(arguments, state);
        if (arguments->scenarios_path == NULL && arguments->break_even < 0 && arguments->missing_count == 0) {
            argp_error(state, "--scenarios S.yaml is needed, for example data/scenarios/nordic.yaml");
        }
        arguments->modes = arguments->modes != 0 ? arguments->modes : JK_MODE_REPLANNED | JK_MODE_COMMITTED;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the work -------------------------------------------------------------------------------------------------- */

static jk_status check_outputs(const scenario_arguments *arguments, jk_error *error) {
    const char *const inputs[] = {arguments->valuing.tape_path, arguments->valuing.model_path,
                                  arguments->scenarios_path};
    const char *const outputs[] = {arguments->json_path, arguments->claims_path};
    return jk_cli_check_outputs(inputs, 3, outputs, 2, error);
}

static jk_status find_segment(const scenario_arguments *arguments, int *segment, jk_error *error) {
    const jk_model *model = arguments->valuing.model;
    *segment = -1;
    for (size_t s = 0; arguments->segment != NULL && s < model->segment_count; s++) {
        if (strcmp(model->segments[s].id, arguments->segment) == 0) {
            *segment = (int)s;
        }
    }
    if (arguments->segment != NULL && *segment < 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "--segment", "the model has no segment '%.80s'",
                       arguments->segment);
    }
    return JK_OK;
}

static jk_status value_scenarios(const scenario_arguments *arguments, const jk_scenarios *set, jk_scenario_grid *grid,
                                 jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    jk_scenario_run run = {set->scenarios, set->count, &arguments->irr, 1, arguments->modes};
    jk_scenario_claims *claims = NULL;
    jk_value_sink sink = {0};
    jk_status status = JK_OK;
    if (arguments->claims_path != NULL) {
        status = jk_scenario_claims_open(arguments->claims_path, valuing->tape, valuing->model, &run, &claims, error);
    }
    if (status == JK_OK && claims != NULL) {
        sink = jk_scenario_claims_sink(claims);
    }
    if (status == JK_OK && valuing->explain_memory) {
        jk_value_memory memory;
        status = jk_scenario_grid_memory(valuing->tape, valuing->model, &valuing->options, &run, &sink, claims != NULL,
                                         &memory, error);
        if (status == JK_OK) {
            jk_cli_valuing_tell_memory(valuing, &memory);
        }
    }
    if (status == JK_OK) {
        status = jk_scenario_grid_make(valuing->tape, valuing->model, &valuing->options, &run, &sink, claims != NULL,
                                       grid, error);
    }
    if (status == JK_OK && claims != NULL) {
        return jk_scenario_claims_commit(claims, error);
    }
    jk_scenario_claims_abort(claims);
    return status;
}

static jk_status work(scenario_arguments *arguments, jk_scenarios **set, jk_scenario_grid *grid, int *segment,
                      jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    jk_status status = check_outputs(arguments, error);
    if (status == JK_OK) {
        status = jk_cli_valuing_open(valuing, &arguments->common, error);
    }
    if (status == JK_OK) {
        jk_cli_note_rate(&arguments->common, arguments->irr);
        status = find_segment(arguments, segment, error);
    }
    if (status != JK_OK || arguments->break_even >= 0 || arguments->missing_count > 0) {
        return status;
    }
    status = jk_scenarios_load(arguments->scenarios_path, valuing->model, set, error);
    if (status == JK_OK) {
        status = value_scenarios(arguments, *set, grid, error);
    }
    bool to_file = arguments->json_path != NULL && strcmp(arguments->json_path, "-") != 0;
    if (status == JK_OK && to_file) {
        status =
            jk_cli_write_text(arguments->json_path, jk_scenario_json(valuing->tape, valuing->model, *set, grid), error);
    }
    return status;
}

static int print(const scenario_arguments *arguments, const jk_scenario_view *view) {
    if (jk_cli_json_on_stdout(&arguments->common, arguments->json_path)) {
        return jk_cli_print_text(jk_scenario_json(view->valuing->tape, view->valuing->model, view->set, view->grid));
    }
    return arguments->common.format == JK_FORMAT_CSV ? jk_scenario_print_csv(view) : jk_scenario_print_tables(view);
}

static int find_break_even(const scenario_arguments *arguments, jk_error *error) {
    bool bid = arguments->asked_count > 0;
    jk_break_even_wish wish = {.key = (jk_stress_key)arguments->break_even,
                               .irr = arguments->irr,
                               .committed = bid && arguments->modes == JK_MODE_COMMITTED,
                               .measure = bid ? JK_MEASURE_BID : JK_MEASURE_LEGAL_SHARE};
    if (arguments->segment != NULL) {
        wish.where = (jk_where){0, NULL, 1, &arguments->segment};
    }
    return jk_scenario_break_even(&arguments->common, &arguments->valuing, &wish,
                                  bid ? arguments->asked : arguments->share,
                                  bid ? arguments->asked_count : arguments->share_count, arguments->json_path, error);
}

static int print_or_find(const scenario_arguments *arguments, const jk_scenario_view *view, jk_error *error) {
    if (arguments->missing_count > 0) {
        return jk_scenario_missing(&arguments->common, &arguments->valuing, arguments->irr, arguments->missing,
                                   arguments->missing_count, arguments->json_path, error);
    }
    return arguments->break_even >= 0 ? find_break_even(arguments, error) : print(arguments, view);
}

static int run_scenario(int argc, char **argv) {
    static const struct argp_child children[] = {
        {&jk_cli_common_argp, 0, NULL, 0}, {&jk_cli_valuing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5",
        .doc = "The portfolio under named stresses, side by side with the base: value, bid, collections, and the "
               "decisions that change, with plans made for each scenario and with the base plan kept.\v"
               "Examples:\n"
               "  jalki scenario tape.h5 --model models/nordic.yaml --scenarios data/scenarios/nordic.yaml\n"
               "  jalki scenario tape.h5 --model models/nordic.yaml --scenarios data/scenarios/nordic.yaml \\\n"
               "    --committed --irr 0.12 --json scenarios.json --claims claims.csv\n"
               "  jalki scenario tape.h5 --model models/nordic.yaml --break-even recovery --asked 1500000 --irr 0.12\n"
               "  jalki scenario tape.h5 --model models/nordic.yaml --break-even court_cost\n"
               "  jalki scenario tape.h5 --model models/nordic.yaml --missing all\n",
        .children = children,
    };
    scenario_arguments arguments = {.irr = (double)NAN, .break_even = -1};
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_error error = {0};
    jk_scenarios *set = NULL;
    jk_scenario_grid grid = {0};
    int segment = -1;
    jk_status status = work(&arguments, &set, &grid, &segment, &error);
    jk_scenario_view view = {&arguments.valuing, set, &grid, segment};
    int code = 0;
    if (status != JK_OK) {
        code = jk_cli_fail(&error);
    } else {
        code = print_or_find(&arguments, &view, &error);
    }
    jk_scenario_grid_reset(&grid);
    jk_scenarios_free(set);
    jk_cli_valuing_close(&arguments.valuing);
    return code;
}

const jk_command jk_command_scenario = {"scenario", "the portfolio under named stresses, side by side with the base",
                                        run_scenario};
