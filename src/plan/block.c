/* SPDX-License-Identifier: Apache-2.0 */
/* From a block of claims in any order to tiles and back: rows are sorted by group and age, so that what a tile's kernel
 * reads from tables is the same for all its claims and the curves are read from one place. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/number/fmath.h"
#include "base/number/grid.h"
#include "plan/plan.h"

size_t jk_plan_group_of(const jk_plan *plan, const jk_terms *terms, size_t row, jk_plan_group *group) {
    const jk_plan_tables *tables = &plan->tables;
    size_t segment = terms->segment[row], jurisdiction = terms->jurisdiction[row], title = terms->title_state[row];
    unsigned allowed = terms->allowed[row];
    bool legal = (allowed & JK_ALLOW(JK_LEGAL)) != 0, guessed = jk_terms_guessed(terms, row);
    /* Who has nobody to keep a plan with settles at once. */
    bool begins = (allowed & (JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE))) != 0;
    const jk_plan_segment *figures = &tables->segments[segment];
    bool payers = figures->has_payers && (terms->paying[row] != 0 || (figures->begins_to_pay && begins));
    *group = (jk_plan_group){.tables = tables,
                             .segment = figures,
                             .first = guessed ? &tables->guessed[segment] : figures,
                             .jurisdiction = &tables->jurisdictions[jurisdiction],
                             .segment_index = segment,
                             .title = (jk_title)title,
                             .legal = legal,
                             .payers = payers};
    size_t key = ((segment * tables->jurisdiction_count + jurisdiction) * JK_TITLE_COUNT + title) * 2 + guessed;
    return (key * 2 + legal) * 2 + payers;
}

static int32_t clamped_age(const jk_terms *terms, size_t row, int32_t last_age) {
    int32_t age = terms->age_months[row];
    return age < 0 ? 0 : (age > last_age ? last_age : age);
}

/* Row of a claim that is not planned. */
static void put_unplanned(size_t row, jk_plan_results *results) {
    float *zero[] = {results->value,     results->action_value[JK_CLOSE],
                     results->erc_gross, results->erc_net,
                     results->gross_12m, results->gross_60m};
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
        if (zero[i] != NULL) {
            zero[i][row] = 0.0f;
        }
    }
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        if (results->action_value[a] != NULL) {
            results->action_value[a][row] = NAN;
        }
    }
    if (results->decision != NULL) {
        results->decision[row] = JK_CLOSE;
    }
}

static void to_starts(uint32_t *count, size_t buckets) {
    uint32_t sum = 0;
    for (size_t i = 0; i <= buckets; i++) {
        uint32_t here = count[i];
        count[i] = sum;
        sum += here;
    }
}

static bool is_left_out(const jk_plan *plan, size_t segment) {
    return plan->left_out != NULL && plan->left_out[segment];
}

/* Fills workspace->order[0] with the planned rows, by group, then age, then row, and returns how many they are. After
 * this, group_start[g] is the end of group g. */
static size_t sort_rows(const jk_plan *plan, const jk_terms *terms, jk_plan_results *results,
                        jk_plan_workspace *workspace) {
    const jk_plan_tables *tables = &plan->tables;
    size_t groups = jk_plan_group_count(tables), ages = (size_t)tables->last_age + 1;
    memset(workspace->group_start, 0, (groups + 1) * sizeof(uint32_t));
    memset(workspace->age_start, 0, (ages + 1) * sizeof(uint32_t));
    size_t planned = 0;
    for (size_t row = 0; row < terms->rows; row++) {
        if (terms->allowed[row] == 0) {
            put_unplanned(row, results);
            continue;
        }
        if (is_left_out(plan, terms->segment[row])) {
            continue;
        }
        jk_plan_group group;
        size_t key = jk_plan_group_of(plan, terms, row, &group);
        int32_t age = clamped_age(terms, row, group.segment->last_age);
        assert(key < groups && age <= tables->last_age);
        workspace->group_key[row] = (uint32_t)key;
        workspace->age_key[row] = (uint16_t)age;
        workspace->group_start[key]++;
        workspace->age_start[age]++;
        planned++;
    }
    to_starts(workspace->group_start, groups);
    to_starts(workspace->age_start, ages);
    assert(workspace->group_start[groups] == planned && workspace->age_start[ages] == planned);
    for (size_t row = 0; row < terms->rows; row++) {
        if (terms->allowed[row] != 0 && !is_left_out(plan, terms->segment[row])) {
            workspace->order[1][workspace->age_start[workspace->age_key[row]]++] = (uint32_t)row;
        }
    }
    for (size_t i = 0; i < planned; i++) {
        uint32_t row = workspace->order[1][i];
        workspace->order[0][workspace->group_start[workspace->group_key[row]]++] = row;
    }
    return planned;
}

