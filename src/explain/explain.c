/* SPDX-License-Identifier: Apache-2.0 */
/* One claim through all stages, each with its own explanation. */
#include "jalki/explain.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "explain/explain_internal.h"

/* Columns of tapes, own ones among them. */
static bool has_column(int column) {
    return column < JK_TAPE_COLUMN_COUNT || jk_schema_is_extra((jk_column)column);
}

/* All columns of one row, and the arrays of one row that the stages fill, in one piece of memory. */
static jk_status take_memory(jk_explanation *explanation, jk_error *error) {
    size_t columns = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!has_column(c)) {
            continue;
        }
        columns += jk_schema_element_size((jk_column)c) + JK_ALIGNMENT;
    }
    size_t facts = jk_law_facts_size(1);
    size_t score = jk_score_columns_size(1);
    size_t terms = jk_terms_size(1);
    enum { RESULTS = 11 };
    size_t results = (size_t)RESULTS * JK_ALIGNMENT;
    size_t details = jk_score_detail_count(explanation->model) * sizeof(jk_score_detail) + JK_ALIGNMENT;
    unsigned char *next = jk_columns_zero(columns + facts + score + terms + results + details, 1);
    JK_TRY(jk_held(next != NULL, error, "a claim"));
    explanation->memory = next;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!has_column(c)) {
            continue;
        }
        explanation->block.column[c] = next;
        next += (jk_schema_element_size((jk_column)c) + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
    }
    jk_law_facts_place(&explanation->facts, 1, next);
    next += facts;
    jk_score_columns_place(&explanation->score, 1, next);
    next += score;
    jk_terms_place(&explanation->terms, 1, next);
    next += terms;
    jk_plan_results *plan = &explanation->plan;
    float **amounts[RESULTS - 1] = {&plan->value,           &plan->action_value[0], &plan->action_value[1],
                                    &plan->action_value[2], &plan->action_value[3], &plan->action_value[4],
                                    &plan->erc_gross,       &plan->erc_net,         &plan->gross_12m,
                                    &plan->gross_60m};
    for (int i = 0; i < RESULTS - 1; i++, next += JK_ALIGNMENT) {
        *amounts[i] = (float *)(void *)next;
    }
    plan->decision = next;
    plan->rows = 1;
    explanation->characteristics = (jk_score_detail *)(void *)(next + JK_ALIGNMENT);
    return JK_OK;
}

static jk_status read_row(jk_explanation *explanation, jk_error *error) {
    jk_block *block = &explanation->block;
    const jk_tape *tape = explanation->tape;
    block->first_row = explanation->row;
    block->rows = 1;
    block->text_width[0] = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    block->text_width[1] = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!has_column(c)) {
            continue;
        }
        JK_TRY(jk_tape_read(tape, (jk_column)c, explanation->row, 1, block->column[c], error));
    }
    return JK_OK;
}

static jk_status score_row(jk_explanation *explanation, const jk_law *law, jk_error *error) {
    jk_scorer *scorer = NULL;
    JK_TRY(jk_scorer_create(explanation->model, explanation->tape, law, &explanation->debtor, &scorer, error));
    void *scratch = jk_columns_alloc(jk_score_scratch_size(scorer, 1), 1);
    jk_status status = jk_held(scratch != NULL, error, "a claim");
    if (status == JK_OK) {
        jk_score_block(scorer, &explanation->block, &explanation->facts, &explanation->score, scratch);
        jk_score_explain(scorer, &explanation->block, &explanation->facts, 0, scratch, explanation->characteristics);
    }
    free(scratch);
    jk_scorer_free(scorer);
    return status;
}

