/* SPDX-License-Identifier: Apache-2.0 */
/* The draft as a mapping file. Every line that rests on a guess says so, and on what. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "base/text/yaml_write.h"
#include "draft/write.h"

/* ---- what is not in the file ----------------------------------------------------------------------------------------
 */

static void put_principal(FILE *out, const jk_draft *draft) {
    const jk_draft_choice *balance = &draft->choice[JK_DRAFT_BALANCE];
    const int parts[] = {JK_COLUMN_INTEREST_ACCRUED, JK_COLUMN_FEES};
    if (!balance->found) {
        (void)fputs("  # principal: NOT FOUND, and it is required: name the column of the debt\n", out);
        return;
    }
    (void)fputs("  principal: ", out);
    jk_draft_put_open(out, draft, balance, "column");
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        const jk_draft_choice *part = &draft->choice[parts[i]];
        if (part->found && part->table == balance->table) {
            (void)fputs(count == 0 ? ", minus: [" : ", ", out);
            jk_draft_put_name(out, jk_draft_column_of(draft, part)->name);
            count++;
        }
    }
    (void)fputs(count > 0 ? "]}" : "}", out);
    jk_draft_put_note(out, balance, jk_draft_column_of(draft, balance));
    (void)fputs(count > 0 ? "; the balance as a whole, less the parts named: CHECK that they are in it\n"
                          : "; the balance as a whole: no principal is named\n",
                out);
}

static void put_guessed(FILE *out, const jk_draft *draft) {
    static const struct {
        const char *country, *currency, *language;
    } homes[JK_LANGUAGES] = {{"", "EUR", "English"},     {"FI", "EUR", "Finnish"}, {"SE", "SEK", "Swedish"},
                             {"NO", "NOK", "Norwegian"}, {"DK", "DKK", "Danish"},  {"EE", "EUR", "Estonian"}};
    const char *language = homes[draft->language].language;
    if (!draft->choice[JK_COLUMN_COUNTRY].found && draft->language == JK_ENGLISH) {
        (void)fputs("  # country: NOT FOUND, and it is required: {constant: FI} or another ISO code\n", out);
    } else if (!draft->choice[JK_COLUMN_COUNTRY].found) {
        (void)fprintf(out, "  country: {constant: \"%s\"}  # A GUESS, not in the file: its words are %s\n",
                      homes[draft->language].country, language);
    }
    if (!draft->choice[JK_COLUMN_CURRENCY].found) {
        (void)fprintf(out, "  currency: {constant: %s}  # A GUESS, not in the file\n", homes[draft->language].currency);
    }
    if (!draft->choice[JK_COLUMN_WRITTEN_OFF_ON].found) {
        const bool due = draft->choice[JK_COLUMN_DEFAULTED_ON].found;
        (void)fputs(due ? "  written_off_on: "
                        : "  # written_off_on: NOT FOUND, and it is required: name the date from which the claim's age "
                          "counts\n",
                    out);
        if (due) {
            jk_draft_put_date(out, draft, &draft->choice[JK_COLUMN_DEFAULTED_ON], "column");
            (void)fputs("; NO DATE OF WRITE-OFF WAS FOUND: the due date stands for it, ages come out longer\n", out);
        }
    }
    if (!draft->choice[JK_COLUMN_CLAIM_ID].found) {
        (void)fputs("  # claim_id: NOT FOUND, and it is required: name the column that no two claims share\n", out);
    }
}

static void put_unused(FILE *out, const jk_draft *draft, size_t table) {
    const jk_draft_table_facts *facts = &draft->tables[table];
    bool any = false;
    for (size_t c = 0; c < facts->profile.column_count; c++) {
        const jk_profile_column *column = &facts->profile.columns[c];
        int target = facts->means[c];
        bool used = target >= 0 && (target != JK_DRAFT_BALANCE || !draft->choice[JK_COLUMN_PRINCIPAL].found);
        if (used) {
            continue;
        }
        if (!any) {
            (void)fputs("\n# Not used of ", out);
            jk_yaml_write_comment(out, facts->profile.path);
            (void)fputs(" (to keep one under a name of your own: extra: {name: {column: …, type: number, text, date or "
                        "money}}):\n",
                        out);
            any = true;
        }
        (void)fputs("#   ", out);
        jk_draft_put_plain(out, column->name, strlen(column->name));
        (void)fputs(": ", out);
        if (column->rows == column->empty) {
            (void)fputs("empty", out);
        } else {
            /* what differs from row to row may be a name or a number of a person */
            bool of_persons = column->distinct > 3 && column->distinct > (column->rows - column->empty) / 2;
            jk_draft_put_examples(out, column, of_persons);
        }
        (void)fprintf(out, "%s\n",
                      target == JK_DRAFT_BALANCE
                          ? " (the balance as a whole? the sum of principal, interest and fees should be it)"
                          : "");
    }
}

