/* SPDX-License-Identifier: Apache-2.0 */
#include "import/sources/inputs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/policy.h"
#include "base/text/text.h"
#include "import/mapping/names.h"
#include "import/mapping/plan.h"
#include "import/rows/cell.h"
#include "import/sources/parts.h"

/* ---- opening ---------------------------------------------------------------------------------------------- */

static void ignore_bytes(void *context, const void *bytes, size_t length) {
    (void)context;
    (void)bytes;
    (void)length;
}

/* A file that is opened and whose header is read; which source of the mapping it is. */
typedef struct jk_late_file {
    jk_csv_source *source;
    jk_csv_header header;
    uint32_t role;
} open_file;

typedef struct open_job {
    jk_import_inputs *inputs;
    const jk_mapping *mapping;
    jk_kind kind;
    jk_wanted_names *wanted;
} open_job;

static void close_file(open_file *file) {
    jk_csv_source_close(file->source);
    jk_csv_header_free(&file->header);
    *file = (open_file){0};
}

static bool has_field(const jk_csv_header *header, const jk_field_name *field) {
    bool twice = false;
    for (size_t k = 0; k < field->count; k++) {
        if (jk_names_find(header, field->names[k], &twice) != JK_NO_FIELD) {
            return true;
        }
    }
    return false;
}

/* A file is the source all of whose `recognised_by` fields its header has. */
static jk_status find_role(open_file *file, const jk_mapping *mapping, jk_error *error) {
    const char *path = jk_csv_source_path(file->source);
    uint32_t matches = 0;
    for (uint32_t s = 0; mapping->source_count > 1 && s < mapping->source_count; s++) {
        const jk_mapping_source *source = &mapping->sources[s];
        size_t found = 0;
        for (size_t i = 0; i < source->recognised_count; i++) {
            found += has_field(&file->header, &mapping->fields[source->recognised_by[i]]);
        }
        if (found == source->recognised_count) {
            file->role = s;
            matches++;
        }
    }
    if (mapping->source_count > 1 && matches == 0) {
        return jk_fail(error, JK_ERROR_DATA, path, 1, NULL,
                       "the header has none of the columns by which the mapping's sources are recognised");
    }
    if (matches > 1) {
        return jk_fail(error, JK_ERROR_DATA, path, 1, NULL,
                       "the header has the columns of several of the mapping's sources, expected those of one");
    }
    return JK_OK;
}

static jk_status open_file_at(const open_job *job, const char *path, const jk_csv_part *part, open_file *file,
                              jk_error *error) {
    const jk_mapping *mapping = job->mapping;
    *file = (open_file){0};
    JK_TRY(jk_csv_source_open_part(path, part, mapping != NULL ? mapping->encoding : NULL, &file->source, error));
    jk_csv_reading reading = mapping != NULL ? mapping->reading : (jk_csv_reading){0};
    reading.known = jk_wanted_names_known;
    reading.context = job->wanted;
    if (jk_csv_source_is_sheet(file->source)) { /* written by ourselves */
        reading.separator = ',';
        reading.no_quotes = reading.escapes = false;
    }
    return jk_csv_header_read(file->source, &reading, &file->header, error);
}

jk_status jk_inputs_digest(const jk_import_options *options, jk_sha256 *digest, jk_error *error) {
    enum { PIECE = 1 << 16 };
    char *piece = malloc(PIECE);
    jk_status status = jk_held(piece != NULL, error, "reading");
    for (size_t i = 0; status == JK_OK && i < options->source_count; i++) {
        char container[PATH_MAX];
        const char *path = jk_part_of(options->sources[i], container) != NULL ? container : options->sources[i];
        FILE *file = jk_input_stream(path);
        if (file == NULL) {
            status = jk_fail_errno(error, path, "open");
            break;
        }
        for (size_t got = 0; (got = fread(piece, 1, PIECE, file)) > 0;) {
            jk_sha256_add(digest, piece, got);
        }
        status = ferror(file) ? jk_fail_errno(error, path, "read") : JK_OK;
        (void)fclose(file);
    }
    free(piece);
    return status;
}

