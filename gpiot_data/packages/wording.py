"""One sentence of summary turned into what somebody asks for: "Hann window." -> "Compute the Hann window"."""

from __future__ import annotations

import re
from typing import Literal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Verbs that open summaries and example texts in the imperative.
VERBS = _words(
    """
    add adjust align analyze analyse append apply approximate arrange assemble assign build calculate call cascade center check choose
    classify clip cluster collect combine compare compute concatenate construct convert convolve copy correct correlate count
    create cross-correlate decimate decode decompose deconvolve define demodulate demonstrate denoise derive describe design
    detect determine detrend differentiate discretize display divide downsample draw encapsulate encode enumerate estimate evaluate examine
    expand extract factor factorize fill filter find fit form format generate get group handle identify implement infer
    initialize insert integrate interpolate invert iterate join label limit list load locate make map mask match measure merge
    minimize model modify modulate multiply normalize normalise obtain open optimize order pack pad parse partition perform
    place plot predict prepare print process produce project provide quantize quantise ravel read recompose reconstruct record reduce
    refine remove reorder replace repeat represent resample rescale reset reshape resolve return rotate round run sample scale
    score search segment select send separate set shift show simplify simulate smooth solve sort split stack store study
    subtract sum synthesize threshold transform translate truncate unpack unravel unwrap update upsample use validate verify
    visualize wrap write
    """
)
#: A program does not "return": it computes.
_PLAIN = {"return": "compute", "provide": "create"}
#: Verbs that are nouns as well: in front of these words they are.
_NOUN_AFTER = _words(
    "design designs bank coefficients order response function object class model sequence generator size state length of for"
)
_PROPER = _words(
    """
    Bartlett Bayes Bayesian Bessel Bessel/Thomson Blackman Bode Bohman Butterworth Cauer Chebyshev Chirp-Z Cohen Daubechies Dolph Euler
    Fourier Gabor Gauss Gaussian Haar Hamming Hann Hermitian Hilbert Kaiser Kalman Lanczos Laplace Linear-Phase Lomb Markov Mexican
    Morlet NumPy Nyquist Parks Parzen Pearson Poisson Python Remez Ricker Savitzky-Golay SciPy Shannon Slepian Taylor Toeplitz Tukey
    Welch Wiener
    """
)


_EXTENDING = re.compile(
    r"(?:Extends|Inherits|Subclasses|Holds|Contains|Supports|Allows)\b"
    r"(?:[^.]{0,120}?\b(?:and |to )(?:represents?|implements?|provides?) (?P<what>(?:an?|the) .+))?"
)


def imperative(summary: str, kind: Literal["function", "class"]) -> str | None:
    """Return the summary as a request, without a final full stop; None where it is a statement about something."""
    text = re.sub(r"\s*\(legacy(?: function)?\)|\s*\(deprecated\)", "", summary).strip().rstrip(".:;, ")
    text = re.sub(r"^(?:This|The) (?:function|class|method|routine|module) (?:is used to |can be used to |will )?", "", text)
    if re.match(r"(?:This|These|That|Those|It|If|When|Where|Note|See|Same as|Alias|You|We|There)\b", text):
        return None
    if kind == "class" and (match := _EXTENDING.match(text)):
        # "Extends `Device` and represents a lamp": the lamp is what somebody asks for.
        return f"Create {match['what']}" if match["what"] else None
    return _verbal(text) or _from_purpose(text) or _from_noun(text, kind)


def is_request(sentence: str) -> bool:
    """Tell whether a sentence opens with a verb in the imperative."""
    words = sentence.split()
    return bool(words) and words[0].lower() in VERBS and not (len(words) > 1 and words[1].lower().strip(".,") in _NOUN_AFTER)


def lower_first(text: str) -> str:
    """Write the first word small unless it is a name, an abbreviation or code."""
    word = re.split(r"[\s,]", text, maxsplit=1)[0]
    if (
        not word
        or not word[0].isupper()
        or word in _PROPER
        or word.split("-")[0] in _PROPER
        or any(letter.isupper() or letter.isdigit() for letter in word[1:])
    ):
        return text
    return text[0].lower() + text[1:] if len(word) > 1 or word == "A" else text


