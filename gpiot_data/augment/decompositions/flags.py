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
#: Estimators that can be run on a part of a window, and those that take the middle of many intervals.
RERUN, _OF_INTERVALS = ("spectral_peak", "spectrum_peak", "lag_peak"), ("interval_median", "beat_median", "curve_peaks")


def flags_of(setting: Setting, parts: Parts, figures: Figures) -> dict[str, str]:
    """Return the flags that hold, each with an empty text."""
    names = {*_model(setting, parts), *_signal(setting, parts, figures), *_computer(parts), *_answer(setting, parts)}
    need = parts.application.needs[0]
    names |= _course(parts)
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
    found = {"ranged_above" if modality.rests_low else "ranged"} if modality.kind == "wave" else set()
    slow = modality.kind in ("wave", "slow") and band and band[-1] * _SMOOTH_SHARE <= figures.analysis_rate
    if slow and not modality.repairs_spikes:
        found.add("smooth")
    if modality.wraps:
        # Wraps would be taken for spikes, so the phase is unfolded before these are looked for.
        found.add("unfolded" if "smooth" in found and setting.focus == "cleaning" else "folded")
    # Other axes swing once a stride instead of once a step.
    stepped = setting.modality == "imu" and "gait" in parts.application.needs
    found.add("vertical" if stepped else "mixed_units" if " and " in modality.unit else "one_unit")
    found |= {"uncalibrated"} if setting.focus != "calibration" else set()
    found.add("own_receiver" if setting.platform and setting.platform in {device.inside for device in modality.devices} else "receiver")
    if modality.kind == "radar" and parts.representation.stored is None:
        found.add("averaged")
    if setting.representation != "point_features":
        found.add("one_beam")
    if modality.kind == "echo":
        found.add("phased" if setting.representation == "echo_phase" else "swept")
    needs = set(parts.application.needs)
    found |= {"handheld"} if "hand_gesture" in needs else set()
    found |= {"upright"} if {"fall_impact", "people_count"} & needs else set()
    found |= {"dense"} if modality.kind != "ranges" else {"sparse"} if parts.application.kind == "locate" else set()
    found |= {"single_reports"} if modality.kind == "ranges" else set()
    found.add("across" if parts.phenomenon.reach_m else "close_by")
    found.add("gentle" if "breathing" in needs else "hard" if "fall_impact" in needs else "brisk")
    found |= {"shafted"} if "machine_vibration" in needs else set()
    # A machine sounds all the time, and its shocks are counted over whole turns.
    found |= {"untriggered"} if setting.focus != "trigger" and "machine_vibration" not in needs else set()
    found.add("matched" if setting.representation == "fingerprint" else "ranged_over")
    found |= {"two_sites"} if "pulse_arrival" in needs else set()
    return found | ({"manoeuvre"} if "breath_flow" in needs else {"steady"})


def _course(parts: Parts) -> set[str]:
    """Return the flags of how long what is looked for lasts."""
    impulsive = parts.phenomenon.impulsive
    agreed = not impulsive and parts.application.needs[0] not in _MOMENTARY
    return {"impulsive" if impulsive else "enduring", "agreed" if agreed else "single"}


def _computer(parts: Parts) -> set[str]:
    platform = parts.platform
    if platform is None or not platform.micro:
        return {"networked"}
    radio = {"networked"} if platform.radio == "wifi" else {"sealed", "built_in" if platform.radio else "modular"}
    return {*radio, "floating" if platform.fpu else "integer"}


def _answer(setting: Setting, parts: Parts) -> set[str]:
    # A particle filter follows a position by itself.
    found = set() if setting.focus == "tracking" or setting.model == "particle_filter" else {"untracked"}
    found.add(_uncertainty(setting, parts))
    found.add("by_answer" if parts.application.kind in ("classify", "events") else "by_reference")
    found |= {"published"} if setting.focus != "privacy" else set()
    if parts.application.kind in ("classify", "events", "count"):
        found.add("tallied")
    return found | ({"latest"} if parts.application.kind == "locate" else {"settled"})


def _uncertainty(setting: Setting, parts: Parts) -> str:
    """Return the flag of how the trust in an estimate is told."""
    kind = parts.application.kind
    if kind in ("beats", "locate"):
        return "timed" if kind == "beats" else "own_trust"
    if setting.model in RERUN:
        return "resampled"
    return "intervals" if setting.model in _OF_INTERVALS else "held_out"
