/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tapes/import_print.h"

#include <inttypes.h>

#include "base/number/calendar.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"

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
                     jk_import_shown(rejected));
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

int jk_cli_import_print(const jk_import_summary *summary, jk_format format) {
    switch (format) {
    case JK_FORMAT_JSON:
        return jk_cli_print_text(jk_import_json(summary));
    case JK_FORMAT_CSV:
        return jk_cli_listed_csv(jk_import_rows(summary));
    default:
        print_table(summary);
        break;
    }
    return jk_cli_finish();
}
