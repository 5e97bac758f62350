/* SPDX-License-Identifier: Apache-2.0 */
/* Version, currencies and epochs. */
#include <math.h>
#include <string.h>

#include "model/keys/sections.h"

enum { CURRENCY_LETTERS = 3, COARSE_EPOCH = 12 };

static const char currency_words[] = "a currency of three capital letters";

jk_status jk_read_version(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    (void)target;
    double version = 0;
    if (!jk_yaml_to_real(node, &version) || version != 1) {
        return jk_model_expected(reader, node, "1, the version of this format");
    }
    return JK_OK;
}

jk_status jk_read_currency(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    const char *text = NULL;
    if (!jk_yaml_to_text(node, &text)) {
        return jk_model_expected(reader, node, currency_words);
    }
    JK_TRY(jk_check_code(reader, node, text, CURRENCY_LETTERS, currency_words));
    *(const char **)target = text;
    return JK_OK;
}

static jk_status read_rates(jk_model_reader *reader, const jk_yaml_node *node) {
    static const jk_field rate_field = {.kind = JK_FIELD_REAL, .flags = JK_FIELD_ABOVE_LOW, .low = 0, .high = 1e6};
    jk_model *model = reader->model;
    JK_TRY(jk_expect_map(reader, node, "a map of currencies to rates"));
    jk_exchange_rate *rates = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *rates, &rates));
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_pair *pair = &node->pairs[i];
        jk_yaml_node place = {.file = pair->file, .line = pair->line};
        size_t before = jk_key_path_add(&reader->path, pair->key);
        JK_TRY(jk_check_code(reader, &place, pair->key, CURRENCY_LETTERS, currency_words));
        rates[i].currency = pair->key;
        JK_TRY(jk_read_number(reader, &rate_field, pair->value, &rates[i].written));
        rates[i].rate = rates[i].written;
        if (strcmp(pair->key, model->base_currency) == 0 && rates[i].written != 1.0) {
            return jk_model_expected(reader, pair->value, "1, the rate of the base currency");
        }
        jk_key_path_cut(&reader->path, before);
    }
    model->exchange_rates = rates;
    model->exchange_rate_count = node->count;
    return JK_OK;
}

/* The base currency in the list of rates, where fx does not name it. */
static jk_status add_base_currency(jk_model_reader *reader) {
    jk_model *model = reader->model;
    for (size_t i = 0; i < model->exchange_rate_count; i++) {
        if (strcmp(model->exchange_rates[i].currency, model->base_currency) == 0) {
            return JK_OK;
        }
    }
    jk_exchange_rate *rates = NULL;
    JK_TRY(jk_model_alloc(reader, model->exchange_rate_count + 1, sizeof *rates, &rates));
    if (model->exchange_rate_count > 0) {
        memcpy(rates, model->exchange_rates, model->exchange_rate_count * sizeof *rates);
    }
    rates[model->exchange_rate_count++] =
        (jk_exchange_rate){.currency = model->base_currency, .rate = 1.0, .written = 1.0};
    model->exchange_rates = rates;
    return JK_OK;
}

/* A rate to the currency that was asked for: quotient of the rates to the file's own. */
static jk_status tell_in(jk_model_reader *reader, const char *currency) {
    jk_model *model = reader->model;
    const double own = jk_model_exchange_rate(model, currency);
    if (isnan(own)) {
        return jk_fail(reader->error, JK_ERROR_ARGUMENT, model->path, 0, "fx",
                       "has no rate of %.32s; expected one, or amounts told in %s", currency, model->base_currency);
    }
    jk_exchange_rate *rates = NULL;
    JK_TRY(jk_model_alloc(reader, model->exchange_rate_count, sizeof *rates, &rates));
    for (size_t i = 0; i < model->exchange_rate_count; i++) {
        rates[i] = model->exchange_rates[i];
        rates[i].rate = rates[i].written / own;
        model->base_currency = strcmp(rates[i].currency, currency) == 0 ? rates[i].currency : model->base_currency;
    }
    model->exchange_rates = rates;
    model->written_rate = 1.0 / own;
    return JK_OK;
}

