{{ stage_landings('raw_hackernews') }}
