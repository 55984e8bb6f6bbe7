{% set lifecycle %}
score: nurture
label: {en: Business, zh: 企业客户}
applies_to: company is not null or crm_stage is not null or form_count > 0
stages:
  - {stage: prospect, label: {en: Prospect, zh: 潜客}, enter: "true", reason: {en: Known to us, zh: 已进入线索库}}
  - {stage: mql, label: {en: MQL, zh: 市场合格线索}, enter: "crm_stage = 'mql' or (coalesce(crm_stage, 'lead') = 'lead' and score >= 80 and budget is not null and is_decision_maker)", stay: "crm_stage = 'mql' or (coalesce(crm_stage, 'lead') = 'lead' and score >= 70)", min_days: 7, reason: {en: "Score of 80 or more, budget known, decision maker; or called MQL in the CRM", zh: 评分不低于 80、已知预算且为决策者，或 CRM 标记为 MQL}}
  - {stage: sql, label: {en: SQL, zh: 销售合格线索}, enter: "crm_stage in ('sql', 'opportunity')", reason: {en: Accepted by sales in the CRM, zh: 销售已在 CRM 中接受}}
  - {stage: customer, label: {en: Customer, zh: 客户}, enter: crm_stage = 'customer', reason: {en: A customer in the CRM, zh: CRM 标记为客户}}
  - {stage: at_risk, label: {en: At risk of churn, zh: 流失预警}, enter: crm_stage = 'customer' and days_silent >= 90, stay: crm_stage = 'customer' and days_silent >= 30, reason: {en: A customer who has done nothing for 90 days, zh: 客户已 90 天无任何行为}}
{% endset %}

{{ sluice.lifecycle_stages('b2b', lifecycle) }}
