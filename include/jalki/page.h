/* SPDX-License-Identifier: Apache-2.0 */
/* Self-contained HTML pages: one file that opens from disk and asks the network for nothing.
 *
 *     jk_page page = {.title = "Portfolio report", .script = "report", .figures = json};
 *     jk_page_write("report.html", &page, &error);
 *
 * A page is the shell and style of src/report/page, the figures as one JSON document, the chart library (where the
 * build has it) and scripts: kit.js, which all pages share, and the page's own, `script`.js in the same folder, which
 * draws from the figures; where there is a `script`_panel.js, it stands before that. A new kind of page is one such
 * script and the JSON that it reads.
 *
 * Whatever the figures hold cannot leave their element: `<`, `>` and `&` are written as JSON escapes, and the page
 * allows only scripts whose SHA-256 it names (Content-Security-Policy), and WebAssembly where it has a book. Scripts
 * must put texts into the page as text.
 */
#ifndef JALKI_PAGE_H
#define JALKI_PAGE_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_page {
    const char *title;         /* of the document and its heading; UTF-8 */
    const char *script;        /* "report": report.js among the embedded files */
    const char *figures;       /* one JSON text */
    const unsigned char *book; /* a packed portfolio (jalki/reprice.h) that the page prices again; NULL: none */
    size_t book_size;
    int language; /* 0: English; 1 to 5: Finnish, Swedish, Danish, Norwegian, Estonian, for the reader of a report */
} jk_page;

/* Writes the page; it appears whole or not at all. JK_ERROR_ARGUMENT where there is no such script; JK_ERROR_MEMORY;
 * JK_ERROR_IO. */
jk_status jk_page_write(const char *path, const jk_page *page, jk_error *error);

/* 1 if this build has the engine that prices a portfolio again in the page; without it a book is not written. */
int jk_page_has_engine(void);

/* 1 if this build draws charts; 0: its pages have tables only. */
int jk_page_has_charts(void);

#ifdef __cplusplus
}
#endif
#endif
