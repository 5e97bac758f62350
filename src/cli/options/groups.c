/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/groups.h"

#include <assert.h>
#include <string.h>

#include "base/team/team.h"
#include "base/text/dialect.h"
#include "base/text/text.h"
#include "base/words/language.h"

static const char *const formats[] = {"table", "json", "csv", NULL};

const jk_option jk_common_options[] = {
    {"threads", .kind = JK_OPTION_INTEGER, .is_idle = true, JK_FIELD(jk_cli_common, threads), .value = "N", .low = 1,
     .high = 4096, .otherwise = "all cores", .help = "Worker threads; results do not depend on it"},
    {"format", .kind = JK_OPTION_CHOICE, .is_idle = true, JK_FIELD(jk_cli_common, format), .value = "FORMAT",
     .choices = formats, .standard = "table", .help = "What goes to stdout"},
    {"csv-dialect", .kind = JK_OPTION_CHOICE, JK_FIELD(jk_cli_common, dialect), .value = "LANGUAGE",
     .choices = jk_dialect_names, .standard = "en",
     .help = "CSV is written, and read where no mapping says it, as spreadsheets of the language have it: separator, "
             "decimal mark, dates"},
    {"quiet", .kind = JK_OPTION_FLAG, .is_idle = true, JK_FIELD(jk_cli_common, quiet),
     .help = "No notes and no progress on stderr"},
    {"shared", .kind = JK_OPTION_FLAG, .is_idle = true, JK_FIELD(jk_cli_common, shared),
     .otherwise = "their owner alone", .help = "New files with personal data can be read by whom umask lets"},
    {"raw-text", .kind = JK_OPTION_FLAG, JK_FIELD(jk_cli_common, raw_text),
     .help = "Text in CSV as it is, for machines: formulas get no ' in front, control characters are not written out"},
    {"any-include", .kind = JK_OPTION_FLAG, JK_FIELD(jk_cli_common, any_include), .otherwise = "those below its folder",
     .help = "Model files may include files from anywhere"},
    {"with-ids", .kind = JK_OPTION_FLAG, JK_FIELD(jk_cli_common, with_ids),
     .help = "Ids of claims and debtors may stand in messages, pages and manifests"},
    {"manifest", .kind = JK_OPTION_FILE_OUT, JK_FIELD(jk_cli_common, manifest_path), .value = "F.json",
     .no_stdout = true, .help = "What was run, with the digests of all that was read and written, for jalki replay"},
    {"help", 'h', JK_OPTION_HELP, .help = "Show this"},
    {0},
};

const jk_option jk_json_options[] = {
    {"json", .kind = JK_OPTION_FILE_OUT, JK_FIELD(jk_cli_common, json_path), .value = "F",
     .help = "The same figures, all of them, as JSON; - is stdout, instead of the tables"},
    {0},
};

const jk_option jk_language_options[] = {
    {"language", .kind = JK_OPTION_CHOICE, .is_idle = true, JK_FIELD(jk_cli_common, language), .value = "LANGUAGE",
     .choices = jk_language_names, .standard = "en",
     .help = "Language of the tables and pages that people read, with its numbers and dates; JSON and CSV stay as they "
             "are"},
    {0},
};

const jk_option jk_workbook_options[] = {
    {"xlsx", .kind = JK_OPTION_FILE_OUT, JK_FIELD(jk_cli_common, xlsx_path), .value = "F.xlsx", .no_stdout = true,
     .help = "The same tables as a workbook for a spreadsheet program: formats, filters, sums, charts"},
    {0},
};

static void read_part(jk_usage *usage, const char *name, char *text, void *field) {
    int *part = field; /* and part_count behind it */
    char *slash = strchr(text, '/');
    int64_t number = 0, count = 0;
    bool good = slash != NULL && jk_text_to_integer(text, (size_t)(slash - text), &number) &&
                jk_text_to_integer(slash + 1, strlen(slash + 1), &count);
    if (!good || count < 1 || count > JK_PARTS_MAX || number < 1 || number > count) {
        jk_usage_error(usage, "%s: '%s' is not a part; expected K/N with 1 <= K <= N <= %d, for example 3/8", name,
                       text, (int)JK_PARTS_MAX);
        return;
    }
    part[0] = (int)number;
    part[1] = (int)count;
}

static_assert(offsetof(jk_cli_common, part_count) == offsetof(jk_cli_common, part) + sizeof(int), "read_part");

const jk_option jk_part_options[] = {
    {"part", .kind = JK_OPTION_SPECIAL, .read = read_part, .is_idle = true, JK_FIELD(jk_cli_common, part),
     .value = "K/N", .needs = "partial", .otherwise = "all claims", .example = "3/8",
     .help = "Do part K of N alone; jalki merge makes the whole of all parts, see docs/cluster.md"},
    {"partial", .kind = JK_OPTION_FILE_OUT, .of_parts = true, JK_FIELD(jk_cli_common, partial_path), .value = "P.json",
     .needs = "part", .no_stdout = true, .help = "The part's exact sums, for jalki merge"},
    {0},
};

