/* SPDX-License-Identifier: Apache-2.0 */
#include "import/sources/join.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "import/commit/ids.h"
#include "import/commit/key.h"
#include "import/findings/look.h"
#include "import/sources/aggregate.h"

/* The rows of one joined source: cells of its fields in the order of the mapping's field numbers. */
typedef struct row_rank {
    uint32_t preference; /* place of its cell in `prefer`; the lower the better */
    int32_t date;        /* by `latest_by`; the later the better */
} row_rank;

typedef struct joined_source {
    bool loaded, is_ranked;
    jk_arena *arena; /* texts */
    size_t rows, capacity;
    jk_cell_text *cells; /* rows x width */
    size_t width;
    size_t shown;       /* cells of a row beside the key and the aggregates */
    uint32_t *raw;      /* by field of the mapping: its place in the file's rows */
    row_rank *ranks;    /* of the rows kept; NULL: none is better than another */
    uint8_t *used;      /* by row: some claim has its key; NULL: not asked */
    uint32_t key_place; /* of the key among the cells of a row */
    jk_id_table keys;   /* digest of the key to row */
    jk_totals totals;
    jk_join_counts counts;
    uint64_t skipped, invalid;
    jk_cell_text invalid_example;
    jk_odd_list odd; /* of its text */
} joined_source;

struct jk_join {
    const jk_mapping *mapping;
    joined_source *sources;
};

/* A fixed seed: joined files hold no more than memory does, and what they are joined to is checked by no one else. */
enum { KEY_SEED = 20832023, UNMATCHED_EXAMPLES = 3 };

jk_status jk_join_create(const jk_mapping *mapping, jk_join **result, jk_error *error) {
    jk_join *join = calloc(1, sizeof *join);
    *result = join;
    if (join != NULL) {
        join->mapping = mapping;
        join->sources = calloc(mapping->source_count, sizeof *join->sources);
    }
    return join == NULL || join->sources == NULL ? jk_fail_memory(error, "joined files") : JK_OK;
}

static bool grow_rows(joined_source *self) {
    if (self->rows < self->capacity) {
        return true;
    }
    size_t capacity = self->capacity * 2 + 256;
    size_t bytes = 0;
    if (jk_size_overflows(capacity, self->width * sizeof *self->cells, &bytes)) {
        return false;
    }
    jk_cell_text *cells = realloc(self->cells, bytes);
    if (cells == NULL) {
        return false;
    }
    self->cells = cells;
    row_rank *ranks = self->is_ranked ? realloc(self->ranks, capacity * sizeof *ranks) : NULL;
    if (self->is_ranked && ranks == NULL) {
        return false;
    }
    self->ranks = ranks;
    self->capacity = capacity;
    return true;
}

static jk_cell_text cell_of(const char *text, const uint32_t *ends, uint32_t field) {
    uint32_t start = ends[field] + 1u;
    return (jk_cell_text){.text = text + start, .length = ends[field + 1] - start};
}

/* A key as it is compared; `shaped` holds it where it changes. */
static jk_cell_text shape_key(const jk_shape *shape, jk_cell_text key, char shaped[JK_SHAPED_MAX]) {
    jk_csv_trim(&key.text, &key.length);
    if (jk_shape_is_given(shape)) {
        key.length = jk_shape_text(shape, "", key.text, key.length, shaped);
        key.text = shaped;
    }
    return key;
}

/* How good a row is among those of its key. */
static row_rank rank_row(const jk_mapping_source *source, const jk_mapped_row *row) {
    row_rank rank = {.preference = (uint32_t)source->prefer_count, .date = JK_MISSING_INTEGER};
    jk_ruled cell;
    if (source->prefer_count > 0) {
        jk_cell_text text = jk_mapped_text(row, source->prefer_field);
        for (uint32_t i = (uint32_t)source->prefer_count; i-- > 0;) {
            const char *word = source->prefer[i];
            rank.preference =
                strlen(word) == text.length && memcmp(word, text.text, text.length) == 0 ? i : rank.preference;
        }
    }
    if (source->has_latest_by && !jk_rule_date(&source->latest_by, row, &cell, &rank.date)) {
        rank.date = JK_MISSING_INTEGER;
    }
    return rank;
}

