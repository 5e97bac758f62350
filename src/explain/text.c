/* SPDX-License-Identifier: Apache-2.0 */
/* The explanation for a reader: sections of short lines, words before figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/text/text.h"
#include "base/words/language.h"
#include "explain/explain_internal.h"

enum { CELL = 64 };

static const char *title_words(int title) {
    static const char *const words[] = {"no title", "filed", "title"};
    return jk_text(words[title]);
}

static const char *mood_words(const jk_explanation *e, int paying) {
    return jk_text(paying ? ", paying" : e->trace.payers ? ", quiet" : "");
}

static const char *class_words(int k) {
    static const char *const words[] = {"no capacity", "weak", "able"};
    return jk_text(words[k]);
}

static void put_cell(FILE *out, const jk_explanation *e, const char *label, jk_column column) {
    char text[CELL];
    if (jk_explain_cell(e, column, text, sizeof text)[0] != '\0') {
        jk_text_print(out, "  %-22s %s\n", jk_text(label), text);
    }
}

static void put_identity(FILE *out, const jk_explanation *e) {
    char id[CELL];
    char debtor[CELL];
    char currency[CELL];
    const char *base = e->model->base_currency;
    (void)jk_explain_cell(e, JK_COLUMN_CLAIM_ID, id, sizeof id);
    (void)jk_explain_cell(e, JK_COLUMN_DEBTOR_ID, debtor, sizeof debtor);
    (void)jk_explain_cell(e, JK_COLUMN_CURRENCY, currency, sizeof currency);
    jk_text_print(out, "Claim %s (row %zu of %zu)\n", id, e->row + 1, jk_tape_rows(e->tape));
    jk_text_print(out,
                  e->debtor.claims[0] == 1 ? "  %-22s %s: %u claim, %.2f %s together\n"
                                           : "  %-22s %s: %u claims, %.2f %s together\n",
                  jk_text("debtor"), debtor[0] ? debtor : jk_text("of this claim only"), e->debtor.claims[0],
                  (double)e->debtor.balance[0] / JK_DEBTOR_SUM_PER_UNIT, base);
    put_cell(out, e, "country", JK_COLUMN_COUNTRY);
    put_cell(out, e, "kind of debtor", JK_COLUMN_DEBTOR_TYPE);
    put_cell(out, e, "product", JK_COLUMN_PRODUCT);
    put_cell(out, e, "legal status", JK_COLUMN_LEGAL_STATUS);
    if (JK_BLOCK_ENUM(&e->block, VULNERABLE)[0] > 0) {
        jk_text_print(out, "  %-22s yes: never taken to court, never sold\n", jk_text("vulnerable"));
    }
    jk_text_print(out, "  %-22s %.2f %s", jk_text("balance"), e->facts.balance[0], base);
    char principal[CELL];
    char interest[CELL];
    char fees[CELL];
    jk_text_print(out, " (principal %s", jk_explain_cell(e, JK_COLUMN_PRINCIPAL, principal, sizeof principal));
    if (jk_explain_cell(e, JK_COLUMN_INTEREST_ACCRUED, interest, sizeof interest)[0]) {
        jk_text_print(out, ", interest %s", interest);
    }
    if (jk_explain_cell(e, JK_COLUMN_FEES, fees, sizeof fees)[0]) {
        jk_text_print(out, ", fees %s", fees);
    }
    jk_text_print(out, " %s); interest runs at %.4g %%\n", currency, 100.0 * e->facts.rate[0]);
    put_cell(out, e, "defaulted on", JK_COLUMN_DEFAULTED_ON);
    jk_text_print(out, "  %-22s ", jk_text("written off on"));
    char date[JK_DATE_TEXT];
    jk_text_print(out, "%s, %.0f months before the cut-off %s\n",
                  jk_explain_cell(e, JK_COLUMN_WRITTEN_OFF_ON, fees, sizeof fees), e->facts.age_months[0],
                  jk_text_date(e->cutoff, date));
    put_cell(out, e, "last paid on", JK_COLUMN_LAST_PAID_ON);
    jk_text_print(out, "  %-22s %s\n", jk_text("segment"), e->model->segments[e->facts.segment[0]].id);
}

static void put_law(FILE *out, const jk_explanation *e) {
    static const char *const titles[] = {"title: none", "filed, not yet decided", "held"};
    char text[JK_EXPLAIN_SENTENCE];
    jk_text_print(out, "\nLaw\n  %-22s %s\n", jk_text("title"), jk_text(titles[e->facts.title_state[0]]));
    jk_text_print(out, "  %-22s %s\n", jk_text("end"), jk_explain_bar_words(e, text));
    double months = e->facts.title_state[0] == JK_TITLE_NONE ? e->facts.bar_untitled[0] : e->facts.bar_titled[0];
    if (isfinite(months) && months > 0.0) {
        jk_text_print(out, "  %-22s %.2f months from the cut-off\n", "", months);
    }
    if (jk_explain_letter_words(e, text)[0]) {
        jk_text_print(out, "  %-22s %s\n", jk_text("letters"), text);
    }
    jk_text_print(out, "  %-22s %s\n", jk_text("income"), jk_explain_income_words(e, text));
    const jk_segment *segment = &e->model->segments[e->facts.segment[0]];
    if (segment->lost_share > 0.0 && e->facts.title_state[0] != JK_TITLE_HELD) {
        jk_text_print(out, "  %-22s %.3g %% of the cases that are decided are lost, and the claim with them\n",
                      jk_text("court"), 100.0 * segment->lost_share);
    }
    if (e->facts.workable[0] && e->debtor.claims[0] > 1) {
        jk_text_print(out, "  %-22s %.1f %% of the debtor's workable balance: its share of costs per debtor\n",
                      jk_text("share"), 100.0 * (double)e->terms.share[0]);
    }
}

/* Only where the segment has payers, or the status brings dividends. */
static void put_payments(FILE *out, const jk_explanation *e) {
    const jk_segment *segment = &e->model->segments[e->facts.segment[0]];
    char text[JK_EXPLAIN_SENTENCE];
    if (!segment->payers.given && e->facts.dividend[0] == 0.0) {
        return;
    }
    jk_text_print(out, "\nPayments\n");
    if (segment->payers.given) {
        jk_text_print(out, "  %-22s %s\n", jk_text("paying"), jk_explain_paying_words(e, text));
        if (e->score.paying[0]) {
            jk_text_print(out, "  %-22s %s\n", jk_text("instalments"), jk_explain_instalment_words(e, text));
        }
        for (int a = 0; a < JK_TREATMENT_COUNT && e->terms.allowed[0] != 0; a++) {
            if ((e->terms.allowed[0] & JK_ALLOW(a + JK_SURVEIL)) != 0) {
                char label[CELL];
                jk_text_format(label, sizeof label, "new payers, %s", jk_explain_head((jk_action)(a + JK_SURVEIL)));
                jk_text_print(out, "  %-22s %s\n", label, jk_explain_new_payer_words(e, (jk_treatment)a, text));
            }
        }
    }
    if (e->facts.dividend[0] > 0.0) {
        jk_text_print(out, "  %-22s %.3g %% of the balance a month by the status alone, whatever is done\n",
                      jk_text("dividends"), 100.0 * e->facts.dividend[0]);
    }
}

