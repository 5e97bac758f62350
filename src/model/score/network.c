/* SPDX-License-Identifier: Apache-2.0 */
/* A logistic model or a neural network in JSON, checked key by key. */
#include "model/score/network.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/text/json.h"
#include "base/text/yaml.h"
#include "model/file/include.h"
#include "model/keys/sections.h"
#include "model/score/pmml.h"
#include "model/trees/trees_internal.h"

enum { INPUTS_MAX = 4096, LAYERS_MAX = 16, PLACE = 64 };

typedef struct network_reader {
    jk_trees_reader names; /* what reads the names of features */
    jk_network *network;
    jk_network_input *inputs;
    jk_network_layer *layers;
    char place[PLACE]; /* which part is being read, for messages */
} network_reader;

#define FAIL_NETWORK(r, ...) jk_fail((r)->names.error, JK_ERROR_MODEL, (r)->names.path, 0, (r)->place, __VA_ARGS__)

/* An object that holds none but these keys. */
static jk_status check_keys(network_reader *r, const json_t *object, const char *const *keys, size_t count) {
    const char *key = NULL;
    json_t *value = NULL;
    if (!json_is_object(object)) {
        return FAIL_NETWORK(r, "expected an object");
    }
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        size_t i = 0;
        while (i < count && strcmp(keys[i], key) != 0) {
            i++;
        }
        if (i == count) {
            return FAIL_NETWORK(r, "unknown key %.40s", key);
        }
    }
    return JK_OK;
}

/* A number of the object; *value stays as it is where it is not given. */
static jk_status read_number(network_reader *r, const json_t *object, const char *key, double low, double high,
                             double *value) {
    const json_t *item = json_object_get(object, key);
    if (item == NULL) {
        return JK_OK;
    }
    *value = json_is_number(item) ? json_number_value(item) : NAN;
    return *value >= low && *value <= high ? JK_OK
                                           : FAIL_NETWORK(r, "%s: expected a number from %g to %g", key, low, high);
}

static jk_status read_flag(network_reader *r, const json_t *object, const char *key, bool *value) {
    const json_t *item = json_object_get(object, key);
    if (item != NULL && !json_is_boolean(item)) {
        return FAIL_NETWORK(r, "%s: expected true or false", key);
    }
    *value = item != NULL && json_is_true(item);
    return JK_OK;
}

/* ---- inputs ----------------------------------------------------------------------------------------------------- */

static jk_status check_input(network_reader *r, const json_t *item, const jk_network_input *input) {
    static const char *const of_numbers[] = {"missing", "low", "high", "log1p", "is_missing"};
    const bool is_number = input->level == NULL;
    for (size_t i = 0; i < sizeof of_numbers / sizeof of_numbers[0]; i++) {
        const bool given = json_object_get(item, of_numbers[i]) != NULL;
        if (given && (!is_number || (input->is_missing && i + 1 < sizeof of_numbers / sizeof of_numbers[0]))) {
            return FAIL_NETWORK(r, "%s: is about a number, and the input is 0 or 1", of_numbers[i]);
        }
    }
    if (input->low >= input->high) {
        return FAIL_NETWORK(r, "expected low below high");
    }
    if (is_number && !input->is_missing && input->from.derived == JK_DERIVED_MONTHS_TO_BAR && isinf(input->high)) {
        return FAIL_NETWORK(r, "missing key high, as months_to_bar is infinite where a claim is never barred");
    }
    return JK_OK;
}

static jk_status read_input(network_reader *r, const json_t *item, jk_network_input *input) {
    static const char *const keys[] = {"name", "mean", "scale", "missing", "low", "high", "log1p", "is_missing"};
    jk_tree_feature feature = {0};
    *input = (jk_network_input){.low = -INFINITY, .high = INFINITY, .missing = NAN, .scale = 1.0};
    JK_TRY(check_keys(r, item, keys, sizeof keys / sizeof keys[0]));
    const char *name = json_string_value(json_object_get(item, "name"));
    if (name == NULL) {
        return FAIL_NETWORK(r, "missing key name, expected a column, a derived figure or column=level");
    }
    JK_TRY(jk_trees_read_feature(&r->names, 0, name, strlen(name), false, &feature));
    input->from = feature.from;
    input->level = feature.level;
    JK_TRY(read_number(r, item, "mean", -1e15, 1e15, &input->mean));
    JK_TRY(read_number(r, item, "scale", 1e-12, 1e15, &input->scale));
    JK_TRY(read_number(r, item, "missing", -1e15, 1e15, &input->missing));
    JK_TRY(read_flag(r, item, "log1p", &input->log1p));
    input->low = input->log1p ? 0.0 : input->low;
    JK_TRY(read_number(r, item, "low", input->log1p ? -0.999 : -1e15, 1e15, &input->low));
    JK_TRY(read_number(r, item, "high", -1e15, 1e15, &input->high));
    JK_TRY(read_flag(r, item, "is_missing", &input->is_missing));
    JK_TRY(check_input(r, item, input));
    return JK_OK;
}

