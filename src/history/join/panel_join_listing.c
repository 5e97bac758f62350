/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a join, as lines, as rows and as JSON. */
#include <math.h>
#include <string.h>

#include "base/file/run_record.h"
#include "base/number/calendar.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/panel_join.h"

void jk_panel_join_lines(const jk_panel_join_summary *s, jk_panel_join_line lines[JK_PANEL_JOIN_LINES]) {
    const jk_panel_join_line all[JK_PANEL_JOIN_LINES] = {
        {"rows", "rows", s->rows, NULL},
        {"claims", "claims", s->claims, NULL},
        {"debtors", "debtors", s->debtors, NULL},
        {"rows_with_cash", "rows with cash", s->rows_with_cash, NULL},
        {"entered", "claims of later tapes only", s->entered, NULL},
        {"last_only", "  of these, of the last only", s->last_only, NULL},
        {"vanished", "claims that the last tape lacks", s->vanished, NULL},
        {"returned", "gaps: on a later tape again", s->returned, NULL},
        {"payments", "payments read", s->payments.count, &s->payments.amount},
        {"used", "  in a row of the panel", s->used.count, &s->used.amount},
        {"unknown", "  of claims on no tape", s->unknown.count, &s->unknown.amount},
        {"outside", "  on days that no row covers", s->outside.count, &s->outside.amount},
        {"reversals", "  reversals, netted", s->reversals.count, &s->reversals.amount},
        {"reversals_alone", "  reversals of nothing on file", s->reversals_alone.count, &s->reversals_alone.amount},
        {"payments_rejected", "payments rejected", s->payments_rejected, NULL},
        {"actions", "actions read", s->actions, NULL},
        {"actions_unknown", "  of claims on no tape", s->actions_unknown, NULL},
        {"actions_rejected", "actions rejected", s->actions_rejected, NULL},
    };
    memcpy(lines, all, sizeof all);
}

static const char *exit_name(size_t exit) {
    size_t count = 0;
    return jk_schema_levels(JK_COLUMN_EXIT, &count)[exit];
}

enum { ITEM, COUNT, AMOUNT, DAY, COLUMNS };
enum { DAYS = JK_PANEL_JOIN_LINES + JK_PANEL_EXIT_COUNT }; /* the row of the first day, behind all counts */

static const jk_listing_column columns[COLUMNS] = {
    [ITEM] = JK_LISTED_TEXT("item", NULL, "What is counted; exit_ and how claims left; first_start and end"),
    [COUNT] = JK_LISTED_COUNT("count", NULL, "How many"),
    [AMOUNT] = {"amount", NULL, "claims' currencies", "What they amount to", JK_LISTING_NUMBER, 2},
    [DAY] = JK_LISTED_TEXT("day", NULL, "Of first_start and end"),
};

static jk_status line_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_panel_join_summary *summary = listing->source[0];
    jk_panel_join_line lines[JK_PANEL_JOIN_LINES];
    (void)error;
    jk_panel_join_lines(summary, lines);
    if (row < JK_PANEL_JOIN_LINES) {
        jk_cell_set(&cells[ITEM], lines[row].name);
        cells[COUNT].number = (double)lines[row].count;
        cells[AMOUNT].number = lines[row].amount != NULL ? (double)*lines[row].amount / 100.0 : (double)NAN;
    } else if (row < DAYS) {
        (void)snprintf(cells[ITEM].text, sizeof cells[ITEM].text, "exit_%s", exit_name(row - JK_PANEL_JOIN_LINES));
        cells[COUNT].number = (double)summary->exits[row - JK_PANEL_JOIN_LINES];
    } else {
        char day[JK_DATE_TEXT];
        jk_cell_set(&cells[ITEM], row == DAYS ? "first_start" : "end");
        jk_cell_set(&cells[DAY], jk_date_format(row == DAYS ? summary->first_start : summary->end, day));
    }
    return JK_OK;
}

jk_listing jk_panel_join_listing(const jk_panel_join_summary *summary) {
    return JK_LISTING_OF("panel", columns, summary == NULL ? 0 : DAYS + 2, line_cells, summary);
}

char *jk_panel_join_json(const jk_panel_join_summary *summary) {
    jk_panel_join_line lines[JK_PANEL_JOIN_LINES];
    json_t *object = json_object();
    json_t *exits = json_object();
    jk_panel_join_lines(summary, lines);
    jk_json_set(object, "first_start", jk_json_date(summary->first_start));
    jk_json_set(object, "end", jk_json_date(summary->end));
    for (size_t i = 0; i < JK_PANEL_JOIN_LINES; i++) {
        json_t *count = json_integer((json_int_t)lines[i].count);
        jk_json_set(object, lines[i].name,
                    lines[i].amount == NULL
                        ? count
                        : json_pack("{s:o, s:f}", "count", count, "amount", (double)*lines[i].amount / 100.0));
    }
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        jk_json_set(exits, exit_name(e), json_integer((json_int_t)summary->exits[e]));
    }
    jk_json_set(object, "exits", exits);
    jk_json_builder b = {0};
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2));
}
