"""A change in words: the wrong line beside the right one, why, and the remedy."""

from __future__ import annotations

from collections.abc import Mapping

from bpdebug.graph.groups import Origin, own_name
from bpdebug.mistakes.composed import Composed
from bpdebug.mistakes.mistake import Change, Family
from bpdebug.mistakes.verdict import NamedMistake
from bpdebug.ops import Carries
from bpdebug.optimizer import RuleLine
from bpdebug.optimizer.gradient import decoupled
from bpdebug.records import replace
from bpdebug.run import Run
from bpdebug.wording import Script, edge_formula, gradient_name, local_label, node_name

MOST = 6
"""So many places are listed."""


class Phrasing:
    """The words for changes of a run."""

    def __init__(self, run: Run, script: Script) -> None:
        self.run = run
        self.graph = run.graph(1)
        self.timeline = run.timeline(1)
        self.script = script

    def mistake(self, change: Change) -> NamedMistake:
        """One mistake of an explanation."""
        mistake, fields = change.mistake, self.fields(change)
        edge = change.edge
        line = tick = None
        updates = mistake.family is Family.UPDATE
        if updates:
            line, tick = self.update_line(change)
        elif edge is not None:
            start, end = self.timeline.edge_span(edge)
            line, tick = edge + 2, min(start + 1, end)
        where = f" (only as used for {change.scope})" if change.scope else ""
        return NamedMistake(
            mistake.id,
            mistake.title,
            tuple(dict.fromkeys(self.place(i) for i in change.at)),
            change.at,
            line,
            tick,
            edge,
            (change.text or mistake.text).format(**fields) + where,
            self.right_lines(change)
            if updates
            else f"{fields['left']} {fields['equals']} {fields['right']}",
            mistake.why.format(**fields),
            mistake.remedy.format(**fields),
            mistake.latex.format(**self.fields(change, latex=True)) if edge is not None else "",
            self.group_of(edge) if edge is not None else "",
        )

    def group_of(self, edge: int) -> str:
        """The innermost group that an edge goes through; empty outside, and for layers."""
        group = self.graph.nodes[self.graph.edges[edge].output].group
        declared = self.graph.groups.get(group)
        return "" if declared is None or declared.origin is Origin.LAYER else group

    def place(self, node: int) -> str:
        """The name that a node's gradient is asked for by.

        A result without a name is told by the operand that it only moves, as `k.T` moves k, or by
        the named result that it is a part of.
        """
        nodes = self.graph.nodes
        while not nodes[node].name:
            op = nodes[node].op
            if op is not None and op.carries is Carries.MOVES and len(nodes[node].operands) == 1:
                node = nodes[node].operands[0]
            elif node in self.graph.into:
                node = self.graph.into[node][0].output
            else:
                break
        return nodes[node].label

    def update_line(self, change: Change) -> tuple[int | None, int | None]:
        """Number and tick of a parameter's last update line in the first iteration."""
        updates = self.run.iteration(1).updates
        lines = [at for at, done in enumerate(updates) if done.parameter in change.at]
        if not lines:
            return None, None
        first = [at for at in lines if updates[at].parameter == change.at[0]][-1]
        return len(self.graph.edges) + 2 + first, self.timeline.update_tick(first)

    def fields(self, change: Change, *, latex: bool = False) -> dict[str, str]:
        """What the texts of a mistake may name."""
        script = replace(self.script, latex=True) if latex else self.script

        def name(node: int) -> str:
            return node_name(self.graph, node, script)

        detail = name(change.instead_of) if change.instead_of is not None else change.detail
        into = ", ".join(name(i) for i in change.at[:MOST])
        found = {
            "into": into,
            "detail": detail,
            "other": name(change.other) if change.other is not None else change.detail,
            "function": change.detail,
            "left": into,
            "upstream": "",
            "local": "",
            "right": "",
            "equals": "=",
            "output": "",
            "step": "the step",
        }
        if change.mistake.family is Family.UPDATE:
            return found
        if change.within:
            group = self.graph.groups[change.within]
            assert group.composite is not None
            upstream = self.gradient(group.result)
            local = f"(derivative of {group.composite.name})"
            right = f"{upstream} ⊙ {local}"
            parts = {"left": self.gradient(change.at[0]), "upstream": upstream, "right": right}
            return found | parts | {"local": f"the {local[1:-1]}"}
        if change.edge is None:
            return found | {"left": f"the gradient of {into}", "right": "the right gradient"}
        one = change.composed.get(change.at[0])
        if one is not None:
            return found | self.of_function(one, change.detail, script)
        edge = self.graph.edges[change.edge]
        formula = edge_formula(self.graph, edge, self.script)
        op = self.graph.nodes[edge.output].op
        assert op is not None
        between = r" \mathrel{+}= " if formula.adds else " = "
        left, _, right = (
            formula.latex.partition(between) if latex else (formula.left, "", formula.right)
        )
        found |= {
            "into": name(edge.operand),
            "output": name(edge.output),
            "left": left,
            "right": right,
            "equals": formula.sign if edge.first else "=",  # a line that adds up by itself
            "local": local_label(self.graph, edge, self.script),
            "upstream": self.gradient(edge.output),
        }
        symbol = op.text.partition("(")[0]
        if change.detail:
            found["function"] = change.detail
        elif symbol and "{" not in symbol:
            found["function"] = symbol
        else:
            found["function"] = op.name
        return found

    def of_function(self, one: Composed, detail: str, script: Script) -> dict[str, str]:
        """The parts of the line of a function that several ops compute: `∂L/∂h ⊙ Own′(z)`."""
        operand, output = (node_name(self.graph, i, script) for i in (one.operand, one.result))
        title = own_name(one.name) if one.name else "f"
        upstream = gradient_name(self.graph, one.result, script)
        function, prime, times = title, "′", "⊙"
        if script.latex:
            function = r"\mathrm{" + title.replace("_", r"\_") + "}" if one.name else "f"
            prime, times = "'", r"\odot"
        local = f"{function}{prime}({operand})"
        where = "" if one.name else f", where {output} = f({operand})"
        adds = self.graph.into[one.operand][0] not in one.inside
        return {
            "into": operand,
            "output": output,
            "left": gradient_name(self.graph, one.operand, script),
            "upstream": upstream,
            "local": local,
            "right": f"{upstream} {times} {local}{where}",
            "equals": "+=" if adds else "=",
            "function": detail or function,
        }

    def right_lines(self, change: Change) -> str:
        """The right lines of an update, in the place of those that a change writes wrong."""
        rule = self.run.problem.rule_of(self.graph.nodes[change.at[0]].name)
        if rule is None:
            return ""
        symbols = {**rule.symbols, "theta": self.name(change.at[0]), "g": "g", "t": "t"}
        made = {line.target: line.target for line in rule.lines}
        names = made | {name: name for name in (*rule.settings, *rule.states)} | symbols
        told: list[str] = []
        for target in change.targets:
            lines = [line for line in rule.lines if line.target == target]
            if target == "g" and decoupled in rule.lines:
                told.append("g ← g, and " + self.right_line(decoupled, names))
            elif lines:
                told.append(self.right_line(lines[-1], names))
        return ", ".join(told or [self.right_line(rule.lines[-1], names)])

    @staticmethod
    def right_line(line: RuleLine, names: Mapping[str, str]) -> str:
        """A line of an update rule in symbols."""
        return f"{names[line.target]} ← {line.text.format(**names)}"

    def name(self, node: int) -> str:
        """What a node is called."""
        return node_name(self.graph, node, self.script)

    def gradient(self, node: int) -> str:
        """What a node's gradient is called."""
        return gradient_name(self.graph, node, self.script)
