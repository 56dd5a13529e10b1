/**
 * The JavaScript library of the Prometheus project in the comparison, which descends from prom-client.
 *
 * @module
 */

import * as client from "npm:@prometheus-io/client@0.16.1";
import { drive } from "../driver.ts";
import { type PromClient, promClientLibrary } from "../prom_client/library.ts";

await drive(promClientLibrary(client as unknown as PromClient));
