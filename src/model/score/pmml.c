/* SPDX-License-Identifier: Apache-2.0 */
/* A document is read once, element by element, into a text. Source: the Data Mining Group's PMML 4.4, "Scorecard" and
 * "Regression". An attribute of a scorecard applies where it is the first whose predicate holds; so intervals that
 * begin at minus infinity begin where the one before ends. */
#include "model/score/pmml.h"

#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/json.h"
#include "base/text/text.h"

enum { NAME_MAX_BYTES = 128, LEVELS_ROOM = 4096, INPUTS_MAX = 4096, BYTES_MAX = 1 << 24 };

/* What an attribute of a scorecard asks for. */
typedef struct predicate {
    double from, below; /* from <= x < below */
    bool has_bound, missing, otherwise, is_or;
    char levels[LEVELS_ROOM]; /* 'a' 'b' */
} predicate;

typedef struct pmml {
    XML_Parser parser;
    const char *path;
    jk_error *error;
    jk_status status;
    FILE *out;
    bool card, found; /* what is looked for, and whether the document has it */
    /* of a scorecard */
    char field[NAME_MAX_BYTES];
    bool in_attribute, in_array, numeric;
    char array[LEVELS_ROOM]; /* the text of an Array */
    size_t array_used;
    double points, reached;
    predicate asks;
    /* of a regression */
    json_t *inputs, *weights, *replacements;
    const char *output;
    double intercept;
    int tables;
    bool negated;
} pmml;

/* The first failure counts, and ends the reading. */
#define FAIL(p, ...)                                                                                                   \
    do {                                                                                                               \
        if ((p)->status == JK_OK) {                                                                                    \
            (p)->status = jk_fail((p)->error, JK_ERROR_MODEL, (p)->path,                                               \
                                  (int64_t)XML_GetCurrentLineNumber((p)->parser), NULL, __VA_ARGS__);                  \
            (void)XML_StopParser((p)->parser, XML_FALSE);                                                              \
        }                                                                                                              \
    } while (0)

bool jk_pmml_is(const char *bytes, size_t size) {
    const size_t mark = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return size > mark && bytes[mark] == '<';
}

