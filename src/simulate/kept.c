/* SPDX-License-Identifier: Apache-2.0 */
/* A simulation on disk, between its survey and its paths: the same arrays moved out or in by one list, so that what is
 * written and what is read cannot differ. The order of bytes is the machine's; the folder's record says which. */
#include "simulate/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/resume.h"
#include "base/memory.h"
#include "base/team/team.h"

enum { NUMBERS = 4 }; /* of a path, beside its years */

typedef struct kept_head {
    uint64_t level, cells, large, flow, mix; /* flow, mix: sums in each */
    uint64_t every;                          /* of the survey's grid */
    double face, base_value, irr, onboarding, price;
    uint64_t claims;
    int64_t value[JK_STRESS_STATES];
    int32_t cutoff;
    uint32_t allow;
} kept_head;

/* Bytes that are filled, or read, from the front. */
typedef struct kept_bytes {
    unsigned char *at;
    size_t left;
    bool reads;
} kept_bytes;

/* Moves an array in or out; false: there are not so many bytes. */
static bool move(kept_bytes *bytes, void *array, size_t count, size_t size) {
    if (size > 0 && count > bytes->left / size) {
        return false;
    }
    if (count > 0) {
        memcpy(bytes->reads ? array : bytes->at, bytes->reads ? bytes->at : array, count * size);
    }
    bytes->at += count * size;
    bytes->left -= count * size;
    return true;
}

static size_t flow_size(const jk_survey *survey) {
    return (size_t)survey->model->horizon_months * survey->model->segment_count * JK_FLOW_COUNT;
}

static bool move_sums(kept_bytes *bytes, jk_survey *survey, const kept_head *head) {
    bool good = true;
    for (int s = 0; good && s < JK_STRESS_STATES; s++) {
        good = move(bytes, survey->truth[s].flow.cell, head->flow, sizeof(int64_t));
    }
    return good && move(bytes, survey->mix.sum, head->mix, sizeof(int64_t));
}

/* ---- the survey ------------------------------------------------------------------------------------------------- */

jk_status jk_kept_survey_keep(const jk_survey *survey, const jk_simulation *simulation, jk_error *error) {
    kept_head head = {.level = (uint64_t)survey->cells.level,
                      .cells = survey->cells.count,
                      .large = survey->large_count,
                      .flow = flow_size(survey),
                      .mix = survey->mix.sum != NULL ? survey->mix.groups * survey->mix.size : 0,
                      .every = survey->grid.every,
                      .face = simulation->face,
                      .base_value = simulation->base_value,
                      .irr = simulation->irr,
                      .onboarding = simulation->onboarding,
                      .price = simulation->price,
                      .claims = simulation->claims,
                      .cutoff = simulation->cutoff,
                      .allow = simulation->allow};
    if (jk_resume_current() == NULL) {
        return JK_OK;
    }
    const size_t size = sizeof head + head.cells * sizeof(jk_claims_cell) + head.large * sizeof(jk_cell_claim) +
                        (JK_STRESS_STATES * head.flow + head.mix) * sizeof(int64_t);
    unsigned char *all = malloc(size);
    JK_TRY(jk_held(all != NULL, error, "the model points"));
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        head.value[s] = survey->truth[s].value;
    }
    kept_bytes bytes = {all, size, false};
    jk_survey copy = *survey; /* its arrays are only read */
    (void)move(&bytes, &head, 1, sizeof head);
    (void)move(&bytes, copy.cells.cell, head.cells, sizeof(jk_claims_cell));
    (void)move(&bytes, copy.large, head.large, sizeof(jk_cell_claim));
    (void)move_sums(&bytes, &copy, &head);
    jk_status status = jk_resume_keep(jk_resume_current(), "survey", all, size, error);
    free(all);
    return status;
}

static jk_status take_cells(jk_survey *survey, kept_bytes *bytes, const kept_head *head, bool *good, jk_error *error) {
    jk_cells from = {.level = (int)head->level, .count = head->cells};
    from.cell = jk_columns_alloc(head->cells, sizeof *from.cell);
    survey->large = jk_columns_alloc(head->large, sizeof *survey->large);
    survey->large_count = head->large;
    jk_status status = jk_held(from.cell != NULL && survey->large != NULL, error, "the model points");
    *good = status == JK_OK && move(bytes, from.cell, head->cells, sizeof *from.cell) &&
            move(bytes, survey->large, head->large, sizeof *survey->large);
    if (*good) {
        status = jk_cells_init(&survey->cells, &survey->grid, JK_CELLS_MOST, error);
        status = status == JK_OK ? jk_cells_merge(&survey->cells, &from, error) : status;
    }
    free(from.cell);
    return status;
}

