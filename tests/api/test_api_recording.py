"""Runs of recorded code: the same as runs of a scenario's file, and saved as one."""

import zipfile

import numpy as np
import pytest

import bpdebug
from bpdebug.api.origin import RecordedOrigin
from bpdebug.cli.main import main
from bpdebug.graph import Engine, GraphBuilder
from bpdebug.recording.from_numpy import trace
from bpdebug.recording.recording import write_archive
from bpdebug.records import replace


def loss(x, y, W, b):
    z = x @ W + b
    h = np.tanh(z)
    return ((h - y) ** 2).mean()


@pytest.fixture
def arrays():
    rng = np.random.default_rng(3)
    shapes = {"x": (4, 3), "y": (4, 2), "W": (3, 2), "b": (2,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


@pytest.fixture
def recording(arrays):
    data = {name: arrays[name] for name in ("x", "y")}
    return trace(loss, {name: arrays[name] for name in ("W", "b")}, data)


@pytest.fixture
def run(recording):
    return bpdebug.ScenarioRun(RecordedOrigin(recording))


@pytest.fixture
def gradients(arrays):
    """The gradients by hand."""
    h = np.tanh(arrays["x"] @ arrays["W"] + arrays["b"])
    dz = 2 * (h - arrays["y"]) / h.size * (1 - h**2)
    return {"W": arrays["x"].T @ dz, "b": dz.sum(axis=0)}


def test_a_recorded_run_is_like_any_other(run, arrays, gradients):
    assert run.loss == pytest.approx(loss(**arrays))
    assert run.check()
    assert run.compare(gradients)
    assert not run.compare({**gradients, "b": gradients["b"] * 2})
    np.testing.assert_array_equal(run.values()["x"], arrays["x"])
    assert "loss in test_api_recording.py" in run._repr_html_()


def test_a_traced_function_is_run_anew_on_other_shapes():
    def loss(x, y, W):
        p = np.exp(x @ W)
        p = p / p.sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(y)), y]).mean()

    rng = np.random.default_rng(5)
    x, y, W = rng.normal(size=(4, 3)), np.array([0, 1, 1, 0]), rng.normal(size=(3, 2))
    run = bpdebug.trace(loss, x=x, y=y, parameters={"W": W})
    assert run.loss == pytest.approx(loss(x, y, W))
    data = {"x": rng.normal(size=(7, 5)), "y": np.array([2.0, 0, 1, 2, 2, 1, 0])}
    other = {"W": rng.normal(size=(5, 3))}
    again = run._origin.recording.run_on({**data, "made_by_the_function": np.arange(7.0)}, other)
    expected = loss(data["x"], data["y"].astype(int), other["W"])
    assert again.iteration(1).loss == pytest.approx(expected)
    assert bpdebug.load("two_layer")._origin.recording is None


def test_the_pass_that_proves_a_recording_is_the_run_s_first(arrays, monkeypatch):
    """The graph is built and the pass recorded once, however often the caller asks."""
    made = {"built": 0, "passes": 0}
    finish, run_pass = GraphBuilder.finish, Engine.run

    def counted_finish(self, loss):
        made["built"] += 1
        return finish(self, loss)

    def counted_pass(self, leaves):
        made["passes"] += 1
        return run_pass(self, leaves)

    monkeypatch.setattr(GraphBuilder, "finish", counted_finish)
    monkeypatch.setattr(Engine, "run", counted_pass)
    data = {name: arrays[name] for name in ("x", "y")}
    learned = {name: arrays[name] for name in ("W", "b")}
    run = bpdebug.trace(loss, **data, parameters=learned, iterations=4)
    assert run.gradients()["W"].shape == (3, 2)
    assert (run.iterations, run.loss) == (4, pytest.approx(loss(**arrays)))
    assert made == {"built": 1, "passes": 1}


def test_a_recording_keeps_the_numbers_that_the_code_had(arrays):
    before = loss(**arrays)
    data = {name: arrays[name] for name in ("x", "y")}
    run = bpdebug.trace(loss, **data, parameters={name: arrays[name] for name in ("W", "b")})
    for array in arrays.values():
        array += 1.0
    run.gradients()["W"][:] = 7.0
    assert run.loss == pytest.approx(before)
    assert run.check()


