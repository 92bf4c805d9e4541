"""The control words of Rich Text Format that stand for characters, and those of what shows nothing."""

from __future__ import annotations

CHARACTERS = {
    "tab": " ",
    "line": "\n",
    "page": "\n",
    "column": "\n",
    "lbr": "\n",
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "\\~": " ",
    "\\_": "-",
    "\\{": "{",
    "\\}": "}",
    "\\\\": "\\",
    "\\\t": " ",
}
# Groups that show nothing where they stand: headers and footers, comments, pictures, fields' code, marks
# of lists (which are no words), and the tables that the text refers to.
PASSED = frozenset(
    "annotation atnauthor atndate atnicn atnid atnref atntime author background bkmkend bkmkstart"
    " buptim category colorschememapping comment company creatim datafield datastore defchp defpap"
    " doccomm docvar falt fchars ffdeftext ffentrymcr ffexitmcr ffformat ffhelptext ffl ffname"
    " ffstattext file filetbl fldinst fname fontemb fontfile footer footerf footerl footerr formfield"
    " ftncn ftnsep ftnsepc aftncn aftnsep aftnsepc g generator gridtbl header headerf headerl headerr"
    " hlinkbase keycode keywords latentstyles lchars levelnumbers leveltext lfolevel linkval listlevel"
    " listname listoverride listoverridetable listpicture liststylename listtable listtext mailmerge"
    " manager nesttableprops nextfile nonesttables nonshppict objalias objclass objdata objname objsect"
    " objtime operator panose password passwordhash pgp pgptbl pict pntext pntxta pntxtb printim"
    " private propname protend protstart protusertbl pxe revtbl revtim rsidtbl rxe shprslt sn sp"
    " staticval subject sv svb tc tcn template themedata txe userprops wgrffmtfilter windowcaption"
    " writereservation writereservhash xe xform xmlnstbl xmlopen xmlclose".split()
)
# Of the groups that a program may pass over, those that do show something.
SHOWN_IF_KNOWN = frozenset("shpinst shptxt do dptxbxtext ud footnote".split())
