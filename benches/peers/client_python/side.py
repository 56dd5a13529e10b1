"""client_python in the comparison: answers requests, one line of JSON each. The module
../../compare/protocol.ts defines them."""

import gzip
import json
import math
import os
import platform
import sys
import time

# Disable samples that no other library has by default.
os.environ["PROMETHEUS_DISABLE_CREATED_SERIES"] = "True"

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.parser import text_string_to_metric_families  # noqa: E402

MOST_RUNS = 10_000
BATCHES = 5
WARM_UP = 20_000

LABELS = ["method", "route", "status"]
LABEL_VALUES = [
    ("GET" if i % 2 else "POST", f"/api/v1/orders/{i % 8}", "200" if i % 4 else "500")
    for i in range(16)
]
OBSERVATIONS = [(i * 7919 % 1024) / 100 for i in range(1024)]
BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]


class Population:
    """The metrics of a workload."""

    def __init__(self, registry, workload):
        self.workload = workload
        self.changes = 0
        make = self.counters if workload["kind"] == "counter" else self.histograms
        self.children = [make(registry, family) for family in workload["families"]]

    def counters(self, registry, family):
        counter = Counter(family["name"], family["help"], self.workload["labels"], registry=registry)
        children = []
        for series in self.workload["series"]:
            child = counter.labels(*series["values"])
            child.inc(series["start"] + family["offset"])
            children.append(child)
        return children

    def histograms(self, registry, family):
        histogram = Histogram(
            family["name"],
            family["help"],
            self.workload["labels"],
            buckets=self.workload["buckets"],
            registry=registry,
        )
        children = [histogram.labels(*series["values"]) for series in self.workload["series"]]
        for i, child in enumerate(children):
            child.observe(self.observation(i))
        return children

    def observation(self, i):
        observations = self.workload["observations"]
        return observations[(i + self.changes) % len(observations)]

    def change(self, selection):
        self.changes += 1
        every = selection["every"]
        for f in range(selection["from"], selection["to"]):
            step = self.workload["families"][f]["step"]
            children = self.children[f]
            for i in range((selection["phase"] - f) % every, len(children), every):
                if self.workload["kind"] == "counter":
                    children[i].inc(step)
                else:
                    children[i].observe(self.observation(i))


class Side:
    def __init__(self):
        self.registry = CollectorRegistry()
        self.population = None
        self.tasks = {
            "render": lambda: generate_latest(self.registry),
            "gzip": lambda: gzip.compress(generate_latest(self.registry)),
        }

    def answer(self, request):
        return getattr(self, f"do_{request['do']}")(request)

    def do_hello(self, _):
        return {
            "produces": "bytes",
            "runtime": f"Python {platform.python_version()}",
            "kinds": ["counter", "histogram"],
            "tasks": ["render", "gzip", "parse"],
            "operations": ["kept", "values", "object", "observe"],
            "serves": False,
            "resizes": False,
            "introspects": False,
        }

    def do_build(self, request):
        self.population = Population(self.registry, request["workload"])
        return {}

    def do_change(self, request):
        self.population.change(request["selection"])
        return {}

    def do_dump(self, request):
        with open(request["path"], "wb") as file:
            file.write(self.tasks[request["task"]]())
        return {}

    def do_time(self, request):
        task = self.tasks.get(request["task"])
        if task is None:
            with open(request["path"], encoding="utf-8") as file:
                text = file.read()

            def task():
                families = text_string_to_metric_families(text)
                return [sample for family in families for sample in family.samples]

        selections = request["selections"]
        times = []
        end = math.inf
        size = 0
        run = 0
        while len(times) < MOST_RUNS:
            if selections:
                self.population.change(selections[run % len(selections)])
            start = time.perf_counter()
            if run == request["warmUp"]:
                end = start + request["seconds"]
            size = len(task())
            now = time.perf_counter()
            run += 1
            if run <= request["warmUp"]:
                continue
            times.append((now - start) * 1000)
            if len(times) >= request["least"] and now >= end:
                break
        return {"times": times, "size": size}

    def do_operate(self, request):
        counter = Counter("operations_total", "Operations.", LABELS, registry=self.registry)
        histogram = Histogram(
            "operation_seconds", "How long.", LABELS, buckets=BUCKETS, registry=self.registry
        )

        def kept(times, child=counter.labels(*LABEL_VALUES[0])):
            for _ in range(times):
                child.inc()

        def values(times):
            for i in range(times):
                method, route, status = LABEL_VALUES[i & 15]
                counter.labels(method, route, status).inc()

        def by_name(times):
            for i in range(times):
                method, route, status = LABEL_VALUES[i & 15]
                counter.labels(method=method, route=route, status=status).inc()

        def observe(times, child=histogram.labels(*LABEL_VALUES[0])):
            for i in range(times):
                child.observe(OBSERVATIONS[i & 1023])

        operation = request["operation"]
        loop = {"kept": kept, "values": values, "object": by_name, "observe": observe}[operation]
        done = 0

        def timed(count):
            nonlocal done
            start = time.perf_counter()
            loop(count)
            done += count
            return time.perf_counter() - start

        timed(WARM_UP)
        size = math.ceil(WARM_UP * request["seconds"] / BATCHES / timed(WARM_UP))
        times = [timed(size) * 1e9 / size for _ in range(BATCHES)]
        sample = "operation_seconds_count" if operation == "observe" else "operations_total"
        counted = sum(
            s.value for metric in self.registry.collect() for s in metric.samples if s.name == sample
        )
        return {"times": times, "done": done, "counted": counted}


def main():
    side = Side()
    for line in sys.stdin:
        try:
            reply = {"reply": side.answer(json.loads(line))}
        except Exception as error:
            reply = {"error": repr(error)}
        print(json.dumps(reply), flush=True)


main()
