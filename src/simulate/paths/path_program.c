/* SPDX-License-Identifier: Apache-2.0 */
/* One model point's plan as a list of states and moves for the path kernel: for each epoch and each state that can be
 * reached under the kept actions, the rates per epoch of model.md sections 4 to 7 without what a path draws (the
 * recovery factor, multipliers, garnishment), and where the state's probability goes. Rates come from the plan's own
 * scene (model/economics.h), so that a path without draws is the plan's projection. */
#include "simulate/paths/path_program.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lanes/isa.h"
#include "base/memory.h"
#include "base/number/fmath.h"

const jk_path_kernel *jk_path_kernel_of(int isa) {
    return JK_ISA_OF(jk_path_kernel_, isa);
}

size_t jk_factor_row(const jk_segment *segment, bool by_step, int treatment, size_t step, int capacity) {
    size_t part = by_step ? step : 0;
    for (int a = 0; a < treatment; a++) {
        part += by_step ? segment->curve[a].count : 1;
    }
    return part * JK_CAPACITY_COUNT + (size_t)capacity;
}

size_t jk_factor_rows(const jk_segment *segment, bool by_step) {
    return jk_factor_row(segment, by_step, JK_TREATMENT_COUNT, 0, 0);
}

jk_status jk_path_program_init(jk_path_program *program, const jk_plan *plan, jk_error *error) {
    size_t epochs = (size_t)plan->tables.epoch_count;
    *program = (jk_path_program){.epoch = jk_columns_zero(epochs, sizeof *program->epoch),
                                 .state = jk_columns_zero(epochs * JK_ALL_STATES, sizeof *program->state),
                                 .work = jk_columns_zero(epochs * JK_ALL_STATES, sizeof *program->work),
                                 .arrival = jk_columns_zero(epochs * JK_ALL_STATES, sizeof *program->arrival),
                                 .point = jk_columns_zero(1, sizeof *program->point)};
    if (program->epoch == NULL || program->state == NULL || program->work == NULL || program->arrival == NULL ||
        program->point == NULL) {
        jk_path_program_reset(program);
        return jk_fail_memory(error, "a model point");
    }
    for (size_t j = 0; j < epochs; j++) { /* the same of every point */
        const jk_plan_epoch *epoch = &plan->tables.epochs[j];
        program->epoch[j].discount = plan->tables.discount * epoch->months;
        program->epoch[j].now = (float)jk_exp(-(double)plan->tables.discount * (double)epoch->start);
    }
    return JK_OK;
}

void jk_path_program_reset(jk_path_program *program) {
    free(program->epoch);
    free(program->state);
    free(program->work);
    free(program->arrival);
    free(program->point);
    *program = (jk_path_program){0};
}

/* A point in an epoch. */
typedef struct setting {
    const jk_plan_group *group;
    const jk_plan_epoch *epoch;
    const jk_plan_span *span;
    const jk_plan_costs *costs;
    const jk_segment *figures; /* the model's */
    jk_path_scene scene;
    float share, interruption;
    int32_t middle; /* age in the middle of the epoch, which says what step of a curve counts */
    bool by_step;
    double spread;
} setting;

static size_t step_at(const jk_steps *steps, int32_t age) {
    size_t step = steps->count - 1;
    while (step > 0 && steps->month[step] > age) {
        step--;
    }
    return step;
}

/* How fast a quiet debtor settles and begins to pay; who has nobody to keep a plan with settles at once. */
static void write_pace(const setting *s, int z, int k, int a, jk_path_work *work) {
    const jk_plan_segment *segment = s->group->segment;
    const bool pending = a == JK_TREAT_LEGAL && z < JK_TITLE_HELD;
    const float months = s->epoch->months;
    if (!s->group->payers) {
        float multiplier = pending ? segment->pending_multiplier[k] : segment->class_multiplier[a][k];
        work->settle = s->scene.pace[a] * multiplier * months;
        return;
    }
    bool alive = z > 0 || a == JK_TREAT_LEGAL;
    float settle = pending ? segment->settle_pending[k] : segment->settle_multiplier[a][k];
    float begin = pending ? segment->begin_pending[k] : segment->begin_multiplier[a][k];
    work->settle = s->scene.pace[a] * settle * months;
    work->begin = s->scene.begin[alive][a] * begin * months;
    work->stop = segment->breakage[a] * months;
    work->pays = s->scene.pays[k] * months;
    work->floor = z == JK_TITLE_HELD ? s->scene.garnish * segment->garnish_share[k] * months : 0.0f;
}

