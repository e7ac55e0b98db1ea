#!/usr/bin/env python3
"""What collecting statistics costs traffic, with many queues.

    benchmarks/collecting.py [--queues 10000] [--bindings-each 5] [--rounds 3] [--seconds 10]

On loopback, with an empty data directory each time: by turns with counters sampled every second, as it
comes, and once a minute, starts the broker with so many queues and bindings, warms it with the traffic to
be measured, then sends it through one queue: one sender, one receiver, durable, 1 KiB, 1000 unconfirmed.
Prints messages a second and seconds of the broker's processor per million messages of each, and their
medians. Needs the jars of scripts/warren and scripts/bench. Ends by itself; ends only what it started.
"""
import argparse
import json
import pathlib
import statistics
import tempfile

import browse
import lists

INTERVALS = ("1s", "1m")
WARM_ROUNDS = 4


def configuration(directory, interval):
    file = pathlib.Path(directory) / "warren.yaml"
    file.write_text(f"listeners: {{http: {{statistics-interval: {interval}}}}}\n")
    return str(file)


def measure(given, interval):
    with tempfile.TemporaryDirectory(prefix="warren-collecting-") as directory:
        broker = browse.Broker(directory + "/data", configuration(directory, interval))
        try:
            broker.call("POST", "/definitions", lists.definitions(given.queues, given.bindings_each))
            broker.call("PUT", "/queues/%2F/work", {})
            for _ in range(WARM_ROUNDS):
                browse.traffic(broker, given.seconds, False)
            found = browse.traffic(broker, given.seconds, False)
            received = found["result"]["received"]
            return {"messages_s": round(found["result"]["receive_rate"]),
                    "cpu_s_per_million": round(found["broker_cpu_s"] * 1e6 / received, 2)}
        finally:
            broker.process.terminate()
            broker.process.wait(60)


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--queues", type=int, default=10_000)
    options.add_argument("--bindings-each", type=int, default=5)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=10)
    given = options.parse_args()
    found = {interval: [] for interval in INTERVALS}
    for _ in range(given.rounds):
        for interval in INTERVALS:
            found[interval].append(measure(given, interval))
            print(interval, json.dumps(found[interval][-1]), flush=True)
    for interval, all_of in found.items():
        print(interval, "median", {key: statistics.median(one[key] for one in all_of) for key in all_of[0]})


if __name__ == "__main__":
    main()
