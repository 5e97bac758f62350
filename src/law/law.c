/* SPDX-License-Identifier: Apache-2.0 */
/* Binding a model to a tape: dictionaries become tables of jurisdictions, rates and rules. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lanes/isa.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "law/law_internal.h"

enum { SCAN_ROWS = 65536 };

JK_ISA_DECLARE(jk_law_kernel, jk_law_kernel_);
JK_ISA_DECLARE(jk_law_numbers_kernel, jk_law_numbers_kernel_);

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

/* Counts the rows whose dictionary code is marked in `bad` (by code + 1), for a message; *first is the first of them.
 */
static jk_status count_marked(const jk_tape *tape, jk_column column, const uint8_t *bad, size_t *count, size_t *first,
                              jk_error *error) {
    size_t rows = jk_tape_rows(tape);
    int32_t *codes = jk_columns_alloc(SCAN_ROWS, sizeof *codes);
    JK_TRY(jk_held(codes != NULL, error, "a column of the tape"));
    jk_status status = JK_OK;
    *count = 0;
    for (size_t start = 0; start < rows && status == JK_OK; start += SCAN_ROWS) {
        size_t length = rows - start < SCAN_ROWS ? rows - start : SCAN_ROWS;
        status = jk_tape_read(tape, column, start, length, codes, error);
        for (size_t i = 0; i < length && status == JK_OK; i++) {
            if (bad[codes[i] + 1]) {
                *first = *count == 0 ? start + i : *first;
                *count += 1;
            }
        }
    }
    free(codes);
    return status;
}

/* A dictionary may hold strings of rows that were rejected: only strings that a claim uses are an error. */
static jk_status refuse_marked(const jk_tape *tape, jk_column column, const uint8_t *bad, const char *what,
                               jk_error *error) {
    size_t count = 0;
    size_t first = 0;
    JK_TRY(count_marked(tape, column, bad, &count, &first, error));
    if (count == 0) {
        return JK_OK;
    }
    int32_t code = 0;
    JK_TRY(jk_tape_read(tape, column, first, 1, &code, error));
    char claim[JK_TEXT_MAX + 1] = "";
    JK_TRY(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, first, 1, claim, error));
    size_t names = 0;
    const char *const *name = jk_tape_dictionary(tape, column, &names);
    return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, jk_schema_column(column)->name,
                   "%zu claim%s, first '%s' with '%s': %s", count, count == 1 ? "" : "s", claim,
                   code >= 0 && (size_t)code < names ? name[code] : "", what);
}

static jk_status bind_countries(jk_law *law, jk_error *error) {
    size_t count = 0;
    const char *const *names = jk_tape_dictionary(law->tape, JK_COLUMN_COUNTRY, &count);
    law->jurisdiction = jk_columns_zero(count + 1, sizeof *law->jurisdiction);
    uint8_t *bad = jk_columns_zero(count + 1, 1);
    if (law->jurisdiction == NULL || bad == NULL) {
        free(bad);
        return jk_fail_memory(error, "the table of countries");
    }
    int fallback = law->model->fallback_jurisdiction;
    int any_bad = 0;
    for (size_t code = 0; code <= count; code++) {
        int found = fallback;
        for (size_t j = 0; code > 0 && j < law->model->jurisdiction_count; j++) {
            if (strcmp(law->model->jurisdictions[j].id, names[code - 1]) == 0) {
                found = (int)j;
            }
        }
        bad[code] = (uint8_t)(found < 0);
        any_bad |= code > 0 && found < 0;
        law->jurisdiction[code] = found < 0 ? 0 : found;
    }
    jk_status status =
        any_bad ? refuse_marked(law->tape, JK_COLUMN_COUNTRY, bad,
                                "the model has no such jurisdiction and no EU to fall back on; expected it under "
                                "'jurisdictions'",
                                error)
                : JK_OK;
    free(bad);
    return status;
}