static jk_status read_inputs(network_reader *r, const json_t *list) {
    const size_t count = json_array_size(list);
    (void)snprintf(r->place, sizeof r->place, "inputs");
    if (count == 0 || count > INPUTS_MAX) {
        return FAIL_NETWORK(r, "expected a list of 1 to %d inputs", INPUTS_MAX);
    }
    JK_TRY(jk_trees_take(&r->names, count, sizeof *r->inputs, &r->inputs));
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(r->place, sizeof r->place, "inputs[%zu]", i);
        JK_TRY(read_input(r, json_array_get(list, i), &r->inputs[i]));
    }
    r->network->inputs = r->inputs;
    r->network->input_count = count;
    return JK_OK;
}

/* ---- layers ----------------------------------------------------------------------------------------------------- */

/* `count` numbers of a list, each no larger than a million. */
static jk_status read_numbers(network_reader *r, const json_t *list, const char *what, size_t count, double *numbers) {
    if (json_array_size(list) != count) {
        return FAIL_NETWORK(r, "%s: expected a list of %zu numbers", what, count);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        numbers[i] = json_is_number(item) ? json_number_value(item) : NAN;
        if (!(fabs(numbers[i]) <= 1e6)) {
            return FAIL_NETWORK(r, "%s: expected numbers from -1e6 to 1e6", what);
        }
    }
    return JK_OK;
}

static jk_status read_activation(network_reader *r, const json_t *item, bool is_last, jk_activation *activation) {
    static const char *const names[JK_ACTIVATION_COUNT] = {"identity", "relu", "tanh", "logistic"};
    const char *name = item != NULL ? json_string_value(item) : "identity";
    for (int a = 0; name != NULL && a < JK_ACTIVATION_COUNT; a++) {
        if (strcmp(name, names[a]) == 0) {
            *activation = (jk_activation)a;
            return is_last && a != JK_ACTIVATION_IDENTITY
                       ? FAIL_NETWORK(r, "activation: expected identity in the last layer, whose output is on the "
                                         "scale of logarithms")
                       : JK_OK;
        }
    }
    return FAIL_NETWORK(r, "activation: expected identity, relu, tanh or logistic");
}

static jk_status read_layer(network_reader *r, const json_t *item, size_t index, bool is_last, double *typical) {
    static const char *const keys[] = {"weights", "bias", "activation"};
    const jk_network_layer *before = index > 0 ? &r->layers[index - 1] : NULL;
    jk_network_layer *layer = &r->layers[index];
    double *weights = NULL, *bias = NULL;
    JK_TRY(check_keys(r, item, keys, sizeof keys / sizeof keys[0]));
    const json_t *rows = json_object_get(item, "weights");
    layer->inputs = before != NULL ? before->outputs : r->network->input_count;
    layer->outputs = json_array_size(rows);
    if (layer->outputs == 0 || layer->outputs > JK_NETWORK_OUTPUTS_MAX || (is_last && layer->outputs != 1)) {
        return FAIL_NETWORK(r, "weights: expected %d%s, each a list of %zu numbers, found %zu",
                            is_last ? 1 : JK_NETWORK_OUTPUTS_MAX,
                            is_last ? " row, as the last layer has one output" : " rows at most, one for each output",
                            layer->inputs, layer->outputs);
    }
    JK_TRY(read_activation(r, json_object_get(item, "activation"), is_last, &layer->activation));
    JK_TRY(jk_trees_take(&r->names, layer->outputs * layer->inputs, sizeof *weights, &weights));
    JK_TRY(jk_trees_take(&r->names, layer->outputs, sizeof *bias, &bias));
    for (size_t j = 0; j < layer->outputs; j++) {
        JK_TRY(read_numbers(r, json_array_get(rows, j), "weights", layer->inputs, weights + j * layer->inputs));
    }
    JK_TRY(read_numbers(r, json_object_get(item, "bias"), "bias", layer->outputs, bias));
    layer->weights = weights;
    layer->bias = bias;
    const bool bounded = before != NULL && before->activation >= JK_ACTIVATION_TANH;
    jk_network_choose_grid(layer, weights, bounded, typical);
    r->network->widest = layer->outputs > r->network->widest ? layer->outputs : r->network->widest;
    *typical = layer->activation >= JK_ACTIVATION_TANH ? 1.0 : *typical;
    return JK_OK;
}

