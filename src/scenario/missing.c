/* SPDX-License-Identifier: Apache-2.0 */
/* The price of missing data: valuations of views of the tape, and the least and the most of each claim over them. The
 * figures to try are a table: wide enough that what lies between them changes little, whatever the model's bins are. */
#include "jalki/missing.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "scenario/information.h"

enum { PIECE_ROWS = 65536 };

static const jk_trial_set sets[] = {
    {JK_COLUMN_INCOME_MONTHLY, JK_TRIAL_UNITS, true, 9, {0, 500, 1000, 1500, 2000, 3000, 5000, 10000, 50000}},
    {JK_COLUMN_EMPLOYMENT, JK_TRIAL_CODES, true, JK_EMPLOYMENT_COUNT, {0, 1, 2, 3, 4}},
    {JK_COLUMN_REACHABLE, JK_TRIAL_CODES, true, JK_REACHABLE_COUNT, {0, 1, 2, 3, 4}},
    {JK_COLUMN_BIRTH_YEAR, JK_TRIAL_YEARS_AGO, true, 8, {20, 30, 40, 50, 60, 70, 80, 85}},
    {JK_COLUMN_DEFAULT_MARKS, JK_TRIAL_COUNT, true, 6, {0, 1, 2, 4, 6, 10}},
    {JK_COLUMN_OTHER_DEBT_ENFORCED, JK_TRIAL_UNITS, true, 6, {0, 300, 3000, 20000, 50000, 100000}},
    {JK_COLUMN_LAST_PAID_ON, JK_TRIAL_MONTHS_AGO, true, 8, {0, 4, 9, 18, 36, 60, 120, 240}},
    {JK_COLUMN_PAYMENTS_12M, JK_TRIAL_UNITS, true, 5, {0, 10, 100, 1000, 10000}},
    {JK_COLUMN_PAYMENTS_24M, JK_TRIAL_UNITS, true, 5, {0, 10, 100, 1000, 10000}},
    {JK_COLUMN_INSTALMENT_MONTHLY, JK_TRIAL_UNITS, true, 6, {0, 10, 30, 60, 120, 400}},
    {JK_COLUMN_PROMISES_KEPT, JK_TRIAL_COUNT, true, 4, {0, 1, 3, 10}},
    {JK_COLUMN_PROMISES_BROKEN, JK_TRIAL_COUNT, true, 4, {0, 1, 3, 10}},
    {JK_COLUMN_PLACEMENTS, JK_TRIAL_COUNT, true, 5, {0, 1, 2, 3, 5}},
    {JK_COLUMN_DEPENDANTS, JK_TRIAL_COUNT, true, 5, {0, 1, 2, 3, 5}},
    {JK_COLUMN_HOUSING_COST, JK_TRIAL_UNITS, true, 5, {0, 500, 1000, 2000, 10000}},
    {JK_COLUMN_LIMITATION_ON, JK_TRIAL_MONTHS_AHEAD, true, 7, {-1, 1, 6, 12, 36, 120, 600}},
    {JK_COLUMN_TITLE_ON, JK_TRIAL_MONTHS_AGO, true, 6, {0, 12, 36, 60, 120, 240}},
    {JK_COLUMN_INTEREST_RATE, JK_TRIAL_RATE, false, 5, {0, 0.05, 0.1, 0.15, 0.25}},
    {JK_COLUMN_VULNERABLE, JK_TRIAL_CODES, false, 2, {0, 1}},
    {JK_COLUMN_LEGAL_STATUS, JK_TRIAL_CODES, false, JK_LEGAL_STATUS_COUNT, {0, 1, 2, 3, 4, 5, 6, 7, 8}},
};
enum { SET_COUNT = sizeof sets / sizeof sets[0] };

static const jk_trial_set *set_of(jk_column column) {
    for (size_t i = 0; i < SET_COUNT; i++) {
        if (sets[i].column == column) {
            return &sets[i];
        }
    }
    return NULL;
}

int jk_missing_can(jk_column column) {
    return set_of(column) != NULL;
}

size_t jk_missing_usual(jk_column columns[JK_COLUMN_COUNT]) {
    size_t count = 0;
    for (size_t i = 0; i < SET_COUNT; i++) {
        if (sets[i].usual) {
            columns[count++] = sets[i].column;
        }
    }
    return count;
}

/* ---- valuations ------------------------------------------------------------------------------------------------ */

/* By row of the tape. */
typedef struct claim_values {
    float *given, *face, *worst, *best;
    jk_information information;
} claim_values;

