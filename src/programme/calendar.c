/* SPDX-License-Identifier: Apache-2.0 */
/* Three valuations: as if nothing were interrupted or renewed any more, without the court, and as planned; the last
 * makes the entries, with the dates of the law stage.
 *
 * A claim without a title: limitation comes on L, a final bar on F (days after which it is barred). Where L < F a
 * letter is due by L where letters interrupt, else a filing or an acknowledgement; F is a final bar. With a title: the
 * next day that is a whole number of lives from the title's date is a renewal where it comes before the title's final
 * end and the final bar; what ends it for good is a final bar. */
#include "jalki/calendar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "model/economics.h"
#include "programme/words.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

enum { ENTRIES_PER_ROW = 3, YEAR = 12, WEEK = 7, MONDAY_FIRST = 4 /* 1970-01-05 */ };

typedef struct calendar_work {
    const jk_calendar_options *options;
    jk_calendar *calendar;
    jk_law *law;
    float *lapsed, *out_of_court; /* values by claim: without letters and renewals, without legal */
    jk_due **buffer;              /* entries of each thread's block */
    size_t *buffered;
    uint64_t *barred; /* by thread */
    int threads;
    size_t capacity;
} calendar_work;

const char *jk_due_name(jk_due_kind kind) {
    static const char *const names[JK_DUE_COUNT] = {"letter",  "filing",    "acknowledgement", "nothing",
                                                    "renewal", "final_bar", "plan_end"};
    return names[kind];
}

const char *jk_due_words(jk_due_kind kind) {
    static const char *const words[JK_DUE_COUNT] = {"send a letter",
                                                    "file, or have the debtor pay or acknowledge",
                                                    "have the debtor pay or acknowledge",
                                                    "nothing is allowed that interrupts",
                                                    "renew the title",
                                                    "ends whatever is done",
                                                    "the instalments end: agree on what follows"};
    return words[kind];
}

/* ---- the entries of one claim ----------------------------------------------------------------------------------- */

static void add(const calendar_work *work, const jk_value_block *rows, size_t i, jk_due_kind kind, int32_t on,
                double cost, double stake, jk_due *list, size_t *count) {
    const jk_calendar *calendar = work->calendar;
    if (on == INT32_MAX || on <= calendar->cutoff || on > calendar->until) {
        return;
    }
    list[(*count)++] = (jk_due){
        .row = (uint32_t)(rows->block->first_row + i),
        .on = on,
        .act_by = on - calendar->lead - calendar->post,
        .kind = (uint8_t)kind,
        .pays = stake > 0.0,
        .country = (uint16_t)JK_BLOCK_INT32(rows->block, COUNTRY)[i],
        .segment = rows->law->segment[i],
        .balance = (float)rows->law->balance[i],
        .value = rows->plan->value[i],
        .cost = (float)cost,
        .stake = stake > 0.0 ? (float)stake : 0.0f,
    };
}

