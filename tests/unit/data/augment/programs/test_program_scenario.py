from __future__ import annotations

import pytest

from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import find_roles
from gpiot_data.augment.programs.scenario import apply_scenario, load_scenarios, main_input
from gpiot_data.packages.entries import Entry

CODE = "import numpy as np\nfrom scipy import signal\n\nt = np.linspace(0, 1, 100)\nx = np.sin(t)\ny = signal.detrend(x)\n"
ENTRIES = (Entry("data", "array_like", None, "The input data."),)
SERIES = {"x": {"type": "ndarray", "shape": [100], "dtype": "float64"}}
TAGS = ("signal",)


def setting_of(code: str = CODE, row_id: str = "a", observed=None, tags=TAGS):
    roles = find_roles(code, "scipy.signal.detrend")
    return apply_scenario(row_id, roles, "Remove the trend of `data`", tags, observed or SERIES, ENTRIES, ("data",))


def test_there_are_forty_scenarios_of_fifteen_sensors_with_names_that_python_takes():
    scenarios = load_scenarios()
    assert len(scenarios) >= 40
    assert len({scenario.sensor for scenario in scenarios}) >= 15
    assert len(scenarios) == len({scenario.id for scenario in scenarios})
    assert {"signal", "ml", "io", "plot", "device", "network", "general"} == {tag for scenario in scenarios for tag in scenario.tags}
    assert all(name.isidentifier() and name == name.lower() for scenario in scenarios for name in scenario.names)
    assert all(0 < scenario.rate_hz[0] < scenario.rate_hz[1] for scenario in scenarios)


def test_the_setting_renames_the_main_input_and_says_whose_data_it_stands_for():
    setting = setting_of()
    scenario = next(item for item in load_scenarios() if item.id == setting.scenario)
    assert {"x": scenario.names[0]} == setting.renamed
    assert setting.target.startswith(
        f"For {scenario.sensor} data of {scenario.application}: remove the trend of `data`. `{scenario.names[0]}` "
    )
    assert setting.target.endswith("has values of the example's own.")
    assert "signal" in scenario.tags
    assert scenario.kind == "series"


def test_the_id_of_the_row_decides_and_nothing_else():
    found = [setting_of(row_id=str(number)).scenario for number in range(40)]
    assert found == [setting_of(row_id=str(number)).scenario for number in range(40)]
    assert len(set(found)) > 10


def test_a_rate_that_the_program_states_is_one_that_the_sensor_has():
    by_id = {scenario.id: scenario for scenario in load_scenarios()}
    for number in range(20):
        scenario = by_id[setting_of("fs = 20000\n" + CODE, str(number)).scenario]
        assert scenario.rate_hz[0] <= 20000 <= scenario.rate_hz[1]


def test_matrices_get_scenarios_of_matrices():
    setting = setting_of(observed={"x": {"type": "ndarray", "shape": [50, 3], "dtype": "float32"}}, tags=("ml",))
    assert next(item.kind for item in load_scenarios() if item.id == setting.scenario) == "matrix"


@pytest.mark.parametrize(
    ("code", "observed", "reason"),
    [
        (CODE.replace("np.sin(t)", "np.arange(100)"), None, "input_not_sensor_data"),
        (CODE.replace("x", "face"), None, "has_meaning"),
        (CODE.replace("np.sin(t)", "np.load_it(t)"), None, "has_meaning"),
        (CODE.replace("detrend(x)", "detrend([1, 2])"), None, "no_main_input"),
        (CODE, {"t": {}}, "input_not_observed"),
        (CODE, {"x": {"type": "ndarray", "shape": [3], "dtype": "float64"}}, "input_not_sensor_data"),
        (CODE, {"x": {"type": "ndarray", "shape": [300], "dtype": "bool"}}, "input_not_sensor_data"),
        (CODE.replace("y =", "# The trend of x:\ny ="), None, "named_in_comment"),
        ("fs = 1e12\n" + CODE, None, "no_scenario"),
        (CODE.replace("y =", "x = x + 1\ny ="), None, "input_rebound"),
    ],
)
def test_data_that_a_sensor_would_not_give_is_refused(code, observed, reason):
    with pytest.raises(Refused) as caught:
        setting_of(code, observed=observed)
    assert reason == caught.value.reason


def test_what_a_model_is_fitted_to_is_the_main_input():
    code = "from sklearn.svm import SVC\nX = [[1, 2]] * 9\nmodel = SVC()\nmodel.fit(X, [1])\n"
    assert main_input(find_roles(code, "sklearn.svm.SVC")) == ("X", "")
