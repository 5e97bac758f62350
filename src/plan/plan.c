/* SPDX-License-Identifier: Apache-2.0 */
/* Life of plans and workspaces. */
#include "plan/plan.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* The kernels of an instruction set: [0] for claims whose debtors pay at once, [1] for those who pay in spells. */
static void choose_kernels(jk_isa isa, const jk_plan_kernel *kernel[2]) {
    kernel[0] = JK_ISA_OF(jk_plan_kernel_, isa);
    kernel[1] = JK_ISA_OF(jk_payers_kernel_, isa);
}

/* Written so that a NaN fails too. */
static jk_status check_recovery(const jk_plan_tables *tables, const double *recovery, jk_error *error) {
    size_t cells = tables->segment_count * (size_t)tables->epoch_count;
    for (size_t i = 0; recovery != NULL && i < cells; i++) {
        if (!(recovery[i] >= 0.0 && recovery[i] <= JK_RECOVERY_MAX)) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "recovery",
                           "%g is no multiplier of recoveries; expected 0 to %g", recovery[i], JK_RECOVERY_MAX);
        }
    }
    return JK_OK;
}

static bool is_multiplier(double value) {
    return value >= 0.0 && value <= JK_STRESS_MAX;
}

static jk_status check_stress(const jk_plan_tables *tables, const jk_plan_stress *stress, jk_error *error) {
    for (size_t g = 0; stress != NULL && g < tables->segment_count; g++) {
        const jk_plan_stress *s = &stress[g];
        if (!is_multiplier(s->exit) || !is_multiplier(s->interruption) || !is_multiplier(s->breakage)) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "stress",
                           "%g, %g and %g are no multipliers of exits, interruption and breakage; expected 0 to %g",
                           s->exit, s->interruption, s->breakage, JK_STRESS_MAX);
        }
    }
    return JK_OK;
}

static jk_status check_hours(const jk_plan_tables *tables, const double *price, jk_error *error) {
    for (int j = 0; j < tables->epoch_count; j++) {
        if (!(price[j] >= 0.0 && price[j] <= JK_HOUR_MAX)) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "hour_price",
                           "%g is no price of an agent hour; expected 0 to %g", price[j], JK_HOUR_MAX);
        }
    }
    return JK_OK;
}

jk_status jk_plan_set_recovery(jk_plan *plan, const double *recovery, const double *paying_recovery, jk_error *error) {
    JK_TRY(check_recovery(&plan->tables, recovery, error));
    JK_TRY(check_recovery(&plan->tables, paying_recovery, error));
    jk_plan_tables_recover(&plan->tables, recovery, paying_recovery);
    return JK_OK;
}

jk_status jk_plan_create(const jk_model *model, const jk_plan_options *options, jk_plan **plan, jk_error *error) {
    *plan = NULL;
    if (!(options->irr > -1.0) || !isfinite(options->irr)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "irr", "%g is no yearly return; expected more than -1",
                       options->irr);
    }
    jk_isa isa = JK_ISA_BASE;
    JK_TRY(jk_isa_choose(options->isa, &isa, error));
    jk_plan *created = calloc(1, sizeof *created);
    JK_TRY(jk_held(created != NULL, error, "the plan"));
    created->model = model;
    created->isa = isa;
    choose_kernels(isa, created->kernel);
    jk_status status = jk_plan_tables_init(&created->tables, model, options->irr, error);
    if (status == JK_OK) {
        status = jk_plan_set_recovery(created, options->recovery, options->paying_recovery, error);
    }
    if (status == JK_OK && options->stress != NULL) {
        status = check_stress(&created->tables, options->stress, error);
        if (status == JK_OK) {
            jk_plan_tables_stress(&created->tables, model, options->stress);
        }
    }
    if (status == JK_OK && options->law_from > 0.0) {
        jk_plan_tables_change(&created->tables, options->law_from);
    }
    if (status == JK_OK && options->hour_price != NULL) {
        status = check_hours(&created->tables, options->hour_price, error);
        if (status == JK_OK) {
            jk_plan_tables_hours(&created->tables, model, options->hour_price);
        }
    }
    if (status != JK_OK) {
        jk_plan_free(created);
        return status;
    }
    *plan = created;
    return JK_OK;
}

void jk_plan_free(jk_plan *plan) {
    if (plan != NULL) {
        jk_plan_tables_reset(&plan->tables);
        free(plan);
    }
}

const char *jk_plan_isa(const jk_plan *plan) {
    return jk_isa_name(plan->isa);
}

enum { PAGE_BYTES = 4096 };

/* Gives out pieces of one allocation, each on a cache line of its own; with no memory yet it only counts. */
typedef struct layout {
    unsigned char *memory;
    size_t used;
} layout;

static void *take(layout *space, size_t count, size_t size) {
    void *piece = space->memory == NULL ? NULL : space->memory + space->used;
    space->used += (count * size + 63) / 64 * 64;
    return piece;
}

static void lay_out(layout *space, const jk_plan_tables *tables, size_t max_rows, jk_plan_workspace *workspace) {
    size_t epochs = (size_t)tables->epoch_count, longest = 0;
    for (size_t j = 0; j < epochs; j++) {
        size_t months = (size_t)tables->epochs[j].month_count;
        longest = months > longest ? months : longest;
    }
    (void)take(space, 1, sizeof *workspace);
    workspace->tile.decisions = take(space, epochs * JK_ALL_STATES * JK_TILE_ROWS, sizeof(uint8_t));
    workspace->tile.monthly = take(space, longest * JK_MONTHLY_FLOWS * JK_GRID_LANES, sizeof(int64_t));
    workspace->order[0] = take(space, max_rows, sizeof(uint32_t));
    workspace->order[1] = take(space, max_rows, sizeof(uint32_t));
    workspace->group_key = take(space, max_rows, sizeof(uint32_t));
    workspace->age_key = take(space, max_rows, sizeof(uint16_t));
    workspace->group_start = take(space, jk_plan_group_count(tables) + 1, sizeof(uint32_t));
    workspace->age_start = take(space, (size_t)tables->last_age + 2, sizeof(uint32_t));
    workspace->trace_value = take(space, epochs * JK_ALL_STATES * JK_TILE_STEP, sizeof(float));
    workspace->trace_probability = take(space, epochs * JK_ALL_STATES * JK_TILE_STEP, sizeof(float));
    workspace->trace_flow = take(space, epochs * JK_TRACED_FLOWS * JK_TILE_STEP, sizeof(float));
    workspace->max_rows = max_rows;
}

size_t jk_plan_workspace_size(const jk_plan *plan, size_t max_rows) {
    layout space = {NULL, 0};
    jk_plan_workspace unused;
    lay_out(&space, &plan->tables, max_rows, &unused);
    return (space.used + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

jk_plan_workspace *jk_plan_workspace_create(const jk_plan *plan, size_t max_rows) {
    if (max_rows > UINT32_MAX) {
        return NULL;
    }
    /* Whole pages: threads that write to neighbouring lines slow each other down. */
    size_t bytes = jk_plan_workspace_size(plan, max_rows);
    unsigned char *memory = aligned_alloc(PAGE_BYTES, bytes);
    if (memory == NULL) {
        return NULL;
    }
    memset(memory, 0, bytes);
    jk_plan_workspace *workspace = (jk_plan_workspace *)(void *)memory;
    layout space = {memory, 0};
    lay_out(&space, &plan->tables, max_rows, workspace);
    assert(space.used <= bytes);
    return workspace;
}

void jk_plan_workspace_free(jk_plan_workspace *workspace) {
    free(workspace);
}
