/* SPDX-License-Identifier: Apache-2.0 */
/* A page is its shell with the parts put in at the marks {{name}}. */
#include "jalki/page.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/error.h"
#include "base/output.h"
#include "base/policy.h"
#include "report/page_files.h"

static const jk_page_file *find_file(const char *name) {
    for (size_t i = 0; i < jk_page_file_count; i++) {
        if (strcmp(jk_page_files[i].name, name) == 0) {
            return &jk_page_files[i];
        }
    }
    return NULL;
}

static const jk_page_file *charts(void) {
    return find_file("charts.bundle.js");
}

int jk_page_has_charts(void) {
    return charts() != NULL;
}

/* What the parts of a page are made of while it is written. */
typedef struct page_parts {
    const jk_page *page;
    const jk_page_file *script;
    FILE *out;
} page_parts;

static void put(const page_parts *parts, const char *text, size_t size) {
    (void)fwrite(text, 1, size, parts->out); /* failures stay in the stream and are seen at commit */
}

static void put_file(const page_parts *parts, const jk_page_file *file) {
    if (file != NULL) {
        put(parts, file->text, file->size);
    }
}

static void put_title(const page_parts *parts) {
    for (const char *c = parts->page->title; *c != '\0'; c++) {
        const char *escape = *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : NULL;
        put(parts, escape != NULL ? escape : c, escape != NULL ? strlen(escape) : 1);
    }
}

/* In JSON these characters occur in strings only, where an escape means the same. */
static void put_figures(const page_parts *parts) {
    for (const char *c = parts->page->figures; *c != '\0'; c++) {
        const char *escape = *c == '<' ? "\\u003c" : *c == '>' ? "\\u003e" : *c == '&' ? "\\u0026" : NULL;
        put(parts, escape != NULL ? escape : c, escape != NULL ? strlen(escape) : 1);
    }
}

/* " 'sha256-...'": what the browser compares a script's text with before it runs it. */
static void put_digest(const page_parts *parts, const jk_page_file *file) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char text[2 * EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (file != NULL && EVP_Digest(file->text, file->size, digest, &size, EVP_sha256(), NULL) == 1) {
        int length = EVP_EncodeBlock(text, digest, (int)size);
        (void)fprintf(parts->out, " 'sha256-%.*s'", length, (const char *)text);
    }
}

static void put_policy(const page_parts *parts) {
    (void)fputs("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src",
                parts->out);
    put_digest(parts, charts());
    put_digest(parts, find_file("kit.js"));
    put_digest(parts, parts->script);
}

static void put_part(const page_parts *parts, const char *name, size_t length) {
    static const struct {
        const char *mark;
        void (*put)(const page_parts *parts);
        const char *file;
    } known[] = {{"title", put_title, NULL},  {"policy", put_policy, NULL}, {"figures", put_figures, NULL},
                 {"style", NULL, "page.css"}, {"kit", NULL, "kit.js"},      {"charts", NULL, "charts.bundle.js"},
                 {"script", NULL, NULL}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i].mark) == length && strncmp(known[i].mark, name, length) == 0) {
            if (known[i].put != NULL) {
                known[i].put(parts);
            } else {
                put_file(parts, known[i].file != NULL ? find_file(known[i].file) : parts->script);
            }
        }
    }
}

static void put_page(const page_parts *parts, const char *shell) {
    for (const char *open = strstr(shell, "{{"); open != NULL; open = strstr(shell, "{{")) {
        const char *close = strstr(open, "}}");
        put(parts, shell, (size_t)(open - shell));
        put_part(parts, open + 2, (size_t)(close - open - 2));
        shell = close + 2;
    }
    put(parts, shell, strlen(shell));
}

jk_status jk_page_write(const char *path, const jk_page *page, jk_error *error) {
    char name[64];
    (void)snprintf(name, sizeof name, "%s.js", page->script);
    const jk_page_file *shell = find_file("page.html");
    page_parts parts = {.page = page, .script = find_file(name)};
    if (shell == NULL || parts.script == NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL, "there is no page '%s'; expected report", page->script);
    }
    jk_output output = {.fd = -1};
    JK_TRY(jk_output_open(&output, path, jk_policy_get()->with_ids ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, error));
    jk_status status = jk_output_stream(&output, error);
    if (status == JK_OK) {
        parts.out = output.stream;
        put_page(&parts, shell->text);
        status = jk_output_commit(&output, error);
    }
    if (status != JK_OK) {
        jk_output_abort(&output);
    }
    return status;
}
