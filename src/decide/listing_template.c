/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/listing_template.h"

#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "base/text/yaml.h"
#include "base/words/listing.h"

enum { NAME_BYTES_MAX = 128 };

static jk_status unknown_column(const char *path, const jk_yaml_pair *pair, const char *wanted, const jk_listing *of,
                                jk_error *error) {
    const char *names[JK_LISTING_COLUMNS];
    for (size_t c = 0; c < of->column_count; c++) {
        names[c] = of->columns[c].name;
    }
    int nearest = jk_text_nearest(wanted, names, of->column_count);
    return jk_fail(error, JK_ERROR_MODEL, path, pair->value->line, pair->key, "there is no column '%.60s'%s%s%s",
                   wanted, nearest >= 0 ? ", did you mean " : "; docs/outputs.md has them",
                   nearest >= 0 ? names[nearest] : "", nearest >= 0 ? "?" : "");
}

/* {text: WORDS}: all rows have it. */
static bool is_fixed(const jk_yaml_node *node, const char **text) {
    const jk_yaml_pair *pair = node->kind == JK_YAML_MAP && node->count == 1 ? jk_yaml_find(node, "text") : NULL;
    if (pair == NULL || pair->value->kind != JK_YAML_SCALAR) {
        return false;
    }
    *text = pair->value->text; /* a number too, as it is written */
    return true;
}

static jk_status read_column(const char *path, const jk_yaml_pair *pair, const jk_listing *of, size_t place,
                             jk_listing_template *made, jk_error *error) {
    const char *wanted = NULL;
    char words[JK_YAML_WORDS];
    if (pair->key[0] == '\0' || strlen(pair->key) > NAME_BYTES_MAX || strpbrk(pair->key, "\r\n") != NULL) {
        return jk_fail(error, JK_ERROR_MODEL, path, pair->line, pair->key, "expected a name of 1 to %d bytes in a line",
                       (int)NAME_BYTES_MAX);
    }
    made->from[place] = SIZE_MAX;
    if (is_fixed(pair->value, &made->text[place])) {
        made->columns[place] = (jk_listing_column){pair->key, pair->key, "", "A fixed text", JK_LISTING_TEXT, 0};
        return JK_OK;
    }
    if (!jk_yaml_to_text(pair->value, &wanted)) {
        return jk_fail(error, JK_ERROR_MODEL, path, pair->value->line, pair->key,
                       "expected one of our columns, or {text: WORDS}, found %s", jk_yaml_describe(pair->value, words));
    }
    for (size_t c = 0; c < of->column_count; c++) {
        if (strcmp(of->columns[c].name, wanted) == 0) {
            made->from[place] = c;
            made->columns[place] = of->columns[c];
            made->columns[place].name = made->columns[place].head = pair->key;
        }
    }
    return made->from[place] == SIZE_MAX ? unknown_column(path, pair, wanted, of, error) : JK_OK;
}

static jk_status read_template(const char *path, const jk_listing *of, jk_listing_template *made, jk_error *error) {
    jk_yaml_reader reader = {.arena = made->arena};
    const char *bytes = NULL;
    size_t size = 0;
    const jk_yaml_node *root = NULL;
    JK_TRY(jk_yaml_read_file(&reader, path, &bytes, &size, error));
    JK_TRY(jk_yaml_parse(&reader, path, bytes, size, &root, error));
    if (root->kind != JK_YAML_MAP || root->count == 0 || root->count > JK_LISTING_COLUMNS) {
        return jk_fail(error, JK_ERROR_MODEL, path, root->line, NULL, "expected a map of 1 to %d columns, NAME: column",
                       (int)JK_LISTING_COLUMNS);
    }
    for (size_t i = 0; i < root->count; i++) {
        JK_TRY(read_column(path, &root->pairs[i], of, i, made, error));
    }
    made->count = root->count;
    return JK_OK;
}

jk_status jk_listing_template_read(const char *path, const jk_listing *of, jk_listing_template *made, jk_error *error) {
    *made = (jk_listing_template){.arena = jk_arena_create()};
    jk_status status =
        made->arena == NULL ? jk_fail_memory(error, "the template") : read_template(path, of, made, error);
    if (status != JK_OK) {
        jk_listing_template_reset(made);
    }
    return status;
}

void jk_listing_template_reset(jk_listing_template *made) {
    jk_arena_free(made->arena);
    *made = (jk_listing_template){0};
}

static jk_status template_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_listing_template *made = listing->source[0];
    jk_cell all[JK_LISTING_COLUMNS];
    JK_TRY(jk_listing_row(&made->of, row, all, error));
    for (size_t c = 0; c < made->count; c++) {
        if (made->from[c] == SIZE_MAX) {
            jk_cell_set(&cells[c], made->text[c]);
        } else {
            cells[c] = all[made->from[c]];
        }
    }
    return JK_OK;
}

jk_listing jk_listing_through(jk_listing_template *made, const jk_listing *of) {
    made->of = *of;
    return (jk_listing){.name = of->name,
                        .columns = made->columns,
                        .column_count = made->count,
                        .rows = of->rows,
                        .choice = of->choice,
                        .source = {made, NULL},
                        .cells = template_cells};
}
