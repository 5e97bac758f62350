/* SPDX-License-Identifier: Apache-2.0 */
/* What changed of a claim, in words: the two rows are read off the tapes once more. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/words/language.h"
#include "programme/watch_own.h"
#include "programme/words.h"

#define HAS(row, NAME) (((row)->changes >> JK_CHANGED_##NAME & 1) != 0)

const char *jk_change_name(jk_change_kind change) {
    static const char *const names[JK_CHANGED_COUNT] = {
#define JK_X(NAME, name, meaning) #name,
        JK_CHANGES(JK_X)
#undef JK_X
    };
    return names[change];
}

const char *jk_change_meaning(jk_change_kind change) {
    static const char *const meanings[JK_CHANGED_COUNT] = {
#define JK_X(NAME, name, meaning) meaning,
        JK_CHANGES(JK_X)
#undef JK_X
    };
    return meanings[change];
}

/* Adds a part, after "; " where something stands before it. */
__attribute__((format(printf, 2, 3))) static void say(char text[JK_WATCH_WORDS], const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;
    if (length > 0 && length + 2 < JK_WATCH_WORDS) {
        length += (size_t)snprintf(text + length, JK_WATCH_WORDS - length, "; ");
    }
    va_start(arguments, format);
    jk_text_vformat(text + length, JK_WATCH_WORDS - length, format, arguments);
    va_end(arguments);
}

/* One number of either row. */
typedef union cell {
    int8_t code;
    int32_t integer;
    int64_t money;
    double real;
    char bytes[8];
} cell;

static jk_status read_both(const jk_watch *watch, const jk_watch_row *row, jk_column column, cell was_is[2],
                           jk_error *error) {
    JK_TRY(jk_tape_read(watch->from.tape, column, row->from_row, 1, &was_is[0], error));
    return jk_tape_read(watch->to.tape, column, row->to_row, 1, &was_is[1], error);
}

static const char *level_name(jk_column column, int8_t code) {
    size_t count = 0;
    const char *const *names = jk_schema_levels(column, &count);
    return code >= 0 && (size_t)code < count ? jk_text_if_known(names[code]) : jk_text("not given");
}

static void say_money(char text[JK_WATCH_WORDS], const char *what, const cell amount[2]) {
    char shown[2][32];
    for (int s = 0; s < 2; s++) {
        if (amount[s].money == JK_MISSING_MONEY) {
            (void)snprintf(shown[s], sizeof shown[s], "%s", jk_text("unknown"));
        } else {
            jk_text_format(shown[s], sizeof shown[s], "%.2f", (double)amount[s].money / 100.0);
        }
    }
    say(text, "%s %s (was %s)", jk_text(what), shown[1], shown[0]);
}

static jk_status say_levels(const jk_watch *watch, const jk_watch_row *row, char text[JK_WATCH_WORDS],
                            jk_error *error) {
    static const struct {
        jk_change_kind change;
        jk_column column;
        const char *what;
    } levels[] = {{JK_CHANGED_STATUS, JK_COLUMN_LEGAL_STATUS, "legal status"},
                  {JK_CHANGED_EMPLOYMENT, JK_COLUMN_EMPLOYMENT, "employment"},
                  {JK_CHANGED_REACHABLE, JK_COLUMN_REACHABLE, "channel"}};
    cell values[2];
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if ((row->changes >> levels[i].change & 1) != 0) {
            JK_TRY(read_both(watch, row, levels[i].column, values, error));
            say(text, "%s %s (was %s)", jk_text(levels[i].what), level_name(levels[i].column, values[1].code),
                level_name(levels[i].column, values[0].code));
        }
    }
    return JK_OK;
}