static jk_status take_survey(jk_survey *survey, jk_simulation *simulation, kept_bytes *bytes, bool *good,
                             jk_error *error) {
    kept_head head;
    *good = move(bytes, &head, 1, sizeof head) && head.level < JK_CELL_LEVELS && head.cells <= JK_CELLS_MOST &&
            head.large <= JK_LARGE_MOST && head.flow == flow_size(survey) && head.every > 0;
    if (!*good) {
        return JK_OK;
    }
    survey->grid.every = head.every;
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        JK_TRY(jk_cashflow_init(&survey->truth[s].flow, survey->model->horizon_months, survey->model->segment_count,
                                error));
        survey->truth[s].value = head.value[s];
    }
    JK_TRY(jk_mix_init(&survey->mix, survey->model, survey->covariance, 0, error));
    *good = head.mix == (survey->mix.sum != NULL ? survey->mix.groups * survey->mix.size : 0);
    if (*good) {
        JK_TRY(take_cells(survey, bytes, &head, good, error));
    }
    *good = *good && move_sums(bytes, survey, &head) && bytes->left == 0;
    simulation->face = head.face;
    simulation->base_value = head.base_value;
    simulation->irr = head.irr;
    simulation->onboarding = head.onboarding;
    simulation->price = head.price;
    simulation->claims = head.claims;
    simulation->cutoff = head.cutoff;
    simulation->allow = head.allow;
    return JK_OK;
}

jk_status jk_kept_survey_find(jk_survey *survey, jk_simulation *simulation, bool *found, jk_error *error) {
    void *all = NULL;
    size_t size = 0;
    *found = false;
    if (jk_resume_current() != NULL) {
        JK_TRY(jk_resume_find(jk_resume_current(), "survey", &all, &size, error));
    }
    if (jk_team_least(all != NULL) == 0) { /* all ranks take it, or none does */
        free(all);
        return JK_OK;
    }
    kept_bytes bytes = {all, size, true};
    jk_status status = take_survey(survey, simulation, &bytes, found, error);
    free(all);
    if (status == JK_OK && !*found) {
        status = jk_fail(error, JK_ERROR_DATA, jk_resume_current()->folder, 0, "survey",
                         "does not hold what this run keeps; expected to find it as it was, or not at all");
    }
    return status;
}

/* ---- paths ------------------------------------------------------------------------------------------------------ */

static void name_paths(size_t first, size_t end, char name[64]) {
    (void)snprintf(name, 64, "paths-%zu-%zu", first, end);
}

static size_t paths_size(const jk_path_results *results, size_t count) {
    return count * (NUMBERS * sizeof(double) + (size_t)results->years * sizeof(float));
}

static bool move_paths(kept_bytes *bytes, const jk_path_results *results, size_t first, size_t count) {
    double *const columns[NUMBERS] = {results->value, results->gross, results->net, results->irr};
    bool good = true;
    for (size_t c = 0; good && c < NUMBERS; c++) {
        good = move(bytes, columns[c] + first, count, sizeof(double));
    }
    for (size_t y = 0; good && y < (size_t)results->years; y++) {
        good = move(bytes, results->erc + y * results->room + first, count, sizeof(float));
    }
    return good;
}

jk_status jk_kept_paths_find(jk_path_results *results, size_t end, bool *found, jk_error *error) {
    const size_t first = results->count;
    char name[64];
    void *all = NULL;
    size_t size = 0;
    *found = false;
    if (jk_resume_current() == NULL) {
        return JK_OK;
    }
    name_paths(first, end, name);
    JK_TRY(jk_resume_find(jk_resume_current(), name, &all, &size, error));
    const bool whole = all != NULL && size == paths_size(results, end - first);
    if (jk_team_least(whole) != 0) {
        kept_bytes bytes = {all, size, true};
        *found = move_paths(&bytes, results, first, end - first);
        results->count = *found ? end : first;
    }
    free(all);
    return JK_OK;
}

jk_status jk_kept_paths_keep(const jk_path_results *results, size_t first, size_t end, jk_error *error) {
    if (jk_resume_current() == NULL) {
        return JK_OK;
    }
    const size_t size = paths_size(results, end - first);
    unsigned char *all = malloc(size + 1);
    JK_TRY(jk_held(all != NULL, error, "the paths"));
    char name[64];
    kept_bytes bytes = {all, size, false};
    name_paths(first, end, name);
    (void)move_paths(&bytes, results, first, end - first);
    jk_status status = jk_resume_keep(jk_resume_current(), name, all, size, error);
    free(all);
    return status;
}
