/* SPDX-License-Identifier: Apache-2.0 */
#include "value/results/claim_columns.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/words/listing.h"
#include "jalki/export.h"

static const char *const capacity_names[] = {"none", "weak", "able"};
static const char *const flag_names[] = {"0", "1"};
static const char *const action_names[] = {"close", "sell", "surveil", "amicable", "legal"};
static const char *const reason_names[] = {"barred", "status", "uneconomic", "best"};

enum {
    CLAIM_ID,
    SCORE,
    THETA,
    CAPACITY,
    PAYING,
    SEGMENT,
    DECISION,
    REASON,
    VALUE,
    Q_CLOSE,
    Q_SELL,
    Q_SURVEIL,
    Q_AMICABLE,
    Q_LEGAL,
    ERC_GROSS,
    ERC_NET,
    GROSS_12M,
    GROSS_60M,
    ATTACHABLE,
    MONTHS_TO_BAR,
    FACE, /* behind them where they are wanted: whose claim it is, and what it owes */
    DEBTOR_ID = FACE,
    COUNTRY,
    CURRENCY,
    BALANCE,
    VALUE_PCT_OF_FACE,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [CLAIM_ID] = JK_LISTED_TEXT("claim_id", NULL, "The seller's key"),
    [SCORE] = {"score", NULL, "points", "0 to 1000; 100 points more doubles the collection intensity", JK_LISTING_COUNT,
               0},
    [THETA] = {"theta", NULL, "",
               "Collection intensity relative to the typical debtor of segment and class, at the cut-off",
               JK_LISTING_NUMBER, -1},
    [CAPACITY] =
        JK_LISTED_TEXT("capacity_class", NULL, "What the debtor can pay now, at the cut-off: none, weak or able"),
    [PAYING] = {"paying", NULL, "", "1: the debtor pays instalments at the cut-off", JK_LISTING_FLAG, 0},
    [SEGMENT] = JK_LISTED_TEXT("segment", NULL, "Segment of the model"),
    [DECISION] = JK_LISTED_TEXT("decision", NULL, "Best action now: the one with the highest value"),
    [REASON] = JK_LISTED_TEXT("reason", NULL, "Why: barred, status, uneconomic or best"),
    [VALUE] = JK_LISTED_MONEY("value", NULL, "Worth at the required return under the best plan"),
    [Q_CLOSE] = JK_LISTED_MONEY("q_close", NULL, "Worth if it is closed now"),
    [Q_SELL] = JK_LISTED_MONEY("q_sell", NULL, "Worth if it is sold now; missing: not allowed"),
    [Q_SURVEIL] = JK_LISTED_MONEY("q_surveil", NULL,
                                  "Worth if it is kept and watched now, then the best plan; missing: not allowed"),
    [Q_AMICABLE] = JK_LISTED_MONEY("q_amicable", NULL,
                                   "Worth if it is worked amicably now, then the best plan; missing: not allowed"),
    [Q_LEGAL] = JK_LISTED_MONEY(
        "q_legal", NULL, "Worth if it goes to court or enforcement now, then the best plan; missing: not allowed"),
    [ERC_GROSS] = JK_LISTED_MONEY("erc_gross", NULL, "Expected collections over the horizon, undiscounted"),
    [ERC_NET] = JK_LISTED_MONEY("erc_net", NULL, "Expected collections and sales less all their cost, undiscounted"),
    [GROSS_12M] = JK_LISTED_MONEY("gross_12m", NULL, "Expected collections of the first 12 months"),
    [GROSS_60M] = JK_LISTED_MONEY("gross_60m", NULL, "Expected collections of the first 60 months"),
    [ATTACHABLE] = JK_LISTED_MONEY("attachable", NULL, "Income that can be garnished, a month"),
    [MONTHS_TO_BAR] =
        JK_LISTED_MONTHS("months_to_bar", NULL, "Until it is barred in its present title state; missing: never"),
    [DEBTOR_ID] = JK_LISTED_TEXT("debtor_id", NULL, "Its debtor"),
    [COUNTRY] = JK_LISTED_TEXT("country", NULL, "Country"),
    [CURRENCY] = JK_LISTED_TEXT("currency", NULL, "Of the claim; the model's base where the tape names none"),
    [BALANCE] = JK_LISTED_MONEY("balance", NULL, "What is owed at the cut-off"),
    [VALUE_PCT_OF_FACE] = {"value_pct_of_face", NULL, "%", "Value in per cent of the balance", JK_LISTING_NUMBER, -1},
};