/* Copies a text over the one that stood there before where it fits, so that replaced rows cost no memory. */
static bool keep_text(jk_arena *arena, jk_cell_text cell, jk_cell_text *place) {
    if (place->length >= cell.length && place->length > 0) {
        memcpy((char *)(uintptr_t)place->text, cell.text, cell.length); /* of the arena, which is ours */
        place->length = cell.length;
        return true;
    }
    *place = (jk_cell_text){.text = jk_arena_text(arena, cell.text, cell.length), .length = cell.length};
    return place->text != NULL;
}

/* Keeps the cells of a row that the mapping asks for; `fresh`: it is the first of its key. */
static jk_status keep_cells(joined_source *self, const jk_mapped_row *row, size_t number, bool fresh, jk_error *error) {
    const jk_mapping *mapping = row->mapping;
    jk_cell_text *cells = self->cells + number * self->width;
    size_t place = 0;
    for (size_t n = 0; n < mapping->field_count; n++) {
        if (mapping->fields[n].source != row->own || mapping->fields[n].scanned) {
            continue;
        }
        cells[place] = fresh ? (jk_cell_text){.text = "", .length = 0} : cells[place];
        if (self->raw[n] != JK_NO_FIELD && mapping->fields[n].aggregate == 0) {
            jk_cell_text cell = cell_of(row->text, row->ends, self->raw[n]);
            JK_TRY(jk_held(keep_text(self->arena, cell, &cells[place]), error, "joined files"));
            if (!jk_unicode_is_utf8(cell.text, cell.length)) {
                self->invalid_example = self->invalid == 0 ? cells[place] : self->invalid_example;
                self->invalid++;
            }
        }
        place++;
    }
    return JK_OK;
}

/* Another row with a key: the better one stays. */
static jk_status choose_row(joined_source *self, const jk_mapped_row *row, size_t number, jk_error *error) {
    if (self->shown == 0) { /* nothing but aggregates is made of it */
        return JK_OK;
    }
    if (!self->is_ranked) {
        self->counts.repeated++;
        return JK_OK;
    }
    const row_rank rank = rank_row(&row->mapping->sources[row->own], row);
    const row_rank kept = self->ranks[number];
    const bool same = rank.preference == kept.preference && rank.date == kept.date;
    self->counts.repeated += same;
    self->counts.chosen += !same;
    if (rank.preference > kept.preference || (rank.preference == kept.preference && rank.date <= kept.date)) {
        return JK_OK;
    }
    self->ranks[number] = rank;
    return keep_cells(self, row, number, false, error);
}

static jk_status keep_row(jk_join *join, uint32_t source, const char *text, const uint32_t *ends, jk_error *error) {
    joined_source *self = &join->sources[source];
    const jk_mapping *mapping = join->mapping;
    const jk_mapping_source *of = &mapping->sources[source];
    const jk_mapped_row row = {.mapping = mapping, .entry = self->raw, .text = text, .ends = ends, .own = source};
    char shaped[JK_SHAPED_MAX];
    jk_cell_text key = shape_key(&of->key_shape, cell_of(text, ends, self->raw[of->key]), shaped);
    if (key.length == 0) {
        self->skipped++;
        return JK_OK;
    }
    if (!jk_where_takes(of->where, of->where_count, &row)) {
        self->counts.filtered++;
        return JK_OK;
    }
    uint64_t digest[2];
    jk_import_key(key.text, key.length, KEY_SEED, digest);
    if (self->rows >= UINT32_MAX - 1 || !grow_rows(self) || !jk_id_reserve(&self->keys, 1)) {
        return jk_fail_memory(error, "joined files");
    }
    const size_t number = jk_id_find_or_add(&self->keys, digest, (uint32_t)self->rows);
    if (number < self->rows) {
        JK_TRY(choose_row(self, &row, number, error));
    } else {
        JK_TRY(jk_held(jk_totals_add_key(&self->totals, number), error, "joined files"));
        JK_TRY(keep_cells(self, &row, number, true, error));
        if (self->is_ranked) {
            self->ranks[number] = rank_row(of, &row);
        }
        self->rows++;
    }
    if (of->aggregate_count > 0) {
        jk_totals_count(&self->totals, number, &row);
    }
    return JK_OK;
}

