/* SPDX-License-Identifier: Apache-2.0 */
#include "import/findings/finder.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"

#define LARGE_SHARE 0.05 /* of the claims */

enum { LARGE_COUNT = 500, LARGE_LEAST = 20, ZERO_LEAST = 10 };

typedef jk_status finding_of(const finder *f);

static uint64_t count_of(const finder *f, jk_odd_kind kind) {
    return jk_odd_count(f->odd, kind, -1);
}

static uint64_t line_of(const finder *f, jk_odd_kind kind) {
    const jk_odd_entry *first = jk_odd_first(f->odd, kind, -1);
    return first != NULL ? first->line : 0;
}

static const char *field_name(const finder *f, int32_t field) {
    const jk_csv_header *header = &f->inputs->inputs[0].header;
    return field >= 0 && (uint32_t)field < header->count ? header->names[field] : "";
}

static const char *column_name(const finder *f, int32_t column) {
    return jk_extras_column_name(f->mapping != NULL ? &f->mapping->extras : NULL, f->options->kind, (jk_column)column);
}

/* ---- text -------------------------------------------------------------------------------------------------- */

static const char *encoding_of(const finder *f) {
    return f->mapping != NULL && f->mapping->encoding != NULL ? f->mapping->encoding : "UTF-8";
}

static jk_status find_encoding(const finder *f) {
    const jk_odd_entry *used = jk_odd_first(f->odd, JK_ODD_INVALID_USED, -1);
    const jk_odd_entry *other = jk_odd_first(f->odd, JK_ODD_INVALID_TEXT, -1);
    jk_status status = JK_OK;
    if (used != NULL) {
        status =
            jk_findings_add(f->findings, JK_FINDING_WRONG_ENCODING, count_of(f, JK_ODD_INVALID_USED),
                            "%" PRIu64 " cells are not valid %s and cannot be compared with the mapping's words, the "
                            "first in column '%.60s' on line %" PRIu64 "; name the file's encoding in the mapping, "
                            "most likely encoding: CP1252",
                            count_of(f, JK_ODD_INVALID_USED), encoding_of(f), field_name(f, used->column), used->line);
    }
    if (status == JK_OK && other != NULL) {
        status = jk_findings_add(f->findings, JK_FINDING_INVALID_TEXT, count_of(f, JK_ODD_INVALID_TEXT),
                                 "%" PRIu64 " cells are not valid %s, the first in column '%.60s' on line %" PRIu64
                                 "; name the file's encoding in a mapping, most likely encoding: CP1252",
                                 count_of(f, JK_ODD_INVALID_TEXT), encoding_of(f), field_name(f, other->column),
                                 other->line);
    }
    for (uint32_t s = 1; status == JK_OK && f->inputs->join != NULL && s < f->mapping->source_count; s++) {
        jk_cell_text example = {.text = "", .length = 0};
        uint64_t invalid = jk_join_invalid(f->inputs->join, s, &example);
        if (invalid > 0) {
            status = jk_findings_add(f->findings, JK_FINDING_WRONG_ENCODING, invalid,
                                     "source '%s': %" PRIu64 " cells are not valid %s and cannot be compared with the "
                                     "mapping's words; name the encoding in the mapping, most likely encoding: CP1252",
                                     f->mapping->sources[s].name, invalid, encoding_of(f));
        }
    }
    return status;
}

static jk_status find_garbled(const finder *f) {
    char text[JK_FINDER_TEXTS];
    uint64_t count = count_of(f, JK_ODD_GARBLED);
    return count == 0
               ? JK_OK
               : jk_findings_add(f->findings, JK_FINDING_GARBLED_TEXT, count,
                                 "text looks like UTF-8 that was read as %s in %" PRIu64 " places: %s", encoding_of(f),
                                 count, jk_finder_examples(f->odd, JK_ODD_GARBLED, -1, JK_FINDER_EXAMPLES, text));
}