/* ---- the head and the sources ---------------------------------------------------------------------------------------
 */

static void put_missing(FILE *out, const jk_draft *draft) {
    size_t count = 0;
    for (size_t w = 0; w < JK_NOTHING_WORDS; w++) {
        bool seen = false;
        for (size_t t = 0; t < draft->table_count; t++) {
            const jk_profile *profile = &draft->tables[t].profile;
            for (size_t c = 0; c < profile->column_count; c++) {
                seen = seen || profile->columns[c].nothing[w];
            }
        }
        if (seen) {
            (void)fprintf(out, "%s\"%s\"", count++ == 0 ? "missing: [" : ", ", jk_nothing_words[w]);
        }
    }
    if (count > 0) {
        (void)fputs("]  # seen, and stand for nothing\n", out);
    }
}

static void put_head(FILE *out, const jk_draft *draft) {
    const jk_profile *main = &draft->tables[draft->main].profile;
    (void)fputs("# A draft of a mapping, made from\n", out);
    for (size_t t = 0; t < draft->table_count; t++) {
        const jk_profile *profile = &draft->tables[t].profile;
        (void)fputs("#   ", out);
        jk_yaml_write_comment(out, profile->path);
        (void)fprintf(out, ": %zu rows looked at%s", profile->lines, profile->whole ? "" : " (its beginning)");
        if (profile->odd_rows > 0) {
            (void)fprintf(out, ", %zu of another width than the header", profile->odd_rows);
        }
        (void)fputc('\n', out);
    }
    (void)fputs("# Check every line: what it says rests on names and on what was seen, not on what the seller meant.\n",
                out);
    if (!main->is_sheet) {
        char separator[2] = {main->separator, '\0'};
        (void)fprintf(out, "separator: \"%s\"\n", main->separator == '\t' ? "tab" : separator);
        (void)fprintf(out, "encoding: %s  # %s\n", main->encoding, main->encoding_why);
    }
    (void)fprintf(out, "decimal: \"%c\"\n", main->decimal);
    if (main->thousands[0] != '\0') {
        (void)fprintf(out, "thousands: \"%s\"\n",
                      strcmp(main->thousands, "\xc2\xa0") == 0 ? "\\u00a0" : main->thousands);
    }
    if (draft->date_way >= 0) {
        (void)fprintf(out, "date_format: \"%s\"\n", jk_date_ways[draft->date_way].format);
    }
    if (main->header_row > 1) {
        (void)fprintf(out, "header_row: %zu  # what stands above is passed over\n", main->header_row);
    }
    put_missing(out, draft);
    (void)fputs("# cutoff: {constant: \"YYYY-MM-DD\"}  # the tape's date, or give --cutoff\n", out);
}

/* A column that no other table has, by which the table is told. */
static const char *telling_column(const jk_draft *draft, size_t table) {
    const jk_profile *profile = &draft->tables[table].profile;
    for (size_t c = 0; c < profile->column_count; c++) {
        bool elsewhere = profile->columns[c].name[0] == '\0';
        for (size_t t = 0; t < draft->table_count && !elsewhere; t++) {
            const jk_profile *other = &draft->tables[t].profile;
            for (size_t k = 0; t != table && k < other->column_count; k++) {
                elsewhere = elsewhere || strcmp(other->columns[k].name, profile->columns[c].name) == 0;
            }
        }
        if (!elsewhere) {
            return profile->columns[c].name;
        }
    }
    return NULL;
}

