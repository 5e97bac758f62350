/* SPDX-License-Identifier: Apache-2.0 */
/* A benchmark is a record in a table; shim.cc hands the tables to Google Benchmark. All of it is C but the shim.
 *
 * A case is set up when its turn comes and torn down before the next one is set up, so that only one case's data is
 * in memory. `run` is what is timed (wall clock). */
#ifndef JK_BENCH_BENCH_H
#define JK_BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bench_case {
    const char *name;      /* stage/what/variant/threads */
    const char *variant;   /* passed to setup: an instruction set, a shape of data; may be NULL */
    int threads;           /* passed to setup */
    size_t items;          /* claims per run; passed to setup */
    size_t bytes_per_item; /* read and written per claim; 0: not reported */
    void *(*setup)(const struct bench_case *self); /* NULL returned: does not run here, and the case says so */
    void (*run)(void *data);
    void (*teardown)(void *data);
    size_t (*bytes)(const void *data); /* instead of bytes_per_item, where only the data can tell; may be NULL */
} bench_case;

typedef struct bench_table {
    const bench_case *cases;
    size_t count;
} bench_table;

extern const bench_table bench_generate, bench_import, bench_stages, bench_plan, bench_value, bench_select, bench_store;

/* ---- help for cases (common.c) ---- */

/* Ends the program with a message if status is not JK_OK: a benchmark cannot go on without its data. */
void bench_must(int status);

/* Error object for library calls in benchmarks; bench_must prints it. */
struct jk_error *bench_error(void);

/* A path in the folder for temporary files (JALKI_BENCH_FOLDER, else /tmp); valid until the second next call. */
const char *bench_path(const char *name);

/* The shipped model (JALKI_BENCH_MODEL, else the one of the source tree). */
const char *bench_model_path(void);

#ifdef __cplusplus
}
#endif
#endif
