/* SPDX-License-Identifier: Apache-2.0 */
/* Files made with the HDF5 library itself, for tests of what reads them. All of it under jk_h5_enter. */
#ifndef JK_TESTS_H5_MADE_H
#define JK_TESTS_H5_MADE_H

#include <hdf5.h>
#include <stdbool.h>

#include "cmocka_all.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef enum storage { CONTIGUOUS, CHUNKS, SHUFFLED, DEFLATED, PACKED, STORAGES } storage;

static inline hid_t properties_of(storage how, hsize_t rows) {
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    if (how != CONTIGUOUS) {
        assert_true(H5Pset_chunk(properties, 1, &rows) >= 0);
    }
    assert_true((how != SHUFFLED && how != PACKED) || H5Pset_shuffle(properties) >= 0);
    assert_true((how != DEFLATED && how != PACKED) || H5Pset_deflate(properties, 6) >= 0);
    return properties;
}

/* Takes the properties over; `data` NULL: nothing is written. */
static inline void put(hid_t file, const char *name, hid_t type, int rank, const hsize_t *extent, hid_t properties,
                       const void *data) {
    hsize_t most[3] = {H5S_UNLIMITED, H5S_UNLIMITED, H5S_UNLIMITED};
    bool grows = H5Pget_layout(properties) == H5D_CHUNKED;
    hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, extent, grows ? most : NULL);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    assert_true(dataset >= 0);
    assert_true(data == NULL || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(properties);
}

static inline hid_t text_type(size_t width) {
    hid_t type = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(type, width) >= 0 && H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0);
    return type;
}

static inline void put_attribute(hid_t file, const char *name, hid_t type, const hsize_t *count, const void *value) {
    hid_t space = count != NULL ? H5Screate_simple(1, count, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0 && H5Awrite(attribute, type, value) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

#endif
