/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged and hostile stores: thousands of mutated files are opened and read whole. Whatever they hold, the answer is a
 * status; where it is JK_OK, every value keeps its column's bounds. The HDF5 library is known to break down on some of
 * them; the program must not. JALKI_ROUNDS asks for more mutations than the few seconds' worth done here. */
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number/random.h"
#include "cmocka_all.h"
#include "jalki/tape.h"
#include "support/must.h"

enum { ROWS = 40 };

static char folder[] = "/tmp/jalki-hostile-XXXXXX";
static char victim[128];    /* the mutated file */
static uint64_t breakdowns; /* files on which the HDF5 library died */

typedef struct image {
    unsigned char *bytes;
    size_t size;
} image;

static void fill(jk_column column, size_t i, char *out) {
    size_t size = jk_schema_element_size(column);
    memset(out, 0, size);
    out[0] = jk_schema_column(column)->type == JK_TYPE_TEXT ? (char)('a' + i % 26) : (char)(i % 2);
    if (column == JK_COLUMN_DEBTOR_INDEX) {
        out[0] = (char)i;
    } else if (column == JK_COLUMN_BIRTH_YEAR) {
        int32_t year = 1980;
        memcpy(out, &year, sizeof year);
    }
}

static void write_tape(const char *path, size_t rows, int compression) {
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    jk_tape_writer_options options = {.source_name = "x", .cutoff = 20000, .compression = compression};
    must(jk_tape_writer_create(path, &options, &writer, &error), &error);
    jk_block block = {.rows = ROWS, .text_width = {JK_TEXT_MAX, JK_TEXT_MAX}};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        size_t size = jk_schema_element_size((jk_column)c);
        block.column[c] = malloc(ROWS * size);
        for (size_t i = 0; i < ROWS; i++) {
            fill((jk_column)c, i, (char *)block.column[c] + i * size);
        }
        int32_t index = 0;
        if (jk_schema_column((jk_column)c)->type == JK_TYPE_DICTIONARY) {
            must(jk_tape_writer_intern(writer, (jk_column)c, "FI", 2, &index, &error), &error);
            must(jk_tape_writer_intern(writer, (jk_column)c, "SE", 2, &index, &error), &error);
        }
    }
    for (size_t done = 0; done < rows; done += ROWS) {
        must(jk_tape_writer_append(writer, &block, &error), &error);
    }
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        free(block.column[c]);
    }
    must(jk_tape_writer_finish(writer, NULL, NULL, &error), &error);
}

static image load(const char *path) {
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    image self = {malloc((size_t)facts.st_size), (size_t)facts.st_size};
    FILE *file = fopen(path, "rb");
    assert_int_equal(fread(self.bytes, 1, self.size, file), self.size);
    (void)fclose(file);
    return self;
}

