/* SPDX-License-Identifier: Apache-2.0 */
/* jk_inspect_json: the figures of an inspection as one JSON object, by jansson. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/inspect.h"
#include "jalki/law.h"

static void set_named(json_t *object, const char *name, json_t *value) {
    if (json_object_set(object, name, value) != 0) {
        (void)json_object_set(object, "?", value);
    }
    json_decref(value);
}

static json_t *amounts_json(const jk_inspection *self, const jk_inspect_amounts *amounts) {
    json_t *balance = json_object();
    for (size_t c = 0; c < self->currency_count; c++) {
        set_named(balance, self->currency[c], json_real(amounts->balance[c]));
    }
    return json_pack("{s:I, s:o}", "claims", (json_int_t)amounts->claims, "balance", balance);
}

static json_t *value_json(int item, double value) {
    bool is_date = item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_DATE;
    return is_date ? jk_json_date((int32_t)value) : json_real(value);
}

static json_t *series_json(const jk_inspect_series *series, int item) {
    json_t *out = json_pack("{s:I, s:I}", "given", (json_int_t)series->given, "missing", (json_int_t)series->missing);
    if (series->given == 0) {
        return out;
    }
    const struct {
        const char *name;
        double value;
    } values[] = {{"minimum", series->minimum},     {"p01", series->p01},
                  {"p25", series->quartile[0]},     {"median", series->quartile[1]},
                  {"p75", series->quartile[2]},     {"p99", series->p99},
                  {"maximum", series->maximum},     {"mean", nearbyint(series->mean)},
                  {"fence_low", series->fence_low}, {"fence_high", series->fence_high}};
    for (size_t i = 0; i < sizeof values / sizeof values[0] - (series->has_fences ? 0 : 2); i++) {
        bool is_mean = strcmp(values[i].name, "mean") == 0;
        bool is_date = item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_DATE;
        jk_json_set(out, values[i].name,
                    is_mean && !is_date ? json_real(series->mean) : value_json(item, values[i].value));
    }
    jk_json_set(out, "below_fences", json_integer((json_int_t)series->below));
    jk_json_set(out, "above_fences", json_integer((json_int_t)series->above));
    return out;
}

static json_t *numbers_json(const jk_inspection *self, size_t group) {
    json_t *out = json_object();
    for (size_t place = 0; place <= self->column_count; place++) {
        const int item = jk_inspect_item(self, place);
        if (!jk_inspect_is_numeric(item)) {
            continue;
        }
        json_t *one = NULL;
        if (jk_inspect_is_money(item)) {
            one = json_object();
            for (size_t c = 0; c < self->currency_count; c++) {
                set_named(one, self->currency[c], series_json(jk_inspect_series_of(self, group, item, c), item));
            }
        } else {
            one = series_json(jk_inspect_series_of(self, group, item, 0), item);
        }
        jk_json_set(out, jk_inspect_item_name(self, item), one);
    }
    return out;
}

static json_t *columns_json(const jk_inspection *self) {
    json_t *out = json_object();
    for (size_t k = 0; k < self->column_count; k++) {
        const int c = (int)self->column[k];
        const jk_inspect_column *column = &self->columns[c];
        json_t *one = json_pack("{s:I, s:I, s:b}", "given", (json_int_t)column->given, "missing",
                                (json_int_t)column->missing, "constant", column->is_constant);
        if (column->level_count > 0) {
            json_t *levels = json_object();
            for (size_t i = 0; i < column->level_count; i++) {
                set_named(levels, column->levels[i].name, amounts_json(self, &column->levels[i].amounts));
            }
            jk_json_set(one, "distinct", json_integer((json_int_t)column->distinct));
            jk_json_set(one, "levels", levels);
        }
        jk_json_set(out, jk_inspect_item_name(self, c), one);
    }
    return out;
}

static json_t *checks_json(const jk_inspection *self, const jk_inspect_group *group) {
    json_t *out = json_object();
    for (size_t k = 0; k < self->check_count; k++) {
        jk_json_set(out, group->checks[k].name, amounts_json(self, &group->checks[k].amounts));
    }
    return out;
}

static json_t *bands_json(const jk_inspection *self) {
    json_t *ages = json_object(), *debtors = json_object();
    for (size_t i = 0; i < self->age_count; i++) {
        jk_json_set(ages, self->ages[i].name, amounts_json(self, &self->ages[i].amounts));
    }
    for (size_t i = 0; i < self->debtor_band_count; i++) {
        const jk_inspect_band *band = &self->debtor_bands[i];
        jk_json_set(
            debtors, band->name,
            json_pack("{s:I, s:I}", "debtors", (json_int_t)band->debtors, "claims", (json_int_t)band->amounts.claims));
    }
    return json_pack("{s:o, s:o}", "age_since_write_off", ages, "claims_per_debtor", debtors);
}

/* By currency; what the largest percent of claims hold has a name of its own in the contract. */
static json_t *currencies_json(jk_json_builder *b, const jk_inspection *self) {
    const jk_listing rows = jk_inspect_currencies_listing(self), largest = jk_inspect_largest_listing(self);
    json_t *out = json_object();
    for (size_t c = 0, place = 0; c < self->currency_count; c++) {
        json_t *one = jk_listing_row_json(b, &rows, c), *top = json_array();
        for (size_t i = 0; i < self->top_count[c]; i++) {
            json_t *claim = jk_listing_row_json(b, &largest, place++);
            (void)json_object_del(claim, "currency");
            (void)json_object_del(claim, "rank");
            jk_json_append(b, top, claim);
        }
        (void)json_object_del(one, "currency");
        jk_json_put(b, one, "share_of_largest_percent", json_incref(json_object_get(one, "top_percent_share")));
        (void)json_object_del(one, "top_percent_share");
        jk_json_put(b, one, "largest", top);
        set_named(out, self->currency[c], one);
    }
    return out;
}

