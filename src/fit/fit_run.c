/* SPDX-License-Identifier: Apache-2.0 */
/* A fit from its parts. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/escape.h"
#include "base/text/text.h"
#include "fit/fit_internal.h"
#include "fit/payers/payers.h"
#include "fit/transitions/transitions.h"
#include "fit/trees/fit_trees.h"

enum { MESSAGES_MAX = 200, MONOTONE_ROUNDS = 20 };

jk_fit_options jk_fit_defaults(void) {
    return (jk_fit_options){.filter = jk_panel_filter_all(), .shrink = 1, .grace = 2, .seed = 1};
}

const char *jk_fit_treatment_name(size_t treatment) {
    return jk_action_name((jk_action)(treatment + JK_SURVEIL));
}

const char *jk_fit_text(jk_fit *fit, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t kept = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    return jk_arena_text(fit->arena, text, kept);
}

jk_status jk_fit_say(jk_fit *fit, jk_error *error, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (fit->result.message_count == MESSAGES_MAX) {
        return JK_OK; /* two hundred say enough */
    }
    const char *kept = jk_arena_text(fit->arena, text, strlen(text));
    JK_TRY(jk_held(kept != NULL, error, "the fit"));
    fit->messages[fit->result.message_count++] = kept;
    return JK_OK;
}

/* ---- what comes in ------------------------------------------------------------------------------------------------
 */

/* A name that is to be one of the numeric characteristics. */
static jk_status check_numeric(const jk_model *base, const char *name, const char *what, jk_error *error) {
    const char *names[JK_PPML_TERMS_MAX];
    size_t count = 0;
    for (size_t c = 0; c < base->scorecard.count && count < JK_PPML_TERMS_MAX; c++) {
        const jk_characteristic *from = &base->scorecard.characteristics[c];
        names[count++] = from->name;
        if (strcmp(from->name, name) == 0) {
            return from->is_numeric ? JK_OK
                                    : jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, name,
                                              "its levels have no order; %s needs a numeric characteristic", what);
        }
    }
    int near = jk_text_nearest(name, names, count);
    return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, name, "no characteristic of the base model%s%s%s",
                   near >= 0 ? ", did you mean " : "", near >= 0 ? names[near] : "", near >= 0 ? "?" : "");
}

static jk_status check_splines(const jk_model *base, const char *splines, jk_error *error) {
    char name[128];
    for (const char *at = splines; at != NULL && strcmp(splines, "all") != 0;) {
        const char *end = strchr(at, ',');
        const size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        if (length >= sizeof name) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "splines", "expected names of characteristics");
        }
        memcpy(name, at, length);
        name[length] = '\0';
        JK_TRY(check_numeric(base, name, "a spline", error));
        for (size_t c = 0; c < base->scorecard.count; c++) {
            const jk_characteristic *from = &base->scorecard.characteristics[c];
            if (strcmp(from->name, name) == 0 && from->fades) {
                return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, name,
                               "its points fade, level by level; expected a characteristic that lasts");
            }
        }
        at = end != NULL ? end + 1 : NULL;
    }
    return JK_OK;
}

static jk_status check_options(const jk_model *base, const jk_fit_options *options, jk_error *error) {
    const char *given = options->name;
    if (given != NULL && (given[0] == '\0' || jk_escape_changes(given, strlen(given), false))) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "name",
                       "expected a name for the model: UTF-8 text without control characters");
    }
    if (options->bootstrap < 0 || options->bootstrap > JK_FIT_DRAWS_MOST ||
        (options->bootstrap > 0 && options->bootstrap < JK_FIT_DRAWS_LEAST)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "bootstrap", "%d draws: expected 0, or %d to %d",
                       options->bootstrap, (int)JK_FIT_DRAWS_LEAST, (int)JK_FIT_DRAWS_MOST);
    }
    if (options->grace < 1 || options->grace > 12) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "grace", "%d months: expected 1 to 12", options->grace);
    }
    for (size_t m = 0; m < options->monotone_count; m++) {
        JK_TRY(check_numeric(base, options->monotone[m].name, "monotone", error));
    }
    return check_splines(base, options->splines, error);
}

/* Class transitions, exits, titles and settlements; the shares of the last are part of what garnishment brings. */
static jk_status learn_transitions(jk_fit *fit, double *share, jk_error *error) {
    jk_history *history = NULL;
    jk_transition_prior prior = fit->options.shrink ? jk_transition_prior_default() : jk_transition_prior_none();
    JK_TRY(jk_history_collect(fit->panel, fit->base, &fit->options.filter, &fit->options.run, &history, error));
    jk_status status = jk_transitions_estimate(history, fit->base, &prior, &fit->transitions, error);
    jk_history_free(history);
    for (size_t g = 0; status == JK_OK && g < fit->base->segment_count; g++) {
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            share[g * JK_TREATMENT_COUNT + t] = fit->transitions.segment[g].recovery_share[t].value;
        }
    }
    return status;
}

