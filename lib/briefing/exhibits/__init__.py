"""What readers see: exhibits and sentences, as functions of the quantities that they show.

Every public function of these modules is an exhibit of the graph, named after what it shows.
"""

from briefing.exhibits import (
    circularity,
    contagion,
    deal,
    headlines,
    questions,
    risk,
    sources,
    summary,
    timing,
    valuation,
    web,
    what_if,
)

MODULES = (
    summary,
    headlines,
    what_if,
    deal,
    circularity,
    timing,
    web,
    contagion,
    questions,
    valuation,
    risk,
    sources,
)
