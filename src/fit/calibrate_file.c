/* SPDX-License-Identifier: Apache-2.0 */
/* The calibrated model: a file that includes the model's and adds slopes and intercepts to its segments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/run_record.h"
#include "base/file/sha256.h"
#include "base/number/calendar.h"
#include "base/text/text.h"
#include "base/text/yaml_write.h"
#include "base/words/listing.h"
#include "fit/fit_lineage.h"
#include "jalki/calibrate.h"
#include "model/file/include.h"

enum { DAY_SECONDS = 86400, DIGITS = 8, VERSION_TEXT = 32 };

/* How the model's file is named from beside `path`: by its name where it lies in the same folder, else in full. */
static char *name_from(const char *path, const char *model) {
    char *folder = strdup(path), *real = realpath(model, NULL), *name = NULL;
    char *slash = folder != NULL ? strrchr(folder, '/') : NULL;
    if (slash != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
    }
    char *here = folder != NULL ? realpath(slash != NULL ? folder : ".", NULL) : NULL;
    if (real != NULL && here != NULL) {
        size_t length = strcmp(here, "/") == 0 ? 0 : strlen(here);
        bool below = strncmp(real, here, length) == 0 && real[length] == '/';
        name = strdup(below ? real + length + 1 : real);
    }
    free(folder);
    free(real);
    free(here);
    return name;
}

static void write_group(FILE *out, const jk_own_calibration_group *group) {
    (void)fputs("  - id: ", out);
    jk_yaml_write_text(out, group->segment);
    (void)fputs("\n    own_score: {slope: ", out);
    jk_yaml_write_number(out, group->slope);
    (void)fputs(", intercept: ", out);
    jk_yaml_write_number(out, group->intercept);
    (void)fputs("} # ", out);
    if (group->state == JK_CALIBRATED_NOT) {
        (void)fputs("no cash: as before\n", out);
        return;
    }
    (void)fprintf(out, "s.e. %.3g and %.3g; ", group->slope_error, group->intercept_error);
    (void)fprintf(out, "%s%zu rows of %zu debtors, of whom %zu paid\n",
                  group->state == JK_CALIBRATED_BY_ALL  ? "of all segments together: "
                  : group->state == JK_CALIBRATED_LEVEL ? "one score: the intercept alone; "
                                                        : "",
                  group->rows, group->debtors, group->payers);
}

static void write_file(FILE *out, const jk_own_calibration *from, const char *name, const char *include,
                       const char *version) {
    char date[JK_DATE_TEXT];
    (void)fputs("# SPDX-License-Identifier: Apache-2.0\n# Slope and intercept of a score that somebody else made, "
                "by segment; all else is that of the model it includes.\n# Standard errors are clustered by debtor.\n"
                "jalki_model: 1\ninclude: ",
                out);
    jk_yaml_write_text(out, include);
    (void)fputs("\nname: ", out);
    if (name != NULL) {
        jk_yaml_write_text(out, name);
    } else {
        char made[256];
        (void)snprintf(made, sizeof made, "%.200s-calibrated", from->model->name);
        jk_yaml_write_text(out, made);
    }
    (void)fputc('\n', out);
    if (version != NULL) {
        (void)fprintf(out, "version: \"%s\"\nlineage:\n  fitted_on: \"%s\"\n  program: \"jalki %s\"\n", version,
                      jk_date_format((int32_t)(jk_run_seconds() / DAY_SECONDS), date), JALKI_VERSION);
        jk_fit_write_source(out, "parents", from->model->name, from->model->version, from->model->sha256);
        jk_fit_write_source(out, "data", from->source, NULL, from->sha256);
    }
    (void)fputs("segments+:\n", out);
    for (size_t g = 1; g < from->count; g++) {
        write_group(out, &from->groups[g]);
    }
}

static jk_status make_text(const jk_own_calibration *from, const char *name, const char *include, const char *version,
                           char **text, size_t *length, jk_error *error) {
    free(*text);
    *text = NULL;
    FILE *stream = jk_text_open(text, length);
    JK_TRY(jk_held(stream != NULL, error, "the model"));
    write_file(stream, from, name, include, version);
    return jk_held(jk_text_close(stream, text), error, "the model");
}

