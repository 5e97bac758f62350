/* SPDX-License-Identifier: Apache-2.0 */
/* Names first, contents second: a column means the target whose word its name is, unless what it holds speaks against
 * it. The surest pair is taken first, then the next of what is left. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "draft/draft.h"

enum { LEAST_MATCH = 60 };

static jk_type type_of(int target) {
    return target == JK_DRAFT_BALANCE ? JK_TYPE_MONEY : jk_schema_column((jk_column)target)->type;
}

static bool mostly(uint64_t part, const jk_profile_column *column) {
    uint64_t filled = column->rows - column->empty;
    return filled > 0 && part * 10 >= filled * 9;
}

/* Whether what a column holds can be what a target wants: 2 it is of that kind, 1 it may be, 0 it is not. */
static int kind_fits(int target, const jk_profile *profile, const jk_profile_column *column) {
    bool sure = false;
    bool date = jk_profile_date(column, &sure) >= 0;
    bool number = mostly(column->numbers[profile->decimal == ','], column);
    if (column->rows == column->empty) {
        return 1; /* nothing speaks for or against an empty column */
    }
    switch (type_of(target)) {
    case JK_TYPE_DATE:
        return date ? 2 : 0;
    case JK_TYPE_MONEY:
        return number && !(date && column->dates[7] == 0) ? 2 : 0;
    case JK_TYPE_REAL:
        return number && column->most <= 200.0 ? 2 : 0;
    case JK_TYPE_INTEGER:
        if (target == JK_COLUMN_BIRTH_YEAR) {
            return date || (number && column->least >= 1880 && column->most <= 2100) ? 2 : 0;
        }
        return number && column->least >= 0 && column->most <= 1000 ? 2 : 0;
    case JK_TYPE_ENUM:
    case JK_TYPE_DICTIONARY:
        return column->more_values ? 0 : 2;
    case JK_TYPE_TEXT:
        return date && !mostly(column->digits, column) ? 0 : (column->distinct > 1 || column->rows == 1 ? 2 : 1);
    }
    return 0;
}

/* ---- one table's columns -------------------------------------------------------------------------------------------
 */

/* The surest pair of a column without a meaning and a target not yet found. */
static int surest(const jk_draft *draft, size_t table, const int *match, size_t *column, int *target) {
    const jk_draft_table_facts *facts = &draft->tables[table];
    int most = LEAST_MATCH - 1;
    for (size_t c = 0; c < facts->profile.column_count; c++) {
        for (int t = 0; facts->means[c] < 0 && t < JK_DRAFT_TARGETS; t++) {
            int here = match[c * JK_DRAFT_TARGETS + (size_t)t];
            if (!draft->choice[t].found && here > most) {
                most = here;
                *column = c;
                *target = t;
            }
        }
    }
    return most >= LEAST_MATCH ? most : 0;
}

static bool is_target(int target) {
    return target == JK_DRAFT_BALANCE || jk_schema_in_csv(JK_KIND_TAPE, (jk_column)target);
}

static jk_status choose_in(jk_draft *draft, size_t table, uint64_t languages[JK_LANGUAGES], jk_error *error) {
    jk_draft_table_facts *facts = &draft->tables[table];
    const jk_profile *profile = &facts->profile;
    int *match = calloc(profile->column_count + 1, JK_DRAFT_TARGETS * sizeof *match);
    JK_TRY(jk_held(match != NULL, error, "a draft"));
    for (size_t c = 0; c < profile->column_count; c++) {
        char plain[128];
        const jk_profile_column *column = &profile->columns[c];
        jk_words_plain(column->name, strlen(column->name), plain, sizeof plain);
        for (int t = 0; t < JK_DRAFT_TARGETS; t++) {
            jk_language language = JK_ENGLISH;
            int words = is_target(t) ? jk_words_match(t, plain, &language) : 0;
            int fits = words > 0 ? kind_fits(t, profile, column) : 0;
            match[c * JK_DRAFT_TARGETS + (size_t)t] = fits == 0 ? 0 : words - (fits == 1 ? 10 : 0);
            languages[language] += fits > 0 && words >= 60;
        }
    }
    size_t column = 0;
    int target = 0;
    for (int sure; (sure = surest(draft, table, match, &column, &target)) > 0;) {
        facts->means[column] = target;
        draft->choice[target] = (jk_draft_choice){.found = true, .table = table, .column = column, .match = sure};
    }
    free(match);
    return JK_OK;
}

/* ---- several tables ------------------------------------------------------------------------------------------------
 */

/* How much a table looks like one of claims: amounts and identifiers that it names. */
static int claim_score(const jk_profile *profile) {
    static const int wanted[] = {JK_COLUMN_PRINCIPAL,   JK_DRAFT_BALANCE, JK_COLUMN_WRITTEN_OFF_ON,
                                 JK_COLUMN_CLAIM_ID,    JK_COLUMN_FEES,   JK_COLUMN_INTEREST_ACCRUED,
                                 JK_COLUMN_DEFAULTED_ON};
    int score = 0;
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        int best = 0;
        for (size_t c = 0; c < profile->column_count; c++) {
            char plain[128];
            jk_language language = JK_ENGLISH;
            jk_words_plain(profile->columns[c].name, strlen(profile->columns[c].name), plain, sizeof plain);
            int match = jk_words_match(wanted[w], plain, &language);
            match = kind_fits(wanted[w], profile, &profile->columns[c]) > 0 ? match : 0;
            best = match > best ? match : best;
        }
        score += best;
    }
    return score;
}