static void load_column(const float *column, const uint32_t *rows, size_t count, size_t padded, float *to) {
    for (size_t i = 0; i < count; i++) {
        to[i] = column[rows[i]];
    }
    for (size_t i = count; i < padded; i++) {
        to[i] = 0.0f;
    }
}

/* Where a bar falls: the epoch that it lies in, and the part of that epoch before it (model.md section 5, f and c), in
 * 64 bits, as d - T cancels. */
static void load_bar(const jk_plan_tables *tables, const double *column, const uint32_t *rows, size_t count,
                     size_t padded, float *bar, float *epoch, float *part) {
    double horizon = (double)tables->months;
    for (size_t i = 0; i < padded; i++) {
        double months = i < count ? column[rows[i]] : 0.0;
        int j = 0;
        bar[i] = (float)months;
        part[i] = 0.0f;
        if (months >= horizon) {
            j = tables->epoch_count;
        } else if (months > 0.0) {
            j = tables->epoch_of_month[(int)months];
            part[i] = (float)((months - (double)tables->epochs[j].first_month) / (double)tables->epochs[j].month_count);
        }
        epoch[i] = (float)j;
    }
}

/* Epochs that begin before the last bar of any claim of the tile. */
static int epochs_to_plan(const jk_plan_group *group, const jk_plan_tile *tile, size_t count) {
    bool untitled = group->title == JK_TITLE_NONE, titled = !untitled || group->legal || group->payers;
    int epochs = 1;
    for (size_t i = 0; i < count; i++) {
        for (int b = untitled ? 0 : 1; b < (titled ? 2 : 1); b++) {
            int needed = (int)tile->bar_epoch[b][i] + (tile->bar_part[b][i] > 0.0f);
            epochs = needed > epochs ? needed : epochs;
        }
    }
    return epochs;
}

/* Numbers that a sale's price takes of a claim's intensity, where some claim may be sold: theta^informed. */
static void load_insight(const jk_plan_segment *segment, jk_plan_tile *tile) {
    unsigned allowed = 0;
    for (size_t i = 0; i < tile->rows; i++) {
        allowed |= (unsigned)tile->allowed[i];
    }
    bool wanted = (allowed & JK_ALLOW(JK_SELL)) != 0 && segment->informed > 0.0f;
    for (size_t i = 0; i < tile->rows && wanted; i++) {
        double theta = (double)tile->theta[i];
        tile->insight[i] = theta > 0.0 ? (float)jk_exp((double)segment->informed * jk_log(theta)) : 0.0f;
    }
}

void jk_plan_tile_load(const jk_plan_group *group, const jk_terms *terms, const uint32_t *rows, size_t count,
                       jk_plan_tile *tile) {
    size_t padded = (count + JK_TILE_STEP - 1) / JK_TILE_STEP * JK_TILE_STEP;
    assert(count > 0 && padded <= JK_TILE_ROWS); /* a tile is filled up with copies of its last claim */
    load_column(terms->balance, rows, count, padded, tile->balance);
    load_column(terms->interest_monthly, rows, count, padded, tile->interest);
    load_column(terms->theta, rows, count, padded, tile->theta);
    load_column(terms->garnish, rows, count, padded, tile->garnish);
    tile->law_changes = group->tables->epochs[group->tables->epoch_count - 1].later > 0.0f;
    if (tile->law_changes) {
        load_column(terms->garnish_later, rows, count, padded, tile->garnish_later);
    }
    load_column(terms->share, rows, count, padded, tile->share);
    load_column(terms->mortality, rows, count, padded, tile->mortality);
    load_column(terms->exit_status, rows, count, padded, tile->exit_status);
    load_column(terms->interruption, rows, count, padded, tile->interruption);
    load_column(terms->fading, rows, count, padded, tile->fading);
    load_column(terms->instalment, rows, count, padded, tile->instalment);
    load_column(terms->dividend, rows, count, padded, tile->dividend);
    load_bar(group->tables, terms->bar_untitled, rows, count, padded, tile->bar[0], tile->bar_epoch[0],
             tile->bar_part[0]);
    load_bar(group->tables, terms->bar_titled, rows, count, padded, tile->bar[1], tile->bar_epoch[1],
             tile->bar_part[1]);
    for (size_t i = 0; i < padded; i++) {
        bool real = i < count;
        size_t row = rows[real ? i : count - 1];
        tile->age[i] = clamped_age(terms, row, group->segment->last_age);
        tile->capacity_class[i] = real ? (int32_t)jk_terms_class(terms, row) : 0;
        tile->allowed[i] = real ? terms->allowed[row] : 0;
        tile->paying[i] = real && group->payers && terms->paying[row] != 0;
        /* Beyond this a claim resolves at once anyway; the limit keeps products finite. */
        tile->theta[i] = tile->theta[i] < 1e12f ? tile->theta[i] : 1e12f;
    }
    tile->rows = padded;
    load_insight(group->segment, tile);
    tile->epochs = epochs_to_plan(group, tile, count);
}

