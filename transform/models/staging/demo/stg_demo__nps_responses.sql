{{ stage_nps_responses('raw_demo') }}
