"""Content labels and provenance for pictures, audio, video and meshes: text that formats put into their files.

Labels stand only in what was generated: an asset that carries extras["dhsdk"], its provenance.

Source: IPTC NewsCodes "Digital Source Type" and Photo Metadata 2025.1 (Iptc4xmpExt:DigitalSourceType); XMP specification part 1;
GB 45438-2025 appendix E and TC260-PG-20258A (the AIGC field of implicit labels, namespace TC260 in XMP).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from pathlib import PurePath
from typing import Any

from dhsdk.frozen import EMPTY, FrozenDict, freeze

KEY = "dhsdk"
AIGC = "AIGC"
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PHOTOS = frozenset([".png", ".jpg", ".jpeg", ".webp", ".heic", ".tif", ".tiff", ".bmp", ".mp4", ".mov"])
"""Suffixes of inputs that may show the real world."""

MAX_TEXT = 16 << 20
"""Longest provenance that is read, in characters."""

COMMENT_WIDTH = 200
"""Readers of PLY and Radiance files have line buffers of 512 to 1024 characters: a longer comment would break them."""

_IN_XMP = re.compile(r"<dhsdk:provenance>([^<]*)</dhsdk:provenance>")


def of(asset: Any) -> Mapping[str, Any] | None:
    """The provenance of an asset, or None for one that was not generated (no labels then)."""
    own = asset.extras.get(KEY)
    return own if isinstance(own, Mapping) else None


def text(own: Mapping[str, Any]) -> str:
    """The provenance as one line of ASCII JSON."""
    return json.dumps(own, separators=(",", ":"))


def extras(found: str | bytes | None) -> FrozenDict:
    """{"dhsdk": provenance} from the text of an untrusted file; empty when it is missing, damaged or too long."""
    if not found or len(found) > MAX_TEXT:
        return EMPTY
    try:
        own = json.loads(found)
        return FrozenDict({KEY: freeze(own)}) if isinstance(own, dict) else EMPTY
    except (ValueError, RecursionError):
        return EMPTY


def source_type(own: Mapping[str, Any]) -> str:
    """The IPTC term, an address: algorithmic, from trained models, or a composite where a photo went in."""
    names = [str(entry.get("name", "")) for entry in own.get("inputs", ()) if isinstance(entry, Mapping)]
    if any(PurePath(name).suffix.lower() in PHOTOS for name in names):
        return IPTC + "compositeSynthetic"
    return IPTC + ("trainedAlgorithmicMedia" if own.get("models") else "algorithmicMedia")


def aigc(own: Mapping[str, Any]) -> str:
    """The seven elements of the AIGC field as JSON. Label "1": generated. ProduceID depends on what was asked for alone."""
    asked = {key: own.get(key) for key in ("generator", "version", "params", "plan", "seed")}
    produced = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    fields = {
        "Label": "1",
        "ContentProducer": "dhsdk",
        "ProduceID": produced,
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return json.dumps(fields, separators=(",", ":"))


def xmp(own: Mapping[str, Any], *, whole: bool = False) -> str:
    """An XMP packet with both labels; `whole`: with the provenance too, for formats that hold nothing but XMP."""
    inner = f"<dhsdk:provenance>{escape(text(own))}</dhsdk:provenance>" if whole else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
        'xmlns:dhsdk="https://dhsdk.org/ns/1.0/">'
        f"<Iptc4xmpExt:DigitalSourceType>{source_type(own)}</Iptc4xmpExt:DigitalSourceType>"
        f"<xmp:CreatorTool>dhsdk</xmp:CreatorTool><TC260:AIGC>{escape(aigc(own))}</TC260:AIGC>{inner}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )


def from_xmp(packet: str | bytes | None) -> FrozenDict:
    """extras() of the provenance in an XMP packet that xmp(whole=True) made. No XML parser touches untrusted text."""
    if not packet or len(packet) > MAX_TEXT:
        return EMPTY
    found = _IN_XMP.search(packet.decode("utf-8", "replace") if isinstance(packet, bytes) else packet)
    return extras(unescape(found[1])) if found else EMPTY


def comments(own: Mapping[str, Any]) -> list[str]:
    """The provenance and both labels as short lines of ASCII for comments: "dhsdk N part", to be joined in order."""
    line = text(own)
    parts = [line[i : i + COMMENT_WIDTH] for i in range(0, len(line), COMMENT_WIDTH)]
    return [f"DigitalSourceType {source_type(own)}", f"AIGC {aigc(own)}"] + [f"dhsdk {i} {part}" for i, part in enumerate(parts)]


def from_comments(lines: Iterable[str]) -> FrozenDict:
    """extras() of the provenance in comment lines (without their comment mark), other lines between them ignored."""
    parts: list[str] = []
    for line in lines:
        start = f"dhsdk {len(parts)} "
        if line.startswith(start):
            parts.append(line[len(start) :].rstrip("\r\n"))
    return extras("".join(parts))
