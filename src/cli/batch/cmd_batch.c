/* SPDX-License-Identifier: Apache-2.0 */
/* jalki batch: many runs in one file, and what came of them in one table. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "cli/batch/batch_run.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/xlsx.h"

typedef struct batch_arguments {
    jk_cli_common common;
    const char *path, *page_path, *title;
    int at_once;
    size_t memory;
    bool list;
} batch_arguments;

static const jk_option options[] = {
    {"jobs", 'j', JK_OPTION_INTEGER, .is_idle = true, JK_FIELD(batch_arguments, at_once), .value = "N", .low = 1,
     .high = 1024, .standard = "1", .help = "Jobs that run at the same time; they share the threads"},
    {"memory", .kind = JK_OPTION_SIZE, .is_idle = true, JK_FIELD(batch_arguments, memory), .value = "SIZE",
     .standard = "1G", .help = "Most memory for columns of a tape that jobs share; beyond it each reads for itself"},
    {"list", .kind = JK_OPTION_FLAG, JK_FIELD(batch_arguments, list),
     .help = "Only show the jobs, as command lines in the order in which they would run"},
    {0},
};

static const jk_option outputs[] = {
    {"page", .kind = JK_OPTION_FILE_OUT, JK_FIELD(batch_arguments, page_path), .value = "F.html", .no_stdout = true,
     .help = "A page with the portfolios side by side, sums, and links to what the jobs wrote"},
    {"title", .kind = JK_OPTION_TEXT, JK_FIELD(batch_arguments, title), .value = "TEXT",
     .standard = "What came of the jobs", .help = "Heading of the page"},
    {0},
};

/* ---- showing ---------------------------------------------------------------------------------------------------- */

/* A word of a command line as a shell would take it. */
static void print_word(const char *word) {
    bool plain = word[0] != '\0' && strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                                 "-_./,:=@%+") == strlen(word);
    if (plain) {
        (void)printf(" %s", word);
        return;
    }
    (void)fputs(" '", stdout);
    for (const char *c = word; *c != '\0'; c++) {
        (void)(*c == '\'' ? fputs("'\\''", stdout) : putchar(*c));
    }
    (void)putchar('\'');
}

static int print_list(const jk_batch *batch) {
    for (size_t i = 0; i < batch->job_count; i++) {
        const jk_batch_job *job = &batch->jobs[batch->order[i]];
        (void)printf("%s: jalki %s", job->name, job->command);
        for (size_t a = 0; a < job->argument_count; a++) {
            print_word(job->arguments[a]);
        }
        if (job->shown != NULL) {
            (void)fputs(" >", stdout);
            print_word(job->shown);
        }
        (void)putchar('\n');
    }
    return jk_cli_finish();
}

static size_t count_of(const jk_batch *batch, jk_job_state state) {
    size_t count = 0;
    for (size_t j = 0; j < batch->job_count; j++) {
        count += batch->jobs[j].state == state;
    }
    return count;
}

static int print_sums(const jk_batch *batch) {
    jk_listing sums = jk_batch_sums_listing(batch);
    double read = 0.0, shared = 0.0;
    for (size_t j = 0; j < batch->job_count; j++) {
        read += 1e-6 * (double)batch->jobs[j].read_bytes;
        shared += 1e-6 * (double)batch->jobs[j].shared_bytes;
    }
    if (shared > 0.0) {
        (void)printf("\nColumns of tapes: %.1f MB read from files, %.1f MB had from jobs before\n", read, shared);
    }
    return sums.rows > 0 ? jk_cli_listing_table(&sums, &(jk_cli_listing_view){.title = "Sums", .money_decimals = 0})
                         : 0;
}

static int print(const batch_arguments *arguments, const jk_batch *batch) {
    jk_listing listing = jk_batch_listing(batch);
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_batch_json(batch));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    int failed = jk_cli_listing_table(&listing, &(jk_cli_listing_view){.title = "Jobs", .money_decimals = 0});
    (void)printf("\n%zu jobs: %zu done, %zu failed, %zu skipped\n", batch->job_count, count_of(batch, JK_JOB_DONE),
                 count_of(batch, JK_JOB_FAILED), count_of(batch, JK_JOB_SKIPPED));
    for (size_t j = 0; j < batch->job_count; j++) {
        const jk_batch_job *job = &batch->jobs[j];
        if (job->state != JK_JOB_DONE) {
            (void)printf("  %s %s: %s\n", job->name, jk_job_state_name(job->state), job->message);
        }
    }
    failed |= print_sums(batch);
    return failed | jk_cli_finish();
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

