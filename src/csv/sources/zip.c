/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sources/zip.h"

#include <minizip/unzip.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "csv/sources/unpack.h"

enum { NAME_MAX_BYTES = 1024, MEMBERS_MAX = 1000 };

struct jk_zip {
    char *path;
    unzFile file;
    bool reading;
    char member[NAME_MAX_BYTES];
    uint64_t packed, given;
};

jk_status jk_zip_open(const char *path, jk_zip **result, jk_error *error) {
    *result = NULL;
    jk_zip *zip = calloc(1, sizeof *zip);
    JK_TRY(jk_held(zip != NULL, error, "an archive"));
    zip->path = strdup(path);
    zip->file = unzOpen64(path);
    if (zip->path == NULL || zip->file == NULL) {
        jk_status status = zip->path == NULL ? jk_fail_memory(error, "an archive")
                                             : jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL,
                                                       "this zip archive is damaged or cut short (its directory at the "
                                                       "end cannot be read)");
        jk_zip_close(zip);
        return status;
    }
    *result = zip;
    return JK_OK;
}

void jk_zip_close(jk_zip *zip) {
    if (zip == NULL) {
        return;
    }
    if (zip->reading) {
        (void)unzCloseCurrentFile(zip->file);
    }
    if (zip->file != NULL) {
        (void)unzClose(zip->file);
    }
    free(zip->path);
    free(zip);
}

static jk_status fail_directory(const jk_zip *zip, jk_error *error) {
    return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL, "this zip archive's directory is damaged");
}

jk_status jk_zip_each(jk_zip *zip, jk_zip_visit *visit, void *context, jk_error *error) {
    size_t members = 0;
    int result = unzGoToFirstFile(zip->file);
    for (; result == UNZ_OK; result = unzGoToNextFile(zip->file)) {
        char name[NAME_MAX_BYTES];
        unz_file_info64 info;
        if (unzGetCurrentFileInfo64(zip->file, &info, name, sizeof name, NULL, 0, NULL, 0) != UNZ_OK) {
            return fail_directory(zip, error);
        }
        if (info.size_filename >= sizeof name || ++members > MEMBERS_MAX) {
            return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL,
                           "an archive with names of over %d bytes or with over %d members is not read", NAME_MAX_BYTES,
                           MEMBERS_MAX);
        }
        JK_TRY(visit(context, name, error));
    }
    return result == UNZ_END_OF_LIST_OF_FILE ? JK_OK : fail_directory(zip, error);
}

enum { MATCH_CASE = 1, METHOD_STORED = 0, METHOD_DEFLATE = 8, FLAG_ENCRYPTED = 1 };

bool jk_zip_has(jk_zip *zip, const char *member) {
    return unzLocateFile(zip->file, member, MATCH_CASE) == UNZ_OK;
}

jk_status jk_zip_start(jk_zip *zip, const char *member, uint64_t *size, jk_error *error) {
    if (zip->reading) {
        (void)unzCloseCurrentFile(zip->file);
        zip->reading = false;
    }
    unz_file_info64 info;
    if (strlen(member) >= sizeof zip->member || !jk_zip_has(zip, member)) {
        return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL, "the archive has no '%s'", member);
    }
    if (unzGetCurrentFileInfo64(zip->file, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK) {
        return fail_directory(zip, error);
    }
    if ((info.flag & FLAG_ENCRYPTED) != 0) {
        return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL,
                       "'%s' is protected by a password: unpack it first, or ask for it without", member);
    }
    if (info.compression_method != METHOD_STORED && info.compression_method != METHOD_DEFLATE) {
        return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL,
                       "'%s' is packed by method %lu, expected deflate (8): unpack it first", member,
                       (unsigned long)info.compression_method);
    }
    if (unzOpenCurrentFile(zip->file) != UNZ_OK) {
        return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL, "'%s' cannot be unpacked: it is damaged", member);
    }
    (void)strcpy(zip->member, member);
    zip->reading = true;
    zip->packed = info.compressed_size;
    zip->given = 0;
    *size = info.uncompressed_size;
    return JK_OK;
}

jk_status jk_zip_read(jk_zip *zip, void *out, size_t capacity, size_t *got, jk_error *error) {
    *got = 0;
    if (!zip->reading) {
        return JK_OK;
    }
    int count = unzReadCurrentFile(zip->file, out, (unsigned)(capacity < 1u << 20 ? capacity : 1u << 20));
    if (count == 0) {
        zip->reading = false;
        count = unzCloseCurrentFile(zip->file) == UNZ_OK ? 0 : UNZ_CRCERROR;
    }
    if (count < 0) {
        return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL, "'%s' is damaged: %s", zip->member,
                       count == UNZ_CRCERROR ? "its checksum is wrong" : "it cannot be unpacked");
    }
    zip->given += (uint64_t)count;
    if (zip->given > JK_UNPACK_GROWTH_FREE && zip->given / JK_UNPACK_GROWTH_MOST > zip->packed) {
        return jk_fail(error, JK_ERROR_FORMAT, zip->path, 0, NULL,
                       "'%s' unpacks to over %d times its size: this is no table", zip->member, JK_UNPACK_GROWTH_MOST);
    }
    *got = (size_t)count;
    return JK_OK;
}
