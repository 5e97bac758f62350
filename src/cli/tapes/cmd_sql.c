/* SPDX-License-Identifier: Apache-2.0 */
/* jalki sql: questions in SQL to a tape, and to what it is worth. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/value/valuing.h"
#include "jalki/sql.h"

typedef struct sql_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    const char *const *operands; /* the tape, the query */
    size_t operand_count;
    const char *parquet_path;
    jk_claims_table *claims;
    jk_valuation valuation;
    jk_frame frames[3];
    jk_sql *sql;
    jk_table *table;
    json_t *rows;
    jk_json_builder json;
    size_t row_count;
} sql_arguments;

static const jk_option options[] = {
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(sql_arguments, parquet_path), .value = "F.parquet", .no_stdout = true,
     .help = "Write the answer as a Parquet file instead of showing it"},
    {0},
};

/* As those of other commands, but that a tape by itself answers, too. */
static const jk_option valuing_options[] = {
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(jk_cli_valuing, model_path), .value = "M.yaml",
     .otherwise = "the tape alone", .help = "Model file: what the claims are worth is there, too"},
    {"set", .kind = JK_OPTION_TEXT, JK_FIELD(jk_cli_valuing, changes.change),
     JK_SEVERAL(jk_cli_valuing, changes.count, JK_CLI_CHANGES_MAX), .value = "KEY=VALUE", .otherwise = "as in the file",
     .needs = "model", .example = "cost_inflation=0.03", .help = "Another value for a key of the model"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(jk_cli_valuing, cutoff), .value = "DATE", .otherwise = "the tape's",
     .needs = "model", .help = "Valuation date, YYYY-MM-DD", .example = "2026-06-30"},
    {"irr", .kind = JK_OPTION_RETURN, JK_FIELD(jk_cli_valuing, irr), .value = "RATE", .otherwise = "the model's",
     .needs = "model", .help = "Required yearly return, 0.15 is 15 %", .example = "0.15"},
    {"sell", .kind = JK_OPTION_FLAG, JK_FIELD(jk_cli_valuing, sell), .otherwise = "never", .needs = "model",
     .help = "Let claims be sold on where that is worth most"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    sql_arguments *arguments = command;
    if (arguments->operand_count != 2) {
        jk_usage_error(usage, "a tape and a query are needed, the query in quotes; found %zu arguments",
                       arguments->operand_count);
        return;
    }
    arguments->valuing.tape_path = arguments->operands[0];
}

/* ---- showing -------------------------------------------------------------------------------------------------- */

static void add_json(sql_arguments *arguments, const jk_sql_column *columns, size_t count, const char *const *cells) {
    json_t *row = json_object();
    for (size_t c = 0; c < count; c++) {
        json_t *value = NULL;
        if (cells[c] == NULL) {
            value = json_null();
        } else if (columns[c].is_boolean) {
            value = json_boolean(strcmp(cells[c], "true") == 0);
        } else if (columns[c].is_number) {
            value = jk_json_parse(cells[c], JSON_DECODE_ANY, NULL);
            value = value != NULL ? value : json_null(); /* nan, inf */
        } else {
            value = jk_json_string(cells[c]);
        }
        jk_json_put(&arguments->json, row, columns[c].name, value);
    }
    jk_json_append(&arguments->json, arguments->rows, row);
}

static void put_csv(const jk_sql_column *columns, size_t count, const char *const *cells) {
    for (size_t c = 0; c < count; c++) {
        const char *end = c + 1 < count ? "," : "\n";
        if (cells == NULL) {
            jk_cli_csv_text(columns[c].name, end);
        } else if (cells[c] != NULL && !columns[c].is_number) {
            jk_cli_csv_text(cells[c], end);
        } else {
            (void)printf("%s%s", cells[c] != NULL ? cells[c] : "", end);
        }
    }
}

