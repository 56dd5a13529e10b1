/**
 * prom-client in the comparison.
 *
 * @module
 */

import * as client from "npm:prom-client@15.1.3";
import { drive } from "../driver.ts";
import { type PromClient, promClientLibrary } from "./library.ts";

await drive(promClientLibrary(client as unknown as PromClient));
