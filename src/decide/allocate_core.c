/* SPDX-License-Identifier: Apache-2.0 */
/* The search of the core. An action of a unit whose loss at the prices exceeds the gap cannot be part of a better
 * allocation. What is left open is a small integer program, which COIN-OR's branch-and-cut solver (Cbc) takes to the
 * end; what it returns is checked against the limits in whole parts before it counts. No clock is involved: the same
 * case gives the same answer. */
#include <assert.h>
#include <coin/Cbc_C_Interface.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/late.h"
#include "base/memory.h"
#include "decide/allocate.h"

enum { CORE_MAX = 1500, MANY_UNITS = 5000 };
#define NODES_MAX "5000"

/* One column of the program: a unit's action. */
typedef struct core_column {
    size_t unit;
    size_t row; /* of "one action per unit" */
    int action;
} core_column;

typedef struct core_program {
    const allocation_state *state;
    size_t limits;
    size_t units, count; /* open units, columns */
    core_column *columns;
    double *left; /* [limits] what the units outside the core leave */
    CoinBigIndex *start;
    int *index;
    double *entry, *value, *zero, *one, *row_low, *row_high;
} core_program;

static bool allocate_core_memory(core_program *core) {
    size_t columns = (size_t)CORE_MAX * JK_ACTION_COUNT;
    size_t rows = CORE_MAX + core->limits;
    size_t entries = columns * (core->limits + 1);
    core->columns = malloc(columns * sizeof *core->columns);
    core->left = jk_columns_zero(core->limits, sizeof(double));
    core->start = malloc((columns + 1) * sizeof *core->start);
    core->index = malloc(entries * sizeof *core->index);
    core->entry = malloc(entries * sizeof *core->entry);
    core->value = malloc(columns * sizeof *core->value);
    core->zero = jk_columns_zero(columns, sizeof(double));
    core->one = jk_columns_zero(columns, sizeof(double));
    core->row_low = jk_columns_zero(rows, sizeof(double));
    core->row_high = jk_columns_zero(rows, sizeof(double));
    return core->columns && core->left && core->start && core->index && core->entry && core->value && core->zero &&
           core->one && core->row_low && core->row_high;
}

static void free_core_memory(core_program *core) {
    free(core->columns);
    free(core->left);
    free(core->start);
    free(core->index);
    free(core->entry);
    free(core->value);
    free(core->zero);
    free(core->one);
    free(core->row_low);
    free(core->row_high);
}

/* Actions of a unit that lose less than `gap`; the best one comes first. Returns how many. */
static int open_actions(const allocation_state *state, size_t unit, double gap, int actions[JK_ACTION_COUNT]) {
    double reduced[JK_ACTION_COUNT];
    allocation_reduced(state, state->tariffs, unit, reduced);
    int count = 0;
    int best = allocation_best(reduced);
    actions[count++] = best;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        if (a != best && reduced[best] - reduced[a] < gap) {
            actions[count++] = a;
        }
    }
    return count;
}

static double use_of(const allocation_state *state, size_t m, size_t unit, int action) {
    const allocation_cell *cell = &state->cells[allocation_cell_of(state, unit)];
    for (size_t k = 0; k < cell->count; k++) {
        if (cell->limit[k] == m) {
            return allocation_use(state->problem, &state->problem->limits[m], unit, action);
        }
    }
    return 0.0;
}

/* Lists the open units' actions; what the other units use is taken off the limits. False if there are too many. */
static bool collect(core_program *core, double gap) {
    const allocation_state *state = core->state;
    core->units = 0;
    core->count = 0;
    memcpy(core->left, state->amount, core->limits * sizeof *core->left);
    for (size_t i = 0; i < state->problem->units; i++) {
        int actions[JK_ACTION_COUNT];
        int open = open_actions(state, i, gap, actions);
        if (open == 1) {
            for (size_t m = 0; m < core->limits; m++) {
                core->left[m] -= use_of(state, m, i, actions[0]);
            }
            continue;
        }
        if (core->units == CORE_MAX) {
            return false;
        }
        for (int k = 0; k < open; k++) {
            assert(core->count < (size_t)CORE_MAX * JK_ACTION_COUNT);
            core->columns[core->count++] = (core_column){i, core->units, actions[k]};
        }
        core->units++;
    }
    return true;
}

/* ---- the solver ----------------------------------------------------------------------------------------------- */

#define CBC_FUNCTIONS(X)                                                                                               \
    X(newModel)                                                                                                        \
    X(deleteModel)                                                                                                     \
    X(setLogLevel)                                                                                                     \
    X(loadProblem)                                                                                                     \
    X(setObjSense)                                                                                                     \
    X(setInteger)                                                                                                      \
    X(setParameter)                                                                                                    \
    X(solve)                                                                                                           \
    X(getColSolution)                                                                                                  \
    X(isProvenOptimal)

/* Its functions, found when an allocation first needs them. */
static struct {
    bool found;
#define JK_X(name) __typeof__(&Cbc_##name) name;
    CBC_FUNCTIONS(JK_X)
#undef JK_X
} cbc;
static pthread_once_t cbc_sought = PTHREAD_ONCE_INIT;

static void find_cbc(void) {
    const jk_late_symbol symbols[] = {
#define JK_X(name) {"Cbc_" #name, &cbc.name},
        CBC_FUNCTIONS(JK_X)
#undef JK_X
    };
    cbc.found = jk_late_load(JALKI_CBC, symbols, sizeof symbols / sizeof symbols[0]);
}

