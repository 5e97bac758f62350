/* SPDX-License-Identifier: Apache-2.0 */
/* Import of a canonical CSV tape into a store on disk, everything included: hashing, checks, rejects, dictionaries. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "jalki/generate.h"
#include "jalki/import.h"

typedef struct import_data {
    char source[512], output[512];
    const char *sources[1];
    jk_import_options options;
    jk_run run;
} import_data;

static void *set_up(const bench_case *self) {
    import_data *data = calloc(1, sizeof *data);
    if (data == NULL) {
        return NULL;
    }
    (void)strncpy(data->source, bench_path("import.csv"), sizeof data->source - 1);
    (void)strncpy(data->output, bench_path("import.h5"), sizeof data->output - 1);
    jk_generate_options tape = jk_generate_defaults();
    tape.rows = self->items;
    bench_must(jk_generate_csv(&tape, data->source, 0, NULL, bench_error()));
    data->sources[0] = data->source;
    data->options =
        (jk_import_options){.sources = data->sources, .source_count = 1, .output = data->output, .cutoff = tape.cutoff};
    data->run.threads = self->threads;
    return data;
}

static void run(void *context) {
    import_data *data = context;
    bench_must(jk_import(&data->options, &data->run, NULL, bench_error()));
}

static void tear_down(void *context) {
    import_data *data = context;
    (void)unlink(data->source);
    (void)unlink(data->output);
    free(data);
}

enum { ROW_BYTES = 177 /* mean length of a generated row */ };

static const bench_case cases[] = {
    {"import/csv/1", NULL, 1, 1000000, ROW_BYTES, set_up, run, tear_down, NULL},
    {"import/csv/2", NULL, 2, 1000000, ROW_BYTES, set_up, run, tear_down, NULL},
};
const bench_table bench_import = {cases, sizeof cases / sizeof cases[0]};
