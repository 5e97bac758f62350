/* SPDX-License-Identifier: Apache-2.0 */
/* `risk.correlation`: a number between any two countries, or a matrix between factors of segments and countries. Of the
 * factors that could be a claim's, SEGMENT/COUNTRY goes before SEGMENT and SEGMENT before COUNTRY. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number/semidefinite.h"
#include "base/text/text.h"
#include "model/keys/sections.h"
#include "model/keys/tables.h"

#define UNLESS_GIVEN 0.5  /* between any two countries */
#define ROUNDING     1e-9 /* of a correlation as it is written */
#define CONTRADICTED 1e-3 /* of one that singular rows say otherwise */

static const char words[] = "a number from 0 to 1, or a map of factors and their matrix";

/* Which claims a factor is for; SIZE_MAX: those of all segments, or of all countries. */
typedef struct factor_claims {
    size_t segment, country;
} factor_claims;

enum { NAME_ROOM = 512 };

/* "fi-bills", "FI" or "fi-bills/FI". */
static void name_of(const jk_model *model, factor_claims claims, char *name, size_t room) {
    const char *segment = claims.segment != SIZE_MAX ? model->segments[claims.segment].id : "";
    const char *country = claims.country != SIZE_MAX ? model->jurisdictions[claims.country].id : "";
    const char *between = claims.segment != SIZE_MAX && claims.country != SIZE_MAX ? "/" : "";
    (void)snprintf(name, room, "%s%s%s", segment, between, country);
}

/* All that a factor may be called has a number from 1 on. */
static size_t names_end(const jk_model *model) {
    return (model->segment_count + 1) * (model->jurisdiction_count + 1);
}

static factor_claims claims_at(const jk_model *model, size_t number) {
    const size_t places = model->jurisdiction_count + 1;
    return (factor_claims){number / places - 1, number % places - 1}; /* 0 - 1 is SIZE_MAX */
}

static bool is_called(const jk_model *model, factor_claims claims, const char *text) {
    if (claims.segment != SIZE_MAX) {
        const char *segment = model->segments[claims.segment].id;
        const size_t length = strlen(segment);
        if (strncmp(text, segment, length) != 0) {
            return false;
        }
        text += length;
        if (claims.country == SIZE_MAX) {
            return *text == '\0';
        }
        if (*text++ != '/') {
            return false;
        }
    }
    return strcmp(text, model->jurisdictions[claims.country].id) == 0;
}

/* Finds the claims by a name: how many readings it has. */
static size_t find_claims(const jk_model *model, const char *text, factor_claims *found) {
    size_t readings = 0;
    for (size_t i = 1; i < names_end(model); i++) {
        const factor_claims claims = claims_at(model, i);
        if (is_called(model, claims, text)) {
            *found = claims;
            readings++;
        }
    }
    return readings;
}

static jk_status unknown_factor(jk_model_reader *reader, const jk_yaml_node *node, const char *text) {
    const jk_model *model = reader->model;
    const char **names = NULL;
    size_t count = 0;
    JK_TRY(jk_model_alloc(reader, names_end(model), sizeof *names, &names));
    for (size_t i = 1; i < names_end(model); i++) {
        char name[NAME_ROOM];
        name_of(model, claims_at(model, i), name, sizeof name);
        char *copy = jk_arena_text(reader->arena, name, strlen(name));
        JK_TRY(jk_held(copy != NULL, reader->error, "the model"));
        names[count++] = copy;
    }
    const int nearest = jk_text_nearest(text, names, count);
    return nearest >= 0 ? jk_model_fail(reader, node, "unknown factor %s, did you mean %s?", text, names[nearest])
                        : jk_model_fail(reader, node,
                                        "unknown factor %s, expected a segment, a country, or a segment in a country "
                                        "as SEGMENT/COUNTRY",
                                        text);
}

