/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/value/pair.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "cli/options/groups.h"
#include "jalki/findings.h"

const jk_option jk_pair_options[] = {
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(jk_cli_pair, model_path[0]), .value = "M.yaml",
     .otherwise = "the results'", .help = "Model file"},
    {"model-b", .kind = JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(jk_cli_pair, model_path[1]), .value = "M.yaml",
     .otherwise = "the results', or the first's", .help = "Model file of the second"},
    {"set", .kind = JK_OPTION_TEXT, JK_FIELD(jk_cli_pair, changes[0].change),
     JK_SEVERAL(jk_cli_pair, changes[0].count, JK_CLI_CHANGES_MAX), .value = "KEY=VALUE",
     .otherwise = "as in the file, or as the results were made with", .example = "cost_inflation=0.03",
     .help = "Another value for a key of the model; of both where they share one"},
    {"set-b", .kind = JK_OPTION_TEXT, JK_FIELD(jk_cli_pair, changes[1].change),
     JK_SEVERAL(jk_cli_pair, changes[1].count, JK_CLI_CHANGES_MAX), .value = "KEY=VALUE",
     .otherwise = "the first's where they share a model", .example = "cost_inflation=0.04",
     .help = "Another value for a key of the second's model, instead of the first's"},
    {"currency", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_currency, JK_FIELD(jk_cli_pair, currency),
     .value = "CODE", .otherwise = "that of the first's results, or the model's base currency", .example = "SEK",
     .help = "Tell amounts of both in this currency, each at the rates of its model's fx"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(jk_cli_pair, cutoff[0]), .value = "DATE", .otherwise = "the tape's",
     .help = "Valuation date of the first, YYYY-MM-DD", .example = "2026-06-30"},
    {"cutoff-b", .kind = JK_OPTION_DATE, JK_FIELD(jk_cli_pair, cutoff[1]), .value = "DATE", .otherwise = "the tape's",
     .help = "Valuation date of the second", .example = "2026-09-30"},
    {"irr", .kind = JK_OPTION_RETURN, JK_FIELD(jk_cli_pair, irr[0]), .value = "RATE", .otherwise = "the model's",
     .help = "Required yearly return, 0.15 is 15 %", .example = "0.15"},
    {"irr-b", .kind = JK_OPTION_RETURN, JK_FIELD(jk_cli_pair, irr[1]), .value = "RATE",
     .otherwise = "the first's where that is given, else the model's", .help = "Required yearly return of the second",
     .example = "0.18"},
    {"sell", .kind = JK_OPTION_FLAG, JK_FIELD(jk_cli_pair, sell), .otherwise = "never",
     .help = "Let claims be sold on where that is worth most"},
    {"memory", .kind = JK_OPTION_SIZE, JK_FIELD(jk_cli_pair, memory), .value = "SIZE", .otherwise = "no bound",
     .is_idle = true, .help = "Most memory to take, for example 500M or 2G", .example = "2G"},
    {0},
};

void jk_cli_pair_check(jk_usage *usage, const jk_cli_pair *pair) {
    if (pair->path_count != 2) {
        jk_usage_error(usage, "two tapes, or two files of results, are needed: the earlier first; found %zu",
                       pair->path_count);
    }
}

/* Where a file is no results it is left to be a tape. */
static jk_status open_tape(jk_cli_pair *pair, int side, jk_error *error) {
    jk_error ignored = {0};
    const char *path = pair->paths[side];
    if (jk_origin_read(path, &pair->origin[side], &ignored) != JK_OK) {
        return jk_tape_open(path, &pair->tape[side], error);
    }
    const jk_origin *origin = &pair->origin[side];
    pair->cutoff[side] = pair->cutoff[side] == JK_MISSING_INTEGER ? origin->cutoff : pair->cutoff[side];
    pair->irr[side] = isnan(pair->irr[side]) ? origin->irr : pair->irr[side];
    pair->sell = pair->sell || origin->sell != 0;
    return jk_tape_open(origin->tape_path, &pair->tape[side], error);
}

/* Changes of a side's model: its own, else those that its results were made with, else those of the first. */
static void choose_changes(jk_cli_pair *pair, int side, bool shared) {
    const jk_origin *origin = &pair->origin[side];
    jk_cli_changes *used = &pair->used[side];
    *used = shared && pair->changes[side].count == 0 ? pair->changes[0] : pair->changes[side];
    if (pair->model_path[side] == NULL && pair->changes[side].count == 0 && origin->change_count > 0) {
        used->count = 0;
        for (size_t i = 0; i < origin->change_count && i < JK_CLI_CHANGES_MAX; i++) {
            used->change[used->count++] = origin->changes[i];
        }
    }
}

static bool same_changes(const jk_cli_changes *one, const jk_cli_changes *other) {
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++) {
        same = strcmp(one->change[i], other->change[i]) == 0;
    }
    return same;
}

static jk_status open_model(jk_cli_pair *pair, int side, const jk_cli_common *common, jk_error *error) {
    const char *given = pair->model_path[side];
    const char *named = pair->origin[side].model_path;
    const char *path = given != NULL ? given : named;
    path = path == NULL && side == 1 ? pair->model[0]->path : path;
    if (path == NULL || path[0] == '\0') {
        return jk_fail(error, JK_ERROR_ARGUMENT, pair->paths[side], 0, NULL,
                       "is a tape, which names no model; expected --model M.yaml");
    }
    choose_changes(pair, side, side == 1 && given == NULL && named == NULL);
    if (side == 1 && strcmp(path, pair->model[0]->path) == 0 && same_changes(&pair->used[0], &pair->used[1])) {
        pair->model[1] = pair->model[0];
    } else {
        JK_TRY(jk_cli_load_model(common, path, pair->used[side].change, pair->used[side].count,
                                 pair->currency != NULL ? pair->currency : pair->origin[0].currency, &pair->model[side],
                                 error));
    }
    return given == NULL && named != NULL && pair->changes[side].count == 0
               ? jk_origin_check(&pair->origin[side], pair->tape[side], pair->model[side], error)
               : JK_OK;
}

jk_status jk_cli_pair_open(jk_cli_pair *pair, const jk_cli_common *common, jk_error *error) {
    bool given = !isnan(pair->irr[0]);
    for (int side = 0; side < 2; side++) {
        JK_TRY(open_tape(pair, side, error));
        JK_TRY(open_model(pair, side, common, error));
        pair->side[side] = (jk_compare_side){
            .tape = pair->tape[side], .model = pair->model[side], .cutoff = pair->cutoff[side], .irr = pair->irr[side]};
    }
    if (given && isnan(pair->side[1].irr)) {
        pair->side[1].irr = pair->irr[0];
    }
    const char *pseudonyms = pair->options.pseudonyms;
    pair->options = (jk_compare_options){.pseudonyms = pseudonyms,
                                         .allow = pair->sell ? JK_ALLOW_ALL : JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL),
                                         .memory = pair->memory,
                                         .run = jk_cli_run(common)};
    return JK_OK;
}

void jk_cli_pair_close(jk_cli_pair *pair) {
    if (pair->model[1] != pair->model[0]) {
        jk_model_free(pair->model[1]);
    }
    jk_model_free(pair->model[0]);
    for (int side = 0; side < 2; side++) {
        jk_tape_close(pair->tape[side]);
        jk_origin_reset(&pair->origin[side]);
    }
}
