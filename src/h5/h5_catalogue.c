/* SPDX-License-Identifier: Apache-2.0 */
/* The child's side of h5_file.h: walks the file with the HDF5 library. It may die at any point; what it has not sent
 * by then does not count. Nothing is freed: the process ends with the walk. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "h5/h5.h"
#include "h5/h5_private.h"

typedef struct walk {
    jk_h5_catalogue_header header;
    unsigned char *bytes;
    size_t used, room;
    uint64_t limit;
    const char *strings_under;
    size_t strings_max;
    hid_t file;
} walk;

__attribute__((format(printf, 2, 3))) static bool stop(walk *self, const char *format, ...) {
    if (!self->header.failed) {
        self->header.failed = 1;
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(self->header.message, sizeof self->header.message, format, arguments);
        va_end(arguments);
    }
    return false;
}

static bool put(walk *self, const void *bytes, size_t count) {
    if (count > self->limit || self->used > self->limit - count) {
        return stop(self, "its table of contents is larger than the file can hold");
    }
    if (self->room - self->used < count) {
        size_t room = self->room * 2 > self->used + count ? self->room * 2 : self->used + count + 65536;
        unsigned char *grown = realloc(self->bytes, room);
        if (grown == NULL) {
            return stop(self, "its table of contents does not fit into memory");
        }
        self->bytes = grown;
        self->room = room;
    }
    memcpy(self->bytes + self->used, bytes, count);
    self->used += count;
    return true;
}

static herr_t is_about_memory(unsigned depth, const H5E_error2_t *entry, void *found) {
    (void)depth;
    *(bool *)found = *(bool *)found || entry->maj_num == H5E_RESOURCE || entry->min_num == H5E_NOSPACE ||
                     entry->min_num == H5E_CANTALLOC;
    return 0;
}

/* Whether the HDF5 call that failed last did so for want of memory: then the file may be sound. */
static bool was_refused_memory(void) {
    bool found = false;
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, is_about_memory, &found);
    return found;
}

/* ---- attributes of the root ---- */

static bool read_text_attribute(walk *self, hid_t attribute, hid_t type, jk_h5_attribute *record) {
    enum { TEXT_MAX = 16 * 1024 * 1024 };
    char *text = NULL;
    if (H5Tis_variable_str(type) > 0) {
        hid_t memory = H5Tcopy(H5T_C_S1);
        if (H5Tset_size(memory, H5T_VARIABLE) < 0 || H5Tset_cset(memory, H5Tget_cset(type)) < 0 ||
            H5Aread(attribute, memory, &text) < 0) {
            return stop(self, "attribute %s cannot be read", record->name);
        }
        record->length = text == NULL ? 0 : (uint32_t)strnlen(text, TEXT_MAX);
    } else {
        size_t size = H5Tget_size(type);
        if (size > TEXT_MAX) {
            return true; /* nothing of ours */
        }
        text = calloc(size + 1, 1);
        if (text == NULL || H5Aread(attribute, type, text) < 0) {
            return stop(self, "attribute %s cannot be read", record->name);
        }
        record->length = (uint32_t)strnlen(text, size);
    }
    record->is_text = 1;
    self->header.attribute_count++;
    return put(self, record, sizeof *record) && put(self, text == NULL ? "" : text, record->length);
}

static bool read_attribute(walk *self, hid_t attribute) {
    jk_h5_attribute record = {0};
    hid_t type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    ssize_t length = H5Aget_name(attribute, sizeof record.name, record.name);
    if (type < 0 || space < 0 || length <= 0) {
        return stop(self, "its attributes cannot be read");
    }
    bool done = true;
    if (H5Sget_simple_extent_npoints(space) == 1 && length < (ssize_t)sizeof record.name) {
        if (H5Tget_class(type) == H5T_STRING) {
            done = read_text_attribute(self, attribute, type, &record);
        } else if (H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) <= sizeof record.integer) {
            self->header.attribute_count++;
            done = H5Aread(attribute, H5T_NATIVE_INT64, &record.integer) >= 0
                       ? put(self, &record, sizeof record)
                       : stop(self, "attribute %s cannot be read", record.name);
        }
    }
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    return done;
}

static bool read_attributes(walk *self) {
    H5O_info_t info;
    if (H5Oget_info2(self->file, &info, H5O_INFO_NUM_ATTRS) < 0) {
        return stop(self, "its root group cannot be read");
    }
    if (info.num_attrs > JK_H5_PARTS_MAX) {
        return stop(self, "it has more than %d attributes", JK_H5_PARTS_MAX);
    }
    for (hsize_t i = 0; i < info.num_attrs; i++) {
        hid_t attribute = H5Aopen_by_idx(self->file, ".", H5_INDEX_NAME, H5_ITER_NATIVE, i, H5P_DEFAULT, H5P_DEFAULT);
        bool done = attribute >= 0 ? read_attribute(self, attribute) : stop(self, "its attributes cannot be read");
        (void)H5Aclose(attribute);
        if (!done) {
            return false;
        }
    }
    return true;
}

