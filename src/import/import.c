/* SPDX-License-Identifier: Apache-2.0 */
/* The import as a whole: open sources, plan, let the chunks flow, finish the store. */
#include "jalki/import.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/team/parallel.h"
#include "base/team/team.h"
#include "base/text/text.h"
#include "h5/h5.h"
#include "import/findings/findings.h"
#include "import/manifest.h"
#include "import/mapping/plan.h"
#include "import/pipeline.h"
#include "import/sources/inputs.h"
#include "jalki/tape.h"

enum { DEFAULT_WINDOW = 1 << 18 };

typedef struct import_work {
    const jk_import_options *options;
    const jk_run *run;
    jk_mapping *mapping;
    jk_import_inputs inputs;
    jk_arena *arena; /* of the summary */
    jk_import_summary *summary;
    jk_sha256 digest;
    const char *rejects_path;
    jk_import_commit commit;
    jk_error *error;
    jk_pseudonyms pseudonyms;
    bool shares; /* with other processes, or with an earlier run */
    jk_share share;
    jk_resume kept;
    bool tells_digest; /* a single file's digest is that of the source */
    pthread_t digester;
    jk_status digested;
    jk_error digest_error;
} import_work;

/* Whether this process parses for another one, which makes the store. */
static bool only_parses(const import_work *work) {
    return work->shares && !work->share.collects;
}

static void add_to_digest(void *context, const void *bytes, size_t length) {
    jk_sha256_add(context, bytes, length);
}

/* A single plain file's digest is known by now: who records the inputs of the run need not read it once more. */
static void tell_digest(const import_work *work) {
    char digest[80];
    int fd = work->tells_digest ? open(work->options->sources[0], O_PATH | O_CLOEXEC)
                                : -1; /* not to read: which file it is */
    if (fd >= 0) {
        (void)snprintf(digest, sizeof digest, "sha256:%s", work->summary->source_sha256);
        jk_input_set_digest(fd, digest);
        (void)close(fd);
    }
}

static void finish_digest(import_work *work) {
    jk_sha256_end_text(&work->digest, work->summary->source_sha256);
    tell_digest(work);
}

/* ---- before the work -------------------------------------------------------------------------------------- */

static bool is_same_file(const char *a, const char *b) {
    struct stat x;
    struct stat y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* No file that is read may be written over. */
static jk_status check_paths(const import_work *work) {
    const jk_import_options *options = work->options;
    const char *written[] = {options->output, work->rejects_path};
    for (size_t w = 0; w < 2; w++) {
        for (size_t i = 0; i <= options->source_count; i++) {
            const char *read = i < options->source_count ? options->sources[i] : options->mapping;
            if (read != NULL && is_same_file(written[w], read)) {
                return jk_fail(work->error, JK_ERROR_ARGUMENT, written[w], 0, NULL,
                               "this file is read, it cannot be written to as well");
            }
        }
    }
    if (strcmp(options->output, work->rejects_path) == 0 || is_same_file(options->output, work->rejects_path)) {
        return jk_fail(work->error, JK_ERROR_ARGUMENT, options->output, 0, NULL,
                       "store and rejects cannot be one file");
    }
    return JK_OK;
}

static jk_status check_options(const jk_import_options *options, jk_error *error) {
    const bool part = options->shared && jk_team_role_now() == JK_TEAM_PART;
    if (options->source_count == 0 || (options->output == NULL && !part)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "an import needs a source and an output");
    }
    if (options->kind == JK_KIND_PANEL && options->cutoff != JK_MISSING_INTEGER) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "cutoff",
                       "a panel has no cut-off: each row is as at its own period_start");
    }
    if (!(options->max_unmatched >= 0.0 && options->max_unmatched <= 1.0)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "max_unmatched is a share, 0 to 1");
    }
    if (!(options->max_rejects >= 0.0) || options->compression < 0 || options->compression > 9) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "max_rejects cannot be negative, and compression is 0 to 9");
    }
    return JK_OK;
}

