/* SPDX-License-Identifier: Apache-2.0 */
/* The generated columns: the same for any way of cutting, consistent within a row, and shaped as docs/generator.md
 * says. */
#include "jalki/generate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "generate/random.h"

enum { ROWS = 200000 };

static jk_block tape; /* seed 1, made once */
static jk_generate_options options;

static int make_tape(void **state) {
    (void)state;
    options = jk_generate_defaults();
    if (jk_generate_block_init(&tape, ROWS, NULL) != JK_OK) {
        return -1;
    }
    jk_generate_rows(&options, 0, ROWS, &tape);
    return 0;
}

static int drop_tape(void **state) {
    (void)state;
    jk_generate_block_reset(&tape);
    return 0;
}

static size_t element_size(int column) {
    bool text = jk_schema_column((jk_column)column)->type == JK_TYPE_TEXT;
    return text ? JK_GENERATE_TEXT_WIDTH : jk_schema_element_size((jk_column)column);
}

static void normal_quantile_agrees_with_erfc(void **state) {
    (void)state;
    for (int i = 0; i < 100000; i++) {
        double p = jk_uniform(jk_philox(3, 1, (uint64_t)i).word[0]);
        p = i % 2 ? p : p * 1e-6;
        double z = jk_normal_quantile(p);
        double back = 0.5 * erfc(-z / sqrt(2.0));
        /* A relative error e of z is one of about z^2 e of the small tail. */
        assert_true(fabs(back - p) <= 1.5e-7 * (1.0 + z * z) * p);
        assert_true(fabs(jk_normal_quantile(1.0 - p) + z) < 1e-5 * (1.0 + fabs(z)) || p < 1e-9);
    }
}

static void any_cut_gives_the_same_rows(void **state) {
    (void)state;
    static const size_t cuts[] = {1, 37, 1000, 4096, 5000, 12289};
    jk_block part;
    assert_int_equal(jk_generate_block_init(&part, 12289, NULL), JK_OK);
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        for (size_t first = c * 1111; first < 20000; first += cuts[c] * (cuts[c] == 1 ? 501 : 1)) {
            jk_generate_rows(&options, first, cuts[c], &part);
            for (int column = 0; column < JK_TAPE_COLUMN_COUNT; column++) {
                size_t size = element_size(column);
                assert_memory_equal(part.column[column], (const char *)tape.column[column] + first * size,
                                    cuts[c] * size);
            }
        }
    }
    jk_generate_block_reset(&part);
}

static void a_late_row_can_be_made_alone(void **state) {
    (void)state;
    jk_block one;
    jk_block many;
    assert_int_equal(jk_generate_block_init(&one, 1, NULL), JK_OK);
    assert_int_equal(jk_generate_block_init(&many, 5000, NULL), JK_OK);
    uint64_t first = JK_GENERATE_ROWS_MAX - 5000;
    jk_generate_rows(&options, first, 5000, &many);
    jk_generate_rows(&options, first + 4999, 1, &one);
    for (int column = 0; column < JK_TAPE_COLUMN_COUNT; column++) {
        size_t size = element_size(column);
        assert_memory_equal(one.column[column], (const char *)many.column[column] + 4999 * size, size);
    }
    assert_memory_equal(JK_BLOCK_TEXT(&one, CLAIM_ID), "C2000000000", 11);
    jk_generate_block_reset(&one);
    jk_generate_block_reset(&many);
}

static void seeds_give_different_tapes(void **state) {
    (void)state;
    jk_block other;
    assert_int_equal(jk_generate_block_init(&other, 4096, NULL), JK_OK);
    jk_generate_options changed = options;
    changed.seed = 2;
    jk_generate_rows(&changed, 0, 4096, &other);
    size_t same = 0;
    for (size_t i = 0; i < 4096; i++) {
        same += JK_BLOCK_MONEY(&tape, PRINCIPAL)[i] == JK_BLOCK_MONEY(&other, PRINCIPAL)[i];
    }
    assert_true(same < 10);
    jk_generate_block_reset(&other);
}

static void debtors_are_numbered_as_they_appear(void **state) {
    (void)state;
    const int32_t *number = JK_BLOCK_INT32(&tape, DEBTOR_INDEX);
    const char *id = JK_BLOCK_TEXT(&tape, DEBTOR_ID);
    int32_t met = 0;
    size_t apart = 0;
    size_t repeated = 0;
    for (size_t i = 0; i < ROWS; i++) {
        assert_in_range(number[i], 0, met);
        char expected[24];
        (void)snprintf(expected, sizeof expected, "D%010d", number[i] + 1);
        assert_memory_equal(id + i * JK_GENERATE_TEXT_WIDTH, expected, JK_GENERATE_TEXT_WIDTH);
        repeated += number[i] < met;
        apart += number[i] < met - 50;
        met += number[i] == met;
    }
    double per_debtor = (double)ROWS / met;
    print_message("claims per debtor %.3f, repeats far from the first claim %.3f\n", per_debtor,
                  (double)apart / (double)repeated);
    assert_true(per_debtor > 1.55 && per_debtor < 1.65);
    assert_true((double)apart / (double)repeated > 0.1 && (double)apart / (double)repeated < 0.5);
}

