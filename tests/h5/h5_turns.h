/* SPDX-License-Identifier: Apache-2.0 */
/* Who is inside the HDF5 library: whoever enters leaves, and nobody leaves who has not entered. A program of tests that
 * includes this stands in tests/CMakeLists.txt, which puts these functions in the place of the library's. */
#ifndef JK_TESTS_H5_TURNS_H
#define JK_TESTS_H5_TURNS_H

#include <stdlib.h>

static int inside; /* guarded by the lock that is taken */

void __real_jk_h5_lock(void);
void __real_jk_h5_enter(void);
void __real_jk_h5_leave(void);
void __wrap_jk_h5_lock(void);
void __wrap_jk_h5_enter(void);
void __wrap_jk_h5_leave(void);

void __wrap_jk_h5_lock(void) {
    __real_jk_h5_lock();
    inside++;
}

void __wrap_jk_h5_enter(void) {
    __real_jk_h5_enter();
    inside++;
}

void __wrap_jk_h5_leave(void) {
    if (inside-- != 1) {
        abort();
    }
    __real_jk_h5_leave();
}

#endif