static jk_status bind_currencies(jk_law *law, jk_error *error) {
    size_t count = 0;
    const char *const *names = jk_tape_dictionary(law->tape, JK_COLUMN_CURRENCY, &count);
    law->exchange = jk_columns_zero(count + 1, sizeof *law->exchange);
    law->written = jk_columns_zero(count + 1, sizeof *law->written);
    uint8_t *bad = jk_columns_zero(count + 1, 1);
    if (law->exchange == NULL || law->written == NULL || bad == NULL) {
        free(bad);
        return jk_fail_memory(error, "the table of currencies");
    }
    int any_bad = 0;
    for (size_t code = 0; code <= count; code++) { /* missing: the currency that the model is written in */
        const char *name = code == 0 ? law->model->written_currency : names[code - 1];
        const jk_exchange_rate *rate = jk_model_rate(law->model, name);
        bad[code] = (uint8_t)(rate == NULL);
        any_bad |= bad[code];
        law->exchange[code] = rate == NULL ? 0.0 : rate->rate;
        law->written[code] = rate == NULL ? 0.0 : rate->written;
    }
    jk_status status = any_bad ? refuse_marked(law->tape, JK_COLUMN_CURRENCY, bad,
                                               "the model has no exchange rate; expected it under 'fx'", error)
                               : JK_OK;
    free(bad);
    return status;
}

/* Whole months: a fraction is dropped. */
static int32_t whole_months(double months) {
    if (isinf(months)) {
        return JK_MONTHS_NEVER;
    }
    return months > JK_MONTHS_LONGEST ? JK_MONTHS_LONGEST : (months > 0.0 ? (int32_t)months : 0);
}

static jk_law_rules rules_of(const jk_jurisdiction *from, int type) {
    bool renewable = from->limitation.title_renewable;
    return (jk_law_rules){
        .final_months = whole_months(from->limitation.final_months[type]),
        .title_months = renewable ? JK_MONTHS_NEVER : whole_months(from->limitation.title_months),
        .renewal_months = renewable ? whole_months(from->limitation.title_months) : JK_MONTHS_NEVER,
        .title_final_months = whole_months(from->limitation.title_final_months[type]),
        .letter_interrupts = from->limitation.letter_interrupts != 0,
        .attaches = type == JK_CONSUMER && from->attachable.allowed,
        .statutory_rate = from->interest.rate[type],
        .assumed_age = type == JK_BUSINESS ? (double)NAN : from->mortality.assumed_age,
        .kept = from->attachable.base,
        .kept_per_dependant = from->attachable.per_dependant,
        .housing_counts = from->attachable.housing_counts ? 1.0 : 0.0,
        .attached_share = from->attachable.max_share,
        .assumed_attachable = from->attachable.assumed_attachable,
    };
}

static jk_law_band band_of(const jk_jurisdiction *from, size_t band) {
    if (band >= from->attachable.band_count) {
        return (jk_law_band){.to = (double)INFINITY};
    }
    const jk_attachable_band *found = &from->attachable.bands[band];
    bool last = band + 1 == from->attachable.band_count;
    return (jk_law_band){.from = found->from_multiple,
                         .to = last ? (double)INFINITY : found[1].from_multiple,
                         .share = found->rate * (found->months / 12.0)};
}

static jk_status bind_jurisdictions(jk_law *law, jk_error *error) {
    const jk_model *model = law->model;
    size_t places = jk_law_place(model->jurisdiction_count, 0);
    for (size_t j = 0; j < model->jurisdiction_count; j++) {
        size_t bands = model->jurisdictions[j].attachable.band_count;
        law->band_count = bands > law->band_count ? bands : law->band_count;
    }
    law->rules = jk_columns_zero(places, sizeof *law->rules);
    law->bands = jk_columns_zero(law->band_count * places, sizeof *law->bands);
    JK_TRY(jk_held(law->rules != NULL && law->bands != NULL, error, "the table of jurisdictions"));
    for (size_t j = 0; j < model->jurisdiction_count; j++) {
        for (int type = 0; type < JK_DEBTOR_TYPE_COUNT; type++) {
            size_t place = jk_law_place(j, (size_t)type);
            law->rules[place] = rules_of(&model->jurisdictions[j], type);
            for (size_t band = 0; band < law->band_count; band++) {
                law->bands[band * places + place] = band_of(&model->jurisdictions[j], band);
            }
        }
    }
    return JK_OK;
}

