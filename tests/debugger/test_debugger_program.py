"""The listing: it covers the backward pass and the update once, and makes lines when asked."""

from bpdebug.debugger import LineKind, Listing
from bpdebug.run import Problem, Run
from bpdebug.wording import Script
from tests.graphs import chain, residual, two_layer_problem


def listing_of(problem):
    return Listing(Run(problem).iteration(1), Script())


def run_of(built):
    graph, leaves = built
    parameters = {graph.nodes[i].name: value for i, value in leaves.items()}
    return Run(Problem("built", lambda rows: graph, {}, parameters))


def test_it_reads_as_a_textbook_writes_it():
    assert [line.text for line in listing_of(two_layer_problem())] == [
        "forward 5 ops",
        "∂L/∂L = 1",
        "layer 2 · δ₂ = ∂L/∂z₂",
        "∂L/∂ŷ = ∂L/∂L · (ŷ − y)",
        "δ₂ = ∂L/∂ŷ ⊙ σ′(z₂)",
        "∂L/∂W₂ = δ₂ · h₁ᵀ",
        "∂L/∂b₂ = δ₂",
        "∂L/∂h₁ = W₂ᵀ · δ₂",
        "layer 1 · δ₁ = ∂L/∂z₁",
        "δ₁ = ∂L/∂h₁ ⊙ σ′(z₁)",
        "∂L/∂W₁ = δ₁ · xᵀ",
        "∂L/∂b₁ = δ₁",
        "update",
        "W₁ ← W₁ − α·∂L/∂W₁",
        "b₁ ← b₁ − α·∂L/∂b₁",
        "W₂ ← W₂ − α·∂L/∂W₂",
        "b₂ ← b₂ − α·∂L/∂b₂",
    ]


def test_its_lines_cover_every_tick_once_and_in_order():
    for run in (Run(two_layer_problem()), run_of(residual(4))):
        listing = Listing(run.iteration(1), Script())
        at = 0
        for line in listing:
            assert line.start == at
            at = line.end
        assert at == run.timeline().total


def test_the_line_of_a_position_is_the_one_whose_tick_one_stands_on():
    run = Run(two_layer_problem())
    listing = Listing(run.iteration(1), Script())
    for position in range(1, run.timeline().total + 1):
        line = listing[listing.line_at(position)]
        assert line.start < position <= line.end
    assert listing.line_at(0) == 0


def test_numbers_count_the_lines_that_do_something():
    listing = listing_of(two_layer_problem())
    numbers = [line.number for line in listing if line.number is not None]
    assert numbers == list(range(1, 14))


def test_later_contributions_are_written_as_sums():
    lines = [
        line for line in Listing(run_of(residual(2)).iteration(1), Script()) if "∂w" in line.left
    ]
    assert [line.right[:2] for line in lines] == ["= ", "+="]


def test_without_updates_there_is_no_heading_for_them():
    lines = listing_of(two_layer_problem(rule=None))
    assert lines[-1].kind is LineKind.EDGE


def test_it_is_a_sequence():
    listing = listing_of(two_layer_problem())
    assert listing[2:4] == [listing[2], listing[3]]
    assert listing[-1] == listing[len(listing) - 1]
    assert len(list(listing)) == len(listing)


def test_a_long_chain_makes_only_the_lines_that_are_asked_for(monkeypatch):
    made = []
    whole = Listing._make
    monkeypatch.setattr(Listing, "_make", lambda self, at: made.append(at) or whole(self, at))
    listing = Listing(run_of(chain(5_000)).iteration(1), Script())
    here = listing.line_at(9_000)
    assert "∂" in listing[here].text
    assert len(made) == 1
    assert len(listing) >= 5_002