/* Nothing but separators and spaces. */
static bool is_blank_line(const jk_import_chunk *chunk, const jk_csv_bad_row *bad) {
    for (uint32_t i = 0; i < bad->length; i++) {
        char c = chunk->text[bad->start + i];
        if (c != chunk->plan->dialect.separator && c != ' ' && c != '\t' && c != '\r') {
            return false;
        }
    }
    return true;
}

static jk_status keep_chunk(jk_join *join, uint32_t source, jk_import_chunk *chunk, uint32_t *ends, uint32_t *lines,
                            jk_error *error) {
    joined_source *self = &join->sources[source];
    if (chunk->kind != JK_CHUNK_ROWS) {
        self->skipped += chunk->kind == JK_CHUNK_BROKEN_ROW;
        return JK_OK;
    }
    jk_csv_cursor cursor = jk_chunk_cursor(chunk);
    while (cursor.position < cursor.length) {
        size_t rows = jk_csv_tile(&cursor, ends, lines);
        self->skipped += cursor.bad.fault != 0 && !is_blank_line(chunk, &cursor.bad);
        cursor.bad.fault = 0;
        for (size_t i = 0; i < rows; i++) {
            JK_TRY(keep_row(join, source, chunk->text, ends + i * ((size_t)chunk->plan->fields + 1), error));
        }
    }
    jk_import_note_quotes(&self->odd, &cursor);
    return JK_OK;
}

static jk_status read_all(jk_join *join, uint32_t source, jk_import_reader *reader, jk_error *error) {
    jk_import_chunk chunk;
    JK_TRY(jk_chunk_create(&chunk, jk_reader_capacity(reader), error));
    uint32_t *ends = malloc(jk_csv_tile_size(reader->inputs[0].plan.fields));
    uint32_t *lines = malloc((JK_CSV_TILE_ROWS + 1) * sizeof *lines);
    reader->carry = malloc(JK_CSV_ROW_MAX);
    jk_status status =
        ends == NULL || lines == NULL || reader->carry == NULL ? jk_fail_memory(error, "joined files") : JK_OK;
    for (bool end = false; status == JK_OK && !end;) {
        status = jk_import_read(reader, &chunk, &end, error);
        if (status == JK_OK) {
            status = keep_chunk(join, source, &chunk, ends, lines, error);
        }
    }
    free(reader->carry);
    free(ends);
    free(lines);
    jk_chunk_destroy(&chunk);
    return status;
}

/* What is read of a row for aggregates and choices must be there: a sum of nothing would be silent. */
static jk_status check_header(const jk_join *join, uint32_t source, const char *path, const uint32_t *entry,
                              jk_error *error) {
    const jk_mapping *mapping = join->mapping;
    const uint32_t key = mapping->sources[source].key;
    for (size_t n = 0; n < mapping->field_count; n++) {
        const jk_field_name *field = &mapping->fields[n];
        if (field->source == source && entry[n] == JK_NO_FIELD && (field->scanned || n == key)) {
            return jk_fail(error, JK_ERROR_DATA, path, 1, field->names[0],
                           n == key ? "the mapping finds the rows of '%s' by this column, and the header lacks it"
                                    : "the mapping needs this column for the rows of '%s', and the header lacks it",
                           mapping->sources[source].name);
        }
    }
    return JK_OK;
}

jk_status jk_join_begin(jk_join *join, uint32_t source, const jk_csv_source *file, uint32_t *entry, jk_error *error) {
    joined_source *self = &join->sources[source];
    const jk_mapping *mapping = join->mapping;
    const jk_mapping_source *of = &mapping->sources[source];
    JK_TRY(check_header(join, source, jk_csv_source_path(file), entry, error));
    self->arena = jk_arena_create();
    self->raw = malloc(mapping->field_count * sizeof *self->raw);
    JK_TRY(jk_held(self->arena != NULL && self->raw != NULL, error, "joined files"));
    memcpy(self->raw, entry, mapping->field_count * sizeof *self->raw);
    for (size_t n = 0; n < mapping->field_count; n++) {
        const jk_field_name *field = &mapping->fields[n];
        if (field->source != source) {
            continue;
        }
        if (field->scanned) {
            entry[n] = 0;
            continue;
        }
        entry[n] = entry[n] == JK_NO_FIELD ? JK_NO_FIELD : (uint32_t)self->width;
        self->key_place = n == of->key ? (uint32_t)self->width : self->key_place;
        self->shown += n != of->key && field->aggregate == 0;
        self->width++;
    }
    self->is_ranked = of->prefer_count > 0 || of->has_latest_by;
    self->loaded = true;
    return JK_OK;
}

