"""Splits a byte stream into lines, none longer than the Agent's limit."""

# `logs_config.max_message_size_bytes`. The Agent splits a longer line into several messages and marks each.
LINE_BYTES = 900_000
_CUT = b'...TRUNCATED...'


class Lines:
    """Keeps the bytes of an incomplete line."""

    def __init__(self) -> None:
        self._rest = b''
        # Whether the rest continues a line whose beginning was already returned.
        self._goes_on = False

    @property
    def pending(self) -> int:
        """Number of bytes received that are not in a line yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that DATA completes, and the beginning of a line that has become too long."""
        data = self._rest + data
        *lines, self._rest = data.split(b'\n')
        if len(data) <= LINE_BYTES and not self._goes_on:
            return lines
        found: list[bytes] = []
        for line in lines:
            last = self._cut(line, found)
            found.append(self._marked(last))
            self._goes_on = False
        self._rest = self._cut(self._rest, found)
        return found

    def _cut(self, line: bytes, found: list[bytes]) -> bytes:
        """Moves full pieces of LINE to FOUND and returns the rest."""
        while len(line) > LINE_BYTES:
            found.append(self._marked(line[:LINE_BYTES]) + _CUT)
            line = line[LINE_BYTES:]
            self._goes_on = True
        return line

    def _marked(self, piece: bytes) -> bytes:
        return _CUT + piece if self._goes_on else piece
