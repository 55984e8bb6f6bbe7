{% set card %}
label: {en: Nurture score, zh: 培育评分}
product_line: all
applies_to: form_count > 0
base: 60
bands: [{band: hand_over, from: 90}, {band: mql, from: 80}, {band: nurture, from: 0}]
rules:
  - {rule: clicked_twice, kind: behaviour, event: "event_type = 'email_clicked'", after: "event_type = 'form_submitted'", within_days: 7, at_least: 2, points: 20, reason: {en: Clicked at least twice in mails within 7 days of the form, zh: 提交表单后 7 天内点击邮件至少两次}}
  - {rule: clicked_never, kind: behaviour, event: "event_type = 'email_clicked'", after: "event_type = 'form_submitted'", within_days: 7, absent: true, points: 5, reason: {en: No click within 7 days of the form, zh: 提交表单后 7 天内未点击邮件}}
{% endset %}

{{ sluice.scorecard('nurture', card) }}
