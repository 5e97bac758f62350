/* SPDX-License-Identifier: Apache-2.0 */
/* jk_inspect_run: which currencies and groups get figures of their own (a first pass over two columns), the pass over
 * all columns (inspect_scan.c), and from its counts to the figures of jalki/inspect.h. */
#include "jalki/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/sort.h"
#include "base/team/parallel.h"
#include "base/team/team.h"
#include "inspect/combinations.h"
#include "inspect/scan.h"

typedef struct inspection {
    jk_inspection public; /* first: what the caller sees */
    jk_arena *arena;      /* all that it points to */
    jk_scan scan;
    jk_scan_counts *counts;
    size_t group_levels; /* groups of `by` with a place of their own */
    bool has_other_group;
    const char *group_names[JK_SCAN_GROUPS];
} inspection;

jk_inspect_options jk_inspect_defaults(void) {
    return (jk_inspect_options){.by = -1, .cutoff = JK_MISSING_INTEGER};
}

void jk_inspect_free(jk_inspection *self) {
    inspection *whole = (inspection *)self;
    if (whole != NULL) {
        jk_combinations_free(whole->public.combinations);
        jk_scan_counts_free(whole->counts);
        free((void *)whole->scan.debtor_claims);
        jk_arena_free(whole->arena);
        free(whole);
    }
}

/* ---- first pass: the most frequent levels ---- */

typedef struct ranking {
    const jk_tape *tape;
    jk_column column;
    size_t level_count, first_block;
    uint64_t **counts; /* of each thread, level_count + 1 */
    void **values;
} ranking;

static jk_status rank_block(void *context, int thread, size_t index, jk_error *error) {
    ranking *self = context;
    size_t all = jk_tape_rows(self->tape), first = (self->first_block + index) * JK_SCAN_BLOCK_ROWS;
    size_t rows = all - first < JK_SCAN_BLOCK_ROWS ? all - first : JK_SCAN_BLOCK_ROWS;
    JK_TRY(jk_tape_read(self->tape, self->column, first, rows, self->values[thread], error));
    for (size_t i = 0; i < rows; i++) {
        self->counts[thread][jk_scan_level(self->column, self->values[thread], i) + 1]++;
    }
    return JK_OK;
}

/* Claims of each level + 1 of the column, into counts[level_count + 1]. */
static jk_status count_levels(const jk_tape *tape, jk_column column, const jk_run *run, jk_arena *arena,
                              uint64_t *counts, size_t level_count, jk_error *error) {
    size_t threads = (size_t)jk_threads(run);
    ranking self = {.tape = tape, .column = column, .level_count = level_count};
    self.counts = jk_arena_alloc(arena, threads, sizeof *self.counts);
    self.values = jk_arena_alloc(arena, threads, sizeof *self.values);
    for (size_t t = 0; t < threads && self.counts != NULL && self.values != NULL; t++) {
        self.counts[t] = jk_arena_alloc(arena, level_count + 1, sizeof **self.counts);
        self.values[t] = jk_arena_alloc(arena, JK_SCAN_BLOCK_ROWS, sizeof(int32_t));
        JK_TRY(jk_held(self.counts[t] != NULL && self.values[t] != NULL, error, "counts of levels"));
    }
    JK_TRY(jk_held(self.counts != NULL && self.values != NULL, error, "counts of levels"));
    size_t end = 0;
    jk_scan_blocks(tape, &self.first_block, &end);
    JK_TRY(jk_parallel_for(run, end - self.first_block, "look over", JK_SCAN_BLOCK_ROWS, rank_block, &self, error));
    for (size_t t = 0; t < threads; t++) {
        for (size_t i = 0; i <= level_count; i++) {
            counts[i] += self.counts[t][i];
        }
    }
    const jk_tally tally = {JK_TALLY_INT64, counts, level_count + 1};
    return jk_scan_add_over_ranks("look over", &tally, error);
}

/* Gives the `most` most frequent levels the places 0, 1, …, all others `most`. names[] gets those with a place; *count
 * of them. *rest: claims without a place of their own. */
