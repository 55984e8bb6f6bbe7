"""What each key of ``sluice.yml``, variable and common setting means, where no class says it."""

# key of sluice.yml: its variable, its default where the class has none, and its meaning
KEYS = {
    "format": (
        "",
        "",
        "version of this file's format; a newer one than the engine reads is refused",
    ),
    "name": ("", "", "name of the project: lower-case letters, digits and `_`"),
    "home": (
        "SLUICE_HOME",
        "`.sluice`",
        "warehouse, ledger and Dagster's records: [the home](home.md)",
    ),
    "raw": ("SLUICE_RAW", "`raw`", "folder of the CSV and Parquet files to [land](landing.md)"),
    "sources": ("SLUICE_SOURCES", "all folders of `models/staging/`", "source systems that are on"),
    "allow_empty": ("SLUICE_ALLOW_EMPTY", "none", "tables whose file may be empty"),
    "as_of": (
        "",
        "the start of the run",
        "the clock of a frozen sample; leave it out for real data",
    ),
    "first_sync": (
        "",
        "",
        "`allowed`: a sync may fill an empty destination without [approval](guardrails.md);"
        " in the sandbox only",
    ),
    "delivery": (
        "SLUICE_DELIVERY",
        "`sandbox`",
        "`live` sends to real people; `sandbox` to simulated vendors",
    ),
    "approvers": (
        "SLUICE_APPROVERS",
        '`"*"`',
        "who may [approve](guardrails.md): names, `*` for anyone, empty for nobody",
    ),
    "ledger_url": (
        "SLUICE_LEDGER_URL",
        "a file in the home",
        "a [ledger in Postgres](ledger.md#where-it-lives); a password only in the environment",
    ),
    "memory": (
        "SLUICE_MEMORY",
        "four fifths of the machine's",
        "memory of DuckDB, `4GB`: more than that [goes to disk](scale.md#less-memory)",
    ),
    "schedule.hour": ("", "", "hour of the daily run"),
    "schedule.cron": ("", "none", "the schedule as cron, instead of an hour"),
    "schedule.time_zone": ("", "", "IANA time zone of the schedule"),
    "schedule.days": (
        "",
        "",
        "days on which it runs: `all`, `chinese_workdays` (make-up workdays included) or `chinese_days_off`",
    ),
    "schedule.is_on": (
        "",
        "",
        "whether Dagster begins with it by itself, and not only once it is switched on",
    ),
    "schedules.<name>.hour": (
        "",
        "",
        "hour of a further run; the next four keys as those of `schedule`",
    ),
    "schedules.<name>.cron": ("", "none", "its schedule as cron, instead of an hour"),
    "schedules.<name>.time_zone": ("", "", "its IANA time zone"),
    "schedules.<name>.days": ("", "", "its days"),
    "schedules.<name>.is_on": ("", "", "whether it begins by itself"),
    "schedule.first_day": ("", "", "first day that can be backfilled in Dagster"),
    "retention.run_days": (
        "SLUICE_RUN_DAYS",
        "30",
        "days that Dagster's records of a run and its plans are kept",
    ),
    "retention.runs_kept": (
        "SLUICE_RUNS_KEPT",
        "100",
        "runs whose records are kept; receipts stay for good",
    ),
    "retention.report_days": (
        "SLUICE_REPORT_DAYS",
        "400",
        "days that a report which a run published is kept",
    ),
    "retention.tables": (
        "",
        "none",
        "table: days, or {days, column}: how long [rows are kept](rights.md#how-long-rows-are-kept)",
    ),
    "crm_reads.systems": (
        "SLUICE_CRM_READS",
        "none",
        "CRMs whose deals, stages and owners are [read back](crm.md)",
    ),
    "crm_reads.overlap_minutes": (
        "SLUICE_CRM_OVERLAP_MINUTES",
        "15",
        "how far before the last read a read begins",
    ),
    "serve.public_url": (
        "SLUICE_PUBLIC_URL",
        "none",
        "how [`sluice serve`](serve.md) is reached; links in messages lead there",
    ),
    "serve.share_to": (
        "",
        "none",
        "the page that [share links](tracking.md#sharing) lead to; without it there are none",
    ),
    "serve.sources.<name>.write_key": (
        "",
        "",
        "of a site or app whose [events](serve.md) are taken",
    ),
    "serve.sources.<name>.origins": ("", "all", "the origins whose pages may post with it"),
    "serve.seconds": (
        "SLUICE_SERVE_SECONDS",
        "10",
        "time a whole request may take to [arrive](serve.md)",
    ),
    "serve.connections": ("SLUICE_SERVE_CONNECTIONS", "1000", "connections at once"),
    "serve.trusted_proxies": (
        "",
        "none",
        "addresses and networks of proxies whose `X-Forwarded-For` counts: 127.0.0.1, 10.0.0.0/8;"
        " [forms](forms.md) limit submissions by it",
    ),
    "serve.per_address": (
        "SLUICE_SERVE_PER_ADDRESS",
        "200",
        "open requests of one address; a proxy is one",
    ),
    "fast_lane.enabled": (
        "",
        "false",
        "what contacts do is [answered](fast_lane.md) before the daily run",
    ),
    "fast_lane.behind_minutes": (
        "",
        "5",
        "an event that waits for longer is a failed check and a warning of `sluice doctor`",
    ),
    "preferences.topics.<name>.en": (
        "",
        "none",
        "a topic that people may [refuse](preferences.md)",
    ),
    "preferences.topics.<name>.zh": ("", "none", "its title in Chinese"),
    "preferences.languages": ("", "zh, en", "languages that messages are written in"),
    "preferences.link_days": ("", "for ever", "days a link leads to the preference page"),
    "report.publish": (
        "SLUICE_REPORT_PUBLISH",
        "`[en]`",
        "languages in which a run [publishes](report.md) the report of the day; `[]` for none",
    ),
    "report.url": (
        "",
        "none",
        "web address of the folder `reports` of the home, where you serve it; links in Dagster lead there",
    ),
    "preferences.sender": ("", "none", "whose preference page it is, to people"),
    "access.roles": (
        "",
        "none",
        "rights by role: `see_personal_data`, `approve`, `change`, `release` ([access](access.md))",
    ),
    "access.people.<name>.role": ("", "none", "the role of a person, by the name in `SLUICE_USER`"),
    "access.people.<name>.key": (
        "",
        "none",
        "public key of the person: what `sluice access key FILE` prints",
    ),
    "access.people.<name>.authors": ("", "none", "mail addresses of the person's commits"),
    "access.signed": (
        "",
        "`false`",
        "approvals count only with a signature, and rights need the person's key",
    ),
    "access.codes": (
        "",
        "`false`",
        "a one-time code signs an approval too: read [access](access.md)",
    ),
    "access.four_eyes": (
        "",
        "`false`",
        "nobody approves what they changed; a change ends approvals",
    ),
    "alerts.recipients": (
        "",
        "none",
        "mail address by owner of [alerts](alerts.md): `{marketing: growth@acme.example}`",
    ),
    "alerts.language": ("", "`en`", "language of notices of alerts, `en` or `zh`"),
    "destinations": ("", "none", "settings of destinations by account, below"),
}
ENVIRONMENT = {
    "SLUICE_PROJECT": "folder of the project, where `--project` is not given",
    "SLUICE_INBOX_URL": "database of the inbox; the file `inbox.sqlite` of the home by default, or"
    " where the ledger is on Postgres",
    "SLUICE_SECRET": "signs our links; a key in the home by default, which machines do not share",
    "SLUICE_KEY_FILE": "file of your private key, where `access.signed` is on: [access](access.md)",
    "SLUICE_KEY_PASSPHRASE": "passphrase of that file, if it has one",
    "SLUICE_CODE": "one-time code of an approval, where `access.codes` is on: [access](access.md)",
    "SLUICE_USER": "your name in approvals, pauses and the ledger; the login name by default;"
    " not an authentication",
}
COMMON = {
    "workers": "batches in flight; each worker has its own connections: [sending](sending.md)",
    "messages_per_second": "rate limit of campaigns, over all workers; 0 is none",
    "calls_per_second": "rate limit of syncs, over all workers; 0 is none",
    "patience_seconds": "how long a run waits for a vendor that is down or asks to be called later",
    "price": "of one message or operation, for plans and [guardrails](guardrails.md)",
    "currency": "of the price",
}
