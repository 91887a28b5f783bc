"""Writes libs/noise/src/open-scores/open-scores-golden.json: open-set scores of a generated pool by numpy, scipy and
scikit-learn.

    pip install scikit-learn && python tools/goldens/open_scores.py > libs/noise/src/open-scores/open-scores-golden.json
"""

import json

import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import entropy
from sklearn import __version__
from sklearn.neighbors import NearestNeighbors

CLASSES, DIM, KNOWN, OPEN = 3, 6, 36, 12
RIDGE_SHARE = 1e-6
KEPT_PERCENTILE = 90


def pool(rng):
    """Features of three classes and of none, their logits by a linear head, labels of which some are wrong."""
    centres = rng.uniform(0.5, 3, (CLASSES, DIM))
    classes = np.arange(KNOWN) % CLASSES
    features = np.concatenate([centres[classes], rng.uniform(0.5, 3, (OPEN, DIM))])
    features = np.round(np.maximum(features + rng.normal(0, 0.4, features.shape), 0), 3).astype(np.float32)
    weights, bias = np.round(2 * (centres - centres.mean(0)), 3), np.round(rng.normal(0, 1, CLASSES), 3)
    # Rows that sum to zero, as weight decay makes them.
    weights[-1] = -weights[:-1].sum(0)
    labels = np.concatenate([classes, rng.integers(0, CLASSES, OPEN)])
    labels[::7] = rng.integers(0, CLASSES, len(labels[::7]))
    logits = (features.astype(float) @ weights.T + bias).astype(np.float32)
    return features, logits, labels, weights, bias


def neighbour_distances(features, confirmed):
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    k = max(1, min(50, len(confirmed) // (2 * CLASSES)))
    distances, found = NearestNeighbors(n_neighbors=k + 1).fit(unit[confirmed]).kneighbors(unit)
    # A confirmed picture finds itself first; the others keep their k nearest.
    own = confirmed[found[:, 0]] == np.arange(len(unit))
    return np.where(own, distances[:, k], distances[:, k - 1])


def mahalanobis(features, labels, confirmed):
    means = {k: features[confirmed[labels[confirmed] == k]].mean(0) for k in np.unique(labels[confirmed])}
    offsets = features[confirmed] - np.stack([means[k] for k in labels[confirmed]])
    covariance = offsets.T @ offsets / len(confirmed)
    covariance += RIDGE_SHARE * np.trace(covariance) / DIM * np.eye(DIM)
    apart = features[:, None] - np.stack(list(means.values()))
    return np.einsum("nki,ij,nkj->nk", apart, np.linalg.inv(covariance), apart).min(1)


def virtual_logit(features, logits, confirmed, weights, bias):
    seen = features + np.linalg.pinv(weights, rcond=1e-5) @ bias
    _, vectors = np.linalg.eigh(seen[confirmed].T @ seen[confirmed])
    residual = np.linalg.norm(seen @ vectors[:, : DIM - DIM // 2], axis=1)
    alpha = logits[confirmed].max(1).sum() / residual[confirmed].sum()
    return alpha * residual - logsumexp(logits, axis=1)


def main():
    features32, logits32, labels, weights, bias = pool(np.random.default_rng(11))
    features, logits = features32.astype(float), logits32.astype(float)
    confirmed = np.flatnonzero(logits.argmax(1) == labels)
    cut = np.minimum(features, np.percentile(features[confirmed], KEPT_PERCENTILE))
    scores = {
        "msp": 1 - softmax(logits, axis=1).max(1),
        "max-logit": -logits.max(1),
        "energy": -logsumexp(logits, axis=1),
        "entropy": entropy(softmax(logits, axis=1), axis=1),
        "knn": neighbour_distances(features, confirmed),
        "mahalanobis": mahalanobis(features, labels, confirmed),
        "react": -logsumexp(cut @ weights.T + bias, axis=1),
        "vim": virtual_logit(features, logits, confirmed, weights, bias),
    }
    golden = {
        "scikitLearn": __version__,
        "classCount": CLASSES,
        "dim": DIM,
        "features": [float(str(value)) for value in features32.ravel()],
        "logits": [float(str(value)) for value in logits32.ravel()],
        "labels": labels.tolist(),
        "weights": weights.ravel().tolist(),
        "bias": bias.tolist(),
        "scores": {name: values.tolist() for name, values in scores.items()},
    }
    print(json.dumps(golden, indent=1))


main()
