/* SPDX-License-Identifier: Apache-2.0 */
/* Integers of 128 bits: sums of 64-bit integers and of their products that cannot overflow, and so do not depend on the
 * order of their terms. */
#ifndef JK_BASE_WIDE_H
#define JK_BASE_WIDE_H

__extension__ typedef __int128 jk_wide;
__extension__ typedef unsigned __int128 jk_wide_unsigned;

#endif
