"""A folder in which a submitter leaves its files: where it may lie, and which of the files in it are whole."""

from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.pull import PLACE, require_place
from ievq_pipeline.domain.text import Text

#: how long a file must have stood unchanged before it is taken; by hand, when somebody waits for it, less
SETTLES, SETTLES_BY_HAND = timedelta(seconds=60), timedelta(seconds=2)
#: between two looks into a folder: less than the ten minutes between two runs, so that each run looks
LOOKS = timedelta(minutes=9)
#: what may be watched: local folders, and object stores through the operator's own libraries; `memory` is for tests
PROTOCOLS = ("file", "memory", "s3", "gs", "abfs", "oss")
#: how names of files begin and end that a program is still writing, or keeps for itself
TEMPORARY_STARTS = ("~$", "~", ".", "#")
TEMPORARY_ENDS = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", ".lock", "~")
NO_ROOT = Text(
    "监视目录须写成 {known} 开头的地址，如 file:///srv/inbox 或 s3://bucket/prefix，不能含 ..、*、用户名或密码",
    "a watched folder is given by an address of {known}, such as file:///srv/inbox or s3://bucket/prefix, without ..,"
    " *, user name or password",
)
OUTSIDE = Text(
    "该目录不在管理员用 IEVQ_WATCH_ROOTS 允许的位置之内",
    "it does not lie below a place that the operator allows with IEVQ_WATCH_ROOTS",
)
PATTERN = Text(
    "通配符只能用在文件名中（如 *.xlsx），上级目录须写全",
    "only the name of the file may hold a pattern such as *.xlsx; the folders above it are written out",
)


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart: protocol, the path of a folder below it, and the pattern of the names in it."""

    protocol: str
    folder: str
    pattern: str

    def takes(self, name: str) -> bool:
        """Whether a file of that name is meant; temporary ones never are."""
        return fnmatchcase(name, self.pattern) and not is_temporary(name)


def is_temporary(name: str) -> bool:
    return name.startswith(TEMPORARY_STARTS) or name.lower().endswith(TEMPORARY_ENDS)


def require_root(url: str) -> tuple[str, str]:
    """Protocol and path of a place that the operator allows. Raises ValueError for one that cannot be read."""
    protocol, path = _parts(url)
    if protocol not in PROTOCOLS or "*" in path or not path.strip("/"):
        raise ValueError(NO_ROOT.format(known=", ".join(PROTOCOLS)).en)
    return protocol, path


def place(template: str, quarter: str, roots: str) -> Place:
    """Where the files of a quarter lie, by a feed's template, which holds `{quarter}`. Raises BadCall.

    It must lie below one of the `roots`, comma-separated, that the operator allows.
    """
    require_place(template)
    protocol, path = _parts(template.replace(PLACE, quarter))
    folder, _, pattern = path.rpartition("/")
    if protocol not in PROTOCOLS:
        raise BadCall(why=NO_ROOT.format(known=", ".join(PROTOCOLS)))
    if any(sign in folder for sign in "*?[") or not pattern or template.endswith("/"):
        raise BadCall(why=PATTERN)
    allowed = [require_root(root.strip()) for root in roots.split(",") if root.strip()]
    if not any(protocol == scheme and _is_below(folder, root) for scheme, root in allowed):
        raise BadCall(why=OUTSIDE)
    return Place(protocol, folder, pattern)


def root_of(place: Place, roots: str) -> str:
    """The allowed path below which a place lies."""
    allowed = [require_root(root.strip()) for root in roots.split(",") if root.strip()]
    return next(root for scheme, root in allowed if scheme == place.protocol and _is_below(place.folder, root))


def _parts(url: str) -> tuple[str, str]:
    """Protocol and path, its server first where there is one; ("", "") for what is no plain address."""
    protocol, _, rest = url.strip().partition("://")
    path = rest.rstrip("/") if protocol == "file" else rest.strip("/")
    names = path.removeprefix("/").split("/")
    is_whole = path.startswith("/") or protocol != "file"
    is_odd = {"", ".", ".."} & set(names) or any(sign in url for sign in ("::", "@", "\\", "\0"))
    return (protocol, path) if is_whole and not is_odd else ("", "")


def _is_below(folder: str, root: str) -> bool:
    return folder == root or folder.startswith(f"{root}/")
