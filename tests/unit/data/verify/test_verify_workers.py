"""What a sandbox imports once for all examples of a source."""

from __future__ import annotations

from gpiot_data.verify.locks import EnvironmentLock
from gpiot_data.verify.workers import preloaded


def test_what_takes_long_is_imported_first_where_the_environment_has_it_and_the_package_under_test_last() -> None:
    lock = EnvironmentLock(python="3.11", requested=(), packages=("numba==0.66.0", "NumPy==2.4.6", "scikit-learn==1.9.1", "toy==1.0"))
    assert preloaded(lock, ("toy",)) == ("numpy", "sklearn.pipeline", "numba", "toy")


def test_an_environment_without_them_imports_the_package_under_test_alone() -> None:
    lock = EnvironmentLock(python="3.11", requested=(), packages=("toy==1.0",))
    assert preloaded(lock, ("toy", "toy.more")) == ("toy", "toy.more")