static jk_status plan_row(jk_explanation *explanation, const jk_value_options *options, jk_error *error) {
    jk_plan *plan = NULL;
    jk_plan_options wanted = {.irr = explanation->irr, .isa = options->isa};
    JK_TRY(jk_plan_create(explanation->model, &wanted, &plan, error));
    jk_status status = JK_OK;
    jk_plan_workspace *workspace = jk_plan_workspace_create(plan, 1);
    jk_cashflow flow = {0};
    JK_TRY_CLEANUP(jk_held(workspace != NULL, error, "a claim's plan"));
    JK_TRY_CLEANUP(jk_plan_trace_init(&explanation->trace, plan, error));
    JK_TRY_CLEANUP(
        jk_cashflow_init(&flow, explanation->model->horizon_months, explanation->model->segment_count, error));
    jk_plan_block(plan, &explanation->terms, &explanation->plan, &flow, workspace);
    jk_plan_explain(plan, &explanation->terms, 0, &explanation->trace, workspace);
cleanup:
    jk_cashflow_reset(&flow);
    jk_plan_workspace_free(workspace);
    jk_plan_free(plan);
    return status;
}

static void judge(jk_explanation *explanation) {
    jk_action decision = (jk_action)explanation->plan.decision[0];
    explanation->reason = explanation->facts.barred[0]         ? JK_REASON_BARRED
                          : explanation->terms.allowed[0] == 0 ? JK_REASON_STATUS
                          : decision == JK_CLOSE               ? JK_REASON_UNECONOMIC
                                                               : JK_REASON_BEST;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        explanation->action[a].value = (double)explanation->plan.action_value[a][0];
        jk_explain_first_epoch(explanation, (jk_action)a, &explanation->action[a]);
        jk_explain_why_not(explanation, (jk_action)a, explanation->action[a].why_not);
    }
}

/* The sums of one debtor once more. */
static jk_status copy_sums(const jk_debtors *from, jk_debtors *to, jk_error *error) {
    *to = (jk_debtors){.count = 1,
                       .balance = jk_columns_alloc(1, sizeof *to->balance),
                       .workable_balance = jk_columns_alloc(1, sizeof *to->workable_balance),
                       .claims = jk_columns_alloc(1, sizeof *to->claims)};
    JK_TRY(
        jk_held(to->balance != NULL && to->workable_balance != NULL && to->claims != NULL, error, "the debtor's sums"));
    to->balance[0] = from->balance[0];
    to->workable_balance[0] = from->workable_balance[0];
    to->claims[0] = from->claims[0];
    return JK_OK;
}

jk_status jk_explain_row(const jk_tape *tape, const jk_model *model, const jk_value_options *options, size_t row,
                         const jk_debtors *debtor, jk_explanation *explanation, jk_error *error) {
    *explanation = (jk_explanation){
        .model = model,
        .tape = tape,
        .row = row,
        .cutoff = options->cutoff == JK_MISSING_INTEGER ? jk_tape_cutoff(tape) : options->cutoff,
        .irr = isnan(options->irr) ? model->irr : options->irr,
        .allow = options->allow,
    };
    if (explanation->cutoff == JK_MISSING_INTEGER) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, NULL,
                       "the tape has no cut-off date; expected one with --cutoff YYYY-MM-DD");
    }
    JK_TRY(take_memory(explanation, error));
    JK_TRY(read_row(explanation, error));
    jk_law *law = NULL;
    JK_TRY(jk_law_create(model, tape, explanation->cutoff, &law, error));
    jk_status status = JK_OK;
    int32_t *index = explanation->block.column[JK_COLUMN_DEBTOR_INDEX];
    JK_TRY_CLEANUP(debtor != NULL
                       ? copy_sums(debtor, &explanation->debtor, error)
                       : jk_debtors_create_one(law, tape, &options->run, *index, &explanation->debtor, error));
    *index = 0; /* where its sums now are */
    jk_law_block(law, &explanation->block, &explanation->facts);
    jk_law_explain(law, &explanation->block, 0, &explanation->law);
    JK_TRY_CLEANUP(score_row(explanation, law, error));
    jk_terms_block(model, &explanation->debtor, &explanation->block, &explanation->facts, &explanation->score,
                   explanation->allow, &explanation->terms);
    JK_TRY_CLEANUP(plan_row(explanation, options, error));
    judge(explanation);
