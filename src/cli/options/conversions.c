/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/conversions.h"

#include <stdio.h>

#include "base/error.h"
#include "base/team/team.h"
#include "cli/options/option_values.h"
#include "jalki/exchange.h"

bool jk_cli_is_converted(const jk_option *option, const char *path) {
    return jk_option_is_csv(option, path) && jk_exchange_kind_of(path) != JK_EXCHANGE_CSV;
}

jk_status jk_cli_conversions_add(jk_cli_conversions *self, const jk_option *option, const char **field,
                                 jk_error *error) {
    if (jk_team_role_now() == JK_TEAM_RANKS || self->count == JK_CLI_CONVERSIONS_MAX) {
        return jk_fail(error, JK_ERROR_UNSUPPORTED, *field, 0, NULL,
                       "cannot be written %s; expected a name for --%s that ends in .csv or .csv.gz",
                       self->count == JK_CLI_CONVERSIONS_MAX ? "beside so many others" : "by ranks", option->name);
    }
    JK_TRY(jk_exchange_check(jk_exchange_kind_of(*field), error));
    jk_cli_conversion *one = &self->each[self->count];
    JK_TRY(jk_output_scratch(&one->scratch, *field, error));
    self->count++;
    one->target = *field;
    one->title = option->name;
    (void)snprintf(one->path, sizeof one->path, "/dev/fd/%d", one->scratch.fd);
    *field = one->path;
    return JK_OK;
}

jk_status jk_cli_conversions_make(const jk_cli_conversions *self, jk_error *error) {
    for (size_t i = 0; i < self->count; i++) {
        const jk_cli_conversion *one = &self->each[i];
        JK_TRY(jk_exchange_convert(one->scratch.fd, one->target, one->title, error));
    }
    return JK_OK;
}

void jk_cli_conversions_end(jk_cli_conversions *self) {
    for (size_t i = 0; i < self->count; i++) {
        jk_output_abort(&self->each[i].scratch);
    }
    self->count = 0;
}
