"""Named quantities, pure: no files, no clock, no network, no DataFrames.

Every public function of these modules is a quantity of the graph, named after what it returns.
"""

from briefing.model import circularity, deal, identities, operations, risk, valuation

MODULES = (deal, operations, circularity, valuation, risk, identities)
