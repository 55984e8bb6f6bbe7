{% set long = 'x' * 100 %}
{% set cases = [
    ('a', 'a'), (' a ', 'a'), ('　a　', 'a'), ('\ta\t', 'a'), ('\u00a0a\u00a0', 'a'), ('\u200ba\u200b', 'a'), ('\ufeffa', 'a'), ('a\u200bb', 'ab'), ('\r\na\r\n', 'a'),
    ('a b', 'a b'), ('a  b', 'a  b'), (' \t\u00a0　\u200d', none), ('', none), (none, none), ('无', none), ('暂无', none), ('None', none), ('NULL', none), ('n/a', none),
    ('N/A', none), ('NA', none), ('-', none), (' 无 ', none), ('\u200b', none), ('Nana', 'Nana'), ('无锡', '无锡'), ('未知', none), (long, long), ("it's", "it's"), ('a\\b', 'a\\b'),
    ('👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'),
] %}
{{ sluice.failing_cases(cases, sluice.normalise_text('input')) }}
