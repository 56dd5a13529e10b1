/**
 * The command `hash-password`, which makes the hashes for basic authentication.
 *
 * @module
 */

import { MAX_PASSWORD_BYTES } from "../access/bcrypt_hash.ts";

/** The maximum number of bytes that are read. */
const MAX_INPUT = 4096;

/** The keys that a terminal in raw mode leaves to the program. */
const CONTROL_C = 0x03;
const CONTROL_D = 0x04;
const BACKSPACE = 0x08;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const CONTROL_U = 0x15;
const DELETE = 0x7f;

/** The exit status of a program that Control-C ends in a shell. */
const INTERRUPTED = 130;

/** The signals that would leave the terminal in raw mode, and the exit statuses that shells give them. */
const SIGNALS: readonly { signal: Deno.Signal; status: number }[] = [
  { signal: "SIGINT", status: INTERRUPTED },
  { signal: "SIGHUP", status: 129 },
  ...(Deno.build.os === "windows" ? [] : [{ signal: "SIGTERM", status: 143 } as const]),
];

/**
 * Reads a password, and prints its bcrypt hash on standard output. At a terminal, it asks twice and shows nothing of what is typed;
 * otherwise it reads one line of standard input.
 *
 * @param cost The binary logarithm of the number of rounds.
 * @returns The exit status.
 * @throws {Error} If the password is empty, longer than 72 bytes or otherwise unusable, or the second one differs. The message
 *   contains nothing of it.
 */
export async function hashPassword(cost: number): Promise<number> {
  const password = Deno.stdin.isTerminal() ? await askTwice() : decode(await readLine());
  if (password === undefined) return INTERRUPTED;
  const { hashSync } = await import("bcryptjs");
  console.log(hashSync(password, cost));
  return 0;
}

/** Asks for the password twice. Returns undefined for Control-C. */
async function askTwice(): Promise<string | undefined> {
  // In raw mode from the first question to the last answer, so that answers that come early are not shown either.
  Deno.stdin.setRaw(true);
  const signals = SIGNALS.map(({ signal, status }) => ({ signal, end: () => leave(status) }));
  for (const { signal, end } of signals) Deno.addSignalListener(signal, end);
  try {
    const first = await ask("Password: ");
    if (first === undefined) return undefined;
    const password = decode(first);
    const second = await ask("Again: ");
    if (second === undefined) return undefined;
    if (decode(second) !== password) throw failure("the passwords differ");
    return password;
  } finally {
    for (const { signal, end } of signals) Deno.removeSignalListener(signal, end);
    Deno.stdin.setRaw(false);
  }
}

/** Ends the program with the terminal in its usual mode. */
function leave(status: number): never {
  Deno.stdin.setRaw(false);
  Deno.exit(status);
}

async function ask(prompt: string): Promise<Uint8Array | undefined> {
  await write(prompt);
  const typed = await readKeys();
  await write("\r\n");
  return typed;
}

async function readKeys(): Promise<Uint8Array | undefined> {
  const typed: number[] = [];
  for await (const byte of inputBytes()) {
    switch (byte) {
      case CONTROL_C:
        return undefined;
      case CONTROL_D:
      case LINE_FEED:
      case CARRIAGE_RETURN:
        return Uint8Array.from(typed);
      case BACKSPACE:
      case DELETE:
        // A character in UTF-8 ends in bytes that continue it.
        while (isContinuation(typed.at(-1))) typed.pop();
        typed.pop();
        break;
      case CONTROL_U:
        typed.length = 0;
        break;
      default:
        typed.push(byte);
    }
  }
  return Uint8Array.from(typed);
}

function isContinuation(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}

async function readLine(): Promise<Uint8Array> {
  const line: number[] = [];
  for await (const byte of inputBytes()) {
    if (byte === LINE_FEED) break;
    line.push(byte);
  }
  if (line.at(-1) === CARRIAGE_RETURN) line.pop();
  return Uint8Array.from(line);
}

/** The bytes of standard input. What follows those that are taken stays unread. */
async function* inputBytes(): AsyncGenerator<number> {
  const buffer = new Uint8Array(1);
  for (let count = 0; count < MAX_INPUT; count++) {
    if (await Deno.stdin.read(buffer) === null) return;
    yield buffer[0]!;
  }
}

/** Prompts go to standard error, because standard output may be redirected into a file. */
async function write(text: string): Promise<void> {
  await Deno.stderr.write(new TextEncoder().encode(text));
}

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw failure("expected one that is not empty");
  if (bytes.length > MAX_PASSWORD_BYTES) {
    throw failure(`expected at most ${MAX_PASSWORD_BYTES} bytes, bcrypt ignores more`);
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw failure("expected UTF-8");
  if (/\p{Cc}/u.test(text)) throw failure("expected no control characters");
  return text;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function failure(reason: string): Error {
  return new Error(`Cannot hash password: ${reason}`);
}
