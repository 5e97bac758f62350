/* SPDX-License-Identifier: Apache-2.0 */
/* The formulas of model.md sections 4 to 6 for every state, epoch and treatment of one claim. With A and M of section
 * 5, P = I - A M, so that one integral serves both. */
#include "checks/claim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "model/economics.h"

enum { QUIET, PAYING };

/* ---- what is the same for all claims ----------------------------------------------------------------------------- */

static void raise_matrix(const double one[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT], int power, double *out) {
    double now[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (int p = 0; p < power; p++) {
        double next[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT] = {{0}};
        for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
            for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
                for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                    next[i][j] += now[i][k] * one[k][j];
                }
            }
        }
        memcpy(now, next, sizeof now);
    }
    memcpy(out, now, sizeof now);
}

static double *class_step_of(const jk_checks_tables *tables, size_t segment, int j, int treatment) {
    size_t place = (segment * (size_t)tables->model->epoch_count + (size_t)j) * JK_TREATMENT_COUNT + (size_t)treatment;
    return tables->class_step + place * JK_CAPACITY_COUNT * JK_CAPACITY_COUNT;
}

jk_status jk_checks_tables_init(jk_checks_tables *tables, const jk_model *model, double irr, jk_error *error) {
    size_t epochs = (size_t)model->epoch_count, cells = model->segment_count * epochs;
    *tables = (jk_checks_tables){.model = model, .delta = jk_log(1.0 + irr) / 12.0};
    tables->start = calloc(epochs, sizeof *tables->start);
    tables->inflation = calloc(epochs, sizeof *tables->inflation);
    tables->class_step = calloc(cells * JK_TREATMENT_COUNT * 9, sizeof *tables->class_step);
    tables->title = calloc(cells, sizeof *tables->title);
    if (!tables->start || !tables->inflation || !tables->class_step || !tables->title) {
        jk_checks_tables_reset(tables);
        return jk_fail_memory(error, "the tables of the checks");
    }
    int month = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        tables->start[j] = month;
        tables->inflation[j] = jk_exp(jk_log(1.0 + model->cost_inflation) * (double)month / 12.0);
        month += model->epochs[j];
        for (size_t g = 0; g < model->segment_count; g++) {
            double wait = model->segments[g].months_to_title;
            tables->title[g * epochs + (size_t)j] = wait > 0.0 ? 1.0 - jk_exp(-(double)model->epochs[j] / wait) : 1.0;
            for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
                raise_matrix(model->segments[g].class_monthly[t], model->epochs[j], class_step_of(tables, g, j, t));
            }
        }
    }
    return JK_OK;
}

void jk_checks_tables_reset(jk_checks_tables *tables) {
    free(tables->start);
    free(tables->inflation);
    free(tables->class_step);
    free(tables->title);
    *tables = (jk_checks_tables){0};
}

bool jk_checks_claim_create(jk_checks_claim *claim, const jk_checks_tables *tables) {
    size_t epochs = (size_t)tables->model->epoch_count;
    *claim = (jk_checks_claim){.tables = tables, .epochs = tables->model->epoch_count};
    claim->cell = calloc(epochs * CHECKS_STATES * CHECKS_ACTIONS, sizeof *claim->cell);
    claim->full = calloc((epochs + 1) * CHECKS_STATES, sizeof *claim->full);
    claim->mass = calloc((epochs + 1) * CHECKS_STATES, sizeof *claim->mass);
    claim->value = calloc((epochs + 1) * CHECKS_STATES, sizeof *claim->value);
    claim->plan = calloc(epochs * CHECKS_SEEN, sizeof *claim->plan);
    return claim->cell && claim->full && claim->mass && claim->value && claim->plan;
}

void jk_checks_claim_free(jk_checks_claim *claim) {
    free(claim->cell);
    free(claim->full);
    free(claim->mass);
    free(claim->value);
    free(claim->plan);
    *claim = (jk_checks_claim){0};
}

/* ---- one claim ----------------------------------------------------------------------------------------------------
 */

/* What an epoch brings to all states of a title state. */
typedef struct epoch_view {
    const jk_segment *segment;
    const jk_terms *terms;
    size_t row;
    int j;
    double start, length, balance, untouched, theta, gone, inflation;
} epoch_view;