static jk_status name_rejects(import_work *work) {
    size_t length = strlen(work->options->output) + sizeof ".rejects.csv";
    char *rejects = jk_arena_alloc(work->arena, length, 1);
    JK_TRY(jk_held(rejects != NULL, work->error, "a summary"));
    (void)snprintf(rejects, length, "%s.rejects.csv", work->options->output);
    work->rejects_path = work->options->rejects != NULL ? work->options->rejects : rejects;
    return JK_OK;
}

static jk_status begin(import_work *work) {
    const jk_import_options *options = work->options;
    JK_TRY(jk_h5_start(work->error)); /* before much memory is taken */
    work->arena = jk_arena_create();
    work->summary = work->arena != NULL ? jk_arena_alloc(work->arena, 1, sizeof *work->summary) : NULL;
    JK_TRY(jk_held(work->summary != NULL, work->error, "a summary"));
    work->summary->arena = work->arena;
    work->summary->kind = work->commit.kind = options->kind;
    work->summary->first_written_off = work->summary->last_written_off = JK_MISSING_INTEGER;
    if (options->output != NULL) {
        JK_TRY(name_rejects(work));
        JK_TRY(check_paths(work));
    }
    if (options->mapping != NULL) {
        JK_TRY(jk_mapping_load(options->mapping, options->kind, &work->mapping, work->error));
    }
    jk_sha256_start(&work->digest);
    return JK_OK;
}

/* Who owes has been born: two-digit years of birth are of this century only for those who are old enough to owe. */
static void set_birth_pivot(jk_rule *rule, int32_t cutoff) {
    enum { USUAL_YEAR = 2026, ADULT = 15, CENTURY = 2000 };
    int32_t year = cutoff != JK_MISSING_INTEGER ? jk_civil_from_date(cutoff).year : USUAL_YEAR;
    int32_t pivot = year - ADULT - CENTURY + 1;
    if (rule->kind == JK_RULE_YEAR_OF && rule->format.pivot == 0) {
        rule->format.pivot = pivot < 1 ? 1 : pivot > 99 ? 99 : pivot;
    }
    for (size_t i = 0; i < rule->alternative_count; i++) { /* of the mapping, which is ours */
        set_birth_pivot((jk_rule *)(uintptr_t)&rule->alternatives[i], cutoff);
    }
}

static jk_status find_cutoff(import_work *work) {
    jk_import_summary *summary = work->summary;
    summary->cutoff = work->options->cutoff;
    if (work->mapping != NULL && work->mapping->has_cutoff) {
        int32_t mapped = JK_MISSING_INTEGER;
        JK_TRY(jk_inputs_cutoff(&work->inputs, work->mapping, &mapped, work->error));
        summary->cutoff_from_mapping = summary->cutoff == JK_MISSING_INTEGER && mapped != JK_MISSING_INTEGER;
        if (summary->cutoff_from_mapping) {
            summary->cutoff = mapped;
        } else { /* what the user says wins, and rows need not agree with it */
            for (size_t i = 0; i < work->inputs.count; i++) {
                work->inputs.inputs[i].plan.checks_cutoff = false;
            }
        }
    }
    jk_import_commit_set_cutoff(&work->commit, summary->cutoff);
    if (work->mapping != NULL) {
        work->mapping->cutoff_date = summary->cutoff;
        if (work->mapping->needs_cutoff && summary->cutoff == JK_MISSING_INTEGER) {
            return jk_fail(
                work->error, JK_ERROR_DATA, work->mapping->path, 0, "cutoff",
                "days_past_due, age and within_months count from the cut-off; expected --cutoff DATE, or cutoff in the "
                "mapping");
        }
        set_birth_pivot(&work->mapping->rules[JK_COLUMN_BIRTH_YEAR], summary->cutoff);
    }
    return JK_OK;
}

/* ---- work that is shared ---------------------------------------------------------------------------------- */

/* The digest is of all files in their order: this process reads them for it, whoever parses them. */
static void *digest_sources(void *context) {
    import_work *work = context;
    work->digested = jk_inputs_digest(work->options, &work->digest, &work->digest_error);
    return NULL;
}

static jk_status tell_digest_error(const import_work *work) {
    const jk_error *own = &work->digest_error;
    return work->digested == JK_OK ? JK_OK
                                   : jk_fail(work->error, work->digested, own->file, 0, NULL, "%s", own->message);
}

