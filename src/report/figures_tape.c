/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the tape and what is odd about it: an inspection without its longest lists. */
#include "base/policy.h"
#include "report/figures.h"

enum { LEVELS_SHOWN = 12 };

static void put_amounts(jk_json_builder *b, json_t *object, const jk_inspection *inspection,
                        const jk_inspect_amounts *amounts) {
    json_t *balance = json_array(); /* in the order of the currencies */
    for (size_t c = 0; c < inspection->currency_count; c++) {
        jk_json_append(b, balance, jk_json_number(amounts->balance[c]));
    }
    jk_json_put(b, object, "claims", json_integer((json_int_t)amounts->claims));
    jk_json_put(b, object, "balance", balance);
}

/* What a balance is in the currency that the report is told in. */
static json_t *told(const jk_model *model, const char *currency, double balance) {
    const jk_exchange_rate *rate = jk_model_rate(model, currency);
    rate = rate != NULL ? rate : jk_model_rate(model, model->written_currency); /* of claims that name none */
    return jk_json_number(balance * rate->rate);
}

static json_t *currencies(jk_json_builder *b, const jk_inspection *inspection, const jk_model *model) {
    json_t *list = json_array();
    for (size_t c = 0; c < inspection->currency_count; c++) {
        const jk_inspect_series *balance = jk_inspect_series_of(inspection, 0, JK_INSPECT_BALANCE, c);
        json_t *object = json_object();
        json_t *largest = json_array();
        for (size_t i = 0; i < inspection->top_count[c]; i++) {
            json_t *claim = json_object();
            jk_json_put(b, claim, "claim_id",
                        jk_policy_get()->with_ids ? jk_json_string(inspection->top[c][i].claim_id)
                                                  : jk_json_row_name(inspection->top[c][i].row));
            jk_json_put(b, claim, "balance", jk_json_number(inspection->top[c][i].balance));
            jk_json_append(b, largest, claim);
        }
        jk_json_put(b, object, "currency", jk_json_string(inspection->currency[c]));
        jk_json_put(b, object, "claims", json_integer((json_int_t)inspection->groups[0].currency_claims[c]));
        jk_json_put(b, object, "balance", jk_json_number(inspection->groups[0].amounts.balance[c]));
        jk_json_put(b, object, "balance_told",
                    told(model, inspection->currency[c], inspection->groups[0].amounts.balance[c]));
        jk_json_put_numbers(b, object, {"principal", inspection->principal[c]}, {"interest", inspection->interest[c]},
                            {"fees", inspection->fees[c]}, {"mean", balance->mean}, {"median", balance->quartile[1]});
        jk_json_put(b, object, "largest", largest);
        jk_json_append(b, list, object);
    }
    return list;
}

static json_t *columns(jk_json_builder *b, const jk_inspection *inspection) {
    json_t *list = json_array();
    for (size_t k = 0; k < inspection->column_count; k++) {
        const int c = (int)inspection->column[k];
        const jk_column_info *info = jk_schema_column((jk_column)c);
        json_t *object = json_object();
        jk_json_put(b, object, "name", json_string(jk_inspect_item_name(inspection, c)));
        jk_json_put(b, object, "meaning", json_string(info->meaning));
        jk_json_put_counts(b, object, {"given", inspection->columns[c].given},
                           {"missing", inspection->columns[c].missing});
        jk_json_append(b, list, object);
    }
    return list;
}

static json_t *patterns(jk_json_builder *b, const jk_inspection *inspection) {
    json_t *list = json_array();
    for (size_t k = 0; k < inspection->check_count; k++) {
        const jk_inspect_check *check = &inspection->groups[0].checks[k];
        json_t *object = json_object();
        jk_json_put(b, object, "name", json_string(check->name));
        jk_json_put(b, object, "meaning", json_string(check->meaning));
        put_amounts(b, object, inspection, &check->amounts);
        jk_json_append(b, list, object);
    }
    return list;
}

static json_t *bands(jk_json_builder *b, const jk_inspection *inspection, const jk_inspect_band *band, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();
        jk_json_put(b, object, "name", jk_json_string(band[i].name));
        jk_json_put(b, object, "debtors", json_integer((json_int_t)band[i].debtors));
        put_amounts(b, object, inspection, &band[i].amounts);
        jk_json_append(b, list, object);
    }
    return list;
}

/* Of a tape with many levels the most frequent ones; how many there are is said beside them. */
static json_t *levels(jk_json_builder *b, const jk_inspection *inspection, jk_column column) {
    const jk_inspect_column *self = &inspection->columns[column];
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < self->level_count && i < LEVELS_SHOWN; i++) {
        json_t *level = json_object();
        jk_json_put(b, level, "name", jk_json_string(self->levels[i].name));
        put_amounts(b, level, inspection, &self->levels[i].amounts);
        jk_json_append(b, list, level);
    }
    jk_json_put(b, object, "distinct", json_integer((json_int_t)self->distinct));
    jk_json_put(b, object, "levels", list);
    return object;
}

json_t *jk_figures_tape(jk_json_builder *b, const jk_figures *figures) {
    const jk_inspection *inspection = figures->inspection;
    json_t *object = json_object();
    jk_json_put(b, object, "source", jk_json_string(jk_tape_attribute(figures->tape, "source_name")));
    jk_json_put_counts(b, object, {"claims", inspection->rows}, {"debtors", inspection->debtors},
                       {"largest_debtor_claims", inspection->largest_debtor},
                       {"claims_in_other_currencies", inspection->other_currency_claims});
    jk_json_put(b, object, "currencies", currencies(b, inspection, figures->model));
    jk_json_put(b, object, "columns", columns(b, inspection));
    jk_json_put(b, object, "patterns", patterns(b, inspection));
    jk_json_put(b, object, "ages", bands(b, inspection, inspection->ages, inspection->age_count));
    jk_json_put(b, object, "claims_per_debtor",
                bands(b, inspection, inspection->debtor_bands, inspection->debtor_band_count));
    jk_json_put(b, object, "legal_status", levels(b, inspection, JK_COLUMN_LEGAL_STATUS));
    jk_json_put(b, object, "product", levels(b, inspection, JK_COLUMN_PRODUCT));
    return object;
}
