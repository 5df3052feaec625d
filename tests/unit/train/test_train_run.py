import json
import subprocess
import sys

import pytest
import yaml

from gpiot_data.errors import BadDataset, BadManifest, QualityGateFailed
from gpiot_train import run as run_module
from gpiot_train.plan import make_plan
from gpiot_train.recipe import load_recipe
from gpiot_train.run import run_plan

pytestmark = pytest.mark.slow


@pytest.fixture
def plan_of(recipe_value, write_recipe, tmp_path):
    """A function that plans the toy recipe with overrides, into a folder of the test."""
    path = write_recipe(recipe_value)

    def plan(out, *overrides):
        return make_plan(load_recipe(path, overrides), tmp_path / out)

    return plan


def outputs(lock):
    return {entry["path"]: entry["sha256"] for entry in lock["outputs"]}


def interrupt_at(step, monkeypatch, kind=KeyboardInterrupt):
    class Stop(run_module.StepProgress):
        def __call__(self, record, steps):
            if record["step"] == step:
                raise kind
            super().__call__(record, steps)

    monkeypatch.setattr(run_module, "StepProgress", Stop)


def test_a_run_writes_the_whole_folder_and_is_then_up_to_date(plan_of, monkeypatch, capsys):
    plan = plan_of("out")
    lock, was_done = run_plan(plan)
    assert not was_done
    expected = ["metrics.jsonl", "paths/cg.gguf", "paths/td.gguf", "prompts.json"]
    for folder in ("adapters/cg", "adapters/shared", "adapters/td", "paths/cg", "paths/td"):
        expected += [f"{folder}/adapter_config.json", f"{folder}/adapter_model.safetensors"]
    assert sorted(outputs(lock)) == sorted(expected)
    assert json.loads((plan.out / "train.lock.json").read_text(encoding="utf-8")) == lock
    assert not plan.work.exists()
    for task in ("td", "cg"):
        assert lock["evaluation"][task]["rows"] == 2
        assert lock["evaluation"][task]["loss_after"] < lock["evaluation"][task]["loss_before"]
    records = [json.loads(line) for line in (plan.out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["step"] for record in records] == list(range(1, 19))
    assert {"loss", "loss_td", "loss_cg", "learning_rate"} <= {name for record in records for name in record}
    assert str(plan.out) not in json.dumps(lock)
    assert plan.recipe.base.folder not in json.dumps(lock)
    monkeypatch.setattr(run_module, "_train", None)  # a second run must not get that far
    assert run_plan(plan_of("out")) == (lock, True)


def test_a_killed_run_goes_on_to_the_same_bytes_as_an_unbroken_one(plan_of, monkeypatch, capsys):
    straight, _ = run_plan(plan_of("straight"))
    with monkeypatch.context() as patch:
        interrupt_at(6, patch)
        with pytest.raises(KeyboardInterrupt):
            run_plan(plan_of("broken"))
    plan = plan_of("broken")
    # What a kill in the middle of a save leaves: the newest checkpoint without its marker.
    torn = plan.checkpoints / "checkpoint-6"
    torn.mkdir()
    (torn / "trainer_state.json").write_text("{", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "_evaluate_once", lambda plan, loaded: json.loads((plan.work / "before.json").read_text())["loss"])
        resumed, _ = run_plan(plan)
    assert "going on from step 4 of 18" in capsys.readouterr().err
    assert outputs(resumed) == outputs(straight)
    assert resumed["evaluation"] == straight["evaluation"]


def test_a_run_killed_after_its_last_step_exports_without_training_again(plan_of, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "_write_results", lambda *_: sys.exit(9))
        with pytest.raises(SystemExit):
            run_plan(plan_of("out"))
    lock, _ = run_plan(plan_of("out"))
    assert "going on from step 18 of 18" in capsys.readouterr().err
    assert len((plan_of("out").out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()) == 18
    assert lock["evaluation"]["td"]["loss_after"] < lock["evaluation"]["td"]["loss_before"]


def test_other_inputs_start_over_and_say_so(plan_of, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        interrupt_at(4, patch)
        with pytest.raises(KeyboardInterrupt):
            run_plan(plan_of("out"))
    lock, _ = run_plan(plan_of("out", "sft.learning_rate=0.02", "sft.max_steps=2"))
    text = capsys.readouterr().err
    assert "1 unfinished or outdated checkpoint(s) deleted; starting over" in text
    assert "going on" not in text
    again, was_done = run_plan(plan_of("out", "sft.learning_rate=0.03", "sft.max_steps=2"))
    assert "the recipe, datasets or base changed since it was made; training again" in capsys.readouterr().err
    assert not was_done
    assert outputs(again)["adapters/td/adapter_model.safetensors"] != outputs(lock)["adapters/td/adapter_model.safetensors"]


def test_a_changed_output_is_made_again(plan_of, capsys):
    plan = plan_of("out", "sft.max_steps=1")
    lock, _ = run_plan(plan)
    (plan.out / "paths/td.gguf").write_bytes(b"")
    again, was_done = run_plan(plan)
    assert not was_done
    assert outputs(again) == outputs(lock)


@pytest.mark.parametrize("override", ["sft.lr_scheduler_kwargs={nonsense: 1}", "sft.adam_beta1=2.0", "sft.optim_args=nonsense"])
def test_values_that_only_the_first_step_shows_to_be_wrong_name_the_recipe(plan_of, override):
    with pytest.raises(BadManifest, match=r"^recipe 'toy': sft: TRL refuses these values \(.+\)$"):
        run_plan(plan_of("out", override))


def test_the_loss_of_a_step_lies_between_those_of_its_tasks(plan_of):
    # Under accumulation Trainer's token count spans both tasks; dividing a task's loss by it would halve it.
    plan = plan_of("out", "sft.max_steps=3", "pect.dropout=0.0")
    run_plan(plan)
    for line in (plan.out / "metrics.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        tasks = [record[name] for name in ("loss_td", "loss_cg") if name in record]
        assert min(tasks) - 1e-4 <= record["loss"] <= max(tasks) + 1e-4
        assert 4.0 < min(tasks) < 7.0  # near log(264), as an untrained model has it


def test_a_loss_that_is_no_number_ends_the_run_in_one_sentence(plan_of):
    with pytest.raises(QualityGateFailed, match=r"the loss on the (TD|CG) path is not a number at step \d+; lower sft\.learning_rate"):
        run_plan(plan_of("out", "sft.learning_rate=1.0e+30", "sft.max_grad_norm=0.0", "sft.weight_decay=0.5"))


def test_rows_that_do_not_fit_are_said_or_refused(plan_of, capsys):
    run_plan(plan_of("out", "sft.max_steps=1", "train_rows.td=4", "eval_rows=1"))
    text = capsys.readouterr().err
    assert "TD train: 4 of 6 rows taken, 2 left out by the recipe's limit" in text
    assert "CG test: 1 of 2 rows taken, 1 left out by the recipe's limit" in text
    with pytest.raises(BadDataset, match="no train row fits in 32 tokens"):
        run_plan(plan_of("short", "max_length=32"))


def gpiot_train(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "gpiot_train", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_command_line_trains_checks_and_finds_a_finished_run_without_torch(recipe_value, write_recipe, root, tmp_path):
    recipe_value["sft"]["max_steps"] = 2
    path = write_recipe(recipe_value)
    checked = gpiot_train("check", path, cwd=root)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "TD: 6 training rows of 6" in checked.stdout
    assert "optimiser steps: 2" in checked.stdout
    first = gpiot_train("run", path, "--json", cwd=root)
    assert first.returncode == 0, first.stderr
    assert "Traceback" not in first.stderr
    assert "Warning" not in first.stderr
    report = json.loads(first.stdout)
    assert (report["up_to_date"], report["schema"]) == (False, "gpiot.train-lock/1")
    watched = "import sys; from gpiot_train.cli import cli; cli(sys.argv[1:], standalone_mode=False); print('torch' in sys.modules)"
    second = subprocess.run([sys.executable, "-c", watched, "run", str(path)], cwd=root, capture_output=True, text=True, check=True)
    assert second.stdout.splitlines()[-2:] == [f'next: gpiot-infer run "..." --adapters {tmp_path / "out"}', "False"]
    assert "is up to date" in second.stderr


def test_faults_of_a_call_end_with_their_exit_code_and_one_sentence(recipe_value, write_recipe, root, tmp_path):
    path = write_recipe(recipe_value)
    faults = [
        (("run", tmp_path / "none.yaml"), 3, "none.yaml: cannot be read"),
        (("run", path, "--set", "sft"), 2, "expected key=value"),
        (("run", path, "--set", "datasets.tdd=nowhere"), 3, "nowhere: is not a dataset folder"),
        (("check", path, "--set", "base.folder=nowhere"), 3, "nowhere: expected one GGUF file in this folder, found 0"),
        (("run", path, "--set", "base={package: llm-none}"), 3, "the weight package 'llm-none' is not installed"),
        (("run",), 2, "Missing argument 'RECIPE'"),
    ]
    for arguments, code, message in faults:
        done = gpiot_train(*arguments, cwd=root)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert message in done.stderr
        assert "Traceback" not in done.stderr


def test_a_hub_base_that_does_not_answer_is_a_remote_fault(recipe_value, write_recipe, root):
    recipe_value["base"] = {"hub": "org/none", "revision": "0" * 40}
    done = gpiot_train("run", write_recipe(recipe_value), cwd=root)
    assert (done.returncode, done.stdout) == (4, "")
    assert "error: org/none: the base model cannot be loaded" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_quick_and_heavy_libraries_stay_out(root):
    code = "import sys; import gpiot_train.cli, gpiot_train.run, gpiot_train.plan; print([m for m in ('torch', 'peft', 'trl', 'datasets') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_hub_base_needs_its_revision(recipe_value, write_recipe):
    recipe_value["base"] = {"hub": "org/model"}
    with pytest.raises(BadManifest, match=r"base\.hub: 'org/model' needs 'revision'"):
        load_recipe(write_recipe(recipe_value))
    assert yaml.safe_load(write_recipe(recipe_value).read_text(encoding="utf-8"))["base"] == {"hub": "org/model"}
