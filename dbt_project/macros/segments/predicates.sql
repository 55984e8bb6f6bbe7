{#
    The words of a segment: each is a condition on contact_id, to be joined by `and`, `or` and `not`. The comment in it is what `sluice segments
    explain` shows. A new word is a macro here, a line in docs/segments.md, a stand-in in tests/sqlfluff_library.
#}

{#
    Did `event_type` at least `at_least` times, machines left out. `where` is SQL on the event: page, form, campaign, product, stage, menu_key,
    message_kind (all names of its subject), amount, utm_source, qr_code. `within` is a window that ends at as_of(): '7 days', '24 hours', '2 weeks'.
#}
{% macro performed(event_type, where=none, at_least=1, within=none) -%}
    contact_id {{ sluice.segment_words('performed ' ~ event_type, where, at_least, within) | trim }} in ({{ sluice.performers(event_type, where, at_least, within) }})
{%- endmacro %}

{# Did it fewer than `at_least` times: those who never did anything count too. #}
{% macro not_performed(event_type, where=none, at_least=1, within=none) -%}
    not (contact_id {{ sluice.segment_words('did not perform ' ~ event_type, where, at_least, within) | trim }} in ({{ sluice.performers(event_type, where, at_least, within) }}))
{%- endmacro %}

{# Has the tag, by rule or by hand. #}
{% macro has_tag(tag) -%}
    contact_id /* has the tag {{ tag | replace('*/', '') }} */ in (
        select t.contact_id from {{ ref('contact_tags') }} as t where t.tag = {{ sluice.text_literal(tag) }}
    )
{%- endmacro %}

{# Total of a score model at or above `points`. #}
{% macro score_at_least(score_model, points) -%}
    {{ sluice.depend_on('scoring', 'scorecard_', score_model, 'score_at_least') }}
    contact_id /* {{ score_model }} score at least {{ points }} */ in (
        select s.contact_id from {{ ref('contact_scores') }} as s where s.score_model = '{{ score_model }}' and s.total >= {{ points | int }}
    )
{%- endmacro %}

{# Stands in one of the stages of a lifecycle: in_stage('b2b', 'mql', 'sql'). #}
{% macro in_stage(lifecycle) -%}
    {{ sluice.depend_on('lifecycle', 'stages_', lifecycle, 'in_stage') }}
    contact_id /* {{ lifecycle }} stage is {{ varargs | join(' or ') }} */ in (
        select l.contact_id
        from {{ ref('contact_lifecycle') }} as l
        where l.lifecycle = {{ sluice.text_literal(lifecycle) }} and l.stage in ({{ sluice.text_literals(varargs) }})
    )
{%- endmacro %}

{# Granted consent for the channel, and never withdrew it. #}
{% macro consented_to(channel, purpose='marketing') -%}
    contact_id /* consented to {{ purpose }} by {{ channel }} */ in (
        select k.contact_id
        from {{ ref('contact_consents') }} as k
        where k.channel = '{{ channel }}' and k.purpose = '{{ purpose }}' and k.status = 'granted'
    )
{%- endmacro %}

{#
    Has an address on the channel (email, sms, wechat), and for marketing consent to it: nothing that is known today speaks against a message there.
    A message may still be suppressed, as one to an address that bounced.
#}
{% macro reachable_by(channel, purpose='marketing') -%}
    {% set address = {'email': 'email', 'sms': 'phone', 'wechat': 'openid'}.get(channel) %}
    {% if not address and execute %}{{ exceptions.raise_compiler_error(model.original_file_path ~ ": reachable_by knows email, sms and wechat, not " ~ channel) }}{% endif %}
    contact_id /* reachable by {{ channel }} for {{ purpose }} */ in (
        select r.contact_id
        from {{ ref('dim_contacts') }} as r
        {% if purpose != 'transactional' %}inner join {{ ref('contact_consents') }} as g
            on r.contact_id = g.contact_id and g.channel = '{{ channel }}' and g.purpose = {{ sluice.text_literal(purpose) }} and g.status = 'granted'
        {% endif %}

        where r.{{ address or 'email' }} is not null and not r.is_deleted
    )
{%- endmacro %}

{# Acts on this channel more than on others, of the last 180 days: email, sms or wechat. Nobody who acts on none. #}
{% macro prefers(channel) -%}
    contact_id /* prefers {{ channel }} */ in (
        select p.contact_id from {{ ref('contact_channels') }} as p where p.preferred_channel = {{ sluice.text_literal(channel) }}
    )
{%- endmacro %}

{# Granted that their data go to advertising platforms, which is a consent of its own. A sync to one must ask for it. #}
{% macro consented_to_ads() -%}
    {{ sluice.consented_to('ads', purpose='advertising') }}
{%- endmacro %}

{# Is in another segment of this run. A name that is none, or a cycle, fails this segment alone, when it is built. #}
{% macro in_segment(segment) -%}
    contact_id /* in the segment {{ segment }} */ in (select o.contact_id from {{ sluice.segment_relation(segment, 'in_segment') }} as o)
{%- endmacro %}

{# The opposite of in_segment(). #}
{% macro not_in_segment(segment) -%}
    not (contact_id /* not in the segment {{ segment }} */ in (select o.contact_id from {{ sluice.segment_relation(segment, 'not_in_segment') }} as o))
{%- endmacro %}