static jk_status find_quotes(const finder *f) {
    uint64_t lone = count_of(f, JK_ODD_LONE_QUOTE);
    uint64_t cells = count_of(f, JK_ODD_LONG_CELL);
    jk_status status = JK_OK;
    if (lone > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_LONE_QUOTES, lone,
                                 "%" PRIu64 " rows have quotes that do not pair, the first on line %" PRIu64
                                 "; they were read with the quote as a letter (quote: none reads all of them so)",
                                 lone, line_of(f, JK_ODD_LONE_QUOTE));
    }
    if (status == JK_OK && cells > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_LONG_CELLS, cells,
                            "%" PRIu64 " rows have a quoted cell of more than three lines, the first on line %" PRIu64
                            ": is that one cell, or are there rows in it?",
                            cells, line_of(f, JK_ODD_LONG_CELL));
    }
    for (uint32_t s = 1; status == JK_OK && f->inputs->join != NULL && s < f->mapping->source_count; s++) {
        uint64_t odd = jk_odd_count(jk_join_odd(f->inputs->join, s), JK_ODD_LONE_QUOTE, -1);
        if (odd > 0) {
            status = jk_findings_add(f->findings, JK_FINDING_LONE_QUOTES, odd,
                                     "source '%s': %" PRIu64 " rows have quotes that do not pair",
                                     f->mapping->sources[s].name, odd);
        }
    }
    return status;
}

static jk_status find_rows(const finder *f) {
    const jk_import_summary *summary = f->summary;
    const jk_import_rejected *out = summary->left_out;
    const jk_csv_header *header = &f->inputs->inputs[0].header;
    uint64_t shorter = count_of(f, JK_ODD_SHORT_ROW);
    uint64_t longer = count_of(f, JK_ODD_LONG_ROW);
    char sum[32];
    char said[32];
    jk_status status = JK_OK;
    if (header->title_rows > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_TITLE_ROWS, header->title_rows,
                            "%u rows above the header, which stands on line %u", header->title_rows, header->lines);
    }
    if (status == JK_OK && out[JK_LEFT_OUT_EMPTY].rows > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_EMPTY_ROWS, out[JK_LEFT_OUT_EMPTY].rows,
                                 "%" PRIu64 " rows of empty cells were left out", out[JK_LEFT_OUT_EMPTY].rows);
    }
    if (status == JK_OK && out[JK_LEFT_OUT_HEADER].rows > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_REPEATED_HEADER, out[JK_LEFT_OUT_HEADER].rows,
                                 "the header stands again on line %" PRIu64 ": several files in one?",
                                 out[JK_LEFT_OUT_HEADER].line);
    }
    if (status == JK_OK && out[JK_LEFT_OUT_FOOTER].rows > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_FOOTER_ROWS, out[JK_LEFT_OUT_FOOTER].rows,
                            "%" PRIu64 " rows that are no claims were left out, the first on line %" PRIu64 ": '%.40s'",
                            out[JK_LEFT_OUT_FOOTER].rows, out[JK_LEFT_OUT_FOOTER].line, out[JK_LEFT_OUT_FOOTER].value);
    }
    if (status == JK_OK && out[JK_LEFT_OUT_FILTERED].rows > 0) {
        int64_t balance = 0;
        for (size_t i = 0; i < out[JK_LEFT_OUT_FILTERED].balance.count; i++) {
            balance += out[JK_LEFT_OUT_FILTERED].balance.sums[i].balance;
        }
        status = jk_findings_add(f->findings, JK_FINDING_FILTERED, out[JK_LEFT_OUT_FILTERED].rows,
                                 "%" PRIu64 " rows with a balance of %s were left out on purpose (where)",
                                 out[JK_LEFT_OUT_FILTERED].rows, jk_finder_money(balance, sum));
    }
    if (status == JK_OK && f->commit->total_differs_line > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_TOTAL_DIFFERS, 1,
                            "the total on line %" PRIu64 " says %s, the rows above it add up to %s: are rows missing?",
                            f->commit->total_differs_line, jk_finder_money(f->commit->total_said, said),
                            jk_finder_money(f->commit->total_is, sum));
    } else if (status == JK_OK && out[JK_LEFT_OUT_TOTAL].rows > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_TOTAL_ROW, out[JK_LEFT_OUT_TOTAL].rows,
                            "the last row, on line %" PRIu64 ", is the total of the rows above it and was left out",
                            out[JK_LEFT_OUT_TOTAL].line);
    }
    if (status == JK_OK && shorter > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_SHORT_ROWS, shorter,
                                 "%" PRIu64 " rows end before the header does, the first on line %" PRIu64
                                 "; the rest of them is missing",
                                 shorter, line_of(f, JK_ODD_SHORT_ROW));
    }
    if (status == JK_OK && longer > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_LONG_ROWS, longer,
                                 "%" PRIu64 " rows have empty cells behind the last column, the first on line %" PRIu64,
                                 longer, line_of(f, JK_ODD_LONG_ROW));
    }
    return status;
}

