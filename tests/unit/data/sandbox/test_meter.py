"""What is counted of a job from outside: files, deleted files that it holds, sockets, processes."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gpiot_data.sandbox import Limits, process_tree
from gpiot_data.sandbox.meter import Meter, folder_use


class Alone:
    """This process, as if it were a sandbox."""

    pid = os.getpid()
    namespaced = False


@pytest.fixture
def folder(tmp_path: Path):
    """An open folder."""
    handle = os.open(tmp_path, os.O_RDONLY)
    yield handle
    os.close(handle)


def test_deleted_files_count_while_they_are_open_or_mapped(tmp_path: Path) -> None:
    path = tmp_path / "file"
    before = process_tree.held([os.getpid()], str(tmp_path)).deleted_files
    with path.open("w+b") as stream:
        stream.write(bytes(1 << 16))
        stream.flush()
        libc = ctypes.CDLL(None)
        libc.mmap.restype = ctypes.c_void_p
        place = libc.mmap(None, ctypes.c_size_t(4096), 1, 1, stream.fileno(), ctypes.c_long(0))
        assert process_tree.held([os.getpid()], str(tmp_path)).deleted_files == before
        path.unlink()
        opened = process_tree.held([os.getpid()], str(tmp_path))
        assert (opened.unsized, opened.deleted_files) == (0, before + 1)
        assert opened.deleted_bytes >= 1 << 16
    mapped = process_tree.held([os.getpid()], str(tmp_path))
    assert (mapped.unsized, mapped.deleted_files) == (1, before + 1)
    assert process_tree.held([os.getpid()], str(tmp_path / "other")).unsized == 0
    libc.munmap(ctypes.c_void_p(place), ctypes.c_size_t(4096))
    assert process_tree.held([os.getpid()], str(tmp_path)).unsized == 0


def test_sockets_count_once_whoever_has_them_open() -> None:
    before = process_tree.held([os.getpid()], "/none").sockets
    ends = socket.socketpair()
    copy = ends[0].dup()
    assert process_tree.held([os.getpid(), os.getpid()], "/none").sockets == before + 2
    connected, datagrams = process_tree.unix_sockets(os.getpid())
    more = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    assert process_tree.unix_sockets(os.getpid())[1] >= datagrams + 2
    assert connected >= 2
    for end in (*ends, copy, *more):
        end.close()
    assert process_tree.unix_sockets(1 << 22) == (0, 0)


def test_a_list_of_mappings_that_is_too_long_to_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: int) -> None:
    assert not process_tree.held([os.getpid()], str(tmp_path)).unclear
    monkeypatch.setattr(process_tree, "_LONGEST_MAPS", 100)
    assert process_tree.held([os.getpid()], str(tmp_path)).unclear
    with subprocess.Popen(["sleep", "60"]) as child:
        assert Meter(Alone(), Limits()).look([folder]) == ("output_limit", "made folders or mappings that cannot be counted")
        child.kill()


def test_a_folder_too_deep_for_a_path_is_told(tmp_path: Path, folder: int) -> None:
    (tmp_path / "file").write_bytes(bytes(1 << 14))
    assert folder_use(folder, 10) == (1, 1 << 14, False)
    make = "import os\nfor _ in range(45): os.mkdir('d' * 100); os.chdir('d' * 100)"
    subprocess.run([sys.executable, "-c", make], cwd=tmp_path, check=True)
    files, _size, closed = folder_use(folder, 100)
    assert (files > 30, closed) == (True, True)
    subprocess.run(["rm", "-rf", "--", str(tmp_path / ("d" * 100))], check=True)


def test_every_limit_has_its_word(tmp_path: Path, folder: int) -> None:
    (tmp_path / "file").write_bytes(bytes(1 << 21))
    (tmp_path / "other").touch()
    assert Meter(Alone(), Limits()).look([folder]) is None
    assert Meter(Alone(), Limits(memory_mib=1)).look([]) == ("oom", "its processes held more than 1 MiB")
    assert Meter(Alone(), Limits(scratch_mib=1)).look([folder]) == ("output_limit", "filled more than 1 MiB")
    assert Meter(Alone(), Limits(scratch_files=1)).look([folder]) == ("output_limit", "made more than 1 files")
    assert Meter(Alone(), Limits(), most_processes=0).look([folder]) == ("killed", "made more than 0 processes")