static jk_status begin_digest(import_work *work, bool *runs) {
    *runs = work->shares && work->share.collects && work->inputs.digest != JK_DIGEST_DONE;
    if (work->shares) {
        jk_inputs_leave_digest(&work->inputs);
    }
    if (*runs && pthread_create(&work->digester, NULL, digest_sources, work) != 0) {
        *runs = false;
        (void)digest_sources(work);
        return tell_digest_error(work);
    }
    return JK_OK;
}

/* Which stripes of the files are this process's. */
static jk_status begin_share(import_work *work) {
    const jk_team_role role = work->options->shared ? jk_team_role_now() : JK_TEAM_ALONE;
    const int number = jk_team_number() - 1;
    work->shares = role != JK_TEAM_ALONE || work->options->resume;
    work->share = (jk_share){.own = role == JK_TEAM_MERGE   ? -1
                                    : role == JK_TEAM_ALONE ? 0
                                                            : number,
                             .owners = role == JK_TEAM_ALONE ? 1 : jk_team_parts(),
                             .collects = role != JK_TEAM_PART && (role != JK_TEAM_RANKS || number == 0)};
    work->tells_digest = work->options->source_count == 1 && (work->inputs.digest == JK_DIGEST_OF_TEXT ||
                                                              (work->shares && work->inputs.digest != JK_DIGEST_DONE));
    if (work->options->resume) {
        JK_TRY(jk_resume_open(&work->kept, work->options->output, work->error));
        work->summary->begun_anew = work->kept.anew;
        work->share.kept = &work->kept;
    }
    return work->shares ? jk_share_begin(&work->share, work->inputs.inputs, work->inputs.count, work->error) : JK_OK;
}

/* ---- the work --------------------------------------------------------------------------------------------- */

static char *source_names(const import_work *work) {
    size_t length = 1;
    for (size_t i = 0; i < work->options->source_count; i++) {
        length += strlen(work->options->sources[i]) + 2;
    }
    char *names = jk_arena_alloc(work->arena, length, 1);
    for (size_t i = 0; names != NULL && i < work->options->source_count; i++) {
        (void)strcat(strcat(names, i > 0 ? ", " : ""), jk_file_name(work->options->sources[i]));
    }
    return names;
}

static jk_status create_store(import_work *work) {
    const char *names = source_names(work);
    JK_TRY(jk_held(names != NULL, work->error, "a summary"));
    jk_tape_writer_options options = {.source_name = names,
                                      .kind = work->options->kind,
                                      .extras = work->mapping != NULL ? &work->mapping->extras : NULL,
                                      .cutoff = work->summary->cutoff,
                                      .compression = work->options->compression,
                                      .threads = jk_threads(work->run)};
    return jk_tape_writer_create(work->options->output, &options, &work->commit.writer, work->error);
}

static jk_status flow_through(import_work *work) {
    jk_isa isa = JK_ISA_BASE;
    JK_TRY(jk_isa_choose(NULL, &isa, work->error));
    jk_import_reader reader = {.inputs = work->inputs.inputs,
                               .input_count = work->inputs.count,
                               .window = work->options->window_bytes,
                               .carry = malloc(JK_CSV_ROW_MAX)};
    JK_TRY(jk_held(reader.carry != NULL, work->error, "reading"));
    reader.window = reader.window == 0 || reader.window > DEFAULT_WINDOW ? DEFAULT_WINDOW : reader.window;
    jk_import_flow flow = {.run = work->run,
                           .reader = &reader,
                           .commit = &work->commit,
                           .parse = jk_import_parser_of(isa),
                           .settings = {.cutoff = work->summary->cutoff},
                           .pseudonyms = work->options->pseudonyms != NULL ? &work->pseudonyms : NULL,
                           .share = work->shares ? &work->share : NULL};
    if (getrandom(&flow.settings.seed, sizeof flow.settings.seed, 0) != (ssize_t)sizeof flow.settings.seed) {
        flow.settings.seed = (uint64_t)(uintptr_t)&flow; /* an address: hard to guess, though not impossible */
    }
    switch (work->shares ? JK_DIGEST_DONE : work->inputs.digest) {
    case JK_DIGEST_OF_TEXT:
        flow.digest = add_to_digest;
        flow.digest_context = &work->digest;
        break;
    case JK_DIGEST_OF_SOURCES:
        reader.sink = add_to_digest;
        reader.sink_context = &work->digest;
        break;
    case JK_DIGEST_DONE:
        break;
    }
    bool digests = false;
    jk_status status = begin_digest(work, &digests);
    status = status == JK_OK ? jk_import_flow_run(&flow, work->error) : status;
    free(reader.carry);
    if (digests) {
        (void)pthread_join(work->digester, NULL);
        status = status == JK_OK ? tell_digest_error(work) : status;
    }
    return status;
}

