"""Texts of change said plainly: verbs, shares and pieces more or fewer become the words that the grammar knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dhsdk.words import Mention, Reading
from dhsdk.words.tokens import degrees

VERBS = {
    "raise": "taller", "lift": "taller", "heighten": "taller", "stretch": "longer", "elongate": "longer", "lengthen": "longer",
    "extend": "longer", "shorten": "shorter", "crop": "shorter", "widen": "wider", "broaden": "wider", "thicken": "thicker",
    "bulk": "thicker", "beef": "thicker", "strengthen": "thicker", "reinforce": "thicker", "fatten": "fatter",
    "plump": "fatter", "inflate": "fatter", "deepen": "deeper", "flatten": "flatter", "squash": "flatter", "squish": "flatter",
    "sharpen": "more pointed", "steepen": "steeper", "straighten": "straight upright", "shrink": "smaller",
    "enlarge": "bigger", "lean": "more leaning", "tilt": "more leaning", "recline": "more leaning", "splay": "more splayed",
    "loosen": "more leaky", "tighten": "tighter", "soften": "softer", "brighten": "brighter", "roughen": "rougher",
    "simplify": "plainer", "decorate": "more ornate", "embellish": "more ornate", "exaggerate": "more exaggerated",
    "bend": "more curved", "dent": "battered", "weather": "battered", "distress": "battered",
}  # fmt: skip
"""Verbs as what they make of a thing."""
VERBS_OF = {
    "lower": "shorter", "drop": "shorter", "narrow": "narrower", "slim": "thinner", "thin": "thinner", "trim": "shorter",
    "pad": "more cushion", "dim": "dimmer", "blunt": "blunter", "dull": "blunter", "round": "rounder",
    "smooth": "smoother", "age": "older",
    "curve": "more curved", "taper": "more tapered", "flare": "more flared", "open": "open",
    "close": "closed", "shut": "closed", "clean": "clean",
}  # fmt: skip
"""Words that are verbs where something that they change follows."""
IT = r"(?: (?:it|them|the|its|their|this|that|these|those)\b)"
AFTER = r"(?: (?:up|down|out|in|off)\b)?"
SLIGHT = r"(?= .*(?:\ba (?:bit|little|touch|tad)\b|\bslightly\b|\bby\b)|$)"

SHARE_OF = {
    "tall": "shorter", "high": "shorter", "wide": "narrower", "broad": "narrower", "long": "shorter", "deep": "shallower",
    "thick": "thinner", "big": "smaller", "large": "smaller", "fat": "slimmer", "steep": "less steep",
}  # fmt: skip
NAMED = {"height": "tall", "width": "wide", "length": "long", "depth": "deep", "thickness": "thick", "size": "big", "": "big"}
GROWN = {"tall": "taller", "high": "taller", "wide": "wider", "broad": "wider", "long": "longer", "deep": "deeper",
         "thick": "thicker", "big": "bigger", "large": "bigger", "fat": "fatter", "steep": "steeper"}  # fmt: skip
DECOR = r"(?:ornament(?:s|ation)?|decorations?|carvings?|embellishments?|detailing)"
NUMBER = r"(?:\d+|a|an|one|two|three|four|five|six|a couple(?: of)?|some|a few)"
NUMBER_ZH = r"(?=[一二两三四五六七八九十几\d])"
SIZES_ZH = "大小长短高矮低宽窄粗细厚薄深浅尖钝陡平圆扁弯直密稀旧新亮暗"
GONE = (
    r"remove|delete|lose|ditch|scrap|drop|omit|get rid of|do away with|"
    r"bin|chuck|nix|erase|clear away|leave out|"
    r"take away|take off|cut off|strip off|i don'?t (?:want|like)|it doesn'?t need"
)
IDLE = (
    r"than\b.*?(?=$|,)|should|could|must|might|shall|will|let|now|still|even(?= (?:more|less|\w+er)\b)|again|"
    r"overall|maybe|perhaps|enough|ought to|"
    r"looks?|seems?|feels?|appears?|get|go|goes|becomes?|bring|turn|keep|try|in size|size|proportions|appearance|workmanship|"
    r"surfaces?|upwards?|outwards?|inwards?|sideways|"
    r"version|ones?(?! (?:more|less|fewer|\w+ (?:more|less|fewer)))(?= *$)|thing|whole|everything|as well|a lot(?! )|i think|"
    r"by (?:about )?(?:a|one|two|half|\d+)[\w %.-]*|instead|(?:a|one|two) (?:third|quarter|fifth)s?|\d+ ?(?:%|percent)"
)
"""What says nothing of how it should be."""


def _share(match: re.Match[str]) -> str:
    """ "half as wide", "twice the height": much smaller or bigger that way."""
    how = match["as"].lower() if match["as"] else NAMED[(match["name"] or "").lower()]
    less = match["share"].lower() in ("half", "halve", "a third", "a quarter")
    return f"much {SHARE_OF[how] if less else GROWN[how]}"


MEASURED = {
    "height": ("taller", "shorter"), "width": ("wider", "narrower"), "breadth": ("wider", "narrower"),
    "length": ("longer", "shorter"), "depth": ("deeper", "shallower"), "thickness": ("thicker", "thinner"),
    "size": ("bigger", "smaller"), "scale": ("bigger", "smaller"), "pitch": ("steeper", "shallower"),
    "steepness": ("steeper", "shallower"), "number": ("more", "fewer"), "count": ("more", "fewer"), "amount": ("more", "less"),
}  # fmt: skip
GROW = "increase|raise|up|bump up|boost|more|greater|extra|add"
CUT = "reduce|decrease|lower|lessen|cut|cut down|less|smaller"


def _measured(match: re.Match[str]) -> str:
    """ "increase the seat height", "less width", "reduce the number of windows"."""
    more = re.fullmatch(GROW, match["way"], re.IGNORECASE) is not None
    word = MEASURED[match["name"].lower()][0 if more else 1]
    return f"{word} {match['of'] or match['part'] or ''}"


Plain = str | Callable[[re.Match[str]], str]
PLAINLY: tuple[tuple[str, Plain], ...] = (
    (r"\b(?:reduce|cut|cut down|set|change|increase)(?: the)?(?: number of)?(?: the)? ([\w ]+?) (?:down |up )?to "
     r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b", r"\2 \1"),
    (rf"\b(?P<way>{GROW}|{CUT})(?: the| its| in)?(?: (?P<part>\w+)(?:'s)?)?? (?P<name>{'|'.join(MEASURED)})\b"
     r"(?: of(?: the| its)? (?P<of>\w+))?", _measured),
    (rf"\bstretch{IT}? (?:upwards?|vertically)", "taller"),
    (rf"\bstretch{IT}? (?:out|sideways|outwards?|horizontally)", "wider"),
    (r"\b(?:bring|move|put|push)(?: the| its)? (\w+) (?:down|lower)\b", r"shorter \1"),
    (r"\b(?:bring|move|put|push)(?: the| its)? (\w+) (?:up|higher)\b", r"taller \1"),
    (r"\b(?:bring|move|pull|push)(?: the| its)? (\w+) (?:in|closer)\b", r"narrower \1"),
    (r"\bmore (?:of an? )?(?:slope|tilt|lean|angle)\b(?: (?:to|on|in|for))?(?: the)?", "more leaning"),
    (r"\b(?:double|twice|triple)(?: the)? number of\b", "more"),
    (r"\b(?:half|halve)(?: the)? number of\b", "fewer"),
    (r"\b(?:cut|trim|chop)(?: the| its)? (\w+) (?:down|back|short)\b", r"shorter \1"),
    (r"\b(?:lift|raise|pop|prop|flip)(?: up)?(?: the| its)? (lid|hatch|cover)(?: up| open)?\b", r"open \1"),
    (r"\boverhangs? (?:more|further|farther)\b", "more overhanging"),
    (r"\boverhangs? less\b", "less overhanging"),
    (r"\btoo many\b", "fewer"),
    (r"\btoo (?:few|little)\b|\b(?:not|isn'?t|aren'?t) enough\b", "more"),
    (r"\btoo much\b", "less"),
    (r"\b(?:not|isn'?t|aren'?t) (\w+) enough\b", r"more \1"),
    (r"\b(?:a bit |a little |slightly |much |far |way )?too (?=\w)", "less "),
    (r"\bneeds?(?! to)\b", "with"),
    (r"^(?:the |its )?([\w ]+?) (?:should go|has to go|have to go|must go|can go|are gone|gone|removed|off)$", r"without \1"),
    (r"\b(?:instead of|rather than) [\w ]+", ""),
    (r"\b(?:swap|replace|exchange|change|trade) [\w ]+? (?:with|for|by|to|into) ", "with "),
    (r"\b(?:turn|change|convert|switch) (?:it |them |the \w+ )?(?:in)?to ", "in "),
    (r"\b(?P<share>half|halve|double|twice|triple|three times|a third|a quarter)(?: as (?P<as>\w+)(?: as (?:now|before|it is))?"
     r"|(?: the| its)? (?P<name>height|width|length|depth|thickness|size)|(?P<it> it)\b)(?: of)?(?: the)?", _share),
    (rf"\b(?:more|extra) {DECOR}\b|\badd {DECOR}\b", "more ornate"),
    (rf"\b(?:less|fewer|no|without|strip(?: away| off)?|lose|tone down|reduce|remove|cut down on)"
     rf"(?: the| its)? {DECOR}\b", "less ornate"),
    (rf"\b(?:drop|lower){IT} (\w+){SLIGHT}", r"shorter \1"),
    (rf"\b(?:{GONE}) (an?|one|two|three|four|five|six|\d+)(?: of (?:the|its))?\b", r"\1 fewer"),
    (rf"\b(?:{GONE})\b", "without"),
    (r"\b(?:take|knock|strip|pull|chop|rip|break|cut)((?: the| its| all| those)? [\w ]+?) (?:off|away|out)\b", r"without\1"),
    (r"\b(?:put|fit|mount|stick|hang|attach|install)((?: an?)? [\w ]+?) (?:on|onto|to|in)(?: it| top)?$", r"with\1"),
    (rf"\badd ({NUMBER})\b(?: more| extra| additional)?", r"with \1 more"),
    (r"\badd (?:another|an extra|an additional)\b|\b(?:another|an extra|an additional)\b", "one more"),
    (r"\badd\b(?: more\b| some\b)?", "with more"),
    (r"\b(?:give (?:it|them)|attach|include|install|fit it with|equip it with)\b(?: more\b)?", "with"),
    (r"\bthin out(?: the| its)?(?= (?:crown|leaves|foliage|branches|canopy))", "sparser"),
    (rf"\b({'|'.join(VERBS)})\b{AFTER}{IT}?", lambda match: VERBS[match[1].lower()]),
    (rf"\b({'|'.join(VERBS_OF)}){AFTER}{IT}", lambda match: VERBS_OF[match[1].lower()]),
    (r"\b(?:sticks?|juts?|pokes?|hangs?) (?:out|over) less\b", "less overhanging"),
    (r"\b(?:stick|sticks|jut|juts|poke|pokes|hang|hangs) (?:out|over)(?: (?:more|further|farther))?", "overhanging"),
    (r"^(.*?)\bflatter\b(?=(?: (?:a bit|a little|a touch|slightly|please))*\W*$)", r"\1squatter"),
    (r"\b(?:rough|coarse|poor|shoddy)(?:er)? (?:workmanship|craftsmanship)", "cruder"),
    (r"\bbeat it up\b", "battered"),
    (r"\b(?:scale|size) (?:it |them )?up\b", "bigger"),
    (r"\b(?:scale|size|bring) (?:it |them )?down(?: in size)?", "smaller"),
    (r"\b(?:tip|lay|put|turn) (?:it )?(?:over )?(?:on|onto) its side\b|\blay it down\b|\btip it over\b", "lying"),
    (r"\b(?:tone|dial) down(?: the| its)?", "less"),
    (rf"\b(?:{IDLE})\b", ""),
    ("压?扁(?!平)", "矮"),
    ("换成|改成|改为|变成|改用", "用"),
    ("([高宽长深厚])度(?:再|更)?(?:降低|减小|减少|缩小|调低|低|矮|小|短)", r"不那么\1"),
    ("([高宽长深厚])度(?:再|更)?(?:提高|增加|增大|加大|调高|高|大)", r"更\1"),
    ("颜色(?:再|更)?[深暗]", "深色"),
    ("颜色(?:再|更)?[浅淡亮]", "浅色"),
    ("^(.+?)(?:去掉|拿掉|删掉|不要)了?$", r"没有\1"),
    ("太(?=[^阳])|过于", "不那么"),
    ("不够", "更"),
    ("(?:去掉|拿掉|删掉)" + NUMBER_ZH, "fewer "),
    ("(?:再|多|另外)?(?:增加|多|加|添|开|来)(?:上|个)?" + NUMBER_ZH, "更"),
    ("(?:减少|减|少)(?:掉|了)?" + NUMBER_ZH, "fewer "),
    (f"(?:收|放|弄|变|调|改|做|加|削|磨|拉)得?(?:更)?(?=[{SIZES_ZH}])", "更"),
    ("去掉|拿掉|删掉|去除|不要|移除|取消|不需要", "没有"),
    ("加上|增加|添上|装上|加个|加一?些|添加", "带"),
    ("让|使|将|希望|应该|能不能|可以|把(?!手)|弄得?|变得?|些(?![许])|吧|呢", ""),
)  # fmt: skip
"""What is said in many ways, and how the grammar knows it."""


def plainly(text: str) -> str:
    """A clause of change in the words that the grammar knows: "widen the seat" -> "wider seat"."""
    for said, plain in PLAINLY:
        text = re.sub(said, plain, text, flags=re.IGNORECASE)
    return text


SAID_OF = frozenset({"size", "shape", "quality", "finish", "style", "state", "tone", "wear", "pattern", "number"})
ADJECTIVE = re.compile(r"(?:y|ed|ing|ish|ful|less|ous|al|ic|ive|able|ible|like|ier)$", re.IGNORECASE)


def headed(reading: Reading) -> Reading:
    """A reading without what is unknown and the words that are said of it: in "a wider gizmo" nothing is to be wider.

    What is unknown is a thing, not a quality, where it follows "the" or a quality and ends its phrase.
    """
    mentions = list(reading.mentions)
    for i, here in enumerate(reading.mentions):
        if here.value == "on" and i and mentions[i - 1].kind in ("material", "color") and _part_next(mentions[i + 1 :]):
            mentions[i] = replace(here, kind="stop", value="")  # slate on the roof: a slate roof
        if here.kind == "unknown" and reading.mentions[i - 1].kind == "intensity":
            mentions[i] = replace(here, strength=float(reading.mentions[i - 1].value))  # less bulge
        if here.kind != "unknown" or not i or not _thing(reading, i):
            continue
        said = _run(reading.mentions, range(i - 1, 0, -1)) or _run(reading.mentions, range(i + 1, len(mentions)))
        for j in (*said, i):
            mentions[j] = replace(mentions[j], kind="stop", value="")
    return replace(reading, mentions=tuple(mentions))


def _part_next(mentions: list[Mention]) -> bool:
    return next((one.kind for one in mentions if one.kind not in ("det", "stop")), "") == "part"


def _thing(reading: Reading, i: int) -> bool:
    here, before = reading.mentions[i], reading.mentions[i - 1]
    after = reading.mentions[i + 1] if i + 1 < len(reading.mentions) else None
    if after is not None and after.kind in ("noun", "part", "color", "material"):
        return False
    if not here.text.isascii():
        return after is not None and after.start == here.end and (after.kind in SAID_OF or after.kind == "intensity")
    adjective = degrees(here.text.lower()) or ADJECTIVE.search(here.text)
    return here.text.isalpha() and not adjective and before.end + 1 == here.start and before.kind in (*SAID_OF, "det")


def _run(mentions: tuple[Mention, ...], places: range) -> list[int]:
    """The qualities that stand next to one another from here on."""
    found = []
    for j in places:
        if mentions[j].kind in SAID_OF:
            found.append(j)
        elif mentions[j].kind not in ("stop", "intensity", "det", "unknown"):
            break
    return found
