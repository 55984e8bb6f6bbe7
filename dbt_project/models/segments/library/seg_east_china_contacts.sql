select contact_id
from {{ ref('contact_facts') }}
where province in ('上海市', '江苏省', '浙江省', '安徽省', '福建省', '江西省', '山东省')
