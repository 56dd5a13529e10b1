/**
 * What commands get from the program that they belong to.
 *
 * @module
 */

import type { Exporter } from "../exporter.ts";
import type { ExporterOptions } from "../exporter_options.ts";

/** What a command may need of the program. */
export interface CommandContext {
  /** The name of the program, for the help text. */
  readonly program: string;
  /** Creates the exporter from the options of the command line. */
  readonly create: (options: ExporterOptions) => Exporter;
}
