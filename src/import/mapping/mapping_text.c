/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a mapping file that say how the text of its files is written: separator, encoding, quotes, header. */
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "import/mapping/mapping_reader.h"

static jk_status read_separator(mapping_reader *reader, const jk_yaml_node *root) {
    const char *separator = NULL;
    JK_TRY(jk_mapping_read_text_key(reader, root, "separator", &separator));
    if (separator == NULL) {
        return JK_OK;
    }
    bool tab = strcmp(separator, "tab") == 0;
    if (!tab && (strlen(separator) != 1 || strchr("\"\r\n", separator[0]) != NULL || (separator[0] & 0x80) != 0)) {
        (void)jk_key_path_add(&reader->path, "separator");
        return jk_mapping_expected(reader, jk_mapping_find(root, "separator"), "one character, or tab");
    }
    reader->mapping->reading.separator = tab ? '\t' : separator[0];
    return JK_OK;
}

/* Latin-1 goes by many names; the one that people write with a hyphen is not among those that iconv knows. */
static jk_status read_encoding(mapping_reader *reader, const jk_yaml_node *root) {
    const char *encoding = NULL;
    JK_TRY(jk_mapping_read_text_key(reader, root, "encoding", &encoding));
    if (encoding == NULL) {
        return JK_OK;
    }
    if (strcasecmp(encoding, "latin-1") == 0) {
        encoding = "ISO-8859-1";
    }
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) {
        (void)jk_key_path_add(&reader->path, "encoding");
        return jk_mapping_expected(reader, jk_mapping_find(root, "encoding"),
                                   "an encoding such as UTF-8, Latin-1, CP1252 or UTF-16");
    }
    (void)iconv_close(converter);
    reader->mapping->encoding = encoding;
    return JK_OK;
}

/* One word of two, `set` where it is the second. */
static jk_status read_choice(mapping_reader *reader, const jk_yaml_node *root, const char *key, const char *usual,
                             const char *other, bool *set) {
    const char *word = NULL;
    JK_TRY(jk_mapping_read_text_key(reader, root, key, &word));
    if (word == NULL || strcmp(word, usual) == 0) {
        return JK_OK;
    }
    if (strcmp(word, other) != 0) {
        char expected[64];
        (void)snprintf(expected, sizeof expected, "%s or %s", usual, other);
        (void)jk_key_path_add(&reader->path, key);
        return jk_mapping_expected(reader, jk_mapping_find(root, key), expected);
    }
    *set = true;
    return JK_OK;
}

/* `header: none`, or the names of the columns of files without one. */
static jk_status read_header(mapping_reader *reader, const jk_yaml_node *root) {
    jk_csv_reading *reading = &reader->mapping->reading;
    const jk_yaml_node *header = jk_mapping_find(root, "header");
    const jk_yaml_node *row = jk_mapping_find(root, "header_row");
    double number = 0.0;
    if (row != NULL) {
        (void)jk_key_path_add(&reader->path, "header_row");
        if (!jk_yaml_to_real(row, &number) || !(number >= 1.0 && number <= 1000.0) || number != (double)(int)number) {
            return jk_mapping_expected(reader, row, "the line of the header, 1 to 1000");
        }
        if (header != NULL) {
            return jk_mapping_fail(reader, row->file, row->line,
                                   "files without a header (`header`) have no row of it (`header_row`)");
        }
        reading->header_row = (uint32_t)number;
        jk_key_path_cut(&reader->path, 0);
    }
    if (header == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "header");
    reading->no_header = true;
    if (header->kind == JK_YAML_SCALAR && strcmp(header->text, "none") == 0) {
        jk_key_path_cut(&reader->path, before);
        return JK_OK;
    }
    if (header->kind != JK_YAML_LIST || header->count == 0 || header->count > JK_CSV_FIELDS_MAX) {
        return jk_mapping_expected(reader, header,
                                   "none, where the files have no header, or a list of the names of their columns");
    }
    const char **names = jk_arena_alloc(reader->arena, header->count, sizeof *names);
    JK_TRY(jk_held(names != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < header->count; i++) {
        JK_TRY(jk_mapping_read_word(reader, header->items[i], &names[i]));
    }
    reading->names = names;
    reading->name_count = header->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

jk_status jk_mapping_read_text_keys(mapping_reader *reader, const jk_yaml_node *root) {
    jk_csv_reading *reading = &reader->mapping->reading;
    JK_TRY(read_separator(reader, root));
    JK_TRY(read_encoding(reader, root));
    JK_TRY(read_choice(reader, root, "quote", "\"", "none", &reading->no_quotes));
    JK_TRY(read_choice(reader, root, "escape", "none", "backslash", &reading->escapes));
    return read_header(reader, root);
}