static void put_column(const float *from, const uint32_t *rows, size_t count, float *column) {
    if (column != NULL) {
        for (size_t i = 0; i < count; i++) {
            column[rows[i]] = from[i];
        }
    }
}

static void put_money(const float *grid, const uint32_t *rows, size_t count, float *column) {
    if (column != NULL) {
        for (size_t i = 0; i < count; i++) {
            column[rows[i]] = grid[i] * (float)(1.0 / JK_GRID_PER_UNIT);
        }
    }
}

static void put_results(const jk_plan_group *group, const jk_plan_tile *tile, const uint32_t *rows, size_t count,
                        jk_plan_results *results) {
    put_column(tile->value, rows, count, results->value);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        put_column(tile->action_value[a], rows, count, results->action_value[a]);
    }
    if (results->decision != NULL) {
        for (size_t i = 0; i < count; i++) {
            size_t state = (size_t)JK_STATE((int)group->title, tile->capacity_class[i]);
            state += tile->paying[i] ? JK_STATES : 0;
            results->decision[rows[i]] = tile->decisions[state * JK_TILE_ROWS + i];
        }
    }
    put_money(tile->gross, rows, count, results->erc_gross);
    put_money(tile->net, rows, count, results->erc_net);
    put_money(tile->gross_12m, rows, count, results->gross_12m);
    put_money(tile->gross_60m, rows, count, results->gross_60m);
}

enum { TO_READ = 0, TO_WRITE = 1, KEEP_IN_L2 = 2 };

/* Asks for the lines of rows that are soon read from a block's columns, or written to them. Rows come in sorted order,
 * which is no order that a processor's own prefetching can follow. */
static void prefetch_terms(const jk_terms *terms, const uint32_t *rows, size_t count) {
    const float *columns[] = {terms->balance,     terms->interest_monthly, terms->theta,   terms->garnish,
                              terms->share,       terms->mortality,        terms->fading,  terms->instalment,
                              terms->exit_status, terms->interruption,     terms->dividend};
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
            __builtin_prefetch(columns[c] + rows[i], TO_READ, KEEP_IN_L2);
        }
        __builtin_prefetch(terms->bar_untitled + rows[i], TO_READ, KEEP_IN_L2);
        __builtin_prefetch(terms->bar_titled + rows[i], TO_READ, KEEP_IN_L2);
    }
}

static void prefetch_results(const jk_plan_results *results, const uint32_t *rows, size_t count) {
    float *columns[] = {results->value,
                        results->erc_gross,
                        results->erc_net,
                        results->gross_12m,
                        results->gross_60m,
                        results->action_value[JK_CLOSE],
                        results->action_value[JK_SELL],
                        results->action_value[JK_SURVEIL],
                        results->action_value[JK_AMICABLE],
                        results->action_value[JK_LEGAL]};
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        for (size_t i = 0; i < count && columns[c] != NULL; i++) {
            __builtin_prefetch(columns[c] + rows[i], TO_WRITE, KEEP_IN_L2);
        }
    }
}

