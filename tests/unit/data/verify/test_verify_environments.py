"""Environments: as few as the pins allow, what will not install said once, and locks that hold what they say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gpiot_data.errors import BadManifest, InputError, RemoteError
from gpiot_data.plan import VerifyRule
from gpiot_data.quality.execution import holds
from gpiot_data.sources.packages import PackageSource
from gpiot_data.verify import pip_runs
from gpiot_data.verify.environments import make_environment, resolve_environments
from gpiot_data.verify.locks import EnvironmentLock, EnvironmentSet, read_environments, running_python
from gpiot_data.verify.pip_runs import UnmetError


def sources(*names: str) -> list[PackageSource]:
    return [PackageSource(name, "1.0", f"{name}-1.0.tar.gz", "0" * 64, "MIT", (name,)) for name in names]


class Pip:
    """Resolves what does not hold two packages that exclude each other."""

    def __init__(self, *conflicts: set[str], gone: Sequence[str] = ()) -> None:
        self.conflicts, self.gone = conflicts, gone
        self.asked = 0

    def __call__(self, requirements: Sequence[str]) -> tuple[str, ...]:
        self.asked += 1
        names = {requirement.partition("==")[0] for requirement in requirements}
        if any(conflict <= names for conflict in self.conflicts) or names & set(self.gone):
            raise UnmetError("cannot be met")
        return tuple(sorted(requirement if "==" in requirement else f"{requirement}==9" for requirement in requirements))


def test_pins_that_resolve_together_share_one_environment() -> None:
    pip = Pip()
    found = resolve_environments(sources("b", "a"), ["numpy"], pytest.fail, pip)
    assert [(lock.sources, lock.packages) for lock in found.locks] == [(("a", "b"), ("a==1.0", "b==1.0", "numpy==9"))]
    assert pip.asked == 1


def test_pins_that_exclude_each_other_are_parted_and_the_rest_joined() -> None:
    said: list[str] = []
    pip = Pip({"a", "d"}, gone=["c"])
    found = resolve_environments(sources("a", "b", "c", "d", "e", "f"), [], said.append, pip)
    groups = [set(lock.sources) for lock in found.locks]
    assert len(groups) == 2
    assert set.union(*groups) == {"a", "b", "d", "e", "f"}
    assert not any({"a", "d"} <= group for group in groups)
    assert said == ["  c: will not install (cannot be met); its rows get the verdict not_installed"]
    assert found.missing == {"c": "cannot be met"}


def test_a_package_under_test_is_not_asked_for_a_second_time_unpinned() -> None:
    found = resolve_environments(sources("NumPy"), ["numpy", "matplotlib"], pytest.fail, Pip())
    assert found.locks[0].requested == ("NumPy==1.0", "matplotlib")


def lock(**changes) -> EnvironmentLock:
    values = {"python": running_python(), "requested": ("a==1.0",), "packages": ("a==1.0", "b==2.0"), "sources": ("a",)}
    return EnvironmentLock(**{**values, **changes})


def test_a_lock_is_named_by_python_and_packages_alone() -> None:
    assert lock().sha256 == lock(packages=("b==2.0", "a==1.0"), requested=("a",), sources=("x",)).sha256
    assert len({lock().sha256, lock(python="3.99").sha256, lock(packages=("a==1.0",)).sha256}) == 3


def test_recorded_environments_read_back() -> None:
    found = EnvironmentSet(locks=(lock(),), missing={"c": "why"})
    assert read_environments(found.to_json(), "here") == found


@pytest.mark.parametrize(
    "package", ["a", "a>=1", "--index-url=http://x", "a==1.0 --hash=x", "../a", "a @ https://x/a.whl", "a==1.0; y @ z"]
)
def test_a_recorded_package_that_is_more_than_a_pin_is_refused(package: str) -> None:
    recorded = EnvironmentSet(locks=(lock(packages=(package,)),)).to_json()
    with pytest.raises(BadManifest, match="here: "):
        read_environments(recorded, "here")


def test_recorded_environments_count_only_for_the_same_pins() -> None:
    found = EnvironmentSet(locks=(lock(),), missing={"c": "why"})
    rule = VerifyRule(also=())
    assert holds(found, sources("a", "c"), rule)
    assert holds(found, sources("a"), rule)
    assert not holds(found, sources("a", "d"), rule)
    assert not holds(EnvironmentSet(locks=(lock(requested=("a==2.0",)),)), sources("a"), rule)
    assert not holds(EnvironmentSet(locks=(lock(requested=("a==1.0", "numpy")),)), sources("a"), rule)


def test_an_environment_of_another_python_is_not_made() -> None:
    with pytest.raises(InputError, match=r"is for Python 2.7, and this is 3"):
        make_environment(lock(python="2.7"), pytest.fail)


@pytest.mark.parametrize(
    ("stderr", "error", "words"),
    [
        ("ERROR: Could not find a version that satisfies the requirement x (from versions: none)\nERROR: No matching distribution found for x==1", UnmetError, "No matching distribution found for x==1"),
        ("ERROR: Cannot install a and b because these package versions have conflicting dependencies.\nERROR: ResolutionImpossible: for help", UnmetError, "conflicting"),
        ("WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching distribution found for x", RemoteError, "when the index answers"),
        ("ERROR: Could not install packages due to an OSError: no room", RemoteError, "no room"),
        ("/usr/bin/python3: No module named pip", InputError, "ensurepip"),
    ],
)  # fmt: skip
def test_what_pip_says_becomes_one_sentence(monkeypatch: pytest.MonkeyPatch, stderr: str, error: type[Exception], words: str) -> None:
    import subprocess

    def run(command, **_more):
        return subprocess.CompletedProcess(command, 1, "", stderr)

    monkeypatch.setattr(pip_runs.subprocess, "run", run)
    with pytest.raises(error) as caught:
        pip_runs.resolve(["x"])
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