/* All jurisdictions' limitation periods as one list of rules, each held to its own countries. */
static jk_status bind_periods(jk_law *law, jk_error *error) {
    const jk_model *model = law->model;
    size_t count = 0;
    for (size_t j = 0; j < model->jurisdiction_count; j++) {
        count += model->jurisdictions[j].limitation.period_count;
    }
    if (count >= JK_MATCHER_NONE) {
        return jk_fail(error, JK_ERROR_MODEL, model->path, 0, "jurisdictions", "more than %d limitation periods",
                       JK_MATCHER_NONE - 1);
    }
    law->periods = jk_columns_zero(count, sizeof *law->periods);
    const jk_condition **rules = jk_columns_zero(count, sizeof *rules);
    uint16_t *owner = jk_columns_zero(count, sizeof *owner);
    jk_status status = JK_OK;
    if (law->periods == NULL || rules == NULL || owner == NULL) {
        status = jk_fail_memory(error, "the table of limitation periods");
    }
    size_t rule = 0;
    for (size_t j = 0; j < model->jurisdiction_count && status == JK_OK; j++) {
        const jk_jurisdiction *from = &model->jurisdictions[j];
        for (size_t p = 0; p < from->limitation.period_count; p++, rule++) {
            double months = from->limitation.periods[p].months;
            law->periods[rule].months = whole_months(months);
            law->periods[rule].interruption_monthly =
                isinf(months) || months <= 0.0 ? 0.0 : from->limitation.interruption_cost / months;
            rules[rule] = &from->limitation.periods[p].when;
            owner[rule] = (uint16_t)j;
        }
    }
    if (status == JK_OK) {
        status = jk_matcher_init(&law->period_rules, rules, count, law->tape, &model->extras, model->written_currency,
                                 owner, law->jurisdiction, error);
    }
    free((void *)rules);
    free(owner);
    return status;
}

static jk_status bind_segments(jk_law *law, jk_error *error) {
    const jk_model *model = law->model;
    const jk_condition **rules = jk_columns_zero(model->segment_count, sizeof *rules);
    JK_TRY(jk_held(rules != NULL, error, "the table of segments"));
    for (size_t s = 0; s < model->segment_count; s++) {
        rules[s] = &model->segments[s].when;
    }
    jk_status status = jk_matcher_init(&law->segments, rules, model->segment_count, law->tape, &model->extras,
                                       model->written_currency, NULL, NULL, error);
    free((void *)rules);
    return status;
}

static void bind_statuses(jk_law *law) {
    for (int status = 0; status < JK_LEGAL_STATUS_COUNT; status++) {
        unsigned allow = law->model->statuses[status].allow | JK_ALLOW(JK_CLOSE);
        law->title_of_status[status] = (int32_t)law->model->statuses[status].title;
        for (int vulnerable = 0; vulnerable < 2; vulnerable++) {
            unsigned of_debtor = vulnerable ? allow & law->model->vulnerable_allow : allow;
            unsigned of_reach = of_debtor & law->model->unreachable_allow;
            law->allowed[status][vulnerable][0] = (int32_t)(of_debtor | JK_ALLOW(JK_CLOSE));
            law->allowed[status][vulnerable][1] = (int32_t)(of_reach | JK_ALLOW(JK_CLOSE));
        }
    }
}

