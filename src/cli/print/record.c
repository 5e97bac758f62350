/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print/record.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output.h"
#include "cli/print/streams.h"
#include "cli/value/valuing.h"
#include "jalki/page.h"

/* What is built in; NULL-ended. */
static const char *const *features(void) {
    static const char *list[3];
    size_t count = 0;
    if (jk_page_has_charts()) {
        list[count++] = "charts";
    }
    if (JK_HAS_TREES) {
        list[count++] = "trees";
    }
    return list;
}

/* ---- the command line ----------------------------------------------------------------------------------------- */

/* Appends a copy, with a NULL behind. */
static bool append(char ***list, size_t *count, size_t *room, const char *text) {
    if (*count + 2 > *room) {
        size_t more = 2 * *room + 16;
        char **grown = realloc((void *)*list, more * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        *list = grown;
        *room = more;
    }
    (*list)[*count] = strdup(text);
    (*list)[*count + 1] = NULL;
    return (*list)[(*count)++] != NULL;
}

static void add(jk_cli_record *self, const char *text) {
    self->lost = !append(&self->arguments, &self->count, &self->room, text) || self->lost;
}

/* Operands come after all options. */
void jk_cli_record_operand(jk_cli_record *self, const char *text) {
    if (text[0] == '-' && text[1] != '\0' && !self->dashes) {
        add(self, "--");
        self->dashes = true;
    }
    add(self, text);
}

static void mark_person(jk_cli_record *self) {
    size_t *grown = realloc(self->person, (self->person_count + 1) * sizeof *grown);
    self->lost = grown == NULL || self->lost;
    if (grown != NULL) {
        self->person = grown;
        self->person[self->person_count++] = self->count - 1;
    }
}

void jk_cli_record_option(jk_cli_record *self, const jk_option *option, const char *text) {
    char name[72];
    if (option->is_idle || option->kind == JK_OPTION_HELP) {
        return;
    }
    if (option->kind == JK_OPTION_FILE_OUT) {
        self->lost = !append(&self->outputs, &self->output_count, &self->output_room, option->name) ||
                     !append(&self->outputs, &self->output_count, &self->output_room, text) || self->lost;
        return;
    }
    (void)snprintf(name, sizeof name, "--%s", option->name);
    add(self, name);
    if (option->kind != JK_OPTION_FLAG) {
        add(self, text);
        if (option->names_person && !self->lost) {
            mark_person(self);
        }
    }
}

bool jk_cli_record_begin(jk_cli_record *self, const jk_cli_common *common) {
    for (size_t i = 0; i < self->person_count && !common->with_ids; i++) {
        char *other = strdup(JK_CLI_NOT_RECORDED);
        self->lost = other == NULL || self->lost;
        if (other != NULL) {
            free(self->arguments[self->person[i]]);
            self->arguments[self->person[i]] = other;
        }
    }
    self->record = (jk_run_record){
        .command = self->command, .arguments = (const char *const *)self->arguments, .features = features()};
    jk_run_record_set(&self->record);
    if (common->manifest_path != NULL) {
        jk_cli_sum_stdout();
    }
    return !self->lost;
}

void jk_cli_record_free(jk_cli_record *self) {
    jk_run_record_set(NULL);
    for (size_t i = 0; i < self->count; i++) {
        free(self->arguments[i]);
    }
    for (size_t i = 0; i < self->output_count; i++) {
        free(self->outputs[i]);
    }
    free((void *)self->arguments);
    free((void *)self->outputs);
    free(self->person);
}

/* ---- the manifest --------------------------------------------------------------------------------------------- */

/* The option that a file was named with; NULL where the command named it by itself. */
static const char *option_of(const jk_cli_record *self, const char *path) {
    for (size_t i = 0; i + 1 < self->output_count; i += 2) {
        if (strcmp(self->outputs[i + 1], path) == 0) {
            return self->outputs[i];
        }
    }
    return NULL;
}

static json_t *output_json(jk_json_builder *b, const jk_cli_record *self, const char *path) {
    char digest[JK_DIGEST_TEXT];
    struct stat facts = {0};
    const char *option = option_of(self, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool known = fd >= 0 && fstat(fd, &facts) == 0 && jk_run_digest(fd, digest);
    if (fd >= 0) {
        (void)close(fd);
    }
    json_t *object = json_object();
    jk_json_put(b, object, "option", option != NULL ? json_string(option) : json_null());
    jk_json_put(b, object, "path", jk_json_string(path));
    jk_json_put(b, object, "bytes", json_integer((json_int_t)facts.st_size));
    jk_json_put(b, object, "digest", known ? json_string(digest) : NULL);
    return object;
}

static char *manifest_text(const jk_cli_record *self, const jk_cli_common *common) {
    static const char *const formats[] = {"table", "json", "csv"};
    char digest[JK_DIGEST_TEXT];
    jk_json_builder b = {0};
    json_t *manifest = jk_run_record_manifest(&b), *outputs = json_array(), *out = json_object();
    jk_json_put(&b, manifest, "jalki_run", json_integer(1));
    jk_json_put(&b, manifest, "seconds", json_integer(jk_run_seconds()));
    for (size_t i = 0; i < jk_output_count(); i++) {
        if (access(jk_output_at(i), F_OK) != 0) {
            continue; /* it was on the way to another */
        }
        jk_json_append(&b, outputs, output_json(&b, self, jk_output_at(i)));
    }
    jk_json_put(&b, manifest, "outputs", outputs);
    /* tables name files and say how fast it went; they are for reading */
    bool summed = common->format != JK_FORMAT_TABLE && jk_cli_stdout_digest(digest);
    jk_json_put(&b, out, "format", json_string(formats[common->format]));
    jk_json_put(&b, out, "digest", summed ? json_string(digest) : json_null());
    jk_json_put(&b, manifest, "stdout", out);
    return jk_json_text(&b, manifest, JSON_INDENT(2));
}

int jk_cli_record_end(const jk_cli_record *self, const jk_cli_common *common) {
    jk_error error = {0};
    if (jk_input_check(&error) != JK_OK) { /* outputs have asked already, but all may have gone to standard output */
        return jk_cli_fail(&error);
    }
    if (common->manifest_path == NULL) {
        return 0;
    }
    if (jk_output_forgot()) {
        (void)jk_fail_memory(&error, "the record of the run");
        return jk_cli_fail(&error);
    }
    return jk_cli_write_text(common->manifest_path, manifest_text(self, common), &error) == JK_OK ? 0
                                                                                                  : jk_cli_fail(&error);
}
