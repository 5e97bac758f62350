/* SPDX-License-Identifier: Apache-2.0 */
/* From the base model's structure and what the panel has to the parameters of the likelihood. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

#define LITTLE 0.01 /* of the mean intensity: a level that pays less is nobody's reference */

/* ---- what there is ------------------------------------------------------------------------------------------------
 */

jk_status jk_fit_survey_rows(jk_fit *fit, jk_error *error) {
    jk_fit_survey *survey = &fit->survey;
    const jk_fit_rows *rows = &fit->rows;
    size_t characteristics = fit->base->scorecard.count;
    survey->curves = jk_fit_curves(fit->base);
    survey->curve_rows = jk_arena_alloc(fit->arena, survey->curves, sizeof *survey->curve_rows);
    survey->class_exposure = jk_arena_alloc(fit->arena, survey->curves, sizeof *survey->class_exposure);
    survey->class_cash = jk_arena_alloc(fit->arena, survey->curves, sizeof *survey->class_cash);
    survey->level_exposure = jk_arena_alloc(fit->arena, characteristics, sizeof *survey->level_exposure);
    survey->level_cash = jk_arena_alloc(fit->arena, characteristics, sizeof *survey->level_cash);
    JK_TRY(jk_held(survey->curve_rows != NULL && survey->class_exposure != NULL && survey->class_cash != NULL &&
                       survey->level_exposure != NULL && survey->level_cash != NULL,
                   error, "the fit"));
    for (size_t i = 0; i < rows->columns.rows; i++) {
        double exposure = rows->weight[i] * rows->months[i];
        const uint8_t *level = rows->level + i * rows->terms;
        survey->curve_rows[rows->curve[i]]++;
        survey->class_exposure[rows->curve[i]][level[JK_FIT_TERM_CLASS]] += exposure;
        survey->class_cash[rows->curve[i]][level[JK_FIT_TERM_CLASS]] += rows->cash[i];
        for (size_t c = 0; c < characteristics; c++) {
            survey->level_exposure[c][level[JK_FIT_TERMS_FIXED + c]] += exposure;
            survey->level_cash[c][level[JK_FIT_TERMS_FIXED + c]] += rows->cash[i];
        }
    }
    return JK_OK;
}

void jk_fit_count_payers(const jk_fit *fit, size_t payers[JK_TREATMENT_COUNT]) {
    const jk_fit_rows *rows = &fit->rows;
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        double paid[JK_TREATMENT_COUNT] = {0.0};
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            paid[rows->curve[i] % JK_TREATMENT_COUNT] += rows->cash[i];
        }
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            payers[t] += paid[t] > 0.0;
        }
    }
}

void jk_fit_set_reference(const jk_fit *fit, size_t item) {
    jk_fit_card_item *card = &fit->card[item];
    double exposure[JK_FIT_LEVELS_MAX + 6] = {0.0};
    double cash[JK_FIT_LEVELS_MAX + 6] = {0.0};
    double intensity = fit->rows.total_cash / fit->rows.exposure;
    for (size_t f = 0; f < card->fine; f++) {
        exposure[card->level_of[f]] += fit->survey.level_exposure[item][f];
        cash[card->level_of[f]] += fit->survey.level_cash[item][f];
    }
    card->reference = 0;
    for (size_t l = 1; l < card->levels; l++) {
        bool pays = cash[l] > LITTLE * intensity * exposure[l];
        bool other = cash[card->reference] > LITTLE * intensity * exposure[card->reference];
        if (pays != other ? pays : exposure[l] > exposure[card->reference]) {
            card->reference = l;
        }
    }
}

/* The class whose intensity the curve is: able where it paid anything, else weak, else none. */
static void choose_class_reference(jk_fit *fit, size_t curve) {
    for (int k = JK_CAPACITY_COUNT - 1; k >= 0; k--) {
        double cash = 0.0;
        for (int code = k; code < JK_FIT_CLASS_CODES; code += JK_CAPACITY_COUNT) {
            cash += fit->survey.class_cash[curve][code];
        }
        fit->class_reference[curve] = (uint8_t)k;
        if (cash > 0.0) {
            return;
        }
    }
    fit->class_reference[curve] = JK_CAPACITY_ABLE;
}

/* Classes are fitted where the panel gives them for at least half of a segment's exposure; a segment without rows goes
 * with the whole panel. */
static void choose_fitted_classes(jk_fit *fit) {
    double all_known = 0.0, all_scored = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t g = 0; g < fit->base->segment_count; g++) {
            double known = 0.0, scored = 0.0;
            for (size_t curve = g * JK_TREATMENT_COUNT; curve < (g + 1) * JK_TREATMENT_COUNT; curve++) {
                choose_class_reference(fit, curve);
                for (int code = 0; code < JK_FIT_CLASS_CODES; code++) {
                    bool by_score = code / JK_CAPACITY_COUNT % 2 == 1;
                    *(by_score ? &scored : &known) += fit->survey.class_exposure[curve][code];
                }
            }
            all_known += pass == 0 ? known : 0.0;
            all_scored += pass == 0 ? scored : 0.0;
            bool empty = !(known + scored > 0.0);
            fit->class_fitted[g] = empty ? all_known > 0.0 && all_known >= all_scored : known > 0.0 && known >= scored;
        }
    }
}

