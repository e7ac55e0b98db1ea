#!/usr/bin/env python3
"""What idle connections with two sessions each cost a broker, side by side.

    BENCH=<folder of compare.py and its peers> benchmarks/idle.py \
        --broker warren rabbitmq-classic [--connections 10000] [--out FILE]

For each broker, one at a time, on loopback, from an empty data directory: starts it, waits until
its resident memory holds still, opens the connections (SASL PLAIN as guest, open, two begins), waits
again, checks that every connection is still open, and closes them. Nothing is published or consumed.
Memory is VmRSS of the broker's process, before and with the connections; of a JVM also what is live
on its heap after a collection (jcmd of the PATH). A JVM collects first, then VmRSS is read "before",
so that garbage of the start is not counted to the broker's advantage.

Prints a line of JSON for each broker, and writes all of them to --out as one object by name:

    connections                   how many were open, with two sessions each
    opened_per_s                  how fast they were opened, 64 at a time from one thread
    rss_before_mib, rss_with_mib  resident memory without and with them
    rss_closed_mib                the same some time after they were closed
    kib_per_connection            the difference of the first two, divided: what one costs
    live_heap_...                 the same of the heap of a JVM; null for other programs

How far to trust it: pages a broker has touched stay resident, so a small number of connections may
cost nothing at all; take 10,000, and a machine that does nothing else. BENCH is the folder with
compare.py, brokers.json and the scripts that start and stop the brokers; --connections 200 --broker
warren tries it in half a minute.
Ends by itself; ends only what it started. It needs a few descriptors more than connections, as the
broker does: it raises the soft limit itself, the hard one (ulimit -Hn) must allow it.
"""
import argparse
import json
import os
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.environ.get("BENCH", "."))
import compare  # noqa: E402  the peers' harness

BATCH = 64
SPARE_DESCRIPTORS = 200
STEADY_LIMIT_S = 20
READ_LIMIT_S = 30
KEEP_ALIVE_S = 10

SASL = b"AMQP\x03\x01\x00\x00"
AMQP = b"AMQP\x00\x01\x00\x00"
EMPTY_FRAME = struct.pack(">IBBH", 8, 2, 0, 0)
SASL_OUTCOME, OPEN, BEGIN, CLOSE = 0x44, 0x10, 0x11, 0x18


def text(value, code):
    octets = value if isinstance(value, bytes) else value.encode()
    return bytes([code, len(octets)]) + octets


def frame(kind, channel, descriptor, *fields):
    body = b"".join(fields)
    listed = b"\x00\x53" + bytes([descriptor, 0xC0, len(body) + 1, len(fields)]) + body
    return struct.pack(">IBBH", len(listed) + 8, 2, kind, channel) + listed


def sasl_init():
    return frame(1, 0, 0x41, text("PLAIN", 0xA3), text(b"\0guest\0guest", 0xA0))


def begin(channel):
    window = b"\x70" + struct.pack(">I", 2048)
    return frame(0, channel, BEGIN, b"\x40", b"\x43", window, window)


class Connection:
    def __init__(self, host, port, number):
        self.number, self.buffer = number, b""
        self.socket = socket.create_connection((host, port), READ_LIMIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, octets):
        self.socket.sendall(octets)

    def read(self, length):
        while len(self.buffer) < length:
            more = self.socket.recv(4096)
            if not more:
                raise RuntimeError(f"connection {self.number} was closed by the broker")
            self.buffer += more
        head, self.buffer = self.buffer[:length], self.buffer[length:]
        return head

    def expect(self, wanted):
        """Reads frames until one with this descriptor came; returns its body."""
        while True:
            size, offset = struct.unpack(">IB", self.read(8)[:5])
            body = self.read(size - 8)[(offset - 2) * 4:]
            if not body:
                continue
            descriptor = body[2] if body[1] == 0x53 else body[9]
            if descriptor == wanted:
                return body
            if descriptor == CLOSE:
                raise RuntimeError(f"connection {self.number}: close {body!r}")

    def close(self):
        self.socket.close()


def open_batch(host, port, numbers):
    """A step of all of them at a time, so that the broker has something to do meanwhile."""
    batch = [Connection(host, port, number) for number in numbers]
    for c in batch:
        c.send(SASL)
    for c in batch:
        c.read(8)
        c.send(sasl_init())
    for c in batch:
        c.expect(SASL_OUTCOME)
        c.send(AMQP)
    for c in batch:
        c.read(8)
        c.send(frame(0, 0, OPEN, text(f"idle-{c.number}", 0xA1), text("vhost:/", 0xA1)))
    for c in batch:
        c.expect(OPEN)
        c.send(begin(0) + begin(1))
    for c in batch:
        c.expect(BEGIN)
        c.expect(BEGIN)
    return batch


