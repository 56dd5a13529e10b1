/**
 * A real browser without a window, driven by the Chrome DevTools Protocol.
 *
 * @see {@link https://chromedevtools.github.io/devtools-protocol/}
 *
 * @module
 */

import { Program } from "../support/program.ts";
import { until } from "../support/until.ts";

/** The program. */
export const BROWSER = "chromium";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-port=0",
];

interface Message {
  readonly id?: number;
  readonly method?: string;
  // deno-lint-ignore no-explicit-any -- whatever the protocol says for the method
  readonly params?: any;
  // deno-lint-ignore no-explicit-any -- likewise
  readonly result?: any;
  readonly error?: { readonly message: string };
}

/** One page in a browser with a new profile. */
export class Page implements AsyncDisposable {
  /** What the console shows: messages, errors, violations of a policy, and resources that could not be loaded. */
  readonly console: string[] = [];
  #resources: AsyncDisposableStack;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (message: Message) => void>();
  #session: string | undefined;
  #count = 0;

  private constructor(socket: WebSocket, resources: AsyncDisposableStack) {
    this.#socket = socket;
    this.#resources = resources;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  /** Starts a browser with an empty page. */
  static async open(): Promise<Page> {
    await using resources = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir();
    resources.defer(() => removeFolder(folder));
    const process = resources.use(
      new Program(BROWSER, [...FLAGS, `--user-data-dir=${folder}/profile`, "about:blank"], {
        env: { TMPDIR: folder },
      }),
    );
    const [, url = ""] = await process.line(/^DevTools listening on (ws:\S+)$/, { limit: 20 });
    const socket = new WebSocket(url);
    resources.defer(() => socket.close());
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const page = new Page(socket, resources);
    const { targetId } = await page.#call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await page.#call("Target.attachToTarget", { targetId, flatten: true });
    page.#session = sessionId;
    for (const domain of ["Page", "Runtime", "Log"]) await page.#call(`${domain}.enable`);
    page.#resources = resources.move();
    return page;
  }

  /** Opens an address, and waits until it has been loaded. */
  async goto(url: URL): Promise<void> {
    await this.#call("Page.navigate", { url: url.href });
    await this.#loaded(url);
  }

  /** Clicks on a link with the mouse, and waits until the address that it should lead to has been loaded. */
  async click(selector: string, url: URL): Promise<void> {
    const box = await this.evaluate<{ x: number; y: number }>(
      `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(
        document.querySelector(${JSON.stringify(selector)}).getClientRects()[0])`,
    );
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.#call("Input.dispatchMouseEvent", { type, ...box, button: "left", clickCount: 1 });
    }
    await this.#loaded(url);
  }

  /** Evaluates an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#call("Runtime.evaluate", {
      expression,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`Cannot evaluate "${expression}" in the page`);
    return result.value;
  }

  /** Closes the browser. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }

  async #loaded(url: URL): Promise<void> {
    await until(`${url} to be loaded`, async () => {
      const [href, state] = await this.evaluate<string[]>("[location.href, document.readyState]");
      return href === url.href && state === "complete";
    });
  }

  // deno-lint-ignore no-explicit-any -- whatever the protocol says for the method
  async #call(method: string, params: object = {}): Promise<any> {
    const id = ++this.#count;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#pending.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session }));
    const { result, error } = await promise;
    if (error) throw new Error(`Cannot call ${method}: ${error.message}`);
    return result;
  }

  #receive({ id, method, params, ...message }: Message): void {
    if (id !== undefined) {
      this.#pending.get(id)?.(message);
      this.#pending.delete(id);
    }
    switch (method) {
      case "Log.entryAdded":
        this.console.push(`${params.entry.level}: ${params.entry.text} (${params.entry.url})`);
        break;
      case "Runtime.consoleAPICalled":
        this.console.push(`${params.type}: ${JSON.stringify(params.args)}`);
        break;
      case "Runtime.exceptionThrown":
        this.console.push(`exception: ${params.exceptionDetails.text}`);
    }
  }
}

/** Processes of the browser's own may still be writing there. */
async function removeFolder(folder: string): Promise<void> {
  await until("the browser's folder to be removed", async () => {
    await Deno.remove(folder, { recursive: true });
    return true;
  });
}
