/**
 * Probes of the targets that Prometheus asks for: web pages and SSH servers, as with blackbox_exporter, and clocks, by a function of
 * its own.
 *
 *     deno run -A examples/probe.ts
 *
 * Then try http://127.0.0.1:9999/probe?target=https://example.com&debug=1. It needs only this permission, and for a `config.toml`
 * also `--allow-read=config.toml`:
 *
 *     deno run --allow-net examples/probe.ts
 *
 * Prometheus finds all targets at http://127.0.0.1:9999/sd.
 *
 * @module
 */

import { Exporter, type ExporterOptions, Gauge, type ProbeContext } from "@exporter/prometheus";
import { main } from "@exporter/prometheus/cli";
import { httpProbe, tcpProbe } from "@exporter/prometheus/probers";

/** Reads the clock of a host by the Time Protocol (RFC 868): four bytes with the seconds since 1900. */
async function probeClock({ target, resolve, registry, signal }: ProbeContext): Promise<void> {
  const { address: hostname, port = 37 } = await resolve(target);
  using connection = await Deno.connect({ hostname, port, signal });
  const bytes = new Uint8Array(4);
  for (let length = 0; length < bytes.length;) {
    const count = await connection.read(bytes.subarray(length));
    if (count === null) throw new Error(`Cannot read clock of "${target}": got ${length} bytes`);
    length += count;
  }
  const seconds = new DataView(bytes.buffer).getUint32(0) - 2_208_988_800;
  registry.register(
    new Gauge("clock_offset_seconds", "How much the clock is ahead.", { unit: "seconds" }),
  ).set(seconds - Date.now() / 1000);
}

function createExporter(options: ExporterOptions): Exporter {
  return new Exporter({ name: "Probes", ...options })
    .probe("/probe", {
      http_2xx: httpProbe({ failIfBodyMatchesRegexp: ["(?i)internal error"] }),
      ssh_banner: tcpProbe({
        queryResponse: [{ expect: "^SSH-2.0-(\\S+)", labels: { software: "$1" } }],
      }),
    }, {
      targets: ["*.example.com:22"],
      discover: [{ targets: ["https://example.com"], module: "http_2xx" }],
    })
    .probe("/clock", probeClock, { targets: ["*.nist.gov"], timeout: 5 });
}

Deno.exit(await main(Deno.args, createExporter));