void jk_inputs_leave_digest(jk_import_inputs *inputs) {
    inputs->digest = JK_DIGEST_DONE;
    for (size_t i = 0; i < inputs->count; i++) {
        jk_csv_source_set_sink(inputs->inputs[i].source, ignore_bytes, NULL);
    }
}

static jk_status load_joined(jk_import_inputs *inputs, const jk_mapping *mapping, open_file *file, jk_error *error) {
    const char *path = jk_csv_source_path(file->source);
    if (jk_join_is_loaded(inputs->join, file->role)) {
        return jk_fail(error, JK_ERROR_DATA, path, 1, NULL, "a second file of the source '%s', expected one",
                       mapping->sources[file->role].name);
    }
    jk_csv_source_set_sink(file->source, ignore_bytes, NULL);
    JK_TRY(jk_plan_resolve(mapping, file->role, &file->header, path, inputs->entry, error));
    JK_TRY(jk_join_begin(inputs->join, file->role, file->source, inputs->entry, error));
    if (mapping->sources[file->role].aggregate_count == 0) {
        return jk_join_read(inputs->join, file->role, file->source, &file->header, error);
    }
    open_file *late = realloc(inputs->late, (inputs->late_count + 1) * sizeof *late);
    JK_TRY(jk_held(late != NULL, error, "sources"));
    inputs->late = late;
    late[inputs->late_count++] = *file;
    *file = (open_file){0};
    return JK_OK;
}

jk_status jk_inputs_read_late(jk_import_inputs *inputs, jk_error *error) {
    for (size_t i = 0; i < inputs->late_count; i++) {
        open_file *file = &inputs->late[i];
        JK_TRY(jk_join_read(inputs->join, file->role, file->source, &file->header, error));
        close_file(file);
    }
    return JK_OK;
}

static jk_status add_input(jk_import_inputs *inputs, open_file *file, const jk_mapping *mapping, jk_error *error) {
    jk_import_input *grown = realloc(inputs->inputs, (inputs->count + 1) * sizeof *grown);
    JK_TRY(jk_held(grown != NULL, error, "sources"));
    inputs->inputs = grown;
    jk_import_input *input = &grown[inputs->count++];
    *input = (jk_import_input){.source = file->source, .header = file->header};
    *file = (open_file){0};
    if (mapping != NULL) {
        input->entry = malloc((mapping->field_count + 1) * sizeof *input->entry);
        JK_TRY(jk_held(input->entry != NULL, error, "a mapping"));
    }
    if (!jk_csv_source_is_plain(input->source)) {
        inputs->digest = JK_DIGEST_OF_SOURCES;
        inputs->text_bytes = 0;
    }
    inputs->text_bytes += jk_csv_source_size(input->source);
    return JK_OK;
}

/* A file whose header has been read becomes a source of claims, or a joined one. */
static jk_status take_file(jk_import_inputs *inputs, open_file *file, const jk_mapping *mapping, jk_error *error) {
    return file->role > 0 ? load_joined(inputs, mapping, file, error) : add_input(inputs, file, mapping, error);
}

static jk_status take_part(void *context, const char *path, const jk_csv_part *part, jk_error *error) {
    open_job *job = context;
    open_file file;
    jk_status status = open_file_at(job, path, part, &file, error);
    if (status == JK_OK && job->mapping != NULL) {
        status = find_role(&file, job->mapping, error);
    }
    if (status == JK_OK) {
        status = take_file(job->inputs, &file, job->mapping, error);
    }
    close_file(&file);
    return status;
}

