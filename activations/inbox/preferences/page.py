"""The page as HTML: a form that works without scripts."""

from __future__ import annotations

from html import escape

from sluice.activations.inbox.preferences.centre import Centre, Shown
from sluice.activations.inbox.preferences.wording import LANGUAGE_NAMES, TEXTS

STYLE = """<style>
fieldset{border:1px solid #e5e6eb;border-radius:.5em;margin:1em 0;padding:.6em 1em}
legend{font-weight:600;padding:0 .3em}
label{display:block;padding:.35em 0}
small,.quiet{color:#66727f}
.notice{background:#e8f7ee;border-radius:.4em;padding:.6em 1em}
select{font:inherit;padding:.2em}
.stop{background:#fff;color:#c4282d;border:1px solid #c4282d;margin-top:.6em}
</style>"""


def preference_page(
    centre: Centre, shown: Shown, token: str, language: str, notice: str = ""
) -> str:
    """The body of the page. ``notice``: what the last POST came to, a key of TEXTS."""
    text = TEXTS[language]
    other = "en" if language == "zh" else "zh"
    head = f" · {escape(centre.sender)}" if centre.sender else ""
    said = f'<p class="notice" role="status">{text[notice]}</p>' if notice else ""
    parts = [
        STYLE,
        f'<p class="quiet"><a href="?l={other}" lang="{other}">{text["other"]}</a>{head}</p>',
        f"<h1>{text['title']}</h1>{said}<p>{text['intro']}</p>",
        f'<form method="post" action="?l={language}">',
        _hidden("token", token),
        _channels(shown, language),
        _topics(centre, shown, language),
        _frequency(shown, language),
        _languages(centre, shown, language),
        _pause(shown, language),
        f'<button name="action" value="save">{text["save"]}</button>',
        f'<p class="quiet">{text["stop_note"]}</p>',
        f'<button class="stop" name="action" value="stop_all">{text["stop_all"]}</button></form>',
    ]
    return "".join(parts)


def wrong_page(language: str) -> str:
    """The body of the page of a link that leads nowhere."""
    text = TEXTS[language]
    return f"<h1>{text['wrong_title']}</h1><p>{text['wrong']}</p>"


def _channels(shown: Shown, language: str) -> str:
    text = TEXTS[language]
    rows = "".join(
        _box(
            "channel",
            one.name,
            text[one.name],
            is_checked=one.is_on,
            note=one.masked_address,
        )
        for one in shown.channels
    )
    return _group(text["channels"], f"{rows}<small>{text['consent']}</small>")


def _topics(centre: Centre, shown: Shown, language: str) -> str:
    rows = "".join(
        _box("topic", name, titles[language], is_checked=name not in shown.refused)
        for name, titles in centre.topics.items()
    )
    return _group(TEXTS[language]["topics"], rows) if rows else ""


def _frequency(shown: Shown, language: str) -> str:
    text, current = TEXTS[language], "less" if shown.is_less else "normal"
    rows = "".join(
        f'<label><input type="radio" name="frequency" value="{one}"'
        f"{' checked' if one == current else ''}> {text[one]}</label>"
        for one in ("normal", "less")
    )
    return _group(text["frequency"], rows + _hidden("was_frequency", current))


def _languages(centre: Centre, shown: Shown, language: str) -> str:
    offered = list(dict.fromkeys([*centre.languages, *filter(None, [shown.language])]))
    rows = "".join(
        f'<option value="{escape(one)}"{" selected" if one == shown.language else ""}>'
        f"{escape(LANGUAGE_NAMES.get(one, one))}</option>"
        for one in (offered if shown.language else ["", *offered])
    )
    select = f'<select name="language" aria-label="{TEXTS[language]["language"]}">{rows}</select>'
    hidden = _hidden("was_language", shown.language)
    return _group(TEXTS[language]["language"], f"<label>{select}</label>{hidden}")


def _pause(shown: Shown, language: str) -> str:
    text = TEXTS[language]
    if shown.paused_until is None:
        return f'<label><input type="checkbox" name="pause" value="30"> {text["pause"]}</label>'
    until = text["paused"].format(until=f"{shown.paused_until:%Y-%m-%d %H:%M}")
    box = f'<label><input type="checkbox" name="resume" value="1"> {text["resume"]}</label>'
    return f"<p>{until}</p>{box}"


def _box(name: str, value: str, label: str, *, is_checked: bool, note: str = "") -> str:
    """A checkbox; what it showed comes back beside it, so that only what was changed counts."""
    was = _hidden(f"was_{name}", value) if is_checked else ""
    small = f" <small>{escape(note)}</small>" if note else ""
    return (
        f'<label><input type="checkbox" name="{name}" value="{escape(value)}"'
        f"{' checked' if is_checked else ''}> {escape(label)}{small}</label>{was}"
    )


def _group(legend: str, rows: str) -> str:
    return f"<fieldset><legend>{legend}</legend>{rows}</fieldset>"


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'