static bool is_titled(int8_t status) {
    return status == JK_STATUS_TITLE || status == JK_STATUS_ENFORCEMENT || status == JK_STATUS_ENFORCEMENT_INSOLVENT;
}

static void dates_of_a_claim_agree(void **state) {
    (void)state;
    const int32_t *defaulted = JK_BLOCK_INT32(&tape, DEFAULTED_ON);
    const int32_t *written_off = JK_BLOCK_INT32(&tape, WRITTEN_OFF_ON);
    const int32_t *paid = JK_BLOCK_INT32(&tape, LAST_PAID_ON);
    const int32_t *title = JK_BLOCK_INT32(&tape, TITLE_ON);
    const int32_t *birth_year = JK_BLOCK_INT32(&tape, BIRTH_YEAR);
    const int8_t *status = JK_BLOCK_ENUM(&tape, LEGAL_STATUS);
    int32_t oldest = jk_date_add_months(options.cutoff, -181);
    for (size_t i = 0; i < ROWS; i++) {
        assert_in_range(written_off[i], oldest, options.cutoff);
        if (defaulted[i] != JK_MISSING_INTEGER) {
            assert_in_range(defaulted[i], oldest, written_off[i]);
            assert_true(paid[i] == JK_MISSING_INTEGER || paid[i] >= defaulted[i]);
            assert_true(title[i] == JK_MISSING_INTEGER || title[i] > defaulted[i]);
            int32_t year = jk_civil_from_date(defaulted[i]).year;
            assert_true(birth_year[i] == JK_MISSING_INTEGER || year - birth_year[i] >= 17);
        }
        assert_true(paid[i] <= options.cutoff && title[i] <= options.cutoff);
        bool untitled = status[i] == JK_MISSING_ENUM || status[i] == JK_STATUS_NONE || status[i] == JK_STATUS_FILED ||
                        status[i] == JK_STATUS_DISPUTED;
        assert_false(untitled && title[i] != JK_MISSING_INTEGER);
    }
}

static void amounts_of_a_claim_agree(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        int64_t principal = JK_BLOCK_MONEY(&tape, PRINCIPAL)[i];
        int64_t original = JK_BLOCK_MONEY(&tape, ORIGINAL_PRINCIPAL)[i];
        int64_t paid_12 = JK_BLOCK_MONEY(&tape, PAYMENTS_12M)[i];
        int64_t paid_24 = JK_BLOCK_MONEY(&tape, PAYMENTS_24M)[i];
        int32_t last = JK_BLOCK_INT32(&tape, LAST_PAID_ON)[i];
        assert_true(principal > 0 && principal < JK_MONEY_MAX / 100);
        assert_true(original == JK_MISSING_MONEY || original >= principal);
        assert_true(JK_BLOCK_MONEY(&tape, FEES)[i] == JK_MISSING_MONEY || JK_BLOCK_MONEY(&tape, FEES)[i] >= 0);
        assert_true((paid_12 == JK_MISSING_MONEY) == (paid_24 == JK_MISSING_MONEY));
        if (paid_12 != JK_MISSING_MONEY) {
            assert_true(0 <= paid_12 && paid_12 <= paid_24);
            assert_true(paid_12 == 0 || last > options.cutoff - 366);
            assert_true(paid_24 == 0 || last > options.cutoff - 732);
            assert_true(last == JK_MISSING_INTEGER || last < options.cutoff - 364 || paid_12 > 0);
        }
        int64_t instalment = JK_BLOCK_MONEY(&tape, INSTALMENT_MONTHLY)[i];
        if (instalment != JK_MISSING_MONEY) { /* paid in the last month, and each month of the spell */
            assert_true(instalment > 0 && last > options.cutoff - 32);
            double count = (double)paid_12 / (double)instalment, before = (double)paid_24 / (double)instalment;
            assert_true(paid_12 == JK_MISSING_MONEY || (count > 0.99 && count < 12.03));
            assert_true(paid_12 == JK_MISSING_MONEY || fabs(count - round(count)) < 0.02);
            assert_true(paid_12 == JK_MISSING_MONEY || (count < 11.5 ? before < count + 0.02 : before < 24.05));
        }
        int32_t dependants = JK_BLOCK_INT32(&tape, DEPENDANTS)[i];
        assert_true(dependants == JK_MISSING_INTEGER || (dependants >= 0 && dependants <= 20));
        if (JK_BLOCK_ENUM(&tape, DEBTOR_TYPE)[i] == JK_BUSINESS) {
            assert_true(JK_BLOCK_INT32(&tape, BIRTH_YEAR)[i] == JK_MISSING_INTEGER);
            assert_true(JK_BLOCK_MONEY(&tape, INCOME_MONTHLY)[i] == JK_MISSING_MONEY);
        }
    }
}

