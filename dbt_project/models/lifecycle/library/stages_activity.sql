{% set lifecycle %}
label: {en: Activity, zh: 活跃度}
stages:
  - {stage: new, label: {en: New, zh: 新联系人}, enter: days_known < 30, reason: {en: Known for less than 30 days, zh: 建立联系不足 30 天}}
  - {stage: active, label: {en: Active, zh: 活跃}, enter: days_known >= 30, reason: {en: "Ordered, or did something, within 90 days", zh: 90 天内有订单或行为}}
  - {stage: dormant, label: {en: Dormant, zh: 沉睡}, enter: "coalesce(days_since_order, days_silent) >= 90", reason: {en: "No order, or no action of who never ordered, for 90 days", zh: 90 天无订单（从未下单者为 90 天无行为）}}
  - {stage: lost, label: {en: Lost, zh: 流失}, enter: "coalesce(days_since_order, days_silent) >= 180", reason: {en: "No order, or no action of who never ordered, for 180 days", zh: 180 天无订单（从未下单者为 180 天无行为）}}
{% endset %}

{{ sluice.lifecycle_stages('activity', lifecycle) }}
