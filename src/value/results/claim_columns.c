/* SPDX-License-Identifier: Apache-2.0 */
#include "value/results/claim_columns.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static const char *const capacity_names[] = {"none", "weak", "able"};
static const char *const flag_names[] = {"0", "1"};
static const char *const action_names[] = {"close", "sell", "surveil", "amicable", "legal"};
static const char *const reason_names[] = {"barred", "status", "uneconomic", "best"};

#define MONEY NULL /* the unit is the model's base currency */

static const jk_result_column columns[] = {
    {"claim_id", JK_RESULT_TEXT, "text", "the seller's key", NULL, 0, 0},
    {"score", JK_RESULT_INT32, "points", "0 to 1000; 100 points more doubles the collection intensity", NULL, 0, 0},
    {"theta", JK_RESULT_FLOAT64, "1", "collection intensity relative to the typical debtor of segment and class", NULL,
     0, 0},
    {"capacity_class", JK_RESULT_ENUM, "code", "what the debtor can pay now", capacity_names, JK_CAPACITY_COUNT, 0},
    {"paying", JK_RESULT_ENUM, "code", "1: the debtor pays instalments at the cut-off", flag_names, 2, 0},
    {"segment", JK_RESULT_INDEX, "code", "segment of the model; names in /dict/segment", NULL, 0, 0},
    {"decision", JK_RESULT_ENUM, "code", "best action now: the one with the highest value", action_names,
     JK_ACTION_COUNT, 0},
    {"reason", JK_RESULT_ENUM, "code", "why the decision is what it is", reason_names, JK_REASON_COUNT, 0},
    {"value", JK_RESULT_FLOAT32, MONEY, "value of the claim at the required return, under the best plan", NULL, 0, 0},
    {"q_close", JK_RESULT_FLOAT32, MONEY, "value if the claim is closed now", NULL, 0, 0},
    {"q_sell", JK_RESULT_FLOAT32, MONEY, "value if it is sold now; NaN: not allowed", NULL, 0, 0},
    {"q_surveil", JK_RESULT_FLOAT32, MONEY, "value if it is kept and watched now, then the best plan; NaN: not allowed",
     NULL, 0, 0},
    {"q_amicable", JK_RESULT_FLOAT32, MONEY, "value if it is worked amicably now, then the best plan; NaN: not allowed",
     NULL, 0, 0},
    {"q_legal", JK_RESULT_FLOAT32, MONEY,
     "value if it goes to court or enforcement now, then the best plan; NaN: not "
     "allowed",
     NULL, 0, 0},
    {"erc_gross", JK_RESULT_FLOAT32, MONEY, "expected gross collections over the horizon, undiscounted", NULL, 0, 0},
    {"erc_net", JK_RESULT_FLOAT32, MONEY, "expected collections and sale proceeds less all costs, undiscounted", NULL,
     0, 0},
    {"gross_12m", JK_RESULT_FLOAT32, MONEY, "expected gross collections in the first 12 months", NULL, 0, 0},
    {"gross_60m", JK_RESULT_FLOAT32, MONEY, "expected gross collections in the first 60 months", NULL, 0, 0},
    {"attachable", JK_RESULT_FLOAT64, MONEY, "income that can be garnished, a month", NULL, 0, 0},
    {"months_to_bar", JK_RESULT_FLOAT64, "months", "until the claim is barred in its present title state; NaN: never",
     NULL, 0, 0},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], SEGMENT_COLUMN = 5 };

/* Behind them where they are wanted: whose claim it is, and what it owes. */
static const jk_result_column face_columns[] = {
    {"debtor_id", JK_RESULT_TEXT, "text", "its debtor", NULL, 0, 0},
    {"country", JK_RESULT_INDEX, "code", "country", NULL, 0, 0},
    {"currency", JK_RESULT_INDEX, "code", "currency of the claim", NULL, 0, 0},
    {"balance", JK_RESULT_FLOAT64, MONEY, "what is owed at the cut-off", NULL, 0, 0},
    {"value_pct_of_face", JK_RESULT_FLOAT64, "%", "value in per cent of the balance", NULL, 0, 0},
};
enum { FACE_COUNT = sizeof face_columns / sizeof face_columns[0], FACE_DEBTOR = 0, FACE_COUNTRY, FACE_CURRENCY };

/* ---- the sink ------------------------------------------------------------------------------------------------- */

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_claim_columns *self = context;
    self->threads = shape->threads;
    self->shared = shape->shared;
    self->scratch = calloc((size_t)shape->threads, sizeof *self->scratch);
    for (int t = 0; self->scratch != NULL && t < shape->threads; t++) {
        self->scratch[t] = jk_columns_alloc(shape->block_rows, sizeof(double));
        JK_TRY(jk_held(self->scratch[t] != NULL, error, "a column of results"));
    }
    return jk_held(self->scratch != NULL, error, "a column of results");
}

