/* SPDX-License-Identifier: Apache-2.0 */
/* The book as JSON. */
#include <math.h>

#include "base/run_record.h"
#include "jalki/book.h"
#include "value/json_parts.h"

static json_t *row_of(jk_json_builder *b, const jk_account_row *row) {
    json_t *object = json_object();
    jk_json_put(b, object, "first_month", json_integer(row->first));
    jk_json_put(b, object, "last_month", json_integer(row->last));
    const struct {
        const char *key;
        double amount;
    } amounts[] = {{"opening", row->opening},
                   {"interest", row->interest},
                   {"collections", row->collections},
                   {"performance", row->performance},
                   {"revision", row->revision},
                   {"closing", row->closing},
                   {"expected", row->expected},
                   {"cost", row->cost},
                   {"remaining", row->remaining},
                   {"gross_carrying_amount", row->gross},
                   {"allowance_opening", row->allowance_opening},
                   {"impairment", row->impairment},
                   {"unwinding", row->unwinding},
                   {"lapsed", row->lapsed},
                   {"allowance", row->allowance}};
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        jk_json_put(b, object, amounts[i].key, jk_json_number(amounts[i].amount));
    }
    return object;
}

static json_t *rows_of(jk_json_builder *b, const jk_account_row *rows, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        jk_json_append(b, list, row_of(b, &rows[i]));
    }
    return list;
}

char *jk_book_json(const jk_book *book, const char *manifest) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "basis", json_string(jk_book_basis_name(book->basis)));
    jk_json_put(&b, object, "price", jk_json_number(book->price));
    jk_json_put(&b, object, "transaction_costs", jk_json_number(book->transaction_costs));
    jk_json_put(&b, object, "onboarding", jk_json_number(book->onboarding));
    jk_json_put(&b, object, "carrying_amount",
                jk_json_number(book->price + book->transaction_costs + book->onboarding));
    jk_json_put(&b, object, "eir", jk_json_number(book->eir));
    jk_json_put(&b, object, "actual_months", json_integer(book->actual_months));
    jk_json_put(&b, object, "least_carrying_amount", book->least_month > 0 ? jk_json_number(book->least) : json_null());
    jk_json_put(&b, object, "total", row_of(&b, &book->total));
    jk_json_put(&b, object, "years", rows_of(&b, book->year, book->year_count));
    jk_json_put(&b, object, "months", rows_of(&b, book->month, (size_t)book->months));
    jk_json_put(&b, object, "manifest", manifest == NULL ? jk_run_record_manifest(&b) : json_loads(manifest, 0, NULL));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
