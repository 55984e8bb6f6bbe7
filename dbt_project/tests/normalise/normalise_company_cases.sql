{% set cases = [
    ('某某1科技有限公司', '某某1科技'), ('某某1科技', '某某1科技'), ('某某1科技（中国）有限公司', '某某1科技'), ('某某1科技股份有限公司', '某某1科技'),
    ('某某1科技 Co., Ltd.', '某某1科技'), ('某某1科技有限公司 ', '某某1科技'), ('某某1科技有限责任公司', '某某1科技'), ('某某集团', '某某'), ('某某集团有限公司', '某某'),
    ('某某集团股份有限公司', '某某'), ('腾讯科技（深圳）有限公司', '腾讯科技 深圳'), ('騰訊科技有限公司', '腾讯科技'), ('Acme Inc', 'acme'), ('ACME, Inc.', 'acme'), ('Acme GmbH', 'acme'),
    ('Acme LLC', 'acme'), ('Acme Limited', 'acme'), ('Acme Corp.', 'acme'), ('Acme Corporation', 'acme'), ('Acme Pte. Ltd.', 'acme'),
    ('Acme (China) Co., Ltd.', 'acme'), ('Acme Trading Co.,Ltd', 'acme trading'), ('ＡＣＭＥ　Ｉｎｃ．', 'acme'), ('  Acme   Foods  ', 'acme foods'), ('某某上海分公司', '某某上海分公司'),
    ('Marco', 'marco'), ('Zinc', 'zinc'), ('Acme Group', 'acme'), ('某某总公司', '某某'), ('AT&T', 'at&t'), ('无', none), ('', none), (none, none), ('N/A', none),
    ('有限公司', none), ('暂无', none),
] %}
{{ sluice.failing_cases(cases, sluice.normalise_company('input')) }}