static void put_score(FILE *out, const jk_explanation *e) {
    const jk_scorecard *card = &e->model->scorecard;
    char text[JK_EXPLAIN_SENTENCE];
    jk_text_print(out, "\nScore %d: %s\n", e->score.score[0], jk_explain_class_words(e, text));
    jk_text_print(out, "  %-32s %14s  %-24s %8s\n", jk_text("characteristic"), jk_text("value"), jk_text("level"),
                  jk_text("points"));
    for (size_t c = 0; c < jk_score_detail_count(e->model); c++) {
        const jk_score_detail *d = &e->characteristics[c];
        char value[32] = "", level[JK_EXPLAIN_LEVEL];
        if (d->is_numeric && !isnan(d->value)) {
            jk_text_format(value, sizeof value,
                           isinf(d->value)        ? "never"
                           : fabs(d->value) < 1e5 ? "%.6g"
                                                  : "%.0f",
                           d->value);
        }
        jk_text_print(out, "  %-32s %14s  %-24s %+8.3f%s\n", jk_text_if_known(d->characteristic), value,
                      jk_explain_level(d->level, level), d->points, d->fades ? jk_text("  fades") : "");
    }
    double center = e->model->segments[e->facts.segment[0]].theta_center[e->score.capacity_class[0]];
    jk_text_print(out, "  %-32s %14s  %-24s %+8.3f\n", jk_text("intercept"), "", "", card->intercept);
    jk_text_print(out, "  %-32s %14s  %-24s %+8.3f\n", jk_text("sum"), "", "", e->score.eta[0]);
    jk_text_print(out, "  pays %.4g times as readily as is typical of its segment and class (%+.3f against %+.3f)\n",
                  e->score.theta_now[0], e->score.eta[0], center);
    if (e->score.fading[0] != 0.0) {
        jk_text_print(out, "  %+.3f of it fades by half every %.4g months: %.4g times when it is gone\n",
                      e->score.fading[0], card->half_life, e->score.theta[0]);
    }
}

