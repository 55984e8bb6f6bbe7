{% set cases = [
    ('tb_1a2b3c4d', 'true'), ('wx12ab56', 'true'), ('🌸芳', 'true'), ('🌸芳敏', 'true'), ('3号伟', 'true'), ('用户8827', 'true'), ('匿名', 'true'), ('微信用户', 'true'),
    ('test', 'true'), ('Admin', 'true'), ('happy_cat', 'true'), ('a@b.cn', 'true'), ('13812345678', 'true'), ('~芳~', 'true'), ('张三李四王五赵六', 'true'), ('☀阳光', 'true'),
    ('１２３', 'true'), ('测试账号', 'true'),
    ('王芳', 'false'), ('王*芳', 'false'), ('王先生', 'false'), ('Wang Fang', 'false'), ("O'Brien", 'false'), ('王芳（13812345678）', 'false'), ('', 'false'), (none, 'false'),
    ('欧阳娜娜', 'false'), ('Jean-Luc Picard', 'false'),
] %}
{{ sluice.failing_cases(cases, sluice.name_is_nickname('input')) }}
