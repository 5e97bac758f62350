/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test as JSON. The first model stands at the top with the names of the contract; all of them stand in `models`.
 */
#include <stdlib.h>

#include "backtest/json_cell.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"

static json_t *pair(jk_json_builder *b, double low, double high) {
    json_t *list = json_array();
    jk_json_append(b, list, jk_json_number(low));
    jk_json_append(b, list, jk_json_number(high));
    return list;
}

void jk_backtest_put_cell(jk_json_builder *b, json_t *object, const char *rows, const jk_backtest_cell *cell) {
    jk_json_put(b, object, rows, json_integer((json_int_t)cell->rows));
    jk_json_put_counts(b, object, {"debtors", cell->debtors}, {"payers", cell->payers});
    jk_json_put_numbers(b, object, {"exposure", cell->exposure}, {"actual", cell->actual}, {"expected", cell->expected},
                        {"ratio", cell->ratio});
    jk_json_put(b, object, "ratio_interval", pair(b, cell->low, cell->high));
}

static void put_cell(jk_json_builder *b, json_t *object, const jk_backtest_cell *cell) {
    jk_backtest_put_cell(b, object, "rows", cell);
}

static json_t *tables(jk_json_builder *b, const jk_backtest_model *model) {
    json_t *by = json_object();
    for (size_t t = 0; t < model->table_count; t++) {
        json_t *cells = json_array();
        for (size_t c = 0; c < model->table[t].count; c++) {
            json_t *cell = json_object();
            jk_json_put(b, cell, "name", jk_json_string(model->table[t].cell[c].name));
            put_cell(b, cell, &model->table[t].cell[c]);
            jk_json_append(b, cells, cell);
        }
        jk_json_put(b, by, jk_backtest_by_name(model->table[t].by), cells);
    }
    return by;
}

/* Tenths of exposure with lift: share of cash over share of exposure. */
static json_t *tenths(jk_json_builder *b, const jk_backtest_model *model) {
    json_t *list = json_array();
    for (int t = 0; t < JK_BACKTEST_TENTHS; t++) {
        json_t *object = json_object();
        jk_json_put(b, object, "tenth", json_integer(t + 1));
        put_cell(b, object, &model->tenth[t]);
        jk_json_put_numbers(b, object, {"lift", jk_backtest_lift(model, (size_t)t)},
                            {"cumulative_cash_share", model->cumulative_share[t]});
        jk_json_append(b, list, object);
    }
    return list;
}

static void put_ranking(jk_json_builder *b, json_t *object, const jk_backtest_ranking *ranking) {
    jk_json_put_numbers(b, object, {"gini", ranking->gini}, {"gini_best", ranking->gini_best},
                        {"gini_time", ranking->gini_time}, {"auc", ranking->auc},
                        {"top_decile_share", ranking->top_decile_share},
                        {"top_quintile_share", ranking->top_quintile_share});
}

static json_t *errors_of(jk_json_builder *b, const jk_backtest_errors *errors) {
    json_t *object = json_object();
    json_t *null = json_object();
    jk_json_put_numbers(b, object, {"mean_absolute", errors->mean_absolute},
                        {"root_mean_square", errors->root_mean_square}, {"deviance", errors->deviance},
                        {"deviance_explained", errors->deviance_explained});
    jk_json_put_numbers(b, null, {"mean_absolute", errors->null_mean_absolute},
                        {"root_mean_square", errors->null_root_mean_square}, {"deviance", errors->null_deviance});
    jk_json_put(b, object, "null_model", null);
    json_t *share = json_object();
    jk_json_put_numbers(b, share, {"mean_absolute", errors->share_mean_absolute},
                        {"root_mean_square", errors->share_root_mean_square}, {"deviance", errors->share_deviance});
    jk_json_put(b, object, "share_model", share);
    return object;
}

