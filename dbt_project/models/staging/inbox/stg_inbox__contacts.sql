{#- of each column what was said last: an event names what it knows, and leaves the rest as it was; a back-test knows all people of today -#}
{% set columns = [
    'user_id', 'cookie_id', 'email', 'phone', 'full_name', 'given_name', 'surname', 'job_title', 'birth_date', 'gender', 'language', 'unionid',
    'province', 'city', 'country', 'postcode', 'industry', 'company_size', 'budget', 'company', 'address', 'traits'
] %}

with records as (
    select
        record_id,
        {% for column in columns %}
        substr(max(sequence || {{ column }}), 33) as {{ column }},
        {% endfor %}
        min(occurred_at) as created_at,
        max(occurred_at) as updated_at
    from {{ source('inbox', 'people') }}
    {% if not var('backtest', {}) %}
    where received_at <= {{ sluice.as_of() }}
    {% endif %}
    group by record_id
),

final as (
    select
        {{ sluice.contact_record('inbox',
            record_id='record_id', full_name='full_name', given_name='given_name', surname='surname', email='email', phone='phone', unionid='unionid',
            cookie_id='cookie_id', birth_date='birth_date', company='company', industry='industry', company_size='company_size', job_title='job_title',
            budget='budget', gender='gender', address='address', postcode='postcode', province='province', city='city', country='country',
            language='language', identifiers={'user_id': 'user_id'}, attributes='traits', created_at='created_at', updated_at='updated_at') }}
    from records
)

select * from final