static int32_t earlier(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* Of a claim without a title. */
static void limitation_of(const calendar_work *work, const jk_value_block *rows, size_t i, const jk_law_detail *law,
                          jk_due *list, size_t *count) {
    const jk_segment *segment = &work->calendar->model->segments[rows->law->segment[i]];
    size_t row = rows->block->first_row + i;
    double share = (double)rows->terms->share[i], value = (double)rows->plan->value[i];
    unsigned allowed = rows->law->allowed[i] & work->options->value.allow;
    add(work, rows, i, JK_DUE_FINAL, law->final_on, 0.0, 0.0, list, count);
    if (law->limitation_on >= law->final_on) {
        return;
    }
    if (law->letter_interrupts) {
        add(work, rows, i, JK_DUE_LETTER, law->limitation_on, law->jurisdiction->limitation.interruption_cost * share,
            value - (double)work->lapsed[row], list, count);
    } else if ((allowed & JK_ALLOW(JK_LEGAL)) != 0) {
        add(work, rows, i, JK_DUE_FILING, law->limitation_on, segment->filing * share,
            value - (double)work->out_of_court[row], list, count);
    } else {
        jk_due_kind kind = (allowed & JK_ALLOW(JK_AMICABLE)) != 0 ? JK_DUE_ACKNOWLEDGEMENT : JK_DUE_NOTHING;
        add(work, rows, i, kind, law->limitation_on, 0.0, kind == JK_DUE_NOTHING ? 0.0 : value, list, count);
    }
}

/* Of a claim that is filed or has a title. A letter renews where it interrupts; else a month of enforcement does. */
static void title_of(const calendar_work *work, const jk_value_block *rows, size_t i, const jk_law_detail *law,
                     jk_due *list, size_t *count) {
    const jk_segment *segment = &work->calendar->model->segments[rows->law->segment[i]];
    int32_t last = earlier(law->final_on, earlier(law->title_final_on, law->title_end_on));
    size_t row = rows->block->first_row + i;
    add(work, rows, i, JK_DUE_FINAL, last, 0.0, 0.0, list, count);
    if (law->renewal_on < last) {
        double whole = law->jurisdiction->limitation.letter_interrupts
                           ? law->jurisdiction->limitation.interruption_cost
                           : jk_running_cost(segment, JK_TREAT_LEGAL, JK_TITLE_HELD);
        add(work, rows, i, JK_DUE_RENEWAL, law->renewal_on, whole * (double)rows->terms->share[i],
            (double)rows->plan->value[i] - (double)work->lapsed[row], list, count);
    }
}

/* When what is owed is paid at the instalments known; interest is left out. */
static void plan_of(const calendar_work *work, const jk_value_block *rows, size_t i, jk_due *list, size_t *count) {
    int64_t instalment = JK_BLOCK_MONEY(rows->block, INSTALMENT_MONTHLY)[i];
    int32_t paid = rows->law->paid_months[i];
    if (instalment == JK_MISSING_MONEY || instalment <= 0 || paid < 0 || paid >= YEAR) {
        return;
    }
    int64_t owed = 0;
    const int64_t parts[] = {JK_BLOCK_MONEY(rows->block, PRINCIPAL)[i],
                             JK_BLOCK_MONEY(rows->block, INTEREST_ACCRUED)[i], JK_BLOCK_MONEY(rows->block, FEES)[i]};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        owed += jk_money_or_zero(parts[p]);
    }
    int64_t months = (owed + instalment - 1) / instalment;
    if (months <= JK_HORIZON_MAX) {
        add(work, rows, i, JK_DUE_PLAN_END, jk_date_add_months(work->calendar->cutoff, (int32_t)months), 0.0, 0.0, list,
            count);
    }
}

static jk_status take_block(void *context, const jk_value_block *rows, jk_error *error) {
    calendar_work *work = context;
    jk_due *list = work->buffer[rows->thread];
    size_t count = 0;
    (void)error;
    for (size_t i = 0; i < rows->block->rows; i++) {
        if (rows->law->barred[i]) {
            work->barred[rows->thread]++;
            continue;
        }
        jk_law_detail law;
        jk_law_explain(work->law, rows->block, i, &law);
        if (rows->law->title_state[i] == JK_TITLE_NONE) {
            limitation_of(work, rows, i, &law, list, &count);
        } else {
            title_of(work, rows, i, &law, list, &count);
        }
        plan_of(work, rows, i, list, &count);
    }
    work->buffered[rows->thread] = count;
    return JK_OK;
}

static jk_status append_block(void *context, const jk_value_block *rows, jk_error *error) {
    calendar_work *work = context;
    jk_calendar *calendar = work->calendar;
    size_t more = work->buffered[rows->thread];
    if (calendar->count + more > work->capacity) {
        size_t capacity = 2 * (calendar->count + more) + 1024;
        jk_due *larger = realloc(calendar->due, capacity * sizeof *larger);
        JK_TRY(jk_held(larger != NULL, error, "what falls due"));
        calendar->due = larger;
        work->capacity = capacity;
    }
    if (more > 0) {
        memcpy(calendar->due + calendar->count, work->buffer[rows->thread], more * sizeof *calendar->due);
    }
    calendar->count += more;
    return JK_OK;
}

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    calendar_work *work = context;
    work->buffer = calloc((size_t)shape->threads, sizeof *work->buffer);
    work->buffered = calloc((size_t)shape->threads, sizeof *work->buffered);
    work->barred = calloc((size_t)shape->threads, sizeof *work->barred);
    bool held = work->buffer != NULL && work->buffered != NULL && work->barred != NULL;
    work->threads = held ? shape->threads : 0;
    for (int t = 0; held && t < shape->threads; t++) {
        work->buffer[t] = jk_columns_alloc(ENTRIES_PER_ROW * shape->block_rows, sizeof(jk_due));
        held = work->buffer[t] != NULL;
    }
    return jk_held(held, error, "what falls due");
}

