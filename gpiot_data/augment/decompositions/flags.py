"""What holds for a setting: a flag stands for no text, so a step with a flag in it is there only where the flag holds."""

from __future__ import annotations

from gpiot_data.augment.decompositions.setting import Figures, Parts, Setting
from gpiot_data.augment.decompositions.sizes import NETWORKS

#: Models with scores from 0 to 1 for each class.
SCORED = ("linear", "pooled", "forest", *NETWORKS)
#: A signal that hardly changes over the 11 samples of a running median.
_SMOOTH_SHARE = 40
#: What the trust in a rate is told from, by model; else from its intervals.
_TRUST = {"spectral_peak": "spectral_trust", "spectrum_peak": "spectral_trust", "lag_peak": "lag_trust"}
#: What is over within a window, and how one of them is called.
_MOMENTARY = {"hand_gesture": "gesture", "lip_motion": "word"}


def flags_of(setting: Setting, parts: Parts, figures: Figures) -> dict[str, str]:
    """Return the flags that hold, each with an empty text."""
    names = {*_model(setting, parts), *_signal(setting, parts, figures), *_computer(parts), *_answer(setting, parts)}
    need = parts.application.needs[0]
    brief = {"momentary": "", "phenomenon_one": _MOMENTARY[need]} if need in _MOMENTARY else {"lasting": ""}
    return dict.fromkeys(sorted(names), "") | brief


def _model(setting: Setting, parts: Parts) -> set[str]:
    size, kind = parts.model.size, parts.application.kind
    found = {_TRUST.get(setting.model, "interval_trust")}
    if setting.focus != "pretraining":
        found.add("supervised")
    if size in SCORED:
        found |= {"scored", "layered" if size in NETWORKS else "refitted"}
        if kind in ("classify", "events"):
            found.add("weighed")
    if size == "templates":
        found.add("distanced")
    if setting.model == "thresholds":
        found.add("ruled")
    return found


def _signal(setting: Setting, parts: Parts, figures: Figures) -> set[str]:
    modality, band = parts.modality, parts.sense.band
    found = {"ranged"} if modality.kind == "wave" else set()
    if modality.kind in ("wave", "slow") and band and band[-1] * _SMOOTH_SHARE <= figures.analysis_rate:
        found.add("smooth")
    if modality.kind == "radar" and parts.representation.stored is None:
        found.add("averaged")
    if setting.representation != "point_features":
        found.add("one_beam")
    if modality.kind == "echo":
        found.add("phased" if setting.representation == "echo_phase" else "swept")
    needs = set(parts.application.needs)
    found |= {"handheld"} if "hand_gesture" in needs else set()
    found |= {"upright"} if {"fall_impact", "people_count"} & needs else set()
    found.add("matched" if setting.representation == "fingerprint" else "ranged_over")
    found |= {"two_sites"} if "pulse_arrival" in needs else set()
    return found | ({"manoeuvre"} if "breath_flow" in needs else {"steady"})


def _computer(parts: Parts) -> set[str]:
    if parts.platform is None or not parts.platform.micro:
        return {"networked"}
    return {"modular", "floating" if parts.platform.fpu else "integer"}


def _answer(setting: Setting, parts: Parts) -> set[str]:
    # A particle filter follows a position by itself.
    found = set() if setting.focus == "tracking" or setting.model == "particle_filter" else {"untracked"}
    found.add("timed" if parts.application.kind == "beats" else "resampled")
    found |= {"published"} if setting.focus != "privacy" else set()
    if parts.application.kind in ("classify", "events", "count"):
        found.add("tallied")
    return found | ({"latest"} if parts.application.kind == "locate" else {"settled"})
