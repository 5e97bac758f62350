/* SPDX-License-Identifier: Apache-2.0 */
/* The explanation as one JSON object; its keys are described in docs/explain.md and do not change. A number that there
 * is none of is null. */

#include "base/text/json.h"
#include "base/error.h"
#include "base/file/run_record.h"
#include "explain/explain_internal.h"
#include "law/months.h"

enum { JSON_FLAGS = JSON_INDENT(2) | JSON_REAL_PRECISION(9) };

/* All columns of the tape as they are after its defaults; text, or numbers where they are numbers. */
static json_t *tape_object(jk_json_builder *b, const jk_explanation *e) {
    json_t *object = json_object();
    const jk_extras *extras = jk_tape_extras(e->tape);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const bool own = jk_schema_is_extra((jk_column)c) && extras->name[c - JK_FIXED_COLUMN_COUNT] != NULL;
        if (c >= JK_CSV_COLUMN_COUNT && !own) {
            continue;
        }
        char text[64];
        jk_type type = jk_schema_column((jk_column)c)->type;
        const char *cell = jk_explain_cell(e, (jk_column)c, text, sizeof text);
        json_t *value = jk_json_text_or_null(cell);
        if (cell[0] != '\0' && type == JK_TYPE_MONEY) {
            json_decref(value);
            value = jk_json_number((double)((const int64_t *)e->block.column[c])[0] / 100.0);
        } else if (cell[0] != '\0' && type == JK_TYPE_REAL) {
            json_decref(value);
            value = jk_json_number(((const double *)e->block.column[c])[0]);
        } else if (cell[0] != '\0' && type == JK_TYPE_INTEGER) {
            json_decref(value);
            int32_t given = ((const int32_t *)e->block.column[c])[0];
            value = json_integer(given == JK_MISSING_INTEGER ? 0 : given);
        }
        jk_json_put(b, object, jk_extras_column_name(extras, JK_KIND_TAPE, (jk_column)c), value);
    }
    return object;
}

static json_t *debtor_object(jk_json_builder *b, const jk_explanation *e) {
    json_t *object = json_object();
    jk_json_put(b, object, "claims", json_integer(e->debtor.claims[0]));
    jk_json_put_numbers(b, object, {"balance", (double)e->debtor.balance[0] / JK_DEBTOR_SUM_PER_UNIT},
                        {"workable_balance", (double)e->debtor.workable_balance[0] / JK_DEBTOR_SUM_PER_UNIT},
                        {"share", (double)e->terms.share[0]}, {"garnish_monthly", (double)e->terms.garnish[0]});
    return object;
}

static json_t *law_object(jk_json_builder *b, const jk_explanation *e) {
    static const char *const bases[] = {"never",     "limitation_given", "limitation_rule",
                                        "final_bar", "title_end",        "title_final"};
    const jk_law_detail *law = &e->law;
    char text[JK_EXPLAIN_SENTENCE];
    json_t *object = json_object();
    double months = e->facts.title_state[0] == JK_TITLE_NONE ? e->facts.bar_untitled[0] : e->facts.bar_titled[0];
    jk_json_put(b, object, "jurisdiction", json_string(law->jurisdiction->id));
    jk_json_put(b, object, "title", json_string(jk_title_name((jk_title)e->facts.title_state[0])));
    jk_json_put(b, object, "barred", json_boolean(e->facts.barred[0]));
    jk_json_put(b, object, "bar_on", jk_json_date(law->bar_on));
    jk_json_put(b, object, "bar_rests_on", json_string(bases[e->facts.basis[0]]));
    jk_json_put(b, object, "bar_words", json_string(jk_explain_bar_words(e, text)));
    jk_json_put(b, object, "months_to_bar", jk_json_number(months));
    jk_json_put(b, object, "limitation_on", jk_json_date(law->limitation_on));
    jk_json_put(b, object, "limitation_given", json_boolean(law->limitation_given));
    jk_json_put(b, object, "limitation_from", jk_json_date(law->limitation_from));
    jk_json_put(b, object, "limitation_months", jk_json_number(law->limitation_months));
    jk_json_put(b, object, "letter_interrupts", json_boolean(law->letter_interrupts));
    jk_json_put(b, object, "letter_words", jk_json_text_or_null(jk_explain_letter_words(e, text)));
    jk_json_put(b, object, "interruption_monthly", jk_json_number((double)e->terms.interruption[0]));
    jk_json_put(b, object, "final_on", jk_json_date(law->final_on));
    jk_json_put(b, object, "title_on", jk_json_date(law->title_on));
    jk_json_put(b, object, "title_end_on", jk_json_date(law->title_end_on));
    jk_json_put(b, object, "title_final_on", jk_json_date(law->title_final_on));
    jk_json_put(b, object, "renewal_on", jk_json_date(law->renewal_on));
    jk_json_put(b, object, "attachable", jk_json_number(e->facts.attachable[0]));
    jk_json_put(b, object, "income_words", json_string(jk_explain_income_words(e, text)));
    return object;
}

