/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a worklist, their columns described once. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/words/language.h"
#include "base/words/listing.h"
#include "decide/words.h"
#include "jalki/worklist.h"

enum {
    PLACE,
    CLAIM_ID,
    ACTION,
    BALANCE,
    GAIN,
    HOURS,
    GAIN_PER_HOUR,
    DEBTOR_ID,
    CLAIMS,
    COUNTRY,
    SEGMENT,
    CHANNEL,
    LANGUAGE,
    CURRENCY,
    BALANCE_OWN,
    INSTALMENT,
    INSTALMENT_OWN,
    SETTLEMENT,
    SETTLEMENT_OWN,
    NEXT_ON,
    WHY,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [PLACE] = JK_LISTED_COUNT("place", "", "Place on the list, from 1"),
    [CLAIM_ID] = JK_LISTED_TEXT("claim_id", "claim", "The claim; of several the one that owes most"),
    [ACTION] = JK_LISTED_TEXT("action", "do", "What to do: amicable or legal"),
    [BALANCE] = JK_LISTED_MONEY("balance", "balance", "What is owed at the cut-off"),
    [GAIN] = JK_LISTED_MONEY("gain", "gain", "What working it now is worth more than waiting"),
    [HOURS] = {"hours", "hours", "hours", "Agent hours in the first epoch", JK_LISTING_NUMBER, 4},
    [GAIN_PER_HOUR] = JK_LISTED_MONEY("gain_per_hour", "gain per hour", "Gain by hour; missing where no hour is taken"),
    [DEBTOR_ID] = JK_LISTED_TEXT("debtor_id", NULL, "Its debtor"),
    [CLAIMS] =
        JK_LISTED_COUNT("claims", NULL, "Claims that are worked together: the debtor's with --by-debtor, else 1"),
    [COUNTRY] = JK_LISTED_TEXT("country", NULL, "Country"),
    [SEGMENT] = JK_LISTED_TEXT("segment", NULL, "Segment of the model"),
    [CHANNEL] = JK_LISTED_TEXT("channel", NULL, "Best verified channel"),
    [LANGUAGE] = JK_LISTED_TEXT("language", NULL, "Of the country: fi, sv, da, nb, et; missing elsewhere"),
    [CURRENCY] = JK_LISTED_TEXT("currency", NULL, "Of the claim"),
    [BALANCE_OWN] = {"balance_own", NULL, "", "What is owed on the claim in its own currency", JK_LISTING_NUMBER, 2},
    [INSTALMENT] = JK_LISTED_MONEY(
        "instalment", NULL,
        "To offer a month: what those of the class who pay by instalments pay, or what enforcement could "
        "take if that is more, within what a known income can bear; missing where the model and the income "
        "say nothing"),
    [INSTALMENT_OWN] = {"instalment_own", NULL, "", "The same in the claim's own currency", JK_LISTING_NUMBER, 2},
    [SETTLEMENT] = JK_LISTED_MONEY(
        "settlement", NULL,
        "To accept in one payment: the share of the balance at which the model's debtors settle; missing "
        "where it is all, where debtors are sued, and where they pay by instalments already"),
    [SETTLEMENT_OWN] = {"settlement_own", NULL, "", "The same in the claim's own currency", JK_LISTING_NUMBER, 2},
    [NEXT_ON] = JK_LISTED_TEXT(
        "next_on", NULL,
        "When to look again if nothing came: at the end of the first epoch, or before the claim is barred"),
    [WHY] = JK_LISTED_TEXT("why", "why", "In a few words"),
};

/* The language in which a debtor of the country is written to. */
static const char *language_of(const char *country) {
    static const char *const languages[][2] = {{"FI", "fi"}, {"SE", "sv"}, {"DK", "da"}, {"NO", "nb"}, {"EE", "et"}};
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        if (strcmp(languages[i][0], country) == 0) {
            return languages[i][1];
        }
    }
    return "";
}

