"""A content-addressed index of passages of papers and texts: vectors and words, fused, each hit with its page and span.

Importing this package loads no model and no heavy library.
"""

from gpiot_data.passages.cut import Passage, cut_paper, cut_text
from gpiot_data.passages.index import Added, Hit, PassageIndex
from gpiot_data.passages.shelf import IndexedSource

__all__ = ["Added", "Hit", "IndexedSource", "Passage", "PassageIndex", "cut_paper", "cut_text"]
