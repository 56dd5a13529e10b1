/**
 * The landing page of an exporter as a reply.
 *
 * @module
 */

import { LANDING_PAGE_POLICY, landingPage, type LandingPageLink } from "./page.ts";
import { htmlReply, type Reply } from "./response.ts";

const HEALTH_LINKS: readonly LandingPageLink[] = [
  { href: "-/healthy", text: "/-/healthy", about: "Whether the process responds." },
  { href: "-/ready", text: "/-/ready", about: "Whether the exporter accepts scrapes." },
];

/** Returns the landing page of an exporter, with links to its endpoints. */
export function landingPageReply(
  name: string,
  version: string,
  metricsPath: string,
): Reply {
  const links = [
    { href: metricsPath.slice(1), text: metricsPath, about: "Metrics for Prometheus." },
    ...HEALTH_LINKS,
  ];
  return htmlReply(landingPage({ name, version, links }), LANDING_PAGE_POLICY);
}
