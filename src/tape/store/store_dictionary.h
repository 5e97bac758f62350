/* SPDX-License-Identifier: Apache-2.0 */
/* The strings of a dictionary column while a store is written: equal strings get equal numbers, in order of first
 * appearance. */
#ifndef JK_TAPE_STORE_DICTIONARY_H
#define JK_TAPE_STORE_DICTIONARY_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

typedef struct jk_store_dictionary jk_store_dictionary;

jk_store_dictionary *jk_store_dictionary_create(void); /* NULL: no memory */
void jk_store_dictionary_free(jk_store_dictionary *dictionary);

/* JK_ERROR_DATA if the text is empty, too long or holds a NUL byte, or the dictionary is full. */
jk_status jk_store_dictionary_intern(jk_store_dictionary *dictionary, const char *column, const char *text,
                                     size_t length, int32_t *index, jk_error *error);

/* Writes the strings as data set `name` of the group. Under the HDF5 lock. */
bool jk_store_dictionary_write(const jk_store_dictionary *dictionary, hid_t group, const char *name);

#endif