void jk_cli_read_currency(jk_usage *usage, const char *name, char *text, void *field) {
    if (strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3) {
        jk_usage_error(usage, "%s: '%s' is not a currency of three capital letters", name, text);
    }
    *(const char **)field = text;
}

const jk_option jk_valuing_options[] = {
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(jk_cli_valuing, model_path), .value = "M.yaml",
     .is_needed = true, .help = "Model file"},
    {"set", .kind = JK_OPTION_TEXT, JK_FIELD(jk_cli_valuing, changes.change),
     JK_SEVERAL(jk_cli_valuing, changes.count, JK_CLI_CHANGES_MAX), .value = "KEY=VALUE", .otherwise = "as in the file",
     .example = "cost_inflation=0.03", .help = "Another value for a key of the model"},
    {"currency", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_currency, JK_FIELD(jk_cli_valuing, currency),
     .value = "CODE", .otherwise = "the model's base currency", .example = "SEK",
     .help = "Tell amounts in this currency, at the rates of the model's fx; amounts of other options are in it, too"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(jk_cli_valuing, cutoff), .value = "DATE", .otherwise = "the tape's",
     .help = "Valuation date, YYYY-MM-DD", .example = "2026-06-30"},
    {0},
};

const jk_option jk_memory_options[] = {
    {"memory", .kind = JK_OPTION_SIZE, .is_idle = true, JK_FIELD(jk_cli_valuing, memory), .value = "SIZE",
     .otherwise = "no bound", .help = "Most memory to take, for example 500M or 2G", .example = "500M"},
    {"explain-memory", .kind = JK_OPTION_FLAG, .is_idle = true, JK_FIELD(jk_cli_valuing, explain_memory),
     .help = "Say on stderr what memory the run takes before it starts"},
    {0},
};

const jk_option jk_irr_options[] = {
    {"irr", .kind = JK_OPTION_RETURN, JK_FIELD(jk_cli_valuing, irr), .value = "RATE", .otherwise = "the model's",
     .help = "Required yearly return, 0.15 is 15 %", .example = "0.15"},
    {0},
};

const jk_option jk_sell_options[] = {
    {"sell", .kind = JK_OPTION_FLAG, JK_FIELD(jk_cli_valuing, sell), .otherwise = "never",
     .help = "Let claims be sold on where that is worth most"},
    {0},
};

const jk_option jk_curse_options[] = {
    {"no-curse", .kind = JK_OPTION_FLAG, JK_FIELD(jk_cli_valuing, no_curse),
     .otherwise = "measured where fit left a covariance beside the model",
     .help = "Do not measure what the plan of a fitted model loses by not knowing its figures exactly"},
    {0},
};

/* ---- history --------------------------------------------------------------------------------------------------- */

static const char *const keys[] = {"debtor", "claim", NULL}; /* as jk_panel_key */

const jk_option jk_history_options[] = {
    {"key", .kind = JK_OPTION_CHOICE, JK_FIELD(jk_panel_filter, key), .value = "KEY", .choices = keys,
     .standard = "debtor", .help = "What is split"},
    {"from", .kind = JK_OPTION_DATE, JK_FIELD(jk_panel_filter, from), .value = "DATE", .example = "2024-01-01",
     .help = "Only periods that start on this day or later"},
    {"to", .kind = JK_OPTION_DATE, JK_FIELD(jk_panel_filter, to), .value = "DATE", .example = "2025-01-01",
     .help = "Only periods that start before this day"},
    {0},
};

void jk_cli_read_split(jk_usage *usage, const char *name, char *text, void *field) {
    if (!jk_panel_split_parse(text, field)) {
        jk_usage_error(usage, "%s: '%s' is not LOW-HIGH of two different numbers from 0 to 100", name, text);
    }
}

void jk_cli_check_history(jk_usage *usage, const jk_panel_filter *filter) {
    if (filter->from != JK_MISSING_INTEGER && filter->to != JK_MISSING_INTEGER && filter->from >= filter->to) {
        jk_usage_error(usage, "--from must be before --to");
    }
    if (jk_usage_given(usage, "split") && jk_usage_given(usage, "holdout")) {
        jk_usage_error(usage, "--split and --holdout say the same; expected one of them, once");
    }
}

void jk_cli_read_rejects(jk_usage *usage, const char *name, char *text, void *field) {
    size_t length = strlen(text);
    bool share = length > 0 && text[length - 1] == '%';
    double value = 0.0;
    if (!jk_text_to_real(text, share ? length - 1 : length, &value) || value < 0.0 || (share && value > 100.0) ||
        (!share && (value > 1e15 || value != (double)(int64_t)value))) {
        jk_usage_error(usage, "%s: '%s' is neither a whole number of rows nor a share such as 1%%", name, text);
    }
    *(jk_cli_rejects *)field = (jk_cli_rejects){share ? value / 100.0 : value, share};
}