static double deadline(const epoch_view *e, int z) {
    return z == JK_TITLE_NONE ? e->terms->bar_untitled[e->row] : e->terms->bar_titled[e->row];
}

static epoch_view view_of(const jk_checks_claim *claim, const jk_terms *terms, size_t i, int j, int z) {
    const jk_model *model = claim->tables->model;
    const jk_jurisdiction *law = &model->jurisdictions[terms->jurisdiction[i]];
    epoch_view e = {.segment = &model->segments[claim->segment],
                    .terms = terms,
                    .row = i,
                    .j = j,
                    .start = (double)claim->tables->start[j],
                    .length = (double)model->epochs[j],
                    .inflation = claim->tables->inflation[j]};
    double middle = e.start + e.length / 2.0;
    double plain =
        (double)terms->balance[i] + (double)terms->interest_monthly[i] * fmin(middle, law->interest.accrual_months);
    double left = model->scorecard.half_life > 0.0 ? jk_exp(-jk_log(2.0) * middle / model->scorecard.half_life) : 0.0;
    bool fee = claim->first_title == JK_TITLE_NONE && z > JK_TITLE_NONE;
    e.balance = plain + (fee ? e.segment->fee_shift * e.segment->filing * claim->share : 0.0);
    e.untouched = (double)terms->balance[i] / plain;
    e.theta = (double)terms->theta[i] * jk_exp((double)terms->fading[i] * left);
    e.gone = e.segment->exit_monthly + (double)terms->exit_status[i] +
             (double)terms->mortality[i] * jk_exp(law->mortality.b * middle / 12.0) + claim->tables->delta;
    if (z == JK_TITLE_HELD && claim->first_title < JK_TITLE_HELD && !law->limitation.title_renewable &&
        isfinite(law->limitation.title_months)) {
        e.gone += 1.0 / law->limitation.title_months;
    }
    return e;
}

static double alive_share(double bar, const epoch_view *e) {
    return fmin(1.0, fmax(0.0, (bar - e->start) / e->length));
}

