/* SPDX-License-Identifier: Apache-2.0 */
/* jalki decide: what to do with each claim when court budget, agent hours or claims per treatment are limited. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/decide_command.h"
#include "jalki/export.h"

enum {
    KEY_IRR = 0x5001,
    KEY_COURT,
    KEY_HOURS,
    KEY_MAX,
    KEY_NO_SELL,
    KEY_BY_DEBTOR,
    KEY_TEAM,
    KEY_CURVE,
    KEY_CLAIMS,
    KEY_JSON
};

static const struct argp_option options[] = {
    {"court-budget", KEY_COURT, "[SCOPE=]AMOUNT", 0,
     "Court fees that may be paid now, base currency; SCOPE is a country, a segment or a team [all]", 1},
    {"agent-hours", KEY_HOURS, "[SCOPE=]HOURS", 0, "Agent hours in the first epoch", 1},
    {"max", KEY_MAX, "ACTION[@SCOPE]=N", 0, "Most claims under sell, surveil, amicable or legal", 1},
    {"team", KEY_TEAM, "NAME=SCOPE,SCOPE...", 0,
     "A team that works these countries and segments; NAME is then a SCOPE of limits", 1},
    {"by-debtor", KEY_BY_DEBTOR, NULL, 0, "One treatment for all claims of a debtor; court is filed once", 1},
    {"no-sell", KEY_NO_SELL, NULL, 0, "Never sell [claims are sold on where that is worth most]", 1},
    {"irr", KEY_IRR, "RATE", 0, "Required yearly return, 0.15 is 15 % [the model's]", 2},
    {"curve", KEY_CURVE, "LIMIT=FROM:TO:N", 0,
     "What-if: the result for N amounts of court-budget or agent-hours (the limit for all)", 2},
    {"claims", KEY_CLAIMS, "F.csv", 0, "Decision per claim with its court cost and hours, CSV", 3},
    {"output", 'o', "R.h5", 0, "Valuation per claim without limits, HDF5", 3},
    {"json", KEY_JSON, "F", 0, "Decisions, limits and shadow prices as JSON; - is stdout", 3},
    {0},
};

static limit_argument *next_limit(decide_arguments *arguments, struct argp_state *state) {
    if (arguments->limit_count == JK_LIMITS_MAX) {
        argp_error(state, "at most %d limits are possible", JK_LIMITS_MAX);
    }
    return &arguments->limit[arguments->limit_count++];
}

static void take_scope(struct argp_state *state, limit_argument *limit, const char *text, size_t length) {
    if (length == 0 || length >= sizeof limit->scope) {
        argp_error(state, "'%s': the scope of a limit is a country, a segment or a team", text);
        return;
    }
    memcpy(limit->scope, text, length);
    limit->scope[length] = '\0';
}

static void add_amount(decide_arguments *arguments, struct argp_state *state, jk_resource resource, const char *option,
                       const char *text) {
    limit_argument *limit = next_limit(arguments, state);
    const char *equals = strrchr(text, '=');
    *limit = (limit_argument){.resource = resource};
    if (equals != NULL) {
        take_scope(state, limit, text, (size_t)(equals - text));
    }
    limit->amount = jk_cli_real(state, option, equals != NULL ? equals + 1 : text, 0.0, 1e12);
}

static void add_count(decide_arguments *arguments, struct argp_state *state, const char *text) {
    limit_argument *limit = next_limit(arguments, state);
    const char *equals = strrchr(text, '=');
    const char *at = strchr(text, '@');
    size_t name = strcspn(text, "@=");
    *limit = (limit_argument){.resource = JK_RESOURCE_CLAIMS};
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        const char *action = jk_action_name((jk_action)a);
        if (strlen(action) == name && strncmp(text, action, name) == 0) {
            limit->action = (jk_action)a;
        }
    }
    if (equals == NULL || limit->action == JK_CLOSE) {
        argp_error(state, "--max: '%s' is not ACTION=N or ACTION@SCOPE=N with sell, surveil, amicable or legal", text);
        return;
    }
    if (at != NULL) {
        take_scope(state, limit, at + 1, (size_t)(equals - at - 1));
    }
    limit->amount = (double)jk_cli_integer(state, "--max", equals + 1, 0, 1000000000000);
}

static void take_curve(decide_arguments *arguments, struct argp_state *state, const char *text) {
    char name[32] = "";
    char from[32] = "";
    char to[32] = "";
    char steps[16] = "";
    if (sscanf(text, "%31[^=]=%31[^:]:%31[^:]:%15s", name, from, to, steps) != 4 ||
        (strcmp(name, "court-budget") != 0 && strcmp(name, "agent-hours") != 0)) {
        argp_error(state, "--curve: '%s' is not court-budget=FROM:TO:N or agent-hours=FROM:TO:N", text);
        return;
    }
    arguments->curve = text;
    arguments->curve_resource = strcmp(name, "court-budget") == 0 ? JK_RESOURCE_COURT : JK_RESOURCE_HOURS;
    arguments->curve_from = jk_cli_real(state, "--curve", from, 0.0, 1e12);
    arguments->curve_to = jk_cli_real(state, "--curve", to, arguments->curve_from, 1e12);
    arguments->curve_steps = (int)jk_cli_integer(state, "--curve", steps, 2, CURVE_MAX);
}

static void take_team(decide_arguments *arguments, struct argp_state *state, char *text) {
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0' ||
        (size_t)(equals - text) >= sizeof arguments->limit[0].scope) {
        argp_error(state, "--team: '%s' is not NAME=SCOPE,SCOPE... with countries and segments", text);
    } else if (arguments->team_count == TEAMS_MAX) {
        argp_error(state, "--team: at most %d", (int)TEAMS_MAX);
    } else {
        arguments->team[arguments->team_count++] = text;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    decide_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        state->child_inputs[1] = &arguments->valuing;
        return 0;
    case KEY_COURT:
        add_amount(arguments, state, JK_RESOURCE_COURT, "--court-budget", argument);
        return 0;
    case KEY_HOURS:
        add_amount(arguments, state, JK_RESOURCE_HOURS, "--agent-hours", argument);
        return 0;
    case KEY_MAX:
        add_count(arguments, state, argument);
        return 0;
    case KEY_TEAM:
        take_team(arguments, state, argument);
        return 0;
    case KEY_BY_DEBTOR:
        arguments->by_debtor = true;
        return 0;
    case KEY_NO_SELL:
        arguments->no_sell = true;
        return 0;
    case KEY_IRR:
        arguments->irr = jk_cli_real(state, "--irr", argument, -0.99, 100.0);
        return 0;
    case KEY_CURVE:
        take_curve(arguments, state, argument);
        return 0;
    case KEY_CLAIMS:
        arguments->claims_path = argument;
        return 0;
    case 'o':
        arguments->results_path = argument;
        return 0;
    case KEY_JSON:
        arguments->json_path = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the work -------------------------------------------------------------------------------------------------- */