/* ---- the valuations --------------------------------------------------------------------------------------------- */

typedef struct value_pass {
    float *value;
} value_pass;

static jk_status take_values(void *context, const jk_value_block *rows, jk_error *error) {
    const value_pass *pass = context;
    (void)error;
    memcpy(pass->value + rows->block->first_row, rows->plan->value, rows->block->rows * sizeof(float));
    return JK_OK;
}

static jk_status value_without(calendar_work *work, bool lapses, unsigned allow, float *value, jk_error *error) {
    jk_value_options options = work->options->value;
    value_pass pass = {value};
    jk_value_sink sink = {
        .block = take_values, .context = &pass, .held = 2 * jk_tape_rows(work->calendar->tape) * sizeof(float)};
    jk_valuation valuation = {0};
    options.values_only = true;
    options.lapses = lapses;
    options.allow &= allow;
    JK_TRY(jk_value_run(work->calendar->tape, work->calendar->model, &options, &sink, 1, &valuation, error));
    jk_valuation_reset(&valuation);
    return JK_OK;
}

static jk_status make_entries(calendar_work *work, jk_error *error) {
    jk_calendar *calendar = work->calendar;
    jk_value_options options = work->options->value;
    jk_valuation valuation = {0};
    options.values_only = true;
    jk_value_sink sink = {.columns = BIT(COUNTRY) | BIT(INSTALMENT_MONTHLY) | BIT(PRINCIPAL) | BIT(INTEREST_ACCRUED) |
                                     BIT(FEES),
                          .row_bytes = ENTRIES_PER_ROW * sizeof(jk_due),
                          .begin = begin,
                          .block = take_block,
                          .ordered = append_block,
                          .context = work,
                          .held = 2 * jk_tape_rows(calendar->tape) * sizeof(float)};
    JK_TRY(jk_value_run(calendar->tape, calendar->model, &options, &sink, 1, &valuation, error));
    calendar->total = valuation.total;
    calendar->irr = valuation.irr;
    jk_valuation_reset(&valuation);
    for (int t = 0; t < work->threads; t++) {
        calendar->barred += work->barred[t];
    }
    return JK_OK;
}

/* ---- order and sums --------------------------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b) {
    const jk_due *one = a, *other = b;
    if (one->act_by != other->act_by) {
        return one->act_by < other->act_by ? -1 : 1;
    }
    if (one->stake != other->stake) {
        return one->stake > other->stake ? -1 : 1;
    }
    if (one->balance != other->balance) {
        return one->balance > other->balance ? -1 : 1;
    }
    if (one->row != other->row) {
        return one->row < other->row ? -1 : 1;
    }
    return (one->kind > other->kind) - (one->kind < other->kind);
}

static int32_t day_of(const jk_calendar *calendar, const jk_due *due) {
    return due->act_by < calendar->cutoff ? calendar->cutoff : due->act_by;
}

static int32_t month_start(int32_t date) {
    jk_civil civil = jk_civil_from_date(date);
    return jk_date_from_civil(civil.year, civil.month, 1);
}

/* The Monday of the week. */
static int32_t week_start(int32_t date) {
    int32_t days = (date - MONDAY_FIRST) % WEEK;
    return date - (days < 0 ? days + WEEK : days);
}

typedef struct exact_sum {
    int64_t cost, stake;
} exact_sum;

static void add_to_sum(const jk_due *due, jk_due_sum *sum, exact_sum *exact) {
    bool act = due->kind <= JK_DUE_RENEWAL;
    sum->count[due->kind]++;
    sum->lapse += act && !due->pays;
    if (act && due->pays) {
        exact->cost += jk_grid_from_double((double)due->cost);
        exact->stake += jk_grid_from_double((double)due->stake);
    }
}

