/* SPDX-License-Identifier: Apache-2.0 */
/* jalki decide: what to do with each claim when court budget, agent hours or claims per treatment are limited. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
#include "cli/options/groups.h"
#include "cli/print/strata_print.h"
#include "cli/work/decide_command.h"
#include "jalki/export.h"

static limit_argument *next_limit(decide_arguments *arguments, jk_usage *usage) {
    if (arguments->limit_count == JK_LIMITS_MAX) {
        jk_usage_error(usage, "at most %d limits are possible", JK_LIMITS_MAX);
        return NULL;
    }
    return &arguments->limit[arguments->limit_count++];
}

static void take_scope(jk_usage *usage, limit_argument *limit, const char *text, size_t length) {
    if (length == 0 || length >= sizeof limit->scope) {
        jk_usage_error(usage, "'%s': the scope of a limit is a country, a segment or a team", text);
        return;
    }
    memcpy(limit->scope, text, length);
    limit->scope[length] = '\0';
}

/* HOURS,HOURS...: the first are a limit of the decisions, all of them one of the plan behind the values. */
static void read_later(jk_usage *usage, const char *name, const limit_argument *limit, decide_arguments *arguments,
                       char *amounts) {
    if (limit->resource != JK_RESOURCE_HOURS || limit->scope[0] != '\0' || arguments->later.given_count > 0) {
        jk_usage_error(usage, "%s: several amounts are hours of all claims, given once; expected one amount", name);
        return;
    }
    jk_cli_read_hours(usage, name, amounts, &arguments->later); /* and ends the text after the first of them */
}

static void read_amount(jk_usage *usage, const char *name, char *text, void *field) {
    limit_argument *limit = next_limit(field, usage);
    if (limit == NULL) {
        return;
    }
    const char *equals = strrchr(text, '=');
    *limit = (limit_argument){.resource = strcmp(name, "--court-budget") == 0 ? JK_RESOURCE_COURT : JK_RESOURCE_HOURS};
    if (equals != NULL) {
        take_scope(usage, limit, text, (size_t)(equals - text));
    }
    char *amount = equals != NULL ? text + (equals - text) + 1 : text;
    if (strchr(amount, ',') != NULL) {
        read_later(usage, name, limit, field, amount);
    }
    limit->amount = jk_usage_real(usage, name, amount, 0.0, 1e12);
}

static void read_max(jk_usage *usage, const char *name, char *text, void *field) {
    limit_argument *limit = next_limit(field, usage);
    if (limit == NULL) {
        return;
    }
    const char *equals = strrchr(text, '=');
    const char *at = strchr(text, '@');
    size_t length = strcspn(text, "@=");
    *limit = (limit_argument){.resource = JK_RESOURCE_CLAIMS};
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        const char *action = jk_action_name((jk_action)a);
        if (strlen(action) == length && strncmp(text, action, length) == 0) {
            limit->action = (jk_action)a;
        }
    }
    if (equals == NULL || limit->action == JK_CLOSE) {
        jk_usage_error(usage, "%s: '%s' is not ACTION=N or ACTION@SCOPE=N with sell, surveil, amicable or legal", name,
                       text);
        return;
    }
    if (at != NULL) {
        take_scope(usage, limit, at + 1, (size_t)(equals - at - 1));
    }
    limit->amount = (double)jk_usage_integer(usage, name, equals + 1, 0, 1000000000000);
}

/* LIMIT[@SCOPE]=FROM:TO:N; the scope may have any characters but these. */
static void read_curve(jk_usage *usage, const char *name, char *text, void *field) {
    decide_arguments *arguments = field;
    static const char *const limits[] = {"court-budget", "agent-hours"};
    const char *equals = strrchr(text, '='), *at = strchr(text, '@');
    size_t length = strcspn(text, "@=");
    char from[32] = "", to[32] = "", steps[16] = "";
    int limit = -1;
    for (int l = 0; l < 2; l++) {
        limit = strlen(limits[l]) == length && strncmp(limits[l], text, length) == 0 ? l : limit;
    }
    if (limit < 0 || equals == NULL || sscanf(equals, "=%31[^:]:%31[^:]:%15s", from, to, steps) != 3) {
        jk_usage_error(usage, "%s: '%s' is not court-budget[@SCOPE]=FROM:TO:N or agent-hours[@SCOPE]=FROM:TO:N", name,
                       text);
        return;
    }
    if (at != NULL) {
        take_scope(usage, &arguments->curve_scope, at + 1, (size_t)(equals - at - 1));
    }
    arguments->curve = text;
    arguments->curve_resource = limit == 0 ? JK_RESOURCE_COURT : JK_RESOURCE_HOURS;
    arguments->curve_from = jk_usage_real(usage, name, from, 0.0, 1e12);
    arguments->curve_to = jk_usage_real(usage, name, to, arguments->curve_from, 1e12);
    arguments->curve_steps = (int)jk_usage_integer(usage, name, steps, 2, CURVE_MAX);
}

