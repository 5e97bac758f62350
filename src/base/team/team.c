/* SPDX-License-Identifier: Apache-2.0 */
#include "base/team/team.h"

#include <assert.h>

#include "base/error.h"
#include "base/team/team_internal.h"
#include "jalki/plan.h"

jk_team_state jk_team = {.role = JK_TEAM_ALONE, .number = 1, .count = 1};

jk_team_role jk_team_role_now(void) {
    return jk_team.role;
}

/* Parts begin at whole steps, large ones where the tape is: blocks of rows then begin where those of one process do,
 * and a compressed file of claims has the same members. */
static size_t step_of(size_t rows, size_t parts) {
    size_t step = JK_PLAN_BLOCK_ROWS;
    while (step > 1 && rows / step < 4 * parts) {
        step /= 2;
    }
    return step;
}

static size_t begin_of(size_t rows, size_t number, size_t parts) {
    size_t step = step_of(rows, parts);
    size_t steps = (rows + step - 1) / step;
    size_t first = steps / parts * number + steps % parts * number / parts;
    return first * step < rows ? first * step : rows;
}

void jk_team_rows_of(int number, size_t rows, size_t *first, size_t *end) {
    *first = begin_of(rows, (size_t)number - 1, (size_t)jk_team.count);
    *end = begin_of(rows, (size_t)number, (size_t)jk_team.count);
}

void jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end) {
    *first = 0;
    *end = jk_team.role == JK_TEAM_MERGE && pass != JK_PASS_AFTER ? 0 : rows;
    if (jk_team.role == JK_TEAM_RANKS || (jk_team.role == JK_TEAM_PART && pass == JK_PASS_RESULT)) {
        jk_team_rows_of(jk_team.number, rows, first, end);
    }
    assert(*first <= *end && *end <= rows);
}

jk_wide jk_tally_get(const jk_tally *tally, size_t index) {
    switch (tally->kind) {
    case JK_TALLY_UINT32:
        return ((const uint32_t *)tally->cell)[index];
    case JK_TALLY_INT64:
        return ((const int64_t *)tally->cell)[index];
    default:
        return ((const jk_wide *)tally->cell)[index];
    }
}

bool jk_tally_set(const jk_tally *tally, size_t index, jk_wide value) {
    switch (tally->kind) {
    case JK_TALLY_UINT32:
        ((uint32_t *)tally->cell)[index] = (uint32_t)value;
        return value >= 0 && value <= UINT32_MAX;
    case JK_TALLY_INT64:
        ((int64_t *)tally->cell)[index] = (int64_t)value;
        return value >= INT64_MIN && value <= INT64_MAX;
    default:
        ((jk_wide *)tally->cell)[index] = value;
        return true;
    }
}

jk_status jk_team_sum(jk_team_pass pass, jk_team_question question, const jk_tally *tallies, size_t count,
                      jk_error *error) {
    if (jk_team.role == JK_TEAM_RANKS) {
        jk_ranks_sum(tallies, count);
        return JK_OK;
    }
    if (pass == JK_PASS_BEFORE || jk_team.role == JK_TEAM_ALONE) {
        return JK_OK;
    }
    return jk_team.role == JK_TEAM_PART ? jk_part_put(question, tallies, count, error)
                                        : jk_merge_take(question, tallies, count, error);
}

jk_status jk_team_collect(jk_output *output, const char *name, uint64_t head, jk_error *error) {
    switch (jk_team.role) {
    case JK_TEAM_PART:
        return jk_part_collect(output, name, head, error);
    case JK_TEAM_MERGE:
        return jk_merge_collect(output, name, head, error);
    case JK_TEAM_RANKS:
        return jk_ranks_collect(output, head, error);
    default:
        return JK_OK;
    }
}

jk_status jk_team_keep(const char *path, const char *name, jk_error *error) {
    return jk_team.role == JK_TEAM_PART ? jk_part_keep(path, name, error) : JK_OK;
}

int jk_team_number(void) {
    return jk_team.number;
}

int jk_team_parts(void) {
    return jk_team.count;
}

void jk_team_end(void) {
    jk_part_rows_end();
    jk_part_end();
    jk_merge_rows_end();
    jk_merge_end();
    jk_team = (jk_team_state){.role = JK_TEAM_ALONE, .number = 1, .count = 1};
}
