/* SPDX-License-Identifier: Apache-2.0 */
#include "fit/experiment/experiment_words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

enum { WORDS_MAX = 12 };

__attribute__((format(printf, 3, 4))) static jk_status say(jk_experiment *self, jk_error *error, const char *format,
                                                           ...) {
    char text[640];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *kept = jk_arena_text(self->arena, text, strlen(text));
    JK_TRY(jk_held(kept != NULL, error, "the sentences"));
    if (self->result.word_count < WORDS_MAX) {
        self->word[self->result.word_count++] = kept;
    }
    return JK_OK;
}

static const char *name_of(int treatment) {
    return jk_action_name((jk_action)(treatment + JK_SURVEIL));
}

static jk_status say_effect(jk_experiment *self, const jk_effect *effect, jk_error *error) {
    const char *name = name_of(effect->treatment);
    if (isnan(effect->std_error)) {
        return say(self, error, "%s: too few debtors, or nobody paid: nothing can be said of what it brings", name);
    }
    const char *shown = effect->low > 0.0    ? "it brings more than watching"
                        : effect->high < 0.0 ? "it brings less than watching"
                                             : "that it brings nothing cannot be excluded";
    JK_TRY(say(self, error,
               "%s brings %+.3f %% of the balance a month beside watching (95 %%: %+.3f to %+.3f), over %d months: %s",
               name, 100.0 * effect->uplift, 100.0 * effect->low, 100.0 * effect->high, self->result.follow, shown));
    if (!self->result.randomised && effect->hidden > 1.0) {
        return say(
            self, error,
            "%s: a choice by what the panel does not show that moves the odds by %.2f times%s is enough for it to "
            "have brought nothing",
            name, effect->hidden, effect->hidden > 19.9 ? " or more" : "");
    }
    return JK_OK;
}

static jk_status say_choice(jk_experiment *self, int treatment, jk_error *error) {
    const jk_experiment_result *result = &self->result;
    if (result->unlike_name[treatment] == NULL) {
        return JK_OK;
    }
    return say(
        self, error,
        "%s: claims chosen for it and those watched differ most in %s, by %.2f standard deviations, after weighing "
        "by %.2f%s; %.0f %% of the balance has no counterpart and is left out",
        name_of(treatment), result->unlike_name[treatment], result->unlike[treatment], result->balanced[treatment],
        result->balanced[treatment] > 0.1 ? " (more than 0.1: the weights do not make them alike)" : "",
        100.0 * result->outside[treatment]);
}

jk_status jk_experiment_say(jk_experiment *self, jk_error *error) {
    self->word = jk_arena_alloc(self->arena, WORDS_MAX, sizeof *self->word);
    JK_TRY(jk_held(self->word != NULL, error, "the sentences"));
    const jk_experiment_result *result = &self->result;
    self->result.words = self->word;
    if (result->randomised) {
        JK_TRY(say(self, error,
                   "chance assigned the arms: differences are what the treatments do, as far as %.0f %% of the months "
                   "that were to be treated were",
                   100.0 * result->followed));
    } else {
        JK_TRY(
            say(self, error,
                "nobody drew lots: claims were chosen for their treatments. Weights make alike what the panel shows of "
                "them, and nothing else; whoever chose may have known more. This is no proof of an effect: hold out "
                "a random share of the claims and write it into the column %s",
                self->options.arm));
    }
    for (size_t i = 0; i < result->effect_count; i++) {
        const jk_effect *effect = &result->effects[i];
        if (effect->segment < 0 && effect->band < 0) {
            JK_TRY(say_effect(self, effect, error));
            JK_TRY(say_choice(self, effect->treatment, error));
        }
    }
    if (result->effect_count == 0) {
        return say(self, error, "no claims were %s while others were treated: there is nothing to compare",
                   result->randomised ? "held out (arm surveil)" : "watched");
    }
    return JK_OK;
}
