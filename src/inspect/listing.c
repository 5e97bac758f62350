/* SPDX-License-Identifier: Apache-2.0 */
/* What an inspection found, as rows with their columns described: the columns of the tape, the spread of its numbers,
 * patterns and ages. Amounts of different currencies stand in rows of their own. */
#include <math.h>

#include "base/number/calendar.h"
#include "base/words/listing.h"
#include "jalki/inspect.h"

/* ---- currencies ------------------------------------------------------------------------------------------------ */

enum { B_CURRENCY, B_CLAIMS, B_BALANCE, B_PRINCIPAL, B_INTEREST, B_FEES, B_MEAN, B_MEDIAN, B_MOST, B_TOP, B_COLUMNS };

#define OWED(name, head, meaning)                                                                                      \
    { name, head, "its currency", meaning, JK_LISTING_NUMBER, 2 }
static const jk_listing_column currency_columns[B_COLUMNS] = {
    [B_CURRENCY] = JK_LISTED_TEXT("currency", "currency", "Currency of the amounts, those of most claims first"),
    [B_CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims in it"),
    [B_BALANCE] = OWED("balance", "balance", "What they owe, in it"),
    [B_PRINCIPAL] = OWED("principal", "principal", "Of it principal"),
    [B_INTEREST] = OWED("interest", "interest", "Accrued interest"),
    [B_FEES] = OWED("fees", "fees", "Fees"),
    [B_MEAN] = OWED("mean", "mean", "Of a claim's balance"),
    [B_MEDIAN] = OWED("median", "median", "Half of the claims owe less"),
    [B_MOST] = OWED("maximum", "largest", "The largest balance"),
    [B_TOP] = {"top_percent_share", "in the top 1 %", "", "Part of the balance that the largest 1 % of claims owe",
               JK_LISTING_NUMBER, -1}};

static jk_status currency_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_inspection *in = listing->source[0];
    const jk_inspect_series *balance = jk_inspect_series_of(in, 0, JK_INSPECT_BALANCE, row);
    (void)error;
    jk_cell_set(&cells[B_CURRENCY], in->currency[row]);
    cells[B_CLAIMS].number = (double)in->groups[0].currency_claims[row];
    cells[B_BALANCE].number = in->groups[0].amounts.balance[row];
    cells[B_PRINCIPAL].number = in->principal[row];
    cells[B_INTEREST].number = in->interest[row];
    cells[B_FEES].number = in->fees[row];
    cells[B_MEAN].number = balance->mean;
    cells[B_MEDIAN].number = balance->quartile[1];
    cells[B_MOST].number = balance->maximum;
    cells[B_TOP].number = in->top_percent_share[row];
    return JK_OK;
}

jk_listing jk_inspect_currencies_listing(const jk_inspection *inspection) {
    return JK_LISTING_OF("inspect currencies", currency_columns, inspection == NULL ? 0 : inspection->currency_count,
                         currency_cells, inspection);
}

enum { L_CURRENCY, L_RANK, L_CLAIM, L_BALANCE, L_COLUMNS };

static const jk_listing_column largest_columns[L_COLUMNS] = {
    [L_CURRENCY] = JK_LISTED_TEXT("currency", "currency", "Of the balance"),
    [L_RANK] = JK_LISTED_COUNT("rank", "rank", "Among the claims in the currency, from 1"),
    [L_CLAIM] = JK_LISTED_TEXT("claim_id", "claim", "The claim"),
    [L_BALANCE] = OWED("balance", "balance", "What it owes")};
#undef OWED

static jk_status largest_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_inspection *in = listing->source[0];
    size_t c = 0;
    (void)error;
    for (; row >= in->top_count[c]; c++) {
        row -= in->top_count[c];
    }
    jk_cell_set(&cells[L_CURRENCY], in->currency[c]);
    cells[L_RANK].number = (double)(row + 1);
    jk_cell_set(&cells[L_CLAIM], in->top[c][row].claim_id);
    cells[L_BALANCE].number = in->top[c][row].balance;
    return JK_OK;
}

