"""A private Postfix on loopback: it relays some domains to sinks, and delivers the bounce domain to
a Maildir.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sluice.activations.sandbox.server import free_port

REFUSED = "refused@good.example"
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
MAIN = """\
compatibility_level = 3.6
command_directory = {commands}
daemon_directory = {daemons}
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log/mail.log
maillog_file_prefixes = {home}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mta.shop.example
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_dns_support_level = disabled
recipient_delimiter = +
transport_maps = inline:{{ {routes} }}
virtual_mailbox_domains = bounce.shop.example
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = static:bounces/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
maximal_queue_lifetime = 0
bounce_queue_lifetime = 1h
notify_classes =
message_size_limit = 200000
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{{refused} = 550 5.1.1 No such user}} }}
"""


def missing() -> str | None:
    """Why there can be no private Postfix here; None when there can."""
    if shutil.which("postfix", path="/usr/sbin:/usr/bin") is None:
        return "needs Postfix: make services"
    if os.geteuid() != 0:
        return "a private Postfix is started by root alone"
    try:
        pwd.getpwnam("postfix")
    except KeyError:
        return "needs the user postfix, which its package makes"
    return None


@contextmanager
def sink(*options: str) -> Iterator[int]:
    """smtp-sink of Postfix, which takes every mail, or answers as its options say; gives its
    port.
    """
    port = free_port()
    process = subprocess.Popen(
        ["/usr/sbin/smtp-sink", "-u", "nobody", *options, f"127.0.0.1:{port}", "10"]
    )
    try:
        time.sleep(0.3)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def private_postfix(routes: Mapping[str, int]) -> Iterator[tuple[int, Path]]:
    """A running Postfix that relays each domain of ``routes`` to a port; gives its port, and the
    Maildir of the bounce domain.
    """
    home, port, nobody = (
        Path(tempfile.mkdtemp(prefix="sluice-postfix-")),
        free_port(),
        pwd.getpwnam("nobody"),
    )
    try:
        _write(home, port, routes, nobody)
        command = ["postfix", "-c", str(home / "conf")]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        subprocess.run(
            [*command, "start"], check=True, capture_output=True, env=environment, timeout=60
        )
        try:
            yield port, home / "mail" / "bounces"
        finally:
            subprocess.run(
                [*command, "stop"], check=False, capture_output=True, env=environment, timeout=60
            )
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _write(home: Path, port: int, routes: Mapping[str, int], nobody: pwd.struct_passwd) -> None:
    home.chmod(0o755)
    for name in ("conf", "queue", "data", "log", "mail"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    shutil.chown(home / "mail", nobody.pw_uid, nobody.pw_gid)
    written = ", ".join(f"{{{domain} = smtp:[127.0.0.1]:{to}}}" for domain, to in routes.items())
    daemons = subprocess.run(
        ["/usr/sbin/postconf", "-dh", "daemon_directory"],
        capture_output=True,
        text=True,
        check=True,
    )
    values = {
        "home": home,
        "routes": written,
        "uid": nobody.pw_uid,
        "gid": nobody.pw_gid,
        "commands": "/usr/sbin",
        "refused": REFUSED,
    }
    (home / "conf" / "main.cf").write_text(MAIN.format(**values, daemons=daemons.stdout.strip()))
    (home / "conf" / "master.cf").write_text(MASTER.format(port=port))


def wait_for_mails(maildir: Path, count: int, seconds: float = 20) -> int:
    """Wait until so many mails are in a Maildir. Returns how many are."""
    deadline, found = time.monotonic() + seconds, 0
    while found < count and time.monotonic() < deadline:
        time.sleep(0.1)
        found = count_mails(maildir)
    return found


def count_mails(maildir: Path) -> int:
    """New mails in a Maildir, none when it is not there yet."""
    return len(list((maildir / "new").iterdir())) if (maildir / "new").is_dir() else 0
