"""Region codes: which of them are places, and what places are called for short."""

import re
from collections.abc import Iterator

#: values, of any scheme, for demand whose place is not known, and for posts that have none
NO_PLACES = frozenset({"unknown", "remote"})


def is_place(code: str) -> bool:
    """Whether a region, such as `350200` or `us-state:CA`, is one on the map; what is not makes no regional series."""
    return code.rpartition(":")[2].strip().casefold() not in NO_PLACES | {""}


#: what a title says of the rank of a place; a name of one character is never written without it
RANK = re.compile("特别行政区|新区|(?:(?:[壮回]族|维吾尔)?自治区)|地区|林区|特区|[省市县区旗盟]")
#: the peoples in the titles of autonomous places
PEOPLES = re.compile(
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇"
    "|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|怒|鄂温克|普米|保安|裕固|独龙|鄂伦春|各)族|蒙古|哈萨克|柯尔克孜"
    "|塔吉克|锡伯|达斡尔"
)


def shorts(title: str) -> Iterator[str]:
    """What else a place is called: 厦门 of 厦门市, 湘西 and 湘西州 of 湘西土家族苗族自治州."""
    if found := re.fullmatch("(.+?)(自治[州县旗])", title):
        bare = PEOPLES.sub("", found[1])
        names = [bare, f"{bare}{found[2][-1]}"]
    else:
        ends = RANK.finditer(title)
        names = [title[: one.start()] for one in ends if one.end() == len(title)][:1]
    yield from (name for name in names if len(name) > 1 and name != title)