static Cbc_Model *build_program(core_program *core) {
    const allocation_state *state = core->state;
    CoinBigIndex entries = 0;
    for (size_t c = 0; c < core->count; c++) {
        const core_column *column = &core->columns[c];
        core->start[c] = entries;
        core->index[entries] = (int)column->row;
        core->entry[entries++] = 1.0;
        for (size_t m = 0; m < core->limits; m++) {
            double use = use_of(state, m, column->unit, column->action);
            if (use > 0.0) {
                core->index[entries] = (int)(core->units + m);
                core->entry[entries++] = use;
            }
        }
        core->value[c] = (double)state->problem->value[column->action][column->unit];
        core->one[c] = 1.0;
    }
    core->start[core->count] = entries;
    assert((size_t)entries <= core->count * (core->limits + 1));
    for (size_t i = 0; i < core->units; i++) {
        core->row_low[i] = core->row_high[i] = 1.0;
    }
    for (size_t m = 0; m < core->limits; m++) {
        core->row_low[core->units + m] = -1e30;
        core->row_high[core->units + m] = core->left[m];
    }
    Cbc_Model *model = cbc.newModel();
    if (model == NULL) {
        return NULL;
    }
    cbc.setLogLevel(model, 0);
    cbc.loadProblem(model, (int)core->count, (int)(core->units + core->limits), core->start, core->index, core->entry,
                    core->zero, core->one, core->value, core->row_low, core->row_high);
    cbc.setObjSense(model, -1.0);
    for (size_t c = 0; c < core->count; c++) {
        cbc.setInteger(model, (int)c);
    }
    cbc.setParameter(model, "log", "0");
    cbc.setParameter(model, "threads", "0");
    cbc.setParameter(model, "maxNodes", NODES_MAX);
    cbc.setParameter(model, "ratioGap", "0");
    cbc.setParameter(model, "allowableGap", "0");
    return model;
}

/* Takes the solver's choices into `trial`; false if they break a limit by a rounding of the solver's. */
static bool take_choices(const core_program *core, const double *solution, uint8_t *trial) {
    double left[JK_LIMITS_MAX];
    memcpy(left, core->left, core->limits * sizeof *left);
    for (size_t c = 0; c < core->count; c++) {
        const core_column *column = &core->columns[c];
        if (solution[c] > 0.5) {
            trial[column->unit] = (uint8_t)column->action;
            for (size_t m = 0; m < core->limits; m++) {
                left[m] -= use_of(core->state, m, column->unit, column->action);
            }
        }
    }
    for (size_t m = 0; m < core->limits; m++) {
        if (left[m] < 0.0) {
            return false;
        }
    }
    return true;
}

/* Solves the core of all actions that lose less than `gap`, which is a whole one if no narrower had to be taken. */
static jk_status solve(core_program *core, uint8_t *decision, double gap, double *objective, double *bound,
                       jk_error *error) {
    const allocation_state *state = core->state;
    double width = gap * (1.0 + 1e-9);
    bool whole = true;
    for (; !collect(core, width); width *= 0.25) {
        whole = false;
    }
    if (core->units == 0) {
        return JK_OK;
    }
    (void)pthread_once(&cbc_sought, find_cbc);
    if (!cbc.found) {
        return jk_fail(error, JK_ERROR_UNSUPPORTED, NULL, 0, NULL,
                       "decisions under limits need the solver " JALKI_CBC
                       ", which cannot be loaded; expected COIN-OR's Cbc "
                       "(package coinor-libcbc3)");
    }
    uint8_t *trial = malloc(state->problem->units);
    Cbc_Model *model = build_program(core);
    if (trial == NULL || model == NULL) {
        free(trial);
        if (model != NULL) {
            cbc.deleteModel(model);
        }
        return jk_fail_memory(error, "the search of the core");
    }
    (void)cbc.solve(model);
    const double *solution = cbc.getColSolution(model);
    bool optimal = cbc.isProvenOptimal(model) != 0;
    for (size_t i = 0; i < state->problem->units; i++) {
        int actions[JK_ACTION_COUNT];
        (void)open_actions(state, i, 0.0, actions);
        trial[i] = (uint8_t)actions[0];
    }
    if (solution != NULL && take_choices(core, solution, trial)) {
        double use[JK_LIMITS_MAX];
        double value = jk_allocation_sum(state, trial, use);
        if (value > *objective) {
            *objective = value;
            memcpy(decision, trial, state->problem->units);
        }
        if (optimal && whole) {
            *bound = *objective;
        }
    }
    cbc.deleteModel(model);
    free(trial);
    return JK_OK;
}

jk_status jk_allocation_core(const allocation_state *state, uint8_t *decision, double *objective, double *bound,
                             jk_error *error) {
    double gap = *bound - *objective;
    /* Small cases are taken to the end; of many claims, a hundred-thousandth is no decision. */
    double small = state->problem->units > MANY_UNITS ? 1e-5 : 1e-9;
    if (!(gap > small * (1.0 + fabs(*bound)))) {
        return JK_OK;
    }
    core_program core = {.state = state, .limits = state->problem->limit_count};
    jk_status status = allocate_core_memory(&core) ? solve(&core, decision, gap, objective, bound, error)
                                                   : jk_fail_memory(error, "the search of the core");
    free_core_memory(&core);
    return status;
}
