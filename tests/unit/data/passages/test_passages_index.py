"""The passage index: what it finds, and that its bytes depend on nothing but the set of its sources."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from word_vectors import WordVectors

from gpiot_data.errors import BadPdf, InputError
from gpiot_data.papers.sections import read_paper
from gpiot_data.passages import PassageIndex, shelf
from gpiot_data.store import exclusive, read_json, sha256_file, sha256_text, write_json

NAMES = ("csi-activity", "ecg-rpeaks", "ble-localisation")


@pytest.fixture(scope="module")
def papers() -> dict[str, Path]:
    folder = Path(__file__).parents[4] / "corpora" / "samples"
    return {path.stem: path for path in sorted(folder.glob("*.pdf"))}


@pytest.fixture(scope="module")
def indexed(papers: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of all samples, which tests read and copy but do not change."""
    folder = tmp_path_factory.mktemp("indexed") / "index"
    index = PassageIndex.open(folder, WordVectors())
    for path in papers.values():
        index.add(path)
    return folder


def _open(folder: Path) -> PassageIndex:
    return PassageIndex.open(folder, WordVectors())


def _bytes(folder: Path) -> dict[str, str]:
    if not folder.exists():
        return {}
    return {str(path.relative_to(folder)): sha256_file(path) for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


@pytest.mark.parametrize(
    ("question", "name", "page"),
    [
        ("Which particles of the floor-plan particle filter cross a wall?", "ble-localisation", 3),
        ("refractory lockout of candidates after a beat, and the update of the thresholds", "ecg-rpeaks", 3),
        ("Hampel replacement of spikes in subcarrier amplitude traces", "csi-activity", 2),
        ("minimum spreading factor that the link margin allows", "lora-adaptation", 2),
    ],
)
def test_a_question_finds_the_page_that_answers_it(question: str, name: str, page: int, indexed: Path, papers: dict[str, Path]) -> None:
    hits = _open(indexed).query(question, 5)
    assert (sha256_file(papers[name])[:16], page) in [(hit.source, hit.page) for hit in hits]


def test_a_hit_can_be_sliced_again_from_its_paper(indexed: Path, papers: dict[str, Path]) -> None:
    hit = _open(indexed).query("microcontroller with a duty-cycled microphone", 1)[0]
    path = next(path for path in papers.values() if sha256_file(path)[:16] == hit.source)
    paper = read_paper(path)
    assert sha256_text(paper.text[slice(*hit.span)]) == hit.span_sha256
    assert hit.title == paper.title
    assert hit.to_json()["page"] == hit.page


def test_scores_fall_and_no_passage_comes_twice(indexed: Path) -> None:
    hits = _open(indexed).query("sampling rate of the sensor", 300)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits) > 100


@pytest.mark.slow
def test_any_order_of_adding_gives_the_same_files_and_the_same_hits(papers: dict[str, Path], tmp_path: Path) -> None:
    seen = []
    for number, order in enumerate(itertools.permutations(NAMES)):
        index = _open(tmp_path / str(number))
        for name in order:
            index.add(papers[name])
        seen.append((_bytes(tmp_path / str(number)), [hit.to_json() for hit in index.query("filter the signal", 10)]))
    assert seen == [seen[0]] * 6


