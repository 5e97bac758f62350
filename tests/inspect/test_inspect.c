/* SPDX-License-Identifier: Apache-2.0 */
/* Inspection against the same figures counted here the slow way: sorted values, loops over rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number/calendar.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "jalki/inspect.h"
#include "support/must.h"

enum { ROWS = 40000, WIDTH = 8 };

static char path[] = "/tmp/jalki-inspect-XXXXXX";
static jk_tape *tape;
static jk_block block;
static int32_t cutoff;

static uint32_t draw(jk_column column, size_t i) {
    return jk_philox(5, (uint64_t)column, i).word[0];
}

/* Country 0..2, currency 0..1 or missing; balances skewed; the rest at random, some of it absurd. */
static void fill(jk_column column, size_t i, void *to) {
    uint32_t random = draw(column, i), other = jk_philox(5, (uint64_t)column, i).word[1];
    size_t levels = 0;
    int missing = !jk_schema_column(column)->required && other % 5 == 0;
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        memset(to, 0, WIDTH);
        if (!missing) {
            (void)snprintf(to, WIDTH, "K%zu", i);
        }
        return;
    case JK_TYPE_ENUM:
        (void)jk_schema_levels(column, &levels);
        *(int8_t *)to = missing ? JK_MISSING_ENUM : (int8_t)(random % levels);
        return;
    case JK_TYPE_DICTIONARY:
        *(int32_t *)to = missing ? JK_MISSING_INDEX : (int32_t)(random % 10 < 6 ? 0 : random % 3);
        return;
    case JK_TYPE_MONEY:
        *(int64_t *)to = missing ? JK_MISSING_MONEY : (int64_t)exp(5.0 + 10.0 * jk_uniform(random));
        return;
    case JK_TYPE_REAL:
        *(double *)to = missing ? NAN : jk_uniform(random);
        return;
    case JK_TYPE_DATE:
        *(int32_t *)to = missing ? JK_MISSING_INTEGER : cutoff + 100 - (int32_t)(random % 6000);
        return;
    case JK_TYPE_INTEGER:
        *(int32_t *)to = missing ? JK_MISSING_INTEGER : (int32_t)(random % 21);
        if (column == JK_COLUMN_BIRTH_YEAR && !missing) {
            *(int32_t *)to = 1900 + (int32_t)(random % 130);
        } else if (column == JK_COLUMN_DEBTOR_INDEX) {
            *(int32_t *)to = (int32_t)(random % (ROWS / 2));
        }
        return;
    }
}

static int start(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    cutoff = jk_date_from_civil(2026, 1, 31);
    int fd = mkstemp(path);
    jk_tape_writer_options options = {.cutoff = cutoff, .compression = 1};
    must(jk_tape_writer_create(path, &options, &writer, &error), &error);
    static const char *const words[] = {"AA", "BB", "CC"};
    block = (jk_block){.rows = ROWS, .text_width = {WIDTH, WIDTH}};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        int32_t index = 0;
        for (int w = 0; w < 3 && jk_schema_column((jk_column)c)->type == JK_TYPE_DICTIONARY; w++) {
            must(jk_tape_writer_intern(writer, (jk_column)c, words[w], 2, &index, &error), &error);
        }
        size_t size =
            jk_schema_column((jk_column)c)->type == JK_TYPE_TEXT ? WIDTH : jk_schema_element_size((jk_column)c);
        block.column[c] = malloc(ROWS * size);
        for (size_t i = 0; i < ROWS; i++) {
            fill((jk_column)c, i, (char *)block.column[c] + i * size);
        }
    }
    must(jk_tape_writer_append(writer, &block, &error), &error);
    must(jk_tape_writer_finish(writer, NULL, NULL, &error), &error);
    must(jk_tape_open(path, &tape, &error), &error);
    return close(fd);
}

static int end(void **state) {
    (void)state;
    jk_tape_close(tape);
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        free(block.column[c]);
    }
    return unlink(path);
}

static jk_inspection *inspect(int by, int threads) {
    jk_error error = {0};
    jk_inspection *out = NULL;
    jk_inspect_options options = jk_inspect_defaults();
    options.by = by;
    options.run.threads = threads;
    must(jk_inspect_run(tape, &options, &out, &error), &error);
    return out;
}

static int64_t balance_of(size_t i) {
    int64_t interest = JK_BLOCK_MONEY(&block, INTEREST_ACCRUED)[i], fees = JK_BLOCK_MONEY(&block, FEES)[i];
    return JK_BLOCK_MONEY(&block, PRINCIPAL)[i] + (interest == JK_MISSING_MONEY ? 0 : interest) +
           (fees == JK_MISSING_MONEY ? 0 : fees);
}

