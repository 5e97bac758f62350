/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/scan.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/team/parallel.h"
#include "base/team/team.h"

/* ---- columns ---- */

bool jk_scan_has_levels(jk_column column) {
    jk_type type = jk_schema_column(column)->type;
    return type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY;
}

const char *const *jk_scan_levels(const jk_tape *tape, jk_column column, size_t *count) {
    return jk_schema_column(column)->type == JK_TYPE_ENUM ? jk_schema_levels(column, count)
                                                          : jk_tape_dictionary(tape, column, count);
}

int jk_inspect_is_numeric(int item) {
    if (item == JK_INSPECT_BALANCE) {
        return 1;
    }
    return item >= 0 && item < JK_INSPECT_BALANCE &&
           (item < JK_CSV_COLUMN_COUNT || jk_schema_is_extra((jk_column)item)) &&
           !jk_scan_has_levels((jk_column)item) && jk_schema_column((jk_column)item)->type != JK_TYPE_TEXT;
}

int jk_inspect_is_money(int item) {
    return item == JK_INSPECT_BALANCE ||
           (jk_inspect_is_numeric(item) && jk_schema_column((jk_column)item)->type == JK_TYPE_MONEY);
}

const char *jk_inspect_item_name(const jk_inspection *inspection, int item) {
    return item == JK_INSPECT_BALANCE ? "balance"
                                      : jk_extras_column_name(&inspection->extras, JK_KIND_TAPE, (jk_column)item);
}

double jk_scan_per_unit(int item) {
    if (jk_inspect_is_money(item)) {
        return 100.0;
    }
    return jk_schema_column((jk_column)item)->type == JK_TYPE_REAL ? 1e6 : 1.0;
}

jk_scale jk_scan_scale(const jk_scan *scan, int item) {
    bool is_date = item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_DATE;
    return is_date ? scan->dates : scan->sizes;
}

/* ---- one block ---- */

typedef struct worker {
    const jk_scan *scan;
    size_t first_block; /* of this process */
    jk_scan_counts *counts;
    unsigned char *memory; /* all columns of a block */
    void *column[JK_COLUMN_COUNT];
    uint8_t slot[JK_SCAN_BLOCK_ROWS];
    int64_t balance[JK_SCAN_BLOCK_ROWS];
} worker;

static const int64_t *money(const worker *self, jk_column column) {
    return self->column[column];
}

static const int32_t *integers(const worker *self, jk_column column) {
    return self->column[column];
}

static void place_rows(worker *self, size_t first, size_t rows) {
    const jk_scan *scan = self->scan;
    jk_scan_counts *counts = self->counts;
    const int64_t *principal = money(self, JK_COLUMN_PRINCIPAL), *fees = money(self, JK_COLUMN_FEES);
    const int64_t *interest = money(self, JK_COLUMN_INTEREST_ACCRUED);
    for (size_t i = 0; i < rows; i++) {
        size_t currency = scan->currency_of[integers(self, JK_COLUMN_CURRENCY)[i] + 1];
        size_t group = 0;
        if (scan->by >= 0) {
            group = scan->group_of[jk_scan_level((jk_column)scan->by, self->column[scan->by], i) + 1];
        }
        self->slot[i] = (uint8_t)(group * JK_SCAN_CURRENCIES + currency);
        self->balance[i] = principal[i] + jk_money_or_zero(interest[i]) + jk_money_or_zero(fees[i]);
        counts->parts[currency][0] += principal[i];
        counts->parts[currency][1] += jk_money_or_zero(interest[i]);
        counts->parts[currency][2] += jk_money_or_zero(fees[i]);
        counts->slots[self->slot[i]].claims++;
        counts->slots[self->slot[i]].balance += self->balance[i];
        (void)atomic_fetch_add_explicit(&scan->debtor_claims[integers(self, JK_COLUMN_DEBTOR_INDEX)[i]], 1,
                                        memory_order_relaxed);
    }
    (void)first;
}

/* The value of an item in the units of its scale; false: missing. */
static inline bool item_value(const worker *self, int item, jk_type type, size_t i, int64_t *value) {
    if (item == JK_INSPECT_BALANCE) {
        *value = self->balance[i];
        return true;
    }
    if (type == JK_TYPE_MONEY) {
        *value = money(self, (jk_column)item)[i];
        return *value != JK_MISSING_MONEY;
    }
    if (type == JK_TYPE_REAL) {
        double real = ((const double *)self->column[item])[i];
        *value = real == real ? (int64_t)nearbyint(real * 1e6) : 0;
        return real == real;
    }
    *value = integers(self, (jk_column)item)[i];
    return *value != JK_MISSING_INTEGER;
}

