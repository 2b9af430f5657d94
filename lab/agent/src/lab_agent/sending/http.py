"""One HTTP request to a loopback address, without a proxy and without following redirects."""

from collections.abc import Mapping

from lab_agent.sending.address import Address


def request(
    address: Address, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> int:
    """The response status; raises OSError if there was no response."""
    from http.client import HTTPConnection, HTTPException

    for index, host in enumerate(address.hosts):
        connection = HTTPConnection(host, address.port, timeout=timeout)
        try:
            try:
                connection.connect()
            except OSError:
                if index + 1 < len(address.hosts):
                    continue
                raise
            connection.request(method, address.prefix + path, body, dict(headers))
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except HTTPException as error:
            raise ConnectionError(f'{type(error).__name__}: {error}') from error
        finally:
            connection.close()
    raise ConnectionError('no address to connect to')
