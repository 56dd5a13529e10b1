/**
 * The Prometheus project's JavaScript library, a fork of prom-client, in the comparison.
 *
 * @module
 */

import * as client from "npm:@prometheus-io/client@0.16.1";
import { drive } from "../driver.ts";
import { type PromClient, promClientLibrary } from "../prom_client/library.ts";

await drive(promClientLibrary(client as unknown as PromClient));