/* ---- values ------------------------------------------------------------------------------------------------ */

static jk_status find_values_of(const finder *f, jk_column column, const jk_rule *rule) {
    uint64_t other = jk_odd_count(f->odd, JK_ODD_VALUE_OTHER, (int32_t)rule->line);
    uint64_t listed = jk_odd_count(f->odd, JK_ODD_VALUE_LISTED, (int32_t)rule->line);
    char text[JK_FINDER_TEXTS];
    if (other == 0) {
        return JK_OK;
    }
    const char *source = f->mapping->fields[rule->terms[0]].names[0];
    (void)jk_finder_examples(f->odd, JK_ODD_VALUE_OTHER, (int32_t)rule->line, 8, text);
    char became[80] = "were taken as they are";
    if (rule->otherwise != NULL) {
        (void)snprintf(became, sizeof became, "became '%.40s'", rule->otherwise);
    }
    return jk_findings_add(f->findings, listed == 0 ? JK_FINDING_VALUES_UNMATCHED : JK_FINDING_VALUES_OTHER, other,
                           listed == 0 ? "%s: none of the %" PRIu64
                                         " cells of '%.60s' is in the list of values; all %s: %s"
                                       : "%s: %" PRIu64 " cells of '%.60s' are not in the list of values and %s: %s",
                           column_name(f, (int32_t)column), other, source, became, text);
}

static jk_status find_values_within(const finder *f, jk_column column, const jk_rule *rule) {
    jk_status status = rule->value_count > 0 ? find_values_of(f, column, rule) : JK_OK;
    for (size_t i = 0; status == JK_OK && i < rule->alternative_count; i++) {
        status = find_values_within(f, column, &rule->alternatives[i]);
    }
    return status;
}

static jk_status find_values(const finder *f) {
    jk_status status = JK_OK;
    for (int c = 0; f->mapping != NULL && status == JK_OK && c < JK_COLUMN_COUNT; c++) {
        status = f->mapping->mapped[c] ? find_values_within(f, (jk_column)c, &f->mapping->rules[c]) : JK_OK;
    }
    return status;
}

/* ---- identifiers, dates, amounts --------------------------------------------------------------------------- */

static jk_status find_ids(const finder *f) {
    const jk_import_commit *commit = f->commit;
    char text[JK_FINDER_TEXTS];
    uint64_t placeholders = count_of(f, JK_ODD_PLACEHOLDER);
    jk_status status = JK_OK;
    for (int c = JK_COLUMN_CLAIM_ID; status == JK_OK && c <= JK_COLUMN_DEBTOR_ID; c++) {
        uint64_t exponents = jk_odd_count(f->odd, JK_ODD_EXPONENT_ID, c);
        if (exponents == 0) {
            continue;
        }
        status = jk_findings_add(
            f->findings, JK_FINDING_EXPONENT_IDS, exponents,
            "%s: a spreadsheet cut %" PRIu64 " identifiers to powers of ten, for example %s; who is who is "
            "lost%s: ask for the column as text",
            column_name(f, c), exponents, jk_finder_examples(f->odd, JK_ODD_EXPONENT_ID, c, JK_FINDER_EXAMPLES, text),
            c == JK_COLUMN_DEBTOR_ID ? ", each claim has a debtor of its own" : "");
    }
    if (status == JK_OK && placeholders > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_PLACEHOLDER_DEBTORS, placeholders,
                                 "debtor_id: %" PRIu64 " of %" PRIu64
                                 " rows have one that stands for no debtor, %s; each of them "
                                 "has a debtor of its own",
                                 placeholders, f->summary->rows_read,
                                 jk_finder_examples(f->odd, JK_ODD_PLACEHOLDER, -1, JK_FINDER_EXAMPLES, text));
    }
    uint64_t most = commit->most_claims;
    if (status == JK_OK && f->options->kind == JK_KIND_TAPE &&
        (most >= LARGE_COUNT ||
         (most >= LARGE_LEAST && (double)most >= LARGE_SHARE * (double)f->summary->rows_accepted))) {
        status = jk_findings_add(f->findings, JK_FINDING_LARGE_DEBTOR, most,
                                 "debtor '%s' has %" PRIu64 " of %" PRIu64
                                 " claims, which share one capacity to pay: is it one debtor?",
                                 commit->most_debtor, most, f->summary->rows_accepted);
    }
    return status;
}

