"""Every convention that an op declares is what it computes, and no op keeps one to itself."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.ops import REGISTRY, Op
from bpdebug.ops.convention import Convention


def forms(op: Op):
    """The op, and its forms for a number that is written out as the first or second operand."""
    yield op
    if op.with_numbers is not None:
        for number in (0.0, 1.5):
            yield op.with_numbers(op, (number, None))
            yield op.with_numbers(op, (None, number))


DECLARED = [
    pytest.param(op, convention, id=f"{op.name}: {convention.says}")
    for registered in REGISTRY.values()
    for op in forms(registered)
    for convention in op.conventions
]


def computed(op: Op, convention: Convention):
    """The op's result there and its local derivatives, None for an operand without one."""
    options = {**op.options, **convention.options}
    operands = tuple(np.asarray(value, dtype=float) for value in convention.operands)
    maps = op.layout(tuple(value.shape for value in operands), options).maps
    with np.errstate(all="ignore"):
        y = np.asarray(op.forward(*operands, **options))
        locals_ = [
            None
            if where is None
            else np.broadcast_to(op.local(at, y, operands, options), where.local_shape)
            for at, where in enumerate(maps)
        ]
    return y, locals_


def broken(op: Op, convention: Convention) -> list[str]:
    """Which of a convention's numbers are not what the op computes."""
    y, locals_ = computed(op, convention)
    wanted = {"value": (convention.value, y)}
    for at, slope in enumerate(convention.slopes):
        wanted[f"slope {at}"] = slope, locals_[at]
    return [
        f"{what}: {found}, not {number}"
        for what, (number, found) in wanted.items()
        if number is not None and not np.allclose(found, number, rtol=1e-12, atol=0, equal_nan=True)
    ]


@pytest.mark.parametrize(("op", "convention"), DECLARED)
def test_a_convention_is_what_the_op_computes(op, convention):
    assert broken(op, convention) == []
    assert convention.value is not None
    assert len(convention.slopes) <= len(convention.operands)


@pytest.mark.parametrize(("op", "convention"), DECLARED)
def test_a_convention_is_part_of_a_sentence(op, convention):
    assert convention.says.strip(" .") == convention.says
    assert convention.sentence in op.about
    assert convention.says[0].islower() or not convention.says[0].isalpha() or op.name == "affine"


@pytest.mark.parametrize("op", REGISTRY.values(), ids=lambda op: op.name)
def test_an_op_with_a_kink_says_first_what_it_takes_there(op):
    for form in forms(op):
        if form.kink is None:
            assert form.at_kink == ""
            continue
        first = form.conventions[0]
        operands = [np.asarray(value, dtype=float) for value in first.operands]
        assert np.any(form.kink(*operands, **{**form.options, **first.options}))
        assert all(slope is not None for slope in first.slopes)
        assert len(first.slopes) == (0 if form.constant else len(form.operands))
        assert form.at_kink == first.says


@pytest.mark.parametrize("op", REGISTRY.values(), ids=lambda op: op.name)
def test_an_op_that_rectifies_does_what_relu_does(op):
    """Dead units are looked for behind it, so it has to be one to the last number."""
    found = [form for form in forms(op) if form.rectifies is not None]
    assert bool(found) == (op.name in ("relu", "relu6", "maximum"))
    x = np.array([-2.0, 0.0, 3.0])
    for form in found:
        at = form.rectifies
        operands = tuple(x if k == at else np.zeros(()) for k in range(len(form.operands)))
        y = np.asarray(form.forward(*operands, **form.options))
        np.testing.assert_array_equal(y, [0.0, 0.0, 3.0])
        np.testing.assert_array_equal(form.local(at, y, operands, form.options), [0.0, 0.0, 1.0])


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_tie_is_won_only_by_a_number_beside_a_value(name):
    op = REGISTRY[name]
    assert op.with_numbers is not None
    assert op.with_numbers(op, (None, None)) is op
    assert op.with_numbers(op, (0.0, 0.0)) is op
    for number in (0.0, -2.0):
        for form in (op.with_numbers(op, (number, None)), op.with_numbers(op, (None, number))):
            assert ("relu" in form.at_kink) == (name == "maximum" and number == 0)


def smooth_at(op: Op, operands: tuple[np.ndarray, ...]) -> bool:
    """True where value and derivatives are finite, and agree with the differences on both sides."""
    with np.errstate(all="ignore"):
        y = np.asarray(op.forward(*operands, **op.options))
        for at, value in enumerate(operands):
            slope = np.asarray(op.local(at, y, operands, dict(op.options)))
            if not (np.isfinite(y).all() and np.isfinite(slope).all()):
                return False
            for step in (1e-6, -1e-6):
                moved = (*operands[:at], value + step, *operands[at + 1 :])
                other = np.asarray(op.forward(*moved, **op.options))
                if not np.allclose((other - y) / step, slope, atol=1e-4):
                    return False
    return True


CELLWISE = [op for op in REGISTRY.values() if op.family in ("arithmetic", "elementary")]
CELLWISE += [op for op in REGISTRY.values() if op.activation and "axis" not in op.options]


@pytest.mark.parametrize("op", CELLWISE, ids=lambda op: op.name)
def test_an_op_that_is_not_smooth_everywhere_declares_it(op):
    points = itertools.product((-1.0, 0.0, 1.0), repeat=len(op.operands))
    rough = [p for p in points if not smooth_at(op, tuple(np.asarray(v) for v in p))]
    assert not rough or op.conventions, f"{op.name} at {rough}"


@pytest.mark.parametrize("name", ["max", "norm", "softmax", "log_softmax"])
def test_rows_with_ties_zeros_and_infinities_are_spoken_of(name):
    assert REGISTRY[name].conventions


@pytest.mark.parametrize("op", [op for op in REGISTRY.values() if op.loss], ids=lambda op: op.name)
def test_every_loss_says_its_sign_or_what_0_ln_0_is(op):
    assert op.conventions


@pytest.mark.parametrize("axes", [8, 9])
@pytest.mark.parametrize("name", ["add", "relu", "sum", "transpose", "softmax", "index"])
def test_an_array_has_8_axes_at_most(name, axes):
    op = REGISTRY[name]
    shapes = ((1,) * axes,) * len(op.operands)
    if axes == 8:
        assert op.layout(shapes, op.options).maps
    else:
        with pytest.raises(BpdebugError, match="9 axes are too many; at most 8"):
            op.layout(shapes, op.options)


@pytest.mark.parametrize("axes", [8, 9])
def test_a_reshape_makes_8_axes_at_most(axes):
    op = REGISTRY["reshape"]
    options = {"shape": (1,) * axes}
    if axes == 8:
        assert op.layout(((1,),), options).shape == (1,) * 8
    else:
        with pytest.raises(BpdebugError, match="9 axes are too many; at most 8"):
            op.layout(((1,),), options)