/* ---- data sets ---- */

static bool describe_enum(hid_t type, jk_h5_dataset *record) {
    int members = H5Tget_nmembers(type);
    hid_t base = H5Tget_super(type);
    bool little = base >= 0 && H5Tget_order(base) == H5T_ORDER_LE;
    record->is_signed = base >= 0 && H5Tget_sign(base) == H5T_SGN_2;
    (void)H5Tclose(base);
    if (members < 0 || members > JK_H5_LEVELS_MAX || record->element_size > sizeof(int64_t) ||
        (!little && record->element_size > 1)) {
        return false;
    }
    for (int i = 0; i < members; i++) {
        char *name = H5Tget_member_name(type, (unsigned)i);
        unsigned char raw[sizeof(int64_t)] = {0};
        if (name == NULL || strlen(name) >= JK_H5_LEVEL_NAME_MAX || H5Tget_member_value(type, (unsigned)i, raw) < 0) {
            return false;
        }
        jk_h5_level *level = &record->levels[i];
        memcpy(level->name, name, strlen(name) + 1);
        int64_t value = 0;
        memcpy(&value, raw, sizeof value);
        unsigned shift = 64 - 8 * (unsigned)record->element_size;
        level->value = record->is_signed ? (int64_t)((uint64_t)value << shift) >> shift : value;
    }
    record->level_count = (uint32_t)members;
    return true;
}

static void describe_type(hid_t type, jk_h5_dataset *record) {
    H5T_class_t class = H5Tget_class(type);
    record->element_size = H5Tget_size(type);
    bool little = H5Tget_order(type) == H5T_ORDER_LE || record->element_size == 1;
    if (class == H5T_INTEGER && little && H5Tget_precision(type) == 8 * record->element_size) {
        record->kind = JK_H5_INTEGER;
        record->is_signed = H5Tget_sign(type) == H5T_SGN_2;
    } else if (class == H5T_FLOAT && (H5Tequal(type, H5T_IEEE_F64LE) > 0 || H5Tequal(type, H5T_IEEE_F32LE) > 0)) {
        record->kind = JK_H5_REAL;
    } else if (class == H5T_ENUM && describe_enum(type, record)) {
        record->kind = JK_H5_ENUM;
    } else if (class == H5T_STRING) {
        record->kind = JK_H5_TEXT;
        record->is_variable = H5Tis_variable_str(type) > 0;
    }
}

static bool describe_filters(hid_t properties, jk_h5_dataset *record) {
    int count = H5Pget_nfilters(properties);
    for (int i = 0; i < count; i++) {
        unsigned flags = 0;
        size_t values = 0;
        H5Z_filter_t filter = H5Pget_filter2(properties, (unsigned)i, &flags, &values, NULL, 0, NULL, NULL);
        if (filter == H5Z_FILTER_SHUFFLE && record->shuffle_filter < 0 && record->deflate_filter < 0) {
            record->shuffle_filter = i;
        } else if (filter == H5Z_FILTER_DEFLATE && record->deflate_filter < 0) {
            record->deflate_filter = i;
        } else {
            return false;
        }
    }
    return count >= 0;
}

/* Virtual data sets and external raw storage stand in other files; they stay JK_H5_UNREADABLE. */
static void describe_layout(hid_t dataset, hid_t properties, jk_h5_dataset *record) {
    H5D_layout_t layout = H5Pget_layout(properties);
    record->offset = UINT64_MAX;
    if (layout == H5D_CONTIGUOUS && H5Pget_external_count(properties) == 0) {
        haddr_t offset = H5Dget_offset(dataset);
        record->offset = offset == HADDR_UNDEF ? UINT64_MAX : offset;
        record->layout = JK_H5_CONTIGUOUS;
    } else if (layout == H5D_CHUNKED && record->rank == 1) {
        hsize_t rows = 0;
        if (H5Pget_chunk(properties, 1, &rows) == 1 && describe_filters(properties, record)) {
            record->chunk_rows = rows;
            record->layout = JK_H5_CHUNKED;
        }
    }
}