static const char *local_name(const char *name) {
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static const char *attribute(const char **list, const char *name) {
    for (; *list != NULL; list += 2) {
        if (strcmp(*list, name) == 0) {
            return list[1];
        }
    }
    return NULL;
}

static double number(pmml *p, const char *name, const char *text) {
    double value = NAN;
    if (text == NULL || !jk_text_to_real(text, strlen(text), &value) || !isfinite(value)) {
        FAIL(p, "%s is %.40s; expected a number", name, text != NULL ? text : "missing");
    }
    return value;
}

/* ---- scorecards ------------------------------------------------------------------------------------------------- */

static void set_field(pmml *p, const char *field) {
    if (field == NULL || strlen(field) >= NAME_MAX_BYTES || (p->field[0] != '\0' && strcmp(p->field, field) != 0)) {
        FAIL(p, "a characteristic is about %.60s and %.60s; expected one field", p->field,
             field != NULL ? field : "none");
        return;
    }
    (void)snprintf(p->field, sizeof p->field, "%s", field);
}

static void add_level(pmml *p, const char *level, size_t length) {
    const size_t used = strlen(p->asks.levels);
    if (memchr(level, '\'', length) != NULL || memchr(level, '"', length) != NULL || used + length + 4 > LEVELS_ROOM) {
        FAIL(p, "the levels of %s hold a quote, or are too long", p->field);
        return;
    }
    (void)snprintf(p->asks.levels + used, LEVELS_ROOM - used, "'%.*s' ", (int)length, level);
}

static void add_simple(pmml *p, const char **list) {
    const char *operation = attribute(list, "operator"), *value = attribute(list, "value");
    set_field(p, attribute(list, "field"));
    if (operation == NULL || p->status != JK_OK) {
        FAIL(p, "a SimplePredicate has no operator");
    } else if (strcmp(operation, "isMissing") == 0) {
        p->asks.missing = true;
    } else if (strcmp(operation, "equal") == 0 && value != NULL) {
        add_level(p, value, strlen(value));
    } else if (strcmp(operation, "isNotMissing") != 0) {
        const bool low = strncmp(operation, "greater", 7) == 0, or_equal = strstr(operation, "OrEqual") != NULL;
        if ((!low && strncmp(operation, "less", 4) != 0) || (p->asks.is_or && p->asks.has_bound)) {
            FAIL(p, "%.40s of %s: expected intervals, levels and isMissing", operation, p->field);
            return;
        }
        double bound = number(p, "value", value);
        bound = low == or_equal ? bound : nextafter(bound, (double)INFINITY);
        p->asks.has_bound = true;
        *(low ? &p->asks.from : &p->asks.below) = bound;
    }
}

static void put_line(pmml *p, const char *bin) {
    (void)fprintf(p->out, "\"%s\",\"%s\",%.17g\n", p->field, bin, p->points);
}

static void put_interval(pmml *p, double from, double below) {
    char bin[80];
    (void)snprintf(bin, sizeof bin, "[%.17g, %.17g)", from, below);
    put_line(p, bin);
    p->reached = below;
    p->numeric = true;
}

static void end_attribute(pmml *p) {
    const predicate *asks = &p->asks;
    if (p->field[0] == '\0' || strchr(p->field, '"') != NULL) {
        FAIL(p, "the first Attribute of a Characteristic names no field");
        return;
    }
    if (asks->has_bound) {
        put_interval(p, asks->from < p->reached && isinf(asks->from) ? p->reached : asks->from, asks->below);
    }
    if (asks->levels[0] != '\0') {
        put_line(p, asks->levels);
    }
    if (asks->otherwise && p->numeric && p->reached < (double)INFINITY) {
        put_interval(p, p->reached, (double)INFINITY);
    }
    if (asks->otherwise && !p->numeric) {
        put_line(p, "Special");
    }
    if (asks->missing || asks->otherwise) {
        put_line(p, "Missing");
    }
}

static void start_of_card(pmml *p, const char *name, const char **list) {
    if (strcmp(name, "Scorecard") == 0) {
        p->found = true;
        const char *first = attribute(list, "initialScore");
        (void)fprintf(p->out, "basepoints,,%.17g\n", first != NULL ? number(p, "initialScore", first) : 0.0);
    } else if (strcmp(name, "Characteristic") == 0) {
        p->field[0] = '\0';
        p->reached = -(double)INFINITY;
        p->numeric = false;
    } else if (strcmp(name, "Attribute") == 0) {
        p->in_attribute = true;
        p->asks = (predicate){.from = -(double)INFINITY, .below = (double)INFINITY};
        p->points = number(p, "partialScore", attribute(list, "partialScore"));
    } else if (p->in_attribute && strcmp(name, "SimplePredicate") == 0) {
        add_simple(p, list);
    } else if (p->in_attribute && strcmp(name, "SimpleSetPredicate") == 0) {
        const char *operation = attribute(list, "booleanOperator");
        set_field(p, attribute(list, "field"));
        if (operation == NULL || strcmp(operation, "isIn") != 0) {
            FAIL(p, "a SimpleSetPredicate of %s: expected isIn", p->field);
        }
    } else if (p->in_attribute && strcmp(name, "CompoundPredicate") == 0) {
        const char *operation = attribute(list, "booleanOperator");
        p->asks.is_or = operation != NULL && strcmp(operation, "or") == 0;
        if (!p->asks.is_or && (operation == NULL || strcmp(operation, "and") != 0)) {
            FAIL(p, "a CompoundPredicate: expected and, or");
        }
    } else if (p->in_attribute && strcmp(name, "True") == 0) {
        p->asks.otherwise = true;
    } else if (strcmp(name, "Array") == 0) {
        p->in_array = p->in_attribute;
        p->array_used = 0;
    } else if (strcmp(name, "ComplexPartialScore") == 0 || strcmp(name, "DerivedField") == 0) {
        FAIL(p, "%s: expected points by the fields as they are", name);
    }
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length) {
    pmml *p = data;
    if (p->in_array && (size_t)length < LEVELS_ROOM - p->array_used) {
        memcpy(p->array + p->array_used, text, (size_t)length);
        p->array_used += (size_t)length;
    } else if (p->in_array) {
        FAIL(p, "the levels of %s are too long", p->field);
    }
}

/* The values of an Array: words, or in quotes. */
static void end_array(pmml *p) {
    for (size_t i = 0; i < p->array_used;) {
        const bool quoted = p->array[i] == '"';
        const size_t first = i + quoted;
        size_t last = first;
        while (last < p->array_used && (quoted ? p->array[last] != '"' : strchr(" \t\r\n", p->array[last]) == NULL)) {
            last++;
        }
        if (last > first) {
            add_level(p, p->array + first, last - first);
        }
        i = last + 1;
    }
    p->in_array = false;
}

/* ---- regressions ------------------------------------------------------------------------------------------------ */

static void start_regression(pmml *p, const char **list) {
    const char *normalised = attribute(list, "normalizationMethod"), *function = attribute(list, "functionName");
    const bool classes = function != NULL && strcmp(function, "classification") == 0;
    normalised = normalised != NULL ? normalised : "none";
    p->found = true;
    if (classes && (strcmp(normalised, "logit") == 0 || strcmp(normalised, "softmax") == 0)) {
        p->output = "log_odds";
    } else if (strcmp(normalised, "logit") == 0 || strcmp(normalised, "exp") == 0) {
        p->output = strcmp(normalised, "exp") == 0 ? "log" : "log_odds";
    } else {
        FAIL(p, "the normalizationMethod is %.40s; expected logit or exp", normalised);
    }
}

/* Two tables are of two categories, of which one has no predictors; of a category that says no, the odds are turned. */
static void start_table(pmml *p, const char **list) {
    static const char *const no[] = {"0", "false", "FALSE", "False", "no", "No", "N"};
    const char *intercept = attribute(list, "intercept"), *category = attribute(list, "targetCategory");
    const double start = intercept != NULL ? number(p, "intercept", intercept) : 0.0;
    p->tables++;
    if (p->tables > 2 || (p->tables == 2 && start != 0.0)) {
        FAIL(p, "several tables with predictors or intercepts; expected one, of two categories");
    }
    p->intercept += start;
    for (size_t i = 0; p->tables == 1 && category != NULL && i < sizeof no / sizeof no[0]; i++) {
        p->negated = p->negated || strcmp(category, no[i]) == 0;
    }
}

static void add_predictor(pmml *p, const char **list, bool is_number) {
    const char *name = attribute(list, "name"), *value = attribute(list, "value");
    const char *exponent = attribute(list, "exponent");
    const json_t *replacement = name != NULL ? json_object_get(p->replacements, name) : NULL;
    json_t *input = json_object();
    char level[2 * NAME_MAX_BYTES + 2];
    if (p->tables != 1 || name == NULL || (!is_number && value == NULL) || strlen(name) >= NAME_MAX_BYTES ||
        (value != NULL && strlen(value) >= NAME_MAX_BYTES) || (exponent != NULL && strcmp(exponent, "1") != 0) ||
        json_array_size(p->weights) == INPUTS_MAX) {
        FAIL(p, "a predictor stands outside the first RegressionTable, has no name, or an exponent other than 1");
        json_decref(input);
        return;
    }
    if (is_number && replacement == NULL) {
        FAIL(p, "%s has no missingValueReplacement in the MiningSchema; expected one, as every claim is scored", name);
    }
    (void)snprintf(level, sizeof level, "%s%s%s", name, is_number ? "" : "=", is_number ? "" : value);
    jk_json_set(input, "name", json_string(level));
    if (replacement != NULL && is_number) {
        jk_json_set(input, "missing", json_deep_copy(replacement));
    }
    /* a power of two brings the weight to between 1/2 and 1, and the input to the size of what it adds: without a loss
     */
    int exponent_of_two = 0;
    const double weight = frexp(number(p, "coefficient", attribute(list, "coefficient")), &exponent_of_two);
    jk_json_set(input, "scale", json_real(ldexp(1.0, -exponent_of_two)));
    jk_json_add(p->inputs, input);
    jk_json_add(p->weights, json_real(isnan(weight) ? 0.0 : weight));
}

static void start_of_network(pmml *p, const char *name, const char **list) {
    if (strcmp(name, "RegressionModel") == 0) {
        start_regression(p, list);
    } else if (strcmp(name, "MiningField") == 0) {
        const char *field = attribute(list, "name"), *value = attribute(list, "missingValueReplacement");
        double as = NAN;
        if (field != NULL && value != NULL && jk_text_to_real(value, strlen(value), &as) && isfinite(as)) {
            jk_json_set(p->replacements, field, json_real(as));
        }
    } else if (strcmp(name, "RegressionTable") == 0) {
        start_table(p, list);
    } else if (strcmp(name, "NumericPredictor") == 0 || strcmp(name, "CategoricalPredictor") == 0) {
        add_predictor(p, list, name[0] == 'N');
    } else if (strcmp(name, "PredictorTerm") == 0 || strcmp(name, "DerivedField") == 0) {
        FAIL(p, "%s: expected predictors that are the fields as they are", name);
    }
}

/* ---- the document ----------------------------------------------------------------------------------------------- */

static void XMLCALL on_start(void *data, const XML_Char *full, const XML_Char **list) {
    static const char *const models[] = {"TreeModel",       "MiningModel",   "Scorecard",
                                         "RegressionModel", "NeuralNetwork", "GeneralRegressionModel"};
    pmml *p = data;
    const char *name = local_name(full), *wanted = p->card ? "Scorecard" : "RegressionModel";
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        if (strcmp(name, models[i]) == 0 && (strcmp(name, wanted) != 0 || p->found)) {
            FAIL(p, "is PMML with a %s%s; expected one %s", name, p->found ? " beside another model" : "", wanted);
        }
    }
    if (p->status == JK_OK && p->card) {
        start_of_card(p, name, list);
    } else if (p->status == JK_OK) {
        start_of_network(p, name, list);
    }
}