static jk_status count_item(worker *self, int item, size_t rows, jk_error *error) {
    jk_scale scale = jk_scan_scale(self->scan, item);
    jk_type type = item == JK_INSPECT_BALANCE ? JK_TYPE_MONEY : jk_schema_column((jk_column)item)->type;
    for (size_t i = 0; i < rows; i++) {
        jk_counts *counts = &self->counts->items[self->slot[i]][item];
        int64_t value = 0;
        if (!item_value(self, item, type, i, &value)) {
            counts->missing++;
            continue;
        }
        if (counts->bucket == NULL && !jk_counts_prepare(counts, scale)) {
            return jk_fail_memory(error, "the histogram of a column");
        }
        jk_counts_add(counts, scale, value);
    }
    return JK_OK;
}

static void count_levels(worker *self, jk_column column, size_t rows) {
    jk_scan_tally *tallies = self->counts->levels[column];
    for (size_t i = 0; i < rows; i++) {
        size_t place = (size_t)(jk_scan_level(column, self->column[column], i) + 1);
        jk_scan_tally *tally = &tallies[place * JK_SCAN_CURRENCIES + self->slot[i] % JK_SCAN_CURRENCIES];
        tally->claims++;
        tally->balance += self->balance[i];
    }
}

static void count_checks(worker *self, size_t rows) {
    const jk_scan *scan = self->scan;
    for (size_t i = 0; i < rows; i++) {
        jk_claim_row row = {
            .cutoff = scan->cutoff,
            .cutoff_year = scan->cutoff_year,
            .debtor_type = ((const int8_t *)self->column[JK_COLUMN_DEBTOR_TYPE])[i],
            .legal_status = ((const int8_t *)self->column[JK_COLUMN_LEGAL_STATUS])[i],
            .defaulted_on = integers(self, JK_COLUMN_DEFAULTED_ON)[i],
            .written_off_on = integers(self, JK_COLUMN_WRITTEN_OFF_ON)[i],
            .last_paid_on = integers(self, JK_COLUMN_LAST_PAID_ON)[i],
            .limitation_on = integers(self, JK_COLUMN_LIMITATION_ON)[i],
            .title_on = integers(self, JK_COLUMN_TITLE_ON)[i],
            .birth_year = integers(self, JK_COLUMN_BIRTH_YEAR)[i],
            .principal = money(self, JK_COLUMN_PRINCIPAL)[i],
            .interest_accrued = money(self, JK_COLUMN_INTEREST_ACCRUED)[i],
            .fees = money(self, JK_COLUMN_FEES)[i],
            .original_principal = money(self, JK_COLUMN_ORIGINAL_PRINCIPAL)[i],
            .income_monthly = money(self, JK_COLUMN_INCOME_MONTHLY)[i],
            .payments_12m = money(self, JK_COLUMN_PAYMENTS_12M)[i],
            .payments_24m = money(self, JK_COLUMN_PAYMENTS_24M)[i],
            .balance = self->balance[i],
            .interest_rate = ((const double *)self->column[JK_COLUMN_INTEREST_RATE])[i],
        };
        for (size_t k = 0; k < scan->check_count; k++) {
            if (scan->checks[k].holds(&row)) {
                self->counts->checks[self->slot[i]][k].claims++;
                self->counts->checks[self->slot[i]][k].balance += row.balance;
            }
        }
    }
}

static void count_ages(worker *self, size_t rows) {
    static const int32_t years[JK_SCAN_AGES - 1] = {1, 2, 3, 5, 7, 10, 15};
    for (size_t i = 0; i < rows && self->scan->cutoff != JK_MISSING_INTEGER; i++) {
        int32_t months = jk_months_between(integers(self, JK_COLUMN_WRITTEN_OFF_ON)[i], self->scan->cutoff);
        size_t band = 0;
        while (band < JK_SCAN_AGES - 1 && months >= 12 * years[band]) {
            band++;
        }
        jk_scan_tally *tally = &self->counts->ages[band][self->slot[i] % JK_SCAN_CURRENCIES];
        tally->claims++;
        tally->balance += self->balance[i];
    }
}

