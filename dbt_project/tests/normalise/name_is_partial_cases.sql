{% set cases = [
    ('王芳', 'false'), ('王小明', 'false'), ('欧阳娜娜', 'false'), ('wang fang', 'false'), ('wangfang', 'false'), ('John Smith', 'false'), ('W. Fang', 'false'),
    ('王*芳', 'true'), ('王**', 'true'), ('王＊芳', 'true'), ('王先生', 'true'), ('李女士', 'true'), ('王总', 'true'), ('王', 'true'), ('欧阳', 'true'), ('欧阳先生', 'true'),
    ('王某', 'true'), ('王某某', 'true'), ('小王', 'true'), ('张姐', 'true'), ('Lucy', 'true'), ('Mr. Wang', 'true'), ('Linda', 'true'), ('买买提·艾力', 'true'),
    ('tb_1a2b3c4d', 'false'), ('wx12ab56', 'false'), ('🌸芳', 'false'), ("Sean O'Brien", 'false'), ('陈方安生', 'false'),
] %}
{{ sluice.failing_cases(cases, sluice.name_is_partial('input')) }}
