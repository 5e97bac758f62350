/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a mapping file about rows: which are taken, which are none, and how many there must be. */
#include <math.h>
#include <string.h>

#include "base/number/calendar.h"
#include "base/text/text.h"
#include "import/mapping/mapping_reader.h"

enum { CONDITIONS_MAX = 64, WORDS_MAX = 1024, SENTINELS_MAX = 64, FOOTER_MAX = 100 };

/* ---- where ------------------------------------------------------------------------------------------------- */

jk_status jk_mapping_read_words(mapping_reader *reader, const jk_yaml_node *node, const char *const **words,
                                size_t *count) {
    size_t wanted = node->kind == JK_YAML_LIST ? node->count : 1;
    if (wanted == 0 || wanted > WORDS_MAX) {
        return jk_mapping_expected(reader, node, "a word, or a list of 1 to 1024 words");
    }
    const char **list = jk_arena_alloc(reader->arena, wanted, sizeof *list);
    JK_TRY(jk_held(list != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < wanted; i++) {
        JK_TRY(jk_mapping_read_word(reader, node->kind == JK_YAML_LIST ? node->items[i] : node, &list[i]));
    }
    *words = list;
    *count = wanted;
    return JK_OK;
}

static jk_status read_bound(mapping_reader *reader, const jk_yaml_node *map, const char *key, bool is_date, bool *has,
                            double *bound) {
    const jk_yaml_node *node = jk_mapping_find(map, key);
    int32_t date = 0;
    if (node == NULL) {
        return JK_OK;
    }
    bool read = is_date ? node->kind == JK_YAML_SCALAR && jk_date_parse(node->text, strlen(node->text), &date)
                        : jk_yaml_to_real(node, bound);
    if (!read) {
        (void)jk_key_path_add(&reader->path, key);
        return jk_mapping_expected(reader, node, is_date ? "a date YYYY-MM-DD" : "a number");
    }
    *bound = is_date ? (double)date : *bound;
    *has = true;
    return JK_OK;
}

/* What a cell must be: in, not, above, below, empty. */
static jk_status read_demands(mapping_reader *reader, const jk_yaml_node *node, jk_where_rule *where) {
    const jk_yaml_node *in = jk_mapping_find(node, "in");
    const jk_yaml_node *not_in = jk_mapping_find(node, "not");
    const jk_yaml_node *empty = jk_mapping_find(node, "empty");
    const bool is_date = where->is_own && where->type == JK_TYPE_DATE;
    bool is_empty = false;
    JK_TRY(read_bound(reader, node, "above", is_date, &where->has_above, &where->above));
    JK_TRY(read_bound(reader, node, "below", is_date, &where->has_below, &where->below));
    if (in != NULL) {
        JK_TRY(jk_mapping_read_words(reader, in, &where->in, &where->in_count));
    }
    if (not_in != NULL) {
        JK_TRY(jk_mapping_read_words(reader, not_in, &where->not_in, &where->not_count));
    }
    if (empty != NULL && !jk_yaml_to_boolean(empty, &is_empty)) {
        (void)jk_key_path_add(&reader->path, "empty");
        return jk_mapping_expected(reader, empty, "true or false");
    }
    where->empty = empty == NULL ? 0 : is_empty ? 1 : -1;
    return node->count > 0 ? JK_OK : jk_mapping_expected(reader, node, "one of in, not, above, below, empty");
}

/* Words that numbers and dates are compared with must be such. */
static jk_status check_words(mapping_reader *reader, const jk_yaml_pair *pair, const jk_where_rule *where) {
    const char *const *lists[] = {where->in, where->not_in};
    const size_t counts[] = {where->in_count, where->not_count};
    for (size_t l = 0; l < 2; l++) {
        for (size_t i = 0; i < counts[l]; i++) {
            double number = 0.0;
            int32_t date = 0;
            const size_t length = strlen(lists[l][i]);
            if (where->type == JK_TYPE_DATE ? !jk_date_parse(lists[l][i], length, &date)
                                            : !jk_text_to_real(lists[l][i], length, &number)) {
                return jk_mapping_fail(reader, pair->file, pair->line,
                                       where->type == JK_TYPE_DATE
                                           ? "this own column is a date: expected dates YYYY-MM-DD"
                                           : "this own column is a number or an amount: expected numbers");
            }
        }
    }
    return JK_OK;
}

/* A condition on an own column: what its rule makes of a row. */
static jk_status read_own_condition(mapping_reader *reader, const jk_yaml_pair *pair, jk_column column,
                                    jk_where_rule *where) {
    static const char *const keys[] = {"in", "not", "above", "below", "empty"};
    *where =
        (jk_where_rule){.rule = reader->mapping->rules[column], .is_own = true, .type = jk_schema_column(column)->type};
    if (pair->value->kind == JK_YAML_MAP) {
        JK_TRY(jk_mapping_check_keys(reader, pair->value, keys, sizeof keys / sizeof keys[0]));
        JK_TRY(read_demands(reader, pair->value, where));
    } else {
        JK_TRY(jk_mapping_read_words(reader, pair->value, &where->in, &where->in_count));
    }
    if (where->type == JK_TYPE_DICTIONARY) {
        return where->has_above || where->has_below
                   ? jk_mapping_fail(reader, pair->file, pair->line, "this own column is a text: it has no bounds")
                   : JK_OK;
    }
    return check_words(reader, pair, where);
}

static jk_status read_condition(mapping_reader *reader, const jk_yaml_pair *pair, uint32_t source,
                                jk_where_rule *where) {
    static const char *const keys[] = {"in", "not", "above", "below", "empty", "source", "decimal", "thousands"};
    const jk_yaml_node *node = pair->value;
    const uint32_t own = source;
    const int extra = own == 0 ? jk_extras_find(&reader->mapping->extras, pair->key) : -1;
    if (extra >= 0) {
        return read_own_condition(reader, pair, (jk_column)extra, where);
    }
    *where = (jk_where_rule){.rule = {.kind = JK_RULE_FIELD, .line = pair->line, .format = reader->format}};
    where->rule.terms = jk_arena_alloc(reader->arena, 1, sizeof *where->rule.terms);
    where->rule.signs = jk_arena_alloc(reader->arena, 1, sizeof *where->rule.signs);
    JK_TRY(jk_held(where->rule.terms != NULL && where->rule.signs != NULL, reader->error, "a mapping"));
    where->rule.divide_by = JK_NO_FIELD;
    where->rule.term_count = 1;
    if (node->kind == JK_YAML_MAP) {
        JK_TRY(jk_mapping_check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
        if (own == 0) {
            JK_TRY(jk_mapping_read_source_of(reader, node, &source));
        } else if (jk_mapping_find(node, "source") != NULL) {
            return jk_mapping_fail(reader, pair->file, pair->line,
                                   "rows of a joined source are told by its own columns: no `source` here");
        }
        JK_TRY(jk_mapping_read_format(reader, node, &where->rule.format));
        JK_TRY(read_demands(reader, node, where));
    } else {
        JK_TRY(jk_mapping_read_words(reader, node, &where->in, &where->in_count));
    }
    const jk_yaml_node name = {.kind = JK_YAML_SCALAR, .text = pair->key, .file = pair->file, .line = pair->line};
    JK_TRY(jk_mapping_add_field(reader, &name, source, &where->rule.terms[0]));
    return jk_mapping_settle_format(reader, pair->value, &where->rule);
}

jk_status jk_mapping_read_where(mapping_reader *reader, const jk_yaml_node *map, uint32_t source,
                                const jk_where_rule **where, size_t *count) {
    if (map == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "where");
    if (map->kind != JK_YAML_MAP || map->count == 0 || map->count > CONDITIONS_MAX) {
        return jk_mapping_expected(reader, map, "a map from source columns to what their cells must be");
    }
    jk_where_rule *rules = jk_arena_alloc(reader->arena, map->count, sizeof *rules);
    JK_TRY(jk_held(rules != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < map->count; i++) {
        size_t inner = jk_key_path_add(&reader->path, map->pairs[i].key);
        JK_TRY(read_condition(reader, &map->pairs[i], source, &rules[i]));
        jk_key_path_cut(&reader->path, inner);
    }
    *where = rules;
    *count = map->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* ---- dates that stand for none ----------------------------------------------------------------------------- */

static jk_status read_sentinels(mapping_reader *reader, const jk_yaml_node *list) {
    if (list == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "sentinels");
    if (list->kind != JK_YAML_LIST || list->count > SENTINELS_MAX) {
        return jk_mapping_expected(reader, list,
                                   "a list of dates YYYY-MM-DD that stand for none; [] takes all as given");
    }
    int32_t *dates = jk_arena_alloc(reader->arena, list->count + 1, sizeof *dates);
    JK_TRY(jk_held(dates != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < list->count; i++) {
        const char *text = NULL;
        JK_TRY(jk_mapping_read_word(reader, list->items[i], &text));
        if (!jk_date_parse(text, strlen(text), &dates[i])) {
            return jk_mapping_expected(reader, list->items[i], "a date YYYY-MM-DD");
        }
    }
    reader->mapping->has_sentinels = true;
    reader->mapping->sentinels = dates;
    reader->mapping->sentinel_count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* ---- how many, how much ------------------------------------------------------------------------------------ */

static jk_status read_expect(mapping_reader *reader, const jk_yaml_node *map) {
    static const char *const keys[] = {"claims", "balance"};
    jk_mapping *mapping = reader->mapping;
    mapping->expect_balance = JK_MISSING_MONEY;
    if (map == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "expect");
    JK_TRY(jk_mapping_check_keys(reader, map, keys, 2));
    const jk_yaml_node *claims = jk_mapping_find(map, "claims");
    const jk_yaml_node *balance = jk_mapping_find(map, "balance");
    double number = 0.0;
    if (claims != NULL) {
        if (!jk_yaml_to_real(claims, &number) || number < 1.0 || number > 1e10 || number != floor(number)) {
            (void)jk_key_path_add(&reader->path, "claims");
            return jk_mapping_expected(reader, claims, "the number of claims by the seller's letter");
        }
        mapping->expect_claims = (int64_t)number;
    }
    if (balance != NULL) {
        if (!jk_yaml_to_real(balance, &number) || !(number > 0.0 && number < 1e15)) {
            (void)jk_key_path_add(&reader->path, "balance");
            return jk_mapping_expected(reader, balance,
                                       "the claims' balance by the seller's letter, such as 8240113.55");
        }
        mapping->expect_balance = (int64_t)floor(number * 100.0 + 0.5);
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

jk_status jk_mapping_read_share(mapping_reader *reader, const jk_yaml_node *map, const char *key, double *share) {
    const jk_yaml_node *node = jk_mapping_find(map, key);
    if (node == NULL) {
        return JK_OK;
    }
    const char *text = NULL;
    JK_TRY(jk_mapping_read_word(reader, node, &text));
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';
    if (!jk_text_to_real(text, length - percent, share) || !(*share >= 0.0) || *share > (percent ? 100.0 : 1.0)) {
        (void)jk_key_path_add(&reader->path, key);
        return jk_mapping_expected(reader, node, "a share such as 5%");
    }
    *share /= percent ? 100.0 : 1.0;
    return JK_OK;
}

/* ---- forms of keys ----------------------------------------------------------------------------------------- */

static jk_status read_clean(mapping_reader *reader, const jk_yaml_node *node, unsigned *clean) {
    static const struct {
        const char *word;
        unsigned bit;
    } words[] = {{"spaces", JK_CLEAN_SPACES}, {"digits", JK_CLEAN_DIGITS}, {"alnum", JK_CLEAN_ALNUM},
                 {"zeros", JK_CLEAN_ZEROS},   {"upper", JK_CLEAN_UPPER},   {"lower", JK_CLEAN_LOWER}};
    const char *const *given = NULL;
    size_t count = 0;
    JK_TRY(jk_mapping_read_words(reader, node, &given, &count));
    for (size_t i = 0; i < count; i++) {
        unsigned bit = 0;
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            bit |= strcmp(words[w].word, given[i]) == 0 ? words[w].bit : 0;
        }
        if (bit == 0) {
            return jk_mapping_expected(reader, node, "spaces, digits, alnum, zeros, upper or lower, or a list of them");
        }
        *clean |= bit;
    }
    return JK_OK;
}

jk_status jk_mapping_read_shape(mapping_reader *reader, const jk_yaml_node *map, jk_shape *shape) {
    const jk_yaml_node *clean = jk_mapping_find(map, "clean");
    const jk_yaml_node *pad = jk_mapping_find(map, "pad");
    const jk_yaml_node *prefix = jk_mapping_find(map, "prefix");
    double width = 0.0;
    size_t before = reader->path.length;
    if (clean != NULL) {
        (void)jk_key_path_add(&reader->path, "clean");
        JK_TRY(read_clean(reader, clean, &shape->clean));
        jk_key_path_cut(&reader->path, before);
    }
    if (pad != NULL) {
        if (!jk_yaml_to_real(pad, &width) || width != floor(width) || width < 1.0 || width > JK_TEXT_MAX) {
            (void)jk_key_path_add(&reader->path, "pad");
            return jk_mapping_expected(reader, pad, "how many characters a key has with zeros before it");
        }
        shape->pad = (uint32_t)width;
    }
    if (prefix != NULL) {
        JK_TRY(jk_mapping_read_word(reader, prefix, &shape->prefix));
        shape->file_prefix = strcmp(shape->prefix, "file") == 0;
        shape->prefix = shape->file_prefix ? NULL : shape->prefix;
    }
    return JK_OK;
}

jk_status jk_mapping_read_row_keys(mapping_reader *reader, const jk_yaml_node *root) {
    const jk_yaml_node *footer = jk_mapping_find(root, "skip_footer");
    double rows = 0.0;
    JK_TRY(jk_mapping_read_where(reader, jk_mapping_find(root, "where"), 0, &reader->mapping->where,
                                 &reader->mapping->where_count));
    JK_TRY(read_sentinels(reader, jk_mapping_find(root, "sentinels")));
    JK_TRY(read_expect(reader, jk_mapping_find(root, "expect")));
    if (footer != NULL) {
        if (!jk_yaml_to_real(footer, &rows) || rows != floor(rows) || rows < 0.0 || rows > FOOTER_MAX) {
            (void)jk_key_path_add(&reader->path, "skip_footer");
            return jk_mapping_expected(reader, footer, "how many last rows are no claims, 0 to 100");
        }
        reader->mapping->skip_footer = (uint32_t)rows;
    }
    return JK_OK;
}
