/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the mapping reader share: its state, messages, scalars and fields (mapping_reader.c), rules
 * (mapping_rules.c), sources (mapping_sources.c); mapping.c reads columns and the file as a whole. */
#ifndef JK_IMPORT_MAPPING_READER_H
#define JK_IMPORT_MAPPING_READER_H

#include "base/error.h"
#include "base/text/yaml.h"
#include "import/mapping/mapping.h"

enum { FIELDS_MAX = 1024, TERMS_MAX = 256, SOURCES_MAX = JK_SOURCES_MAX, VALUES_MAX = 4096, ALTERNATIVES_MAX = 16 };

typedef struct mapping_reader {
    jk_arena *arena;
    jk_error *error;
    jk_mapping *mapping;
    jk_field_name *fields;
    jk_mapping_source *sources;
    jk_csv_format format; /* the file's own, before a column changes it */
    jk_key_path path;
} mapping_reader;

/* Fails with a message at a place of the file, naming the key where reading stands. */
jk_status jk_mapping_fail(mapping_reader *reader, const char *file, int64_t line, const char *message);
/* Fails with "expected `what`, found …" at a node. */
jk_status jk_mapping_expected(mapping_reader *reader, const jk_yaml_node *node, const char *what);
/* Checks that a node is a map with no other keys than these; names the nearest of them for one that is not. */
jk_status jk_mapping_check_keys(mapping_reader *reader, const jk_yaml_node *node, const char *const *known,
                                size_t count);
/* Value of a key of a map, or NULL. */
const jk_yaml_node *jk_mapping_find(const jk_yaml_node *map, const char *key);
/* Reads a scalar as a word that lives as long as the mapping. */
jk_status jk_mapping_read_word(mapping_reader *reader, const jk_yaml_node *node, const char **word);
/* Reads the word under a key into *text; leaves it as it is where the key is absent. */
jk_status jk_mapping_read_text_key(mapping_reader *reader, const jk_yaml_node *map, const char *key, const char **text);
/* Reads `unit` (cents, thousands, percent, …) where it is given. */
jk_status jk_mapping_read_unit(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format);
/* Reads the keys that say how cells are written: marks, unit, date format. */
jk_status jk_mapping_read_format(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format);
/* Registers a source column (one name, or a list of which the first that the header has is taken). */
jk_status jk_mapping_add_field(mapping_reader *reader, const jk_yaml_node *node, uint32_t source, uint32_t *number);
/* Reads `source`: which of the joined files a rule reads; the first where it is absent. */
jk_status jk_mapping_read_source_of(mapping_reader *reader, const jk_yaml_node *map, uint32_t *source);
/* Reads the keys of the file that say how text is written: separator, encoding, quotes, header. */
jk_status jk_mapping_read_text_keys(mapping_reader *reader, const jk_yaml_node *root);
/* Reads the keys of the file about rows: where, sentinels, skip_footer, expect. */
jk_status jk_mapping_read_row_keys(mapping_reader *reader, const jk_yaml_node *root);
/* Reads one word or a list of up to 1024. */
jk_status jk_mapping_read_words(mapping_reader *reader, const jk_yaml_node *node, const char *const **words,
                                size_t *count);
/* Reads `where`: conditions on columns of a source (of the first one: or of others, which they name). */
jk_status jk_mapping_read_where(mapping_reader *reader, const jk_yaml_node *map, uint32_t source,
                                const jk_where_rule **where, size_t *count);
/* Reads `sources` (mapping_sources.c); NULL: a single file. */
jk_status jk_mapping_read_sources(mapping_reader *reader, const jk_yaml_node *sources);
/* Aggregates are written canonically: a rule made of them reads them so. Fails where a rule has columns as well. */
jk_status jk_mapping_settle_format(mapping_reader *reader, const jk_yaml_node *node, jk_rule *rule);
/* Reads `clean`, `pad` and `prefix`. */
jk_status jk_mapping_read_shape(mapping_reader *reader, const jk_yaml_node *map, jk_shape *shape);
/* Reads a share such as 5% (or 0.05) where the key is given. */
jk_status jk_mapping_read_share(mapping_reader *reader, const jk_yaml_node *map, const char *key, double *share);
/* Reads where a canonical column comes from; `inner` where the rule stands within another. */
jk_status jk_mapping_read_rule(mapping_reader *reader, const jk_yaml_node *node, bool inner, jk_rule *rule);

#endif