cleanup:
    jk_law_free(law);
    return status;
}

jk_status jk_explain_claim(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const char *claim_id, jk_explanation *explanation, jk_error *error) {
    size_t row = 0;
    *explanation = (jk_explanation){0};
    JK_TRY(jk_explain_find(tape, &options->run, JK_COLUMN_CLAIM_ID, claim_id, &row, error));
    JK_TRY(jk_explain_row(tape, model, options, row, NULL, explanation, error));
    return jk_explain_reasons(explanation, 1, &options->run, error);
}

jk_status jk_explain_rows(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                          const size_t *rows, size_t count, jk_explanation *explanations, jk_error *error) {
    int32_t cutoff = options->cutoff == JK_MISSING_INTEGER ? jk_tape_cutoff(tape) : options->cutoff;
    for (size_t i = 0; i < count; i++) {
        explanations[i] = (jk_explanation){0};
    }
    if (count == 0) {
        return JK_OK;
    }
    jk_law *law = NULL;
    jk_debtors all = {0};
    JK_TRY(jk_law_create(model, tape, cutoff, &law, error));
    jk_status status = jk_debtors_create(law, tape, &options->run, &all, error);
    jk_law_free(law);
    for (size_t i = 0; status == JK_OK && i < count; i++) {
        int32_t index = 0;
        status = jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, rows[i], 1, &index, error);
        const jk_debtors own = {.count = 1,
                                .balance = all.balance + index,
                                .workable_balance = all.workable_balance + index,
                                .claims = all.claims + index};
        status =
            status == JK_OK ? jk_explain_row(tape, model, options, rows[i], &own, &explanations[i], error) : status;
    }
    jk_debtors_reset(&all);
    return status == JK_OK ? jk_explain_reasons(explanations, count, &options->run, error) : status;
}

void jk_explanation_reset(jk_explanation *explanation) {
    jk_plan_trace_reset(&explanation->trace);
    jk_debtors_reset(&explanation->debtor);
    free(explanation->memory);
    *explanation = (jk_explanation){0};
}

int32_t jk_explain_epoch_date(const jk_explanation *explanation, int epoch) {
    int32_t months = 0;
    for (int j = 0; j < epoch; j++) {
        months += explanation->model->epochs[j];
    }
    return jk_date_add_months(explanation->cutoff, months);
}

static double sum_of_states(const float *probability, int epoch) {
    double sum = 0.0;
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        for (int z = 0; z < JK_TITLE_COUNT; z++) {
            sum += (double)probability[jk_explain_state(epoch, k, z)];
        }
    }
    return sum;
}

double jk_explain_paying(const jk_explanation *explanation, int epoch) {
    return sum_of_states(explanation->trace.paying_probability, epoch);
}

double jk_explain_open(const jk_explanation *explanation, int epoch) {
    return sum_of_states(explanation->trace.probability, epoch) + jk_explain_paying(explanation, epoch);
}

size_t jk_explain_states(const jk_explanation *explanation, int epoch, jk_explain_likely states[JK_EXPLAIN_STATES]) {
    const jk_plan_trace *trace = &explanation->trace;
    size_t count = 0;
    for (int i = 0; i < JK_EXPLAIN_STATES; i++) {
        int paying = i % 2, z = i / 2 % JK_TITLE_COUNT, k = i / 2 / JK_TITLE_COUNT;
        size_t state = jk_explain_state(epoch, k, z);
        double probability = (double)(paying ? trace->paying_probability : trace->probability)[state];
        if (probability < 0.005) {
            continue;
        }
        size_t place = count++;
        for (; place > 0 && states[place - 1].probability < probability; place--) {
            states[place] = states[place - 1];
        }
        states[place] = (jk_explain_likely){
            .k = k,
            .z = z,
            .paying = paying,
            .probability = probability,
            .value = (double)(paying ? trace->paying_value : trace->value)[state],
            .action = (jk_action)(paying ? trace->paying_action : trace->action)[state],
        };
    }
    return count;
}
