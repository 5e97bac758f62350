# SPDX-License-Identifier: Apache-2.0
"""Writes scikit-learn's trees as the text that LightGBM saves, which jalki reads (docs/model-file.md), split by split and bit by bit.

    import export_trees as export

    export.save("trees.txt", model, X.columns, imputer)

`model`: GradientBoostingClassifier or HistGradientBoostingClassifier of two classes (log odds: `own_score` in the form log_odds),
HistGradientBoostingRegressor(loss="poisson") (`scorecard.trees`), RandomForestClassifier, ExtraTreesClassifier, DecisionTreeClassifier of
two classes (`own_score` in the form probability), the regressors of these (`own_score` in the form eta, or probability where the mean is
one). Columns have the names of jalki's columns and figures; dummies are called column_level or column=level. `imputer` is the SimpleImputer
that was fitted before the model: what is missing goes the way of its value. Without one a missing number goes right, but where
HistGradientBoosting learnt a way for it."""

import math

import numpy


def boundary(threshold):
    """scikit-learn's trees round a number to 32 bits and then compare with a threshold of 64: the last number of 64 bits that goes left."""
    below = numpy.float32(threshold)
    if float(below) > threshold:
        below = numpy.nextafter(below, numpy.float32(-math.inf))
    middle = (float(below) + float(numpy.nextafter(below, numpy.float32(math.inf)))) / 2
    even = below.view(numpy.int32) % 2 == 0  # halves are rounded to the even one of two neighbours
    return middle if even else float(numpy.nextafter(middle, -math.inf))


def plain_nodes(tree, values, imputed):
    """A node each: (feature, threshold, missing goes left, left, right, value, weight); feature -1: a leaf."""
    for i in range(tree.node_count):
        feature = int(tree.feature[i])
        if tree.children_left[i] < 0:
            yield -1, 0.0, False, -1, -1, float(values[i]), float(tree.weighted_n_node_samples[i])
        else:
            left = imputed is not None and float(numpy.float32(imputed[feature])) <= tree.threshold[i]
            yield (feature, boundary(float(tree.threshold[i])), left, int(tree.children_left[i]), int(tree.children_right[i]), 0.0,
                   float(tree.weighted_n_node_samples[i]))


def hist_nodes(predictor, baseline, imputed):
    for node in predictor.nodes:
        if node["is_categorical"]:
            raise ValueError("expected dummies in the place of categorical features")
        if node["is_leaf"]:
            yield -1, 0.0, False, -1, -1, float(node["value"]) + baseline, float(node["count"])
        else:
            feature, threshold = int(node["feature_idx"]), float(node["num_threshold"])
            left = bool(node["missing_go_to_left"]) if imputed is None else imputed[feature] <= threshold
            yield feature, threshold, left, int(node["left"]), int(node["right"]), 0.0, float(node["count"])


def tree_text(number, nodes):
    nodes = list(nodes)
    forks = [i for i, node in enumerate(nodes) if node[0] >= 0]
    leaves = [i for i, node in enumerate(nodes) if node[0] < 0]
    place = {node: k for k, node in enumerate(forks)}
    place.update({node: -1 - k for k, node in enumerate(leaves)})
    lines = [("num_leaves", [len(leaves)]), ("num_cat", [0]), ("split_feature", [nodes[i][0] for i in forks]), ("split_gain", [0] * len(forks)),
             ("threshold", [repr(nodes[i][1]) for i in forks]), ("decision_type", [10 if nodes[i][2] else 8 for i in forks]),
             ("left_child", [place[nodes[i][3]] for i in forks]), ("right_child", [place[nodes[i][4]] for i in forks]),
             ("leaf_value", [repr(nodes[i][5]) for i in leaves]), ("leaf_weight", ["%.17g" % nodes[i][6] for i in leaves]),
             ("leaf_count", ["%.0f" % nodes[i][6] for i in leaves]), ("is_linear", [0]), ("shrinkage", [1])]
    return "Tree=%d\n" % number + "".join("%s=%s\n" % (key, " ".join(map(str, cells))) for key, cells in lines) + "\n\n"


def of_class_one(tree, is_classifier):
    """What the nodes of a single tree say: the mean, or the share of the second class."""
    values = tree.value[:, 0, :]
    return values[:, 1] / values.sum(axis=1) if is_classifier else values[:, 0]


def trees_of(model, imputed):
    """The trees' nodes and the objective under which LightGBM would have grown them."""
    is_classifier = hasattr(model, "classes_")
    if is_classifier and len(model.classes_) != 2:
        raise ValueError("expected two classes")
    if hasattr(model, "_predictors"):  # HistGradientBoosting
        first = float(numpy.ravel(model._baseline_prediction)[0])
        trees = [hist_nodes(predictors[0], first if i == 0 else 0.0, imputed) for i, predictors in enumerate(model._predictors)]
        return trees, "binary sigmoid:1" if is_classifier else "poisson" if model.loss in ("poisson", "gamma") else "regression"
    if hasattr(model, "learning_rate"):  # GradientBoosting: what it starts from is what its trees leave of a prediction
        parts = [estimator.tree_ for estimator in numpy.ravel(model.estimators_)]
        somebody = numpy.zeros((1, model.n_features_in_))
        known = model.decision_function(somebody) if is_classifier else model.predict(somebody)
        first = float(known[0]) - model.learning_rate * sum(float(part.predict(somebody.astype(numpy.float32))[0, 0]) for part in parts)
        return [plain_nodes(part, model.learning_rate * part.value[:, 0, 0] + (first if i == 0 else 0.0), imputed) for i, part in enumerate(parts)], \
            "binary sigmoid:1" if is_classifier else "regression"
    parts = [estimator.tree_ for estimator in getattr(model, "estimators_", [model])]
    return [plain_nodes(part, of_class_one(part, is_classifier) / len(parts), imputed) for part in parts], "regression"


def save(path, model, names, imputer=None):
    names = [str(name) for name in names]
    if any(set(name) & set(" \t\r\n") for name in names):
        raise ValueError("expected names without spaces")
    trees, objective = trees_of(model, None if imputer is None else imputer.statistics_)
    head = ["tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0", "max_feature_idx=%d" % (len(names) - 1),
            "objective=" + objective, "feature_names=" + " ".join(names), "feature_infos=" + " ".join(["[-inf:inf]"] * len(names))]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(head) + "\n\n" + "".join(tree_text(i, nodes) for i, nodes in enumerate(trees)) + "end of trees\n\nparameters:\nend of parameters\n\npandas_categorical:null\n")