/* Sums of one length: entries come by day, so that a period's are a run of them. */
static jk_status sum_periods(jk_calendar *calendar, bool months, jk_error *error) {
    size_t each = 1 + calendar->team_count;
    exact_sum *exact = calloc(each, sizeof *exact);
    jk_status status = jk_held(exact != NULL, error, "sums by week and month");
    for (size_t i = 0, next = 0; i < calendar->count && status == JK_OK; i = next) {
        int32_t day = day_of(calendar, &calendar->due[i]), from = months ? month_start(day) : week_start(day);
        jk_due_sum *larger = realloc(calendar->sum, (calendar->sum_count + each) * sizeof *larger);
        if (larger == NULL) {
            status = jk_fail_memory(error, "sums by week and month");
            break;
        }
        calendar->sum = larger;
        jk_due_sum *sum = larger + calendar->sum_count;
        memset(exact, 0, each * sizeof *exact);
        for (size_t t = 0; t < each; t++) {
            sum[t] = (jk_due_sum){.from = from, .month = months, .team = (int)t - 1};
        }
        for (next = i; next < calendar->count; next++) {
            const jk_due *due = &calendar->due[next];
            int32_t own = day_of(calendar, due);
            if ((months ? month_start(own) : week_start(own)) != from) {
                break;
            }
            for (size_t t = 0; t < each; t++) {
                if (t == 0 || jk_team_works(&calendar->teams[t - 1], due->country, due->segment)) {
                    add_to_sum(due, &sum[t], &exact[t]);
                }
            }
        }
        for (size_t t = 0; t < each; t++) {
            sum[t].cost = jk_grid_to_double(exact[t].cost);
            sum[t].stake = jk_grid_to_double(exact[t].stake);
        }
        calendar->sum_count += each;
    }
    free(exact);
    return status;
}

/* ---- the calendar ----------------------------------------------------------------------------------------------- */

static jk_status settle(calendar_work *work, jk_error *error) {
    jk_calendar *calendar = work->calendar;
    const jk_calendar_options *options = work->options;
    char text[2][JK_DATE_TEXT];
    calendar->cutoff =
        options->value.cutoff == JK_MISSING_INTEGER ? jk_tape_cutoff(calendar->tape) : options->value.cutoff;
    if (calendar->cutoff == JK_MISSING_INTEGER) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(calendar->tape), 0, NULL,
                       "the tape names no cut-off date and none was given; expected --cutoff YYYY-MM-DD");
    }
    calendar->until =
        options->until == JK_MISSING_INTEGER ? jk_date_add_months(calendar->cutoff, YEAR) : options->until;
    if (calendar->until < calendar->cutoff) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "until",
                       "%s lies before the cut-off %s; expected a later day", jk_date_format(calendar->until, text[0]),
                       jk_date_format(calendar->cutoff, text[1]));
    }
    return JK_OK;
}

static jk_status make(calendar_work *work, jk_error *error) {
    jk_calendar *calendar = work->calendar;
    JK_TRY(settle(work, error));
    size_t rows = jk_tape_rows(calendar->tape);
    work->lapsed = jk_columns_alloc(rows, sizeof *work->lapsed);
    work->out_of_court = jk_columns_alloc(rows, sizeof *work->out_of_court);
    JK_TRY(jk_held(work->lapsed != NULL && work->out_of_court != NULL, error, "the claims' values"));
    JK_TRY(jk_law_create(calendar->model, calendar->tape, calendar->cutoff, &work->law, error));
    JK_TRY(value_without(work, true, JK_ALLOW_ALL, work->lapsed, error));
    JK_TRY(value_without(work, false, JK_ALLOW_ALL & ~JK_ALLOW(JK_LEGAL), work->out_of_court, error));
    JK_TRY(make_entries(work, error));
    if (calendar->count > 0) {
        jk_sort(calendar->due, calendar->count, sizeof *calendar->due, by_day);
    }
    JK_TRY(sum_periods(calendar, true, error));
    return sum_periods(calendar, false, error);
}

jk_status jk_calendar_make(const jk_tape *tape, const jk_model *model, const jk_calendar_options *options,
                           jk_calendar *calendar, jk_error *error) {
    *calendar = (jk_calendar){.tape = tape,
                              .model = model,
                              .teams = options->teams,
                              .team_count = options->team_count,
                              .lead = options->lead,
                              .post = options->post};
    calendar_work work = {.options = options, .calendar = calendar};
    jk_status status = make(&work, error);
    jk_law_free(work.law);
    free(work.lapsed);
    free(work.out_of_court);
    for (int t = 0; t < work.threads; t++) {
        free(work.buffer[t]);
    }
    free(work.buffer);
    free(work.buffered);
    free(work.barred);
    if (status != JK_OK) {
        jk_calendar_reset(calendar);
    }
    return status;
}

void jk_calendar_reset(jk_calendar *calendar) {
    free(calendar->due);
    free(calendar->sum);
    *calendar = (jk_calendar){0};
}
