/* SPDX-License-Identifier: Apache-2.0 */
#include "draft/draft.h"

#include <stdlib.h>

#include "base/error.h"
#include "import/sources/parts.h"
#include "jalki/draft.h"

enum { TABLES_MAX = 64 };

typedef struct drafting {
    jk_draft *draft;
    size_t bytes;
} drafting;

static jk_status look_at(void *context, const char *path, const jk_csv_part *part, jk_error *error) {
    drafting *work = context;
    jk_draft *draft = work->draft;
    if (draft->table_count == TABLES_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL, "more than %d tables at once", TABLES_MAX);
    }
    return jk_profile_read(path, part, work->bytes, &draft->tables[draft->table_count++].profile, error);
}

/* A sheet without text is no table. */
static size_t any_text(void *context, const char *path, const jk_csv_part *part) {
    const drafting *work = context;
    jk_profile profile;
    jk_error ignored = {0};
    jk_status status = jk_profile_read(path, part, work->bytes < 1 << 20 ? work->bytes : 1 << 20, &profile, &ignored);
    size_t columns = status == JK_OK && profile.lines > 0 ? profile.column_count : 0;
    jk_profile_free(&profile);
    return columns > 1 ? columns : 0;
}

static jk_status pass_over(void *context, const char *path, const char *part, const char *why, jk_error *error) {
    (void)context, (void)path, (void)part, (void)why, (void)error;
    return JK_OK; /* the import tells */
}

jk_status jk_draft_mapping(const jk_draft_options *options, char **text, jk_error *error) {
    *text = NULL;
    if (options->source_count == 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "a draft needs a file");
    }
    jk_draft draft = {.tables = calloc(TABLES_MAX, sizeof *draft.tables)};
    drafting work = {.draft = &draft, .bytes = options->bytes > 0 ? options->bytes : (size_t)64 << 20};
    const jk_part_taker taker = {
        .context = &work, .decimal = '.', .several = true, .fit = any_text, .take = look_at, .pass_over = pass_over};
    jk_status status = jk_held(draft.tables != NULL, error, "a draft");
    for (size_t i = 0; status == JK_OK && i < options->source_count; i++) {
        bool parts = false;
        status = jk_parts_take(options->sources[i], &taker, &parts, error);
    }
    if (status == JK_OK && draft.table_count == 0) {
        status = jk_fail(error, JK_ERROR_FORMAT, options->sources[0], 0, NULL, "there is no table in it");
    }
    if (status == JK_OK) {
        status = jk_draft_decide(&draft, error);
    }
    if (status == JK_OK) {
        status = jk_draft_write(&draft, text, error);
    }
    for (size_t t = 0; t < draft.table_count; t++) {
        jk_profile_free(&draft.tables[t].profile);
        free(draft.tables[t].means);
    }
    free(draft.tables);
    return status;
}