/* Larger balances first, of equal ones the earlier row: one order, whoever finds them. */
static bool goes_before(const jk_scan_top *a, const jk_scan_top *b) {
    return a->balance != b->balance ? a->balance > b->balance : a->row < b->row;
}

static void offer_top(jk_scan_counts *counts, size_t currency, jk_scan_top candidate) {
    jk_scan_top *list = counts->top[currency];
    size_t count = counts->top_count[currency];
    if (count == JK_INSPECT_TOP && !goes_before(&candidate, &list[count - 1])) {
        return;
    }
    size_t place = count < JK_INSPECT_TOP ? count : JK_INSPECT_TOP - 1;
    for (; place > 0 && goes_before(&candidate, &list[place - 1]); place--) {
        list[place] = list[place - 1];
    }
    list[place] = candidate;
    counts->top_count[currency] += count < JK_INSPECT_TOP;
}

/* Amounts of all currencies in the one that they are told in, to the hundredth. */
static void tell_amounts(worker *self, size_t rows) {
    const double *rate = self->scan->rate;
    const int32_t *currency = integers(self, JK_COLUMN_CURRENCY);
    for (int c = 0; c < JK_COLUMN_COUNT && rate != NULL; c++) {
        int64_t *amount = self->column[c];
        bool is_money = amount != NULL && jk_schema_column((jk_column)c)->type == JK_TYPE_MONEY;
        for (size_t i = 0; i < rows && is_money; i++) {
            double told = (double)amount[i] * rate[currency[i] + 1];
            amount[i] = amount[i] == JK_MISSING_MONEY ? amount[i] : (int64_t)nearbyint(told);
        }
    }
}

static jk_status scan_block(void *context, int thread, size_t index, jk_error *error) {
    worker *self = ((worker **)context)[thread];
    size_t all = jk_tape_rows(self->scan->tape), first = (self->first_block + index) * JK_SCAN_BLOCK_ROWS;
    size_t rows = all - first < JK_SCAN_BLOCK_ROWS ? all - first : JK_SCAN_BLOCK_ROWS;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (self->column[c] != NULL) {
            JK_TRY(jk_tape_read(self->scan->tape, (jk_column)c, first, rows, self->column[c], error));
        }
    }
    tell_amounts(self, rows);
    place_rows(self, first, rows);
    for (size_t place = 0; place <= self->scan->column_count; place++) {
        const int item = jk_scan_item(self->scan, place);
        if (jk_inspect_is_numeric(item)) {
            JK_TRY(count_item(self, item, rows, error));
        } else if (jk_scan_has_levels((jk_column)item)) {
            count_levels(self, (jk_column)item, rows);
        }
    }
    count_checks(self, rows);
    count_ages(self, rows);
    for (size_t i = 0; i < rows; i++) {
        offer_top(self->counts, self->slot[i] % JK_SCAN_CURRENCIES, (jk_scan_top){self->balance[i], first + i});
    }
    return JK_OK;
}

/* ---- threads ---- */

jk_scan_counts *jk_scan_counts_create(const jk_scan *scan) {
    jk_scan_counts *self = calloc(1, sizeof *self);
    for (size_t k = 0; self != NULL && k < scan->column_count; k++) {
        const jk_column c = scan->column[k];
        if (jk_scan_has_levels(c)) {
            self->levels[c] = jk_columns_zero((scan->level_count[c] + 1) * JK_SCAN_CURRENCIES, sizeof(jk_scan_tally));
            if (self->levels[c] == NULL) {
                jk_scan_counts_free(self);
                return NULL;
            }
        }
    }
    return self;
}

void jk_scan_counts_free(jk_scan_counts *counts) {
    if (counts == NULL) {
        return;
    }
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        free(counts->levels[c]);
    }
    for (int slot = 0; slot < JK_SCAN_SLOTS; slot++) {
        for (int item = 0; item < JK_INSPECT_ITEMS; item++) {
            free(counts->items[slot][item].bucket);
        }
    }
    free(counts);
}

static void free_worker(worker *self) {
    if (self != NULL) {
        jk_scan_counts_free(self->counts);
        free(self->memory);
        free(self);
    }
}

