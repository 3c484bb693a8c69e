{{ stage_landings('raw_demo') }}
