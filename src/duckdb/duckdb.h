/* SPDX-License-Identifier: Apache-2.0 */
/* The part of DuckDB's C interface that we use, as functions found in its library when SQL is first asked for. Names
 * and meanings are DuckDB's (duckdb.org/docs/stable/clients/c/api), without their prefix. */
#ifndef JK_DUCKDB_DUCKDB_H
#define JK_DUCKDB_DUCKDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

/* Its handles: pointers to what only it knows. */
typedef struct duck_object *duck_handle;

typedef enum duck_state { DUCK_SUCCESS, DUCK_ERROR } duck_state;

/* Its numbers of types. */
typedef enum duck_type {
    DUCK_BOOLEAN = 1,
    DUCK_TINYINT = 2,
    DUCK_INTEGER = 4,
    DUCK_DOUBLE = 11,
    DUCK_FLOAT = 10,
    DUCK_TIMESTAMP = 12,
    DUCK_DATE = 13,
    DUCK_HUGEINT = 16,
    DUCK_VARCHAR = 17,
    DUCK_DECIMAL = 19,
    DUCK_TIMESTAMP_S = 20,
    DUCK_TIMESTAMP_MS = 21,
    DUCK_TIMESTAMP_NS = 22,
    DUCK_UHUGEINT = 32
} duck_type;

typedef struct duck_result {
    uint64_t old_columns, old_rows, old_changed;
    void *old_column, *old_message, *internal;
} duck_result;

/* A text in a vector: up to 12 bytes in place, others behind a pointer. */
typedef union duck_string {
    struct {
        uint32_t length;
        char prefix[4];
        const char *text;
    } far;
    struct {
        uint32_t length;
        char text[12];
    } near;
} duck_string;

#define DUCK_FUNCTIONS(X)                                                                                              \
    X(const char *, library_version, (void))                                                                           \
    X(uint64_t, vector_size, (void))                                                                                   \
    X(void, free, (void *))                                                                                            \
    X(duck_state, create_config, (duck_handle *))                                                                      \
    X(duck_state, set_config, (duck_handle, const char *, const char *))                                               \
    X(void, destroy_config, (duck_handle *))                                                                           \
    X(duck_state, open_ext, (const char *, duck_handle *, duck_handle, char **))                                       \
    X(void, close, (duck_handle *))                                                                                    \
    X(duck_state, connect, (duck_handle, duck_handle *))                                                               \
    X(void, disconnect, (duck_handle *))                                                                               \
    X(void, interrupt, (duck_handle))                                                                                  \
    X(duck_state, query, (duck_handle, const char *, duck_result *))                                                   \
    X(duck_state, prepare, (duck_handle, const char *, duck_handle *))                                                 \
    X(const char *, prepare_error, (duck_handle))                                                                      \
    X(void, destroy_prepare, (duck_handle *))                                                                          \
    X(duck_state, execute_prepared, (duck_handle, duck_result *))                                                      \
    X(duck_state, execute_prepared_streaming, (duck_handle, duck_result *))                                            \
    X(void, destroy_result, (duck_result *))                                                                           \
    X(const char *, result_error, (duck_result *))                                                                     \
    X(uint64_t, column_count, (duck_result *))                                                                         \
    X(const char *, column_name, (duck_result *, uint64_t))                                                            \
    X(duck_type, column_type, (duck_result *, uint64_t))                                                               \
    X(duck_handle, fetch_chunk, (duck_result))                                                                         \
    X(uint64_t, data_chunk_get_size, (duck_handle))                                                                    \
    X(void, data_chunk_set_size, (duck_handle, uint64_t))                                                              \
    X(duck_handle, data_chunk_get_vector, (duck_handle, uint64_t))                                                     \
    X(void, destroy_data_chunk, (duck_handle *))                                                                       \
    X(void *, vector_get_data, (duck_handle))                                                                          \
    X(uint64_t *, vector_get_validity, (duck_handle))                                                                  \
    X(void, vector_ensure_validity_writable, (duck_handle))                                                            \
    X(void, vector_assign_string_element_len, (duck_handle, uint64_t, const char *, uint64_t))                         \
    X(duck_handle, create_logical_type, (duck_type))                                                                   \
    X(duck_handle, create_decimal_type, (uint8_t, uint8_t))                                                            \
    X(duck_handle, create_enum_type, (const char **, uint64_t))                                                        \
    X(void, destroy_logical_type, (duck_handle *))                                                                     \
    X(duck_handle, create_table_function, (void))                                                                      \
    X(void, destroy_table_function, (duck_handle *))                                                                   \
    X(void, table_function_set_name, (duck_handle, const char *))                                                      \
    X(void, table_function_set_extra_info, (duck_handle, void *, void (*)(void *)))                                    \
    X(void, table_function_set_bind, (duck_handle, void (*)(duck_handle)))                                             \
    X(void, table_function_set_init, (duck_handle, void (*)(duck_handle)))                                             \
    X(void, table_function_set_function, (duck_handle, void (*)(duck_handle, duck_handle)))                            \
    X(void, table_function_supports_projection_pushdown, (duck_handle, bool))                                          \
    X(duck_state, register_table_function, (duck_handle, duck_handle))                                                 \
    X(void *, bind_get_extra_info, (duck_handle))                                                                      \
    X(void, bind_add_result_column, (duck_handle, const char *, duck_handle))                                          \
    X(void, bind_set_cardinality, (duck_handle, uint64_t, bool))                                                       \
    X(void *, init_get_extra_info, (duck_handle))                                                                      \
    X(void, init_set_init_data, (duck_handle, void *, void (*)(void *)))                                               \
    X(uint64_t, init_get_column_count, (duck_handle))                                                                  \
    X(uint64_t, init_get_column_index, (duck_handle, uint64_t))                                                        \
    X(void, init_set_error, (duck_handle, const char *))                                                               \
    X(void *, function_get_extra_info, (duck_handle))                                                                  \
    X(void *, function_get_init_data, (duck_handle))                                                                   \
    X(void, function_set_error, (duck_handle, const char *))

typedef struct duck_functions {
#define DUCK_X(result, name, arguments) result(*name) arguments;
    DUCK_FUNCTIONS(DUCK_X)
#undef DUCK_X
} duck_functions;

/* The bytes of a text. */
static inline const char *duck_text(const duck_string *string, uint32_t *length) {
    *length = string->near.length;
    return *length <= sizeof string->near.text ? string->near.text : string->far.text;
}

static inline bool duck_is_given(const uint64_t *validity, size_t row) {
    return validity == NULL || ((validity[row / 64] >> (row % 64)) & 1) != 0;
}

static inline bool duck_is_number(duck_type type) {
    return (type >= DUCK_TINYINT && type <= DUCK_DOUBLE) || type == DUCK_HUGEINT || type == DUCK_UHUGEINT ||
           type == DUCK_DECIMAL;
}

/* A data base in memory and a connection to it, with `threads` threads (0: all cores); it fetches and loads no
 * extensions. JK_ERROR_UNSUPPORTED. */
typedef struct duck_session {
    const duck_functions *duck;
    duck_handle database, connection;
} duck_session;
jk_status jk_duckdb_open(int threads, duck_session *session, jk_error *error);
void jk_duckdb_close(duck_session *session);

/* The functions, loaded when they are first asked for: from the file that JALKI_DUCKDB names, from where the system
 * keeps libraries, from where the program was installed or built. NULL with JK_ERROR_UNSUPPORTED, which says how to get
 * the library. */
const duck_functions *jk_duckdb(jk_error *error);

#endif
