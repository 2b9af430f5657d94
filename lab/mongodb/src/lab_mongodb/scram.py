"""The server side of SCRAM-SHA-256 (RFC 5802, RFC 7677)."""

import base64
import binascii
import hashlib
import hmac
import secrets
import stringprep
import unicodedata
from dataclasses import dataclass

MECHANISM = 'SCRAM-SHA-256'
ITERATIONS = 15_000


class ScramError(Exception):
    """A failed login."""


@dataclass(frozen=True)
class Credential:
    """What the server stores for a password: enough to verify it, not enough to log in."""

    iterations: int
    salt: bytes
    stored_key: bytes
    server_key: bytes


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, 'sha256')


def prepare(password: str) -> str:
    """A password normalized by SASLprep (RFC 4013), so that all ways to type it are equal."""
    if password.isascii():
        return password
    mapped = ''.join(
        ' ' if stringprep.in_table_c12(character) else character
        for character in password
        if not stringprep.in_table_b1(character)
    )
    normal = unicodedata.normalize('NFKC', mapped)
    if any(stringprep.in_table_c21_c22(character) or stringprep.in_table_c3(character) for character in normal):
        raise ValueError('a password with a character that is not allowed')
    return normal


def derive(password: str) -> Credential:
    """A password's credential, with its own salt."""
    salt = secrets.token_bytes(28)
    salted = hashlib.pbkdf2_hmac('sha256', prepare(password).encode(), salt, ITERATIONS)
    stored = hashlib.sha256(_hmac(salted, b'Client Key')).digest()
    return Credential(ITERATIONS, salt, stored, _hmac(salted, b'Server Key'))


@dataclass(frozen=True)
class FirstMessage:
    """A client's first message."""

    user: str
    nonce: str
    header: str
    bare: str

    @classmethod
    def parse(cls, payload: bytes) -> 'FirstMessage':
        """Parses the payload of saslStart."""
        try:
            binding, identity, bare = payload.decode().split(',', 2)
            user, nonce = bare.split(',')[:2]
        except ValueError as error:
            raise ScramError('malformed first message') from error
        if binding not in ('n', 'y') or not user.startswith('n=') or not nonce.startswith('r=') or len(nonce) < 3:
            raise ScramError('malformed first message')
        return cls(user[2:].replace('=2C', ',').replace('=3D', '='), nonce[2:], f'{binding},{identity},', bare)


class Conversation:
    """One login, starting with the client's first message."""

    def __init__(self, first: FirstMessage, credential: Credential) -> None:
        self._first, self._credential = first, credential
        self._nonce = first.nonce + base64.b64encode(secrets.token_bytes(24)).decode()
        salt = base64.b64encode(credential.salt).decode()
        self.challenge = f'r={self._nonce},s={salt},i={credential.iterations}'.encode()

    def finish(self, payload: bytes) -> bytes:
        """Verifies the client's proof; the reply proves that the server knows the password too."""
        try:
            without_proof, _, proof = payload.decode().rpartition(',p=')
            given = base64.b64decode(proof, validate=True)
        except (ValueError, binascii.Error) as error:
            raise ScramError('malformed final message') from error
        binding = base64.b64encode(self._first.header.encode()).decode()
        if without_proof.split(',')[:2] != [f'c={binding}', f'r={self._nonce}']:
            raise ScramError('malformed final message')
        signed = b','.join([self._first.bare.encode(), self.challenge, without_proof.encode()])
        signature = _hmac(self._credential.stored_key, signed)
        key = bytes(left ^ right for left, right in zip(given, signature, strict=False))
        if len(given) != 32 or not hmac.compare_digest(hashlib.sha256(key).digest(), self._credential.stored_key):
            raise ScramError('SCRAM authentication failed, storedKey mismatch')
        return b'v=' + base64.b64encode(_hmac(self._credential.server_key, signed))
