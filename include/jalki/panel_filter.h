/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows of a panel are fitted on and which are kept for the test.
 *
 * A key (claim or debtor) belongs to one of 100 hundredths by its text alone: SHA-256 of the UTF-8 text of claim_id or
 * debtor_id (of claim_id where a claim has no debtor_id), the last 8 hexadecimal digits read as an unsigned integer,
 * modulo 100. The same key lands in the same hundredth in every panel, on every machine and in any other language: in
 * Python, int(hashlib.sha256(key.encode()).hexdigest()[-8:], 16) % 100. (The last digits, because data sets that were
 * split before are often split by the first.) */
#ifndef JALKI_PANEL_FILTER_H
#define JALKI_PANEL_FILTER_H

#include <stdbool.h>

#include "jalki/panel.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_panel_key { JK_PANEL_KEY_DEBTOR, JK_PANEL_KEY_CLAIM } jk_panel_key;

/* Rows whose key is in hundredth low..high-1 and whose period_start is in [from, to). With low above high: all but
 * those in high..low-1, what a fold of a cross-validation leaves. */
typedef struct jk_panel_filter {
    jk_panel_key key; /* debtors, so that no debtor is on both sides */
    int low, high;    /* 0..100 */
    int32_t from, to; /* days since 1970-01-01; JK_MISSING_INTEGER: no bound */
} jk_panel_filter;

/* All rows. */
jk_panel_filter jk_panel_filter_all(void);

/* Bytes of scratch, one a thread, that jk_panel_filter_rows needs with this panel and run. */
size_t jk_panel_filter_scratch(const jk_panel *panel, const jk_run *run);

/* Sets keep[i] to 1 for the rows of the block that are in the filter, to 0 for the others, and returns their number in
 * *kept. For use in a visit; reads the keys from the store unless all hundredths are asked for. */
jk_status jk_panel_filter_rows(const jk_panel_filter *filter, const jk_panel *panel, const jk_panel_block *block,
                               void *scratch, uint8_t *keep, size_t *kept, jk_error *error);

/* Reads "0-80", or "40-20" for all but 20-40, into low and high; false on anything else. */
bool jk_panel_split_parse(const char *text, jk_panel_filter *filter);

#ifdef __cplusplus
}
#endif
#endif
