{% set cases = [
    ('上海', '上海', '上海市/上海市'), ('上海市', '上海市', '上海市/上海市'), ('上海', none, '上海市/上海市'), (none, 'Shanghai', '上海市/上海市'), (none, 'SHANGHAI', '上海市/上海市'),
    (none, '上海市市辖区', '上海市/上海市'), (none, '广东省深圳市', '广东省/深圳市'), (none, '广东-深圳', '广东省/深圳市'), ('广东省', ' 深圳市 ', '广东省/深圳市'), (none, '深圳', '广东省/深圳市'),
    (none, "Xi'an", '陕西省/西安市'), ('陕西', '西安', '陕西省/西安市'), ('Shaanxi', "Xi'an", '陕西省/西安市'), ('Shanxi', 'Taiyuan', '山西省/太原市'), (none, '廣東省深圳市', '广东省/深圳市'),
    (none, '上海市上海市', '上海市/上海市'), (none, '上海-上海', '上海市/上海市'), (none, '深圳市市辖区', '广东省/深圳市'), (none, '深圳市南山区', '广东省/深圳市'), (none, '广东省深圳市南山区', '广东省/深圳市'),
    ('内蒙古', '呼和浩特', '内蒙古自治区/呼和浩特市'), ('Inner Mongolia', 'Hohhot', '内蒙古自治区/呼和浩特市'), (none, '新疆维吾尔自治区乌鲁木齐市', '新疆维吾尔自治区/乌鲁木齐市'),
    (none, '新疆-乌鲁木齐', '新疆维吾尔自治区/乌鲁木齐市'), ('广西', '南宁', '广西壮族自治区/南宁市'), ('吉林', '吉林', '吉林省/吉林市'), ('吉林省', none, '吉林省/-'), (none, '吉林', '吉林省/吉林市'),
    (none, 'Suzhou', '-/Suzhou'), ('Jiangsu', 'Suzhou', '江苏省/苏州市'), ('安徽', 'suzhou', '安徽省/宿州市'), ('广东', none, '广东省/-'), (none, '广东', '广东省/-'),
    ('香港', none, '香港特别行政区/香港特别行政区'), (none, 'Hong Kong', '香港特别行政区/香港特别行政区'), ('Bavaria', ' Munich ', 'Bavaria/Munich'), (none, 'London', '-/London'), (none, none, '-/-'),
    ('无', '', '-/-'), ('深圳', none, '广东省/深圳市'), (none, '延边', '吉林省/延边朝鲜族自治州'), (none, '大理州', '云南省/大理白族自治州'), ('Guangdong Province', 'Shenzhen City', '广东省/深圳市'),
    (none, '中国上海', '上海市/上海市'), ('江苏省', '扬州市', '江苏省/扬州市'), ('四川省', '成都', '四川省/成都市'), (none, '重庆市', '重庆市/重庆市'), (none, "xi’an", '陕西省/西安市'),
] %}
select *
from (
    select cases.*,
        coalesce({{ sluice.normalise_province('cases.input_1', 'cases.input_2') }}, '-') || '/' || coalesce({{ sluice.normalise_city('cases.input_2', 'cases.input_1') }}, '-') as actual
    from (
        {{ sluice.case_rows(cases, inputs=2) }}
    ) as cases
    {{ sluice.region_joins('cases.input_1', 'cases.input_2') }}
) as outcomes
where actual <> expected
