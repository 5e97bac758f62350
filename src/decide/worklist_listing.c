/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a worklist, their columns described once. */
#include "base/listing.h"
#include "jalki/worklist.h"

enum { PLACE, CLAIM_ID, ACTION, BALANCE, GAIN, HOURS, GAIN_PER_HOUR, WHY, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [PLACE] = {"place", "", "", "Place on the list, from 1", JK_LISTING_COUNT, 0},
    [CLAIM_ID] = {"claim_id", "claim", "", "The claim", JK_LISTING_TEXT, 0},
    [ACTION] = {"action", "do", "", "What to do: amicable or legal", JK_LISTING_TEXT, 0},
    [BALANCE] = {"balance", "balance", "money", "What is owed at the cut-off", JK_LISTING_NUMBER, 2},
    [GAIN] = {"gain", "gain", "money", "What working it now is worth more than waiting", JK_LISTING_NUMBER, 2},
    [HOURS] = {"hours", "hours", "hours", "Agent hours in the first epoch", JK_LISTING_NUMBER, 4},
    [GAIN_PER_HOUR] = {"gain_per_hour", "gain per hour", "money", "Gain by hour; missing where no hour is taken",
                       JK_LISTING_NUMBER, 2},
    [WHY] = {"why", "why", "", "In a few words", JK_LISTING_TEXT, 0},
};

static jk_status worklist_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_candidates *candidates = listing->source[0];
    const jk_worklist_row *row = &((const jk_worklist *)listing->source[1])->rows[i];
    char id[JK_TEXT_MAX + 1] = "";
    char words[JK_WORKLIST_WORDS_MAX];
    cells[PLACE].number = (double)(i + 1);
    cells[BALANCE].number = candidates->balance[row->row];
    cells[GAIN].number = row->gain;
    cells[HOURS].number = row->hours;
    if (row->hours > 0.0) {
        cells[GAIN_PER_HOUR].number = row->gain / row->hours;
    }
    jk_cell_set(&cells[ACTION], jk_action_name(row->action));
    jk_cell_set(&cells[WHY], jk_worklist_words(candidates, row, words));
    jk_status status = jk_tape_read(candidates->tape, JK_COLUMN_CLAIM_ID, row->row, 1, id, error);
    jk_cell_set(&cells[CLAIM_ID], id);
    return status;
}

jk_listing jk_worklist_listing(const jk_candidates *candidates, const jk_worklist *worklist) {
    return (jk_listing){.name = "worklist",
                        .columns = columns,
                        .column_count = COLUMNS,
                        .rows = worklist != NULL ? worklist->count : 0,
                        .source = {candidates, worklist},
                        .cells = worklist_cells};
}
