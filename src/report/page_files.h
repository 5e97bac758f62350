/* SPDX-License-Identifier: Apache-2.0 */
/* The files that pages are made of, in the program: those of src/report/page and, in a build with charts, the bundle of
 * the chart library. The table is written at build time by cmake/embed.cmake. */
#ifndef JK_REPORT_PAGE_FILES_H
#define JK_REPORT_PAGE_FILES_H

#include <stddef.h>

typedef struct jk_page_file {
    const char *name; /* "kit.js" */
    const char *text; /* ends in a 0 that `size` does not count */
    size_t size;
} jk_page_file;

extern const jk_page_file jk_page_files[];
extern const size_t jk_page_file_count;

#endif
