{{ stage_landings('raw_files') }}
