"""Secrets are found in every kind of file, by form or by the environment; what cannot be read counts as one."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from gpiot_data.quality.secrets import find_secret, scan_files, secret_values


def drawn(count: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(random.Random(count).choices(letters, k=count))


#: Put together here, so that no scanner takes this file for a leak.
PLANTED = {
    "Hugging Face token": "hf" + "_" + drawn(34),
    "OpenAI key": "sk" + "-proj-" + drawn(48),
    "AWS access key": "AK" + "IA" + drawn(16, string.ascii_uppercase),
    "Google API key": "AI" + "za" + drawn(35),
    "GitHub token": "gh" + "p_" + drawn(36),
    "GitLab token": "gl" + "pat-" + drawn(20),
    "Slack token": "xo" + "xb-" + drawn(24),
    "Slack webhook": "https://hooks.slack" + ".com/services/T" + drawn(8) + "/B" + drawn(8) + "/" + drawn(24),
    "PyPI token": "py" + "pi-AgE" + drawn(60),
    "npm token": "np" + "m_" + drawn(36),
    "Stripe key": "sk" + "_live_" + drawn(24),
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "JSON web token": "ey" + "J" + drawn(20) + ".ey" + "J" + drawn(30) + "." + drawn(40),
}


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("around", ["{}", "key = '{}'", '{{"messages":[{{"content":"```\\n{}\\n```"}}]}}', "see (`{}`)."])
def test_keys_are_found_by_their_form(what: str, around: str) -> None:
    assert find_secret(around.format(PLANTED[what]), {}) == f"what looks like a {what}"


@pytest.mark.parametrize(
    "text",
    [
        "hf_hub_download(repo_id, filename)",
        "AKIA" + "IOSFODNN7EXAMPLE is the key of the manual",
        "class='sk-toggleable__content sk-estimator-doc-link'",
        "-----BEGIN CERTIFICATE-----",
        "sha256 " + "0123456789abcdef" * 4,
        "token = os.environ['HF_TOKEN']",
        "eyJhbGciOiJIUzI1NiJ9 is a header alone",
    ],
)
def test_what_only_resembles_a_key_is_none(text: str) -> None:
    assert find_secret(text, {}) is None


def test_values_of_secret_variables_are_found_and_places_and_short_ones_are_not() -> None:
    environment = {
        "DB_PASSWORD": "correct horse",
        "API_KEY": "short",
        "HF_TOKEN_PATH": "/root/.cache/token",
        "HOME": "/root/of/all",
        "A": "x" * 9,
    }
    values = secret_values(environment)
    assert values == {"correct horse": "DB_PASSWORD"}
    assert secret_values({"X_SECRET": 'with "quotes"'}) == {'with "quotes"': "X_SECRET", 'with \\"quotes\\"': "X_SECRET"}
    assert find_secret("a correct horse battery", values) == "the value of the environment variable DB_PASSWORD"


def test_every_file_is_looked_through_and_the_secret_itself_is_not_told(tmp_path: Path) -> None:
    secret = PLANTED["GitHub token"]
    (tmp_path / "rows.jsonl").write_text(f'{{"a":1}}\n{{"b":"{secret}"}}\n')
    table = pyarrow.table({"messages": [[{"content": "fine"}], [{"content": f"a {secret}"}]]})
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet", compression="zstd")
    pyarrow.parquet.write_table(pyarrow.table({"x": [1]}).replace_schema_metadata({"note": secret}), tmp_path / "noted.parquet")
    (tmp_path / "page.html").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "clean.md").write_text("# Clean\n")
    names = ("clean.md", "gone.md", "noted.parquet", "page.html", "rows.jsonl", "rows.parquet", "torn.parquet")
    leaks = list(scan_files({name: tmp_path / name for name in names}, {}))
    assert [(leak.path, leak.line) for leak in leaks] == [
        ("gone.md", 0),
        ("noted.parquet", 1),
        ("page.html", 0),
        ("rows.jsonl", 2),
        ("rows.parquet", 3),
        ("torn.parquet", 0),
    ]
    assert str(leaks[3]) == "rows.jsonl:2: holds what looks like a GitHub token"
    assert all("cannot be looked through for secrets" in str(leak) for leak in leaks if not leak.line)
    assert not any(secret in str(leak) for leak in leaks)
