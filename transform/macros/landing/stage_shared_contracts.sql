{# Staging of the landing contracts that several sources share (see ingestion/landing). Rename and cast only. #}

{% macro stage_posts(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'posts') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        post_id as native_post_id,
        author_key,
        parent_post_id,
        reshared_post_id,
        _dlt_load_id as load_id,

        -- strings
        platform,
        coalesce(post_type, 'original') as post_type,
        title,
        text,
        url,
        language as language_tag,
        detected_language,
        country,

        -- numerics
        author_followers,
        {% for atom in engagement_atoms() %}{{ atom }},
        {% endfor %}
        -- booleans
        author_is_verified,
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        created_at,
        edited_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_crm_accounts(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'crm_accounts') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        account_id,
        _dlt_load_id as load_id,

        -- strings
        account_name,
        industry,
        segment,
        country,

        -- numerics
        annual_revenue,
        employees,

        -- booleans
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        created_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_crm_contacts(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'crm_contacts') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        contact_id,
        account_id,
        email_key,
        _dlt_load_id as load_id,

        -- booleans
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        created_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_crm_opportunities(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'crm_opportunities') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        opportunity_id,
        account_id,
        _dlt_load_id as load_id,

        -- strings
        product,
        stage,
        lead_source,

        -- numerics
        amount,
        social_touches,

        -- booleans
        is_won,
        is_closed,
        is_new_customer,
        is_renewal,
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        created_at,
        first_contact_at,
        closed_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_nps_responses(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'nps_responses') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        response_id,
        account_id,
        respondent_key,
        email_key,
        _dlt_load_id as load_id,

        -- strings
        product,
        segment,
        country,
        language,
        comment,

        -- numerics
        score,

        -- booleans
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        responded_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_support_cases(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'support_cases') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        case_id,
        account_id,
        customer_key,
        email_key,
        _dlt_load_id as load_id,

        -- strings
        channel,
        product,
        topic,
        text,
        language,
        status,

        -- numerics
        csat_score,

        -- booleans
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        opened_at,
        first_response_at,
        resolved_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_case_messages(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'case_messages') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        message_id,
        case_id,
        in_reply_to_message_id,
        author_key,
        _dlt_load_id as load_id,

        -- strings
        brand,
        channel,
        coalesce(message_kind, 'message') as message_kind,
        text,
        language,

        -- booleans
        is_inbound,
        needs_reply,

        -- timestamps
        sent_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_survey_invitations(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'survey_invitations') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        batch_id,
        _dlt_load_id as load_id,

        -- strings
        segment,

        -- numerics
        invitations,

        -- timestamps
        sent_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_employee_flags(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'employee_flags') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        flag_id,
        post_key,
        employee_key,
        _dlt_load_id as load_id,

        -- strings
        post_url,
        flag_kind,
        note,

        -- booleans
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        flagged_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_landings(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'landings') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        '{{ raw_schema }}' as raw_schema,
        source_name,
        resource,
        unit,
        landing_run_id,
        _dlt_load_id as load_id,

        -- strings
        message,

        -- numerics
        received,
        accepted,
        duplicate,
        quarantined,
        deleted,

        -- timestamps
        started_at,
        ended_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_reads(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'reads') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        source_name,
        unit as query,
        landing_run_id,

        -- strings
        platform,

        -- numerics
        seen,
        known,
        found_before,
        told_total,

        -- booleans
        is_back_fill,
        is_whole_hour,
        is_reread,

        -- timestamps
        hour_at,
        read_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_quarantine(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'quarantine') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        source_name,
        resource,
        unit,
        line,
        native_id,
        landing_run_id,

        -- strings
        field,
        reason,
        remedy,

        -- timestamps
        quarantined_at

    from source

)

select * from renamed
{% endmacro %}
