/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows of a panel are landmarks, for how long each was watched, and what came in meanwhile. */
#include "history/landmarks.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/sort.h"
#include "base/team/team.h"
#include "tape/panel_period.h"

/* What of a row is needed to follow a claim. */
typedef struct followed_row {
    double months, cash;
    int32_t claim, start;
    uint32_t row; /* of the panel */
    uint8_t exit, treatment, kept, paying;
} followed_row;

typedef struct follower {
    const jk_panel *panel;
    const jk_landmark_options *options;
    followed_row *row; /* [rows of the panel]; by claim and start once sorted */
    unsigned char *scratch, *keep;
    size_t scratch_bytes, block_rows;
    int32_t end;     /* of the rows that are followed */
    jk_watch *watch; /* [landmarks] */
} follower;

const char *jk_landmark_treatment_name(jk_landmark_treatment treatment) {
    return treatment == JK_LANDMARK_PLAN ? "plan" : "recorded";
}

static jk_status check_options(const jk_landmark_options *options, jk_error *error) {
    bool good = options->horizon_count >= 1 && options->horizon_count <= JK_HORIZONS_MAX;
    for (size_t h = 0; good && h < options->horizon_count; h++) {
        good = options->horizon[h] >= 1 && options->horizon[h] <= JK_HORIZON_MONTHS_MAX &&
               (h == 0 || options->horizon[h] > options->horizon[h - 1]);
    }
    if (!good) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "horizon",
                       "expected 1 to %d horizons, ascending, of 1 to %d months each", JK_HORIZONS_MAX,
                       JK_HORIZON_MONTHS_MAX);
    }
    if (options->every < 0 || options->every > JK_HORIZON_MONTHS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "landmark",
                       "a landmark every %d months: expected 1 to %d, or only the first row of a claim", options->every,
                       JK_HORIZON_MONTHS_MAX);
    }
    return JK_OK;
}

static jk_status follow_block(void *context, const jk_panel_block *block, jk_error *error) {
    follower *self = context;
    size_t thread = (size_t)block->thread, kept = 0;
    uint8_t *keep = self->keep + thread * self->block_rows;
    void *scratch = self->scratch + thread * self->scratch_bytes;
    JK_TRY(jk_panel_filter_rows(&self->options->filter, self->panel, block, scratch, keep, &kept, error));
    for (size_t i = 0; i < block->rows; i++) {
        self->row[block->first_row + i] = (followed_row){.months = block->months[i],
                                                         .cash = block->cash[i],
                                                         .claim = block->claim[i],
                                                         .start = block->period_start[i],
                                                         .row = (uint32_t)(block->first_row + i),
                                                         .exit = block->exit[i],
                                                         .treatment = block->treatment[i],
                                                         .kept = keep[i],
                                                         .paying = block->score->paying[i]};
    }
    return JK_OK;
}

static int by_claim(const void *a, const void *b) {
    const followed_row *x = a, *y = b;
    int claim = (x->claim > y->claim) - (x->claim < y->claim);
    return claim != 0 ? claim : (x->start > y->start) - (x->start < y->start);
}

static jk_status read_rows(follower *self, size_t rows, jk_error *error) {
    const jk_run *run = &self->options->run;
    size_t threads = (size_t)jk_panel_threads(self->panel, run);
    self->block_rows = jk_panel_block_rows(self->panel, run);
    self->scratch_bytes = jk_panel_filter_scratch(self->panel, run);
    self->row = jk_columns_alloc(rows, sizeof *self->row);
    self->scratch = jk_columns_zero(threads * self->scratch_bytes, 1);
    self->keep = jk_columns_zero(threads * self->block_rows, 1);
    JK_TRY(jk_held(self->row != NULL && self->scratch != NULL && self->keep != NULL, error, "the landmarks"));
    JK_TRY(jk_panel_stream_own(self->panel, run, follow_block, self, error));
    JK_TRY(jk_team_gather_rows(self->row, sizeof *self->row, rows, self->block_rows, error));
    jk_sort(self->row, rows, sizeof *self->row, by_claim);
    return JK_OK;
}

/* Which landmark of its claim a day belongs to. */
static int window_of(const follower *self, int32_t start, int32_t first_start) {
    return self->options->every > 0 ? jk_months_between(first_start, start) / self->options->every : 0;
}

static bool ends_for_good(uint8_t exit) {
    return exit == JK_EXIT_PAID || exit == JK_EXIT_DEATH || exit == JK_EXIT_INSOLVENCY;
}

/* Whether row j is no longer what is assumed of the claim that stood in row `at`: another treatment has begun. Nobody
 * is sued who pays, so that who begins to pay under `legal` goes on under whatever it is called then. */
static bool is_other(const follower *self, size_t at, size_t j, bool *released) {
    const followed_row *row = self->row;
    if (self->options->treatment != JK_LANDMARK_RECORDED || row[j].treatment == row[at].treatment) {
        return false;
    }
    *released = *released || (row[at].treatment == JK_TREAT_LEGAL && row[j].paying != 0);
    return !*released;
}

