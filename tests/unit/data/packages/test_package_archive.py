from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from gpiot_data.errors import BadSource
from gpiot_data.packages.archive import Limits, read_modules


def test_only_the_wanted_modules_are_read_and_no_tests(make_sdist):
    files = read_modules(make_sdist(), ["toy"])
    assert [file.module for file in files] == ["toy", "toy._core", "toy._smooth", "toy.shim"]
    assert files[0].path == "toy-1.0/toy/__init__.py"
    assert files[0].is_package


def test_a_src_layout_gives_the_same_module_names(make_sdist):
    files = read_modules(make_sdist({"p-1/src/p/__init__.py": "", "p-1/src/p/q.py": ""}), ["p.q"])
    assert [(file.module, file.path) for file in files] == [("p.q", "p-1/src/p/q.py")]


def test_a_wheel_has_no_root_folder(tmp_path):
    path = tmp_path / "p-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("p/q.py", "x = 1\n")
        bundle.writestr("p-1.dist-info/METADATA", "")
    assert [(file.module, file.data) for file in read_modules(path, ["p"])] == [("p.q", b"x = 1\n")]


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil.py", "p-1/p/../../../evil.py", "p-1\\p\\evil.py"])
def test_a_member_name_that_leaves_the_archive_is_refused(make_sdist, name):
    with pytest.raises(BadSource, match="leaves the archive"):
        read_modules(make_sdist({name: ""}), ["p"])


def test_a_truncated_archive_is_refused_wherever_it_is_cut(make_sdist):
    path = make_sdist()
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 4):
        path.write_bytes(whole[:cut])
        with pytest.raises(BadSource):
            read_modules(path, ["toy"])


def test_a_corrupt_archive_is_refused(make_sdist):
    path = make_sdist()
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(bytes(whole))
    with pytest.raises(BadSource):
        read_modules(path, ["toy"])


@pytest.mark.parametrize("name", ["x.tar.gz", "x.zip", "x.whl"])
def test_an_html_page_in_place_of_an_archive_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_text("<html>404</html>")
    with pytest.raises(BadSource, match=r"damaged or no archive|cannot be read"):
        read_modules(path, ["p"])


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(BadSource, match="cannot be read"):
        read_modules(tmp_path / "gone.tar.gz", ["p"])


def test_a_decompression_bomb_stops_early(make_sdist):
    path = make_sdist({"p-1/data.bin": bytes(40 << 20)})
    assert path.stat().st_size < 100_000
    with pytest.raises(BadSource, match="far more than its size"):
        read_modules(path, ["p"])


def test_a_zip_member_that_expands_too_far_is_refused(tmp_path):
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("p-1/p/q.py", b" " * (1 << 19))
    with pytest.raises(BadSource, match="expands to far more"):
        read_modules(path, ["p"])


def test_a_file_over_the_limit_is_named_but_not_read(make_sdist):
    files = read_modules(make_sdist({"p-1/p/big.py": "x = 1\n" * 100, "p-1/p/q.py": ""}), ["p"], Limits(max_file_bytes=100))
    assert [(file.module, file.data) for file in files] == [("p.big", None), ("p.q", b"")]


def test_too_many_members_are_refused(make_sdist):
    with pytest.raises(BadSource, match="more than 3 members"):
        read_modules(make_sdist({f"p-1/{number}": "" for number in range(4)}), ["p"], Limits(max_members=3))


def test_more_wanted_text_than_the_limit_is_refused(make_sdist):
    with pytest.raises(BadSource, match="wanted modules are larger"):
        read_modules(make_sdist({"p-1/p/a.py": "#" * 600, "p-1/p/b.py": "#" * 600}), ["p"], Limits(max_read_bytes=1000))


def test_links_are_passed_over(tmp_path: Path):
    path = tmp_path / "p-1.tar.gz"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        link = tarfile.TarInfo("p-1/p/secret.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    path.write_bytes(buffer.getvalue())
    assert read_modules(path, ["p"]) == ()


def test_nothing_is_written_to_disk(make_sdist, tmp_path):
    path = make_sdist()
    read_modules(path, ["toy"])
    assert list(tmp_path.iterdir()) == [path]
