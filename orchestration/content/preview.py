"""How texts look: one page with each mail as wide as a desktop and as a phone, in its languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from sluice.activations.content.sms_text import segments
from sluice.models.errors import ContentError
from sluice.orchestration.content.entries import Entry
from sluice.orchestration.content.rendered import Rendered, render
from sluice.orchestration.content.samples import sample_contacts
from sluice.orchestration.content.uses import Use

DESKTOP, PHONE, HEIGHT = 680, 375, 640  # CSS pixels
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 15px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; margin: 0 auto;
  max-width: 1140px; padding: 24px; color: #1f2933; background: #f6f7f9 }}
h2 {{ margin: 40px 0 4px }} .about {{ color: #56616c; margin: 0 0 12px }}
.both {{ display: flex; gap: 24px; flex-wrap: wrap; align-items: flex-start }}
figure {{ margin: 0 0 24px; max-width: 100% }} figcaption {{ color: #56616c; font-size: 13px }}
iframe {{ border: 1px solid #cfd6dd; border-radius: 8px; background: #fff; max-width: 100% }}
pre {{ white-space: pre-wrap; background: #fff; border: 1px solid #cfd6dd; border-radius: 12px;
  padding: 12px 16px; max-width: 375px; font: inherit }}
.wrong {{ color: #a61b1b }} nav a {{ margin-right: 12px }}
</style></head><body><h1>{title}</h1><nav>{index}</nav>
{parts}
</body></html>
"""


def write_preview(
    found: Sequence[Entry], sent: Mapping[tuple[str, str], Use], content: Path, folder: Path
) -> Path:
    """``index.html`` in the folder: every text with its first sample contact. It needs nothing from
    outside but images that a mail itself names.
    """
    groups = [
        (key, list(of)) for key, of in groupby(found, lambda one: (one.channel, one.template))
    ]
    index = " ".join(f'<a href="#{c}-{escape(t)}">{c}/{escape(t)}</a>' for (c, t), _ in groups)
    parts = "\n".join(
        _group(of, sent.get((channel, name)), content) for (channel, name), of in groups
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    page = PAGE.format(title="Content library", index=index, parts=parts)
    path.write_text(page, encoding="utf-8")
    return path


def _group(of: Sequence[Entry], use: Use | None, content: Path) -> str:
    channel, template = of[0].channel, of[0].template
    shown = "".join(_entry(one, use, content) for one in of)
    name = f"{channel}/{escape(template)}"
    return f'<section id="{channel}-{escape(template)}"><h2>{name}</h2>{shown}</section>'


def _entry(entry: Entry, use: Use | None, content: Path) -> str:
    try:
        contacts = sample_contacts(entry, use.constants if use else None)
        who, values = next(iter(contacts.items()))
        made = _shown(entry, render(entry, values, content))
    except ContentError as error:
        who = "not rendered"
        made = f'<p class="wrong">{escape(error.message)}: {escape(error.fix)}</p>'
    about = [
        entry.language,
        who,
        *(value for value in (entry.about.stage, entry.about.variant) if value),
    ]
    head = f'<p class="about">{escape(" · ".join(about))}</p>'
    return head + made


def _shown(entry: Entry, made: Rendered) -> str:
    if entry.channel == "sms":
        return f"<pre>{escape(made.text)}</pre><p class=about>{segments(made.text)} segments</p>"
    if entry.channel == "wechat":
        return f"<pre>{escape(made.text)}</pre>"
    subject = f"<p><b>{escape(made.subject)}</b></p>"
    page = made.html or f"<pre>{escape(made.text)}</pre>"
    frames = "".join(_frame(page, width) for width in (DESKTOP, PHONE))
    return f'{subject}<div class="both">{frames}</div>'


def _frame(page: str, width: int) -> str:
    return (
        f"<figure><figcaption>{width} px</figcaption>"
        f'<iframe sandbox title="{width} px" width="{width}" height="{HEIGHT}"'
        f' srcdoc="{escape(page)}"></iframe></figure>'
    )
