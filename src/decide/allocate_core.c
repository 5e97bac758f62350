/* SPDX-License-Identifier: Apache-2.0 */
/* The search of the core. A unit's action whose loss at the prices exceeds the gap cannot be part of a better
 * allocation. What is left open is a small core, which a depth-first search goes through, most costly choices first,
 * cutting every branch that cannot beat the best allocation known. If the search ends, that allocation is the optimum.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "decide/allocate.h"

enum { CORE_MAX = 4000 };
#define STEPS_MAX 4000000

typedef struct core_unit {
    size_t unit;
    int options;
    uint8_t action[JK_ACTION_COUNT]; /* smallest loss first */
    double loss[JK_ACTION_COUNT];
} core_unit;

typedef struct core_search {
    const allocation_state *state;
    size_t limits;
    core_unit *units;
    size_t count;
    double *least, *most; /* [count + 1][limits]: use of the units from here on, at least and at most */
    double bound;         /* of the dual: loses all that the choices lose */
    double target;        /* value to beat */
    bool found;
    uint8_t *choice, *best; /* [count] index into action */
    double *used;           /* [count + 1][limits] by fixed units and the choices so far */
} core_search;

static double use_of(const core_search *search, size_t m, size_t unit, int action) {
    const allocation_state *state = search->state;
    const jk_limit *limit = &state->problem->limits[m];
    const allocation_cell *cell = &state->cells[allocation_cell_of(state, unit)];
    for (size_t k = 0; k < cell->count; k++) {
        if (cell->limit[k] == m) {
            return allocation_use(state->problem, limit, unit, action);
        }
    }
    return 0.0;
}

/* True if nothing below this point can be feasible and better than the target. */
static bool is_hopeless(const core_search *search, size_t depth, double lost) {
    const double *used = search->used + depth * search->limits;
    const double *least = search->least + depth * search->limits;
    const double *most = search->most + depth * search->limits;
    double best = search->bound - lost;
    for (size_t m = 0; m < search->limits; m++) {
        double amount = search->state->amount[m];
        if (used[m] + least[m] > amount) {
            return true;
        }
        /* What must stay unused of a priced limit is lost as well. */
        double unused = amount - used[m] - most[m];
        best -= unused > 0.0 ? search->state->price[m] * unused : 0.0;
    }
    return best <= search->target;
}

static bool is_feasible(const core_search *search, const double *used) {
    for (size_t m = 0; m < search->limits; m++) {
        if (used[m] > search->state->amount[m]) {
            return false;
        }
    }
    return true;
}

/* Value of a complete choice: what the dual gives, less losses, less the price of what stays unused. */
static double value_at_leaf(const core_search *search, double lost) {
    const double *used = search->used + search->count * search->limits;
    double value = search->bound - lost;
    for (size_t m = 0; m < search->limits; m++) {
        value -= search->state->price[m] * (search->state->amount[m] - used[m]);
    }
    return value;
}

/* Depth-first, with explicit position; returns true if the whole tree was seen. */
static bool run_search(core_search *search) {
    double *lost = calloc(search->count + 1, sizeof *lost);
    if (lost == NULL) {
        return false;
    }
    size_t depth = 0;
    search->choice[0] = 0;
    bool complete = true;
    for (long step = 0;; step++) {
        if (step > STEPS_MAX) {
            complete = false;
            break;
        }
        bool exhausted = depth < search->count && search->choice[depth] >= search->units[depth].options;
        if (depth == search->count || exhausted) {
            if (!exhausted && is_feasible(search, search->used + depth * search->limits)) {
                double value = value_at_leaf(search, lost[depth]);
                if (value > search->target) {
                    search->target = value;
                    search->found = true;
                    memcpy(search->best, search->choice, search->count);
                }
            }
            if (depth == 0) {
                break;
            }
            depth--;
            search->choice[depth]++;
            continue;
        }
        const core_unit *unit = &search->units[depth];
        int option = search->choice[depth];
        lost[depth + 1] = lost[depth] + unit->loss[option];
        for (size_t m = 0; m < search->limits; m++) {
            search->used[(depth + 1) * search->limits + m] =
                search->used[depth * search->limits + m] + use_of(search, m, unit->unit, unit->action[option]);
        }
        if (is_hopeless(search, depth + 1, lost[depth + 1])) {
            search->choice[depth]++;
        } else {
            depth++;
            if (depth < search->count) {
                search->choice[depth] = 0;
            }
        }
    }
    free(lost);
    return complete;
}

