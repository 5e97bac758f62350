/* SPDX-License-Identifier: Apache-2.0 */
/* Why the decision is what it is, and what keeps the other actions from being it. */
#include <math.h>
#include <stdio.h>

#include "base/number/calendar.h"
#include "base/words/language.h"
#include "explain/explain_internal.h"
#include "law/law_internal.h"

/* The best action other than the decision, or -1. */
static int runner_up(const jk_explanation *explanation) {
    int best = -1;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        double value = explanation->action[a].value;
        if (a != explanation->plan.decision[0] && !isnan(value) &&
            (best < 0 || value > explanation->action[best].value)) {
            best = a;
        }
    }
    return best;
}

static const char *order(jk_action action, jk_title title) {
    switch (action) {
    case JK_SELL:
        return jk_text("sell the claim now");
    case JK_SURVEIL:
        return jk_text("keep the claim alive and watch the debtor");
    case JK_AMICABLE:
        return jk_text("contact the debtor for a payment plan or a settlement");
    case JK_LEGAL:
        return jk_text(title == JK_TITLE_NONE      ? "take the debtor to court for a title"
                       : title == JK_TITLE_PENDING ? "pursue the case that is filed"
                                                   : "go on with enforcement of the title");
    default:
        return jk_text("close the claim");
    }
}

const char *jk_explain_decision_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    char status[JK_TEXT_MAX];
    char date[JK_DATE_TEXT];
    jk_action decision = (jk_action)explanation->plan.decision[0];
    const char *base = explanation->model->base_currency;
    int next = runner_up(explanation);
    text[0] = '\0';
    switch (explanation->reason) {
    case JK_REASON_BARRED:
        jk_explain_say(text, "close the claim: it has been barred since %s",
                       jk_text_date(explanation->law.bar_on, date));
        break;
    case JK_REASON_STATUS:
        (void)jk_explain_cell(explanation, JK_COLUMN_LEGAL_STATUS, status, sizeof status);
        jk_explain_say(text, "close the claim: with the status %s nothing else is allowed%s", status,
                       explanation->facts.allowed[0] & JK_ALLOW(JK_SELL)
                           ? jk_text(" but a sale, which this run does without (--sell)")
                           : "");
        break;
    case JK_REASON_UNECONOMIC:
        jk_explain_say(text, "close the claim: everything else costs more than it brings");
        if (next >= 0) {
            jk_explain_say(text, "; the least bad, %s, would lose %.2f %s",
                           jk_text_if_known(jk_action_name((jk_action)next)), -explanation->action[next].value, base);
        }
        break;
    default:
        jk_explain_say(text, "%s: worth %.2f %s at %.4g %% a year",
                       order(decision, (jk_title)explanation->facts.title_state[0]),
                       explanation->action[decision].value, base, 100.0 * explanation->irr);
        if (next >= 0) {
            jk_explain_say(text, ", %.2f more than the next best, %s",
                           explanation->action[decision].value - explanation->action[next].value,
                           jk_text_if_known(jk_action_name((jk_action)next)));
        }
    }
    return text;
}

void jk_explain_why_not(const jk_explanation *explanation, jk_action action, char text[JK_EXPLAIN_SENTENCE]) {
    char status[JK_TEXT_MAX];
    unsigned bit = JK_ALLOW(action);
    unsigned code = jk_law_status(JK_BLOCK_ENUM(&explanation->block, LEGAL_STATUS)[0]);
    text[0] = '\0';
    (void)jk_explain_cell(explanation, JK_COLUMN_LEGAL_STATUS, status, sizeof status);
    if (!isnan(explanation->action[action].value) || action == JK_CLOSE) {
        return;
    }
    if (explanation->facts.barred[0]) {
        jk_explain_say(text, "the claim is barred");
    } else if (!(explanation->model->statuses[code].allow & bit)) {
        jk_explain_say(text, "not allowed with the status %s", status);
    } else if (!(explanation->facts.allowed[0] & bit)) {
        int vulnerable =
            JK_BLOCK_ENUM(&explanation->block, VULNERABLE)[0] > 0 && !(explanation->model->vulnerable_allow & bit);
        jk_explain_say(text, vulnerable ? "not allowed with a vulnerable debtor"
                                        : "not allowed where the debtor is known to be out of reach");
    } else if (!(explanation->allow & bit)) {
        jk_explain_say(text, action == JK_SELL ? "this run never sells (--sell)" : "not allowed in this run");
    } else if (action == JK_LEGAL && explanation->score.paying[0]) {
        jk_explain_say(text, "nobody is sued who keeps to a plan");
    } else {
        jk_explain_say(text, "not available: the claim would be barred at once");
    }
}

typedef struct part {
    const char *words; /* of a part that the action has more of, or less where the difference is negative */
    double more;
} part;

static void say_part(char text[JK_EXPLAIN_SENTENCE], const part *what, int first) {
    jk_explain_say(text, "%s%s %.2f %s", first ? ": " : ", ", jk_text(what->words), fabs(what->more),
                   jk_text(what->more > 0.0 ? "more" : "less"));
}

const char *jk_explain_shortfall_words(const jk_explanation *explanation, jk_action action,
                                       char text[JK_EXPLAIN_SENTENCE]) {
    jk_action decision = (jk_action)explanation->plan.decision[0];
    const jk_explain_action *best = &explanation->action[decision];
    const jk_explain_action *other = &explanation->action[action];
    text[0] = '\0';
    if (action == decision) {
        return text;
    }
    if (other->why_not[0] != '\0') {
        jk_explain_say(text, "%s", other->why_not);
        return text;
    }
    double gap = best->value - other->value;
    if (gap < 0.005) {
        jk_explain_say(text, "worth the same; in a tie the earlier of close, sell, surveil, amicable, legal is taken");
        return text;
    }
    jk_explain_say(text, "%.2f less than %s", gap, jk_text_if_known(jk_action_name(decision)));
    if (action == JK_CLOSE) {
        return text;
    }
    const part parts[] = {
        {"court filing", other->filing - best->filing},
        {"running cost", other->running - best->running},
        {"collected in the first epoch after fees", (other->collected - other->fees) - (best->collected - best->fees)},
        {"sale", other->sale - best->sale},
        {"what follows is worth", other->later - best->later},
    };
    int first = 1;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (fabs(parts[i].more) >= 0.005) {
            say_part(text, &parts[i], first);
            first = 0;
        }
    }
    return text;
}

const char *jk_explain_path_words(const jk_explanation *explanation, jk_capacity k, jk_title z, int paying,
                                  char text[JK_EXPLAIN_SENTENCE]) {
    char date[JK_DATE_TEXT];
    const jk_plan_trace *trace = &explanation->trace;
    const uint8_t *planned = paying ? trace->paying_action : trace->action;
    text[0] = '\0';
    for (int j = 0; j < trace->epochs;) {
        uint8_t action = planned[jk_explain_state(j, (int)k, (int)z)];
        int end = j + 1;
        while (end < trace->epochs && planned[jk_explain_state(end, (int)k, (int)z)] == action) {
            end++;
        }
        jk_explain_say(text, "%s%s", j == 0 ? "" : jk_text(", then "),
                       jk_text_if_known(jk_action_name((jk_action)action)));
        if (action == JK_CLOSE || action == JK_SELL) {
            return text; /* the claim is gone */
        }
        jk_explain_say(text, " to %s", jk_text_date(jk_explain_epoch_date(explanation, end), date));
        j = end;
    }
    return text;
}
