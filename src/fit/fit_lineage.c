/* SPDX-License-Identifier: Apache-2.0 */
#include "fit/fit_lineage.h"

#include "base/file/run_record.h"
#include "base/file/sha256.h"
#include "base/number/calendar.h"
#include "base/text/yaml_write.h"
#include "fit/fit_internal.h"
#include "model/file/include.h"

enum { DAY_SECONDS = 86400, DIGITS = 8 };

void jk_fit_version(const jk_fit *fit, const char *text, size_t length, char version[JK_FIT_VERSION_TEXT]) {
    char sha256[65], date[JK_DATE_TEXT];
    jk_sha256_text_of(text, length, sha256);
    (void)snprintf(version, JK_FIT_VERSION_TEXT, "%s.%.*s", jk_date_format(fit->result.span.end, date), DIGITS, sha256);
}

void jk_fit_write_source(FILE *out, const char *key, const char *name, const char *version, const char *sha256) {
    (void)fprintf(out, "  %s:\n    - name: ", key);
    jk_yaml_write_text(out, name);
    if (version != NULL) {
        (void)fputs("\n      version: ", out);
        jk_yaml_write_text(out, version);
    }
    (void)fprintf(out, sha256[0] != '\0' ? "\n      sha256: \"%.64s\"\n" : "\n", sha256);
}

void jk_fit_write_lineage(FILE *out, const jk_fit *fit, const char *version) {
    const jk_tape *panel = jk_panel_tape(fit->panel);
    const char *source = jk_tape_attribute(panel, "source_name");
    char date[JK_DATE_TEXT];
    (void)fprintf(out, "version: \"%s\"\nlineage:\n  fitted_on: \"%s\"\n  program: \"jalki %s\"\n", version,
                  jk_date_format((int32_t)(jk_run_seconds() / DAY_SECONDS), date), JALKI_VERSION);
    jk_fit_write_source(out, "parents", fit->base->name, fit->base->version, fit->base->sha256);
    jk_fit_write_source(out, "data", source[0] != '\0' ? source : jk_tape_path(panel), NULL, jk_tape_sha256(panel));
}
