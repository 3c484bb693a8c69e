"""The synthetic world of the fictional brand Lumora: posts, engagement, CRM, NPS and support cases."""
