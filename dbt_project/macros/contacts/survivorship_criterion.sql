{#
    How good a value is by one criterion of the seed survivorship_orders, as a number, the smaller the better. quality: a full name before a
    partial one before a nickname; priority: of the source; recency: of the record; longest: of the text.
#}
{% macro survivorship_criterion(criterion) -%}
    case {{ criterion }}
        when 'quality' then defect
        when 'priority' then priority
        when 'recency' then -{{ sluice.epoch_seconds('updated_at') }}
        when 'longest' then -length(attribute_value)
        else 0
    end
{%- endmacro %}