static void put_reasons(FILE *out, const jk_explanation *e) {
    const jk_explain_typical *typical = &e->typical;
    const size_t rows = jk_tape_rows(e->tape);
    char text[JK_EXPLAIN_SENTENCE], among[CELL] = "";
    if (typical->claims == 0) {
        return;
    }
    if (typical->looked_at < rows) {
        jk_text_format(among, sizeof among, " among %zu rows looked at", typical->looked_at);
    }
    jk_text_print(out, "\nWhy this score, beside the median of %zu claims of %s%s (%+.3f)\n", typical->claims,
                  e->model->segments[e->facts.segment[0]].id, among, typical->eta);
    for (size_t i = 0; i < e->reason_count; i++) {
        jk_text_print(out, "  %+8.3f  %s\n", e->reasons[i].difference, jk_explain_reason_words(e, i, text));
    }
    if (e->reason_count == 0) {
        jk_text_print(out, "  nothing sets it apart\n");
    }
}

static void put_actions(FILE *out, const jk_explanation *e) {
    char text[JK_EXPLAIN_SENTENCE];
    jk_text_print(out, "\nActions now (%s, present values at %.4g %% a year)\n", e->model->base_currency,
                  100.0 * e->irr);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        const jk_explain_action *action = &e->action[a];
        char value[32] = "-";
        if (!isnan(action->value)) {
            jk_text_format(value, sizeof value, "%.2f", action->value == 0.0 ? 0.0 : action->value);
        }
        int chosen = a == e->plan.decision[0];
        jk_text_print(out, "%s %-9s %12s  %s\n", chosen ? " >" : "  ", jk_text_if_known(jk_action_name((jk_action)a)),
                      value, chosen ? jk_text("the decision") : jk_explain_shortfall_words(e, (jk_action)a, text));
    }
}

