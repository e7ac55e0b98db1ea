#!/usr/bin/env python3
"""How long the API takes for its lists with 10,000 queues and 50,000 bindings.

    benchmarks/lists.py [--queues 10000] [--bindings-each 5]

On loopback, with an empty data directory: starts the broker, imports the definitions, then asks 20 times
for each list the console asks for, and prints the median and the slowest in milliseconds. Ends by itself;
ends only what it started.
"""
import argparse
import json
import statistics
import tempfile

import browse

LISTS = {
    "overview": "/overview",
    "queues, a page by name": "/queues?page=1&page_size=50",
    "queues, a page by depth": "/queues?page=100&page_size=50&sort=messages_ready&sort_reverse=true",
    "queues, a page that match": "/queues?page=1&page_size=50&name=99&use_regex=false",
    "queues, all": "/queues",
    "bindings, a page": "/bindings?page=1&page_size=50",
    "bindings, never matched": "/bindings?page=1&page_size=50&never_matched=true",
    "bindings of one exchange": "/exchanges/%2F/events/bindings/source?page=1&page_size=50",
    "topology": "/topology/%2F",
}


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--queues", type=int, default=10_000)
    options.add_argument("--bindings-each", type=int, default=5)
    given = options.parse_args()
    names = [f"queue-{i:05d}" for i in range(given.queues)]
    definitions = {
        "exchanges": [{"name": "events", "vhost": "/", "type": "topic", "durable": True}],
        "queues": [{"name": name, "vhost": "/", "durable": True} for name in names],
        "bindings": [{"source": "events", "vhost": "/", "destination": name, "destination_type": "queue",
                      "routing_key": f"{name}.{i}.#"} for name in names for i in range(given.bindings_each)],
    }
    with tempfile.TemporaryDirectory(prefix="warren-lists-") as directory:
        broker = browse.Broker(directory)
        try:
            took, _ = browse.timed(lambda: broker.call("POST", "/definitions", definitions))
            found = {"import_s": round(took, 2)}
            for name, path in LISTS.items():
                times = [browse.timed(lambda: broker.call("GET", path))[0] * 1000 for _ in range(20)]
                found[name] = {"median_ms": round(statistics.median(times), 1), "slowest_ms": round(max(times), 1)}
            print(json.dumps(found, indent=1))
        finally:
            broker.process.terminate()
            broker.process.wait(60)


if __name__ == "__main__":
    main()
