/* SPDX-License-Identifier: Apache-2.0 */
/* jalki version: which version this is, and what is built into it. */
#include <omp.h>

#include "base/lanes/isa.h"
#include "base/number/dense.h"
#include "base/team/team.h"
#include "base/words/listing.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
#include "cli/print/listing_print.h"
#include "cli/print/record.h"
#include "jalki/exchange.h"
#include "jalki/page.h"
#include "jalki/sql.h"

typedef struct version_arguments {
    jk_cli_common common;
    bool features;
} version_arguments;

static const jk_option options[] = {
    {"features", .kind = JK_OPTION_FLAG, JK_FIELD(version_arguments, features),
     .help = "What is built in, and what this machine offers"},
    {0},
};

typedef struct feature {
    const char *name, *meaning;
    bool present;
} feature;

static int print_features(const version_arguments *arguments) {
    const feature features[] = {
        {"charts", "charts in reports (report, backtest --html)", jk_page_has_charts() != 0},
        {"reprice", "pages that price their portfolio again (report)", jk_page_has_engine() != 0},
        {"mpi", jk_team_mpi() != NULL ? jk_team_mpi() : "ranks on several hosts: the program jalki-mpi",
         jk_team_mpi() != NULL},
        {"trees", "growing boosted trees (fit --trees); models with trees are always scored", JK_HAS_TREES != 0},
        {"openblas", "matrix products of wide networks by OpenBLAS; without it by our own, with the same bits",
         jk_dense_blas() != NULL},
        {"duckdb", "SQL and Parquet (sql, value --claims F.parquet), by DuckDB's library", jk_sql_check(NULL) == JK_OK},
        {"postgresql", "import and export of PostgreSQL, by libpq", jk_exchange_has_postgres() != 0},
        {"sqlite", "import and export of SQLite files, by its library", jk_exchange_has_sqlite() != 0},
        {"odbc", "import of whatever has a driver for ODBC, by unixODBC", jk_exchange_has_odbc() != 0},
    };
    jk_error error = {0};
    jk_isa isa = JK_ISA_BASE;
    if (jk_isa_choose(NULL, &isa, &error) != JK_OK) {
        return jk_cli_fail(&error);
    }
    enum { COUNT = sizeof features / sizeof features[0] };
    if (arguments->common.format == JK_FORMAT_JSON) {
        jk_json_builder b = {0};
        json_t *object = json_object();
        jk_json_put(&b, object, "version", json_string(JALKI_VERSION));
        jk_json_put(&b, object, "instruction_set", json_string(jk_isa_name(isa)));
        jk_json_put(&b, object, "threads", json_integer(omp_get_max_threads()));
        for (size_t i = 0; i < COUNT; i++) {
            jk_json_put(&b, object, features[i].name, json_boolean(features[i].present));
        }
        return jk_cli_print_text(jk_json_text(&b, object, 0));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        char threads[16];
        jk_listed *listed = jk_listed_create(&jk_cli_version_rows);
        (void)snprintf(threads, sizeof threads, "%d", omp_get_max_threads());
        jk_listed_texts(listed, "version", JALKI_VERSION, "");
        jk_listed_texts(listed, "instruction_set", jk_isa_name(isa), "JALKI_ISA chooses another");
        jk_listed_texts(listed, "threads", threads, "");
        for (size_t i = 0; i < COUNT; i++) {
            jk_listed_texts(listed, features[i].name, features[i].present ? "1" : "0", features[i].meaning);
        }
        return jk_cli_listed_csv(listed);
    }
    (void)printf("jalki " JALKI_VERSION "\ninstruction set  %s (JALKI_ISA chooses another)\nthreads          %d\n",
                 jk_isa_name(isa), omp_get_max_threads());
    for (size_t i = 0; i < COUNT; i++) {
        (void)printf("%-16s %-4s %s\n", features[i].name, features[i].present ? "yes" : "no", features[i].meaning);
    }
    return jk_cli_finish();
}

static int run_version(void *given) {
    const version_arguments *arguments = given;
    if (arguments->features || arguments->common.format != JK_FORMAT_TABLE) {
        return print_features(arguments);
    }
    (void)puts("jalki " JALKI_VERSION);
    return jk_cli_finish();
}

const jk_command jk_command_version = {
    .name = "version",
    .summary = "the version, and what is built in",
    .purpose = "Prints the version; with --features also what is built into this program and what the machine offers.",
    .examples = {"jalki version --features"},
    .groups = {{NULL, options, 0, false}},
    .size = sizeof(version_arguments),
    .run = run_version,
};
