/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of whole fits share: a history made under base.yaml, the model that they start from, where they write. */
#ifndef JK_TESTS_PANEL_CASE_H
#define JK_TESTS_PANEL_CASE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "jalki/fit.h"
#include "jalki/generate_panel.h"
#include "jalki/model.h"
#include "support/must.h"

enum { PATH_ROOM = 512 };

static char panel_path[PATH_ROOM], model_path[PATH_ROOM];
static jk_model *base;

/* The path of a file of this run's own. */
static inline void put_path(char path[PATH_ROOM], const char *ending) {
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, PATH_ROOM, "%s/jalki-fit-%ld.%s", folder != NULL ? folder : "/tmp", (long)getpid(), ending);
}

static inline void load_model(const char *name) {
    char file[PATH_ROOM];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(file, sizeof file, "%s/tests/fit/%s", source != NULL ? source : ".", name);
    jk_error error = {0};
    must(jk_model_load(file, &base, &error), &error);
}

static inline void load_base(void) {
    load_model("base.yaml");
}

/* Of a year; `hidden` is the share of rows that do not tell a class. */
static inline int make_panel(size_t claims, double instalments, double hidden) {
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = claims;
    options.months = 12;
    options.instalments = instalments;
    options.hidden = hidden;
    jk_error error = {0};
    load_base();
    must(jk_generate_panel(&options, base, panel_path, JK_PANEL_STORE, NULL, NULL, &error), &error);
    return 0;
}

/* The base model fitted to a history. */
static inline jk_fit *fitted_to(const char *path, const jk_fit_options *options) {
    jk_fit *fit = NULL;
    jk_error error = {0};
    must(jk_fit_run(path, base, options, &fit, &error), &error);
    return fit;
}

/* To the panel, titles held. */
static inline jk_fit *fitted_held(bool shrink) {
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    options.shrink = shrink;
    options.hold_titles = 1;
    return fitted_to(panel_path, &options);
}

static inline int drop_panel(void **state) {
    (void)state;
    jk_model_free(base);
    (void)unlink(panel_path);
    (void)unlink(model_path);
    return 0;
}

#endif
