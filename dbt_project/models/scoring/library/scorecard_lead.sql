{% set card %}
label: {en: Lead score, zh: 线索评分}
product_line: all
floor: 0
caps: {fit: 60, behaviour: 100}
bands: [{band: hot, from: 60}, {band: warm, from: 30}, {band: cold, from: 0}]
rules:
  - {rule: decision_maker, kind: fit, contact: is_decision_maker, points: 20, reason: {en: Job title of a decision maker, zh: 职位为决策者}}
  - {rule: company, kind: fit, contact: company is not null, points: 10, reason: {en: Company is known, zh: 已知公司}}
  - {rule: business_email, kind: fit, contact: email_domain_class = 'company', points: 5, reason: {en: Writes from a business address, zh: 使用企业邮箱}}
  - {rule: budget, kind: fit, contact: budget is not null, points: 10, reason: {en: Budget is known, zh: 已知预算}}
  - {rule: pricing_page, kind: behaviour, event: "event_type = 'page_view' and page = '/pricing'", within_days: 30, points: 20, half_life_days: 30, reason: {en: Visited the pricing page in the last 30 days, zh: 30 天内访问过价格页}}
  - {rule: demo_page, kind: behaviour, event: "event_type = 'page_view' and page = '/demo'", within_days: 30, points: 15, reason: {en: Visited the demo page in the last 30 days, zh: 30 天内访问过演示页}}
  - {rule: form, kind: behaviour, event: "event_type = 'form_submitted'", within_days: 90, points: 20, reason: {en: Submitted a form in the last 90 days, zh: 90 天内提交过表单}}
  - {rule: mail_click, kind: behaviour, event: "event_type = 'email_clicked'", within_days: 60, points: 10, each: true, cap: 20, half_life_days: 60, reason: {en: Clicked in mails in the last 60 days, zh: 60 天内点击过邮件}}
  - {rule: mail_open, kind: behaviour, event: "event_type = 'email_opened'", at_least: 2, within_days: 60, points: 5, reason: {en: Opened at least two mails in the last 60 days, zh: 60 天内打开过至少两封邮件}}
  - {rule: wechat, kind: behaviour, event: "event_type in ('wechat_menu_click', 'wechat_text_reply')", within_days: 60, points: 5, reason: {en: Used the WeChat menu or wrote in the last 60 days, zh: 60 天内点击过微信菜单或回复过消息}}
  - {rule: event, kind: behaviour, event: "event_type = 'event_attended'", within_days: 180, points: 10, reason: {en: Attended an event in the last 180 days, zh: 180 天内参加过活动}}
  - {rule: order, kind: behaviour, event: "event_type = 'order_placed'", within_days: 90, points: 20, reason: {en: Ordered in the last 90 days, zh: 90 天内有订单}}
  - {rule: careers_page, kind: negative, event: "event_type = 'page_view' and page = '/careers'", at_least: 2, within_days: 90, points: -15, reason: {en: Looked for a job here, zh: 多次访问招聘页}}
  - {rule: silent, kind: negative, contact: days_silent >= 60, points: -10, reason: {en: Nothing done for 60 days, zh: 60 天无任何行为}}
  - {rule: unsubscribed, kind: negative, contact: has_withdrawn, points: -20, reason: {en: Unsubscribed on some channel, zh: 已在某渠道退订}}
  - {rule: competitor, kind: negative, contact: is_competitor, points: -100, reason: {en: Works for a competitor, zh: 竞争对手的邮箱}}
  - {rule: student, kind: negative, contact: is_student, points: -30, reason: {en: A student, zh: 学生}}
{% endset %}

{{ sluice.scorecard('lead', card) }}