@pytest.mark.slow
def test_removing_a_paper_restores_the_former_files(papers: dict[str, Path], tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    states = [_bytes(tmp_path / "i")]
    for name in NAMES:
        index.add(papers[name])
        states.append(_bytes(tmp_path / "i"))
    for name, state in zip(reversed(NAMES), reversed(states[:-1]), strict=True):
        assert index.remove(papers[name]).sha256 == sha256_file(papers[name])
        assert _bytes(tmp_path / "i") == state


def test_what_was_removed_is_found_no_more(papers: dict[str, Path], indexed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "i"
    shutil.copytree(indexed, folder)
    index = _open(folder)
    before = index.query("R peak of the electrocardiogram", 1)[0].source
    index.remove(before)
    assert before == sha256_file(papers["ecg-rpeaks"])[:16]
    assert before not in {hit.source for hit in index.query("R peak of the electrocardiogram", 50)}
    assert before not in {source.id for source in _open(folder).sources()}


def test_the_same_paper_twice_changes_nothing_under_any_file_name(papers: dict[str, Path], tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    first = index.add(papers["ecg-rpeaks"])
    state = _bytes(tmp_path / "i")
    other = shutil.copy(papers["ecg-rpeaks"], tmp_path / "copy.pdf")
    second = index.add(Path(other))
    assert (second.source_id, second.n_passages, second.n_new) == (first.source_id, first.n_passages, 0)
    assert first.n_new == first.n_passages > 20
    assert _bytes(tmp_path / "i") == state


def test_adding_a_paper_encodes_only_its_own_passages(papers: dict[str, Path], tmp_path: Path) -> None:
    encoder = WordVectors()
    index = PassageIndex.open(tmp_path / "i", encoder)
    first = index.add(papers["ecg-rpeaks"])
    second = index.add(papers["csi-activity"])
    index.add(papers["ecg-rpeaks"])
    assert encoder.encoded == first.n_passages + second.n_passages


def test_texts_are_found_by_name_replaced_by_name_and_removed_by_name(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    index.add_texts({"b": "The relay opens the valve."})
    former = _bytes(tmp_path / "i")
    added = index.add_texts({"a": "A radar counts people.", "b": "The relay opens the valve."})
    assert [item.n_new for item in added] == [1, 0]
    index.add_texts({"a": "A camera counts cars."})
    hit = index.query("what counts cars", 1)[0]
    assert (hit.title, hit.page, hit.bbox, hit.span) == ("a", None, None, (0, 21))
    assert [source.title for source in index.sources() if source.kind == "text"] == [
        source.title for source in sorted(index.sources(), key=lambda source: source.id)
    ]
    index.remove("a")
    assert _bytes(tmp_path / "i") == former


def test_two_texts_with_the_same_words_are_two_sources(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    index.add_texts({"a": "A radar counts people.", "b": "A radar counts people."})
    index.remove("a")
    assert [hit.title for hit in index.query("radar")] == ["b"]


def test_an_empty_index_answers_with_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    assert index.query("anything") == []
    assert index.sources() == ()
    assert not (tmp_path / "i").exists()


def test_a_source_without_passages_answers_with_nothing(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    assert [item.n_passages for item in index.add_texts({"blank": " \n"})] == [0]
    assert index.query("anything") == []


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_a_blank_query_is_refused(text: str, indexed: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        _open(indexed).query(text)


def test_a_query_for_no_passages_is_refused(indexed: Path) -> None:
    with pytest.raises(InputError, match="1 or more, got 0"):
        _open(indexed).query("radar", 0)


def test_a_query_that_has_nothing_in_common_with_any_passage_finds_nothing(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    index.add_texts({"a": "radar"})
    assert index.query("!?") == []


@pytest.mark.parametrize("name", ["missing", "../../x", "/nowhere/paper.pdf", "n" * 5000])
def test_removing_what_is_not_there_is_refused_and_changes_nothing(name: str, tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    index.add_texts({"a": "radar"})
    state = _bytes(tmp_path / "i")
    with pytest.raises(InputError, match="none of the 1 sources"):
        index.remove(name)
    assert _bytes(tmp_path / "i") == state


def test_a_file_that_is_no_paper_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    index.add_texts({"a": "radar"})
    state = _bytes(tmp_path / "i")
    (tmp_path / "page.pdf").write_text("<html>not found</html>")
    with pytest.raises(BadPdf, match="is not a PDF"):
        index.add(tmp_path / "page.pdf")
    with pytest.raises(InputError, match=r"none\.pdf: cannot be read"):
        index.add(tmp_path / "none.pdf")
    assert _bytes(tmp_path / "i") == state


def test_an_index_of_another_encoder_is_refused(tmp_path: Path) -> None:
    _open(tmp_path / "i").add_texts({"a": "radar"})
    with pytest.raises(InputError, match=r"made with the encoder words .* not with other"):
        PassageIndex.open(tmp_path / "i", WordVectors("other"))


def test_an_emptied_index_takes_another_encoder(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    index.add_texts({"a": "radar"})
    index.remove("a")
    other = PassageIndex.open(tmp_path / "i", WordVectors("other"))
    other.add_texts({"a": "radar"})
    assert [hit.title for hit in other.query("radar")] == ["a"]


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds no index of passages but other files \(thesis\.txt\)"):
        _open(tmp_path).add_texts({"a": "radar"})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with exclusive(tmp_path / "i"), pytest.raises(InputError, match="another run is working"):
        _open(tmp_path / "i").add_texts({"a": "radar"})


def test_a_writer_adds_to_what_another_wrote_since_it_opened_the_index(tmp_path: Path) -> None:
    first, second = _open(tmp_path / "i"), _open(tmp_path / "i")
    first.add_texts({"a": "radar"})
    second.add_texts({"b": "camera"})
    assert sorted(source.title for source in _open(tmp_path / "i").sources()) == ["a", "b"]


@pytest.mark.parametrize("suffix", [".jsonl", ".npy"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_file_is_named_and_adding_the_source_again_mends_it(suffix: str, damage: str, tmp_path: Path) -> None:
    folder = tmp_path / "i"
    index = _open(folder)
    index.add_texts({"a": "radar", "b": "camera"})
    state = _bytes(folder)
    source = index.sources()[0]
    path = folder / "passages" / f"{source.lines if suffix == '.jsonl' else source.vectors}{suffix}"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-3])
    else:
        path.unlink()
    with pytest.raises(InputError, match=f"{path.name}: .*remove the source {source.id} from the index and add it again"):
        _open(folder).query("radar")
    index.remove(source.id)
    index.add_texts({"a": "radar", "b": "camera"})
    assert _bytes(folder) == state


@pytest.mark.parametrize(
    "change",
    [
        lambda found: [],
        lambda found: {**found, "schema": "other/1"},
        lambda found: {**found, "encoder": None},
        lambda found: {**found, "sources": [{"id": "x"}]},
        lambda found: {**found, "sources": found["sources"] * 2},
        lambda found: {**found, "sources": [{**found["sources"][0], "lines": "../../secret"}]},
        lambda found: {**found, "sources": [{**found["sources"][0], "passages": 7}]},
        lambda found: {**found, "sources": [{**found["sources"][0], "lines": 3}]},
        lambda found: {**found, "sources": [{**found["sources"][0], "id": 3}]},
        lambda found: {**found, "sources": [{**found["sources"][0], "id": []}]},
        lambda found: {**found, "sources": [{**found["sources"][0], "title": None}]},
        lambda found: {**found, "sources": [{**found["sources"][0], "kind": "book"}]},
        lambda found: {**found, "sources": 5},
    ],
)
def test_a_list_that_is_not_ours_is_one_clear_error(change, tmp_path: Path) -> None:
    _open(tmp_path / "i").add_texts({"a": "radar"})
    write_json(tmp_path / "i" / "index.json", change(read_json(tmp_path / "i" / "index.json")))
    with pytest.raises(InputError):
        _open(tmp_path / "i").query("radar")


@pytest.mark.parametrize(("old", "new"), [('"dims": ', '"dims": 1e400, "x": '), ("{", "[" * 100_000 + "{")])
def test_a_list_with_values_that_no_writer_wrote_is_one_clear_error(old: str, new: str, tmp_path: Path) -> None:
    _open(tmp_path / "i").add_texts({"a": "radar"})
    path = tmp_path / "i" / "index.json"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=r"index\.json: is no"):
        _open(tmp_path / "i").query("radar")


def test_a_query_may_hold_half_a_character(tmp_path: Path) -> None:
    index = _open(tmp_path / "i")
    index.add_texts({"a": "radar", "b": "camera"})
    assert [hit.title for hit in index.query("\ud800 radar", 1)] == ["a"]


def test_a_writer_killed_before_the_list_is_written_leaves_the_old_index(tmp_path: Path) -> None:
    folder = tmp_path / "i"
    index = _open(folder)
    index.add_texts({"a": "radar"})
    state = _bytes(folder)
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom word_vectors import WordVectors\nimport gpiot_data.passages.index as index\n"
        "index.write_contents = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "index.PassageIndex.open(Path(sys.argv[1]), WordVectors()).add_texts({'b': 'camera'})\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], env={"PYTHONPATH": str(Path(__file__).parent)}, check=False)
    assert done.returncode == -9
    left = _bytes(folder)
    assert {name: left[name] for name in state} == state
    assert len(left) == len(state) + 2
    assert [hit.title for hit in _open(folder).query("radar camera")] == ["a"]
    index.add_texts({"c": "relay"})
    index.remove("c")
    assert _bytes(folder) == state


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'scipy', 'faiss', 'bm25s', 'torch', 'pymupdf', 'model2vec', 'sentence_transformers', 'tokenizers'}"
    program = f"import sys\nimport gpiot_data.passages\nprint(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_index_that_another_process_emptied_answers_with_nothing(tmp_path: Path) -> None:
    _open(tmp_path / "i").add_texts({"a": "radar"})
    reader = _open(tmp_path / "i")
    _open(tmp_path / "i").remove("a")
    assert reader.query("radar") == []


def test_a_reader_gets_all_of_an_index_that_changes_while_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _open(tmp_path / "i").add_texts({"a": "radar"})
    reader = _open(tmp_path / "i")
    seen = shelf.read_contents(tmp_path / "i")
    _open(tmp_path / "i").add_texts({"a": "a camera and a radar"})
    lists = iter([seen])
    # The reader's first look at the list is from before the change.
    monkeypatch.setattr(shelf, "read_contents", lambda folder, read=shelf.read_contents: next(lists, None) or read(folder))
    assert [hit.passage.text for hit in reader.query("radar")] == ["a camera and a radar"]
