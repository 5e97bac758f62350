/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/valuing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/accept.h"
#include "jalki/export.h"

enum { KEY_CUTOFF = 0x3001, KEY_SELL, KEY_MEMORY, KEY_EXPLAIN_MEMORY };

static const struct argp_option options[] = {
    {"model", 'm', "M.yaml", 0, "Model file (needed)", 1},
    {"cutoff", KEY_CUTOFF, "DATE", 0, "Valuation date, YYYY-MM-DD [the tape's]", 1},
    {"memory", KEY_MEMORY, "SIZE", 0, "Most memory to take, for example 500M or 2G [no bound]", 90},
    {"explain-memory", KEY_EXPLAIN_MEMORY, NULL, 0, "Say on stderr what memory the run takes before it starts", 90},
    {0},
};

static const struct argp_option sell_options[] = {
    {"sell", KEY_SELL, NULL, 0, "Let claims be sold on where that is worth most [never]", 1},
    {0},
};

static size_t parse_size(struct argp_state *state, const char *text) {
    static const struct {
        char unit;
        int shift;
    } units[] = {{'K', 10}, {'M', 20}, {'G', 30}, {'T', 40}};
    size_t length = strlen(text);
    int shift = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        char last = length > 1 ? text[length - 1] : '\0';
        if (last == units[i].unit || last == units[i].unit + ('a' - 'A')) {
            shift = units[i].shift;
        }
    }
    double number = 0.0;
    if (!jk_text_to_real(text, length - (shift > 0 ? 1 : 0), &number) || number * exp2(shift) < 1048576.0 ||
        number * exp2(shift) > 1e15) {
        argp_error(state, "--memory: '%s' is not a size of at least 1M; expected a number with K, M, G or T", text);
    }
    return (size_t)(number * exp2(shift));
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    jk_cli_valuing *valuing = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        *valuing = (jk_cli_valuing){.cutoff = JK_MISSING_INTEGER, .tape_optional = valuing->tape_optional};
        return 0;
    case 'm':
        valuing->model_path = argument;
        return 0;
    case KEY_CUTOFF:
        valuing->cutoff = jk_cli_date(state, "--cutoff", argument);
        return 0;
    case KEY_MEMORY:
        valuing->memory = parse_size(state, argument);
        return 0;
    case KEY_EXPLAIN_MEMORY:
        valuing->explain_memory = true;
        return 0;
    case ARGP_KEY_ARG:
        if (valuing->tape_path != NULL) {
            argp_error(state, "'%s': only one tape at a time", argument);
        }
        valuing->tape_path = argument;
        return 0;
    case ARGP_KEY_END:
        if (valuing->tape_path == NULL && valuing->tape_optional && valuing->model_path == NULL) {
            return 0;
        }
        if (valuing->tape_path == NULL) {
            argp_error(state, "a tape is needed, for example T.h5");
        } else if (valuing->model_path == NULL) {
            argp_error(state, "--model M.yaml is needed");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp jk_cli_valuing_own_sell_argp = {.options = options, .parser = parse};

static error_t parse_sell(int key, char *argument, struct argp_state *state) {
    (void)argument;
    jk_cli_valuing *valuing = state->input;
    if (key != KEY_SELL) {
        return ARGP_ERR_UNKNOWN;
    }
    valuing->sell = true;
    return 0;
}

static error_t parse_with_sell(int key, char *argument, struct argp_state *state) {
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = state->input;
    }
    return parse(key, argument, state);
}

static const struct argp sell_argp = {.options = sell_options, .parser = parse_sell};
static const struct argp_child sell_children[] = {{&sell_argp, 0, NULL, 0}, {0}};
const struct argp jk_cli_valuing_argp = {.options = options, .parser = parse_with_sell, .children = sell_children};

jk_status jk_cli_valuing_outputs(const jk_cli_valuing *valuing, const char *const *outputs, size_t output_count,
                                 jk_error *error) {
    const char *const inputs[] = {valuing->tape_path, valuing->model_path};
    return jk_cli_check_outputs(inputs, 2, outputs, output_count, error);
}

jk_status jk_cli_valuing_open(jk_cli_valuing *valuing, const jk_cli_common *common, jk_error *error) {
    jk_status status = jk_tape_open(valuing->tape_path, &valuing->tape, error);
    if (status == JK_OK) {
        status = jk_model_load(valuing->model_path, &valuing->model, error);
    }
    if (status != JK_OK) {
        return status;
    }
    for (size_t i = 0; i < valuing->model->warning_count; i++) {
        jk_cli_note(common, "warning: %s", valuing->model->warnings[i]);
    }
    JK_TRY(jk_cli_repeat_warnings(common, valuing->tape, valuing->accepted, error));
    valuing->options = jk_value_defaults();
    valuing->options.cutoff = valuing->cutoff;
    valuing->options.allow |= valuing->sell ? JK_ALLOW(JK_SELL) : 0;
    valuing->options.accepted = valuing->accepted;
    valuing->options.memory = valuing->memory;
    valuing->options.run = jk_cli_run(common);
    return JK_OK;
}

