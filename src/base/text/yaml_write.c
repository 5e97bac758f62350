/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/yaml_write.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/escape.h"

static void put(void *stream, const char *shown, size_t count) {
    (void)fwrite(shown, 1, count, stream);
}

/* Text within quotes without these and backslashes. What YAML does not allow as it is, or has an effect of its own, is
 * written as \uXXXX, which YAML reads as the same. */
static void write_plain(FILE *stream, const char *text, size_t length) {
    jk_escape_pieces(text, length, false, put, stream);
}

void jk_yaml_write_comment(FILE *stream, const char *text) {
    write_plain(stream, text, strlen(text));
}

void jk_yaml_write_bytes(FILE *stream, const char *text, size_t length) {
    (void)fputc('"', stream);
    for (size_t i = 0, plain = 0; i < length; i += plain) {
        for (plain = 0; i + plain < length && text[i + plain] != '"' && text[i + plain] != '\\'; plain++) {
        }
        write_plain(stream, text + i, plain);
        if (i + plain < length) {
            (void)fprintf(stream, "\\%c", text[i + plain++]);
        }
    }
    (void)fputc('"', stream);
}

void jk_yaml_write_text(FILE *stream, const char *text) {
    jk_yaml_write_bytes(stream, text, strlen(text));
}

/* A key; in quotes where a reader of YAML 1.1 could take it for something else (NO). */
static void write_key(FILE *stream, const char *key) {
    static const char *const taken[] = {"no", "yes", "on", "off", "y", "n", "true", "false", "null"};
    int plain = isalpha((unsigned char)key[0]) != 0;
    for (const char *c = key; *c != '\0'; c++) {
        plain = plain && (isalnum((unsigned char)*c) || *c == '_');
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        plain = plain && strcasecmp(key, taken[i]) != 0;
    }
    if (plain) {
        (void)fputs(key, stream);
    } else {
        jk_yaml_write_text(stream, key);
    }
}

void jk_yaml_write_flow(FILE *stream, const jk_yaml_node *node) {
    double number;
    bool boolean;
    switch (node->kind) {
    case JK_YAML_NULL:
        (void)fputs("null", stream);
        return;
    case JK_YAML_SCALAR:
        if (jk_yaml_to_real(node, &number) || jk_yaml_to_boolean(node, &boolean)) {
            (void)fputs(node->text, stream);
        } else {
            jk_yaml_write_text(stream, node->text);
        }
        return;
    case JK_YAML_LIST:
        (void)fputc('[', stream);
        for (size_t i = 0; i < node->count; i++) {
            (void)fputs(i > 0 ? ", " : "", stream);
            jk_yaml_write_flow(stream, node->items[i]);
        }
        (void)fputc(']', stream);
        return;
    case JK_YAML_MAP:
        (void)fputc('{', stream);
        for (size_t i = 0; i < node->count; i++) {
            (void)fputs(i > 0 ? ", " : "", stream);
            write_key(stream, node->pairs[i].key);
            (void)fputs(": ", stream);
            jk_yaml_write_flow(stream, node->pairs[i].value);
        }
        (void)fputc('}', stream);
        return;
    }
}

void jk_yaml_write_pair(FILE *stream, const char *key, const jk_yaml_node *value, int indent, int depth) {
    (void)fprintf(stream, "%*s", indent, "");
    write_key(stream, key);
    if (value->kind != JK_YAML_MAP || value->count == 0 || depth == 0) {
        (void)fputs(": ", stream);
        jk_yaml_write_flow(stream, value);
        (void)fputc('\n', stream);
        return;
    }
    (void)fputs(":\n", stream);
    for (size_t i = 0; i < value->count; i++) {
        jk_yaml_write_pair(stream, value->pairs[i].key, value->pairs[i].value, indent + 2, depth - 1);
    }
}

void jk_yaml_write_number(FILE *stream, double value) {
    char text[40];
    for (int digits = 9; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    (void)fputs(value == 0.0 ? "0" : text, stream);
}
