{{ stage_networks('survey_invitations', stage_survey_invitations) }}
