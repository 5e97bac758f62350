/* SPDX-License-Identifier: Apache-2.0 */
/* What falls due as rows: the entries, and their sums by month and week; as JSON and CSV. */
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/language.h"
#include "base/listing.h"
#include "base/output.h"
#include "base/run_record.h"
#include "jalki/calendar.h"
#include "programme/words.h"
#include "value/json_parts.h"

enum { ACT_BY, DUE, CLAIM_ID, DEBTOR_ID, COUNTRY, SEGMENT, BY, DO, COST, STAKE, BALANCE, VALUE, WORDS, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [ACT_BY] = {"act_by", "act by", "", "The day by which to act: lead and post days before it is due", JK_LISTING_TEXT,
                0},
    [DUE] = {"due", "due", "", "The day of the law: it must be done by then", JK_LISTING_TEXT, 0},
    [CLAIM_ID] = {"claim_id", "claim", "", "The claim", JK_LISTING_TEXT, 0},
    [DEBTOR_ID] = {"debtor_id", NULL, "", "Its debtor", JK_LISTING_TEXT, 0},
    [COUNTRY] = {"country", NULL, "", "Country", JK_LISTING_TEXT, 0},
    [SEGMENT] = {"segment", NULL, "", "Segment of the model", JK_LISTING_TEXT, 0},
    [BY] = {"by", "by", "",
            "By what: letter, filing, acknowledgement, nothing, renewal; or final_bar, plan_end, where nothing is done",
            JK_LISTING_TEXT, 0},
    [DO] = {"do", "do", "", "act, let lapse where it does not pay, or know", JK_LISTING_TEXT, 0},
    [COST] = {"cost", "cost", "money", "Of the act: the claim's share of its debtor's", JK_LISTING_NUMBER, 2},
    [STAKE] = {"at_stake", "at stake", "money", "Value that is lost if it is not done, after costs", JK_LISTING_NUMBER,
               2},
    [BALANCE] = {"balance", "balance", "money", "What is owed at the cut-off", JK_LISTING_NUMBER, 2},
    [VALUE] = {"value", "worth", "money", "Value of the claim", JK_LISTING_NUMBER, 2},
    [WORDS] = {"words", "", "", "What to do, in words", JK_LISTING_TEXT, 0},
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
    return (jk_listing){.name = "calendar",
                        .columns = columns,
                        .column_count = COLUMNS,
                        .rows = calendar != NULL ? calendar->count : 0,
                        .choice = -1,
                        .source = {calendar, NULL},
                        .cells = due_cells};
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

enum { PERIOD, FROM, TEAM, COUNTS, LAPSE = COUNTS + JK_DUE_COUNT, SUM_COST, SUM_STAKE, SUM_COLUMNS };

static const jk_listing_column sum_columns[SUM_COLUMNS] = {
    [PERIOD] = {"period", NULL, "", "month or week", JK_LISTING_TEXT, 0},
    [FROM] = {"from", "from", "", "Its first day; by the day of acting", JK_LISTING_TEXT, 0},
    [TEAM] = {"team", "team", "", "The team; all where there is none", JK_LISTING_TEXT, 0},
    [COUNTS + JK_DUE_LETTER] = {"letter", "letters", "", "Letters that interrupt limitation", JK_LISTING_COUNT, 0},
    [COUNTS + JK_DUE_FILING] = {"filing", "filings", "", "Claims to be filed, or acknowledged", JK_LISTING_COUNT, 0},
    [COUNTS + JK_DUE_ACKNOWLEDGEMENT] = {"acknowledgement", "acknowledged", "",
                                         "Claims that only a payment or an acknowledgement keeps", JK_LISTING_COUNT, 0},
    [COUNTS + JK_DUE_NOTHING] = {"nothing", "lost", "", "Claims that lapse: nothing is allowed that interrupts",
                                 JK_LISTING_COUNT, 0},
    [COUNTS + JK_DUE_RENEWAL] = {"renewal", "renewals", "", "Titles to renew", JK_LISTING_COUNT, 0},
    [COUNTS + JK_DUE_FINAL] = {"final_bar", "final bars", "", "Claims that end whatever is done", JK_LISTING_COUNT, 0},
    [COUNTS + JK_DUE_PLAN_END] = {"plan_end", "plans end", "", "Payment plans that end", JK_LISTING_COUNT, 0},
    [LAPSE] = {"let_lapse", "let lapse", "", "Acts among these that do not pay", JK_LISTING_COUNT, 0},
    [SUM_COST] = {"cost", "cost", "money", "Of the acts that pay", JK_LISTING_NUMBER, 2},
    [SUM_STAKE] = {"at_stake", "at stake", "money", "What they keep", JK_LISTING_NUMBER, 2},
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
    return (jk_listing){.name = "calendar by period",
                        .columns = sum_columns,
                        .column_count = SUM_COLUMNS,
                        .rows = calendar != NULL ? calendar->sum_count : 0,
                        .choice = -1,
                        .source = {calendar, NULL},
                        .cells = sum_cells};
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
    char date[JK_DATE_TEXT];
    list.rows = rows < list.rows ? rows : list.rows;
    json_t *object = jk_json_group(&b, &calendar->total);
    jk_json_put(&b, object, "currency", json_string(calendar->model->base_currency));
    jk_json_put(&b, object, "tape_sha256", jk_json_string(jk_tape_sha256(calendar->tape)));
    jk_json_put(&b, object, "model", jk_json_string(calendar->model->name));
    jk_json_put(&b, object, "model_sha256", json_string(calendar->model->sha256));
    jk_json_put(&b, object, "irr", jk_json_number(calendar->irr));
    jk_json_put(&b, object, "cutoff", json_string(jk_date_format(calendar->cutoff, date)));
    jk_json_put(&b, object, "until", json_string(jk_date_format(calendar->until, date)));
    jk_json_put(&b, object, "lead_days", json_integer(calendar->lead));
    jk_json_put(&b, object, "post_days", json_integer(calendar->post));
    jk_json_put(&b, object, "barred", json_integer((json_int_t)calendar->barred));
    jk_json_put(&b, object, "entries", json_integer((json_int_t)calendar->count));
    jk_json_put(&b, object, "periods", jk_listing_json(&b, &sums));
    json_t *entries = jk_listing_json(&b, &list);
    if (!with_ids) {
        hide_ids(&b, calendar, entries);
    }
    jk_json_put(&b, object, "rows", entries);
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}

static jk_status write_rows(const jk_listing *listing, FILE *out, jk_error *error) {
    jk_cell cells[JK_LISTING_COLUMNS];
    char text[2 * JK_CELL_TEXT + 4];
    for (size_t c = 0; c < listing->column_count; c++) {
        (void)fprintf(out, "%s%s", c > 0 ? "," : "", listing->columns[c].name);
    }
    (void)fputc('\n', out);
    for (size_t row = 0; row < listing->rows; row++) {
        JK_TRY(jk_listing_row(listing, row, cells, error));
        for (size_t c = 0; c < listing->column_count; c++) {
            (void)fputs(c > 0 ? "," : "", out);
            if (listing->columns[c].kind == JK_LISTING_TEXT) {
                char *end = jk_cell_write(text, cells[c].text, strlen(cells[c].text));
                (void)fwrite(text, 1, (size_t)(end - text), out);
            } else if (isfinite(cells[c].number)) {
                (void)fprintf(out, "%.*f", listing->columns[c].decimals, cells[c].number);
            }
        }
        (void)fputc('\n', out); /* failures stay in the stream and are seen at commit */
    }
    return JK_OK;
}

jk_status jk_calendar_write_claims(const jk_calendar *calendar, const char *path, jk_error *error) {
    jk_output output = {.fd = -1};
    jk_listing listing = jk_calendar_listing(calendar);
    JK_TRY(jk_output_open(&output, path, JK_OUTPUT_PERSONAL, error));
    jk_status status = jk_output_stream(&output, error);
    status = status == JK_OK ? write_rows(&listing, output.stream, error) : status;
    status = status == JK_OK ? jk_output_commit(&output, error) : status;
    if (status != JK_OK) {
        jk_output_abort(&output);
    }
    return status;
}