static void XMLCALL on_end(void *data, const XML_Char *full) {
    pmml *p = data;
    const char *name = local_name(full);
    if (p->status == JK_OK && p->in_attribute && strcmp(name, "Attribute") == 0) {
        end_attribute(p);
        p->in_attribute = false;
    }
    if (p->status == JK_OK && p->in_array && strcmp(name, "Array") == 0) {
        end_array(p);
    }
}

static void XMLCALL on_entity(void *data, const XML_Char *name, int is_parameter, const XML_Char *value,
                              int value_length, const XML_Char *base, const XML_Char *system_id,
                              const XML_Char *public_id, const XML_Char *notation) {
    (void)name, (void)is_parameter, (void)value, (void)value_length, (void)base, (void)system_id, (void)public_id,
        (void)notation;
    FAIL((pmml *)data, "declares entities, which no model needs");
}

/* Reads the document; what the parser itself cannot read is said as it says it. */
static jk_status parse(pmml *p, const char *bytes, size_t size) {
    p->parser = XML_ParserCreate(NULL);
    if (p->parser == NULL || size > BYTES_MAX) {
        return jk_fail_memory(p->error, "a model in PMML");
    }
    XML_SetUserData(p->parser, p);
    XML_SetElementHandler(p->parser, on_start, on_end);
    XML_SetCharacterDataHandler(p->parser, on_text);
    XML_SetEntityDeclHandler(p->parser, on_entity);
    if (XML_Parse(p->parser, bytes, (int)size, 1) == XML_STATUS_ERROR) {
        FAIL(p, "is no PMML: %s", XML_ErrorString(XML_GetErrorCode(p->parser)));
    }
    if (p->status == JK_OK && !p->found) {
        FAIL(p, "holds no %s", p->card ? "Scorecard" : "RegressionModel");
    }
    XML_ParserFree(p->parser);
    return p->status;
}

