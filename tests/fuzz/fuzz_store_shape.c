/* SPDX-License-Identifier: Apache-2.0 */
/* Stores that are always sound HDF5: the bytes choose counts, columns, their types, extents, layouts, chunks, filters
 * and fill values, dictionaries, links and cells. What HDF5 itself refuses to write is left out. Read as fuzz_store.c
 * reads. */
#include "fuzz_store_check.h"

#include <hdf5.h>
#include <string.h>

#include "h5/h5.h"

enum { ROWS_MOST = 40, CELLS = ROWS_MOST * 160 };

typedef struct recipe {
    const uint8_t *bytes;
    size_t left;
    hsize_t rows;
} recipe;

static unsigned take(recipe *self) {
    if (self->left == 0) {
        return 0;
    }
    self->left--;
    return *self->bytes++;
}

static void fill_cells(recipe *self, unsigned char *cells, size_t size) {
    unsigned way = take(self) % 4;
    memset(cells, way == 1 ? 0xff : 0, size);
    for (size_t i = 0; way >= 2 && i < size && self->left > 0; i += way == 2 ? 1 : 8) {
        cells[i] = (unsigned char)take(self);
    }
}

/* Mostly what the schema wants; else any of the other types. */
static hid_t type_of(recipe *self, jk_column column) {
    size_t count = 0;
    const char *const *levels = jk_schema_levels(column, &count);
    unsigned choice = take(self) % 16;
    const hid_t plain[] = {H5T_STD_I8LE, H5T_STD_U16BE, H5T_STD_I32LE, H5T_STD_I64LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE};
    if (choice < 6) {
        return H5Tcopy(plain[choice]);
    }
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        if (choice == 6) {
            hid_t variable = H5Tcopy(H5T_C_S1);
            (void)H5Tset_size(variable, H5T_VARIABLE);
            return variable;
        }
        return jk_h5_text_type(1 + take(self) % 140);
    case JK_TYPE_ENUM: {
        hid_t type = H5Tenum_create(H5T_STD_I8LE);
        for (size_t i = 0; i < count; i++) {
            int8_t code = (int8_t)(i + (choice == 6));
            (void)H5Tenum_insert(type, choice == 7 && i == 0 ? "other" : levels[i], &code);
        }
        int8_t missing = -1;
        (void)H5Tenum_insert(type, "missing", &missing);
        return type;
    }
    case JK_TYPE_MONEY:
        return H5Tcopy(H5T_STD_I64LE);
    case JK_TYPE_REAL:
        return H5Tcopy(H5T_IEEE_F64LE);
    default:
        return H5Tcopy(H5T_STD_I32LE);
    }
}

static hid_t properties_of(recipe *self, hid_t type, int rank, const hsize_t *extent) {
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[3] = {1 + take(self) % 64, 1, 1};
    unsigned layout = take(self) % 8;
    unsigned char fill[512] = {0};
    if (layout == 0 && extent[0] > 0) {
        (void)H5Pset_layout(properties, H5D_COMPACT);
    } else if (layout < 4) {
        if (layout == 1) {
            chunk[0] = (hsize_t)1 << take(self) % 31; /* far longer than the rows, now and then */
        }
        (void)H5Pset_chunk(properties, rank, chunk);
        for (unsigned i = take(self) % 4; i > 0; i--) {
            switch (take(self) % 4) {
            case 0:
                (void)H5Pset_shuffle(properties);
                break;
            case 1:
                (void)H5Pset_deflate(properties, 1 + take(self) % 9);
                break;
            case 2:
                (void)H5Pset_fletcher32(properties);
                break;
            default:
                (void)H5Pset_filter(properties, (H5Z_filter_t)(300 + take(self)), H5Z_FLAG_OPTIONAL, 0, NULL);
                break;
            }
        }
    } else if (layout == 4) {
        (void)H5Pset_external(properties, "/etc/hostname", 0, H5F_UNLIMITED);
    }
    if (take(self) % 4 == 0 && H5Tget_size(type) <= sizeof fill && H5Tis_variable_str(type) <= 0) {
        fill_cells(self, fill, sizeof fill);
        (void)H5Pset_fill_value(properties, type, fill);
    }
    if (take(self) % 2 == 0) {
        (void)H5Pset_alloc_time(properties, H5D_ALLOC_TIME_LATE);
    }
    return properties;
}

