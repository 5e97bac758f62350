/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums of a file whose every byte is known: of each damaged piece the columns and exactly the rows that lie in it
 * are told, found here by asking each element where it is; the list itself, its end and what is behind are damaged one
 * by one. */
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "h5/h5.h"
#include "h5/h5_sums.h"
#include "jalki/verify.h"

enum { PIECE = 65536, TAIL = 40, PARTS = 4, CHUNK = 10000, CHUNKS_MAX = 4, PATH_ROOM = 256 };
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A data set and the runs of bytes that it has in the file; in the order in which the file lists them. */
static struct part {
    const char *name;
    uint64_t rows, size;
    bool packed;
    size_t runs;
    uint64_t address[CHUNKS_MAX], bytes[CHUNKS_MAX], first_row[CHUNKS_MAX];
} parts[PARTS] = {{.name = "/chunks", .rows = 35000, .size = 8},
                  {.name = "/packed", .rows = 35000, .size = 8, .packed = true},
                  {.name = "/plain", .rows = 80000, .size = 8},
                  {.name = "/text", .rows = 40000, .size = 5}};

static char path[PATH_ROOM];
static uint64_t summed; /* bytes before the list */

static void put(hid_t file, struct part *part) {
    const bool chunked = part < parts + 2;
    const hsize_t rows = part->rows, chunk = CHUNK;
    unsigned char *data = malloc(part->rows * part->size);
    uint64_t random = part->size;
    assert_non_null(data);
    for (size_t i = 0; i < part->rows * part->size; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        data[i] = (unsigned char)(random >> 60);
    }
    hid_t type = part->size == 8 ? H5Tcopy(H5T_STD_U64LE) : H5Tcopy(H5T_C_S1);
    assert_true(part->size == 8 || H5Tset_size(type, part->size) >= 0);
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &rows, NULL);
    assert_true(!chunked || H5Pset_chunk(properties, 1, &chunk) >= 0);
    assert_true(!part->packed || H5Pset_deflate(properties, 1) >= 0);
    hid_t dataset = H5Dcreate2(file, part->name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    assert_true(dataset >= 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    assert_true(H5Fflush(file, H5F_SCOPE_LOCAL) >= 0);
    if (chunked) {
        hsize_t count = 0;
        assert_true(H5Dget_num_chunks(dataset, space, &count) >= 0 && count == CHUNKS_MAX);
        for (part->runs = 0; part->runs < count; part->runs++) {
            hsize_t start = 0, bytes = 0;
            haddr_t address = 0;
            assert_true(H5Dget_chunk_info(dataset, space, part->runs, &start, NULL, &address, &bytes) >= 0);
            part->address[part->runs] = address;
            part->bytes[part->runs] = bytes;
            part->first_row[part->runs] = start;
        }
    } else {
        part->runs = 1;
        part->address[0] = H5Dget_offset(dataset);
        part->bytes[0] = part->rows * part->size;
    }
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(properties);
    H5Tclose(type);
    free(data);
}

static int write_file(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-verify-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    jk_h5_enter();
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    for (size_t p = 0; p < PARTS; p++) {
        put(file, &parts[p]);
    }
    const bool done = H5Fclose(file) >= 0;
    jk_h5_leave();
    struct stat facts;
    const jk_output output = {.fd = open(path, O_RDWR | O_CLOEXEC), .target = path};
    assert_true(done && output.fd >= 0 && fstat(output.fd, &facts) == 0);
    summed = (uint64_t)facts.st_size;
    assert_int_equal(jk_sums_append(&output, NULL, NULL), JK_OK);
    return close(output.fd);
}

static int drop_file(void **state) {
    (void)state;
    return unlink(path);
}

static void flip(uint64_t place) {
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    unsigned char byte = 0;
    assert_true(fd >= 0 && pread(fd, &byte, 1, (off_t)place) == 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)place), 1);
    assert_int_equal(close(fd), 0);
}

static jk_verification verified(void) {
    jk_verification found;
    const jk_run run = {.threads = 2};
    assert_int_equal(jk_verify(path, &run, &found, NULL), JK_OK);
    assert_true(found.bytes == summed + 8 * found.pieces + TAIL && found.piece_bytes == PIECE);
    return found;
}