static jk_status check_rejects(import_work *work) {
    const jk_import_summary *summary = work->summary;
    const jk_import_options *options = work->options;
    double most =
        options->max_rejects_is_share ? options->max_rejects * (double)summary->rows_read : options->max_rejects;
    if ((double)summary->rows_rejected <= most) {
        return JK_OK;
    }
    if (options->rejects != NULL) {
        JK_TRY(jk_reject_file_commit(&work->commit.rejects, work->error));
        work->summary->rejects_path = jk_arena_text(work->arena, options->rejects, strlen(options->rejects));
    }
    char limit[64];
    (void)snprintf(limit, sizeof limit, options->max_rejects_is_share ? "%g %% of the rows" : "%.0f rows",
                   options->max_rejects_is_share ? 100.0 * options->max_rejects : options->max_rejects);
    return jk_fail(work->error, JK_ERROR_DATA, options->sources[0], 0, NULL,
                   "%llu of %s%llu rows are bad, expected at most %s (--max-rejects); no store was made%s",
                   (unsigned long long)summary->rows_rejected, work->commit.hopeless ? "the first " : "",
                   (unsigned long long)summary->rows_read, limit,
                   options->rejects != NULL ? "" : "; --rejects FILE lists them");
}

/* A small file can hold a great many bad rows, and be packed besides. What they cost is bounded by the sources' size:
 * the list of them by twice the sources and a little; and the load ends as soon as it cannot succeed any more. No
 * packing makes more than 1032 bytes of one, and a row has as many bytes as columns (separators and a line end). All of
 * this depends on sizes alone, so that threads do not show. */
static void bound_rejects(import_work *work) {
    enum { LIST_BYTES = 16 << 20, LISTED_BEYOND = 1000, PACKED_MOST = 1032 };
    double rows = 0.0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < work->inputs.count; i++) {
        const jk_import_input *input = &work->inputs.inputs[i];
        uint64_t size = jk_csv_source_size(input->source);
        double text = (double)size * (jk_csv_source_is_plain(input->source) ? 1.0 : PACKED_MOST);
        rows += size > 0 && input->header.count > 0 ? text / (double)input->header.count : (double)INFINITY;
        bytes += size;
    }
    const jk_import_options *options = work->options;
    work->commit.rejects.bytes_most = LIST_BYTES + 2 * bytes;
    work->commit.rejects_most = options->max_rejects_is_share ? options->max_rejects * rows : options->max_rejects;
    work->commit.rejects_most += LISTED_BEYOND;
}

static jk_status finish(import_work *work) {
    finish_digest(work);
    bool any = work->commit.rejects.open;
    char *manifest = jk_import_manifest(work->options, work->mapping, work->summary);
    JK_TRY(jk_held(manifest != NULL, work->error, "a manifest"));
    jk_status status = jk_reject_file_commit(&work->commit.rejects, work->error);
    if (status == JK_OK) {
        status = jk_pseudonyms_commit(&work->pseudonyms, work->error);
    }
    if (status == JK_OK) {
        jk_tape_writer *writer = work->commit.writer;
        work->commit.writer = NULL;
        status = jk_tape_writer_finish(writer, work->summary->source_sha256, manifest, work->error);
    }
    free(manifest);
    if (status == JK_OK && any) {
        work->summary->rejects_path = jk_arena_text(work->arena, work->rejects_path, strlen(work->rejects_path));
        status = jk_held(work->summary->rejects_path != NULL, work->error, "a file name");
    }
    return status;
}