/* Both moods of a state under a treatment; cells [r * CHECKS_ACTIONS]. */
static void fill_cells(const jk_checks_claim *claim, const epoch_view *e, int z, int k, jk_treatment t,
                       jk_checks_cell *cells) {
    const jk_segment *segment = e->segment;
    const jk_terms *terms = e->terms;
    const unsigned plans = JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE);
    bool legal = t == JK_TREAT_LEGAL;
    jk_title title = (jk_title)z;
    int moved = legal && z == JK_TITLE_NONE ? JK_TITLE_PENDING : z;
    const double bars[CHECKS_MOODS] = {deadline(e, moved), deadline(e, JK_TITLE_HELD)};
    const double alive[CHECKS_MOODS] = {alive_share(bars[QUIET], e), alive_share(bars[PAYING], e)};
    const jk_scorecard *card = &claim->tables->model->scorecard;
    const bool guessed = claim->guessed && e->j == 0;
    const double share = jk_class_mean(card, segment->garnish_share, (jk_capacity)k, guessed);
    double mean =
        jk_steps_integral(&segment->curve[t], (double)terms->age_months[e->row] + e->start, e->length) / e->length;
    double new_payers = e->theta * jk_class_mean(card, segment->class_multiplier[t], (jk_capacity)k, guessed) * mean *
                        jk_pending_factor(segment, t, title);
    double garnish = (double)terms->garnish[e->row] * e->untouched, dividend = (double)terms->dividend[e->row];
    double taken = jk_garnished(t, title, share, garnish), paid = 0.0, settled = 1.0;
    if (segment->payers.given) {
        settled = (terms->allowed[e->row] & plans) != 0 ? segment->payers.settled_share[t] : 1.0;
        double own = jk_class_mean(card, segment->payers.monthly_share, (jk_capacity)k, guessed);
        paid = jk_paid_by_payers(title, (double)terms->instalment[e->row] * e->untouched * own, share, garnish);
    }
    double begin = (1.0 - settled) * new_payers * alive[QUIET], stop = segment->payers.breakage[t];
    const jk_mood_rates rates = {.leave_quiet = settled * new_payers + taken + dividend + begin + e->gone,
                                 .leave_paying = paid + dividend + stop + e->gone,
                                 .begin = begin,
                                 .stop = stop};
    const double brings[CHECKS_MOODS] = {segment->recovery_share[t] * settled * new_payers + taken + dividend,
                                         paid + dividend};
    double letters = moved == JK_TITLE_NONE ? (double)terms->interruption[e->row] : 0.0;
    const double runs[CHECKS_MOODS] = {jk_running_cost(segment, t, title) * claim->share + letters,
                                       jk_paying_cost(segment, t) * claim->share};
    double gain[CHECKS_MOODS], spent[CHECKS_MOODS][CHECKS_MOODS];
    for (int r = 0; r < CHECKS_MOODS; r++) {
        gain[r] = alive[r] * ((1.0 - segment->cost[t].contingent) * e->balance * brings[r] - runs[r] * e->inflation);
        jk_mood_months(&rates, e->length, r == PAYING, spent[r]);
    }
    bool allowed = (terms->allowed[e->row] & JK_ALLOW((int)t + JK_SURVEIL)) != 0;
    for (int r = 0; r < CHECKS_MOODS; r++) {
        double filing = legal && z == JK_TITLE_NONE ? segment->filing * claim->share * e->inflation : 0.0;
        const double end[CHECKS_MOODS] = {
            (r == QUIET) - (r == QUIET ? rates.leave_quiet * spent[QUIET][QUIET] - rates.begin * spent[PAYING][QUIET]
                                       : rates.leave_paying * spent[PAYING][QUIET] - rates.stop * spent[QUIET][QUIET]),
            (r == PAYING) - (r == QUIET
                                 ? rates.leave_quiet * spent[QUIET][PAYING] - rates.begin * spent[PAYING][PAYING]
                                 : rates.leave_paying * spent[PAYING][PAYING] - rates.stop * spent[QUIET][PAYING])};
        jk_checks_cell *cell = &cells[r * CHECKS_ACTIONS];
        cell->reward = gain[QUIET] * spent[r][QUIET] + gain[PAYING] * spent[r][PAYING] - (r == QUIET ? filing : 0.0);
        for (int to = 0; to < CHECKS_MOODS; to++) {
            cell->stay[to] = bars[to] >= e->start + e->length ? fmax(0.0, end[to]) : 0.0;
        }
        bool in_time = alive[QUIET] > 0.0 && (z > JK_TITLE_NONE || deadline(e, JK_TITLE_NONE) > e->start);
        cell->open = allowed && (!legal || (r == QUIET && in_time));
    }
}

static jk_checks_cell *cell_at(const jk_checks_claim *claim, int j, int state) {
    return claim->cell + ((size_t)j * CHECKS_STATES + (size_t)state) * CHECKS_ACTIONS;
}

/* The class at the end of epoch j: one that is guessed is found out within the first. */
static void class_moves(const jk_checks_claim *claim, int j, int k, int a, double to[JK_CAPACITY_COUNT]) {
    const double *step = class_step_of(claim->tables, claim->segment, j, a - 1);
    for (int end = 0; end < JK_CAPACITY_COUNT; end++) {
        const double column[JK_CAPACITY_COUNT] = {step[end], step[JK_CAPACITY_COUNT + end],
                                                  step[2 * JK_CAPACITY_COUNT + end]};
        to[end] = jk_class_mean(&claim->tables->model->scorecard, column, (jk_capacity)k, claim->guessed && j == 0);
    }
}

/* What follows a cell: the states at the epoch's end by their values. */
static double follow(const jk_checks_claim *claim, int j, int z, int k, int a, const jk_checks_cell *cell,
                     const double *next) {
    double step[JK_CAPACITY_COUNT];
    class_moves(claim, j, k, a, step);
    bool files = a == CHECKS_ACTIONS - 1 && z < JK_TITLE_HELD;
    double decided = files ? claim->tables->title[claim->segment * (size_t)claim->epochs + (size_t)j] : 0.0;
    double won = 1.0 - claim->tables->model->segments[claim->segment].lost_share, sum = 0.0;
    for (int r = 0; r < claim->moods; r++) {
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            double worth = (1.0 - decided) * next[checks_state(files ? JK_TITLE_PENDING : z, to, r)];
            worth += files ? decided * won * next[checks_state(JK_TITLE_HELD, to, r)] : 0.0;
            sum += cell->stay[r] * step[to] * worth;
        }
    }
    return sum;
}

