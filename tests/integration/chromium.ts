/**
 * Debian's Chromium, driven by Playwright, with everything that a page must not do noted.
 *
 * @module
 */

import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { BROWSER } from "./browser.ts";
import { findTool } from "./tool.ts";

/** Milliseconds to wait for what the page should show. */
const TIMEOUT = 20_000;

/** A browser without a window. */
export class Chromium implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts the browser. */
  static async launch(): Promise<Chromium> {
    const executablePath = findTool(BROWSER) ?? BROWSER;
    return new Chromium(await chromium.launch({ executablePath, args: ["--no-sandbox"] }));
  }

  /** Opens a page with cookies and storage of its own. */
  async open(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await this.#browser.newContext(options);
    context.setDefaultTimeout(TIMEOUT);
    return new WatchedPage(await context.newPage());
  }

  /** Closes the browser. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser.close();
  }
}

/** A page with what it did. */
export class WatchedPage implements AsyncDisposable {
  /** The page. */
  readonly page: Page;
  /** Errors, messages in the console, among them violations of the policy, and dialogs. */
  readonly complaints: string[] = [];
  /** The URLs that were asked for. */
  readonly requests: string[] = [];

  /** Watches a page. */
  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Closes the page. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.page.context().close();
  }
}
