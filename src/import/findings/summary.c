/* SPDX-License-Identifier: Apache-2.0 */
/* What came of an import, as rows and as JSON. */
#include <math.h>

#include "base/file/run_record.h"
#include "base/policy.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/import.h"

const char *jk_import_shown(const jk_import_rejected *rejected) {
    bool is_id = rejected->column == JK_COLUMN_CLAIM_ID || rejected->column == JK_COLUMN_DEBTOR_ID;
    return is_id && rejected->value[0] != '\0' && !jk_policy_get()->with_ids ? "(an id)" : rejected->value;
}

/* ---- as rows ---------------------------------------------------------------------------------------------------- */

static const jk_listing_column columns[] = {
    JK_LISTED_TEXT("item", NULL,
                   "lines, read, rejected, left_out, debtors; accepted; rejected_ and left_out_ and the reason; "
                   "no_limitation, barred_by_rule; first_written_off, last_written_off, cutoff; of a panel claims, "
                   "cash, rows_with_cash, claim_months, first_start, end, treatment_ and exit_ and which"),
    JK_LISTED_TEXT("currency", NULL, "Of the balance; empty where amounts are not told by currency"),
    JK_LISTED_FIGURE("rows", "", "Rows, or claims, of that kind; months of claim_months"),
    {"balance", NULL, "the currency", "What they amount to", JK_LISTING_NUMBER, 2},
    JK_LISTED_TEXT("day", NULL, "Of first_written_off, last_written_off, cutoff, first_start and end"),
};
static const jk_listing no_rows = {
    .name = "import", .columns = columns, .column_count = sizeof columns / sizeof columns[0]};

static void list_figure(jk_listed *listed, const char *item, double figure) {
    jk_listed_texts(listed, item, "");
    jk_listed_figure(listed, figure, -15);
    jk_listed_number(listed, (double)NAN);
    jk_listed_texts(listed, "");
}

static void list_count(jk_listed *listed, const char *item, uint64_t rows) {
    list_figure(listed, item, (double)rows);
}

static void list_day(jk_listed *listed, const char *item, int32_t day) {
    if (day != JK_MISSING_INTEGER) {
        jk_listed_texts(listed, item, "", ""); /* no rows */
        jk_listed_number(listed, (double)NAN);
        jk_listed_date(listed, day);
    }
}

static void list_sums(jk_listed *listed, const char *item, const jk_import_sums *sums) {
    for (size_t i = 0; i < sums->count; i++) {
        jk_listed_texts(listed, item, sums->sums[i].currency);
        jk_listed_figure(listed, (double)sums->sums[i].claims, 0);
        jk_listed_number(listed, (double)sums->sums[i].balance / 100.0);
        jk_listed_texts(listed, "");
    }
}

/* Rows of a kind and a reason, and what they amount to. */
static void list_reason(jk_listed *listed, const char *kind, const char *reason, const jk_import_rejected *of) {
    char item[64];
    if (of->rows > 0) {
        (void)snprintf(item, sizeof item, "%s_%s", kind, reason);
        list_count(listed, item, of->rows);
        list_sums(listed, item, &of->balance);
    }
}

static void list_levels(jk_listed *listed, const char *kind, jk_column column, const uint64_t *counts, size_t count) {
    size_t levels = 0;
    for (size_t i = 0; i < count; i++) {
        char item[64];
        (void)snprintf(item, sizeof item, "%s_%s", kind, jk_schema_levels(column, &levels)[i]);
        list_count(listed, item, counts[i]);
    }
}

static void list_panel(jk_listed *listed, const jk_import_summary *summary) {
    const jk_import_panel *panel = &summary->panel;
    list_count(listed, "claims", summary->claims);
    list_sums(listed, "cash", &panel->cash);
    list_count(listed, "rows_with_cash", panel->rows_with_cash);
    list_figure(listed, "claim_months", panel->claim_months);
    list_day(listed, "first_start", panel->rows > 0 ? panel->first_start : JK_MISSING_INTEGER);
    list_day(listed, "end", panel->rows > 0 ? panel->end : JK_MISSING_INTEGER);
    list_levels(listed, "treatment", JK_COLUMN_TREATMENT, panel->treatment_rows,
                sizeof panel->treatment_rows / sizeof *panel->treatment_rows);
    list_levels(listed, "exit", JK_COLUMN_EXIT, panel->exits, JK_PANEL_EXIT_COUNT);
}

