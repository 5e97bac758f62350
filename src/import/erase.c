/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/erase.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "base/text/json.h"
#include "csv/table.h"
#include "import/commit/pseudonyms.h"
#include "import/rows/identifier.h"
#include "jalki/tape.h"

enum { BLOCK_ROWS = 65536, LIST_BYTES_MOST = 1 << 30, PACKED_LEVEL = 4 };

typedef struct listed_id {
    const char *text;
    size_t length;
    bool found;
} listed_id;

typedef struct erase_work {
    const jk_erase_options *options;
    jk_erase_summary *summary;
    jk_pseudonyms pseudonyms;
    jk_arena *arena;
    listed_id *ids; /* in the order of their bytes, each once */
    size_t count, room;
    jk_tape *tape;
    jk_tape_writer *writer;
    jk_block block;
    uint8_t *gone;                   /* by row of the block */
    uint8_t *debtors;                /* 1: with all claims; NULL: claims alone */
    int32_t *renumbered[2];          /* debtors and claims of a panel: their new numbers, or -1 */
    int32_t next[2];                 /* the next new number */
    int32_t *words[JK_COLUMN_COUNT]; /* of dictionaries: new indices, or -1 */
    jk_error *error;
} erase_work;

/* ---- the list -------------------------------------------------------------------------------------------------- */

static int order(const void *one, const void *other) {
    const listed_id *a = one, *b = other;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int way = memcmp(a->text, b->text, shorter);
    return way != 0 ? way : a->length < b->length ? -1 : a->length > b->length;
}

static jk_status add_id(erase_work *work, const char *text, size_t length) {
    if (work->count == work->room) {
        size_t room = 2 * work->room + 1024;
        listed_id *grown = realloc(work->ids, room * sizeof *grown);
        JK_TRY(jk_held(grown != NULL, work->error, "the list of claims"));
        work->ids = grown;
        work->room = room;
    }
    char *kept = jk_arena_text(work->arena, text, length);
    JK_TRY(jk_held(kept != NULL, work->error, "the list of claims"));
    work->ids[work->count++] = (listed_id){.text = kept, .length = length};
    return JK_OK;
}

static jk_status take_row(void *context, const jk_csv_header *header, const jk_csv_field *field, int64_t line,
                          jk_error *error) {
    erase_work *work = context;
    char composed[4 * JK_TEXT_MAX], pseudonym[JK_PSEUDONYM];
    size_t column = jk_csv_table_column(header, "claim_id");
    if (column == SIZE_MAX) {
        return jk_fail(error, JK_ERROR_DATA, work->options->claims, 0, NULL,
                       "has no column claim_id; expected a CSV with the ids of the claims to erase in it");
    }
    const char *text = field[column].text;
    size_t length = field[column].length;
    if (length > JK_TEXT_MAX) {
        return jk_fail(error, JK_ERROR_DATA, work->options->claims, line, "claim_id", "is longer than %d bytes",
                       JK_TEXT_MAX);
    }
    jk_identifier_clean(&text, &length, composed, sizeof composed);
    if (length == 0) {
        return JK_OK;
    }
    if (work->options->pseudonyms != NULL) {
        if (!jk_pseudonym_of(&work->pseudonyms, false, text, length, pseudonym)) {
            return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "cannot compute the hash");
        }
        text = pseudonym;
        length = sizeof pseudonym;
    }
    return add_id(work, text, length);
}

static jk_status read_list(erase_work *work) {
    if (work->options->pseudonyms != NULL) {
        JK_TRY(jk_pseudonyms_open(&work->pseudonyms, work->options->pseudonyms, NULL, work->error));
    }
    JK_TRY(jk_csv_table_read(work->options->claims, LIST_BYTES_MOST, take_row, work, work->error));
    if (work->count == 0) {
        return jk_fail(work->error, JK_ERROR_DATA, work->options->claims, 0, NULL,
                       "lists no claim; expected a column claim_id with the ids of the claims to erase");
    }
    jk_sort(work->ids, work->count, sizeof *work->ids, order);
    size_t kept = 1;
    for (size_t i = 1; i < work->count; i++) {
        if (order(&work->ids[i], &work->ids[kept - 1]) != 0) {
            work->ids[kept++] = work->ids[i];
        }
    }
    work->count = kept;
    work->summary->listed = kept;
    return JK_OK;
}

/* ---- blocks ---------------------------------------------------------------------------------------------------- */

static size_t width_of(const erase_work *work, jk_column column) {
    return jk_schema_column(column)->type == JK_TYPE_TEXT ? jk_tape_text_width(work->tape, column)
                                                          : jk_schema_element_size(column);
}

static jk_status read_column(erase_work *work, jk_column column, size_t first, size_t rows) {
    return jk_tape_read(work->tape, column, first, rows, work->block.column[column], work->error);
}

