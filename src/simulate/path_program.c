/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/path_program.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/isa.h"
#include "base/memory.h"

const jk_path_kernel *jk_path_kernel_of(int isa) {
#ifdef JK_HAVE_X86_LEVELS
    if (isa == JK_ISA_V4) {
        return &jk_path_kernel_v4;
    }
    if (isa == JK_ISA_V3) {
        return &jk_path_kernel_v3;
    }
#endif
    (void)isa;
    return &jk_path_kernel_base;
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
                                 .state = jk_columns_zero(epochs * JK_STATES, sizeof *program->state)};
    if (program->epoch == NULL || program->state == NULL) {
        jk_path_program_reset(program);
        return jk_fail_memory(error, "a model point");
    }
    return JK_OK;
}

void jk_path_program_reset(jk_path_program *program) {
    free(program->epoch);
    free(program->state);
    *program = (jk_path_program){0};
}

/* What of an epoch does not depend on the state. */
typedef struct scene {
    const jk_plan_tables *tables;
    const jk_plan_segment *segment;
    const jk_plan_epoch *epoch;
    const jk_plan_span *span;
    const jk_plan_costs *costs;
    float pace[JK_TREATMENT_COUNT]; /* monthly, before the class */
    float garnish, share, interruption, price;
    float exit, title_exit;
    float balance[2];    /* without and with title */
    float balance_share; /* the balance at the cut-off in that of the epoch without the fee */
    double bar[2];
    float alive[2];
    bool continues[2];
    double now;                /* discount factor of the epoch's start */
    const jk_segment *figures; /* the model's */
    int32_t middle;            /* age in the middle of the epoch, which says what step of a curve counts */
    bool by_step;
    double spread;
} scene;

static float alive_part(double bar, const jk_plan_epoch *epoch) {
    double part = (bar - (double)epoch->first_month) / (double)epoch->month_count;
    return (float)fmax(fmin(part, 1.0), 0.0);
}

static void read_scene(const jk_plan *plan, const jk_terms *terms, size_t row, int j, scene *s) {
    const jk_plan_tables *tables = &plan->tables;
    const jk_plan_segment *segment = &tables->segments[terms->segment[row]];
    const jk_plan_jurisdiction *jurisdiction = &tables->jurisdictions[terms->jurisdiction[row]];
    const jk_plan_epoch *epoch = &tables->epochs[j];
    int32_t age = terms->age_months[row] < 0 ? 0 : terms->age_months[row];
    age = age + epoch->first_month < segment->last_age ? age + epoch->first_month : segment->last_age;
    s->middle = (terms->age_months[row] < 0 ? 0 : terms->age_months[row]) + epoch->first_month + epoch->month_count / 2;
    s->epoch = epoch;
    s->span = &segment->spans[epoch->span];
    s->costs = &segment->costs[j];
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        s->pace[a] = fminf(terms->theta[row], 1e12f) * s->span->curve[a][age] * s->costs->recovery;
    }
    s->price = segment->market[age];
    s->exit = terms->exit_status[row] + segment->exit + terms->mortality[row] * jurisdiction->mortality[j];
    s->title_exit = s->exit + (terms->title_state[row] < JK_TITLE_HELD ? jurisdiction->title_end : 0.0f);
    s->balance[0] = terms->balance[row] + terms->interest_monthly[row] * jurisdiction->accrual[j];
    s->balance[1] = s->balance[0] + (terms->title_state[row] == JK_TITLE_NONE ? s->share * segment->fee : 0.0f);
    s->balance_share = terms->balance[row] > 0.0f ? terms->balance[row] / s->balance[0] : 1.0f;
    for (int titled = 0; titled < 2; titled++) {
        s->alive[titled] = alive_part(s->bar[titled], epoch);
        s->continues[titled] = s->bar[titled] >= (double)(epoch->first_month + epoch->month_count);
    }
    s->now = jk_exp(-(double)tables->discount * (double)epoch->start);
}

static float sale_value(const scene *s, int z) {
    float time = (float)(s->bar[z > 0] - (double)s->epoch->first_month);
    float part = fminf(time * s->segment->bar_months_inverse, 1.0f);
    return time > 0.0f ? s->price * s->segment->title_factor[z] * (part * s->balance[z > 0]) : 0.0f;
}

static float rate_of(const scene *s, int z, int k, int treatment) {
    if (treatment == JK_TREAT_LEGAL && z < JK_TITLE_HELD) {
        return s->pace[treatment] * s->segment->pending_multiplier[k];
    }
    return s->pace[treatment] * s->segment->class_multiplier[treatment][k];
}

static size_t step_at(const jk_steps *steps, int32_t age) {
    size_t step = steps->count - 1;
    while (step > 0 && steps->month[step] > age) {
        step--;
    }
    return step;
}

