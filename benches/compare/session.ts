/**
 * A run of the comparison: the participants, the sizes and the results.
 *
 * @module
 */

import type { Peer, PeerName } from "../peers/peers.ts";
import type { Abilities, Repetition } from "./protocol.ts";
import { Row, type RowInit } from "./row.ts";
import { Side } from "./side.ts";

/** The sizes of a run. */
export interface Sizes {
  /** Families of workload W, and series per family. Also for collectors that create all metrics at each scrape. */
  readonly workload: readonly [families: number, series: number];
  /** Families of histograms, and series per family. */
  readonly histograms: readonly [families: number, series: number];
  /** Families, and series per family, for the measure of requests per second. */
  readonly requests: readonly [families: number, series: number];
  /** The same for few series. */
  readonly few: readonly [families: number, series: number];
  /** Numbers of series for the measure of growth. */
  readonly growth: readonly number[];
  /** Numbers of series, of this library and of others, for the measure of the event loop. */
  readonly held: { readonly ours: number; readonly others: number; readonly scrapes: number };
  /** The repetition of tasks. */
  readonly repetition: Repetition;
  /** Seconds for operations and for requests. */
  readonly operation: number;
  readonly requesting: number;
  /** The number of starts of a program. */
  readonly starts: number;
}

/** The sizes of a full run. */
export const FULL: Sizes = {
  workload: [100, 1000],
  histograms: [10, 100],
  requests: [10, 100],
  few: [4, 5],
  growth: [10_000, 100_000, 1_000_000],
  held: { ours: 1_000_000, others: 100_000, scrapes: 3 },
  repetition: { warmUp: 2, least: 3, seconds: 1 },
  operation: 0.5,
  requesting: 2,
  starts: 3,
};

/** The sizes of a short run. */
export const SHORT: Sizes = {
  workload: [5, 20],
  histograms: [2, 5],
  requests: [2, 5],
  few: [2, 2],
  growth: [100, 1000],
  held: { ours: 1000, others: 100, scrapes: 1 },
  repetition: { warmUp: 0, least: 1, seconds: 0 },
  operation: 0.01,
  requesting: 1,
  starts: 1,
};

/** Options of {@linkcode Session}. */
export interface SessionOptions {
  readonly sizes: Sizes;
  readonly rounds: number;
  /** Whether to compare values with targets. */
  readonly judges: boolean;
  readonly peers: readonly Peer[];
  /** A folder for temporary files. */
  readonly folder: string;
  /** Logs progress. */
  readonly log: (message: string) => void;
}

/** A run, as measures use it. */
export class Session {
  readonly sizes: Sizes;
  readonly folder: string;
  /** The rows of the table. */
  readonly rows: Row[] = [];
  /** Notes below the table. */
  readonly notes: string[] = [];
  readonly #rounds: number;
  readonly #judges: boolean;
  readonly #peers: readonly Peer[];
  readonly #abilities = new Map<PeerName, Abilities>();
  readonly #log: (message: string) => void;

  /** Creates a session without results. */
  constructor({ sizes, rounds, judges, peers, folder, log }: SessionOptions) {
    this.sizes = sizes;
    this.folder = folder;
    this.#rounds = rounds;
    this.#judges = judges;
    this.#peers = peers;
    this.#log = log;
  }

  /** The libraries that take part. */
  get peers(): PeerName[] {
    return this.#peers.map(({ name }) => name);
  }

  /** Returns the abilities of a library. */
  async abilities(name: PeerName): Promise<Abilities> {
    let abilities = this.#abilities.get(name);
    if (abilities === undefined) {
      await using side = new Side(this.#peer(name));
      abilities = await side.abilities();
      this.#abilities.set(name, abilities);
    }
    return abilities;
  }

  /** Returns those of some libraries that take part and have an ability. */
  async able(
    names: readonly PeerName[],
    can: (abilities: Abilities) => boolean,
  ): Promise<PeerName[]> {
    const able: PeerName[] = [];
    for (const name of this.peers) {
      if (names.includes(name) && can(await this.abilities(name))) able.push(name);
    }
    return able;
  }

  /** Adds a row to the table. */
  row(init: RowInit): Row {
    const row = new Row(this.#judges ? init : { ...init, targets: [] });
    this.rows.push(row);
    return row;
  }

  /** Adds a note below the table, once. */
  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  /** Runs each library once per round, alone in a new process: A B C, A B C. */
  async inTurn(
    names: readonly PeerName[],
    turn: (side: Side, round: number) => Promise<void>,
  ): Promise<void> {
    await this.repeat(async (round) => {
      for (const name of names) {
        this.#log(`round ${round + 1}: ${name}`);
        await using side = new Side(this.#peer(name));
        await turn(side, round);
      }
    });
  }

  /** Calls a function once per round. */
  async repeat(turn: (round: number) => Promise<void>): Promise<void> {
    for (let round = 0; round < this.#rounds; round++) await turn(round);
  }

  /** Starts a library outside of rounds. */
  start(name: PeerName): Side {
    return new Side(this.#peer(name));
  }

  #peer(name: PeerName): Peer {
    const peer = this.#peers.find((peer) => peer.name === name);
    if (peer === undefined) throw new Error(`Cannot start ${name}: it does not take part`);
    return peer;
  }
}

/** A measure. */
export interface Measure {
  /** The name for `--only`. */
  readonly name: string;
  /** Takes the measure. */
  run(session: Session): Promise<void>;
}
