/* SPDX-License-Identifier: Apache-2.0 */
/* Why the claims at the head of the worklist are there: what the page shows of their explanations (docs/explain.md).
 * Without ids asked for it tells neither dates nor incomes nor what the tape says of a person, only what the valuation
 * made of it. */
#include <stdlib.h>

#include "base/error.h"
#include "base/policy.h"
#include "jalki/explain.h"
#include "report/figures.h"

jk_status jk_figures_explain(jk_figures *figures, jk_error *error) {
    const jk_worklist *list = &figures->worklist;
    size_t *rows = calloc(list->count + 1, sizeof *rows);
    figures->explained = calloc(list->count + 1, sizeof *figures->explained);
    if (rows == NULL || figures->explained == NULL) {
        free(rows);
        return jk_fail_memory(error, "the explanations");
    }
    for (size_t i = 0; i < list->count; i++) {
        rows[i] = list->rows[i].row;
    }
    figures->explained_count = list->count;
    jk_status status = jk_explain_rows(figures->tape, figures->model, &figures->options->value, rows, list->count,
                                       figures->explained, error);
    free(rows);
    return status;
}

void jk_figures_explained_reset(jk_figures *figures) {
    for (size_t i = 0; i < figures->explained_count; i++) {
        jk_explanation_reset(&figures->explained[i]);
    }
    free(figures->explained);
    figures->explained = NULL;
    figures->explained_count = 0;
}

/* Copies keys of one object to another; `keys` ends with NULL. */
static void take(jk_json_builder *b, json_t *to, json_t *from, const char *const *keys) {
    for (size_t k = 0; keys[k] != NULL; k++) {
        jk_json_put(b, to, keys[k], json_incref(json_object_get(from, keys[k])));
    }
}

static json_t *score_of(jk_json_builder *b, json_t *all, bool with_ids) {
    static const char *const keys[] = {"score", "theta", "capacity_class", NULL};
    static const char *const plain[] = {"name", "points", "typical", "difference", NULL};
    static const char *const told[] = {"words", NULL};
    json_t *score = json_object(), *reasons = json_array(), *reason = NULL;
    size_t i = 0;
    take(b, score, all, keys);
    json_array_foreach(json_object_get(all, "reasons"), i, reason) {
        json_t *one = json_object();
        take(b, one, reason, plain);
        if (with_ids) {
            take(b, one, reason, told);
        }
        jk_json_append(b, reasons, one);
    }
    jk_json_put(b, score, "reasons", reasons);
    return score;
}

/* Of each epoch what is expected, and the likeliest state. */
static json_t *plan_of(jk_json_builder *b, json_t *all) {
    static const char *const keys[] = {"from_month", "months", "open", "paying", "gross", "cost", "sale", NULL};
    json_t *plan = json_array(), *epoch = NULL;
    size_t i = 0;
    json_array_foreach(all, i, epoch) {
        json_t *one = json_object();
        take(b, one, epoch, keys);
        json_t *likeliest = json_array_get(json_object_get(epoch, "states"), 0);
        jk_json_put(b, one, "state", likeliest != NULL ? json_incref(likeliest) : json_null());
        jk_json_append(b, plan, one);
    }
    return plan;
}

static json_t *claim_of(jk_json_builder *b, const jk_explanation *explanation, bool with_ids) {
    static const char *const keys[] = {"row",   "segment",   "balance", "decision", "reason", "decision_words",
                                       "value", "erc_gross", "erc_net", "actions",  NULL};
    static const char *const law[] = {"jurisdiction", "title", "barred", "months_to_bar", NULL};
    static const char *const law_told[] = {"bar_words", "letter_words", "income_words", NULL};
    static const char *const payments[] = {"paying", NULL};
    static const char *const payments_told[] = {"paying_words", "instalment_words", NULL};
    char *text = NULL;
    b->failed |= jk_explain_json(explanation, &text, NULL) != JK_OK;
    json_t *all = jk_figures_taken(b, text), *made = json_object();
    take(b, made, all, keys);
    json_t *about_law = json_object(), *about_payments = json_object();
    take(b, about_law, json_object_get(all, "law"), law);
    take(b, about_payments, json_object_get(all, "payments"), payments);
    if (with_ids) {
        take(b, about_law, json_object_get(all, "law"), law_told);
        take(b, about_payments, json_object_get(all, "payments"), payments_told);
    }
    jk_json_put(b, made, "law", about_law);
    jk_json_put(b, made, "payments", about_payments);
    jk_json_put(b, made, "score", score_of(b, json_object_get(all, "score"), with_ids));
    jk_json_put(b, made, "plan", plan_of(b, json_object_get(all, "plan")));
    json_decref(all);
    return made;
}

json_t *jk_figures_explained(jk_json_builder *b, const jk_figures *figures) {
    json_t *list = json_array();
    for (size_t i = 0; i < figures->explained_count; i++) {
        jk_json_append(b, list, claim_of(b, &figures->explained[i], jk_policy_get()->with_ids));
    }
    return list;
}
