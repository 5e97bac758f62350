/* SPDX-License-Identifier: Apache-2.0 */
#include "law/numbers.h"

#include "law/law_internal.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

uint64_t jk_law_number_columns(jk_derived figure, jk_column column) {
    switch (figure) {
    case JK_DERIVED_BALANCE:
        return BIT(PRINCIPAL) | BIT(INTEREST_ACCRUED) | BIT(FEES) | BIT(CURRENCY) | BIT(COUNTRY);
    case JK_DERIVED_AGE_YEARS:
        return BIT(BIRTH_YEAR) | BIT(DEBTOR_TYPE);
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
        return BIT(WRITTEN_OFF_ON);
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
        return BIT(DEFAULTED_ON) | BIT(WRITTEN_OFF_ON);
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        return BIT(LAST_PAID_ON);
    default:
        break;
    }
    uint64_t columns = UINT64_C(1) << column;
    columns |= column == JK_COLUMN_INTEREST_RATE ? BIT(COUNTRY) | BIT(DEBTOR_TYPE) : 0;
    columns |= column == JK_COLUMN_DEFAULTED_ON ? BIT(WRITTEN_OFF_ON) : 0;
    columns |= column == JK_COLUMN_ORIGINAL_PRINCIPAL ? BIT(PRINCIPAL) : 0;
    columns |= jk_schema_column(column)->type == JK_TYPE_MONEY ? BIT(CURRENCY) : 0;
    return columns;
}

void jk_law_numbers(const jk_law *law, jk_derived figure, jk_column column, const jk_block *block, size_t first,
                    size_t count, double *value) {
    law->numbers->of_figure(law, figure, column, block, first, count, value);
}

void jk_law_months_since(const jk_law *law, jk_column column, const jk_block *block, size_t first, size_t count,
                         double *value) {
    law->numbers->months_since(law, column, block, first, count, value);
}
