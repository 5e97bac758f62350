/* SPDX-License-Identifier: Apache-2.0 */
/* The schema table, and docs/columns.md, which is made from it: this test fails where the page differs, and writes it
 * where JALKI_WRITE_DOCS is set. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "jalki/schema.h"

static void test_names_are_found(void **state) {
    (void)state;
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        const char *name = jk_schema_column((jk_column)c)->name;
        assert_int_equal(jk_schema_find(name, strlen(name)), c);
        assert_int_equal(jk_schema_find(name, strlen(name) - 1), -1);
    }
    for (int c = JK_TAPE_COLUMN_COUNT; c < JK_FIXED_COLUMN_COUNT; c++) {
        const char *name = jk_schema_column((jk_column)c)->name;
        assert_int_equal(jk_schema_find(name, strlen(name)), -1);
        assert_int_equal(jk_schema_find_in(JK_KIND_PANEL, name, strlen(name)), c == JK_COLUMN_CLAIM_INDEX ? -1 : c);
        assert_false(jk_schema_required(JK_KIND_TAPE, (jk_column)c));
    }
    assert_int_equal(jk_schema_find_in(JK_KIND_PANEL, "principal", 9), JK_COLUMN_PRINCIPAL);
    assert_int_equal(jk_schema_find_in(JK_KIND_PANEL, "debtor_index", 12), -1);
    assert_int_equal(jk_schema_find("debtor_index", 12), -1);
    assert_int_equal(jk_schema_find("", 0), -1);
}

/* Own columns have places by type, are found by name, and cannot take a name that stands for something else. */
static void test_own_columns(void **state) {
    (void)state;
    jk_extras extras = {0};
    size_t places = 0;
    assert_int_equal(jk_extras_find(&extras, "region"), -1);
    assert_int_equal(jk_extras_add(&extras, JK_TYPE_DICTIONARY, "region", &places), JK_COLUMN_EXTRA_TEXT_1);
    assert_int_equal(jk_extras_add(&extras, JK_TYPE_MONEY, "guarantee", &places), JK_COLUMN_EXTRA_MONEY_1);
    assert_int_equal(jk_extras_add(&extras, JK_TYPE_MONEY, "deposit", &places), JK_COLUMN_EXTRA_MONEY_2);
    assert_int_equal(jk_extras_add(&extras, JK_TYPE_MONEY, "third", &places), JK_COLUMN_EXTRA_MONEY_3);
    assert_int_equal(jk_extras_add(&extras, JK_TYPE_MONEY, "fourth", &places), -1);
    assert_int_equal(places, 3);
    assert_int_equal(jk_extras_add(&extras, JK_TYPE_TEXT, "free", &places), -1);
    assert_int_equal(jk_extras_find(&extras, "deposit"), JK_COLUMN_EXTRA_MONEY_2);
    assert_string_equal(jk_extras_column_name(&extras, JK_KIND_TAPE, JK_COLUMN_EXTRA_MONEY_2), "deposit");
    assert_string_equal(jk_extras_column_name(&extras, JK_KIND_TAPE, JK_COLUMN_FEES), "fees");
    assert_string_equal(jk_extras_column_name(NULL, JK_KIND_PAYMENTS, JK_COLUMN_CASH), "amount");
    assert_null(jk_extra_name_problem("bureau_score2"));
    static const char *const wrong[] = {"",      "2nd",   "_x",           "Region",
                                        "a b",   "a/b",   "cash",         "fees",
                                        "value", "score", "debtor_index", "a234567890123456789012345678901234567890x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_non_null(jk_extra_name_problem(wrong[i]));
    }
    assert_string_equal(jk_extra_type_name(JK_TYPE_TEXT), ""); /* none is of such a type */
    assert_string_equal(jk_extra_type_name(JK_TYPE_ENUM), "");
    assert_int_equal(jk_extra_type("integer"), -1);
    for (int c = JK_FIXED_COLUMN_COUNT; c < JK_COLUMN_COUNT; c++) {
        assert_true(jk_schema_is_extra((jk_column)c) && jk_schema_in_store(JK_KIND_TAPE, (jk_column)c));
        assert_true(jk_schema_in_store(JK_KIND_PANEL, (jk_column)c) && !jk_schema_in_csv(JK_KIND_PANEL, (jk_column)c));
        assert_false(jk_schema_in_store(JK_KIND_PAYMENTS, (jk_column)c));
        assert_int_equal(jk_extra_type(jk_extra_type_name(jk_schema_column((jk_column)c)->type)),
                         jk_schema_column((jk_column)c)->type);
    }
}