/* Where a run's values go. */
typedef struct collector {
    claim_values *claims;
    enum { COLLECT_GIVEN, COLLECT_FIRST, COLLECT_MORE } what;
    int trial;
} collector;

static jk_status collect(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    const collector *to = context;
    claim_values *claims = to->claims;
    size_t first = block->block->first_row;
    for (size_t i = 0; i < block->block->rows; i++) {
        float value = block->plan->value[i];
        size_t row = first + i;
        if (to->what == COLLECT_GIVEN) {
            claims->given[row] = value;
            claims->face[row] = (float)block->law->balance[i];
            claims->information.segment[row] = block->law->segment[i];
        } else if (to->what == COLLECT_FIRST) {
            claims->worst[row] = claims->best[row] = value;
        } else {
            claims->worst[row] = fminf(claims->worst[row], value);
            claims->best[row] = fmaxf(claims->best[row], value);
            jk_information_add(&claims->information, to->trial, row, block->plan, i);
        }
    }
    return JK_OK;
}

static jk_status value_tape(const jk_tape *tape, const jk_model *model, const jk_value_options *options, collector *to,
                            double *value, jk_error *error) {
    jk_value_sink sink = {.block = collect, .context = to};
    jk_valuation valuation;
    JK_TRY(jk_value_run(tape, model, options, &sink, 1, &valuation, error));
    *value = valuation.total.value;
    jk_valuation_reset(&valuation);
    return JK_OK;
}

/* One element of the column's stored type. */
typedef union element {
    int8_t code;
    int32_t integer;
    int64_t money;
    double real;
} element;

static element element_of(const jk_trial_set *set, double figure, int32_t cutoff) {
    switch (set->kind) {
    case JK_TRIAL_CODES:
        return (element){.code = (int8_t)figure};
    case JK_TRIAL_UNITS:
        return (element){.money = (int64_t)(100.0 * figure)};
    case JK_TRIAL_RATE:
        return (element){.real = figure};
    case JK_TRIAL_MONTHS_AGO:
        return (element){.integer = jk_date_add_months(cutoff, -(int32_t)figure)};
    case JK_TRIAL_MONTHS_AHEAD:
        return (element){.integer = jk_date_add_months(cutoff, (int32_t)figure)};
    case JK_TRIAL_YEARS_AGO:
        return (element){.integer = jk_civil_from_date(cutoff).year - (int32_t)figure};
    default:
        return (element){.integer = (int32_t)figure};
    }
}

static jk_status value_with(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                            jk_column column, const element *figure, collector *to, double *value, jk_error *error) {
    jk_tape *view = NULL;
    JK_TRY(jk_tape_view(tape, column, figure, &view, error));
    jk_status status = value_tape(view, model, options, to, value, error);
    jk_tape_close(view);
    return status;
}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

bool jk_missing_element(jk_type type, const void *values, size_t i) {
    switch (type) {
    case JK_TYPE_ENUM:
        return ((const int8_t *)values)[i] == JK_MISSING_ENUM;
    case JK_TYPE_MONEY:
        return ((const int64_t *)values)[i] == JK_MISSING_MONEY;
    case JK_TYPE_REAL:
        return isnan(((const double *)values)[i]);
    default:
        return ((const int32_t *)values)[i] == JK_MISSING_INTEGER;
    }
}

typedef struct gap_sums {
    int64_t worst, best, expected, information;
    int64_t gap_face, gap_value, gap_worst, gap_best, gap_expected, gap_information;
} gap_sums;

static void add_rows(const claim_values *claims, jk_type type, const void *values, size_t first, size_t count,
                     gap_sums *sums, uint64_t *gap_claims) {
    for (size_t i = 0; i < count; i++) {
        int64_t worst = jk_grid_from_double((double)claims->worst[first + i]);
        int64_t best = jk_grid_from_double((double)claims->best[first + i]);
        int64_t expected = jk_grid_from_double((double)claims->information.value[first + i]);
        int64_t information = jk_grid_from_double(jk_information_of(&claims->information, first + i));
        sums->worst += worst;
        sums->best += best;
        sums->expected += expected;
        sums->information += information;
        if (jk_missing_element(type, values, i)) {
            *gap_claims += 1;
            sums->gap_face += jk_grid_from_double((double)claims->face[first + i]);
            sums->gap_value += jk_grid_from_double((double)claims->given[first + i]);
            sums->gap_worst += worst;
            sums->gap_best += best;
            sums->gap_expected += expected;
            sums->gap_information += information;
        }
    }
}