static bool same_header(const jk_profile *a, const jk_profile *b) {
    bool same = a->column_count == b->column_count;
    for (size_t c = 0; same && c < a->column_count; c++) {
        same = strcmp(a->columns[c].name, b->columns[c].name) == 0;
    }
    return same;
}

/* The pair of columns by which a table joins the main one: most of the main one's values are found, the key does not
 * repeat. */
static void find_join(const jk_draft *draft, jk_draft_table_facts *facts) {
    const jk_profile *main = &draft->tables[draft->main].profile;
    double best = 0.3; /* less is chance */
    for (size_t k = 0; k < facts->profile.column_count; k++) {
        const jk_profile_column *key = &facts->profile.columns[k];
        for (size_t b = 0; key->distinct > 1 && b < main->column_count; b++) {
            const jk_profile_column *by = &main->columns[b];
            double unique = key->rows > key->empty ? (double)key->distinct / (double)(key->rows - key->empty) : 0.0;
            double overlap = by->distinct > 1 ? jk_profile_overlap(by, key) : 0.0;
            char names[2][128];
            jk_words_plain(key->name, strlen(key->name), names[0], sizeof names[0]);
            jk_words_plain(by->name, strlen(by->name), names[1], sizeof names[1]);
            double score = overlap * (0.6 + 0.4 * unique) + (strcmp(names[0], names[1]) == 0 ? 0.1 : 0.0);
            if (overlap > 0.3 && score > best) {
                best = score;
                facts->key = k;
                facts->joined_by = b;
                facts->overlap = overlap;
            }
        }
    }
}

static void guess_claim_id(jk_draft *draft) {
    jk_draft_table_facts *facts = &draft->tables[draft->main];
    for (size_t c = 0; !draft->choice[JK_COLUMN_CLAIM_ID].found && c < facts->profile.column_count; c++) {
        const jk_profile_column *column = &facts->profile.columns[c];
        bool unique = column->rows > 1 && column->distinct == column->rows;
        bool marked = column->cents[0] + column->cents[1] > 0;
        if (facts->means[c] < 0 && unique && !marked && kind_fits(JK_COLUMN_CLAIM_ID, &facts->profile, column) == 2) {
            facts->means[c] = JK_COLUMN_CLAIM_ID;
            draft->choice[JK_COLUMN_CLAIM_ID] =
                (jk_draft_choice){.found = true, .table = draft->main, .column = c, .match = 1};
        }
    }
}

static void find_date_way(jk_draft *draft) {
    size_t votes[JK_DATE_WAYS] = {0};
    draft->date_way = -1;
    for (int t = 0; t < JK_COLUMN_COUNT; t++) {
        const jk_draft_choice *choice = &draft->choice[t];
        bool sure = false;
        int way =
            choice->found ? jk_profile_date(&draft->tables[choice->table].profile.columns[choice->column], &sure) : -1;
        if (way >= 0 && (type_of(t) == JK_TYPE_DATE || t == JK_COLUMN_BIRTH_YEAR)) {
            votes[way]++;
            draft->date_way = draft->date_way < 0 || votes[way] > votes[draft->date_way] ? way : draft->date_way;
        }
    }
}

jk_status jk_draft_decide(jk_draft *draft, jk_error *error) {
    uint64_t languages[JK_LANGUAGES] = {0};
    int most = -1;
    for (size_t t = 0; t < draft->table_count; t++) {
        jk_draft_table_facts *facts = &draft->tables[t];
        facts->alike = facts->key = facts->joined_by = JK_DRAFT_NONE;
        for (size_t e = 0; e < t && facts->alike == JK_DRAFT_NONE; e++) {
            facts->alike = same_header(&draft->tables[e].profile, &facts->profile) ? e : JK_DRAFT_NONE;
        }
        int score = claim_score(&facts->profile);
        if (facts->alike == JK_DRAFT_NONE && score > most) {
            most = score;
            draft->main = t;
        }
        facts->means = malloc((facts->profile.column_count + 1) * sizeof *facts->means);
        for (size_t c = 0; facts->means != NULL && c < facts->profile.column_count; c++) {
            facts->means[c] = -1;
        }
        JK_TRY(jk_held(facts->means != NULL, error, "a draft"));
    }
    if (most <= 0) {
        return jk_fail(error, JK_ERROR_DATA, draft->tables[0].profile.path, 0, NULL,
                       "no column of any table has a name that is known; write the mapping by hand "
                       "(docs/mapping-file.md), or give the file with a header row");
    }
    JK_TRY(choose_in(draft, draft->main, languages, error));
    guess_claim_id(draft);
    for (size_t t = 0; t < draft->table_count; t++) {
        jk_draft_table_facts *facts = &draft->tables[t];
        if (t != draft->main && facts->alike == JK_DRAFT_NONE) {
            find_join(draft, facts);
            if (facts->key != JK_DRAFT_NONE) {
                JK_TRY(choose_in(draft, t, languages, error));
            }
        }
    }
    for (int l = 0; l < JK_LANGUAGES; l++) {
        draft->language = languages[l] > languages[draft->language] ? (jk_language)l : draft->language;
    }
    find_date_way(draft);
    return JK_OK;
}
