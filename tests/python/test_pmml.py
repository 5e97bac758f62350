#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PMML: a scorecard as `own_score.card`, a logistic regression as a network. What is right is arithmetic on the document's own numbers;
what the two cannot say is refused by name and line."""
import json
import math

from test_network import close, model
from test_own_columns import imported, rows_of, run, run_cases, write
from test_own_score import etas

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">\n<Header description="by hand"/>\n<DataDictionary/>\n'
CARD = HEAD + """<Scorecard modelName="bureau" functionName="regression" initialScore="400.5" useReasonCodes="true" reasonCodeAlgorithm="pointsBelow">
<MiningSchema><MiningField name="bureau_score"/><MiningField name="Area"/></MiningSchema>
<Characteristics>
<Characteristic name="score" reasonCode="S" baselineScore="10">
 <Attribute partialScore="7"><SimplePredicate field="bureau_score" operator="isMissing"/></Attribute>
 <Attribute partialScore="-4"><SimplePredicate field="bureau_score" operator="lessThan" value="450"/></Attribute>
 <Attribute partialScore="12.25"><CompoundPredicate booleanOperator="and"><SimplePredicate field="bureau_score" operator="greaterOrEqual" value="450"/>
  <SimplePredicate field="bureau_score" operator="lessOrEqual" value="600"/></CompoundPredicate></Attribute>
 <Attribute partialScore="31"><SimplePredicate field="bureau_score" operator="greaterThan" value="600"/></Attribute>
</Characteristic>
<Characteristic name="area">
 <Attribute partialScore="9"><SimpleSetPredicate field="Area" booleanOperator="isIn"><Array type="string" n="2">north "Åland, x"</Array></SimpleSetPredicate></Attribute>
 <Attribute partialScore="-3"><SimplePredicate field="Area" operator="equal" value="Uusimaa"/></Attribute>
 <Attribute partialScore="1.5"><True/></Attribute>
</Characteristic>
<Characteristic name="size">
 <Attribute partialScore="1"><SimplePredicate field="guarantee" operator="lessThan" value="0"/></Attribute>
 <Attribute partialScore="2"><SimplePredicate field="guarantee" operator="lessThan" value="40"/></Attribute>
 <Attribute partialScore="3"><True/></Attribute>
</Characteristic>
</Characteristics></Scorecard></PMML>
"""
LOGISTIC = HEAD + """<RegressionModel functionName="classification" normalizationMethod="logit" targetFieldName="paid">
<MiningSchema><MiningField name="paid" usageType="target"/><MiningField name="bureau_score" missingValueReplacement="505.5"/>
<MiningField name="guarantee" missingValueReplacement="-2"/></MiningSchema>
<RegressionTable intercept="-3.25" targetCategory="1"><NumericPredictor name="bureau_score" coefficient="0.004"/>
<NumericPredictor name="guarantee" exponent="1" coefficient="-0.0075"/><CategoricalPredictor name="region" value="north" coefficient="0.8"/></RegressionTable>
<RegressionTable intercept="0" targetCategory="0"/></RegressionModel></PMML>
"""


def scorecard(folder):
    rows = rows_of(600)
    imported(folder, rows)
    write(folder, "card.pmml", CARD)
    model(folder, "[]\n  own_score: {card: card.pmml, form: points, base_points: 420, base_odds: 0.05, points_to_double: 20, names: {Area: region}}")

    def points(score, region, cents):
        value = None if cents is None else cents / 100
        return (400.5 + (7 if score is None else -4 if score < 450 else 12.25 if score <= 600 else 31) + {"Lappi": 9, "Uusimaa": -3}.get(region, 1.5)
                + (3 if value is None or value >= 40 else 2 if value >= 0 else 1))
    wanted = [math.log(0.05) + (points(s, r, c) - 420) / 20 * math.log(2) for s, r, _, c in rows]
    close(etas(folder), wanted, 1e-8, "card")
    told = json.loads(run("explain", "T.h5", "--model", "model.yaml", "--claim", "C4", "--format", "json", folder=folder).stdout)["score"]
    assert [e["name"] for e in told["characteristics"]] == ["bureau_score", "region", "guarantee", "own score"]


def regression(folder):
    rows = rows_of(600)
    imported(folder, rows)

    def linear(score, region, cents):
        return -3.25 + 0.004 * (505.5 if score is None else score) - 0.0075 * (-2 if cents is None else cents / 100) + (0.8 if region == "Lappi" else 0)
    lines = [linear(s, r, c) for s, r, _, c in rows]
    own = "[]\n  own_score: {network: r.xml, form: log_odds}"
    turned = LOGISTIC.replace('targetCategory="1"', 'targetCategory="no"').replace('targetCategory="0"', 'targetCategory="yes"')
    rate = LOGISTIC.replace("classification", "regression").replace('"logit"', '"exp"')
    for text, card, sign in ((LOGISTIC, own, 1), (turned, own, -1), (LOGISTIC.replace("logit", "softmax"), own, 1), (rate, "[]\n  network: r.xml", 1)):
        write(folder, "r.xml", text)
        model(folder, card)
        close(etas(folder), [sign * line for line in lines], 1e-6, card)


def refused(folder):
    imported(folder, rows_of(20))
    card, network = "[]\n  own_score: {card: m.pmml, form: eta}", "[]\n  own_score: {network: m.pmml, form: log_odds}"
    entity = '<!DOCTYPE p [<!ENTITY a "b">]>'
    cases = [(CARD, network, "PMML with a Scorecard; expected one RegressionModel"), (LOGISTIC, card, "PMML with a RegressionModel; expected one Scorecard"),
             (CARD, "[]\n  trees: m.pmml", "XML (PMML"), (CARD[:-30], card, "is no PMML"), (HEAD + "</PMML>", card, "holds no Scorecard"),
             (CARD.replace("<PMML", entity + "<PMML", 1), card, "declares entities"), (CARD.replace('partialScore="7"', 'partialScore="x"'), card, "partialScore is x"),
             (CARD.replace('field="bureau_score" operator="lessThan"', 'field="region" operator="lessThan"'), card, "expected one field"),
             (CARD.replace('operator="greaterThan" value="600"', 'operator="greaterThan" value="601"'), card, "gap or overlap"),
             (CARD.replace("isIn", "isNotIn"), card, "expected isIn"), (CARD.replace("<True/>", "<True/><ComplexPartialScore/>", 1), card, "ComplexPartialScore"),
             (LOGISTIC.replace(' missingValueReplacement="-2"', ""), network, "guarantee has no missingValueReplacement"), (LOGISTIC.replace('exponent="1"', 'exponent="2"'), network, "exponent other than 1"),
             (LOGISTIC.replace("logit", "probit"), network, "expected logit or exp"), (LOGISTIC.replace('intercept="0"', 'intercept="1"'), network, "several tables"),
             (LOGISTIC.replace('coefficient="0.004"', ""), network, "coefficient is missing"), (LOGISTIC.replace("<RegressionTable", "<DerivedField/><RegressionTable", 1), network, "DerivedField"),
             (LOGISTIC.replace('"bureau_score"', '"nothing"'), network, "unknown feature nothing")]
    for text, entry, words in cases:
        write(folder, "m.pmml", text)
        model(folder, entry)
        told = run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
        assert words in told and "m.pmml" in told, (words, told)


CASES = [scorecard, regression, refused]

if __name__ == "__main__":
    run_cases(CASES)
