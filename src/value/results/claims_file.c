/* SPDX-License-Identifier: Apache-2.0 */
/* Claims as CSV: each thread writes its block's rows as text into its own buffer (and compresses them), then the
 * buffers go to the file in tape order. Compressed blocks are gzip members in a row, which every gzip reader takes as
 * one file. */
#include <libdeflate.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/transfer.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/policy.h"
#include "base/team/team.h"
#include "base/text/dialect.h"
#include "base/text/escape.h"
#include "base/words/listing.h"
#include "jalki/export.h"
#include "value/results/number.h"

enum { COMPRESSION_LEVEL = 6, NUMBERS_PER_ROW = 16, WORDS_PER_ROW = 60 };
enum { TYPICAL_ROW = 115, TYPICAL_ROW_FULL = 180, TYPICAL_OWN = 10 }; /* bytes of a row besides the names */

typedef struct thread_text {
    char *text;
    size_t length;
    struct libdeflate_compressor *compressor;
    unsigned char *packed;
    size_t packed_length;
} thread_text;

/* An own column of the tape as it is, missing cells empty. */
typedef struct own_column {
    jk_column column;
    const char *const *words; /* of texts, as CSV cells */
} own_column;

struct jk_claims_file {
    jk_output output;
    bool full, pack, shared;
    bool is_csv; /* by its name, which the policy's dialect is for */
    size_t id_width, debtor_width;
    const char *const *countries, *const *currencies; /* words of the tape as CSV cells */
    const char *own_currency;                         /* where a claim names none */
    size_t longest_segment;
    size_t row_bytes; /* the most that a row can take */
    size_t segment_count;
    char **segment; /* names as CSV cells */
    int threads;
    size_t packed_size;
    size_t head; /* bytes of the heading, as written */
    thread_text *thread;
    void *arena;
    const uint8_t *decision; /* by row of the tape; NULL: the valuation's */
    size_t column_count;
    jk_claims_column columns[JK_CLAIMS_COLUMNS_MAX];
    const jk_listing_column *described[JK_CLAIMS_COLUMNS_MAX]; /* beside them */
    size_t own_count;                                          /* own columns of the tape */
    own_column *own;
    uint64_t own_columns; /* bits */
    const jk_extras *extras;
};

/* ---- one row as text ------------------------------------------------------------------------------------------ */

static char *write_word(char *out, const char *word) {
    size_t length = strlen(word);
    memcpy(out, word, length);
    return out + length;
}

static char *write_column(char *out, const jk_claims_column *column, int decimals, size_t row) {
    *out++ = ',';
    return column->parts != NULL ? jk_write_parts(out, column->parts[row], decimals)
                                 : write_word(out, jk_action_name((jk_action)column->action[row]));
}

/* Whole numbers exactly, others to nine digits. */
static char *write_number(char *out, double value) {
    if (value == floor(value) && fabs(value) < 1e15) {
        if (value < 0.0) {
            *out++ = '-';
        }
        return jk_write_integer(out, (uint64_t)fabs(value));
    }
    return jk_write_digits9(out, value);
}

static char *write_coded(char *out, const char *const *words, int32_t index, const char *missing) {
    *out++ = ',';
    return write_word(out, index < 0 ? missing : words[index]);
}

/* Whose claim it is, where, in what currency; what is owed in the base currency, and the value in per cent of it. */
static char *write_face(const jk_claims_file *file, const jk_value_block *b, size_t row, char *out) {
    char *(*money)(char *, double) = file->full ? jk_write_digits9 : jk_write_cents;
    const char *id = JK_BLOCK_TEXT(b->block, DEBTOR_ID) + row * file->debtor_width;
    double balance = b->law->balance[row];
    *out++ = ',';
    out = jk_cell_write(out, id, strnlen(id, file->debtor_width));
    out = write_coded(out, file->countries, JK_BLOCK_INT32(b->block, COUNTRY)[row], "");
    out = write_coded(out, file->currencies, JK_BLOCK_INT32(b->block, CURRENCY)[row], file->own_currency);
    *out++ = ',';
    out = money(out, balance);
    *out++ = ',';
    return jk_write_digits9(out, jk_percent((double)b->plan->value[row], balance));
}