static void set_names(const jk_candidates *candidates, size_t row, jk_cell *cells) {
    size_t count = 0;
    const char *const *country = jk_tape_dictionary(candidates->tape, JK_COLUMN_COUNTRY, &count);
    const char *const *channel = jk_schema_levels(JK_COLUMN_REACHABLE, &count);
    jk_cell_set(&cells[COUNTRY], country[candidates->country[row]]);
    jk_cell_set(&cells[LANGUAGE], language_of(country[candidates->country[row]]));
    jk_cell_set(&cells[SEGMENT], candidates->model->segments[candidates->segment[row]].id);
    jk_cell_set(&cells[CHANNEL], channel[candidates->reachable[row]]);
}

/* What only the tape has. */
static jk_status set_own(const jk_candidates *candidates, const jk_worklist_row *unit, jk_cell *cells,
                         jk_error *error) {
    static const jk_column parts[] = {JK_COLUMN_PRINCIPAL, JK_COLUMN_INTEREST_ACCRUED, JK_COLUMN_FEES};
    size_t row = unit->row, count = 0;
    int32_t code = JK_MISSING_INDEX;
    int64_t owed = 0;
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        int64_t part = 0;
        JK_TRY(jk_tape_read(candidates->tape, parts[p], row, 1, &part, error));
        owed += jk_money_or_zero(part);
    }
    JK_TRY(jk_tape_read(candidates->tape, JK_COLUMN_CURRENCY, row, 1, &code, error));
    const char *const *currency = jk_tape_dictionary(candidates->tape, JK_COLUMN_CURRENCY, &count);
    const char *own = code >= 0 && (size_t)code < count ? currency[code] : candidates->model->written_currency;
    double rate = jk_model_exchange_rate(candidates->model, own);
    jk_cell_set(&cells[CURRENCY], own);
    cells[INSTALMENT_OWN].number = unit->instalment / rate;
    cells[SETTLEMENT_OWN].number = unit->settlement / rate;
    cells[BALANCE_OWN].number = (double)owed / 100.0;
    return jk_tape_read(candidates->tape, JK_COLUMN_DEBTOR_ID, row, 1, cells[DEBTOR_ID].text, error);
}

/* Why a claim is on the list, in a few words ("able, title, phone: legal brings 41.20 more than waiting"). */
enum { WORDS_MAX = 192 };
static const char *words_of(const jk_candidates *candidates, const jk_worklist_row *row, char text[WORDS_MAX]) {
    static const char *const titles[] = {"no title", "filed", "title"};
    size_t count = 0;
    const char *const *channels = jk_schema_levels(JK_COLUMN_REACHABLE, &count);
    uint8_t channel = candidates->reachable[row->row];
    bool files = row->action == JK_LEGAL && candidates->title_state[row->row] == JK_TITLE_NONE;
    char spell[80] = "", several[40] = "";
    if (row->claims > 1) {
        jk_text_format(several, sizeof several, "%zu claims: ", row->claims);
    }
    if (candidates->paying[row->row] != 0) {
        jk_text_format(spell, sizeof spell, "pays now, ");
    } else if (candidates->silent_months[row->row] > 0) {
        jk_text_format(spell, sizeof spell, "last paid %d months ago, ", candidates->silent_months[row->row]);
    }
    jk_text_format(text, WORDS_MAX, "%s%s%s, %s, %s%s: %s brings %.2f more than waiting", several, spell,
                   candidates->capacity_class[row->row] == JK_CAPACITY_NONE
                       ? jk_text("no capacity yet")
                       : jk_text_if_known(jk_capacity_name((jk_capacity)candidates->capacity_class[row->row])),
                   jk_text(titles[candidates->title_state[row->row]]),
                   channel == JK_REACHABLE_UNKNOWN ? jk_text("channel ") : "", jk_text_if_known(channels[channel]),
                   candidates->paying[row->row] != 0 ? jk_text("keeping the plan")
                   : files                           ? jk_text("filing now")
                                                     : jk_text_if_known(jk_action_name(row->action)),
                   row->gain);
    return text;
}

