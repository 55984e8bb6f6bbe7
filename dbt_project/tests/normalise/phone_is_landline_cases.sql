{% set cases = [
    ('021-61234567', 'true'), ('(0755) 8123 4567', 'true'), ('+86 21 6123 4567', 'true'), ('02161234567', 'true'), ('0531-8123456', 'true'),
    ('021-61234567转8001', 'true'), ('010-65123456', 'true'), ('0335-3012345', 'true'), ('0991-2345678', 'true'), ('0086 10 6512 3456', 'true'),
    ('13812345678', 'false'), ('+8619912345678', 'false'), ('013812345678', 'false'), ('+1 415 555 2671', 'false'), ('+442079460958', 'false'),
    ('400-812-3456', 'false'), ('10086', 'false'), ('无', 'false'), ('', 'false'), (none, 'false'),
] %}
{{ sluice.failing_cases(cases, sluice.phone_is_landline(sluice.normalise_phone('input'))) }}