/* How a worked state resolves. */
static void write_work(const setting *s, int z, int k, int action, jk_path_work *work) {
    const jk_plan_segment *segment = s->group->segment;
    const int a = action - JK_SURVEIL;
    const bool held = z == JK_TITLE_HELD;
    const float months = s->epoch->months;
    size_t step = s->by_step ? step_at(&s->figures->curve[a], s->middle) : 0;
    *work = (jk_path_work){.factor = (int16_t)jk_factor_row(s->figures, s->by_step, a, step, k),
                           .treatment = (int8_t)a,
                           .capacity = (int8_t)k,
                           .garnish = action == JK_LEGAL && held ? s->scene.garnish * segment->garnish_share[k] * months
                                                                 : 0.0f,
                           .dividend = s->scene.dividend * months,
                           .leaving = {s->scene.leaving[held] * months, s->scene.leaving[held] * months},
                           .share = segment->share_by_action[action]};
    write_pace(s, z, k, a, work);
}

/* The factor says treatment and class. Field by field: both were written a moment ago, and wider loads would wait until
 * that is done. */
static bool is_same_work(const jk_path_work *a, const jk_path_work *b) {
    return a->factor == b->factor && a->settle == b->settle && a->begin == b->begin && a->garnish == b->garnish &&
           a->pays == b->pays && a->floor == b->floor && a->stop == b->stop && a->leaving[0] == b->leaving[0] &&
           a->leaving[1] == b->leaving[1] && a->dividend == b->dividend && a->share == b->share;
}

/* The place of a work among those of the epoch: the place of one that is the same, if there is one. */
static int16_t work_at(const jk_path_work *work, jk_path_work *works, int32_t *count) {
    int32_t at = 0;
    while (at < *count && !is_same_work(work, &works[at])) {
        at++;
    }
    if (at == *count) {
        works[(*count)++] = *work;
    }
    return (int16_t)at;
}

/* Amounts of a worked state. */
static void write_amounts(const setting *s, int z, int action, float now, const jk_path_work *work,
                          jk_path_state *state) {
    const jk_plan_segment *segment = s->group->segment;
    const jk_path_scene *scene = &s->scene;
    const int a = action - JK_SURVEIL;
    const bool legal = action == JK_LEGAL, held = z == JK_TITLE_HELD, titled = z > 0 || legal;
    const float months = s->epoch->months;
    state->contingent = segment->contingent_by_action[action];
    state->kept = (1.0f - state->contingent) * now;
    state->balance[0] = scene->alive[titled] * scene->balance[z > 0];
    state->balance[1] = scene->alive[1] * scene->balance[z > 0];
    float running = s->share * s->costs->running_by_action[held][action];
    running += z == JK_TITLE_NONE ? s->interruption * s->costs->interruption_by_action[action] : 0.0f;
    state->running[0] = scene->alive[titled] * running * months;
    state->running[1] = scene->alive[1] * s->share * s->costs->paying[a] * months;
    state->start = legal && z == JK_TITLE_NONE ? s->share * s->costs->filing : 0.0f;
    if (!s->group->payers) {
        double paid = (double)work->share * (double)scene->balance[z > 0], all = (double)scene->balance[z > 0];
        double alive = (double)scene->alive[titled];
        state->second[0] = s->spread < 0.0 ? (float)alive : (float)(alive * paid * paid * s->spread);
        state->second[1] = s->spread < 0.0 ? (float)alive : (float)(alive * all * all * s->spread);
    }
}

/* Where those who go on in an epoch's states are written. */
typedef struct arrivals {
    jk_path_arrivals *of; /* [JK_ALL_STATES] */
    uint8_t *count;
} arrivals;

static void arrive(const arrivals *in, int to, int32_t mass, float part) {
    if (part > 0.0f) {
        in->of[to][in->count[to]++] = (jk_path_arrival){.mass = JK_PATH_BLOCK * mass, .part = part};
    }
}