/* Every physical line is a row, part of a cell, of the header, or blank. */
static void count_lines(jk_import_summary *summary) {
    summary->rows_read = summary->rows_accepted + summary->rows_rejected + summary->rows_left_out;
    uint64_t told = summary->header_lines + summary->rows_read + summary->cell_lines;
    summary->blank_lines = summary->lines > told ? summary->lines - told : 0;
}

static jk_status run_import(import_work *work) {
    JK_TRY(begin(work));
    JK_TRY(jk_inputs_open(&work->inputs, work->options, work->mapping, &work->digest, work->error));
    JK_TRY(find_cutoff(work));
    JK_TRY(jk_inputs_read_late(&work->inputs, work->error));
    JK_TRY(jk_inputs_describe(&work->inputs, work->mapping, work->arena, work->summary, work->error));
    if (work->options->pseudonyms != NULL) {
        JK_TRY(jk_pseudonyms_open(&work->pseudonyms, work->options->pseudonyms, work->options->pseudonym_list,
                                  work->error));
    }
    JK_TRY(begin_share(work));
    if (!only_parses(work)) {
        JK_TRY(create_store(work));
    }
    work->commit.inputs = work->inputs.inputs;
    work->commit.summary = work->summary;
    work->commit.rejects.path = work->rejects_path;
    work->commit.rejects.kind = work->options->kind;
    work->commit.text_bytes = work->inputs.text_bytes;
    bound_rejects(work);
    jk_status status = flow_through(work);
    if ((status != JK_OK && (!work->commit.hopeless || work->shares)) || only_parses(work)) {
        return status;
    }
    work->summary->taken_up = work->kept.found;
    for (size_t i = 0; i < work->inputs.count; i++) {
        const jk_csv_source *source = work->inputs.inputs[i].source; /* how far it was read ahead does not show */
        work->summary->source_bytes +=
            work->commit.hopeless ? jk_csv_source_size(source) : jk_csv_source_consumed(source);
    }
    count_lines(work->summary);
    if (work->commit.hopeless) {
        *work->error = (jk_error){0}; /* said again, with figures */
    }
    JK_TRY(jk_import_find(&work->commit, &work->inputs, work->mapping, work->options, work->summary, work->error));
    JK_TRY(check_rejects(work));
    JK_TRY(jk_findings_refuse(&work->summary->findings, work->options->sources[0], work->error));
    JK_TRY(finish(work));
    jk_resume_done(&work->kept);
    return JK_OK;
}

/* Where a load that is shared has ended early depends on how the files were cut. What is told of it must not: the files
 * are read anew, by this process alone, until the load ends. */
static jk_status import_alone(const jk_import_options *options, const jk_run *run, jk_import_summary **summary,
                              jk_error *error) {
    jk_import_options alone = *options;
    alone.shared = alone.resume = 0;
    *error = (jk_error){0};
    return jk_import(&alone, run, summary, error);
}

jk_status jk_import(const jk_import_options *options, const jk_run *run, jk_import_summary **summary, jk_error *error) {
    jk_error own = {0};
    import_work work = {.options = options, .run = run, .error = error != NULL ? error : &own, .kept = {.lock = -1}};
    if (summary != NULL) {
        *summary = NULL;
    }
    JK_TRY(check_options(options, work.error));
    jk_status status = run_import(&work);
    const bool again = work.commit.hopeless && work.shares;
    bool counted = (status == JK_OK && !only_parses(&work)) ||
                   (status == JK_ERROR_DATA && work.summary != NULL && work.summary->rows_read > 0 && !again);
    jk_import_commit_free(&work.commit);
    jk_inputs_close(&work.inputs);
    jk_pseudonyms_abort(&work.pseudonyms);
    jk_share_end(&work.share);
    jk_resume_close(&work.kept);
    jk_mapping_free(work.mapping);
    if (summary != NULL && counted) {
        *summary = work.summary;
    } else {
        if (work.summary != NULL) {
            jk_findings_reset(&work.summary->findings);
        }
        jk_arena_free(work.arena);
    }
    return again ? import_alone(options, run, summary, work.error) : status;
}

void jk_import_summary_free(jk_import_summary *summary) {
    if (summary != NULL) {
        jk_findings_reset(&summary->findings);
        jk_arena_free(summary->arena);
    }
}
