/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory a run takes, known before it starts, and the largest blocks that fit a bound. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/team/parallel.h"
#include "value/engine.h"

enum { BLOCK_ROWS_SMALLEST = 256, BLOCK_ROWS_LARGEST = 1 << 20, SMALL_TAPE_BLOCK = 2048 };

/* Large blocks suit the plan stage, but a small tape should still keep every thread busy. */
static size_t choose_block_rows(const jk_engine *engine, const jk_run *run) {
    size_t wanted = run->block_rows;
    if (wanted == 0) {
        size_t fair = (engine->end_row - engine->first_row) / (2 * (size_t)jk_threads(run));
        wanted = fair < SMALL_TAPE_BLOCK ? SMALL_TAPE_BLOCK : fair;
        wanted = wanted < JK_PLAN_BLOCK_ROWS ? wanted : JK_PLAN_BLOCK_ROWS;
    }
    wanted = wanted < BLOCK_ROWS_LARGEST ? wanted : BLOCK_ROWS_LARGEST;
    return wanted < engine->rows || engine->rows == 0 ? wanted : engine->rows;
}

/* What the process holds now, plus a margin for code and buffers that are touched only during the run. */
static size_t program_bytes(void) {
    const size_t margin = (size_t)1 << 20;
    size_t pages = (size_t)3 << 10; /* where the system does not tell: a guess from Linux */
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL) {
        char text[128] = "";
        char *end = text;
        if (fgets(text, sizeof text, file) != NULL) {
            (void)strtoull(text, &end, 10);
            unsigned long long resident = strtoull(end, NULL, 10);
            pages = resident > 0 ? (size_t)resident : pages;
        }
        (void)fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE) + margin;
}

const jk_plan *jk_engine_largest_plan(const jk_engine *engine) {
    const jk_plan *largest = engine->plan[0];
    for (size_t c = 1; c < engine->case_count; c++) {
        bool larger = jk_plan_workspace_size(engine->plan[c], 1) > jk_plan_workspace_size(largest, 1);
        largest = larger ? engine->plan[c] : largest;
    }
    return largest;
}

static size_t thread_bytes(const jk_engine *engine, size_t block_rows) {
    jk_worker worker;
    size_t bytes = jk_worker_layout(engine, block_rows, NULL, &worker);
    bytes += jk_plan_workspace_size(jk_engine_largest_plan(engine), block_rows);
    for (size_t c = 0; c < engine->case_count; c++) {
        bytes += engine->kept[c] ? jk_plan_policy_size(engine->plan[c], block_rows) : 0;
    }
    for (size_t s = 0; s < engine->sink_count; s++) {
        bytes += engine->sinks[s].row_bytes * block_rows;
    }
    return bytes;
}

/* Cash flows of the finished valuations. */
static size_t valuations_bytes(const jk_engine *engine) {
    size_t cells = (size_t)engine->model->horizon_months * engine->model->segment_count * JK_FLOW_COUNT;
    return engine->case_count * cells * sizeof(int64_t);
}

static void fill(const jk_engine *engine, jk_value_memory *memory) {
    memory->per_thread = thread_bytes(engine, memory->block_rows);
    memory->sinks = 0;
    for (size_t s = 0; s < engine->sink_count; s++) {
        memory->sinks += engine->sinks[s].held;
        memory->per_thread += engine->sinks[s].thread_held;
    }
    memory->total = memory->program + memory->debtors + memory->sinks + (size_t)memory->threads * memory->per_thread;
}

jk_status jk_engine_plan_memory(const jk_engine *engine, const jk_value_options *options, jk_value_memory *memory,
                                jk_error *error) {
    *memory = (jk_value_memory){
        .threads = jk_threads(&options->run),
        .block_rows = choose_block_rows(engine, &options->run),
        .program = program_bytes() + jk_tape_cache_size(engine->tape, engine->columns) + valuations_bytes(engine),
        .debtors = jk_tape_debtors(engine->tape) * (2 * sizeof(int64_t) + sizeof(uint32_t)),
    };
    fill(engine, memory);
    while (options->memory > 0 && memory->total > options->memory) {
        if (memory->block_rows > BLOCK_ROWS_SMALLEST) {
            memory->block_rows =
                memory->block_rows / 2 > BLOCK_ROWS_SMALLEST ? memory->block_rows / 2 : BLOCK_ROWS_SMALLEST;
        } else if (memory->threads > 1) {
            memory->threads--;
        } else {
            return jk_fail(
                error, JK_ERROR_MEMORY, NULL, 0, "memory",
                "%zu MB is not enough; expected at least %zu MB (program %zu, sums of %zu debtors %zu, what is "
                "made of the claims %zu, one block %zu)",
                options->memory >> 20, (memory->total >> 20) + 1, memory->program >> 20, jk_tape_debtors(engine->tape),
                memory->debtors >> 20, memory->sinks >> 20, memory->per_thread >> 20);
        }
        fill(engine, memory);
    }
    return JK_OK;
}