static const jk_option options[] = {
    {"court-budget", .kind = JK_OPTION_SPECIAL, .read = read_amount, .value = "[SCOPE=]AMOUNT", .otherwise = "all",
     .example = "FI=20000",
     .help = "Court fees that may be paid now, base currency; SCOPE is a country, a segment or a team"},
    {"agent-hours", .kind = JK_OPTION_SPECIAL, .read = read_amount, .value = "[SCOPE=]HOURS[,HOURS...]",
     .example = "1200,1500",
     .help = "Agent hours in the first epoch; more of them, without SCOPE, are those of the next epochs"},
    {"max", .kind = JK_OPTION_SPECIAL, .read = read_max, .value = "ACTION[@SCOPE]=N", .example = "legal@SE=300",
     .help = "Most claims under sell, surveil, amicable or legal"},
    JK_TEAM_OPTION(decide_arguments, teams),
    {"cautious", .kind = JK_OPTION_FILE_IN, JK_FIELD(decide_arguments, cautious), .value = "E.json",
     .help = "Treatments that fit --experiment has not shown to bring more than watching are worth no more than that"},
    {"by-claim", .kind = JK_OPTION_FLAG, JK_FIELD(decide_arguments, by_claim),
     .otherwise = "one treatment for all claims of a debtor, who is filed against and called once",
     .help = "Each claim for itself, with its own hours and its share of a court fee"},
    JK_BY_OPTION(decide_arguments, by),
    {"curve", .kind = JK_OPTION_SPECIAL, .read = read_curve, .value = "LIMIT[@SCOPE]=FROM:TO:N",
     .example = "court-budget=0:100000:11",
     .help = "What-if: the result for N amounts of court-budget or agent-hours, for all or a country, segment or team"},
    {0},
};

static const jk_option outputs[] = {
    {"claims", .kind = JK_OPTION_FILE_OUT, JK_FIELD(decide_arguments, claims_path), .value = "F.csv",
     .help = "Decision per claim with its court cost and hours, CSV"},
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(decide_arguments, results_path), .value = "R.h5",
     .help = "Valuation per claim without limits, HDF5"},
    {0},
};

/* ---- the work -------------------------------------------------------------------------------------------------- */

static jk_status read_limits(decide_arguments *arguments, decide_work *work, jk_error *error) {
    JK_TRY(jk_cli_bind_teams(&arguments->teams, work->candidates->tape, work->candidates->model, error));
    for (size_t m = 0; m < arguments->limit_count; m++) {
        const limit_argument *limit = &arguments->limit[m];
        work->limits[m] = (jk_limit){limit->resource, limit->action, JK_SCOPE_ALL, JK_SCOPE_ALL, limit->amount, NULL};
        if (limit->scope[0] != '\0') {
            JK_TRY(jk_limit_scope(work->candidates, arguments->teams.team, arguments->teams.count, limit->scope,
                                  &work->limits[m], error));
        }
    }
    work->options.limits = work->limits;
    work->options.limit_count = arguments->limit_count;
    work->options.by_debtor = !arguments->by_claim;
    work->options.run = arguments->valuing.options.run;
    return JK_OK;
}

static bool same_limit(const jk_limit *one, const jk_limit *other) {
    return one->resource == other->resource && one->country == other->country && one->segment == other->segment &&
           one->team == other->team;
}

