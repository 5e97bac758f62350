/* SPDX-License-Identifier: Apache-2.0 */
/* What the law, the income and the class rest on, in sentences. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number/calendar.h"
#include "base/words/language.h"
#include "explain/explain_internal.h"
#include "law/law_internal.h"

void jk_explain_say(char text[JK_EXPLAIN_SENTENCE], const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    jk_text_vformat(text + length, JK_EXPLAIN_SENTENCE - length, format, arguments);
    va_end(arguments);
}

const char *jk_explain_head(jk_action action) {
    static const char *const heads[JK_ACTION_COUNT] = {[JK_CLOSE] = "head: close",
                                                       [JK_SELL] = "head: sell",
                                                       [JK_SURVEIL] = "head: surveil",
                                                       [JK_AMICABLE] = "head: amicable",
                                                       [JK_LEGAL] = "head: legal"};
    return jk_text(heads[action]);
}

const char *jk_explain_capacity(int capacity_class) {
    static const char *const names[JK_CAPACITY_COUNT] = {[JK_CAPACITY_NONE] = "capacity: none",
                                                         [JK_CAPACITY_WEAK] = "capacity: weak",
                                                         [JK_CAPACITY_ABLE] = "capacity: able"};
    return jk_text(names[capacity_class]);
}

static const char *dated(int32_t date, char text[JK_DATE_TEXT]) {
    return date == JK_DATE_NEVER ? jk_text("never") : jk_text_date(date, text);
}

static const char *enum_text(jk_column column, int8_t code) {
    size_t count = 0;
    const char *const *levels = jk_schema_levels(column, &count);
    return code >= 0 && (size_t)code < count ? levels[code] : "";
}

const char *jk_explain_cell(const jk_explanation *explanation, jk_column column, char *text, size_t size) {
    const void *data = explanation->block.column[column];
    const char *missing = jk_default_level(column, explanation->model->written_currency);
    const char *words = missing != NULL ? missing : "";
    char date[JK_DATE_TEXT];
    text[0] = '\0';
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT: {
        size_t width = explanation->block.text_width[column == JK_COLUMN_DEBTOR_ID];
        (void)snprintf(text, size, "%.*s", (int)width, (const char *)data);
        return text;
    }
    case JK_TYPE_ENUM:
        words = jk_text_if_known(*(const int8_t *)data < 0 ? words : enum_text(column, *(const int8_t *)data));
        break;
    case JK_TYPE_DICTIONARY: {
        size_t count = 0;
        const char *const *names = jk_tape_dictionary(explanation->tape, column, &count);
        int32_t code = *(const int32_t *)data;
        words = jk_text_if_known(code >= 0 && (size_t)code < count ? names[code] : words);
        break;
    }
    case JK_TYPE_DATE:
        words = *(const int32_t *)data == JK_MISSING_INTEGER
                    ? ""
                    : jk_text_date(jk_date_clamp(*(const int32_t *)data), date);
        break;
    case JK_TYPE_MONEY:
        if (*(const int64_t *)data != JK_MISSING_MONEY) {
            jk_text_format(text, size, "%.2f", (double)*(const int64_t *)data / 100.0);
        }
        return text;
    case JK_TYPE_REAL:
        if (!isnan(*(const double *)data)) {
            jk_text_format(text, size, "%.9g", *(const double *)data);
        }
        return text;
    case JK_TYPE_INTEGER:
        if (*(const int32_t *)data != JK_MISSING_INTEGER) {
            (void)snprintf(text, size, "%d", *(const int32_t *)data);
            return text;
        }
    }
    (void)snprintf(text, size, "%s", words);
    return text;
}

/* "FI", or "LV by the rules of EU" for a country without rules of its own. */
static void say_jurisdiction(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    char country[JK_TEXT_MAX];
    (void)jk_explain_cell(explanation, JK_COLUMN_COUNTRY, country, sizeof country);
    const char *rules = explanation->law.jurisdiction->id;
    if (strcmp(country, rules) == 0) {
        jk_explain_say(text, "%s", rules);
    } else {
        jk_explain_say(text, "%s (no rules of its own in the model: those of %s)", country, rules);
    }
}

static const char *debtor_type_word(const jk_explanation *explanation) {
    return jk_law_type(JK_BLOCK_ENUM(&explanation->block, DEBTOR_TYPE)[0]) == JK_BUSINESS ? jk_text("businesses")
                                                                                          : jk_text("consumers");
}

static void say_limitation_start(const jk_law_detail *law, char text[JK_EXPLAIN_SENTENCE]) {
    char date[JK_DATE_TEXT];
    int paid = law->limitation_from == law->last_paid_on && law->last_paid_on != law->defaulted_on;
    jk_explain_say(text, "%.0f months from the %s of %s", law->limitation_months,
                   jk_text(paid ? "last payment" : "default"), dated(law->limitation_from, date));
}

static void say_final_limit(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_law_detail *law = &explanation->law;
    unsigned type = jk_law_type(JK_BLOCK_ENUM(&explanation->block, DEBTOR_TYPE)[0]);
    char date[JK_DATE_TEXT];
    jk_explain_say(text, "%.0f months from the default of %s, the final limit for %s in ",
                   law->jurisdiction->limitation.final_months[type], dated(law->defaulted_on, date),
                   debtor_type_word(explanation));
    say_jurisdiction(explanation, text);
}

static void say_title_limit(const jk_explanation *explanation, int final, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_law_detail *law = &explanation->law;
    unsigned type = jk_law_type(JK_BLOCK_ENUM(&explanation->block, DEBTOR_TYPE)[0]);
    char date[JK_DATE_TEXT];
    double months =
        final ? law->jurisdiction->limitation.title_final_months[type] : law->jurisdiction->limitation.title_months;
    jk_explain_say(text, "%.0f months from the title of %s%s, %s in ", months, dated(law->title_on, date),
                   law->title_dated ? "" : jk_text(" (no date on the tape: the cut-off)"),
                   jk_text(final ? "the final limit of titles" : "the life of a title"));
    say_jurisdiction(explanation, text);
}

