/* SPDX-License-Identifier: Apache-2.0 */
/* What checks are worth in rows, and as JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/checks.h"
#include "jalki/export.h"

enum {
    SEGMENT,
    CLAIMS,
    SEEN,
    NEVER,
    INTERVAL,
    BEST = INTERVAL + JK_CHECK_INTERVALS,
    BEST_VALUE,
    PAYS,
    GAIN,
    SAMPLED,
    COLUMNS
};

#define AFTER(months) "Looked at every " months " months, net of the checks; from a sample of the claims"

static const jk_listing_column columns[COLUMNS] = {
    [SEGMENT] = JK_LISTED_TEXT("segment", "segment", "Segment of the model, or all"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "How many"),
    [SEEN] = JK_LISTED_MONEY("seen", "always seen",
                             "Worth if the class is seen in every epoch, free of charge: no plan is worth more"),
    [NEVER] = JK_LISTED_MONEY("never", "never seen", "Worth of a plan that never sees the class again"),
    [INTERVAL] = JK_LISTED_MONEY("every_epoch", NULL,
                                 "Looked at in every epoch, net of the checks; from a sample of the claims"),
    [INTERVAL + 1] = {"every_6", "6 months", "money", AFTER("6"), JK_LISTING_NUMBER, 2},
    [INTERVAL + 2] = {"every_12", "12 months", "money", AFTER("12"), JK_LISTING_NUMBER, 2},
    [INTERVAL + 3] = {"every_24", "24 months", "money", AFTER("24"), JK_LISTING_NUMBER, 2},
    [INTERVAL + 4] = {"every_36", NULL, "money", AFTER("36"), JK_LISTING_NUMBER, 2},
    [INTERVAL + 5] = {"every_60", "60 months", "money", AFTER("60"), JK_LISTING_NUMBER, 2},
    [BEST] = JK_LISTED_TEXT("best", "best", "The interval that is worth most; of all: one for all segments"),
    [BEST_VALUE] = JK_LISTED_MONEY("best_value", NULL, "Worth at that interval"),
    [PAYS] = JK_LISTED_COUNT("check_now", "check now", "Claims for which a check now brings more than it costs"),
    [GAIN] = JK_LISTED_MONEY("check_now_gain", "gain", "What these checks bring beyond their price"),
    [SAMPLED] = JK_LISTED_COUNT("sampled", NULL, "Claims whose intervals were computed"),
};

const char *jk_check_interval_name(int interval, char text[JK_CHECK_WORDS]) {
    const char *form = interval == JK_CHECK_INTERVALS ? "never" : interval == 0 ? "every epoch" : "%d months";
    (void)snprintf(text, JK_CHECK_WORDS, form, interval < JK_CHECK_INTERVALS ? jk_check_months[interval] : 0);
    return text;
}

static jk_status checks_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_checks_line *line = &((const jk_checks *)listing->source[0])->line[i];
    char text[JK_CHECK_WORDS];
    (void)error;
    jk_cell_set(&cells[SEGMENT], line->name);
    jk_cell_set(&cells[BEST], jk_check_interval_name(line->best, text));
    cells[CLAIMS].number = (double)line->claims;
    cells[SEEN].number = line->seen;
    cells[NEVER].number = line->never;
    for (int n = 0; n < JK_CHECK_INTERVALS; n++) {
        cells[INTERVAL + n].number = line->interval[n];
    }
    cells[BEST_VALUE].number = line->best_value;
    cells[PAYS].number = (double)line->pays;
    cells[GAIN].number = line->pays_gain;
    cells[SAMPLED].number = (double)line->sampled;
    return JK_OK;
}

jk_listing jk_checks_listing(const jk_checks *checks) {
    return JK_LISTING_OF("checks", columns, checks != NULL ? checks->line_count : 0, checks_cells, checks);
}

char *jk_checks_json(const jk_checks *checks) {
    jk_json_builder b = {0};
    json_t *root = json_object();
    jk_listing listing = jk_checks_listing(checks);
    jk_json_put(&b, root, "price", jk_json_number(checks->price));
    jk_json_put(&b, root, "last_seen", json_integer(checks->last_seen));
    jk_json_put(&b, root, "rows", jk_listing_json(&b, &listing));
    char *manifest = jk_manifest_json(checks->tape, checks->model, &checks->valuation);
    jk_json_put_text(&b, root, "manifest", manifest);
    free(manifest);
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