/* The limit that the curve varies: the first of its resource and scope, or one more. */
static jk_status draw_curve(const decide_arguments *arguments, decide_work *work, jk_error *error) {
    jk_decide_options varied = work->options;
    jk_limit limits[JK_LIMITS_MAX + 1];
    jk_limit wanted = {arguments->curve_resource, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL};
    if (arguments->curve_scope.scope[0] != '\0') {
        JK_TRY(jk_limit_scope(work->candidates, arguments->teams.team, arguments->teams.count,
                              arguments->curve_scope.scope, &wanted, error));
    }
    memcpy(limits, work->limits, sizeof work->limits);
    size_t m = 0;
    while (m < varied.limit_count && !same_limit(&limits[m], &wanted)) {
        m++;
    }
    if (m == JK_LIMITS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "--curve", "with %d limits there is no room for its own",
                       (int)JK_LIMITS_MAX);
    }
    if (m == varied.limit_count) {
        limits[m] = wanted;
        varied.limit_count++;
        work->limits[m] = wanted; /* named in the output; the decisions above were made without it */
    }
    work->curve_limit = m;
    varied.limits = limits;
    for (int i = 0; i < arguments->curve_steps; i++) {
        double part = (double)i / (double)(arguments->curve_steps - 1);
        limits[m].amount = arguments->curve_from + part * (arguments->curve_to - arguments->curve_from);
        jk_decided decided;
        JK_TRY(jk_decide(work->candidates, &varied, &decided, error));
        work->curve[i] = (jk_curve_point){limits[m].amount, decided.objective, decided.bound, decided.price[m]};
        jk_decided_reset(&decided);
    }
    return JK_OK;
}

/* At the model's own costs, or with the prices of later hours besides. */
static jk_status value_once(const decide_arguments *arguments, const decide_work *work, const jk_value_sink *sinks,
                            size_t sink_count, jk_valuation *valuation, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    const jk_value_case priced = {.irr = valuing->options.irr, .keeps = -1, .hour_price = work->hour_price};
    return jk_value_cases(valuing->tape, valuing->model, &valuing->options, &priced, 1, sinks, sink_count, valuation,
                          error);
}

/* Finds the prices of later hours; those of the first epoch are limited by the decisions themselves. */
static jk_status price_later(decide_arguments *arguments, decide_work *work, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    if (arguments->later.given_count < 2) {
        return JK_OK;
    }
    JK_TRY(jk_hours_solve(valuing->tape, valuing->model, &valuing->options, &arguments->later, error));
    arguments->later.price[0] = 0.0;
    work->hour_price = arguments->later.price;
    return JK_OK;
}

/* What the same limits would be worth claim by claim, when the decisions are carried out. */
static jk_status compare_claim_by_claim(const decide_arguments *arguments, decide_work *work, jk_error *error) {
    jk_decide_options each = work->options;
    jk_decided decided;
    work->claim_by_claim = (double)NAN;
    if (arguments->by_claim) {
        return JK_OK;
    }
    each.by_debtor = false;
    JK_TRY(jk_decide(work->candidates, &each, &decided, error));
    jk_status status = jk_decided_carried_out(work->candidates, &decided, &work->claim_by_claim, error);
    jk_decided_reset(&decided);
    return status;
}

/* The claims file needs the decisions, which need all values: the claims are valued once more, to the same bits. */
static jk_status write_claims(const decide_arguments *arguments, const decide_work *work, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    const jk_candidates *candidates = work->candidates;
    const jk_claims_column columns[] = {
        {.parts = candidates->court},
        {.parts = candidates->hours[JK_TREAT_SURVEIL]},
        {.parts = candidates->hours[JK_TREAT_AMICABLE]},
        {.parts = candidates->hours[JK_TREAT_LEGAL]},
        {.action = work->decided.free},
    };
    jk_claims_file *file = NULL;
    jk_valuation again = {0};
    jk_status status = jk_claims_open(arguments->claims_path, valuing->tape, valuing->model, true, &file, error);
    if (status == JK_OK) {
        status = jk_claims_add(file, work->decided.decision, &jk_cli_decide_claims_rows, columns, error);
    }
    if (status == JK_OK) {
        jk_value_sink sink = jk_claims_sink(file);
        status = value_once(arguments, work, &sink, 1, &again, error);
    }
    jk_valuation_reset(&again);
    if (status == JK_OK) {
        return jk_claims_commit(file, error);
    }
    jk_claims_abort(file);
    return status;
}