jk_listing jk_inspect_largest_listing(const jk_inspection *inspection) {
    size_t rows = 0;
    for (size_t c = 0; inspection != NULL && c < inspection->currency_count; c++) {
        rows += inspection->top_count[c];
    }
    return JK_LISTING_OF("inspect largest claims", largest_columns, rows, largest_cells, inspection);
}

/* ---- columns of the tape -------------------------------------------------------------------------------------- */

enum { C_NAME, C_GIVEN, C_MISSING, C_SHARE, C_DISTINCT, C_COLUMNS };

static const jk_listing_column tape_columns[C_COLUMNS] = {
    JK_LISTED_TEXT("column", "column", "Column of the tape"),
    JK_LISTED_COUNT("given", "given", "Claims that have it"),
    JK_LISTED_COUNT("missing", "missing", "Claims that lack it"),
    {"missing_share", "missing share", "%", "In per cent of all", JK_LISTING_NUMBER, 4},
    JK_LISTED_COUNT("distinct", "distinct", "Different words or levels, where it has them")};

static jk_status column_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_inspection *in = listing->source[0];
    const jk_inspect_column *column = &in->columns[in->column[row]];
    (void)error;
    jk_cell_set(&cells[C_NAME], jk_inspect_item_name(in, (int)in->column[row]));
    cells[C_GIVEN].number = (double)column->given;
    cells[C_MISSING].number = (double)column->missing;
    if (in->rows > 0) {
        cells[C_SHARE].number = 100.0 * (double)column->missing / (double)in->rows;
    }
    if (column->level_count > 0) {
        cells[C_DISTINCT].number = (double)column->distinct;
    }
    return JK_OK;
}

jk_listing jk_inspect_columns_listing(const jk_inspection *inspection) {
    return JK_LISTING_OF("inspect columns", tape_columns, inspection == NULL ? 0 : inspection->column_count,
                         column_cells, inspection);
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

enum {
    N_GROUP,
    N_ITEM,
    N_CURRENCY,
    N_GIVEN,
    N_MISSING,
    N_FIRST,
    N_MEAN = N_FIRST + 7,
    N_LOW,
    N_HIGH,
    N_BELOW,
    N_ABOVE,
    N_COLUMNS
};

#define NUMBER(name, meaning)                                                                                          \
    { name, name, "as the item is", meaning, JK_LISTING_FIGURE, 0 }
static const jk_listing_column number_columns[N_COLUMNS] = {
    JK_LISTED_TEXT("group", "group", "all, or the group of --by"),
    JK_LISTED_TEXT("item", "item", "The balance, or a column of the tape"),
    JK_LISTED_TEXT("currency", "currency", "Of amounts"),
    JK_LISTED_COUNT("given", "given", "Claims that have it"),
    JK_LISTED_COUNT("missing", "missing", "Claims that lack it"),
    NUMBER("minimum", "The least"),
    NUMBER("p01", "A hundredth lies below"),
    NUMBER("p25", "A quarter"),
    NUMBER("median", "Half"),
    NUMBER("p75", "Three quarters"),
    NUMBER("p99", "All but a hundredth"),
    NUMBER("maximum", "The greatest"),
    NUMBER("mean", "Arithmetic mean"),
    NUMBER("fence_low", "Below it are outliers"),
    NUMBER("fence_high", "Above it are outliers"),
    JK_LISTED_COUNT("below", "below", "Claims below the fences"),
    JK_LISTED_COUNT("above", "above", "Claims above them")};
#undef NUMBER

/* The items in the order of rows: the balance, then columns of the tape. */
static int item_at(const jk_inspection *in, size_t place) {
    return jk_inspect_item(in, place == 0 ? in->column_count : place - 1);
}

/* How many series of an item a group has: for money one for each currency. */
static size_t series_count(const jk_inspection *in, size_t place) {
    const int item = item_at(in, place);
    return jk_inspect_is_money(item) ? in->currency_count : (size_t)jk_inspect_is_numeric(item);
}

static size_t series_of_group(const jk_inspection *in) {
    size_t count = 0;
    for (size_t place = 0; place <= in->column_count; place++) {
        count += series_count(in, place);
    }
    return count;
}

/* A number of an item as it is written: a day for dates, the nearest where it lies between two. */
static void set_figure(jk_cell *cell, int item, double value) {
    if (item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_DATE) {
        (void)jk_date_format((int32_t)nearbyint(value), cell->text);
    } else {
        jk_cell_set_figure(cell, value, -1);
    }
}

static jk_status number_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_inspection *in = listing->source[0];
    const size_t per_group = series_of_group(in), group = row / per_group;
    size_t place = 0;
    (void)error;
    for (row %= per_group; row >= series_count(in, place); place++) {
        row -= series_count(in, place);
    }
    const int item = item_at(in, place);
    const jk_inspect_series *from = jk_inspect_series_of(in, group, item, row);
    jk_cell_set(&cells[N_GROUP], in->groups[group].name);
    jk_cell_set(&cells[N_ITEM], jk_inspect_item_name(in, item));
    jk_cell_set(&cells[N_CURRENCY], jk_inspect_is_money(item) ? in->currency[row] : "");
    cells[N_GIVEN].number = (double)from->given;
    cells[N_MISSING].number = (double)from->missing;
    if (from->given > 0) {
        const double spread[] = {from->minimum,     from->p01, from->quartile[0], from->quartile[1],
                                 from->quartile[2], from->p99, from->maximum,     from->mean};
        for (size_t i = 0; i < sizeof spread / sizeof spread[0]; i++) {
            set_figure(&cells[N_FIRST + i], item, spread[i]);
        }
    }
    if (from->given > 0 && from->has_fences) {
        set_figure(&cells[N_LOW], item, from->fence_low);
        set_figure(&cells[N_HIGH], item, from->fence_high);
    }
    cells[N_BELOW].number = (double)from->below;
    cells[N_ABOVE].number = (double)from->above;
    return JK_OK;
}

