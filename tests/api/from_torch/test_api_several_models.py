"""Several models are compared as they were recorded."""

import pytest

import bpdebug

torch = pytest.importorskip("torch")


@pytest.fixture
def models():
    torch.manual_seed(0)
    return torch.nn.Linear(3, 2).double(), torch.nn.Sequential(torch.nn.Linear(2, 3)).double()


def reconstruction(encoder, decoder):
    x = torch.randn(4, 3).double()
    return (decoder(torch.tanh(encoder(x))) - x).square().mean()


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_is_in_the_order_of_the_recording(models, kind):
    encoder, decoder = models
    with bpdebug.record([encoder, decoder]) as run:
        loss = reconstruction(encoder, decoder)
    loss.backward()
    verdict = run.compare(kind([encoder, decoder]))
    assert verdict, str(verdict)
    assert len(verdict.arrays) == 4
    decoder[0].weight.grad *= 2
    wrong = run.compare(kind([encoder, decoder]))
    assert not wrong
    assert "decoder.0.weight" in str(wrong)


def test_a_dict_has_the_names_of_the_recording(models):
    several = dict(zip(("en-coder", "decoder"), models, strict=True))
    with bpdebug.record(several) as run:
        loss = reconstruction(*models)
    loss.backward()
    assert run.compare(several), str(run.compare(several))
    assert run.compare(dict(reversed(several.items())))
    models[0].bias.grad = None
    lost = run.compare(several)
    assert not lost
    assert "1 parameter (en_coder.bias) without .grad counted as 0" in lost.notes


def test_one_parameter_in_two_models(models):
    encoder, decoder = models
    decoder[0].weight = torch.nn.Parameter(torch.randn(3, 2).double())
    tied = torch.nn.Linear(3, 2).double()
    tied.weight = encoder.weight
    x = torch.randn(4, 3).double()
    with bpdebug.record([encoder, decoder, tied]) as run:
        loss = decoder(encoder(x) + tied(x)).square().mean()
    loss.backward()
    assert run.compare([encoder, decoder, tied]), str(run.compare([encoder, decoder, tied]))


def test_a_list_without_names_is_told(models):
    encoder, decoder = models
    with bpdebug.record([encoder, decoder]) as run:
        loss = reconstruction(encoder, decoder)
    with pytest.raises(bpdebug.BpdebugError, match=r"no parameter of these models has a \.grad"):
        run.compare([encoder, decoder])
    loss.backward()
    with pytest.raises(bpdebug.BpdebugError, match=r"3 models in a list, .* of 2 models"):
        run.compare([encoder, decoder, encoder])
    with pytest.raises(bpdebug.BpdebugError, match=r"2 models in a list, .* of no models"):
        bpdebug.load("two_layer").compare([encoder, decoder])
