from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from gpiot_data.errors import BadSource
from gpiot_data.packages.archive import read_archive, read_source
from gpiot_data.sources.members import Limits
from gpiot_data.sources.packages import PackageSource


def test_only_the_wanted_modules_are_read_and_no_tests(make_sdist):
    files = read_archive(make_sdist(), ["toy"]).files
    assert [file.module for file in files] == ["toy", "toy._core", "toy._smooth", "toy.shim"]
    assert files[0].path == "toy-1.0/toy/__init__.py"
    assert files[0].is_package


def test_a_src_layout_gives_the_same_module_names(make_sdist):
    files = read_archive(make_sdist({"p-1/src/p/__init__.py": "", "p-1/src/p/q.py": ""}), ["p.q"]).files
    assert [(file.module, file.path) for file in files] == [("p.q", "p-1/src/p/q.py")]


def test_a_wheel_has_no_root_folder(tmp_path):
    path = tmp_path / "p-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("p/q.py", "x = 1\n")
        bundle.writestr("p-1.dist-info/METADATA", "")
    assert [(file.module, file.data) for file in read_archive(path, ["p"]).files] == [("p.q", b"x = 1\n")]


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil.py", "p-1/p/../../../evil.py", "p-1\\p\\evil.py"])
def test_a_member_name_that_leaves_the_archive_is_refused(make_sdist, name):
    with pytest.raises(BadSource, match="leaves the archive"):
        read_archive(make_sdist({name: ""}), ["p"])


def test_a_truncated_archive_is_refused_wherever_it_is_cut(make_sdist):
    path = make_sdist()
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 4):
        path.write_bytes(whole[:cut])
        with pytest.raises(BadSource):
            read_archive(path, ["toy"])


def test_a_corrupt_archive_is_refused(make_sdist):
    path = make_sdist()
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(bytes(whole))
    with pytest.raises(BadSource):
        read_archive(path, ["toy"])


@pytest.mark.parametrize("name", ["x.tar.gz", "x.zip", "x.whl"])
def test_an_html_page_in_place_of_an_archive_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_text("<html>404</html>")
    with pytest.raises(BadSource, match=r"damaged or no archive|cannot be read"):
        read_archive(path, ["p"])


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(BadSource, match="cannot be read"):
        read_archive(tmp_path / "gone.tar.gz", ["p"])


def test_a_decompression_bomb_stops_early(make_sdist):
    path = make_sdist({"p-1/data.bin": bytes(40 << 20)})
    assert path.stat().st_size < 100_000
    with pytest.raises(BadSource, match="far more than its size"):
        read_archive(path, ["p"])


def test_a_zip_member_that_expands_too_far_is_refused(tmp_path):
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("p-1/p/q.py", b" " * (1 << 19))
    with pytest.raises(BadSource, match="expands to far more"):
        read_archive(path, ["p"])


def test_a_file_over_the_limit_is_named_but_not_read(make_sdist):
    files = read_archive(make_sdist({"p-1/p/big.py": "x = 1\n" * 100, "p-1/p/q.py": ""}), ["p"], limits=Limits(max_file_bytes=100)).files
    assert [(file.module, file.data) for file in files] == [("p.big", None), ("p.q", b"")]


def test_too_many_members_are_refused(make_sdist):
    with pytest.raises(BadSource, match="more than 3 members"):
        read_archive(make_sdist({f"p-1/{number}": "" for number in range(4)}), ["p"], limits=Limits(max_members=3))


def test_more_wanted_text_than_the_limit_is_refused(make_sdist):
    with pytest.raises(BadSource, match="wanted files are larger"):
        read_archive(make_sdist({"p-1/p/a.py": "#" * 600, "p-1/p/b.py": "#" * 600}), ["p"], limits=Limits(max_read_bytes=1000))