static bool describe_fill(hid_t properties, hid_t type, jk_h5_dataset *record) {
    H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
    if (record->is_variable || record->kind == JK_H5_OTHER || record->element_size > sizeof record->fill) {
        return true;
    }
    return H5Pfill_value_defined(properties, &defined) >= 0 &&
           (defined != H5D_FILL_VALUE_USER_DEFINED || H5Pget_fill_value(properties, type, record->fill) >= 0);
}

static bool put_chunks(walk *self, hid_t dataset, hid_t space, const jk_h5_dataset *record) {
    for (uint64_t i = 0; i < record->chunk_count; i++) {
        hsize_t start[JK_H5_RANK_MAX] = {0}, size = 0;
        unsigned skipped = 0;
        haddr_t address = HADDR_UNDEF;
        if (H5Dget_chunk_info(dataset, space, i, start, &skipped, &address, &size) < 0 || size > UINT32_MAX) {
            return stop(self, "the chunks of %s cannot be listed", record->path);
        }
        jk_h5_chunk chunk = {.index = start[0] / record->chunk_rows,
                             .address = address == HADDR_UNDEF ? UINT64_MAX : address,
                             .size = (uint32_t)size,
                             .skipped = skipped};
        if (!put(self, &chunk, sizeof chunk)) {
            return false;
        }
    }
    return true;
}

/* Whether H5Dread runs no filter but shuffle and deflate, and unpacks no more than the strings are. */
static bool is_readable(hid_t properties, const jk_h5_dataset *record) {
    return (record->layout != JK_H5_UNREADABLE || H5Pget_layout(properties) == H5D_COMPACT) &&
           !jk_h5_chunks_exceed(record);
}

/* Strings go along as length and bytes. */
static bool put_strings(walk *self, hid_t dataset, hid_t type, const jk_h5_dataset *record) {
    enum { BYTES_MAX = 256 * 1024 * 1024 };
    size_t count = record->string_count;
    size_t width = record->is_variable ? sizeof(char *) : record->element_size;
    if (count == 0) {
        return true;
    }
    if (width == 0 || width > JK_H5_STRING_MAX || count > BYTES_MAX / width) {
        return stop(self, "the strings of %s are longer than %d bytes", record->path, JK_H5_STRING_MAX);
    }
    char *bytes = calloc(count, width);
    hid_t memory = H5Tcopy(type);
    if (bytes == NULL || memory < 0 || H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0) {
        return stop(self, "the strings of %s cannot be read", record->path);
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = bytes + i * width;
        size_t room = width;
        if (record->is_variable) {
            memcpy(&text, bytes + i * width, sizeof text);
            text = text == NULL ? "" : text;
            room = JK_H5_STRING_MAX + 1;
        }
        uint32_t length = (uint32_t)strnlen(text, room);
        if (length > JK_H5_STRING_MAX) {
            return stop(self, "a string of %s is longer than %d bytes", record->path, JK_H5_STRING_MAX);
        }
        if (!put(self, &length, sizeof length) || !put(self, text, length)) {
            return false;
        }
    }
    free(bytes);
    return true;
}

static bool wants_strings(const walk *self, const jk_h5_dataset *record) {
    size_t length = self->strings_under == NULL ? 0 : strlen(self->strings_under);
    return length > 0 && record->kind == JK_H5_TEXT && record->rank == 1 &&
           strncmp(record->path, self->strings_under, length) == 0 && record->path[length] == '/';
}

static bool read_dataset(walk *self, hid_t dataset, const char *path) {
    jk_h5_dataset record = {.shuffle_filter = -1, .deflate_filter = -1};
    (void)snprintf(record.path, sizeof record.path, "%s", path);
    hid_t properties = H5Dget_create_plist(dataset);
    if (properties < 0) {
        return stop(self, "%s cannot be read", path);
    }
    H5D_layout_t layout = H5Pget_layout(properties);
    if (layout == H5D_VIRTUAL || (layout == H5D_CONTIGUOUS && H5Pget_external_count(properties) != 0)) {
        return stop(self, "%s stands in another file (virtual data set or external storage), which is never followed",
                    path);
    }
    hid_t type = H5Dget_type(dataset);
    hid_t space = H5Dget_space(dataset);
    if (type < 0 || space < 0) {
        return stop(self, "%s cannot be read", path);
    }
    int rank = H5Sget_simple_extent_ndims(space);
    hsize_t extent[H5S_MAX_RANK] = {0};
    if (rank >= 1 && rank <= JK_H5_RANK_MAX && H5Sget_simple_extent_dims(space, extent, NULL) == rank) {
        record.rank = (uint32_t)rank;
        for (int i = 0; i < rank; i++) {
            record.extent[i] = extent[i];
        }
        describe_type(type, &record);
        describe_layout(dataset, properties, &record);
        if (!describe_fill(properties, type, &record)) {
            return stop(self, "the fill value of %s cannot be read", path);
        }
    }
    hsize_t chunks = 0;
    if (record.layout == JK_H5_CHUNKED) {
        if (H5Dget_num_chunks(dataset, space, &chunks) < 0) {
            return stop(self, "the chunks of %s cannot be counted", path);
        }
        record.chunk_count = chunks;
    }
    if (wants_strings(self, &record)) {
        if (record.extent[0] > self->strings_max) {
            return stop(self, "%s has more than %zu strings", path, self->strings_max);
        }
        if (!is_readable(properties, &record)) {
            return stop(self, "%s has a layout or filters that are not supported (only shuffle and deflate are)", path);
        }
        record.string_count = (uint32_t)record.extent[0];
    }
    self->header.dataset_count++;
    return put(self, &record, sizeof record) && put_chunks(self, dataset, space, &record) &&
           put_strings(self, dataset, type, &record);
}

