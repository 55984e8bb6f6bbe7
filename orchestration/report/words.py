"""The words of the report itself, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.orchestration.journeys.words import Language

TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("Report", "报告"),
    "pages": ("Pages", "页面"),
    "executive": ("Overview", "总览"),
    "contacts": ("Contacts", "联系人"),
    "sources": ("Sources", "来源"),
    "stages": ("Stages", "阶段"),
    "scores": ("Scores and value", "评分与价值"),
    "channels": ("Channels", "渠道"),
    "campaigns": ("Campaigns", "活动"),
    "journeys": ("Journeys", "旅程"),
    "segments": ("Segments", "分群"),
    "consent": ("Consent", "授权同意"),
    "costs": ("Costs", "成本"),
    "targets": ("Targets", "目标"),
    "as_of": ("As of {0}.", "截至{0}。"),
    "times": ("Times are UTC.", "时间均为 UTC。"),
    "no_personal": (
        "No personal data. Each number opens its definition.",
        "不含个人信息。点击任一数字可查看其定义。",
    ),
    "filtered": ("Shown: {0}.", "筛选条件：{0}。"),
    "period": ("period", "时间范围"),
    "channel": ("channel", "渠道"),
    "segment": ("segment", "分群"),
    "from": ("from {0}", "自{0}起"),
    "to": ("to {0}", "至{0}止"),
    "is": ("{0} {1}", "{0}：{1}"),
    "not_applied": (
        "Not cut by {0}: this table has no such column.",
        "未按{0}筛选：此表没有对应的列。",
    ),
    "not_built": (
        "No data yet: the last run did not build this table. Run `sluice run`.",
        "尚无数据：上次运行未生成此表，请执行 `sluice run`。",
    ),
    "out_of_date": (
        "No data: the table in the warehouse is older than its definition. Run `sluice run`.",
        "没有数据：仓库中的表早于当前定义，请执行 `sluice run`。",
    ),
    "no_data": (
        "No data yet: the table is built and has no row, so there is nothing to count.",
        "尚无数据：此表已生成但没有任何行，因此没有可统计的内容。",
    ),
    "none_of_filter": (
        "No row for what was asked: {0}. The table itself has rows.",
        "所选条件（{0}）下没有数据；此表本身有数据。",
    ),
    "one_day": (
        "One day of data: a change over time cannot be seen yet.",
        "仅有一天的数据：尚无法看出变化趋势。",
    ),
    "more_rows": (
        "{0} of {1} rows are shown; `sluice report --format xlsx` has them all.",
        "共 {1} 行，显示前 {0} 行；全部数据见 `sluice report --format xlsx`。",
    ),
    "drawn_rows": ("The chart is of the first {0} rows.", "图中仅含前 {0} 行。"),
    "more_bars": ("The chart leaves out {0} more.", "图中未包含其余 {0} 项。"),
    "chart_of": ("The chart is of {0} {1} alone.", "图中仅含{0}：{1}。"),
    "without_total": ("The chart leaves out the total, {0}.", "图中未包含合计（{0}）。"),
    "hidden": (
        "Personal data is not shown: {0}.",
        "不显示个人信息列：{0}。",
    ),
    "no_row": (
        "No row in any table yet: it has sent nothing and nobody was in it, or no run had it.",
        "尚无任何数据：没有发送记录，也没有成员，或尚未参与运行。",
    ),
    "null": ("– in {0}: {1}.", "{0}中的“–”：{1}。"),
    "no_charts": (
        "Charts are left out: they need pip install 'sluice[reports]'.",
        "未绘制图表：需要安装 pip install 'sluice[reports]'。",
    ),
    "nothing": (
        "Nothing here yet: no model of the project is on this page.",
        "此处尚无内容：项目中没有模型属于此页。",
    ),
    "chart": ("{0}: {1}, {2}. {3}", "{0}：{1}，{2}。{3}"),
    "bar": ("Bar chart", "条形图"),
    "line": ("Line chart", "折线图"),
    "funnel": ("Funnel", "漏斗图"),
    "all_zero": (
        "Every figure of the chart is 0, so there is nothing to draw.",
        "图中所有数值均为 0，因此未绘制图表。",
    ),
    "other": ("other", "其他"),
    "definition": ("Definition", "定义"),
    "close": ("Close", "关闭"),
    "model": ("Model", "模型"),
    "columns": ("Columns", "列"),
    "sql": ("SQL", "SQL"),
    "filter": ("Filter rows", "筛选行"),
    "sort": ("Sort by {0}", "按{0}排序"),
    "skip": ("To the content", "跳到内容"),
    "each": ("One by one", "逐项查看"),
    "changes": ("What changed", "变化"),
    "changed": ("What changed since {0}", "自{0}以来的变化"),
    "nothing_changed": ("No figure changed.", "没有数字变化。"),
    "no_copy": (
        "There is no earlier published copy to compare with: the next day's report has one.",
        "尚无更早的已发布报告可供比较：次日的报告将显示变化。",
    ),
    "figure": ("Figure", "指标"),
    "what": ("Of", "对象"),
    "before": ("Before", "之前"),
    "now": ("Now", "现在"),
    "difference": ("Difference", "差异"),
    "needs_you": ("What needs you", "需要处理"),
    "nothing_needs_you": ("Nothing needs you.", "没有需要处理的事项。"),
    "thing": ("What", "事项"),
    "next": ("Next step", "下一步"),
    "not_reached": ("Target missed: {0}, {1} of {2}", "未达目标：{0}，目标 {2}，实际 {1}"),
    "target_page": ("All targets", "全部目标"),
    "no_targets": (
        "There is no target yet: nothing says what the figures should be.",
        "尚未设定目标：没有可供对照的数值。",
    ),
    "no_costs": (
        "Costs are missing: no cost per lead and no return can be computed.",
        "缺少成本数据：无法计算单条线索成本和回报率。",
    ),
    "give_costs": (
        "Write them into `seeds/my_marketing_costs.csv`.",
        "请填写 `seeds/my_marketing_costs.csv`。",
    ),
    "no_prices": (
        "Messages went out without a price: no total cost and no return can be computed.",
        "部分已发送消息没有单价：无法计算总成本和回报率。",
    ),
    "give_prices": (
        "Write it into `seeds/my_channel_prices.csv`; 0 for what costs nothing.",
        "请填写 `seeds/my_channel_prices.csv`；免费的填 0。",
    ),
    "left_out": ("{0} is not in the report: {1}", "{0} 未列入报告：{1}"),
    "see_yml": ("Correct its yml.", "请修正其 yml。"),
    "results": ("Results", "结果"),
    "issue": ("{0}: {1} {2}", "{0}：{1} 条{2}"),
    "see_lint": ("See `sluice lint`.", "查看 `sluice lint`。"),
    "not_there": ("{0}: {1} {2} ({3})", "{0}：{1} 条{2}（{3}）"),
    "see_missing": ("See `sluice missing`.", "查看 `sluice missing`。"),
    "never_used": (
        "{0} {1} is in no table: it was never used, or is written otherwise.",
        "没有任何表含有{0}“{1}”：从未使用，或名称有误。",
    ),
    "no_reason": ("no reason given", "未给出原因"),
    "journey_never": (
        "No data yet: no run has moved contacts through this journey. Run `sluice run`.",
        "尚无数据：还没有运行处理过此旅程，请执行 `sluice run`。",
    ),
    "journey_stopped": (
        "{0} at {1}, a node that this version does not have: neither moved nor mailed.",
        "{0} 人停在节点 {1}，当前版本没有该节点：既不推进也不发送。",
    ),
    "journey_inside": ("{0} inside, {1} entered", "{0} 人在旅程中，{1} 人进入"),
    "contact": ("Contact {0}", "联系人 {0}"),
    "masked": (
        "Names, addresses and ids of sources are masked; `sluice contact` has them.",
        "姓名、地址及来源编号均已脱敏；完整内容见 `sluice contact`。",
    ),
    "timeline": ("Timeline", "时间线"),
    "no_timeline": ("Nothing happened yet that is known.", "尚无已知记录。"),
    "no_rows_of": ("Nothing is known of: {0}.", "以下内容尚无数据：{0}。"),
    "when": ("When", "时间"),
    "kind": ("Kind", "类别"),
    "machine": ("by a machine", "机器行为"),
    "journey_graph": ("The graph of {0} with its people", "{0} 的流程图及人数"),
}


def say(key: str, language: Language, *values: object) -> str:
    """The text of a key, with its values."""
    return TEXTS[key][language == "zh"].format(*values)
