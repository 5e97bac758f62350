/* SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/file/run_record.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* When a full disk makes closing a file fail, HDF5 (1.10) keeps a broken entry of it and crashes over that in its exit
 * handler. All files are closed here, so the handler has nothing to do. Filters that are not built in would be loaded
 * from wherever HDF5_PLUGIN_PATH says: none ever is. */
static void before_first_use(void) {
    (void)H5dont_atexit();
    (void)H5PLset_loading_state(0);
}

void jk_h5_lock(void) {
    (void)pthread_mutex_lock(&lock);
}

void jk_h5_set_up(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, before_first_use);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* the setting is the thread's own */
}

void jk_h5_enter(void) {
    jk_h5_lock();
    jk_h5_set_up();
}

jk_status jk_h5_start(jk_error *error) {
    enum { NEEDED = 8 << 20 }; /* more than it takes to start */
    void *room = malloc(NEEDED);
    JK_TRY(jk_held(room != NULL, error, "the HDF5 library"));
    *(volatile char *)room = 1; /* asked for, and seen to be there */
    free(room);
    jk_h5_enter();
    bool started = H5open() >= 0;
    jk_h5_leave();
    return jk_held(started, error, "the HDF5 library");
}

void jk_h5_leave(void) {
    (void)pthread_mutex_unlock(&lock);
}

/* Large pieces begin where a page of memory does: the kernel copies them from its cache a fifth faster. */
enum { LARGE = 128 * 1024, PAGE = 4096 };

hid_t jk_h5_create(const jk_output *output) {
    hid_t access = jk_h5_access(output->fd);
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    hid_t file = H5I_INVALID_HID;
    if (access >= 0 && creation >= 0 && H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
        H5Pset_alignment(access, LARGE, PAGE) >= 0 && H5Pset_obj_track_times(creation, false) >= 0 &&
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0) {
        file = H5Fcreate(output->target, H5F_ACC_TRUNC, creation, access);
    }
    (void)H5Pclose(access);
    (void)H5Pclose(creation);
    return file;
}

hid_t jk_h5_group(hid_t file, const char *path) {
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    hid_t group = H5I_INVALID_HID;
    if (creation >= 0 && H5Pset_obj_track_times(creation, false) >= 0 &&
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0) {
        group = H5Gcreate2(file, path, H5P_DEFAULT, creation, H5P_DEFAULT);
    }
    (void)H5Pclose(creation);
    return group;
}

hid_t jk_h5_dataset_properties(void) {
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    if (properties >= 0 && H5Pset_obj_track_times(properties, false) < 0) {
        (void)H5Pclose(properties);
        return H5I_INVALID_HID;
    }
    return properties;
}

hid_t jk_h5_text_type(size_t width) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, width) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 ||
                      H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        (void)H5Tclose(type);
        return H5I_INVALID_HID;
    }
    return type;
}

static bool put_attribute(hid_t object, const char *name, hid_t type, hid_t space, const void *value) {
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool done = attribute >= 0 && H5Awrite(attribute, type, value) >= 0;
    return (attribute < 0 || H5Aclose(attribute) >= 0) && done;
}

bool jk_h5_put_value(hid_t object, const char *name, hid_t type, const void *value) {
    hid_t space = H5Screate(H5S_SCALAR);
    bool done = space >= 0 && type >= 0 && put_attribute(object, name, type, space, value);
    (void)H5Sclose(space);
    return done;
}

bool jk_h5_put_text(hid_t object, const char *name, const char *text) {
    size_t length = strlen(text);
    hid_t type = jk_h5_text_type(length > 0 ? length : 1);
    bool done = jk_h5_put_value(object, name, type, text);
    (void)H5Tclose(type);
    return done;
}

bool jk_h5_put_texts(hid_t object, const char *name, const char *const *texts, size_t count) {
    size_t width = 1;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(texts[i]);
        width = length > width ? length : width;
    }
    char *bytes = calloc(count > 0 ? count : 1, width);
    hsize_t extent = count;
    hid_t type = jk_h5_text_type(width);
    hid_t space = H5Screate_simple(1, &extent, NULL);
    bool done = bytes != NULL && type >= 0 && space >= 0;
    for (size_t i = 0; done && i < count; i++) {
        memcpy(bytes + i * width, texts[i], strlen(texts[i]));
    }
    done = done && put_attribute(object, name, type, space, bytes);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    free(bytes);
    return done;
}

bool jk_h5_put_integer(hid_t object, const char *name, int64_t value) {
    return jk_h5_put_value(object, name, H5T_NATIVE_INT64, &value);
}

const char *jk_h5_created(char text[JK_H5_TIME_TEXT]) {
    time_t moment = (time_t)jk_run_seconds();
    struct tm parts;
    if (gmtime_r(&moment, &parts) == NULL || strftime(text, JK_H5_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        text[0] = '\0';
    }
    return text;
}