/* The states of a cell's end, by its share of `mass`. */
static void pass_on(const jk_checks_claim *claim, int j, int z, int k, int a, const jk_checks_cell *cell, double mass,
                    double *next) {
    double step[JK_CAPACITY_COUNT];
    class_moves(claim, j, k, a, step);
    bool files = a == CHECKS_ACTIONS - 1 && z < JK_TITLE_HELD;
    double decided = files ? claim->tables->title[claim->segment * (size_t)claim->epochs + (size_t)j] : 0.0;
    double won = 1.0 - claim->tables->model->segments[claim->segment].lost_share;
    for (int r = 0; r < claim->moods; r++) {
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            double part = mass * cell->stay[r] * step[to];
            next[checks_state(files ? JK_TITLE_PENDING : z, to, r)] += part * (1.0 - decided);
            if (files) {
                next[checks_state(JK_TITLE_HELD, to, r)] += part * decided * won;
            }
        }
    }
}

static double worth_of(const jk_checks_claim *claim, int j, int z, int k, int r, int a, const double *next) {
    const jk_checks_cell *cell = &cell_at(claim, j, checks_state(z, k, r))[a];
    return a == 0 ? 0.0 : cell->open ? cell->reward + follow(claim, j, z, k, a, cell, next) : (double)-INFINITY;
}

void jk_checks_claim_load(jk_checks_claim *claim, const jk_terms *terms, size_t i) {
    claim->segment = terms->segment[i];
    claim->share = (double)terms->share[i];
    claim->guessed = jk_terms_guessed(terms, i);
    claim->first_title = terms->title_state[i];
    claim->last_title = (terms->allowed[i] & JK_ALLOW(JK_LEGAL)) != 0 ? JK_TITLE_HELD : claim->first_title;
    claim->moods = claim->tables->model->segments[claim->segment].payers.given ? CHECKS_MOODS : 1;
    memset(claim->full, 0, (size_t)(claim->epochs + 1) * CHECKS_STATES * sizeof *claim->full);
    for (int j = claim->epochs - 1; j >= 0; j--) {
        double *now = claim->full + (size_t)j * CHECKS_STATES;
        for (int z = claim->first_title; z <= claim->last_title; z++) {
            epoch_view e = view_of(claim, terms, i, j, z);
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
                    fill_cells(claim, &e, z, k, (jk_treatment)t, &cell_at(claim, j, checks_state(z, k, QUIET))[1 + t]);
                }
                for (int r = 0; r < claim->moods; r++) {
                    double best = 0.0;
                    for (int a = 1; a < CHECKS_ACTIONS; a++) {
                        best = fmax(best, worth_of(claim, j, z, k, r, a, now + CHECKS_STATES));
                    }
                    now[checks_state(z, k, r)] = best;
                }
            }
        }
    }
}

/* ---- plans of who does not see the class ------------------------------------------------------------------------- */

enum { SWEEPS_MAX = 12 };

/* The best action for the mass of a seen state, when later states are worth `next`. */
static int best_for(const jk_checks_claim *claim, int j, int z, int r, const double *mass, const double *next) {
    int best = 0;
    double most = 0.0; /* of closing */
    for (int a = 1; a < CHECKS_ACTIONS; a++) {
        double sum = 0.0;
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            double share = mass[checks_state(z, k, r)];
            sum += share > 0.0 ? share * worth_of(claim, j, z, k, r, a, next) : 0.0;
        }
        if (sum > most * (1.0 + 1e-12) + 1e-12) {
            most = sum;
            best = a;
        }
    }
    return best;
}