static json_t *groups_json(const jk_inspection *self) {
    json_t *out = json_array();
    for (size_t g = 1; g < self->group_count; g++) {
        jk_json_add(out, json_pack("{s:o, s:o, s:o, s:o}", "group", jk_json_string(self->groups[g].name), "amounts",
                                   amounts_json(self, &self->groups[g].amounts), "patterns",
                                   checks_json(self, &self->groups[g]), "numbers", numbers_json(self, g)));
    }
    return out;
}

char *jk_inspect_json(const jk_tape *tape, const jk_inspection *self) {
    jk_json_builder b = {0};
    json_t *out = json_pack("{s:o, s:o, s:s, s:I, s:I}", "tape", jk_json_string(jk_tape_path(tape)), "source",
                            jk_json_string(jk_tape_attribute(tape, "source_name")), "sha256", jk_tape_sha256(tape),
                            "claims", (json_int_t)self->rows, "debtors", (json_int_t)self->debtors);
    jk_json_set(out, "cutoff", jk_json_date(self->cutoff));
    if (self->told != NULL) {
        jk_rate_used used[JK_RATES_TOLD];
        size_t count = jk_rates_used(tape, self->told, used, JK_RATES_TOLD);
        json_t *rates = json_object();
        for (size_t i = 0; i < count; i++) {
            jk_json_set(rates, used[i].currency, jk_json_number(used[i].rate));
        }
        jk_json_set(out, "currency", json_string(self->told->base_currency));
        jk_json_set(out, "exchange_rates", rates);
    }
    jk_json_set(out, "claims_in_other_currencies", json_integer((json_int_t)self->other_currency_claims));
    jk_json_set(out, "currencies", currencies_json(&b, self));
    jk_json_set(out, "columns", columns_json(self));
    jk_json_set(out, "numbers", numbers_json(self, 0));
    jk_json_set(out, "bands", bands_json(self));
    jk_json_set(out, "patterns", checks_json(self, &self->groups[0]));
    jk_json_set(out, "groups", groups_json(self));
    if (self->combinations != NULL) {
        jk_listing rows = jk_inspect_combinations_listing(self);
        jk_json_put(&b, out, "combinations", jk_listing_json(&b, &rows));
    }
    jk_json_put(&b, out, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
