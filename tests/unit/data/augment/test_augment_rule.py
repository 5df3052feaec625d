"""The key `augment` of a manifest."""

from __future__ import annotations

import pytest

from gpiot_data.errors import BadManifest
from gpiot_data.plan import AugmentRule, Plan, VerifyRule


def plan(**keys: object) -> Plan:
    return Plan(schema="gpiot.manifest/1", name="cgd", version="0.1.0", kind="cgd", corpora=("a.yaml",), **keys)


def test_variants_need_a_build_that_runs_them() -> None:
    with pytest.raises(BadManifest, match="augment: a variant counts only once it ran; add the key 'verify'"):
        plan(augment=AugmentRule())
    assert plan(augment=AugmentRule(), verify=VerifyRule()).augment == AugmentRule(per_origin=4)


@pytest.mark.parametrize("number", [0, 9, -1])
def test_the_number_of_variants_has_its_range(number: int) -> None:
    with pytest.raises(BadManifest, match=f"augment.per_origin: expected a number from 1 to 8, got {number}"):
        AugmentRule(per_origin=number)
