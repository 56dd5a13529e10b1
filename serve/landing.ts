/**
 * The landing page of an exporter as a response.
 *
 * @module
 */

import { LANDING_PAGE_POLICY, landingPage, type LandingPageLink } from "./page.ts";
import { htmlResponse } from "./response.ts";

const LINKS: readonly LandingPageLink[] = [
  { href: "metrics", text: "/metrics", about: "Metrics for Prometheus." },
  { href: "-/healthy", text: "/-/healthy", about: "Whether the process responds." },
  { href: "-/ready", text: "/-/ready", about: "Whether the exporter accepts scrapes." },
];

/** Returns the landing page of an exporter, with links to its endpoints. */
export function landingPageResponse(name: string, version: string): Response {
  return htmlResponse(landingPage({ name, version, links: LINKS }), LANDING_PAGE_POLICY);
}
