# SPDX-License-Identifier: Apache-2.0
"""Writes logistic models and small neural networks of scikit-learn and PyTorch as the JSON that jalki reads (docs/model-file.md).

    import export_network as export

    inputs = export.inputs(X.columns, scaler, imputer)             # of the columns as the model was trained on them
    export.save("network.json", inputs, export.sklearn_layers(model), output="log_odds", trainer="scikit-learn 1.2")
    export.save("network.json", inputs, export.torch_layers(module), output="log_odds", trainer="PyTorch 2")

Columns have the names of jalki's columns and figures; dummies are called column_level, as pandas.get_dummies calls them, or column=level.
`scaler` is a StandardScaler, or None; `imputer` a SimpleImputer that was fitted before it, or None: then a missing number counts as its
mean. `output` says what the last layer gives: log_odds (a classifier), or log (a regression on the logarithm of an intensity)."""

import json


def inputs(names, scaler=None, imputer=None):
    """One entry for each column, in the order of training."""
    entries = []
    for i, name in enumerate(names):
        entry = {"name": str(name)}
        if scaler is not None and getattr(scaler, "mean_", None) is not None:
            entry["mean"] = float(scaler.mean_[i])
        if scaler is not None and getattr(scaler, "scale_", None) is not None:
            entry["scale"] = float(scaler.scale_[i])
        if imputer is not None and not is_dummy(name):
            entry["missing"] = float(imputer.statistics_[i])
        entries.append(entry)
    return entries


NUMBERS_WITH_LEVELS = ("country", "debtor_type", "product", "currency", "legal_status", "employment", "reachable", "vulnerable")


def is_dummy(name):
    """A dummy is 0 where its column is missing, and so is never missing itself. Own columns of text: write them column=level."""
    return "=" in name or any(name.startswith(column + "_") for column in NUMBERS_WITH_LEVELS)


def layer(weights, bias, activation):
    """`weights`: a row for each output."""
    return {"weights": [[float(w) for w in row] for row in weights], "bias": [float(b) for b in bias], "activation": activation}


def sklearn_layers(model):
    """Of LogisticRegression, SGDClassifier, LinearRegression, Ridge (one layer), MLPClassifier, MLPRegressor."""
    if hasattr(model, "coefs_"):
        if model.n_outputs_ != 1 or getattr(model, "out_activation_", "identity") not in ("logistic", "identity"):
            raise ValueError("expected one output")
        last = len(model.coefs_) - 1
        return [layer(weights.T, bias, "identity" if i == last else model.activation)
                for i, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_))]
    weights = model.coef_.reshape(1, -1) if model.coef_.ndim == 1 else model.coef_
    if len(weights) != 1:
        raise ValueError("expected two classes")
    bias = model.intercept_ if hasattr(model.intercept_, "__len__") else [model.intercept_]
    return [layer(weights, bias, "identity")]


TORCH_ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "logistic", "Identity": "identity"}


def torch_layers(module):
    """Of a torch.nn.Sequential of Linear layers, each followed by an activation or none; dropout counts in training alone. The last
    layer gives log odds: train with BCEWithLogitsLoss, and leave the Sigmoid out."""
    layers = []
    for part in module:
        kind = type(part).__name__
        if kind == "Linear":
            weights = part.weight.detach().tolist()
            bias = part.bias.detach().tolist() if part.bias is not None else [0.0] * len(weights)
            layers.append(layer(weights, bias, "identity"))
        elif kind in TORCH_ACTIVATIONS and layers:
            layers[-1]["activation"] = TORCH_ACTIVATIONS[kind]
        elif kind != "Dropout":
            raise ValueError("expected Linear, ReLU, Tanh, Sigmoid, Identity or Dropout, found " + kind)
    return layers


def save(path, entries, layers, output, trainer):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"jalki_network": 1, "trainer": trainer, "output": output, "inputs": entries, "layers": layers}, file)
