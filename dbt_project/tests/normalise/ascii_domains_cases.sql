{% set cases = [
    ('例子.中国', 'xn--fsqu00a.xn--fiqs8s'), ('bücher.example', 'xn--bcher-kva.example'), ('firm.example', 'firm.example'),
    ('mail.例子.中国', 'mail.xn--fsqu00a.xn--fiqs8s'), ('xn--fsqu00a.xn--fiqs8s', 'xn--fsqu00a.xn--fiqs8s'), ('faß.de', 'xn--fa-hia.de'),
    ('他们为什么不说中文.cn', 'xn--ihqwcrb4cv8a8dqg056pqjye.cn'), ('почемужеонинеговорятпорусски.рф', 'xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.xn--p1ai'),
    ('pročprostěnemluvíčesky.cz', 'xn--proprostnemluvesky-uyb24dma41a.cz'), ('なぜみんな日本語を話してくれないのか.jp', 'xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa.jp'),
    ('ليهمابتكلموشعربي.eg', 'xn--mgbcah9ar9a4efegftvvn.eg'), ('3年b組金八先生.jp', 'xn--3b-ww4c5e180e575a65lsy2b.jp'),
    ('安室奈美恵-with-super-monkeys.jp', 'xn---with-super-monkeys-pc58ag80a8qai00g7n9n.jp'), ('παράδειγμα.δοκιμή', 'xn--hxajbheg2az3al.xn--jxalpdlp'),
    ('한국.kr', 'xn--3e0b707e.kr'), ('münchen.de', 'xn--mnchen-3ya.de'), ('ñ.es', 'xn--ida.es'), ('中国', 'xn--fiqs8s'), ('中中中.cn', 'xn--fiqaa.cn'),
    ('例子..中国', none), ('例“子.中国', none), ('例子@中国', none), ('例 子.中国', none), ('ａ例.cn', none),
] %}
{% set rows %}({{ sluice.case_rows(cases) }}) as cases{% endset %}
select cases.input, cases.expected, d.ascii_domain as actual
from {{ rows }}
inner join ({{ sluice.ascii_domains('(' ~ sluice.case_rows(cases) ~ ') as typed', 'input') }}) as d on cases.input = d.input
where coalesce(d.ascii_domain, '<null>') <> coalesce(cases.expected, '<null>')
