{{ stage_landings('raw_feeds') }}
