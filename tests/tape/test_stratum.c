/* SPDX-License-Identifier: Apache-2.0 */
/* What claims are grouped by: bands and words by hand, columns of a tape, codes that stay in the bits that a key has
 * for their column, and sums by combination. */
#include "tape/stratum.h"

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "law/tape_rows.h"

/* A store made otherwise may hold any year; what no code can say is missing, and leaves the column beside it alone. */
static void test_vintages(void **state) {
    (void)state;
    const int32_t years[] = {1, 1899, 1900, 2020, 5994, 5995, 9999};
    const char *const wanted[] = {"missing", "missing", "1900", "2020", "5994", "missing", "missing"};
    const jk_stratum_list list = {
        .count = 2,
        .by = {{.source = JK_STRATUM_BALANCE, .name = "balance_band"},
               {.source = JK_STRATUM_VINTAGE, .column = JK_COLUMN_WRITTEN_OFF_ON, .name = "vintage"}}};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        int32_t date = jk_date_from_civil(years[i], 6, 15);
        jk_block block = {.rows = 1};
        jk_cell cells[2];
        block.column[JK_COLUMN_WRITTEN_OFF_ON] = &date;
        uint64_t key = 0;
        for (size_t c = 0; c < list.count; c++) {
            const uint32_t code = jk_stratum_code(&list.by[c], &block, 300.0, 0, 0);
            assert_true(code < 1U << JK_STRATUM_BITS);
            key = jk_stratum_key(key, code);
        }
        jk_stratum_put_words(&list, key + 1, cells);
        assert_string_equal(cells[0].text, "250-500");
        assert_string_equal(cells[1].text, wanted[i]);
    }
}

/* Bands by hand: each begins at its lower end; payments by whole months before the cut-off, 2026-06-30. */
static void test_bands(void **state) {
    (void)state;
    static const struct {
        double balance;
        const char *words;
    } balances[] = {{0.01, "0-100"},
                    {99.99, "0-100"},
                    {100.0, "100-250"},
                    {250.0, "250-500"},
                    {499.99, "250-500"},
                    {500.0, "500-1000"},
                    {1000.0, "1000-2500"},
                    {2500.0, "2500-5000"},
                    {5000.0, "5000-10000"},
                    {10000.0, "10000-25000"},
                    {25000.0, "25000-50000"},
                    {50000.0, "50000-100000"},
                    {99999.99, "50000-100000"},
                    {100000.0, "100000-"},
                    {1e12, "100000-"}};
    static const struct {
        const char *paid, *words;
    } payments[] = {{NULL, "never"},
                    {"2026-06-30", "0-3 months"},
                    {"2026-04-01", "0-3 months"},
                    {"2026-03-31", "3-6 months"},
                    {"2025-12-31", "6-12 months"},
                    {"2025-06-30", "12-24 months"},
                    {"2025-07-01", "6-12 months"},
                    {"2024-06-30", "24-36 months"},
                    {"2023-06-30", "36-60 months"},
                    {"2021-07-01", "36-60 months"},
                    {"2021-06-30", "60- months"},
                    {"1999-01-01", "60- months"}};
    const jk_stratum_column bands = {.source = JK_STRATUM_BALANCE, .name = "balance_band"},
                            paid = {
                                .source = JK_STRATUM_PAID, .column = JK_COLUMN_LAST_PAID_ON, .name = "last_payment"};
    const jk_stratum_list lists[] = {{.count = 1, .by = {bands}}, {.count = 1, .by = {paid}}};
    const int32_t cutoff = jk_date_from_civil(2026, 6, 30);
    char text[JK_STRATUM_WORD];
    jk_block block = {.rows = 1};
    for (size_t i = 0; i < sizeof balances / sizeof balances[0]; i++) {
        const uint64_t key = jk_stratum_key(0, jk_stratum_code(&bands, &block, balances[i].balance, 0, cutoff)) + 1;
        assert_string_equal(jk_stratum_words(&lists[0], key, text), balances[i].words);
    }
    for (size_t i = 0; i < sizeof payments / sizeof payments[0]; i++) {
        int32_t date = JK_MISSING_INTEGER;
        assert_true(payments[i].paid == NULL || jk_date_parse(payments[i].paid, 10, &date));
        block.column[JK_COLUMN_LAST_PAID_ON] = &date;
        const uint64_t key = jk_stratum_key(0, jk_stratum_code(&paid, &block, 1.0, 0, cutoff)) + 1;
        assert_string_equal(jk_stratum_words(&lists[1], key, text), payments[i].words);
    }
}