/* Dates that were not taken as they stand, column by column: what they are, in words, and what to look at. */
static jk_status find_odd_dates(const finder *f, jk_odd_kind kind, jk_finding_code finding, const char *words,
                                const char *advice) {
    char text[JK_FINDER_TEXTS];
    jk_status status = JK_OK;
    for (int c = 0; status == JK_OK && c < JK_COLUMN_COUNT; c++) {
        uint64_t count = jk_odd_count(f->odd, kind, c);
        if (count > 0) {
            status =
                jk_findings_add(f->findings, finding, count, "%s: %" PRIu64 " dates %s: %s%s", column_name(f, c), count,
                                words, jk_finder_examples(f->odd, kind, c, JK_FINDER_EXAMPLES, text), advice);
        }
    }
    return status;
}

static jk_status find_dates(const finder *f) {
    JK_TRY(find_odd_dates(f, JK_ODD_SENTINEL, JK_FINDING_SENTINEL_DATES, "stand for none and were taken as missing",
                          " (sentinels in the mapping says which do)"));
    return find_odd_dates(f, JK_ODD_PARTIAL_DATE, JK_FINDING_PARTIAL_DATES,
                          "have no day or month and were taken as the first", "");
}

static jk_status find_amounts(const finder *f) {
    char text[JK_FINDER_TEXTS];
    jk_status status = JK_OK;
    for (int c = 0; status == JK_OK && c < JK_COLUMN_COUNT; c++) {
        uint64_t three = jk_odd_count(f->odd, JK_ODD_THREE_DECIMALS, c);
        uint64_t comma = jk_odd_count(f->odd, JK_ODD_DECIMAL_COMMA, c);
        if (three > 1 && jk_odd_count(f->odd, JK_ODD_OTHER_DECIMALS, c) == 0) {
            status = jk_findings_add(f->findings, JK_FINDING_THREE_DECIMALS, three,
                                     "%s: all %" PRIu64
                                     " amounts have three digits behind the decimal mark: is it a thousands "
                                     "mark? Then say thousands in the mapping",
                                     column_name(f, c), three);
        }
        if (status == JK_OK && comma > 0) {
            status = jk_findings_add(
                f->findings, JK_FINDING_DECIMAL_COMMA, comma,
                "%s: %" PRIu64 " numbers have a decimal comma, for example %s; say decimal: \",\" in a mapping",
                column_name(f, c), comma, jk_finder_examples(f->odd, JK_ODD_DECIMAL_COMMA, c, 1, text));
        }
        const jk_odd_entry *form = status == JK_OK ? jk_odd_first(f->odd, JK_ODD_DATE_FORM, c) : NULL;
        if (form != NULL) {
            status =
                jk_findings_add(f->findings, JK_FINDING_DATE_FORM, jk_odd_count(f->odd, JK_ODD_DATE_FORM, c),
                                "%s: %" PRIu64 " cells are no dates as expected, but are by date_format: \"%.*s\", "
                                "the first on line %" PRIu64 "; say it in the mapping",
                                column_name(f, c), form->count, (int)form->length, form->text, form->line);
        }
        uint64_t dropped = status == JK_OK ? jk_odd_count(f->odd, JK_ODD_DROPPED, c) : 0;
        if (dropped > 0) {
            status = jk_findings_add(
                f->findings, JK_FINDING_DROPPED_CELLS, dropped,
                "%s: %" PRIu64 " cells could not be read and were taken as missing, the first on line %" PRIu64 ": %s",
                column_name(f, c), dropped, jk_odd_first(f->odd, JK_ODD_DROPPED, c)->line,
                jk_finder_examples(f->odd, JK_ODD_DROPPED, c, JK_FINDER_EXAMPLES, text));
        }
    }
    uint64_t high = count_of(f, JK_ODD_HIGH_RATE);
    uint64_t rates = count_of(f, JK_ODD_RATE);
    if (status == JK_OK && high * 100 > rates) {
        status = jk_findings_add(f->findings, JK_FINDING_RATES_ABOVE_HALF, high,
                                 "interest_rate: %" PRIu64 " of %" PRIu64
                                 " rates are above 50 %% a year: is the unit percent?",
                                 high, rates);
    }
    uint64_t zero = count_of(f, JK_ODD_ZERO_INCOME);
    uint64_t incomes = count_of(f, JK_ODD_INCOME);
    if (status == JK_OK && incomes >= ZERO_LEAST && zero * 2 > incomes) {
        status = jk_findings_add(f->findings, JK_FINDING_ZERO_INCOME, zero,
                                 "income_monthly: %" PRIu64 " of %" PRIu64
                                 " incomes are exactly 0: zero, or unknown? (missing: [\"0\"] "
                                 "in the mapping takes them as unknown)",
                                 zero, incomes);
    }
    return status;
}