/* Several rows for each key, with dates and amounts: what could be made of them, as comments to be taken up. */
static void put_aggregates(FILE *out, const jk_draft_table_facts *facts) {
    const jk_profile_column *date = NULL;
    const jk_profile_column *amount = NULL;
    for (size_t c = 0; c < facts->profile.column_count; c++) {
        const jk_profile_column *column = &facts->profile.columns[c];
        bool sure = false;
        const bool is_date = jk_profile_date(column, &sure) >= 0;
        date = date == NULL && is_date ? column : date;
        amount =
            amount == NULL && c != facts->key && !is_date && column->cents[0] + column->cents[1] > 0 ? column : amount;
    }
    (void)fputs("    # of several rows with one key: prefer, latest_by, or sums of them (docs/mapping-file.md)", out);
    if (date == NULL || amount == NULL) {
        (void)fputc('\n', out);
        return;
    }
    (void)fputs(", such as\n    # date: ", out);
    jk_draft_put_name(out, date->name);
    (void)fputs("\n    # aggregates:\n    #   paid_12m: {sum: ", out);
    jk_draft_put_name(out, amount->name);
    (void)fputs(
        ", within_months: 12}  # below: payments_12m: {source: this one, column: paid_12m}\n    #   last: {latest: ",
        out);
    jk_draft_put_name(out, date->name);
    (void)fputs("}\n", out);
}

static void put_source(FILE *out, const jk_draft *draft, size_t table) {
    const jk_draft_table_facts *facts = &draft->tables[table];
    const char *telling = telling_column(draft, table);
    if (table != draft->main && (facts->key == JK_DRAFT_NONE || facts->alike != JK_DRAFT_NONE)) {
        (void)fprintf(out, "  # %s: %s\n", facts->profile.path,
                      facts->alike != JK_DRAFT_NONE ? "the same columns as another file; both are read"
                                                    : "no column holds the keys of another; it is not used");
        return;
    }
    (void)fprintf(out, "  table_%zu:  # %s\n    recognised_by: [", table + 1, facts->profile.path);
    jk_draft_put_name(out, telling != NULL ? telling : facts->profile.columns[0].name);
    (void)fputs("]\n", out);
    if (table == draft->main) {
        return;
    }
    const jk_profile_column *key = &facts->profile.columns[facts->key];
    (void)fputs("    key: ", out);
    jk_draft_put_name(out, key->name);
    (void)fprintf(out, "  # %" PRIu64 " different in %" PRIu64 " rows%s\n    joined_by: ", key->distinct,
                  key->rows - key->empty,
                  key->distinct < key->rows - key->empty ? ": SEVERAL ROWS PER KEY, the first is taken" : "");
    const jk_profile_column *by = &draft->tables[draft->main].profile.columns[facts->joined_by];
    jk_draft_put_name(out, by->name);
    (void)fprintf(out, "  # %.1f %% of its values are found%s\n", 100.0 * facts->overlap,
                  (key->zeros > 0) != (by->zeros > 0) ? ", BUT ZEROS BEFORE THEM ARE LOST in one of the files" : "");
    if (key->distinct < key->rows - key->empty) {
        put_aggregates(out, facts);
    }
}

static bool has_several_sources(const jk_draft *draft) {
    bool several = false;
    for (size_t t = 0; t < draft->table_count; t++) {
        several = several || (t != draft->main && draft->tables[t].alike == JK_DRAFT_NONE);
    }
    return several;
}

jk_status jk_draft_write(const jk_draft *draft, char **text, jk_error *error) {
    size_t size = 0;
    *text = NULL;
    FILE *out = jk_text_open(text, &size);
    JK_TRY(jk_held(out != NULL, error, "a draft"));
    put_head(out, draft);
    if (has_several_sources(draft)) {
        (void)fputs("sources:\n", out);
        put_source(out, draft, draft->main);
        for (size_t t = 0; t < draft->table_count; t++) {
            if (t != draft->main) {
                put_source(out, draft, t);
            }
        }
    }
    (void)fputs("columns:\n", out);
    for (int t = 0; t < JK_CSV_COLUMN_COUNT; t++) {
        if (draft->choice[t].found) {
            jk_draft_put_column(out, draft, t);
        } else if (t == JK_COLUMN_PRINCIPAL) {
            put_principal(out, draft);
        }
    }
    put_guessed(out, draft);
    for (size_t t = 0; t < draft->table_count; t++) {
        if (draft->tables[t].alike == JK_DRAFT_NONE) {
            put_unused(out, draft, t);
        }
    }
    return jk_text_close(out, text) ? JK_OK : jk_fail_memory(error, "a draft");
}