static char *write_own(char *out, const own_column *own, const jk_block *block, size_t row) {
    const void *data = block->column[own->column];
    *out++ = ',';
    switch (jk_schema_column(own->column)->type) {
    case JK_TYPE_REAL:
        return write_number(out, ((const double *)data)[row]);
    case JK_TYPE_MONEY: {
        const int64_t money = ((const int64_t *)data)[row];
        return money == JK_MISSING_MONEY ? out : jk_write_parts(out, money, 2);
    }
    case JK_TYPE_DICTIONARY: {
        const int32_t index = ((const int32_t *)data)[row];
        return index < 0 ? out : write_word(out, own->words[index]);
    }
    default: {
        const int32_t date = ((const int32_t *)data)[row];
        char text[JK_DATE_TEXT];
        return date == JK_MISSING_INTEGER ? out : write_word(out, jk_date_format(date, text));
    }
    }
}

static char *write_row(const jk_claims_file *file, const jk_value_block *b, size_t row, char *out) {
    char *(*money)(char *, double) = file->full ? jk_write_digits9 : jk_write_cents;
    const char *id = JK_BLOCK_TEXT(b->block, CLAIM_ID) + row * file->id_width;
    out = jk_cell_write(out, id, strnlen(id, file->id_width));
    *out++ = ',';
    out = jk_write_integer(out, (uint64_t)b->score->score[row]);
    *out++ = ',';
    out = jk_write_digits9(out, b->score->theta_now[row]);
    *out++ = ',';
    out = write_word(out, jk_capacity_name((jk_capacity)b->score->capacity_class[row]));
    *out++ = ',';
    *out++ = (char)('0' + b->score->paying[row]);
    *out++ = ',';
    out = write_word(out, file->segment[b->law->segment[row]]);
    *out++ = ',';
    uint8_t decision = file->decision != NULL ? file->decision[b->block->first_row + row] : b->plan->decision[row];
    out = write_word(out, jk_action_name((jk_action)decision));
    *out++ = ',';
    out = write_word(out, jk_reason_name((jk_reason)b->reason[row]));
    const double amounts[] = {
        (double)b->plan->value[row],
        (double)b->plan->action_value[JK_CLOSE][row],
        (double)b->plan->action_value[JK_SELL][row],
        (double)b->plan->action_value[JK_SURVEIL][row],
        (double)b->plan->action_value[JK_AMICABLE][row],
        (double)b->plan->action_value[JK_LEGAL][row],
        (double)b->plan->erc_gross[row],
        (double)b->plan->erc_net[row],
        (double)b->plan->gross_12m[row],
        (double)b->plan->gross_60m[row],
        b->law->attachable[row],
        b->law->title_state[row] == JK_TITLE_NONE ? b->law->bar_untitled[row] : b->law->bar_titled[row],
    };
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        *out++ = ',';
        out = money(out, amounts[i]);
    }
    out = write_face(file, b, row, out);
    for (size_t i = 0; i < file->column_count; i++) {
        out = write_column(out, &file->columns[i], file->described[i]->decimals, b->block->first_row + row);
    }
    for (size_t i = 0; i < file->own_count; i++) {
        out = write_own(out, &file->own[i], b->block, row);
    }
    *out++ = '\n';
    return out;
}

/* ---- the sink ------------------------------------------------------------------------------------------------- */

static void free_threads(jk_claims_file *file) {
    for (int t = 0; file->thread != NULL && t < file->threads; t++) {
        free(file->thread[t].text);
        free(file->thread[t].packed);
        libdeflate_free_compressor(file->thread[t].compressor);
    }
    free(file->thread);
    file->thread = NULL;
}

static jk_status write_bytes(const jk_claims_file *file, const void *bytes, size_t length, jk_error *error) {
    return jk_write_all(file->output.fd, bytes, length) ? JK_OK : jk_fail_errno(error, file->output.target, "write");
}

/* Whole rows, as the file's dialect has them, in place. */
static size_t in_dialect(const jk_claims_file *file, char *text, size_t length) {
    const jk_dialect *dialect = file->is_csv ? jk_policy_get()->dialect : NULL;
    return dialect == NULL ? length : jk_dialect_put(&(jk_dialect_text){.dialect = dialect}, text, length, text);
}

