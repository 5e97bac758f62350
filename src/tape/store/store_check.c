/* SPDX-License-Identifier: Apache-2.0 */
#include "tape/store/store_check.h"

#include "base/lanes/isa.h"

JK_ISA_DECLARE(jk_store_checks, jk_store_checks_);

const jk_store_checks *jk_store_checks_get(void) {
    return JK_ISA_OF(jk_store_checks_, jk_isa_best());
}
