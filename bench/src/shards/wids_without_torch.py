"""`from wids_without_torch import ShardListDataset`: wids where there is no PyTorch.

wids takes two base classes from torch.utils.data, and torch.distributed for training on many machines, which nothing here
does; its reading is its own code. Stand-ins are there while it loads only.
"""

import sys
import types
import typing

T = typing.TypeVar("T")


class Dataset(typing.Generic[T]):
    pass


class Sampler:
    pass


NAMES = ("torch", "torch.distributed", "torch.utils", "torch.utils.data")
modules = {name: types.ModuleType(name) for name in NAMES}
modules["torch"].distributed = modules["torch.distributed"]
modules["torch.utils.data"].Dataset = Dataset
modules["torch.utils.data"].Sampler = Sampler
sys.modules.update(modules)
from wids import ShardListDataset  # noqa: E402, F401

for name in NAMES:
    del sys.modules[name]