/* Values the tape into the candidates and, where it is asked for, into the results' file. */
static jk_status value_into(decide_arguments *arguments, decide_work *work, jk_results_file *results, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    jk_value_sink sinks[3] = {jk_candidates_sink(work->candidates)};
    size_t sink_count = 1;
    sinks[0].held += !arguments->by_claim ? work->candidates->claims * JK_DECIDE_DEBTOR_BYTES : 0;
    if (results != NULL) {
        sinks[sink_count++] = jk_results_sink(results);
    }
    JK_TRY(jk_cli_strata_open(valuing, arguments->by, (jk_strata_shape){1, 1}, &work->combinations, error));
    if (work->combinations != NULL) {
        JK_TRY(jk_strata_keep(work->combinations, error));
        sinks[sink_count++] = jk_strata_sink(work->combinations);
    }
    JK_TRY(jk_cli_valuing_explain(valuing, 1, sinks, sink_count, error));
    return value_once(arguments, work, sinks, sink_count, &work->valuation, error);
}

static jk_status value_candidates(decide_arguments *arguments, decide_work *work, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    JK_TRY(jk_candidates_create(valuing->tape, valuing->model, &work->candidates, error));
    JK_TRY(read_limits(arguments, work, error));
    JK_TRY(price_later(arguments, work, error));
    if (arguments->results_path == NULL) {
        return value_into(arguments, work, NULL, error);
    }
    jk_results_file *results = NULL;
    JK_TRY(jk_results_open(arguments->results_path, valuing->tape, valuing->model, &results, error));
    jk_status status = value_into(arguments, work, results, error);
    if (status != JK_OK) {
        jk_results_abort(results);
        return status;
    }
    return jk_results_commit(results, &work->valuation, error);
}

static jk_status decide_tape(decide_arguments *arguments, decide_work *work, jk_error *error) {
    JK_TRY(value_candidates(arguments, work, error));
    if (arguments->cautious != NULL) {
        JK_TRY(jk_candidates_be_cautious(work->candidates, arguments->cautious, &work->cautious, error));
    }
    JK_TRY(jk_decide(work->candidates, &work->options, &work->decided, error));
    JK_TRY(compare_claim_by_claim(arguments, work, error));
    if (work->combinations != NULL) {
        JK_TRY(jk_decided_strata_make(work->combinations, work->candidates, &work->decided, &work->strata, error));
    }
    if (arguments->curve != NULL) {
        JK_TRY(draw_curve(arguments, work, error));
    }
    if (arguments->claims_path != NULL) {
        JK_TRY(write_claims(arguments, work, error));
    }
    JK_TRY(jk_cli_decide_workbook(arguments, work, error));
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path, jk_cli_decide_json(arguments, work), error)
               : JK_OK;
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static int run_decide(void *command) {
    decide_arguments *arguments = command;
    decide_work *work = &arguments->work;
    jk_error error = {0};
    jk_status status = decide_tape(arguments, work, &error);
    int code = status == JK_OK ? jk_cli_decide_print(arguments, work) : jk_cli_fail(&error);
    jk_decided_strata_free(work->strata);
    jk_strata_free(work->combinations);
    jk_decided_reset(&work->decided);
    jk_candidates_free(work->candidates);
    jk_valuation_reset(&work->valuation);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_decide = {
    .name = "decide",
    .summary = "what to do with each claim when means are limited, and what more of them is worth",
    .purpose = "Decides per claim what to do when court budget, agent hours or the number of claims per treatment are "
               "limited, and says what one more of each is worth.",
    .examples =
        {"jalki decide tape.h5 --model models/nordic.yaml --court-budget 50000 --agent-hours 1200",
         "jalki decide tape.h5 --model models/nordic.yaml --court-budget FI=20000 --max legal@SE=300 "
         "--claims decisions.csv",
         "jalki decide tape.h5 --model models/nordic.yaml --court-budget 20000 --by country,product --language fi",
         "jalki decide tape.h5 --model models/nordic.yaml --curve court-budget=0:100000:11"},
    .operand = JK_VALUED_TAPE(decide_arguments),
    .groups = {{"Limits", options, 0, false},
               JK_VALUING_GROUP(decide_arguments),
               JK_IRR_GROUP(decide_arguments),
               JK_SELL_GROUP(decide_arguments),
               {"Output", outputs, 0, false},
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(decide_arguments)},
    .size = sizeof(decide_arguments),
    .no_parts = "weighs all claims against each other and then goes through them once more to write what was "
                "decided; expected ranks (mpirun jalki-mpi decide), or worklist, which has parts",
    .shares_work = true,
    .run = run_decide,
};