def _verbal(text: str) -> str | None:
    words = text.split()
    if len(words) < 2:
        return None
    # "Creates and displays a plot": each of the joined verbs.
    base = _base(words[0].rstrip(","))
    if base is None or words[1].lower().strip(".,") in _NOUN_AFTER:
        return None
    base = _PLAIN.get(base, base) + ("," if words[0].endswith(",") else "")
    rest = words[1:]
    if words[0].lower().endswith("s") and len(rest) > 1 and rest[0] in ("and", "or") and (second := _base(rest[1])):
        rest[1] = second
    return " ".join([base[0].upper() + base[1:], *rest])


def _base(word: str) -> str | None:
    """Return the verb behind "Compute" or "Computes"; None where the word is none."""
    low = word.lower()
    for candidate in (low, low.removesuffix("s"), low.removesuffix("es"), low.removesuffix("ies") + "y"):
        if candidate in VERBS:
            return candidate
    return None


def _from_purpose(text: str) -> str | None:
    """Take the purpose out of "A convenience function for creating windows"."""
    match = re.match(
        r"(?:(?:An?|The) )?(?:[\w-]+ ){0,2}(?:function|method|class|routine|tool|object) (?:for|to) (?P<verb>\w+) (?P<rest>.+)", text
    )
    if match is None:
        return None
    low = match["verb"].lower()
    stem = low.removesuffix("ing")
    for candidate in (low, stem, stem + "e", stem[:-1]):
        if candidate in VERBS:
            return f"{candidate[0].upper()}{candidate[1:]} {match['rest']}"
    return None


def _from_noun(text: str, kind: Literal["function", "class"]) -> str:
    if match := re.fullmatch(r"(?:The )?(?P<what>.+?) [Dd]esign(?P<rest>\b.*)", text):
        return f"Design {_with_article(match['what'])}{match['rest']}"
    if match := re.fullmatch(r"(?P<what>.+?) (?:selection|determination)(?P<rest>\b.*)", text, re.IGNORECASE):
        return f"Determine the {lower_first(match['what'])}{match['rest']}"
    if match := re.fullmatch(r"(?P<what>.+?) generator(?P<rest>\b.*)", text, re.IGNORECASE):
        return f"Generate {_with_article(match['what'])}{match['rest']}"
    if match := re.fullmatch(r"(?P<how>.+?) (?:computation|calculation|estimation) of (?P<what>.+)", text, re.IGNORECASE):
        return f"Compute {match['what']} ({lower_first(match['how'])})"
    if (
        kind == "function"
        and re.fullmatch(r"(?:[\w-]+ ){0,2}[\w-]+ to (?!a |an |the )[\w-]+(?: [\w-]+){0,2}", text)
        and "response" not in text
    ):
        return f"Convert {lower_first(text)}"
    if match := re.fullmatch(r"(?P<what>\w+ filter) (?P<rest>(?:an?|the) .+)", text):
        return f"Apply {_with_article(match['what'])} to {match['rest']}"
    if kind == "class":
        text = re.sub(r"(?<=\w) (?:base )?class\b", "", text)
        return f"Create {_with_article(text)}"
    if match := re.fullmatch(r"(?:An? )(?P<what>.+)", text):
        verb = "Apply" if re.search(r"\b(?:filter|window)\b", text) else "Compute"
        return f"{verb} {lower_first(text)}"
    return f"Compute {lower_first(text)}" if text.lower().startswith("the ") else f"Compute the {lower_first(text)}"


def _with_article(text: str) -> str:
    low = lower_first(text)
    if re.match(r"(?:a|an|the)\b", low, re.IGNORECASE) or re.fullmatch(r"[\w-]+s", low):
        return low
    word = low.split()[0]
    if word.isupper() and len(word) > 1 and word[0].isalpha():
        # Said letter by letter: "an FIR filter".
        return f"{'an' if word[0] in 'AEFHILMNORSX' else 'a'} {low}"
    vowel = word[0].lower() in "aeio" or (word[0].lower() == "u" and not re.match(r"uni|use|ut", word.lower()))
    return f"{'an' if vowel else 'a'} {low}"
