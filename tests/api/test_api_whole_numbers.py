"""Whole numbers of somebody's code stay whole where their backward pass is judged."""

import numpy as np

import bpdebug


def loss(x, y, W):
    p = np.exp(x @ W)
    p /= p.sum(axis=1, keepdims=True)
    one_hot = np.eye(W.shape[1])[y]
    return -(one_hot * np.log(p)).sum() / len(y)


def backward(x, y, W):
    p = np.exp(x @ W)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return {"W": x.T @ p / len(y)}


def test_labels_that_only_make_a_table_are_whole_numbers():
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 3])
    run = bpdebug.trace(loss, x=x, y=y, parameters={"W": 0.5 * rng.standard_normal((3, 4))})
    assert run.compare(backward)


def test_keywords_get_what_the_caller_gave():
    rng = np.random.default_rng(3)
    given = {"x": rng.standard_normal((5, 3)), "y": np.array([0, 2, 1, 1, 3])}
    parameters = {"W": 0.5 * rng.standard_normal((3, 4))}
    seen = []

    def by_rows(x, y, W):
        p = np.exp(x @ W)
        p /= p.sum(axis=1, keepdims=True)
        rows = np.arange(len(y))
        return -np.log(p[rows, y]).mean()

    def keywords(**arrays):
        seen.append(set(arrays))
        return backward(**arrays)

    assert bpdebug.trace(by_rows, **given, parameters=parameters).compare(keywords)
    assert set(map(frozenset, seen)) == {frozenset({"x", "y", "W"})}


def test_keywords_get_plain_numbers_too():
    def decayed(x, y, W, reg):
        return loss(x, y, W) + 0.5 * reg * np.sum(W * W)

    def keywords(**arrays):
        reg = arrays.pop("reg")
        return {"W": backward(**arrays)["W"] + reg * arrays["W"]}

    rng = np.random.default_rng(3)
    given = {"x": rng.standard_normal((5, 3)), "y": np.array([0, 2, 1, 1, 3]), "reg": 0.25}
    parameters = {"W": 0.5 * rng.standard_normal((3, 4))}
    assert bpdebug.trace(decayed, **given, parameters=parameters).compare(keywords)