/* Five columns of a tape at once: names as they are asked for, and a row's words in that order. */
static void test_columns_of_a_tape(void **state) {
    (void)state;
    static const row rows[] = {{.CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-05-01", .CELL(PRINCIPAL) = "1"},
                               {.CELL(COUNTRY) = "SE",
                                .CELL(WRITTEN_OFF_ON) = "2023-05-01",
                                .CELL(PRINCIPAL) = "1",
                                .CELL(PRODUCT) = "loan",
                                .CELL(LEGAL_STATUS) = "filed",
                                .CELL(LAST_PAID_ON) = "2026-05-01"}};
    static const char *const words[] = {"FI, missing, missing, 2024, never", "SE, loan, filed, 2023, 0-3 months"};
    tape_rows tape = tape_rows_open(rows, 2);
    jk_stratum_list list;
    jk_error error = {0};
    assert_int_equal(
        jk_stratum_read(tape.tape, "country,product,legal_status,vintage,last_payment", false, &list, &error), JK_OK);
    assert_int_equal(list.count, 5);
    assert_true(list.columns == (UINT64_C(1) << JK_COLUMN_COUNTRY | UINT64_C(1) << JK_COLUMN_PRODUCT |
                                 UINT64_C(1) << JK_COLUMN_LEGAL_STATUS | UINT64_C(1) << JK_COLUMN_WRITTEN_OFF_ON |
                                 UINT64_C(1) << JK_COLUMN_LAST_PAID_ON));
    jk_listing_column heads[JK_STRATUM_COLUMNS];
    jk_stratum_put_heads(&list, heads);
    assert_string_equal(heads[0].name, "country");
    assert_string_equal(heads[4].name, "last_payment");
    for (size_t c = 0; c < list.count; c++) {
        assert_true(heads[c].kind == JK_LISTING_TEXT && heads[c].decimals == 0 && heads[c].unit[0] == '\0');
        assert_string_equal(heads[c].head, heads[c].name);
        assert_string_equal(heads[c].meaning, "What is grouped by");
    }
    for (size_t r = 0; r < 2; r++) {
        uint64_t key = 0;
        char text[JK_STRATUM_WORD];
        for (size_t c = 0; c < list.count; c++) {
            const uint32_t code = jk_stratum_code(&list.by[c], &tape.block, 1.0, r, jk_date_from_civil(2026, 6, 30));
            key = jk_stratum_key(key, code);
        }
        assert_string_equal(jk_stratum_words(&list, key + 1, text), words[r]);
    }
    /* What a valuation alone knows, and balances, are of no column. */
    assert_int_equal(jk_stratum_read(tape.tape, "segment,decision,capacity_class,balance_band", true, &list, &error),
                     JK_OK);
    assert_true(list.count == 4 && list.columns == 0);
    assert_true(list.by[0].source == JK_STRATUM_SEGMENT && list.by[1].source == JK_STRATUM_DECISION &&
                list.by[2].source == JK_STRATUM_CLASS && list.by[3].source == JK_STRATUM_BALANCE);
    static const struct {
        const char *by, *said;
        bool valued;
    } wrong[] = {{"segment", "expected balance_band, vintage, last_payment, or a", false},
                 {"contry", "did you mean country?", false},
                 {"vintag", "did you mean vintage?", false},
                 {"reachabel", "did you mean reachable?", false},
                 {"segmen", "did you mean segment?", true},
                 {"segmen", "expected balance_band, vintage, last_payment, or a", false},
                 {"", "expected balance_band, vintage, last_payment, segment, decision, capacity_class, or", true},
                 {"principal", "cannot be grouped by", true},
                 {"country,country", "'country' is named twice", false},
                 {"country,product,country", "'country' is named twice", false},
                 {"country,product,legal_status,vintage,last_payment,balance_band", "at most 5 columns", false}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        error = (jk_error){0};
        assert_int_equal(jk_stratum_read(tape.tape, wrong[i].by, wrong[i].valued, &list, &error), JK_ERROR_ARGUMENT);
        if (strstr(error.message, wrong[i].said) == NULL) {
            fail_msg("%s: %s", wrong[i].by, error.message);
        }
    }
    tape_rows_close(&tape);
}

/* A column of as many texts as a key's bits can tell apart, and of one more; the last one's word is told, too. */
static void test_most_texts(void **state) {
    (void)state;
    enum { MOST = (1 << JK_STRATUM_BITS) - 2 };
    static row rows[MOST + 1];
    static char names[MOST + 1][8];
    for (size_t i = 0; i <= MOST; i++) {
        (void)snprintf(names[i], sizeof names[i], "p%zu", i);
        rows[i] = (row){.CELL(COUNTRY) = "FI",
                        .CELL(WRITTEN_OFF_ON) = "2024-05-01",
                        .CELL(PRINCIPAL) = "1",
                        .CELL(PRODUCT) = names[i]};
    }
    for (size_t count = MOST; count <= MOST + 1; count++) {
        tape_rows tape = tape_rows_open(rows, count);
        jk_stratum_list list;
        jk_error error = {0};
        const jk_status status = jk_stratum_read(tape.tape, "product", false, &list, &error);
        assert_int_equal(status, count == MOST ? JK_OK : JK_ERROR_ARGUMENT);
        if (status == JK_OK) {
            char text[JK_STRATUM_WORD];
            const uint64_t key = jk_stratum_key(0, jk_stratum_code(&list.by[0], &tape.block, 1.0, MOST - 1, 0)) + 1;
            assert_string_equal(jk_stratum_words(&list, key, text), names[MOST - 1]);
        } else {
            assert_non_null(strstr(error.message, "has 4095 different texts; expected a column of at most 4094"));
        }
        tape_rows_close(&tape);
    }
}

/* Sums by combination, added over tables and put in order: texts by their bytes (c before b on the tape), missing
 * first, levels and bands by code. */
static void test_sums_are_joined_in_order(void **state) {
    (void)state;
    static const char *const texts[] = {"c", "a", "b"};
    jk_stratum_list list = {.count = 2,
                            .by = {{.source = JK_STRATUM_CODES, .name = "product", .words = texts, .word_count = 3},
                                   {.source = JK_STRATUM_VINTAGE, .name = "vintage"}}};
    jk_stratum_table tables[3];
    int64_t wanted[4][2][2] = {0};
    for (size_t t = 0; t < 3; t++) {
        assert_true(jk_stratum_table_init(&tables[t], 2));
    }
    for (uint32_t n = 0; n < 97; n++) {
        const uint32_t text = n * 7 % 4, year = 100 + n / 4 % 2;
        const uint64_t key = jk_stratum_key(jk_stratum_key(0, text), year) + 1;
        int64_t *cells = jk_stratum_cells(&tables[n % 3], key);
        cells[0] += 1;
        cells[1] += n;
        wanted[text == 0 ? 0 : text == 2 ? 1 : text == 3 ? 2 : 3][year - 100][0] += 1;
        wanted[text == 0 ? 0 : text == 2 ? 1 : text == 3 ? 2 : 3][year - 100][1] += n;
    }
    assert_int_equal(jk_stratum_join(&list, tables, 3, NULL, NULL), JK_OK);
    assert_int_equal(tables[0].count, 8);
    static const char *const words[] = {"missing", "a", "b", "c"};
    for (size_t i = 0; i < 8; i++) {
        char text[JK_STRATUM_WORD], told[JK_STRATUM_WORD];
        (void)snprintf(told, sizeof told, "%s, %zu", words[i / 2], 1999 + i % 2);
        assert_string_equal(jk_stratum_words(&list, tables[0].key[i], text), told);
        assert_memory_equal(&tables[0].cell[2 * i], wanted[i / 2][i % 2], sizeof wanted[0][0]);
    }
    for (size_t t = 0; t < 3; t++) {
        jk_stratum_table_free(&tables[t]);
    }
}

/* So many combinations that they stand beside each other: each has its own sums. */
static void test_many_sums(void **state) {
    (void)state;
    enum { CODES = 200, CELLS = 3 };
    jk_stratum_list list = {.count = 2,
                            .by = {{.source = JK_STRATUM_VINTAGE, .name = "vintage"},
                                   {.source = JK_STRATUM_BALANCE, .name = "balance_band"}}};
    jk_stratum_table tables[2];
    for (uint64_t t = 0; t < 2; t++) {
        assert_true(jk_stratum_table_init(&tables[t], CELLS));
        for (uint32_t n = 0; n < CODES * CODES; n++) {
            const uint64_t key = jk_stratum_key(jk_stratum_key(0, n % CODES), n / CODES) + 1;
            int64_t *cells = jk_stratum_cells(&tables[t], key);
            for (uint64_t c = 0; c < CELLS; c++) {
                cells[c] = (int64_t)(key * (c + 1) + t * (3 * key + c));
            }
        }
    }
    assert_int_equal(jk_stratum_join(&list, tables, 2, NULL, NULL), JK_OK);
    assert_int_equal(tables[0].count, CODES * CODES);
    for (size_t i = 0; i < tables[0].count; i++) {
        const uint64_t key = tables[0].key[i];
        assert_true(key == jk_stratum_key(jk_stratum_key(0, (uint32_t)i / CODES), (uint32_t)i % CODES) + 1);
        for (uint64_t c = 0; c < CELLS; c++) {
            assert_true(tables[0].cell[i * CELLS + c] == (int64_t)(2 * key * (c + 1) + 3 * key + c));
        }
    }
    jk_stratum_table_free(&tables[0]);
    jk_stratum_table_free(&tables[1]);
}

/* As many combinations as there may be, and one more; fewer where each has many cells, but never below 256. */
static void test_most_combinations(void **state) {
    (void)state;
    static const size_t cells[][2] = {{1, 65536}, {8, 65536}, {9, 32768}, {16, 32768}, {17, 16384}, {4096, 256}};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        const size_t most = cells[i][1];
        assert_true(jk_stratum_table_bytes(cells[i][0]) == 2 * most * (8 + 8 * cells[i][0]));
        jk_stratum_table tables[2];
        assert_true(jk_stratum_table_init(&tables[0], cells[i][0]) && jk_stratum_table_init(&tables[1], cells[i][0]));
        for (uint64_t key = 1; key <= most; key++) {
            *jk_stratum_cells(&tables[0], key) = (int64_t)key;
        }
        assert_null(jk_stratum_cells(&tables[0], most + 1));
        assert_true(*jk_stratum_cells(&tables[0], 1) == 1 && *jk_stratum_cells(&tables[0], most) == (int64_t)most);
        *jk_stratum_cells(&tables[1], 1000000) = 1;
        jk_stratum_list list = {.count = 1, .by = {{.source = JK_STRATUM_VINTAGE}}};
        const row one = {.CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-05-01", .CELL(PRINCIPAL) = "1"};
        tape_rows tape = tape_rows_open(&one, 1);
        jk_error error = {0};
        assert_int_equal(jk_stratum_join(&list, tables, 2, tape.tape, &error), JK_ERROR_UNSUPPORTED);
        char said[64];
        (void)snprintf(said, sizeof said, "more than %zu combinations", most);
        assert_non_null(strstr(error.message, said));
        tape_rows_close(&tape);
        jk_stratum_table_free(&tables[0]);
        jk_stratum_table_free(&tables[1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vintages),
                                       cmocka_unit_test(test_bands),
                                       cmocka_unit_test(test_columns_of_a_tape),
                                       cmocka_unit_test(test_most_texts),
                                       cmocka_unit_test(test_sums_are_joined_in_order),
                                       cmocka_unit_test(test_many_sums),
                                       cmocka_unit_test(test_most_combinations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
