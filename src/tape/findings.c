/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings, and what a store's manifest tells of its import. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text/json.h"
#include "base/text/text.h"
#include "tape/findings_json.h"

enum { TEXT_MAX = 700 };

static_assert(JK_FINDING_COUNT <= 64, "one bit for every code");

typedef struct code_words {
    const char *name;
    jk_severity severity;
} code_words;

static const code_words words[] = {
#define JK_X(NAME, code, severity, meaning) {#code, JK_SEVERITY_##severity},
    JK_FINDINGS(JK_X)
#undef JK_X
};

const char *jk_finding_name(jk_finding_code code) {
    return (unsigned)code < JK_FINDING_COUNT ? words[code].name : "unknown";
}

jk_severity jk_finding_severity(jk_finding_code code) {
    return (unsigned)code < JK_FINDING_COUNT ? words[code].severity : JK_SEVERITY_NOTE;
}

const char *jk_severity_name(jk_severity severity) {
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}

int jk_finding_find(const char *name, size_t length) {
    for (int code = 0; code < JK_FINDING_COUNT; code++) {
        if (strlen(words[code].name) == length && memcmp(words[code].name, name, length) == 0) {
            return code;
        }
    }
    return -1;
}

jk_status jk_findings_add(jk_findings *findings, jk_finding_code code, uint64_t count, const char *format, ...) {
    if (findings->count == JK_FINDINGS_MAX) {
        findings->lost++;
        return JK_OK;
    }
    if (findings->arena == NULL) {
        findings->arena = jk_arena_create();
        findings->list =
            findings->arena != NULL ? jk_arena_alloc(findings->arena, JK_FINDINGS_MAX, sizeof *findings->list) : NULL;
    }
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *c = text; *c != '\0'; c++) { /* parts of it come from a tape: no terminal is to obey them */
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
    }
    const char *copy = findings->list != NULL ? jk_arena_text(findings->arena, text, strlen(text)) : NULL;
    if (copy == NULL) {
        return JK_ERROR_MEMORY;
    }
    findings->list[findings->count++] = (jk_finding){.code = code, .count = count, .text = copy};
    return JK_OK;
}

void jk_findings_reset(jk_findings *findings) {
    jk_arena_free(findings->arena);
    *findings = (jk_findings){0};
}

bool jk_accept_read(const char *text, jk_accepted *accepted, const char **unknown, const char **nearest) {
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        int code = jk_finding_find(text, length);
        if (code < 0) {
            const char *names[JK_FINDING_COUNT];
            char word[64];
            for (int c = 0; c < JK_FINDING_COUNT; c++) {
                names[c] = words[c].name;
            }
            (void)snprintf(word, sizeof word, "%.*s", (int)(length < 60 ? length : 60), text);
            int near = jk_text_nearest(word, names, JK_FINDING_COUNT);
            *unknown = text;
            *nearest = near >= 0 ? names[near] : NULL;
            return false;
        }
        *accepted |= JK_ACCEPTS(code);
        text += length + (text[length] == ',');
    }
    return true;
}

void jk_findings_accept(jk_findings *findings, jk_accepted accepted) {
    for (size_t i = 0; i < findings->count; i++) {
        findings->list[i].accepted |= (accepted & JK_ACCEPTS(findings->list[i].code)) != 0;
    }
}

jk_status jk_findings_refuse(const jk_findings *findings, const char *file, jk_error *error) {
    for (size_t i = 0; i < findings->count; i++) {
        const jk_finding *finding = &findings->list[i];
        if (jk_finding_severity(finding->code) == JK_SEVERITY_ERROR && !finding->accepted) {
            return jk_fail(error, JK_ERROR_DATA, file, 0, NULL, "%s (go on all the same: --accept %s)", finding->text,
                           jk_finding_name(finding->code));
        }
    }
    return JK_OK;
}

/* ---- in manifests ------------------------------------------------------------------------------------------ */

json_t *jk_findings_json(jk_json_builder *b, const jk_findings *findings) {
    json_t *list = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        const jk_finding *finding = &findings->list[i];
        json_t *one = json_object();
        jk_json_put(b, one, "severity", json_string(jk_severity_name(jk_finding_severity(finding->code))));
        jk_json_put(b, one, "code", json_string(jk_finding_name(finding->code)));
        jk_json_put(b, one, "count", json_integer((json_int_t)finding->count));
        jk_json_put(b, one, "accepted", json_boolean(finding->accepted));
        jk_json_put(b, one, "text", jk_json_string(finding->text));
        jk_json_append(b, list, one);
    }
    return list;
}

json_t *jk_accepted_json(jk_json_builder *b, jk_accepted accepted) {
    json_t *list = json_array();
    for (int code = 0; code < JK_FINDING_COUNT; code++) {
        if ((accepted & JK_ACCEPTS(code)) != 0) {
            jk_json_append(b, list, json_string(words[code].name));
        }
    }
    return list;
}

jk_accepted jk_accepted_of_json(const json_t *list) {
    jk_accepted accepted = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *name = json_array_get(list, i);
        int code = json_is_string(name) ? jk_finding_find(json_string_value(name), json_string_length(name)) : -1;
        accepted |= code >= 0 ? JK_ACCEPTS(code) : 0;
    }
    return accepted;
}

/* A code that this version does not know is one of a later one: it is left out. */
static jk_status add_from_json(const json_t *one, jk_findings *findings) {
    const json_t *name = json_object_get(one, "code");
    const json_t *text = json_object_get(one, "text");
    int code = json_is_string(name) ? jk_finding_find(json_string_value(name), json_string_length(name)) : -1;
    if (code < 0 || !json_is_string(text) || json_is_true(json_object_get(one, "accepted")) ||
        jk_finding_severity((jk_finding_code)code) != JK_SEVERITY_WARNING) {
        return JK_OK;
    }
    json_int_t count = json_integer_value(json_object_get(one, "count"));
    return jk_findings_add(findings, (jk_finding_code)code, count > 0 ? (uint64_t)count : 0, "%s",
                           json_string_value(text));
}

jk_status jk_findings_of_tape(const jk_tape *tape, jk_findings *findings, jk_error *error) {
    json_error_t problem;
    json_t *manifest = jk_json_parse(jk_tape_attribute(tape, "manifest"), 0, &problem);
    const json_t *list = json_object_get(manifest, "findings");
    jk_status status = jk_json_no_memory(manifest, &problem) ? JK_ERROR_MEMORY : JK_OK;
    for (size_t i = 0; status == JK_OK && i < json_array_size(list); i++) {
        status = add_from_json(json_array_get(list, i), findings);
    }
    json_decref(manifest);
    return status == JK_OK ? JK_OK : jk_fail_memory(error, "the findings of a tape");
}