jk_listing jk_inspect_numbers_listing(const jk_inspection *inspection) {
    return JK_LISTING_OF("inspect numbers", number_columns,
                         inspection == NULL ? 0 : inspection->group_count * series_of_group(inspection), number_cells,
                         inspection);
}

/* ---- amounts: groups, patterns, ages, levels; debtors ---------------------------------------------------------- */

enum {
    A_SECTION,
    A_GROUP,
    A_NAME,
    A_CURRENCY,
    A_CLAIMS,
    A_SHARE,
    A_BALANCE,
    A_DEBTORS,
    A_DEBTOR_SHARE,
    A_MEDIAN,
    A_MEANING,
    A_COLUMNS
};

static const jk_listing_column amount_columns[A_COLUMNS] = {
    JK_LISTED_TEXT("section", "section",
                   "group, pattern, age (years since write-off) or claims per debtor; a column of the tape, of levels"),
    JK_LISTED_TEXT("group", "group", "all, or the group of --by"),
    JK_LISTED_TEXT("name", "name", "The pattern, the age, the level"),
    JK_LISTED_TEXT("currency", "currency", "Of the balance"),
    JK_LISTED_COUNT("claims", "claims", "Claims of all currencies"),
    {"share_of_claims", "share", "%", "Those of all, of patterns of the group's", JK_LISTING_NUMBER, 4},
    {"balance", "balance", "its currency", "What those in the currency owe, in it", JK_LISTING_NUMBER, 2},
    JK_LISTED_COUNT("debtors", NULL, "Of claims per debtor: who has so many"),
    {"share_of_debtors", NULL, "%", "Those of all", JK_LISTING_NUMBER, 4},
    JK_LISTED_FIGURE("median_write_off", "date", "Of groups: half of the claims were written off by then"),
    JK_LISTED_TEXT("meaning", NULL, "The pattern in words")};

static double per_cent(uint64_t part, uint64_t whole) {
    return whole > 0 ? 100.0 * (double)part / (double)whole : (double)NAN;
}

static void fill_amounts(const jk_inspection *in, const jk_inspect_amounts *amounts, uint64_t claims, size_t currency,
                         jk_cell *cells) {
    jk_cell_set(&cells[A_CURRENCY], in->currency[currency]);
    cells[A_CLAIMS].number = (double)amounts->claims;
    cells[A_SHARE].number = per_cent(amounts->claims, claims);
    cells[A_BALANCE].number = amounts->balance[currency];
}

