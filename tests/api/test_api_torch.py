"""Models and tensors of PyTorch are compared as they are."""

import numpy as np
import pytest

import bpdebug

torch = pytest.importorskip("torch")


class Net(torch.nn.Module):
    """The network of the bundled two_layer, with its names."""

    def __init__(self, values, dtype=torch.float64):
        super().__init__()
        for name in ("W1", "b1", "W2", "b2"):
            array = torch.tensor(values[name], dtype=dtype)
            self.register_parameter(name, torch.nn.Parameter(array))
        self.x = torch.tensor(values["x"], dtype=dtype)
        self.y = torch.tensor(values["y"], dtype=dtype)

    def loss(self):
        h = torch.sigmoid(self.W1 @ self.x + self.b1)
        return 0.5 * ((torch.sigmoid(self.W2 @ h + self.b2) - self.y) ** 2).sum()


@pytest.fixture
def run():
    return bpdebug.load("two_layer")


@pytest.mark.parametrize(("dtype", "digits"), [(torch.float64, 15), (torch.float32, 7)])
def test_a_model_after_its_backward_pass(run, dtype, digits):
    net = Net(run.values(), dtype)
    net.loss().backward()
    verdict = run.compare(net)
    assert verdict, str(verdict)
    assert len(verdict.arrays) == 4
    assert f"to the {digits} digits" in str(verdict)
    net.b1.grad *= 2
    assert not run.compare(net)


def test_a_model_before_its_backward_pass_and_with_a_frozen_parameter(run):
    net = Net(run.values())
    with pytest.raises(bpdebug.BpdebugError, match="no parameter of the model has a"):
        run.compare(net)
    net.W1.requires_grad_(False)
    net.loss().backward()
    verdict = run.compare(net)
    assert verdict
    assert verdict.notes == ()
    assert "grad(W1)" not in [one.name for one in verdict.arrays]


def test_tensors_by_name(run):
    net = Net(run.values())
    net.loss().backward()
    verdict = run.compare({"W1": net.W1.grad, "new(W2)": net.W2 - 0.5 * net.W2.grad})
    assert verdict, str(verdict)
    sparse = {"W1": net.W1.grad.to_sparse()}
    assert run.compare(sparse)


def test_bfloat16_has_the_precision_that_it_has(run):
    given = {
        name: torch.tensor(array).bfloat16()
        for name, array in run.gradients().items()
        if name in ("W1", "W2", "b1")
    }
    verdict = run.compare(given)
    assert verdict, str(verdict)
    assert "to the 2 digits" in str(verdict)
    assert not run.compare({**given, "W1": given["W1"] * 3})


def test_nothing_of_a_model_is_changed(run):
    net = Net(run.values())
    net.loss().backward()
    before = {name: one.grad.clone() for name, one in net.named_parameters()}
    run.compare(net)
    for name, one in net.named_parameters():
        np.testing.assert_array_equal(one.grad.numpy(), before[name].numpy())


def test_a_name_that_two_models_have_means_neither():
    first, second = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    with bpdebug.record([first, second]) as run:
        loss = second(torch.tanh(first(torch.ones(1, 2)))).sum()
    loss.backward()
    with pytest.raises(bpdebug.BpdebugError, match="unknown name 'weight'"):
        run.compare(second)
    both = torch.nn.ModuleDict({"first": first, "second": second})
    assert run.compare(both), str(run.compare(both))
