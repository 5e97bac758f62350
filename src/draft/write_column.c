/* SPDX-License-Identifier: Apache-2.0 */
/* One canonical column of a draft: what it is made of, in YAML, with what was seen. */
#include "draft/write.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/policy.h"
#include "base/text/escape.h"
#include "base/text/yaml_write.h"

/* ---- words of YAML -------------------------------------------------------------------------------------------------
 */

void jk_draft_put_name(FILE *out, const char *name) {
    jk_yaml_write_text(out, name);
}

/* Text in a comment: on one line, and not too long. */
void jk_draft_put_plain(FILE *out, const char *text, size_t length) {
    enum { MOST = 40 };
    char shown[MOST * JK_ESCAPE_GROWTH];
    size_t rest = 0; /* what is cut may end within a character */
    const bool cut = length > MOST;
    (void)fwrite(shown, 1, jk_escape(shown, text, cut ? MOST : length, false, cut ? &rest : NULL), out);
    (void)fputs(cut ? "..." : "", out);
}

const jk_profile_column *jk_draft_column_of(const jk_draft *draft, const jk_draft_choice *choice) {
    return &draft->tables[choice->table].profile.columns[choice->column];
}

static const char *surety(int match) {
    return match >= 100 ? "sure of the name" : (match >= 60 ? "likely" : "A GUESS, check");
}

static const char *name_of(int target) {
    return target == JK_DRAFT_BALANCE ? "balance" : jk_schema_column((jk_column)target)->name;
}

/* The form of an id: A for a letter, 9 for a digit. */
static void put_form(FILE *out, const char *text, size_t length) {
    char form[40];
    size_t count = length < sizeof form ? length : sizeof form;
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)text[i];
        form[i] = (char)(c >= '0' && c <= '9' ? '9' : c >= 0x80 || isalpha(c) ? 'A' : c);
    }
    jk_draft_put_plain(out, form, count);
}

void jk_draft_put_examples(FILE *out, const jk_profile_column *column, bool are_ids) {
    for (size_t i = 0; i < column->value_count && i < JK_PROFILE_EXAMPLES; i++) {
        (void)fputs(i == 0 ? "e.g. " : ", ", out);
        if (are_ids && !jk_policy_get()->with_ids) {
            put_form(out, column->values[i].text, column->values[i].length);
        } else {
            jk_draft_put_plain(out, column->values[i].text, column->values[i].length);
        }
    }
}

static void put_note(FILE *out, const jk_draft_choice *choice, const jk_profile_column *column, bool are_ids) {
    (void)fprintf(out, "  # %s", surety(choice->match));
    (void)fputs(column->value_count > 0 ? "; " : "", out);
    jk_draft_put_examples(out, column, are_ids);
    if (column->empty == column->rows) {
        (void)fputs("; empty in all rows", out);
    } else if (column->empty > 0) {
        (void)fprintf(out, "; %.0f %% empty", 100.0 * (double)column->empty / (double)column->rows);
    }
    if (column->sentinels > 0) {
        (void)fprintf(out, "; %" PRIu64 " cells such as 1900-01-01 or 9999-12-31 stand for nothing", column->sentinels);
    }
}

void jk_draft_put_note(FILE *out, const jk_draft_choice *choice, const jk_profile_column *column) {
    put_note(out, choice, column, false);
}

/* Begins a map for a column: its source where it is not the main table, and its name. */
void jk_draft_put_open(FILE *out, const jk_draft *draft, const jk_draft_choice *choice, const char *key) {
    (void)fputc('{', out);
    if (choice->table != draft->main) {
        (void)fprintf(out, "source: table_%zu, ", choice->table + 1);
    }
    (void)fprintf(out, "%s: ", key);
    jk_draft_put_name(out, jk_draft_column_of(draft, choice)->name);
}

static void put_simple(FILE *out, const jk_draft *draft, const jk_draft_choice *choice) {
    if (choice->table == draft->main) {
        jk_draft_put_name(out, jk_draft_column_of(draft, choice)->name);
    } else {
        jk_draft_put_open(out, draft, choice, "column");
        (void)fputc('}', out);
    }
}

/* ---- columns -------------------------------------------------------------------------------------------------------
 */

void jk_draft_put_date(FILE *out, const jk_draft *draft, const jk_draft_choice *choice, const char *key) {
    const jk_profile_column *column = jk_draft_column_of(draft, choice);
    bool sure = true;
    int way = jk_profile_date(column, &sure);
    if (way < 0 || way == draft->date_way) {
        if (strcmp(key, "column") == 0) {
            put_simple(out, draft, choice);
        } else {
            jk_draft_put_open(out, draft, choice, key);
            (void)fputc('}', out);
        }
    } else {
        jk_draft_put_open(out, draft, choice, key);
        (void)fprintf(out, ", date_format: \"%s\"}", jk_date_ways[way].format);
    }
    jk_draft_put_note(out, choice, column);
    if (!sure) {
        (void)fputs("; CHECK: no number above 12 tells the day from the month", out);
    }
}

