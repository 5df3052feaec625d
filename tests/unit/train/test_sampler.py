import itertools

from gpiot_train.sampler import SingleTaskSampler, capped_batch_size

TASKS = ["td"] * 5 + ["cg"] * 14


def test_every_batch_is_of_one_task_and_every_row_is_seen():
    sampler = SingleTaskSampler(TASKS, 4, seed=1)
    order = list(sampler)
    assert len(order) == len(sampler) == 24
    assert set(order) == set(range(len(TASKS)))
    for start in range(0, len(order), 4):
        assert len({TASKS[index] for index in order[start : start + 4]}) == 1


def test_the_order_depends_on_seed_and_epoch_only():
    def order(seed, epoch):
        sampler = SingleTaskSampler(TASKS, 2, seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_the_rarer_task_is_spread_over_the_epoch():
    order = [TASKS[index] for index in SingleTaskSampler(TASKS, 1, seed=0)]
    places = [place for place, task in enumerate(order) if task == "td"]
    assert max(later - earlier for earlier, later in itertools.pairwise(places)) <= 5


def test_a_batch_is_no_larger_than_the_smallest_task_and_holds_no_row_twice(capsys):
    size = capped_batch_size({"td": 5, "cg": 14}, 8)
    assert (size, capsys.readouterr().err) == (5, "batch size 5 instead of 8: TD has no more rows than that\n")
    order = list(SingleTaskSampler(TASKS, size, seed=0))
    assert all(len(set(order[start : start + size])) == size for start in range(0, len(order), size))
    assert (capped_batch_size({"td": 5, "cg": 14}, 5), capsys.readouterr().err) == (5, "")
