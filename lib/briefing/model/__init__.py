"""Named quantities, pure: no files, no clock, no network, no DataFrames.

Every public function of these modules is a quantity of the graph, named after what it returns.
"""

from briefing.model import (
    circularity,
    contagion,
    deal,
    feedback,
    identities,
    ladder,
    network,
    obligations,
    operations,
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
    obligations,
    ladder,
    contagion,
    feedback,
)