static void codes_are_known(void **state) {
    (void)state;
    for (int column = 0; column < JK_COLUMN_DEBTOR_INDEX; column++) {
        size_t levels = 0;
        jk_type type = jk_schema_column((jk_column)column)->type;
        if (type == JK_TYPE_ENUM) {
            (void)jk_schema_levels((jk_column)column, &levels);
            for (size_t i = 0; i < ROWS; i++) {
                int8_t code = ((const int8_t *)tape.column[column])[i];
                assert_true(code >= JK_MISSING_ENUM && code < (int)levels);
            }
        } else if (type == JK_TYPE_DICTIONARY) {
            (void)jk_generate_dictionary((jk_column)column, &levels);
            for (size_t i = 0; i < ROWS; i++) {
                int32_t code = ((const int32_t *)tape.column[column])[i];
                assert_true(code >= JK_MISSING_INDEX && code < (int)levels);
            }
        }
    }
}

/* Codes of the generator's own dictionary of countries. */
enum { FI, SE, DK, NO, EE };

static void shares_are_those_argued(void **state) {
    (void)state;
    size_t countries[5] = {0};
    size_t business = 0;
    size_t paid_in_quarter = 0, instalments = 0;
    for (size_t i = 0; i < ROWS; i++) {
        countries[JK_BLOCK_INT32(&tape, COUNTRY)[i]]++;
        business += JK_BLOCK_ENUM(&tape, DEBTOR_TYPE)[i] == JK_BUSINESS;
        paid_in_quarter += JK_BLOCK_INT32(&tape, LAST_PAID_ON)[i] > options.cutoff - 91;
        instalments += JK_BLOCK_MONEY(&tape, INSTALMENT_MONTHLY)[i] != JK_MISSING_MONEY;
    }
    static const double expected[] = {[FI] = 0.29, [SE] = 0.38, [DK] = 0.12, [NO] = 0.16, [EE] = 0.05};
    for (int i = 0; i < 5; i++) {
        assert_true(fabs((double)countries[i] / ROWS - expected[i]) < 0.01);
    }
    assert_true((double)business > ROWS * 0.08 && (double)business < ROWS * 0.15);
    double quarter = (double)paid_in_quarter / ROWS; /* Axactor: 6.7 % of cases with a payment in a quarter */
    print_message("claims with a payment in the last quarter %.4f\n", quarter);
    assert_true(fabs(quarter - 0.067) < 0.007);
    /* four of five of them pay still, and sixty of a hundred sellers' rows say with what */
    assert_true(fabs((double)instalments / ROWS - 0.6 * 0.8 * 0.067) < 0.004);
}

static int64_t known(int64_t amount) {
    return amount == JK_MISSING_MONEY ? 0 : amount;
}

/* Finnish persons: 38 % owe at most 1,000 euro, over 70 % at most 10,000, about 7 % over 50,000. */
static void finnish_debtors_owe_what_is_published(void **state) {
    (void)state;
    double *total = calloc(ROWS, sizeof *total);
    assert_non_null(total);
    for (size_t i = 0; i < ROWS; i++) {
        bool counts = JK_BLOCK_INT32(&tape, COUNTRY)[i] == FI && JK_BLOCK_ENUM(&tape, DEBTOR_TYPE)[i] != JK_BUSINESS &&
                      JK_BLOCK_MONEY(&tape, OTHER_DEBT_ENFORCED)[i] != JK_MISSING_MONEY;
        double *sum = &total[JK_BLOCK_INT32(&tape, DEBTOR_INDEX)[i]];
        if (counts) {
            *sum += *sum == 0.0 ? (double)JK_BLOCK_MONEY(&tape, OTHER_DEBT_ENFORCED)[i] / 100.0 : 0.0;
            *sum += (double)(JK_BLOCK_MONEY(&tape, PRINCIPAL)[i] + known(JK_BLOCK_MONEY(&tape, INTEREST_ACCRUED)[i]) +
                             known(JK_BLOCK_MONEY(&tape, FEES)[i])) /
                    100.0;
        }
    }
    double count = 0.0;
    double at_most_1k = 0.0;
    double at_most_10k = 0.0;
    double over_50k = 0.0;
    for (size_t i = 0; i < ROWS; i++) {
        count += total[i] > 0.0;
        at_most_1k += total[i] > 0.0 && total[i] <= 1000.0;
        at_most_10k += total[i] > 0.0 && total[i] <= 10000.0;
        over_50k += total[i] > 50000.0;
    }
    print_message("FI persons: <= 1,000 %.3f, <= 10,000 %.3f, > 50,000 %.3f\n", at_most_1k / count, at_most_10k / count,
                  over_50k / count);
    assert_true(fabs(at_most_1k / count - 0.38) < 0.03);
    assert_true(at_most_10k / count > 0.70 && at_most_10k / count < 0.80);
    assert_true(fabs(over_50k / count - 0.07) < 0.015);
    free(total);
}

