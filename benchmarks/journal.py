#!/usr/bin/env python3
"""Compares what brokers do with a deep backlog and with messages nobody settles.

    BENCH=<folder of compare.py and its peers> benchmarks/journal.py \
        --broker warren artemis rabbitmq-quorum [--out FILE] [--messages 1000000 5000000]

For each broker, one at a time, on loopback, from an empty data directory:
  fill N x 1 KiB durable, kill -9, start again, drain; for each N given;
  then one queue's throughput alone, and beside a deep queue whose consumer is slow;
  then the hostile mix: 1 KiB messages through one queue while one in a thousand
  is never settled, with the largest size the data directory had meanwhile.
It uses the load generator and the start scripts beside compare.py for the
first part and scripts/bench for the mix. Ends by itself; ends only what it
started. DATA_<BROKER> names a data directory that is not ANCHORS/<broker>-data.
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.environ.get("BENCH", "."))
import compare  # noqa: E402  the peers' harness

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MIX = 3_000_000
DEEP = 500_000
KEEP_ONE_IN = 1000


def data_directory(name):
    key = "DATA_" + name.upper().replace("-", "_")
    return os.environ.get(key) or os.path.join(os.environ["ANCHORS"], f"{name}-data")


def disk_bytes(directory):
    total = 0
    for folder, _, files in os.walk(directory):
        for file in files:
            try:
                total += os.stat(os.path.join(folder, file)).st_blocks * 512
            except OSError:
                pass
    return total


def device_bytes(directory):
    """Bytes the device of a directory has taken since boot, from everybody."""
    device = os.stat(directory).st_dev
    for line in compare.read("/proc/diskstats").splitlines():
        fields = line.split()
        if (int(fields[0]), int(fields[1])) == (os.major(device), os.minor(device)):
            return int(fields[9]) * 512
    return 0


class DiskWatch(threading.Thread):
    """The largest size of a directory while something runs."""

    def __init__(self, directory):
        super().__init__(daemon=True)
        self.directory, self.largest, self.running = directory, 0, True

    def run(self):
        while self.running:
            self.largest = max(self.largest, disk_bytes(self.directory))
            time.sleep(0.5)

    def end(self):
        self.running = False
        self.join()
        return self.largest


def kill_and_start(broker):
    """Seconds from the start after a kill -9 until the port speaks AMQP."""
    os.kill(broker.pid(), signal.SIGKILL)
    while broker.answers():
        time.sleep(0.05)
    time.sleep(1)
    return broker.start()


def backlog(broker, count):
    fill = dict(senders=1, target="queue:bench.backlog", window=1000, count=count, size=1024, durable=1)
    drain = dict(receivers=1, source="queue:bench.backlog", credit=1000, count=count)
    directory = data_directory(broker.name)
    before = device_bytes(directory)
    filled = compare.measured(broker, fill)
    written = device_bytes(directory) - before
    size = disk_bytes(directory)
    restart = kill_and_start(broker)
    drained = compare.measured(broker, drain)
    figures = {
        "messages": count,
        "fill_rate": filled.get("confirm_rate"),
        "fill_peak_mib": filled["broker_peak_rss_mib"],
        "written_per_published_byte": round(written / (count * 1024), 3),
        "disk_mib": size >> 20,
        "restart_s": round(restart, 2),
        "drain_rate": drained.get("recv_rate"),
        "drain_peak_mib": drained["broker_peak_rss_mib"],
        "received": drained.get("received"),
        "errors": [r["error"] for r in (filled, drained) if r.get("error")],
    }
    print("  " + json.dumps(figures), flush=True)
    return figures


def neighbour(broker):
    """One to one through one queue: alone, then while a consumer with credit 1 is at a deep one."""
    one = dict(senders=1, receivers=1, target="queue:bench.0", source="queue:bench.0",
               window=1000, credit=1000, count=300_000, size=1024, durable=1)
    fill = dict(senders=1, target="queue:bench.backlog", window=1000, count=DEEP, size=1024, durable=1)
    compare.measured(broker, one)
    alone = compare.measured(broker, one)
    compare.measured(broker, fill)
    deep = compare.measured(broker, one)
    slow = subprocess.Popen(
        [compare.LOAD, "--url", broker.spec["url"], "--receivers", "1", "--source",
         broker.spec["queue"].format(q="bench.backlog"), "--credit", "1", "--seconds", "60",
         "--count", str(DEEP), "--idle-timeout", "30"]
        + (["--source-cap", broker.spec["source_cap"]] if broker.spec.get("source_cap") else []),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        beside = compare.measured(broker, one)
    finally:
        slow.terminate()
        slow.wait()
    figures = {
        "alone": alone.get("recv_rate"),
        "with_deep_queue": deep.get("recv_rate"),
        "beside_slow_consumer": beside.get("recv_rate"),
        "p99_us": [r.get("e2e_us", {}).get("p99") for r in (alone, deep, beside)],
        "errors": [r["error"] for r in (alone, deep, beside) if r.get("error")],
    }
    print("  " + json.dumps(figures), flush=True)
    return figures


def hostile_mix(broker):
    queue = broker.spec["queue"].format(q="bench.0")
    watch = DiskWatch(data_directory(broker.name))
    watch.start()
    began = time.monotonic()
    written = device_bytes(watch.directory)
    run = subprocess.run(
        [os.path.join(ROOT, "scripts", "bench"), "--url", broker.spec["url"], "--to", queue, "--from", queue,
         "--count", str(MIX), "--size", "1024", "--keep-one-in", str(KEEP_ONE_IN), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=900)
    took = time.monotonic() - began
    largest = watch.end()
    time.sleep(5)
    figures = {
        "messages": MIX,
        "rate": round(MIX / took),
        "kept": MIX // KEEP_ONE_IN,
        "disk_largest_mib": largest >> 20,
        "disk_after_mib": disk_bytes(data_directory(broker.name)) >> 20,
        "written_per_published_byte": round((device_bytes(watch.directory) - written) / (MIX * 1024), 3),
        "exit": run.returncode,
        "said": (run.stdout.strip().splitlines() or [run.stderr.strip()])[-1],
    }
    print("  " + json.dumps(figures), flush=True)
    return figures


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--broker", nargs="+", required=True)
    options.add_argument("--messages", nargs="*", type=int, default=[1_000_000, 5_000_000])
    options.add_argument("--no-mix", action="store_true")
    options.add_argument("--out", default="journal.json")
    wanted = options.parse_args()
    with open(os.path.join(compare.HERE, "brokers.json")) as file:
        specs = json.load(file)
    results = {}
    for name in wanted.broker:
        print(name, flush=True)
        broker = compare.Broker(name, specs[name])
        results[name] = {"backlog": []}
        broker.script("reset")
        broker.start()
        try:
            broker.declare()
            for count in wanted.messages:
                results[name]["backlog"].append(backlog(broker, count))
            if not wanted.no_mix:
                results[name]["neighbour"] = neighbour(broker)
                # Its deep queue would count as live in the figures of the mix.
                broker.script("stop")
                broker.script("reset")
                broker.start()
                broker.declare()
                results[name]["mix"] = hostile_mix(broker)
        finally:
            broker.script("stop")
            broker.script("reset")
        with open(wanted.out, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
