{% set cases = [
    ('a@b.cn', 'a@b.cn'), ('Wang.Fang@Example.COM', 'wang.fang@example.com'), (' a@b.cn ', 'a@b.cn'), ('a @b.cn', 'a@b.cn'),
    ('a＠b．cn', 'a@b.cn'), ('ａｂｃ１@163.com', 'abc1@163.com'), ('mailto:a@b.cn', 'a@b.cn'), ('MAILTO:A@B.CN?subject=x', 'a@b.cn'),
    ('a@b.cn;', 'a@b.cn'), ('a@b.cn,', 'a@b.cn'), ('a@b.cn.', 'a@b.cn'), ('a@b.cn。', 'a@b.cn'), ('"a@b.cn"', 'a@b.cn'), ("'a@b.cn'", 'a@b.cn'),
    ('Wang Fang <a@b.cn>', 'a@b.cn'), ('<a@b.cn>', 'a@b.cn'), ('王芳 <wf@corp.com.cn>', 'wf@corp.com.cn'), ('a+shop@b.cn', 'a@b.cn'),
    ('first.last+news@gmail.com', 'firstlast@gmail.com'), ('f.l@googlemail.com', 'fl@gmail.com'), ('first.last@qq.com', 'first.last@qq.com'),
    ('邮箱：a@b.cn', 'a@b.cn'), ('e-mail: a@b.cn', 'a@b.cn'), ('\ta@b.cn\u00a0', 'a@b.cn'), ('a@b.cn\u200b', 'a@b.cn'), ('（a@b.cn）', 'a@b.cn'),
    ('a_b-c%d@sub.mail.example.co.uk', 'a_b-c%d@sub.mail.example.co.uk'), ('123456@qq.com', '123456@qq.com'),
    ("o'brien@b.cn", "o'brien@b.cn"), ("O'Brien+x@b.cn", "o'brien@b.cn"), ('+x@b.cn', '+x@b.cn'), ('f.l+a.b@gmail.com', 'fl@gmail.com'),
    ('info@xn--fsqu00a.xn--fiqs8s', 'info@xn--fsqu00a.xn--fiqs8s'),
    ('a@b@c.cn', none), ('a@b', none), ('a@b.c', none), ('.a@b.cn', none), ('a.@b.cn', none), ('a..b@c.cn', none), ('john smith@b.cn', none),
    ('@b.cn', none), ('a@', none), ('a@.cn', none), ('a@-b.cn', none), ('a@b..cn', none), ('none', none), ('无', none),
    ('', none), (none, none), ('a@b.cn;c@d.cn', none), ('13812345678', none), ('张三@例子.中国', none),
] %}
{% set steps = {'bare': sluice.email_bare('input'), 'address': sluice.email_with_domain('bare'), 'checked': sluice.checked_email('address')} %}
{{ sluice.failing_cases(cases, sluice.email_mailbox('checked'), steps=steps) }}