/* ---- groups ---- */

/* Members of one group; a group in it is walked too, two levels deep and no more (links may form rings). */
static bool read_group(walk *self, const char *path, int depth) {
    hid_t group = H5Gopen2(self->file, path[0] == '\0' ? "/" : path, H5P_DEFAULT);
    H5G_info_t info;
    if (group < 0 || H5Gget_info(group, &info) < 0) {
        return stop(self, "group %s cannot be read", path[0] == '\0' ? "/" : path);
    }
    for (hsize_t i = 0; i < info.nlinks; i++) {
        char name[JK_H5_NAME_MAX], full[2 * JK_H5_NAME_MAX];
        H5L_info_t link;
        if (i >= JK_H5_PARTS_MAX || self->header.dataset_count >= JK_H5_PARTS_MAX) {
            return stop(self, "it has more than %d parts", JK_H5_PARTS_MAX);
        }
        ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
        if (length < 0 || H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, &link, H5P_DEFAULT) < 0) {
            return stop(self, "the members of %s/ cannot be listed", path);
        }
        (void)snprintf(full, sizeof full, "%s/%s", path, name);
        if (length >= (ssize_t)sizeof name || strlen(full) >= JK_H5_NAME_MAX || link.type != H5L_TYPE_HARD) {
            continue; /* nothing of ours; links out of the file are never followed */
        }
        hid_t object = H5Oopen(group, name, H5P_DEFAULT);
        if (object < 0) {
            return stop(self, "%s cannot be opened", full);
        }
        H5I_type_t kind = H5Iget_type(object);
        bool done = kind == H5I_DATASET              ? read_dataset(self, object, full)
                    : kind == H5I_GROUP && depth < 2 ? read_group(self, full, depth + 1)
                                                     : true;
        (void)H5Oclose(object);
        if (!done) {
            return false;
        }
    }
    (void)H5Gclose(group);
    return true;
}

static hid_t open_file(walk *self, int fd) {
    hid_t access = jk_h5_access(fd);
    if (access < 0) {
        (void)stop(self, "the HDF5 library cannot be used");
        return H5I_INVALID_HID;
    }
    hid_t file = H5Fopen("file", H5F_ACC_RDONLY, access);
    if (file < 0 && was_refused_memory()) {
        (void)stop(self, "the system refused the memory to read it");
        return H5I_INVALID_HID;
    }
    if (file < 0) {
        (void)stop(
            self,
            "it is no HDF5 file, or truncated or damaged; expected a store that jalki made (a CSV is imported first)");
        return H5I_INVALID_HID;
    }
    hid_t creation = H5Fget_create_plist(file);
    hsize_t block = 0;
    if (creation < 0 || H5Pget_userblock(creation, &block) < 0 || block != 0) {
        (void)stop(self, "it has a user block in front, which is not supported");
    }
    return file;
}

static void send_all(int out, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    while (count > 0) {
        ssize_t sent = write(out, next, count);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return;
        }
        next += sent;
        count -= (size_t)sent;
    }
}

void jk_h5_catalogue(int fd, const char *strings_under, size_t strings_max, uint64_t limit, int out) {
    walk self = {.header.magic = JK_H5_CATALOGUE_MAGIC,
                 .limit = limit,
                 .strings_under = strings_under,
                 .strings_max = strings_max};
    self.file = open_file(&self, fd);
    if (!self.header.failed && read_attributes(&self)) {
        (void)read_group(&self, "", 0);
    }
    self.header.bytes = self.header.failed ? 0 : self.used;
    send_all(out, &self.header, sizeof self.header);
    if (!self.header.failed) {
        send_all(out, self.bytes, self.used);
    }
}