static jk_status read_factor(jk_model_reader *reader, const jk_yaml_node *node, const char **name,
                             factor_claims *claims) {
    if (node->kind != JK_YAML_SCALAR) {
        return jk_model_expected(reader, node, "a segment, a country or SEGMENT/COUNTRY");
    }
    const size_t readings = find_claims(reader->model, node->text, claims);
    if (readings == 0) {
        return unknown_factor(reader, node, node->text);
    }
    if (readings > 1) {
        return jk_model_fail(reader, node, "%s is a segment and a country, expected SEGMENT/COUNTRY", node->text);
    }
    *name = node->text;
    return JK_OK;
}

/* ---- whose factor it is ------------------------------------------------------------------------------------------ */

static size_t find_factor(const factor_claims *claims, size_t count, factor_claims wanted) {
    size_t i = 0;
    while (i < count && (claims[i].segment != wanted.segment || claims[i].country != wanted.country)) {
        i++;
    }
    return i;
}

/* A factor for every segment in every country; what is missing is told, and so is a factor that no claim has. */
static jk_status assign(jk_model_reader *reader, const jk_yaml_node *node, const factor_claims *claims,
                        jk_risk_correlation *into) {
    const jk_model *model = reader->model;
    const size_t countries = model->jurisdiction_count;
    uint32_t *of = NULL;
    uint8_t *used = NULL;
    size_t missing = 0, first[2] = {0, 0};
    JK_TRY(jk_model_alloc(reader, model->segment_count * countries, sizeof *of, &of));
    JK_TRY(jk_model_alloc(reader, into->count, sizeof *used, &used));
    for (size_t g = 0; g < model->segment_count; g++) {
        for (size_t c = 0; c < countries; c++) {
            const factor_claims order[] = {{g, c}, {g, SIZE_MAX}, {SIZE_MAX, c}};
            size_t found = into->count;
            for (size_t i = 0; i < sizeof order / sizeof order[0] && found == into->count; i++) {
                found = find_factor(claims, into->count, order[i]);
            }
            if (found == into->count) {
                first[0] = missing == 0 ? g : first[0];
                first[1] = missing == 0 ? c : first[1];
                missing++;
                continue;
            }
            of[g * countries + c] = (uint32_t)found;
            used[found] = 1;
        }
    }
    if (missing > 0) {
        const char *segment = model->segments[first[0]].id, *country = model->jurisdictions[first[1]].id;
        return jk_model_fail(reader, node,
                             "expected a factor for every segment in every country, found none for segment %s in %s "
                             "(and %zu more): name %s, %s or %s/%s",
                             segment, country, missing - 1, segment, country, segment, country);
    }
    for (size_t i = 0; i < into->count; i++) {
        if (used[i] == 0) {
            JK_TRY(jk_model_warn(reader, node, "no claim has the factor %s: others are more exact", into->factor[i]));
        }
    }
    into->of = of;
    return JK_OK;
}

jk_status jk_read_risk_factors(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_risk_correlation *into = target;
    const char **names = NULL;
    factor_claims *claims = NULL;
    JK_TRY(jk_expect_list(reader, node, 1, "a list of segments, countries and SEGMENT/COUNTRY"));
    if (node->count > JK_RISK_FACTORS_MOST) {
        return jk_model_fail(reader, node, "expected at most %d factors, found %zu", (int)JK_RISK_FACTORS_MOST,
                             node->count);
    }
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *names, &names));
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *claims, &claims));
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(read_factor(reader, node->items[i], &names[i], &claims[i]));
        const size_t twin = find_factor(claims, i, claims[i]);
        if (twin < i) {
            return jk_model_fail(reader, node->items[i], "%s stands twice (as number %zu, too), expected once",
                                 names[i], twin);
        }
        jk_key_path_cut(&reader->path, before);
    }
    into->count = node->count;
    into->factor = names;
    return assign(reader, node, claims, into);
}

/* ---- the matrix -------------------------------------------------------------------------------------------------- */

