/* SPDX-License-Identifier: Apache-2.0 */
/* Effects as listings and as JSON. */
#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "fit/experiment/experiment_internal.h"

enum {
    TREATMENT,
    GROUP,
    NAME,
    CLAIMS,
    CLAIMS_OTHER,
    PAYERS,
    PAYERS_OTHER,
    RATE,
    RATE_OTHER,
    UPLIFT,
    LOW,
    HIGH,
    HIDDEN,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [TREATMENT] = JK_LISTED_TEXT("treatment", "treatment", "What is held against watching: amicable or legal"),
    [GROUP] = JK_LISTED_TEXT("group", "of", "What the claims have in common: all, segment or score_band"),
    [NAME] = JK_LISTED_TEXT("name", "name", "The segment's id, or the scores"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims treated"),
    [CLAIMS_OTHER] = JK_LISTED_COUNT("claims_watched", "watched", "Claims held out, or watched"),
    [PAYERS] = JK_LISTED_COUNT("payers", "payers", "Debtors of the treated claims that paid anything"),
    [PAYERS_OTHER] = JK_LISTED_COUNT("payers_watched", NULL, "Debtors of the others that paid anything"),
    [RATE] = {"rate", "% a month", "%", "Cash of the treated in per cent of balance and month, weighed",
              JK_LISTING_NUMBER, 4},
    [RATE_OTHER] = {"rate_watched", "watched", "%", "The same of the others", JK_LISTING_NUMBER, 4},
    [UPLIFT] = {"uplift", "uplift", "%", "Their difference", JK_LISTING_NUMBER, 4},
    [LOW] = {"uplift_low", "from", "%", "Lower end of its 95 % interval, debtors drawn", JK_LISTING_NUMBER, 4},
    [HIGH] = {"uplift_high", "to", "%", "Upper end", JK_LISTING_NUMBER, 4},
    [HIDDEN] =
        {"hidden", "hidden", "",
         "Factor by which a choice that the panel does not show would have to move the odds for the interval to hold "
         "0; missing where chance assigned the arms",
         JK_LISTING_NUMBER, 2},
};

static const char *treatment_name(int treatment) {
    return jk_action_name((jk_action)(treatment + JK_SURVEIL));
}

static jk_status effect_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_experiment *self = listing->source[0];
    const jk_effect *effect = &self->result.effects[row];
    char scores[32];
    jk_cell_set(&cells[TREATMENT], treatment_name(effect->treatment));
    jk_cell_set(&cells[GROUP], effect->segment >= 0 ? "segment" : (effect->band >= 0 ? "score_band" : "all"));
    (void)snprintf(scores, sizeof scores, "%d-%d", 100 * effect->band, 100 * effect->band + 99);
    jk_cell_set(&cells[NAME], effect->segment >= 0 ? self->model->segments[effect->segment].id
                                                   : (effect->band >= 0 ? scores : "all"));
    cells[CLAIMS].number = (double)effect->claims[1];
    cells[CLAIMS_OTHER].number = (double)effect->claims[0];
    cells[PAYERS].number = (double)effect->payers[1];
    cells[PAYERS_OTHER].number = (double)effect->payers[0];
    cells[RATE].number = 100.0 * effect->rate[1];
    cells[RATE_OTHER].number = 100.0 * effect->rate[0];
    cells[UPLIFT].number = 100.0 * effect->uplift;
    cells[LOW].number = 100.0 * effect->low;
    cells[HIGH].number = 100.0 * effect->high;
    cells[HIDDEN].number = effect->hidden;
    return JK_OK;
}

jk_listing jk_effects_listing(const jk_experiment *self) {
    return JK_LISTING_OF("fit --experiment", columns, self == NULL ? 0 : self->result.effect_count, effect_cells, self);
}

enum { OF, FROM, TO, TREATED, WATCHED, BALANCE, BALANCE_WATCHED, OVERLAP_COLUMNS };