static void fill_months_to_bar(const jk_law_facts *law, double *months) {
    for (size_t i = 0; i < law->rows; i++) {
        double bar = law->title_state[i] == JK_TITLE_NONE ? law->bar_untitled[i] : law->bar_titled[i];
        months[i] = isinf(bar) ? (double)NAN : bar;
    }
}

static void number_words(const jk_claim_words *words, const int32_t *codes, size_t rows, uint16_t *out) {
    for (size_t i = 0; i < rows; i++) {
        out[i] = codes[i] < 0 ? words->missing : (uint16_t)(codes[i] + words->shift);
    }
}

/* An own column as the file has it: amounts in units, texts as positions behind the empty one. Returns the rows. */
static const void *ready_own(jk_column column, const jk_claim_words *words, const jk_block *block, void *scratch) {
    const void *data = block->column[column];
    const jk_type type = jk_schema_column(column)->type;
    for (size_t i = 0; type == JK_TYPE_MONEY && i < block->rows; i++) {
        const int64_t money = ((const int64_t *)data)[i];
        ((double *)scratch)[i] = money == JK_MISSING_MONEY ? (double)NAN : (double)money / 100.0;
    }
    if (type == JK_TYPE_DICTIONARY) {
        number_words(words, data, block->rows, scratch);
    }
    return type == JK_TYPE_MONEY || type == JK_TYPE_DICTIONARY ? scratch : data;
}

static jk_status put_face(jk_claim_columns *self, const jk_value_block *block, double *scratch, jk_error *error) {
    const size_t first = block->block->first_row, rows = block->block->rows;
    size_t at = COLUMN_COUNT;
    JK_TRY(self->put(self->context, at++, first, rows, JK_BLOCK_TEXT(block->block, DEBTOR_ID), error));
    number_words(&self->countries, JK_BLOCK_INT32(block->block, COUNTRY), rows, (uint16_t *)scratch);
    JK_TRY(self->put(self->context, at++, first, rows, scratch, error));
    number_words(&self->currencies, JK_BLOCK_INT32(block->block, CURRENCY), rows, (uint16_t *)scratch);
    JK_TRY(self->put(self->context, at++, first, rows, scratch, error));
    JK_TRY(self->put(self->context, at++, first, rows, block->law->balance, error));
    for (size_t i = 0; i < rows; i++) {
        scratch[i] = jk_percent((double)block->plan->value[i], block->law->balance[i]);
    }
    return self->put(self->context, at, first, rows, scratch, error);
}

static jk_status put_block(void *context, const jk_value_block *block, jk_error *error) {
    jk_claim_columns *self = context;
    double *months_to_bar = self->scratch[block->thread];
    fill_months_to_bar(block->law, months_to_bar);
    const jk_plan_results *plan = block->plan;
    const void *const data[] = {
        JK_BLOCK_TEXT(block->block, CLAIM_ID),
        block->score->score,
        block->score->theta_now,
        block->score->capacity_class,
        block->score->paying,
        block->law->segment,
        plan->decision,
        block->reason,
        plan->value,
        plan->action_value[JK_CLOSE],
        plan->action_value[JK_SELL],
        plan->action_value[JK_SURVEIL],
        plan->action_value[JK_AMICABLE],
        plan->action_value[JK_LEGAL],
        plan->erc_gross,
        plan->erc_net,
        plan->gross_12m,
        plan->gross_60m,
        block->law->attachable,
        months_to_bar,
    };
    static_assert(sizeof data / sizeof data[0] == COLUMN_COUNT, "one array per column of results");
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        JK_TRY(self->put(self->context, c, block->block->first_row, block->block->rows, data[c], error));
    }
    if (self->with_face) {
        JK_TRY(put_face(self, block, months_to_bar, error));
    }
    for (size_t i = 0; i < self->own_count; i++) {
        const void *rows = ready_own(self->own[i], &self->lists[i], block->block, months_to_bar);
        JK_TRY(
            self->put(self->context, self->fixed_count + i, block->block->first_row, block->block->rows, rows, error));
    }
    return JK_OK;
}

jk_value_sink jk_claim_columns_sink(jk_claim_columns *self) {
    const uint64_t face =
        UINT64_C(1) << JK_COLUMN_DEBTOR_ID | UINT64_C(1) << JK_COLUMN_COUNTRY | UINT64_C(1) << JK_COLUMN_CURRENCY;
    return (jk_value_sink){.columns =
                               UINT64_C(1) << JK_COLUMN_CLAIM_ID | self->own_columns | (self->with_face ? face : 0),
                           .row_bytes = sizeof(double),
                           .begin = begin,
                           .block = put_block,
                           .context = self};
}

/* ---- the columns ---------------------------------------------------------------------------------------------- */

