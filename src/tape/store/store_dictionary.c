/* SPDX-License-Identifier: Apache-2.0 */
/* An open-addressing hash table over strings in an arena. The hash has a key that nobody outside knows, so that no file
 * can be made whose strings all fall on one place; numbers go by first appearance and do not show the key. */
#include "tape/store/store_dictionary.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/hash_key.h"
#include "base/memory.h"
#include "h5/h5.h"
#include "jalki/schema.h"

/* Twice the most strings there can be, a power of two. */
enum { PLACES = 131072 };

struct jk_store_dictionary {
    jk_arena *arena;
    uint64_t key;
    size_t count;
    const char *texts[JK_DICTIONARY_MAX];
    uint8_t lengths[JK_DICTIONARY_MAX];
    int32_t places[PLACES]; /* number + 1; 0: free */
};

jk_store_dictionary *jk_store_dictionary_create(void) {
    jk_store_dictionary *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->key = jk_hash_key();
        self->arena = jk_arena_create();
        if (self->arena == NULL) {
            free(self);
            return NULL;
        }
    }
    return self;
}

void jk_store_dictionary_free(jk_store_dictionary *dictionary) {
    if (dictionary != NULL) {
        jk_arena_free(dictionary->arena);
        free(dictionary);
    }
}

jk_status jk_store_dictionary_intern(jk_store_dictionary *dictionary, const char *column, const char *text,
                                     size_t length, int32_t *index, jk_error *error) {
    if (length == 0 || length > JK_DICTIONARY_TEXT_MAX || memchr(text, '\0', length) != NULL) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, column, "expected 1 to %d bytes of text without NUL bytes",
                       JK_DICTIONARY_TEXT_MAX);
    }
    size_t place = XXH3_64bits_withSeed(text, length, dictionary->key) & (PLACES - 1);
    for (; dictionary->places[place] != 0; place = (place + 1) & (PLACES - 1)) {
        size_t number = (size_t)dictionary->places[place] - 1;
        if (dictionary->lengths[number] == length && memcmp(dictionary->texts[number], text, length) == 0) {
            *index = (int32_t)number;
            return JK_OK;
        }
    }
    if (dictionary->count == JK_DICTIONARY_MAX) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, column, "more than %d different values", JK_DICTIONARY_MAX);
    }
    const char *copy = jk_arena_text(dictionary->arena, text, length);
    JK_TRY(jk_held(copy != NULL, error, "a dictionary"));
    size_t number = dictionary->count++;
    dictionary->texts[number] = copy;
    dictionary->lengths[number] = (uint8_t)length;
    dictionary->places[place] = (int32_t)dictionary->count;
    *index = (int32_t)number;
    return JK_OK;
}

bool jk_store_dictionary_write(const jk_store_dictionary *dictionary, hid_t group, const char *name) {
    size_t width = 1;
    for (size_t i = 0; i < dictionary->count; i++) {
        width = dictionary->lengths[i] > width ? dictionary->lengths[i] : width;
    }
    char *bytes = calloc(dictionary->count > 0 ? dictionary->count : 1, width);
    for (size_t i = 0; bytes != NULL && i < dictionary->count; i++) {
        memcpy(bytes + i * width, dictionary->texts[i], dictionary->lengths[i]);
    }
    hsize_t extent = dictionary->count;
    hid_t type = jk_h5_text_type(width);
    hid_t space = H5Screate_simple(1, &extent, NULL);
    hid_t properties = jk_h5_dataset_properties();
    hid_t dataset = type < 0 || space < 0 || properties < 0
                        ? H5I_INVALID_HID
                        : H5Dcreate2(group, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    bool done = bytes != NULL && dataset >= 0 &&
                (extent == 0 || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0) &&
                jk_h5_put_text(dataset, "meaning",
                               "strings of the column of the same name under /tape; its values "
                               "are positions in this list, from 0");
    done = (dataset < 0 || H5Dclose(dataset) >= 0) && done;
    (void)H5Pclose(properties);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    free(bytes);
    return done;
}
