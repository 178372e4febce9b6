"""What readers see: exhibits and sentences, as functions of the quantities that they show.

Every public function of these modules is an exhibit of the graph, named after what it shows.
"""

from briefing.exhibits import (
    accounting,
    circularity,
    contagion,
    deal,
    frontier,
    headlines,
    ownership,
    parties,
    positions,
    questions,
    returns,
    risk,
    sources,
    summary,
    timing,
    valuation,
    web,
)

MODULES = (
    summary,
    headlines,
    deal,
    circularity,
    timing,
    web,
    contagion,
    questions,
    valuation,
    frontier,
    risk,
    ownership,
    parties,
    returns,
    positions,
    accounting,
    sources,
)