static jk_status choose_levels(inspection *self, jk_column column, const jk_run *run, size_t most, const char *none,
                               uint8_t **place_of, const char **names, size_t *count, uint64_t *rest, jk_error *error) {
    size_t level_count = 0;
    const char *const *levels = jk_scan_levels(self->scan.tape, column, &level_count);
    uint64_t *counts = jk_arena_alloc(self->arena, level_count + 1, sizeof *counts);
    *place_of = jk_arena_alloc(self->arena, level_count + 1, 1);
    JK_TRY(jk_held(counts != NULL && *place_of != NULL, error, "counts of levels"));
    JK_TRY(count_levels(self->scan.tape, column, run, self->arena, counts, level_count, error));
    memset(*place_of, (int)most, level_count + 1);
    for (*count = 0; *count < most; ++*count) {
        size_t best = 0;
        for (size_t i = 1; i <= level_count; i++) {
            best = counts[i] > counts[best] ? i : best;
        }
        if (counts[best] == 0) {
            break;
        }
        (*place_of)[best] = (uint8_t)*count;
        names[*count] = best == 0 ? none : levels[best - 1];
        counts[best] = 0;
    }
    *rest = 0;
    for (size_t i = 0; i <= level_count; i++) {
        *rest += counts[i];
    }
    return JK_OK;
}

/* Columns of all tapes, and the own ones of this one. */
static void list_columns(inspection *self) {
    jk_inspection *out = &self->public;
    out->extras = *jk_tape_extras(self->scan.tape);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const bool own = jk_schema_is_extra((jk_column)c) && out->extras.name[c - JK_FIXED_COLUMN_COUNT] != NULL;
        if (c < JK_CSV_COLUMN_COUNT || own) {
            out->column[out->column_count++] = (jk_column)c;
        }
    }
    self->scan.column = out->column;
    self->scan.column_count = out->column_count;
}

/* One currency for all amounts: the base currency of the model. */
static jk_status tell_in_one(inspection *self, const jk_model *model, jk_error *error) {
    size_t count = 0;
    jk_scan *scan = &self->scan;
    const char *const *names = jk_tape_dictionary(scan->tape, JK_COLUMN_CURRENCY, &count);
    scan->currency_of = jk_arena_alloc(self->arena, count + 1, 1);
    scan->rate = jk_arena_alloc(self->arena, count + 1, sizeof *scan->rate);
    JK_TRY(jk_held(scan->currency_of != NULL && scan->rate != NULL, error, "exchange rates"));
    for (size_t i = 0; i <= count; i++) {
        const char *name = i == 0 ? model->written_currency : names[i - 1];
        const jk_exchange_rate *rate = jk_model_rate(model, name);
        if (rate == NULL) {
            return jk_fail(error, JK_ERROR_DATA, jk_tape_path(scan->tape), 0, "currency",
                           "the model has no exchange rate of '%.32s'; expected it under 'fx'", name);
        }
        scan->rate[i] = rate->rate;
    }
    self->public.told = model;
    self->public.currency[0] = model->base_currency;
    self->public.currency_count = 1;
    return JK_OK;
}

static jk_status prepare(inspection *self, const jk_inspect_options *options, jk_error *error) {
    jk_scan *scan = &self->scan;
    uint64_t rest = 0;
    scan->cutoff = options->cutoff != JK_MISSING_INTEGER ? options->cutoff : jk_tape_cutoff(scan->tape);
    bool known = scan->cutoff != JK_MISSING_INTEGER;
    scan->cutoff_year = known ? jk_civil_from_date(scan->cutoff).year : JK_MISSING_INTEGER;
    int32_t reference = known ? scan->cutoff : jk_date_from_civil(2025, 1, 1);
    scan->dates = (jk_scale){.is_date = true, .first_day = reference - 20000};
    scan->by = options->by;
    scan->checks = jk_claim_checks(&scan->check_count);
    list_columns(self);
    for (size_t k = 0; k < scan->column_count; k++) {
        if (jk_scan_has_levels(scan->column[k])) {
            (void)jk_scan_levels(scan->tape, scan->column[k], &scan->level_count[scan->column[k]]);
        }
    }
    size_t debtors = jk_tape_debtors(scan->tape);
    scan->debtor_claims = jk_columns_zero(debtors, sizeof(uint32_t));
    JK_TRY(jk_held(scan->debtor_claims != NULL, error, "claims per debtor"));
    JK_TRY(options->told != NULL
               ? tell_in_one(self, options->told, error)
               : choose_levels(self, JK_COLUMN_CURRENCY, &options->run, JK_INSPECT_CURRENCIES, "(none)",
                               &scan->currency_of, self->public.currency, &self->public.currency_count,
                               &self->public.other_currency_claims, error));
    if (scan->by >= 0) {
        JK_TRY(choose_levels(self, (jk_column)scan->by, &options->run, JK_INSPECT_GROUPS, "(missing)", &scan->group_of,
                             self->group_names, &self->group_levels, &rest, error));
        self->group_names[JK_INSPECT_GROUPS] = "(other)";
        self->has_other_group = rest > 0;
    }
    return JK_OK;
}

