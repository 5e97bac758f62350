/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test over horizons as JSON. */
#include <stdlib.h>

#include "backtest/json_cell.h"
#include "base/file/run_record.h"
#include "jalki/horizon.h"

static json_t *cell_json(jk_json_builder *b, const jk_backtest_cell *cell) {
    json_t *object = json_object();
    jk_json_put(b, object, "name", jk_json_string(cell->name));
    jk_backtest_put_cell(b, object, "landmarks", cell);
    return object;
}

static json_t *horizon_json(jk_json_builder *b, const jk_horizon *horizon) {
    json_t *object = json_object(), *by = json_object();
    char words[JK_HORIZON_WORDS];
    jk_json_put(b, object, "months", json_integer(horizon->months));
    jk_json_put(b, object, "watched_share", jk_json_number(horizon->watched_share));
    jk_json_put(b, object, "watched_to_the_end", json_integer((json_int_t)horizon->complete));
    jk_json_put(b, object, "total", cell_json(b, &horizon->total));
    for (int t = 0; t < JK_HORIZON_BY_COUNT; t++) {
        json_t *cells = json_array();
        for (size_t c = 0; c < horizon->table[t].count; c++) {
            jk_json_append(b, cells, cell_json(b, &horizon->table[t].cell[c]));
        }
        jk_json_put(b, by, jk_horizon_by_name((jk_horizon_by)t), cells);
    }
    jk_horizon_words(horizon, words, sizeof words);
    jk_json_put(b, object, "by", by);
    jk_json_put(b, object, "in_words", jk_json_string(words));
    return object;
}

static json_t *model_json(jk_json_builder *b, const jk_horizon_model *model) {
    json_t *object = json_object(), *file = json_object(), *horizons = json_array();
    jk_json_put(b, file, "path", jk_json_string(model->path));
    jk_json_put(b, file, "name", jk_json_string(model->name));
    jk_json_put(b, file, "sha256", json_string(model->sha256));
    jk_json_put(b, object, "model", file);
    jk_json_put(b, object, "currency", json_string(model->currency));
    for (size_t h = 0; h < model->horizon_count; h++) {
        jk_json_append(b, horizons, horizon_json(b, &model->horizon[h]));
    }
    jk_json_put(b, object, "horizons", horizons);
    return object;
}

static json_t *panel_json(jk_json_builder *b, const jk_horizon_test *test) {
    const jk_panel_filter *filter = &test->options.landmarks.filter;
    json_t *object = json_object();
    jk_json_put(b, object, "path", jk_json_string(test->panel_path));
    jk_json_put(b, object, "sha256", json_string(test->panel_sha256));
    jk_json_put(b, object, "rows", json_integer((json_int_t)test->panel_rows));
    jk_json_put(b, object, "from", jk_json_date(filter->from));
    jk_json_put(b, object, "to", jk_json_date(filter->to));
    jk_json_put(b, object, "key", json_string(filter->key == JK_PANEL_KEY_CLAIM ? "claim" : "debtor"));
    jk_json_put(b, object, "low", json_integer(filter->low));
    jk_json_put(b, object, "high", json_integer(filter->high));
    jk_json_put(b, object, "folds", json_integer(test->options.folds));
    return object;
}

char *jk_horizon_json(const jk_horizon_test *test) {
    const jk_landmark_options *landmarks = &test->options.landmarks;
    jk_json_builder builder = {0}, *b = &builder;
    json_t *object = json_object(), *models = json_array();
    jk_json_put(b, object, "kind", json_string("horizons"));
    jk_json_put(b, object, "currency", json_string(test->model_count > 0 ? test->model[0].currency : ""));
    jk_json_put(b, object, "panel", panel_json(b, test));
    jk_json_put_counts(b, object, {"landmarks", test->landmarks}, {"claims", test->claims});
    jk_json_put(b, object, "landmark_every_months",
                landmarks->every > 0 ? json_integer(landmarks->every) : json_null());
    jk_json_put(b, object, "treatment", json_string(jk_landmark_treatment_name(landmarks->treatment)));
    for (size_t m = 0; m < test->model_count; m++) {
        jk_json_append(b, models, model_json(b, &test->model[m]));
    }
    jk_json_put(b, object, "models", models);
    jk_json_put(b, object, "manifest", jk_run_record_manifest(b));
    return jk_json_text(b, object, JSON_INDENT(2));
}
