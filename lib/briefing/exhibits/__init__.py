"""What readers see: exhibits and sentences, as functions of the quantities that they show.

Every public function of these modules is an exhibit of the graph, named after what it shows.
"""

from briefing.exhibits import circularity, deal, risk, sources, summary, valuation

MODULES = (summary, deal, circularity, valuation, risk, sources)
