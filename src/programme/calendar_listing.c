/* SPDX-License-Identifier: Apache-2.0 */
/* What falls due as rows: the entries, and their sums by month and week; as JSON and CSV. */
#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/language.h"
#include "base/words/listing.h"
#include "jalki/calendar.h"
#include "programme/words.h"
#include "value/results/json_parts.h"

enum { ACT_BY, DUE, CLAIM_ID, DEBTOR_ID, COUNTRY, SEGMENT, BY, DO, COST, STAKE, BALANCE, VALUE, WORDS, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [ACT_BY] = JK_LISTED_TEXT("act_by", "act by", "The day by which to act: lead and post days before it is due"),
    [DUE] = JK_LISTED_TEXT("due", "due", "The day of the law: it must be done by then"),
    [CLAIM_ID] = JK_LISTED_TEXT("claim_id", "claim", "The claim"),
    [DEBTOR_ID] = JK_LISTED_TEXT("debtor_id", NULL, "Its debtor"),
    [COUNTRY] = JK_LISTED_TEXT("country", NULL, "Country"),
    [SEGMENT] = JK_LISTED_TEXT("segment", NULL, "Segment of the model"),
    [BY] = JK_LISTED_TEXT(
        "by", "by",
        "By what: letter, filing, acknowledgement, nothing, renewal; or final_bar, plan_end, where nothing is done"),
    [DO] = JK_LISTED_TEXT("do", "do", "act, let lapse where it does not pay, or know"),
    [COST] = JK_LISTED_MONEY("cost", "cost", "Of the act: the claim's share of its debtor's"),
    [STAKE] = JK_LISTED_MONEY("at_stake", "at stake", "Value that is lost if it is not done, after costs"),
    [BALANCE] = JK_LISTED_MONEY("balance", "balance", "What is owed at the cut-off"),
    [VALUE] = JK_LISTED_MONEY("value", "worth", "Value of the claim"),
    [WORDS] = JK_LISTED_TEXT("words", "", "What to do, in words"),
};

static const char *what_to_do(const jk_due *due) {
    return due->kind > JK_DUE_RENEWAL ? "know" : due->pays ? "act" : "let lapse";
}

static jk_status due_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_calendar *calendar = listing->source[0];
    const jk_due *due = &calendar->due[i];
    size_t count = 0;
    const char *const *country = jk_tape_dictionary(calendar->tape, JK_COLUMN_COUNTRY, &count);
    char id[JK_TEXT_MAX + 1] = "", debtor[JK_TEXT_MAX + 1] = "", date[JK_TEXT_DATE];
    JK_TRY(jk_tape_read(calendar->tape, JK_COLUMN_CLAIM_ID, due->row, 1, id, error));
    JK_TRY(jk_tape_read(calendar->tape, JK_COLUMN_DEBTOR_ID, due->row, 1, debtor, error));
    jk_cell_set(&cells[ACT_BY], jk_text_date(due->act_by, date));
    jk_cell_set(&cells[DUE], jk_text_date(due->on, date));
    jk_cell_set(&cells[CLAIM_ID], id);
    jk_cell_set(&cells[DEBTOR_ID], debtor);
    jk_cell_set(&cells[COUNTRY], due->country < count ? country[due->country] : "");
    jk_cell_set(&cells[SEGMENT], calendar->model->segments[due->segment].id);
    jk_cell_set(&cells[BY], jk_due_name((jk_due_kind)due->kind));
    jk_cell_set(&cells[DO], what_to_do(due));
    jk_cell_set(&cells[WORDS], jk_text(jk_due_words((jk_due_kind)due->kind)));
    cells[COST].number = (double)due->cost;
    cells[STAKE].number = (double)due->stake;
    cells[BALANCE].number = (double)due->balance;
    cells[VALUE].number = (double)due->value;
    return JK_OK;
}

