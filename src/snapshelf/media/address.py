"""Which network addresses a catalogue's URLs may lead to: the public internet, not our own house."""

from __future__ import annotations

import ipaddress
import socket

from snapshelf.errors import BadMedia


def vetted(host: str, port: int, allow_private: bool) -> list[str]:
    """The addresses of ``host`` to connect to, in the system's order, after every one of them was found public.

    The caller connects to these very addresses, so a name that changes between the check and the connection gains
    nothing. Raises BadMedia for a name that does not resolve, or any of whose addresses is private, loopback,
    link-local, reserved or multicast.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadMedia(f"the host {host[:100]!r} cannot be found") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        if not allow_private and not is_public(address):
            raise BadMedia(
                f"the host {host!r} leads into a private network ({address}), where a catalogue has no business; "
                "set media.allow_private = true if the pictures are really there"
            )
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; IPv4 inside IPv6 counts as what it holds."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):  # IPv4 behind a translator
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
