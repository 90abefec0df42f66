"""Fixtures: most modules share one backend and one gateway in front of it; a module's CONFIG says
more."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from backend import Backend  # noqa: E402
from gateway import Gateway  # noqa: E402


@pytest.fixture(scope="module")
def backend():
    with Backend() as started:
        yield started


@pytest.fixture(scope="module")
def gateway(request, backend):
    """In front of `backend`. A module may define configure(backend) -> configuration."""
    configure = getattr(request.module, "configure",
                        lambda to: {"routes": [{"path": "/", "to": to.url}]})
    with Gateway(configure(backend)) as started:
        yield started