/* ---- estimation ---------------------------------------------------------------------------------------------------
 */

static jk_status estimate_once(jk_fit *fit, jk_error *error) {
    jk_ppml_link *links = NULL;
    JK_TRY(jk_fit_spline_room(fit, fit->design.arena, &links, error));
    jk_ppml_options options = {.start = fit->design.start, .held = fit->design.held, .links = links};
    options.link_count = jk_fit_spline_links(fit, fit->spline_dispersion, links);
    jk_ppml_reset(&fit->estimates);
    JK_TRY(jk_ppml_fit(&fit->rows.columns, &fit->design.ppml, &options, &fit->options.run, &fit->estimates, error));
    fit->result.iterations += fit->estimates.iterations;
    return JK_OK;
}

/* Where a figure stands for each payer, or levels run away from each other, curves are estimated without points; these
 * are then drawn towards each other on what the curves leave (fit_ridge.c). */
static jk_status hold_points(jk_fit *fit, jk_error *error) {
    size_t points = 0;
    for (size_t p = 0; p < fit->estimates.parameters; p++) {
        const jk_fit_parameter *parameter = &fit->design.parameter[p];
        const bool own = parameter->kind == JK_FIT_POINTS && !(fit->spline[parameter->item].variance > 0.0);
        points += own && fit->estimates.state[p] != JK_PPML_HELD && fit->estimates.exposure[p] > 0.0;
    }
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        points += (size_t)ceil(fit->spline[c].freedom);
    }
    fit->result.converged = fit->estimates.converged;
    if (!fit->options.shrink) {
        return fit->estimates.converged ? JK_OK
                                        : jk_fit_say(fit, error, "the search for the estimates did not end in %d steps",
                                                     fit->estimates.iterations);
    }
    if (fit->estimates.converged && fit->rows.payers >= points) {
        return JK_OK;
    }
    fit->result.converged = 0;
    fit->points_held = true;
    JK_TRY(jk_fit_say(fit, error,
                      "%zu debtors who paid cannot tell %zu points and the curves apart; curves are estimated without "
                      "points, and points drawn towards each other on what these leave",
                      fit->rows.payers, points));
    JK_TRY(jk_fit_design_build(fit, error));
    return estimate_once(fit, error);
}

static jk_status estimate_all(jk_fit *fit, jk_error *error) {
    jk_fit_join_empty(fit);
    JK_TRY(jk_fit_design_build(fit, error));
    JK_TRY(jk_fit_spline_variances(fit, error));
    JK_TRY(jk_fit_spline_tell(fit, error));
    JK_TRY(estimate_once(fit, error));
    if (fit->options.auto_bins) {
        JK_TRY(jk_fit_join_bins(fit, error));
        JK_TRY(estimate_once(fit, error));
    }
    size_t joined = 1;
    for (int round = 0; fit->options.monotone_count > 0 && joined > 0 && round < MONOTONE_ROUNDS; round++) {
        JK_TRY(jk_fit_join_monotone(fit, &joined, error));
        if (joined > 0) {
            JK_TRY(estimate_once(fit, error));
        }
    }
    return hold_points(fit, error);
}

/* What payers do, on top of how readily they begin. */
static jk_status make_payers(jk_fit *fit, jk_error *error) {
    fit->result.payer_figures = &fit->payers_result;
    if (!fit->payers_result.learned) { /* curves hold cash: with payers beside them they would be counted twice over */
        for (size_t g = 0; g < fit->base->segment_count; g++) {
            fit->segments[g].payers = (jk_payers){0};
        }
        return JK_OK;
    }
    JK_TRY(jk_fit_payers_figures(fit, error));
    jk_fit_payers_apply(fit);
    JK_TRY(jk_fit_room_for_levels(fit, error));
    JK_TRY(jk_fit_payers_fading(fit, error));
    jk_fit_guess_classes(fit); /* again, as points have moved */
    JK_TRY(jk_fit_payers_level(fit, error));
    jk_fit_guess_classes(fit); /* and as levels have moved them */
    return JK_OK;
}

static jk_status finish(jk_fit *fit, jk_error *error) {
    jk_fit_result *result = &fit->result;
    result->rows = fit->rows.columns.rows;
    result->rows_used = fit->estimates.rows_used;
    result->debtors = fit->rows.columns.clusters;
    result->payers = fit->rows.payers;
    result->exposure = fit->rows.exposure;
    result->cash = fit->rows.total_cash;
    result->span = jk_panel_span_of(fit->panel);
    result->dispersion = fit->estimates.dispersion;
    result->cluster_dispersion = fit->estimates.cluster_dispersion;
    result->transitions = &fit->transitions;
    result->titles = &fit->titles;
    result->messages = fit->messages;
    JK_TRY(jk_fit_points(fit, error));
    JK_TRY(jk_fit_shrink(fit, error));
    if (fit->options.smooth) {
        JK_TRY(jk_fit_smooth(fit, error));
    }
    JK_TRY(jk_fit_make_model(fit, error));
    JK_TRY(make_payers(fit, error));
    JK_TRY(jk_fit_hold_bounds(fit, error));
    JK_TRY(jk_fit_bootstrap(fit, error));
    JK_TRY(jk_fit_make_terms(fit, error));
    return jk_fit_summarise(fit, error);
}

