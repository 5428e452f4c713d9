#!/usr/bin/env python3
"""Makes the letters of paper, web/songtor_web/paper/fonts, from the files of Fontsource's npm packages.

    for name in sarabun noto-sans noto-sans-{lao,khmer,myanmar,arabic,hebrew,math,symbols-2,tc,jp,sc,kr}; do
        npm pack @fontsource/$name@5.3.0; done
    .venv/bin/python tools/paper_fonts.py FOLDER_OF_THE_TGZ_FILES

A PDF says of each glyph which text it stands for. Thai marks change their shape and place with what is
beside them, so one glyph would stand for several texts, and what is searched or copied comes out wrong.
Therefore each consonant with its marks becomes one glyph of its own here, put together as HarfBuzz places it,
and stands for just that text.
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

import uharfbuzz
from fontTools.merge import Merger
from fontTools.otlLib.builder import buildLigatureSubstSubtable, buildLookup
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

FONTS = Path(__file__).parent.parent / "web/songtor_web/paper/fonts"
SARABUN = ("thai", "latin", "latin-ext", "vietnamese")
SMALL = {
    "noto-sans": ("cyrillic", "greek"),
    "noto-sans-lao": ("lao",),
    "noto-sans-khmer": ("khmer",),
    "noto-sans-myanmar": ("myanmar",),
    "noto-sans-arabic": ("arabic",),
    "noto-sans-hebrew": ("hebrew",),
}
SIGNS = (
    ("math", "latin", (range(0x2190, 0x2300), range(0x25A0, 0x2600))),  # arrows, operators, shapes
    ("symbols-2", "symbols", (range(0x2600, 0x27C0),)),
)
HAN = (("tc", "chinese-traditional"), ("jp", "japanese"), ("sc", "chinese-simplified"), ("kr", "korean"))
"""Each has what those before it have not."""

_CONSONANTS = [chr(code) for code in range(0x0E01, 0x0E2F)]  # with ฤ and ฦ
_VOWELS = ["", *"ัิีึืฺุู็ํ"]
_TONES = ["", *"่้๊๋์"]


def clusters() -> Iterator[str]:
    """A consonant with what can stand above, below and behind it, in the order in which it is typed."""
    for consonant, vowel, tone in product(_CONSONANTS, _VOWELS, _TONES):
        if vowel or tone:
            yield consonant + vowel + tone
    for consonant, tone in product(_CONSONANTS, _TONES[:-1]):
        yield f"{consonant}{tone}ำ"


def main() -> None:
    packages = Path(sys.argv[1])
    for old in FONTS.glob("*.ttf"):
        old.unlink()
    for weight, style in ((400, "Regular"), (600, "SemiBold")):
        font = _merged([_face(packages, "sarabun", part, weight) for part in SARABUN])
        _join_clusters(font)
        _save(font, "Sarabun", style, f"sarabun-{weight}", weight)
    for name, parts in SMALL.items():
        font = _merged([_face(packages, name, part, 400) for part in parts])
        _save(font, name.replace("-", " ").title(), "Regular", name, 400)
    for region, part, blocks in SIGNS:
        font = _face(packages, f"noto-sans-{region}", part, 400)
        wanted = {code for code in font.getBestCmap() if any(code in block for block in blocks)}
        _save(_only(font, wanted), f"Noto Sans {region.title()}", "Regular", f"noto-sans-{region}", 400)
    known = {code for file in FONTS.glob("*.ttf") for code in TTFont(file).getBestCmap()}
    for region, part in HAN:
        font = _face(packages, f"noto-sans-{region}", part, 400)
        wanted = {code for code in font.getBestCmap() if code not in known and _is_common(code)}
        known |= wanted
        _save(_only(font, wanted), f"Noto Sans {region.upper()}", "Regular", f"noto-sans-{region}", 400)
    (FONTS / "letters.txt").write_text(fill(" ".join(_ranges(known)), 110) + "\n", encoding="utf-8")


def _ranges(codes: set[int]) -> Iterator[str]:
    """`0e01:0e3a`, in order; one alone as it is."""
    first = last = -2
    for code in [*sorted(codes), -2]:
        if code != last + 1:
            if first >= 0:
                yield f"{first:04x}:{last:04x}" if last > first else f"{first:04x}"
            first = code
        last = code


def _face(packages: Path, name: str, part: str, weight: int) -> TTFont:
    (archive,) = packages.glob(f"fontsource-{name}-[0-9]*.tgz")
    with tarfile.open(archive) as files:
        content = files.extractfile(f"package/files/{name}-{part}-{weight}-normal.woff2")
        assert content is not None
        font = TTFont(BytesIO(content.read()))
    font.flavor = None
    return font


def _merged(fonts: list[TTFont]) -> TTFont:
    if len(fonts) == 1:
        return fonts[0]
    with TemporaryDirectory() as folder:
        paths = []
        for number, font in enumerate(fonts):
            for table in ("gasp", "prep", "STAT"):
                if table in font:
                    del font[table]
            paths.append(str(Path(folder, f"{number}.ttf")))
            font.save(paths[-1])
        return Merger().merge(paths)


def _is_common(code: int) -> bool:
    """What an old national code of one of the four has; no alphabets, which have fonts of their own."""
    coded = (chr(code).encode(one, "ignore") for one in ("big5", "cp932", "gb2312", "euc_kr"))
    return code >= 0x2000 and any(len(one) in (1, 2) for one in coded)  # of eight: a syllable put together


def _only(font: TTFont, codes: set[int]) -> TTFont:
    """Upright and plain: what stands on an envelope."""
    options = Options(
        layout_features=[], drop_tables=["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx"]
    )
    cutter = Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    return font


def _join_clusters(font: TTFont) -> None:
    content = BytesIO()
    font.save(content)
    shaper = uharfbuzz.Font(uharfbuzz.Face(content.getvalue()))
    names, letters = list(font.getGlyphOrder()), font.getBestCmap()
    joined: dict[tuple[str, ...], str] = {}
    for text in clusters():
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(shaper, buffer)
        made = _composite(font, [names[one.codepoint] for one in buffer.glyph_infos], buffer.glyph_positions)
        name = "thai" + "".join(f"_{ord(letter):04X}" for letter in text)
        font["glyf"][name] = made
        font["hmtx"][name] = (sum(one.x_advance for one in buffer.glyph_positions), 0)
        joined[tuple(letters[ord(letter)] for letter in _as_shaped(text))] = name
    glyf = font["glyf"]
    font.setGlyphOrder(list(dict.fromkeys([*names, *joined.values()])))
    for name in joined.values():
        glyf[name].recalcBounds(glyf)
        font["hmtx"][name] = (font["hmtx"][name][0], glyf[name].xMin)
    font["GDEF"].table.GlyphClassDef.classDefs |= dict.fromkeys(joined.values(), 1)
    _put_first(font, joined)


def _composite(font: TTFont, parts: list[str], positions: list[uharfbuzz.GlyphPosition]) -> Glyph:
    glyph, across = Glyph(), 0
    glyph.numberOfContours = -1
    glyph.components = []
    for name, place in zip(parts, positions, strict=True):
        part = GlyphComponent()
        part.glyphName, part.flags = name, 0x4  # on whole units
        part.x, part.y = across + place.x_offset, place.y_offset
        if font["glyf"][name].numberOfContours:
            glyph.components.append(part)
        across += place.x_advance
    return glyph


def _as_shaped(text: str) -> str:
    """A shaper takes ำ apart before it looks for ligatures: its ring goes before the tone."""
    return f"{text[0]}\u0e4d{text[1:-1]}\u0e32" if text.endswith("ำ") else text


def _put_first(font: TTFont, joined: dict[tuple[str, ...], str]) -> None:
    """As the first lookup of `ccmp`; the font's own move one on."""
    table = font["GSUB"].table
    own = list(table.LookupList.Lookup)
    for lookup in own:
        for subtable in lookup.SubTable:
            _move_on(subtable)
    first = buildLookup([buildLigatureSubstSubtable(joined)])
    table.LookupList.Lookup = [first, *own]
    table.LookupList.LookupCount = len(own) + 1
    for record in table.FeatureList.FeatureRecord:
        record.Feature.LookupListIndex = [index + 1 for index in record.Feature.LookupListIndex]
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "ccmp":
            record.Feature.LookupListIndex = [0, *record.Feature.LookupListIndex]
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)


def _move_on(part: object) -> None:
    """Every reference of a contextual lookup to another one."""
    if isinstance(part, otTables.SubstLookupRecord):
        part.LookupListIndex += 1
    elif isinstance(part, list):
        for one in part:
            _move_on(one)
    elif hasattr(part, "__dict__"):
        for value in vars(part).values():
            if not isinstance(value, (int, str, float)):
                _move_on(value)


def _save(font: TTFont, family: str, style: str, file: str, weight: int) -> None:
    """The same bytes each time."""
    names = font["name"]
    rights = [one for one in names.names if one.nameID in (0, 13, 14)]
    names.names = rights
    whole = f"{family} {style}"
    for number, text in ((1, family), (2, style), (4, whole), (6, whole.replace(" ", ""))):
        names.setName(text, number, 3, 1, 0x409)
    if style not in ("Regular", "Bold"):
        names.setName(whole, 1, 3, 1, 0x409)
        names.setName("Regular", 2, 3, 1, 0x409)
        names.setName(family, 16, 3, 1, 0x409)
        names.setName(style, 17, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = 0
    font.save(FONTS / f"{file}.ttf")


if __name__ == "__main__":
    main()
