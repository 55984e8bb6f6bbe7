"""Words of the product that stand in tables, in Chinese."""

from __future__ import annotations

CHINESE = {
    "yes": "是",
    "no": "否",
    # kinds and operations
    "message": "消息",
    "sync": "同步",
    "consent": "授权同意",
    "statement": "声明",
    "send": "发送",
    "suppress": "不发送",
    "hold": "暂缓",
    "entered": "进入",
    "changed": "变更",
    "exited": "退出",
    # states
    "accepted": "已接受",
    "delivered": "已送达",
    "bounced": "已退回",
    "complained": "已投诉",
    "failed": "失败",
    "retry": "待重试",
    "unknown": "未知",
    "superseded": "已被取代",
    "opened": "已打开",
    "clicked": "已点击",
    "replied": "已回复",
    "unsubscribed": "已退订",
    "granted": "已同意",
    "denied": "已拒绝",
    "withdrawn": "已撤回",
    # channels
    "email": "邮件",
    "sms": "短信",
    "wechat": "微信",
    "ads": "广告",
    "all": "全部",
    "marketing": "营销",
    "transactional": "事务",
    "advertising": "广告",
    # issues of data
    "record id on rows of one moment that differ": "同一时刻的同一记录内容不一致",
    "no record with this id": "没有该编号的记录",
    "neither a record nor a cookie": "既无记录也无 Cookie",
    "a cookie of several contacts": "一个 Cookie 对应多位联系人",
    "a cookie of nobody known": "未知访客的 Cookie",
    "status_not_understood": "状态无法识别",
}
