"""Writes libs/noise/src/spec-support/mixture-golden.json: what scikit-learn makes of generated numbers.

    pip install scikit-learn && python tools/goldens/mixture.py > libs/noise/src/spec-support/mixture-golden.json
"""

import json

import numpy as np
from sklearn import __version__
from sklearn.cluster import KMeans
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score, roc_curve
from sklearn.mixture import GaussianMixture

REGULARISER = 5e-4


def values_of(rng, parts):
    drawn = np.concatenate([rng.normal(mean, deviation, count) for mean, deviation, count in parts])
    return np.round(np.clip(drawn, 0, 1), 5)


def mixture_case(name, values, start, iterations, tolerance):
    """k-means from `start`, one M step on its labels, then EM: the start that GaussianMixture itself makes."""
    column = values.reshape(-1, 1)
    k = len(start)
    labels = KMeans(k, init=np.reshape(start, (-1, 1)), n_init=1).fit(column).labels_
    one_hot = np.eye(k)[labels]
    mass = one_hot.sum(0) + 10 * np.finfo(float).eps
    means = one_hot.T @ values / mass
    variances = (one_hot * (values[:, None] - means) ** 2).sum(0) / mass + REGULARISER
    mixture = GaussianMixture(
        k,
        max_iter=iterations,
        tol=tolerance,
        reg_covar=REGULARISER,
        weights_init=mass / mass.sum(),
        means_init=means.reshape(-1, 1),
        precisions_init=(1 / variances).reshape(-1, 1, 1),
    ).fit(column)
    order = np.argsort(mixture.means_[:, 0])
    return {
        "name": name,
        "values": values.tolist(),
        "initialMeans": list(start),
        "maxIterations": iterations,
        "tolerance": tolerance,
        "weights": mixture.weights_[order].tolist(),
        "means": mixture.means_[order, 0].tolist(),
        "variances": mixture.covariances_[order, 0, 0].tolist(),
        "lowerBound": float(mixture.lower_bound_),
        "iterations": int(mixture.n_iter_),
        "converged": bool(mixture.converged_),
        "firstResponsibilities": mixture.predict_proba(column)[:3, order].ravel().tolist(),
    }


def ranking_case(name, scores, positive):
    rates, recalls, _ = roc_curve(positive, scores, drop_intermediate=False)
    return {
        "name": name,
        "scores": scores.tolist(),
        "positive": positive.astype(bool).tolist(),
        "auroc": float(roc_auc_score(positive, scores)),
        "falsePositiveRateAt95": float(rates[np.argmax(recalls >= 0.95)]),
    }


def confusion_case(rng):
    truth = rng.integers(0, 3, 60)
    found = np.where(rng.random(60) < 0.6, truth, rng.integers(0, 3, 60))
    return {
        "truth": truth.tolist(),
        "found": found.tolist(),
        "macroF1": float(f1_score(truth, found, average="macro")),
        "precision": precision_score(truth, found, average=None).tolist(),
        "recall": recall_score(truth, found, average=None).tolist(),
    }


def main():
    rng = np.random.default_rng(7)
    web = values_of(rng, [(0.12, 0.05, 60), (0.55, 0.12, 40), (0.93, 0.04, 20)])
    pair = values_of(rng, [(0.2, 0.05, 30), (0.8, 0.1, 50)])
    positive = rng.random(80) < 0.4
    scores = rng.normal(0, 1, 80) + positive
    losses = values_of(np.random.default_rng(8), [(0.03, 0.02, 70), (0.6, 0.2, 50)])
    golden = {
        "scikitLearn": __version__,
        "mixtures": [
            mixture_case("two parts to convergence", pair, [0.3, 0.6], 100, 1e-6),
            mixture_case("the paper's settings", web, np.linspace(0, 1, 20).round(3).tolist(), 10, 1e-2),
            mixture_case("cut off before convergence", web, [0.1, 0.2, 0.9], 5, 1e-12),
            mixture_case("DivideMix's settings", losses, [0.2, 0.5], 10, 1e-2),
        ],
        "rankings": [
            ranking_case("without ties", np.round(scores, 4), positive),
            ranking_case("with many ties", np.round(scores), positive),
        ],
        "confusion": confusion_case(rng),
    }
    print(json.dumps(golden, indent=1))


main()