static jk_status worklist_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_candidates *candidates = listing->source[0];
    const jk_worklist_row *row = &((const jk_worklist *)listing->source[1])->rows[i];
    char words[WORDS_MAX], date[JK_DATE_TEXT];
    cells[PLACE].number = (double)(i + 1);
    cells[BALANCE].number = row->balance;
    cells[CLAIMS].number = (double)row->claims;
    cells[INSTALMENT].number = row->instalment;
    cells[SETTLEMENT].number = row->settlement;
    jk_cell_set(&cells[NEXT_ON], jk_date_format(row->next_on, date));
    cells[GAIN].number = row->gain;
    cells[HOURS].number = row->hours;
    if (row->hours > 0.0) {
        cells[GAIN_PER_HOUR].number = row->gain / row->hours;
    }
    jk_cell_set(&cells[ACTION], jk_action_name(row->action));
    jk_cell_set(&cells[WHY], words_of(candidates, row, words));
    set_names(candidates, row->row, cells);
    JK_TRY(set_own(candidates, row, cells, error));
    return jk_tape_read(candidates->tape, JK_COLUMN_CLAIM_ID, row->row, 1, cells[CLAIM_ID].text, error);
}

jk_listing jk_worklist_listing(const jk_candidates *candidates, const jk_worklist *worklist) {
    return JK_LISTING_OF("worklist", columns, worklist != NULL ? worklist->count : 0, worklist_cells, candidates,
                         worklist);
}

/* ---- what is not on it ------------------------------------------------------------------------------------------ */

enum { REASON, MEANING, LEFT_OUT, LEFT_BALANCE, EXCLUDED_COLUMNS };

static const jk_listing_column excluded_columns[EXCLUDED_COLUMNS] = {
    [REASON] = JK_LISTED_TEXT("reason", NULL, "Why they are not on the list"),
    [MEANING] = JK_LISTED_TEXT("meaning", "left out", "The same in words"),
    [LEFT_OUT] = JK_LISTED_COUNT("claims", "claims", "Claims"),
    [LEFT_BALANCE] = JK_LISTED_MONEY("balance", "balance", "What they owe at the cut-off"),
};

/* The reasons that every list has, then those of a list that is narrowed. */
static size_t next_reason(const jk_worklist *worklist, size_t reason) {
    do {
        reason++;
    } while (reason < JK_EXCLUSION_COUNT && reason > JK_EXCLUDED_NO_GAIN && worklist->excluded[reason] == 0);
    return reason;
}

static jk_status excluded_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    static const char *const words[JK_EXCLUSION_COUNT] = {"",
                                                          "barred, or only closing allowed",
                                                          "vulnerable debtor",
                                                          "disputed",
                                                          "no verified channel",
                                                          "nothing gained over waiting",
                                                          "hours are worth more elsewhere",
                                                          "contacted lately",
                                                          "not of this team, country or segment"};
    const jk_worklist *worklist = listing->source[0];
    size_t reason = JK_EXCLUDED_BARRED;
    (void)error;
    for (; row > 0; row--) {
        reason = next_reason(worklist, reason);
    }
    jk_cell_set(&cells[REASON], jk_exclusion_name((jk_exclusion)reason));
    jk_cell_set(&cells[MEANING], words[reason]);
    cells[LEFT_OUT].number = (double)worklist->excluded[reason];
    cells[LEFT_BALANCE].number = worklist->excluded_balance[reason];
    return JK_OK;
}

jk_listing jk_worklist_excluded_listing(const jk_worklist *worklist) {
    size_t rows = 0;
    for (size_t r = JK_EXCLUDED_BARRED; worklist != NULL && r < JK_EXCLUSION_COUNT; r = next_reason(worklist, r)) {
        rows++;
    }
    return JK_LISTING_OF("worklist left out", excluded_columns, rows, excluded_cells, worklist);
}
