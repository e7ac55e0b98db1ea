#!/usr/bin/env python3
"""How long the API takes for its lists with 10,000 queues and 50,000 bindings.

    benchmarks/lists.py [--queues 10000] [--bindings-each 5] [--beside rabbitmq=http://127.0.0.1:15673] [--frames]

On loopback, with an empty data directory: starts the broker, imports the definitions, then asks 20 times
for each list the console asks for, and prints the median and the slowest in milliseconds. With --beside,
a RabbitMQ that is running and empty gets the same definitions and is asked by turns. With --frames
the pages of the consoles are timed in a browser after that: benchmarks/frames/frames.mjs, which needs Node
and "npm ci" in its folder. Ends by itself; ends only what it started, and leaves the other's definitions.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import browse

LISTS = {
    "overview": "/overview",
    "queues, a page by name": "/queues?page=1&page_size=50",
    "queues, a page by depth": "/queues?page=100&page_size=50&sort=messages_ready&sort_reverse=true",
    "queues, a page that match": "/queues?page=1&page_size=50&name=99&use_regex=false",
    "queues, all": "/queues",
    "bindings, a page": "/bindings?page=1&page_size=50",
    "bindings of one exchange": "/exchanges/%2F/events/bindings/source?page=1&page_size=50",
    "one queue": "/queues/%2F/queue-00500",
    "exchanges": "/exchanges?page=1&page_size=50",
    "definitions": "/definitions",
}
OWN_LISTS = {
    "bindings, never matched": "/bindings?page=1&page_size=50&never_matched=true",
    "topology": "/topology/%2F",
    "topology, those that match": "/topology/%2F?name=99",
}
ROUNDS = 20
SETTLE_S = 10


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--queues", type=int, default=10_000)
    options.add_argument("--bindings-each", type=int, default=5)
    options.add_argument("--beside", action="append", default=[], metavar="NAME=URL")
    options.add_argument("--frames", action="store_true")
    given = options.parse_args()
    others = dict(beside.split("=", 1) for beside in given.beside)
    with tempfile.TemporaryDirectory(prefix="warren-lists-") as directory:
        broker = browse.Broker(directory)
        try:
            apis = {"warren": broker, **{name: browse.Api(url) for name, url in others.items()}}
            print(json.dumps(lists(apis, definitions(given.queues, given.bindings_each)), indent=1))
            if given.frames:
                consoles = {"warren": f"http://127.0.0.1:{broker.http}", **others}
                frames = os.path.join(os.path.dirname(os.path.abspath(__file__)), "frames", "frames.mjs")
                subprocess.run(["node", frames, *(f"{name}={url}" for name, url in consoles.items())], check=True)
        finally:
            broker.process.terminate()
            broker.process.wait(60)


def definitions(queues, bindings_each):
    names = [f"queue-{i:05d}" for i in range(queues)]
    return {
        "exchanges": [{"name": "events", "vhost": "/", "type": "topic", "durable": True}],
        "queues": [{"name": name, "vhost": "/", "durable": True} for name in names],
        "bindings": [{"source": "events", "vhost": "/", "destination": name, "destination_type": "queue",
                      "routing_key": f"{name}.{i}.#"} for name in names for i in range(bindings_each)],
    }


def lists(apis, wanted):
    """What each takes; every list is asked of one after the other, so that all see the same machine."""
    found = {name: {} for name in apis}
    for name, api in apis.items():
        took, _ = browse.timed(lambda: api.call("POST", "/definitions", wanted))
        found[name]["import_s"] = round(took, 2)
    time.sleep(SETTLE_S)
    for list_name, path in {**LISTS, **OWN_LISTS}.items():
        asked = apis if list_name in LISTS else {"warren": apis["warren"]}
        times = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, api in asked.items():
                times[name].append(browse.timed(lambda: api.call("GET", path))[0] * 1000)
        for name, taken in times.items():
            found[name][list_name] = {"median_ms": round(statistics.median(taken), 1),
                                      "slowest_ms": round(max(taken), 1)}
    return found


if __name__ == "__main__":
    main()
