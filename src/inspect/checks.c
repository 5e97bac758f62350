/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/checks.h"

#include <assert.h>

static bool has_date(int32_t date) {
    return date != JK_MISSING_INTEGER;
}

static bool has_money(int64_t amount) {
    return amount != JK_MISSING_MONEY;
}

static bool is_business(const jk_claim_row *row) {
    return row->debtor_type == JK_BUSINESS;
}

static bool implies_title(const jk_claim_row *row) {
    return row->legal_status == JK_STATUS_TITLE || row->legal_status == JK_STATUS_ENFORCEMENT ||
           row->legal_status == JK_STATUS_ENFORCEMENT_INSOLVENT;
}

static bool balance_not_positive(const jk_claim_row *row) {
    return row->balance <= 0;
}

static bool balance_tiny(const jk_claim_row *row) {
    return row->balance > 0 && row->balance < 2000;
}

static bool principal_round(const jk_claim_row *row) {
    return row->principal > 0 && row->principal % 10000 == 0;
}

static bool principal_above_original(const jk_claim_row *row) {
    return has_money(row->original_principal) && row->principal > row->original_principal;
}

static bool interest_above_principal(const jk_claim_row *row) {
    return jk_money_or_zero(row->interest_accrued) > row->principal && row->principal >= 0;
}

static bool fees_above_principal(const jk_claim_row *row) {
    return jk_money_or_zero(row->fees) > row->principal && row->principal >= 0;
}

static bool rate_above_half(const jk_claim_row *row) {
    return row->interest_rate > 0.5;
}

static bool default_after_write_off(const jk_claim_row *row) {
    return has_date(row->defaulted_on) && row->defaulted_on > row->written_off_on;
}

static bool date_after_cutoff(const jk_claim_row *row) {
    /* A missing date is the smallest number there is. */
    return has_date(row->cutoff) && (row->written_off_on > row->cutoff || row->defaulted_on > row->cutoff ||
                                     row->last_paid_on > row->cutoff || row->title_on > row->cutoff);
}

static bool limitation_before_default(const jk_claim_row *row) {
    return has_date(row->limitation_on) && has_date(row->defaulted_on) && row->limitation_on < row->defaulted_on;
}

static bool limitation_passed(const jk_claim_row *row) {
    return has_date(row->cutoff) && has_date(row->limitation_on) && row->limitation_on <= row->cutoff &&
           !implies_title(row) && !has_date(row->title_on);
}

static bool title_without_date(const jk_claim_row *row) {
    return implies_title(row) && !has_date(row->title_on);
}

static bool title_date_without_status(const jk_claim_row *row) {
    return has_date(row->title_on) && (row->legal_status == JK_STATUS_NONE || row->legal_status == JK_MISSING_ENUM ||
                                       row->legal_status == JK_STATUS_FILED);
}

static bool title_before_default(const jk_claim_row *row) {
    return has_date(row->title_on) && has_date(row->defaulted_on) && row->title_on < row->defaulted_on;
}

static bool payments_12m_above_24m(const jk_claim_row *row) {
    return jk_money_or_zero(row->payments_12m) > jk_money_or_zero(row->payments_24m) && has_money(row->payments_24m);
}

static bool paid_lately_without_payments(const jk_claim_row *row) {
    return has_date(row->cutoff) && has_date(row->last_paid_on) && row->last_paid_on > row->cutoff - 365 &&
           row->last_paid_on <= row->cutoff && row->payments_12m == 0;
}

static bool payments_without_last_paid(const jk_claim_row *row) {
    return has_date(row->cutoff) && jk_money_or_zero(row->payments_12m) > 0 &&
           (!has_date(row->last_paid_on) || row->last_paid_on < row->cutoff - 370);
}

static bool birth_year_implausible(const jk_claim_row *row) {
    return row->birth_year != JK_MISSING_INTEGER && row->cutoff_year != JK_MISSING_INTEGER && !is_business(row) &&
           (row->cutoff_year - row->birth_year < 18 || row->cutoff_year - row->birth_year > 100);
}

static bool business_with_person(const jk_claim_row *row) {
    return is_business(row) && (row->birth_year != JK_MISSING_INTEGER || jk_money_or_zero(row->income_monthly) > 0);
}

static bool income_zero(const jk_claim_row *row) {
    return row->income_monthly == 0;
}

static const jk_claim_check table[] = {
    {"balance_not_positive", "principal, interest and fees add up to zero or less", balance_not_positive},
    {"balance_tiny", "balance below 20.00: less than a letter and a phone call cost", balance_tiny},
    {"principal_round", "principal is a whole multiple of 100.00 (many of them: estimates, not book balances)",
     principal_round},
    {"principal_above_original", "principal is larger than the original principal", principal_above_original},
    {"interest_above_principal", "accrued interest is larger than the principal", interest_above_principal},
    {"fees_above_principal", "fees are larger than the principal", fees_above_principal},
    {"rate_above_half", "interest rate above 50 % a year (a per cent figure taken for a fraction?)", rate_above_half},
    {"default_after_write_off", "defaulted after it was written off", default_after_write_off},
    {"date_after_cutoff", "default, write-off, payment or title dated after the cut-off", date_after_cutoff},
    {"limitation_before_default", "limitation date before the default", limitation_before_default},
    {"limitation_passed", "limitation date on or before the cut-off and no title: probably barred", limitation_passed},
    {"title_without_date", "status says title or enforcement, but no title date", title_without_date},
    {"title_date_without_status", "title date given, but the status is none or filed", title_date_without_status},
    {"title_before_default", "title dated before the default", title_before_default},
    {"payments_12m_above_24m", "payments of 12 months exceed those of 24 months", payments_12m_above_24m},
    {"paid_lately_without_payments", "last payment within a year of the cut-off, but payments_12m is 0",
     paid_lately_without_payments},
    {"payments_without_last_paid", "payments within 12 months, but no last payment date in that time",
     payments_without_last_paid},
    {"birth_year_implausible", "consumer younger than 18 or older than 100 at the cut-off", birth_year_implausible},
    {"business_with_person", "business with a birth year or an income", business_with_person},
    {"income_zero", "income given as 0 (often: unknown)", income_zero},
};

static_assert(sizeof table / sizeof table[0] <= JK_CLAIM_CHECKS_MAX, "room for every check");

const jk_claim_check *jk_claim_checks(size_t *count) {
    *count = sizeof table / sizeof table[0];
    return table;
}