jk_listed *jk_import_rows(const jk_import_summary *summary) {
    jk_listed *listed = jk_listed_create(&no_rows);
    list_count(listed, "lines", summary->lines);
    list_count(listed, "read", summary->rows_read);
    list_count(listed, "rejected", summary->rows_rejected);
    list_count(listed, "left_out", summary->rows_left_out);
    list_count(listed, "debtors", summary->debtors);
    list_sums(listed, "accepted", &summary->accepted);
    if (summary->kind == JK_KIND_PANEL) {
        list_panel(listed, summary);
    }
    for (int i = 0; i < JK_REJECT_REASON_COUNT; i++) {
        list_reason(listed, "rejected", jk_reject_code((jk_reject_reason)i), &summary->rejected[i]);
    }
    for (int i = 0; i < JK_LEFT_OUT_COUNT; i++) {
        list_reason(listed, "left_out", jk_left_out_code((jk_left_out)i), &summary->left_out[i]);
    }
    list_sums(listed, "no_limitation", &summary->no_limitation);
    list_sums(listed, "barred_by_rule", &summary->barred_by_rule);
    list_day(listed, "first_written_off", summary->first_written_off);
    list_day(listed, "last_written_off", summary->last_written_off);
    list_day(listed, "cutoff", summary->cutoff);
    return listed;
}

jk_listing jk_import_listing(const jk_listed *rows) {
    return rows == NULL ? no_rows : jk_listed_rows(rows);
}

/* ---- as JSON ---------------------------------------------------------------------------------------------------- */

static void put(json_t *object, const char *key, json_t *value) {
    jk_json_set(object, key, value != NULL ? value : json_null());
}

static json_t *sums_json(const jk_import_sums *sums) {
    json_t *list = json_array();
    for (size_t i = 0; i < sums->count; i++) {
        json_t *one = json_object();
        put(one, "currency", sums->sums[i].currency[0] != '\0' ? json_string(sums->sums[i].currency) : NULL);
        put(one, "claims", json_integer((json_int_t)sums->sums[i].claims));
        put(one, "balance", json_real((double)sums->sums[i].balance / 100.0));
        jk_json_add(list, one);
    }
    return list;
}

static json_t *names_json(const jk_import_name *names, size_t count, bool with_nearest) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_string(names[i].name);
        if (with_nearest) {
            json_t *pair = json_object();
            put(pair, "name", one);
            put(pair, "nearest", names[i].nearest != NULL ? json_string(names[i].nearest) : NULL);
            one = pair;
        }
        jk_json_add(list, one != NULL ? one : json_null());
    }
    return list;
}

static json_t *rejected_json(const jk_import_summary *summary) {
    json_t *object = json_object();
    for (int i = 0; i < JK_REJECT_REASON_COUNT; i++) {
        if (summary->rejected[i].rows > 0) {
            json_t *one = json_object();
            put(one, "rows", json_integer((json_int_t)summary->rejected[i].rows));
            put(one, "expected", json_string(jk_reject_expected((jk_reject_reason)i)));
            put(one, "line", json_integer((json_int_t)summary->rejected[i].line));
            put(one, "column",
                summary->rejected[i].column >= 0
                    ? json_string(jk_schema_name(summary->kind, (jk_column)summary->rejected[i].column))
                    : json_null());
            put(one, "value", jk_json_string(jk_import_shown(&summary->rejected[i])));
            put(one, "balance", sums_json(&summary->rejected[i].balance));
            put(object, jk_reject_code((jk_reject_reason)i), one);
        }
    }
    return object;
}

static json_t *left_out_json(const jk_import_summary *summary) {
    json_t *object = json_object();
    for (int i = 0; i < JK_LEFT_OUT_COUNT; i++) {
        if (summary->left_out[i].rows > 0) {
            json_t *one = json_object();
            put(one, "rows", json_integer((json_int_t)summary->left_out[i].rows));
            put(one, "balance", sums_json(&summary->left_out[i].balance));
            put(object, jk_left_out_code((jk_left_out)i), one);
        }
    }
    return object;
}

