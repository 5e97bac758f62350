/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of a listing as another system wants them: chosen, ordered and named by a YAML file,
 *
 *     CaseNumber: claim_id
 *     Debtor: debtor_id
 *     Queue: {text: north}
 *
 * a map of the other system's names, each with one of our columns, or with a text that all rows have. */
#ifndef JALKI_LISTING_TEMPLATE_H
#define JALKI_LISTING_TEMPLATE_H

#include "jalki/listing.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_listing_template {
    size_t count;
    jk_listing_column columns[JK_LISTING_COLUMNS];
    size_t from[JK_LISTING_COLUMNS];      /* column of the listing, or SIZE_MAX: */
    const char *text[JK_LISTING_COLUMNS]; /* this text */
    jk_listing of;
    void *arena; /* owns the names */
} jk_listing_template;

/* Reads a template for the columns of `of`. JK_ERROR_IO, JK_ERROR_MODEL with file, line and key. *made is the caller's,
 * for jk_listing_template_reset; empty on failure. */
jk_status jk_listing_template_read(const char *path, const jk_listing *of, jk_listing_template *made, jk_error *error);
void jk_listing_template_reset(jk_listing_template *made);

/* The rows of `of`, which has the columns that the template was read for, with the template's columns. The template
 * must outlive the listing; one at a time is made of it. */
jk_listing jk_listing_through(jk_listing_template *made, const jk_listing *of);

#ifdef __cplusplus
}
#endif
#endif