def keep_alive(connections):
    for c in connections:
        c.send(EMPTY_FRAME)


def check_open(connections):
    """A figure for connections that the broker has closed meanwhile would be worth nothing."""
    for c in connections:
        c.socket.setblocking(False)
        try:
            said = c.socket.recv(512)
            raise RuntimeError(f"connection {c.number} should be idle, but the broker closed it or said {said!r}")
        except BlockingIOError:
            pass  # as it should be: it is open, and the broker has nothing to say
        finally:
            c.socket.settimeout(READ_LIMIT_S)


def rss_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def steady_rss(pid, connections):
    """VmRSS once it has hardly changed for three seconds."""
    deadline = time.monotonic() + STEADY_LIMIT_S
    last_alive = time.monotonic()
    history = [rss_kib(pid)]
    while time.monotonic() < deadline:
        time.sleep(1)
        history.append(rss_kib(pid))
        if time.monotonic() - last_alive > KEEP_ALIVE_S:
            last_alive = time.monotonic()
            keep_alive(connections)
        recent = history[-4:]
        if len(recent) == 4 and max(recent) - min(recent) < max(recent) // 200:
            break
    return history[-1]


def live_heap_kib(pid):
    """What is live on the heap of a JVM after a collection; None for other programs."""
    jcmd = shutil.which("jcmd")
    if jcmd is None or "java" not in os.path.basename(os.readlink(f"/proc/{pid}/exe")):
        return None
    for _ in range(2):
        # What the first one leaves to finalizers and cleaners goes with the second.
        subprocess.run([jcmd, str(pid), "GC.run"], stdout=subprocess.DEVNULL, check=True)
    said = subprocess.run([jcmd, str(pid), "GC.heap_info"], stdout=subprocess.PIPE, text=True, check=True)
    # One line or, of some collectors, one for each generation; the metaspace is no heap.
    return sum(int(used) for used in re.findall(r"used (\d+)K", said.stdout.split("Metaspace")[0]))


def histogram(pid, lines):
    said = subprocess.run(["jmap", "-histo:live", str(pid)], stdout=subprocess.PIPE, text=True)
    print("\n".join(said.stdout.splitlines()[: lines + 3]), flush=True)


def run(broker, count, histogram_lines):
    pid = broker.pid()
    heap_before = live_heap_kib(pid)
    before = steady_rss(pid, [])
    connections = []
    began = last_alive = time.monotonic()
    try:
        for first in range(0, count, BATCH):
            connections += open_batch(broker.host, broker.port, range(first, min(first + BATCH, count)))
            if time.monotonic() - last_alive > KEEP_ALIVE_S:
                last_alive = time.monotonic()
                keep_alive(connections)
        took = time.monotonic() - began
        keep_alive(connections)
        after = steady_rss(pid, connections)
        heap_after = live_heap_kib(pid)
        keep_alive(connections)
        check_open(connections)
        if histogram_lines and heap_after:
            histogram(pid, histogram_lines)
    finally:
        for c in connections:
            c.close()
    closed = steady_rss(pid, [])
    return {
        "connections": count,
        "opened_per_s": round(count / took),
        "rss_before_mib": round(before / 1024, 1),
        "rss_with_mib": round(after / 1024, 1),
        "rss_closed_mib": round(closed / 1024, 1),
        "kib_per_connection": round((after - before) / count, 1),
        "live_heap_before_mib": heap_before and round(heap_before / 1024, 1),
        "live_heap_with_mib": heap_after and round(heap_after / 1024, 1),
        "live_heap_kib_per_connection": heap_after and round((heap_after - heap_before) / count, 2),
    }


def raise_descriptor_limit(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + SPARE_DESCRIPTORS
    if hard != resource.RLIM_INFINITY and hard < needed:
        sys.exit(f"{needed} open files are needed and {hard} are allowed: raise the limit (ulimit -Hn)")
    if soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--broker", nargs="+", required=True)
    options.add_argument("--connections", type=int, default=10_000)
    options.add_argument("--histogram", type=int, default=0, help="lines of jmap -histo with the connections open")
    options.add_argument("--out", default="")
    wanted = options.parse_args()
    raise_descriptor_limit(wanted.connections)
    with open(os.path.join(compare.HERE, "brokers.json")) as file:
        specs = json.load(file)
    results = {}
    for name in wanted.broker:
        broker = compare.Broker(name, specs[name])
        broker.script("reset")
        broker.start()
        try:
            results[name] = run(broker, wanted.connections, wanted.histogram)
            print(name, json.dumps(results[name]), flush=True)
        finally:
            broker.script("stop")
            broker.script("reset")
    if wanted.out:
        with open(wanted.out, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
