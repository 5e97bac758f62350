/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with the headers it wants before it. */
#ifndef JK_TESTS_CMOCKA_ALL_H
#define JK_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* How many random cases a test tries: fewer beside the suite of another build (JALKI_FEW_CASES). */
static inline int cases_of(int usual) {
    return getenv("JALKI_FEW_CASES") == NULL ? usual : (usual + 4) / 5;
}

#endif
