{% set lifecycle %}
score: shop
label: {en: Consumer, zh: 个人消费者}
stages:
  - {stage: awareness, label: {en: Awareness, zh: 认知}, enter: "true", reason: {en: Known to us, zh: 已建立联系}}
  - {stage: interest, label: {en: Interest, zh: 兴趣}, enter: score >= 20, stay: score >= 10, min_days: 7, reason: {en: Shop score of 20 or more, zh: 商城评分不低于 20}}
  - {stage: decision, label: {en: Decision, zh: 决策}, enter: score >= 40 or order_count = 1, stay: score >= 30 or order_count = 1, min_days: 7, reason: {en: "Shop score of 40 or more, or a first order", zh: 商城评分不低于 40，或已有首单}}
  - {stage: repeat, label: {en: Repeat, zh: 复购}, enter: order_count >= 2, reason: {en: Ordered again, zh: 已复购}}
  - {stage: loyal, label: {en: Loyal, zh: 忠诚}, enter: order_count >= 4 and days_since_order < 90, stay: order_count >= 4 and days_since_order < 120, reason: {en: "Four orders or more, the last within 90 days", zh: 至少四次订单且 90 天内有订单}}
{% endset %}

{{ sluice.lifecycle_stages('b2c', lifecycle) }}
