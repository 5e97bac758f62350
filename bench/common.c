/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "jalki/status.h"

static jk_error error;

jk_error *bench_error(void) {
    return &error;
}

void bench_must(int status) {
    if (status != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        (void)fprintf(stderr, "benchmark: %s\n", jk_error_text(&error, text, sizeof text));
        exit(1);
    }
}

const char *bench_path(const char *name) {
    static char paths[2][512];
    static int next;
    const char *folder = getenv("JALKI_BENCH_FOLDER");
    char *path = paths[next++ % 2];
    (void)snprintf(path, sizeof paths[0], "%s/jalki-bench-%ld-%s", folder == NULL ? "/tmp" : folder, (long)getpid(),
                   name);
    return path;
}

const char *bench_model_path(void) {
    const char *path = getenv("JALKI_BENCH_MODEL");
    return path == NULL ? JALKI_BENCH_SOURCE "/models/nordic.yaml" : path;
}
