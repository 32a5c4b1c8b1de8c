"""Domains where anybody can have a mailbox: an address there says nothing about an employer."""

FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
        *("hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es", "outlook.fr"),
        *("outlook.de", "outlook.es", "live.fr", "live.co.uk", "yahoo.com", "yahoo.co.uk"),
        *("yahoo.fr", "yahoo.de", "yahoo.es", "yahoo.it", "yahoo.co.jp", "yahoo.co.in"),
        *("yahoo.com.br", "ymail.com", "rocketmail.com", "aol.com", "icloud.com", "me.com"),
        *("mac.com", "proton.me", "protonmail.com", "protonmail.ch", "pm.me", "tuta.com"),
        *("tutanota.com", "tutanota.de", "fastmail.com", "fastmail.fm", "hey.com", "zoho.com"),
        *("gmx.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.fr", "web.de", "t-online.de"),
        *("freenet.de", "posteo.de", "mailbox.org", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr"),
        *("laposte.net", "libero.it", "virgilio.it", "tiscali.it", "terra.com.br", "uol.com.br"),
        *("bol.com.br", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "yandex.com"),
        *("ya.ru", "rambler.ru", "ukr.net", "seznam.cz", "wp.pl", "o2.pl", "onet.pl", "interia.pl"),
        *("qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "naver.com", "hanmail.net"),
        *("daum.net", "rediffmail.com", "comcast.net", "verizon.net", "att.net", "sbcglobal.net"),
        *("btinternet.com", "mail.com", "email.com", "inbox.com", "bluewin.ch", "telenet.be"),
    }
)


def is_free_mail(domain: str) -> bool:
    """Whether this domain, or one above it, gives mailboxes to anybody."""
    parts = domain.lower().split(".")
    return any(".".join(parts[i:]) in FREE_MAIL for i in range(len(parts) - 1))