static jk_status read_layers(network_reader *r, const json_t *list) {
    const size_t count = json_array_size(list);
    double typical = 1.0; /* inputs are standardised */
    (void)snprintf(r->place, sizeof r->place, "layers");
    if (count == 0 || count > LAYERS_MAX) {
        return FAIL_NETWORK(r, "expected a list of 1 to %d layers", LAYERS_MAX);
    }
    JK_TRY(jk_trees_take(&r->names, count, sizeof *r->layers, &r->layers));
    for (size_t l = 0; l < count; l++) {
        (void)snprintf(r->place, sizeof r->place, "layers[%zu]", l);
        JK_TRY(read_layer(r, json_array_get(list, l), l, l + 1 == count, &typical));
    }
    r->network->layers = r->layers;
    r->network->layer_count = count;
    return JK_OK;
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

static jk_status read_network(network_reader *r, const json_t *root) {
    static const char *const keys[] = {"jalki_network", "trainer", "output", "inputs", "layers"};
    static const char *const outputs[] = {"log", "log_odds"};
    const json_t *version = json_object_get(root, "jalki_network");
    if (!json_is_integer(version) || json_integer_value(version) != 1) {
        return FAIL_NETWORK(r,
                            "expected a network in the format jalki_network: 1 (docs/model-file.md has programs that "
                            "write it from scikit-learn and PyTorch)");
    }
    JK_TRY(check_keys(r, root, keys, sizeof keys / sizeof keys[0]));
    const char *output = json_string_value(json_object_get(root, "output"));
    const char *wanted = outputs[r->names.link];
    const char *other = outputs[1 - (int)r->names.link];
    if (output == NULL || strcmp(output, wanted) != 0) {
        const bool is_other = output != NULL && strcmp(output, other) == 0;
        return FAIL_NETWORK(r, "output: expected %s%s", wanted,
                            !is_other ? ""
                            : r->names.link == JK_TREES_LOG
                                ? " (log odds are a score of one's own: scorecard.own_score)"
                                : " (the logarithm of an intensity stands at scorecard.network)");
    }
    JK_TRY(read_inputs(r, json_object_get(root, "inputs")));
    return read_layers(r, json_object_get(root, "layers"));
}

jk_status jk_network_read(jk_arena *arena, const char *path, const jk_extras *extras, jk_trees_link link,
                          jk_network_file *file, jk_error *error) {
    network_reader r = {.names = {.arena = arena, .error = error, .path = path, .extras = extras, .link = link},
                        .place = "network"};
    jk_yaml_reader reader = {.arena = arena};
    json_error_t problem;
    JK_TRY(jk_yaml_read_file(&reader, path, &file->bytes, &file->size, error));
    JK_TRY(jk_trees_take(&r.names, 1, sizeof *r.network, &r.network));
    const char *text = file->bytes;
    size_t size = file->size;
    if (jk_pmml_is(text, size)) {
        char *made = NULL;
        JK_TRY(jk_pmml_network(arena, path, text, size, &made, error));
        text = made;
        size = strlen(made);
    }
    json_t *root = jk_json_parse_bytes(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        return jk_fail(error, JK_ERROR_MODEL, path, problem.line, NULL, "not JSON: %s; expected a network",
                       problem.text);
    }
    jk_status status = read_network(&r, root);
    json_decref(root);
    file->network = r.network;
    return status;
}

jk_status jk_read_network(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_scorecard *scorecard = target;
    const char *name = NULL;
    jk_network_file file = {0};
    if (!jk_yaml_to_text(node, &name) || name[0] == '\0') {
        return jk_model_expected(reader, node, "the name of a network's file");
    }
    const char *path = jk_path_beside(reader->arena, node->file, name);
    JK_TRY(jk_held(path != NULL, reader->error, "the model"));
    JK_TRY(jk_include_allowed(reader->model->path, path, node, "network", reader->error));
    JK_TRY(jk_network_read(reader->arena, path, &reader->model->extras, JK_TREES_LOG, &file, reader->error));
    scorecard->network = file.network;
    jk_include_hash(reader->model->sha256, file.bytes, file.size);
    return JK_OK;
}
