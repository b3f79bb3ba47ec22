"""Where our requests may go: https to public addresses, and what the operator allows. Checked when connecting."""

import logging
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests_hardened.ip_filter import InvalidIPAddress, filter_host
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from ievq_pipeline.adapters.deadline import Deadline, pools
from ievq_pipeline.domain.errors import RefusedAddress
from ievq_pipeline.domain.text import Text

USUAL_PORTS = {443, 8443}
DEFAULT_PORTS = {"http": 80, "https": 443}
#: those of mail servers that take mail to be sent on
MAIL_PORTS = {25, 465, 587, 2525}
PUBLIC_V6 = ip_network("2000::/3")
#: why an address is refused
NO_ADDRESS = Text("这不是有效的 https 地址", "it is not a valid https address")
HOLDS_A_NAME = Text("地址中含有用户名或密码", "it holds a user name or password")
PRIVATE = Text(
    "{address} 不是公网地址；管理员可用 IEVQ_EGRESS_ALLOW 放行",
    "{address} is not a public address; an operator may allow it with IEVQ_EGRESS_ALLOW",
)
UNRESOLVED = Text("无法解析主机名", "its host name can't be resolved")
UNUSUAL = Text("只能访问 443 或 8443 端口上的 https 地址", "only https on port 443 or 8443 may be called")
UNUSUAL_MAIL = Text(
    "邮件服务器只能使用 25、465、587 或 2525 端口；管理员可用 IEVQ_EGRESS_ALLOW 放行其他端口",
    "a mail server is only called on port 25, 465, 587 or 2525; an operator may allow others with IEVQ_EGRESS_ALLOW",
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of IEVQ_EGRESS_ALLOW."""

    scheme: str
    network: IPv4Network | IPv6Network
    port: int


@dataclass(frozen=True, slots=True)
class Egress:
    """The rule, and the sessions that keep it."""

    allowed: tuple[Allowed, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Egress":
        """Read `scheme://cidr:port`, comma-separated; settings have checked the form."""
        entries = []
        for entry in filter(None, (part.strip() for part in text.split(","))):
            scheme, _, rest = entry.partition("://")
            cidr, _, port = rest.rpartition(":")
            entries.append(Allowed(scheme, ip_network(cidr.strip("[]")), int(port)))
        return cls(tuple(entries))

    def allows(self, scheme: str, address: IPv4Address | IPv6Address, port: int) -> bool:
        return any(e.scheme == scheme and e.port == port and address in e.network for e in self.allowed)

    def check(self, url: str) -> None:
        """Raise RefusedAddress for an address that would not be called as things stand."""
        try:
            parts = urlsplit(url)
            port = DEFAULT_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        except ValueError as error:
            raise RefusedAddress(url=_shown(url), why=NO_ADDRESS) from error
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise RefusedAddress(url=_shown(url), why=NO_ADDRESS)
        if parts.username is not None or parts.password is not None:
            raise RefusedAddress(url=_shown(url), why=HOLDS_A_NAME)
        try:
            _require_public(filter_host(parts.hostname, port, allow_loopback=False))
        except InvalidIPAddress as refused:
            if not self.allows(parts.scheme, ip_address(str(refused)), port):
                raise RefusedAddress(url=url, why=PRIVATE.format(address=refused)) from refused
            return
        except (requests.RequestException, ValueError) as error:
            raise RefusedAddress(url=url, why=UNRESOLVED) from error
        if parts.scheme != "https" or port not in USUAL_PORTS:
            raise RefusedAddress(url=url, why=UNUSUAL)

    def mail_server(self, scheme: str, host: str, port: int) -> str:
        """The address of a mail server that may be called, to connect to that very one: public, or allowed.

        Raises RefusedAddress.
        """
        url = f"{scheme}://{host}:{port}"
        try:
            address = str(filter_host(host, port, allow_loopback=False)).strip("[]")
            _require_public(address)
        except InvalidIPAddress as refused:
            if not self.allows(scheme, ip_address(str(refused)), port):
                raise RefusedAddress(url=url, why=PRIVATE.format(address=refused)) from refused
            return str(refused)
        except (requests.RequestException, ValueError, OSError) as error:
            raise RefusedAddress(url=url, why=UNRESOLVED) from error
        if port not in MAIL_PORTS and not self.allows(scheme, ip_address(address), port):
            raise RefusedAddress(url=url, why=UNUSUAL_MAIL)
        return address

    def session(self, deadline: Deadline | None = None) -> requests.Session:
        """A session that follows no redirect, knows no proxy or netrc, and connects only where it may.

        With a deadline its connections are cut when that is over.
        """
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # it repeats addresses, and there may be a token in them
        session = _Session()
        session.trust_env = False
        for scheme in DEFAULT_PORTS:
            session.mount(f"{scheme}://", _Adapter(self, scheme, deadline))
        return session


class _Session(requests.Session):
    """To it a redirect is an answer like any other."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


class _Adapter(IPFilterAdapter):  # type: ignore[misc]
    """Connects to the very address that was checked, so that a name cannot change its mind in between."""

    def __init__(self, egress: Egress, scheme: str, deadline: Deadline | None) -> None:
        super().__init__(is_https_proto=scheme == "https")
        self._egress = egress
        self._scheme = scheme
        if deadline is not None:
            self.poolmanager.pool_classes_by_scheme = pools(deadline)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        url = request.url or ""
        parts = urlsplit(url)
        port = DEFAULT_PORTS[self._scheme] if parts.port is None else parts.port
        try:
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
            _require_public(host["host"])
        except InvalidIPAddress as refused:
            address = ip_address(str(refused))
            if not self._egress.allows(self._scheme, address, port):
                raise
            return self._pinned(request, verify, cert, address)
        if self._scheme != "https" or port not in USUAL_PORTS:
            raise InvalidIPAddress(f"{_shown(url)}: {UNUSUAL.en}")
        return host, pool

    def _pinned(
        self, request: requests.PreparedRequest, verify: Any, cert: Any, address: IPv4Address | IPv6Address
    ) -> tuple[Any, Any]:
        attributes: tuple[Any, Any] = HTTPAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        host, pool = attributes
        name = host["host"]
        request.headers = CaseInsensitiveDict(request.headers or {})
        request.headers["Host"] = urlsplit(request.url or "").netloc.rpartition("@")[2]
        if self._scheme == "https":
            pool |= {"assert_hostname": name, "server_hostname": name}
        host["host"] = str(address) if address.version == 4 else f"[{address}]"
        return host, pool


def _require_public(host: str) -> None:
    """What the library's list leaves out: of IPv6 only 2000::/3 is public. Raises InvalidIPAddress."""
    address = ip_address(host.strip("[]"))
    if address.version == 6 and address not in PUBLIC_V6:
        raise InvalidIPAddress(str(address))


def _shown(url: str) -> str:
    """The address without the name and password in it."""
    start, found, rest = url.partition("//")
    return start + found + rest.rpartition("@")[2]
