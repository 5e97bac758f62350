/* SPDX-License-Identifier: Apache-2.0 */
/* Loops over the rows of columns, for the compiler to make lanes of. */
#ifndef JK_BASE_ROWS_H
#define JK_BASE_ROWS_H

/* Stands before a loop and says that no row reads what another one writes, as columns never overlap: with more columns
 * than it would check at run time, the compiler believes it. Clang checks them all. */
#if defined(__clang__)
#define JK_ROWS_APART
#else
#define JK_ROWS_APART _Pragma("GCC ivdep")
#endif

#endif
