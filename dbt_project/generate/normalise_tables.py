"""Write the tables that the normalisation macros read: characters, syllables and regions of China.

    pip install --no-deps opencc-python-reimplemented==0.1.7 pypinyin==0.55.0 cpca==0.5.5 phonenumbers
    python dbt_project/generate/normalise_tables.py

Sources: opencc-python-reimplemented (Apache-2.0), dictionary TSCharacters; pypinyin (MIT); cpca (MIT), adcodes.csv.
Not part of a run: the tables it writes are kept in the repository.
"""

# ruff: noqa: SIM905
from __future__ import annotations

import csv
import re
from importlib.util import find_spec
from pathlib import Path

from pypinyin import Style, lazy_pinyin

PROJECT = Path(__file__).resolve().parent.parent
TABLES = PROJECT / "macros" / "normalise" / "tables"
SEEDS = PROJECT / "seeds" / "normalise"
FIRST, LAST = 0x4E00, 0x9FA5

# Readings of characters that, in names, are nearly always surnames.
SURNAME_READINGS = dict(
    p.split(":")
    for p in """曾:zeng 单:shan 仇:qiu 解:xie 查:zha 朴:piao 翟:zhai 任:ren 区:ou 尉:wei
缪:miao 盖:ge 覃:qin 乐:le 吕:lv 长:chang 万:wan 员:yun 冼:xian 繁:po 折:she 种:chong 召:shao 洗:xian 行:xing 重:chong 车:che
石:shi 沈:shen 贾:jia 秘:bi 黑:he 祭:zhai 哈:ha 纪:ji 宁:ning 燕:yan 华:hua 应:ying 柏:bai 都:du 卜:bu 六:liu 适:shi""".split()
)

SURNAMES = """王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊
白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴
霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋
商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计
索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由""".replace(
    "\n", ""
)
COMPOUND = """欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 夏侯 轩辕 长孙 宇文 端木 独孤 南宫 司空 西门 澹台 公冶 濮阳 淳于 申屠 赫连
呼延 闻人 钟离 拓跋 万俟 百里 东郭 纳兰 完颜 第五 左丘 梁丘 太史 鲜于 闾丘 亓官 乐正 公羊 谷梁""".split()

# Names of places in Latin letters that are not their pinyin.
FOREIGN = {"内蒙古": ["innermongolia"], "西藏": ["tibet"], "陕西": ["shaanxi"], "香港": ["hongkong", "hk"], "澳门": ["macau", "macao"],
           "台湾": ["taiwan"], "乌鲁木齐": ["urumqi"], "呼和浩特": ["hohhot", "huhhot"], "拉萨": ["lhasa"], "哈尔滨": ["harbin"],
           "齐齐哈尔": ["qiqihar"], "喀什": ["kashgar", "kashi"], "北京": ["peking"], "广州": ["canton"], "鄂尔多斯": ["ordos"],
           "日喀则": ["shigatse"], "林芝": ["nyingchi"], "克拉玛依": ["karamay"], "吐鲁番": ["turpan"], "哈密": ["hami"],
           "呼伦贝尔": ["hulunbuir"], "新疆": ["xinjianguygur"], "吕梁": ["lvliang", "luliang"]}  # fmt: skip
ENGLISH = {
    "innermongolia": "Inner Mongolia",
    "hongkong": "Hong Kong",
    "xian": "Xi’an",
    "luan": "Lu’an",
    "taian": "Tai’an",
}
NONE = (
    "-"  # dbt-spark writes an empty value of a seed as the text None, and does not escape a quote
)
ETHNIC = re.compile(
    "(蒙古族|蒙古|朝鲜族|土家族|苗族|侗族|布依族|彝族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|藏族|羌族|回族|回|维吾尔|哈萨克|柯尔克孜)+"
    "(自治区|自治州)$"
)
SUFFIX = re.compile("(特别行政区|自治区|自治州|地区|省|市|盟)$")


