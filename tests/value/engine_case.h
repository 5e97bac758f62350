/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine's tests share: a folder for made tapes, and the Nordic model. */
#ifndef JK_TESTS_ENGINE_CASE_H
#define JK_TESTS_ENGINE_CASE_H

#include <unistd.h>

#include "model/model_files.h"
#include "value/tape_maker.h"

static char folder[] = "/tmp/jalki-engine-XXXXXX";
static jk_model *model;

static inline const char *file_name(const char *name) {
    static char path[4][256];
    static int next;
    char *text = path[next++ % 4];
    (void)snprintf(text, sizeof path[0], "%s/%s", folder, name);
    return text;
}

static inline jk_tape *open_made(const char *name, const tape_plan *plan) {
    jk_error error = {0};
    jk_tape *tape = NULL;
    make_tape(file_name(name), plan);
    must(jk_tape_open(file_name(name), &tape, &error), &error);
    return tape;
}

static inline int set_up(void **state) {
    (void)state;
    char path[FILE_PATH_MAX];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(path, sizeof path, "%s/models/nordic.yaml", source != NULL ? source : ".");
    jk_error error = {0};
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    must(jk_model_load(path, &model, &error), &error);
    return 0;
}

static inline int tear_down(void **state) {
    (void)state;
    static const char *const made[] = {"plain.h5", "mixed.h5", "all.h5",  "first.h5",  "rest.h5",
                                       "empty.h5", "bad.h5",   "huge.h5", "claims.csv"};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        (void)unlink(file_name(made[i]));
    }
    jk_model_free(model);
    return rmdir(folder);
}

/* One tape for all tests of a program: made of so many rows before the first, closed after the last. */
static inline int open_plain(void **state, size_t rows, jk_tape **tape) {
    const int failed = set_up(state);
    *tape = failed ? NULL : open_made("plain.h5", &(tape_plan){.rows = rows});
    return failed;
}

static inline int close_made(void **state, jk_tape *tape) {
    jk_tape_close(tape);
    return tear_down(state);
}

#endif