static void put_dataset(recipe *self, hid_t group, const char *name, hid_t type, hsize_t rows) {
    static unsigned char cells[CELLS];
    unsigned odd = take(self) % 16;
    hsize_t extent[3] = {odd == 0 ? rows + 1 : odd == 1 && rows > 0 ? rows - 1 : rows, 2, 1};
    int rank = odd == 2 ? 2 : odd == 3 ? 3 : 1;
    hid_t space = odd == 4 ? H5Screate(H5S_NULL) : H5Screate_simple(rank, extent, NULL);
    hid_t properties = properties_of(self, type, rank, extent);
    hid_t id = H5Dcreate2(group, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    bool external = id >= 0 && H5Pget_external_count(properties) > 0;
    bool fits = id >= 0 && H5Tis_variable_str(type) <= 0 && extent[0] * 2 * H5Tget_size(type) <= sizeof cells;
    if (fits && !external && take(self) % 8 != 0) {
        fill_cells(self, cells, sizeof cells);
        (void)H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells);
    }
    (void)H5Dclose(id);
    (void)H5Pclose(properties);
    (void)H5Sclose(space);
}

static void put_column(recipe *self, hid_t file, hid_t group, hid_t dictionaries, jk_column column) {
    const char *name = jk_schema_column(column)->name;
    switch (take(self) % 24) {
    case 0:
        (void)H5Lcreate_soft("/tape/claim_id", group, name, H5P_DEFAULT, H5P_DEFAULT);
        return;
    case 1:
        (void)H5Lcreate_external("/etc/hostname", "/x", group, name, H5P_DEFAULT, H5P_DEFAULT);
        return;
    case 2:
        (void)H5Lcreate_hard(file, "/dict", group, name, H5P_DEFAULT, H5P_DEFAULT); /* a ring */
        return;
    default:
        break;
    }
    hid_t type = type_of(self, column);
    put_dataset(self, group, name, type, self->rows);
    (void)H5Tclose(type);
    if (jk_schema_column(column)->type == JK_TYPE_DICTIONARY && take(self) % 8 != 0) {
        hid_t words = jk_h5_text_type(1 + take(self) % 8);
        put_dataset(self, dictionaries, name, words, take(self) % 8);
        (void)H5Tclose(words);
    }
}

static void put_counts(recipe *self, hid_t file) {
    static const char *const formats[] = {"tape 1", "panel 1", "payments 1", "actions 1", "result 1", "tape 2", ""};
    static const char *const names[] = {"rows", "debtors", "claims"};
    static const int64_t odd[] = {0, -1, INT64_MIN, INT64_MAX, INT32_MAX, (int64_t)INT32_MAX + 1, 1, 2};
    unsigned format = take(self) % 16;
    (void)jk_h5_put_text(file, "jalki_format", formats[format < 7 ? format : format % 2]);
    for (size_t i = 0; i < 3; i++) {
        unsigned choice = take(self) % 16;
        if (choice == 15) {
            continue;
        }
        (void)jk_h5_put_integer(file, names[i],
                                choice < 8     ? (int64_t)self->rows
                                : choice == 14 ? odd[take(self) % 8]
                                               : (int64_t)(self->rows / 2 + 1));
    }
    if (take(self) % 2 == 0) {
        char date[] = "2026-06-30";
        date[take(self) % 10] = (char)take(self);
        (void)jk_h5_put_text(file, "cutoff", take(self) % 4 == 0 ? date : "2026-06-30");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    recipe self = {.bytes = data, .left = size};
    jk_output output = {.fd = memfd_create("store", MFD_CLOEXEC), .target = (char[]){"store"}};
    char path[64];
    if (output.fd < 0) {
        abort();
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", output.fd);
    self.rows = take(&self) % ROWS_MOST;
    jk_h5_enter();
    hid_t file = jk_h5_create(&output);
    if (file < 0) {
        abort();
    }
    put_counts(&self, file);
    hid_t group = jk_h5_group(file, "tape"), dictionaries = jk_h5_group(file, "dict");
    hid_t own = jk_h5_group(file, "tape/extra"), own_dictionaries = jk_h5_group(file, "dict/extra");
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (jk_schema_required(JK_KIND_TAPE, (jk_column)c) ? take(&self) % 32 != 31 : take(&self) % 4 == 0) {
            const bool extra = jk_schema_is_extra((jk_column)c) != 0;
            put_column(&self, file, extra ? own : group, extra ? own_dictionaries : dictionaries, (jk_column)c);
        }
    }
    (void)H5Gclose(group);
    (void)H5Gclose(dictionaries);
    (void)H5Gclose(own);
    (void)H5Gclose(own_dictionaries);
    (void)H5Fclose(file);
    jk_h5_leave();
    fuzz_store(path);
    (void)close(output.fd);
    return 0;
}
