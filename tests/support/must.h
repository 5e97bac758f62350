/* SPDX-License-Identifier: Apache-2.0 */
/* What has to go well in a test says why it did not. */
#ifndef JK_TESTS_SUPPORT_MUST_H
#define JK_TESTS_SUPPORT_MUST_H

#include "cmocka_all.h"
#include "jalki/status.h"

static inline void must(jk_status status, const jk_error *error) {
    if (status != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        fail_msg("%s", jk_error_text(error, text, sizeof text));
    }
}

#endif