static jk_status run(jk_fit *fit, const char *path, jk_error *error) {
    size_t curves = jk_fit_curves(fit->base);
    double *share = jk_arena_alloc(fit->arena, curves, sizeof *share);
    fit->messages = jk_arena_alloc(fit->arena, MESSAGES_MAX, sizeof *fit->messages);
    fit->result.learned = jk_arena_alloc(fit->arena, JK_FIT_LINES_MAX, sizeof *fit->result.learned);
    fit->result.worries = jk_arena_alloc(fit->arena, JK_FIT_LINES_MAX, sizeof *fit->result.worries);
    JK_TRY(jk_held(share != NULL && fit->messages != NULL && fit->result.learned != NULL && fit->result.worries != NULL,
                   error, "the fit"));
    JK_TRY(check_options(fit->base, &fit->options, error));
    JK_TRY(jk_panel_open_run(path, fit->base, &fit->options.run, &fit->panel, error));
    jk_panel_want(fit->panel, 0);
    JK_TRY(learn_transitions(fit, share, error));
    JK_TRY(jk_fit_payers_read(fit, error));
    JK_TRY(jk_fit_learn_titles(fit, share, fit->payers->first, error));
    const uint8_t *state = fit->payers_result.learned ? fit->payers->state : NULL;
    JK_TRY(jk_fit_rows_read(fit->panel, fit->base, &fit->options, share, state, fit->payers->first, &fit->rows, error));
    JK_TRY(jk_fit_survey_rows(fit, error));
    JK_TRY(jk_fit_card_init(fit, error));
    JK_TRY(estimate_all(fit, error));
    return finish(fit, error);
}

jk_status jk_fit_run(const char *panel, const jk_model *base, const jk_fit_options *options, jk_fit **out,
                     jk_error *error) {
    *out = NULL;
    jk_fit *fit = calloc(1, sizeof *fit);
    jk_arena *arena = jk_arena_create();
    if (fit == NULL || arena == NULL) {
        free(fit);
        jk_arena_free(arena);
        return jk_fail_memory(error, "the fit");
    }
    fit->arena = arena;
    fit->base = base;
    fit->options = *options;
    jk_status status = run(fit, panel, error);
    if (status != JK_OK) {
        jk_fit_free(fit);
        return status;
    }
    *out = fit;
    return JK_OK;
}

void jk_fit_free(jk_fit *fit) {
    if (fit == NULL) {
        return;
    }
    free(fit->covariance);
    jk_ppml_reset(&fit->estimates);
    jk_fit_design_reset(&fit->design);
    jk_fit_rows_reset(&fit->rows);
    jk_fit_payers_free(fit);
    jk_transitions_reset(&fit->transitions);
    jk_panel_close(fit->panel);
    free(fit->trees.shift);
    jk_arena_free(fit->arena);
    free(fit);
}

jk_status jk_fit_add_trees(jk_fit *fit, const jk_boost_options *options, const char *path, jk_error *error) {
    if (fit->trees_name != NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL, "the fit has trees already");
    }
    jk_model scored = jk_fit_model(fit);
    jk_fit_trees_options all = jk_fit_trees_defaults();
    all.filter = fit->options.filter;
    all.run = fit->options.run;
    all.boost = *options;
    JK_TRY(jk_fit_trees(jk_tape_path(jk_panel_tape(fit->panel)), &scored, &all, path, &fit->trees, error));
    const bool apart = !jk_class_is_guessed(&fit->scorecard); /* else one centre serves all classes of a segment */
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            fit->segments[g].theta_center[k] +=
                fit->trees.shift[g][apart && fit->class_fitted[g] ? k : JK_CAPACITY_COUNT];
        }
    }
    JK_TRY(jk_fit_hold_bounds(fit, error));
    const char *name = jk_file_name(path);
    fit->trees_name = jk_arena_text(fit->arena, name, strlen(name));
    fit->result.trees = &fit->trees;
    return jk_held(fit->trees_name != NULL, error, "the fit");
}

jk_model jk_fit_model(const jk_fit *fit) {
    jk_model model = *fit->base;
    model.segments = fit->segments;
    model.scorecard = fit->scorecard;
    return model;
}

const jk_fit_result *jk_fit_result_of(const jk_fit *fit) {
    return &fit->result;
}
