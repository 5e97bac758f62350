/* SPDX-License-Identifier: Apache-2.0 */
/* The format: a letter for the type, then the value, numbers with their highest byte first; a list or an object ends
 * with its closing bracket, or has its number of elements behind # and the type of all of them behind $. Source:
 * ubjson.org, "Universal Binary JSON Specification", draft 12. */
#include "model/trees/ubjson.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

typedef struct ubjson {
    const unsigned char *bytes;
    size_t size, at;
    int depth;
    const char *problem;
} ubjson;

bool jk_ubjson_is(const char *bytes, size_t size) {
    return size > 2 && bytes[0] == '{' && bytes[1] != '\0' && strchr("LlIiU$#", bytes[1]) != NULL;
}

static json_t *fail(ubjson *u, const char *problem) {
    u->problem = u->problem != NULL ? u->problem : problem;
    return NULL;
}

/* The next byte that is no filler; 0 at the end. */
static unsigned char next_type(ubjson *u) {
    while (u->at < u->size && u->bytes[u->at] == 'N') {
        u->at++;
    }
    return u->at < u->size ? u->bytes[u->at++] : 0;
}

/* `count` bytes, highest first. */
static bool take(ubjson *u, size_t count, uint64_t *bits) {
    if (u->size - u->at < count) {
        return false;
    }
    *bits = 0;
    for (size_t i = 0; i < count; i++) {
        *bits = *bits << 8 | u->bytes[u->at++];
    }
    return true;
}

static bool take_integer(ubjson *u, unsigned char type, int64_t *value) {
    uint64_t bits = 0;
    const size_t length = type == 'i' || type == 'U' ? 1 : type == 'I' ? 2 : type == 'l' ? 4 : type == 'L' ? 8 : 0;
    if (length == 0 || !take(u, length, &bits)) {
        return false;
    }
    *value = type == 'U'   ? (int64_t)bits
             : type == 'i' ? (int8_t)bits
             : type == 'I' ? (int16_t)bits
             : type == 'l' ? (int32_t)bits
                           : (int64_t)bits;
    return true;
}

static bool take_length(ubjson *u, size_t *length) {
    int64_t value = 0;
    const unsigned char type = next_type(u);
    if (!take_integer(u, type, &value) || value < 0 || (uint64_t)value > u->size - u->at) {
        (void)fail(u, "a length is none, or goes beyond the end");
        return false;
    }
    *length = (size_t)value;
    return true;
}

static json_t *take_text(ubjson *u) {
    size_t length = 0;
    if (!take_length(u, &length)) {
        return NULL;
    }
    json_t *text = json_stringn((const char *)u->bytes + u->at, length);
    u->at += length;
    return text != NULL ? text : fail(u, "a text is not UTF-8");
}

static json_t *take_real(ubjson *u, unsigned char type) {
    uint64_t bits = 0;
    double value = 0.0;
    if (!take(u, type == 'd' ? 4 : 8, &bits)) {
        return fail(u, "ends within a number");
    }
    if (type == 'd') {
        uint32_t half = (uint32_t)bits;
        float single = 0.0f;
        memcpy(&single, &half, sizeof single);
        value = (double)single;
    } else {
        memcpy(&value, &bits, sizeof value);
    }
    return isfinite(value) ? json_real(value) : json_null(); /* which JSON has in their place */
}

static json_t *take_value(ubjson *u, unsigned char type);

/* The type of all elements (0: each has its own) and their number (counted: it is given). */
typedef struct container {
    unsigned char type;
    bool counted;
    size_t count;
} container;

static bool open_container(ubjson *u, container *c) {
    *c = (container){0};
    if (u->at < u->size && u->bytes[u->at] == '$') {
        u->at++;
        c->type = next_type(u);
        if (c->type == 0 || u->at >= u->size || u->bytes[u->at] != '#') {
            (void)fail(u, "a list of one type has no number of elements");
            return false;
        }
    }
    if (u->at < u->size && u->bytes[u->at] == '#') {
        u->at++;
        c->counted = true;
        /* at least a byte for each element, but for those that are all of their type */
        return take_length(u, &c->count);
    }
    return true;
}

static bool at_end(ubjson *u, const container *c, size_t taken, unsigned char bracket) {
    if (c->counted) {
        return taken == c->count;
    }
    while (u->at < u->size && u->bytes[u->at] == 'N') {
        u->at++;
    }
    if (u->at < u->size && u->bytes[u->at] == bracket) {
        u->at++;
        return true;
    }
    return false;
}

static json_t *take_list(ubjson *u) {
    container c;
    json_t *list = json_array();
    if (!open_container(u, &c)) {
        json_decref(list);
        return NULL;
    }
    for (size_t i = 0; !at_end(u, &c, i, ']'); i++) {
        json_t *item = take_value(u, c.type != 0 ? c.type : next_type(u));
        if (item == NULL || json_array_append_new(list, item) != 0) {
            json_decref(list);
            return fail(u, "no memory");
        }
    }
    return list;
}

static json_t *take_object(ubjson *u) {
    container c;
    json_t *object = json_object();
    if (!open_container(u, &c)) {
        json_decref(object);
        return NULL;
    }
    for (size_t i = 0; !at_end(u, &c, i, '}'); i++) {
        json_t *key = take_text(u);
        json_t *item = key != NULL ? take_value(u, c.type != 0 ? c.type : next_type(u)) : NULL;
        const char *name = json_string_value(key);
        const bool good =
            item != NULL && strlen(name) == json_string_length(key) && json_object_get(object, name) == NULL;
        if (!good || json_object_set(object, name, item) != 0) {
            json_decref(key);
            json_decref(item);
            json_decref(object);
            return fail(u, "a key stands twice, or is none");
        }
        json_decref(key);
        json_decref(item);
    }
    return object;
}

static json_t *take_value(ubjson *u, unsigned char type) {
    int64_t whole = 0;
    json_t *value = NULL;
    switch (type) {
    case 'i':
    case 'U':
    case 'I':
    case 'l':
    case 'L':
        return take_integer(u, type, &whole) ? json_integer(whole) : fail(u, "ends within a number");
    case 'd':
    case 'D':
        return take_real(u, type);
    case 'S':
        return take_text(u);
    case 'T':
        return json_true();
    case 'F':
        return json_false();
    case 'Z':
        return json_null();
    case '[':
    case '{':
        if (++u->depth > DEPTH_MAX) {
            return fail(u, "too deep");
        }
        value = type == '[' ? take_list(u) : take_object(u);
        u->depth--;
        return value;
    default:
        return fail(u, "ends too early, or has a type that is none");
    }
}

json_t *jk_ubjson_read(const char *bytes, size_t size, const char **problem, size_t *at) {
    ubjson u = {.bytes = (const unsigned char *)bytes, .size = size};
    json_t *root = take_value(&u, next_type(&u));
    *problem = u.problem;
    *at = u.at;
    if (root != NULL && u.at != size) {
        *problem = "goes on after its end";
        json_decref(root);
        return NULL;
    }
    return root;
}