/* What lies in a piece: of each run the rows one of whose bytes is there; of a packed chunk all. */
static void tell(uint64_t first, uint64_t end, char *text, size_t room) {
    text[0] = '\0';
    for (size_t p = 0; p < PARTS; p++) {
        const struct part *part = &parts[p];
        for (size_t r = 0; r < part->runs; r++) {
            const uint64_t left = part->rows - part->first_row[r], most = part->runs > 1 ? CHUNK : left;
            uint64_t low = UINT64_MAX, high = 0;
            for (uint64_t i = 0; i < (left < most ? left : most); i++) {
                const uint64_t begin = part->packed ? part->address[r] : part->address[r] + i * part->size;
                const uint64_t beyond = begin + (part->packed ? part->bytes[r] : part->size);
                if (begin < end && first < beyond) {
                    low = low == UINT64_MAX ? part->first_row[r] + i : low;
                    high = part->first_row[r] + i;
                }
            }
            if (low != UINT64_MAX) {
                const size_t used = strlen(text);
                (void)snprintf(text + used, room - used, "%s%s, rows %llu to %llu", used > 0 ? "; " : "", part->name,
                               (unsigned long long)low, (unsigned long long)high);
            }
        }
    }
}

static void a_sound_file_is_told_so(void **state) {
    (void)state;
    const jk_verification found = verified();
    assert_int_equal(found.soundness, JK_SOUND);
    assert_true(found.damaged == 0 && found.pieces == summed / PIECE + 1 && strlen(found.digest) == 16);
    assert_true(summed > 15 * (uint64_t)PIECE && summed % PIECE != 0);
}

static void rows_in_a_damaged_piece_are_named(void **state) {
    (void)state;
    size_t tried = 0, straddling = 0;
    for (uint64_t first = 0; first < summed; first += PIECE) {
        const uint64_t end = first + PIECE < summed ? first + PIECE : summed;
        uint64_t place = UINT64_MAX; /* of a byte of rows: the file's own structure stays as it is */
        for (size_t p = 0; p < PARTS; p++) {
            for (size_t r = 0; r < parts[p].runs; r++) {
                const uint64_t from = parts[p].address[r], beyond = from + parts[p].bytes[r];
                place = from < end && first < beyond ? (from > first ? from : first) : place;
            }
        }
        if (place == UINT64_MAX) {
            continue;
        }
        flip(place);
        const jk_verification found = verified();
        flip(place);
        char wanted[4 * JK_DAMAGE_TEXT_MAX];
        tell(first, end, wanted, sizeof wanted);
        wanted[JK_DAMAGE_TEXT_MAX - 1] = '\0'; /* longer ones are cut */
        assert_int_equal(found.soundness, JK_DAMAGED);
        assert_true(found.damaged == 1 && found.damage[0].first == first && found.damage[0].bytes == end - first);
        assert_string_equal(found.damage[0].what, wanted);
        assert_string_equal(found.digest, "");
        tried++;
        straddling += strstr(wanted, "/text") != NULL && end > parts[3].address[0] &&
                      end < parts[3].address[0] + parts[3].bytes[0] && (end - parts[3].address[0]) % 5 != 0;
    }
    assert_true(tried >= 15 && straddling >= 2); /* texts that lie in two pieces */
    assert_int_equal(verified().soundness, JK_SOUND);
}

/* The list's own bytes, the fields at its end and more damages than there is room for. */
static void the_list_is_checked_too(void **state) {
    (void)state;
    const uint64_t pieces = summed / PIECE + 1, tail = summed + 8 * pieces;
    flip(summed + 8 * 3); /* one sum: the piece it is of, and the list */
    jk_verification found = verified();
    flip(summed + 8 * 3);
    assert_true(found.damaged == 2 && found.damage[0].first == summed && found.damage[0].bytes == 8 * pieces + TAIL);
    assert_string_equal(found.damage[0].what, "the list of checksums");
    assert_true(found.damage[1].first == 3 * (uint64_t)PIECE);
    flip(tail + 32); /* the sum of the list */
    found = verified();
    flip(tail + 32);
    assert_true(found.damaged == 1 && found.damage[0].first == summed);
    static const size_t fields[] = {8, 12, 16, 24}; /* version, piece, bytes, pieces */
    for (size_t i = 0; i < COUNT(fields); i++) {
        jk_verification told;
        flip(tail + fields[i]);
        assert_int_equal(jk_verify(path, NULL, &told, NULL), JK_OK);
        flip(tail + fields[i]);
        assert_true(told.soundness == JK_DAMAGED && told.damaged == 1);
        assert_true(told.damage[0].first == tail && told.damage[0].bytes == TAIL);
        assert_string_equal(told.damage[0].what, "the end of the list of checksums");
    }
    for (uint64_t i = 1; i < pieces; i++) {
        flip(i * PIECE + 100);
    }
    found = verified();
    for (uint64_t i = 1; i < pieces; i++) {
        flip(i * PIECE + 100);
    }
    assert_true(found.damaged == pieces - 1);
    for (uint64_t i = 0; i < pieces - 1 && i < JK_DAMAGES_MAX; i++) {
        assert_true(found.damage[i].first == (i + 1) * PIECE);
    }
}

