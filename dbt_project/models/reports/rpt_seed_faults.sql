{% for seed in sluice.checked_seeds() %}
{{ sluice.seed_faults(seed) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