static void test_levels(void **state) {
    (void)state;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        size_t count = 0;
        const char *const *levels = jk_schema_levels((jk_column)c, &count);
        assert_int_equal(levels != NULL, jk_schema_column((jk_column)c)->type == JK_TYPE_ENUM);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(jk_schema_level((jk_column)c, levels[i], strlen(levels[i])), i);
        }
    }
    assert_int_equal(jk_schema_level(JK_COLUMN_LEGAL_STATUS, "enforcement", 11), JK_STATUS_ENFORCEMENT);
    assert_int_equal(jk_schema_level(JK_COLUMN_LEGAL_STATUS, "enforcement_insolvent", 21),
                     JK_STATUS_ENFORCEMENT_INSOLVENT);
    assert_int_equal(jk_schema_level(JK_COLUMN_LEGAL_STATUS, "Enforcement", 11), -1);
}

static void test_ranges(void **state) {
    (void)state;
    double low, high;
    jk_schema_range(JK_COLUMN_PRINCIPAL, &low, &high);
    assert_true(low == -1e12 && high == 1e12);
    jk_schema_range(JK_COLUMN_PAYMENTS_12M, &low, &high);
    assert_true(low == 0.0 && high == 1e12);
    jk_schema_range(JK_COLUMN_DEPENDANTS, &low, &high);
    assert_true(low == 0.0 && high == 20.0);
    jk_schema_range(JK_COLUMN_VULNERABLE, &low, &high);
    assert_true(low == 0.0 && high == 1.0);
    jk_schema_range(JK_COLUMN_TITLE_ON, &low, &high);
    assert_true(low == jk_date_from_civil(1, 1, 1) && high == jk_date_from_civil(9999, 12, 31));
    /* One column of each other quantity. */
    static const struct {
        jk_column column;
        double low, high;
    } others[] = {{JK_COLUMN_CLAIM_ID, 0.0, 0.0},
                  {JK_COLUMN_COUNTRY, 0.0, JK_DICTIONARY_MAX},
                  {JK_COLUMN_INTEREST_RATE, 0.0, 10.0},
                  {JK_COLUMN_PERIOD_MONTHS, 0.0, 1200.0},
                  {JK_COLUMN_EXTRA_NUMBER_8, -1e12, 1e12},
                  {JK_COLUMN_PLACEMENTS, 0.0, 1e6},
                  {JK_COLUMN_BIRTH_YEAR, 1850.0, 9999.0},
                  {JK_COLUMN_DEBTOR_INDEX, 0.0, 2147483647.0},
                  {JK_COLUMN_CLAIM_INDEX, 0.0, 2147483647.0},
                  {JK_COLUMN_LEGAL_STATUS, 0.0, 8.0},
                  {JK_COLUMN_EXIT, 0.0, 5.0},
                  {JK_COLUMN_EXTRA_MONEY_3, -1e12, 1e12}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        jk_schema_range(others[i].column, &low, &high);
        if (low != others[i].low || high != others[i].high) {
            fail_msg("%s: %g to %g", jk_schema_column(others[i].column)->name, low, high);
        }
    }
}