/* How many names of a part's header are looked for; with several sources, only parts that are one of them have any. */
static size_t known_names(void *context, const char *path, const jk_csv_part *part) {
    const open_job *job = context;
    const jk_mapping *mapping = job->mapping;
    open_file file;
    jk_error ignored = {0};
    size_t known = 0;
    if (open_file_at(job, path, part, &file, &ignored) == JK_OK) {
        for (size_t n = 0; mapping != NULL && n < mapping->field_count; n++) {
            known += has_field(&file.header, &mapping->fields[n]);
        }
        for (uint32_t i = 0; mapping == NULL && i < file.header.count; i++) {
            known += jk_names_column(job->kind, file.header.names[i]) >= 0;
        }
        if (mapping != NULL && find_role(&file, mapping, &ignored) != JK_OK) {
            known = 0;
        }
    }
    close_file(&file);
    return known;
}

static jk_status pass_over(void *context, const char *path, const char *part, const char *why, jk_error *error) {
    jk_import_inputs *inputs = ((open_job *)context)->inputs;
    char **passed = realloc(inputs->passed, (inputs->passed_count + 1) * sizeof *passed);
    JK_TRY(jk_held(passed != NULL, error, "the parts of a file"));
    inputs->passed = passed;
    JK_TRY(jk_held(asprintf(&passed[inputs->passed_count], "%s:%s was not read: %s", path, part, why) >= 0, error,
                   "the parts of a file"));
    inputs->passed_count++;
    return JK_OK;
}

static jk_status take_given(open_job *job, const char *given, jk_error *error) {
    const jk_mapping *mapping = job->mapping;
    const jk_part_taker taker = {.context = job,
                                 .decimal = mapping != NULL                    ? mapping->decimal
                                            : jk_policy_get()->dialect != NULL ? jk_policy_get()->dialect->decimal
                                                                               : '.',
                                 .several = mapping != NULL && mapping->source_count > 1,
                                 .fit = known_names,
                                 .take = take_part,
                                 .pass_over = pass_over};
    bool parts = false;
    jk_status status = jk_parts_take(given, &taker, &parts, error);
    job->inputs->has_parts = job->inputs->has_parts || parts;
    return status;
}

static jk_status check_sources(const jk_import_inputs *inputs, const jk_mapping *mapping, jk_error *error) {
    for (uint32_t s = 0; mapping != NULL && s < mapping->source_count; s++) {
        bool given = s == 0 ? inputs->count > 0 : jk_join_is_loaded(inputs->join, s);
        if (!given && !mapping->sources[s].optional) {
            return jk_fail(error, JK_ERROR_DATA, mapping->path, 0, mapping->sources[s].name,
                           "the mapping needs this source, and no file given is it (its column '%s' is in no header)",
                           mapping->fields[mapping->sources[s].recognised_by[0]].names[0]);
        }
    }
    return JK_OK;
}

static jk_status plan_inputs(jk_import_inputs *inputs, jk_kind kind, const jk_mapping *mapping, jk_error *error) {
    for (size_t i = 0; i < inputs->count; i++) {
        jk_import_input *input = &inputs->inputs[i];
        if (mapping != NULL) {
            if (mapping->field_count > 0) {
                memcpy(input->entry, inputs->entry, mapping->field_count * sizeof *input->entry);
            }
            JK_TRY(jk_plan_resolve(mapping, 0, &input->header, jk_csv_source_path(input->source), input->entry, error));
        }
        JK_TRY(jk_plan_make(input, kind, mapping, inputs->join, error));
    }
    return JK_OK;
}