jk_status jk_fit_card_init(jk_fit *fit, jk_error *error) {
    size_t characteristics = fit->base->scorecard.count;
    fit->card = jk_arena_alloc(fit->arena, characteristics, sizeof *fit->card);
    fit->class_fitted = jk_arena_alloc(fit->arena, fit->base->segment_count, sizeof *fit->class_fitted);
    fit->class_reference = jk_arena_alloc(fit->arena, jk_fit_curves(fit->base), sizeof *fit->class_reference);
    JK_TRY(jk_held(fit->card != NULL && fit->class_fitted != NULL && fit->class_reference != NULL, error, "the fit"));
    for (size_t c = 0; c < characteristics; c++) {
        jk_fit_card_item *card = &fit->card[c];
        card->from = &fit->base->scorecard.characteristics[c];
        card->fine = fit->rows.cuts[c].count > 0 ? fit->rows.cuts[c].count + 1 : jk_score_level_count(card->from);
        card->levels = card->fine;
        for (size_t f = 0; f < card->fine; f++) {
            card->level_of[f] = (uint8_t)f;
        }
        for (size_t m = 0; m < fit->options.monotone_count; m++) {
            if (strcmp(fit->options.monotone[m].name, card->from->name) == 0) {
                card->direction = fit->options.monotone[m].direction;
            }
        }
        jk_fit_set_reference(fit, c);
    }
    choose_fitted_classes(fit);
    return JK_OK;
}

/* ---- the design ---------------------------------------------------------------------------------------------------
 */

void jk_fit_design_reset(jk_fit_design *design) {
    jk_arena_free(design->arena);
    *design = (jk_fit_design){0};
}

static int32_t add_parameter(jk_fit_design *design, jk_fit_parameter parameter) {
    size_t at = design->ppml.parameters++;
    if (at < JK_PPML_PARAMETERS_MAX) {
        design->parameter[at] = parameter;
    }
    return (int32_t)at;
}

/* References are parameters held at 0, so that exposure, cash and payers are counted for them as well. */
static void hold(jk_fit_design *design, int32_t parameter, bool wanted, double value) {
    if (wanted && parameter >= 0 && parameter < JK_PPML_PARAMETERS_MAX) {
        design->held[parameter] = 1;
        design->start[parameter] = value;
    }
}

static jk_status add_curves(jk_fit *fit, jk_ppml_curve *curves, jk_error *error) {
    jk_fit_design *design = &fit->design;
    for (size_t c = 0; c < fit->survey.curves; c++) {
        const jk_steps *steps = jk_fit_steps(fit, c);
        double *month = jk_arena_alloc(design->arena, steps->count, sizeof *month);
        design->curve_parameter[c] = jk_arena_alloc(design->arena, steps->count, sizeof(int32_t));
        JK_TRY(jk_held(month != NULL && design->curve_parameter[c] != NULL, error, "the fit"));
        for (size_t k = 0; k < steps->count; k++) {
            month[k] = (double)steps->month[k];
            jk_fit_parameter parameter = {.kind = JK_FIT_CURVE, .curve = (int)c, .item = -1, .index = (int)k};
            design->curve_parameter[c][k] =
                fit->survey.curve_rows[c] > 0 ? add_parameter(design, parameter) : JK_PPML_NONE;
        }
        curves[c] = (jk_ppml_curve){steps->count, month, design->curve_parameter[c]};
    }
    return JK_OK;
}

/* One parameter per class with exposure, where the panel gives the classes. */
static jk_status add_classes(jk_fit *fit, jk_ppml_term *term, jk_error *error) {
    jk_fit_design *design = &fit->design;
    int32_t *table = jk_arena_alloc(design->arena, fit->survey.curves * JK_FIT_CLASS_CODES, sizeof *table);
    JK_TRY(jk_held(table != NULL, error, "the fit"));
    for (size_t c = 0; c < fit->survey.curves; c++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            double exposure = 0.0;
            for (int code = k; code < JK_FIT_CLASS_CODES; code += JK_CAPACITY_COUNT) {
                exposure += fit->survey.class_exposure[c][code];
            }
            bool wanted = fit->class_fitted[c / JK_TREATMENT_COUNT] && exposure > 0.0;
            jk_fit_parameter parameter = {.kind = JK_FIT_CLASS, .curve = (int)c, .item = -1, .index = k};
            design->class_parameter[c][k] = wanted ? add_parameter(design, parameter) : JK_PPML_NONE;
            hold(design, design->class_parameter[c][k], k == fit->class_reference[c], 0.0);
            for (int code = k; code < JK_FIT_CLASS_CODES; code += JK_CAPACITY_COUNT) {
                table[c * JK_FIT_CLASS_CODES + (size_t)code] = design->class_parameter[c][k];
            }
        }
    }
    *term = (jk_ppml_term){JK_FIT_CLASS_CODES, 1, table};
    return JK_OK;
}