/* Sweden: 86 % of new cases are under 5,000 kronor; 29.6 % of persons with debt at the authority have wages garnished.
 */
static void swedish_debtors_look_as_published(void **state) {
    (void)state;
    double invoices = 0.0;
    double small = 0.0;
    double enforced = 0.0;
    double garnishable = 0.0;
    for (size_t i = 0; i < ROWS; i++) {
        if (JK_BLOCK_INT32(&tape, COUNTRY)[i] != SE || JK_BLOCK_ENUM(&tape, DEBTOR_TYPE)[i] == JK_BUSINESS) {
            continue;
        }
        int64_t original = JK_BLOCK_MONEY(&tape, ORIGINAL_PRINCIPAL)[i];
        bool loan = JK_BLOCK_INT32(&tape, PRODUCT)[i] >= 0 && JK_BLOCK_INT32(&tape, PRODUCT)[i] <= 1;
        if (!loan && original != JK_MISSING_MONEY) {
            invoices += 1.0;
            small += original < 500000;
        }
        int64_t income = JK_BLOCK_MONEY(&tape, INCOME_MONTHLY)[i];
        int64_t housing = JK_BLOCK_MONEY(&tape, HOUSING_COST)[i];
        int32_t dependants = JK_BLOCK_INT32(&tape, DEPENDANTS)[i];
        if (is_titled(JK_BLOCK_ENUM(&tape, LEGAL_STATUS)[i]) && income != JK_MISSING_MONEY &&
            housing != JK_MISSING_MONEY && dependants != JK_MISSING_INTEGER) {
            enforced += 1.0;
            garnishable += income - housing - 609000 - 361600 * (int64_t)dependants > 0;
        }
    }
    print_message("SE: invoices under 5,000 kronor %.3f, garnishable %.3f\n", small / invoices, garnishable / enforced);
    assert_true(fabs(small / invoices - 0.86) < 0.03);
    assert_true(fabs(garnishable / enforced - 0.296) < 0.04);
}

/* Where a letter keeps a claim alive, old untitled claims on a tape are alive; where it does not, few are untitled. */
static void old_untitled_claims_are_alive_or_rare(void **state) {
    (void)state;
    double old[5] = {0};
    double untitled[5] = {0};
    double alive[5] = {0};
    for (size_t i = 0; i < ROWS; i++) {
        int32_t country = JK_BLOCK_INT32(&tape, COUNTRY)[i];
        int8_t status = JK_BLOCK_ENUM(&tape, LEGAL_STATUS)[i];
        int32_t defaulted = JK_BLOCK_INT32(&tape, DEFAULTED_ON)[i];
        if (defaulted == JK_MISSING_INTEGER || defaulted > jk_date_add_months(options.cutoff, -40) ||
            JK_BLOCK_INT32(&tape, PRODUCT)[i] <= 1) {
            continue;
        }
        old[country] += 1.0;
        if (status == JK_MISSING_ENUM || status == JK_STATUS_NONE) {
            untitled[country] += 1.0;
            alive[country] += JK_BLOCK_INT32(&tape, LIMITATION_ON)[i] > options.cutoff;
        }
    }
    assert_true(alive[FI] / untitled[FI] > 0.85 && alive[SE] / untitled[SE] > 0.85);
    assert_true(untitled[DK] / old[DK] < 0.2 && untitled[NO] / old[NO] < 0.2 && untitled[FI] / old[FI] > 0.3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_quantile_agrees_with_erfc),
        cmocka_unit_test(any_cut_gives_the_same_rows),
        cmocka_unit_test(a_late_row_can_be_made_alone),
        cmocka_unit_test(seeds_give_different_tapes),
        cmocka_unit_test(debtors_are_numbered_as_they_appear),
        cmocka_unit_test(dates_of_a_claim_agree),
        cmocka_unit_test(amounts_of_a_claim_agree),
        cmocka_unit_test(codes_are_known),
        cmocka_unit_test(shares_are_those_argued),
        cmocka_unit_test(finnish_debtors_owe_what_is_published),
        cmocka_unit_test(swedish_debtors_look_as_published),
        cmocka_unit_test(old_untitled_claims_are_alive_or_rare),
    };
    return cmocka_run_group_tests(tests, make_tape, drop_tape);
}