static void save(const unsigned char *bytes, size_t size) {
    FILE *file = fopen(victim, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    (void)fclose(file);
}

static bool in_bounds(const jk_tape *tape, jk_column column, const void *values, size_t count) {
    const jk_column_info *info = jk_schema_column(column);
    double low, high;
    jk_schema_range(column, &low, &high);
    size_t words = 0;
    if (info->type == JK_TYPE_DICTIONARY) {
        (void)jk_tape_dictionary(tape, column, &words);
        high = (double)words - 1.0;
    } else if (column == JK_COLUMN_DEBTOR_INDEX) {
        high = (double)jk_tape_debtors(tape) - 1.0;
    }
    for (size_t i = 0; i < count; i++) {
        double value = 0.0;
        bool missing = false;
        switch (info->type) {
        case JK_TYPE_TEXT:
            return true;
        case JK_TYPE_ENUM:
            value = ((const int8_t *)values)[i];
            missing = value == JK_MISSING_ENUM;
            break;
        case JK_TYPE_MONEY:
            value = (double)((const int64_t *)values)[i];
            missing = ((const int64_t *)values)[i] == JK_MISSING_MONEY;
            break;
        case JK_TYPE_REAL:
            value = ((const double *)values)[i];
            missing = value != value;
            break;
        case JK_TYPE_DICTIONARY:
        case JK_TYPE_DATE:
        case JK_TYPE_INTEGER:
            value = ((const int32_t *)values)[i];
            missing = value == (info->type == JK_TYPE_DICTIONARY ? JK_MISSING_INDEX : JK_MISSING_INTEGER);
            break;
        }
        if (missing ? info->required : !(value >= low && value <= high)) {
            return false;
        }
    }
    return true;
}

/* Opens the victim and reads all of it, in two runs of rows. Returns whether it opened. */
static bool survive(void) {
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_status status = jk_tape_open(victim, &tape, &error);
    if (status != JK_OK) {
        assert_int_equal(status, JK_ERROR_FORMAT);
        assert_true(error.message[0] != '\0' && tape == NULL);
        breakdowns += strstr(error.message, "broke down") != NULL;
        return false;
    }
    size_t rows = jk_tape_rows(tape);
    size_t half = rows > 100000 ? 50000 : rows / 2 + 1;
    unsigned char *bytes = malloc(half * JK_TEXT_MAX);
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        for (size_t first = 0; first < rows && first < 200000; first += half) {
            size_t count = rows - first < half ? rows - first : half;
            error = (jk_error){0};
            status = jk_tape_read(tape, (jk_column)c, first, count, bytes, &error);
            assert_true(status == JK_OK ? in_bounds(tape, (jk_column)c, bytes, count) : status == JK_ERROR_FORMAT);
        }
        size_t words = 0;
        const char *const *list = jk_tape_dictionary(tape, (jk_column)c, &words);
        for (size_t i = 0; i < words; i++) {
            assert_in_range(strlen(list[i]), 1, JK_DICTIONARY_TEXT_MAX);
        }
    }
    free(bytes);
    jk_tape_close(tape);
    return true;
}

/* Changes a few bytes, 16-bit words or runs; some mutations copy a piece of the file elsewhere. */
static void mutate(unsigned char *bytes, size_t size, uint64_t seed) {
    jk_random4 random = jk_philox(11, seed, 0);
    uint32_t changes = 1 + random.word[0] % 4;
    for (uint32_t k = 0; k < changes; k++) {
        jk_random4 draw = jk_philox(11, seed, k + 1);
        size_t at = draw.word[0] % size;
        size_t left = size - at;
        static const unsigned char special[] = {0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x20, 0x10};
        size_t length = draw.word[2] % 8 + 1;
        length = length < left ? length : left;
        switch (draw.word[1] % 5) {
        case 0:
            bytes[at] ^= (unsigned char)(1u << draw.word[2] % 8);
            break;
        case 1:
            memset(bytes + at, special[draw.word[3] % 8], length);
            break;
        case 2:
            bytes[at] = (unsigned char)draw.word[3];
            break;
        case 3:
            bytes[at] = (unsigned char)(bytes[at] + (draw.word[3] % 2 ? 1 : -1));
            break;
        default:
            memmove(bytes + at, bytes + draw.word[3] % (size - length), length);
            break;
        }
    }
}

static uint64_t rounds(int usual) {
    const char *text = getenv("JALKI_ROUNDS");
    if (text == NULL) {
        return (uint64_t)cases_of(usual);
    }
    return strtoull(text, NULL, 10);
}

static void run_mutations(const image *good, uint64_t count, const char *name) {
    unsigned char *bytes = malloc(good->size);
    uint64_t opened = 0;
    breakdowns = 0;
    for (uint64_t seed = 0; seed < count; seed++) {
        memcpy(bytes, good->bytes, good->size);
        mutate(bytes, good->size, seed);
        save(bytes, good->size);
        opened += survive();
    }
    print_message("%s: %llu mutations, %llu still open\n", name, (unsigned long long)count, (unsigned long long)opened);
    free(bytes);
}

/* Copies a store data set by data set in the oldest file format, whose structures carry no checksums: mutations reach
 * the HDF5 library's decoders. */
