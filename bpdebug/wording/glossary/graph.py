"""Words of the screen: the computation graph."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import chapter

GRAPH = chapter(
    "The computation graph",
    """
computation graph; graph
    The calculation of the loss as a drawing: each value is a node, and each operation leads from
    its operands to its result. The screen draws it as a tree with the loss on top.
node; value; val; tensor; scalar
    One value of the graph: an input, a parameter, a constant, or the result of an operation. It is
    a single number or an array of numbers.
op; ops; operation
    An operation, such as +, @ or sigmoid: it makes one result from its operands, and knows the
    local derivative of the result with respect to each operand.
group; groups; composite; composites
    A named part of the graph with a result: a call of a composite such as layer_norm, which stands
    for several ops, or the entries whose names have its name before a dot, as block1.z and
    block1.h. Groups nest.
operand; operands
    A value that an op takes. In z = W·x + b the operands are W, x and b.
cell; cells
    One number of an array, named by its index from 0: W₂[0,1] is in row 0 and column 1.
input; inputs; data
    Data for the network. Training does not change it.
parameter; parameters; par; weight; weights; bias
    A number or an array that training changes, such as a weight W or a bias b.
loss; L
    The one number that training makes small: it measures how far the prediction is from the target.
    The backward pass starts there.
BCE; CE; NLL
    Binary cross-entropy, the loss for yes-or-no answers. CE is cross-entropy, the loss for one of
    many classes, computed from logits; NLL computes it from probabilities.
batch; row; rows; example; batches
    Several examples that go through the network together, one example a row unless the scenario
    lays them out as columns.
↑ NAME; ↑
    A node that is already in the tree, higher up.
‥
    Levels of the tree that are left out because the tree is too deep for the pane; ‥2 is a node two
    levels below the loss.
×; 2×3; shape
    Times. Between whole numbers it is a shape: 2×3 has 2 rows and 3 columns. After a bar it
    compares two norms: ×0.1 of layer 2 is a tenth of that layer's norm.
axes; axis
    What the rows and the columns of an array stand for.
min, max, mean, std; min; std; standard deviation; zeros
    The smallest, the largest and the average of all cells, and their standard deviation: how far
    they lie from the average. 'zeros' counts the cells that are exactly 0.
histogram
    How many cells are of which size, as bars from the smallest number to the largest.
made by; used by; used
    The formula that computes a node; 'used by' names the nodes that are computed from it.
written
    When a gradient last changed: the tick that added to it.
#2; #
    The second node with this formula; the number tells equal formulas apart.
""",
)
