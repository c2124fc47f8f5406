"""Networks whose losses and gradients are those of PyTorch float64, which `make.py` has stored."""

from pathlib import Path

FOLDER = Path(__file__).parent
NETWORKS = sorted(path.stem for path in FOLDER.glob("*.toml"))