/* ---- from counts to figures ---- */

static void add_amounts(jk_inspect_amounts *to, const jk_scan_tally *by_currency) {
    for (size_t currency = 0; currency < JK_SCAN_CURRENCIES; currency++) {
        to->claims += by_currency[currency].claims;
        if (currency < JK_INSPECT_CURRENCIES) {
            to->balance[currency] += (double)by_currency[currency].balance / 100.0;
        }
    }
}

static int compare_levels(const void *a, const void *b) {
    const jk_inspect_level *one = a, *other = b;
    if (one->amounts.claims != other->amounts.claims) {
        return one->amounts.claims > other->amounts.claims ? -1 : 1;
    }
    return strcmp(one->name, other->name);
}

static jk_status report_levels(inspection *self, jk_column column, jk_error *error) {
    jk_inspect_column *out = &self->public.columns[column];
    size_t count = 0;
    const char *const *names = jk_scan_levels(self->scan.tape, column, &count);
    jk_inspect_level *levels = jk_arena_alloc(self->arena, count + 1, sizeof *levels);
    JK_TRY(jk_held(levels != NULL, error, "levels"));
    for (size_t i = 0; i <= count; i++) {
        jk_inspect_level level = {.name = i == 0 ? "(missing)" : names[i - 1]};
        add_amounts(&level.amounts, self->counts->levels[column] + i * JK_SCAN_CURRENCIES);
        if (level.amounts.claims > 0) {
            levels[out->level_count++] = level;
            out->distinct += i > 0;
            *(i == 0 ? &out->missing : &out->given) += level.amounts.claims;
        }
    }
    jk_sort(levels, out->level_count, sizeof *levels, compare_levels);
    out->levels = levels;
    out->is_constant = out->distinct == 1 && out->given > 1;
    return JK_OK;
}

/* Counts of an item over the groups [from, to) of one currency, or of all (currency < 0). */
static jk_status gather(const inspection *self, int item, size_t from, size_t to, int currency, jk_counts *sum,
                        jk_error *error) {
    *sum = (jk_counts){0};
    for (size_t group = from; group < to; group++) {
        for (int c = 0; c < JK_SCAN_CURRENCIES; c++) {
            const jk_counts *part = &self->counts->items[group * JK_SCAN_CURRENCIES + (size_t)c][item];
            if ((currency < 0 || c == currency) && !jk_counts_merge(sum, part, jk_scan_scale(&self->scan, item))) {
                free(sum->bucket);
                return jk_fail_memory(error, "the histogram of a column");
            }
        }
    }
    return JK_OK;
}

static jk_status report_series(inspection *self, size_t from, size_t to, jk_inspect_series *out, jk_error *error) {
    bool whole = from == 0 && to == JK_SCAN_GROUPS;
    for (size_t place = 0; place <= self->public.column_count; place++) {
        const int item = jk_inspect_item(&self->public, place);
        bool is_money = jk_inspect_is_money(item);
        size_t series_count = is_money ? self->public.currency_count : (size_t)jk_inspect_is_numeric(item);
        for (size_t currency = 0; currency < series_count; currency++) {
            jk_scale scale = jk_scan_scale(&self->scan, item);
            jk_counts sum;
            JK_TRY(gather(self, item, from, to, is_money ? (int)currency : -1, &sum, error));
            jk_counts_summary(&sum, scale, jk_scan_per_unit(item), is_money,
                              &out[(size_t)item * JK_INSPECT_CURRENCIES + currency]);
            if (whole && item == JK_INSPECT_BALANCE) {
                self->public.top_percent_share[currency] = jk_counts_top_share(&sum, scale, 0.01);
            }
            free(sum.bucket);
        }
    }
    return JK_OK;
}

/* Figures of the groups [from, to) together. */
static jk_status report_group(inspection *self, jk_inspect_group *out, const char *name, size_t from, size_t to,
                              jk_error *error) {
    size_t check_count = self->scan.check_count;
    jk_inspect_check *checks = jk_arena_alloc(self->arena, check_count, sizeof *checks);
    jk_inspect_series *series = jk_arena_alloc(self->arena, JK_INSPECT_ITEMS * JK_INSPECT_CURRENCIES, sizeof *series);
    JK_TRY(jk_held(checks != NULL && series != NULL, error, "the figures of a group"));
    *out = (jk_inspect_group){.name = name, .checks = checks, .series = series};
    for (size_t group = from; group < to; group++) {
        const jk_scan_tally *slots = &self->counts->slots[group * JK_SCAN_CURRENCIES];
        add_amounts(&out->amounts, slots);
        for (size_t c = 0; c < JK_INSPECT_CURRENCIES; c++) {
            out->currency_claims[c] += slots[c].claims;
        }
    }
    for (size_t k = 0; k < check_count; k++) {
        checks[k].name = self->scan.checks[k].name;
        checks[k].meaning = self->scan.checks[k].meaning;
        for (size_t slot = from * JK_SCAN_CURRENCIES; slot < to * JK_SCAN_CURRENCIES; slot++) {
            jk_scan_tally one[JK_SCAN_CURRENCIES] = {0};
            one[slot % JK_SCAN_CURRENCIES] = self->counts->checks[slot][k];
            add_amounts(&checks[k].amounts, one);
        }
    }
    return report_series(self, from, to, series, error);
}

