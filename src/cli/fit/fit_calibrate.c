/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/fit_calibrate.h"

#include <stdlib.h>

#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"
#include "jalki/calibrate.h"

enum { JSON_FLAGS = JSON_INDENT(2) | JSON_REAL_PRECISION(17) };

static char *json_of(const jk_own_calibration *calibration) {
    jk_json_builder b = {0};
    jk_listing listing = jk_own_calibration_listing(calibration);
    json_t *object = json_object();
    jk_json_put(&b, object, "model", jk_json_string(calibration->model->name));
    jk_json_put(&b, object, "model_sha256", json_string(calibration->model->sha256));
    jk_json_put(&b, object, "segments", jk_listing_json(&b, &listing));
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_FLAGS);
}

static int print(const jk_cli_common *common, const jk_own_calibration *calibration) {
    if (jk_cli_json_on_stdout(common)) {
        return jk_cli_print_text(json_of(calibration));
    }
    jk_listing listing = jk_own_calibration_listing(calibration);
    if (common->format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_listing_view view = {.title = "Slope and intercept of the score", .claims = "rows"};
    int failed = jk_cli_listing_table(&listing, &view);
    for (size_t g = 0; g < calibration->count; g++) {
        const jk_own_calibration_group *group = &calibration->groups[g];
        if (group->state != JK_CALIBRATED_NOT && !group->converged) {
            (void)printf("  %s: the search did not end; treat its figures with care\n", group->segment);
        }
        if (group->state != JK_CALIBRATED_NOT && group->slope < 0.0) {
            (void)printf("  %s: the slope is below 0: who scores high pays less; is the score the right way round?\n",
                         group->segment);
        }
    }
    return failed | jk_cli_finish();
}

int jk_cli_fit_calibrate(const jk_cli_common *common, const char *panel, const char *model_path,
                         const jk_fit_options *options, const char *out) {
    jk_error error = {0};
    jk_model *model = NULL;
    jk_own_calibration calibration = {0};
    jk_run run = jk_cli_run(common);
    jk_status status = jk_model_load(model_path, &model, &error);
    if (status == JK_OK) {
        status = jk_own_calibrate(panel, model, &options->filter, &run, &calibration, &error);
    }
    jk_cli_end_progress();
    if (status == JK_OK && jk_cli_json_to_file(common)) {
        status = jk_cli_write_text(common->json_path, json_of(&calibration), &error);
    }
    if (status == JK_OK && out != NULL) {
        status = jk_own_calibration_write(&calibration, options->name, out, &error);
    }
    int code = status == JK_OK ? print(common, &calibration) : jk_cli_fail(&error);
    jk_own_calibration_reset(&calibration);
    jk_model_free(model);
    return code;
}