static int compare(const void *a, const void *b) {
    double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

static size_t currency_place(const jk_inspection *self, size_t row) {
    static const char *const words[] = {"(none)", "AA", "BB", "CC"};
    const char *wanted = words[JK_BLOCK_INT32(&block, CURRENCY)[row] + 1];
    for (size_t c = 0; c < self->currency_count; c++) {
        if (strcmp(self->currency[c], wanted) == 0) {
            return c;
        }
    }
    fail();
    return 0;
}

static bool value_at(int item, size_t i, double *value) {
    if (item == JK_INSPECT_BALANCE) {
        *value = (double)balance_of(i) / 100.0;
        return true;
    }
    const void *column = block.column[item];
    switch (jk_schema_column((jk_column)item)->type) {
    case JK_TYPE_MONEY:
        *value = (double)((const int64_t *)column)[i] / 100.0;
        return ((const int64_t *)column)[i] != JK_MISSING_MONEY;
    case JK_TYPE_REAL:
        *value = ((const double *)column)[i];
        return *value == *value;
    default:
        *value = ((const int32_t *)column)[i];
        return ((const int32_t *)column)[i] != JK_MISSING_INTEGER;
    }
}

static void assert_near(double found, double wanted, double relative) {
    if (!(fabs(found - wanted) <= relative * fabs(wanted) + 1e-6)) {
        fail_msg("%.9g, expected %.9g", found, wanted);
    }
}

static void check_series(const jk_inspection *self, int item, size_t currency) {
    const jk_inspect_series *series = jk_inspect_series_of(self, 0, item, currency);
    double *values = malloc(ROWS * sizeof *values), sum = 0.0;
    size_t given = 0, missing = 0, below = 0, above = 0;
    for (size_t i = 0; i < ROWS; i++) {
        if (jk_inspect_is_money(item) && currency_place(self, i) != currency) {
            continue;
        }
        if (value_at(item, i, &values[given])) {
            below += values[given] < series->fence_low && series->has_fences;
            above += values[given] > series->fence_high && series->has_fences;
            sum += values[given++];
        } else {
            missing++;
        }
    }
    qsort(values, given, sizeof *values, compare);
    assert_int_equal(series->given, given);
    assert_int_equal(series->missing, missing);
    assert_near(series->minimum, values[0], 1e-6);
    assert_near(series->maximum, values[given - 1], 1e-6);
    assert_near(series->mean, sum / (double)given, 1e-6);
    for (size_t q = 1; q <= 3; q++) {
        assert_near(series->quartile[q - 1], values[(given * q + 3) / 4 - 1], 0.002);
    }
    assert_near(series->p01, values[(given * 10 + 999) / 1000 - 1], 0.002);
    assert_near(series->p99, values[(given * 990 + 999) / 1000 - 1], 0.002);
    assert_near((double)series->above, (double)above, 0.01);
    assert_near((double)series->below, (double)below, 0.01);
    free(values);
}

static void test_numbers(void **state) {
    (void)state;
    jk_inspection *self = inspect(-1, 3);
    assert_int_equal(self->rows, ROWS);
    assert_int_equal(self->currency_count, 4);
    assert_int_equal(self->column_count, JK_CSV_COLUMN_COUNT);
    for (size_t place = 0; place <= self->column_count; place++) {
        const int item = jk_inspect_item(self, place);
        size_t count = jk_inspect_is_money(item) ? self->currency_count : (size_t)jk_inspect_is_numeric(item);
        for (size_t c = 0; c < count; c++) {
            check_series(self, item, c);
        }
    }
    jk_inspect_free(self);
}

static void test_levels_and_groups(void **state) {
    (void)state;
    jk_inspection *self = inspect(JK_COLUMN_COUNTRY, 2);
    uint64_t claims[3] = {0};
    double balance[3][JK_INSPECT_CURRENCIES] = {0};
    for (size_t i = 0; i < ROWS; i++) {
        int32_t country = JK_BLOCK_INT32(&block, COUNTRY)[i];
        claims[country]++;
        balance[country][currency_place(self, i)] += (double)balance_of(i) / 100.0;
    }
    const jk_inspect_column *column = &self->columns[JK_COLUMN_COUNTRY];
    assert_int_equal(column->distinct, 3);
    assert_int_equal(self->group_count, 4);
    for (size_t k = 0; k < 3; k++) { /* AA is the most frequent by far */
        size_t country = (size_t)(column->levels[k].name[0] - 'A');
        assert_int_equal(column->levels[k].amounts.claims, claims[country]);
        assert_int_equal(self->groups[1 + k].amounts.claims, claims[country]);
        assert_string_equal(self->groups[1 + k].name, column->levels[k].name);
        for (size_t c = 0; c < self->currency_count; c++) {
            assert_near(column->levels[k].amounts.balance[c], balance[country][c], 1e-12);
            assert_near(self->groups[1 + k].amounts.balance[c], balance[country][c], 1e-12);
        }
    }
    assert_string_equal(self->groups[1].name, "AA");
    for (size_t check = 0; check < self->check_count; check++) { /* the groups add up to the whole */
        uint64_t sum = 0;
        for (size_t g = 1; g < self->group_count; g++) {
            sum += self->groups[g].checks[check].amounts.claims;
        }
        assert_int_equal(sum, self->groups[0].checks[check].amounts.claims);
    }
    jk_inspect_free(self);
}

static uint64_t check_count(const jk_inspection *self, const char *name) {
    for (size_t k = 0; k < self->check_count; k++) {
        if (strcmp(self->groups[0].checks[k].name, name) == 0) {
            return self->groups[0].checks[k].amounts.claims;
        }
    }
    fail_msg("no pattern %s", name);
    return 0;
}

static void test_patterns_and_bands(void **state) {
    (void)state;
    jk_inspection *self = inspect(-1, 2);
    uint64_t tiny = 0, above = 0, late = 0, title = 0, old = 0, young = 0, passed = 0;
    uint32_t *per_debtor = calloc(ROWS, sizeof *per_debtor);
    size_t largest = 0;
    for (size_t i = 0; i < ROWS; i++) {
        int64_t original = JK_BLOCK_MONEY(&block, ORIGINAL_PRINCIPAL)[i];
        int32_t defaulted = JK_BLOCK_INT32(&block, DEFAULTED_ON)[i], off = JK_BLOCK_INT32(&block, WRITTEN_OFF_ON)[i];
        int8_t status = JK_BLOCK_ENUM(&block, LEGAL_STATUS)[i];
        int32_t birth = JK_BLOCK_INT32(&block, BIRTH_YEAR)[i], title_on = JK_BLOCK_INT32(&block, TITLE_ON)[i];
        int32_t limitation = JK_BLOCK_INT32(&block, LIMITATION_ON)[i];
        bool titled = status >= JK_STATUS_TITLE && status <= JK_STATUS_ENFORCEMENT_INSOLVENT;
        tiny += balance_of(i) < 2000;
        above += original != JK_MISSING_MONEY && JK_BLOCK_MONEY(&block, PRINCIPAL)[i] > original;
        late += defaulted != JK_MISSING_INTEGER && defaulted > off;
        title += titled && title_on == JK_MISSING_INTEGER;
        old += birth != JK_MISSING_INTEGER && JK_BLOCK_ENUM(&block, DEBTOR_TYPE)[i] != JK_BUSINESS &&
               (birth > 2008 || birth < 1926);
        passed += limitation != JK_MISSING_INTEGER && limitation <= cutoff && !titled && title_on == JK_MISSING_INTEGER;
        young += jk_months_between(off, cutoff) < 12;
        per_debtor[JK_BLOCK_INT32(&block, DEBTOR_INDEX)[i]]++;
        largest = balance_of(i) > balance_of(largest) ? i : largest;
    }
    assert_int_equal(check_count(self, "balance_tiny"), tiny);
    assert_int_equal(check_count(self, "principal_above_original"), above);
    assert_int_equal(check_count(self, "default_after_write_off"), late);
    assert_int_equal(check_count(self, "title_without_date"), title);
    assert_int_equal(check_count(self, "birth_year_implausible"), old);
    assert_int_equal(check_count(self, "limitation_passed"), passed);
    assert_int_equal(self->ages[0].amounts.claims, young);
    uint64_t single = 0, claims = 0, most = 0;
    for (size_t d = 0; d < ROWS; d++) {
        single += per_debtor[d] == 1;
        most = per_debtor[d] > most ? per_debtor[d] : most;
    }
    for (size_t b = 0; b < self->debtor_band_count; b++) {
        claims += self->debtor_bands[b].amounts.claims;
    }
    assert_int_equal(self->debtor_bands[0].debtors, single);
    assert_int_equal(self->largest_debtor, most);
    assert_int_equal(claims, ROWS);
    const jk_inspect_claim *top = &self->top[currency_place(self, largest)][0];
    char id[24];
    (void)snprintf(id, sizeof id, "K%zu", largest);
    assert_string_equal(top->claim_id, id);
    assert_near(top->balance, (double)balance_of(largest) / 100.0, 1e-12);
    free(per_debtor);
    jk_inspect_free(self);
}

static void test_threads_do_not_show(void **state) {
    (void)state;
    jk_inspection *one = inspect(JK_COLUMN_PRODUCT, 1), *many = inspect(JK_COLUMN_PRODUCT, 7);
    char *first = jk_inspect_json(tape, one), *second = jk_inspect_json(tape, many);
    assert_non_null(first);
    assert_string_equal(first, second);
    free(first);
    free(second);
    jk_inspect_free(one);
    jk_inspect_free(many);
}

static void test_wrong_group(void **state) {
    (void)state;
    jk_error error = {0};
    jk_inspection *self = NULL;
    jk_inspect_options options = jk_inspect_defaults();
    options.by = JK_COLUMN_PRINCIPAL;
    assert_int_equal(jk_inspect_run(tape, &options, &self, &error), JK_ERROR_ARGUMENT);
    assert_null(self);
    jk_inspect_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_levels_and_groups),
        cmocka_unit_test(test_patterns_and_bands),
        cmocka_unit_test(test_threads_do_not_show),
        cmocka_unit_test(test_wrong_group),
    };
    return cmocka_run_group_tests(tests, start, end);
}