/* The words of a column, that for a missing cell before them unless it is one of them. */
static jk_status list_words(const jk_tape *tape, jk_column column, const char *missing, jk_claim_words *list,
                            jk_error *error) {
    size_t count = 0;
    const char *const *words = jk_tape_dictionary(tape, column, &count);
    *list = (jk_claim_words){.word = malloc((count + 1) * sizeof *list->word), .shift = 1};
    JK_TRY(jk_held(list->word != NULL, error, "the words of a column"));
    for (size_t w = 0; w < count; w++) {
        if (strcmp(words[w], missing) == 0) {
            list->shift = 0;
            list->missing = (uint16_t)w;
        }
    }
    list->word[0] = missing;
    for (size_t w = 0; w < count; w++) {
        list->word[w + list->shift] = words[w];
    }
    list->count = count + list->shift;
    return JK_OK;
}

static jk_status describe_face(jk_claim_columns *self, const jk_tape *tape, const jk_model *model, jk_error *error) {
    jk_result_column *to = &self->column[COLUMN_COUNT];
    memcpy(to, face_columns, sizeof face_columns);
    for (size_t c = 0; c < FACE_COUNT; c++) {
        to[c].unit = to[c].unit == MONEY ? model->base_currency : to[c].unit;
    }
    to[FACE_DEBTOR].text_width = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID);
    JK_TRY(list_words(tape, JK_COLUMN_COUNTRY, "", &self->countries, error));
    JK_TRY(list_words(tape, JK_COLUMN_CURRENCY, model->written_currency, &self->currencies, error));
    to[FACE_COUNTRY].levels = self->countries.word;
    to[FACE_COUNTRY].level_count = self->countries.count;
    to[FACE_CURRENCY].levels = self->currencies.word;
    to[FACE_CURRENCY].level_count = self->currencies.count;
    self->fixed_count += FACE_COUNT;
    return JK_OK;
}

/* Own columns behind the others; the first of a text's words is empty, for missing. */
static jk_status describe_own(jk_claim_columns *self, const jk_tape *tape, jk_error *error) {
    const jk_extras *extras = jk_tape_extras(tape);
    for (int i = 0; i < JK_EXTRA_COUNT; i++) {
        const jk_column column = (jk_column)(JK_FIXED_COLUMN_COUNT + i);
        const jk_type type = jk_schema_column(column)->type;
        if (extras->name[i] == NULL) {
            continue;
        }
        jk_result_column *to = &self->column[self->fixed_count + self->own_count];
        *to = (jk_result_column){.name = extras->name[i],
                                 .type = type == JK_TYPE_DATE         ? JK_RESULT_INT32
                                         : type == JK_TYPE_DICTIONARY ? JK_RESULT_INDEX
                                                                      : JK_RESULT_FLOAT64,
                                 .unit = type == JK_TYPE_DATE         ? "days since 1970-01-01"
                                         : type == JK_TYPE_DICTIONARY ? "code"
                                         : type == JK_TYPE_MONEY      ? "the claim's currency"
                                                                      : "number",
                                 .meaning = "an own column of the tape; missing: NaN, -2147483648, or the empty text"};
        if (type == JK_TYPE_DICTIONARY) {
            jk_claim_words *list = &self->lists[self->own_count];
            JK_TRY(list_words(tape, column, "", list, error));
            to->levels = list->word;
            to->level_count = list->count;
        }
        self->own[self->own_count++] = column;
        self->own_columns |= UINT64_C(1) << column;
    }
    return JK_OK;
}

jk_status jk_claim_columns_open(jk_claim_columns *self, const jk_tape *tape, const jk_model *model, jk_error *error) {
    static_assert(COLUMN_COUNT + FACE_COUNT + JK_EXTRA_COUNT <= JK_RESULT_COLUMNS_MAX, "room for own columns");
    self->segments = calloc(model->segment_count, sizeof *self->segments);
    JK_TRY(jk_held(self->segments != NULL, error, "the segments' names"));
    for (size_t s = 0; s < model->segment_count; s++) {
        self->segments[s] = model->segments[s].id;
    }
    memcpy(self->column, columns, sizeof columns);
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        self->column[c].unit = self->column[c].unit == MONEY ? model->base_currency : self->column[c].unit;
    }
    self->column[0].text_width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    self->column[SEGMENT_COLUMN].levels = self->segments;
    self->column[SEGMENT_COLUMN].level_count = model->segment_count;
    self->fixed_count = COLUMN_COUNT;
    jk_status status = self->with_face ? describe_face(self, tape, model, error) : JK_OK;
    status = status == JK_OK ? describe_own(self, tape, error) : status;
    self->count = self->fixed_count + self->own_count;
    return status;
}

void jk_claim_columns_close(jk_claim_columns *self) {
    for (int t = 0; self->scratch != NULL && t < self->threads; t++) {
        free(self->scratch[t]);
    }
    free(self->scratch);
    for (size_t i = 0; i < JK_EXTRA_COUNT; i++) {
        free((void *)self->lists[i].word);
    }
    free((void *)self->countries.word);
    free((void *)self->currencies.word);
    free((void *)self->segments);
    *self = (jk_claim_columns){0};
}
