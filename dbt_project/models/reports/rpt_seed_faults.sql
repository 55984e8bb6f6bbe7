{% for seed in checked_seeds() %}
{{ seed_faults(seed) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
