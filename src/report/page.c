/* SPDX-License-Identifier: Apache-2.0 */
/* A page is its shell with the parts put in at the marks {{name}}. */
#include "jalki/page.h"

#include <libdeflate.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/sha256.h"
#include "base/policy.h"
#include "base/text/escape.h"
#include "base/words/language.h"
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

/* Packed when the program was built: packing takes longer than all else of a small report. */
static const jk_page_file *engine(void) {
    return find_file("reprice.wasm.z");
}

int jk_page_has_engine(void) {
    return engine() != NULL;
}

/* Bytes packed as zlib does, which browsers know as "deflate". */
typedef struct packed {
    unsigned char *bytes;
    size_t size;
} packed;

static jk_status pack(const void *bytes, size_t size, packed *made, jk_error *error) {
    enum { HARDEST = 12 };
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(HARDEST);
    size_t room = libdeflate_zlib_compress_bound(compressor, size);
    made->bytes = compressor != NULL ? malloc(room) : NULL;
    made->size = made->bytes != NULL ? libdeflate_zlib_compress(compressor, bytes, size, made->bytes, room) : 0;
    libdeflate_free_compressor(compressor);
    return made->size > 0 ? JK_OK : jk_fail_memory(error, "a page");
}

/* What the parts of a page are made of while it is written. */
typedef struct page_parts {
    const jk_page *page;
    const jk_page_file *panel, *script; /* panel: NULL where there is none */
    const jk_page_file *engine;         /* NULL where there is no book */
    packed book;                        /* empty where there is none */
    FILE *out;
} page_parts;

static jk_language language_of(const page_parts *parts) {
    const int language = parts->page->language;
    return language > 0 && language < JK_LANGUAGE_COUNT ? (jk_language)language : JK_ENGLISH;
}

static void put(const page_parts *parts, const char *text, size_t size) {
    (void)fwrite(text, 1, size, parts->out); /* failures stay in the stream and are seen at commit */
}

static void put_file(const page_parts *parts, const jk_page_file *file) {
    if (file != NULL) {
        put(parts, file->text, file->size);
    }
}

/* Text between marks of the page; as jk_escape_take has it. */
static void put_marked(void *out, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        const char c = text[i], *mark = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : NULL;
        (void)fwrite(mark != NULL ? mark : &text[i], 1, mark != NULL ? strlen(mark) : 1, out);
    }
}

static void put_plain(const page_parts *parts, const char *text) {
    put_marked(parts->out, text, strlen(text));
}

/* Text that came from outside: characters with an effect of their own are written out. */
static void put_shown(const page_parts *parts, const char *text) {
    jk_escape_pieces(text, strlen(text), false, put_marked, parts->out);
}

static void put_title(const page_parts *parts) {
    put_shown(parts, jk_text_in(language_of(parts), parts->page->title));
}

static void put_language(const page_parts *parts) {
    put_plain(parts, jk_language_tag(language_of(parts)));
}

static void put_json_text(const page_parts *parts, const char *text) {
    put(parts, "\"", 1);
    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = *c == '"'    ? "\\\""
                             : *c == '\\' ? "\\\\"
                             : *c == '\n' ? "\\n"
                             : *c == '<'  ? "\\u003c"
                                          : NULL;
        put(parts, escape != NULL ? escape : c, escape != NULL ? strlen(escape) : 1);
    }
    put(parts, "\"", 1);
}

static void put_entry(const page_parts *parts, const char *between, const char *key, const char *words) {
    (void)fputs(between, parts->out);
    put_json_text(parts, key);
    put(parts, ":", 1);
    put_json_text(parts, words);
}

/* The catalogue's texts that a page may show, and the script that shows them; nothing in English. */
static void put_texts(const page_parts *parts) {
    const jk_language language = language_of(parts);
    const char *between = "";
    if (language == JK_ENGLISH) {
        return;
    }
    (void)fputs("<script type=\"application/json\" id=\"texts\">{", parts->out);
    for (size_t i = 0; i < jk_text_count(); i++) {
        if (jk_text_is_plain(i)) {
            put_entry(parts, between, jk_text_key(i), jk_text_at(i, language));
            if (jk_text_is_code(i)) { /* scripts have a code's English words, too */
                put_entry(parts, ",", jk_text_at(i, JK_ENGLISH), jk_text_at(i, language));
            }
            between = ",";
        }
    }
    (void)fputs("}</script>\n<script>", parts->out);
    put_file(parts, find_file("texts.js"));
    (void)fputs("</script>\n", parts->out);
}

/* In JSON these characters occur in strings only, where an escape means the same. What JSON itself writes as \uXXXX has
 * an effect of its own (base/text/json.h): the page shows it written out. */
