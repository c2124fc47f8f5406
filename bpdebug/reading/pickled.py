"""Files that are never read, since they are pickles, and what to do instead."""

from __future__ import annotations

TORCH = (".pt", ".pth", ".ckpt", ".bin")
"""What PyTorch's `torch.save` is asked to write."""
PICKLES = (*TORCH, ".pkl", ".pickle", ".joblib")
WEIGHTS = 'np.savez("weights.npz", **{k: v.numpy() for k, v in model.state_dict().items()})'
GRADIENTS = 'np.savez("mine.npz", **{k: p.grad.numpy() for k, p in model.named_parameters()})'
ARRAYS = 'np.savez("arrays.npz", W1=W1, b1=b1)'


def pickle_problem(suffix: str, saving: str, recording: str) -> str:
    """Why a file with this suffix is not read, and what to do; empty where it may be read.

    `saving` is the line of Python that saves what a model's file was to give; `recording`, what
    bpdebug offers in Python instead, as the end of a sentence.
    """
    if suffix not in PICKLES:
        return ""
    own, python = (saving, f", or {recording}") if suffix in TORCH else (ARRAYS, "")
    return (
        f"a {suffix} file is usually a pickle, which can run any program when it is opened, so it "
        f"is never read; in Python, save the arrays with {own} or as .safetensors{python}"
    )
