/**
 * prom-client and its forks, which have the same API.
 *
 * @module
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type {
  CounterChild,
  HistogramChild,
  LabelValues,
  Library,
  OperationLoop,
} from "../library.ts";
import { BUCKETS, COUNTER, HISTOGRAM, LABEL_VALUES, LABELS, OBSERVATIONS } from "../names.ts";

/** Options of an instrument. */
interface InstrumentOptions {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
  buckets?: number[];
}

interface Registry {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** An instrument, with children by label values, in order or by name. */
interface Labelled<C> {
  labels(...values: string[]): C;
  labels(values: LabelValues): C;
}

/** The part of the API that is used here. */
export interface PromClient {
  readonly Registry: new () => Registry;
  readonly Counter: new (options: InstrumentOptions) => Labelled<CounterChild & { inc(): void }>;
  readonly Histogram: new (options: InstrumentOptions) => Labelled<HistogramChild>;
}

/** Implements {@linkcode Library} with a separate registry. */
export function promClientLibrary({ Registry, Counter, Histogram }: PromClient): Library {
  const registry = new Registry();
  const registers = [registry];

  const makeCounter = (name: string, help: string, labels: readonly string[]) =>
    new Counter({ name, help, labelNames: [...labels], registers });
  const makeHistogram = (
    name: string,
    help: string,
    labels: readonly string[],
    buckets: readonly number[],
  ) => new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers });

  function kept(): OperationLoop {
    const child = makeCounter(COUNTER, "Operations.", LABELS).labels(...LABEL_VALUES[0]!);
    return {
      sample: COUNTER,
      run: (times) => {
        for (let i = 0; i < times; i++) child.inc();
      },
    };
  }

  function values(): OperationLoop {
    const counter = makeCounter(COUNTER, "Operations.", LABELS);
    return {
      sample: COUNTER,
      run: (times) => {
        for (let i = 0; i < times; i++) {
          const [method, route, status] = LABEL_VALUES[i & 15]!;
          counter.labels(method, route, status).inc();
        }
      },
    };
  }

  function object(): OperationLoop {
    const counter = makeCounter(COUNTER, "Operations.", LABELS);
    return {
      sample: COUNTER,
      run: (times) => {
        for (let i = 0; i < times; i++) {
          const [method, route, status] = LABEL_VALUES[i & 15]!;
          counter.labels({ method, route, status }).inc();
        }
      },
    };
  }

  function observe(): OperationLoop {
    const child = makeHistogram(HISTOGRAM, "How long.", LABELS, BUCKETS)
      .labels(...LABEL_VALUES[0]!);
    return {
      sample: `${HISTOGRAM}_count`,
      run: (times) => {
        for (let i = 0; i < times; i++) child.observe(OBSERVATIONS[i & 1023]!);
      },
    };
  }

  return {
    produces: "string",
    counter: (...args) => {
      const counter = makeCounter(...args);
      return (values) => counter.labels(values);
    },
    histogram: (...args) => {
      const histogram = makeHistogram(...args);
      return (values) => histogram.labels(values);
    },
    render: () => registry.metrics(),
    gzip: async () => gzipSync(await registry.metrics()) as Uint8Array<ArrayBuffer>,
    serve: () => serve(registry),
    operations: { kept, values, object, observe },
  };
}

/** The server from the documentation of these libraries, with gzip for clients that accept it. */
function serve(registry: Registry): Promise<number> {
  const server = createServer(async (request, response) => {
    const text = await registry.metrics();
    response.setHeader("Content-Type", registry.contentType);
    if (`${request.headers["accept-encoding"]}`.includes("gzip")) {
      response.setHeader("Content-Encoding", "gzip");
      response.end(gzipSync(text));
    } else {
      response.end(text);
    }
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
