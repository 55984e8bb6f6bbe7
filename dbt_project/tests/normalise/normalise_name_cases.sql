{% set cases = [
    ('王芳', '王芳'), (' 王芳　', '王芳'), ('王 芳', '王芳'), ('王　小　明', '王小明'), ('王芳（王总）', '王芳'), ('王芳(销售部)', '王芳'), ('王芳【VIP】', '王芳'),
    ('王先生', '王'), ('王芳女士', '王芳'), ('欧阳小姐', '欧阳'), ('李老师', '李'), ('王总', '王'), ('王总经理', '王'), ('王芳经理', '王芳'), ('张教授', '张'),
    ('張偉', '张伟'), ('劉曉東', '刘晓东'), ('陳淑芬', '陈淑芬'), ('Ｗａｎｇ　Ｆａｎｇ', 'wang fang'), ('Mr. Smith', 'smith'), ('Mrs Jane Doe', 'jane doe'),
    ('Dr.John  Smith', 'john smith'), ('Ms Wang', 'wang'), ('🌸芳', '芳'), ('王芳😀', '王芳'), ('王*芳', '王*芳'), ('王＊芳', '王*芳'), ('WANG FANG', 'wang fang'),
    ('Fang, Wang', 'fang wang'), ('买买提•艾力', '买买提·艾力'), ('\u200b王芳\ufeff', '王芳'), ('\t王芳\n', '王芳'), ('无', none), ('', none), (none, none), ('🌸', none),
    ('李国总', '李国总'), ('先生', '先生'), ("O'Brien Pat", "o'brien pat"), ('José García', 'josé garcía'), ('（测试）', none), ('匿名', '匿名'),
    ('Miranda Lee', 'miranda lee'),
] %}
{{ sluice.failing_cases(cases, sluice.normalise_name('input')) }}