static void pieces_and_digests(void **state) {
    (void)state;
    static const uint64_t counts[][2] = {{0, 0}, {1, 1}, {65535, 1}, {65536, 1}, {65537, 2}, {131072, 2}, {131073, 3}};
    for (size_t i = 0; i < COUNT(counts); i++) {
        assert_true(jk_sums_pieces(counts[i][0]) == counts[i][1]);
    }
    char digest[JK_SUMS_DIGEST], wanted[JK_SUMS_DIGEST];
    const jk_verification found = verified();
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(jk_sums_digest(fd, found.bytes, digest));
    (void)snprintf(wanted, sizeof wanted, "xxh3:%s", found.digest);
    assert_string_equal(digest, wanted);
    static const uint64_t shorter[] = {0, TAIL - 1, TAIL, PIECE}; /* no list ends there */
    for (size_t i = 0; i < COUNT(shorter); i++) {
        assert_true(jk_sums_digest(fd, shorter[i], digest));
        assert_string_equal(digest, "");
    }
    assert_int_equal(close(fd), 0);
}

/* ---- files without a list, and what is told ---------------------------------------------------------------------- */

static jk_verification verified_at(const char *name, jk_status wanted) {
    jk_verification found;
    jk_error error = {0};
    assert_int_equal(jk_verify(name, NULL, &found, &error), wanted);
    return found;
}

/* Only a file that says it has checksums misses them. */
static void a_list_that_is_gone_is_missed(void **state) {
    (void)state;
    char name[PATH_ROOM + 8];
    (void)snprintf(name, sizeof name, "%s.other", path);
    for (int says = 0; says < 2; says++) {
        const jk_output output = {.fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), .target = name};
        jk_h5_enter();
        hid_t file = jk_h5_create(&output);
        assert_true(file >= 0 && jk_h5_put_text(file, says ? JK_SUMS_ATTRIBUTE : "something", JK_SUMS_TEXT));
        assert_true(H5Fclose(file) >= 0);
        jk_h5_leave();
        struct stat facts;
        assert_int_equal(fstat(output.fd, &facts), 0);
        jk_verification found = verified_at(name, JK_OK);
        assert_int_equal(found.soundness, says ? JK_DAMAGED : JK_UNSUMMED);
        assert_true(found.bytes == (uint64_t)facts.st_size && found.damaged == (uint64_t)says && found.pieces == 0);
        assert_true(!says || (found.damage[0].first == found.bytes && found.damage[0].bytes == 0 &&
                              strstr(found.damage[0].what, "its end") == found.damage[0].what));
        assert_int_equal(jk_sums_append(&output, NULL, NULL), JK_OK);
        assert_int_equal(verified_at(name, JK_OK).soundness, JK_SOUND);
        assert_int_equal(verified_at(name, JK_OK).pieces, 1);
        assert_int_equal(ftruncate(output.fd, facts.st_size + 8 + TAIL - 1), 0); /* cut */
        assert_int_equal(verified_at(name, JK_OK).soundness, says ? JK_DAMAGED : JK_UNSUMMED);
        assert_int_equal(close(output.fd), 0);
    }
    /* A tail without anything before it is one, too short for what it says; a shorter file is none of ours. */
    FILE *from = fopen(path, "rb"), *to = fopen(name, "wb");
    unsigned char tail[TAIL];
    assert_true(from != NULL && to != NULL && fseek(from, -TAIL, SEEK_END) == 0 && fread(tail, 1, TAIL, from) == TAIL);
    assert_true(fwrite(tail, 1, TAIL, to) == TAIL && fclose(to) == 0 && fclose(from) == 0);
    const jk_verification found = verified_at(name, JK_OK);
    assert_true(found.soundness == JK_DAMAGED && found.damage[0].first == 0 && found.damage[0].bytes == TAIL);
    assert_int_equal(truncate(name, TAIL - 1), 0);
    (void)verified_at(name, JK_ERROR_FORMAT);
    assert_int_equal(unlink(name), 0);
    (void)verified_at(name, JK_ERROR_IO);
    (void)verified_at("/dev/null", JK_ERROR_FORMAT);
}