static jk_status report_groups(inspection *self, jk_error *error) {
    size_t extra = self->scan.by < 0 ? 0 : self->group_levels + self->has_other_group;
    jk_inspect_group *groups = jk_arena_alloc(self->arena, 1 + extra, sizeof *groups);
    JK_TRY(jk_held(groups != NULL, error, "groups"));
    JK_TRY(report_group(self, &groups[0], "all", 0, JK_SCAN_GROUPS, error));
    for (size_t i = 0; i < extra; i++) {
        size_t place = i < self->group_levels ? i : JK_INSPECT_GROUPS;
        JK_TRY(report_group(self, &groups[1 + i], self->group_names[place], place, place + 1, error));
    }
    self->public.groups = groups;
    self->public.group_count = 1 + extra;
    return JK_OK;
}

static jk_status report_bands(inspection *self, jk_error *error) {
    static const char *const ages[JK_SCAN_AGES] = {"under 1 year", "1-2 years",  "2-3 years",   "3-5 years",
                                                   "5-7 years",    "7-10 years", "10-15 years", "15 years and more"};
    static const struct {
        const char *name;
        uint32_t most;
    } sizes[] = {{"1 claim", 1},
                 {"2 claims", 2},
                 {"3 claims", 3},
                 {"4-5 claims", 5},
                 {"6-10 claims", 10},
                 {"11-20 claims", 20},
                 {"21 and more", UINT32_MAX}};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    jk_inspect_band *age = jk_arena_alloc(self->arena, JK_SCAN_AGES, sizeof *age);
    jk_inspect_band *size = jk_arena_alloc(self->arena, SIZES, sizeof *size);
    JK_TRY(jk_held(age != NULL && size != NULL, error, "bands"));
    for (size_t i = 0; i < JK_SCAN_AGES; i++) {
        age[i].name = ages[i];
        add_amounts(&age[i].amounts, self->counts->ages[i]);
    }
    for (size_t i = 0; i < SIZES; i++) {
        size[i].name = sizes[i].name;
    }
    for (size_t d = 0; d < jk_tape_debtors(self->scan.tape); d++) {
        uint32_t claims = self->scan.debtor_claims[d];
        size_t band = 0;
        while (claims > sizes[band].most) {
            band++;
        }
        size[band].debtors += claims > 0;
        size[band].amounts.claims += claims;
        self->public.largest_debtor = claims > self->public.largest_debtor ? claims : self->public.largest_debtor;
    }
    self->public.ages = age;
    self->public.age_count = self->scan.cutoff == JK_MISSING_INTEGER ? 0 : JK_SCAN_AGES;
    self->public.debtor_bands = size;
    self->public.debtor_band_count = SIZES;
    return JK_OK;
}

static jk_status report_top(inspection *self, jk_error *error) {
    for (size_t currency = 0; currency < self->public.currency_count; currency++) {
        self->public.top_count[currency] = self->counts->top_count[currency];
        for (size_t i = 0; i < self->counts->top_count[currency]; i++) {
            const jk_scan_top *found = &self->counts->top[currency][i];
            jk_inspect_claim *claim = &self->public.top[currency][i];
            claim->row = found->row;
            claim->balance = (double)found->balance / 100.0;
            JK_TRY(jk_tape_read(self->scan.tape, JK_COLUMN_CLAIM_ID, found->row, 1, claim->claim_id, error));
        }
    }
    return JK_OK;
}

/* Whether a text is given. */
static jk_status report_text(inspection *self, jk_column column, const jk_run *run, jk_error *error) {
    jk_inspect_column *out = &self->public.columns[column];
    const size_t rows = jk_tape_rows(self->scan.tape);
    const bool required = jk_schema_column(column)->required;
    out->missing = rows;
    if (required || !jk_tape_is_absent(self->scan.tape, column)) {
        out->missing = 0;
        JK_TRY(required ? JK_OK : jk_scan_texts(self->scan.tape, column, run, self->arena, &out->missing, error));
    }
    out->given = rows - out->missing;
    return JK_OK;
}

