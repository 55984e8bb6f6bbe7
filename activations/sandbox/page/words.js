"use strict";
// every word of the page, in both languages
const WORDS = {
  en: {
    sandbox: "sandbox", lead: "What each recipient really received. Nothing here has left this machine.",
    search: "Name, e-mail, phone or openid", total: (n, shown) => `${n.toLocaleString("en")} recipients${shown < n ? `, the latest ${shown} shown` : ""}`,
    nobody: "Nobody yet. Run `sluice run`, and look again.", none: "No one by these words.", nothing: "Nothing was received.",
    choose: "Choose a recipient", crm: "CRM record", noRecord: "The CRM holds no record of this person.",
    clock: "Clock of the sandbox", set: "Set", machine: "Machine's time", faults: "Scripted faults",
    faultsLead: "What the next calls to a vendor meet, in this order.", add: "Add", clear: "Clear", noFaults: "None: every call is answered.",
    mail: "Mail", email: "Mail", sms: "SMS", wechat: "WeChat", wecom: "WeCom", webhook: "Webhook", audience: "Ads audience",
    joined: "Joined the audience", left: "Left the audience", untitled: "(no subject)", to: "to",
    fault: {
      "500": "500: the vendor is down", "429": "429: too many calls", "401": "401: the login is refused",
      drop_after_accept: "accepted, and the answer lost", drop: "cut off before it is read",
      slow_after_accept: "accepted, and a slow answer", invalid_json: "accepted, and an answer that is no JSON", cut_body: "accepted, and an answer cut in the middle",
    },
  },
  zh: {
    sandbox: "沙箱", lead: "每位收件人真正收到的内容。这里的一切都没有离开本机。",
    search: "姓名、邮箱、手机号或 openid", total: (n, shown) => `共 ${n.toLocaleString("zh")} 位收件人${shown < n ? `，显示最近 ${shown} 位` : ""}`,
    nobody: "还没有人收到内容。先运行 `sluice run`，再回来看。", none: "没有匹配的收件人。", nothing: "没有收到任何内容。",
    choose: "请选择收件人", crm: "CRM 记录", noRecord: "CRM 中没有此人的记录。",
    clock: "沙箱时钟", set: "设定", machine: "恢复本机时间", faults: "预设故障",
    faultsLead: "接下来对供应商的调用将依次遇到：", add: "添加", clear: "清空", noFaults: "无，所有调用都会得到应答。",
    mail: "邮件", email: "邮件", sms: "短信", wechat: "微信", wecom: "企业微信", webhook: "Webhook", audience: "广告人群",
    joined: "进入人群", left: "离开人群", untitled: "（无主题）", to: "收件",
    fault: {
      "500": "500：供应商故障", "429": "429：调用过于频繁", "401": "401：凭证被拒绝",
      drop_after_accept: "已受理，但应答丢失", drop: "读取前连接中断",
      slow_after_accept: "已受理，但应答缓慢", invalid_json: "已受理，但应答不是 JSON", cut_body: "已受理，但应答中途断开",
    },
  },
};
