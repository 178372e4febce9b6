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
    network,
    operations,
    outlook,
    ownership,
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
    contagion,
    feedback,
    ownership,
    bundle,
    dollar,
    circular_value,
    dependence,
    accounting,
)
