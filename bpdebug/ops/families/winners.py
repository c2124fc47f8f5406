"""maximum and minimum: the winner of two gets the gradient, and a tie needs a convention."""

from __future__ import annotations

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial
from bpdebug.ops.families.cellwise import BINARY
from bpdebug.ops.maps.index_map import Array
from bpdebug.ops.registry import register
from bpdebug.records import replace


def share(mine: Array, other: Array, sign: float, on_tie: float) -> Array:
    """1 where this operand wins, 0 where it loses, `on_tie` where both are equal."""
    # Compared before they are subtracted: ∞ − ∞ would make a tie of infinities NaN.
    ahead = np.where(np.equal(mine, other), 0.0, sign * (mine - other))
    return np.heaviside(ahead, on_tie)


def winner(name: str, forward: object, sign: float, word: str) -> Op:
    """Declare maximum or minimum: the gradient goes to the operand that wins."""
    why = f"only the {word} of the two reaches {{y}}"
    compare = ">" if sign > 0 else "<"

    def partials(on_tie: float) -> tuple[Partial, Partial]:
        return (
            Partial(
                lambda y, a, b: share(a, b, sign, on_tie),
                f"[{{a}} {compare} {{b}}]",
                rf"[{{a}} {compare} {{b}}]",
                why,
            ),
            Partial(
                lambda y, a, b: share(b, a, sign, on_tie),
                f"[{{b}} {compare} {{a}}]",
                rf"[{{b}} {compare} {{a}}]",
                why,
            ),
        )

    def with_numbers(op: Op, numbers: tuple[float | None, ...]) -> Op:
        """A number that is written out wins a tie, so that maximum(0, x) has relu's slope at 0."""
        given = [at for at, value in enumerate(numbers) if value is not None]
        if len(given) != 1:
            return op
        number = numbers[given[0]]
        like_relu = sign > 0 and number == 0
        return replace(
            op,
            partials=partials(0.0),
            conventions=(
                Convention(
                    "on a tie the number wins, and the slope is taken as 0"
                    + ", as relu's at 0" * like_relu,
                    (number, number),
                    number,
                    (0.0, 0.0),
                ),
            ),
            rectifies=1 - given[0] if like_relu else None,
        )

    return register(
        Op(
            name,
            ("a", "b"),
            forward=forward,  # type: ignore[arg-type]
            signature=BINARY,
            text=f"{name}({{a}}, {{b}})",
            latex=rf"\{name[:3]}({{a}}, {{b}})",
            family="arithmetic",
            side=lambda a, b: np.sign(a - b),
            kink=lambda a, b: np.asarray(a) == np.asarray(b),
            conventions=(
                Convention(
                    "on a tie each operand takes half of the gradient", (3.0, 3.0), 3.0, (0.5, 0.5)
                ),
                Convention(
                    "a NaN on either side gives NaN", (np.nan, 1.0), np.nan, (np.nan, np.nan)
                ),
            ),
            with_numbers=with_numbers,
            keeps_scale=True,
            note=f"Cell by cell the {word} of two, as in PyTorch. But where a cell ties with a "
            "number in the expression, as in `maximum(0, z)`, its slope is 0, as relu's is at 0.",
            partials=partials(0.5),
        )
    )


maximum = winner("maximum", np.maximum, 1.0, "larger")
minimum = winner("minimum", np.minimum, -1.0, "smaller")
