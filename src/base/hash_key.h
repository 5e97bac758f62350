/* SPDX-License-Identifier: Apache-2.0 */
/* The key of hash tables over text from outside. */
#ifndef JK_BASE_HASH_KEY_H
#define JK_BASE_HASH_KEY_H

#include <stdint.h>

/* Random, the same for the life of the process. Only places in tables may depend on it, never a result. */
uint64_t jk_hash_key(void);

#endif
