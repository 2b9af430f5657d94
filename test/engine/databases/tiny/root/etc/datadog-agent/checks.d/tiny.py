"""What the tiny server's number is."""

import socket

from datadog_checks.base import AgentCheck

__version__ = '1.0.0'


class TinyCheck(AgentCheck):
    def check(self, _):
        tags = ['server:tiny', *(self.instance.get('tags') or [])]
        try:
            number = self.ask()
        except (OSError, ValueError):
            self.service_check('tiny.can_connect', AgentCheck.CRITICAL, tags=tags)
            raise
        self.service_check('tiny.can_connect', AgentCheck.OK, tags=tags)
        self.gauge('tiny.reads', number, tags=tags)

    def ask(self):
        address = (self.instance['host'], self.instance['port'])
        with socket.create_connection(address, timeout=10) as connection:
            stream = connection.makefile('rw')
            stream.write(f'login {self.instance["username"]} {self.instance["password"]}\nread\n')
            stream.flush()
            if stream.readline().strip() != 'OK':
                raise ValueError('login refused')
            return int(stream.readline())