/* Marks the rows of the block whose claim is listed. */
static void mark_listed(erase_work *work, size_t rows) {
    size_t width = width_of(work, JK_COLUMN_CLAIM_ID);
    const char *ids = work->block.column[JK_COLUMN_CLAIM_ID];
    for (size_t row = 0; row < rows; row++) {
        listed_id wanted = {.text = ids + row * width, .length = strnlen(ids + row * width, width)};
        listed_id *found = bsearch(&wanted, work->ids, work->count, sizeof *work->ids, order);
        work->gone[row] = found != NULL;
        if (found != NULL && !found->found) {
            found->found = true;
            work->summary->found++;
        }
    }
}

static jk_status prepare(erase_work *work) {
    size_t debtors = jk_tape_debtors(work->tape), claims = jk_tape_claims(work->tape);
    work->gone = malloc(BLOCK_ROWS);
    work->debtors = work->options->whole_debtors ? calloc(debtors + 1, 1) : NULL;
    work->renumbered[0] = malloc((debtors + 1) * sizeof(int32_t));
    work->renumbered[1] = malloc((claims + 1) * sizeof(int32_t));
    bool held = work->gone != NULL && work->renumbered[0] != NULL && work->renumbered[1] != NULL &&
                (!work->options->whole_debtors || work->debtors != NULL);
    for (int c = 0; c < JK_COLUMN_COUNT && held; c++) {
        size_t count = 0;
        bool there =
            jk_schema_in_store(jk_tape_kind(work->tape), (jk_column)c) && !jk_tape_is_absent(work->tape, (jk_column)c);
        if (!there) {
            continue;
        }
        work->block.column[c] = jk_columns_alloc(BLOCK_ROWS, width_of(work, (jk_column)c));
        held = work->block.column[c] != NULL;
        if (held && jk_schema_column((jk_column)c)->type == JK_TYPE_DICTIONARY) {
            (void)jk_tape_dictionary(work->tape, (jk_column)c, &count);
            work->words[c] = malloc((count + 1) * sizeof(int32_t));
            held = work->words[c] != NULL;
            memset(held ? work->words[c] : (void *)&count, 0xff, held ? (count + 1) * sizeof(int32_t) : 0);
        }
    }
    JK_TRY(jk_held(held, work->error, "the rows of a store"));
    memset(work->renumbered[0], 0xff, (debtors + 1) * sizeof(int32_t));
    memset(work->renumbered[1], 0xff, (claims + 1) * sizeof(int32_t));
    work->block.text_width[0] = jk_tape_text_width(work->tape, JK_COLUMN_CLAIM_ID);
    work->block.text_width[1] = jk_tape_text_width(work->tape, JK_COLUMN_DEBTOR_ID);
    return JK_OK;
}

/* Which claims are there, and whose they are. */
static jk_status look(erase_work *work) {
    size_t total = jk_tape_rows(work->tape);
    work->summary->rows = total;
    for (size_t first = 0; first < total; first += BLOCK_ROWS) {
        size_t rows = total - first < BLOCK_ROWS ? total - first : BLOCK_ROWS;
        JK_TRY(read_column(work, JK_COLUMN_CLAIM_ID, first, rows));
        mark_listed(work, rows);
        if (work->debtors == NULL) {
            continue;
        }
        JK_TRY(read_column(work, JK_COLUMN_DEBTOR_INDEX, first, rows));
        const int32_t *debtor = work->block.column[JK_COLUMN_DEBTOR_INDEX];
        for (size_t row = 0; row < rows; row++) {
            work->debtors[debtor[row]] |= work->gone[row];
        }
    }
    return JK_OK;
}

static void renumber(erase_work *work, int which, int32_t *index, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        int32_t *new = &work->renumbered[which][index[row]];
        *new = *new < 0 ? work->next[which]++ : *new;
        index[row] = *new;
    }
}

/* Words that rows still use get an index in the new dictionary. */
static jk_status translate(erase_work *work, jk_column column, size_t rows) {
    size_t count = 0;
    const char *const *texts = jk_tape_dictionary(work->tape, column, &count);
    int32_t *index = work->block.column[column];
    for (size_t row = 0; row < rows; row++) {
        if (index[row] < 0) {
            continue;
        }
        int32_t *new = &work->words[column][index[row]];
        if (*new < 0) {
            const char *text = texts[index[row]];
            JK_TRY(jk_tape_writer_intern(work->writer, column, text, strlen(text), new, work->error));
        }
        index[row] = *new;
    }
    return JK_OK;
}

static size_t keep_rows(erase_work *work, size_t rows) {
    const int32_t *debtor = work->block.column[JK_COLUMN_DEBTOR_INDEX];
    for (size_t row = 0; work->debtors != NULL && row < rows; row++) {
        work->gone[row] |= work->debtors[debtor[row]];
    }
    size_t left = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        char *cells = work->block.column[c];
        size_t width = cells != NULL ? width_of(work, (jk_column)c) : 0;
        size_t kept = 0;
        for (size_t row = 0; cells != NULL && row < rows; row++) {
            if (!work->gone[row]) {
                memmove(cells + kept++ * width, cells + row * width, width);
            }
        }
        left = cells != NULL ? kept : left;
    }
    return left;
}

