"""Verbs of engineering prose that make a step, with the forms in which papers use them."""

from __future__ import annotations

from functools import cache

#: Base forms. Verbs of reporting and judging (show, find, believe, evaluate, ...) are left out on purpose: they are no steps.
_REGULAR = """
accept accumulate acquire activate adapt add adjust adopt advance aggregate align allocate allow amplify annotate answer append apply
approximate arm arrange assign attach attenuate average avoid balance batch bias blank blend block bound bridge buffer bypass calculate
calibrate call cancel cap capture cascade centralise centralize centre chain change characterise characterize charge check clamp
classify clear clip close cluster collect combine command compare compensate compress compute concatenate condition conduct configure
confirm connect constrain construct control convert convolve cool copy correct correlate count couple create crop cross-correlate
cumulate debounce decay decide decimate declare decode decompose decouple decrease decrement deduce deduct deepen defer define delay
delete deliver demodulate deploy derive designate despread detect determine detrend differentiate digitise digitize dim disable discard
discretise discretize dismiss distinguish distribute divide double down-sample download downsample drop duplicate elect embed emit
employ empty enable encode encrypt enforce enlarge enqueue ensure enumerate equip erase establish estimate evict examine exchange
exclude execute exempt expand exploit explore export extend extract extrapolate fetch filter fine-tune flag flatten flip flush fold form
format formulate forward freeze fuse gate gather generate grade group guard guide half half-wave halve handle hash high-pass hop host
identify ignore implement impose increase increment index infer inform initialise initialize inject input insert inspect integrate
interleave interpolate introduce inverse-transform invert invoke isolate iterate jitter join judge label latch launch learn limit
linearise linearize listen load localise localize locate lock log look loop low-pass lower lump maintain map mark mask match maximise
maximize measure merge minimise minimize mirror mix model modulate monitor mount move multiply narrow negate normalise normalize notch
notify number obtain offset omit open operate optimise optimize order overlap oversample pack pad pair parameterise parametrise parse
partition pass pause penalise penalize perform permute perturb pick place plan poll pool populate power pre-train predict prefer prepare
prepend prescale preserve pretrain prevent prioritise prioritize probe process produce program project promote prompt propagate protect
prune publish pulse push quantify quantise quantize query queue raise randomise randomize range rank rate re-arm re-enter re-estimate
re-use receive recognise recognize recompute reconstruct record recover rectify recycle reduce refer reference refine refresh refuse
regress regularise regularize regulate reject relate relax relay release remap remove rename render repeat replace report represent
request require resample rescale reserve reset resize resolve respond restart restore restrict retain retrain retransmit retrieve retry
return reuse reverse reweight rotate round round-robin route sample sanitise sanitize saturate save scale scan schedule score search
segment select separate serialise serialize shape share shift shorten sign simplify simulate skip sleep slice slide smooth solder solve
sort span sparsify specify splice split square stack stamp standardise standardize start step stitch stop store stream stretch subdivide
subsample subtract sum supply suppress suspend swap sweep switch synchronise synchronize tabulate tag take tap taper target terminate
test threshold tie tighten tile time time-stamp timestamp toggle tolerate track train transfer transform translate transmit traverse
treat triangulate trigger trilaterate trim truncate tune turn unpack unwrap update upload upsample use utilise utilize validate vary
verify vote wait wake walk warn warp watch weight whiten widen window wipe wire wrap zero zero-pad
"""

#: base: (third person, past participle), where the spelling does not follow the rules or there is a better one.
_IRREGULAR = {
    "bind": ("binds", "bound"),
    "break": ("breaks", "broken"),
    "build": ("builds", "built"),
    "choose": ("chooses", "chosen"),
    "cut": ("cuts", "cut"),
    "draw": ("draws", "drawn"),
    "drive": ("drives", "driven"),
    "feed": ("feeds", "fed"),
    "fit": ("fits", "fitted"),
    "fix": ("fixes", "fixed"),
    "freeze": ("freezes", "frozen"),
    "grow": ("grows", "grown"),
    "hand": ("hands", "handed"),
    "hold": ("holds", "held"),
    "keep": ("keeps", "kept"),
    "leave": ("leaves", "left"),
    "make": ("makes", "made"),
    "overwrite": ("overwrites", "overwritten"),
    "pass": ("passes", "passed"),
    "read": ("reads", "read"),
    "run": ("runs", "run"),
    "send": ("sends", "sent"),
    "set": ("sets", "set"),
    "shrink": ("shrinks", "shrunk"),
    "shut": ("shuts", "shut"),
    "spread": ("spreads", "spread"),
    "take": ("takes", "taken"),
    "wake": ("wakes", "woken"),
    "write": ("writes", "written"),
}

#: Past tenses that differ from the participle.
_PAST = {
    "broke": "break",
    "chose": "choose",
    "drew": "draw",
    "drove": "drive",
    "froze": "freeze",
    "grew": "grow",
    "ran": "run",
    "shrank": "shrink",
    "took": "take",
    "woke": "wake",
    "wrote": "write",
}

_DOUBLING_TEXT = """
cap clip control crop debug defer drop embed emit equip flag flip hop infer log map omit pad plan prefer program refer retransmit scan skip
span
split step stop submit sum swap tag
tap transfer transmit trim wrap zero-pad
"""
_DOUBLING = frozenset(_DOUBLING_TEXT.split())


@cache
def third_person() -> dict[str, str]:
    """Return a mapping from the third person ('computes') to the base form ('compute')."""
    return {third: base for base, (third, _) in _forms().items()}


@cache
def participles() -> dict[str, str]:
    """Return a mapping from the past participle ('computed') to the base form ('compute')."""
    return {participle: base for base, (_, participle) in _forms().items()}


@cache
def past_forms() -> dict[str, str]:
    """Return a mapping from the past tense ('computed', 'chose') to the base form."""
    return {**participles(), **_PAST}


@cache
def base_forms() -> frozenset[str]:
    """Return the base forms of all step verbs."""
    return frozenset(_forms())


@cache
def _forms() -> dict[str, tuple[str, str]]:
    forms = {verb: (_third(verb), _participle(verb)) for verb in _REGULAR.split()}
    return {**forms, **_IRREGULAR}


def _third(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _participle(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    if verb in _DOUBLING:
        return verb + verb[-1] + "ed"
    return verb + "ed"
