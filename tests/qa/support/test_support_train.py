import pytest

from qa.support.train import rate_at


def test_the_rate_goes_up_stays_and_goes_down():
    rates = [rate_at(step, cooling=100, cool=20) for step in range(121)]
    assert rates[0] == pytest.approx(1 / 50)
    assert rates[49:100] == [1.0] * 51
    assert rates[100:120] == sorted(rates[100:120], reverse=True)
    assert 0 < rates[119] < 0.06
    assert rates[120] == 0
