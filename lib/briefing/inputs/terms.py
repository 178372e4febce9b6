"""Terms on which a model is sold: where, what a buyer asks, and what a page says to it."""

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Surface = Literal[
    "anthropic_api", "foundry_at_anthropic", "foundry_on_azure", "copilot", "bedrock", "vertex"
]
"""Where an enterprise can buy Claude. Foundry has two: the seller's own machines, or Azure's."""

Clause = Literal[
    "own_cloud", "cloud_terms", "eu_only", "us_only", "no_training", "no_retention", "no_review",
    "user_rights", "audit_log", "fine_tuning", "generally_available", "reserved_capacity",
    "counts_to_commitment", "cloud_discount", "one_bill", "list_price", "pinned_version",
    "retirement_notice", "uptime_credit", "ip_indemnity", "liability_cap", "behaviour",
    "health_data", "audited", "safety_tests", "default_on",
]  # fmt: skip
"""What a buyer asks; `exhibits.service_terms` has the questions in words."""

Answer = Literal["full", "part", "none", "silent"]
"""Yes, yes with conditions, or no, as the page says it; or a page that was read and does not say.

The rule by which pages of all sellers are read stands in `params/facts/README.md`. What no page
says has no fact."""

Tier = Literal["top", "large", "middle", "small"]
"""A maker's models by its own order of what they can do."""

SURFACES: tuple[str, ...] = get_args(Surface)

SURFACE_NAMES: Mapping[str, str] = {
    "anthropic_api": "Anthropic itself",
    "foundry_at_anthropic": "Foundry at Anthropic",
    "foundry_on_azure": "Foundry on Azure",
    "copilot": "Microsoft 365 Copilot",
    "bedrock": "Amazon Bedrock",
    "vertex": "Google Vertex AI",
}


ANSWERS: Mapping[str, str] = {
    "full": "Yes", "part": "In part", "none": "No", "silent": "Does not say",
}  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Term(_Part):
    """What a page answers to a buyer's question about one way to buy."""

    surface: Surface
    clause: Clause
    answer: Answer


class Price(_Part):
    """Which model a list price is for, and whether for tokens that go in or come out."""

    model: str = Field(min_length=1)
    tier: Tier
    of: Literal["input", "output"]


class Score(_Part):
    """Which model solved that part of which test, by whoever the source says."""

    model: str = Field(min_length=1)
    tier: Tier
    test: str = Field(min_length=1)


DETAILS: Mapping[str, str] = {"service_term": "term", "list_price": "price", "benchmark": "score"}
"""The field that a kind of fact needs beside the common ones, and no other kind may have."""