static void put_figures(const page_parts *parts) {
    for (const char *c = parts->page->figures; *c != '\0'; c++) {
        const char *escape = *c == '<' ? "\\u003c" : *c == '>' ? "\\u003e" : *c == '&' ? "\\u0026" : NULL;
        if (*c == '\\' && (c[1] == '\\' || c[1] == 'u')) {
            escape = "\\\\";
            c += c[1] == '\\';
        }
        put(parts, escape != NULL ? escape : c, escape != NULL ? strlen(escape) : 1);
    }
}

/* " 'sha256-...'": what the browser compares a script's text with before it runs it. */
static void put_digest(const page_parts *parts, const jk_page_file *file) {
    unsigned char digest[JK_SHA256_BYTES];
    unsigned char text[2 * JK_SHA256_BYTES];
    if (file != NULL) {
        jk_sha256_of(file->text, file->size, digest);
        int length = EVP_EncodeBlock(text, digest, JK_SHA256_BYTES);
        (void)fprintf(parts->out, " 'sha256-%.*s'", length, (const char *)text);
    }
}

static void put_policy(const page_parts *parts) {
    (void)fputs("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src",
                parts->out);
    put_digest(parts, charts());
    put_digest(parts, find_file("kit.js"));
    put_digest(parts, language_of(parts) != JK_ENGLISH ? find_file("texts.js") : NULL);
    put_digest(parts, parts->panel);
    put_digest(parts, parts->script);
    (void)fputs(parts->book.size > 0 ? " 'wasm-unsafe-eval'; worker-src blob:" : "", parts->out);
}

static void put_panel(const page_parts *parts) {
    if (parts->panel != NULL) {
        (void)fputs("<script>", parts->out);
        put_file(parts, parts->panel);
        (void)fputs("</script>\n", parts->out);
    }
}

/* An element that is no script for a browser: packed bytes in base 64. */
static void put_bytes(const page_parts *parts, const char *id, const void *bytes, size_t size) {
    enum { PIECE = 3 * 1024 };
    unsigned char text[PIECE / 3 * 4 + 1];
    (void)fprintf(parts->out, "<script type=\"application/octet-stream\" id=\"%s\">", id);
    for (size_t at = 0; at < size; at += PIECE) {
        const size_t piece = size - at < PIECE ? size - at : PIECE;
        put(parts, (const char *)text, (size_t)EVP_EncodeBlock(text, (const unsigned char *)bytes + at, (int)piece));
    }
    (void)fputs("</script>\n", parts->out);
}

static void put_book(const page_parts *parts) {
    if (parts->engine != NULL) {
        put_bytes(parts, "engine", parts->engine->text, parts->engine->size);
        put_bytes(parts, "book", parts->book.bytes, parts->book.size);
    }
}

static void put_part(const page_parts *parts, const char *name, size_t length) {
    static const struct {
        const char *mark;
        void (*put)(const page_parts *parts);
        const char *file;
    } known[] = {{"title", put_title, NULL},       {"policy", put_policy, NULL}, {"figures", put_figures, NULL},
                 {"style", NULL, "page.css"},      {"kit", NULL, "kit.js"},      {"charts", NULL, "charts.bundle.js"},
                 {"panel", put_panel, NULL},       {"book", put_book, NULL},     {"script", NULL, NULL},
                 {"language", put_language, NULL}, {"texts", put_texts, NULL}};
    if (name[0] == '=') { /* a text of the shell */
        char text[256];
        (void)snprintf(text, sizeof text, "%.*s", (int)(length - 1), name + 1);
        put_plain(parts, jk_text_in(language_of(parts), text));
    }
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

static jk_status write_page(const char *path, page_parts *parts, const char *shell, jk_error *error) {
    jk_output output = {.fd = -1};
    JK_TRY(jk_output_open(&output, path, jk_policy_get()->with_ids ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, error));
    jk_status status = jk_output_stream(&output, error);
    if (status == JK_OK) {
        parts->out = output.stream;
        put_page(parts, shell);
        status = jk_output_commit(&output, error);
    }
    if (status != JK_OK) {
        jk_output_abort(&output);
    }
    return status;
}

jk_status jk_page_write(const char *path, const jk_page *page, jk_error *error) {
    char name[64], panel[64];
    (void)snprintf(name, sizeof name, "%s.js", page->script);
    (void)snprintf(panel, sizeof panel, "%s_panel.js", page->script);
    const jk_page_file *shell = find_file("page.html");
    page_parts parts = {.page = page, .panel = find_file(panel), .script = find_file(name)};
    if (shell == NULL || parts.script == NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL, "there is no page '%s'; expected report", page->script);
    }
    jk_status status = JK_OK;
    if (page->book != NULL && engine() != NULL) {
        parts.engine = engine();
        status = pack(page->book, page->book_size, &parts.book, error);
    }
    status = status == JK_OK ? write_page(path, &parts, shell->text, error) : status;
    free(parts.book.bytes);
    return status;
}
