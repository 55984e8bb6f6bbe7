"""What a page says by itself, in Chinese and English; other languages get the English."""

from __future__ import annotations

WORDING: dict[str, dict[str, str]] = {
    "zh": {
        "submit": "提交",
        "required": "必填",
        "choose": "请选择",
        "thanks_title": "提交成功",
        "thanks": "谢谢，我们已收到您的信息。",
        "thanks_confirm": "请查收我们刚发给您的邮件，点击其中的链接完成确认。没有收到？请检查垃圾邮件，或稍后再提交一次。",
        "check": "请检查标出的内容后重新提交。",
        "missing": "请填写此项",
        "missing_consent": "需要您的同意才能继续",
        "too_long": "最多 {most} 个字符",
        "too_short": "至少 {least} 个字符",
        "pattern": "格式不正确",
        "email": "请填写有效的邮箱地址",
        "fake_email": "这个邮箱地址无法收信，请填写真实邮箱",
        "phone": "请填写有效的手机号或电话号码",
        "fake_phone": "这个号码不存在，请填写真实号码",
        "choice": "请从选项中选择",
        "number": "请填写数字",
        "date": "请填写日期，例如 2026-06-30",
        "too_small": "不能小于 {least}",
        "too_large": "不能大于 {most}",
        "one_value": "只能填写一个值",
        "stale": "页面打开太久了，请再提交一次。",
        "captcha": "请完成人机验证后再提交。",
        "too_many": "提交过于频繁，请稍后再试。",
        "too_big": "提交的内容过大。",
        "foreign": "此网站不能提交这个表单。",
        "unreadable": "提交的内容无法读取。",
        "not_found": "没有这个表单。",
        "unavailable": "表单暂时无法使用，请稍后再来。",
        "confirm_title": "请确认",
        "confirm": "点击下面的按钮，确认是您本人提交的信息。",
        "confirm_button": "确认",
        "confirmed_title": "已确认",
        "confirmed": "谢谢，您的确认已收到。",
        "expired_title": "链接已失效",
        "expired": "这个链接不完整、已过期，或不再有效。请重新填写表单，我们会再发一封确认邮件。",
        "again": "重新填写",
        "trap": "请勿填写此项",
    },
    "en": {
        "submit": "Send",
        "required": "required",
        "choose": "Please choose",
        "thanks_title": "Thank you",
        "thanks": "Thank you, we have received it.",
        "thanks_confirm": "Please open the mail that we have just sent you, and follow its link to confirm. Nothing there? Look into the spam folder, or send the form once more a little later.",
        "check": "Please correct what is marked, and send it again.",
        "missing": "Please fill this in",
        "missing_consent": "We need your agreement to go on",
        "too_long": "At most {most} characters",
        "too_short": "At least {least} characters",
        "pattern": "This is not in the right format",
        "email": "Please give a valid e-mail address",
        "fake_email": "This address cannot receive mail: please give your own",
        "phone": "Please give a valid phone number",
        "fake_phone": "There is no such number: please give your own",
        "choice": "Please choose from the list",
        "number": "Please give a number",
        "date": "Please give a date, as 2026-06-30",
        "too_small": "Not less than {least}",
        "too_large": "Not more than {most}",
        "one_value": "One value only",
        "stale": "This page was open for too long: please send it again.",
        "captcha": "Please complete the check that you are a person, and send it again.",
        "too_many": "Too many submissions: please try again a little later.",
        "too_big": "This is too large.",
        "foreign": "This site may not send this form.",
        "unreadable": "What was sent cannot be read.",
        "not_found": "There is no such form.",
        "unavailable": "This form is not available right now: please come back later.",
        "confirm_title": "Please confirm",
        "confirm": "Press the button to confirm that it was you who sent the form.",
        "confirm_button": "Confirm",
        "confirmed_title": "Confirmed",
        "confirmed": "Thank you, your confirmation is here.",
        "expired_title": "This link no longer works",
        "expired": "The link is incomplete, too old, or no longer valid. Please fill in the form again, and we send another mail.",
        "again": "Fill in the form again",
        "trap": "Please leave this empty",
    },
}


def say(language: str, code: str, **values: object) -> str:
    """A text in a language."""
    found = WORDING.get(language.partition("-")[0], WORDING["en"])
    return found[code].format(**values)


def choose_language(languages: list[str], asked: str, accepted: str) -> str:
    """The language of a form that is shown: the one asked for (?lang), else the first that the
    browser accepts, else the form's first.
    """
    for wanted in (asked, *_by_weight(accepted)):
        for one in (wanted, wanted.partition("-")[0]):
            found = next((own for own in languages if own.lower() == one.lower()), None)
            if one and found:
                return found
    return languages[0]


def _by_weight(header: str) -> list[str]:
    weighed = []
    for part in header[:500].split(","):
        name, _, rest = part.partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            weighed.append((-float(weight) if weight else -1.0, name.strip()))
        except ValueError:
            continue
    return [name for weight, name in sorted(weighed, key=lambda one: one[0]) if weight < 0]
