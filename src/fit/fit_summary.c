/* SPDX-License-Identifier: Apache-2.0 */
/* A fit in a few sentences: what was learned, and what to worry about before it is used. What was not learned stands in
 * the messages. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

enum { SOME_PAYERS = 100, WIDE_SHOWN = 3 };
#define OFF_SCORED     0.05 /* of cash: classes by the score expect more or less than what came in */
#define OFF_EXPECTED   0.02 /* likewise with the panel's own classes */
#define ONE_DEBTOR     0.05 /* of cash, from one debtor */
#define OFF_LEVEL      0.15 /* of what landmarks expected of the months that followed */
#define OVERLAP        0.05 /* of a level's exposure, under other treatments */
#define LITTLE_OVERLAP 0.5
#define WIDE           4.0 /* upper over lower end of an interval */

static jk_status add(const char **lines, size_t *count, const char *text, jk_error *error) {
    JK_TRY(jk_held(text != NULL, error, "the fit"));
    if (*count < JK_FIT_LINES_MAX) {
        lines[(*count)++] = text;
    }
    return JK_OK;
}

/* ---- learned ------------------------------------------------------------------------------------------------------
 */

/* Steps of a treatment's curves that rest on their own data for more than half. */
static jk_status learned_curves(jk_fit *fit, size_t treatment, jk_error *error) {
    jk_fit_result *result = &fit->result;
    size_t own = 0;
    size_t all = 0;
    double low = INFINITY;
    double high = 0.0;
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        if (term->kind == JK_FIT_CURVE && term->treatment == (int)treatment) {
            bool is_own = term->state == JK_PPML_FREE && term->credibility > 0.5;
            all++;
            own += is_own;
            low = is_own ? fmin(low, jk_exp(term->value)) : low;
            high = is_own ? fmax(high, jk_exp(term->value)) : high;
        }
    }
    if (own == 0) {
        return JK_OK;
    }
    return add(
        result->learned, &result->learned_count,
        jk_fit_text(fit,
                    "%s: %zu of %zu steps of the curves rest on their own data, %.3g to %.3g %% of the balance a "
                    "month at the reference levels",
                    jk_fit_treatment_name(treatment), own, all, 100.0 * low, 100.0 * high),
        error);
}

/* A characteristic whose points the data tell from the reference. */
static jk_status learned_points(jk_fit *fit, size_t item, jk_error *error) {
    jk_fit_result *result = &fit->result;
    const char *name = fit->card[item].from->name;
    const jk_fit_term *lowest = NULL;
    const jk_fit_term *highest = NULL;
    bool told = false;
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        if (term->kind != JK_FIT_POINTS || strcmp(term->characteristic, name) != 0 ||
            !(term->reference || term->state == JK_PPML_FREE)) {
            continue;
        }
        told = told || term->low > 0.0 || term->high < 0.0;
        lowest = lowest == NULL || term->value < lowest->value ? term : lowest;
        highest = highest == NULL || term->value > highest->value ? term : highest;
    }
    if (!told || lowest == highest) {
        return JK_OK;
    }
    return add(result->learned, &result->learned_count,
               jk_fit_text(fit, "%s: from %s to %s cash is %.2f times as much", name, lowest->level, highest->level,
                           jk_exp(highest->value - lowest->value)),
               error);
}

/* ---- worries ------------------------------------------------------------------------------------------------------
 */

jk_status jk_fit_worry(jk_fit *fit, const char *text, jk_error *error) {
    return add(fit->result.worries, &fit->result.worry_count, text, error);
}

static jk_status worry(jk_fit *fit, const char *text, jk_error *error) {
    return jk_fit_worry(fit, text, error);
}

static double largest_share(const jk_fit *fit) {
    const jk_fit_rows *rows = &fit->rows;
    double most = 0.0;
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        double own = 0.0;
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            own += rows->cash[i];
        }
        most = fmax(most, own);
    }
    return most / rows->total_cash;
}

static jk_status worry_about_levels(jk_fit *fit, jk_error *error) {
    const jk_fit_result *result = &fit->result;
    double scored = result->scored_expected / result->cash;
    double expected = result->expected / result->cash;
    if (fabs(expected - 1.0) > OFF_EXPECTED) {
        JK_TRY(worry(fit,
                     jk_fit_text(fit, "the model expects %.1f %% of what came in on its own rows", 100.0 * expected),
                     error));
    }
    if (fabs(scored - expected) > OFF_SCORED) {
        const char *means =
            fit->payers_result.level_count > 0
                ? "classes moved since the claims entered; a tape has those of the score, and levels are "
                  "such that values by them bring what landmarks brought"
                : "a tape has no other classes, and its value is off by as much";
        JK_TRY(
            worry(fit,
                  jk_fit_text(fit, "classes by the score expect %.1f %% of what came in, the panel's own %.1f %%: %s",
                              100.0 * scored, 100.0 * expected, means),
                  error));
    }
    return JK_OK;
}

