"""What readers see: exhibits and sentences, as functions of the quantities that they show.

Every public function of these modules is an exhibit of the graph, named after what it shows.
"""

from briefing.exhibits import (
    circularity,
    commitment_questions,
    contagion,
    coverage,
    deal,
    headlines,
    ladder,
    obligations,
    questions,
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
    coverage,
    risk,
    sources,
)
