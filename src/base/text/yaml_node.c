/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a YAML tree: look-ups, typed scalars, words for messages; and the bytes of a file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/transfer.h"
#include "base/text/text.h"
#include "base/text/yaml.h"

const jk_yaml_pair *jk_yaml_find(const jk_yaml_node *map, const char *key) {
    size_t low = 0;
    size_t high = map->kind == JK_YAML_MAP ? map->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const jk_yaml_pair *pair = &map->pairs[map->sorted[middle]];
        int order = strcmp(key, pair->key);
        if (order == 0) {
            return pair;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

bool jk_yaml_to_real(const jk_yaml_node *node, double *value) {
    return node->kind == JK_YAML_SCALAR && node->plain && jk_text_to_real(node->text, strlen(node->text), value);
}

bool jk_yaml_to_boolean(const jk_yaml_node *node, bool *value) {
    if (node->kind != JK_YAML_SCALAR || !node->plain) {
        return false;
    }
    *value = strcmp(node->text, "true") == 0;
    return *value || strcmp(node->text, "false") == 0;
}

bool jk_yaml_to_text(const jk_yaml_node *node, const char **value) {
    double number = 0;
    bool flag = false;
    if (node->kind != JK_YAML_SCALAR || jk_yaml_to_real(node, &number) || jk_yaml_to_boolean(node, &flag)) {
        return false;
    }
    *value = node->text;
    return true;
}

/* Copies text with control characters masked and cut to what fits; returns the bytes written. */
static size_t copy_printable(char *to, size_t size, const char *from) {
    size_t length = 0;
    for (; from[length] != '\0' && length + 1 < size; length++) {
        unsigned char c = (unsigned char)from[length];
        to[length] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    to[length] = '\0';
    return length;
}

const char *jk_yaml_describe(const jk_yaml_node *node, char text[JK_YAML_WORDS]) {
    static const char *const words[] = {[JK_YAML_NULL] = "null", [JK_YAML_LIST] = "a list", [JK_YAML_MAP] = "a map"};
    if (node->kind != JK_YAML_SCALAR) {
        return strcpy(text, words[node->kind]);
    }
    enum { SHOWN = 48 };
    char value[SHOWN];
    size_t length = copy_printable(value, sizeof value, node->text);
    const char *more = node->text[length] != '\0' ? "..." : "";
    double number = 0;
    bool flag = false;
    if (jk_yaml_to_real(node, &number)) {
        (void)snprintf(text, JK_YAML_WORDS, "the number %s%s", value, more);
    } else if (jk_yaml_to_boolean(node, &flag)) {
        (void)snprintf(text, JK_YAML_WORDS, "the boolean %s", value);
    } else {
        (void)snprintf(text, JK_YAML_WORDS, "the text \"%s%s\"", value, more);
    }
    return text;
}

size_t jk_key_path_add(jk_key_path *path, const char *key) {
    size_t before = path->length;
    size_t room = sizeof path->text - path->length;
    if (path->length > 0 && room > 1) {
        path->text[path->length++] = '.';
        room--;
    }
    path->length += copy_printable(path->text + path->length, room, key);
    return before;
}

size_t jk_key_path_index(jk_key_path *path, size_t index) {
    size_t before = path->length;
    size_t room = sizeof path->text - path->length;
    int written = snprintf(path->text + path->length, room, "[%zu]", index);
    path->length += (size_t)written < room ? (size_t)written : room - 1;
    return before;
}

void jk_key_path_cut(jk_key_path *path, size_t length) {
    path->length = length;
    path->text[length] = '\0';
}

static jk_status read_all(jk_yaml_reader *reader, int fd, const char *path, const char **bytes, size_t *size,
                          jk_error *error) {
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return jk_fail_errno(error, path, "read");
    }
    if (!S_ISREG(info.st_mode)) {
        return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "cannot read: not a regular file");
    }
    if (info.st_size < 0 || (uint64_t)info.st_size > JK_YAML_BYTES_MAX - reader->bytes) {
        return jk_fail(error, JK_ERROR_MODEL, path, 0, NULL,
                       "too large, expected at most %d MiB with all that it includes", JK_YAML_BYTES_MAX >> 20);
    }
    size_t wanted = (size_t)info.st_size;
    char *buffer = jk_arena_alloc(reader->arena, wanted + 1, 1);
    JK_TRY(jk_held(buffer != NULL, error, "a YAML file"));
    const ssize_t got = jk_read_all(fd, buffer, wanted); /* fewer where it is cut while being read */
    if (got < 0) {
        return jk_fail_errno(error, path, "read");
    }
    buffer[got] = '\0';
    reader->bytes += (size_t)got;
    *bytes = buffer;
    *size = (size_t)got;
    return JK_OK;
}

jk_status jk_yaml_read_file(jk_yaml_reader *reader, const char *path, const char **bytes, size_t *size,
                            jk_error *error) {
    int fd = jk_input_open(path, false);
    if (fd < 0) {
        return jk_fail_errno(error, path, "open");
    }
    jk_status status = read_all(reader, fd, path, bytes, size, error);
    (void)close(fd);
    return status;
}
