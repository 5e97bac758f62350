/* SPDX-License-Identifier: Apache-2.0 */
/* Which exchange rates stand behind amounts of a tape under a model. */
#include <stdbool.h>
#include <string.h>

#include "jalki/law.h"

static bool is_on_tape(const jk_tape *tape, const char *currency) {
    size_t count = 0;
    const char *const *names = jk_tape_dictionary(tape, JK_COLUMN_CURRENCY, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], currency) == 0) {
            return true;
        }
    }
    return false;
}

size_t jk_rates_used(const jk_tape *tape, const jk_model *model, jk_rate_used *rates, size_t room) {
    size_t count = 0;
    for (size_t i = 0; i < model->exchange_rate_count && count < room; i++) {
        const jk_exchange_rate *rate = &model->exchange_rates[i];
        bool is_base = strcmp(rate->currency, model->base_currency) == 0;
        bool is_own = strcmp(rate->currency, model->written_currency) == 0;
        if (!is_base && (is_own || is_on_tape(tape, rate->currency))) {
            rates[count++] = (jk_rate_used){rate->currency, rate->rate};
        }
    }
    return count;
}