/* Aggregates become cells like any. */
static jk_status finish_rows(jk_join *join, uint32_t source, jk_error *error) {
    joined_source *self = &join->sources[source];
    const jk_mapping *mapping = join->mapping;
    bool done = true;
    for (size_t row = 0; mapping->sources[source].aggregate_count > 0 && row < self->rows; row++) {
        size_t place = 0;
        for (size_t n = 0; n < mapping->field_count; n++) {
            const jk_field_name *field = &mapping->fields[n];
            if (field->source != source || field->scanned) {
                continue;
            }
            if (field->aggregate != 0) {
                done = done && jk_totals_text(&self->totals, row, field->aggregate - 1, self->arena,
                                              &self->cells[row * self->width + place]);
            }
            place++;
        }
    }
    if (mapping->sources[source].aggregate_count > 0) {
        self->used = calloc(self->rows + 1, 1);
        done = done && self->used != NULL;
    }
    self->counts.later = self->totals.later;
    self->counts.unread = self->totals.unread;
    return jk_held(done, error, "joined files");
}

jk_status jk_join_read(jk_join *join, uint32_t source, jk_csv_source *file, const jk_csv_header *header,
                       jk_error *error) {
    joined_source *self = &join->sources[source];
    JK_TRY(jk_totals_begin(&self->totals, join->mapping, source, error));
    jk_import_input input = {.source = file, .header = *header};
    input.plan.dialect = header->dialect;
    input.plan.fields = header->count;
    jk_import_reader reader = {.inputs = &input, .input_count = 1, .window = JK_CSV_ROW_MAX};
    JK_TRY(read_all(join, source, &reader, error));
    return finish_rows(join, source, error);
}

bool jk_join_is_loaded(const jk_join *join, uint32_t source) {
    return join->sources[source].loaded;
}

jk_join_counts jk_join_count(const jk_join *join, uint32_t source) {
    const joined_source *self = &join->sources[source];
    jk_join_counts counts = self->counts;
    counts.keys = self->rows;
    counts.unread_example = self->totals.example;
    for (size_t row = 0; self->used != NULL && row < self->rows; row++) {
        counts.unused_keys += !self->used[row];
    }
    return counts;
}

uint64_t jk_join_skipped(const jk_join *join, uint32_t source) {
    return join->sources[source].skipped;
}

uint64_t jk_join_invalid(const jk_join *join, uint32_t source, jk_cell_text *example) {
    *example = join->sources[source].invalid_example;
    return join->sources[source].invalid;
}

const jk_odd_list *jk_join_odd(const jk_join *join, uint32_t source) {
    return &join->sources[source].odd;
}

/* The digits of a key without zeros before them; 0 digits: it has other characters. */
static jk_cell_text bare_number(jk_cell_text key) {
    jk_csv_trim(&key.text, &key.length);
    while (key.length > 1 && key.text[0] == '0') {
        key.text++;
        key.length--;
    }
    for (size_t i = 0; i < key.length; i++) {
        key.length = key.text[i] >= '0' && key.text[i] <= '9' ? key.length : 0;
    }
    return key;
}

bool jk_join_find_bare(const jk_join *join, uint32_t source, const char *text, size_t length, jk_cell_text *found) {
    const joined_source *self = &join->sources[source];
    const jk_cell_text wanted = bare_number((jk_cell_text){.text = text, .length = length});
    const uint32_t key = self->key_place;
    for (size_t row = 0; wanted.length > 0 && row < self->rows; row++) {
        jk_cell_text cell = self->cells[row * self->width + key];
        jk_cell_text bare = bare_number(cell);
        if (bare.length == wanted.length && memcmp(bare.text, wanted.text, bare.length) == 0) {
            jk_csv_trim(&cell.text, &cell.length);
            *found = cell;
            return true;
        }
    }
    return false;
}

