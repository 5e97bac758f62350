/* SPDX-License-Identifier: Apache-2.0 */
/* The library in forty lines: what a tape is worth, by segment.     value TAPE.h5 MODEL.yaml
 *
 *     cc value.c $(pkg-config --cflags --libs jalki)       or CMakeLists.txt beside this file */
#include <stdio.h>

#include <jalki/jalki.h>

static jk_status value_tape(const char *tape_path, const char *model_path, jk_tape **tape, jk_model **model,
                            jk_valuation *valuation, jk_error *error) {
    jk_status status = jk_tape_open(tape_path, tape, error);
    if (status == JK_OK) {
        status = jk_model_load(model_path, model, error);
    }
    if (status == JK_OK) {
        jk_value_options options = jk_value_defaults();
        options.irr = 0.15; /* required yearly return */
        status = jk_value_run(*tape, *model, &options, NULL, 0, valuation, error);
    }
    return status;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: value TAPE.h5 MODEL.yaml\n");
        return 2;
    }
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_model *model = NULL;
    jk_valuation valuation = {0};
    jk_status status = value_tape(argv[1], argv[2], &tape, &model, &valuation, &error);
    if (status == JK_OK) {
        for (size_t s = 0; s < valuation.segment_count; s++) {
            printf("%-24s %12.2f\n", valuation.segment_id[s], valuation.segment[s].value);
        }
        printf("%-24s %12.2f\n", "all", valuation.total.value);
    } else {
        char text[JK_ERROR_TEXT_MAX];
        fprintf(stderr, "%s\n", jk_error_text(&error, text, sizeof text));
    }
    jk_valuation_reset(&valuation);
    jk_model_free(model);
    jk_tape_close(tape);
    return status == JK_OK ? 0 : 1;
}
