{% set card %}
label: {en: Shop score, zh: 商城评分}
product_line: shop
floor: 0
ceiling: 100
bands: [{band: hot, from: 60}, {band: warm, from: 30}, {band: cold, from: 0}]
rules:
  - {rule: product_page, kind: behaviour, event: "event_type = 'page_view' and page in ('/product', '/case')", within_days: 30, points: 5, each: true, cap: 20, reason: {en: Looked at products in the last 30 days, zh: 30 天内浏览过产品}}
  - {rule: pricing_page, kind: behaviour, event: "event_type = 'page_view' and page = '/pricing'", within_days: 14, points: 20, half_life_days: 14, reason: {en: Looked at prices in the last 14 days, zh: 14 天内查看过价格}}
  - {rule: miniapp, kind: behaviour, event: "event_type = 'wechat_miniapp_open'", within_days: 30, points: 10, reason: {en: Opened the mini program in the last 30 days, zh: 30 天内打开过小程序}}
  - {rule: follows, kind: fit, contact: wechat_consent = 'granted', points: 10, reason: {en: Follows on WeChat, zh: 已关注公众号}}
  - {rule: buyer, kind: fit, contact: order_count >= 1, points: 20, reason: {en: Ordered before, zh: 有过订单}}
  - {rule: repeat_buyer, kind: fit, contact: order_count >= 3, points: 20, reason: {en: Ordered at least three times, zh: 至少三次订单}}
  - {rule: cancelled, kind: negative, event: "event_type in ('order_cancelled', 'order_refunded')", within_days: 60, points: -10, each: true, cap: 20, reason: {en: Cancelled or returned in the last 60 days, zh: 60 天内取消或退货}}
  - {rule: lapsed, kind: negative, contact: days_since_order >= 180, points: -20, reason: {en: No order for 180 days, zh: 180 天无订单}}
{% endset %}

{{ sluice.scorecard('shop', card) }}