jk_listing jk_calendar_listing(const jk_calendar *calendar) {
    return JK_LISTING_OF("calendar", columns, calendar != NULL ? calendar->count : 0, due_cells, calendar);
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

enum { PERIOD, FROM, TEAM, COUNTS, LAPSE = COUNTS + JK_DUE_COUNT, SUM_COST, SUM_STAKE, SUM_COLUMNS };

static const jk_listing_column sum_columns[SUM_COLUMNS] = {
    [PERIOD] = JK_LISTED_TEXT("period", NULL, "month or week"),
    [FROM] = JK_LISTED_TEXT("from", "from", "Its first day; by the day of acting"),
    [TEAM] = JK_LISTED_TEXT("team", "team", "The team; all where there is none"),
    [COUNTS + JK_DUE_LETTER] = JK_LISTED_COUNT("letter", "letters", "Letters that interrupt limitation"),
    [COUNTS + JK_DUE_FILING] = JK_LISTED_COUNT("filing", "filings", "Claims to be filed, or acknowledged"),
    [COUNTS + JK_DUE_ACKNOWLEDGEMENT] =
        JK_LISTED_COUNT("acknowledgement", "acknowledged", "Claims that only a payment or an acknowledgement keeps"),
    [COUNTS + JK_DUE_NOTHING] =
        JK_LISTED_COUNT("nothing", "lost", "Claims that lapse: nothing is allowed that interrupts"),
    [COUNTS + JK_DUE_RENEWAL] = JK_LISTED_COUNT("renewal", "renewals", "Titles to renew"),
    [COUNTS + JK_DUE_FINAL] = JK_LISTED_COUNT("final_bar", "final bars", "Claims that end whatever is done"),
    [COUNTS + JK_DUE_PLAN_END] = JK_LISTED_COUNT("plan_end", "plans end", "Payment plans that end"),
    [LAPSE] = JK_LISTED_COUNT("let_lapse", "let lapse", "Acts among these that do not pay"),
    [SUM_COST] = JK_LISTED_MONEY("cost", "cost", "Of the acts that pay"),
    [SUM_STAKE] = JK_LISTED_MONEY("at_stake", "at stake", "What they keep"),
};

static jk_status sum_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_calendar *calendar = listing->source[0];
    const jk_due_sum *sum = &calendar->sum[i];
    char date[JK_TEXT_DATE];
    (void)error;
    jk_cell_set(&cells[PERIOD], sum->month ? "month" : "week");
    jk_cell_set(&cells[FROM], jk_text_date(sum->from, date));
    jk_cell_set(&cells[TEAM], sum->team < 0 ? "all" : calendar->teams[sum->team].name);
    for (int k = 0; k < JK_DUE_COUNT; k++) {
        cells[COUNTS + k].number = (double)sum->count[k];
    }
    cells[LAPSE].number = (double)sum->lapse;
    cells[SUM_COST].number = sum->cost;
    cells[SUM_STAKE].number = sum->stake;
    return JK_OK;
}

jk_listing jk_calendar_sums_listing(const jk_calendar *calendar) {
    return JK_LISTING_OF("calendar by period", sum_columns, calendar != NULL ? calendar->sum_count : 0, sum_cells,
                         calendar);
}

/* ---- JSON and CSV ----------------------------------------------------------------------------------------------- */

/* Claims by their rows, and no debtors. */
static void hide_ids(jk_json_builder *b, const jk_calendar *calendar, json_t *rows) {
    for (size_t i = 0; i < json_array_size(rows) && i < calendar->count; i++) {
        json_t *row = json_array_get(rows, i);
        jk_json_put(b, row, "claim_id", jk_json_row_name(calendar->due[i].row));
        jk_json_put(b, row, "debtor_id", json_null());
    }
}

char *jk_calendar_json(const jk_calendar *calendar, size_t rows, int with_ids) {
    jk_json_builder b = {0};
    jk_listing list = jk_calendar_listing(calendar), sums = jk_calendar_sums_listing(calendar);
    list.rows = rows < list.rows ? rows : list.rows;
    json_t *object = jk_json_group(&b, &calendar->total);
    jk_json_put(&b, object, "currency", json_string(calendar->model->base_currency));
    jk_json_put(&b, object, "tape_sha256", jk_json_string(jk_tape_sha256(calendar->tape)));
    jk_json_put(&b, object, "model", jk_json_string(calendar->model->name));
    jk_json_put(&b, object, "model_sha256", json_string(calendar->model->sha256));
    jk_json_put(&b, object, "irr", jk_json_number(calendar->irr));
    jk_json_put(&b, object, "cutoff", jk_json_date(calendar->cutoff));
    jk_json_put(&b, object, "until", jk_json_date(calendar->until));
    jk_json_put(&b, object, "lead_days", json_integer(calendar->lead));
    jk_json_put(&b, object, "post_days", json_integer(calendar->post));
    jk_json_put_counts(&b, object, {"barred", calendar->barred}, {"entries", calendar->count});
    jk_json_put(&b, object, "periods", jk_listing_json(&b, &sums));
    json_t *entries = jk_listing_json(&b, &list);
    if (!with_ids) {
        hide_ids(&b, calendar, entries);
    }
    jk_json_put(&b, object, "rows", entries);
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}

jk_status jk_calendar_write_claims(const jk_calendar *calendar, const char *path, jk_error *error) {
    const jk_listing listing = jk_calendar_listing(calendar);
    return jk_listing_write(&listing, path, true, error);
}
