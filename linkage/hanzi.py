"""Chinese names in Latin letters: surnames, syllables, and the one spelling that characters, pinyin and typing share."""

from functools import lru_cache

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "歐陽",
        "司马",
        "司馬",
        "上官",
        "诸葛",
        "諸葛",
        "东方",
        "東方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "长孙",
        "宇文",
        "司徒",
        "端木",
    ]
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史"
    "陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪庞樊兰殷施翟申倪温芦季俞章鲁葛毕裴岳祝欧齐聂焦柳牛凌耿关詹柴左阮辛游包颜路柯宁霍岑甘符单冉尤古成童涂简盛祁蒲靳麦苗艾鲍"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭蔣葉呂盧鍾譚陸賈龍龔顧萬錢嚴湯喬賴龐蘭魯齊聂關顏寧單"
)
HONORIFICS = (
    "先生",
    "女士",
    "小姐",
    "太太",
    "老师",
    "老師",
    "经理",
    "經理",
    "总监",
    "总",
    "總",
    "同学",
    "医生",
    "教授",
    "主任",
)
# Surnames that are read otherwise than the same character in a word.
SURNAME_READINGS = {
    "曾": "zeng",
    "单": "shan",
    "單": "shan",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "朴": "piao",
    "区": "ou",
    "覃": "qin",
    "翟": "zhai",
    "盖": "ge",
    "乐": "yue",
    "尉": "wei",
    "长": "chang",
    "贾": "jia",
    "賈": "jia",
    "万": "wan",
    "柏": "bai",
    "洗": "xian",
    "缪": "miao",
}
INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
FINALS = [
    "a",
    "o",
    "e",
    "ai",
    "ei",
    "ao",
    "ou",
    "an",
    "en",
    "ang",
    "eng",
    "ong",
    "er",
    "i",
    "ia",
    "ie",
    "iao",
    "iu",
    "ian",
    "in",
    "iang",
    "ing",
    "iong",
    "u",
    "ua",
    "uo",
    "uai",
    "ui",
    "uan",
    "un",
    "uang",
    "v",
    "ve",
    "ue",
    "van",
    "vn",
]
SYLLABLES = frozenset(
    {i + f for i in INITIALS for f in FINALS}
    | {"a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "er"}
)


def is_hanzi(text: str) -> bool:
    """True when the text holds at least one Chinese character."""
    return any("\u4e00" <= c <= "\u9fff" for c in text)


@lru_cache(maxsize=20_000)
def reading(character: str, is_surname: bool = False) -> str:
    """The pinyin of one character without tone; the character itself when nothing is known of it."""
    from pypinyin import Style, pinyin

    if is_surname and character in SURNAME_READINGS:
        return SURNAME_READINGS[character]
    return pinyin(character, style=Style.NORMAL, errors="default")[0][0].lower()


def split_surname(text: str) -> tuple[str, str]:
    """Surname and given name of a Chinese name; the surname is '' when the text begins with no known surname."""
    if text[:2] in COMPOUND_SURNAMES:
        return text[:2], text[2:]
    return (text[:1], text[1:]) if text[:1] in SURNAMES else ("", text)


def surname_reading(text: str) -> str:
    return "".join(reading(c, is_surname=True) for c in text)


def syllables(word: str) -> list[str] | None:
    """A Latin word as pinyin syllables, longest first with backtracking; None when it is not pinyin."""
    if not word.isascii() or not word.isalpha() or len(word) > 24:
        return None
    return _segment(word)


def _segment(word: str) -> list[str] | None:
    if not word:
        return []
    for size in range(min(6, len(word)), 0, -1):
        if word[:size] in SYLLABLES and (rest := _segment(word[size:])) is not None:
            return [word[:size], *rest]
    return None