static json_t *reasons_list(jk_json_builder *b, const jk_explanation *e) {
    char text[JK_EXPLAIN_SENTENCE];
    json_t *list = json_array();
    for (size_t i = 0; i < e->reason_count; i++) {
        const jk_score_reason *reason = &e->reasons[i];
        const jk_score_detail *detail = &e->characteristics[reason->entry];
        json_t *item = json_object();
        jk_json_put(b, item, "name", jk_json_string(detail->characteristic));
        jk_json_put_numbers(b, item, {"points", detail->points}, {"typical", reason->typical},
                            {"difference", reason->difference}, {"typical_value", reason->typical_value});
        jk_json_put(b, item, "typical_level", jk_json_string(reason->typical_level));
        jk_json_put(b, item, "words", jk_json_string(jk_explain_reason_words(e, i, text)));
        jk_json_append(b, list, item);
    }
    return list;
}

/* What the score is held against. */
static json_t *typical_object(jk_json_builder *b, const jk_explanation *e) {
    json_t *object = json_object();
    jk_json_put_counts(b, object, {"claims", e->typical.claims}, {"looked_at", e->typical.looked_at});
    jk_json_put(b, object, "eta", jk_json_number(e->typical.eta));
    return object;
}

static json_t *score_object(jk_json_builder *b, const jk_explanation *e) {
    const jk_scorecard *card = &e->model->scorecard;
    char text[JK_EXPLAIN_SENTENCE];
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t c = 0; c < jk_score_detail_count(e->model); c++) {
        const jk_score_detail *detail = &e->characteristics[c];
        json_t *item = json_object();
        jk_json_put(b, item, "name", jk_json_string(detail->characteristic));
        jk_json_put(b, item, "value", detail->is_numeric ? jk_json_number(detail->value) : json_null());
        jk_json_put(b, item, "level", jk_json_string(detail->level));
        jk_json_put(b, item, "points", jk_json_number(detail->points));
        jk_json_put(b, item, "fades", json_boolean(detail->fades));
        jk_json_put(b, item, "base", json_boolean(detail->is_base));
        jk_json_append(b, list, item);
    }
    jk_json_put(b, object, "score", json_integer(e->score.score[0]));
    jk_json_put_numbers(b, object, {"eta", e->score.eta[0]}, {"intercept", card->intercept},
                        {"fading", e->score.fading[0]});
    jk_json_put(b, object, "half_life", card->half_life > 0.0 ? jk_json_number(card->half_life) : json_null());
    jk_json_put_numbers(
        b, object, {"theta", e->score.theta_now[0]}, {"theta_lasting", e->score.theta[0]},
        {"theta_center", e->model->segments[e->facts.segment[0]].theta_center[e->score.capacity_class[0]]});
    jk_json_put(b, object, "capacity_class", json_string(jk_capacity_name((jk_capacity)e->score.capacity_class[0])));
    jk_json_put(b, object, "class_words", json_string(jk_explain_class_words(e, text)));
    jk_json_put(b, object, "characteristics", list);
    jk_json_put(b, object, "typical", typical_object(b, e));
    jk_json_put(b, object, "reasons", reasons_list(b, e));
    return object;
}

/* By treatment: what new payers do in the first epoch. */
static json_t *new_payers_object(jk_json_builder *b, const jk_explanation *e) {
    const jk_segment *segment = &e->model->segments[e->facts.segment[0]];
    json_t *object = json_object();
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        jk_explain_rates rates = jk_explain_rates_of(e, (jk_treatment)a);
        json_t *item = json_object();
        jk_json_put_numbers(b, item, {"monthly", rates.new_payers}, {"settled_share", rates.settled_share},
                            {"settled_brings", segment->recovery_share[a]}, {"instalments_monthly", rates.paid});
        jk_json_put(b, item, "months", rates.breakage > 0.0 ? jk_json_number(1.0 / rates.breakage) : json_null());
        jk_json_put(b, item, "spell_brings", jk_json_number(jk_explain_spell_share(&rates)));
        jk_json_put(b, object, jk_action_name((jk_action)(a + JK_SURVEIL)), item);
    }
    return object;
}

static json_t *payments_object(jk_json_builder *b, const jk_explanation *e) {
    const jk_segment *segment = &e->model->segments[e->facts.segment[0]];
    char text[JK_EXPLAIN_SENTENCE];
    json_t *object = json_object();
    int32_t months = e->facts.paid_months[0];
    jk_json_put(b, object, "paying", json_boolean(e->score.paying[0]));
    jk_json_put(b, object, "paying_words",
                segment->payers.given ? json_string(jk_explain_paying_words(e, text)) : json_null());
    jk_json_put(b, object, "months_since_last_payment", months == INT32_MAX ? json_null() : json_integer(months));
    jk_json_put_numbers(b, object, {"instalments_known", jk_explain_instalments_known(e)},
                        {"instalment_monthly", e->facts.instalment[0]}, {"instalment_size", e->score.instalment[0]});
    jk_json_put(b, object, "instalment_words", jk_json_text_or_null(jk_explain_instalment_words(e, text)));
    jk_json_put(b, object, "new_payers", segment->payers.given ? new_payers_object(b, e) : json_null());
    jk_json_put_numbers(b, object, {"dividend_monthly", e->facts.dividend[0]}, {"lost_share", segment->lost_share});
    return object;
}

