{{ stage_rival_labels('raw_files') }}