/* Masses of an epoch's end under the plan; with `choose`, the plan is made on the way by who sees everything later. */
static void forward(jk_checks_claim *claim, int from, int to, bool choose) {
    for (int j = from; j < to; j++) {
        double *mass = claim->mass + (size_t)j * CHECKS_STATES, *next = mass + CHECKS_STATES;
        memset(next, 0, CHECKS_STATES * sizeof *next);
        for (int z = claim->first_title; z <= claim->last_title; z++) {
            for (int r = 0; r < claim->moods; r++) {
                unsigned char *plan = &claim->plan[j * CHECKS_SEEN + checks_seen(z, r)];
                *plan = choose ? (unsigned char)best_for(claim, j, z, r, mass,
                                                         claim->full + (size_t)(j + 1) * CHECKS_STATES)
                               : *plan;
                for (int k = 0; k<JK_CAPACITY_COUNT && * plan> 0; k++) {
                    int state = checks_state(z, k, r);
                    if (mass[state] > 0.0) {
                        pass_on(claim, j, z, k, *plan, &cell_at(claim, j, state)[*plan], mass[state], next);
                    }
                }
            }
        }
    }
}

/* Values under the plan from the last epoch back; `improve`: with the better action wherever there is mass. With the
 * masses of the plan before j and the values of the plan after j, each change raises the value of the whole. */
static bool backward(jk_checks_claim *claim, int from, int to, bool improve) {
    bool changed = false;
    for (int j = to - 1; j >= from; j--) {
        double *now = claim->value + (size_t)j * CHECKS_STATES;
        const double *next = now + CHECKS_STATES, *mass = claim->mass + (size_t)j * CHECKS_STATES;
        for (int z = claim->first_title; z <= claim->last_title; z++) {
            for (int r = 0; r < claim->moods; r++) {
                unsigned char *plan = &claim->plan[j * CHECKS_SEEN + checks_seen(z, r)];
                int better = improve ? best_for(claim, j, z, r, mass, next) : *plan;
                changed = changed || better != *plan;
                *plan = (unsigned char)better;
                for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                    double worth = worth_of(claim, j, z, k, r, *plan, next);
                    now[checks_state(z, k, r)] = worth > (double)-INFINITY ? worth : 0.0;
                }
            }
        }
    }
    return changed;
}

double jk_checks_blind(jk_checks_claim *claim, int from, int to, const double mass[CHECKS_STATES],
                       const double after[CHECKS_STATES]) {
    memcpy(claim->mass + (size_t)from * CHECKS_STATES, mass, CHECKS_STATES * sizeof *mass);
    memcpy(claim->value + (size_t)to * CHECKS_STATES, after, CHECKS_STATES * sizeof *after);
    forward(claim, from, to, true);
    for (int sweep = 0; sweep < SWEEPS_MAX && backward(claim, from, to, true); sweep++) {
        forward(claim, from, to, false);
    }
    (void)backward(claim, from, to, false);
    double worth = 0.0;
    for (int s = 0; s < CHECKS_STATES; s++) {
        worth += mass[s] * claim->value[(size_t)from * CHECKS_STATES + (size_t)s];
    }
    return worth;
}

static int next_check(const bool *checked, int from, int epochs) {
    int to = from + 1;
    while (to < epochs && !checked[to]) {
        to++;
    }
    return to;
}

double jk_checks_policy(jk_checks_claim *claim, const bool *checked, double price, int at) {
    double after[CHECKS_STATES] = {0}, now[CHECKS_STATES];
    for (int j = claim->epochs - 1; j >= 0; j--) {
        if (j > 0 && !checked[j]) {
            continue;
        }
        int to = next_check(checked, j, claim->epochs);
        double paid = j > 0 ? price * claim->share * claim->tables->inflation[j] : 0.0;
        memset(now, 0, sizeof now);
        for (int z = claim->first_title; z <= claim->last_title; z++) {
            for (int s = checks_state(z, 0, 0); s < checks_state(z + 1, 0, 0); s++) {
                double one[CHECKS_STATES] = {0};
                if (s % CHECKS_MOODS < claim->moods && (j > 0 || s == at)) {
                    one[s] = 1.0;
                    now[s] = jk_checks_blind(claim, j, to, one, after) - paid;
                }
            }
        }
        memcpy(after, now, sizeof after);
    }
    return after[at];
}
