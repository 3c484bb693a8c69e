{{ stage_survey_invitations('raw_demo') }}
