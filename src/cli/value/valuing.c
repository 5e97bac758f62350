/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/value/valuing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/text/text.h"
#include "base/words/language.h"
#include "cli/options/accept.h"
#include "cli/options/models.h"
#include "jalki/export.h"

jk_status jk_cli_load_model(const jk_cli_common *common, const char *path, const char *const *changes, size_t count,
                            const char *currency, jk_model **model, jk_error *error) {
    jk_status status = jk_model_load_told(path, changes, count, currency, model, error);
    char *hint = status == JK_ERROR_IO && access(path, F_OK) != 0 ? jk_cli_model_hint(path) : NULL;
    if (hint != NULL) {
        size_t length = strlen(error->message);
        (void)snprintf(error->message + length, sizeof error->message - length, "%s", hint);
        free(hint);
    }
    JK_TRY(status);
    for (size_t i = 0; i < (*model)->warning_count; i++) {
        jk_cli_note(common, "warning: %s", (*model)->warnings[i]);
    }
    return JK_OK;
}

jk_status jk_cli_valuing_open(jk_cli_valuing *valuing, const jk_cli_common *common, jk_error *error) {
    JK_TRY(jk_tape_open(valuing->tape_path, &valuing->tape, error));
    JK_TRY(jk_cli_load_model(common, valuing->model_path, valuing->changes.change, valuing->changes.count,
                             valuing->currency, &valuing->model, error));
    JK_TRY(jk_cli_repeat_warnings(common, valuing->tape, valuing->accepted, error));
    valuing->options = jk_value_defaults();
    valuing->options.cutoff = valuing->cutoff;
    valuing->options.irr = valuing->irr;
    valuing->options.allow |= valuing->sell ? JK_ALLOW(JK_SELL) : 0;
    valuing->options.accepted = valuing->accepted;
    valuing->options.memory = valuing->memory;
    valuing->options.run = jk_cli_run(common);
    return JK_OK;
}

jk_status jk_cli_valuing_value(jk_cli_valuing *valuing, const jk_cli_common *common, jk_valuation *valuation,
                               jk_error *error) {
    JK_TRY(jk_cli_valuing_open(valuing, common, error));
    JK_TRY(jk_cli_valuing_explain(valuing, 1, NULL, 0, error));
    return jk_value_run(valuing->tape, valuing->model, &valuing->options, NULL, 0, valuation, error);
}

jk_status jk_cli_valuing_worth(const jk_cli_valuing *valuing, const jk_cli_common *common, bool spread, jk_worth *worth,
                               jk_error *error) {
    *worth = (jk_worth){0};
    if (valuing->no_curse || valuing->tape_path == NULL) {
        return JK_OK;
    }
    char *path = jk_cli_name_beside(valuing->model_path, ".covariance.json");
    JK_TRY(jk_held(path != NULL, error, "the covariance"));
    jk_error own = {0};
    jk_status status = access(path, F_OK) != 0 ? JK_OK
                                               : jk_worth_measure(valuing->tape, valuing->model, &valuing->options,
                                                                  path, spread, worth, &own);
    free(path);
    if (status == JK_ERROR_DATA || status == JK_ERROR_FORMAT) {
        char text[JK_ERROR_TEXT_MAX];
        (void)jk_error_text(&own, text, sizeof text);
        jk_cli_note(common, "warning: what the fit does not know of this plan is not measured: %s", text);
        return JK_OK;
    }
    if (status != JK_OK) {
        *error = own;
    }
    return status;
}

void jk_cli_valuing_tell_worth(const jk_cli_valuing *valuing, const jk_worth *worth) {
    char percent[JK_AMOUNT_TEXT], other[JK_AMOUNT_TEXT], money[JK_AMOUNT_TEXT];
    if (worth->draws == 0) {
        return;
    }
    jk_cli_say("  the model is a fit: its plan loses %s %% (give or take %s) of the value, %s %s, by not knowing %zu "
               "figures\n",
               jk_amount(percent, 100.0 * worth->curse, 1), jk_amount(other, 100.0 * worth->curse_error, 1),
               jk_amount(money, worth->curse * worth->value, worth->value < 1e6 ? 2 : 0), valuing->model->base_currency,
               worth->parameters);
    jk_cli_say("  exactly, which no bid should pay for");
    jk_cli_say("; such plans bring on average %s %% (give or take %s) less than their value says",
               jk_amount(percent, 100.0 * worth->overstated, 1), jk_amount(other, 100.0 * worth->overstated_error, 1));
    if (!isnan(worth->spread)) {
        jk_cli_say("; they make the value uncertain by %s %%", jk_amount(percent, 100.0 * worth->spread, 1));
    }
    (void)printf("\n");
}

char *jk_cli_valuing_manifest(const jk_cli_valuing *valuing, const jk_valuation *valuation) {
    return jk_manifest_json(valuing->tape, valuing->model, valuation->arena == NULL ? NULL : valuation);
}

