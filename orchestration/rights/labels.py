"""What parts and columns of an export are called, in English and Chinese."""

from __future__ import annotations

import html

LABELS = {
    "title": ("What is held about you", "我们保存的关于您的信息"),
    "exported_at": ("Exported at (UTC)", "导出时间（UTC）"),
    "records": ("Records", "来源记录"),
    "identifiers": ("Identifiers", "标识"),
    "edges": ("Why records were joined", "记录合并依据"),
    "retired_ids": ("Merged ids", "已合并的编号"),
    "changes": ("Merges and splits", "合并与拆分"),
    "values": ("Values in use", "采用的信息"),
    "attributes": ("Attributes", "属性"),
    "consents": ("Consents", "授权同意"),
    "preferences": ("Preferences", "偏好"),
    "preference_changes": ("Changes of preferences", "偏好变更记录"),
    "preference": ("Preference", "偏好项"),
    "chats": ("What was written", "聊天记录"),
    "scores": ("Scores", "评分"),
    "score_reasons": ("Reasons of scores", "评分依据"),
    "matches": ("Probably the same person", "疑似同一人"),
    "score_changes": ("Changes of scores", "评分变化"),
    "value": ("Expected orders", "预期订单"),
    "lifecycle": ("Stages", "生命周期阶段"),
    "transitions": ("Changes of stages", "阶段变化"),
    "tags": ("Tags", "标签"),
    "attribution": ("First and last contact", "首次与最近触点"),
    "channels": ("Channels", "渠道偏好"),
    "segments": ("Segments", "分群"),
    "segment_changes": ("Changes of segments", "分群变化"),
    "messages": ("Messages decided", "消息决策"),
    "deliveries": ("Deliveries", "投递记录"),
    "why_messages": ("Why messages could be sent", "发送依据"),
    "corrections": ("Corrections", "更正记录"),
    "coupons": ("Coupons", "优惠券"),
    "owner": ("Owner", "负责人"),
    "journey_orders": ("Orders about journeys", "旅程指令"),
    "match_decisions": ("Decisions about probable matches", "疑似同人判定"),
    "events": ("Events", "行为事件"),
    "raw": ("As a source sent it", "来源原始数据"),
    "ledger_deliveries": ("Deliveries in the ledger", "账本中的投递"),
    "destinations": ("Passed on to", "已传输至"),
    "source": ("Source", "来源"),
    "record_id": ("Record", "记录编号"),
    "full_name": ("Name", "姓名"),
    "phone": ("Phone", "电话"),
    "email": ("E-mail", "邮箱"),
    "company": ("Company", "公司"),
    "city": ("City", "城市"),
    "attribute": ("Attribute", "项目"),
    "attribute_value": ("Value", "内容"),
    "channel": ("Channel", "渠道"),
    "purpose": ("Purpose", "目的"),
    "status": ("Status", "状态"),
    "stated_at": ("Stated at", "声明时间"),
    "proof": ("Proof", "凭证"),
    "text_version": ("Version of the text", "文本版本"),
    "event_type": ("Event", "事件"),
    "occurred_at": ("When", "时间"),
    "created_at": ("Created at", "创建时间"),
    "updated_at": ("Updated at", "更新时间"),
    "campaign": ("Campaign", "活动"),
    "decision": ("Decision", "决定"),
    "reason": ("Reason", "原因"),
    "destination": ("Destination", "目标系统"),
    "segment": ("Segment", "分群"),
    "tag": ("Tag", "标签"),
    "stage": ("Stage", "阶段"),
    "amount": ("Amount", "金额"),
}


def label(name: str) -> str:
    """The label, as HTML; a column without one is called as it is."""
    if name not in LABELS:
        return html.escape(name)
    english, chinese = LABELS[name]
    return f"{english} / {chinese}"
