/* SPDX-License-Identifier: Apache-2.0 */
/* A model of tests/law, a small tape and what law, score and terms make of it. */
#ifndef JK_TESTS_LAW_FIXTURE_H
#define JK_TESTS_LAW_FIXTURE_H

#include "jalki/terms.h"
#include "law/tape_rows.h"

typedef struct fixture {
    jk_model *model;
    tape_rows rows;
    jk_law *law;
    jk_debtors debtors;
    jk_scorer *scorer;
    jk_law_facts facts;
    jk_score_columns score;
    jk_terms terms;
    void *memory[4];
} fixture;

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Loads a model file, `path` relative to the source folder unless it begins with a slash. */
static inline jk_model *load_model(const char *path) {
    const char *source = getenv("JALKI_SOURCE");
    char full[512];
    int length = snprintf(full, sizeof full, "%s/%s", source ? source : ".", path);
    assert_in_range(length, 1, sizeof full - 1);
    jk_error error = {0};
    jk_model *model = NULL;
    if (jk_model_load(path[0] == '/' ? path : full, &model, &error) != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        fail_msg("%s", jk_error_text(&error, text, sizeof text));
    }
    return model;
}

/* The same with another `characteristics:` list and intercept in the scorecard of tests/law/rules.yaml. */
static inline jk_model *load_with_scorecard(const char *characteristics) {
    const char *source = getenv("JALKI_SOURCE");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/tests/law/rules.yaml", source ? source : ".");
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char text[1 << 16];
    size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    char *place = strstr(text, "  characteristics: []");
    assert_non_null(place);
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-rules-%ld.yaml", folder ? folder : "/tmp", (long)getpid());
    file = fopen(path, "wb");
    assert_non_null(file);
    (void)fprintf(file, "%.*s%s%s", (int)(place - text), text, characteristics,
                  place + strlen("  characteristics: []"));
    assert_int_equal(fclose(file), 0);
    jk_model *model = load_model(path);
    (void)unlink(path);
    return model;
}

/* Runs the three stages over the rows; takes the model over. */
static inline void fixture_open(fixture *f, jk_model *model, const char *cutoff, const row *rows, size_t count) {
    *f = (fixture){.model = model, .rows = tape_rows_open(rows, count)};
    jk_error error = {0};
    jk_run run = {.threads = 2, .block_rows = 3};
    if (jk_law_create(model, f->rows.tape, cell_date(cutoff), &f->law, &error) != JK_OK ||
        jk_debtors_create(f->law, f->rows.tape, &run, &f->debtors, &error) != JK_OK ||
        jk_scorer_create(model, f->rows.tape, f->law, &f->debtors, &f->scorer, &error) != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        fail_msg("%s", jk_error_text(&error, text, sizeof text));
    }
    f->memory[0] = jk_columns_alloc(jk_law_facts_size(count), 1);
    f->memory[1] = jk_columns_alloc(jk_score_columns_size(count), 1);
    f->memory[2] = jk_columns_alloc(jk_terms_size(count), 1);
    f->memory[3] = jk_columns_alloc(jk_score_scratch_size(f->scorer, count), 1);
    jk_law_facts_place(&f->facts, count, f->memory[0]);
    jk_score_columns_place(&f->score, count, f->memory[1]);
    jk_terms_place(&f->terms, count, f->memory[2]);
    jk_law_block(f->law, &f->rows.block, &f->facts);
    jk_score_block(f->scorer, &f->rows.block, &f->facts, &f->score, f->memory[3]);
    jk_terms_block(model, &f->debtors, &f->rows.block, &f->facts, &f->score, JK_ALLOW_ALL, &f->terms);
}

static inline void fixture_close(fixture *f) {
    for (size_t i = 0; i < COUNT(f->memory); i++) {
        free(f->memory[i]);
    }
    jk_scorer_free(f->scorer);
    jk_debtors_reset(&f->debtors);
    jk_law_free(f->law);
    tape_rows_close(&f->rows);
    jk_model_free(f->model);
}

#endif