static jk_status worry_about_debtors(jk_fit *fit, jk_error *error) {
    const jk_fit_result *result = &fit->result;
    double share = largest_share(fit);
    if (result->payers < SOME_PAYERS) {
        JK_TRY(worry(fit,
                     jk_fit_text(fit, "only %zu debtors paid anything: differences between groups are mostly chance",
                                 result->payers),
                     error));
    }
    if (share > ONE_DEBTOR) {
        JK_TRY(worry(fit, jk_fit_text(fit, "one debtor brought %.0f %% of all cash", 100.0 * share), error));
    }
    if (!result->converged) {
        JK_TRY(
            worry(fit,
                  jk_fit_text(
                      fit, "too few debtors paid to tell points and curves apart: points are mostly drawn to nothing"),
                  error));
    }
    return JK_OK;
}

/* Exposure by treatment in cells; returns the least share of a treatment's that lies where the others have a twentieth.
 */
static void take_overlap(double (*exposure)[JK_TREATMENT_COUNT], size_t cells, double overlap[JK_TREATMENT_COUNT]) {
    double all[JK_TREATMENT_COUNT] = {0.0}, shared[JK_TREATMENT_COUNT] = {0.0}, total = 0.0;
    for (size_t b = 0; b < cells; b++) {
        double here = exposure[b][0] + exposure[b][1] + exposure[b][2];
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            shared[t] += here - exposure[b][t] >= OVERLAP * here ? exposure[b][t] : 0.0;
            all[t] += exposure[b][t];
        }
        total += here;
    }
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        bool told = all[t] > 0.0 && all[t] < total;
        overlap[t] = told ? fmin(overlap[t], shared[t] / all[t]) : (double)NAN;
    }
}

/* Of each treatment, how much of its exposure lies at levels of a characteristic where the others were in force as
 * well, of the characteristic where that is least. Elsewhere a curve says what came of the claims that were chosen for
 * the treatment, and nothing of what it would bring of the others (positivity: Rosenbaum, Rubin 1983). */
static void find_overlap(jk_fit *fit) {
    const jk_fit_rows *rows = &fit->rows;
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        fit->result.overlap[t] = 1.0;
    }
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        double exposure[JK_FIT_LEVELS_MAX + 6][JK_TREATMENT_COUNT] = {{0.0}};
        for (size_t i = 0; i < rows->columns.rows; i++) {
            size_t fine = rows->level[i * rows->terms + JK_FIT_TERMS_FIXED + c];
            exposure[fit->card[c].level_of[fine]][rows->curve[i] % JK_TREATMENT_COUNT] +=
                rows->weight[i] * rows->months[i];
        }
        take_overlap(exposure, fit->card[c].levels, fit->result.overlap);
    }
}

static jk_status worry_about_overlap(jk_fit *fit, jk_error *error) {
    find_overlap(fit);
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        double overlap = fit->result.overlap[t];
        if (overlap < LITTLE_OVERLAP) {
            JK_TRY(
                worry(fit,
                      jk_fit_text(fit,
                                  "%s: only %.0f %% of its exposure is at levels where other treatments were in force "
                                  "as well; its curve tells of the claims that were chosen for it, not of what it "
                                  "would bring of others",
                                  jk_fit_treatment_name(t), 100.0 * overlap),
                      error));
        }
    }
    return JK_OK;
}

static jk_status worry_about_width(jk_fit *fit, jk_error *error) {
    const jk_fit_result *result = &fit->result;
    size_t wide = 0;
    size_t estimated = 0;
    char names[WIDE_SHOWN][160];
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        if (term->state != JK_PPML_FREE) {
            continue;
        }
        estimated++;
        if (isfinite(term->low) && !(term->high - term->low > jk_log(WIDE))) {
            continue;
        }
        if (wide < WIDE_SHOWN) {
            (void)snprintf(names[wide], sizeof names[wide], "%s%s%s %s",
                           term->segment >= 0 ? fit->base->segments[term->segment].id : "",
                           term->segment >= 0 ? " " : "", term->characteristic, term->level);
        }
        wide++;
    }
    if (wide == 0) {
        return JK_OK;
    }
    return worry(
        fit,
        jk_fit_text(fit,
                    "%zu of %zu figures are known to no better than a factor of %.0f between the ends of their "
                    "intervals: %s%s%s%s%s%s",
                    wide, estimated, WIDE, names[0], wide > 1 ? ", " : "", wide > 1 ? names[1] : "",
                    wide > 2 ? ", " : "", wide > 2 ? names[2] : "", wide > WIDE_SHOWN ? ", …" : ""),
        error);
}