/* Figures of a worked state. */
static void write_work(const scene *s, int z, int k, int action, jk_path_state *state) {
    int treatment = action - JK_SURVEIL;
    bool legal = action == JK_LEGAL, held = z == JK_TITLE_HELD;
    float months = s->epoch->months;
    float alive = s->alive[z > 0 || legal];
    float amount = alive * s->segment->share_by_action[action] * s->balance[z > 0];
    float contingent = s->segment->contingent_by_action[action];
    float running = s->share * s->costs->running_by_action[held][action];
    if (z == JK_TITLE_NONE) {
        running += s->interruption * s->costs->interruption_by_action[action];
    }
    size_t step = s->by_step ? step_at(&s->figures->curve[treatment], s->middle) : 0;
    state->factor = (int16_t)jk_factor_row(s->figures, s->by_step, treatment, step, k);
    state->rate = rate_of(s, z, k, treatment) * months;
    state->garnish = legal && held ? s->garnish * s->balance_share * s->segment->garnish_share[k] * months : 0.0f;
    state->exit = (held ? s->title_exit : s->exit) * months;
    state->gross = amount;
    state->contingent = amount * contingent;
    state->kept = (float)((double)(amount * (1.0f - contingent)) * s->now);
    state->running = alive * running * months;
    state->spent = (float)((double)state->running * s->now);
    state->start = legal && z == JK_TITLE_NONE ? s->share * s->costs->filing : 0.0f;
    double paid = (double)s->segment->share_by_action[action] * (double)s->balance[z > 0];
    state->second = s->spread < 0.0 ? alive : (float)((double)alive * paid * paid * s->spread);
}

/* The states that a worked one leads to, those not yet written to in this epoch marked; returns the states reached. */
static unsigned write_moves(const scene *s, int z, int k, int action, unsigned reached, jk_path_state *state) {
    state->moves = 0;
    bool legal = action == JK_LEGAL;
    if (!s->continues[z > 0 || legal]) {
        return reached;
    }
    for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
        float titled = s->span->title_probability, step = s->span->class_step[action - JK_SURVEIL][k][to];
        bool files = legal && z < JK_TITLE_HELD;
        const struct {
            int z;
            float part;
        } ways[2] = {{files ? JK_TITLE_PENDING : z, files ? step * (1.0f - titled) : step},
                     {JK_TITLE_HELD, files ? step * titled * s->segment->title_kept : 0.0f}};
        for (int i = 0; i < 2; i++) {
            int target = JK_STATE(ways[i].z, to);
            if (ways[i].part > 0.0f) {
                state->move[state->moves].to = (int16_t)target;
                state->move[state->moves].first = (reached >> target & 1) == 0;
                state->move[state->moves++].part = ways[i].part;
                reached |= 1u << target;
            }
        }
    }
    return reached;
}

void jk_path_program_write(jk_path_program *program, const jk_plan *plan, const jk_terms *terms, size_t row,
                           const uint8_t *actions, double spread, bool by_step) {
    const jk_plan_tables *tables = &plan->tables;
    scene s = {.tables = tables,
               .segment = &tables->segments[terms->segment[row]],
               .garnish = terms->garnish[row],
               .share = terms->share[row],
               .interruption = terms->interruption[row],
               .bar = {terms->bar_untitled[row], terms->bar_titled[row]},
               .figures = &plan->model->segments[terms->segment[row]],
               .by_step = by_step,
               .spread = spread};
    program->start = JK_STATE(terms->title_state[row], terms->capacity_class[row]);
    program->epochs = 0;
    unsigned here = 1u << program->start;
    int32_t count = 0;
    for (int j = 0; j < tables->epoch_count && here != 0; j++) {
        read_scene(plan, terms, row, j, &s);
        unsigned reached = 0;
        program->epoch[j] = (jk_path_epoch){.first = count, .discount = tables->discount * s.epoch->months};
        for (int at = 0; at < JK_STATES; at++) {
            int action = actions[j * JK_STATES + at], z = at / JK_CAPACITY_COUNT, k = at % JK_CAPACITY_COUNT;
            if ((here >> at & 1) == 0 || action == JK_CLOSE) {
                continue;
            }
            jk_path_state *state = &program->state[count++];
            *state = (jk_path_state){.state = (int16_t)at, .factor = -1};
            if (action == JK_SELL) {
                state->start = sale_value(&s, z);
            } else {
                write_work(&s, z, k, action, state);
                reached = write_moves(&s, z, k, action, reached, state);
            }
        }
        program->epoch[j].count = count - program->epoch[j].first;
        program->epochs = j + 1;
        here = reached;
    }
}