jk_status jk_inputs_open(jk_import_inputs *inputs, const jk_import_options *options, const jk_mapping *mapping,
                         jk_sha256 *digest, jk_error *error) {
    if (mapping != NULL) {
        inputs->entry = malloc((mapping->field_count + 1) * sizeof *inputs->entry);
        JK_TRY(jk_held(inputs->entry != NULL, error, "a mapping"));
        for (size_t n = 0; n < mapping->field_count; n++) {
            inputs->entry[n] = JK_NO_FIELD;
        }
        if (mapping->source_count > 1) {
            JK_TRY(jk_join_create(mapping, &inputs->join, error));
        }
    }
    open_job job = {.inputs = inputs, .mapping = mapping, .kind = options->kind};
    jk_status status = jk_wanted_names_create(options->kind, mapping, &job.wanted, error);
    for (size_t i = 0; status == JK_OK && i < options->source_count; i++) {
        status = take_given(&job, options->sources[i], error);
    }
    jk_wanted_names_free(job.wanted);
    JK_TRY(status);
    JK_TRY(check_sources(inputs, mapping, error));
    if (inputs->count == 0) { /* an archive or a workbook of nothing but what is passed over */
        return jk_fail(error, JK_ERROR_FORMAT, options->sources[0], 0, NULL, "holds no table; expected one");
    }
    JK_TRY(plan_inputs(inputs, options->kind, mapping, error));
    if (inputs->join != NULL || inputs->has_parts) {
        inputs->digest = JK_DIGEST_DONE;
        JK_TRY(jk_inputs_digest(options, digest, error));
    }
    for (size_t i = 0; inputs->digest != JK_DIGEST_OF_SOURCES && i < inputs->count; i++) {
        jk_csv_source_set_sink(inputs->inputs[i].source, ignore_bytes, NULL);
    }
    return JK_OK;
}

void jk_inputs_close(jk_import_inputs *inputs) {
    for (size_t i = 0; i < inputs->count; i++) {
        jk_csv_source_close(inputs->inputs[i].source);
        jk_csv_header_free(&inputs->inputs[i].header);
        free(inputs->inputs[i].entry);
        free(inputs->inputs[i].plan.use);
    }
    for (size_t i = 0; i < inputs->late_count; i++) {
        close_file(&inputs->late[i]);
    }
    free(inputs->late);
    for (size_t i = 0; i < inputs->passed_count; i++) {
        free(inputs->passed[i]);
    }
    free(inputs->passed);
    free(inputs->inputs);
    free(inputs->entry);
    jk_join_free(inputs->join);
    *inputs = (jk_import_inputs){0};
}

/* ---- cut-off ---------------------------------------------------------------------------------------------- */

static jk_status fail_cutoff(const jk_mapping *mapping, const char *text, size_t length, jk_error *error) {
    return jk_fail(error, JK_ERROR_DATA, mapping->path, mapping->cutoff.line, "cutoff",
                   "'%.*s' is not a date, expected the tape's cut-off date", (int)(length < 60 ? length : 60), text);
}

/* Looks at the rows that begin an input; its bytes are put back. */
static jk_status first_cutoff(jk_import_input *input, const jk_mapping *mapping, int32_t *cutoff, jk_error *error) {
    enum { LOOK = 1 << 16 };
    size_t length = 0;
    char *memory = calloc(2 * ((size_t)LOOK + input->header.bytes) + 4 * (size_t)JK_CSV_SLACK, 1);
    uint32_t *ends = malloc(jk_csv_tile_size(input->plan.fields));
    uint32_t lines[JK_CSV_TILE_ROWS + 1];
    jk_status status = memory == NULL || ends == NULL ? jk_fail_memory(error, "the cut-off") : JK_OK;
    char *text = memory + JK_CSV_SLACK;
    for (size_t got = 1; status == JK_OK && got > 0 && length < LOOK + input->header.bytes; length += got) {
        status = jk_csv_source_read(input->source, text + length, LOOK + input->header.bytes - length, &got, error);
        got = status == JK_OK ? got : 0;
    }
    if (status == JK_OK) {
        status = jk_csv_source_unread(input->source, text, length, error);
    }
    jk_csv_cursor cursor = {.text = text,
                            .length = length,
                            .flags = JK_CSV_QUOTES, /* rows behind the text: the text itself stays as it is */
                            .dialect = input->plan.dialect,
                            .position = input->header.bytes < length ? input->header.bytes : length};
    size_t rows = status == JK_OK ? jk_csv_tile(&cursor, ends, lines) : 0;
    for (size_t i = 0; status == JK_OK && *cutoff == JK_MISSING_INTEGER && i < rows; i++) {
        jk_mapped_row row = jk_import_mapped_row(&input->plan, text, ends + i * ((size_t)input->plan.fields + 1));
        jk_ruled cell = jk_rule_evaluate(&mapping->cutoff, &row);
        if (cell.kind == JK_RULED_TEXT && jk_csv_to_date(cell.text, cell.length, cell.format, cutoff) != JK_CSV_OK) {
            status = fail_cutoff(mapping, cell.text, cell.length, error);
        }
    }
    free(ends);
    free(memory);
    return status;
}

