{% set cases = [
    ('Wang Fang', 'fang wang'), ('Fang Wang', 'fang wang'), ('wangfang', 'fang wang'), ('FANG, WANG', 'fang wang'), ('王芳', '王芳'), ('王 芳', '王芳'),
    ('張偉', '张伟'), ('Wang Xiaoming', 'wang xiaoming'), ('Wang Xiao Ming', 'wang xiaoming'), ('Xiao-Ming Wang', 'wang xiaoming'),
    ('wangxiaoming', 'wang xiaoming'), ('Xiaoming Wang', 'wang xiaoming'), ('Ouyang Nana', 'nana ouyang'), ('ouyangnana', 'nana ouyang'),
    ('John Smith', 'john smith'), ('Smith John', 'john smith'), ('John Michael Smith', 'johnmichael smith'), ('Mr. John Smith', 'john smith'),
    ("Li Xi'an", 'li xian'), ('Lucy', 'lucy'), ('Linda', 'linda'), ('王芳女士', '王芳'), (none, none), ('无', none), ('王*芳', '王*芳'),
    ('Lv Bu', 'bu lv'), ('Zhuge Liang', 'liang zhuge'),
] %}
{{ sluice.failing_cases(cases, sluice.name_key('input')) }}