/* Where the people of a worked state, the epoch's number `number`, go on. */
static void write_moves(const setting *s, int z, int k, int action, int32_t number, jk_path_state *state,
                        const arrivals *in) {
    const bool legal = action == JK_LEGAL, files = legal && z < JK_TITLE_HELD;
    const float decided = files ? s->span->title_probability : 0.0f;
    state->title = (int8_t)(files ? JK_TITLE_PENDING : z);
    state->stays = 1.0f - decided;
    state->titled = decided * s->group->segment->title_kept;
    state->step = s->span->class_step[action - JK_SURVEIL][k];
    for (int mood = 0; mood < (s->group->payers ? 2 : 1); mood++) {
        state->continues[mood] = s->scene.continues[mood == 1 || z > 0 || legal];
        for (int to = 0; to < JK_CAPACITY_COUNT && state->continues[mood]; to++) {
            const float step = state->step[to];
            arrive(in, mood * JK_STATES + JK_STATE(state->title, to), 2 * number + mood, step * state->stays);
            arrive(in, mood * JK_STATES + JK_STATE(JK_TITLE_HELD, to), 2 * number + mood, step * state->titled);
        }
    }
}

/* The states of an epoch that can be there, after those of the epochs before; returns those that are there at its end.
 */
static unsigned write_epoch(const setting *s, const uint8_t *actions, unsigned here, jk_path_program *program,
                            jk_path_epoch *epoch) {
    const arrivals in = {program->arrival + (epoch - program->epoch) * JK_ALL_STATES, epoch->arrivals};
    for (int at = 0; at < JK_ALL_STATES; at++) {
        int action = actions[at], z = at % JK_STATES / JK_CAPACITY_COUNT, k = at % JK_CAPACITY_COUNT;
        if ((here >> at & 1) == 0 || action == JK_CLOSE) {
            continue;
        }
        const int32_t number = epoch->count++;
        jk_path_state *state = &program->state[epoch->first + number];
        *state = (jk_path_state){.state = (int16_t)at, .work = -1};
        if (action == JK_SELL) {
            state->start = s->scene.sale[at];
        } else {
            jk_path_work work;
            write_work(s, z, k, action, &work);
            state->work = work_at(&work, program->work + epoch->first_work, &epoch->works);
            write_amounts(s, z, action, epoch->now, &work, state);
            write_moves(s, z, k, action, number, state, &in);
        }
    }
    unsigned reached = 0;
    for (int to = 0; to < JK_ALL_STATES; to++) {
        reached |= epoch->arrivals[to] > 0 ? 1u << to : 0;
    }
    return reached;
}

void jk_path_program_write(jk_path_program *program, const jk_plan *plan, const jk_terms *terms, size_t row,
                           const uint8_t *actions, double spread, bool by_step) {
    const jk_plan_tables *tables = &plan->tables;
    const jk_path_kernel *kernel = jk_path_kernel_of((int)plan->isa);
    const uint32_t number = (uint32_t)row;
    jk_plan_group group;
    (void)jk_plan_group_of(plan, terms, row, &group);
    jk_plan_tile_load(&group, terms, &number, 1, program->point);
    jk_plan_group in = group;
    setting s = {.group = &in,
                 .figures = &plan->model->segments[terms->segment[row]],
                 .share = terms->share[row],
                 .interruption = terms->interruption[row],
                 .by_step = by_step,
                 .spread = spread};
    const int32_t age = terms->age_months[row] < 0 ? 0 : terms->age_months[row];
    program->start = JK_STATE(terms->title_state[row], (int)jk_terms_class(terms, row));
    program->start += group.payers && terms->paying[row] != 0 ? JK_STATES : 0;
    program->epochs = 0;
    program->pairs = group.payers;
    unsigned here = 1u << program->start;
    int32_t states = 0, works = 0;
    for (int j = 0; j < tables->epoch_count && here != 0; j++) {
        in = jk_plan_group_in(&group, j);
        s.epoch = &tables->epochs[j];
        s.span = &in.segment->spans[s.epoch->span];
        s.costs = &in.segment->costs[j];
        s.middle = age + s.epoch->first_month + s.epoch->month_count / 2;
        kernel->read(&in, program->point, j, &s.scene);
        jk_path_epoch *epoch = &program->epoch[j];
        *epoch = (jk_path_epoch){.first = states, .first_work = works, .discount = epoch->discount, .now = epoch->now};
        here = write_epoch(&s, actions + j * JK_ALL_STATES, here, program, epoch);
        states += epoch->count;
        works += epoch->works;
        program->epochs = j + 1;
    }
}