jk_status jk_inputs_cutoff(jk_import_inputs *inputs, const jk_mapping *mapping, int32_t *cutoff, jk_error *error) {
    const jk_rule *rule = &mapping->cutoff;
    if (rule->kind == JK_RULE_CONSTANT) {
        size_t length = strlen(rule->constant);
        bool good = jk_csv_to_date(rule->constant, length, &jk_csv_canonical_format, cutoff) == JK_CSV_OK;
        return good ? JK_OK : fail_cutoff(mapping, rule->constant, length, error);
    }
    for (size_t i = 0; i < inputs->count && *cutoff == JK_MISSING_INTEGER; i++) {
        if (inputs->inputs[i].plan.checks_cutoff) {
            JK_TRY(first_cutoff(&inputs->inputs[i], mapping, cutoff, error));
        }
    }
    return JK_OK;
}

/* ---- description ------------------------------------------------------------------------------------------ */

jk_status jk_inputs_describe(const jk_import_inputs *inputs, const jk_mapping *mapping, jk_arena *arena,
                             jk_import_summary *summary, jk_error *error) {
    JK_TRY(jk_plan_describe(&inputs->inputs[0], arena, summary, error));
    summary->separator = inputs->inputs[0].header.dialect.separator;
    summary->separator_detected = inputs->inputs[0].header.detected;
    jk_status status = JK_OK;
    for (size_t n = 0; mapping != NULL && status == JK_OK && n < mapping->field_count; n++) {
        const jk_field_name *field = &mapping->fields[n];
        bool loaded = field->source == 0 || jk_join_is_loaded(inputs->join, field->source);
        if (loaded && inputs->inputs[0].entry[n] == JK_NO_FIELD) {
            const jk_csv_header *header = &inputs->inputs[0].header;
            int near = field->source == 0 ? jk_text_nearest(field->names[0], header->names, header->count) : -1;
            status = jk_findings_add(&summary->findings, near >= 0 ? JK_FINDING_NEAR_COLUMN : JK_FINDING_MISSING_COLUMN,
                                     1, "mapping line %lld: no column '%s' in the header%s%s%s", (long long)field->line,
                                     field->names[0], near >= 0 ? "; is it '" : "",
                                     near >= 0 ? header->names[near] : "", near >= 0 ? "'?" : "");
        }
    }
    for (size_t i = 0; mapping == NULL && status == JK_OK && i < summary->missing_count; i++) {
        if (summary->missing[i].nearest != NULL) {
            status = jk_findings_add(&summary->findings, JK_FINDING_NEAR_COLUMN, 1,
                                     "no column '%s' in the header; is it '%.80s', which is not used?",
                                     summary->missing[i].name, summary->missing[i].nearest);
        }
    }
    for (size_t i = 0; status == JK_OK && i < inputs->passed_count; i++) {
        status = jk_findings_add(&summary->findings, JK_FINDING_SKIPPED_PART, 1, "%s", inputs->passed[i]);
    }
    return status == JK_OK ? JK_OK : jk_fail_memory(error, "a summary");
}
