/**
 * One run of the comparison: who takes part, how large everything is, and what came out.
 *
 * @module
 */

import type { Peer, PeerName } from "../peers/peers.ts";
import type { Abilities, Repetition } from "./protocol.ts";
import { Row, type RowInit } from "./row.ts";
import { Side } from "./side.ts";

/** How large everything is. */
export interface Sizes {
  /** Families and series in each of workload W, and of the metrics that collectors make anew. */
  readonly workload: readonly [families: number, series: number];
  /** Families and series in each of the histograms. */
  readonly histograms: readonly [families: number, series: number];
  /** Families and series in each of the exposition that is asked for as often as possible. */
  readonly requests: readonly [families: number, series: number];
  /** Numbers of series between which costs should grow no more than the series. */
  readonly growth: readonly number[];
  /** The number of series for which the event loop is held, of this library and of others. */
  readonly held: { readonly ours: number; readonly others: number; readonly scrapes: number };
  /** How often tasks are repeated. */
  readonly repetition: Repetition;
  /** Seconds for operations, and for requests. */
  readonly operation: number;
  readonly requesting: number;
  /** How often a program is started. */
  readonly starts: number;
}

/** Those that measure something. */
export const FULL: Sizes = {
  workload: [100, 1000],
  histograms: [10, 100],
  requests: [10, 100],
  growth: [10_000, 100_000, 1_000_000],
  held: { ours: 1_000_000, others: 100_000, scrapes: 3 },
  repetition: { warmUp: 2, least: 3, seconds: 1 },
  operation: 0.5,
  requesting: 2,
  starts: 3,
};

/** Those that only show that it works. */
export const SHORT: Sizes = {
  workload: [5, 20],
  histograms: [2, 5],
  requests: [2, 5],
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
  /** Whether values are held against targets. */
  readonly judges: boolean;
  readonly peers: readonly Peer[];
  /** A folder for files. */
  readonly folder: string;
  /** Is told what happens. */
  readonly log: (message: string) => void;
}

/** What a measure needs. */
export class Session {
  readonly sizes: Sizes;
  readonly folder: string;
  /** What came out. */
  readonly rows: Row[] = [];
  /** What readers of the table have to know. */
  readonly notes: string[] = [];
  readonly #rounds: number;
  readonly #judges: boolean;
  readonly #peers: readonly Peer[];
  readonly #abilities = new Map<PeerName, Abilities>();
  readonly #log: (message: string) => void;

  /** Begins without rows. */
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

  /** What a library can do. */
  async abilities(name: PeerName): Promise<Abilities> {
    let abilities = this.#abilities.get(name);
    if (abilities === undefined) {
      await using side = new Side(this.#peer(name));
      abilities = await side.abilities();
      this.#abilities.set(name, abilities);
    }
    return abilities;
  }

  /** Those of some libraries that take part and can do something. */
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

  /** Says something below the table, once. */
  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  /** Gives each library its turn, alone and in a new process, and that once in every round: A B C, A B C. */
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

  /** Does something once in every round. */
  async repeat(turn: (round: number) => Promise<void>): Promise<void> {
    for (let round = 0; round < this.#rounds; round++) await turn(round);
  }

  /** Starts a library outside of the rounds. */
  start(name: PeerName): Side {
    return new Side(this.#peer(name));
  }

  #peer(name: PeerName): Peer {
    const peer = this.#peers.find((peer) => peer.name === name);
    if (peer === undefined) throw new Error(`Cannot start ${name}: it does not take part`);
    return peer;
  }
}

/** Something that is measured. */
export interface Measure {
  /** By which it is asked for. */
  readonly name: string;
  /** Measures it. */
  run(session: Session): Promise<void>;
}