/* Payers in one sentence, and their levels where the money of years did not follow from the months. */
static jk_status learned_payers(jk_fit *fit, jk_error *error) {
    const jk_payers_result *payers = &fit->payers_result;
    jk_fit_result *result = &fit->result;
    if (!payers->learned) {
        return JK_OK; /* a message says why */
    }
    JK_TRY(
        add(result->learned, &result->learned_count,
            jk_fit_text(fit,
                        "debtors pay in spells: %zu new payers, %.0f %% of them settled at once; of those who paid in "
                        "a period %.0f %% paid in the next; what fades halves in %.0f months",
                        payers->begun, 100.0 * (double)payers->settled / (double)payers->begun, 100.0 * payers->again,
                        payers->half_life),
            error));
    for (size_t i = 0; i < payers->level_count; i++) {
        const jk_payer_level *level = &payers->levels[i];
        if (level->segment < 0 && level->level[0] == '\0' && fabs(log(level->ratio)) > 2.0 * level->std_error &&
            fabs(level->ratio - 1.0) > OFF_LEVEL) {
            JK_TRY(add(
                result->worries, &result->worry_count,
                jk_fit_text(fit,
                            "years: landmarks expected %.0f where %.0f came in (%s); a level of %.2f makes it good, "
                            "test it with backtest --horizon",
                            level->expected, level->actual,
                            strcmp(level->what, "curve") == 0 ? "of the quiet" : "of those who pay", level->value),
                error));
        }
    }
    return JK_OK;
}

/* Factors on what the base model says of titles; what was not learned is told where anybody was taken to court. */
static jk_status learned_factor(jk_fit *fit, const char *name, const char *where, const jk_fit_factor *factor,
                                jk_error *error) {
    if (!factor->learned) {
        return factor->payers > 0 ? jk_fit_say(fit, error, "%s stays the base model's: %s", name, factor->why) : JK_OK;
    }
    return add(fit->result.learned, &fit->result.learned_count,
               jk_fit_text(fit, "%s: %.3g times the base model's (%.3g to %.3g), from %zu debtors who paid %s", name,
                           factor->estimate, factor->low, factor->high, factor->payers, where),
               error);
}

static jk_status learned_splines(jk_fit *fit, jk_error *error) {
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        if (fit->spline[c].variance > 0.0) {
            JK_TRY(add(fit->result.learned, &fit->result.learned_count,
                       jk_fit_text(fit, "%s: a smooth function over %zu bins, of %.1f degrees of freedom",
                                   fit->card[c].from->name, fit->card[c].levels - 1, fit->spline[c].freedom),
                       error));
        }
    }
    return JK_OK;
}

/* What counts differently by segment, and in one sentence what was tried in vain. */
static jk_status learned_interactions(jk_fit *fit, jk_error *error) {
    char tried[400] = "";
    size_t used = 0;
    for (size_t c = 0; fit->interaction != NULL && c < fit->base->scorecard.count; c++) {
        const jk_fit_interaction *of = &fit->interaction[c];
        const char *name = fit->card[c].from->name;
        if (of->kept) {
            JK_TRY(
                add(fit->result.learned, &fit->result.learned_count,
                    jk_fit_text(fit,
                                "%s counts differently by segment: its points are multiplied by factors with a "
                                "deviation of %.2f; debtors held out gain %.3g (give or take %.2g) in log likelihood",
                                name, of->spread, of->gain, of->gain_error),
                    error));
        } else if (of->tried && used + strlen(name) + 3 < sizeof tried) {
            used += (size_t)snprintf(tried + used, sizeof tried - used, "%s%s", used > 0 ? ", " : "", name);
        }
    }
    return used == 0
               ? JK_OK
               : jk_fit_say(fit, error,
                            "no other factors by segment than 1, as debtors held out gain nothing by them: %s", tried);
}

jk_status jk_fit_summarise(jk_fit *fit, jk_error *error) {
    const jk_fit_titles *titles = &fit->titles;
    JK_TRY(learned_factor(fit, "pre_title_factor", "before a title", &titles->pre_title, error));
    JK_TRY(learned_factor(fit, "garnish_share", "where income may be taken", &titles->garnish, error));
    JK_TRY(learned_payers(fit, error));
    JK_TRY(learned_splines(fit, error));
    JK_TRY(learned_interactions(fit, error));
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        JK_TRY(learned_curves(fit, t, error));
    }
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        JK_TRY(learned_points(fit, c, error));
    }
    JK_TRY(worry_about_levels(fit, error));
    JK_TRY(worry_about_debtors(fit, error));
    JK_TRY(worry_about_overlap(fit, error));
    return worry_about_width(fit, error);
}
