/* SPDX-License-Identifier: Apache-2.0 */
/* Findings and accepted codes in manifests. */
#ifndef JK_TAPE_FINDINGS_JSON_H
#define JK_TAPE_FINDINGS_JSON_H

#include "base/text/json.h"
#include "jalki/findings.h"

/* [{"severity", "code", "count", "accepted", "text"}, …]. */
json_t *jk_findings_json(jk_json_builder *builder, const jk_findings *findings);

/* ["large_debtor", …], and back; names that are not known are left out. */
json_t *jk_accepted_json(jk_json_builder *builder, jk_accepted accepted);
jk_accepted jk_accepted_of_json(const json_t *list);

#endif
