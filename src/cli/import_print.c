/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import_print.h"

#include <inttypes.h>
#include <math.h>

#include "base/calendar.h"
#include "base/json.h"
#include "base/listing.h"
#include "base/policy.h"
#include "base/run_record.h"
#include "cli/listing_print.h"
#include "cli/outputs_described.h"
#include "cli/valuing.h"

/* ---- as text ---------------------------------------------------------------------------------------------- */

static const char *currency_name(const jk_import_sum *sum) {
    return sum->currency[0] != '\0' ? sum->currency : "(none)";
}

/* A number as the tables of other commands show it; the text is good until the fourth call after it. */
static const char *amount(double value, int decimals) {
    static char texts[4][JK_AMOUNT_TEXT];
    static unsigned next;
    return jk_amount(texts[next++ % 4], value, decimals);
}

static const char *money(int64_t hundredths) {
    return amount((double)hundredths / 100.0, 2);
}

static const char *count(uint64_t number) {
    return amount((double)number, 0);
}

static void print_sums_of(const char *title, const char *one, const char *many, const jk_import_sums *sums) {
    for (size_t i = 0; i < sums->count; i++) {
        (void)printf("%-24s %12s %-7s %20s %s\n", i == 0 ? title : "", count(sums->sums[i].claims),
                     sums->sums[i].claims == 1 ? one : many, money(sums->sums[i].balance),
                     currency_name(&sums->sums[i]));
    }
}

static void print_sums(const char *title, const jk_import_sums *sums) {
    print_sums_of(title, "claim", "claims", sums);
}

/* An id stands in the rejects file, not in messages, unless it is asked for. */
static const char *shown_value(const jk_import_rejected *rejected) {
    bool is_id = rejected->column == JK_COLUMN_CLAIM_ID || rejected->column == JK_COLUMN_DEBTOR_ID;
    return is_id && rejected->value[0] != '\0' && !jk_policy_get()->with_ids ? "(an id)" : rejected->value;
}

static void print_rejects(const jk_import_summary *summary) {
    for (int i = 0; i < JK_REJECT_REASON_COUNT; i++) {
        const jk_import_rejected *rejected = &summary->rejected[i];
        if (rejected->rows == 0) {
            continue;
        }
        (void)printf("  %-22s %12s %s   expected %s\n", jk_reject_code((jk_reject_reason)i), count(rejected->rows),
                     rejected->rows == 1 ? "row " : "rows", jk_reject_expected((jk_reject_reason)i));
        (void)printf("  %-22s %12s        for example line %" PRIu64 "%s%s: '%s'\n", "", "", rejected->line,
                     rejected->column >= 0 ? ", " : "",
                     rejected->column >= 0 ? jk_schema_name(summary->kind, (jk_column)rejected->column) : "",
                     shown_value(rejected));
        for (size_t k = 0; k < rejected->balance.count; k++) {
            const jk_import_sum *sum = &rejected->balance.sums[k];
            (void)printf("  %-22s %12s         balance %s %s\n", "", "", money(sum->balance), currency_name(sum));
        }
    }
    if (summary->rejects_path != NULL) {
        (void)printf("  listed in %s\n", summary->rejects_path);
    }
}

static void print_columns(const jk_import_summary *summary) {
    (void)printf("columns found            ");
    for (size_t i = 0; i < summary->found_count; i++) {
        (void)printf("%s%s", i > 0 ? ", " : " ",
                     jk_extras_column_name(&summary->extras, summary->kind, summary->found[i]));
    }
    (void)printf("\ncolumns not found        ");
    for (size_t i = 0; i < summary->missing_count; i++) {
        const jk_import_name *missing = &summary->missing[i];
        (void)printf("%s%s", i > 0 ? ", " : " ", missing->name);
        if (missing->nearest != NULL) {
            (void)printf(" (is it '%s'?)", missing->nearest);
        }
    }
    (void)printf("%s\ncolumns not used         ", summary->missing_count == 0 ? " none" : "");
    for (size_t i = 0; i < summary->unused_count; i++) {
        (void)printf("%s%s", i > 0 ? ", " : " ", summary->unused[i].name);
    }
    (void)printf("%s\n", summary->unused_count == 0 ? " none" : "");
}

static void print_limitation(const jk_import_summary *summary) {
    if (summary->no_limitation.count == 0) {
        return;
    }
    (void)printf("\nLIMITATION: these claims have no title, and the tape names no limitation date for them:\n");
    print_sums("", &summary->no_limitation);
    char date[JK_DATE_TEXT];
    if (summary->cutoff == JK_MISSING_INTEGER) {
        (void)printf(
            "Without a cut-off date (--cutoff) it cannot be said how many of them are older than 36 months.\n");
        return;
    }
    (void)printf("Of them, last due or paid more than 36 months before %s, so barred by the general rule alone:\n",
                 jk_date_format(summary->cutoff, date));
    if (summary->barred_by_rule.count == 0) {
        (void)printf("%-24s none\n", "");
        return;
    }
    print_sums("", &summary->barred_by_rule);
    (void)printf(
        "A seller who sent letters or took legal steps has kept such claims alive: ask for limitation_on. Without it\n"
        "they are valued as barred wherever the model's rule says so.\n");
}