static void fill_group(const jk_inspection *in, size_t g, size_t currency, jk_cell *cells) {
    const jk_inspect_series *dates = jk_inspect_series_of(in, g, JK_COLUMN_WRITTEN_OFF_ON, 0);
    jk_cell_set(&cells[A_SECTION], "group");
    if (dates->given > 0) {
        (void)jk_date_format((int32_t)dates->quartile[1], cells[A_MEDIAN].text);
    }
    fill_amounts(in, &in->groups[g].amounts, in->rows, currency, cells);
}

static void fill_check(const jk_inspection *in, const jk_inspect_group *group, size_t check, size_t currency,
                       jk_cell *cells) {
    jk_cell_set(&cells[A_SECTION], "pattern");
    jk_cell_set(&cells[A_NAME], group->checks[check].name);
    jk_cell_set(&cells[A_MEANING], group->checks[check].meaning);
    fill_amounts(in, &group->checks[check].amounts, group->amounts.claims, currency, cells);
}

static void fill_debtors(const jk_inspection *in, const jk_inspect_band *band, jk_cell *cells) {
    jk_cell_set(&cells[A_SECTION], "claims per debtor");
    jk_cell_set(&cells[A_NAME], band->name);
    cells[A_CLAIMS].number = (double)band->amounts.claims;
    cells[A_SHARE].number = per_cent(band->amounts.claims, in->rows);
    cells[A_DEBTORS].number = (double)band->debtors;
    cells[A_DEBTOR_SHARE].number = per_cent(band->debtors, in->debtors);
}

/* Groups with their patterns, then ages, each for every currency; then claims per debtor. */
static jk_status amount_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_inspection *in = listing->source[0];
    const size_t per_group = 1 + in->check_count, groups = in->group_count * per_group;
    const size_t bands = (groups + in->age_count) * in->currency_count; /* none on a tape without claims */
    (void)error;
    jk_cell_set(&cells[A_GROUP], "all");
    if (row >= bands) {
        fill_debtors(in, &in->debtor_bands[row - bands], cells);
        return JK_OK;
    }
    const size_t currency = row % in->currency_count, thing = row / in->currency_count;
    if (thing < groups) {
        const jk_inspect_group *group = &in->groups[thing / per_group];
        jk_cell_set(&cells[A_GROUP], group->name);
        if (thing % per_group == 0) {
            fill_group(in, thing / per_group, currency, cells);
        } else {
            fill_check(in, group, thing % per_group - 1, currency, cells);
        }
    } else {
        const jk_inspect_band *age = &in->ages[thing - groups];
        jk_cell_set(&cells[A_SECTION], "age");
        jk_cell_set(&cells[A_NAME], age->name);
        fill_amounts(in, &age->amounts, in->rows, currency, cells);
    }
    return JK_OK;
}

jk_listing jk_inspect_amounts_listing(const jk_inspection *inspection) {
    size_t rows = 0;
    if (inspection != NULL) {
        rows = inspection->group_count * (1 + inspection->check_count) + inspection->age_count;
        rows = rows * inspection->currency_count + inspection->debtor_band_count;
    }
    return JK_LISTING_OF("inspect amounts", amount_columns, rows, amount_cells, inspection);
}

static jk_status level_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_inspection *in = listing->source[0];
    const jk_inspect_level *level = &in->columns[listing->choice].levels[row / in->currency_count];
    (void)error;
    jk_cell_set(&cells[A_SECTION], jk_inspect_item_name(in, listing->choice));
    jk_cell_set(&cells[A_GROUP], "all");
    jk_cell_set(&cells[A_NAME], level->name);
    fill_amounts(in, &level->amounts, in->rows, row % in->currency_count, cells);
    return JK_OK;
}

jk_listing jk_inspect_levels_listing(const jk_inspection *inspection, jk_column column) {
    const jk_inspect_column *self = &inspection->columns[column];
    jk_listing listing =
        JK_LISTING_OF("inspect amounts", amount_columns,
                      self->given > 0 ? self->level_count * inspection->currency_count : 0, level_cells, inspection);
    listing.choice = (int)column;
    return listing;
}
