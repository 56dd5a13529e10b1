/**
 * A family that a collector is returning. As long as it returns the same series in the same order as the last time, only the values
 * are taken.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import type { MetricType } from "../model/metric_type.ts";
import { type SampleInit, SampleTable } from "../model/sample_table.ts";
import { SeriesList } from "../series/series_list.ts";
import type { FamilyHead } from "../series/view.ts";

/** The samples of one family so far. */
export class FamilyDraft {
  /** The name. */
  readonly name: string;
  /** The type. */
  readonly type: MetricType;
  /** The help text. */
  help: string | undefined;
  /** The base unit. */
  unit: string | undefined;
  readonly #known: SeriesList | undefined;
  /** The values of the series that are those of the last time. */
  readonly #values: number[] = [];
  /** All samples, once there is a difference from the last time. */
  #table: SampleTable | undefined;

  /**
   * Starts empty.
   *
   * @param known The series of the last time, if there were any.
   */
  constructor({ name, type, help, unit }: FamilyHead, known?: SeriesList) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.unit = unit;
    this.#known = known;
    if (known === undefined) this.#table = new SampleTable(this);
  }

  /** Adds a sample. Returns whether its series is that of the last time. */
  add(sample: SampleInit): boolean {
    if (this.#table === undefined) {
      if (this.#known!.hasAt(this.#values.length, sample)) {
        this.#values.push(sample.value);
        return true;
      }
      this.#table = this.#tableSoFar();
    }
    this.#table.add(sample);
    return false;
  }

  /** Adds the samples of a table. Returns how many series, from the first one on, are those of the last time. */
  addAll(added: SampleTable): number {
    const { columns } = added;
    if (columns === undefined) {
      let repeated = 0;
      for (const sample of added.samples) {
        if (this.add(sample)) repeated++;
      }
      return repeated;
    }
    const { values } = columns;
    const repeated = this.#table === undefined
      ? this.#known!.countFrom(this.#values.length, columns)
      : 0;
    for (let i = 0; i < repeated; i++) this.#values.push(values[i]!);
    if (repeated < values.length) {
      this.#table ??= this.#tableSoFar();
      this.#table.addColumns(columns, repeated);
    }
    return repeated;
  }

  /** Returns the family so far, and its series unless they cannot repeat. */
  end(recurs: boolean): { readonly family: Family; readonly series: SeriesList | undefined } {
    const { name, type, help, unit } = this;
    const head = { name, type, help, unit };
    const known = this.#known;
    if (this.#table === undefined && known!.isFor(head, this.#values.length)) {
      return { family: known!.withValues(this.#values), series: known };
    }
    const table = this.#table ?? this.#tableSoFar();
    const { columns } = table;
    if (columns === undefined) {
      return { family: { ...head, samples: table.samples.slice(), recurs }, series: undefined };
    }
    const series = new SeriesList(head, columns);
    return { family: series.withValues(columns.values), series };
  }

  #tableSoFar(): SampleTable {
    const table = new SampleTable(this);
    table.addColumns(this.#known!.columns(this.#values));
    return table;
  }
}
