/* SPDX-License-Identifier: Apache-2.0 */
/* jalki scenario --missing: which data to ask the seller for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print/listing_print.h"
#include "cli/scenario/scenario_command.h"
#include "jalki/missing.h"

void jk_scenario_read_fields(jk_usage *usage, const char *name, char *text, void *field) {
    jk_scenario_fields *fields = field;
    fields->count = strcmp(text, "all") == 0 ? jk_missing_usual(fields->column) : 0;
    for (const char *part = fields->count > 0 ? NULL : text; part != NULL;) {
        const char *comma = strchr(part, ',');
        size_t length = comma == NULL ? strlen(part) : (size_t)(comma - part);
        int found = -1;
        for (int c = 0; c < JK_COLUMN_COUNT; c++) {
            const char *column = jk_schema_column((jk_column)c)->name;
            bool same = strlen(column) == length && strncmp(column, part, length) == 0;
            found = same && jk_missing_can((jk_column)c) ? c : found;
        }
        for (size_t i = 0; i < fields->count; i++) {
            found = found == (int)fields->column[i] ? -1 : found;
        }
        if (found < 0 || fields->count == JK_COLUMN_COUNT) {
            jk_usage_error(usage,
                           "%s: '%.*s' is no column that can be asked about, or stands twice; expected all, or "
                           "columns such as income_monthly,employment",
                           name, (int)length, part);
            return;
        }
        fields->column[fields->count++] = (jk_column)found;
        part = comma == NULL ? NULL : comma + 1;
    }
}

static int print_tables(const jk_cli_valuing *valuing, const jk_missing_field *fields, const jk_listing *rows) {
    static const char *const shown[] = {"field",        "blanked",         "worst",     "at_stake",  "best",
                                        "information",  "gap_claims",      "gap_value", "gap_worst", "gap_best",
                                        "gap_expected", "gap_information", NULL};
    const int decimals = fabs(fields[0].given) < 1e5 ? 2 : 0;
    const jk_cli_listing_view view = {
        .title = "The price of missing data: value of all claims without the field, at its worst and at its best, and "
                 "what knowing it is worth on average; the same of the claims that lack it now",
        .shown = shown,
        .is_ruled = true,
        .money_decimals = decimals};
    char value[JK_AMOUNT_TEXT];
    (void)printf("Tape      %s\nModel     %s (%s)\nValue     %s %s with all fields as given\n", valuing->tape_path,
                 valuing->model->name, valuing->model_path, jk_amount(value, fields[0].given, decimals),
                 valuing->model->base_currency);
    return jk_cli_listing_table(rows, &view) | jk_cli_finish();
}

int jk_scenario_missing(const jk_cli_common *common, const jk_cli_valuing *valuing, const jk_scenario_fields *wanted,
                        jk_error *error) {
    jk_missing_field fields[JK_COLUMN_COUNT];
    jk_value_options options = valuing->options;
    options.irr = isnan(valuing->irr) ? valuing->model->irr : valuing->irr;
    size_t count = wanted->count;
    jk_status status = jk_missing_price(valuing->tape, valuing->model, &options, wanted->column, count, fields, error);
    if (status == JK_OK && jk_cli_json_to_file(common)) {
        status = jk_cli_write_text(common->json_path, jk_missing_json(fields, count, options.irr), error);
    }
    if (status != JK_OK) {
        return jk_cli_fail(error);
    }
    if (jk_cli_json_on_stdout(common)) {
        return jk_cli_print_text(jk_missing_json(fields, count, options.irr));
    }
    const jk_listing rows = jk_missing_listing(fields, count);
    return common->format == JK_FORMAT_CSV ? jk_cli_listing_csv(&rows) : print_tables(valuing, fields, &rows);
}
