{% set cases = [
    ('王芳', '李芳', 'true'), ('王芳', '王磊', 'true'), ('王小明', '王建国', 'true'), ('张伟', '章伟', 'false'), ('王伟', '王玮', 'false'), ('王芳', '王芳芳', 'false'),
    ('王小明', '王明', 'false'), ('張偉', '张伟', 'false'), ('王芳', '王芳', 'false'), ('欧阳娜娜', '欧阳芳', 'true'), ('欧阳娜', '欧阳娜娜', 'false'), ('王建国', '王国建', 'false'),
    ('王亭', '王婷', 'false'), ('陈方安生', '方安生', 'false'), ('余芳', '于芳', 'false'), ('余芳', '于磊', 'true'),
    ('王芳', 'Wang Fang', 'false'), ('王芳', 'fang wang', 'false'), ('王芳', 'wangfang', 'false'), ('王芳', 'Wang Lei', 'true'), ('王芳', 'Li Na', 'true'),
    ('王芳', 'Lucy Wang', 'false'), ('王小明', 'Xiaoming Wang', 'false'), ('王小明', 'Wang Xiao Ming', 'false'), ('王小明', 'Wang Ming', 'false'),
    ('王芳', 'Wamg Fang', 'false'), ('王芳', 'John Smith', 'true'), ('王芳', 'zhanglei', 'true'), ('曾芳', 'Zeng Fang', 'false'), ('吕布', 'Lv Bu', 'false'),
    ('Wang Fang', 'wangfang', 'false'), ('Wang Fang', 'Wang Lei', 'true'), ('John Smith', 'Jon Smith', 'false'), ('John Smith', 'Smith, John', 'false'),
    ('John Smith', 'J. Smith', 'false'), ('John Smith', 'Mary Jones', 'true'), ('John Smith', 'Mary Smith', 'true'), ('Robert Alan', 'Robert Allen', 'false'), ('Bill Smith', 'William Smith', 'false'), ('John Michael Smith', 'John Smith', 'false'),
    ('王先生', '李芳', 'false'), ('王*芳', '李芳', 'false'), ('tb_1a2b3c4d', '李芳', 'false'), ('🌸芳', '李磊', 'false'), ('Lucy', '李磊', 'false'), (none, '李磊', 'false'),
    ('小王', '李芳', 'false'), ('王总', '李总', 'false'),
] %}
{% set rows %}(
    {% for case in cases %}
        select {{ loop.index }} as case_id, {{ sluice.text_literal(case[0]) }} as name_a, {{ sluice.text_literal(case[1]) }} as name_b, '{{ case[2] }}' as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
) as cases{% endset %}
select *
from (
    select a.name as name_a, b.name as name_b, c.name_a as input_a, c.name_b as input_b, c.expected,
        cast({{ sluice.names_contradict('a', 'b') }} as {{ dbt.type_string() }}) as actual,
        cast({{ sluice.names_contradict('b', 'a') }} as {{ dbt.type_string() }}) as reversed
    from (select * from {{ rows }}) as c
    inner join ({{ sluice.name_parts(rows, 'case_id', 'name_a') }}) as a on c.case_id = a.case_id
    inner join ({{ sluice.name_parts(rows, 'case_id', 'name_b') }}) as b on c.case_id = b.case_id
) as outcomes
where actual <> expected or reversed <> expected
