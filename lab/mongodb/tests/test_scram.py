"""The server side of SCRAM, with the example from RFC 7677."""

import base64
import hashlib
import hmac

import pytest

from lab_mongodb import scram

FIRST = b'n,,n=user,r=rOprNGfwEbeRWgbNEkqO'


def _credential(password: str = 'pencil') -> scram.Credential:
    salt = base64.b64decode('W22ZaJ0SNY7soEsUEjb6gQ==')
    salted = hashlib.pbkdf2_hmac('sha256', password.encode(), salt, 4096)
    stored = hashlib.sha256(hmac.digest(salted, b'Client Key', 'sha256')).digest()
    return scram.Credential(4096, salt, stored, hmac.digest(salted, b'Server Key', 'sha256'))


def _begun(monkeypatch: pytest.MonkeyPatch, password: str = 'pencil') -> scram.Conversation:
    first = scram.FirstMessage.parse(FIRST)
    assert first.user == 'user'
    conversation = scram.Conversation(first, _credential(password))
    # The server nonce of the example.
    nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
    monkeypatch.setattr(conversation, '_nonce', nonce)
    conversation.challenge = f'r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'.encode()
    return conversation


FINAL = b'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='


def test_the_example_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _begun(monkeypatch).finish(FINAL)
    assert answer == b'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='


@pytest.mark.parametrize(
    'payload',
    [
        FINAL.replace(b'p=dH', b'p=dI'),
        FINAL.replace(b'c=biws', b'c=eSws'),
        FINAL.replace(b'r=rO', b'r=xO'),
        FINAL.rpartition(b',p=')[0] + b',p=',
        b'',
        b'\xff',
    ],
)
def test_any_other_proof_is_refused(monkeypatch: pytest.MonkeyPatch, payload: bytes) -> None:
    with pytest.raises(scram.ScramError):
        _begun(monkeypatch).finish(payload)


@pytest.mark.parametrize('without_proof', ['c=eSws,r={nonce}', 'c=biws,r={nonce}x', 'c=biws,r=rOprNGfwEbeRWgbNEkqO'])
def test_a_proof_for_other_words_is_refused(monkeypatch: pytest.MonkeyPatch, without_proof: str) -> None:
    conversation = _begun(monkeypatch)
    words = without_proof.format(nonce=conversation.challenge.decode()[2:].partition(',')[0])
    # As a client that knows the password signs them.
    salted = hashlib.pbkdf2_hmac('sha256', b'pencil', base64.b64decode('W22ZaJ0SNY7soEsUEjb6gQ=='), 4096)
    key = hmac.digest(salted, b'Client Key', 'sha256')
    signed = b','.join([FIRST[3:], conversation.challenge, words.encode()])
    signature = hmac.digest(hashlib.sha256(key).digest(), signed, 'sha256')
    proof = base64.b64encode(bytes(left ^ right for left, right in zip(key, signature, strict=True)))
    with pytest.raises(scram.ScramError, match='malformed final message'):
        conversation.finish(words.encode() + b',p=' + proof)


def test_the_proof_of_another_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(scram.ScramError, match='storedKey mismatch'):
        _begun(monkeypatch, 'pencil2').finish(FINAL)


@pytest.mark.parametrize('payload', [b'', b'n,,', b'p=x,,n=u,r=a', b'n,,n=u', b'n,,n=u,r=', b'\xff\xff'])
def test_a_malformed_beginning_is_refused(payload: bytes) -> None:
    with pytest.raises(scram.ScramError):
        scram.FirstMessage.parse(payload)


def test_a_comma_in_a_name() -> None:
    assert scram.FirstMessage.parse(b'n,,n=a=2Cb=3Dc,r=x').user == 'a,b=c'


def test_each_credential_has_its_own_salt() -> None:
    one, other = scram.derive('x'), scram.derive('x')
    assert one.salt != other.salt
    assert one.stored_key != other.stored_key


def test_ways_to_type_a_password_are_the_same() -> None:
    assert scram.prepare('I\u00adX') == 'IX'
    assert scram.prepare('\u2168') == 'IX'
    with pytest.raises(ValueError):
        scram.prepare('\u00e4\u0007')