/* The base model's factor of pending cases, held. */
static jk_status add_pending(jk_fit *fit, jk_ppml_term *term, jk_error *error) {
    jk_fit_design *design = &fit->design;
    int32_t *table = jk_arena_alloc(design->arena, fit->survey.curves * 2, sizeof *table);
    JK_TRY(jk_held(table != NULL, error, "the fit"));
    for (size_t c = 0; c < fit->survey.curves; c++) {
        double factor = jk_fit_segment(fit, c)->pre_title_factor;
        bool wanted =
            fit->survey.curve_rows[c] > 0 && c % JK_TREATMENT_COUNT == JK_TREAT_LEGAL && factor > 0.0 && factor != 1.0;
        table[2 * c] = table[2 * c + 1] = JK_PPML_NONE;
        if (wanted) {
            jk_fit_parameter parameter = {.kind = JK_FIT_CLASS, .pending = true, .curve = (int)c, .item = -1};
            int32_t at = add_parameter(design, parameter);
            table[2 * c + 1] = at;
            hold(design, at, true, jk_log(factor));
        }
    }
    *term = (jk_ppml_term){2, 1, table};
    return JK_OK;
}

static jk_status add_levels(jk_fit *fit, size_t item, jk_ppml_term *term, jk_error *error) {
    jk_fit_design *design = &fit->design;
    const jk_fit_card_item *card = &fit->card[item];
    int32_t *table = jk_arena_alloc(design->arena, card->fine, sizeof *table);
    int32_t *parameter = jk_arena_alloc(design->arena, card->levels, sizeof *parameter);
    JK_TRY(jk_held(table != NULL && parameter != NULL, error, "the fit"));
    for (size_t l = 0; l < card->levels; l++) {
        jk_fit_parameter meaning = {.kind = JK_FIT_POINTS, .curve = -1, .item = (int)item, .index = (int)l};
        parameter[l] = add_parameter(design, meaning);
        hold(design, parameter[l], l == card->reference || fit->points_held, 0.0);
    }
    for (size_t f = 0; f < card->fine; f++) {
        table[f] = parameter[card->level_of[f]];
    }
    design->level_parameter[item] = parameter;
    *term = (jk_ppml_term){card->fine, 0, table};
    return JK_OK;
}

jk_status jk_fit_design_build(jk_fit *fit, jk_error *error) {
    jk_fit_design *design = &fit->design;
    size_t curves = fit->survey.curves, characteristics = fit->base->scorecard.count;
    jk_fit_design_reset(design);
    design->arena = jk_arena_create();
    JK_TRY(jk_held(design->arena != NULL, error, "the fit"));
    jk_ppml_curve *curve = jk_arena_alloc(design->arena, curves, sizeof *curve);
    jk_ppml_term *term = jk_arena_alloc(design->arena, fit->rows.terms, sizeof *term);
    design->parameter = jk_arena_alloc(design->arena, JK_PPML_PARAMETERS_MAX, sizeof *design->parameter);
    design->start = jk_arena_alloc(design->arena, JK_PPML_PARAMETERS_MAX, sizeof *design->start);
    design->held = jk_arena_alloc(design->arena, JK_PPML_PARAMETERS_MAX, sizeof *design->held);
    design->curve_parameter = jk_arena_alloc(design->arena, curves, sizeof *design->curve_parameter);
    design->class_parameter = jk_arena_alloc(design->arena, curves, sizeof *design->class_parameter);
    design->level_parameter = jk_arena_alloc(design->arena, characteristics, sizeof *design->level_parameter);
    JK_TRY(jk_held(curve != NULL && term != NULL && design->parameter != NULL && design->start != NULL &&
                       design->held != NULL && design->curve_parameter != NULL && design->class_parameter != NULL &&
                       design->level_parameter != NULL,
                   error, "the fit"));
    design->ppml = (jk_ppml_design){.curves = curves, .terms = fit->rows.terms, .curve = curve, .term = term};
    JK_TRY(add_curves(fit, curve, error));
    JK_TRY(add_classes(fit, &term[JK_FIT_TERM_CLASS], error));
    JK_TRY(add_pending(fit, &term[JK_FIT_TERM_PENDING], error));
    for (size_t c = 0; c < characteristics; c++) {
        JK_TRY(add_levels(fit, c, &term[JK_FIT_TERMS_FIXED + c], error));
    }
    if (design->ppml.parameters > JK_PPML_PARAMETERS_MAX) {
        return jk_fail(error, JK_ERROR_MODEL, fit->base->path, 0, NULL,
                       "segments, knots, classes and levels with history make %zu figures to fit; expected at most %d",
                       design->ppml.parameters, (int)JK_PPML_PARAMETERS_MAX);
    }
    return JK_OK;
}