static jk_status write_workbook(const batch_arguments *arguments, const jk_batch *batch, jk_error *error) {
    static const char *const charted[] = {"bid", NULL};
    jk_listing listing = jk_batch_listing(batch), sums = jk_batch_sums_listing(batch);
    const jk_xlsx_table tables[] = {
        {.sheet = "Jobs", .title = "What came of the jobs", .listing = &listing, .charted = charted, .bars = true},
        {.sheet = "Sums", .title = "What they come to", .listing = &sums},
    };
    jk_xlsx *book = NULL;
    if (arguments->common.xlsx_path == NULL) {
        return JK_OK;
    }
    JK_TRY(jk_xlsx_open(arguments->common.xlsx_path, "the job's currency", false, &book, error));
    jk_status status = jk_xlsx_add(book, &tables[0], error);
    status = status == JK_OK ? jk_xlsx_add(book, &tables[1], error) : status;
    if (status != JK_OK) {
        jk_xlsx_abort(book);
        return status;
    }
    jk_json_builder b = {0};
    char *manifest = jk_json_text(&b, jk_run_record_manifest(&b), JSON_INDENT(2));
    status = jk_xlsx_commit(book, manifest, error);
    free(manifest);
    return status;
}

static jk_status write_files(const batch_arguments *arguments, const jk_batch *batch, jk_error *error) {
    JK_TRY(write_workbook(arguments, batch, error));
    if (arguments->page_path != NULL) {
        JK_TRY(jk_batch_page(arguments->page_path, arguments->title, arguments->path, batch, error));
    }
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path, jk_batch_json(batch), error)
               : JK_OK;
}

/* ---- the command ------------------------------------------------------------------------------------------------ */

static int run_batch(void *command) {
    batch_arguments *arguments = command;
    const jk_batch_wish wish = {&arguments->common, arguments->path, arguments->at_once, arguments->memory};
    jk_error error = {0};
    jk_batch batch = {0};
    if (jk_batch_load(arguments->path, &jk_cli_batch_rules, &batch, &error) != JK_OK) {
        return jk_cli_fail(&error);
    }
    if (arguments->list) {
        int code = print_list(&batch);
        jk_batch_reset(&batch);
        return code;
    }
    jk_status ran = jk_cli_batch_run(&wish, &batch, &error);
    int code = 0;
    if (ran == JK_OK || ran == JK_ERROR_INTERRUPTED) {
        jk_error own = {0};
        jk_status written = jk_batch_add_up(&batch, &own);
        written = written == JK_OK ? write_files(arguments, &batch, &own) : written;
        code = print(arguments, &batch);
        code = written != JK_OK ? jk_cli_fail(&own) : code;
    }
    code = ran != JK_OK ? jk_cli_fail(&error) : code;
    code = code == 0 && count_of(&batch, JK_JOB_DONE) < batch.job_count ? 1 : code;
    jk_batch_reset(&batch);
    return code;
}

const jk_command jk_command_batch = {
    .name = "batch",
    .summary = "many runs in one file, and what came of them in one table",
    .purpose =
        "Runs the jobs of a file: commands on portfolios, models and scenarios, also every combination of them. "
        "A job waits for those that write what it reads; jobs of one tape run one after the other, and what one has "
        "read of its columns the others have from memory. Jobs that fail are named and the rest is finished; exit code "
        "0 "
        "only where all are done.",
    .examples = {"jalki batch jobs.yaml", "jalki batch jobs.yaml --list",
                 "jalki batch jobs.yaml --jobs 4 --page monday.html --xlsx summary.xlsx --json summary.json"},
    .operand = {"batch", .kind = JK_OPTION_FILE_IN, JK_FIELD(batch_arguments, path), .value = "JOBS.yaml",
                .is_needed = true},
    .groups = {{NULL, options, 0, false}, {"Output", outputs, 0, false}, JK_JSON_GROUP, JK_WORKBOOK_GROUP},
    .size = sizeof(batch_arguments),
    .run = run_batch,
};
