/**
 * The text format: version 0.0.4, which every version of Prometheus reads, and 1.0.0, which adds quoted names.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import { textFamilies, textHeader, textTimestamp, textType } from "../model/text.ts";
import type { LineFormat } from "./line_format.ts";

const NO_CONFLICTS: ReadonlySet<Family> = new Set();

/** The text format. */
export const TEXT: LineFormat = {
  end: "",
  hasExemplars: false,
  findNameConflicts: () => NO_CONFLICTS,
  convert: textFamilies,
  convertBlocks(family) {
    const { name, type, help } = family;
    return { metadata: { name, type: textType(type), help, samples: [] }, family };
  },
  exposedSamples: (samples) => samples,
  header: ({ name, type, help }) => textHeader(name, type, help),
  labels: ({ labels }) => labels,
  tail: textTimestamp,
};