static void what_was_found_is_told(void **state) {
    (void)state;
    static const char *const words[] = {"sound", "damaged", "no checksums"};
    jk_verification found = {.bytes = 1000, .pieces = 3, .piece_bytes = PIECE, .digest = "0123456789abcdef"};
    for (size_t d = 0; d < JK_DAMAGES_MAX; d++) {
        found.damage[d] = (jk_damage){.first = 10 * d + 1, .bytes = d + 2};
        (void)snprintf(found.damage[d].what, sizeof found.damage[d].what, "part %zu", d);
    }
    static const uint64_t damaged[] = {0, 1, 2, JK_DAMAGES_MAX, JK_DAMAGES_MAX + 5};
    for (size_t i = 0; i < COUNT(damaged); i++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        const uint64_t told = damaged[i] > JK_DAMAGES_MAX ? JK_DAMAGES_MAX : damaged[i];
        found.damaged = damaged[i];
        found.soundness = damaged[i] > 0 ? JK_DAMAGED : JK_SOUND;
        const jk_listing listing = jk_verify_listing(&found);
        assert_int_equal(listing.rows, told == 0 ? 1 : told); /* one that says there is none */
        assert_int_equal(listing.column_count, 4);
        for (size_t row = 0; row < listing.rows; row++) {
            char part[32];
            (void)snprintf(part, sizeof part, "part %zu", row);
            memset(cells, 0, sizeof cells);
            assert_int_equal(listing.cells(&listing, row, cells, NULL), JK_OK);
            assert_string_equal(cells[0].text, words[found.soundness]);
            assert_true(cells[1].number == (told == 0 ? 0.0 : 10.0 * (double)row + 1.0));
            assert_true(cells[2].number == (told == 0 ? 1000.0 : (double)row + 2.0));
            assert_string_equal(cells[3].text, told == 0 ? "" : part);
        }
        char *json = jk_verify_json("a \"file\".h5", &found), count[64], last[128];
        assert_non_null(json);
        (void)snprintf(count, sizeof count, "\"damaged\": %llu", (unsigned long long)damaged[i]);
        (void)snprintf(last, sizeof last, "\"first_byte\": %llu", (unsigned long long)(10 * told - 9));
        assert_true(strstr(json, "\"file\": \"a \\\"file\\\".h5\"") != NULL && strstr(json, count) != NULL);
        assert_true(strstr(json, "\"bytes\": 1000") != NULL && strstr(json, "\"pieces\": 3") != NULL);
        assert_true(strstr(json, "\"digest\": \"0123456789abcdef\"") != NULL);
        assert_int_equal(strstr(json, last) != NULL, told > 0);
        assert_true(strstr(json, "\"first_byte\": 161") == NULL && (told < 2 || strstr(json, "\"part 1\"") != NULL));
        free(json);
    }
    found = (jk_verification){.soundness = JK_UNSUMMED, .bytes = 7};
    jk_cell cells[JK_LISTING_COLUMNS];
    memset(cells, 0, sizeof cells);
    const jk_listing listing = jk_verify_listing(&found);
    assert_int_equal(listing.cells(&listing, 0, cells, NULL), JK_OK);
    assert_string_equal(cells[0].text, words[2]);
    char *json = jk_verify_json("T.h5", &found);
    assert_true(strstr(json, "\"digest\": null") != NULL && strstr(json, "\"verdict\": \"no checksums\"") != NULL);
    free(json);
    assert_int_equal(jk_verify_listing(NULL).rows, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_file_is_told_so),       cmocka_unit_test(rows_in_a_damaged_piece_are_named),
        cmocka_unit_test(the_list_is_checked_too),       cmocka_unit_test(pieces_and_digests),
        cmocka_unit_test(a_list_that_is_gone_is_missed), cmocka_unit_test(what_was_found_is_told),
    };
    return cmocka_run_group_tests(tests, write_file, drop_file);
}
