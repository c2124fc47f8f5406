"""Modules are groups; parameters have the names of the model, also those that are tied."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from bpdebug.run import Run  # noqa: E402
from tests.recording.from_torch.blocks import agrees, gradients, lines, record  # noqa: E402


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.act, self.down = nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 4)

    def forward(self, x):
        hidden = self.act(self.up(x))
        return x + self.down(hidden)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(3, 4)
        self.blocks = nn.ModuleDict({"first": Block(), "second": Block()})
        self.head = nn.Linear(4, 2, bias=False)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks.values():
            x = block(x)
        return self.head(x)


def test_modules_are_groups():
    torch.manual_seed(0)
    model, x = Net().double(), torch.randn(5, 3).double()
    made = record(model, lambda: model(x).square().mean())
    made.loss.backward()
    agrees(made.recording, model.named_parameters())
    groups = Run(made.recording.problem(), 1).graph().groups
    assert {"blocks.first", "blocks.second"} <= set(groups)
    assert lines(made.recording)[:5] == [
        'embed = "x @ embed.weight.T + embed.bias"',
        '"blocks.first.up" = "embed @ blocks.first.up.weight.T + blocks.first.up.bias"',
        '"blocks.first.act" = "tanh(blocks.first.up)"',
        '"blocks.first.down" = '
        '"blocks.first.act @ blocks.first.down.weight.T + blocks.first.down.bias"',
        '"blocks.first.x" = "embed + blocks.first.down"',
    ]


def test_a_module_that_runs_twice_is_two_groups():
    model, x = Block().double(), torch.randn(5, 4).double()
    net = nn.ModuleDict({"block": model})
    made = record(net, lambda: model(model(x)).square().mean())
    made.loss.backward()
    agrees(made.recording, net.named_parameters())
    groups = Run(made.recording.problem(), 1).graph().groups
    assert {"block", "block_2"} <= set(groups)
    assert "block_2.up" in made.recording.made


def test_tied_weights_have_one_array_and_two_names():
    torch.manual_seed(0)

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.encode, self.decode = nn.Linear(4, 3, bias=False), nn.Linear(4, 3, bias=False)
            self.decode.weight = self.encode.weight

        def forward(self, x):
            return self.decode(x) * self.encode(x.square())

    model, x = Tied().double(), torch.randn(5, 4).double()
    made = record(model, lambda: model(x).mean())
    made.loss.backward()
    agrees(made.recording, model.named_parameters())
    assert made.recording.aliases == {"decode.weight": "encode.weight"}
    assert "decode.weight and encode.weight are one array" in made.recording.text


def test_several_models_are_called_after_their_variables():
    import sys

    from bpdebug.recording.from_torch.recording import TorchRecording

    torch.manual_seed(0)
    encoder, decoder = nn.Linear(3, 2).double(), nn.Linear(2, 3).double()
    x = torch.randn(4, 3).double()
    with TorchRecording([encoder, decoder], None, sys._getframe()) as made:
        loss = (decoder(torch.tanh(encoder(x))) - x).square().mean()
    loss.backward()
    agrees(made.recording, encoder.named_parameters("encoder"))
    agrees(made.recording, decoder.named_parameters("decoder"))
    assert "Linear and Linear in" in made.recording.title


def test_several_models_by_name():
    torch.manual_seed(0)
    models = {"g": nn.Linear(3, 2).double(), "d": nn.Linear(2, 1).double()}
    x = torch.randn(4, 3).double()
    made = record(models, lambda: models["d"](models["g"](x)).mean())
    made.loss.backward()
    agrees(made.recording, models["g"].named_parameters("g"))
    agrees(made.recording, models["d"].named_parameters("d"))


def test_what_is_no_model_is_refused():
    with pytest.raises(BpdebugError, match=r"torch\.nn\.Module, not int"):
        record([3], lambda: None)


def test_without_a_model_its_parameters_have_names_of_its_class():
    torch.manual_seed(0)
    net, x = nn.Linear(3, 2).double(), torch.randn(4, 3).double()
    made = record(None, lambda: net(x).square().sum())
    made.loss.backward()
    agrees(made.recording, net.named_parameters("linear"))


def test_a_criterion_outside_of_the_model():
    torch.manual_seed(0)
    model, x, y = nn.ModuleDict({"fc": nn.Linear(3, 2)}), torch.randn(4, 3), torch.randn(4, 2)
    criterion = nn.CrossEntropyLoss()
    made = record(model, lambda: criterion(model["fc"](x), y.argmax(1)))
    made.loss.backward()
    agrees(made.recording, model.named_parameters(), 1e-4)


class Returns(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.w, self.kind = nn.Parameter(torch.ones(3).double() * 0.5), kind

    def forward(self, x):
        hidden = x * self.w
        if self.kind == "tuple":
            return hidden, hidden.exp()
        if self.kind == "dict":
            return {"first": hidden, "second": hidden.exp()}
        return x if self.kind == "input" else [hidden, None]


@pytest.mark.parametrize("kind", ["tuple", "dict", "input", "list"])
def test_what_modules_return(kind):
    torch.manual_seed(0)
    model = nn.ModuleDict({"inner": Returns(kind), "last": nn.Linear(3, 1).double()})
    x = torch.randn(4, 3).double()

    def block():
        out = model["inner"](x)
        if kind == "input":
            return model["last"](out).mean()
        first, *more = out.values() if isinstance(out, dict) else out
        return (model["last"](first) * sum(one.sum() for one in more if one is not None)).mean() + (
            first.mean()
        )

    made = record(model, block)
    made.loss.backward()
    agrees(made.recording, model.named_parameters())


def test_several_results_of_one_function():
    torch.manual_seed(0)
    w = torch.randn(4, 6, dtype=torch.float64, requires_grad=True)

    def block():
        q, k, v = (w * 1.0).split(2, dim=1)
        top, where = (q * k).max(dim=1)
        first, second = v.unbind(1)
        return (top * first + second[where]).sum()

    made = record(None, block)
    made.loss.backward()
    agrees(made.recording, [("w", w)])


class Doubled(nn.Module):
    def forward(self, weight):
        return weight * 2.0


def doubled(layer):
    nn.utils.parametrize.register_parametrization(layer, "weight", Doubled())
    return layer


@pytest.mark.parametrize(
    "parametrized",
    [
        doubled,
        nn.utils.parametrizations.weight_norm,
        lambda layer: nn.utils.parametrizations.weight_norm(layer, dim=None),
        lambda layer: nn.utils.parametrizations.weight_norm(layer, dim=1),
        nn.utils.parametrizations.spectral_norm,
    ],
)
def test_parametrizations_are_ops_on_what_is_learned(parametrized):
    torch.manual_seed(0)
    model = nn.ModuleDict({"fc": parametrized(nn.Linear(3, 2))}).double()
    x = torch.randn(4, 3).double()
    made = record(model, lambda: model["fc"](x).square().sum())
    made.loss.backward()
    agrees(made.recording, model.named_parameters())
    assert any("parametrizations.weight.original" in line for line in lines(made.recording))


def test_functional_calls_have_the_names_of_the_model():
    torch.manual_seed(0)
    model = nn.Linear(3, 2).double()
    other = {name: one.detach().clone().requires_grad_() for name, one in model.named_parameters()}
    x = torch.randn(4, 3).double()
    made = record(None, lambda: torch.func.functional_call(model, other, (x,)).square().sum())
    made.loss.backward()
    ours = gradients(made.recording)
    for name, one in other.items():
        np.testing.assert_allclose(ours[f"linear.{name}"], one.grad.numpy(), rtol=1e-9)


def test_data_parallel_is_recorded():
    torch.manual_seed(0)
    model, x = nn.DataParallel(nn.Linear(3, 2).double()), torch.randn(4, 3).double()
    made = record(model, lambda: model(x).square().sum())
    made.loss.backward()
    agrees(made.recording, model.named_parameters())


@pytest.mark.filterwarnings("ignore:`torch.jit")
def test_models_of_the_jit_are_refused():
    scripted = torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2), check_trace=False)
    with pytest.raises(BpdebugError, match=r"the module inner was compiled by torch\.jit"):
        record(nn.ModuleDict({"inner": scripted}), lambda: None)


def test_compiled_models_and_functions_are_recorded_as_they_were_before():
    torch.manual_seed(0)
    plain, x = nn.Linear(3, 2).double(), torch.randn(4, 3).double()
    model = torch.compile(plain, backend="eager")
    squared = torch.compile(lambda h: h.square() * 2.0, backend="eager")
    made = record(model, lambda: squared(torch.tanh(model(x))).sum())
    made.loss.backward()
    agrees(made.recording, plain.named_parameters())
    assert "square" in made.recording.text


def test_filters_of_warnings_that_the_block_sets_stay():
    import torch._dynamo

    from bpdebug.recording.from_torch.compiled import HOOKS

    model, x = nn.Linear(3, 2).double(), torch.randn(4, 3).double()

    def block():
        warnings.filterwarnings("error", "one of the user's own")
        return model(x).sum()

    record(model, block)
    with pytest.raises(UserWarning, match="one of the user's own"):
        warnings.warn("one of the user's own", stacklevel=1)
    assert HOOKS not in [getattr(one[1], "pattern", one[1]) for one in warnings.filters]


def test_a_pytorch_that_cannot_leave_the_compiler_out_is_told(monkeypatch):
    import torch._dynamo

    monkeypatch.delattr(torch.compiler, "set_stance")
    with pytest.raises(BpdebugError, match=r"install PyTorch 2\.6 or later"):
        record(nn.Linear(3, 2), lambda: None)


def test_an_op_that_is_missing_is_told_with_its_module_and_line():
    class Fourier(nn.Module):
        def forward(self, x):
            return torch.fft.rfft(x).abs()

    model = nn.ModuleDict({"fc": nn.Linear(3, 4), "spectrum": Fourier()})

    def block():
        return model["spectrum"](model["fc"](torch.ones(2, 3))).sum()

    with pytest.raises(BpdebugError) as caught:
        record(model, block)
    assert "test_recording_modules.py:" in str(caught.value)
    assert "(in spectrum)" in str(caught.value)
    assert "fft" in str(caught.value)


def test_a_missing_op_that_the_loss_does_not_use_is_no_error():
    w = torch.randn(4, dtype=torch.float64, requires_grad=True)

    def block():
        torch.fft.rfft(w)
        return w.square().sum()

    made = record(None, block)
    made.loss.backward()
    agrees(made.recording, [("w", w)])


def test_names_that_expressions_cannot_read_are_mended():
    torch.manual_seed(0)
    model = nn.ModuleDict({"first layer": nn.Linear(3, 2), "T": nn.Linear(2, 2)}).double()
    x = torch.randn(4, 3).double()
    made = record(model, lambda: model["T"](model["first layer"](x)).square().sum())
    made.loss.backward()
    aliases = made.recording.aliases
    assert aliases["first layer.weight"] == "first_layer.weight"
    agrees(
        made.recording,
        [(aliases.get(name, name), one) for name, one in model.named_parameters()],
    )


def test_a_sequential_at_the_root_is_called_after_its_variable():
    import sys

    from bpdebug.recording.from_torch.recording import TorchRecording

    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Sequential(nn.Linear(4, 2))).double()
    x = torch.randn(4, 3).double()
    with TorchRecording(net, None, sys._getframe()) as made:
        loss = net(x).square().sum()
    loss.backward()
    agrees(made.recording, net.named_parameters("net"))
    assert made.recording.aliases["2.0.bias"] == "net.2.0.bias"


def test_numbered_intermediates_are_in_the_order_of_the_code():
    import sys

    from bpdebug.recording.from_torch.recording import TorchRecording

    x = torch.ones(3, dtype=torch.float64)
    w = torch.ones(3, dtype=torch.float64, requires_grad=True)

    def model(x):
        x = torch.tanh(x * w)
        x = torch.sigmoid(x)
        x = torch.exp(x) * w
        return x.sum()

    with TorchRecording(None, None, sys._getframe()) as made:
        model(x)
    assert [line.partition(" ")[0] for line in lines(made.recording)] == [
        "x_2",
        "x_3",
        "x_4",
        "loss",
    ]


def test_a_module_with_a_number_that_runs_twice():
    import sys

    from bpdebug.recording.from_torch.recording import TorchRecording

    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Tanh(), nn.Linear(3, 3))).double()
    x = torch.randn(4, 3).double()
    with TorchRecording(net, None, sys._getframe()) as made:
        loss = net[1](net[0](net[0](net(net(x))))).square().sum()
    loss.backward()
    agrees(made.recording, net.named_parameters("net"))
    assert {"net.0", "net_2.0", "net_2.1.1", "net_3.0"} <= set(made.recording.made)
