"""Named quantities, pure: no files, no clock, no network, no DataFrames.

Every public function of these modules is a quantity of the graph, named after what it returns.
"""

from briefing.model import (
    circularity,
    contagion,
    deal,
    feedback,
    identities,
    multiples,
    network,
    operations,
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
    risk,
    identities,
    web,
    network,
    contagion,
    feedback,
    press,
    multiples,
)