static jk_status write_header(jk_claims_file *file, jk_error *error) {
    char text[2 * JK_LISTING_HEAD];
    const jk_listing described = jk_claims_columns();
    int length = (int)jk_listing_head(&described, text);
    for (size_t i = 0; i < file->column_count; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, ",%s", file->described[i]->name);
    }
    for (size_t i = 0; i < file->own_count; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, ",%s",
                           jk_extras_column_name(file->extras, JK_KIND_TAPE, file->own[i].column));
    }
    text[length++] = '\n';
    length = (int)in_dialect(file, text, (size_t)length);
    if (!file->pack) {
        file->head = (size_t)length;
        return write_bytes(file, text, (size_t)length, error);
    }
    unsigned char packed[4096];
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(COMPRESSION_LEVEL);
    size_t packed_length =
        compressor == NULL ? 0 : libdeflate_gzip_compress(compressor, text, (size_t)length, packed, sizeof packed);
    libdeflate_free_compressor(compressor);
    file->head = packed_length;
    return packed_length == 0 ? jk_fail_memory(error, "the compressor")
                              : write_bytes(file, packed, packed_length, error);
}

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_claims_file *file = context;
    file->threads = shape->threads;
    file->shared = shape->shared;
    file->thread = calloc((size_t)shape->threads, sizeof *file->thread);
    size_t bytes = file->row_bytes * shape->block_rows;
    file->packed_size = file->pack ? libdeflate_gzip_compress_bound(NULL, bytes) : 0;
    for (int t = 0; file->thread != NULL && t < shape->threads; t++) {
        thread_text *thread = &file->thread[t];
        thread->text = malloc(bytes);
        bool held = thread->text != NULL;
        if (file->pack) {
            thread->compressor = libdeflate_alloc_compressor(COMPRESSION_LEVEL);
            thread->packed = malloc(file->packed_size);
            held = held && thread->compressor != NULL && thread->packed != NULL;
        }
        JK_TRY(jk_held(held, error, "the text of claims"));
    }
    return file->thread == NULL ? jk_fail_memory(error, "the text of claims") : write_header(file, error);
}

static jk_status format_block(void *context, const jk_value_block *block, jk_error *error) {
    jk_claims_file *file = context;
    thread_text *thread = &file->thread[block->thread];
    char *out = thread->text;
    for (size_t row = 0; row < block->block->rows; row++) {
        out = write_row(file, block, row, out);
    }
    thread->length = in_dialect(file, thread->text, (size_t)(out - thread->text));
    if (file->pack) {
        thread->packed_length = libdeflate_gzip_compress(thread->compressor, thread->text, thread->length,
                                                         thread->packed, file->packed_size);
        if (thread->packed_length == 0) {
            return jk_fail(error, JK_ERROR_INTERNAL, file->output.target, 0, NULL, "compression failed");
        }
    }
    return JK_OK;
}

static jk_status write_block(void *context, const jk_value_block *block, jk_error *error) {
    jk_claims_file *file = context;
    const thread_text *thread = &file->thread[block->thread];
    return file->pack ? write_bytes(file, thread->packed, thread->packed_length, error)
                      : write_bytes(file, thread->text, thread->length, error);
}

jk_value_sink jk_claims_sink(jk_claims_file *file) {
    /* The buffers hold the longest rows there can be; what counts as memory is what usual rows fill. */
    size_t row_bytes =
        file->id_width + file->debtor_width + file->longest_segment + (file->full ? TYPICAL_ROW_FULL : TYPICAL_ROW);
    row_bytes += file->own_count * TYPICAL_OWN;
    row_bytes += file->pack ? row_bytes / 2 : 0;
    const uint64_t columns = UINT64_C(1) << JK_COLUMN_CLAIM_ID | UINT64_C(1) << JK_COLUMN_DEBTOR_ID |
                             UINT64_C(1) << JK_COLUMN_COUNTRY | UINT64_C(1) << JK_COLUMN_CURRENCY;
    return (jk_value_sink){.columns = columns | file->own_columns,
                           .row_bytes = row_bytes,
                           .begin = begin,
                           .block = format_block,
                           .ordered = write_block,
                           .context = file,
                           .parted = true};
}

/* ---- the file ------------------------------------------------------------------------------------------------- */

static jk_status name_segments(jk_claims_file *file, const jk_model *model, jk_error *error) {
    file->arena = jk_arena_create();
    file->segment =
        file->arena == NULL ? NULL : jk_arena_alloc(file->arena, model->segment_count, sizeof *file->segment);
    for (size_t s = 0; file->segment != NULL && s < model->segment_count; s++) {
        const char *id = model->segments[s].id;
        size_t length = strlen(id);
        file->segment[s] = jk_arena_alloc(file->arena, JK_CELL_BYTES(length) + 1, 1);
        JK_TRY(jk_held(file->segment[s] != NULL, error, "the segments' names"));
        (void)jk_cell_write(file->segment[s], id, length);
        size_t written = strlen(file->segment[s]);
        file->longest_segment = written > file->longest_segment ? written : file->longest_segment;
    }
    file->row_bytes = JK_CELL_BYTES(file->id_width) + JK_CELL_BYTES(file->debtor_width) + file->longest_segment +
                      (size_t)NUMBERS_PER_ROW * JK_NUMBER_TEXT + WORDS_PER_ROW;
    return jk_held(file->segment != NULL, error, "the segments' names");
}

