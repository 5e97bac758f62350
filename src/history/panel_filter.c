/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/panel_filter.h"

#include <string.h>

#include "base/file/sha256.h"
#include "base/text/text.h"
#include "history/panel_internal.h"

enum { HUNDRED = 100 };

jk_panel_filter jk_panel_filter_all(void) {
    return (jk_panel_filter){
        .key = JK_PANEL_KEY_DEBTOR, .low = 0, .high = HUNDRED, .from = JK_MISSING_INTEGER, .to = JK_MISSING_INTEGER};
}

int jk_panel_hundredth(const char *key, size_t length) {
    unsigned char hash[JK_SHA256_BYTES];
    jk_sha256_of(key, length, hash);
    uint32_t number = 0;
    for (int i = JK_SHA256_BYTES - 4; i < JK_SHA256_BYTES; i++) {
        number = number << 8 | hash[i];
    }
    return (int)(number % HUNDRED);
}

bool jk_panel_filter_has(const jk_panel_filter *filter, int hundredth) {
    return filter->low < filter->high ? hundredth >= filter->low && hundredth < filter->high
                                      : hundredth >= filter->low || hundredth < filter->high;
}

bool jk_panel_split_parse(const char *text, jk_panel_filter *filter) {
    const char *dash = strchr(text, '-');
    int64_t low = 0;
    int64_t high = 0;
    if (dash == NULL || !jk_text_to_integer(text, (size_t)(dash - text), &low) ||
        !jk_text_to_integer(dash + 1, strlen(dash + 1), &high) || low < 0 || low >= HUNDRED || high < 1 ||
        high > HUNDRED || low == high) {
        return false;
    }
    filter->low = (int)low;
    filter->high = (int)high;
    return true;
}
