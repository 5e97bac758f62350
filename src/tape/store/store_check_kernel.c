/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of store_check.h, compiled once per instruction set. No early exit: the compiler makes vector code of them,
 * and files with a bad value are not worth being fast on. */
#include "base/lanes/isa_name.h"
#include "tape/store/store_check.h"

/* low <= x <= high as one unsigned comparison. */
static bool check_int8(const int8_t *values, size_t count, int8_t low, int8_t high, int8_t missing) {
    uint8_t bad = 0;
    uint8_t span = (uint8_t)(high - low);
    for (size_t i = 0; i < count; i++) {
        bad |= (uint8_t)(((uint8_t)(values[i] - low) > span) & (values[i] != missing));
    }
    return bad == 0;
}

static bool check_int32(const int32_t *values, size_t count, int32_t low, int32_t high, int32_t missing) {
    uint32_t bad = 0;
    uint32_t span = (uint32_t)high - (uint32_t)low;
    for (size_t i = 0; i < count; i++) {
        bad |= (uint32_t)(((uint32_t)values[i] - (uint32_t)low > span) & (values[i] != missing));
    }
    return bad == 0;
}

static bool check_int64(const int64_t *values, size_t count, int64_t low, int64_t high, int64_t missing) {
    uint64_t bad = 0;
    uint64_t span = (uint64_t)high - (uint64_t)low;
    for (size_t i = 0; i < count; i++) {
        bad |= (uint64_t)(((uint64_t)values[i] - (uint64_t)low > span) & (values[i] != missing));
    }
    return bad == 0;
}

static bool check_real(const double *values, size_t count, double low, double high) {
    uint64_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        bad |= (uint64_t)((values[i] < low) | (values[i] > high)); /* both false for NaN */
    }
    return bad == 0;
}

extern const jk_store_checks JK_ISA_NAME(jk_store_checks_);
const jk_store_checks JK_ISA_NAME(jk_store_checks_) = {check_int8, check_int32, check_int64, check_real};