/* How each is held in memory and in stores; levels that a tape or a model gives are set when they are known. */
static const struct {
    jk_result_type type;
    const char *const *levels;
    size_t level_count;
} held[COLUMNS] = {
    [CLAIM_ID] = {JK_RESULT_TEXT, NULL, 0},
    [SCORE] = {JK_RESULT_INT32, NULL, 0},
    [THETA] = {JK_RESULT_FLOAT64, NULL, 0},
    [CAPACITY] = {JK_RESULT_ENUM, capacity_names, JK_CAPACITY_COUNT},
    [PAYING] = {JK_RESULT_ENUM, flag_names, sizeof flag_names / sizeof flag_names[0]},
    [SEGMENT] = {JK_RESULT_INDEX, NULL, 0},
    [DECISION] = {JK_RESULT_ENUM, action_names, JK_ACTION_COUNT},
    [REASON] = {JK_RESULT_ENUM, reason_names, JK_REASON_COUNT},
    [VALUE] = {JK_RESULT_FLOAT32, NULL, 0},
    [Q_CLOSE] = {JK_RESULT_FLOAT32, NULL, 0},
    [Q_SELL] = {JK_RESULT_FLOAT32, NULL, 0},
    [Q_SURVEIL] = {JK_RESULT_FLOAT32, NULL, 0},
    [Q_AMICABLE] = {JK_RESULT_FLOAT32, NULL, 0},
    [Q_LEGAL] = {JK_RESULT_FLOAT32, NULL, 0},
    [ERC_GROSS] = {JK_RESULT_FLOAT32, NULL, 0},
    [ERC_NET] = {JK_RESULT_FLOAT32, NULL, 0},
    [GROSS_12M] = {JK_RESULT_FLOAT32, NULL, 0},
    [GROSS_60M] = {JK_RESULT_FLOAT32, NULL, 0},
    [ATTACHABLE] = {JK_RESULT_FLOAT64, NULL, 0},
    [MONTHS_TO_BAR] = {JK_RESULT_FLOAT64, NULL, 0},
    [DEBTOR_ID] = {JK_RESULT_TEXT, NULL, 0},
    [COUNTRY] = {JK_RESULT_INDEX, NULL, 0},
    [CURRENCY] = {JK_RESULT_INDEX, NULL, 0},
    [BALANCE] = {JK_RESULT_FLOAT64, NULL, 0},
    [VALUE_PCT_OF_FACE] = {JK_RESULT_FLOAT64, NULL, 0},
};

jk_listing jk_claims_columns(void) {
    return JK_LISTING_FILE("claims", columns);
}

/* Money is in the model's base currency. */
static jk_result_column as_held(int column, const jk_model *model) {
    const jk_listing_column *described = &columns[column];
    const jk_result_type type = held[column].type;
    return (jk_result_column){.name = described->name,
                              .type = type,
                              .unit = type == JK_RESULT_TEXT                              ? "text"
                                      : type == JK_RESULT_ENUM || type == JK_RESULT_INDEX ? "code"
                                      : strcmp(described->unit, "money") == 0             ? model->base_currency
                                      : described->unit[0] == '\0'                        ? "1"
                                                                                          : described->unit,
                              .meaning = described->meaning,
                              .levels = held[column].levels,
                              .level_count = held[column].level_count};
}

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
    size_t at = FACE;
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
    static_assert(sizeof data / sizeof data[0] == FACE, "one array per column of results");
    for (size_t c = 0; c < FACE; c++) {
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
    for (int c = FACE; c < COLUMNS; c++) {
        self->column[c] = as_held(c, model);
    }
    self->column[DEBTOR_ID].text_width = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID);
    JK_TRY(list_words(tape, JK_COLUMN_COUNTRY, "", &self->countries, error));
    JK_TRY(list_words(tape, JK_COLUMN_CURRENCY, model->written_currency, &self->currencies, error));
    self->column[COUNTRY].levels = self->countries.word;
    self->column[COUNTRY].level_count = self->countries.count;
    self->column[CURRENCY].levels = self->currencies.word;
    self->column[CURRENCY].level_count = self->currencies.count;
    self->fixed_count = COLUMNS;
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
    static_assert(COLUMNS + JK_EXTRA_COUNT <= JK_RESULT_COLUMNS_MAX, "room for own columns");
    self->segments = calloc(model->segment_count, sizeof *self->segments);
    JK_TRY(jk_held(self->segments != NULL, error, "the segments' names"));
    for (size_t s = 0; s < model->segment_count; s++) {
        self->segments[s] = model->segments[s].id;
    }
    for (int c = 0; c < FACE; c++) {
        self->column[c] = as_held(c, model);
    }
    self->column[CLAIM_ID].text_width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    self->column[SEGMENT].levels = self->segments;
    self->column[SEGMENT].level_count = model->segment_count;
    self->fixed_count = FACE;
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