/* Words of a text column as CSV cells. */
static jk_status take_words(jk_claims_file *file, const jk_tape *tape, jk_column column, const char *const **cells,
                            jk_error *error) {
    size_t count = 0;
    size_t longest = 0;
    const char *const *names = jk_tape_dictionary(tape, column, &count);
    const char **words = jk_arena_alloc(file->arena, count + 1, sizeof *words);
    for (size_t i = 0; words != NULL && i < count; i++) {
        size_t length = strlen(names[i]);
        char *cell = jk_arena_alloc(file->arena, JK_CELL_BYTES(length) + 1, 1);
        JK_TRY(jk_held(cell != NULL, error, "the words of a column"));
        (void)jk_cell_write(cell, names[i], length);
        words[i] = cell;
        length = strlen(cell);
        longest = length > longest ? length : longest;
    }
    *cells = words;
    file->row_bytes += longest + 1;
    return jk_held(words != NULL, error, "the words of a column");
}

static jk_status take_own_columns(jk_claims_file *file, const jk_tape *tape, jk_error *error) {
    file->extras = jk_tape_extras(tape);
    file->own = jk_arena_alloc(file->arena, JK_EXTRA_COUNT, sizeof *file->own);
    for (int i = 0; file->own != NULL && i < JK_EXTRA_COUNT; i++) {
        if (file->extras->name[i] == NULL) {
            continue;
        }
        own_column *own = &file->own[file->own_count++];
        own->column = (jk_column)(JK_FIXED_COLUMN_COUNT + i);
        file->own_columns |= UINT64_C(1) << own->column;
        if (jk_schema_column(own->column)->type == JK_TYPE_DICTIONARY) {
            JK_TRY(take_words(file, tape, own->column, &own->words, error));
        } else {
            file->row_bytes += JK_NUMBER_TEXT + 1;
        }
    }
    return jk_held(file->own != NULL, error, "own columns");
}

jk_status jk_claims_open(const char *path, const jk_tape *tape, const jk_model *model, bool full,
                         jk_claims_file **opened, jk_error *error) {
    *opened = NULL;
    jk_claims_file *file = calloc(1, sizeof *file);
    JK_TRY(jk_held(file != NULL, error, "the claims file"));
    size_t length = strlen(path);
    file->full = full;
    file->is_csv = jk_dialect_is_csv(path);
    file->pack = length > 3 && strcmp(path + length - 3, ".gz") == 0;
    file->id_width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    file->debtor_width = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID);
    file->own_currency = model->written_currency;
    jk_status status = jk_output_open(&file->output, path, JK_OUTPUT_PERSONAL, error);
    if (status == JK_OK) {
        status = name_segments(file, model, error);
    }
    status = status == JK_OK ? take_words(file, tape, JK_COLUMN_COUNTRY, &file->countries, error) : status;
    status = status == JK_OK ? take_words(file, tape, JK_COLUMN_CURRENCY, &file->currencies, error) : status;
    status = status == JK_OK ? take_own_columns(file, tape, error) : status;
    if (status != JK_OK) {
        jk_claims_abort(file);
        return status;
    }
    *opened = file;
    return JK_OK;
}

jk_status jk_claims_add(jk_claims_file *file, const uint8_t *decision, const jk_listing *described,
                        const jk_claims_column *columns, jk_error *error) {
    const size_t count = described->column_count;
    if (count > JK_CLAIMS_COLUMNS_MAX - file->column_count) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "at most %d columns can be added to a claims file",
                       JK_CLAIMS_COLUMNS_MAX);
    }
    file->decision = decision;
    for (size_t i = 0; i < count; i++) {
        file->described[file->column_count] = &described->columns[i];
        file->columns[file->column_count++] = columns[i];
    }
    file->row_bytes += count * (JK_NUMBER_TEXT + 1);
    return JK_OK;
}

jk_status jk_claims_commit(jk_claims_file *file, jk_error *error) {
    jk_status status = JK_OK;
    if (file->shared) {
        status = jk_team_collect(&file->output, "claims", file->head, error);
    }
    status = status == JK_OK ? jk_output_commit(&file->output, error) : status;
    jk_claims_abort(file);
    return status;
}

void jk_claims_abort(jk_claims_file *file) {
    if (file == NULL) {
        return;
    }
    jk_output_abort(&file->output);
    free_threads(file);
    jk_arena_free(file->arena);
    free(file);
}
