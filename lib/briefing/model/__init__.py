"""Named quantities, pure: no files, no clock, no network, no DataFrames.

Every public function of these modules is a quantity of the graph, named after what it returns.
"""

from briefing.model import (
    circularity,
    contagion,
    deal,
    feedback,
    identities,
    network,
    operations,
    preferred,
    risk,
    timing,
    valuation,
    venture,
    web,
)

MODULES = (
    deal,
    operations,
    circularity,
    timing,
    valuation,
    venture,
    preferred,
    risk,
    identities,
    web,
    network,
    contagion,
    feedback,
)