def test_it_is_saved_as_a_scenario(run, tmp_path, capsys):
    run.save(tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "arrays.npz",
        "scenario.toml",
    ]
    again = bpdebug.load(tmp_path / "run")
    assert again.title == run.title
    for name, array in run.gradients().items():
        np.testing.assert_array_equal(again.gradients()[name], array)
    assert main([str(tmp_path / "run"), "--check"]) == 0
    first = (tmp_path / "run" / "arrays.npz").read_bytes()
    again.save(tmp_path / "copy")
    run.save(tmp_path / "run")
    assert (tmp_path / "run" / "arrays.npz").read_bytes() == first
    assert (tmp_path / "copy" / "arrays.npz").read_bytes() == first


def test_a_model_has_names_of_its_own(recording, gradients):
    class Parameter:
        requires_grad = True

        def __init__(self, grad):
            self.grad = grad

    class Model:
        def named_parameters(self):
            yield "0.weight", Parameter(gradients["W"])
            yield "b", Parameter(gradients["b"])

    named = replace(recording, text=f'{recording.text}\n[aliases]\n"0.weight" = "W"\n')
    run = bpdebug.ScenarioRun(RecordedOrigin(named))
    verdict = run.compare(Model())
    assert [one.name for one in verdict.arrays] == ["grad(W)", "grad(b)"]
    assert verdict


def test_a_run_whose_block_has_not_ended_says_so():
    run = bpdebug.ScenarioRun(RecordedOrigin(None))
    assert repr(run) == "<bpdebug run: not recorded>"
    for use in (run.gradients, run.check, run.losses, lambda: run.save("x"), lambda: run.title):
        with pytest.raises(bpdebug.BpdebugError, match="use the run behind its with block"):
            use()


def test_an_archive_holds_any_names(tmp_path):
    arrays = {"file": np.arange(3.0), "a.b:m": np.eye(2, dtype=np.float32), "s": np.array(1.5)}
    write_archive(arrays, tmp_path / "arrays.npz")
    with zipfile.ZipFile(tmp_path / "arrays.npz") as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with np.load(tmp_path / "arrays.npz") as found:
        assert found.files == list(arrays)
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype


@pytest.mark.parametrize("factor", [8.0, -1.0, 0.5])
def test_another_scale_than_that_of_its_own_loss_is_a_mistake(run, tmp_path, factor):
    def backward(x, y, h):
        dh = factor * 2 * (h - y) / h.size
        dz = dh * (1 - h**2)
        return {"h": dh, "W": x.T @ dz, "b": dz.sum(axis=0)}

    v = run.values()
    arrays = backward(v["x"], v["y"], v["h"])
    for what in (backward, arrays):
        verdict = run.compare(what)
        assert not verdict
        assert verdict.conventions == ()
        assert verdict.explanations
    # Beside a scenario's file, it may be that of another loss.
    run.save(tmp_path / "run")
    verdict = bpdebug.load(tmp_path / "run").compare(arrays)
    assert verdict
    assert verdict.verdict == "convention"


def test_keywords_of_a_backward_function_may_be_called_as_a_dict_was(arrays):
    def forward(params, x, y):
        return ((x @ params["W"] + params["b"] - y) ** 2).mean()

    def backward(x, y, **params):
        d = 2 * (x @ params["W"] + params["b"] - y) / y.size
        return {"W": x.T @ d, "b": d.sum(axis=0)}

    params = {name: arrays[name] for name in ("W", "b")}
    run = bpdebug.trace(forward, x=arrays["x"], y=arrays["y"], parameters={"params": params})
    verdict = run.compare(backward)
    assert verdict, str(verdict)


def test_a_saved_run_keeps_its_iterations(tmp_path):
    def loss(x, w):
        return np.mean((x @ w) ** 2)

    run = bpdebug.trace(
        *(loss, np.eye(3)),
        parameters={"w": np.ones(3)},
        optimizer={"name": "sgd", "learning_rate": 0.1},
        iterations=4,
    )
    run.save(tmp_path / "run")
    again = bpdebug.load(tmp_path / "run")
    assert again.iterations == run.iterations == 4
    np.testing.assert_array_equal(again.losses(), run.losses())
