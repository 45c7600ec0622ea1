"""The smallest colour and font theme Excel takes: the form names its own colours and fonts, the usual one is 1 KB for nothing."""

_COLOURS = {
    "dk1": "000000", "lt1": "FFFFFF", "dk2": "1F3A5F", "lt2": "EEF0F2", "accent1": "1F4E78", "accent2": "5B4B8A", "accent3": "2E7D4F",
    "accent4": "1F7A8C", "accent5": "6B5B4B", "accent6": "8C3A4F", "hlink": "0563C1", "folHlink": "954F72",
}  # fmt: skip
_COLOUR_LIST = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in _COLOURS.items())
_FONT = '<a:latin typeface="宋体"/><a:ea typeface="宋体"/><a:cs typeface=""/>'
_FILL = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
_LINE = f'<a:ln w="9525">{_FILL}</a:ln>'
_EFFECT = "<a:effectStyle><a:effectLst/></a:effectStyle>"

THEME = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="form"><a:themeElements>'
    f'<a:clrScheme name="form">{_COLOUR_LIST}</a:clrScheme>'
    f'<a:fontScheme name="form"><a:majorFont>{_FONT}</a:majorFont><a:minorFont>{_FONT}</a:minorFont></a:fontScheme>'
    f'<a:fmtScheme name="form"><a:fillStyleLst>{3 * _FILL}</a:fillStyleLst><a:lnStyleLst>{3 * _LINE}</a:lnStyleLst>'
    f"<a:effectStyleLst>{3 * _EFFECT}</a:effectStyleLst><a:bgFillStyleLst>{3 * _FILL}</a:bgFillStyleLst></a:fmtScheme>"
    "</a:themeElements></a:theme>"
)
