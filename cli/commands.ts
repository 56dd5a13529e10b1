/**
 * The commands with arguments of their own. Each is loaded when it is given.
 *
 * @module
 */

import type { CommandContext } from "./command_context.ts";

/** Runs a command with the arguments after its name, and returns the exit status. */
export type RunCommand = (args: readonly string[], context: CommandContext) => Promise<number>;

/** The commands by their names. */
export const COMMANDS: ReadonlyMap<string, RunCommand> = new Map<string, RunCommand>([
  ["init", async (...args) => (await import("./init.ts")).runInit(...args)],
  ["watch", async (...args) => (await import("./watch_command.ts")).runWatch(...args)],
  ["dashboard", async (...args) => (await import("./dashboard_command.ts")).runDashboard(...args)],
  ["rules", async (...args) => (await import("./rules_command.ts")).runRules(...args)],
]);