static void say_never(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    if (explanation->facts.title_state[0] != JK_TITLE_NONE) {
        jk_explain_say(
            text, "never barred: %s has no end in ",
            jk_text(explanation->facts.title_state[0] == JK_TITLE_HELD ? "a title that is kept up" : "a filed claim"));
    } else if (explanation->law.limitation_on == JK_DATE_NEVER) {
        jk_explain_say(text, "never barred: no limitation for such claims in ");
    } else {
        jk_explain_say(text, "never barred as long as letters go out: no final limit for %s in ",
                       debtor_type_word(explanation));
    }
    say_jurisdiction(explanation, text);
}

const char *jk_explain_bar_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_law_detail *law = &explanation->law;
    char date[JK_DATE_TEXT];
    text[0] = '\0';
    jk_bar_basis basis = (jk_bar_basis)explanation->facts.basis[0];
    if (basis == JK_BAR_NEVER) {
        say_never(explanation, text);
        return text;
    }
    jk_explain_say(text, "%s %s: ", jk_text(explanation->facts.barred[0] ? "barred since" : "barred on"),
                   dated(law->bar_on, date));
    switch (basis) {
    case JK_BAR_LIMITATION_GIVEN:
        jk_explain_say(text, "the limitation date on the tape");
        break;
    case JK_BAR_LIMITATION_RULE:
        say_limitation_start(law, text);
        jk_explain_say(text, ", the limitation period in ");
        say_jurisdiction(explanation, text);
        break;
    case JK_BAR_FINAL:
        say_final_limit(explanation, text);
        break;
    default:
        say_title_limit(explanation, basis == JK_BAR_TITLE_FINAL, text);
    }
    return text;
}

const char *jk_explain_letter_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_law_detail *law = &explanation->law;
    const jk_jurisdiction *rules = law->jurisdiction;
    char date[JK_DATE_TEXT];
    text[0] = '\0';
    if (explanation->facts.title_state[0] != JK_TITLE_NONE || law->limitation_on == JK_DATE_NEVER) {
        return text;
    }
    if (law->letter_interrupts) {
        jk_explain_say(text, "limitation would come on %s (", dated(law->limitation_on, date));
        if (law->limitation_given) {
            jk_explain_say(text, "the date on the tape");
        } else {
            say_limitation_start(law, text);
        }
        jk_explain_say(
            text,
            "); a letter before it starts the period again: %.2f per debtor and letter, %.4f a month for this claim",
            rules->limitation.interruption_cost, (double)explanation->terms.interruption[0]);
    } else if (rules->limitation.letter_interrupts) {
        jk_explain_say(text, "a letter would have interrupted, but limitation has come on %s",
                       dated(law->limitation_on, date));
    } else {
        jk_explain_say(text, "a letter does not interrupt limitation in %s: only a payment or the court does",
                       rules->id);
    }
    return text;
}

const char *jk_explain_class_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_scorecard *card = &explanation->model->scorecard;
    char status[JK_TEXT_MAX];
    text[0] = '\0';
    int score = explanation->score.score[0];
    const char *class = jk_explain_capacity(explanation->score.capacity_class[0]);
    if (explanation->facts.class_override[0] >= 0) {
        (void)jk_explain_cell(explanation, JK_COLUMN_LEGAL_STATUS, status, sizeof status);
        jk_explain_say(text, "class %s, because of the status %s whatever the score", class, status);
    } else if (score >= card->able_from) {
        jk_explain_say(text, "class %s: the score is %g or more", class, card->able_from);
    } else if (score >= card->weak_from) {
        jk_explain_say(text, "class %s: the score is %g or more, but below %g", class, card->weak_from,
                       card->able_from);
    } else {
        jk_explain_say(text, "class %s: the score is below %g", class, card->weak_from);
    }
    if (explanation->score.class_guessed[0]) {
        const double *share = card->class_given_score[explanation->score.capacity_class[0]];
        jk_explain_say(text,
                       "; of such claims %.0f %% are none, %.0f %% weak, %.0f %% able, and the first months are those "
                       "of their mean",
                       100.0 * share[0], 100.0 * share[1], 100.0 * share[2]);
    }
    return text;
}

const char *jk_explain_income_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_jurisdiction *rules = explanation->law.jurisdiction;
    const char *base = explanation->model->base_currency;
    double attachable = explanation->facts.attachable[0];
    text[0] = '\0';
    if (jk_law_type(JK_BLOCK_ENUM(&explanation->block, DEBTOR_TYPE)[0]) == JK_BUSINESS) {
        jk_explain_say(text, "a business has no wages to garnish");
    } else if (!rules->attachable.allowed) {
        jk_explain_say(text, "private creditors cannot garnish wages in %s", rules->id);
    } else if (isnan(explanation->facts.income[0])) {
        jk_explain_say(text, "income unknown: %.2f %s a month is assumed attachable", attachable, base);
    } else if (attachable > 0.0) {
        jk_explain_say(text, "of an income of %.2f %s a month, %.2f can be attached", explanation->facts.income[0],
                       base, attachable);
        if (explanation->facts.workable[0]) {
            jk_explain_say(text, ", shared by all creditors in enforcement: %.2f %% of what is owed each month",
                           100.0 * (double)explanation->terms.garnish[0]);
        }
    } else {
        jk_explain_say(text, "an income of %.2f %s a month is within the protected amount: nothing can be attached",
                       explanation->facts.income[0], base);
    }
    return text;
}