/* Follows the claim from row `at`; rows of the claim end before `end`. */
static void follow(const follower *self, size_t at, size_t end, jk_landmark *landmark, jk_watch *watch) {
    enum { GAP_DAYS = 3 }; /* dates of months ends */
    const jk_landmark_options *options = self->options;
    const followed_row *row = self->row;
    const double slack = 0.25; /* of a month: days of a period are whole */
    const double longest = options->horizon[options->horizon_count - 1];
    double months = 0.0, cash = 0.0;
    size_t h = 0;
    bool for_good = false, released = false;
    for (size_t j = at; j < end && h < options->horizon_count; j++) {
        bool follows = j == at || row[j].start <= jk_period_end(row[j - 1].start, row[j - 1].months) + GAP_DAYS;
        if (!follows || is_other(self, at, j, &released) || (options->within && !row[j].kept)) {
            break;
        }
        while (h < options->horizon_count && months + row[j].months > options->horizon[h] + slack) {
            landmark->horizon[h++] = (jk_landmark_cash){.months = months, .actual = cash};
        }
        months += row[j].months;
        cash += row[j].cash;
        for_good = ends_for_good(row[j].exit);
    }
    for (size_t open = h; open < options->horizon_count; open++) {
        double watched = months > options->horizon[open] ? (double)options->horizon[open] : months;
        landmark->horizon[open] = (jk_landmark_cash){.months = watched, .actual = cash};
    }
    *watch = (jk_watch){.months = months,
                        .limit = (double)(self->end - row[at].start) / JK_DAYS_PER_MONTH,
                        .group = (uint8_t)(2 * row[at].treatment + (row[at].paying != 0)),
                        .left = for_good};
    watch->ended = !for_good && months < fmin(watch->limit, longest) - slack && h < options->horizon_count;
}

/* Nobody is watched beyond the last day of rows that are followed. */
static void find_end(follower *self, size_t rows) {
    self->end = 0;
    for (size_t j = 0; j < rows; j++) {
        int32_t end = jk_period_end(self->row[j].start, self->row[j].months);
        self->end = (self->row[j].kept || !self->options->within) && end > self->end ? end : self->end;
    }
}

static jk_status choose(follower *self, size_t rows, int32_t *place, jk_landmarks *out, jk_error *error) {
    int32_t first_start = jk_panel_span_of(self->panel).first_start;
    const followed_row *row = self->row;
    size_t room = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t count = 0, claims = 0;
        for (size_t from = 0, end = 0; from < rows; from = end) {
            int last = -1;
            for (end = from; end < rows && row[end].claim == row[from].claim; end++) {
            }
            for (size_t j = from; j < end; j++) {
                int window = window_of(self, row[j].start, first_start);
                if (!row[j].kept || window == last) {
                    continue;
                }
                claims += last < 0;
                last = window;
                if (pass == 1) {
                    place[row[j].row] = (int32_t)count;
                    follow(self, j, end, &out->at[count], &self->watch[count]);
                }
                count++;
            }
        }
        if (pass == 0) {
            room = count;
            out->at = jk_columns_zero(room, sizeof *out->at);
            self->watch = jk_columns_zero(room, sizeof *self->watch);
            JK_TRY(jk_held(out->at != NULL && self->watch != NULL, error, "the landmarks"));
        }
        out->count = count;
        out->claims = claims;
    }
    return room > 0
               ? JK_OK
               : jk_fail(error, JK_ERROR_DATA, jk_tape_path(jk_panel_tape(self->panel)), 0, NULL,
                         "none of the panel's %zu rows is a landmark; expected other dates or another split", rows);
}

jk_status jk_landmarks_run(const jk_panel *panel, const jk_model *model, const jk_landmark_options *options,
                           jk_landmarks *out, jk_error *error) {
    *out = (jk_landmarks){.debtors = jk_tape_debtors(jk_panel_tape(panel))};
    JK_TRY(check_options(options, error));
    size_t rows = jk_tape_rows(jk_panel_tape(panel));
    follower self = {.panel = panel, .options = options};
    jk_status status = JK_OK;
    int32_t *place = jk_columns_alloc(rows, sizeof *place);
    JK_TRY_CLEANUP(jk_held(place != NULL, error, "the landmarks"));
    for (size_t i = 0; i < rows; i++) {
        place[i] = -1;
    }
    JK_TRY_CLEANUP(read_rows(&self, rows, error));
    find_end(&self, rows);
    JK_TRY_CLEANUP(choose(&self, rows, place, out, error));
    JK_TRY_CLEANUP(jk_landmarks_value(panel, model, options, place, self.watch, out, error));
cleanup:
    free(self.watch);
    free(self.row);
    free(self.scratch);
    free(self.keep);
    free(place);
    if (status != JK_OK) {
        jk_landmarks_reset(out);
    }
    return status;
}

void jk_landmarks_reset(jk_landmarks *landmarks) {
    free(landmarks->at);
    *landmarks = (jk_landmarks){0};
}
