/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor's claims together: each as `value` has it, and what one treatment of all of them would be worth. As in
 * decisions by debtor a claim joins a treatment where that is worth more than closing it; the debtor is filed against
 * once, for one whole fee, and an agent's hour serves all claims. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text/json.h"
#include "base/text/text.h"
#include "base/words/language.h"
#include "explain/explain_internal.h"

enum { PIECE_ROWS = 65536 };

/* Rows of a debtor, in tape order. */
static jk_status find_claims(const jk_tape *tape, int32_t debtor, size_t **rows, size_t *count, jk_error *error) {
    size_t total = jk_tape_rows(tape);
    int32_t *index = jk_columns_alloc(PIECE_ROWS, sizeof *index);
    *rows = calloc(JK_EXPLAIN_CLAIMS_MAX, sizeof **rows);
    *count = 0;
    jk_status status = index == NULL || *rows == NULL ? jk_fail_memory(error, "the debtor's claims") : JK_OK;
    for (size_t first = 0; status == JK_OK && first < total; first += PIECE_ROWS) {
        size_t length = total - first < PIECE_ROWS ? total - first : PIECE_ROWS;
        status = jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, first, length, index, error);
        for (size_t i = 0; status == JK_OK && i < length; i++) {
            if (index[i] == debtor && *count < JK_EXPLAIN_CLAIMS_MAX) {
                (*rows)[*count] = first + i;
            }
            *count += index[i] == debtor;
        }
    }
    free(index);
    return status;
}

static void add_claim(jk_debtor_explanation *debtor, const jk_explanation *claim) {
    const jk_segment *segment = &claim->model->segments[claim->facts.segment[0]];
    debtor->balance += claim->facts.balance[0];
    debtor->apart += (double)claim->plan.value[0];
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        jk_debtor_action *action = &debtor->action[a];
        double value = claim->action[a].value;
        if (!(value > 0.0)) {
            continue;
        }
        action->claims++;
        action->value += value;
        if (a >= JK_SURVEIL) {
            action->hours = fmax(action->hours, segment->effort_hours[a - JK_SURVEIL]);
        }
        if (a == JK_LEGAL && claim->terms.title_state[0] == JK_TITLE_NONE) {
            action->court += segment->filing * (double)claim->terms.share[0];
            debtor->whole_fee = fmax(debtor->whole_fee, segment->filing);
        }
    }
}

static void sum_up(jk_debtor_explanation *debtor) {
    jk_debtor_action *legal = &debtor->action[JK_LEGAL];
    for (size_t i = 0; i < debtor->count; i++) {
        add_claim(debtor, &debtor->claims[i]);
    }
    if (debtor->whole_fee > legal->court) {
        legal->value -= debtor->whole_fee - legal->court;
        legal->court = debtor->whole_fee;
    }
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        if (debtor->action[a].claims > 0 && debtor->action[a].value > debtor->action[debtor->together].value) {
            debtor->together = (jk_action)a;
        }
    }
}

jk_status jk_explain_debtor(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                            const char *debtor_id, jk_debtor_explanation *debtor, jk_error *error) {
    size_t row = 0, *rows = NULL, count = 0;
    int32_t index = 0;
    *debtor = (jk_debtor_explanation){.together = JK_CLOSE};
    (void)snprintf(debtor->id, sizeof debtor->id, "%s", debtor_id);
    JK_TRY(jk_explain_find(tape, &options->run, JK_COLUMN_DEBTOR_ID, debtor_id, &row, error));
    JK_TRY(jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, row, 1, &index, error));
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(find_claims(tape, index, &rows, &count, error));
    if (count > JK_EXPLAIN_CLAIMS_MAX) {
        JK_TRY_CLEANUP(jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, "debtor_id",
                               "'%s' has %zu claims; at most %d are explained together, one is with --claim", debtor_id,
                               count, (int)JK_EXPLAIN_CLAIMS_MAX));
    }
    debtor->claims = calloc(count, sizeof *debtor->claims);
    JK_TRY_CLEANUP(jk_held(debtor->claims != NULL, error, "the debtor's claims"));
    for (size_t i = 0; i < count; i++) {
        debtor->count++;
        JK_TRY_CLEANUP(jk_explain_row(tape, model, options, rows[i], i == 0 ? NULL : &debtor->claims[0].debtor,
                                      &debtor->claims[i], error));
    }
    JK_TRY_CLEANUP(jk_explain_reasons(debtor->claims, debtor->count, &options->run, error));
    sum_up(debtor);
cleanup:
    free(rows);
    return status;
}

void jk_debtor_explanation_reset(jk_debtor_explanation *debtor) {
    for (size_t i = 0; i < debtor->count; i++) {
        jk_explanation_reset(&debtor->claims[i]);
    }
    free(debtor->claims);
    *debtor = (jk_debtor_explanation){0};
}

/* ---- in words --------------------------------------------------------------------------------------------------- */

