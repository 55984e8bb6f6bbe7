{% set cases = [
    ('{"a key": "x"}', 'x'), ('{"a key": "王芳"}', '王芳'), ('{"a key": ""}', ''), ('{"a key": null}', none), ('{"b": "x"}', none), ('{}', none),
    ('{"a key": 12}', '12'), ('{"a key": -1.5}', '-1.5'), ('{"a key": true}', 'true'), ('{"a key": "a \\"b\\" c"}', 'a "b" c'),
    ('{"a key": "it\'s"}', "it's"), ('{"a key": "x", "b": "y"}', 'x'), (' {"a key": "x"} ', 'x'), ('{"a key": "\\u4e2d"}', '中'), (none, none), ('', none),
    ('[1]', none), ('"a key"', none), ('12', none), ('null', none), ('not json', none), ('{"a key": "x"', none), ('{a key: x}', none), ('{"a key"}', none),
] %}
{{ sluice.failing_cases(cases, sluice.json_text('checked', 'a key'), steps={'checked': sluice.json_object_or_null('input')}) }}