static jk_status report_columns(inspection *self, const jk_run *run, jk_error *error) {
    for (size_t k = 0; k < self->public.column_count; k++) {
        const int c = (int)self->public.column[k];
        jk_inspect_column *out = &self->public.columns[c];
        if (jk_scan_has_levels((jk_column)c)) {
            JK_TRY(report_levels(self, (jk_column)c, error));
        } else if (jk_inspect_is_numeric(c)) {
            jk_counts sum;
            JK_TRY(gather(self, c, 0, JK_SCAN_GROUPS, -1, &sum, error));
            free(sum.bucket);
            out->given = sum.given;
            out->missing = sum.missing;
            out->is_constant = sum.given > 1 && sum.minimum == sum.maximum;
        } else {
            JK_TRY(report_text(self, (jk_column)c, run, error));
        }
    }
    return JK_OK;
}

static jk_status report(inspection *self, const jk_run *run, jk_error *error) {
    jk_inspection *out = &self->public;
    out->rows = jk_tape_rows(self->scan.tape);
    out->debtors = jk_tape_debtors(self->scan.tape);
    out->cutoff = self->scan.cutoff;
    out->check_count = self->scan.check_count;
    for (size_t c = 0; c < out->currency_count; c++) {
        out->principal[c] = (double)self->counts->parts[c][0] / 100.0;
        out->interest[c] = (double)self->counts->parts[c][1] / 100.0;
        out->fees[c] = (double)self->counts->parts[c][2] / 100.0;
    }
    JK_TRY(report_columns(self, run, error));
    JK_TRY(report_groups(self, error));
    JK_TRY(report_bands(self, error));
    return report_top(self, error);
}

jk_status jk_inspect_run(const jk_tape *tape, const jk_inspect_options *given, jk_inspection **out, jk_error *error) {
    jk_inspect_options named = *given;
    const jk_inspect_options *options = &named;
    *out = NULL;
    if (jk_tape_kind(tape) != JK_KIND_TAPE) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, NULL, "expected a tape");
    }
    if (named.by_name != NULL) {
        named.by = jk_extras_find(jk_tape_extras(tape), named.by_name);
        if (named.by < 0 || !jk_scan_has_levels((jk_column)named.by)) {
            return jk_fail(
                error, JK_ERROR_ARGUMENT, jk_tape_path(tape), 0, named.by_name,
                "groups can be made by a column with names or codes, or by an own column of texts; the tape has "
                "none of this name");
        }
    }
    const bool own = options->by >= JK_FIXED_COLUMN_COUNT && options->by < JK_COLUMN_COUNT &&
                     jk_tape_extras(tape)->name[options->by - JK_FIXED_COLUMN_COUNT] != NULL;
    if ((options->by >= JK_CSV_COLUMN_COUNT && !own) ||
        (options->by >= 0 && !jk_scan_has_levels((jk_column)options->by))) {
        return jk_fail(error, JK_ERROR_ARGUMENT, jk_tape_path(tape), 0, NULL,
                       "groups can be made by a dictionary or enumeration column only");
    }
    if (jk_tape_rows(tape) > UINT32_MAX) {
        return jk_fail(error, JK_ERROR_UNSUPPORTED, jk_tape_path(tape), 0, NULL, "more than 4,294,967,295 claims");
    }
    inspection *self = calloc(1, sizeof *self);
    jk_arena *arena = self == NULL ? NULL : jk_arena_create();
    if (arena == NULL) {
        free(self);
        return jk_fail_memory(error, "an inspection");
    }
    self->arena = arena;
    self->scan.tape = tape;
    jk_status status = prepare(self, options, error);
    status = status != JK_OK ? status : jk_scan_run(&self->scan, &options->run, &self->counts, error);
    if (status == JK_OK && options->by_columns != NULL) {
        status =
            jk_combinations_count(&self->scan, options->by_columns, &options->run, &self->public.combinations, error);
    }
    status = status != JK_OK ? status : report(self, &options->run, error);
    if (status != JK_OK) {
        jk_inspect_free(&self->public);
        return status;
    }
    *out = &self->public;
    return JK_OK;
}

const jk_inspect_series *jk_inspect_series_of(const jk_inspection *self, size_t group, int item, size_t currency) {
    return &self->groups[group].series[(size_t)item * JK_INSPECT_CURRENCIES + currency];
}
