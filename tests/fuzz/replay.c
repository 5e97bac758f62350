/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target without a fuzzer: the seeds, and JALKI_FUZZ_RUNS changed copies of each (the same ones every time).
 * Runs in every build of the tests, also where there is no Clang; sanitizers make it sharper. */
#include <string.h>

#include "base/number/random.h"
#include "fuzz_file.h"

enum { SIZE_MOST = 1 << 20 };

static size_t change(uint8_t *bytes, size_t size, uint64_t seed) {
    jk_random4 first = jk_philox(29, seed, 0);
    for (uint32_t k = 0; k <= first.word[0] % 6 && size > 0; k++) {
        jk_random4 draw = jk_philox(29, seed, k + 1);
        size_t at = draw.word[0] % size, other = draw.word[1] % size, length = draw.word[2] % 16 + 1;
        static const uint8_t special[] = {0, 0xff, 0x7f, 0x80, '\n', '"', '-', '9', '{', ':', ',', 1};
        length = length < size - at ? length : size - at;
        length = length < size - other ? length : size - other;
        switch (draw.word[3] % 6) {
        case 0:
            bytes[at] ^= (uint8_t)(1U << draw.word[2] % 8);
            break;
        case 1:
            bytes[at] = (uint8_t)draw.word[2];
            break;
        case 2:
            memset(bytes + at, special[draw.word[1] % sizeof special], length);
            break;
        case 3:
            memmove(bytes + at, bytes + other, length);
            break;
        case 4:
            bytes[at] = (uint8_t)(bytes[at] + (draw.word[2] % 2 ? 1 : -1));
            break;
        default:
            size = draw.word[2] % 8 == 0 ? at : size; /* now and then cut */
            break;
        }
    }
    return size;
}

int main(int argc, char **argv) {
    const char *wanted = getenv("JALKI_FUZZ_RUNS");
    uint64_t runs = wanted == NULL ? 40 : strtoull(wanted, NULL, 10);
    uint8_t *seed = malloc(SIZE_MOST), *changed = malloc(SIZE_MOST);
    for (int i = 1; i < argc && seed != NULL && changed != NULL; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t size = file == NULL ? 0 : fread(seed, 1, SIZE_MOST, file);
        if (file == NULL || size == 0) {
            (void)fprintf(stderr, "%s: cannot be read, or is empty\n", argv[i]);
            return 1;
        }
        (void)fclose(file);
        (void)LLVMFuzzerTestOneInput(seed, size);
        for (uint64_t run = 0; run < runs; run++) {
            memcpy(changed, seed, size);
            (void)LLVMFuzzerTestOneInput(changed, change(changed, size, run));
        }
    }
    (void)printf("%d seeds, %llu changed copies of each\n", argc - 1, (unsigned long long)runs);
    free(seed);
    free(changed);
    return argc < 2;
}