void jk_cli_valuing_close(jk_cli_valuing *valuing) {
    jk_model_free(valuing->model);
    jk_tape_close(valuing->tape);
}

static double megabytes(size_t bytes) {
    return (double)bytes / 1048576.0;
}

void jk_cli_valuing_tell_memory(const jk_cli_valuing *valuing, const jk_value_memory *memory) {
    (void)fprintf(
        stderr,
        "jalki: memory: %.1f MB = program, tape and model %.1f + sums of %zu debtors %.1f + what is made of the "
        "claims %.1f + %d thread%s x %.1f (blocks of %zu claims)\n",
        megabytes(memory->total), megabytes(memory->program), jk_tape_debtors(valuing->tape),
        megabytes(memory->debtors), megabytes(memory->sinks), memory->threads, memory->threads == 1 ? "" : "s",
        megabytes(memory->per_thread), memory->block_rows);
}

jk_status jk_cli_valuing_explain(const jk_cli_valuing *valuing, size_t returns, const jk_value_sink *sinks,
                                 size_t sink_count, jk_error *error) {
    if (!valuing->explain_memory) {
        return JK_OK;
    }
    jk_value_memory memory;
    jk_status status = jk_value_plan_memory(valuing->tape, valuing->model, &valuing->options, returns, sinks,
                                            sink_count, &memory, error);
    if (status == JK_OK) {
        jk_cli_valuing_tell_memory(valuing, &memory);
    }
    return status;
}

/* ---- printing ------------------------------------------------------------------------------------------------- */

int jk_cli_decimals(const jk_valuation *valuation) {
    return valuation->total.face < 1e6 ? 2 : 0;
}

int jk_cli_rate_decimals(double rate) {
    return fabs(1000.0 * rate - round(1000.0 * rate)) < 1e-6 ? 1 : 2;
}

void jk_cli_tell_rates(const jk_tape *tape, const jk_model *model) {
    jk_rate_used used[JK_RATES_TOLD];
    size_t count = jk_rates_used(tape, model, used, JK_RATES_TOLD);
    for (size_t i = 0; i < count; i++) {
        if (i == 0) {
            jk_cli_say("Rates     ");
        }
        jk_cli_say(i == 0 ? "1 %s = %.6g %s" : ", 1 %s = %.6g %s", used[i].currency, used[i].rate,
                   model->base_currency);
    }
    if (count > 0) {
        (void)putchar('\n');
    }
}

void jk_cli_valuing_heading(const jk_cli_valuing *valuing, const jk_valuation *valuation) {
    char date[JK_DATE_TEXT];
    char claims[JK_AMOUNT_TEXT];
    char debtors[JK_AMOUNT_TEXT];
    char face[JK_AMOUNT_TEXT];
    jk_cli_say("Tape      %s: %s claims of %s debtors, face %s %s\n", valuing->tape_path,
               jk_amount(claims, (double)valuation->total.claims, 0),
               jk_amount(debtors, (double)jk_tape_debtors(valuing->tape), 0),
               jk_amount(face, valuation->total.face, jk_cli_decimals(valuation)), valuing->model->base_currency);
    jk_cli_say("Model     %s (%s)\n", valuing->model->name, valuing->model_path);
    jk_cli_tell_rates(valuing->tape, valuing->model);
    jk_cli_say("Cut-off   %s, horizon %d months, %s\n", jk_text_date(valuation->cutoff, date), valuation->flow.months,
               jk_text(valuing->sell ? "claims may be sold on" : "claims are never sold on"));
}

int jk_cli_print_table(jk_table *table, const char *title) {
    if (title != NULL && table != NULL) {
        (void)printf("\n%s\n", title);
    }
    int printed = table == NULL ? -1 : jk_table_print(table, stdout, 2);
    jk_table_free(table);
    if (printed != 0) {
        (void)fprintf(stderr, "jalki: out of memory for a table\n");
    }
    return printed == 0 ? 0 : 1;
}

bool jk_cli_json_on_stdout(const jk_cli_common *common) {
    return common->format == JK_FORMAT_JSON || (common->json_path != NULL && strcmp(common->json_path, "-") == 0);
}

bool jk_cli_json_to_file(const jk_cli_common *common) {
    return common->json_path != NULL && strcmp(common->json_path, "-") != 0;
}

static jk_status write_text(const char *path, char *text,
                            jk_status (*writer)(const char *path, const char *text, jk_error *error), jk_error *error) {
    jk_status status = JK_OK;
    if (text == NULL) {
        status = jk_fail_memory(error, "the output");
    } else if (path != NULL && strcmp(path, "-") != 0) {
        status = writer(path, text, error);
    }
    free(text);
    return status;
}

jk_status jk_cli_write_text(const char *path, char *text, jk_error *error) {
    return write_text(path, text, jk_text_write, error);
}

jk_status jk_cli_write_personal(const char *path, char *text, jk_error *error) {
    return write_text(path, text, jk_text_write_personal, error);
}
