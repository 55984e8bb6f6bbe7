{#
    An e-mail address in one form: lower case, half-width, without spaces, mailto:, a trailing ; or a plus tag.
    Null when it is not an address.
#}
{% macro normalise_email(column) -%}
    {% set half_width = "translate(lower(" ~ column ~ "), '＠．；', '@.;')" %}
    {% set bare = regexp_replace_all(half_width, '(mailto:|[ \t;　])', '') %}
    {% set untagged = regexp_replace_all(bare, '[+][^@]*@', '@') %}
    case when {{ regexp_like(untagged, '^[a-z0-9._%-]+@[a-z0-9.-]+[.][a-z]{2,}$') }} then {{ untagged }} end
{%- endmacro %}
