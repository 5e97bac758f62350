/* SPDX-License-Identifier: Apache-2.0 */
/* A chunk never holds more than JK_CSV_ROW_MAX bytes of rows, whatever the window: so a row is broken exactly if it is
 * not complete within that many bytes of its own start, and the window never shows in a result. */
#include "import/sources/reader.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { FOOTER_TEXT = 1 << 16 };

size_t jk_reader_capacity(const jk_import_reader *reader) {
    size_t capacity = 0;
    for (size_t i = 0; i < reader->input_count; i++) {
        const jk_csv_source *source = reader->inputs[i].source;
        uint64_t size = jk_csv_source_is_plain(source) ? jk_csv_source_size(source) : 0;
        size_t wanted = size > 0 && size < JK_READER_TEXT ? (size_t)size : JK_READER_TEXT;
        capacity = wanted > capacity ? wanted : capacity;
    }
    return capacity;
}

/* ---- chunks ----------------------------------------------------------------------------------------------- */

static jk_status read_up_to(jk_import_reader *reader, char *text, size_t *length, size_t target, jk_error *error) {
    jk_csv_source *source = reader->inputs[reader->current].source;
    while (*length < target && !reader->at_end) {
        size_t got = 0;
        JK_TRY(jk_csv_source_read(source, text + *length, target - *length, &got, error));
        *length += got;
        reader->place += got;
        reader->at_end = got == 0;
    }
    return JK_OK;
}

static void keep(jk_import_reader *reader, const char *text, size_t length) {
    memcpy(reader->carry, text, length);
    reader->carry_length = length;
}

/* The first physical line of a row that does not end becomes a chunk of its own. */
static void cut_broken_row(jk_import_reader *reader, jk_import_chunk *chunk, size_t length, bool open) {
    const char *newline = memchr(chunk->text, '\n', length);
    size_t line = newline != NULL ? (size_t)(newline - chunk->text) + 1 : length;
    chunk->kind = JK_CHUNK_BROKEN_ROW;
    chunk->broken = open ? JK_REJECT_UNCLOSED_QUOTE : JK_REJECT_ROW_TOO_LONG;
    chunk->length = line;
    keep(reader, chunk->text + line, length - line);
    reader->skipping = newline == NULL && !reader->at_end;
}

/* A cut at the goal, if it lies in the text and a row is known to end there. */
static bool cut_at_goal(const jk_import_reader *reader, const jk_import_chunk *chunk, size_t length, jk_csv_cut *cut) {
    const uint64_t start = reader->place - length;
    if (reader->goal <= start || reader->goal - start > length) {
        return false;
    }
    const size_t wanted = (size_t)(reader->goal - start);
    *cut = jk_csv_find_cut(chunk->text, wanted, &chunk->plan->dialect, chunk->flags, false);
    return cut->end == wanted && !cut->open;
}

static jk_status read_rows(jk_import_reader *reader, jk_import_chunk *chunk, size_t *length, jk_error *error) {
    for (size_t target = reader->window;; target = target * 2 < JK_CSV_ROW_MAX ? target * 2 : JK_CSV_ROW_MAX) {
        JK_TRY(read_up_to(reader, chunk->text, length, target, error));
        chunk->flags = jk_csv_scan(chunk->text, *length);
        chunk->whole = reader->at_end;
        /* a footer must lie in the last chunk whole */
        bool footer = chunk->plan->mapping != NULL && chunk->plan->mapping->skip_footer > 0;
        size_t seen = footer && !reader->at_end && *length > 2 * (size_t)FOOTER_TEXT ? *length - FOOTER_TEXT : *length;
        jk_csv_cut cut;
        if (!cut_at_goal(reader, chunk, *length, &cut)) {
            cut = jk_csv_find_cut(chunk->text, seen, &chunk->plan->dialect, chunk->flags, reader->at_end);
        }
        if (cut.end > 0 || *length == 0) {
            chunk->kind = JK_CHUNK_ROWS;
            chunk->length = cut.end;
            keep(reader, chunk->text + cut.end, *length - cut.end);
            return JK_OK;
        }
        if (reader->at_end || *length >= JK_CSV_ROW_MAX) {
            cut_broken_row(reader, chunk, *length, cut.open);
            return JK_OK;
        }
    }
}

static jk_status skip_line(jk_import_reader *reader, jk_import_chunk *chunk, size_t *length, jk_error *error) {
    JK_TRY(read_up_to(reader, chunk->text, length, reader->window, error));
    const char *newline = memchr(chunk->text, '\n', *length);
    size_t dropped = newline != NULL ? (size_t)(newline - chunk->text) + 1 : *length;
    reader->skipping = newline == NULL;
    keep(reader, chunk->text + dropped, *length - dropped);
    chunk->kind = JK_CHUNK_NOTHING;
    chunk->length = 0;
    return JK_OK;
}

/* The next chunk of the current input. */
static jk_status read_chunk(jk_import_reader *reader, jk_import_chunk *chunk, jk_error *error) {
    jk_import_input *input = &reader->inputs[reader->current];
    chunk->source = reader->current;
    chunk->plan = &input->plan;
    chunk->packed_length = 0;
    chunk->text = chunk->memory + JK_CSV_SLACK;
    chunk->fresh = chunk->text;
    if (!reader->started) {
        size_t header = 0;
        if (reader->sink != NULL) {
            jk_csv_source_set_sink(input->source, reader->sink, reader->sink_context);
        }
        JK_TRY(read_up_to(reader, chunk->text, &header, input->header.bytes, error));
        chunk->text += header;
        reader->started = true;
    } else {
        chunk->fresh += reader->carry_length;
    }
    size_t length = reader->carry_length;
    if (length > 0) {
        memcpy(chunk->text, reader->carry, length);
    }
    JK_TRY(reader->skipping ? skip_line(reader, chunk, &length, error) : read_rows(reader, chunk, &length, error));
    memset(chunk->text + length, 0, JK_CSV_SLACK);
    chunk->read_length = length;
    chunk->fresh_length = (size_t)(chunk->text + length - chunk->fresh);
    chunk->last = reader->at_end && reader->carry_length == 0;
    return JK_OK;
}

static void begin_input(jk_import_reader *reader, size_t input, uint64_t goal) {
    reader->current = input;
    reader->started = reader->at_end = reader->skipping = false;
    reader->carry_length = 0;
    reader->place = 0;
    reader->goal = goal;
}

jk_status jk_import_read(jk_import_reader *reader, jk_import_chunk *chunk, bool *end, jk_error *error) {
    reader->goal = JK_READER_END;
    JK_TRY(read_chunk(reader, chunk, error));
    *end = false;
    if (chunk->last) {
        begin_input(reader, reader->current + 1, JK_READER_END);
        *end = reader->current == reader->input_count;
    }
    return JK_OK;
}

jk_status jk_reader_start(jk_import_reader *reader, size_t input, uint64_t place, uint64_t goal, jk_error *error) {
    begin_input(reader, input, goal);
    if (place > 0) {
        reader->started = true;
        reader->place = place;
        return jk_csv_source_seek(reader->inputs[input].source, place, error);
    }
    return JK_OK;
}

jk_status jk_import_read_on(jk_import_reader *reader, jk_import_chunk *chunk, jk_error *error) {
    JK_TRY(read_chunk(reader, chunk, error));
    chunk->end = reader->place - reader->carry_length;
    chunk->stripe_ends = chunk->last || (chunk->end >= reader->goal && !reader->skipping);
    return JK_OK;
}