/* NAME=SCOPE,SCOPE...: what is written is cut into its words. */
static jk_status read_teams(decide_arguments *arguments, decide_work *work, jk_error *error) {
    for (size_t t = 0; t < arguments->team_count; t++) {
        char *members = strchr(arguments->team[t], '=');
        *members++ = '\0';
        work->teams[t] = (jk_team){.name = arguments->team[t]};
        char *rest = NULL;
        for (char *word = strtok_r(members, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) {
            jk_status status = jk_team_member(work->candidates, word, &work->teams[t], error);
            if (status != JK_OK) {
                return status;
            }
        }
    }
    return JK_OK;
}

static jk_status read_limits(decide_arguments *arguments, decide_work *work, jk_error *error) {
    jk_status teams = read_teams(arguments, work, error);
    if (teams != JK_OK) {
        return teams;
    }
    for (size_t m = 0; m < arguments->limit_count; m++) {
        const limit_argument *limit = &arguments->limit[m];
        work->limits[m] = (jk_limit){limit->resource, limit->action, JK_SCOPE_ALL, JK_SCOPE_ALL, limit->amount, NULL};
        if (limit->scope[0] != '\0') {
            jk_status status = jk_limit_scope(work->candidates, work->teams, arguments->team_count, limit->scope,
                                              &work->limits[m], error);
            if (status != JK_OK) {
                return status;
            }
        }
    }
    work->options.limits = work->limits;
    work->options.limit_count = arguments->limit_count;
    work->options.by_debtor = arguments->by_debtor;
    work->options.run = arguments->valuing.options.run;
    return JK_OK;
}

/* The limit that the curve varies: the first of its resource for all, or one more. */
static jk_status draw_curve(const decide_arguments *arguments, decide_work *work, jk_error *error) {
    jk_decide_options varied = work->options;
    jk_limit limits[JK_LIMITS_MAX + 1];
    memcpy(limits, work->limits, sizeof work->limits);
    size_t m = 0;
    while (m < varied.limit_count &&
           (limits[m].resource != arguments->curve_resource || limits[m].country != JK_SCOPE_ALL ||
            limits[m].segment != JK_SCOPE_ALL || limits[m].team != NULL)) {
        m++;
    }
    if (m == varied.limit_count) {
        limits[m] = (jk_limit){arguments->curve_resource, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL};
        varied.limit_count++;
        work->limits[m] = limits[m]; /* named in the output; the decisions above were made without it */
    }
    work->curve_limit = m;
    varied.limits = limits;
    for (int i = 0; i < arguments->curve_steps; i++) {
        double part = (double)i / (double)(arguments->curve_steps - 1);
        limits[m].amount = arguments->curve_from + part * (arguments->curve_to - arguments->curve_from);
        jk_decided decided;
        jk_status status = jk_decide(work->candidates, &varied, &decided, error);
        if (status != JK_OK) {
            return status;
        }
        work->curve[i] = (jk_curve_point){limits[m].amount, decided.objective, decided.bound, decided.price[m]};
        jk_decided_reset(&decided);
    }
    return JK_OK;
}

/* The claims file needs the decisions, which need all values: the claims are valued once more, to the same bits. */
static jk_status write_claims(const decide_arguments *arguments, const decide_work *work, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    const jk_candidates *candidates = work->candidates;
    const jk_claims_column columns[] = {
        {.name = "court_cost", .parts = candidates->court, .decimals = 2},
        {.name = "hours_surveil", .parts = candidates->hours[JK_TREAT_SURVEIL], .decimals = 4},
        {.name = "hours_amicable", .parts = candidates->hours[JK_TREAT_AMICABLE], .decimals = 4},
        {.name = "hours_legal", .parts = candidates->hours[JK_TREAT_LEGAL], .decimals = 4},
        {.name = "decision_free", .action = work->decided.free},
    };
    jk_claims_file *file = NULL;
    jk_valuation again = {0};
    jk_status status = jk_claims_open(arguments->claims_path, valuing->tape, valuing->model, true, &file, error);
    if (status == JK_OK) {
        status = jk_claims_add(file, work->decided.decision, columns, sizeof columns / sizeof columns[0], error);
    }
    if (status == JK_OK) {
        jk_value_sink sink = jk_claims_sink(file);
        status = jk_value_run(valuing->tape, valuing->model, &valuing->options, &sink, 1, &again, error);
    }
    jk_valuation_reset(&again);
    if (status == JK_OK) {
        return jk_claims_commit(file, error);
    }
    jk_claims_abort(file);
    return status;
}

static jk_status value_candidates(decide_arguments *arguments, decide_work *work, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    jk_results_file *results = NULL;
    jk_value_sink sinks[2];
    size_t sink_count = 0;
    valuing->sell = !arguments->no_sell;
    jk_status status = jk_cli_valuing_open(valuing, &arguments->common, error);
    valuing->options.irr = arguments->irr;
    jk_cli_note_rate(&arguments->common, arguments->irr);
    if (status == JK_OK) {
        status = jk_candidates_create(valuing->tape, valuing->model, &work->candidates, error);
    }
    if (status == JK_OK) {
        status = read_limits(arguments, work, error);
    }
    if (status == JK_OK && arguments->results_path != NULL) {
        status = jk_results_open(arguments->results_path, valuing->tape, valuing->model, &results, error);
    }
    if (status == JK_OK) {
        sinks[sink_count++] = jk_candidates_sink(work->candidates);
        if (results != NULL) {
            sinks[sink_count++] = jk_results_sink(results);
        }
        status = jk_cli_valuing_explain(valuing, 1, sinks, sink_count, error);
    }
    if (status == JK_OK) {
        status =
            jk_value_run(valuing->tape, valuing->model, &valuing->options, sinks, sink_count, &work->valuation, error);
    }
    if (status == JK_OK && results != NULL) {
        status = jk_results_commit(results, &work->valuation, error);
        results = NULL;
    }
    jk_results_abort(results);
    return status;
}

static jk_status decide_tape(decide_arguments *arguments, decide_work *work, jk_error *error) {
    const char *const outputs[] = {arguments->results_path, arguments->claims_path, arguments->json_path};
    jk_status status = jk_cli_valuing_outputs(&arguments->valuing, outputs, sizeof outputs / sizeof outputs[0], error);
    if (status == JK_OK) {
        status = value_candidates(arguments, work, error);
    }
    if (status == JK_OK) {
        status = jk_decide(work->candidates, &work->options, &work->decided, error);
    }
    if (status == JK_OK && arguments->curve != NULL) {
        status = draw_curve(arguments, work, error);
    }
    if (status == JK_OK && arguments->claims_path != NULL) {
        status = write_claims(arguments, work, error);
    }
    if (status == JK_OK && arguments->json_path != NULL && strcmp(arguments->json_path, "-") != 0) {
        char *text = jk_cli_decide_json(arguments, work);
        status = text != NULL ? jk_text_write(arguments->json_path, text, error) : JK_ERROR_MEMORY;
        free(text);
    }
    return status;
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static int run_decide(int argc, char **argv) {
    static const struct argp_child children[] = {
        {&jk_cli_common_argp, 0, NULL, 0}, {&jk_cli_valuing_own_sell_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "T.h5",
        .doc = "Decides per claim what to do when court budget, agent hours or the number of claims per treatment are "
               "limited, and "
               "says what one more of each is worth. Selling is allowed unless --no-sell.\v"
               "Examples:\n"
               "  jalki decide tape.h5 --model models/nordic.yaml --court-budget 50000 --agent-hours 1200\n"
               "  jalki decide tape.h5 --model models/nordic.yaml --court-budget FI=20000 --max legal@SE=300 "
               "--claims decisions.csv\n"
               "  jalki decide tape.h5 --model models/nordic.yaml --curve court-budget=0:100000:11\n",
        .children = children,
    };
    decide_arguments *arguments = calloc(1, sizeof *arguments);
    decide_work *work = calloc(1, sizeof *work);
    if (arguments == NULL || work == NULL) {
        (void)fprintf(stderr, "jalki: out of memory\n");
        free(arguments);
        free(work);
        return 1;
    }
    arguments->irr = NAN;
    int code = 2;
    if (argp_parse(&argp, argc, argv, 0, NULL, arguments) == 0) {
        jk_error error = {0};
        jk_status status = decide_tape(arguments, work, &error);
        if (status != JK_OK && error.status == JK_OK) {
            error = (jk_error){.status = status};
        }
        code = status == JK_OK ? jk_cli_decide_print(arguments, work) : jk_cli_fail(&error);
        jk_decided_reset(&work->decided);
        jk_candidates_free(work->candidates);
        jk_valuation_reset(&work->valuation);
        jk_cli_valuing_close(&arguments->valuing);
    }
    free(arguments);
    free(work);
    return code;
}

const jk_command jk_command_decide = {
    "decide", "what to do with each claim when means are limited, and what more of them is worth", run_decide};
