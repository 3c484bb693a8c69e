select
    release_id,
    run_id,
    built_at,
    data_through,
    code_version,
    metric_versions,
    model_versions,
    is_synthetic
from marts.release
