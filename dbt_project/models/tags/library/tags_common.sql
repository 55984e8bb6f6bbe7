{% set tags %}
- {tag: MQL, where: "b2b_stage in ('mql', 'sql')", reason: {en: Qualified by marketing, zh: 市场合格线索}}
- {tag: decision_maker, where: is_decision_maker, reason: {en: Job title of a decision maker, zh: 职位为决策者}}
- {tag: student, where: is_student, reason: {en: A student, zh: 学生}}
- {tag: competitor, where: is_competitor, reason: {en: Works for a competitor, zh: 竞争对手}}
- {tag: manufacturing, where: "lower(industry) like '%manufactur%' or industry like '%制造%'", reason: {en: Manufacturing, zh: 制造业}}
- {tag: enterprise, where: "lower(company_size) like '%1000%' or lower(company_size) like '%enterprise%' or company_size like '%大型%'", reason: {en: A large company, zh: 大型企业}}
- {tag: big_spender, where: order_amount >= 1000 and order_count >= 3, reason: {en: Three orders or more, of 1000 or more in all, zh: 三单以上且累计金额不低于 1000}}
- {tag: wechat_follower, where: "wechat_consent = 'granted'", reason: {en: Follows on WeChat, zh: 已关注公众号}}
{% endset %}

{{ sluice.tag_rules(tags) }}
