"""Convolution and pooling over their options, odd sizes, ties and NaN, against PyTorch."""

from tests.torch_numbers.case import TorchCase

NAN, INF = float("nan"), float("inf")
IMAGE, KERNEL = (2, 2, 6, 5), (3, 2, 3, 2)
GROUPED = (1, 4, 5, 4)
TIES = [[[[1.0, 3.0, 3.0, 2.0], [3.0, 0.0, 3.0, 3.0], [2.0, 2.0, 2.0, 2.0], [5.0, 1.0, 5.0, 5.0]]]]
LOST = [
    [
        [
            [1.0, NAN, 3.0, 2.0],
            [NAN, 0.0, INF, 3.0],
            [-INF, -INF, 2.0, NAN],
            [-INF, -INF, 5.0, 5.0],
        ]
    ]
]


def conv(name, x=IMAGE, w=KERNEL, b=None, **options):
    """A case of conv1d or conv2d, by the axes of x; `b` is the bias's number of cells."""
    op = f"conv{len(w) - 2}d"
    given = "".join(f", {key}={value}" for key, value in options.items())
    return TorchCase(
        name,
        f"{op}(x, w{', b' * (b is not None)}{given})",
        {"x": x, "w": w} | ({"b": (b,)} if b is not None else {}),
        lambda F, x, w, b=None: getattr(F, op)(x, w, b, **options),
    )


def pool(name, size, x=IMAGE, stride=None, given=None, **options):
    """A case of a pooling; its op is the first word of the name, and PyTorch's too."""
    op = name.split()[0]
    both = {"stride": stride, **options} if stride is not None else options
    words = "".join(f", {key}={value}" for key, value in both.items())
    return TorchCase(
        name,
        f"{op}(x, size={size}{words})",
        {} if given is not None else {"x": x},
        lambda F, x: getattr(F, op)(x, size, stride=stride, **options),
        given={"x": given} if given is not None else {},
    )


CASES = [
    conv("conv2d"),
    conv("conv2d bias", b=3),
    conv("conv2d stride", stride=2),
    conv("conv2d strides", stride=(3, 1)),
    conv("conv2d padding", padding=1, b=3),
    conv("conv2d paddings", padding=(0, 3)),
    conv("conv2d dilation", dilation=2),
    conv("conv2d dilations", dilation=(1, 3), padding=(2, 1), stride=(2, 3), b=3),
    conv("conv2d stride shares a factor with dilation", stride=(4, 2), dilation=(2, 4), padding=3),
    conv("conv2d groups", x=GROUPED, w=(6, 2, 3, 2), groups=2, b=6),
    conv("conv2d depthwise", x=GROUPED, w=(4, 1, 3, 2), groups=4, padding=1),
    conv("conv2d depthwise, two outputs each", x=GROUPED, w=(8, 1, 2, 3), groups=4, stride=2),
    conv("conv2d kernel of the input's size", w=(3, 2, 6, 5), b=3),
    conv("conv2d kernel of one cell", w=(3, 2, 1, 1)),
    conv("conv2d one example without N", x=(2, 6, 5), b=3, padding=1),
    conv("conv2d padding beyond the input", x=(1, 1, 1, 2), w=(2, 1, 3, 3), padding=(4, 3)),
    conv("conv1d", x=(2, 3, 9), w=(4, 3, 2), b=4),
    conv("conv1d options", x=(2, 4, 7), w=(6, 2, 3), stride=2, padding=3, dilation=2, groups=2),
    conv("conv1d one example without N", x=(3, 5), w=(2, 3, 5)),
    *(
        pool(f"{kind}_pool2d {words}", *args, **options)
        for kind in ("max", "avg")
        for words, args, options in (
            ("size", (2,), {}),
            ("odd size", (3,), {}),
            ("sizes", ((3, 2),), {}),
            ("overlapping", (3,), {"stride": 1}),
            ("strides", (2,), {"stride": (3, 1)}),
            ("gaps", (2,), {"stride": 4}),
            ("padding", (3,), {"stride": 2, "padding": 1}),
            ("paddings", ((4, 2),), {"stride": (1, 2), "padding": (2, 1)}),
            ("whole input", ((6, 5),), {}),
            ("one example without N", (2,), {"x": (2, 6, 5)}),
        )
    ),
    *(
        pool(f"{kind}_pool1d {words}", size, x, **options)
        for kind in ("max", "avg")
        for words, size, x, options in (
            ("size", 2, (2, 3, 9), {}),
            ("options", 3, (2, 3, 9), {"stride": 2, "padding": 1}),
            ("one example without N", 4, (3, 9), {}),
        )
    ),
    pool("max_pool2d ties", 2, given=TIES),
    pool("max_pool2d ties overlapping", 3, stride=1, padding=1, given=TIES),
    pool("max_pool2d NaN and infinity", 2, given=LOST),
    pool("max_pool2d NaN overlapping", 3, stride=1, padding=1, given=LOST),
]
