from __future__ import annotations

import pytest

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.cells import UnreadablePageError, plain_markdown
from gpiot_data.packages.galleries.notebooks import read_notebook
from gpiot_data.packages.galleries.pages import read_page
from gpiot_data.packages.galleries.phrases import as_request, clean_title, title_request
from gpiot_data.packages.galleries.scripts import read_script


def shown(data: dict[str, str]) -> dict:
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


RST = """Filtering
=========

Filters remove noise.

Low-pass
--------

Apply it:

.. code-block:: python
   :caption: x

   import toy
   toy.low(1)

.. code-block:: bash

   pip install toy

A session gives the value:

>>> toy.low(2)
4

    >>> for i in range(2):
    ...     toy.low(i)

.. plot::

    toy.draw()

And so does a literal block::

    y = toy.low(3)

Run this::

    make html
"""

MD = """# Filters

Filters *remove* [noise](http://x).

## Low-pass

Apply it:

```python
import toy
```

```bash
make
```

```{code-cell} ipython3
:tags: [x]
toy.low(1)
```
"""


def page(text: str, kind: str):
    return read_page(Document(f"toy-1/doc/page.{kind}", kind, text.encode()))


def code_of(cell) -> list[str]:
    return [fragment.code for fragment in cell.fragments]


def sliced(document: Document, cell) -> str:
    return document.data[slice(*cell.span)].decode()


def test_a_gallery_script_gives_its_blocks_with_title_text_and_place(script):
    made = read_script(script)
    assert (made.title, made.text) == ("Smoothing a sensor signal", "We smooth a noisy signal.")
    assert [cell.title for cell in made.cells] == [
        "Smoothing a sensor signal",
        "Generate the signal",
        "Generate the signal",
        "Plot the peaks",
    ]
    assert made.cells[1].text == "We generate a noisy sine wave of one second."
    assert sliced(script, made.cells[2]).startswith("# %%\n# Now we smooth")
    assert sliced(script, made.cells[2]).endswith("print(y.shape)")


def test_a_plain_script_is_one_cell_with_its_opening_comment_and_no_terms_of_use():
    text = (
        "#!/usr/bin/env python\n# Copyright somebody\n#\n# Publish a message to a broker.\n\nimport toy\n# %% is a percentage\ntoy.run()\n"
    )
    document = Document("toy-1/examples/a.py", "script", text.replace("# %% is", "# is").encode())
    made = read_script(document)
    assert [cell.text for cell in made.cells] == ["Publish a message to a broker."]


def test_a_rule_inside_a_string_is_no_block():
    text = 'text = """\n# %%\n"""\nprint(text)\n'
    assert len(read_script(Document("a.py", "script", text.encode())).cells) == 1


def test_windows_line_ends_and_a_byte_order_mark_keep_places_right(script):
    document = Document(script.path, "script", b"\xef\xbb\xbf" + script.data.replace(b"\n", b"\r\n"))
    cell = read_script(document).cells[2]
    assert sliced(document, cell).endswith("print(y.shape)")


def test_a_script_that_is_no_python_says_so():
    with pytest.raises(UnreadablePageError, match="not_python"):
        read_script(Document("a.py", "script", b"print 'x'\n"))
    with pytest.raises(UnreadablePageError, match="not_text"):
        read_script(Document("a.py", "script", b"\xff\xfe\x00"))


def test_a_notebook_gives_markdown_with_the_code_below_it(notebook):
    data = notebook(
        ("markdown", "# Räume\n\nAbout rooms."),
        ("code", "import toy"),
        ("code", "toy.low(1)", shown({"text/plain": "4"})),
        ("markdown", "## Draw ∑\n\nDraw [it](http://x)."),
        ("code", "toy.table()", shown({"text/plain": "4", "text/html": "<b>4</b>"})),
    )
    document = Document("toy-1/doc/rooms.ipynb", "notebook", data)
    made = read_notebook(document)
    assert [(cell.title, cell.text) for cell in made.cells] == [("Räume", "About rooms."), ("Draw ∑", "Draw it.")]
    assert [fragment.output for cell in made.cells for fragment in cell.fragments] == ["", "4", ""]
    assert sliced(document, made.cells[1]).startswith('{"cell_type": "markdown"')
    assert "toy.table()" in sliced(document, made.cells[1])


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"cells": [1, {}]', b'{"cells": {"a": 1}}', b"\xff"])
def test_what_is_no_notebook_is_one_error(data):
    with pytest.raises(UnreadablePageError):
        read_notebook(Document("a.ipynb", "notebook", data))


def test_a_notebook_of_another_language_is_left_out(notebook):
    data = notebook(("code", "1 + 1")).replace(b'"python"', b'"julia"')
    with pytest.raises(UnreadablePageError, match="not_python"):
        read_notebook(Document("a.ipynb", "notebook", data))


def test_restructured_text_gives_code_blocks_plots_sessions_and_literal_blocks():
    made = page(RST, "rst")
    assert (made.title, made.text) == ("Filtering", "Filters remove noise.")
    (cell,) = made.cells
    assert cell.title == "Low-pass"
    assert code_of(cell) == [
        "import toy\ntoy.low(1)",
        "toy.low(2)",
        "for i in range(2):\n    toy.low(i)",
        "toy.draw()",
        "y = toy.low(3)",
    ]
    assert [(item.line, item.output) for item in cell.fragments[1].expected] == [(1, "4")]


def test_markdown_gives_fences_of_python_and_cells():
    made = page(MD, "md")
    assert (made.title, made.text) == ("Filters", "Filters *remove* noise.")
    assert [code_of(cell) for cell in made.cells] == [["import toy", "toy.low(1)"]]


def test_long_sections_are_not_joined():
    code = "toy.low(1)\n    " * 70
    text = f"Title\n=====\n\nOne::\n\n    {code}\n\nTwo::\n\n    {code}\n"
    assert len(page(text, "rst").cells) == 2


@pytest.mark.parametrize("kind", ["rst", "md"])
def test_pages_without_code_give_nothing(kind):
    assert page("Title\n=====\n\nOnly text.\n", kind).cells == ()


def test_an_unclosed_fence_ends_with_the_page():
    assert code_of(page("```python\ntoy.low(1)", "md").cells[0]) == ["toy.low(1)"]


def test_markdown_loses_what_only_a_browser_shows():
    text = "<!-- note --> Hear ![image](a.png) the [sound](http://x) {ref}`here <there>`<style>b</style><br>\n\n(label)=\n\n---\n\nEnd <!-- open"
    assert plain_markdown(text) == "Hear  the sound `here`\n\nEnd <!-- open"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "text",
    ["<!--", "![a](", "[", "<a ", "```\n", ">>> a\n\n", "::\n", "a::\n\n b\n\n", "plot example ", "release highlights ", "we will then "],
)
def test_hostile_repetition_costs_little_time(text):
    long = text * 3000
    for kind in ("rst", "md"):
        page(long, kind)
    assert clean_title(long) == ""
    assert as_request(long) is None
    assert title_request(long) is None