static void print_panel(const jk_import_summary *summary) {
    const jk_import_panel *panel = &summary->panel;
    char first[JK_DATE_TEXT];
    char last[JK_DATE_TEXT];
    (void)printf("claims                   %12s\n", count(summary->claims));
    if (panel->rows == 0) {
        return;
    }
    print_sums_of("cash", "row", "rows", &panel->cash);
    (void)printf("rows with cash           %12s\n", count(panel->rows_with_cash));
    (void)printf("claim-months             %12s\n", amount(panel->claim_months, 1));
    (void)printf("periods from              %s, ended by %s\n", jk_date_format(panel->first_start, first),
                 jk_date_format(panel->end, last));
    (void)printf("treatment                ");
    for (size_t t = 0, levels = 0; t < sizeof panel->treatment_rows / sizeof panel->treatment_rows[0]; t++) {
        (void)printf("%s %s %s", t > 0 ? "," : "", jk_schema_levels(JK_COLUMN_TREATMENT, &levels)[t],
                     count(panel->treatment_rows[t]));
    }
    (void)printf("\nexits                    ");
    for (size_t e = 0, levels = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        (void)printf("%s %s %s", e > 0 ? "," : "", jk_schema_levels(JK_COLUMN_EXIT, &levels)[e],
                     count(panel->exits[e]));
    }
    (void)printf("\n");
}

static void print_table(const jk_import_summary *summary) {
    const char *many = summary->kind == JK_KIND_PANEL ? "rows" : "claims";
    char first[JK_DATE_TEXT];
    char last[JK_DATE_TEXT];
    (void)printf("lines                    %12s\n", count(summary->lines));
    (void)printf("rows read                %12s\n", count(summary->rows_read));
    if (summary->rows_left_out > 0) {
        (void)printf("rows left out            %12s\n", count(summary->rows_left_out));
    }
    (void)printf("rows rejected            %12s\n", count(summary->rows_rejected));
    print_rejects(summary);
    print_sums_of("accepted", summary->kind == JK_KIND_PANEL ? "row" : "claim", many, &summary->accepted);
    if (summary->accepted.count == 0) {
        (void)printf("accepted                 %12d %s\n", 0, many);
    }
    if (summary->kind == JK_KIND_PANEL) {
        print_panel(summary);
    }
    (void)printf("debtors                  %12s\n", count(summary->debtors));
    if (summary->rows_accepted > 0) {
        (void)printf("written off               %s to %s\n", jk_date_format(summary->first_written_off, first),
                     jk_date_format(summary->last_written_off, last));
    }
    if (summary->cutoff != JK_MISSING_INTEGER) {
        (void)printf("cut-off                   %s%s\n", jk_date_format(summary->cutoff, first),
                     summary->cutoff_from_mapping ? " (from the tape, by the mapping)" : "");
    }
    print_columns(summary);
    print_limitation(summary);
}

/* ---- as CSV ----------------------------------------------------------------------------------------------- */

static void list_count(jk_listed *listed, const char *item, uint64_t rows) {
    jk_listed_texts(listed, item, "");
    jk_listed_number(listed, (double)rows);
    jk_listed_number(listed, (double)NAN);
}

static void list_sums(jk_listed *listed, const char *item, const jk_import_sums *sums) {
    for (size_t i = 0; i < sums->count; i++) {
        jk_listed_texts(listed, item, sums->sums[i].currency);
        jk_listed_number(listed, (double)sums->sums[i].claims);
        jk_listed_number(listed, (double)sums->sums[i].balance / 100.0);
    }
}

static int print_csv(const jk_import_summary *summary) {
    jk_listed *listed = jk_listed_create(&jk_cli_import_rows);
    list_count(listed, "read", summary->rows_read);
    list_count(listed, "rejected", summary->rows_rejected);
    list_count(listed, "debtors", summary->debtors);
    list_sums(listed, "accepted", &summary->accepted);
    if (summary->kind == JK_KIND_PANEL) {
        list_count(listed, "claims", summary->claims);
        list_sums(listed, "cash", &summary->panel.cash);
    }
    for (int i = 0; i < JK_REJECT_REASON_COUNT; i++) {
        if (summary->rejected[i].rows > 0) {
            char item[64];
            (void)snprintf(item, sizeof item, "rejected_%s", jk_reject_code((jk_reject_reason)i));
            list_count(listed, item, summary->rejected[i].rows);
            list_sums(listed, item, &summary->rejected[i].balance);
        }
    }
    list_sums(listed, "no_limitation", &summary->no_limitation);
    list_sums(listed, "barred_by_rule", &summary->barred_by_rule);
    return jk_cli_listed_csv(listed);
}

/* ---- as JSON ---------------------------------------------------------------------------------------------- */

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

static json_t *date_json(int32_t date) {
    char text[JK_DATE_TEXT];
    return date != JK_MISSING_INTEGER ? json_string(jk_date_format(date, text)) : json_null();
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
            put(one, "value", jk_json_string(shown_value(&summary->rejected[i])));
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
    put(object, "first_start", date_json(any ? panel->first_start : JK_MISSING_INTEGER));
    put(object, "end", date_json(any ? panel->end : JK_MISSING_INTEGER));
    put(object, "cash", sums_json(&panel->cash));
    put(object, "treatments", counts_json(JK_COLUMN_TREATMENT, panel->treatment_rows, 3));
    put(object, "exits", counts_json(JK_COLUMN_EXIT, panel->exits, JK_PANEL_EXIT_COUNT));
    return object;
}

static int print_json(const jk_import_summary *summary) {
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
    put(object, "first_written_off", date_json(summary->first_written_off));
    put(object, "last_written_off", date_json(summary->last_written_off));
    put(object, "cutoff", date_json(summary->cutoff));
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
    return jk_cli_print_text(jk_json_text(&b, object, JSON_INDENT(2)));
}

int jk_cli_import_print(const jk_import_summary *summary, jk_format format) {
    switch (format) {
    case JK_FORMAT_JSON:
        return print_json(summary);
    case JK_FORMAT_CSV:
        return print_csv(summary);
    default:
        print_table(summary);
        break;
    }
    return jk_cli_finish();
}
