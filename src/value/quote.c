/* SPDX-License-Identifier: Apache-2.0 */
/* The trade's figures of an offer, formulas in jalki/value.h; here they are only set out. */
#include "value/quote.h"

#include <stdio.h>

void jk_quote_fill(const jk_offer *offer, jk_cell *cells) {
    cells[JK_QUOTE_GROSS_MULTIPLE].number = offer->gross_multiple;
    cells[JK_QUOTE_WAL].number = offer->wal_years;
    cells[JK_QUOTE_GROSS_IRR].number = offer->gross_irr;
    cells[JK_QUOTE_NET_IRR].number = offer->net_irr;
    for (int i = 0; i < JK_NPV_COUNT; i++) {
        cells[JK_QUOTE_NPV + i].number = offer->npv[i];
    }
}

void jk_quote_json(jk_json_builder *b, json_t *object, const jk_offer *offer) {
    json_t *npv = json_object();
    for (int i = 0; i < JK_NPV_COUNT; i++) {
        char months[16];
        (void)snprintf(months, sizeof months, "%d", jk_npv_months[i]);
        jk_json_put(b, npv, months, jk_json_number(offer->npv[i]));
    }
    jk_json_put_numbers(b, object, {"gross_multiple", offer->gross_multiple}, {"wal_years", offer->wal_years},
                        {"gross_irr", offer->gross_irr}, {"net_irr", offer->net_irr});
    jk_json_put(b, object, "npv", npv);
}
