"""Calls an app on this machine's loopback as a plan has it, and counts each request once; runs in the guest.

Standard input is a JSON document:
  port         of the app, on 127.0.0.1
  order        paths, called one after the other and then from the first again
  due          requests that are due in all by the end of each second
  connections  the most that are open at once
  every        seconds from one line of output to the next
  patience     seconds until an answer must have come
  catch_up     seconds after the end in which what was due before is still sent

Each line of standard output is a JSON document: what has happened so far, and the latencies since the last line.
SIGTERM ends the sending; what is on its way is waited for, two seconds at most.
"""

import collections
import http.client
import itertools
import json
import math
import os
import queue
import signal
import socket
import sys
import threading
import time

# Seconds. Shorter than servers keep an idle connection: a request must not meet its end.
IDLE = 1.0
# Seconds from one look at what is due to the next.
TICK = 0.005
# Seconds that answers are waited for after a signal.
GRACE = 2.0


class Latencies:
    """Counts in buckets that differ by 1 %."""

    def __init__(self) -> None:
        self.buckets: collections.Counter[int] = collections.Counter()
        self.most = 0.0

    def add(self, milliseconds: float) -> None:
        self.buckets[round(math.log(max(milliseconds, 0.001), 1.01))] += 1
        self.most = max(self.most, milliseconds)

    def read(self) -> dict[str, float]:
        total, seen, wanted = sum(self.buckets.values()), 0, [('p50', 0.5), ('p90', 0.9), ('p99', 0.99)]
        found = {'p50': 0.0, 'p90': 0.0, 'p99': 0.0, 'max': round(self.most, 3)}
        for bucket, count in sorted(self.buckets.items()):
            seen += count
            while wanted and seen >= wanted[0][1] * total:
                found[wanted.pop(0)[0]] = round(min(1.01**bucket, self.most), 3)
        return found


class Load:
    """All that several threads share; whoever reads or writes holds the lock."""

    def __init__(self, port: int, patience: float) -> None:
        self.port, self.patience = port, patience
        self.begun = time.monotonic()
        self.lock = threading.Lock()
        self.sent = self.ended = self.due = 0
        self.answered: collections.Counter[str] = collections.Counter()
        self.unanswered: collections.Counter[str] = collections.Counter()
        self.routes: collections.Counter[str] = collections.Counter()
        self.all, self.recent = Latencies(), Latencies()
        self.waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def call(self, connection: http.client.HTTPConnection, path: str) -> str | None:
        """The class of the answer's status; None, and the reason counted, without an answer."""
        begun = time.perf_counter()
        try:
            connection.request('GET', path)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            with self.lock:
                self.unanswered[reason(error)] += 1
            return None
        milliseconds = (time.perf_counter() - begun) * 1000
        kind = f'{answer.status // 100}xx'
        with self.lock:
            self.answered[kind] += 1
            self.all.add(milliseconds)
            self.recent.add(milliseconds)
        return kind

    def work(self) -> None:
        """One connection, which takes the next request as soon as it has done with the last."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=self.patience)
        used = 0.0
        while True:
            path = self.waiting.get()
            if time.monotonic() - used > IDLE:
                connection.close()
            self.call(connection, path)
            used = time.monotonic()
            with self.lock:
                self.ended += 1

    def send(self, path: str) -> None:
        with self.lock:
            self.sent += 1
            self.routes[path] += 1
        self.waiting.put(path)

    def on_their_way(self) -> int:
        with self.lock:
            return self.sent - self.ended

    def tell(self, given_up: int = 0) -> None:
        with self.lock:
            document = {
                'sent': self.sent,
                'answered': dict(sorted(self.answered.items())),
                'unanswered': {**self.unanswered, **({'given up at the end': given_up} if given_up else {})},
                'routes': dict(sorted(self.routes.items())),
                'latency': self.all.read(),
                'late': max(0, self.due - self.sent),
                'recent': self.recent.read(),
            }
            self.recent = Latencies()
        print(json.dumps({'at': round(time.monotonic() - self.begun, 3), **document}), flush=True)


def reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | socket.timeout):
        return 'no answer in time'
    return str(error) or type(error).__name__


def due_at(due: list[int], at: float) -> int:
    """Requests that are due by a moment: evenly over each second."""
    second = int(at)
    if second >= len(due):
        return due[-1]
    before = due[second - 1] if second > 0 else 0
    return before + int((due[second] - before) * (at - second) + 1e-6)


def main() -> None:
    plan = json.load(sys.stdin)
    load = Load(plan['port'], plan['patience'])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    paths = itertools.cycle(plan['order'])
    seconds, connections, workers = len(plan['due']), plan['connections'], 0
    told = 0.0
    give_up = math.inf
    while True:
        at = time.monotonic() - load.begun
        if not stop.is_set():
            load.due = due_at(plan['due'], at)
        is_over = stop.is_set() or at >= seconds + (plan['catch_up'] if load.sent < load.due else 0)
        flying = load.on_their_way()
        while not is_over and load.sent < load.due and flying < connections:
            flying += 1
            if flying > workers:
                workers += 1
                threading.Thread(target=load.work, daemon=True).start()
            load.send(next(paths))
        if stop.is_set():
            give_up = min(give_up, at + GRACE)
        if is_over and (flying == 0 or at > give_up):
            break
        if at - told >= plan['every']:
            told += plan['every']
            load.tell()
        time.sleep(TICK)
    load.tell(load.on_their_way())
    # Threads may still wait for an answer.
    os._exit(0)


main()