/* What lists beside tapes are of, and which of it must be given. */
static void test_lists(void **state) {
    (void)state;
    static const struct {
        jk_kind kind;
        const char *name;
        int column, required;
    } known[] = {{JK_KIND_PAYMENTS, "claim_id", JK_COLUMN_CLAIM_ID, 1},
                 {JK_KIND_PAYMENTS, "paid_on", JK_COLUMN_PERIOD_START, 1},
                 {JK_KIND_PAYMENTS, "amount", JK_COLUMN_CASH, 1},
                 {JK_KIND_PAYMENTS, "principal", JK_COLUMN_CASH_PRINCIPAL, 0},
                 {JK_KIND_PAYMENTS, "interest", JK_COLUMN_CASH_INTEREST, 0},
                 {JK_KIND_PAYMENTS, "costs", JK_COLUMN_CASH_COSTS, 0},
                 {JK_KIND_ACTIONS, "claim_id", JK_COLUMN_CLAIM_ID, 1},
                 {JK_KIND_ACTIONS, "from_date", JK_COLUMN_PERIOD_START, 1},
                 {JK_KIND_ACTIONS, "treatment", JK_COLUMN_TREATMENT, 1},
                 {JK_KIND_ACTIONS, "debtor_index", -1, 0},
                 {JK_KIND_ACTIONS, "amount", -1, 0},
                 {JK_KIND_PAYMENTS, "cash", -1, 0},
                 {JK_KIND_PAYMENTS, "fees", -1, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(jk_schema_find_in(known[i].kind, known[i].name, strlen(known[i].name)), known[i].column);
        if (known[i].column >= 0) {
            const jk_column column = (jk_column)known[i].column;
            assert_string_equal(jk_schema_name(known[i].kind, column), known[i].name);
            assert_int_equal(jk_schema_required(known[i].kind, column), known[i].required);
        }
    }
    int stored[2] = {0, 0};
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        stored[0] += jk_schema_in_store(JK_KIND_PAYMENTS, (jk_column)c);
        stored[1] += jk_schema_in_store(JK_KIND_ACTIONS, (jk_column)c);
        assert_int_equal(jk_schema_in_store(JK_KIND_TAPE, (jk_column)c),
                         c <= JK_COLUMN_DEBTOR_INDEX || c >= JK_COLUMN_EXTRA_NUMBER_1);
        assert_int_equal(jk_schema_in_csv(JK_KIND_TAPE, (jk_column)c), c < JK_COLUMN_DEBTOR_INDEX);
        assert_int_equal(jk_schema_is_extra((jk_column)c), c >= JK_COLUMN_EXTRA_NUMBER_1);
    }
    assert_true(stored[0] == 7 && stored[1] == 4); /* with debtor_index */
    assert_true(jk_schema_required(JK_KIND_PAYMENTS, JK_COLUMN_DEBTOR_INDEX));
    assert_true(jk_schema_required(JK_KIND_PANEL, JK_COLUMN_CASH) &&
                jk_schema_required(JK_KIND_TAPE, JK_COLUMN_COUNTRY));
    assert_false(jk_schema_required(JK_KIND_PANEL, JK_COLUMN_COST));
}

static const char *stored_as(jk_type type) {
    static const char *const names[] = {
        [JK_TYPE_TEXT] = "fixed-length string",
        [JK_TYPE_ENUM] = "HDF5 enumeration, int8",
        [JK_TYPE_DICTIONARY] = "int32 + strings in `/dict/`",
        [JK_TYPE_DATE] = "int32",
        [JK_TYPE_MONEY] = "int64",
        [JK_TYPE_REAL] = "float64",
        [JK_TYPE_INTEGER] = "int32",
    };
    return names[type];
}

static const char *missing_of(const jk_column_info *info) {
    static const char *const names[] = {
        [JK_TYPE_TEXT] = "empty",          [JK_TYPE_ENUM] = "-1",     [JK_TYPE_DICTIONARY] = "-1",
        [JK_TYPE_DATE] = "-2147483648",    [JK_TYPE_MONEY] = "-2^63", [JK_TYPE_REAL] = "NaN",
        [JK_TYPE_INTEGER] = "-2147483648",
    };
    return info->required ? "never" : names[info->type];
}

static void write_columns(FILE *out, int from, int to) {
    for (int c = from; c < to; c++) {
        const jk_column_info *info = jk_schema_column((jk_column)c);
        (void)fprintf(out, "| %s | %s | %s | %s | %s |\n", info->name, stored_as(info->type),
                      jk_schema_unit((jk_column)c), missing_of(info), info->meaning);
    }
}

