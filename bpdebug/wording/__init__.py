"""Numbers, shapes, formulas and sentences as plain text, and formulas as LaTeX."""

from bpdebug.printable import width
from bpdebug.wording.anonymous import typed_name
from bpdebug.wording.ascii import to_ascii
from bpdebug.wording.formulas import Formula, edge_formula, local_label
from bpdebug.wording.gradients import (
    chain,
    gradient_heading,
    gradient_name,
    layer_of,
    node_name,
    value_formula,
    value_latex,
)
from bpdebug.wording.grid import (
    array_text,
    cell_texts,
    grid_lines,
    summary,
    window,
)
from bpdebug.wording.groups import (
    group_call,
    group_chain,
    group_formula,
    group_line,
    group_op,
    inside,
)
from bpdebug.wording.layers import delta_definition, layer_title, no_layers_text
from bpdebug.wording.letters import cell_text
from bpdebug.wording.names import (
    cut,
    delta_name,
    fit,
    latex_name,
    safe,
    shape_text,
    textbook_name,
)
from bpdebug.wording.numbers import DIGITS, align, number, plain_number
from bpdebug.wording.optimizers import general_line, optimizer_line, optimizer_text
from bpdebug.wording.pattern import TermPattern, term_pattern
from bpdebug.wording.promises import promise_text, step_too_large
from bpdebug.wording.script import Script
from bpdebug.wording.terms import accumulation, letter_formula, term_formula, term_why
from bpdebug.wording.updates import (
    first_cell,
    update_formula,
    update_latex,
    update_operands,
    update_symbols,
    update_why,
)

__all__ = [
    "DIGITS",
    "Formula",
    "Script",
    "TermPattern",
    "accumulation",
    "align",
    "array_text",
    "cell_text",
    "cell_texts",
    "chain",
    "cut",
    "delta_definition",
    "delta_name",
    "edge_formula",
    "first_cell",
    "fit",
    "general_line",
    "gradient_heading",
    "gradient_name",
    "grid_lines",
    "group_call",
    "group_chain",
    "group_formula",
    "group_line",
    "group_op",
    "inside",
    "latex_name",
    "layer_of",
    "layer_title",
    "letter_formula",
    "local_label",
    "no_layers_text",
    "node_name",
    "number",
    "optimizer_line",
    "optimizer_text",
    "plain_number",
    "promise_text",
    "safe",
    "shape_text",
    "step_too_large",
    "summary",
    "term_formula",
    "term_pattern",
    "term_why",
    "textbook_name",
    "to_ascii",
    "typed_name",
    "update_formula",
    "update_latex",
    "update_operands",
    "update_symbols",
    "update_why",
    "value_formula",
    "value_latex",
    "width",
    "window",
]