static void copy_group(hid_t from, hid_t to, const char *path) {
    hid_t source = H5Gopen2(from, path, H5P_DEFAULT);
    hid_t target = H5Gcreate2(to, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5G_info_t info;
    assert_true(H5Gget_info(source, &info) >= 0);
    for (hsize_t i = 0; i < info.nlinks; i++) {
        char name[64];
        (void)H5Lget_name_by_idx(source, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
        hid_t one = H5Dopen2(source, name, H5P_DEFAULT);
        hid_t type = H5Dget_type(one), space = H5Dget_space(one), properties = H5Dget_create_plist(one);
        char *bytes = calloc((size_t)H5Sget_simple_extent_npoints(space) + 1, H5Tget_size(type));
        assert_true(H5Dread(one, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
        hid_t two = H5Dcreate2(target, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
        assert_true(two >= 0 && H5Dwrite(two, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
        free(bytes);
        (void)H5Pclose(properties);
        (void)H5Sclose(space);
        (void)H5Tclose(type);
        (void)H5Dclose(two);
        (void)H5Dclose(one);
    }
    (void)H5Gclose(target);
    (void)H5Gclose(source);
}

static herr_t copy_attribute(hid_t from, const char *name, const H5A_info_t *info, void *context) {
    (void)info;
    hid_t to = *(hid_t *)context;
    hid_t one = H5Aopen(from, name, H5P_DEFAULT);
    hid_t type = H5Aget_type(one), space = H5Aget_space(one);
    char bytes[4096];
    assert_true(H5Tget_size(type) <= sizeof bytes && H5Aread(one, type, bytes) >= 0);
    hid_t two = H5Acreate2(to, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(two, type, bytes) >= 0);
    (void)H5Aclose(two);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    (void)H5Aclose(one);
    return 0;
}

static void copy_to_old_format(const char *from_path, const char *to_path) {
    hid_t from = H5Fopen(from_path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t to = H5Fcreate(to_path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(from >= 0 && to >= 0);
    (void)H5Aiterate2(from, H5_INDEX_NAME, H5_ITER_INC, NULL, copy_attribute, &to);
    copy_group(from, to, "tape");
    copy_group(from, to, "dict");
    assert_true(H5Fclose(to) >= 0 && H5Fclose(from) >= 0);
}

static image make(size_t rows, int compression, bool old) {
    char good[160], copy[160];
    (void)snprintf(good, sizeof good, "%s/good.h5", folder);
    (void)snprintf(copy, sizeof copy, "%s/old.h5", folder);
    write_tape(good, rows, compression);
    if (old) {
        copy_to_old_format(good, copy);
        (void)unlink(good);
    }
    image self = load(old ? copy : good);
    (void)unlink(old ? copy : good);
    save(self.bytes, self.size);
    assert_true(survive());
    return self;
}

static void test_plain(void **state) {
    (void)state;
    image good = make(ROWS, 0, false);
    run_mutations(&good, rounds(60), "contiguous, format 1.8");
    free(good.bytes);
    good = make(ROWS, 0, true);
    run_mutations(&good, rounds(250), "contiguous, oldest format");
    free(good.bytes);
}

static void test_packed(void **state) {
    (void)state;
    image good = make(ROWS, 6, false);
    run_mutations(&good, rounds(60), "packed, format 1.8");
    free(good.bytes);
    good = make(ROWS, 6, true);
    run_mutations(&good, rounds(250), "packed, oldest format");
    free(good.bytes);
    good = make(200000, 1, false);
    run_mutations(&good, rounds(15), "several chunks");
    free(good.bytes);
}

static void test_truncated(void **state) {
    (void)state;
    image good = make(ROWS, 1, false);
    for (size_t size = 0; size < good.size; size += 1 + good.size / 100) {
        save(good.bytes, size);
        assert_false(survive());
    }
    free(good.bytes);
}

static void test_random(void **state) {
    (void)state;
    unsigned char bytes[4096];
    for (uint64_t seed = 0; seed < 50; seed++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = (unsigned char)jk_philox(3, seed, i).word[0];
        }
        if (seed % 2) {
            memcpy(bytes, "\211HDF\r\n\032\n", 8);
            bytes[8] = (unsigned char)(seed / 2 % 4);
        }
        save(bytes, sizeof bytes);
        assert_false(survive());
    }
}

static int start(void **state) {
    (void)state;
    bool made = mkdtemp(folder) != NULL;
    (void)snprintf(victim, sizeof victim, "%s/victim.h5", folder);
    return !made;
}

static int end(void **state) {
    (void)state;
    (void)unlink(victim);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain), cmocka_unit_test(test_packed),
                                       cmocka_unit_test(test_truncated), cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, start, end);
}
