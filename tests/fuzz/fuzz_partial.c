/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the partial file of one part of a run: a merge, or an error. Where they are a document with sums, once
 * more with the digest that these have, as one part and as the second of two, so that what lies behind the check of
 * the digest is reached. Seeds: parts of one and of two. */
#include <jansson.h>
#include <string.h>

#include "base/team/team_internal.h"
#include "fuzz_file.h"

static void merge_them(const char *const *paths, size_t count) {
    jk_error error = {0};
    jk_status status = jk_team_be_merge(paths, count, &error);
    FUZZ_AGREE(status, error);
    if (status == JK_OK) {
        const char *const *arguments = NULL;
        size_t given = jk_team_merged_arguments(&arguments);
        if (jk_team_merged_command() == NULL || jk_team_parts() != (int)count) {
            abort();
        }
        for (size_t i = 0; i < given; i++) {
            if (strlen(arguments[i]) > (1U << 24)) { /* reads it */
                abort();
            }
        }
    }
    jk_team_end();
}

/* The document as it is; the descriptor, to be closed. */
static int write_document(const json_t *document, char path[64]) {
    char *text = json_dumps(document, JSON_COMPACT);
    int fd = text == NULL ? -1 : fuzz_file((const uint8_t *)text, strlen(text), path);
    free(text);
    return fd;
}

static void merge_repaired(json_t *document) {
    char *digest = jk_partial_digest(json_object_get(document, "sums"));
    char paths[2][64];
    const char *const both[] = {paths[0], paths[1]};
    if (digest != NULL && json_object_set_new(document, "digest", json_string(digest)) == 0) {
        int first = write_document(document, paths[0]);
        if (first >= 0) {
            merge_them(both, 1);
        }
        (void)json_object_set_new(document, "part", json_integer(2));
        int second = first >= 0 ? write_document(document, paths[1]) : -1;
        if (second >= 0) {
            merge_them(both, 2);
            (void)close(second);
        }
        if (first >= 0) {
            (void)close(first);
        }
    }
    free(digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    const char *const paths[] = {path};
    int fd = fuzz_file(data, size, path);
    merge_them(paths, 1);
    (void)close(fd);
    json_t *document = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_array(json_object_get(document, "sums"))) {
        merge_repaired(document);
    }
    json_decref(document);
    return 0;
}