static bool says_cents(const char *name) {
    static const char *const words[] = {"cent", "snt", "sentti", "ore", "sent"};
    char plain[128];
    jk_words_plain(name, strlen(name), plain, sizeof plain);
    size_t length = strlen(plain);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t word = strlen(words[i]);
        if (length > word && memcmp(plain + length - word, words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

static void put_money(FILE *out, const jk_draft *draft, const jk_draft_choice *choice) {
    const jk_profile_column *column = jk_draft_column_of(draft, choice);
    if (says_cents(column->name)) {
        jk_draft_put_open(out, draft, choice, "column");
        (void)fputs(", unit: cents}", out);
    } else {
        put_simple(out, draft, choice);
    }
    jk_draft_put_note(out, choice, column);
    if (column->counted > 0) {
        (void)fprintf(out, "; %.2f to %.2f, in all %.2f", column->least, column->most, column->sum);
    }
}

/* Rates above 1 are percent: no claim bears interest of more than 100 % a year. */
static void put_rate(FILE *out, const jk_draft *draft, const jk_draft_choice *choice) {
    const jk_profile_column *column = jk_draft_column_of(draft, choice);
    bool percent = column->percent > 0 || column->most > 1.0;
    if (percent) {
        jk_draft_put_open(out, draft, choice, "column");
        (void)fputs(", unit: percent}", out);
    } else {
        put_simple(out, draft, choice);
    }
    jk_draft_put_note(out, choice, column);
    if (column->counted > 0) {
        (void)fprintf(out, "; %g to %g: read as %s a year", column->least, column->most,
                      percent ? "percent" : "parts of one");
    }
}

static bool levels_are_canonical(int target, const jk_profile_column *column) {
    for (size_t i = 0; i < column->value_count; i++) {
        const jk_profile_value *value = &column->values[i];
        bool code = target == JK_COLUMN_COUNTRY || target == JK_COLUMN_CURRENCY;
        size_t letters = target == JK_COLUMN_COUNTRY ? 2 : 3;
        bool good =
            code ? value->length == letters : jk_schema_level((jk_column)target, value->text, value->length) >= 0;
        for (size_t k = 0; good && code && k < letters; k++) {
            good = value->text[k] >= 'A' && value->text[k] <= 'Z';
        }
        if (!good) {
            return false;
        }
    }
    return column->value_count > 0;
}

/* A list of values with their counts and what each may mean. */
static void put_values(FILE *out, const jk_draft *draft, int target, const jk_draft_choice *choice) {
    const jk_profile_column *column = jk_draft_column_of(draft, choice);
    bool list = jk_schema_column((jk_column)target)->type == JK_TYPE_ENUM;
    if (levels_are_canonical(target, column) || (target == JK_COLUMN_CURRENCY && column->value_count > 0)) {
        put_simple(out, draft, choice);
        jk_draft_put_note(out, choice, column);
        (void)fputc('\n', out);
        return;
    }
    (void)fprintf(out, " # %s; every value with its count and a proposal: check each", surety(choice->match));
    if (choice->table != draft->main) {
        (void)fprintf(out, "\n    source: table_%zu", choice->table + 1);
    }
    (void)fputs("\n    column: ", out);
    jk_draft_put_name(out, column->name);
    (void)fputs("\n    values:\n", out);
    for (size_t i = 0; i < column->value_count; i++) {
        const jk_profile_value *value = &column->values[i];
        char plain[256];
        jk_words_plain(value->text, value->length, plain, sizeof plain);
        const char *level = jk_words_level((jk_column)target, plain);
        (void)fputs("      ", out);
        jk_yaml_write_bytes(out, value->text, value->length);
        if (level != NULL) {
            (void)fprintf(out, ": \"%s\"  # %" PRIu64 "\n", level, value->count);
        } else if (list || target == JK_COLUMN_COUNTRY) {
            (void)fprintf(out, ": \"\"  # %" PRIu64 ": NOT KNOWN, taken as missing; decide\n", value->count);
        } else {
            (void)fputs(": ", out);
            jk_yaml_write_bytes(out, value->text, value->length);
            (void)fprintf(out, "  # %" PRIu64 ": kept under this name\n", value->count);
        }
    }
}

static void put_birth(FILE *out, const jk_draft *draft, const jk_draft_choice *choice) {
    bool sure = false;
    if (jk_profile_date(jk_draft_column_of(draft, choice), &sure) >= 0) {
        jk_draft_put_date(out, draft, choice, "year_of");
    } else {
        put_simple(out, draft, choice);
        jk_draft_put_note(out, choice, jk_draft_column_of(draft, choice));
    }
    (void)fputc('\n', out);
}

void jk_draft_put_column(FILE *out, const jk_draft *draft, int target) {
    const jk_draft_choice *choice = &draft->choice[target];
    (void)fprintf(out, "  %s:", name_of(target));
    jk_type type = jk_schema_column((jk_column)target)->type;
    if (type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY) {
        if (levels_are_canonical(target, jk_draft_column_of(draft, choice)) || target == JK_COLUMN_CURRENCY) {
            (void)fputc(' ', out);
        }
        put_values(out, draft, target, choice);
        return;
    }
    (void)fputc(' ', out);
    if (target == JK_COLUMN_BIRTH_YEAR) {
        put_birth(out, draft, choice);
        return;
    }
    switch (type) {
    case JK_TYPE_DATE:
        jk_draft_put_date(out, draft, choice, "column");
        break;
    case JK_TYPE_MONEY:
        put_money(out, draft, choice);
        break;
    case JK_TYPE_REAL:
        put_rate(out, draft, choice);
        break;
    default:
        put_simple(out, draft, choice);
        put_note(out, choice, jk_draft_column_of(draft, choice), type == JK_TYPE_TEXT);
        break;
    }
    if (target == JK_COLUMN_CLAIM_ID) {
        const jk_profile_column *column = jk_draft_column_of(draft, choice);
        (void)fprintf(out, "; %" PRIu64 " different in %" PRIu64 " rows%s", column->distinct, column->rows,
                      column->distinct < column->rows - column->empty
                          ? ": NOT UNIQUE, a key of several columns may be needed"
                          : "");
    }
    (void)fputc('\n', out);
}
