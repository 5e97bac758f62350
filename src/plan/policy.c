/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: the decisions of a block's tiles, kept one behind the other. Only epochs that are planned and states that
 * the tile's group can reach are kept, a byte each; rows of a state lie together, so that a tile's decisions are copied
 * in runs. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/plan.h"

static bool plan_has_payers(const jk_plan *plan) {
    bool payers = false;
    for (size_t g = 0; g < plan->tables.segment_count; g++) {
        payers = payers || plan->tables.segments[g].has_payers;
    }
    return payers;
}

static size_t decision_bytes(const jk_plan *plan, size_t max_rows) {
    return max_rows * (size_t)plan->tables.epoch_count * (plan_has_payers(plan) ? JK_ALL_STATES : JK_STATES);
}

size_t jk_plan_policy_size(const jk_plan *plan, size_t max_rows) {
    return sizeof(jk_plan_policy) + max_rows * (sizeof(uint32_t) + sizeof(uint16_t) + sizeof(uint8_t)) +
           decision_bytes(plan, max_rows);
}

jk_plan_policy *jk_plan_policy_create(const jk_plan *plan, size_t max_rows) {
    jk_plan_policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL) {
        return NULL;
    }
    policy->order = jk_columns_zero(max_rows, sizeof *policy->order);
    policy->tile_rows = jk_columns_zero(max_rows, sizeof *policy->tile_rows);
    policy->tile_epochs = jk_columns_zero(max_rows, sizeof *policy->tile_epochs);
    policy->decisions = jk_columns_zero(decision_bytes(plan, max_rows), sizeof *policy->decisions);
    if (policy->order == NULL || policy->tile_rows == NULL || policy->tile_epochs == NULL ||
        policy->decisions == NULL) {
        jk_plan_policy_free(policy);
        return NULL;
    }
    return policy;
}

void jk_plan_policy_free(jk_plan_policy *policy) {
    if (policy != NULL) {
        free(policy->order);
        free(policy->tile_rows);
        free(policy->tile_epochs);
        free(policy->decisions);
        free(policy);
    }
}

/* States first..last-1 of JK_STATES that claims of the group can reach. */
static int first_state(const jk_plan_group *group) {
    return JK_STATE((int)group->title, 0);
}

static int end_of_states(const jk_plan_group *group) {
    int last = group->legal ? JK_TITLE_HELD : (int)group->title;
    return JK_STATE(last, JK_CAPACITY_COUNT);
}

static size_t states_of(const jk_plan_group *group) {
    return group->payers ? JK_ALL_STATES : JK_STATES;
}

/* The next state after `state` that claims of the group can reach; at the end, the number of states. */
static int next_state(const jk_plan_group *group, int state) {
    int next = state + 1;
    if (next == end_of_states(group)) {
        next = group->payers ? JK_STATES + first_state(group) : JK_ALL_STATES;
    } else if (next == JK_STATES + end_of_states(group)) {
        next = JK_ALL_STATES;
    }
    return next;
}

size_t jk_plan_policy_put(const jk_plan_group *group, const jk_plan_tile *tile, size_t rows, jk_plan_policy *policy) {
    uint8_t *to = policy->decisions + policy->used;
    for (size_t j = 0; j < (size_t)tile->epochs; j++) {
        for (int s = first_state(group); s < JK_ALL_STATES; s = next_state(group, s)) {
            memcpy(to, tile->decisions + (j * states_of(group) + (size_t)s) * JK_TILE_ROWS, rows);
            to += rows;
        }
    }
    assert(rows <= JK_TILE_ROWS && tile->epochs <= UINT16_MAX);
    policy->tile_epochs[policy->tile_count] = (uint16_t)tile->epochs;
    policy->tile_rows[policy->tile_count++] = (uint8_t)rows;
    assert((size_t)(to - policy->decisions) ==
           jk_plan_policy_skip(policy, policy->tile_count - 1, policy->used, group));
    return (size_t)(to - policy->decisions);
}

size_t jk_plan_policy_get(const jk_plan_policy *policy, size_t number, size_t from, const jk_plan_group *group,
                          size_t rows, jk_plan_tile *tile) {
    const uint8_t *at = policy->decisions + from;
    size_t kept = policy->tile_epochs[number];
    if ((size_t)tile->epochs > kept) {
        memset(tile->decisions + kept * states_of(group) * JK_TILE_ROWS, JK_CLOSE,
               ((size_t)tile->epochs - kept) * states_of(group) * JK_TILE_ROWS);
    }
    for (size_t j = 0; j < kept; j++) {
        for (int s = first_state(group); s < JK_ALL_STATES; s = next_state(group, s)) {
            uint8_t *row = tile->decisions + (j * states_of(group) + (size_t)s) * JK_TILE_ROWS;
            memcpy(row, at, rows);
            memset(row + rows, JK_CLOSE, tile->rows - rows); /* the empty claims at the tile's end */
            at += rows;
        }
    }
    assert((size_t)(at - policy->decisions) == jk_plan_policy_skip(policy, number, from, group));
    return (size_t)(at - policy->decisions);
}

size_t jk_plan_policy_skip(const jk_plan_policy *policy, size_t number, size_t from, const jk_plan_group *group) {
    size_t states = (size_t)(end_of_states(group) - first_state(group)) * (group->payers ? 2 : 1);
    return from + policy->tile_epochs[number] * states * policy->tile_rows[number];
}

bool jk_plan_policy_next(jk_policy_walk *walk) {
    if (walk->tiles == walk->policy->tile_count) {
        return false;
    }
    walk->rows = walk->tiles == 0 ? walk->policy->order : walk->rows + walk->count;
    walk->count = walk->policy->tile_rows[walk->tiles];
    (void)jk_plan_group_of(walk->plan, walk->terms, walk->rows[0], &walk->group);
    jk_plan_tile_load(&walk->group, walk->terms, walk->rows, walk->count, walk->tile);
    walk->from = jk_plan_policy_get(walk->policy, walk->tiles++, walk->from, &walk->group, walk->count, walk->tile);
    return true;
}
