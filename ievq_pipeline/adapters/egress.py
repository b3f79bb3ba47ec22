"""Where our requests may go: https to public addresses, and what the operator allows. Checked when connecting."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests_hardened.ip_filter import InvalidIPAddress, filter_host
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from ievq_pipeline.domain.errors import RefusedAddress

USUAL_PORTS = {443, 8443}
DEFAULT_PORTS = {"http": 80, "https": 443}


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
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise RefusedAddress(url=url, why="it is not an https address")
        if parts.username is not None or parts.password is not None:
            raise RefusedAddress(url=_shown(url), why="it holds a user name or password")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        try:
            filter_host(parts.hostname, port, allow_loopback=False)
        except InvalidIPAddress as refused:
            if not self.allows(parts.scheme, ip_address(str(refused)), port):
                raise RefusedAddress(url=url, why=f"{refused} is a private address") from refused
            return
        except requests.RequestException as error:
            raise RefusedAddress(url=url, why=str(error)) from error
        if parts.scheme != "https" or port not in USUAL_PORTS:
            raise RefusedAddress(url=url, why="only https on port 443 or 8443 may be called")

    def session(self) -> requests.Session:
        """A session that follows no redirect, knows no proxy or netrc, and connects only where it may."""
        session = requests.Session()
        session.trust_env = False
        session.max_redirects = 0
        for scheme in DEFAULT_PORTS:
            session.mount(f"{scheme}://", _Adapter(self, scheme))
        return session


class _Adapter(IPFilterAdapter):  # type: ignore[misc]
    """Connects to the very address that was checked, so that a name cannot change its mind in between."""

    def __init__(self, egress: Egress, scheme: str) -> None:
        super().__init__(is_https_proto=scheme == "https")
        self._egress = egress
        self._scheme = scheme

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        url = request.url or ""
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[self._scheme]
        try:
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        except InvalidIPAddress as refused:
            address = ip_address(str(refused))
            if not self._egress.allows(self._scheme, address, port):
                raise
            return self._pinned(request, verify, cert, address)
        if self._scheme != "https" or port not in USUAL_PORTS:
            raise InvalidIPAddress(f"{_shown(url)}: only https on port 443 or 8443 may be called")
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


def _shown(url: str) -> str:
    """The address without the name and password in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