static int compare_core(const void *a, const void *b) {
    const core_unit *x = a;
    const core_unit *y = b;
    if (x->loss[1] != y->loss[1]) {
        return x->loss[1] > y->loss[1] ? -1 : 1;
    }
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Options of a unit whose loss is below the gap, smallest first. */
static core_unit open_options(const allocation_state *state, size_t unit, double gap) {
    core_unit core = {.unit = unit};
    double reduced[JK_ACTION_COUNT];
    double most = (double)-INFINITY;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        reduced[a] = allocation_reduced(state, state->price, unit, a);
        most = reduced[a] > most ? reduced[a] : most;
    }
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        double loss = most - reduced[a];
        if (!(loss < gap) && loss > 0.0) {
            continue;
        }
        int place = core.options++;
        for (; place > 0 && core.loss[place - 1] > loss; place--) {
            core.loss[place] = core.loss[place - 1];
            core.action[place] = core.action[place - 1];
        }
        core.loss[place] = loss;
        core.action[place] = (uint8_t)a;
    }
    return core;
}

/* Collects the open units and what the others use; returns false if there are too many of them. */
static bool collect(core_search *search, double gap) {
    const allocation_state *state = search->state;
    memset(search->used, 0, search->limits * sizeof *search->used);
    for (size_t i = 0; i < state->problem->units; i++) {
        core_unit core = open_options(state, i, gap);
        if (core.options > 1) {
            if (search->count == CORE_MAX) {
                return false;
            }
            search->units[search->count++] = core;
            continue;
        }
        for (size_t m = 0; m < search->limits; m++) {
            search->used[m] += use_of(search, m, i, core.action[0]);
        }
    }
    qsort(search->units, search->count, sizeof *search->units, compare_core);
    for (size_t i = search->count; i-- > 0;) {
        for (size_t m = 0; m < search->limits; m++) {
            double least = (double)INFINITY;
            double most = 0.0;
            for (int o = 0; o < search->units[i].options; o++) {
                double use = use_of(search, m, search->units[i].unit, search->units[i].action[o]);
                least = use < least ? use : least;
                most = use > most ? use : most;
            }
            search->least[i * search->limits + m] = search->least[(i + 1) * search->limits + m] + least;
            search->most[i * search->limits + m] = search->most[(i + 1) * search->limits + m] + most;
        }
    }
    return true;
}

jk_status jk_allocation_core(const allocation_state *state, uint8_t *decision, double *objective, double *bound,
                             jk_error *error) {
    double gap = *bound - *objective;
    if (!(gap > 1e-9 * (1.0 + fabs(*bound)))) {
        return JK_OK;
    }
    size_t limits = state->problem->limit_count;
    core_search search = {.state = state, .limits = limits, .bound = *bound, .target = *objective};
    search.units = malloc(CORE_MAX * sizeof *search.units);
    search.least = jk_columns_zero((CORE_MAX + 1) * limits, sizeof(double));
    search.most = jk_columns_zero((CORE_MAX + 1) * limits, sizeof(double));
    search.used = jk_columns_zero((CORE_MAX + 1) * limits, sizeof(double));
    search.choice = jk_columns_zero(CORE_MAX + 1, 1);
    search.best = jk_columns_zero(CORE_MAX + 1, 1);
    jk_status status = JK_OK;
    if (!search.units || !search.least || !search.most || !search.used || !search.choice || !search.best) {
        status = jk_fail_memory(error, "the search of the core");
        goto cleanup;
    }
    /* Where the core of the whole gap is too large, a narrower one may still hold a better allocation. */
    bool whole = true;
    double width = gap;
    for (; !collect(&search, width); width *= 0.25) {
        search.count = 0;
        whole = false;
    }
    if (search.count > 0) {
        bool complete = run_search(&search);
        if (search.found) {
            for (size_t i = 0; i < state->problem->units; i++) {
                core_unit core = open_options(state, i, width);
                decision[i] = core.action[0];
            }
            for (size_t i = 0; i < search.count; i++) {
                decision[search.units[i].unit] = search.units[i].action[search.best[i]];
            }
            double use[JK_LIMITS_MAX];
            *objective = jk_allocation_sum(state, decision, use);
        }
        if (complete && whole) {
            *bound = *objective;
        }
    }
cleanup:
    free(search.units);
    free(search.least);
    free(search.most);
    free(search.used);
    free(search.choice);
    free(search.best);
    return status;
}