def folder_of(package: str) -> Path:
    """Where a package lies, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"install {package} first, see the head of this file")
    return Path(spec.origin).parent


def write_macro(name: str, comment: str, constants: dict[str, str], width: int = 160) -> None:
    """One file of macros that each return a constant."""
    parts = [f"{{# {comment} Written by generate/normalise_tables.py. #}}"]
    for macro, text in constants.items():
        lines = [text[n : n + width] for n in range(0, len(text), width)]
        body = "\n".join(
            f"    '{line}'" + (" ~" if n < len(lines) - 1 else "") for n, line in enumerate(lines)
        )
        parts.append(f"{{% macro {macro}() %}}{{{{ return(\n{body}\n) }}}}{{% endmacro %}}")
    TABLES.mkdir(parents=True, exist_ok=True)
    (TABLES / f"{name}.sql").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def gb2312() -> set[str]:
    return {
        bytes([high, low]).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    } - {""}


def simplified() -> None:
    common, pairs = gb2312(), {}
    for line in (
        (folder_of("opencc") / "dictionary" / "TSCharacters.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    ):
        traditional, others = line.split("\t")[:2]
        target = others.split()[0]
        if (
            target != traditional
            and target in common
            and traditional not in common
            and FIRST <= ord(traditional) <= LAST
        ):
            pairs[traditional] = target
    comment = "Traditional characters and, at the same place, their simplified ones. OpenCC TSCharacters (Apache-2.0)."
    constants = {
        "traditional_characters": "".join(pairs),
        "simplified_characters": "".join(pairs.values()),
    }
    write_macro("simplified", comment, constants, 120)


def syllables() -> None:
    readings = [
        SURNAME_READINGS.get(chr(c)) or lazy_pinyin(chr(c), style=Style.NORMAL, errors="ignore")
        for c in range(FIRST, LAST + 1)
    ]
    plain = [
        (r if isinstance(r, str) else "".join(r)).replace("ü", "v").replace("ê", "e")
        for r in readings
    ]
    names = sorted({r for r in plain if re.fullmatch("[a-z]{1,6}", r)})
    code = {r: chr(65 + n // 26) + chr(97 + n % 26) for n, r in enumerate(names)}
    comment = (
        "The syllable of each character from U+4E00 to U+9FA5 as a code of two letters, and the syllables, six letters each, "
        "in the order of their codes (Aa, Ab ...). pypinyin (MIT), with the surname's reading where a character has several."
    )
    constants = {
        "syllable_codes": "".join(code.get(r, "__") for r in plain),
        "syllable_letters": "".join(f"{r:6}" for r in names),
    }
    write_macro("syllables", comment, constants, 170)


def surnames() -> None:
    singles = "".join(dict.fromkeys(SURNAMES))
    spoken = {
        SURNAME_READINGS.get(c) or lazy_pinyin(c, style=Style.NORMAL)[0].replace("ü", "v")
        for c in singles
    }
    spoken |= {"".join(lazy_pinyin(name, style=Style.NORMAL)) for name in COMPOUND} | {
        "lyu",
        "lu",
        "yuchi",
        "moqi",
        "zhangsun",
    }
    comment = "Surnames of China: single characters, compounds, and their sounds in Latin letters, the longest first."
    longest_first = sorted(spoken, key=lambda sound: (-len(sound), sound))
    longest_first.remove("a")
    constants = {
        "surname_characters": singles,
        "compound_surnames": "|".join(COMPOUND),
        "surname_sounds": "|".join(longest_first),
    }
    write_macro("surnames", comment, constants, 140)


def key(name: str) -> str:
    """As macro region_key."""
    text = re.sub("[省市]", "", name)
    return text or name


def short_name(name: str) -> str:
    """内蒙古 of 内蒙古自治区, 延边 of 延边朝鲜族自治州, 深圳 of 深圳市."""
    return "内蒙古" if name.startswith("内蒙古") else SUFFIX.sub("", ETHNIC.sub("", name)) or name


def spellings(name: str) -> set[str]:
    short = short_name(name)
    pinyin = "".join(lazy_pinyin(short, style=Style.NORMAL)).replace("ü", "v")
    found = {key(name), key(short), *FOREIGN.get(short, [])}
    if name.endswith("自治州"):
        found.add(short + "州")
    return found | (set() if short == "陕西" else {pinyin})


def english(name: str) -> str:
    short = short_name(name)
    latin = (
        FOREIGN.get(short) or ["".join(lazy_pinyin(short, style=Style.NORMAL)).replace("ü", "u")]
    )[0]
    return (
        ENGLISH.get(latin, latin.capitalize())
        if short != "北京" and short != "广州"
        else {"北京": "Beijing", "广州": "Guangzhou"}[short]
    )


def regions() -> None:
    with (folder_of("cpca") / "resources" / "adcodes.csv").open(encoding="utf-8") as file:
        names = {row["adcode"][:6]: row["name"] for row in csv.DictReader(file)}
    provinces = {code: name for code, name in names.items() if code.endswith("0000")}
    cities = {
        code: name
        for code, name in names.items()
        if code.endswith("00") and code not in provinces and name not in ("市辖区", "县")
    }
    cities = {
        code: name
        for code, name in cities.items()
        if not re.search("直辖县|省直辖|自治区直辖", name)
    }
    municipal = {
        code: name for code, name in provinces.items() if name.endswith(("市", "特别行政区"))
    }
    rows = [
        (code, name, municipal.get(code, NONE), english(name)) for code, name in provinces.items()
    ]
    rows += [
        (code, provinces[code[:2] + "0000"], name, english(name)) for code, name in cities.items()
    ]
    SEEDS.mkdir(parents=True, exist_ok=True)
    with (SEEDS / "cn_regions.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [("adcode", "province", "city", "english_name"), *sorted(rows)]
        )
    write_keys(
        provinces,
        municipal,
        [(row[1], row[2]) for row in rows if row[2] != NONE and row[0] not in municipal],
    )


def write_keys(
    provinces: dict[str, str], municipal: dict[str, str], cities: list[tuple[str, str]]
) -> None:
    keys: dict[str, tuple[str, str, str]] = {}
    plain: dict[str, set[tuple[str, str]]] = {}
    for province, city in cities:
        for spelling in spellings(city):
            plain.setdefault(spelling, set()).add((province, city))
            for before in {*spellings(province), province}:
                keys[before + spelling] = (province, city, "false")
    keys |= {
        spelling: (*next(iter(places)), "false")
        for spelling, places in plain.items()
        if len(places) == 1
    }
    for code, province in provinces.items():
        for spelling in spellings(province):
            own = keys.get(spelling, ("", NONE, ""))
            keys[spelling] = (
                province,
                municipal.get(code, own[1] if own[0] == province else NONE),
                "true",
            )
            if code in municipal:
                for before in {spelling, province}:
                    keys[before + spelling] = (province, province, "false")
    with (SEEDS / "cn_region_keys.csv").open("w", encoding="utf-8", newline="") as file:
        header = ("region_key", "province", "city", "is_province")
        csv.writer(file, lineterminator="\n").writerows(
            [header, *((k, *v) for k, v in sorted(keys.items()))]
        )


if __name__ == "__main__":
    simplified()
    syllables()
    surnames()
    regions()
