/* SPDX-License-Identifier: Apache-2.0 */
/* Sums are added over ranks; tables of cells and lists of large claims go from rank to rank in pairs, as they are
 * merged from threads: both do not depend on how the claims were divided. */
#include "simulate/points/survey_ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "base/team/team.h"

/* The head of what is sent; cells and claims follow. All ranks are the same program. */
typedef struct packed_head {
    uint64_t level, cells, large;
} packed_head;

static jk_status pack(void *context, void **bytes, size_t *size, jk_error *error) {
    const jk_survey *survey = context;
    const packed_head head = {(uint64_t)survey->cells.level, survey->cells.count, survey->large_count};
    const size_t cells = head.cells * sizeof(jk_claims_cell), large = head.large * sizeof(jk_cell_claim);
    *size = sizeof head + cells + large;
    unsigned char *out = malloc(*size);
    *bytes = out;
    JK_TRY(jk_held(out != NULL, error, "the model points"));
    memcpy(out, &head, sizeof head);
    memcpy(out + sizeof head, survey->cells.cell, cells);
    if (large > 0) {
        memcpy(out + sizeof head + cells, survey->large, large);
    }
    return JK_OK;
}

/* The largest of both lists. */
static jk_status add_large(jk_survey *survey, const unsigned char *from, size_t count, jk_error *error) {
    jk_cell_claim *both = jk_columns_alloc(survey->large_count + count, sizeof *both);
    JK_TRY(jk_held(both != NULL, error, "the largest claims"));
    if (survey->large_count > 0) {
        memcpy(both, survey->large, survey->large_count * sizeof *both);
    }
    memcpy(both + survey->large_count, from, count * sizeof *both);
    free(survey->large);
    survey->large = both;
    survey->large_count += count;
    jk_sort(survey->large, survey->large_count, sizeof *both, jk_survey_by_size);
    survey->large_count = survey->large_count < JK_LARGE_MOST ? survey->large_count : JK_LARGE_MOST;
    return JK_OK;
}

static jk_status merge(void *context, const void *bytes, size_t size, jk_error *error) {
    jk_survey *survey = context;
    packed_head head;
    (void)size;
    memcpy(&head, bytes, sizeof head);
    const unsigned char *cells = (const unsigned char *)bytes + sizeof head;
    jk_cells from = {.level = (int)head.level, .count = head.cells};
    from.cell = jk_columns_alloc(head.cells, sizeof *from.cell);
    JK_TRY(jk_held(from.cell != NULL, error, "the model points"));
    memcpy(from.cell, cells, head.cells * sizeof *from.cell);
    jk_status status = jk_cells_merge(&survey->cells, &from, error);
    free(from.cell);
    return status == JK_OK ? add_large(survey, cells + head.cells * sizeof(jk_claims_cell), head.large, error) : status;
}

static jk_status clear(void *context, jk_error *error) {
    jk_survey *survey = context;
    survey->large_count = 0;
    jk_cells_reset(&survey->cells);
    return jk_cells_init(&survey->cells, &survey->grid, JK_CELLS_MOST, error);
}

jk_status jk_survey_join(jk_survey *survey, jk_error *error) {
    jk_tally tallies[2 * JK_STRESS_STATES + 1];
    size_t count = 0;
    for (int s = JK_STATE_PART; s < JK_STRESS_STATES; s++) {
        const jk_cashflow *flow = &survey->truth[s].flow;
        tallies[count++] = (jk_tally){JK_TALLY_INT64, &survey->truth[s].value, 1};
        tallies[count++] =
            (jk_tally){JK_TALLY_INT64, flow->cell, (size_t)flow->months * flow->segments * JK_FLOW_COUNT};
    }
    if (survey->mix.sum != NULL) {
        tallies[count++] = (jk_tally){JK_TALLY_INT64, survey->mix.sum, survey->mix.groups * survey->mix.size};
    }
    JK_TRY(jk_team_sum(JK_PASS_RESULT, (jk_team_question){"survey", 0}, tallies, count, error));
    const jk_team_parcel parcel = {.context = survey, .pack = pack, .merge = merge, .clear = clear};
    return jk_team_merge(&parcel, error);
}
