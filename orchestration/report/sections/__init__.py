"""The sections of the report, in the order in which a reader in a hurry wants them."""

from orchestration.report.sections import (
    campaigns,
    care,
    coverage,
    crises,
    scorecard,
    sentiment,
    share_of_voice,
    spike,
    topics,
    voice_of_customer,
)

SECTIONS = (
    scorecard.build,
    share_of_voice.build,
    sentiment.build,
    topics.build,
    spike.build,
    crises.build,
    campaigns.build,
    voice_of_customer.build,
    care.build,
    coverage.build,
)
"""Functions (release, scene) -> Section."""