static void start_block(const jk_plan_results *results, const jk_cashflow *flow, jk_plan_tile *tile) {
    tile->trace_value = tile->trace_probability = tile->trace_flow = NULL;
    tile->project = flow != NULL || results->erc_gross != NULL || results->erc_net != NULL ||
                    results->gross_12m != NULL || results->gross_60m != NULL;
}

/* Loads the tile of `count` rows from rows[0] on; `ahead` rows follow. */
static void load_tile(const jk_plan_group *group, const jk_terms *terms, const uint32_t *rows, size_t count,
                      size_t ahead, const jk_plan_results *results, jk_plan_tile *tile) {
    jk_plan_tile_load(group, terms, rows, count, tile);
    prefetch_terms(terms, rows + count, ahead < JK_TILE_ROWS ? ahead : JK_TILE_ROWS);
    prefetch_results(results, rows, count);
}

static void plan_rows(const jk_plan *plan, const jk_terms *terms, jk_plan_results *results, jk_cashflow *flow,
                      jk_plan_policy *policy, jk_plan_workspace *workspace) {
    jk_plan_tile *tile = &workspace->tile;
    assert(terms->rows <= workspace->max_rows);
    size_t planned = sort_rows(plan, terms, results, workspace);
    start_block(results, flow, tile);
    tile->work = JK_TILE_PLAN;
    for (size_t i = 0; i < planned;) {
        const uint32_t *rows = workspace->order[0] + i;
        jk_plan_group group;
        size_t key = jk_plan_group_of(plan, terms, rows[0], &group);
        assert(workspace->group_start[key] > i && workspace->group_start[key] <= planned);
        size_t count = workspace->group_start[key] - i;
        count = count < JK_TILE_ROWS ? count : JK_TILE_ROWS;
        load_tile(&group, terms, rows, count, planned - i - count, results, tile);
        plan->kernel[group.payers]->run(&group, tile, flow == NULL ? NULL : flow->cell);
        put_results(&group, tile, rows, count, results);
        if (policy != NULL) {
            policy->used = jk_plan_policy_put(&group, tile, count, policy);
        }
        i += count;
    }
    if (policy != NULL) {
        memcpy(policy->order, workspace->order[0], planned * sizeof *policy->order);
        policy->planned = planned;
    }
}

void jk_plan_block(const jk_plan *plan, const jk_terms *terms, jk_plan_results *results, jk_cashflow *flow,
                   jk_plan_workspace *workspace) {
    plan_rows(plan, terms, results, flow, NULL, workspace);
}

void jk_plan_block_keep(const jk_plan *plan, const jk_terms *terms, jk_plan_results *results, jk_cashflow *flow,
                        jk_plan_policy *policy, jk_plan_workspace *workspace) {
    policy->used = policy->tile_count = 0;
    plan_rows(plan, terms, results, flow, policy, workspace);
}

static bool values_are_wanted(const jk_plan_results *results) {
    bool wanted = results->value != NULL;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        wanted = wanted || results->action_value[a] != NULL;
    }
    return wanted;
}

void jk_plan_block_follow(const jk_plan *plan, const jk_terms *terms, const jk_plan_policy *policy,
                          jk_plan_results *results, jk_cashflow *flow, jk_plan_workspace *workspace) {
    jk_plan_tile *tile = &workspace->tile;
    for (size_t row = 0; row < terms->rows; row++) {
        if (terms->allowed[row] == 0) {
            put_unplanned(row, results);
        }
    }
    start_block(results, flow, tile);
    tile->work = values_are_wanted(results) ? JK_TILE_EVALUATE : JK_TILE_GIVEN;
    const uint32_t *rows = policy->order;
    size_t from = 0, ahead = policy->planned;
    for (size_t t = 0; t < policy->tile_count; t++) {
        size_t count = policy->tile_rows[t];
        jk_plan_group group;
        (void)jk_plan_group_of(plan, terms, rows[0], &group);
        assert(count > 0 && count <= ahead); /* the policy is of these terms */
        ahead -= count;
        if (is_left_out(plan, group.segment_index)) {
            from = jk_plan_policy_skip(policy, t, from, &group);
            rows += count;
            continue;
        }
        load_tile(&group, terms, rows, count, ahead, results, tile);
        from = jk_plan_policy_get(policy, t, from, &group, count, tile);
        plan->kernel[group.payers]->run(&group, tile, flow == NULL ? NULL : flow->cell);
        put_results(&group, tile, rows, count, results);
        rows += count;
    }
}