static jk_status read_row(jk_model_reader *reader, const jk_yaml_node *node, size_t i, const jk_risk_correlation *of,
                          double *matrix) {
    double *row = matrix + i * of->count;
    static const jk_field field = {.kind = JK_FIELD_REAL, .low = -1.0, .high = 1.0};
    if (node->kind != JK_YAML_LIST) {
        return jk_model_expected(reader, node, "a row of numbers from -1 to 1");
    }
    if (node->count != of->count) {
        return jk_model_fail(reader, node, "expected %zu numbers, one for each factor, found %zu", of->count,
                             node->count);
    }
    for (size_t k = 0; k < of->count; k++) {
        size_t before = jk_key_path_index(&reader->path, k);
        JK_TRY(jk_read_number(reader, &field, node->items[k], &row[k]));
        if (k == i && fabs(row[k] - 1.0) > ROUNDING) {
            return jk_model_fail(reader, node->items[k], "expected 1, of %s with itself, found %.10g", of->factor[i],
                                 row[k]);
        }
        const double other = k < i ? matrix[k * of->count + i] : row[k];
        if (fabs(row[k] - other) > ROUNDING) {
            return jk_model_fail(reader, node->items[k], "expected %.10g as row %zu has it (%s and %s), found %.10g",
                                 other, k, of->factor[k], of->factor[i], row[k]);
        }
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}

/* Factors that others determine wholly have no column of their own in the root: their correlations must be those of the
 * others. */
static jk_status check_root(jk_model_reader *reader, const jk_yaml_node *node, const jk_risk_correlation *of,
                            const double *root) {
    const size_t n = of->count;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            double product = 0.0;
            for (size_t l = 0; l <= k; l++) {
                product += root[i * n + l] * root[k * n + l];
            }
            if (fabs(product - of->matrix[i * n + k]) > CONTRADICTED) {
                return jk_model_fail(
                    reader, node,
                    "expected a positive semi-definite matrix; the factors before %s determine it, and "
                    "make its correlation with %s %.6g, found %.6g",
                    of->factor[k], of->factor[i], product, of->matrix[i * n + k]);
            }
        }
    }
    return JK_OK;
}

jk_status jk_read_risk_matrix(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_risk_correlation *into = target;
    const size_t n = into->count;
    double *matrix = NULL, *root = NULL, pivot = 0.0;
    if (node->kind != JK_YAML_LIST) {
        return jk_model_expected(reader, node, "a row of numbers from -1 to 1 for each factor");
    }
    if (node->count != n) {
        return jk_model_fail(reader, node, "expected %zu rows, one for each factor, found %zu", n, node->count);
    }
    JK_TRY(jk_model_alloc(reader, n * n, sizeof *matrix, &matrix));
    JK_TRY(jk_model_alloc(reader, n * n, sizeof *root, &root));
    for (size_t i = 0; i < n; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(read_row(reader, node->items[i], i, into, matrix));
        jk_key_path_cut(&reader->path, before);
    }
    into->matrix = matrix;
    const size_t wrong = jk_semidefinite_root(matrix, n, root, &pivot);
    if (wrong < n) {
        return jk_model_fail(reader, node,
                             "expected a positive semi-definite matrix; given the factors before it, %s (row %zu) has "
                             "the pivot %.6g: no variance may be below 0",
                             into->factor[wrong], wrong, pivot);
    }
    into->root = root;
    return check_root(reader, node, into, root);
}

jk_status jk_read_risk_correlation(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_risk *risk = target;
    jk_risk_correlation *into = NULL;
    JK_TRY(jk_model_alloc(reader, 1, sizeof *into, &into));
    risk->correlation = into;
    into->countries = UNLESS_GIVEN;
    if (node == NULL) {
        return JK_OK;
    }
    if (node->kind == JK_YAML_MAP) {
        into->countries = (double)NAN;
        return jk_read_record(reader, &jk_record_risk_correlation, node, into);
    }
    if (!jk_yaml_to_real(node, &into->countries) || !(into->countries >= 0.0 && into->countries <= 1.0)) {
        return jk_model_expected(reader, node, words);
    }
    return JK_OK;
}
