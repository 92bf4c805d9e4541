import pytest
import torch

from qa.support.train import blend, rate_at


def test_the_rate_goes_up_stays_and_goes_down():
    rates = [rate_at(step, cooling=100, cool=20) for step in range(121)]
    assert rates[0] == pytest.approx(1 / 50)
    assert rates[49:100] == [1.0] * 51
    assert rates[100:120] == sorted(rates[100:120], reverse=True)
    assert 0 < rates[119] < 0.06
    assert rates[120] == 0


def test_weights_stay_a_share_of_the_way_from_where_they_began():
    model = torch.nn.Linear(1, 1)
    torch.nn.init.constant_(model.weight, 3.0)
    torch.nn.init.constant_(model.bias, 0.0)
    blend(model, {"weight": torch.tensor([[1.0]]), "bias": torch.tensor([4.0])}, 0.25)
    assert model.weight.item() == 1.5
    assert model.bias.item() == 3.0