static jk_status say_numbers(const jk_watch *watch, const jk_watch_row *row, char text[JK_WATCH_WORDS],
                             jk_error *error) {
    cell values[2];
    char date[JK_TEXT_DATE];
    if (HAS(row, INCOME)) {
        JK_TRY(read_both(watch, row, JK_COLUMN_INCOME_MONTHLY, values, error));
        say_money(text, "income", values);
    }
    if (HAS(row, PAID)) {
        JK_TRY(read_both(watch, row, JK_COLUMN_LAST_PAID_ON, values, error));
        say(text, "paid on %s", jk_text_date(values[1].integer, date));
    } else if (HAS(row, STOPPED)) {
        JK_TRY(read_both(watch, row, JK_COLUMN_LAST_PAID_ON, values, error));
        if (values[1].integer == JK_MISSING_INTEGER) {
            say(text, "stopped paying");
        } else {
            say(text, "stopped paying, last on %s", jk_text_date(values[1].integer, date));
        }
    }
    if (HAS(row, BEGAN)) {
        say(text, "began to pay");
    }
    if (HAS(row, TITLE)) {
        JK_TRY(read_both(watch, row, JK_COLUMN_TITLE_ON, values, error));
        if (values[1].integer == JK_MISSING_INTEGER) {
            say(text, "no title any more");
        } else {
            say(text, "title of %s", jk_text_date(values[1].integer, date));
        }
    }
    if (HAS(row, BALANCE)) {
        JK_TRY(read_both(watch, row, JK_COLUMN_PRINCIPAL, values, error));
        if (values[0].money == values[1].money) {
            JK_TRY(read_both(watch, row, JK_COLUMN_FEES, values, error));
            say_money(text, "fees", values);
        } else {
            say_money(text, "principal", values);
        }
    }
    return JK_OK;
}

static const char *action(uint8_t decision) {
    return jk_text_if_known(jk_action_name((jk_action)decision));
}

static void say_decision(const jk_watch_row *row, char text[JK_WATCH_WORDS]) {
    if (HAS(row, NEW)) {
        say(text, "new claim: %s", action(row->decision[1]));
    } else if (!HAS(row, DECISION)) {
        say(text, "the decision stays %s", action(row->decision[1]));
    } else if (HAS(row, MODEL)) {
        say(text, "only the model or the required return makes it: %s instead of %s brings %.2f more",
            action(row->decision[1]), action(row->decision[0]), row->gain);
    } else if (HAS(row, TIME)) {
        say(text, "only time makes it: %s instead of %s brings %.2f more", action(row->decision[1]),
            action(row->decision[0]), row->gain);
    } else {
        say(text, "%s instead of %s brings %.2f more", action(row->decision[1]), action(row->decision[0]), row->gain);
    }
}

static const char *capacity(uint8_t class) {
    char key[32];
    (void)snprintf(key, sizeof key, "capacity: %s", jk_capacity_name((jk_capacity) class));
    return jk_language_spoken() == JK_ENGLISH ? jk_capacity_name((jk_capacity) class) : jk_text(key);
}

jk_status jk_watch_words(const jk_watch *watch, const jk_watch_row *row, char text[JK_WATCH_WORDS], jk_error *error) {
    text[0] = '\0';
    if (HAS(row, LEFT)) {
        say(text, "not on the tape any more: it was worth %.2f, decided %s", row->value[0], action(row->decision[0]));
        return JK_OK;
    }
    if (HAS(row, NEW)) {
        say_decision(row, text);
        return JK_OK;
    }
    if (HAS(row, DIED)) {
        say(text, "the debtor died");
    }
    if (HAS(row, ALONE)) {
        say(text, "must be left alone");
    }
    if (HAS(row, ABLE) || HAS(row, WEAKER)) {
        if (row->capacity_class[1] == JK_CAPACITY_NONE) {
            say(text, "no capacity to pay (was %s)", capacity(row->capacity_class[0]));
        } else {
            say(text, "%s to pay (was %s)", capacity(row->capacity_class[1]), capacity(row->capacity_class[0]));
        }
    }
    JK_TRY(say_levels(watch, row, text, error));
    JK_TRY(say_numbers(watch, row, text, error));
    JK_TRY(jk_watch_own_words(watch, row, text, error));
    if (HAS(row, BAR)) {
        say(text, "its bar has moved");
    }
    say_decision(row, text);
    return JK_OK;
}