jk_status jk_own_calibration_write(const jk_own_calibration *calibration, const char *name, const char *path,
                                   jk_error *error) {
    char *text = NULL, *include = name_from(path, calibration->model->path), sha256[65], version[VERSION_TEXT];
    char date[JK_DATE_TEXT];
    size_t length = 0;
    jk_status status = JK_OK;
    if (include == NULL) {
        JK_TRY_CLEANUP(jk_fail(error, JK_ERROR_IO, calibration->model->path, 0, NULL,
                               "its place is not known any more; expected the model's file where it was"));
    }
    JK_TRY_CLEANUP(make_text(calibration, name, include, NULL, &text, &length, error));
    jk_sha256_text_of(text, length, sha256);
    (void)snprintf(version, sizeof version, "%s.%.*s", jk_date_format(calibration->span_end, date), DIGITS, sha256);
    JK_TRY_CLEANUP(make_text(calibration, name, include, version, &text, &length, error));
    status = jk_output_write(path, JK_OUTPUT_PLAIN, text, length, error);
cleanup:
    free(text);
    free(include);
    return status;
}

/* ---- as rows ---------------------------------------------------------------------------------------------------- */

enum {
    SEGMENT,
    STATE,
    ROWS,
    WITHOUT,
    DEBTORS,
    PAYERS,
    CASH,
    EXPECTED,
    SLOPE,
    SLOPE_ERROR,
    INTERCEPT,
    INTERCEPT_ERROR,
    COVARIANCE,
    SLOPE_BEFORE,
    INTERCEPT_BEFORE,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [SEGMENT] = JK_LISTED_TEXT("segment", "segment", "Its id; all: all together"),
    [STATE] =
        JK_LISTED_TEXT("state", "by", "its rows, all segments, the level alone (one score), or nothing (no cash)"),
    [ROWS] = JK_LISTED_COUNT("rows", "rows", "Rows of history with a score"),
    [WITHOUT] = JK_LISTED_COUNT("without_score", NULL, "Rows without, or with a special value"),
    [DEBTORS] = JK_LISTED_COUNT("debtors", "debtors", "Debtors of the rows"),
    [PAYERS] = JK_LISTED_COUNT("payers", "paid", "Those of them who paid"),
    [CASH] = JK_LISTED_MONEY("cash", "came in", "What the rows brought"),
    [EXPECTED] = JK_LISTED_MONEY("expected", "expected", "What the model expected of them before"),
    [SLOPE] = {"slope", "slope", "", "Of the score", JK_LISTING_NUMBER, 6},
    [SLOPE_ERROR] = {"slope_error", "s.e.", "", "Its standard error", JK_LISTING_NUMBER, 6},
    [INTERCEPT] = {"intercept", "intercept", "", "Added to it", JK_LISTING_NUMBER, 6},
    [INTERCEPT_ERROR] = {"intercept_error", "s.e.", "", "Its standard error", JK_LISTING_NUMBER, 6},
    [COVARIANCE] = {"covariance", NULL, "", "Of slope and intercept", JK_LISTING_NUMBER, 9},
    [SLOPE_BEFORE] = {"slope_before", NULL, "", "Of the model as it was", JK_LISTING_NUMBER, 6},
    [INTERCEPT_BEFORE] = {"intercept_before", NULL, "", "Likewise", JK_LISTING_NUMBER, 6},
};

static jk_status cells_of(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    static const char *const states[] = {"its rows", "all segments", "the level alone", "nothing"};
    const jk_own_calibration_group *group = &((const jk_own_calibration *)listing->source[0])->groups[i];
    (void)error;
    jk_cell_set(&cells[SEGMENT], group->segment);
    jk_cell_set(&cells[STATE], states[group->state]);
    const double numbers[COLUMNS] = {[ROWS] = (double)group->rows,
                                     [WITHOUT] = (double)group->without_score,
                                     [DEBTORS] = (double)group->debtors,
                                     [PAYERS] = (double)group->payers,
                                     [CASH] = group->cash,
                                     [EXPECTED] = group->expected,
                                     [SLOPE] = group->slope,
                                     [SLOPE_ERROR] = group->slope_error,
                                     [INTERCEPT] = group->intercept,
                                     [INTERCEPT_ERROR] = group->intercept_error,
                                     [COVARIANCE] = group->covariance,
                                     [SLOPE_BEFORE] = group->slope_before,
                                     [INTERCEPT_BEFORE] = group->intercept_before};
    for (int c = ROWS; c < COLUMNS; c++) {
        cells[c].number = numbers[c];
    }
    return JK_OK;
}

jk_listing jk_own_calibration_listing(const jk_own_calibration *calibration) {
    return JK_LISTING_OF("calibration", columns, calibration != NULL ? calibration->count : 0, cells_of, calibration);
}
