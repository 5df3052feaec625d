"""The words and patterns by which a sentence of a paper is recognised as an action, and cleaned of what only its page explains."""

from __future__ import annotations

import re


def _any(words: str) -> str:
    """Return a regular expression for one of the phrases in `words`, which are parted by '/'."""
    return "(?:" + "|".join(phrase.strip() for phrase in words.split("/")) + ")"


_LABEL = r"(?:Fig(?:ure|s|\.)?|Table|Section|Sec\.|Eq(?:uation|n|s)?\.?|Algorithm|\u00a7)"

ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|Fig|Figs|Eq|Eqs|Sec|Sect|Tab|Ref|Refs|vs|cf|al|approx|resp|Dr|No|Alg|Def)\.")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\u201d]*\s+(?=[A-Z\u201c(])")
CITATION = re.compile(r"\s*\[\d+(?:\s*[,\u2013-]\s*\d+)*\]")
ASIDE = re.compile(r"\s*\((?:see |cf\. |as in |shown in |e\.g\.,? |Section|Sec\.|Fig|Table|Eq|Equation|\u00a7)[^()]*\)")
_AS = _any("shown/seen/illustrated/described/depicted/given/listed/detailed/discussed/defined/stated/explained/presented/in")
_BY = _any("shown/seen/given by/listed/according to/following/using/with/by/from/of/in/per")
#: ', as shown in Fig. 3' and 'according to Equation (2)'.
POINTER = re.compile(
    rf",?\s*(?:as {_AS}|{_BY})\s+(?:in |by |with |from )?(?:the )?{_LABEL}\s*\(?[\dIVX]+(?:\.\d+)*[a-z]?\)?(?:\([a-z]\))?"
    r"(?!\w|\.\d|\s+of\b)",
    re.IGNORECASE,
)
_FROM_ELSEWHERE = _any("described/given/defined/mentioned/discussed/shown/listed/see")
LEFTOVER_POINTER = re.compile(
    rf"\b(?:{_LABEL}|Appendix|Ref\.)\s*\(?\d|\u00a7|\[\d|\b{_FROM_ELSEWHERE} (?:above|below|earlier|later)\b|"
    r"\b(?:aforementioned|previous section|next section|former|latter)\b",
    re.IGNORECASE,
)
WE = re.compile(r"\b(?:we|us|our|ours|ourselves|I|my)\b", re.IGNORECASE)
_DISCOURSE = _any(
    """First/Firstly/Second/Secondly/Third/Thirdly/Next/Then/Finally/Lastly/Afterwards?/Thus/Hence/Therefore/Here/Specifically/Concretely/
    Instead/Subsequently/However/Moreover/Furthermore/Additionally/Also/In addition(?=,)/In this step/In this way/In practice/To this end/
    To do so/To do this/As a result/For this purpose/In particular/Meanwhile/Similarly/After that/Consequently/Accordingly/Now/Again/
    Further/
    Once more/In our system/In our design/In short"""
)
LEAD = re.compile(rf"^(?:{_DISCOURSE}\b,?\s+)+", re.IGNORECASE)
_ADVERB = (
    "(?:"
    + _any("first/then/next/also/further/finally/now/thus/hence/therefore/only/always/instead/again/once/never/in turn")
    + r"\s+|\w+ly\s+)*"
)
#: The parts of an IoT system that act: 'the gateway stores ...'.
_AGENT = _any(
    """node/host/gateway/device/firmware/detector/server/controller/microcontroller/sensor/tag/receiver/transmitter/anchor/radio/phone/smartphone/
    classifier/network/scheduler/station/pipeline/client/system/algorithm/module/processor/filter/tracker/estimator/monitor/planner/beacon/edge/
    backend/application/app/model/stage/MCU/CPU/DSP/radar/engine/task/unit/agent/ledger/front end/front-end/program/routine/driver/policy/
    solver/
    encoder/decoder/user interface/reader/hub/recorder/patch/watch/wearable/thread/interrupt/process/core/peripheral/handler/tracer/logger/
    collector/bridge/side/circuit/circuitry/board/array"""
)
_OPENER = _any(
    """After/Although/Among/As/At/Because/Before/Beyond/By/During/Every/Followed by/For/From/Given/If/In/Instead of/On/Once/Over/Per/
    Since/So that/Starting/Such that/To/Under/Unless/Until/Upon/Using/When/Whenever/Where/While/With/Within/Without"""
)
_SHORT_OPENER = _any("After/On/At/For/From/In/With/During/Before/Upon/To/Within/Over/Per/Once")
_CLAUSE = rf"{_OPENER}\b[^,;]{{3,110}},\s+"
#: A clause in front of the subject stays in front of the step. It opens with a preposition or conjunction: no main clause is taken for one.
_FRONT = rf"(?P<lead>(?:{_CLAUSE}|{_SHORT_OPENER}\b[^,;]{{3,70}}?\s+)?)"
_INTENT = r"(?:(?:propose|choose|opt|decide|aim|need|try|seek|want)\s+to\s+)?"
BY_WE = re.compile(rf"^{_FRONT}[Ww]e\s+{_ADVERB}{_INTENT}(?P<verb>[a-z][a-z-]*)\s+(?P<rest>.+)$")
_SUBJECT = rf"(?:(?:[Tt]he|[Aa]n?|[Ee]ach|[Ee]very)\s+(?:[\w-]+\s+){{0,3}}?{_AGENT}|[A-Z]+[a-z]*[A-Z][A-Za-z]*|[Ff]irmware)"
BY_AGENT = re.compile(rf"^{_FRONT}{_SUBJECT}\s+{_ADVERB}(?P<verb>[a-z-]+s)\s+(?P<rest>.+)$")
_IS = _any("is/are/was/were/has been/have been")
PASSIVE = re.compile(rf"^(?P<lead>(?:{_CLAUSE})?)(?P<what>[A-Za-z][^,;:]{{2,120}}?)\s+{_IS}\s+{_ADVERB}(?P<verb>[a-z-]+)\b(?P<rest>.*)$")
#: Names that keep their capital inside a sentence.
PROPER = re.compile(
    _any(
        """Kalman/Gauss/Hann/Hamming/Butterworth/Chebyshev/Doppler/Bluetooth/Bayes/Fourier/Hampel/Kaiser/Python/Madgwick/Mahony/Wiener/Laplac/
        Markov/Nyquist/Welch/Hilbert/Goertzel/Euclid/Poisson/Zigbee"""
    )
)
_PRONOUN = _any(
    "it/this/these/that/those/they/there/which/what/he/she/one/some/none/such/both/each of these/each of them/all of these/all of them"
)
VAGUE = re.compile(rf"^{_PRONOUN}\b", re.IGNORECASE)
FINITE = re.compile(
    r"\b"
    + _any("is/are/was/were/has/have/had/can/could/will/would/should/may/might/must/does/do/did/which/who/because/if/when/while")
    + r"\b",
    re.IGNORECASE,
)