static void put_claims(FILE *out, const jk_debtor_explanation *debtor) {
    static const char *const titles[] = {"no title", "filed", "title"};
    char id[JK_TEXT_MAX + 1];
    jk_text_print(out, "\nClaims, each by itself\n");
    jk_text_print(out, "  %-20s %-14s %12s %7s %-5s %-8s %-8s %10s %10s %10s %10s\n", jk_text("claim"),
                  jk_text("segment"), jk_text("balance"), jk_text("share"), jk_text("class"), jk_text("title"),
                  jk_text("do"), jk_text("worth"), jk_text("head: surveil"), jk_text("head: amicable"),
                  jk_text("head: legal"));
    for (size_t i = 0; i < debtor->count; i++) {
        const jk_explanation *e = &debtor->claims[i];
        jk_text_print(out, "  %-20s %-14s %12.2f %6.1f%% %-5s %-8s %-8s %10.2f",
                      jk_explain_cell(e, JK_COLUMN_CLAIM_ID, id, sizeof id), e->model->segments[e->facts.segment[0]].id,
                      e->facts.balance[0], 100.0 * (double)e->terms.share[0],
                      jk_explain_capacity(e->score.capacity_class[0]), jk_text(titles[e->facts.title_state[0]]),
                      jk_explain_head((jk_action)e->plan.decision[0]), (double)e->plan.value[0]);
        for (int a = JK_SURVEIL; a < JK_ACTION_COUNT; a++) {
            if (isnan(e->action[a].value)) {
                jk_text_print(out, " %10s", "-");
            } else {
                jk_text_print(out, " %10.2f", e->action[a].value);
            }
        }
        (void)fputc('\n', out);
    }
}

static void put_together(FILE *out, const jk_debtor_explanation *debtor) {
    const jk_debtor_action *best = &debtor->action[debtor->together];
    const char *currency = debtor->claims[0].model->base_currency;
    jk_text_print(out, "\nOne treatment for all of them\n");
    jk_text_print(out, "  %-8s %7s %12s %10s %7s\n", jk_text("do"), jk_text("claims"), jk_text("worth"),
                  jk_text("court fee"), jk_text("hours"));
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        const jk_debtor_action *action = &debtor->action[a];
        if (action->claims > 0) {
            jk_text_print(out, "  %-8s %7zu %12.2f %10.2f %7.2f\n", jk_text_if_known(jk_action_name((jk_action)a)),
                          action->claims, action->value, action->court, action->hours);
        }
    }
    if (debtor->together == JK_CLOSE) {
        jk_text_print(out, "\nPlan: close all claims, nothing is worth more\n");
        return;
    }
    jk_text_print(out, "\nPlan: %s for the debtor, on %zu of %zu claims: worth %.2f %s; ",
                  jk_text_if_known(jk_action_name(debtor->together)), best->claims, debtor->count, best->value,
                  currency);
    jk_text_print(out, "each claim by itself %.2f, which counts court fees and calls by shares\n", debtor->apart);
}

jk_status jk_debtor_explanation_text(const jk_debtor_explanation *debtor, char **text, jk_error *error) {
    const jk_explanation *first = &debtor->claims[0];
    char words[JK_EXPLAIN_SENTENCE];
    size_t size = 0;
    *text = NULL;
    FILE *out = jk_text_open(text, &size);
    JK_TRY(jk_held(out != NULL, error, "the explanation"));
    jk_text_print(out,
                  debtor->count == 1 ? "Debtor %s: %zu claim owing %.2f %s, %.2f of it workable\n"
                                     : "Debtor %s: %zu claims owing %.2f %s, %.2f of it workable\n",
                  debtor->id, debtor->count, debtor->balance, first->model->base_currency,
                  (double)first->debtor.workable_balance[0] / JK_DEBTOR_SUM_PER_UNIT);
    jk_text_print(out, "  %-22s %s\n", jk_text("income"), jk_explain_income_words(first, words));
    jk_text_print(out, "  %-22s all claims share it by their balances; so they do costs that are the debtor's\n",
                  jk_text("capacity"));
    put_claims(out, debtor);
    put_together(out, debtor);
    return jk_text_close(out, text) ? JK_OK : jk_fail_memory(error, "the explanation");
}

jk_status jk_debtor_explanation_json(const jk_debtor_explanation *debtor, char **text, jk_error *error) {
    jk_json_builder b = {0};
    const jk_explanation *first = &debtor->claims[0];
    json_t *object = json_object(), *claims = json_array(), *actions = json_object(), *manifest = NULL;
    *text = NULL;
    for (size_t i = 0; i < debtor->count; i++) {
        char *claim = NULL;
        json_t *one = NULL;
        if (jk_explain_json(&debtor->claims[i], &claim, error) == JK_OK) {
            one = jk_json_parse(claim, 0, NULL);
        }
        free(claim);
        if (manifest == NULL) { /* one for all of them */
            manifest = json_incref(json_object_get(one, "manifest"));
        }
        (void)json_object_del(one, "manifest");
        jk_json_append(&b, claims, one);
    }
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        const jk_debtor_action *action = &debtor->action[a];
        json_t *one = json_object();
        jk_json_put(&b, one, "claims", json_integer((json_int_t)action->claims));
        jk_json_put(&b, one, "value", action->claims > 0 ? jk_json_number(action->value) : json_null());
        jk_json_put_numbers(&b, one, {"court_fee", action->court}, {"hours", action->hours});
        jk_json_put(&b, actions, jk_action_name((jk_action)a), one);
    }
    jk_json_put(&b, object, "debtor_id", jk_json_string(debtor->id));
    jk_json_put(&b, object, "base_currency", json_string(first->model->base_currency));
    jk_json_put_numbers(&b, object, {"balance", debtor->balance},
                        {"workable_balance", (double)first->debtor.workable_balance[0] / JK_DEBTOR_SUM_PER_UNIT});
    jk_json_put(&b, object, "together", json_string(jk_action_name(debtor->together)));
    jk_json_put_numbers(&b, object, {"value_together", debtor->action[debtor->together].value},
                        {"value_apart", debtor->apart});
    jk_json_put(&b, object, "actions", actions);
    jk_json_put(&b, object, "claims", claims);
    jk_json_put(&b, object, "manifest", manifest);
    *text = jk_json_dump(&b, object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    return jk_held(*text != NULL, error, "the explanation");
}
