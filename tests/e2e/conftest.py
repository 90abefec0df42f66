"""Fixtures: most modules share one backend and one gateway in front of it; a module's CONFIG says
more."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from backend import Backend  # noqa: E402
from gateway import IO, Gateway, why_no_io_uring  # noqa: E402

SKIPPED = 77     # the exit code that tells ctest that nothing ran


@pytest.fixture(scope="session")
def io_uring():
    """Skips what needs io_uring where there is none, or fails it where one is required."""
    if reason := why_no_io_uring():
        if os.environ.get("FERROWAY_REQUIRE_IO_URING") == "1":
            pytest.fail(f"FERROWAY_REQUIRE_IO_URING=1, but {reason}", pytrace=False)
        pytest.skip(reason)


def pytest_collection_modifyitems(items):
    for item in items if IO == "io_uring" else []:
        item.fixturenames.insert(0, "io_uring")


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == 0 and IO == "io_uring" and why_no_io_uring():
        session.exitstatus = SKIPPED


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