static json_t *finding_json(const jk_finding *finding) {
    json_t *one = json_object();
    put(one, "severity", json_string(jk_severity_name(jk_finding_severity(finding->code))));
    put(one, "code", json_string(jk_finding_name(finding->code)));
    put(one, "count", json_integer((json_int_t)finding->count));
    put(one, "accepted", json_boolean(finding->accepted));
    put(one, "text", jk_json_string(finding->text));
    return one;
}

static json_t *counts_json(jk_column column, const uint64_t *counts, size_t count) {
    json_t *object = json_object();
    size_t levels = 0;
    for (size_t i = 0; i < count; i++) {
        put(object, jk_schema_levels(column, &levels)[i], json_integer((json_int_t)counts[i]));
    }
    return object;
}

static json_t *panel_json(const jk_import_summary *summary) {
    const jk_import_panel *panel = &summary->panel;
    json_t *object = json_object();
    bool any = panel->rows > 0;
    put(object, "claims", json_integer((json_int_t)summary->claims));
    put(object, "rows_with_cash", json_integer((json_int_t)panel->rows_with_cash));
    put(object, "claim_months", json_real(panel->claim_months));
    put(object, "first_start", jk_json_date(any ? panel->first_start : JK_MISSING_INTEGER));
    put(object, "end", jk_json_date(any ? panel->end : JK_MISSING_INTEGER));
    put(object, "cash", sums_json(&panel->cash));
    put(object, "treatments", counts_json(JK_COLUMN_TREATMENT, panel->treatment_rows, 3));
    put(object, "exits", counts_json(JK_COLUMN_EXIT, panel->exits, JK_PANEL_EXIT_COUNT));
    return object;
}

char *jk_import_json(const jk_import_summary *summary) {
    json_t *object = json_object();
    json_t *found = json_array();
    json_t *notes = json_array();
    json_t *findings = json_array();
    const char separator[] = {summary->separator, '\0'};
    put(object, "rows_read", json_integer((json_int_t)summary->rows_read));
    put(object, "rows_accepted", json_integer((json_int_t)summary->rows_accepted));
    put(object, "rows_rejected", json_integer((json_int_t)summary->rows_rejected));
    put(object, "rows_left_out", json_integer((json_int_t)summary->rows_left_out));
    put(object, "left_out", left_out_json(summary));
    put(object, "lines", json_integer((json_int_t)summary->lines));
    put(object, "header_lines", json_integer((json_int_t)summary->header_lines));
    put(object, "blank_lines", json_integer((json_int_t)summary->blank_lines));
    put(object, "cell_lines", json_integer((json_int_t)summary->cell_lines));
    put(object, "rejected", rejected_json(summary));
    put(object, "rejects_file", summary->rejects_path != NULL ? json_string(summary->rejects_path) : NULL);
    put(object, "accepted", sums_json(&summary->accepted));
    put(object, "debtors", json_integer((json_int_t)summary->debtors));
    put(object, "panel", summary->kind == JK_KIND_PANEL ? panel_json(summary) : NULL);
    put(object, "first_written_off", jk_json_date(summary->first_written_off));
    put(object, "last_written_off", jk_json_date(summary->last_written_off));
    put(object, "cutoff", jk_json_date(summary->cutoff));
    put(object, "separator", json_string(separator));
    put(object, "source_bytes", json_integer((json_int_t)summary->source_bytes));
    put(object, "source_sha256", json_string(summary->source_sha256));
    for (size_t i = 0; i < summary->found_count; i++) {
        jk_json_add(found, json_string(jk_extras_column_name(&summary->extras, summary->kind, summary->found[i])));
    }
    put(object, "columns_found", found);
    put(object, "columns_missing", names_json(summary->missing, summary->missing_count, true));
    put(object, "columns_unused", names_json(summary->unused, summary->unused_count, false));
    for (size_t i = 0; i < summary->findings.count; i++) {
        jk_json_add(notes, jk_json_string(summary->findings.list[i].text));
        jk_json_add(findings, finding_json(&summary->findings.list[i]));
    }
    put(object, "findings", findings);
    put(object, "notes", notes);
    put(object, "no_limitation", sums_json(&summary->no_limitation));
    put(object, "barred_by_rule", sums_json(&summary->barred_by_rule));
    jk_json_builder b = {0};
    put(object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2));
}