static worker *create_worker(const jk_scan *scan, size_t first_block) {
    worker *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
    self->scan = scan;
    self->first_block = first_block;
    self->counts = jk_scan_counts_create(scan);
    self->memory = jk_columns_alloc(JK_SCAN_BLOCK_ROWS, (scan->column_count + 1) * sizeof(int64_t));
    if (self->counts == NULL || self->memory == NULL) {
        free_worker(self);
        return NULL;
    }
    for (size_t k = 0; k <= scan->column_count; k++) { /* the last: debtor_index */
        const jk_column c = k < scan->column_count ? scan->column[k] : JK_COLUMN_DEBTOR_INDEX;
        bool is_text = jk_schema_column(c)->type == JK_TYPE_TEXT;
        self->column[c] = is_text ? NULL : self->memory + k * JK_SCAN_BLOCK_ROWS * sizeof(int64_t);
    }
    return self;
}

static void add_tallies(jk_scan_tally *to, const jk_scan_tally *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        to[i].claims += from[i].claims;
        to[i].balance += from[i].balance;
    }
}

bool jk_scan_counts_merge(const jk_scan *scan, jk_scan_counts *to, const jk_scan_counts *from) {
    add_tallies(to->slots, from->slots, JK_SCAN_SLOTS);
    add_tallies(to->checks[0], from->checks[0], (size_t)JK_SCAN_SLOTS * JK_CLAIM_CHECKS_MAX);
    add_tallies(to->ages[0], from->ages[0], (size_t)JK_SCAN_AGES * JK_SCAN_CURRENCIES);
    for (size_t currency = 0; currency < JK_SCAN_CURRENCIES; currency++) {
        for (size_t part = 0; part < 3; part++) {
            to->parts[currency][part] += from->parts[currency][part];
        }
        for (size_t i = 0; i < from->top_count[currency]; i++) {
            offer_top(to, currency, from->top[currency][i]);
        }
    }
    for (size_t k = 0; k < scan->column_count; k++) {
        const jk_column c = scan->column[k];
        if (jk_scan_has_levels(c)) {
            add_tallies(to->levels[c], from->levels[c], (scan->level_count[c] + 1) * JK_SCAN_CURRENCIES);
        }
    }
    for (int slot = 0; slot < JK_SCAN_SLOTS; slot++) {
        for (size_t place = 0; place <= scan->column_count; place++) {
            const int item = jk_scan_item(scan, place);
            if (!jk_counts_merge(&to->items[slot][item], &from->items[slot][item], jk_scan_scale(scan, item))) {
                return false;
            }
        }
    }
    return true;
}

void jk_scan_blocks(const jk_tape *tape, size_t *first, size_t *end) {
    *first = 0;
    *end = (jk_tape_rows(tape) + JK_SCAN_BLOCK_ROWS - 1) / JK_SCAN_BLOCK_ROWS;
    if (jk_team_role_now() == JK_TEAM_RANKS) {
        jk_team_rows(JK_PASS_RESULT, *end, first, end);
    }
}

jk_status jk_scan_run(const jk_scan *scan, const jk_run *run, jk_scan_counts **total, jk_error *error) {
    size_t threads = (size_t)jk_threads(run), first = 0, end = 0;
    jk_scan_blocks(scan->tape, &first, &end);
    worker **workers = calloc(threads, sizeof *workers);
    *total = jk_scan_counts_create(scan);
    jk_status status = workers == NULL || *total == NULL ? jk_fail_memory(error, "the counts of a tape") : JK_OK;
    for (size_t t = 0; t < threads && status == JK_OK; t++) {
        workers[t] = create_worker(scan, first);
        status = jk_held(workers[t] != NULL, error, "the counts of a tape");
    }
    if (status == JK_OK) {
        status = jk_parallel_for(run, end - first, "inspect", JK_SCAN_BLOCK_ROWS, scan_block, workers, error);
    }
    for (size_t t = 0; t < threads && workers != NULL; t++) {
        if (status == JK_OK && !jk_scan_counts_merge(scan, *total, workers[t]->counts)) {
            status = jk_fail_memory(error, "the counts of a tape");
        }
        free_worker(workers[t]);
    }
    free(workers);
    status = status == JK_OK ? jk_scan_gather(scan, total, error) : status;
    if (status != JK_OK) {
        jk_scan_counts_free(*total);
        *total = NULL;
    }
    return status;
}
