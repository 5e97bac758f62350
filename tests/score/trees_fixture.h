/* SPDX-License-Identifier: Apache-2.0 */
/* A model with trees from a text. */
#ifndef JK_TEST_TREES_FIXTURE_H
#define JK_TEST_TREES_FIXTURE_H

#include "law/law_fixture.h"

enum { FILE_ROOM = 512 };

static inline void tree_path(char path[FILE_ROOM], const char *name) {
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, FILE_ROOM, "%s/jalki-trees-%ld-%s", folder ? folder : "/tmp", (long)getpid(), name);
}

static inline void write_text(const char *path, const char *text, size_t length) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* The model of the fixture with these trees beside its characteristics. */
static inline jk_status load_with_trees(const char *text, size_t length, jk_model **model, jk_error *error) {
    char trees[FILE_ROOM], path[FILE_ROOM];
    tree_path(trees, "trees.json");
    tree_path(path, "model.yaml");
    write_text(trees, text, length);
    const char *source = getenv("JALKI_SOURCE");
    char card[3 * FILE_ROOM];
    int written = snprintf(card, sizeof card, "include: %s/tests/law/rules.yaml\nscorecard:\n  trees: %s\n",
                           source ? source : ".", strrchr(trees, '/') + 1);
    write_text(path, card, (size_t)written);
    jk_status status = jk_model_load(path, model, error);
    (void)unlink(trees);
    (void)unlink(path);
    return status;
}

#endif