static void write_page(FILE *out) {
    (void)fputs(
        "# The columns of a tape\n\n"
        "Made from the table in `include/jalki/schema.h`; `tests/tape/test_schema.c` checks that this page is "
        "in step with it\n"
        "and writes it anew where `JALKI_WRITE_DOCS` is set.\n\n"
        "A store (HDF5) holds one data set per column under `/tape`. Columns that no row gives are not there "
        "at all. Every\n"
        "data set has the attributes `meaning`, `unit` and `missing_value`; the root group says where the tape "
        "came from.\n"
        "\"Stored as missing: never\" means that import rejects a row without the value. What a row does not give "
        "stays\n"
        "missing: the defaults named below (`missing: 0`) serve law and money; a characteristic of the scorecard, a\n"
        "tree and a table see that it is not known.\n\n"
        "| column | stored as | unit | stored as missing | meaning |\n|---|---|---|---|---|\n",
        out);
    write_columns(out, 0, JK_TAPE_COLUMN_COUNT);
    (void)fputs("\n## Columns of a panel\n\n"
                "A panel ([panel.md](panel.md)) holds one row per claim and period, with all columns above as at the "
                "period's start and these.\n"
                "A tape cannot have them: import without `--panel` does not take them.\n\n"
                "| column | stored as | unit | stored as missing | meaning |\n|---|---|---|---|---|\n",
                out);
    write_columns(out, JK_TAPE_COLUMN_COUNT, JK_FIXED_COLUMN_COUNT);
    (void)fputs(
        "\n## Own columns\n\n"
        "A mapping may add columns under names of its own ([mapping-file.md](mapping-file.md)); they stand under "
        "`/tape/extra`, their texts under\n"
        "`/dict/extra`. A tape or panel has room for so many of each type:\n\n"
        "| type | at most | stored as | unit | stored as missing | bounds |\n|---|---|---|---|---|---|\n",
        out);
    static const jk_type own[] = {JK_TYPE_REAL, JK_TYPE_DICTIONARY, JK_TYPE_DATE, JK_TYPE_MONEY};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        int first = 0;
        size_t places = 0;
        for (int c = JK_COLUMN_COUNT - 1; c >= JK_FIXED_COLUMN_COUNT; c--) {
            bool of_type = jk_schema_column((jk_column)c)->type == own[i];
            first = of_type ? c : first;
            places += of_type;
        }
        double low, high, scale = own[i] == JK_TYPE_MONEY ? 100.0 : 1.0;
        jk_schema_range((jk_column)first, &low, &high);
        (void)fprintf(out, "| %s | %zu | %s | %s | %s | ", jk_extra_type_name(own[i]), places, stored_as(own[i]),
                      jk_schema_unit((jk_column)first), missing_of(jk_schema_column((jk_column)first)));
        (void)fprintf(out, own[i] == JK_TYPE_REAL || own[i] == JK_TYPE_MONEY ? "%.0f to %.0f |\n" : "|\n", low / scale,
                      high / scale);
    }
    (void)fputs("\n## Codes\n\n| column | codes |\n|---|---|\n", out);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        size_t count = 0;
        const char *const *levels = jk_schema_levels((jk_column)c, &count);
        for (size_t i = 0; i < count; i++) {
            (void)fprintf(out, i == 0 ? "| %s | %s%zu %s" : "%.0s%s%zu %s", jk_schema_column((jk_column)c)->name,
                          i == 0 ? "" : ", ", i, levels[i]);
        }
        (void)fputs(count > 0 ? " |\n" : "", out);
    }
    (void)fputs("\n## Bounds\n\n"
                "A value outside its bounds is rejected by import (which takes no birth year before 1850), and a store "
                "that holds one is refused when it is "
                "read. Money is in\n"
                "whole currency units here; dates run from 0001-01-01 to 9999-12-31.\n\n| column | least | most "
                "|\n|---|---|---|\n",
                out);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_column_info *info = jk_schema_column((jk_column)c);
        if (!jk_schema_in_csv(JK_KIND_PANEL, (jk_column)c)) {
            continue;
        }
        double low, high, scale = info->type == JK_TYPE_MONEY ? 100.0 : 1.0;
        jk_schema_range((jk_column)c, &low, &high);
        if (info->type == JK_TYPE_MONEY || info->type == JK_TYPE_REAL || info->type == JK_TYPE_INTEGER) {
            (void)fprintf(out, "| %s | %.0f | %.0f |\n", info->name, low / scale, high / scale);
        }
    }
}

static void test_page_is_in_step(void **state) {
    (void)state;
    const char *source = getenv("JALKI_SOURCE");
    char path[1024], *wanted = NULL, *found = NULL;
    size_t size = 0;
    if (source == NULL) {
        print_message("JALKI_SOURCE is not set: docs/columns.md is not compared\n");
        skip();
    }
    (void)snprintf(path, sizeof path, "%s/docs/columns.md", source);
    FILE *page = open_memstream(&wanted, &size);
    write_page(page);
    (void)fclose(page);
    if (getenv("JALKI_WRITE_DOCS") != NULL) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        (void)fputs(wanted, file);
        (void)fclose(file);
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    found = calloc(size + 2, 1);
    (void)fread(found, 1, size + 1, file);
    (void)fclose(file);
    assert_string_equal(found, wanted);
    free(found);
    free(wanted);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_are_found), cmocka_unit_test(test_own_columns),
                                       cmocka_unit_test(test_levels),          cmocka_unit_test(test_ranges),
                                       cmocka_unit_test(test_lists),           cmocka_unit_test(test_page_is_in_step)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
