"""Tests of one `xdist_group` run on one worker, the largest group first: the others fill what is left of both.

pytest-xdist 3.8 tells its scheduler the group of a test in a field that pytest 9.2 does not read any more, so that
`--dist loadgroup` groups nothing. This plugin writes it where pytest reads it.
"""

from collections import Counter

import pytest
from _pytest.nodeid import NodeId


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not getattr(config.option, "loadgroup", False):  # pytest-xdist sets it in its workers
        return
    groups = {item: "_".join(sorted({str(it.args[0]) for it in item.iter_markers("xdist_group")})) for item in items}
    size = Counter(group for group in groups.values() if group)
    items.sort(key=lambda item: (-size[groups[item]], groups[item]))  # a test without a group is in one of size 0
    for item, group in groups.items():
        suffix = f"@{group}"
        if group and not item.nodeid.endswith(suffix):
            item._id = NodeId.parse(item.nodeid + suffix)