static const jk_listing_column overlap_columns[OVERLAP_COLUMNS] = {
    [OF] = JK_LISTED_TEXT("treatment", "treatment", "What claims were chosen for"),
    [FROM] = {"chance_from", "chance from", "", "Chance of being chosen, as characteristics tell it", JK_LISTING_NUMBER,
              2},
    [TO] = {"chance_to", "to", "", "Upper end; below 0.05 and from 0.95 on claims are left out", JK_LISTING_NUMBER, 2},
    [TREATED] = JK_LISTED_COUNT("claims", "claims", "Claims chosen"),
    [WATCHED] = JK_LISTED_COUNT("claims_watched", "watched", "Claims watched"),
    [BALANCE] = JK_LISTED_MONEY("balance", "balance", "Balance of those chosen"),
    [BALANCE_WATCHED] = JK_LISTED_MONEY("balance_watched", "watched", "Balance of those watched"),
};

static jk_status overlap_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_experiment *self = listing->source[0];
    const jk_overlap_band *band = &self->result.overlap[row];
    jk_cell_set(&cells[OF], treatment_name(band->treatment));
    cells[FROM].number = band->from;
    cells[TO].number = band->to;
    cells[TREATED].number = (double)band->claims[1];
    cells[WATCHED].number = (double)band->claims[0];
    cells[BALANCE].number = band->balance[1];
    cells[BALANCE_WATCHED].number = band->balance[0];
    return JK_OK;
}

jk_listing jk_overlap_listing(const jk_experiment *self) {
    return JK_LISTING_OF("fit --experiment, overlap", overlap_columns, self == NULL ? 0 : self->result.overlap_count,
                         overlap_cells, self);
}

static json_t *choice_json(jk_json_builder *json, const jk_experiment_result *result) {
    json_t *object = json_object();
    for (int t = JK_TREAT_SURVEIL + 1; t < JK_TREATMENT_COUNT; t++) {
        json_t *of = json_object();
        const char *name = result->unlike_name[t];
        jk_json_put(json, of, "outside", jk_json_number(result->outside[t]));
        jk_json_put(json, of, "characteristic", name != NULL ? jk_json_string(name) : json_null());
        jk_json_put_numbers(json, of, {"difference", result->unlike[t]}, {"difference_weighed", result->balanced[t]});
        jk_json_put(json, object, treatment_name(t), of);
    }
    return object;
}

jk_status jk_experiment_json(const jk_experiment *self, char **text, jk_error *error) {
    const jk_experiment_result *result = &self->result;
    jk_json_builder builder = {0}, *json = &builder;
    json_t *object = json_object(), *words = json_array();
    jk_listing effects = jk_effects_listing(self), overlap = jk_overlap_listing(self);
    for (size_t i = 0; i < result->word_count; i++) {
        jk_json_append(json, words, jk_json_string(result->words[i]));
    }
    jk_json_put(json, object, "jalki_experiment", json_integer(1));
    jk_json_put(json, object, "kind", json_string(result->randomised ? "experiment" : "observed"));
    jk_json_put(json, object, "arm", result->arm != NULL ? jk_json_string(result->arm) : json_null());
    jk_json_put(json, object, "follow_months", json_integer(result->follow));
    jk_json_put_counts(json, object, {"claims", result->claims}, {"rows_without_arm", result->no_arm});
    jk_json_put(json, object, "followed", jk_json_number(result->followed));
    jk_json_put(json, object, "words", words);
    jk_json_put(json, object, "effects", jk_listing_json(json, &effects));
    jk_json_put(json, object, "overlap", jk_listing_json(json, &overlap));
    jk_json_put(json, object, "choice", result->randomised ? json_null() : choice_json(json, result));
    jk_json_put(json, object, "manifest", jk_run_record_manifest(json));
    *text = jk_json_text(json, object, JSON_INDENT(2));
    return jk_held(*text != NULL, error, "the effects as JSON");
}
