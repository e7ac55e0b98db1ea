#!/usr/bin/env python3
"""What looking into a deep queue costs, and what it does to traffic beside it.

    benchmarks/browse.py [--messages 1000000] [--rounds 3] [--seconds 10] [--out FILE]

On loopback, with an empty data directory: starts the broker, fills a durable queue, then measures

    first_page_ms      the first page of 50 messages, while nothing else goes on; the median of 20
    last_page_ms       the last page, by the id where it begins
    filter_count_s     counting a queue that is looked through as a whole by an SQL filter
    text_count_s       the same by text in the body

and, in rounds by turns, one sender and one receiver (durable, 1 KiB, 1000 unconfirmed) through
another queue with nobody looking and with somebody who counts the deep queue by text without
a pause: messages a second, seconds of the broker's processor per million messages, and how many
counts were made meanwhile. Needs the jars of scripts/warren and scripts/bench. Ends by itself; ends
only what it started.
"""
import argparse
import base64
import json
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Api:
    """A management API, with guest's password."""

    def __init__(self, url):
        self.url = url

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.url}/api{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": "Basic " + base64.b64encode(b"guest:guest").decode(),
                     "content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            text = answer.read()
        return json.loads(text) if text else None


class Broker(Api):
    def __init__(self, directory, config=str(ROOT / "config/examples/minimal.yaml")):
        self.amqp, self.http = free_port(), free_port()
        super().__init__(f"http://127.0.0.1:{self.http}")
        self.process = subprocess.Popen(
            [str(ROOT / "scripts/warren"), "--config", config,
             "--data", directory, "--amqp-port", str(self.amqp), "--http-port", str(self.http)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.time() + 60
        while True:
            try:
                self.call("GET", "/overview")
                return
            except OSError:
                if time.time() > deadline or self.process.poll() is not None:
                    raise SystemExit("the broker does not start")
                time.sleep(0.2)

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def bench(self, *arguments):
        done = subprocess.run(
            [str(ROOT / "scripts/bench"), "--url", f"amqp://guest:guest@127.0.0.1:{self.amqp}", "--json",
             *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"bench {arguments}: {done.returncode} {done.stderr[-2000:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def count(self, query, until=None):
        matched, after = 0, ""
        while True:
            part = self.call("GET", f"/queues/%2F/deep/messages/count?{query}{after}")
            matched += part["matched"]
            if part["next"] is None or (until and until.is_set()):
                return matched
            after = "&after=" + part["next"]


def timed(action):
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def traffic(broker, seconds, looking):
    stop, counts = threading.Event(), []

    def look():
        while not stop.is_set():
            broker.count("text=nowhere+to+be+found", stop)
            counts.append(1)

    looker = threading.Thread(target=look)
    if looking:
        looker.start()
    before = broker.cpu_seconds()
    result = broker.bench("--senders", "1", "--receivers", "1", "--to", "/queues/work", "--from",
                          "/queues/work", "--count", "0", "--seconds", str(seconds))
    cpu = broker.cpu_seconds() - before
    stop.set()
    if looking:
        looker.join()
    return {"looking": looking, "result": result, "broker_cpu_s": round(cpu, 2), "counts": len(counts)}


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--out")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="warren-browse-") as directory:
        broker = Broker(directory)
        try:
            for queue in ("deep", "work"):
                broker.call("PUT", f"/queues/%2F/{queue}", {})
            broker.bench("--senders", "1", "--receivers", "0", "--to", "/queues/deep", "--count",
                         str(given.messages), "--size", "200")
            found = {"messages": given.messages}
            pages = [timed(lambda: broker.call("GET", "/queues/%2F/deep/messages?limit=50"))[0]
                     for _ in range(20)]
            found["first_page_ms"] = round(statistics.median(pages) * 1000, 1)
            first = broker.call("GET", "/queues/%2F/deep/messages?limit=1")["items"][0]["id"]
            last = int(first) + given.messages - 50
            took, page = timed(lambda: broker.call(
                "GET", f"/queues/%2F/deep/messages?limit=50&after={last}"))
            found["last_page_ms"] = round(took * 1000, 1)
            found["last_page_items"] = len(page["items"])
            sql = urllib.parse.quote("nothing = 'like it'")
            took, matched = timed(lambda: broker.count("filter=" + sql))
            found["filter_count_s"], found["filter_matched"] = round(took, 2), matched
            took, matched = timed(lambda: broker.count("text=nowhere+to+be+found"))
            found["text_count_s"], found["text_matched"] = round(took, 2), matched
            traffic(broker, given.seconds, False)
            found["rounds"] = [traffic(broker, given.seconds, looking)
                               for _ in range(given.rounds) for looking in (False, True)]
            text = json.dumps(found, indent=1)
            print(text)
            if given.out:
                pathlib.Path(given.out).write_text(text + "\n")
        finally:
            broker.process.terminate()
            broker.process.wait(60)


if __name__ == "__main__":
    main()