jk_status jk_cli_valuing_open_at(jk_cli_valuing *valuing, const jk_cli_common *common, double irr, jk_error *error) {
    JK_TRY(jk_cli_valuing_open(valuing, common, error));
    valuing->options.irr = irr;
    jk_cli_note_rate(common, irr);
    return JK_OK;
}

jk_status jk_cli_valuing_value(jk_cli_valuing *valuing, const jk_cli_common *common, double irr,
                               jk_valuation *valuation, jk_error *error) {
    JK_TRY(jk_cli_valuing_open_at(valuing, common, irr, error));
    JK_TRY(jk_cli_valuing_explain(valuing, 1, NULL, 0, error));
    return jk_value_run(valuing->tape, valuing->model, &valuing->options, NULL, 0, valuation, error);
}

char *jk_cli_valuing_manifest(const jk_cli_valuing *valuing, const jk_valuation *valuation) {
    return valuation->arena == NULL ? NULL : jk_manifest_json(valuing->tape, valuing->model, valuation);
}

void jk_cli_valuing_close(jk_cli_valuing *valuing) {
    jk_model_free(valuing->model);
    jk_tape_close(valuing->tape);
}

static double megabytes(size_t bytes) {
    return (double)bytes / 1048576.0;
}

void jk_cli_valuing_tell_memory(const jk_cli_valuing *valuing, const jk_value_memory *memory) {
    (void)fprintf(stderr,
                  "jalki: memory: %.1f MB = program, tape and model %.1f + sums of %zu debtors %.1f + %d thread%s x "
                  "%.1f (blocks of %zu claims)\n",
                  megabytes(memory->total), megabytes(memory->program), jk_tape_debtors(valuing->tape),
                  megabytes(memory->debtors), memory->threads, memory->threads == 1 ? "" : "s",
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

void jk_cli_valuing_heading(const jk_cli_valuing *valuing, const jk_valuation *valuation) {
    char date[JK_DATE_TEXT];
    char claims[JK_AMOUNT_TEXT];
    char debtors[JK_AMOUNT_TEXT];
    char face[JK_AMOUNT_TEXT];
    (void)printf("Tape      %s: %s claims of %s debtors, face %s %s\n", valuing->tape_path,
                 jk_amount(claims, (double)valuation->total.claims, 0),
                 jk_amount(debtors, (double)jk_tape_debtors(valuing->tape), 0),
                 jk_amount(face, valuation->total.face, jk_cli_decimals(valuation)), valuing->model->base_currency);
    (void)printf("Model     %s (%s)\n", valuing->model->name, valuing->model_path);
    (void)printf("Cut-off   %s, horizon %d months, %s\n", jk_date_format(valuation->cutoff, date),
                 valuation->flow.months, valuing->sell ? "claims may be sold on" : "claims are never sold on");
}

int jk_cli_print_table(jk_table *table, const char *title) {
    if (title != NULL) {
        (void)printf("\n%s\n", title);
    }
    int printed = table == NULL ? -1 : jk_table_print(table, stdout, 2);
    jk_table_free(table);
    if (printed != 0) {
        (void)fprintf(stderr, "jalki: out of memory for a table\n");
    }
    return printed == 0 ? 0 : 1;
}

bool jk_cli_json_on_stdout(const jk_cli_common *common, const char *json_path) {
    return common->format == JK_FORMAT_JSON || (json_path != NULL && strcmp(json_path, "-") == 0);
}

jk_status jk_cli_write_text(const char *path, char *text, jk_error *error) {
    jk_status status = JK_OK;
    if (text == NULL) {
        status = jk_fail_memory(error, "the output");
    } else if (path != NULL && strcmp(path, "-") != 0) {
        status = jk_text_write(path, text, error);
    }
    free(text);
    return status;
}

void jk_cli_refuse_stdout(struct argp_state *state, const char *option, const char *path) {
    if (strcmp(path, "-") == 0) {
        argp_error(state, "%s: '-' is not a file; expected a name (/dev/stdout writes to standard output)", option);
    }
}

void jk_cli_csv_text(const char *text) {
    bool quote = strpbrk(text, ",\"\r\n") != NULL;
    (void)fputs(quote ? "\"" : "", stdout);
    for (const char *c = text; *c != '\0'; c++) {
        (void)fputs(quote && *c == '"' ? "\"\"" : (char[]){*c, '\0'}, stdout);
    }
    (void)fputs(quote ? "\"" : "", stdout);
}

void jk_cli_csv_number(double value, int decimals) {
    (void)putchar(',');
    if (isfinite(value)) {
        (void)printf("%.*f", decimals, value == 0.0 ? 0.0 : value);
    }
}

int jk_cli_print_text(char *text) {
    if (text == NULL) {
        (void)fprintf(stderr, "jalki: out of memory for the output\n");
        return 1;
    }
    (void)fputs(text, stdout);
    free(text);
    return jk_cli_finish();
}