jk_status jk_read_exchange_rates(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_model *model = target;
    if (node != NULL) {
        JK_TRY(read_rates(reader, node));
    }
    JK_TRY(add_base_currency(reader));
    model->written_currency = model->base_currency;
    model->written_rate = 1.0;
    if (reader->told != NULL && strcmp(reader->told, model->base_currency) != 0) {
        JK_TRY(tell_in(reader, reader->told));
    }
    reader->money_rate = model->written_rate;
    return JK_OK;
}

jk_status jk_read_epochs(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    static const jk_field month_field = {.kind = JK_FIELD_INTEGER, .low = 1, .high = JK_HORIZON_MAX};
    jk_model *model = target;
    JK_TRY(jk_expect_list(reader, node, 1, "a list of whole numbers of months"));
    if (node->count > JK_EPOCHS_MAX) {
        return jk_model_fail(reader, node, "expected at most %d epochs, found %zu", JK_EPOCHS_MAX, node->count);
    }
    int32_t *epochs = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *epochs, &epochs));
    int sum = 0;
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        double months = 0;
        JK_TRY(jk_read_number(reader, &month_field, node->items[i], &months));
        epochs[i] = (int32_t)months;
        sum += epochs[i];
        jk_key_path_cut(&reader->path, before);
    }
    if (sum != model->horizon_months) {
        return jk_model_fail(reader, node, "expected epochs that sum to horizon_months (%d), found the sum %d",
                             model->horizon_months, sum);
    }
    if (epochs[0] >= COARSE_EPOCH) {
        JK_TRY(jk_model_warn(
            reader, node, "the first epoch lasts %d months: classes change at epoch ends only, so results are coarse",
            epochs[0]));
    }
    model->epochs = epochs;
    model->epoch_count = (int)node->count;
    return JK_OK;
}

jk_status jk_read_node(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    (void)reader;
    *(const jk_yaml_node **)target = node;
    return JK_OK;
}

/* Epochs by default, for a horizon by default. */
static jk_status default_epochs(jk_model_reader *reader, const jk_yaml_node *root) {
    static const int32_t epochs[] = {3, 3, 3, 3, 6, 6, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12};
    enum { DEFAULT_HORIZON = 180 };
    jk_model *model = reader->model;
    if (model->horizon_months != DEFAULT_HORIZON) {
        (void)jk_key_path_add(&reader->path, "epochs");
        return jk_model_fail(reader, root, "missing key, expected epochs that sum to horizon_months (%d)",
                             model->horizon_months);
    }
    model->epochs = epochs;
    model->epoch_count = (int)(sizeof epochs / sizeof epochs[0]);
    return JK_OK;
}

jk_status jk_finish_general(jk_model_reader *reader, const jk_yaml_node *root) {
    return reader->model->epoch_count == 0 ? default_epochs(reader, root) : JK_OK;
}

jk_status jk_read_extras(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_extras *extras = target;
    JK_TRY(jk_expect_map(reader, node, "a map of own columns to number, text, date or money"));
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_pair *pair = &node->pairs[i];
        const jk_yaml_node place = {.file = pair->file, .line = pair->line};
        const char *problem = jk_extra_name_problem(pair->key);
        const char *word = NULL;
        size_t places = 0;
        size_t before = jk_key_path_add(&reader->path, pair->key);
        for (int d = 0; d < JK_DERIVED_COUNT && problem == NULL; d++) {
            problem = strcmp(jk_derived_name((jk_derived)d), pair->key) == 0
                          ? "this is the name of a derived figure; expected another"
                          : NULL;
        }
        if (problem != NULL) {
            return jk_model_fail(reader, &place, "%s", problem);
        }
        const int type = jk_yaml_to_text(pair->value, &word) ? jk_extra_type(word) : -1;
        if (type < 0) {
            return jk_model_expected(reader, pair->value, "number, text, date or money");
        }
        if (jk_extras_add(extras, (jk_type)type, pair->key, &places) < 0) {
            return jk_model_fail(reader, pair->value, "there can be %zu own columns of type %s, and this is one more",
                                 places, word);
        }
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}
