"""Named quantities, pure: no files, no clock, no network, no DataFrames.

Every public function of these modules is a quantity of the graph, named after what it returns.
"""

from briefing.model import (
    accounting,
    bundle,
    circular_value,
    circularity,
    contagion,
    deal,
    dependence,
    dollar,
    feedback,
    identities,
    ladder,
    multiples,
    network,
    obligations,
    operations,
    outlook,
    ownership,
    press,
    risk,
    timing,
    valuation,
    web,
)

MODULES = (
    deal,
    operations,
    circularity,
    timing,
    valuation,
    outlook,
    risk,
    identities,
    web,
    network,
    obligations,
    ladder,
    contagion,
    feedback,
    ownership,
    bundle,
    dollar,
    circular_value,
    dependence,
    accounting,
    press,
    multiples,
)
