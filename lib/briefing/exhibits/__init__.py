"""What readers see: exhibits and sentences, as functions of the quantities that they show.

Every public function of these modules is an exhibit of the graph, named after what it shows.
"""

from briefing.exhibits import (
    answers,
    circularity,
    contagion,
    deal,
    headlines,
    press,
    questions,
    risk,
    rounds,
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
    rounds,
    press,
    answers,
    risk,
    sources,
)
