/* SPDX-License-Identifier: Apache-2.0 */
/* Two stores or results, data set by data set and attribute by attribute. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/differences.h"
#include "base/error.h"
#include "h5/h5_file.h"
#include "h5/h5_private.h"

enum { PIECE_ROWS = 65536 };

static uint64_t elements_of(const jk_h5_dataset *dataset) {
    uint64_t count = 1;
    for (uint32_t i = 0; i < dataset->rank; i++) {
        count *= dataset->extent[i]; /* jk_h5_open checked the product */
    }
    return dataset->rank > 0 ? count : 0;
}

static bool same_shape(const jk_h5_dataset *a, const jk_h5_dataset *b) {
    bool same = a->kind == b->kind && a->element_size == b->element_size && a->rank == b->rank;
    for (uint32_t i = 0; same && i < a->rank; i++) {
        same = a->extent[i] == b->extent[i];
    }
    return same;
}

typedef struct two_datasets {
    jk_h5_file *file[2];
    const jk_h5_dataset *dataset[2];
    unsigned char *bytes[2];
} two_datasets;

static jk_status compare_elements(two_datasets *two, jk_differences *differences, jk_error *error) {
    uint64_t count = elements_of(two->dataset[0]), differ = 0, first = 0;
    size_t size = (size_t)two->dataset[0]->element_size;
    for (uint64_t at = 0; at < count; at += PIECE_ROWS) {
        uint64_t rows = count - at < PIECE_ROWS ? count - at : PIECE_ROWS;
        for (int f = 0; f < 2; f++) {
            JK_TRY(jk_h5_read(two->file[f], two->dataset[f], at, rows, two->bytes[f], error));
        }
        if (memcmp(two->bytes[0], two->bytes[1], (size_t)rows * size) == 0) {
            continue;
        }
        for (uint64_t i = 0; i < rows; i++) {
            if (memcmp(two->bytes[0] + i * size, two->bytes[1] + i * size, size) != 0) {
                first = differ == 0 ? at + i : first;
                differ++;
            }
        }
    }
    if (differ > 0) {
        jk_differences_add(differences, "%s: %" PRIu64 " of %" PRIu64 " elements, first number %" PRIu64,
                           two->dataset[0]->path, differ, count, first);
    }
    return JK_OK;
}

static jk_status compare_datasets(two_datasets *two, jk_differences *differences, jk_error *error) {
    const jk_h5_dataset *a = two->dataset[0], *b = two->dataset[1];
    if (!same_shape(a, b)) {
        jk_differences_add(differences, "%s: another type or length", a->path);
        return JK_OK;
    }
    bool readable = a->kind != JK_H5_OTHER && !a->is_variable && !b->is_variable && a->layout != JK_H5_UNREADABLE &&
                    b->layout != JK_H5_UNREADABLE && a->element_size > 0 && a->element_size <= JK_H5_STRING_MAX;
    if (!readable) {
        return JK_OK; /* lists of words: the codes that stand for them are compared, and the words below */
    }
    for (int f = 0; f < 2; f++) {
        two->bytes[f] = malloc(PIECE_ROWS * (size_t)a->element_size);
    }
    jk_status status = two->bytes[0] == NULL || two->bytes[1] == NULL ? jk_fail_memory(error, "two files")
                                                                      : compare_elements(two, differences, error);
    free(two->bytes[0]);
    free(two->bytes[1]);
    return status;
}

static void compare_words(const two_datasets *two, jk_differences *differences) {
    size_t count[2] = {0};
    const char *const *words[2];
    for (int f = 0; f < 2; f++) {
        words[f] = jk_h5_strings(two->file[f], two->dataset[f], &count[f]);
    }
    bool same = count[0] == count[1];
    for (size_t i = 0; same && i < count[0]; i++) {
        same = strcmp(words[0][i], words[1][i]) == 0;
    }
    if (!same) {
        jk_differences_add(differences, "%s: other words", two->dataset[0]->path);
    }
}

/* What says when, and by which program. */
static bool is_circumstance(const char *name) {
    return strcmp(name, "created") == 0 || strcmp(name, "manifest") == 0;
}

static void compare_attributes(jk_h5_file *const file[2], jk_differences *differences) {
    for (size_t i = 0; i < file[0]->attribute_count; i++) {
        const jk_h5_attribute *attribute = &file[0]->attributes[i];
        const char *texts[2] = {NULL, NULL};
        int64_t numbers[2] = {0, 0};
        bool same = true;
        for (int f = 0; f < 2; f++) {
            texts[f] = jk_h5_attribute_text(file[f], attribute->name);
            same = jk_h5_attribute_integer(file[f], attribute->name, &numbers[f]) == !attribute->is_text && same;
        }
        same = same && (texts[0] == NULL) == (texts[1] == NULL) && numbers[0] == numbers[1] &&
               (texts[0] == NULL || strcmp(texts[0], texts[1]) == 0);
        if (!same && !is_circumstance(attribute->name)) {
            jk_differences_add(differences, "attribute %s", attribute->name);
        }
    }
}

static jk_status compare_files(jk_h5_file *const file[2], jk_differences *differences, jk_error *error) {
    compare_attributes(file, differences);
    for (size_t i = 0; i < jk_h5_dataset_count(file[0]); i++) {
        two_datasets two = {.file = {file[0], file[1]}, .dataset = {jk_h5_dataset_at(file[0], i), NULL}};
        two.dataset[1] = jk_h5_find(file[1], two.dataset[0]->path);
        if (two.dataset[1] == NULL) {
            jk_differences_add(differences, "%s: is not there any more", two.dataset[0]->path);
            continue;
        }
        JK_TRY(compare_datasets(&two, differences, error));
        compare_words(&two, differences);
    }
    for (size_t i = 0; i < jk_h5_dataset_count(file[1]); i++) {
        const char *path = jk_h5_dataset_at(file[1], i)->path;
        if (jk_h5_find(file[0], path) == NULL) {
            jk_differences_add(differences, "%s: was not there before", path);
        }
    }
    return JK_OK;
}

jk_status jk_stores_differ(const char *before, const char *now, jk_differences *differences, jk_error *error) {
    enum { STRINGS_MAX = 65536 };
    jk_h5_file *file[2] = {NULL, NULL};
    jk_status status = jk_h5_open(before, "/dict", STRINGS_MAX, &file[0], error);
    if (status == JK_OK) {
        status = jk_h5_open(now, "/dict", STRINGS_MAX, &file[1], error);
    }
    if (status == JK_OK) {
        status = compare_files(file, differences, error);
    }
    jk_h5_close(file[0]);
    jk_h5_close(file[1]);
    return status;
}
