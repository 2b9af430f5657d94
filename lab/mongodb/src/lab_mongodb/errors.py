"""Errors of commands: MongoDB's codes and their names."""

from typing import Any

NAMES = {
    2: 'BadValue',
    8: 'UnknownError',
    9: 'FailedToParse',
    11: 'UserNotFound',
    13: 'Unauthorized',
    14: 'TypeMismatch',
    17: 'ProtocolError',
    18: 'AuthenticationFailed',
    20: 'IllegalOperation',
    22: 'InvalidBSON',
    23: 'AlreadyInitialized',
    31: 'RoleNotFound',
    43: 'CursorNotFound',
    59: 'CommandNotFound',
    72: 'InvalidOptions',
    73: 'InvalidNamespace',
    76: 'NoReplicationEnabled',
    93: 'InvalidReplicaSetConfig',
    94: 'NotYetInitialized',
    96: 'OperationFailed',
    115: 'CommandNotSupported',
    238: 'NotImplemented',
    334: 'MechanismUnavailable',
    352: 'UnsupportedOpQueryCommand',
    10107: 'NotWritablePrimary',
    13436: 'NotPrimaryOrSecondary',
    51003: 'Location51003',
    40414: 'Location40414',
}


class CommandError(Exception):
    """A failed command."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    def reply(self) -> dict[str, Any]:
        """The reply to the client."""
        return {'ok': 0.0, 'errmsg': str(self), 'code': self.code, 'codeName': NAMES[self.code]}
