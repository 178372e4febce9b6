"""What readers see: exhibits and sentences, as functions of the quantities that they show.

Every public function of these modules is an exhibit of the graph, named after what it shows.
"""

from briefing.exhibits import (
    accounting,
    circularity,
    commitment_questions,
    contagion,
    coverage,
    deal,
    frontier,
    headlines,
    ladder,
    obligations,
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
    ladder,
    obligations,
    commitment_questions,
    circularity,
    timing,
    web,
    contagion,
    questions,
    valuation,
    frontier,
    coverage,
    risk,
    ownership,
    parties,
    returns,
    positions,
    accounting,
    sources,
)