/* Amounts are added on the grid: their order does not show. */
static jk_status sum_claims(const jk_tape *tape, const claim_values *claims, jk_missing_field *field, jk_error *error) {
    double *values = jk_columns_alloc(PIECE_ROWS, sizeof *values); /* the widest element */
    JK_TRY(jk_held(values != NULL, error, "a column"));
    gap_sums sums = {0};
    jk_status status = JK_OK;
    size_t rows = jk_tape_rows(tape);
    for (size_t first = 0; first < rows && status == JK_OK; first += PIECE_ROWS) {
        size_t count = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        status = jk_tape_read(tape, field->column, first, count, values, error);
        if (status == JK_OK) {
            add_rows(claims, jk_schema_column(field->column)->type, values, first, count, &sums, &field->gap_claims);
        }
    }
    free(values);
    field->worst = jk_grid_to_double(sums.worst);
    field->best = jk_grid_to_double(sums.best);
    field->gap_face = jk_grid_to_double(sums.gap_face);
    field->gap_value = jk_grid_to_double(sums.gap_value);
    field->gap_worst = jk_grid_to_double(sums.gap_worst);
    field->gap_best = jk_grid_to_double(sums.gap_best);
    field->at_stake = field->given - field->worst;
    bool known = claims->information.known > 0;
    field->expected = known ? jk_grid_to_double(sums.expected) : (double)NAN;
    field->information = known ? jk_grid_to_double(sums.information) : (double)NAN;
    field->gap_expected = known ? jk_grid_to_double(sums.gap_expected) : (double)NAN;
    field->gap_information = known ? jk_grid_to_double(sums.gap_information) : (double)NAN;
    return status;
}

/* ---- fields ---------------------------------------------------------------------------------------------------- */

static jk_status price_field(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                             claim_values *claims, jk_missing_field *field, jk_error *error) {
    const jk_trial_set *set = set_of(field->column);
    if (set == NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, jk_schema_column(field->column)->name,
                       "there are no figures to try for this column; expected one that says something of the debtor");
    }
    int32_t cutoff = options->cutoff != JK_MISSING_INTEGER ? options->cutoff : jk_tape_cutoff(tape);
    collector first = {.claims = claims, .what = COLLECT_FIRST}, more = {.claims = claims, .what = COLLECT_MORE};
    double unused = 0.0;
    field->trials = set->count;
    JK_TRY(jk_information_weigh(&claims->information, tape, set, cutoff, error));
    JK_TRY(value_with(tape, model, options, field->column, NULL, &first, &field->blanked, error));
    for (int i = 0; i < set->count; i++) {
        element figure = element_of(set, set->figure[i], cutoff);
        more.trial = i;
        JK_TRY(value_with(tape, model, options, field->column, &figure, &more, &unused, error));
    }
    return sum_claims(tape, claims, field, error);
}

static int by_stake(const void *a, const void *b) {
    const jk_missing_field *x = a, *y = b;
    if (x->at_stake != y->at_stake) {
        return x->at_stake > y->at_stake ? -1 : 1;
    }
    return (int)x->column - (int)y->column;
}

static jk_status price_fields(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                              claim_values *claims, jk_missing_field *fields, size_t count, jk_error *error) {
    collector given = {.claims = claims, .what = COLLECT_GIVEN};
    double value = 0.0;
    JK_TRY(value_tape(tape, model, options, &given, &value, error));
    for (size_t f = 0; f < count; f++) {
        fields[f].given = value;
        JK_TRY(price_field(tape, model, options, claims, &fields[f], error));
    }
    jk_sort(fields, count, sizeof *fields, by_stake);
    return JK_OK;
}

jk_status jk_missing_price(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const jk_column *columns, size_t count, jk_missing_field *fields, jk_error *error) {
    size_t rows = jk_tape_rows(tape);
    float *memory = jk_columns_zero(4 * rows, sizeof *memory);
    JK_TRY(jk_held(memory != NULL, error, "the claims' values"));
    claim_values claims = {
        .given = memory, .face = memory + rows, .worst = memory + 2 * rows, .best = memory + 3 * rows};
    jk_value_options values_only = *options;
    values_only.values_only = true;
    for (size_t f = 0; f < count; f++) {
        fields[f] = (jk_missing_field){.column = columns[f]};
    }
    jk_status status = jk_information_init(&claims.information, rows, model->segment_count, error);
    if (status == JK_OK) {
        status = price_fields(tape, model, &values_only, &claims, fields, count, error);
    }
    jk_information_reset(&claims.information);
    free(memory);
    return status;
}