static json_t *actions_object(jk_json_builder *b, const jk_explanation *e) {
    json_t *object = json_object();
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        const jk_explain_action *action = &e->action[a];
        char text[JK_EXPLAIN_SENTENCE];
        json_t *item = json_object();
        jk_json_put_numbers(b, item, {"value", action->value}, {"collected", action->collected}, {"fees", action->fees},
                            {"running", action->running}, {"running_hours", action->hours}, {"filing", action->filing},
                            {"sale", action->sale}, {"later", action->later});
        jk_json_put(b, item, "why_not", jk_json_text_or_null(jk_explain_shortfall_words(e, (jk_action)a, text)));
        jk_json_put(b, object, jk_action_name((jk_action)a), item);
    }
    return object;
}

static json_t *states_list(jk_json_builder *b, const jk_explanation *e, int epoch) {
    jk_explain_likely states[JK_EXPLAIN_STATES];
    size_t count = jk_explain_states(e, epoch, states);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object();
        jk_json_put(b, item, "capacity_class", json_string(jk_capacity_name((jk_capacity)states[i].k)));
        jk_json_put(b, item, "title", json_string(jk_title_name((jk_title)states[i].z)));
        jk_json_put(b, item, "paying", json_boolean(states[i].paying));
        jk_json_put(b, item, "probability", jk_json_number(states[i].probability));
        jk_json_put(b, item, "action", json_string(jk_action_name(states[i].action)));
        jk_json_put(b, item, "value", jk_json_number(states[i].value));
        jk_json_append(b, list, item);
    }
    return list;
}

static json_t *plan_list(jk_json_builder *b, const jk_explanation *e) {
    json_t *list = json_array();
    int32_t month = 0;
    for (int j = 0; e->terms.allowed[0] != 0 && j < e->trace.epochs; j++) {
        json_t *item = json_object();
        jk_json_put(b, item, "from_month", json_integer(month));
        jk_json_put(b, item, "months", json_integer(e->model->epochs[j]));
        jk_json_put(b, item, "from", jk_json_date(jk_explain_epoch_date(e, j)));
        jk_json_put_numbers(b, item, {"open", jk_explain_open(e, j)}, {"paying", jk_explain_paying(e, j)},
                            {"gross", (double)e->trace.gross[j]}, {"instalments", (double)e->trace.instalments[j]},
                            {"cost", (double)e->trace.cost[j]}, {"sale", (double)e->trace.sale[j]});
        jk_json_put(b, item, "states", states_list(b, e, j));
        jk_json_append(b, list, item);
        month += e->model->epochs[j];
    }
    return list;
}

jk_status jk_explain_json(const jk_explanation *explanation, char **text, jk_error *error) {
    const jk_explanation *e = explanation;
    jk_json_builder b = {0};
    char words[JK_EXPLAIN_SENTENCE];
    json_t *object = json_object();
    jk_json_put(&b, object, "claim_id",
                jk_json_text_or_null(jk_explain_cell(e, JK_COLUMN_CLAIM_ID, words, sizeof words)));
    jk_json_put(&b, object, "row", json_integer((json_int_t)e->row + 1));
    jk_json_put(&b, object, "cutoff", jk_json_date(e->cutoff));
    jk_json_put(&b, object, "irr", jk_json_number(e->irr));
    jk_json_put(&b, object, "base_currency", json_string(e->model->base_currency));
    jk_json_put(&b, object, "balance", jk_json_number(e->facts.balance[0]));
    jk_json_put(&b, object, "segment", json_string(e->model->segments[e->facts.segment[0]].id));
    jk_json_put(&b, object, "decision", json_string(jk_action_name((jk_action)e->plan.decision[0])));
    jk_json_put(&b, object, "reason", json_string(jk_reason_name(e->reason)));
    jk_json_put(&b, object, "decision_words", json_string(jk_explain_decision_words(e, words)));
    jk_json_put_numbers(&b, object, {"value", (double)e->plan.value[0]}, {"erc_gross", (double)e->plan.erc_gross[0]},
                        {"erc_net", (double)e->plan.erc_net[0]}, {"gross_12m", (double)e->plan.gross_12m[0]},
                        {"gross_60m", (double)e->plan.gross_60m[0]});
    jk_json_put(&b, object, "tape", tape_object(&b, e));
    jk_json_put(&b, object, "debtor", debtor_object(&b, e));
    jk_json_put(&b, object, "law", law_object(&b, e));
    jk_json_put(&b, object, "payments", payments_object(&b, e));
    jk_json_put(&b, object, "score", score_object(&b, e));
    jk_json_put(&b, object, "actions", actions_object(&b, e));
    jk_json_put(&b, object, "plan", plan_list(&b, e));
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    *text = jk_json_dump(&b, object, JSON_FLAGS);
    return jk_held(*text != NULL, error, "the explanation");
}
