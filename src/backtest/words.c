/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test in words. An interval that holds 1 is no agreement: it says how far off the model may be without these
 * rows showing it, and that is what is said. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/words/language.h"
#include "jalki/horizon.h"

__attribute__((format(printf, 3, 4))) static void add(char *text, size_t room, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    jk_text_vformat(text + used, room - used, format, arguments);
    va_end(arguments);
}

/* "28 % too high": how far the expectation lies from what came in. */
static void add_off(char *text, size_t room, double ratio) {
    add(text, room, ratio < 1.0 ? "%.0f %% too high" : "%.0f %% too low", 100.0 * fabs(1.0 - ratio));
}

static void add_level(char *text, size_t room, const jk_backtest_cell *total) {
    double low = total->low;
    double high = total->high;
    if (!isfinite(total->ratio)) {
        add(text, room, "Nothing was expected of these rows.");
        return;
    }
    add(text, room, "By what came in the model is ");
    add_off(text, room, total->ratio);
    if (!isfinite(low) || !isfinite(high)) {
        add(text, room, "; these rows cannot say how far chance goes.");
    } else if (high < 1.0) {
        add(text, room, ", beyond chance: at least %.0f %%, up to %.0f %% too high.", 100.0 * (1.0 - high),
            100.0 * (1.0 - low));
    } else if (low > 1.0) {
        add(text, room, ", beyond chance: at least %.0f %%, up to %.0f %% too low.", 100.0 * (low - 1.0),
            100.0 * (high - 1.0));
    } else {
        add(text, room,
            "; chance could explain that, but up to %.0f %% too high cannot be excluded, nor up to %.0f %% too low.",
            100.0 * (1.0 - low), 100.0 * (high - 1.0));
    }
}

static void add_grading(char *text, size_t room, const jk_backtest_slope *slope) {
    if (!isfinite(slope->low) || !isfinite(slope->high)) {
        return;
    }
    if (slope->high < 1.0) {
        add(text, room, " It exaggerates the differences between debtors (slope %.2f, at most %.2f).", slope->slope,
            slope->high);
    } else if (slope->low > 1.0) {
        add(text, room, " It understates the differences between debtors (slope %.2f, at least %.2f).", slope->slope,
            slope->low);
    } else {
        add(text, room, " Its differences between debtors may be anything from %.2f to %.2f of what it says.",
            slope->low, slope->high);
    }
}

static void add_order(char *text, size_t room, const jk_backtest_model *model) {
    double own = model->by_row.gini;
    double time = model->by_row.gini_time;
    if (isfinite(own) && isfinite(time) && !(own > time + 0.005)) {
        add(text, room, " It ranks no better than time at risk alone (Gini %.3f, by 1 / months %.3f).", own, time);
    } else if (!(model->total.low <= 1.0) || !(model->total.high >= 1.0)) {
        return; /* off in level: the null models know it */
    } else if (model->errors.deviance > model->errors.share_deviance) {
        add(text, room, " One share of the balance for all is closer to what came in.");
    } else if (model->errors.deviance > model->errors.null_deviance) {
        add(text, room, " One rate for all is closer to what came in.");
    }
}

/* Claims were chosen for their treatments, so that a ratio speaks for those alone who had it. */
static void add_unseen(char *text, size_t room, const jk_backtest_model *model) {
    for (size_t t = 0; t < model->table_count; t++) {
        const jk_backtest_table *table = &model->table[t];
        if (table->by != JK_BACKTEST_TREATMENT || table->count < 2) {
            continue;
        }
        add(text, room, " What a treatment brings is tested on who was chosen for it:");
        for (size_t c = 0; c < table->count; c++) {
            add(text, room, c > 0 ? ", %s on %zu of %zu debtors" : " %s on %zu of %zu debtors",
                jk_text_if_known(table->cell[c].name), table->cell[c].debtors, model->total.debtors);
        }
        add(text, room, "; of what it would have brought from the others these rows say nothing.");
    }
}

void jk_horizon_words(const jk_horizon *horizon, char *text, size_t room) {
    const jk_horizon_table *table = &horizon->table[JK_HORIZON_DECISION];
    double decided = 0.0, tested = 0.0;
    text[0] = '\0';
    for (size_t c = 0; c < table->count; c++) {
        bool done = strstr(table->cell[c].name, ", not done") == NULL;
        decided += table->cell[c].exposure;
        tested += done ? table->cell[c].exposure : 0.0;
    }
    if (decided > 0.0) {
        add(text, room,
            "Of balance and time %.0f %% had the treatment that the model's plan decides. What the plan would bring "
            "from the others is not tested here, nor is it where claims were chosen for a treatment by what the panel "
            "does not show.",
            100.0 * tested / decided);
    }
}

void jk_backtest_words(const jk_backtest_model *model, char *text, size_t room) {
    text[0] = '\0';
    add_level(text, room, &model->total);
    add_grading(text, room, &model->slope);
    add_order(text, room, model);
    add_unseen(text, room, model);
}
