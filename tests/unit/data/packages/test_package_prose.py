from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.packages import prose
from gpiot_data.packages.markdown import sentences
from gpiot_data.packages.prose import leans_back, promises, sentence_fault, sound_blocks, sound_start


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("The mean of `x` over `axis`.", None),
        ("Soft-DTW was originally and is discussed on another page.", "cut_sentence"),
        ("The value based on is 1.4826.", "cut_sentence"),
        ("It says how noise-like a signal is and is applied to audio.", None),
        ("Reference compared the times of patients.", "dangling_reference"),
        ("Reference frames are three axes.", None),
        ("It has one more axis, where The last index is the degree.", None),
        ("It returns the responses The signature should be known.", "lost_lines"),
        ("Moves off the diagonal Must be positive.", "lost_lines"),
        ("Values of the signal Frequency string or index.", "lost_lines"),
        ("A source of the values of each item, for example:.", "cut_sentence"),
        ("Values above 5 are kept, those below are not (see `clip`).", None),
        ("Draw from [low, high) or (0, 1].", None),
        ("The index x[1] of the list [1, 2].", None),
        ("Three common uses are:", None),
        ("The bands of the M by M matrix a.", None),
        ("Binary labels of shape (7040,).", None),
        ("It uses :func:`mean` of it.", "leftover_markup"),
        ("That of X is `self.axis``.", "leftover_markup"),
        ("When `y1` and `y2`only have one.", "leftover_markup"),
        ("As mentioned above, it is fast.", "dangling_reference"),
        ("The method is given in the table below.", "dangling_reference"),
        ("See the user guide.", "dangling_reference"),
        ("See more here", "dangling_reference"),
        ("See akima method for details on it.", "dangling_reference"),
        ("For the Java version, see ProximityTree.", "dangling_reference"),
        ("It is due to Marshall [1].", "dangling_reference"),
        ("The equations of Figure 3 hold.", "dangling_reference"),
        ("Adapted from the implementation used.", "cut_sentence"),
        ("A generalisation to many series,.", "cut_sentence"),
        ("Extract features from the", "cut_sentence"),
        (", where x is small.", "cut_sentence"),
        ("The `y` (of the first.", "cut_sentence"),
        ("The method was originally.", "cut_sentence"),
        ("It is exact (as demonstrated).", "dangling_reference"),
        ("The test outlined in A&N holds.", "dangling_reference"),
        ("A matrix [1 2 ...", "cut_sentence"),
        ("Compute a filter according to.", "cut_sentence"),
        ("Compute a filter according to `b`.", None),
        ("The equation numbers in the code refer.", "cut_sentence"),
        ("The equation numbers refer to that of `b`.", None),
        ("For example: f = Trend(1) t = Detrend(f) y = t.fit(x)", "code_in_prose"),
        ("The call f = Trend(1) makes one.", None),
        ('The level: "local" = each alone "global" = all at once', "lost_lines"),
        ('The level: "local" = each alone, "global" = all at once', None),
        ('Order: "a": one way "b": another way', "lost_lines"),
        ('Order: "a": one way; "b": another way', None),
        ("The list is in /users/explain/configuration.", "dangling_reference"),
        ('Whether it treats each" "or all channels.', "leftover_markup"),
        ("TODO: explain.", "unfinished"),
    ],
)
def test_a_sentence_that_cannot_stand_alone_has_a_fault(sentence, fault):
    assert sentence_fault(sentence) == fault


def test_a_paragraph_ends_before_its_first_faulty_sentence():
    assert sound_start("One. Two. See Notes. Three.") == "One. Two."
    assert sound_start("One. These are:  see below. Three.") == "One."


def test_a_list_goes_with_its_announcement_and_what_leans_on_it_goes_too():
    blocks = ["It takes:", "- one, see below\n- two", "This is why.", "The end."]
    assert sound_blocks(blocks) == ["The end."]


def test_code_stays_with_the_sentence_that_announces_it():
    assert sound_blocks(["which gives", "```\na = b\n```", "for all a."]) == ["which gives:", "```\na = b\n```", "for all a."]


def test_an_announcement_without_what_it_announces_goes():
    assert sound_blocks(["It is fast. It has the following attributes."]) == ["It is fast."]
    assert sound_blocks(["It is fast. The steps are:"]) == ["It is fast."]


def test_a_table_goes_with_the_sentence_above_it():
    assert sound_blocks(["Fine. Available criteria are:", "```\n=== ===\nAIC see\n=== ===\n```"]) == ["Fine."]


def test_promises_and_leaning_words_are_told_from_plain_ones():
    assert promises("An object, with the following attributes.")
    assert not promises("The following holds for all x.")
    assert leans_back("However, it is slow.")
    assert not leans_back("The signal is slow.")


def test_what_explains_a_formula_goes_where_the_formula_went():
    assert sound_blocks(["A model.", "Where $v$ is the vector."]) == ["A model."]
    assert sound_blocks(["A model:", "$y = v x$", "Where $v$ is the vector."]) == ["A model:", "$y = v x$", "Where $v$ is the vector."]


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("The method to use.<br/>", "leftover_markup"),
        ("Feature | Description | Values:", "leftover_markup"),
        ("The value a | b of two sets.", None),
        ("The code includes comments with equation numbers.", "dangling_reference"),
        ("It follows the official report.", "dangling_reference"),
        ("See the 'Notes' section for details of each solver.", "dangling_reference"),
        ("3D np.ndarray of shape = (n_cases, n_channels, n_timepoints) or list of", "cut_sentence"),
    ],
)
def test_what_belongs_to_a_page_or_a_source_file_is_a_fault(sentence, fault):
    assert sentence_fault(sentence) == fault


@given(text=st.from_regex(prose._ELSEWHERE))
def test_the_quick_look_misses_no_pointer_that_the_whole_expression_finds(text: str) -> None:
    assert prose._MAYBE_ELSEWHERE.search(text.lower())


def test_a_formula_written_as_code_keeps_what_announces_and_explains_it():
    blocks = ["The cost is", "`E = f(D) / n`", "Where D is the matrix of distances."]
    assert sound_blocks(blocks) == ["The cost is:", "`E = f(D) / n`", "Where D is the matrix of distances."]
    assert sound_blocks(["It is employed, by the formula,", "$x = y$"]) == ["It is employed, by the formula:", "$x = y$"]
    assert sound_blocks(["The cost is given in the table below.", "Where D is the matrix of distances."]) == []


def test_what_goes_on_behind_a_lost_paragraph_goes_with_it():
    assert sound_blocks(["See the table below for $a$", "against:", "$H_1$ = it is relevant", "Tests are used."]) == ["Tests are used."]


def test_a_paragraph_on_formulas_that_went_goes_with_them():
    assert sound_blocks(["Two planes.", "In the expressions, $e$ is the noise."]) == ["Two planes."]
    assert sound_blocks(["It is $y = x + e$.", "In the expressions, $e$ is the noise."])[1:] == ["In the expressions, $e$ is the noise."]


def test_with_respect_to_ends_no_sentence():
    assert sentences("The gradient w.r.t. D by programming. More.") == ["The gradient w.r.t. D by programming.", "More."]
