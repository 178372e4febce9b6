"""Named quantities, pure: no files, no clock, no network, no DataFrames.

Every public function of these modules is a quantity of the graph, named after what it returns.
"""

MODULES = (
    "deal",
    "operations",
    "circularity",
    "timing",
    "valuation",
    "outlook",
    "venture",
    "preferred",
    "risk",
    "renegotiation",
    "identities",
    "web",
    "network",
    "tenants",
    "obligations",
    "ladder",
    "buildout",
    "energy",
    "contagion",
    "feedback",
    "ownership",
    "bundle",
    "dollar",
    "circular_value",
    "dependence",
    "accounting",
    "press",
    "multiples",
    "decisions",
    "concentration",
    "remedies",
    "lockin",
    "routing",
    "access",
)
"""Those whose functions are of the graph, imported by it: who draws a page needs none."""