static void put_epoch(FILE *out, const jk_explanation *e, int epoch) {
    jk_explain_likely states[JK_EXPLAIN_STATES];
    size_t count = jk_explain_states(e, epoch, states);
    char date[JK_DATE_TEXT];
    jk_text_print(out, "  %-10s %6.1f ", jk_text_date(jk_explain_epoch_date(e, epoch), date),
                  100.0 * jk_explain_open(e, epoch));
    if (e->trace.payers) {
        jk_text_print(out, "%6.1f ", 100.0 * jk_explain_paying(e, epoch));
    }
    jk_text_print(out, "%10.2f ", (double)e->trace.gross[epoch]);
    if (e->trace.payers) {
        jk_text_print(out, "%11.2f ", (double)e->trace.instalments[epoch]);
    }
    jk_text_print(out, "%9.2f %9.2f  ", (double)e->trace.cost[epoch], (double)e->trace.sale[epoch]);
    for (size_t i = 0; i < count && i < 3; i++) {
        jk_text_print(out, "%s%s, %s%s %.0f %%: %s", i ? "; " : "", class_words(states[i].k), title_words(states[i].z),
                      mood_words(e, states[i].paying), 100.0 * states[i].probability,
                      jk_text_if_known(jk_action_name(states[i].action)));
    }
    (void)fputc('\n', out);
}

static void put_plan(FILE *out, const jk_explanation *e) {
    char text[JK_EXPLAIN_SENTENCE];
    jk_explain_likely states[JK_EXPLAIN_STATES];
    jk_text_print(out, "\nPlan\n");
    for (int i = JK_EXPLAIN_STATES - 1; i >= 0; i--) {
        int z = JK_TITLE_COUNT - 1 - i / 2 % JK_TITLE_COUNT, k = i / 2 / JK_TITLE_COUNT, paying = 1 - i % 2;
        const float *probability = paying ? e->trace.paying_probability : e->trace.probability;
        double likeliest = 0.0;
        for (int j = 0; j < e->trace.epochs; j++) {
            likeliest = fmax(likeliest, (double)probability[jk_explain_state(j, k, z)]);
        }
        if (likeliest >= 0.005) {
            jk_text_print(out, "  %s, %s%s: %s\n", class_words(k), title_words(z), mood_words(e, paying),
                          jk_explain_path_words(e, (jk_capacity)k, (jk_title)z, paying, text));
        }
    }
    jk_text_print(out,
                  "\nExpected, undiscounted, by the epoch's start (open: neither paid nor closed nor gone, in %%)\n");
    jk_text_print(out, "  %-10s %6s ", jk_text("from"), jk_text("open"));
    if (e->trace.payers) {
        jk_text_print(out, "%6s %10s %11s ", jk_text("head: paying"), jk_text("collected"),
                      jk_text("head: instalments"));
    } else {
        jk_text_print(out, "%10s ", jk_text("collected"));
    }
    jk_text_print(out, "%9s %9s  %s\n", jk_text("head: cost"), jk_text("sale"),
                  jk_text("likeliest states and what is done in them"));
    for (int j = 0; j < e->trace.epochs && jk_explain_states(e, j, states) > 0; j++) {
        put_epoch(out, e, j);
    }
    jk_text_print(out, "  over the horizon: collected %.2f, net %.2f; in 12 months %.2f, in 60 months %.2f collected\n",
                  (double)e->plan.erc_gross[0], (double)e->plan.erc_net[0], (double)e->plan.gross_12m[0],
                  (double)e->plan.gross_60m[0]);
}

jk_status jk_explain_text(const jk_explanation *explanation, char **text, jk_error *error) {
    size_t size = 0;
    char words[JK_EXPLAIN_SENTENCE];
    *text = NULL;
    FILE *out = jk_text_open(text, &size);
    JK_TRY(jk_held(out != NULL, error, "the explanation"));
    put_identity(out, explanation);
    jk_text_print(out, "\nDecision: %s (%s)\n", jk_explain_decision_words(explanation, words),
                  jk_text_if_known(jk_reason_name(explanation->reason)));
    put_actions(out, explanation);
    put_law(out, explanation);
    put_payments(out, explanation);
    put_score(out, explanation);
    put_reasons(out, explanation);
    if (explanation->terms.allowed[0] != 0) {
        put_plan(out, explanation);
    }
    return jk_text_close(out, text) ? JK_OK : jk_fail_memory(error, "the explanation");
}
