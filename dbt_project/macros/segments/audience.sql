{#
    The segment whose holdout and priority hold for a campaign, without seg_: the one that its yml names, or the only one that its SQL takes
    its contacts from. None where there is none, or where it is in doubt: orchestration/plan/audience.py reads the same, and refuses those.
#}
{% macro audience_of(meta, text) %}
    {% if meta.segment %}{{ return(meta.segment) }}{% endif %}
    {% set sql = modules.re.sub('(?s)[{]#.*?#[}]|/[*].*?[*]/|--[^\\n]*', ' ', text or '') %}
    {% set found = [] %}
    {% for first, second in modules.re.findall('\\b(?:members_of|in_segment)\\s*\\(\\s*(?:segment\\s*=\\s*)?[\'"](\\w+)[\'"]\\s*\\)|\\bref\\s*\\(\\s*(?:[\'"]\\w+[\'"]\\s*,\\s*)?[\'"]seg_(\\w+)[\'"]', sql) %}
        {% if (first or second) not in found %}{% do found.append(first or second) %}{% endif %}
    {% endfor %}
    {{ return(found[0] if found | length == 1 else none) }}
{% endmacro %}

{# The segments that campaigns are for, and those of the same groups, without seg_: what decides about a message. #}
{% macro audience_segments() %}
    {% set used, groups, found = [], [], [] %}
    {% set metas, texts = sluice.metas('activation', 'campaign_', 'campaign'), sluice.model_texts('campaign_') %}
    {% for name in sluice.models_in('activation', prefix='campaign_', with_broken=true) %}
        {% do used.append(sluice.audience_of(metas.get(name) or {}, texts.get(name[9:]))) %}
    {% endfor %}
    {% for message in sluice.journey_messages(with_broken=true) %}{% do used.append(message.segment) %}{% endfor %}
    {% set rules = sluice.metas('segments', 'seg_', 'segment') %}
    {% for name, rule in rules.items() if name[4:] in used and rule.group %}{% do groups.append(rule.group) %}{% endfor %}
    {% for name in sluice.models_in('segments', prefix='seg_') if name[4:] in used or (rules.get(name) or {}).group in groups %}
        {% do found.append(name[4:]) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
