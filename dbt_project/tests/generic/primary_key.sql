{# Fails with each value of the key that is null or occurs more than once: not_null and unique in one
   statement. Of a column, or of the columns that it names. #}
{% test primary_key(model, column_name=none, columns=none) %}
{% set key = columns or [column_name] %}
select {{ key | join(', ') }}, count(*) as copies
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1 or {% for column in key %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}

{% endtest %}