static jk_status find_files(const finder *f) {
    uint64_t others = count_of(f, JK_ODD_OTHER_FILE);
    if (others == 0) {
        return JK_OK;
    }
    return jk_findings_add(f->findings, JK_FINDING_DUPLICATES_OF_FILES, others,
                           "%" PRIu64
                           " rows have a claim_id that a file before has: if the files number their claims each for "
                           "itself, give them a prefix (claim_id: {column: …, prefix: file}), and debtor_id as well",
                           others);
}

/* ---- control totals ---------------------------------------------------------------------------------------- */

static jk_status find_control(const finder *f) {
    const jk_import_summary *summary = f->summary;
    int64_t claims = f->options->expect_claims > 0 ? f->options->expect_claims
                     : f->mapping != NULL          ? f->mapping->expect_claims
                                                   : 0;
    bool given = f->options->expect_balance != JK_MISSING_MONEY && f->options->expect_balance != 0;
    int64_t balance = given                ? f->options->expect_balance
                      : f->mapping != NULL ? f->mapping->expect_balance
                                           : JK_MISSING_MONEY;
    int64_t found = 0;
    int64_t rejected = 0;
    char want[32];
    char is[32];
    char bad[32];
    for (size_t i = 0; i < summary->accepted.count; i++) {
        found += summary->accepted.sums[i].balance;
    }
    for (int r = 0; r < JK_REJECT_REASON_COUNT; r++) {
        for (size_t i = 0; i < summary->rejected[r].balance.count; i++) {
            rejected += summary->rejected[r].balance.sums[i].balance;
        }
    }
    bool other_count = claims > 0 && (uint64_t)claims != summary->rows_accepted;
    bool other_sum = balance != JK_MISSING_MONEY && balance != found;
    if (!other_count && !other_sum) {
        return JK_OK;
    }
    char count[64] = "";
    char sums[96] = "";
    if (claims > 0) {
        (void)snprintf(count, sizeof count, " %" PRId64 " claims, found %" PRIu64, claims, summary->rows_accepted);
    }
    if (balance != JK_MISSING_MONEY) {
        (void)snprintf(sums, sizeof sums, "%s a balance of %s, found %s", claims > 0 ? ", and" : "",
                       jk_finder_money(balance, want), jk_finder_money(found, is));
    }
    return jk_findings_add(f->findings, JK_FINDING_CONTROL_TOTAL, 1,
                           "expected%s%s; where it may lie: %" PRIu64 " rows rejected with a balance of %s (%" PRIu64
                           " of them duplicates), %" PRIu64 " left out by where, %" PRIu64
                           " totals and footers, %" PRIu64 " empty rows",
                           count, sums, summary->rows_rejected, jk_finder_money(rejected, bad),
                           summary->rejected[JK_REJECT_DUPLICATE].rows, summary->left_out[JK_LEFT_OUT_FILTERED].rows,
                           summary->left_out[JK_LEFT_OUT_TOTAL].rows + summary->left_out[JK_LEFT_OUT_FOOTER].rows,
                           summary->left_out[JK_LEFT_OUT_EMPTY].rows);
}

jk_status jk_import_find(const jk_import_commit *commit, const jk_import_inputs *inputs, const jk_mapping *mapping,
                         const jk_import_options *options, jk_import_summary *summary, jk_error *error) {
    static finding_of *const all[] = {find_encoding, find_garbled, find_quotes,  find_rows,  jk_find_joins, find_values,
                                      find_ids,      find_dates,   find_amounts, find_files, find_control};
    const finder f = {.commit = commit,
                      .inputs = inputs,
                      .mapping = mapping,
                      .options = options,
                      .summary = summary,
                      .odd = &commit->odd,
                      .findings = &summary->findings};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i](&f) != JK_OK) {
            return jk_fail_memory(error, "findings");
        }
    }
    jk_findings_accept(&summary->findings, options->accepted);
    return commit->odd.failed ? jk_fail_memory(error, "findings") : JK_OK;
}
