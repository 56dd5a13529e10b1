/**
 * All measures, in the order of the table.
 *
 * @module
 */

import type { Measure } from "../session.ts";
import { collect } from "./collect.ts";
import { count } from "./count.ts";
import { gzip, http, zlib } from "./gzip.ts";
import { hold } from "./hold.ts";
import { memory } from "./memory.ts";
import { parse } from "./parse.ts";
import { protobuf } from "./protobuf.ts";
import { growth, histograms, render } from "./render.ts";
import { requests } from "./requests.ts";
import { start } from "./start.ts";

/** Every measure. */
export const MEASURES: readonly Measure[] = [
  render,
  histograms,
  gzip,
  http,
  zlib,
  protobuf,
  growth,
  hold,
  count,
  memory,
  collect,
  parse,
  requests,
  start,
];
