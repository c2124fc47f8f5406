"""A record behaves as the frozen dataclass with slots that it stands for."""

import copy
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from bpdebug.records import record, replace


def kinds(decorate):
    @decorate
    class Point:
        """Has defaults of both kinds, and something computed."""

        x: int
        y: float = 2.0
        names: Mapping[str, int] = field(default_factory=dict)

        @property
        def sum(self) -> float:
            return self.x + self.y

    @decorate
    class Single:
        value: object

    @decorate
    class Other:
        value: object

    return Point, Single, Other


def test_values_defaults_and_text_are_those_of_a_dataclass():
    for ours, theirs in zip(kinds(record), kinds(dataclass(frozen=True, slots=True)), strict=True):
        assert repr(ours(1)).split(".")[-1] == repr(theirs(1)).split(".")[-1]
        assert ours.__slots__ == theirs.__slots__
        assert ours.__match_args__ == theirs.__match_args__
    point, _, _ = kinds(record)
    assert point(1, names={"a": 1}).sum == 3.0
    assert point(1).names is not point(1).names, "a factory makes one for each"
    with pytest.raises(TypeError, match="'x'"):
        point()


def test_equal_where_class_and_values_are():
    _, single, other = kinds(record)
    assert single(3) == single(3)
    assert hash(single(3)) == hash(single(3))
    assert single(3) != single(4)
    assert single(3) != other(3), "tuples would be equal"
    assert single(3) != 3
    with pytest.raises(TypeError, match="unhashable"):
        hash(single([]))


def test_frozen_copied_and_replaced():
    point, single, _ = kinds(record)
    one = point(1)
    for act in (lambda: setattr(one, "x", 2), lambda: delattr(one, "x")):
        with pytest.raises(FrozenInstanceError, match="x of a Point"):
            act()
    with pytest.raises(FrozenInstanceError):
        one.unknown = 1
    assert replace(one, x=5) == point(5)
    with pytest.raises(TypeError, match="unknown"):
        replace(one, unknown=5)
    assert copy.deepcopy(single([1])) == single([1])


def test_what_a_class_says_itself_stays():
    @record
    class Own:
        parts: tuple[int, ...]

        def __init__(self, *parts: int) -> None:
            object.__setattr__(self, "parts", parts)

        def __repr__(self) -> str:
            return "own"

    assert Own(1, 2).parts == (1, 2)
    assert repr(Own()) == "own"