static void put_model(jk_json_builder *b, json_t *object, const jk_backtest_model *model) {
    json_t *file = json_object();
    json_t *claims = json_object();
    const jk_listing stability = jk_backtest_stability_listing(model);
    char words[JK_BACKTEST_WORDS];
    jk_backtest_words(model, words, sizeof words);
    put_cell(b, object, &model->total);
    jk_json_put(b, object, "in_words", jk_json_string(words));
    jk_json_put(b, object, "paid_part", jk_json_number(model->paid_part));
    put_ranking(b, object, &model->by_row);
    jk_json_put(b, object, "calibration_slope", jk_json_number(model->slope.slope));
    jk_json_put(b, object, "calibration_slope_interval", pair(b, model->slope.low, model->slope.high));
    jk_json_put_numbers(b, object, {"calibration_slope_std_error", model->slope.std_error},
                        {"calibration_intercept", model->slope.intercept});
    jk_json_put(b, claims, "claims", json_integer((json_int_t)model->claims));
    put_ranking(b, claims, &model->by_claim);
    jk_json_put(b, claims, "gini_share", jk_json_number(model->by_claim.gini_share));
    jk_json_put(b, object, "by_claim", claims);
    jk_json_put(b, object, "errors", errors_of(b, &model->errors));
    jk_json_put(b, object, "deviance_difference", jk_json_number(model->deviance_difference));
    jk_json_put(b, object, "deviance_difference_interval", pair(b, model->difference_low, model->difference_high));
    jk_json_put(b, object, "by", tables(b, model));
    jk_json_put(b, object, "tenths", tenths(b, model));
    jk_json_put(b, object, "stability", jk_listing_json(b, &stability));
    jk_json_put(b, file, "path", jk_json_string(model->path));
    jk_json_put(b, file, "name", jk_json_string(model->name));
    jk_json_put(b, file, "sha256", json_string(model->sha256));
    jk_json_put(b, object, "model", file);
}

static json_t *panel_of(jk_json_builder *b, const jk_backtest *test) {
    json_t *object = json_object();
    jk_json_put(b, object, "path", jk_json_string(test->panel_path));
    jk_json_put(b, object, "sha256", json_string(test->panel_sha256));
    jk_json_put(b, object, "rows", json_integer((json_int_t)test->panel_rows));
    jk_json_put(b, object, "key", json_string(test->filter.key == JK_PANEL_KEY_CLAIM ? "claim" : "debtor"));
    jk_json_put(b, object, "split", pair(b, test->filter.low, test->filter.high));
    jk_json_put(b, object, "folds", json_integer(test->folds));
    jk_json_put(b, object, "from", jk_json_date(test->filter.from));
    jk_json_put(b, object, "to", jk_json_date(test->filter.to));
    jk_json_put(b, object, "stability_reference",
                json_string(test->reference == JK_REFERENCE_EARLY ? "first half" : "rows not tested"));
    jk_json_put(b, object, "stability_reference_rows", json_integer((json_int_t)test->reference_rows));
    return object;
}

static json_t *ladder_of(jk_json_builder *b, const jk_backtest *test) {
    if (!test->has_ladder) {
        json_t *object = json_object();
        jk_json_put(b, object, "none_because", json_string(test->no_ladder != NULL ? test->no_ladder : ""));
        return object;
    }
    char *text = jk_chain_ladder_json(&test->triangle, &test->ladder);
    json_t *object = text != NULL ? jk_json_parse(text, 0, NULL) : NULL;
    free(text);
    if (object != NULL) {
        (void)json_object_del(object, "manifest"); /* the whole has one */
    }
    jk_json_put(b, object, "period_months", json_integer(test->ladder_months));
    return object;
}

char *jk_backtest_json(const jk_backtest *test) {
    jk_json_builder b = {0};
    json_t *root = json_object();
    json_t *models = json_array();
    put_model(&b, root, &test->model[0]);
    for (size_t m = 0; m < test->model_count; m++) {
        json_t *model = json_object();
        put_model(&b, model, &test->model[m]);
        jk_json_append(&b, models, model);
    }
    jk_json_put(&b, root, "models", models);
    jk_json_put(&b, root, "chain_ladder", ladder_of(&b, test));
    jk_json_put(&b, root, "panel", panel_of(&b, test));
    jk_json_put(&b, root, "currency", json_string(test->model[0].currency));
    jk_json_put(&b, root, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
