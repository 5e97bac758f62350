// SPDX-License-Identifier: Apache-2.0
// The only C++ of the project: registers the C tables of cases with Google Benchmark.
#include <benchmark/benchmark.h>

#include "bench.h"

static const bench_case *current; // the case whose data is in memory
static void *data;

static void run_case(benchmark::State &state, const bench_case *wanted) {
    if (current != wanted) {
        if (data != nullptr) {
            current->teardown(data);
        }
        current = wanted;
        data = wanted->setup(wanted);
    }
    if (data == nullptr) {
        state.SkipWithError("does not run on this machine");
        return;
    }
    for (auto _ : state) {
        wanted->run(data);
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * wanted->items));
    const size_t bytes = wanted->bytes != nullptr ? wanted->bytes(data) : wanted->bytes_per_item;
    if (bytes > 0) {
        state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * wanted->items * bytes));
    }
}

int main(int argc, char **argv) {
    for (const bench_table *table :
         {&bench_generate, &bench_import, &bench_stages, &bench_plan, &bench_value, &bench_select, &bench_store}) {
        for (size_t i = 0; i < table->count; i++) {
            const bench_case *one = &table->cases[i];
            benchmark::RegisterBenchmark(one->name, run_case, one)->UseRealTime()->Unit(benchmark::kMillisecond);
        }
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    if (data != nullptr) {
        current->teardown(data);
    }
    return 0;
}