static void list_columns(jk_law *law) {
    law->debtor_columns = BIT(COUNTRY) | BIT(DEBTOR_TYPE) | BIT(CURRENCY) | BIT(DEFAULTED_ON) | BIT(WRITTEN_OFF_ON) |
                          BIT(LAST_PAID_ON) | BIT(LIMITATION_ON) | BIT(TITLE_ON) | BIT(PRINCIPAL) |
                          BIT(INTEREST_ACCRUED) | BIT(FEES) | BIT(LEGAL_STATUS) | BIT(VULNERABLE) | BIT(BIRTH_YEAR) |
                          BIT(DEBTOR_INDEX) | jk_matcher_reads(&law->period_rules);
    law->debtor_columns |= law->by_period ? BIT(PERIOD_START) : 0;
    law->debtor_columns |= law->model->unreachable_allow != JK_ALLOW_ALL ? BIT(REACHABLE) : 0;
    law->columns = law->debtor_columns | BIT(INTEREST_RATE) | BIT(INCOME_MONTHLY) | BIT(OTHER_DEBT_ENFORCED) |
                   jk_matcher_reads(&law->segments);
    for (size_t j = 0; j < law->model->jurisdiction_count; j++) {
        const jk_jurisdiction *from = &law->model->jurisdictions[j];
        law->columns |= from->attachable.housing_counts ? BIT(HOUSING_COST) : 0;
        law->columns |= from->attachable.per_dependant != 0.0 ? BIT(DEPENDANTS) : 0;
    }
    law->columns |= jk_model_has_payers(law->model) ? BIT(INSTALMENT_MONTHLY) : 0;
}

jk_status jk_law_create(const jk_model *model, const jk_tape *tape, int32_t cutoff, jk_law **law, jk_error *error) {
    *law = NULL;
    bool by_period = jk_tape_kind(tape) == JK_KIND_PANEL;
    if (!by_period && (cutoff < JK_DATE_FIRST || cutoff > JK_DATE_LAST)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "cutoff", "is not a date of the years 1 to 9999");
    }
    jk_law *made = jk_columns_zero(1, sizeof *made);
    JK_TRY(jk_held(made != NULL, error, "the tables of the law"));
    made->model = model;
    made->tape = tape;
    made->by_period = by_period;
    made->cutoff = jk_law_moment_on(by_period ? 0 : cutoff);
    const jk_isa isa = jk_isa_usual();
    jk_status status = JK_OK;
    made->kernel = JK_ISA_OF(jk_law_kernel_, isa);
    made->numbers = JK_ISA_OF(jk_law_numbers_kernel_, isa);
    JK_TRY_CLEANUP(bind_countries(made, error));
    JK_TRY_CLEANUP(bind_currencies(made, error));
    JK_TRY_CLEANUP(bind_jurisdictions(made, error));
    JK_TRY_CLEANUP(bind_periods(made, error));
    JK_TRY_CLEANUP(bind_segments(made, error));
    bind_statuses(made);
    list_columns(made);
    *law = made;
    return JK_OK;
cleanup:
    jk_law_free(made);
    return status;
}

void jk_law_free(jk_law *law) {
    if (law == NULL) {
        return;
    }
    jk_matcher_reset(&law->segments);
    jk_matcher_reset(&law->period_rules);
    free(law->periods);
    free(law->rules);
    free(law->bands);
    free(law->exchange);
    free(law->written);
    free(law->jurisdiction);
    free(law);
}

void jk_law_accrue(jk_law *law, int32_t from) {
    int32_t cutoff = law->cutoff.end.date;
    if (law->by_period || from == JK_MISSING_INTEGER || from >= cutoff) {
        return;
    }
    law->accrued = (double)(cutoff - jk_date_clamp(from)) / JK_DAYS_PER_MONTH;
    law->debtor_columns |= BIT(INTEREST_RATE);
}

void jk_law_lapse(jk_law *law) {
    law->lapses = true;
    for (size_t place = 0; place < jk_law_place(law->model->jurisdiction_count, 0); place++) {
        law->rules[place].letter_interrupts = 0;
    }
}

uint64_t jk_law_columns(const jk_law *law) {
    return law->columns;
}