static const jk_cell_text *find_joined(const joined_source *self, jk_cell_text key) {
    jk_csv_trim(&key.text, &key.length);
    if (key.length == 0 || self->rows == 0) {
        return NULL;
    }
    uint64_t digest[2];
    jk_import_key(key.text, key.length, KEY_SEED, digest);
    uint32_t row = 0;
    if (!jk_id_find(&self->keys, digest, &row)) {
        return NULL;
    }
    if (self->used != NULL) { /* several threads may say so at once */
        __atomic_store_n(&self->used[row], (uint8_t)1, __ATOMIC_RELAXED);
    }
    return self->cells + row * self->width;
}

/* Only the first rows without partner of a chunk are examples: of all others the row alone is marked. */
static void note_unmatched(jk_import_chunk *chunk, size_t row, uint32_t source, jk_cell_text key) {
    jk_csv_trim(&key.text, &key.length);
    chunk->unmatched[row] |= (uint16_t)(1U << source);
    if (chunk->unmatched_examples[source] < UNMATCHED_EXAMPLES) {
        chunk->unmatched_examples[source]++;
        jk_odd_add(&chunk->odd, JK_ODD_UNMATCHED, (int32_t)source, key.text, key.length, chunk->line[row], 1);
    }
}

static void note_partner(const jk_join *join, jk_import_chunk *chunk, uint32_t source, const jk_cell_text *cells) {
    const joined_source *self = &join->sources[source];
    const size_t row = (size_t)(cells - self->cells) / self->width;
    if (self->used != NULL && jk_chunk_note_partner(chunk, source, (uint32_t)row, NULL) != JK_OK) {
        chunk->odd.failed = true;
    }
}

bool jk_join_mark(const jk_join *join, uint32_t source, uint32_t row) {
    bool good = join != NULL && source < join->mapping->source_count && row < join->sources[source].rows &&
                join->sources[source].used != NULL;
    if (good) {
        __atomic_store_n(&join->sources[source].used[row], (uint8_t)1, __ATOMIC_RELAXED);
    }
    return good;
}

void jk_join_rows(const jk_join *join, const jk_import_plan *plan, jk_import_chunk *chunk, const uint32_t *ends,
                  size_t first, size_t rows, const jk_cell_text **joined) {
    const jk_mapping *mapping = join->mapping;
    const char *text = chunk->text;
    for (size_t i = 0; i < rows; i++) {
        const jk_cell_text **own = joined + i * mapping->source_count;
        const uint32_t *row_ends = ends + i * ((size_t)plan->fields + 1);
        own[0] = NULL;
        chunk->unmatched[first + i] = 0;
        for (uint32_t s = 1; s < mapping->source_count; s++) {
            uint32_t by = mapping->sources[s].joined_by;
            uint32_t from = mapping->fields[by].source; /* an earlier source: found already */
            jk_cell_text key = {.text = "", .length = 0};
            if (plan->entry[by] != JK_NO_FIELD && from == 0) {
                key = cell_of(text, row_ends, plan->entry[by]);
            } else if (plan->entry[by] != JK_NO_FIELD && own[from] != NULL) {
                key = own[from][plan->entry[by]];
            }
            char shaped[JK_SHAPED_MAX];
            own[s] = find_joined(&join->sources[s], shape_key(&mapping->sources[s].joined_shape, key, shaped));
            if (own[s] != NULL && chunk->notes_partners) {
                note_partner(join, chunk, s, own[s]);
            }
            if (own[s] == NULL && join->sources[s].loaded && (from == 0 || own[from] != NULL)) {
                note_unmatched(chunk, first + i, s, key);
            }
        }
    }
}

void jk_join_free(jk_join *join) {
    if (join == NULL) {
        return;
    }
    for (size_t s = 0; join->sources != NULL && s < join->mapping->source_count; s++) {
        jk_arena_free(join->sources[s].arena);
        free(join->sources[s].cells);
        free(join->sources[s].raw);
        free(join->sources[s].ranks);
        free(join->sources[s].used);
        jk_totals_free(&join->sources[s].totals);
        jk_id_free(&join->sources[s].keys);
        jk_odd_free(&join->sources[s].odd);
    }
    free(join->sources);
    free(join);
}