jk_status jk_pmml_card(jk_arena *arena, const char *path, const char *bytes, size_t size, char **text,
                       jk_error *error) {
    char *lines = NULL;
    size_t length = 0;
    pmml p = {.path = path, .error = error, .card = true, .out = jk_text_open(&lines, &length)};
    JK_TRY(jk_held(p.out != NULL, error, "a model in PMML"));
    (void)fputs("characteristic,bin,points\n", p.out);
    jk_status status = parse(&p, bytes, size);
    if (!jk_text_close(p.out, &lines) && status == JK_OK) {
        status = jk_fail_memory(error, "a model in PMML");
    }
    if (status == JK_OK) {
        *text = jk_arena_text(arena, lines, length);
        status = jk_held(*text != NULL, error, "a model in PMML");
    }
    free(lines);
    return status;
}

/* The network of one layer, which takes the lists over. */
static char *network_text(pmml *p) {
    json_t *root = json_object(), *layer = json_object(), *rows = json_array(), *bias = json_array();
    json_t *layers = json_array();
    for (size_t i = 0; p->negated && i < json_array_size(p->weights); i++) {
        (void)json_array_set_new(p->weights, i, json_real(-json_real_value(json_array_get(p->weights, i))));
    }
    jk_json_add(rows, p->weights);
    jk_json_add(bias, json_real(p->negated ? -p->intercept : p->intercept));
    jk_json_set(layer, "weights", rows);
    jk_json_set(layer, "bias", bias);
    jk_json_add(layers, layer);
    jk_json_set(root, "jalki_network", json_integer(1));
    jk_json_set(root, "trainer", json_string("PMML"));
    jk_json_set(root, "output", json_string(p->output));
    jk_json_set(root, "inputs", p->inputs);
    jk_json_set(root, "layers", layers);
    return jk_json_text(NULL, root, JSON_REAL_PRECISION(17));
}

jk_status jk_pmml_network(jk_arena *arena, const char *path, const char *bytes, size_t size, char **text,
                          jk_error *error) {
    pmml p = {
        .path = path, .error = error, .inputs = json_array(), .weights = json_array(), .replacements = json_object()};
    jk_status status = parse(&p, bytes, size);
    if (status == JK_OK) {
        char *made = network_text(&p);
        *text = made != NULL ? jk_arena_text(arena, made, strlen(made)) : NULL;
        status = jk_held(*text != NULL, error, "a model in PMML");
        free(made);
    } else {
        json_decref(p.inputs);
        json_decref(p.weights);
    }
    json_decref(p.replacements);
    return status;
}
