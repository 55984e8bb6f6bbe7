
    -- Build actual result given inputs
with dbt_internal_unit_test_actual as (
  select
    "contact_id","rule","points", 'actual' as "actual_or_expected"
  from (
    with  __dbt__cte__score_rules as (

-- Fixture for score_rules
select 
    
    cast('lead' as character varying)
 as "score_model", 
    
    cast('pricing' as character varying)
 as "rule", 
    
    cast('engagement' as character varying)
 as "kind", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('/pricing' as character varying)
 as "subject", 
    
    cast(2 as INTEGER)
 as "at_least", 
    
    cast(30 as INTEGER)
 as "within_days", cast(null as character varying(256)) as "attribute", cast(null as character varying(256)) as "value_like", 
    
    cast(20 as INTEGER)
 as "points", cast(null as character varying(256)) as "reason_en", cast(null as character varying(256)) as "reason_zh"
union all
select 
    
    cast('lead' as character varying)
 as "score_model", 
    
    cast('chief' as character varying)
 as "rule", 
    
    cast('fit' as character varying)
 as "kind", cast(null as character varying(256)) as "event_type", cast(null as character varying(256)) as "subject", cast(null as INTEGER) as "at_least", cast(null as INTEGER) as "within_days", 
    
    cast('job_title' as character varying)
 as "attribute", 
    
    cast('ceo' as character varying)
 as "value_like", 
    
    cast(10 as INTEGER)
 as "points", cast(null as character varying(256)) as "reason_en", cast(null as character varying(256)) as "reason_zh"
),  __dbt__cte__contact_events as (

-- Fixture for contact_events
select cast(null as BIGINT) as "event_key", 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-21 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-21 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(True as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(3 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-05-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(3 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-05-30 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(4 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/blog' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(4 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-21 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/blog' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
),  __dbt__cte__int_contact_values as (

-- Fixture for int_contact_values
select 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "record_id", cast(null as TIMESTAMP) as "updated_at", cast(null as BOOLEAN) as "is_deleted", 
    
    cast('job_title' as character varying)
 as "attribute", 
    
    cast('CEO' as character varying)
 as "attribute_value", 
    
    cast(1 as BIGINT)
 as "value_rank"
union all
select 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "record_id", cast(null as TIMESTAMP) as "updated_at", cast(null as BOOLEAN) as "is_deleted", 
    
    cast('job_title' as character varying)
 as "attribute", 
    
    cast('CEO' as character varying)
 as "attribute_value", 
    
    cast(2 as BIGINT)
 as "value_rank"
), rules as (
    select * from __dbt__cte__score_rules
),

score_behaviour as (
    select e.contact_id, r.score_model, r.rule
    from rules as r
    inner join __dbt__cte__contact_events as e
        on r.event_type = e.event_type
        and (r.subject is null or r.subject = e.subject)
        and cast(cast(cast('2026-06-29 13:00:00' as timestamp) as date) - cast(e.occurred_at as date) as integer) < r.within_days
    where r.kind = 'engagement' and not e.is_machine
    group by e.contact_id, r.score_model, r.rule, r.at_least
    having count(*) >= r.at_least
),

score_fit as (
    select v.contact_id, r.score_model, r.rule
    from rules as r
    inner join __dbt__cte__int_contact_values as v
        on r.attribute = v.attribute and lower(v.attribute_value) like r.value_like
    where r.kind = 'fit' and v.value_rank = 1
),

matches as (
    select * from score_behaviour
    union all
    select * from score_fit
),

final as (
    select m.contact_id, m.score_model, m.rule, r.kind, r.points, r.reason_en, r.reason_zh
    from matches as m
    inner join rules as r on m.score_model = r.score_model and m.rule = r.rule
)

select * from final
  ) _dbt_internal_unit_test_actual
),
-- Build expected result
dbt_internal_unit_test_expected as (
  select
    "contact_id", "rule", "points", 'expected' as "actual_or_expected"
  from (
    select 
    
    cast(1 as BIGINT)
 as "contact_id", 
    
    cast('pricing' as character varying)
 as "rule", 
    
    cast(20 as INTEGER)
 as "points"
union all
select 
    
    cast(1 as BIGINT)
 as "contact_id", 
    
    cast('chief' as character varying)
 as "rule", 
    
    cast(10 as INTEGER)
 as "points"
  ) _dbt_internal_unit_test_expected
)
-- Union actual and expected results
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected