import numpy as np
import pytest

from briefing.case import Case
from briefing.model.identities import BrokenIdentity, identity_residuals, net_payments_usd

NAMES = ("payments", "cash", "tracing", "bounds", "commitment")
HOLDS = {f"{name}_residual_share": np.zeros((1, 1)) for name in NAMES}


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest", "bull", "bear", "funding_stops"])
@pytest.mark.parametrize("reading", ["firm", "expected", "headline"])
def test_identities_hold_in_every_draw(parameter_set, reading):
    drawn = Case(parameter_set, firmness=reading).draws(100, 2)
    assert max(drawn.identity_residuals.values()) < 1e-9


@pytest.mark.parametrize("broken", HOLDS)
@pytest.mark.parametrize("residual", [1e-6, np.nan])
def test_a_broken_identity_stops_the_briefing(broken, residual):
    with pytest.raises(BrokenIdentity, match="of the money involved"):
        identity_residuals(**{**HOLDS, broken: np.array([[residual]])})


def test_payments_sum_to_zero_over_all_parties(latest):
    total = sum(net_payments_usd(latest.legs).values())
    assert np.abs(total).max() < 1e-3


def test_every_party_of_the_alliance_pays_and_is_paid(latest):
    assert {"Microsoft", "Nvidia", "Anthropic"} <= set(latest.net_payments_usd)
