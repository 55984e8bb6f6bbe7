{#
    A company's name without its legal form, to compare: lower case, half width, simplified, brackets opened, spaces folded, and without
    有限公司, 有限责任公司, 股份有限公司, 集团, 中国 in brackets, Co., Ltd., Inc, GmbH, LLC, Limited, Corp and the like.
    A branch stays another company (上海分公司). Null when nothing is left, or only a word for "none".
#}
{% macro normalise_company(column) -%}
    {{ return(sluice.normalise_text(sluice.company_without_form(column))) }}
{%- endmacro %}

{# The same before normalise_text(), which a model asks in a step of its own: this text is long, and would stand there twice. #}
{% macro company_without_form(column) -%}
    {% set latin_form = 'co[., ]*ltd|co[., ]*limited|company limited|pte|pvt|pty|ltd|limited|inc|incorporated|corp|corporation|co|company|gmbh|ag|kg|llc|llp|plc|b[.]?v|s[.]?a|s[.]?r[.]?l|sdn bhd|k[.]?k' %}
    {% set steps = [
        ('[(](中国|中國|china|prc)[)]', ''),
        ('[()<>]|\\[|\\]', ' '),
        ('["“”‘’《》【】「」]', ' '),
        ('[ .,、。]+$', ''),
        ('(^|[ .,]|[^a-z0-9 .,])[ ]*(' ~ latin_form ~ ')[. ]*$', '\\1'),
        ('[ .,、]+(' ~ latin_form ~ ')[. ]*$', ''),
        ('(集团)?(股份)?有限(责任)? *公司$', ''),
        ('(集团|控股集团|集团公司|总公司)$', ''),
        ('([^分子])公司$', '\\1'),
        ('集团$', ''),
        ('[ ]+(group|holdings?)$', ''),
        ('[ .,&、-]+$', ''),
        ('^[ .,&、-]+', ''),
        ('[ ]+', ' '),
    ] %}
    {% set state = namespace(sql="lower(" ~ sluice.half_width(sluice.to_simplified("cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")")) ~ ")") %}
    {% for pattern, replacement in steps %}{% set state.sql = sluice.regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    {{ return(state.sql) }}
{%- endmacro %}
