import { encode } from "../support/encode.ts";
import { generate, scrape } from "../support/exposition_generator.ts";
import { Sample } from "../../model/sample.ts";
import { BAD, GOOD } from "../support/lint_cases.ts";
import { type Release, RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** What `promtool` exits with when it can read the metrics but would name them otherwise. */
const LINT = 3;

/**
 * Good names that releases before this major version reject: they reject the words of all types and, in one of two runs, a unit
 * that is not a base unit after one that is.
 */
const GOOD_SINCE: Readonly<Record<string, number>> = {
  line_bytes_per_hours: 3,
  fuel_gauge_resets_total: 3,
  report_counter_bytes: 3,
  report_summary_bytes: 3,
};

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

for (const seed of SEEDS) {
  for (const release of RELEASES) {
    Deno.test(withTools([release.promtool], {
      name: `promtool of ${release.name} reads the exposition of seed ${seed}`,
      fn: async () => {
        const { families } = await scrape(generate(seed));
        const exposition = await encode(families, "text");
        const { code, errors } = await checkMetrics(release, exposition.stream());
        if (code !== 0 && code !== LINT) throw new Error(`${errors}\n${exposition.text()}`);
      },
    }));
  }
}

for (
  const [name, type, problem, labels = []] of [
    ...GOOD.map((good) => good.toSpliced(2, 0, "")),
    ...BAD,
  ] as typeof BAD
) {
  // What promtool says of types that only OpenMetrics has is about what the text format has instead.
  if (type === "info" || type === "summary") continue;
  for (const release of RELEASES) {
    if (release.major < (GOOD_SINCE[name] ?? 0)) continue;
    Deno.test(withTools([release.promtool], {
      name: `promtool of ${release.name} agrees with lint() on the ${type} ${name} ${
        labels.join(" ")
      }`,
      fn: async () => {
        const samples = [
          new Sample(
            type === "histogram" && labels.includes("le") ? `${name}_bucket` : name,
            labels,
            0,
          ),
        ];
        const exposition = await encode([{ name, type, help: "Help.", samples }], "text");
        const { code, errors } = await checkMetrics(release, exposition.stream());
        if (code !== (problem === "" ? 0 : LINT)) {
          throw new Error(`${problem}, but ${code} ${errors}`);
        }
      },
    }));
  }
}

async function checkMetrics(
  { promtool }: Release,
  metrics: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ code: number; errors: string }> {
  const child = new Deno.Command(promtool, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const [{ code, stderr }] = await Promise.all([child.output(), metrics.pipeTo(child.stdin)]);
  return { code, errors: new TextDecoder().decode(stderr) };
}