static jk_status copy_block(erase_work *work, size_t first, size_t rows) {
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (work->block.column[c] != NULL) {
            JK_TRY(read_column(work, (jk_column)c, first, rows));
        }
    }
    mark_listed(work, rows);
    work->block.rows = keep_rows(work, rows);
    work->summary->erased += rows - work->block.rows;
    renumber(work, 0, work->block.column[JK_COLUMN_DEBTOR_INDEX], work->block.rows);
    if (work->block.column[JK_COLUMN_CLAIM_INDEX] != NULL) {
        renumber(work, 1, work->block.column[JK_COLUMN_CLAIM_INDEX], work->block.rows);
    }
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (work->words[c] != NULL) {
            JK_TRY(translate(work, (jk_column)c, work->block.rows));
        }
    }
    return jk_tape_writer_append(work->writer, &work->block, work->error);
}

/* ---- the new store --------------------------------------------------------------------------------------------- */

/* The old manifest, with what was taken out. */
static char *manifest_of(const erase_work *work) {
    json_t *manifest = jk_json_parse(jk_tape_attribute(work->tape, "manifest"), JSON_REJECT_DUPLICATES, NULL);
    manifest = json_is_object(manifest) ? manifest : json_object();
    json_int_t before = json_integer_value(json_object_get(manifest, "rows_erased"));
    jk_json_builder b = {0};
    jk_json_put(&b, manifest, "rows_erased", json_integer(before + (json_int_t)work->summary->erased));
    return jk_json_dump(&b, manifest, JSON_COMPACT);
}

static jk_status create(erase_work *work, const jk_run *run) {
    const jk_erase_options *options = work->options;
    bool packed = jk_tape_cache_size(work->tape, ~(uint64_t)0) > 0;
    const char *output = options->output != NULL ? options->output : options->store;
    jk_tape_writer_options settings = {.source_name = jk_tape_attribute(work->tape, "source_name"),
                                       .source_sha256 = jk_tape_sha256(work->tape),
                                       .cutoff = jk_tape_cutoff(work->tape),
                                       .compression = options->compression >= 0 ? options->compression
                                                      : packed                  ? PACKED_LEVEL
                                                                                : 0,
                                       .threads = run != NULL ? run->threads : 0,
                                       .extras = jk_tape_extras(work->tape),
                                       .kind = jk_tape_kind(work->tape)};
    if (options->output == NULL) {
        jk_input_release(options->store);
    }
    return jk_tape_writer_create(output, &settings, &work->writer, work->error);
}

static jk_status write_store(erase_work *work, const jk_run *run) {
    size_t total = jk_tape_rows(work->tape);
    JK_TRY(create(work, run));
    for (size_t first = 0; first < total; first += BLOCK_ROWS) {
        JK_TRY(copy_block(work, first, total - first < BLOCK_ROWS ? total - first : BLOCK_ROWS));
        if (run != NULL && run->progress != NULL && run->progress(run->context, "erase", first, total) != 0) {
            return jk_fail(work->error, JK_ERROR_INTERRUPTED, NULL, 0, NULL, "interrupted");
        }
    }
    work->summary->debtors_left = (uint64_t)work->next[0];
    char *manifest = manifest_of(work);
    JK_TRY(jk_held(manifest != NULL, work->error, "a manifest"));
    jk_tape_writer *writer = work->writer;
    work->writer = NULL;
    jk_status status = jk_tape_writer_finish(writer, NULL, manifest, work->error);
    free(manifest);
    return status;
}

static jk_status erase(erase_work *work, const jk_run *run) {
    work->arena = jk_arena_create();
    JK_TRY(jk_held(work->arena != NULL, work->error, "the list of claims"));
    JK_TRY(read_list(work));
    JK_TRY(jk_tape_open_any(work->options->store, &work->tape, work->error));
    if (jk_tape_kind(work->tape) > JK_KIND_PANEL) {
        return jk_fail(work->error, JK_ERROR_DATA, work->options->store, 0, NULL, "is neither a tape nor a panel");
    }
    JK_TRY(prepare(work));
    if (jk_tape_rows(work->tape) > 0) {
        JK_TRY(look(work));
    }
    work->summary->debtors_left = jk_tape_debtors(work->tape);
    return work->summary->found == 0 && work->options->output == NULL ? JK_OK : write_store(work, run);
}

jk_status jk_erase(const jk_erase_options *options, const jk_run *run, jk_erase_summary *summary, jk_error *error) {
    jk_error own = {0};
    *summary = (jk_erase_summary){0};
    erase_work work = {.options = options, .summary = summary, .error = error != NULL ? error : &own};
    jk_status status = erase(&work, run);
    jk_tape_writer_abort(work.writer);
    jk_pseudonyms_abort(&work.pseudonyms);
    jk_tape_close(work.tape);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        free(work.block.column[c]);
        free(work.words[c]);
    }
    free(work.renumbered[0]);
    free(work.renumbered[1]);
    free(work.debtors);
    free(work.gone);
    free(work.ids);
    jk_arena_free(work.arena);
    return status;
}