static jk_status show(void *context, const jk_sql_column *columns, size_t count, const char *const *cells,
                      jk_error *error) {
    sql_arguments *arguments = context;
    arguments->row_count += cells != NULL;
    if (arguments->common.format == JK_FORMAT_CSV) {
        put_csv(columns, count, cells);
    } else if (arguments->common.format == JK_FORMAT_JSON) {
        if (cells != NULL) {
            add_json(arguments, columns, count, cells);
        }
    } else if (cells == NULL) {
        char *alignment = calloc(count + 1, 1);
        for (size_t c = 0; alignment != NULL && c < count; c++) {
            alignment[c] = columns[c].is_number ? 'r' : 'l';
        }
        arguments->table = alignment != NULL ? jk_table_create(alignment) : NULL;
        free(alignment);
        for (size_t c = 0; arguments->table != NULL && c < count; c++) {
            jk_table_cell(arguments->table, "%s", columns[c].name);
        }
        return jk_held(arguments->table != NULL, error, "a table");
    } else {
        for (size_t c = 0; c < count; c++) {
            jk_table_cell(arguments->table, "%s", cells[c] != NULL ? cells[c] : "");
        }
    }
    return JK_OK;
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

/* The tape as a table; with a model also what it is worth. */
static jk_status make_frames(sql_arguments *arguments, size_t *count, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    *count = 1;
    if (valuing->model_path == NULL) {
        JK_TRY(jk_tape_open_any(valuing->tape_path, &valuing->tape, error));
        jk_frame_of_tape(valuing->tape, &arguments->frames[0]);
        return JK_OK;
    }
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    JK_TRY(jk_claims_table_open(valuing->tape, valuing->model, false, &arguments->claims, error));
    jk_value_sink sink = jk_claims_table_sink(arguments->claims);
    JK_TRY(jk_value_run(valuing->tape, valuing->model, &valuing->options, &sink, 1, &arguments->valuation, error));
    jk_frame_of_tape(valuing->tape, &arguments->frames[0]);
    jk_frame_of_claims(arguments->claims, &arguments->frames[1]);
    jk_frame_of_cashflow(&arguments->valuation, &arguments->frames[2]);
    *count = 3;
    return JK_OK;
}

static jk_status answer(sql_arguments *arguments, jk_error *error) {
    size_t frames = 0;
    JK_TRY(jk_sql_check(error));
    JK_TRY(make_frames(arguments, &frames, error)); /* before the library has threads: opening a tape forks */
    JK_TRY(jk_sql_open(arguments->common.threads, &arguments->sql, error));
    for (size_t f = 0; f < frames; f++) {
        JK_TRY(jk_sql_add(arguments->sql, &arguments->frames[f], error));
    }
    if (arguments->parquet_path != NULL) {
        return jk_sql_write(arguments->sql, arguments->operands[1], arguments->parquet_path, 1, error);
    }
    arguments->rows = arguments->common.format == JK_FORMAT_JSON ? json_array() : NULL;
    return jk_sql_query(arguments->sql, arguments->operands[1], show, arguments, error);
}

static int print(sql_arguments *arguments) {
    int failed = 0;
    if (arguments->rows != NULL) {
        json_t *object = json_object();
        jk_json_put(&arguments->json, object, "rows", arguments->rows);
        jk_json_put(&arguments->json, object, "manifest", jk_run_record_manifest(&arguments->json));
        arguments->rows = NULL;
        return jk_cli_print_text(jk_json_text(&arguments->json, object, JSON_INDENT(2)));
    }
    if (arguments->table != NULL) {
        failed = jk_cli_print_table(arguments->table, NULL);
        arguments->table = NULL;
        (void)printf("\n  %zu row%s\n", arguments->row_count, arguments->row_count == 1 ? "" : "s");
    }
    return failed | jk_cli_finish();
}

static int run_sql(void *command) {
    sql_arguments *arguments = command;
    jk_error error = {0};
    jk_status status = answer(arguments, &error);
    int code = status == JK_OK ? print(arguments) : jk_cli_fail(&error);
    jk_table_free(arguments->table);
    json_decref(arguments->rows);
    jk_sql_close(arguments->sql);
    jk_claims_table_free(arguments->claims);
    jk_valuation_reset(&arguments->valuation);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_sql = {
    .name = "sql",
    .summary = "questions in SQL to a tape and what it is worth, answers as table, CSV, JSON or Parquet",
    .purpose =
        "Answers a query of SQL (DuckDB's) about a tape or a panel: its columns are the table tape, or panel. With "
        "--model the tables results (a row for each claim, as value -o has them) and cashflow (a row for each "
        "month and segment) are there, too. Needs DuckDB's library; docs/sql.md.",
    .usage = "T.h5 \"QUERY\"",
    .examples = {"jalki sql tape.h5 \"select country, count(*), sum(principal) from tape group by country order by 1\"",
                 "jalki sql tape.h5 --model models/nordic.yaml \\\n"
                 "    \"select decision, count(*), sum(value) from results group by decision\"",
                 "jalki sql tape.h5 --model models/nordic.yaml \"from results\" -o results.parquet"},
    .operand = {"tape", .kind = JK_OPTION_TEXT, JK_FIELD(sql_arguments, operands),
                JK_SEVERAL(sql_arguments, operand_count, JK_OPTION_ALL), .value = "T.h5 QUERY", .is_needed = true},
    .groups = {{"Answer", options, 0, false}, {"Valuation", valuing_options, offsetof(sql_arguments, valuing), false}},
    .size = sizeof(sql_arguments),
    .check = check,
    .run = run_sql,
};
