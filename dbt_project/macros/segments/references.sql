{#
    The relation of a segment. A name that is none, or a use that closes a cycle, makes no edge while dbt parses, and raises when the model
    that uses it is compiled: so dbt can still build everything else (docs/decisions/0008).
#}
{% macro segment_relation(segment, used_as) -%}
    {% if execute and not graph.nodes %}{{ return(sluice.model_ref('seg_' ~ segment)) }}{% endif %}
    {% do sluice.refuse_if_off('segments', 'seg_' ~ segment, used_as ~ "('" ~ segment ~ "')") %}
    {% set problem = sluice.segment_problem(segment, used_as) %}
    {% if not problem %}{{ return(sluice.model_ref('seg_' ~ segment)) }}{% endif %}
    {% if execute %}{{ exceptions.raise_compiler_error(problem) }}{% endif %}
    {{ return('nothing') }}
{%- endmacro %}

{#
    While dbt parses: raises when a model that is used is there, but switched off. Nothing is built then: it is a fault of dbt_project.yml, and
    the error has the line for it.
#}
{% macro refuse_if_off(folder, name, used_as) %}
    {% if execute %}{{ return('') }}{% endif %}
    {% set found = sluice.model_files(folder, name, name) | selectattr('name', 'equalto', name) | list %}
    {% if found and not found | selectattr('is_enabled') | list and sluice.is_this_enabled() %}
        {% set levels = ['models', found[0].package] + found[0].folders + [name, '+enabled: true'] %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ': ' ~ used_as ~ ' uses ' ~ name ~ ', which is switched off; write in dbt_project.yml '
            ~ levels | join(': ')) }}
    {% endif %}
{% endmacro %}

{# Whether the model that is parsed is switched on: dbt parses those that are off too. #}
{% macro is_this_enabled() %}
    {% for found in sluice.model_files(model.fqn[1], model.name, model.name) if found.package == model.package_name and found.name == model.name %}
        {{ return(found.is_enabled) }}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}

{# What is wrong with using a segment here, with the fix; '' when nothing is. #}
{% macro segment_problem(segment, used_as) %}
    {% set names = sluice.segment_names() %}
    {% if segment not in names %}
        {{ return(used_as ~ "('" ~ segment ~ "'): there is no models/segments/seg_" ~ segment ~ ".sql; write one, or use one of " ~ names | join(', ')) }}
    {% endif %}
    {% if model.name[:4] == 'seg_' and model.name[4:] in sluice.segments_under(segment) %}
        {{ return(used_as ~ "('" ~ segment ~ "'): " ~ segment ~ " itself leads back to " ~ model.name[4:] ~ "; take one of the two uses out") }}
    {% endif %}
    {{ return('') }}
{% endmacro %}

{# Names of all segments, without seg_. #}
{% macro segment_names() %}
    {% set names = [] %}
    {% for name in sluice.models_in('segments', prefix='seg_', with_broken=true) %}{% do names.append(name[4:]) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}

{# A segment and every segment it uses, directly or through others. #}
{% macro segments_under(segment) %}
    {% set found, texts = [segment], sluice.model_texts('seg_') %}
    {% for name in found %}
        {% for used in modules.re.findall('in_segment\\(\\s*[\'"](\\w+)', texts.get(name, '')) if used not in found %}
            {% do found.append(used) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# {name without prefix: SQL as written} of the models so named. While dbt parses, the files are all there is. #}
{% macro model_texts(prefix) %}
    {% set texts, size = {}, prefix | length %}
    {% if execute %}
        {% for node in graph.get('nodes', {}).values() if node.resource_type == 'model' and node.name.startswith(prefix) %}
            {% do texts.update({node.name[size:]: node.raw_code}) %}
        {% endfor %}
    {% else %}
        {% for file_id, file in builtins.ref.manifest.files.items() if file.parse_file_type == 'model' and file_id.split('/')[-1].startswith(prefix) %}
            {% do texts.update({file_id.split('/')[-1].rsplit('.', 1)[0][size:]: file.contents or ''}) %}
        {% endfor %}
    {% endif %}
    {{ return(texts) }}
{% endmacro %}

{#
    For words that name a model by its file (a score model, a lifecycle): an edge to that model, so that a broken one stops who uses it.
    A name that is none raises when the user is compiled, and says which there are. In a unit test there is no graph, and nothing to do.
#}
{% macro depend_on(folder, prefix, name, used_as) -%}
    {% if execute and not graph.nodes %}{{ return('') }}{% endif %}
    {% do sluice.refuse_if_off(folder, prefix ~ name, used_as ~ "('" ~ name ~ "')") %}
    {% set names = sluice.models_in(folder, prefix=prefix, with_broken=true) %}
    {% if prefix ~ name in names %}
        {% do sluice.model_ref(prefix ~ name) %}
    {% elif execute %}
        {{ exceptions.raise_compiler_error(used_as ~ "('" ~ name ~ "'): there is no models/" ~ folder ~ "/" ~ prefix ~ name ~ ".sql; use one of "
            ~ names | join(', ') | replace(prefix, '')) }}
    {% endif %}
{%- endmacro %}

{# Contacts with their total and band in a score model, for syncs and lifecycles. #}
{% macro score_of(score_model) -%}
    {% do sluice.depend_on('scoring', 'scorecard_', score_model, 'score_of') %}
    (select s.contact_id, s.total, s.band from {{ ref('contact_scores') }} as s where s.score_model = '{{ score_model }}')
{%- endmacro %}

{# Contacts with their stage in a lifecycle. #}
{% macro stage_of(lifecycle) -%}
    {% do sluice.depend_on('lifecycle', 'stages_', lifecycle, 'stage_of') %}
    (select l.contact_id, l.stage, l.entered_at from {{ ref('contact_lifecycle') }} as l where l.lifecycle = '{{ lifecycle }}')
{%- endmacro %}

{#
    The members of a segment and since when they are, under today's ids. Of all segments only this one is an edge of the graph, so it alone
    stops who uses it. What earlier runs saw is read from the history without an edge: this run appends to it nothing that is earlier.
#}
{% macro members_of(segment) -%}
    {% set members, changes = sluice.segment_relation(segment, 'members_of'), sluice.existing_relation('segment_changes') %}
    {% if not execute %}{% do ref('contact_aliases') %}{% endif %}
    (
        select m.contact_id, {{ 'coalesce(e.entered_at, ' ~ sluice.as_of() ~ ')' if changes else sluice.as_of() }} as entered_at
        from (select distinct contact_id from {{ members }} where contact_id is not null) as m
        {% if changes %}
        {% set earlier = "h.segment = '" ~ segment ~ "' and h.changed_at < " ~ sluice.as_of() %}
        left join ({{ sluice.members_by_history(changes, only=earlier) }}) as e on m.contact_id = e.contact_id
        {% endif %}
    )
{%- endmacro %}