def test_links_are_passed_over(tmp_path: Path):
    path = tmp_path / "p-1.tar.gz"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        link = tarfile.TarInfo("p-1/p/secret.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    path.write_bytes(buffer.getvalue())
    assert read_archive(path, ["p"]).files == ()


def test_nothing_is_written_to_disk(make_sdist, tmp_path):
    path = make_sdist()
    read_archive(path, ["toy"])
    assert list(tmp_path.iterdir()) == [path]


def test_a_header_of_many_megabytes_is_refused(tmp_path):
    path = tmp_path / "p-1.tar.gz"
    with tarfile.open(path, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("p-1/p/q.py")
        member.pax_headers = {"comment": "".join(chr(97 + number % 26) for number in range(3 << 20))}
        tar.addfile(member)
    with pytest.raises(BadSource, match="header of more than 1 MiB"):
        read_archive(path, ["p"])


def test_a_sparse_member_is_passed_over(tmp_path):
    path = tmp_path / "p-1.tar.gz"
    member = tarfile.TarInfo("p-1/p/q.py")
    member.type = tarfile.GNUTYPE_SPARSE
    path.write_bytes(gzip.compress(member.tobuf(tarfile.GNU_FORMAT) + bytes(1024)))
    assert read_archive(path, ["p"]).files == ()


def test_a_module_of_fifty_megabytes_is_one_file_without_bytes(make_sdist):
    # Random-looking text: a module of one letter would be taken for a bomb.
    line = b"x = '" + bytes(33 + (number * number) % 90 for number in range(200)).replace(b"'", b"#").replace(b"\\", b"/") + b"'\n"
    noise = b"".join(line + str(number**5).encode() + b"\n" for number in range(50 << 12))[: 50 << 20]
    assert len(noise) > 40 << 20
    files = read_archive(make_sdist({"p-1/p/big.py": noise, "p-1/p/q.py": "x = 1\n"}), ["p"]).files
    assert [(file.module, file.data) for file in files] == [("p.big", None), ("p.q", b"x = 1\n")]


def test_a_member_given_twice_and_a_module_beside_its_package_are_read_as_python_would(make_sdist):
    archive = read_archive(make_sdist({"p-1/p/q.py": "1", "p-1/p/q/__init__.py": "2", "p-1/p/r.py": "3", "p-1/src/p/r.py": "4"}), ["p"])
    assert [(file.module, file.data) for file in archive.files] == [("p.q", b"2"), ("p.r", b"3")]
    assert archive.skipped == (("p-1/p/q.py", "shadowed"), ("p-1/src/p/r.py", "shadowed"))


GALLERY = {
    "p-1/README.rst": "readme",
    "p-1/p/__init__.py": "",
    "p-1/p/fast.pyx": "def f(): pass",
    "p-1/p/fast.pxd": "",
    "p-1/p/tests/test_p.py": "",
    "p-1/p/vendored/old.py": "",
    "p-1/p/examples/inside.py": "inside",
    "p-1/setup.py": "",
    "p-1/tools/build.py": "",
    "p-1/doc/index.rst": "index",
    "p-1/doc/conf.py": "",
    "p-1/doc/page.md": "page",
    "p-1/doc/picture.png": b"\x89PNG",
    "p-1/doc/release/1.0.rst": "news",
    "p-1/doc/auto_examples/plot.py": "plot",
    "p-1/doc/auto_examples/plot.ipynb": "{}",
    "p-1/doc/_build/html/_downloads/plot.py": "plot",
    "p-1/doc/z_copy.md": "page",
    "p-1/examples/plot.py": "plot",
    "p-1/examples/book.ipynb": "[]",
    "p-1/examples/huge.rst": "x" * 2000,
    "p-1/examples/tests/test_plot.py": "",
}


def test_documents_and_modules_are_read_in_one_pass_and_copies_left_out(make_sdist):
    archive = read_archive(make_sdist(GALLERY), skip=["p.vendored"], documents=True, limits=Limits(max_file_bytes=1000))
    assert [(file.module, file.kind) for file in archive.files] == [("p", "py"), ("p.fast", "pyx")]
    assert [(document.path.removeprefix("p-1/"), document.kind) for document in archive.documents] == [
        ("README.rst", "rst"),
        ("doc/index.rst", "rst"),
        ("doc/page.md", "md"),
        ("examples/book.ipynb", "notebook"),
        ("examples/plot.py", "script"),
        ("p/examples/inside.py", "script"),
    ]
    assert {path.removeprefix("p-1/"): reason for path, reason in archive.skipped} == {
        "doc/_build/html/_downloads/plot.py": "generated",
        "doc/auto_examples/plot.ipynb": "generated",
        "doc/auto_examples/plot.py": "generated",
        "doc/conf.py": "doc_tooling",
        "doc/release/1.0.rst": "project_page",
        "doc/z_copy.md": "copy",
        "examples/huge.rst": "too_large",
        "examples/tests/test_plot.py": "tests",
        "p/tests/test_p.py": "tests",
        "p/vendored/old.py": "left_out",
    }


def test_stubs_are_read_beside_their_modules_and_left_out_with_them_in_silence(make_sdist):
    files = {"p-1/p/__init__.py": "", "p-1/p/__init__.pyi": "", "p-1/p/tests/a.pyi": "", "p-1/p/old.pyi": ""}
    archive = read_archive(make_sdist(files), ["p"], skip=["p.old"])
    assert ([(file.module, file.kind) for file in archive.files], archive.skipped) == ([("p", "py"), ("p", "pyi")], ())


def test_a_document_given_twice_is_the_first_of_them(make_sdist, tmp_path):
    with tarfile.open(tmp_path / "p-1.tar.gz", mode="w:gz") as tar:
        for data in (b"one", b"two"):
            member = tarfile.TarInfo("p-1/doc/a.md")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    assert [document.data for document in read_archive(tmp_path / "p-1.tar.gz", ["p"], documents=True).documents] == [b"one"]


def test_a_notebook_may_be_larger_than_a_module(make_sdist):
    limits = Limits(max_file_bytes=10, max_notebook_bytes=100)
    archive = read_archive(make_sdist({"p-1/doc/a.ipynb": "x" * 50, "p-1/doc/b.rst": "x" * 50}), ["p"], documents=True, limits=limits)
    assert ([document.path for document in archive.documents], archive.skipped) == (["p-1/doc/a.ipynb"], (("p-1/doc/b.rst", "too_large"),))


def test_a_corpus_names_the_modules_and_folders_to_read(make_sdist):
    path = make_sdist({"p-1/p/a.py": "", "p-1/p/b.py": "", "p-1/more/x.py": "x", "p-1/more.py": "", "p-1/doc/y.py": "y"})
    source = PackageSource("p", "1", path.name, "0" * 64, "MIT", ("p",), skip=("p.b",), documents=("more",))
    archive = read_source(source, path, documents=True)
    assert ([file.module for file in archive.files], [document.path for document in archive.documents]) == (["p.a"], ["p-1/more/x.py"])
    assert read_source(source, path).documents == ()
